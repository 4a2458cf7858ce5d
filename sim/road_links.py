"""Which node leads to which: roads reduced to the quickest way from each node to its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from sim.road_table import Floats, Ints, RoadTable, fingerprint

NO_WAY = -9999
"""Stands for "no next node" in the trees that scipy gives."""

SHORTEST_S = 1e-6
"""No link takes less: an arc of length 0 is still an arc, and every step of a way leads nearer its goal."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The links as met when driving with (or, reversed, against) the traffic.

    `near` and `far` are the ends of each link, shape (k,). Sorted by near end, the links are `order`, those
    of node v from ``start[v]`` to ``start[v + 1]``, and `ahead` are their far ends.
    """

    near: Ints
    far: Ints
    start: Ints
    order: Ints
    ahead: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """The ordered pairs of nodes that one or more arcs join, numbered by tail and head.

    Parallel arcs are one link, a loop is none. `onward` looks from tails to heads, `backward` from heads to
    tails. The arcs of link l are ``arcs[first_arc[l]:first_arc[l + 1]]``.
    """

    n_nodes: int
    onward: Way
    backward: Way
    arcs: Ints
    first_arc: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.onward.near)

    def content_hash(self) -> str:
        """Fingerprint of nodes and links, whatever they are called and however long they take."""
        return fingerprint(str(self.n_nodes), self.onward.near, self.onward.far)


def links_of(table: RoadTable) -> Links:
    """Find the links of a road table."""
    arcs = np.flatnonzero(table.tail != table.head)
    arcs = arcs[np.lexsort((table.head[arcs], table.tail[arcs]))]
    tail, head = table.tail[arcs], table.head[arcs]
    fresh = np.ones(len(arcs), bool)
    fresh[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    first = np.flatnonzero(fresh)
    tail, head = tail[first], head[first]
    onward, backward = _way(table.n_nodes, tail, head), _way(table.n_nodes, head, tail)
    return Links(table.n_nodes, onward, backward, arcs.astype(np.int32), np.append(first, len(arcs)))


def link_times_s(links: Links, arc_times: Floats) -> Floats:
    """Take the quickest arc of each link: seconds, shape (k,), inf where every arc is closed."""
    if len(links) == 0:
        return np.empty(0)
    quickest = np.minimum.reduceat(arc_times[links.arcs], links.first_arc[:-1])
    return np.asarray(np.maximum(quickest, SHORTEST_S), np.float64)


def search(
    links: Links, way: Way, times_s: Floats, sources: npt.NDArray[np.integer], limit_s: float = np.inf
) -> tuple[Floats, Ints]:
    """Find the shortest ways from some nodes to all (Dijkstra).

    Parameters
    ----------
    way
        `Links.onward` for ways that leave the sources, `Links.backward` for ways that lead to them.
    times_s
        Seconds of each link; inf where it is closed.
    limit_s
        Nodes farther than this are not looked for.

    Returns
    -------
    tuple
        Seconds (inf: no way) and the neighbour one step nearer the source (negative: none), each of shape
        (sources, n).
    """
    if len(sources) == 0:
        empty = (0, links.n_nodes)
        return np.empty(empty), np.empty(empty, np.int32)
    seconds, nearer = dijkstra(
        graph(links, way, times_s), indices=sources, return_predecessors=True, limit=limit_s
    )
    return np.asarray(seconds, np.float64), np.asarray(nearer, np.int32)


def graph(links: Links, way: Way, times_s: Floats) -> csr_array[np.float64, tuple[int, int]]:
    """Set the open links out as a sparse matrix for scipy."""
    n = links.n_nodes
    times, ahead, start = times_s[way.order], way.ahead, way.start
    passable = np.isfinite(times)
    if not passable.all():
        near = way.near[way.order][passable]
        times, ahead = times[passable], ahead[passable]
        start = _starts(n, near)
    return csr_array((times, ahead, start), shape=(n, n))


def links_into(way: Way, nodes: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    """List the links whose near ends are `nodes`: their numbers, and for each the place in `nodes`."""
    start, end = way.start[nodes], way.start[nodes + 1]
    counts = end - start
    owner = np.repeat(np.arange(len(nodes), dtype=np.int32), counts)
    skipped = np.cumsum(counts) - counts
    positions = np.arange(int(counts.sum()), dtype=np.int32) - (skipped - start)[owner]
    return way.order[positions], owner


def _way(n_nodes: int, near: Ints, far: Ints) -> Way:
    order = np.lexsort((far, near)).astype(np.int32)
    return Way(near, far, _starts(n_nodes, near), order, np.ascontiguousarray(far[order]))


def _starts(n_nodes: int, near: Ints) -> Ints:
    start = np.zeros(n_nodes + 1, np.int32)
    np.cumsum(np.bincount(near, minlength=n_nodes), out=start[1:])
    return start
