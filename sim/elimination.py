"""From the smallest cells up: how long it takes within each cell between the nodes on its seams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.dissection import Dissection
from sim.road_links import Links
from sim.road_table import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Seconds within each cell of a dissection, by ways that touch nothing outside but their end on the rim.

    For cell c with q own nodes and a rim of r: `inside[c]` between its own nodes, shape (q, q), `outward[c]`
    from them to the rim, shape (q, r), and `inward[c]` from the rim to them, shape (r, q).
    """

    inside: list[Floats]
    outward: list[Floats]
    inward: list[Floats]

    def reversed(self) -> Blocks:
        """See the same cells driving against the traffic."""
        return Blocks(
            [block.T for block in self.inside],
            [block.T for block in self.inward],
            [block.T for block in self.outward],
        )


def eliminate(dissection: Dissection, links: Links, times_s: Floats) -> Blocks:
    """Take the nodes of each cell out of the network in turn, halves before wholes.

    What ways through a cell mean to its rim is handed up to the cell it is half of.

    Parameters
    ----------
    times_s
        Seconds of each link, inf where it is closed, shape (k,).
    """
    n_cells = len(dissection)
    blocks = Blocks(*([np.empty((0, 0))] * n_cells for _ in range(3)))
    handed: list[list[tuple[Ints, Floats]]] = [[] for _ in range(n_cells)]
    place = np.full(len(dissection.nodes), -1, np.int32)
    links_by_cell = _links_by_cell(dissection, links)
    for cell in range(n_cells - 1, -1, -1):
        own, rim = dissection.own(cell), dissection.rim_of(cell)
        nodes, q = np.concatenate([own, rim]), len(own)
        place[nodes] = np.arange(len(nodes))
        table = _direct(links, times_s, links_by_cell[cell], place, len(nodes))
        table[np.arange(q), np.arange(q)] = 0.0
        for corner, block in handed[cell]:
            at = np.ix_(place[corner], place[corner])
            table[at] = np.minimum(table[at], block)
        handed[cell] = []
        _through_each(table, q)
        blocks.inside[cell], blocks.outward[cell] = table[:q, :q].copy(), table[:q, q:].copy()
        blocks.inward[cell] = table[q:, :q].copy()
        if dissection.parent[cell] >= 0:
            handed[dissection.parent[cell]].append((rim, table[q:, q:].copy()))
    return blocks


def _direct(links: Links, times_s: Floats, chosen: Ints, place: Ints, n: int) -> Floats:
    """Set the links of a cell out as a table of seconds, inf where none leads directly."""
    table = np.full((n, n), np.inf)
    table[place[links.onward.near[chosen]], place[links.onward.far[chosen]]] = times_s[chosen]
    return table


def _through_each(table: Floats, q: int) -> None:
    """Allow ways to pass through each of the first q nodes (Floyd and Warshall's step)."""
    buffer = np.empty_like(table)
    for node in range(q):
        np.add(table[:, node, None], table[node], out=buffer)
        np.minimum(table, buffer, out=table)


def _links_by_cell(dissection: Dissection, links: Links) -> list[Ints]:
    """Give each cell the links between its own nodes and from or to its rim."""
    cell = dissection.cell_of()
    owner = np.maximum(cell[links.onward.near], cell[links.onward.far])
    order = np.argsort(owner, kind="stable").astype(np.int32)
    return np.split(order, np.searchsorted(owner[order], np.arange(1, len(dissection))))
