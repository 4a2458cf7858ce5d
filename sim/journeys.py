"""Units on the road: where each left, when, and where it is now if somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from math import isnan
from typing import Any, NamedTuple

import numpy as np

from sim.county import County
from sim.roads import Route, TravelTable
from sim.roadworks import AS_USUAL, Ways, Work, roads_in, ways_of
from sim.ways import next_on

_NEVER = float("inf")
_ROUNDING = 1e-6
"""Travel times are kept in single precision; bounds leave room for that."""


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
    the speed class in force now, on roads as they are now: `works` is what closes or slows them, `ways` what
    comes of it. A trip under way keeps the speed class and the roads it began with (`begun`, by unit). Where
    there is no way any more, crews are let through as on roads as usual.
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
        "begun",
        "county",
        "roads",
        "trips",
        "ways",
        "works",
    )

    def __init__(
        self,
        county: County,
        trips: list[Trip | None] | None = None,
        works: list[Work] | None = None,
        begun: list[Ways] | None = None,
    ) -> None:
        vehicles = [county.vehicle_classes[unit.vehicle] for unit in county.units]
        self.county = county
        self.trips: list[Trip | None] = trips or [None] * len(vehicles)
        self.works: list[Work] = works or []
        self.ways = ways_of(self.works)
        self.roads = roads_in(county.roads, self.ways) if works else county.roads
        self.begun: list[Ways] = begun or [self.ways] * len(vehicles)
        self._profiles = [(vehicle.ordinary, vehicle.emergency) for vehicle in vehicles]
        self._off_road = [3.6 / kph for kph in county.off_road_kph]
        self._tables: dict[tuple[int, int], TravelTable] = {}
        self._reach: dict[tuple[int, bool], Reach] = {}
        self._slack: dict[tuple[int, int, int, int, int, Ways | None], float] = {}
        self._etas: dict[int, tuple[float, int, int, int, float, float]] = {}
        self._shuttles: dict[tuple[int, int, int, int, Ways | None], Route] = {}
        self._routes: list[Route | None] = [None] * len(vehicles)

    def __reduce__(self) -> tuple[type[Journeys], tuple[Any, ...]]:
        return Journeys, (self.county, self.trips, self.works, self.begun)

    def work(self, works: list[Work]) -> None:
        """Let other works close and slow roads from now on."""
        self.works, self.ways = works, ways_of(works)
        self.roads = roads_in(self.county.roads, self.ways)
        for kept in (self._tables, self._reach, self._slack, self._etas, self._shuttles):
            kept.clear()

    def table(self, profile: int, regime: int) -> TravelTable:
        """Give the travel times of a speed class."""
        found = self._tables.get((profile, regime))
        if found is None:
            found = self._tables[profile, regime] = self.roads.tables(profile, regime)
        return found

    def _table_of(self, unit: int, trip: Trip) -> TravelTable:
        """Give the travel times of the roads and the speed class that a unit's trip began with."""
        begun = self.begun[unit]
        if begun == self.ways:
            return self.table(trip.profile, trip.regime)
        return roads_in(self.county.roads, begun).tables(trip.profile, trip.regime)

    def _earlier(self, unit: int) -> Ways | None:
        """Give the roads that a unit's trip began with where they are others than now."""
        begun = self.begun[unit]
        return None if begun == self.ways else begun

    def profile(self, unit: int, emergency: bool) -> int:
        """Give the travel profile a unit drives by."""
        return self._profiles[unit][emergency]

    def pace(self, unit: int, emergency: bool) -> float:
        """Give the seconds a unit takes for a metre off the road."""
        return self._off_road[self._profiles[unit][emergency]]

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

    def rebase(self, unit: int, base: int) -> None:
        """Let a unit leave from another station from now on."""
        at = self.county.stations[base].at
        for (regime, emergency), reach in self._reach.items():
            profile = self._profiles[unit][emergency]
            reach.rows[unit] = self.table(profile, regime).from_rows[base]
            reach.start_s[unit] = self.county.start_loss_s[profile] + at.access_m * reach.pace[unit]

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
        self.begun[unit] = self.ways
        if trip.road_s == _NEVER and self.ways != AS_USUAL:
            self.begun[unit], trip = AS_USUAL, self._let_through(trip)
        self.trips[unit] = trip
        self._routes[unit] = None
        self._etas.pop(unit, None)
        return trip

    def _let_through(self, trip: Trip) -> Trip:
        """Give a way that is closed to others as it is on roads as usual."""
        table = self.county.roads.tables(trip.profile, trip.regime)
        if trip.end is not None:
            return trip._replace(road_s=table.to_rows[trip.end][trip.origin])
        if trip.start is not None:
            return trip._replace(road_s=table.from_rows[trip.start][trip.goal])
        return trip._replace(road_s=table.between(trip.origin, trip.goal))

    def end(self, unit: int) -> None:
        """Take a unit off the road: it is at its station."""
        self.trips[unit] = None

    def position(self, unit: int, now: float, profile: int) -> tuple[int, float]:
        """Tell where a unit on the road can turn off: its next node, and the seconds to it.

        A unit that has not come to the road yet goes on to it, and one past its last node, on the off-road
        leg, goes back to that node, both at the pace of `profile`.
        """
        trip = self.trips[unit]
        if trip is None:
            raise LookupError(f"unit {unit} is not on the road")
        elapsed, slower = now - trip.left_s, self._off_road[profile] / self._off_road[trip.profile]
        if elapsed <= 0.0:
            on_road = trip.start is None and trip.end is None
            return trip.origin, -elapsed if on_road else -elapsed * slower
        if elapsed >= trip.road_s:
            return trip.goal, (elapsed - trip.road_s) * slower
        table = self._table_of(unit, trip)
        if trip.end is None:
            if trip.start is None:
                return table.ahead(trip.origin, trip.goal, elapsed)
            return _on_the_way_from(table, trip, trip.start, elapsed)
        if trip.start is None:
            return self._on_the_way_to(table, unit, trip, trip.end, elapsed)
        ends = (trip.start, trip.end, trip.profile, trip.regime, self._earlier(unit))
        route = self._shuttles.get(ends)
        if route is None:
            route = self._shuttles[ends] = table.route_to(trip.origin, trip.end)
        return next_on(route, elapsed)

    def _on_the_way_to(
        self, table: TravelTable, unit: int, trip: Trip, facility: int, elapsed: float
    ) -> tuple[int, float]:
        """Follow the next nodes to a facility, as far as the unit has come; the nodes passed are kept."""
        nearer, row = table.toward(facility)
        nodes, times = self._routes[unit] or ([trip.origin], [0.0])
        node, passed_s = nodes[-1], times[-1]
        if passed_s > elapsed:
            ahead = bisect_right(times, elapsed)
            return nodes[ahead], times[ahead] - elapsed
        while passed_s <= elapsed and node != trip.goal:
            node = nearer[node]
            passed_s = trip.road_s - row[node]
            nodes.append(node)
            times.append(passed_s)
        self._routes[unit] = (nodes, times)
        return node, max(0.0, passed_s - elapsed)

    def eta_on_road(self, unit: int, emergency: bool, regime: int, now: float, node: int) -> float:
        """Tell when a unit on the road could be at a node, in seconds from now."""
        _, ahead_s, road_s = self._onward(unit, self._profiles[unit][emergency], regime, now, node)
        return ahead_s + road_s

    def bound_on_road(self, unit: int, emergency: bool, regime: int, now: float, node: int) -> float:
        """Tell what `eta_on_road` cannot be less than, without asking where the unit is.

        Let P be where it is. From the place F that it drives to, one way to the node leads by P, so
        T(P, node) >= T(F, node) - T(F, P); and T(F, P) exceeds T(P, F), what is still to drive, by no more
        than the two differ anywhere. From the place it left, one way leads by P as well: T(P, node) is no
        less than the whole way from there, less what has been driven, unless that was by a faster class.
        """
        trip = self.trips[unit]
        if trip is None:
            return 0.0
        profile = self._profiles[unit][emergency]
        table, bound_s = self.table(profile, regime), 0.0
        if trip.end is not None:
            key = (trip.end, profile, regime, trip.profile, trip.regime, self._earlier(unit))
            slack_s = self._slack.get(key)
            if slack_s is None:
                slack_s = self._slack[key] = self._slack_of(unit, trip, trip.end, profile, regime)
            ahead_s = trip.left_s + trip.road_s - now
            bound_s = table.from_rows[trip.end][node] - max(ahead_s, 0.0) - slack_s
        if isnan(bound_s):
            bound_s = 0.0
        as_begun = regime == trip.regime and self.begun[unit] == self.ways
        if as_begun and self.roads.as_fast(profile, trip.profile, regime):
            start = trip.start
            whole_s = table.between(trip.origin, node) if start is None else table.from_rows[start][node]
            bound_s = max(bound_s, whole_s * (1.0 - _ROUNDING) - max(now - trip.left_s, 0.0))
        return bound_s

    def _slack_of(self, unit: int, trip: Trip, facility: int, profile: int, regime: int) -> float:
        """Tell by how many seconds the way from a facility can at most exceed the way to it."""
        out = np.asarray(self.table(profile, regime).from_rows[facility])
        back = np.asarray(self._table_of(unit, trip).to_rows[facility])
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


def _on_the_way_from(table: TravelTable, trip: Trip, facility: int, elapsed: float) -> tuple[int, float]:
    """Follow the nodes back from the goal until one that the unit has passed."""
    nearer, row = table.away_from(facility)
    ahead = behind = trip.goal
    while row[behind] > elapsed:
        ahead, behind = behind, nearer[behind]
    return ahead, max(0.0, row[ahead] - elapsed)
