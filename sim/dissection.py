"""A road network cut into ever smaller cells along its narrow places: rivers, motorways, mountain passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from sim.road_links import Links
from sim.road_table import Bools, Floats, Ints, fingerprint

LEAF_NODES = 48
"""Cells of so few nodes are not cut any more."""

DEEPEST = 30
"""Nor are cells that lie so deep, whatever their size."""

END_SHARE = 0.25
"""Share of a cell's nodes, at either end of a direction, that a cut may not part."""

BIG_CELL = 600
"""Cells of more nodes are tried in twice as many directions."""


@dataclass(frozen=True, slots=True, eq=False)
class Dissection:
    """A binary tree of cells, parents before children, and the nodes that separate each cell's two halves.

    Attributes
    ----------
    nodes
        All nodes, cell by cell: the separator of each cell; of a cell not cut any more, everything in it.
    first
        The nodes of cell c are ``nodes[first[c]:first[c + 1]]``, shape (cells + 1,).
    parent
        The cell each cell is half of, -1 for the whole network, shape (cells,).
    second
        Whether the cell is its parent's second half, shape (cells,).
    rim
        Cell by cell, the separator nodes of larger cells that touch it.
    first_rim
        The rim of cell c is ``rim[first_rim[c]:first_rim[c + 1]]``, shape (cells + 1,).
    """

    nodes: Ints
    first: Ints
    parent: Ints
    second: Bools
    rim: Ints
    first_rim: Ints

    def __len__(self) -> int:
        return len(self.parent)

    def cell_of(self) -> Ints:
        """Tell in which cell's own nodes each node is, shape (n,)."""
        cell = np.empty(len(self.nodes), np.int32)
        cell[self.nodes] = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.first))
        return cell

    def own(self, cell: int) -> Ints:
        """Give the nodes of a cell that are in none of its halves."""
        return self.nodes[self.first[cell] : self.first[cell + 1]]

    def rim_of(self, cell: int) -> Ints:
        """Give the nodes outside a cell through which every way into or out of it leads."""
        return self.rim[self.first_rim[cell] : self.first_rim[cell + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A part of the network yet to be cut: its nodes and, by position among them, who touches whom."""

    nodes: Ints
    one: Ints
    other: Ints
    parent: int
    second: bool
    depth: int


def dissection_key(links: Links, lon: Floats, lat: Floats) -> str:
    """Fingerprint of all that `dissect` depends on."""
    return fingerprint("dissection 1", links.content_hash(), lon, lat)


def dissect(links: Links, lon: Floats, lat: Floats, leaf_nodes: int = LEAF_NODES) -> Dissection:
    """Cut a network into halves again and again, each time through as few nodes as can be found.

    Each cell is looked at along several directions; the nodes at one end are the source and those at the
    other end the sink of a flow, and the narrowest place between them (the minimum cut) parts the cell. Times
    do not matter, so one dissection serves all speed classes and all closures.

    Parameters
    ----------
    lon, lat
        Where the nodes are (any wrong position costs speed, never correctness), shape (n,).
    leaf_nodes
        Cells of so few nodes are left whole.

    References
    ----------
    Schild, A. and Sommer, C. (2015). On balanced separators in road networks. SEA 2015 (inertial flow).
    doi:10.1007/978-3-319-20086-6_22
    """
    x, y = lon * np.cos(np.radians(lat.mean() if len(lat) else 0.0)), lat
    pairs = _neighbouring(links)
    own: list[Ints] = []
    parents: list[int] = []
    seconds: list[bool] = []
    waiting = [_Piece(np.arange(len(x), dtype=np.int32), pairs[:, 0], pairs[:, 1], -1, False, 0)]
    while waiting:
        piece = waiting.pop()
        apart, halves = _part(piece, x, y, len(own), leaf_nodes)
        own.append(apart)
        parents.append(piece.parent)
        seconds.append(piece.second)
        waiting.extend(halves)
    return _with_rims(own, parents, seconds, pairs)


def _neighbouring(links: Links) -> Ints:
    """List the pairs of nodes joined in either direction, each once, shape (pairs, 2)."""
    near, far = links.onward.near.astype(np.int64), links.onward.far.astype(np.int64)
    keys = np.unique(np.minimum(near, far) * links.n_nodes + np.maximum(near, far))
    return np.stack(np.divmod(keys, max(1, links.n_nodes)), axis=1).astype(np.int32)


def _part(piece: _Piece, x: Floats, y: Floats, number: int, leaf_nodes: int) -> tuple[Ints, list[_Piece]]:
    """Part a piece: its separator nodes and the halves that are left."""
    n = len(piece.nodes)
    if n <= leaf_nodes or piece.depth >= DEEPEST:
        return piece.nodes, []
    side = _narrowest(piece, x[piece.nodes], y[piece.nodes])
    parting = _guards(piece, side)
    halves = []
    for second in (True, False):
        inside = (side != second) & ~parting
        if inside.any():
            place = np.cumsum(inside, dtype=np.int32) - 1
            kept = inside[piece.one] & inside[piece.other]
            one, other = place[piece.one[kept]], place[piece.other[kept]]
            halves.append(_Piece(piece.nodes[inside], one, other, number, second, piece.depth + 1))
    return piece.nodes[parting], halves


def _narrowest(piece: _Piece, x: Floats, y: Floats) -> Bools:
    """Mark one side of the best cut among those found along several directions."""
    n = len(piece.nodes)
    turns = np.arange(4 if n > BIG_CELL else 2) * np.pi
    best: tuple[float, Bools] | None = None
    for angle in turns / len(turns):
        side, width = _cut(piece, np.argsort(x * np.cos(angle) + y * np.sin(angle), kind="stable"))
        smaller = min(side.sum(), n - side.sum()) / n
        cost = (width + 1) / smaller**0.6
        if best is None or cost < best[0]:
            best = (cost, side)
    if best is None:
        raise AssertionError("a cut is always found")
    return best[1]


def _cut(piece: _Piece, order: npt.NDArray[np.intp]) -> tuple[Bools, int]:
    """Find the fewest pairs of neighbours that part the first nodes of an order from the last."""
    n = len(order)
    ends = max(1, int(n * END_SHARE))
    place = np.arange(n)
    place[order[:ends]], place[order[-ends:]] = n, n + 1
    one, other = place[piece.one], place[piece.other]
    apart = one != other
    rows = np.concatenate([one[apart], other[apart]])
    columns = np.concatenate([other[apart], one[apart]])
    pipes = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(n + 2, n + 2))
    flow = maximum_flow(pipes, n, n + 1)
    left = csr_array(pipes - flow.flow)
    left.eliminate_zeros()
    reached = np.zeros(n + 2, bool)
    reached[breadth_first_order(left, n, return_predecessors=False)] = True
    return reached[place], int(flow.flow_value)


def _guards(piece: _Piece, side: Bools) -> Bools:
    """Mark the nodes on one bank of a cut: the bank with fewer of them, of equals the larger side."""
    crossing = side[piece.one] != side[piece.other]
    one, other = piece.one[crossing], piece.other[crossing]
    banks = []
    for bank in (side, ~side):
        guards = np.zeros(len(side), bool)
        guards[np.where(bank[one], one, other)] = True
        banks.append((int(guards.sum()), -int(bank.sum()), guards))
    return min(banks, key=lambda found: found[:2])[2]


def _with_rims(own: list[Ints], parents: list[int], seconds: list[bool], pairs: Ints) -> Dissection:
    """Put the cells together and find each one's rim, smallest cells first."""
    empty = np.empty(0, np.int32)
    first = np.cumsum([0, *map(len, own)]).astype(np.int32)
    bare = Dissection(
        np.concatenate(own), first, np.array(parents, np.int32), np.array(seconds, bool), empty, empty
    )
    cell = bare.cell_of()
    rims = [empty] * len(own)
    halves: list[list[int]] = [[] for _ in own]
    for number, touched in _neighbours(cell, pairs, len(own)):
        touching = np.concatenate([touched, *(rims[half] for half in halves[number])])
        rims[number] = np.unique(touching[cell[touching] != number])
        if parents[number] >= 0:
            halves[parents[number]].append(number)
    first_rim = np.cumsum([0, *map(len, rims)]).astype(np.int32)
    return Dissection(bare.nodes, first, bare.parent, bare.second, np.concatenate(rims), first_rim)


def _neighbours(cell: Ints, pairs: Ints, n_cells: int) -> Iterator[tuple[int, Ints]]:
    """Give for each cell, last to first, the nodes of larger cells next to its own nodes."""
    one, other = pairs[:, 0], pairs[:, 1]
    inner = np.maximum(cell[one], cell[other])
    outer = np.where(cell[one] < cell[other], one, other)
    outward = cell[one] != cell[other]
    inner, outer = inner[outward], outer[outward]
    order = np.argsort(inner, kind="stable")
    starts = np.searchsorted(inner[order], np.arange(n_cells + 1))
    for number in range(n_cells - 1, -1, -1):
        yield number, outer[order[starts[number] : starts[number + 1]]]
