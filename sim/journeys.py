"""Units on the road: where each left, when, and where it is now if somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple

import numpy as np

from sim.county import County
from sim.roads import TravelTable

Route = tuple[list[int], list[float]]
"""The nodes of a way and the seconds at which each is passed; the first is 0."""


class Reach(NamedTuple):
    """What the time to a scene is made of when units leave from their stations, a list entry a unit.

    `rows` holds seconds from the station's node to every node, `start_s` the seconds to that node, `pace` the
    seconds a metre off road at the end.
    """

    rows: list[Any]
    start_s: list[float]
    pace: list[float]


class Trip(NamedTuple):
    """A way through the network, fixed when it began.

    The unit passes node `origin` at `left_s` and reaches node `goal` after `road_s` more; `access_s` of
    off-road driving follow. `profile` and `regime` name the speed class. `start` and `end` are the numbers of
    the stations or hospitals it leads from and to, None where it is neither.
    """

    left_s: float
    origin: int
    goal: int
    road_s: float
    access_s: float
    profile: int
    regime: int
    start: int | None
    end: int | None

    @property
    def arrives_s(self) -> float:
        """The moment at which the way is done."""
        return self.left_s + self.road_s + self.access_s


class Journeys:
    """Travel times and the trips of all units.

    `trips` holds each unit's trip, None at its station. Times are in seconds and always those expected under
    the speed class in force now; a trip under way keeps the one it began with.
    """

    __slots__ = (
        "_etas",
        "_off_road",
        "_profiles",
        "_reach",
        "_routes",
        "_shuttles",
        "_slack",
        "_tables",
        "county",
        "trips",
    )

    def __init__(self, county: County, trips: list[Trip | None] | None = None) -> None:
        vehicles = [county.vehicle_classes[unit.vehicle] for unit in county.units]
        self.county = county
        self.trips: list[Trip | None] = trips or [None] * len(vehicles)
        self._profiles = [(vehicle.ordinary, vehicle.emergency) for vehicle in vehicles]
        self._off_road = [3.6 / kph for kph in county.off_road_kph]
        self._tables: dict[tuple[int, int], TravelTable] = {}
        self._reach: dict[tuple[int, bool], Reach] = {}
        self._slack: dict[tuple[int, int, int, int, int], float] = {}
        self._etas: dict[int, tuple[float, int, int, int, float, float]] = {}
        self._routes: list[Route | None] = [None] * len(vehicles)
        self._shuttles: dict[tuple[int, int, int, int], Route] = {}

    def __reduce__(self) -> tuple[type[Journeys], tuple[County, list[Trip | None]]]:
        return Journeys, (self.county, self.trips)

    def table(self, profile: int, regime: int) -> TravelTable:
        """Give the travel times of a speed class."""
        found = self._tables.get((profile, regime))
        if found is None:
            found = self._tables[profile, regime] = self.county.roads.tables(profile, regime)
        return found

    def profile(self, unit: int, emergency: bool) -> int:
        """Give the travel profile a unit drives by."""
        return self._profiles[unit][emergency]

    def reach(self, regime: int, emergency: bool, station: list[int]) -> Reach:
        """Give what the units' times to a scene are made of when they leave from their stations."""
        found = self._reach.get((regime, emergency))
        if found is None:
            profiles = [both[emergency] for both in self._profiles]
            paces = [self._off_road[profile] for profile in profiles]
            found = self._reach[regime, emergency] = Reach(
                [self.table(p, regime).from_rows[base] for p, base in zip(profiles, station, strict=True)],
                [
                    self.county.start_loss_s[profile] + self.county.stations[base].at.access_m * pace
                    for profile, base, pace in zip(profiles, station, paces, strict=True)
                ],
                paces,
            )
        return found

    def from_base(
        self,
        unit: int,
        station: list[int],
        emergency: bool,
        regime: int,
        now: float,
        node: int,
        access_m: float,
    ) -> Trip:
        """Plan the way from a unit's station to a scene."""
        base, (rows, start_s, pace) = station[unit], self.reach(regime, emergency, station)
        profile, origin = self._profiles[unit][emergency], self.county.stations[base].at.node
        left_s, road_s, access_s = now + start_s[unit], rows[unit][node], access_m * pace[unit]
        return self._go(unit, Trip(left_s, origin, node, road_s, access_s, profile, regime, base, None))

    def from_road(
        self, unit: int, emergency: bool, regime: int, now: float, node: int, access_m: float
    ) -> Trip:
        """Plan the way to a scene from wherever the unit is on the road."""
        profile = self._profiles[unit][emergency]
        origin, ahead_s, road_s = self._onward(unit, profile, regime, now, node)
        access_s = access_m * self._off_road[profile]
        return self._go(
            unit, Trip(now + ahead_s, origin, node, road_s, access_s, profile, regime, None, None)
        )

    def to_hospital(
        self, unit: int, hospital: int, regime: int, now: float, node: int, access_m: float
    ) -> Trip:
        """Plan the way from a scene to a hospital; -1 stands for the one expected to be reached first."""
        profile = self._profiles[unit][False]
        pace = self._off_road[profile]
        rows, hospitals, stations = (
            self.table(profile, regime).to_rows,
            self.county.hospitals,
            len(self.county.stations),
        )
        if hospital < 0:
            _, hospital = min(
                (rows[stations + h][node] + each.at.access_m * pace, h) for h, each in enumerate(hospitals)
            )
        at, end = hospitals[hospital].at, stations + hospital
        left_s, access_s = now + access_m * pace, at.access_m * pace
        return self._go(
            unit, Trip(left_s, node, at.node, rows[end][node], access_s, profile, regime, None, end)
        )

    def home(
        self,
        unit: int,
        base: int,
        regime: int,
        now: float,
        node: int,
        access_m: float,
        start: int | None = None,
    ) -> Trip:
        """Plan the way back to a station, from a scene or from the hospital `start`."""
        profile = self._profiles[unit][False]
        pace, at = self._off_road[profile], self.county.stations[base].at
        left_s, access_s = now + access_m * pace, at.access_m * pace
        road_s = self.table(profile, regime).to_rows[base][node]
        return self._go(unit, Trip(left_s, node, at.node, road_s, access_s, profile, regime, start, base))

    def _go(self, unit: int, trip: Trip) -> Trip:
        self.trips[unit] = trip
        self._routes[unit] = None
        self._etas.pop(unit, None)
        return trip

    def end(self, unit: int) -> None:
        """Take a unit off the road: it is at its station."""
        self.trips[unit] = None

    def position(self, unit: int, now: float, profile: int) -> tuple[int, float]:
        """Tell where a unit on the road can turn off: its next node, and the seconds to it.

        A unit past its last node, on the off-road leg, goes back to that node, at the pace of `profile`.
        """
        trip = self.trips[unit]
        if trip is None:
            raise LookupError(f"unit {unit} is not on the road")
        elapsed = now - trip.left_s
        if elapsed <= 0.0:
            return trip.origin, -elapsed
        if elapsed >= trip.road_s:
            back_s = elapsed - trip.road_s
            return trip.goal, back_s * self._off_road[profile] / self._off_road[trip.profile]
        nodes, times = self._routes[unit] or self._find_route(unit, trip)
        ahead = bisect_right(times, elapsed)
        if ahead == len(nodes):
            return trip.goal, 0.0
        return nodes[ahead], times[ahead] - elapsed

    def _find_route(self, unit: int, trip: Trip) -> Route:
        """Find the nodes of a trip; ways between two fixed places are kept for the next time."""
        table = self.table(trip.profile, trip.regime)
        if trip.end is None:
            route = (
                table.route(trip.origin, trip.goal)
                if trip.start is None
                else table.route_from(trip.start, trip.goal)
            )
        elif trip.start is None:
            route = table.route_to(trip.origin, trip.end)
        else:
            key = (trip.start, trip.end, trip.profile, trip.regime)
            route = self._shuttles.get(key) or table.route_to(trip.origin, trip.end)
            self._shuttles[key] = route
        self._routes[unit] = route
        return route

    def eta_on_road(
        self, unit: int, emergency: bool, regime: int, now: float, node: int, limit_s: float
    ) -> float:
        """Tell when a unit on the road could be at a node, in seconds from now; beyond the limit, a bound."""
        profile = self._profiles[unit][emergency]
        bound_s = self._bound(unit, profile, regime, now, node)
        if bound_s >= limit_s:
            return bound_s
        _, ahead_s, road_s = self._onward(unit, profile, regime, now, node)
        return ahead_s + road_s

    def _bound(self, unit: int, profile: int, regime: int, now: float, node: int) -> float:
        """Tell what `eta_on_road` cannot be less than, without asking where the unit is.

        From the station or hospital F it drives to, a way to the node leads to where the unit is and on:
        T(F, node) <= T(F, unit) + T(unit, node). And T(F, unit) exceeds what the unit has still to drive,
        T(unit, F), by no more than the two differ anywhere on the network.
        """
        trip = self.trips[unit]
        if trip is None or trip.end is None:
            return 0.0
        key = (trip.end, profile, regime, trip.profile, trip.regime)
        slack_s = self._slack.get(key)
        if slack_s is None:
            slack_s = self._slack[key] = self._slack_of(*key)
        ahead_s = trip.left_s + trip.road_s - now
        return self.table(profile, regime).from_rows[trip.end][node] - max(ahead_s, 0.0) - slack_s

    def _slack_of(self, facility: int, profile: int, regime: int, was: int, regime_was: int) -> float:
        """Tell by how many seconds the way from a facility can at most exceed the way to it."""
        out = np.asarray(self.table(profile, regime).from_rows[facility])
        back = np.asarray(self.table(was, regime_was).to_rows[facility])
        reached = np.isfinite(back)
        return float(np.max(out[reached] - back[reached], initial=0.0)) + 1e-3

    def _onward(
        self, unit: int, profile: int, regime: int, now: float, node: int
    ) -> tuple[int, float, float]:
        """Tell the way on to a node: where the unit turns off, the seconds to there, and those from there."""
        known = self._etas.get(unit)
        if known is not None and known[:3] == (now, node, profile):
            return known[3:]
        origin, ahead_s = self.position(unit, now, profile)
        road_s = self.table(profile, regime).between(origin, node)
        self._etas[unit] = (now, node, profile, origin, ahead_s, road_s)
        return origin, ahead_s, road_s
