"""The same rules as a textbook writes them in SimPy: a generator for each call, units in a FilterStore."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Generator
from typing import Any

import simpy

from sim.county import County
from sim.events import Kind
from sim.fate import Fate

Steps = Generator[simpy.Event, Any, None]
Row = tuple[float, int, int, int, int]


class Ambulance:
    """A vehicle: where it is based, the trip it is on, and the call or the way home it is busy with."""

    def __init__(self, number: int, station: int, node: int, access_m: float) -> None:
        self.number = number
        self.station = station
        self.node = node
        self.access_m = access_m
        self.call: Call | None = None
        self.homeward: simpy.Process | None = None
        self.trip: Trip | None = None


class Call:
    """A call and the process that lives it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.process: simpy.Process | None = None


class Trip:
    """A drive: off the road to a node, over the network, off the road to the goal."""

    def __init__(
        self, left_s: float, origin: int, goal: int, road_s: float, access_m: float, profile: int
    ) -> None:
        self.left_s = left_s
        self.origin = origin
        self.goal = goal
        self.road_s = road_s
        self.access_m = access_m
        self.profile = profile
        self.from_off_road = True
        self.route: tuple[list[int], list[float]] | None = None


class City:
    """Everything the processes share."""

    def __init__(self, env: simpy.Environment, county: County, fate: Fate) -> None:
        self.env = env
        self.county = county
        self.fate = fate
        self.tables = [county.roads.tables(profile, 0) for profile in range(len(county.profiles))]
        self.mps = [kph / 3.6 for kph in county.off_road_kph]
        self.free = simpy.FilterStore(env)
        self.driving: list[Ambulance] = []
        self.waiting: list[tuple[int, float, int, simpy.Event]] = []
        self.log: list[Row] = []
        self.arrived_s = [-1.0] * len(fate)
        for number, unit in enumerate(county.units):
            at = county.stations[unit.station].at
            self.free.put(Ambulance(number, unit.station, at.node, at.access_m))

    def note(self, kind: Kind, call: int, unit: int = -1, node: int = -1) -> None:
        self.log.append((self.env.now, int(kind), unit, call, node))

    def profile(self, call: int) -> int:
        vehicle = self.county.vehicle_classes[0]
        urgent = self.county.priorities[self.fate.priority[call]].emergency
        return vehicle.emergency if urgent else vehicle.ordinary


def run(county: County, fate: Fate) -> City:
    """Live through a fate; the log is in the city."""
    env = simpy.Environment()
    city = City(env, county, fate)
    env.process(arrivals(city))
    env.run(until=fate.horizon_s)
    return city


def arrivals(city: City) -> Steps:
    """Calls come in."""
    for number, moment in enumerate(city.fate.time_s):
        yield city.env.timeout(moment - city.env.now)
        call = Call(number)
        call.process = city.env.process(live(city, call))


def live(city: City, call: Call) -> Steps:
    """A call from its arrival until the patient is handed over."""
    env, fate, number = city.env, city.fate, call.number
    node, access_m = fate.node[number], fate.access_m[number]
    city.note(Kind.REPORTED, number, node=node)
    yield env.timeout(fate.handling_s[number])
    city.note(Kind.CALL_TAKEN, number)
    while True:
        ambulance = yield from obtain(city, call)
        trip = start(city, ambulance, city.profile(number), node, access_m)
        city.note(Kind.EN_ROUTE, number, ambulance.number, trip.origin)
        city.driving.append(ambulance)
        try:
            yield env.timeout(trip.left_s + trip.road_s + access_m / city.mps[trip.profile] - env.now)
            city.driving.remove(ambulance)
            break
        except simpy.Interrupt:
            city.note(Kind.REDIRECTED, number, ambulance.number)
    city.note(Kind.ARRIVED, number, ambulance.number, node)
    city.arrived_s[number] = env.now
    city.note(Kind.ASSEMBLED, number)
    yield env.timeout(fate.control_s[number])
    city.note(Kind.CONTROLLED, number)
    if fate.transport[number]:
        yield from bring_to_hospital(city, ambulance, number)
    release(city, ambulance, number)


def obtain(city: City, call: Call) -> Generator[simpy.Event, Any, Ambulance]:
    """Get the nearest ambulance: from the store, from a less urgent call, or by waiting for one."""
    number = call.number
    ambulance = nearest(city, number)
    if ambulance is None:
        turn = city.env.event()
        insort(city.waiting, (city.fate.priority[number], city.fate.time_s[number], number, turn))
        city.note(Kind.WAITING, number)
        ambulance = yield turn
    elif ambulance.call is not None:
        city.driving.remove(ambulance)
        ambulance.call.process.interrupt()
    else:
        chosen = ambulance
        yield city.free.get(lambda other: other is chosen)
        if chosen.homeward is not None and chosen.homeward.is_alive:
            chosen.homeward.interrupt()
    ambulance.call = call
    city.note(Kind.ASSIGNED, number, ambulance.number)
    return ambulance


def nearest(city: City, call: int) -> Ambulance | None:
    """Choose by expected time among free ambulances and those on their way to a call that must yield."""
    fate, profile, now = city.fate, city.profile(call), city.env.now
    node, rows = fate.node[call], city.tables[profile].from_rows
    may_turn = [
        ambulance
        for ambulance in city.driving
        if ambulance.call and city.county.redirect[fate.priority[ambulance.call.number]][fate.priority[call]]
    ]
    best, best_s = None, float("inf")
    for ambulance in [*city.free.items, *may_turn]:
        if ambulance.trip is None:
            eta = ambulance.access_m / city.mps[profile] + rows[ambulance.station][node]
        else:
            at, ahead_s = position(city, ambulance.trip, profile, now)
            eta = ahead_s + city.tables[profile].between(at, node)
        if eta < best_s or (eta == best_s and best is not None and ambulance.number < best.number):
            best, best_s = ambulance, eta
    return best


def position(city: City, trip: Trip, profile: int, now: float) -> tuple[int, float]:
    """Tell the next node of a drive and the seconds to it."""
    gone = now - trip.left_s
    if gone <= 0:
        return trip.origin, -gone * (city.mps[trip.profile] / city.mps[profile] if trip.from_off_road else 1)
    if gone >= trip.road_s:
        return trip.goal, (gone - trip.road_s) * city.mps[trip.profile] / city.mps[profile]
    if trip.route is None:
        trip.route = city.tables[trip.profile].route(trip.origin, trip.goal)
    nodes, times = trip.route
    ahead = min(bisect_right(times, gone), len(nodes) - 1)
    return nodes[ahead], times[ahead] - gone


def start(city: City, ambulance: Ambulance, profile: int, goal: int, access_m: float) -> Trip:
    """Set off for a call from the station or from the road."""
    now, table = city.env.now, city.tables[profile]
    if ambulance.trip is None:
        left_s = now + ambulance.access_m / city.mps[profile]
        ambulance.trip = Trip(
            left_s, ambulance.node, goal, table.from_rows[ambulance.station][goal], access_m, profile
        )
    else:
        origin, ahead_s = position(city, ambulance.trip, profile, now)
        ambulance.trip = Trip(now + ahead_s, origin, goal, table.between(origin, goal), access_m, profile)
        ambulance.trip.from_off_road = False
    return ambulance.trip


def bring_to_hospital(city: City, ambulance: Ambulance, call: int) -> Steps:
    """Take the patient to the hospital that can be reached first, and hand over."""
    env, fate, county = city.env, city.fate, city.county
    profile, node, stations = county.vehicle_classes[0].ordinary, fate.node[call], len(county.stations)
    rows = city.tables[profile].to_rows
    seconds = [
        rows[stations + h][node] + hospital.at.access_m / city.mps[profile]
        for h, hospital in enumerate(county.hospitals)
    ]
    chosen = fate.hospital[call] if fate.hospital[call] >= 0 else seconds.index(min(seconds))
    city.note(Kind.HOSPITAL_BOUND, call, ambulance.number, node)
    yield env.timeout(fate.access_m[call] / city.mps[profile] + seconds[chosen])
    at = county.hospitals[chosen].at
    ambulance.trip = Trip(env.now, at.node, at.node, 0.0, at.access_m, profile)
    city.note(Kind.AT_HOSPITAL, call, ambulance.number, at.node)
    yield env.timeout(fate.handover_s[call])


def release(city: City, ambulance: Ambulance, call: int) -> None:
    """The ambulance is free: it takes the call that waits first, or drives home, on call again."""
    trip, profile = ambulance.trip, city.county.vehicle_classes[0].ordinary
    city.note(Kind.CLEAR, call, ambulance.number)
    ambulance.call = None
    left_s = city.env.now + trip.access_m / city.mps[profile]
    road_s = city.tables[profile].to_rows[ambulance.station][trip.goal]
    ambulance.trip = Trip(left_s, trip.goal, ambulance.node, road_s, ambulance.access_m, profile)
    city.note(Kind.CLOSED, call)
    if city.waiting:
        *_, turn = city.waiting.pop(0)
        turn.succeed(ambulance)
    else:
        city.free.put(ambulance)
        ambulance.homeward = city.env.process(go_home(city, ambulance))


def go_home(city: City, ambulance: Ambulance) -> Steps:
    """Drive back to the station unless sent elsewhere on the way."""
    trip = ambulance.trip
    arrival_s = trip.left_s + trip.road_s + trip.access_m / city.mps[trip.profile]
    try:
        yield city.env.timeout(arrival_s - city.env.now)
    except simpy.Interrupt:
        return
    ambulance.trip = None
    city.note(Kind.RETURNED, -1, ambulance.number, ambulance.node)
