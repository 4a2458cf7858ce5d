"""How long from any node to any other, in a few microseconds: distances to the narrow places in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.dissection import DEEPEST, Dissection
from sim.elimination import Blocks, eliminate
from sim.road_links import Links, Way
from sim.road_table import Bools, Floats
from sim.ways import NoWayError, Route

Rows = npt.NDArray[np.float32]
Labels = dict[str, npt.NDArray[Any]]
"""The arrays behind `HubLabels` by name, as they are kept on disk."""

MOST_ENTRIES = 80_000_000
"""Labels of more numbers than this are not made: they would take gigabytes."""

MOST_WORK = 30e9
"""Nor are labels that take more additions than this: about half a minute."""

AT_ONCE = 1_000_000
"""So many numbers are worked on at once, so that they stay near the processor."""


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Where in a node's label the hubs of each cell stand; the same for every speed class.

    A node's hubs are the separator nodes of all cells it lies in, from the whole network down to its own
    cell: two nodes have the hubs of the cells they share in the same slots. Slot 0 is empty.

    Attributes
    ----------
    begin, end
        Slots of each cell's own nodes: from `begin` to before `end`, shape (cells,).
    length
        Slots of each node, shape (n,).
    start
        Where each node's label begins in the flat arrays, shape (n,).
    path
        Each node's way down the tree of cells, two bits a step, the first step highest, shape (n,).
    shared
        For each node: the slots it shares with a node whose path differs from its own in the lowest 0, 1, ..
        `DEEPEST` steps and in none above.
    """

    begin: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    length: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    path: npt.NDArray[np.int64]
    shared: list[tuple[int, ...]]

    @property
    def widest(self) -> int:
        """Slots of the node that has most."""
        return int(self.length.max(initial=1))


def slots_of(dissection: Dissection) -> Slots:
    """Lay out the labels for a dissection."""
    own = np.diff(dissection.first).tolist()
    second = dissection.second.tolist()
    chains: list[tuple[int, ...]] = []
    paths: list[int] = []
    for cell, above in enumerate(dissection.parent.tolist()):
        chain = chains[above] if above >= 0 else ()
        step = (1 + second[cell]) << 2 * (DEEPEST - len(chain)) if chain else 0
        paths.append(step | (paths[above] if chain else 0))
        chains.append((*chain, own[cell] + (chain[-1] if chain else 1)))
    end = np.array([chain[-1] for chain in chains], np.int32)
    shared = [
        tuple(chain[min(DEEPEST - low, len(chain) - 1)] for low in range(DEEPEST + 1)) for chain in chains
    ]
    cell_of = dissection.cell_of()
    length = end[cell_of]
    return Slots(
        end - np.diff(dissection.first),
        end,
        length,
        np.cumsum(length, dtype=np.int64) - length,
        np.array(paths, np.int64)[cell_of],
        [shared[cell] for cell in cell_of.tolist()],
    )


def can_label(dissection: Dissection, slots: Slots) -> bool:
    """Tell whether labels for this network stay within a few gigabytes and half a minute."""
    own, rim = np.diff(dissection.first).astype(float), np.diff(dissection.first_rim).astype(float)
    work = (own * (own + rim) ** 2 + 2 * own * rim * slots.begin).sum()
    return len(slots.length) * slots.widest <= MOST_ENTRIES and bool(work <= MOST_WORK)


def make_labels(dissection: Dissection, slots: Slots, links: Links, times_s: Floats) -> Labels:
    """Work out the labels of all nodes for one speed class.

    For every node and each of its hubs: the seconds to the hub (`out`) and from it (`into`) within the cell
    that the hub separates, and which of the node's links to take first (`out_step`) or last (`into_step`);
    the highest number stands for none.

    Parameters
    ----------
    times_s
        Seconds of each link, inf where it is closed, shape (k,).

    References
    ----------
    Dibbelt, J., Strasser, B. and Wagner, D. (2016). Customizable contraction hierarchies. ACM Journal of
    Experimental Algorithmics 21. doi:10.1145/2886843
    """
    blocks = eliminate(dissection, links, times_s)
    labels: Labels = {}
    for name, way, side in (("out", links.onward, blocks), ("into", links.backward, blocks.reversed())):
        far = _spread(dissection, slots, side)
        labels[name], labels[name + "_step"] = _packed(slots, way, times_s, far)
    return labels


def _spread(dissection: Dissection, slots: Slots, blocks: Blocks) -> Floats:
    """Carry the distances to hubs down from the largest cells to the smallest, shape (n, slots)."""
    far = np.full((len(slots.length), slots.widest), np.inf)
    begin, end = slots.begin.tolist(), slots.end.tolist()
    for cell in range(len(dissection)):
        own, rim = dissection.own(cell), dissection.rim_of(cell)
        if len(own) == 0:
            continue
        far[own, begin[cell] : end[cell]] = blocks.inside[cell]
        if len(rim):
            far[own, : begin[cell]] = _by_way_of(blocks.outward[cell], far[rim, : begin[cell]])
    return far


def _by_way_of(first: Floats, then: Floats) -> Floats:
    """Add up two legs, choosing the best node between: (a, b) and (b, c) give (a, c)."""
    rows = max(1, AT_ONCE // then.size)
    parts = [(first[at : at + rows, :, None] + then[None]).min(axis=1) for at in range(0, len(first), rows)]
    return np.concatenate(parts)


def _packed(slots: Slots, way: Way, times_s: Floats, far: Floats) -> tuple[Rows, npt.NDArray[Any]]:
    """Find the first links and drop the slots that nodes do not have."""
    ranks = np.uint8 if np.diff(way.start).max(initial=0) < 255 else np.uint32
    rows = max(1, AT_ONCE // far.shape[1])
    seconds, steps = [np.empty(0, np.float32)], [np.empty(0, ranks)]
    for at in range(0, len(far), rows):
        nodes = np.arange(at, min(at + rows, len(far)))
        has: Bools = np.arange(far.shape[1]) < slots.length[nodes, None]
        steps.append(_first_links(way, times_s, far, nodes, ranks)[has])
        seconds.append(far[nodes][has].astype(np.float32))
    return np.concatenate(seconds), np.concatenate(steps)


def _first_links(
    way: Way, times_s: Floats, far: Floats, nodes: npt.NDArray[np.intp], ranks: type[Any]
) -> npt.NDArray[Any]:
    """Choose for some nodes the link that leads nearest each hub, by its rank among the node's links."""
    here = far[nodes]
    best = np.full(here.shape, np.inf)
    chosen = np.full(here.shape, np.iinfo(ranks).max, ranks)
    degree = np.diff(way.start)[nodes]
    for rank in range(int(degree.max(initial=0))):
        some = np.flatnonzero(degree > rank)
        link = way.start[nodes[some]] + rank
        there = far[way.ahead[link]]
        whole = there + times_s[way.order[link], None]
        better = (whole < best[some]) & (there < here[some])
        best[some] = np.where(better, whole, best[some])
        chosen[some] = np.where(better, ranks(rank), chosen[some])
    return chosen


class HubLabels:
    """Point-to-point times and ways of one speed class, by labels.

    The quickest way between two nodes passes a separator of one of the cells they share: its time is the
    least sum of the seconds out to a shared hub and in from it.
    """

    __slots__ = ("_from_hub", "_into", "_out", "_slots", "_to_hub")

    def __init__(self, slots: Slots, links: Links, labels: Mapping[str, npt.NDArray[Any]]) -> None:
        self._slots = (slots.shared, slots.path.data, slots.start.data)
        self._out, self._into = np.asarray(labels["out"]), np.asarray(labels["into"])
        self._to_hub = _Walk(links.onward, slots, self._out, labels["out_step"])
        self._from_hub = _Walk(links.backward, slots, self._into, labels["into_step"])

    def between(self, origin: int, goal: int) -> float:
        """Give the seconds from one node to another; inf where there is no way."""
        shared, path, start = self._slots
        n = shared[origin][(path[origin] ^ path[goal]).bit_length() + 1 >> 1]
        a, b = start[origin], start[goal]
        sums = self._out[a : a + n] + self._into[b : b + n]
        seconds: float = sums.item(sums.argmin())
        return seconds

    def route(self, origin: int, goal: int) -> Route:
        """Give a quickest way; raise `NoWayError` where there is none."""
        shared, path, start = self._slots
        n = shared[origin][(path[origin] ^ path[goal]).bit_length() + 1 >> 1]
        a, b = start[origin], start[goal]
        sums = self._out[a : a + n] + self._into[b : b + n]
        slot = int(sums.argmin())
        if sums[slot] == np.inf:
            raise NoWayError(f"there is no way from node {origin} to node {goal}")
        nodes, left_s = self._to_hub.go(origin, slot)
        back, since_s = self._from_hub.go(goal, slot)
        times = (left_s[0] - left_s).tolist() + (left_s[0] + since_s[-2::-1]).tolist()
        return nodes + back[-2::-1], times

    def ahead(self, origin: int, goal: int, elapsed_s: float) -> tuple[int, float]:
        """Give the next node of a quickest way after so many seconds on it, and the seconds left to it."""
        shared, path, start = self._slots
        n = shared[origin][(path[origin] ^ path[goal]).bit_length() + 1 >> 1]
        a, b = start[origin], start[goal]
        sums = self._out[a : a + n] + self._into[b : b + n]
        slot = int(sums.argmin())
        to_hub_s, whole_s = float(self._out[a + slot]), float(sums[slot])
        if elapsed_s < to_hub_s:
            node, left_s, _, _ = self._to_hub.until(origin, slot, to_hub_s - elapsed_s)
            return node, max(0.0, to_hub_s - left_s - elapsed_s)
        _, _, node, since_s = self._from_hub.until(goal, slot, elapsed_s - to_hub_s)
        return node, max(0.0, whole_s - float(self._into[b + slot]) + since_s - elapsed_s)


class _Walk:
    """Steps from nodes to their hubs, or, against the traffic, back to the hubs they are reached from."""

    __slots__ = ("_ahead", "_far", "_first", "_seconds", "_start", "_starts", "_step", "_there")

    def __init__(self, way: Way, slots: Slots, seconds: Rows, steps: npt.NDArray[Any]) -> None:
        self._first, self._ahead = way.start.data, way.ahead.data
        self._start, self._starts = slots.start.data, slots.start
        self._far = seconds.data
        self._seconds, self._step, self._there = seconds, steps.data, int(np.iinfo(steps.dtype).max)

    def until(self, node: int, slot: int, seconds: float) -> tuple[int, float, int, float]:
        """Go towards a hub to the first node nearer it than so many seconds.

        Returns
        -------
        tuple
            That node and its seconds to the hub, and the same of the node before it.
        """
        start, first, step, ahead, far = self._start, self._first, self._step, self._ahead, self._far
        before, node_s = node, far[start[node] + slot]
        before_s = node_s
        while node_s >= seconds and step[start[node] + slot] != self._there:
            before, before_s = node, node_s
            node = ahead[first[node] + step[start[node] + slot]]
            node_s = far[start[node] + slot]
        return node, node_s, before, before_s

    def go(self, node: int, slot: int) -> tuple[list[int], Floats]:
        """Go from a node to the hub in one of its slots: the nodes, and the seconds of each to the hub."""
        start, first, step, ahead, there = self._start, self._first, self._step, self._ahead, self._there
        nodes = [node]
        rank = step[start[node] + slot]
        while rank != there:
            node = ahead[first[node] + rank]
            nodes.append(node)
            rank = step[start[node] + slot]
        return nodes, self._seconds[self._starts[nodes] + slot].astype(np.float64)
