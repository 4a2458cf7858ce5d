"""Units on the road: where each left, when, and where it is now if somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple

from sim.county import County
from sim.roads import TravelTable


class Trip(NamedTuple):
    """A way through the network, fixed when it began.

    The unit passes node `origin` at `left_s` and reaches node `goal` after `road_s` more; `access_s` of
    off-road driving follow. `facility` is the number of the station or hospital the trip starts from
    (`outward`) or ends at, None when it is neither. `profile` and `regime` name the speed class.
    """

    left_s: float
    origin: int
    goal: int
    road_s: float
    access_s: float
    profile: int
    regime: int
    facility: int | None = None
    outward: bool = True


class Journeys:
    """Travel times and the trips of all units.

    `trips` holds each unit's trip, None at its station. Times are in seconds and always those expected under
    the speed class in force now; a trip under way keeps the one it began with.
    """

    __slots__ = ("_hospitals", "_off_road", "_reach", "_routes", "_tables", "county", "trips")

    def __init__(self, county: County, trips: list[Trip | None] | None = None) -> None:
        n = len(county.units)
        self.county = county
        self.trips: list[Trip | None] = trips or [None] * n
        self._routes: list[tuple[list[int], list[float]] | None] = [None] * n
        self._tables: dict[tuple[int, int], TravelTable] = {}
        self._reach: dict[tuple[int, bool], list[tuple[Any, float, float]]] = {}
        self._off_road = [3.6 / kph for kph in county.off_road_kph]
        self._hospitals = range(len(county.stations), len(county.stations) + len(county.hospitals))

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
        vehicle = self.county.vehicle_classes[self.county.units[unit].vehicle]
        return vehicle.emergency if emergency else vehicle.ordinary

    def reach(self, regime: int, emergency: bool, station: list[int]) -> list[tuple[Any, float, float]]:
        """Give, by unit at base: times to all nodes, seconds to its node, seconds a metre off road."""
        found = self._reach.get((regime, emergency))
        if found is None:
            found = self._reach[regime, emergency] = [
                self._reach_of(unit, base, regime, emergency) for unit, base in enumerate(station)
            ]
        return found

    def _reach_of(self, unit: int, base: int, regime: int, emergency: bool) -> tuple[Any, float, float]:
        profile = self.profile(unit, emergency)
        pace = self._off_road[profile]
        start = self.county.start_loss_s[profile] + self.county.stations[base].at.access_m * pace
        return self.table(profile, regime).from_rows[base], start, pace

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
        profile, base = self.profile(unit, emergency), station[unit]
        row, start_s, pace = self.reach(regime, emergency, station)[unit]
        origin = self.county.stations[base].at.node
        return self._go(
            unit, Trip(now + start_s, origin, node, row[node], access_m * pace, profile, regime, base)
        )

    def from_road(
        self, unit: int, emergency: bool, regime: int, now: float, node: int, access_m: float
    ) -> Trip:
        """Plan the way to a scene from wherever the unit is on the road."""
        profile = self.profile(unit, emergency)
        origin, ahead_s = self.position(unit, now, profile)
        road_s = self.table(profile, regime).between(origin, node)
        access_s = access_m * self._off_road[profile]
        return self._go(unit, Trip(now + ahead_s, origin, node, road_s, access_s, profile, regime))

    def to_hospital(
        self, unit: int, hospital: int, regime: int, now: float, node: int, access_m: float
    ) -> Trip:
        """Plan the way from a scene to a hospital; -1 stands for the one expected to be reached first."""
        profile = self.profile(unit, False)
        pace = self._off_road[profile]
        table = self.table(profile, regime)
        facility = self._hospitals[hospital] if hospital >= 0 else self._nearest(table, node, pace)
        at = self.county.hospitals[facility - len(self.county.stations)].at
        left_s = now + access_m * pace
        road_s = table.to_rows[facility][node]
        return self._go(
            unit, Trip(left_s, node, at.node, road_s, at.access_m * pace, profile, regime, facility, False)
        )

    def _nearest(self, table: TravelTable, node: int, pace: float) -> int:
        rows, stations = table.to_rows, len(self.county.stations)
        hospitals = self.county.hospitals
        return min(self._hospitals, key=lambda f: rows[f][node] + hospitals[f - stations].at.access_m * pace)

    def home(self, unit: int, base: int, regime: int, now: float, node: int, access_m: float) -> Trip:
        """Plan the way from a scene or a hospital back to a station."""
        profile = self.profile(unit, False)
        pace = self._off_road[profile]
        road_s = self.table(profile, regime).to_rows[base][node]
        at = self.county.stations[base].at
        return self._go(
            unit,
            Trip(
                now + access_m * pace, node, at.node, road_s, at.access_m * pace, profile, regime, base, False
            ),
        )

    def _go(self, unit: int, trip: Trip) -> Trip:
        self.trips[unit] = trip
        self._routes[unit] = None
        return trip

    def end(self, unit: int) -> None:
        """Take a unit off the road: it is at its station."""
        self.trips[unit] = None
        self._routes[unit] = None

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
        nodes, times = self._route(unit, trip)
        ahead = min(bisect_right(times, elapsed), len(nodes) - 1)
        return nodes[ahead], max(0.0, times[ahead] - elapsed)

    def _route(self, unit: int, trip: Trip) -> tuple[list[int], list[float]]:
        """Find the nodes of a trip and the seconds at which each is passed, once a trip."""
        route = self._routes[unit]
        if route is None:
            table = self.table(trip.profile, trip.regime)
            if trip.facility is None:
                route = table.route(trip.origin, trip.goal)
            elif trip.outward:
                route = table.route_from(trip.facility, trip.goal)
            else:
                route = table.route_to(trip.origin, trip.facility)
            self._routes[unit] = route
        return route

    def eta_on_road(self, unit: int, emergency: bool, regime: int, now: float, node: int) -> float:
        """Tell when a unit on the road could be at a node, in seconds from now."""
        profile = self.profile(unit, emergency)
        origin, ahead_s = self.position(unit, now, profile)
        return ahead_s + self.table(profile, regime).between(origin, node)

    def bound_on_road(self, unit: int, emergency: bool, regime: int, now: float, node: int) -> float:
        """Tell a time that `eta_on_road` cannot be less than, without looking where the unit is.

        From where the trip began, a way to the node leads through the unit's position: so its length, less
        what has been driven, bounds the rest. That holds while the unit could not have driven faster.
        """
        trip = self.trips[unit]
        profile = self.profile(unit, emergency)
        if (
            trip is None
            or trip.regime != regime
            or not self.county.roads.as_fast(profile, trip.profile, regime)
        ):
            return 0.0
        table = self.table(profile, regime)
        whole = (
            table.between(trip.origin, node)
            if trip.facility is None or not trip.outward
            else table.from_rows[trip.facility][node]
        )
        return whole - (now - trip.left_s)
