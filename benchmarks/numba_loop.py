"""The same rules as one compiled loop: how fast they could go with nothing of the house around them."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from benchmarks.board import Board
from benchmarks.numba_ways import (
    Heap,
    Records,
    Roads,
    Ways,
    between,
    bound,
    empty_heap,
    no_ways,
    pop,
    push,
    roads_of,
)

CONSIDER, ARRIVE, LEAVE_SCENE, REACH_HOSPITAL, BECOME_FREE, COME_HOME = range(6)
BASE, TO_CALL, ON_SCENE, TO_HOSPITAL, HANDOVER, HOMEWARD = range(6)
FROM_FACILITY, TO_FACILITY, BY_TABLE = range(3)
REPORTED, TAKEN, WAITING, REDIRECTED, SENT, ARRIVED, LEFT, AT_HOSPITAL, CLEAR, RETURNED = range(10)

ROW = np.dtype([("time_s", "<f8"), *((name, "<i4") for name in ("kind", "unit", "call", "node", "cause"))])


UNIT = np.dtype(
    [(name, "<f8") for name in ("left_s", "off_s", "end_s", "access_m")]
    + [
        (name, "<i8")
        for name in ("base", "status", "task", "epoch", "origin", "goal", "form", "ref", "way", "ahead")
    ]
)
"""A unit and its trip: it passes `origin` at `left_s`, reaches `goal` at `off_s` and ends at `end_s`,
`access_m` off the road; it follows the rows of facility `ref`, or the table's slot `ref`, as `form` says. On
the way to a facility, `ahead` is the node that was ahead when somebody last asked."""

CALL = np.dtype(
    [(name, "<f8") for name in ("time_s", "access_m", "handling_s", "on_scene_s", "handover_s")]
    + [(name, "<i4") for name in ("rank", "way", "node", "hospital", "transport")]
)
FATE = np.dtype(
    [("sent_s", "<f8"), ("arrived_s", "<f8"), *((n, "<i4") for n in ("unit", "hospital", "bumps", "queued"))]
)


class City(NamedTuple):
    """What does not change: facilities (hospitals after stations), off-road speeds, who gives way to whom."""

    node: NDArray[np.int32]
    access_m: NDArray[np.float64]
    stations: int
    mps: NDArray[np.float64]
    redirect: NDArray[np.bool_]


class Play(NamedTuple):
    """What changes: units, calls and what became of them, who waits, steps due, the log and its length."""

    units: Records
    calls: Records
    fates: Records
    line: NDArray[np.int64]
    waiting: NDArray[np.int64]
    heap: Heap
    log: Records
    events: NDArray[np.int64]


def prepare(board: Board) -> tuple[Roads, Ways]:
    """Lay out the roads, and the table of ways that the first run fills and later ones look up."""
    return roads_of(board.net), no_ways(len(board.net.first) - 1)


def run(board: Board, roads: Roads, ways: Ways) -> Play:
    """Run all calls through the compiled loop."""
    n = len(board.calls)
    calls = np.empty(n, dtype=CALL)
    for name in CALL.names or ():
        calls[name] = getattr(board.calls, name)
    fates = np.zeros(n, dtype=FATE)
    fates["sent_s"] = fates["arrived_s"] = fates["unit"] = fates["hospital"] = -1
    play = Play(
        units=_at_base(board),
        calls=calls,
        fates=fates,
        line=np.zeros(n, dtype=np.int64),
        waiting=np.zeros(1, dtype=np.int64),
        heap=empty_heap(n + 1024),
        log=np.empty(16 * n + 1024, dtype=ROW),
        events=np.zeros(1, dtype=np.int64),
    )
    speeds = board.off_road_kph / 3.6
    city = City(board.facility_node, board.facility_access_m, board.n_stations, speeds, board.redirect)
    _run(roads, ways, city, play)
    return play


def _at_base(board: Board) -> Records:
    """Put every unit at its station, at the end of a trip long past."""
    units = np.zeros(len(board.base), dtype=UNIT)
    units["left_s"] = units["off_s"] = units["end_s"] = units["task"] = -1
    units["base"] = units["ref"] = board.base
    units["origin"] = units["goal"] = board.facility_node[board.base]
    units["access_m"] = board.facility_access_m[board.base]
    units["form"], units["way"] = TO_FACILITY, 1
    return units


@nb.njit
def _run(roads: Roads, ways: Ways, city: City, play: Play) -> None:
    upcoming, calls, heap = 0, play.calls, play.heap
    while upcoming < len(calls) or heap.size[0] > 0:
        if upcoming < len(calls) and (heap.size[0] == 0 or calls[upcoming].time_s <= heap.steps[0].time_s):
            now = calls[upcoming].time_s
            _write(play, now, REPORTED, -1, upcoming, calls[upcoming].node)
            push(heap, now + calls[upcoming].handling_s, CONSIDER, upcoming, 0)
            upcoming += 1
            continue
        now, kind, about, epoch = pop(heap)
        if kind == CONSIDER:
            _consider(roads, ways, city, play, now, about)
        elif play.units[about].epoch == epoch:
            _move_on(roads, ways, city, play, now, kind, about)


@nb.njit
def _move_on(roads: Roads, ways: Ways, city: City, play: Play, now: float, kind: int, unit: int) -> None:
    """The unit's next step is due."""
    own = play.units[unit]
    if kind == ARRIVE:
        call = play.calls[own.task]
        own.status = ON_SCENE
        play.fates[own.task].arrived_s, play.fates[own.task].unit = now, unit
        _write(play, now, ARRIVED, unit, own.task, call.node)
        then = LEAVE_SCENE if call.transport else BECOME_FREE
        push(play.heap, now + call.on_scene_s, then, unit, own.epoch)
    elif kind == LEAVE_SCENE:
        _leave_scene(roads, city, play, now, unit)
    elif kind == REACH_HOSPITAL:
        own.status = HANDOVER
        _write(play, now, AT_HOSPITAL, unit, own.task, own.goal)
        push(play.heap, now + play.calls[own.task].handover_s, BECOME_FREE, unit, own.epoch)
    elif kind == BECOME_FREE:
        _become_free(roads, ways, city, play, now, unit)
    else:
        own.status = BASE
        _write(play, now, RETURNED, unit, -1, own.goal)


@nb.njit
def _consider(roads: Roads, ways: Ways, city: City, play: Play, now: float, call: int) -> None:
    """A call asks for a unit: the nearest goes, or the call waits."""
    node = play.calls[call].node
    _write(play, now, TAKEN, -1, call, node)
    unit = _nearest(roads, ways, city, play, now, call)
    if unit < 0:
        _wait(play, call)
        _write(play, now, WAITING, -1, call, node)
        return
    if play.units[unit].status == TO_CALL:
        left = play.units[unit].task
        play.fates[left].bumps += 1
        _write(play, now, REDIRECTED, unit, left, node)
        push(play.heap, now, CONSIDER, left, 0)
    _send(roads, ways, city, play, now, unit, call)


@nb.njit
def _nearest(roads: Roads, ways: Ways, city: City, play: Play, now: float, call: int) -> int:
    """Choose by expected time: units at base by their rows, then those on the road as far as need be."""
    way, goal, rank = play.calls[call].way, play.calls[call].node, play.calls[call].rank
    best, best_s = -1, np.inf
    for unit in range(len(play.units)):
        if play.units[unit].status == BASE:
            base = play.units[unit].base
            eta_s = city.access_m[base] / city.mps[way] + roads.links[way, base, goal].from_s
            if eta_s < best_s:
                best, best_s = unit, eta_s
    for unit in range(len(play.units)):
        status = play.units[unit].status
        may_turn = status == TO_CALL and city.redirect[play.calls[play.units[unit].task].rank, rank]
        if status == HOMEWARD or may_turn:
            eta_s = _eta_on_road(roads, ways, city, play.units[unit], now, way, goal, best_s)
            if eta_s < best_s or (eta_s == best_s and unit < best):
                best, best_s = unit, eta_s
    return best


@nb.njit
def _eta_on_road(
    roads: Roads, ways: Ways, city: City, unit: np.void, now: float, way: int, goal: int, limit_s: float
) -> float:
    """Seconds until a unit on the road could be at a node; infinite where they are sure to pass the limit."""
    if way <= unit.way and bound(roads.marks, way, unit.origin, goal) - (now - unit.left_s) >= limit_s:
        return np.inf
    node, ahead_s = _next_node(roads, ways, city, unit, now, way)
    if ahead_s + bound(roads.marks, way, node, goal) >= limit_s:
        return np.inf
    return float(ahead_s + ways.slots[between(roads, ways, way, node, goal)].seconds)


@nb.njit
def _next_node(
    roads: Roads, ways: Ways, city: City, unit: np.void, now: float, way: int
) -> tuple[int, float]:
    """Where a unit can turn: its next node and the seconds until it stands there."""
    if now >= unit.end_s:
        return unit.goal, unit.access_m / city.mps[way]
    if now <= unit.left_s:
        ahead_s = unit.left_s - now
        return unit.origin, ahead_s if unit.form == BY_TABLE else ahead_s * city.mps[unit.way] / city.mps[way]
    if now >= unit.off_s:
        return unit.goal, (now - unit.off_s) * city.mps[unit.way] / city.mps[way]
    driven_s = now - unit.left_s
    if unit.form == BY_TABLE:
        return _next_stop(ways, unit.ref, driven_s)
    links = roads.links[unit.way, unit.ref]
    if unit.form == FROM_FACILITY:
        node = unit.goal
        while links[node].came >= 0 and links[links[node].came].from_s > driven_s:
            node = links[node].came
        return node, links[node].from_s - driven_s
    node, whole_s = unit.ahead, links[unit.origin].to_s
    while whole_s - links[node].to_s <= driven_s and node != unit.goal:
        node = links[node].next
    unit.ahead = node
    return node, whole_s - links[node].to_s - driven_s


@nb.njit
def _next_stop(ways: Ways, slot: int, driven_s: float) -> tuple[int, float]:
    low = ways.slots[slot].start
    high = low + ways.slots[slot].length - 1
    while low < high:
        middle = (low + high) >> 1
        if ways.stops[middle].at_s <= driven_s:
            low = middle + 1
        else:
            high = middle
    return ways.stops[low].node, ways.stops[low].at_s - driven_s


@nb.njit
def _send(roads: Roads, ways: Ways, city: City, play: Play, now: float, unit: int, call: int) -> None:
    """The unit sets off for a call, from its station or from where it is."""
    own, to = play.units[unit], play.calls[call]
    node, ahead_s = _next_node(roads, ways, city, own, now, to.way)
    if own.status == BASE:
        own.form, own.ref, road_s = FROM_FACILITY, own.base, roads.links[to.way, own.base, to.node].from_s
    else:
        slot = between(roads, ways, to.way, node, to.node)
        own.form, own.ref, road_s = BY_TABLE, slot, ways.slots[slot].seconds
    own.status, own.task = TO_CALL, call
    own.epoch += 1
    _set_out(city, own, to.way, now + ahead_s, node, to.node, road_s, to.access_m)
    play.fates[call].sent_s = now
    _write(play, now, SENT, unit, call, node)
    push(play.heap, own.end_s, ARRIVE, unit, own.epoch)


@nb.njit
def _set_out(
    city: City, unit: np.void, way: int, left_s: float, origin: int, goal: int, road_s: float, access_m: float
) -> None:
    unit.way, unit.left_s, unit.origin, unit.goal, unit.ahead = way, left_s, origin, goal, origin
    unit.off_s, unit.access_m = left_s + road_s, access_m
    unit.end_s = left_s + road_s + access_m / city.mps[way]


@nb.njit
def _leave_scene(roads: Roads, city: City, play: Play, now: float, unit: int) -> None:
    """The unit takes the patient to the hospital it can reach first, or to the one that was named."""
    own, call = play.units[unit], play.calls[play.units[unit].task]
    chosen, least_s = city.stations + call.hospital, np.inf
    if call.hospital < 0:
        for hospital in range(city.stations, len(city.node)):
            seconds = roads.links[1, hospital, call.node].to_s + city.access_m[hospital] / city.mps[1]
            if seconds < least_s:
                chosen, least_s = hospital, seconds
    own.status = TO_HOSPITAL
    play.fates[own.task].hospital = chosen - city.stations
    _to_facility(roads, city, own, now + call.access_m / city.mps[1], call.node, chosen)
    _write(play, now, LEFT, unit, own.task, call.node)
    push(play.heap, own.end_s, REACH_HOSPITAL, unit, own.epoch)


@nb.njit
def _to_facility(roads: Roads, city: City, unit: np.void, left_s: float, node: int, facility: int) -> None:
    unit.form, unit.ref = TO_FACILITY, facility
    road_s = roads.links[1, facility, node].to_s
    _set_out(city, unit, 1, left_s, node, city.node[facility], road_s, city.access_m[facility])


@nb.njit
def _become_free(roads: Roads, ways: Ways, city: City, play: Play, now: float, unit: int) -> None:
    """The unit takes the call that waits first, or drives home and may be sent on the way."""
    own = play.units[unit]
    _write(play, now, CLEAR, unit, own.task, own.goal)
    own.task = -1
    if play.waiting[0] > 0:
        play.waiting[0] -= 1
        _send(roads, ways, city, play, now, unit, play.line[play.waiting[0]])
        return
    node, ahead_s = _next_node(roads, ways, city, own, now, 1)
    own.status = HOMEWARD
    _to_facility(roads, city, own, now + ahead_s, node, own.base)
    push(play.heap, own.end_s, COME_HOME, unit, own.epoch)


@nb.njit
def _wait(play: Play, call: int) -> None:
    """Put a call in line; the end of the line is served first: by rank, then by time."""
    i, line, calls = play.waiting[0], play.line, play.calls
    while i > 0 and (calls[line[i - 1]].rank, line[i - 1]) < (calls[call].rank, call):
        line[i] = line[i - 1]
        i -= 1
    line[i] = call
    play.waiting[0] += 1
    play.fates[call].queued = 1


@nb.njit
def _write(play: Play, now: float, kind: int, unit: int, call: int, node: int) -> None:
    row = play.log[play.events[0]]
    row.time_s, row.kind, row.unit, row.call, row.node = now, kind, unit, call, node
    row.cause = play.events[0] - 1
    play.events[0] += 1
