"""What the compiled loop stands on: a heap of due steps, and a table of ways between any two points.

A way not met before is found by A* with the facilities as landmarks, and kept; timed runs only look it up.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from benchmarks.board import Net

SLOT = np.dtype([("key", "<i8"), ("seconds", "<f8"), ("start", "<i8"), ("length", "<i8")])
STOP = np.dtype([("at_s", "<f8"), ("node", "<i8")])
REACHED = np.dtype([("seconds", "<f8"), ("came", "<i8"), ("turn", "<i8")])
STEP = np.dtype([("time_s", "<f8"), ("order", "<i8"), ("kind", "<i4"), ("about", "<i4"), ("epoch", "<i8")])
LINK = np.dtype([("from_s", "<f8"), ("to_s", "<f8"), ("came", "<i4"), ("next", "<i4")])

Records = NDArray[np.void]


class Roads(NamedTuple):
    """The network of `benchmarks.board.Net`; `links[way, facility, node]` is what the rows say of a node."""

    first: NDArray[np.int32]
    head: NDArray[np.int32]
    times_s: NDArray[np.float64]
    links: Records
    marks: NDArray[np.float64]


class Ways(NamedTuple):
    """Ways between two points met so far: an open-addressing table from (way, from, to) to seconds and nodes.

    The nodes of a slot are the `length` stops from `start`; `used` counts the searches and the stops kept.
    `reached` is room for a search.
    """

    slots: Records
    stops: Records
    reached: Records
    used: NDArray[np.int64]


class Heap(NamedTuple):
    """Steps that are due, the latest planned of a moment first; `size` also counts all that were planned."""

    steps: Records
    size: NDArray[np.int64]


def roads_of(net: Net) -> Roads:
    """Lay the network out for the compiled functions."""
    links = np.empty(net.from_s.shape, dtype=LINK)
    links["from_s"], links["to_s"], links["came"], links["next"] = net.from_s, net.to_s, net.came, net.next
    return Roads(net.first, net.head, net.times_s, links, net.marks)


def no_ways(n_nodes: int, slots: int = 1 << 20, stops: int = 1 << 25) -> Ways:
    """Make an empty table; `slots` must be a power of two."""
    table = np.zeros(slots, dtype=SLOT)
    table["key"] = -1
    return Ways(table, np.zeros(stops, dtype=STOP), np.zeros(n_nodes, dtype=REACHED), np.zeros(2, np.int64))


def empty_heap(size: int) -> Heap:
    """Make a heap with room for so many steps."""
    return Heap(np.empty(size, dtype=STEP), np.zeros(2, dtype=np.int64))


@nb.njit
def push(heap: Heap, time_s: float, kind: int, about: int, epoch: int) -> None:
    """Put a step on the heap."""
    steps, i = heap.steps, heap.size[0]
    heap.size[0] += 1
    heap.size[1] += 1
    while i > 0 and steps[(i - 1) >> 1].time_s >= time_s:
        steps[i] = steps[(i - 1) >> 1]
        i = (i - 1) >> 1
    steps[i].time_s, steps[i].order, steps[i].kind = time_s, heap.size[1], kind
    steps[i].about, steps[i].epoch = about, epoch


@nb.njit
def pop(heap: Heap) -> tuple[float, int, int, int]:
    """Take the step that is due first: its time, kind, what it is about, and epoch."""
    steps, last, i = heap.steps, heap.size[0] - 1, 0
    due = (steps[0].time_s, steps[0].kind, steps[0].about, steps[0].epoch)
    heap.size[0] = last
    while 2 * i + 1 < last:
        child = 2 * i + 1
        if child + 1 < last and _before(steps, child + 1, child):
            child += 1
        if _before(steps, last, child):
            break
        steps[i] = steps[child]
        i = child
    steps[i] = steps[last]
    return due


@nb.njit
def _before(steps: Records, a: int, b: int) -> bool:
    if steps[a].time_s != steps[b].time_s:
        return bool(steps[a].time_s < steps[b].time_s)
    return bool(steps[a].order > steps[b].order)


@nb.njit
def bound(marks: NDArray[np.float64], way: int, u: int, v: int) -> float:
    """Least possible seconds from u to v, by the triangle inequality over all facilities."""
    least = 0.0
    for f in range(marks.shape[2]):
        seconds = marks[way, u, f] - marks[way, v, f]
        if seconds > least:
            least = seconds
    return least


@nb.njit
def between(roads: Roads, ways: Ways, way: int, u: int, v: int) -> int:
    """Give the slot of the way from u to v in the table, found now if it was never asked for before."""
    n = len(roads.first) - 1
    want = (np.int64(way) * n + u) * n + v
    slot = _slot(ways.slots, want)
    if ways.slots[slot].key == -1:
        ways.used[0] += 1
        ways.slots[slot].key = want
        ways.slots[slot].seconds = _search(roads, ways, way, u, v)
        _keep(ways, slot, v)
    return slot


@nb.njit
def _slot(slots: Records, want: int) -> int:
    mask = len(slots) - 1
    slot = (((want * -7046029254386353131) & 0x7FFFFFFFFFFFFFFF) >> 20) & mask
    while slots[slot].key != want and slots[slot].key != -1:
        slot = (slot + 1) & mask
    return slot


@nb.njit
def _keep(ways: Ways, slot: int, v: int) -> None:
    """Write the nodes of the way just found, and when each is passed, into the stops."""
    n, x = 0, v
    while x != -1:
        n, x = n + 1, ways.reached[x].came
    ways.slots[slot].start, ways.slots[slot].length = ways.used[1], n
    x, i = v, ways.used[1] + n - 1
    while x != -1:
        ways.stops[i].node, ways.stops[i].at_s = x, ways.reached[x].seconds
        x, i = ways.reached[x].came, i - 1
    ways.used[1] += n


@nb.njit
def _search(roads: Roads, ways: Ways, way: int, u: int, v: int) -> float:
    """A* from u to v; leaves the tree in `ways.reached` and gives the seconds."""
    reached, turn = ways.reached, ways.used[0]
    least = [(bound(roads.marks, way, u, v), np.int64(u))]
    reached[u].seconds, reached[u].came, reached[u].turn = 0.0, -1, turn
    while len(least) > 0:
        total, x = heappop(least)
        if x == v:
            return float(reached[v].seconds)
        if total > reached[x].seconds + bound(roads.marks, way, x, v) + 1e-9:
            continue
        for arc in range(roads.first[x], roads.first[x + 1]):
            y, seconds = roads.head[arc], reached[x].seconds + roads.times_s[way, arc]
            if reached[y].turn != turn or seconds < reached[y].seconds:
                reached[y].turn, reached[y].seconds, reached[y].came = turn, seconds, x
                heappush(least, (seconds + bound(roads.marks, way, y, v), np.int64(y)))
    return np.inf
