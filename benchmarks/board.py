"""What every model under test is given: the same roads, units, hospitals and calls, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """A road network for two ways of driving (0 emergency, 1 ordinary), with rows to and from each facility.

    Arcs stand in CSR form (`first`, `head`, `times_s[way]`). `from_s[way, facility, node]` and `to_s` are
    shortest times; `came[way, facility, node]` is the node before on the way from the facility, `next[...]`
    the node after on the way to it. Facilities: stations, then hospitals.
    `marks[way, node]` holds all times to and then from the facilities side by side, for bounds.
    """

    first: Ints
    head: Ints
    times_s: Floats
    from_s: Floats
    to_s: Floats
    came: Ints
    next: Ints
    marks: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """Calls by time: `way` is how responses drive, `hospital` -1 the nearest, `rank` 0 the most urgent."""

    time_s: Floats
    rank: Ints
    way: Ints
    node: Ints
    access_m: Floats
    handling_s: Floats
    on_scene_s: Floats
    transport: NDArray[np.bool_]
    hospital: Ints
    handover_s: Floats

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """One city for all models: `base` is the station of each unit, `redirect[from, to]` by rank."""

    net: Net
    facility_node: Ints
    facility_access_m: Floats
    n_stations: int
    base: Ints
    off_road_kph: Floats
    redirect: NDArray[np.bool_]
    calls: Calls


def build_net(n: int, tail: Ints, head: Ints, times_s: Floats, facility_node: Ints) -> Net:
    """Put arcs into CSR form and compute every row to and from the facilities.

    Parameters
    ----------
    n
        Number of nodes.
    tail, head
        Arcs.
    times_s
        Seconds by way of driving and arc.
    facility_node
        Node of each facility.
    """
    order = np.lexsort((head, tail))
    rows: dict[str, list[Any]] = {"from_s": [], "came": [], "to_s": [], "next": []}
    for seconds in times_s:
        graph = csr_array((seconds, (tail, head)), shape=(n, n))
        for (time, before), matrix in ((("from_s", "came"), graph), (("to_s", "next"), graph.T.tocsr())):
            s, p = dijkstra(matrix, indices=facility_node, return_predecessors=True)
            rows[time].append(s)
            rows[before].append(p)
    kept = {name: np.array(value) for name, value in rows.items()}
    marks = np.concatenate([kept["to_s"], -kept["from_s"]], axis=1)
    return Net(
        first=_starts(tail, n),
        head=head[order].astype(np.int32),
        times_s=times_s[:, order].copy(),
        marks=np.ascontiguousarray(marks.transpose(0, 2, 1)),
        **kept,
    )


def _starts(end: Ints, n: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(end, minlength=n))]).astype(np.int32)
