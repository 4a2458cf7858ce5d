"""How long it takes from every station to everywhere and back, kept right when roads close and open again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from sim.road_links import NO_WAY, Links, Way, links_into, search
from sim.road_table import Bools, Floats, Ints

Rows = npt.NDArray[np.float32]
TIE = 1.0 + 1e-9
"""Ways whose times differ by less than this factor count as equal when asking what a closure may touch."""


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """The shortest ways between facilities and all nodes, in one direction.

    For each facility: `seconds` to (or from) every node, `rows` the same rounded to float32 for quick
    reading, and `nearer`, the neighbour of each node one step nearer the facility (negative: none).
    Facilities at one node share their arrays.
    """

    seconds: tuple[Floats, ...]
    rows: tuple[Rows, ...]
    nearer: tuple[Ints, ...]


def grow(links: Links, way: Way, times_s: Floats, facilities: Sequence[int]) -> Trees:
    """Find the shortest ways of all facilities from nothing.

    Parameters
    ----------
    way
        `Links.onward` for ways from the facilities, `Links.backward` for ways to them.
    """
    seconds, nearer = search(links, way, times_s, np.unique(np.asarray(facilities, np.int32)))
    return share(facilities, seconds, seconds.astype(np.float32), nearer)


def share(facilities: Sequence[int], seconds: Floats, rows: Rows, nearer: Ints) -> Trees:
    """Give each facility the arrays of its node; the arrays hold one row for each node in rising order."""
    nodes = np.asarray(facilities, np.int32)
    places = np.searchsorted(np.unique(nodes), nodes).tolist()
    each = (list(seconds), list(rows), list(nearer))
    return Trees(*(tuple(column[place] for place in places) for column in each))


def regrow(
    trees: Trees, links: Links, way: Way, facilities: Sequence[int], before_s: Floats, after_s: Floats
) -> Trees:
    """Bring the trees up to date after the times of some links changed; rows not touched are shared.

    First the links that became slower (or closed) are dealt with, then those that became quicker (or opened).
    """
    slower = np.maximum(before_s, after_s)
    work = _Rows(trees, links, way, facilities)
    work.slow(np.flatnonzero(after_s > before_s), before_s, slower)
    work.hasten(np.flatnonzero(after_s < before_s), after_s)
    return work.trees()


class _Rows:
    """Trees being brought up to date: one entry a facility node, replaced when touched."""

    __slots__ = ("facilities", "links", "nearer", "nodes", "seconds", "trees_before", "way", "way_back")

    def __init__(self, trees: Trees, links: Links, way: Way, facilities: Sequence[int]) -> None:
        self.trees_before, self.links, self.facilities = trees, links, facilities
        self.way = way
        self.way_back = links.backward if way is links.onward else links.onward
        self.nodes = list(dict.fromkeys(facilities))
        first = {node: facilities.index(node) for node in self.nodes}
        self.seconds = {node: trees.seconds[first[node]] for node in self.nodes}
        self.nearer = {node: trees.nearer[first[node]] for node in self.nodes}

    def slow(self, changed: npt.NDArray[np.intp], before_s: Floats, after_s: Floats) -> None:
        """Mend the rows whose shortest ways may use a link that became slower."""
        near, far = self.way.near[changed], self.way.far[changed]
        used = {node: self._used(node, near, far, before_s[changed]) for node in self.nodes}
        touched = [node for node in self.nodes if used[node].any()]
        heads = np.unique(far)
        if len(heads) >= len(touched):
            self._again(touched, after_s)
            return
        beyond, _ = search(self.links, self.way, before_s, heads)
        for node in touched:
            marked = [np.searchsorted(heads, head) for head in np.unique(far[used[node]])]
            self._mend(node, _below(self.seconds[node], heads[marked], beyond[marked]), after_s)

    def hasten(self, changed: npt.NDArray[np.intp], after_s: Floats) -> None:
        """Shorten the rows in which a link that became quicker leads somewhere sooner."""
        near, far, times = self.way.near[changed], self.way.far[changed], after_s[changed]
        sooner = {node: self.seconds[node][near] + times < self.seconds[node][far] for node in self.nodes}
        touched = [node for node in self.nodes if sooner[node].any()]
        links = np.flatnonzero(np.any([sooner[node] for node in touched] or [near < 0], axis=0))
        if len(links) >= len(touched):
            self._again(touched, after_s)
            return
        beyond, steps = search(self.links, self.way, after_s, far[links])
        for node in touched:
            before = self.seconds[node]
            for at, link in enumerate(links):
                self._through(node, int(near[link]), before[near[link]] + times[link], beyond[at], steps[at])

    def trees(self) -> Trees:
        """Put the trees together again, sharing what was not replaced."""
        old = self.trees_before
        rows: dict[int, Rows] = {}
        for at, node in enumerate(self.facilities):
            same = self.seconds[node] is old.seconds[at]
            rows.setdefault(node, old.rows[at] if same else self.seconds[node].astype(np.float32))
        return Trees(
            tuple(self.seconds[node] for node in self.facilities),
            tuple(rows[node] for node in self.facilities),
            tuple(self.nearer[node] for node in self.facilities),
        )

    def _used(self, node: int, near: Ints, far: Ints, times: Floats) -> Bools:
        """Tell which links may lie on shortest ways of the facility at `node`."""
        seconds = self.seconds[node]
        return np.isfinite(seconds[near]) & (seconds[near] + times <= seconds[far] * TIE)

    def _again(self, touched: list[int], times_s: Floats) -> None:
        """Search whole rows anew, where that is less work than mending them."""
        seconds, nearer = search(self.links, self.way, times_s, np.array(touched, np.int32))
        for at, node in enumerate(touched):
            self.seconds[node], self.nearer[node] = seconds[at], nearer[at]

    def _through(self, node: int, near: int, reached_s: float, beyond: Floats, steps: Ints) -> None:
        """Lead a facility's ways through one quicker link wherever that is sooner."""
        seconds = self.seconds[node]
        through = reached_s + beyond
        better = through < seconds
        if better.any():
            self.seconds[node] = np.where(better, through, seconds)
            entry = np.where(steps >= 0, steps, np.int32(near))
            self.nearer[node] = np.where(better, entry, self.nearer[node])

    def _mend(self, node: int, lost: Bools, times_s: Floats) -> None:
        """Search anew the nodes marked `lost`, starting from their neighbours that are not."""
        inside = np.flatnonzero(lost)
        seconds, nearer = self.seconds[node].copy(), self.nearer[node].copy()
        place = np.full(self.links.n_nodes, -1, np.int32)
        place[inside] = np.arange(len(inside))
        link, owner = links_into(self.way_back, inside)
        came, took = self.way.near[link], times_s[link]
        rim = (place[came] < 0) & np.isfinite(seconds[came] + took)
        within = (place[came] >= 0) & np.isfinite(took)
        entry, door = _quickest(owner[rim], seconds[came[rim]] + took[rim], came[rim], len(inside))
        found, steps = _search_inside(place[came[within]], owner[within], took[within], entry)
        seconds[inside] = found
        nearer[inside] = np.where(
            steps == len(inside), door, np.where(steps >= 0, inside[steps.clip(0, len(inside) - 1)], NO_WAY)
        )
        self.seconds[node], self.nearer[node] = seconds, nearer


def _below(seconds: Floats, heads: Ints, beyond: Floats) -> Bools:
    """Mark the nodes that some shortest way may reach only by way of one of `heads`."""
    lost = np.zeros(len(seconds), bool)
    for head, onward in zip(heads, beyond, strict=True):
        lost |= seconds[head] + onward <= seconds * TIE
    return lost & np.isfinite(seconds)


def _quickest(owner: Ints, seconds: Floats, came: Ints, n: int) -> tuple[Floats, Ints]:
    """Find, for each of n nodes, the soonest way in: seconds (inf: none) and the neighbour it comes from."""
    order = np.lexsort((came, seconds, owner))[::-1]
    entry, door = np.full(n, np.inf), np.full(n, NO_WAY, np.int32)
    entry[owner[order]] = seconds[order]
    door[owner[order]] = came[order]
    return entry, door


def _search_inside(near: Ints, far: Ints, times: Floats, entry: Floats) -> tuple[Floats, Ints]:
    """Search a region whose nodes may be entered from outside; the outside is one node more, the last."""
    n = len(entry)
    doors = np.flatnonzero(np.isfinite(entry)).astype(np.int32)
    rows = np.concatenate([near, np.full(len(doors), n, np.int32)])
    ahead = np.concatenate([far, doors])
    matrix = csr_array((np.concatenate([times, entry[doors]]), (rows, ahead)), shape=(n + 1, n + 1))
    seconds, steps = dijkstra(matrix, indices=np.array([n]), return_predecessors=True)
    return np.asarray(seconds[0, :n], np.float64), np.asarray(steps[0, :n], np.int32)
