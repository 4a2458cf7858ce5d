"""Which junctions of a made-up county are joined, and by what class of road."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from sim.scenarios.generate.junctions import Ints, Junctions, Zone
from sim.scenarios.generate.land import BANK_M, Bools, Floats, Land, height
from sim.scenarios.generate.settlements import Hub
from sim.scenarios.generate.streets import Grid
from sim.scenarios.generate.trunk import Link, edges_of

CLASSES = ("motorway", "national", "provincial", "county", "township", "village", "street")
MOTORWAY, NATIONAL, PROVINCIAL, COUNTY, TOWNSHIP, VILLAGE, STREET = range(7)
UNDECIDED = 99

ON_LINE, REUSED = 0.5, 0.55
"""How much cheaper building is along a main road's own line, and on a road that is there already."""

TOWN_BETA, RURAL_BETA = 1.1, 1.7
"""How empty the land between two junctions must be for a road to join them (beta of a skeleton graph)."""

SMOOTHING = 3
"""Rounds of smoothing for the main roads."""

LONGEST = 8.0
"""Small roads run no further than so many times the median distance between neighbours without a junction."""

TOWNSHIP_VILLAGES = 3
"""A road that serves at least so many village junctions is a township road."""


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Roads between junctions `u` and `v` with class (position in `CLASSES`).

    `route` is the main road (link) that runs here, -1 where none does; `line` the seat's street line and
    `branch` the township road (counted from 0), -1 elsewhere.
    """

    u: Ints
    v: Ints
    road_class: Ints
    route: Ints
    line: Ints
    branch: Ints
    bridge: Bools
    oneway: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """All ways that could be built, lengths in metres; the first `fixed` are streets and bridges."""

    u: Ints
    v: Ints
    length_m: Floats
    fixed: int


def build_roads(
    land: Land,
    grid: Grid,
    hubs: list[Hub],
    links: list[Link],
    at: Junctions,
) -> tuple[Junctions, Roads]:
    """Join the junctions: main roads along their lines first, then the smaller roads between them.

    Junctions on main roads are moved a little so that the roads run smoothly; they are given back too.
    """
    ways = _possible_ways(grid, at)
    road_class, route = _lead_main_roads(land, hubs, links, at, ways)
    at = _smoothed(at, ways, route)
    built = (route >= 0) | (np.arange(len(ways.u)) < ways.fixed)
    built |= _uncrowded(at, ways)
    built |= _connecting(ways, built, len(at.x))
    return at, _classify(grid, at, ways, road_class, route, np.flatnonzero(built))


def _possible_ways(grid: Grid, at: Junctions) -> _Ways:
    """List the streets of the seat, the bridges, and every pair of neighbouring junctions on one bank."""
    bridge_ends = np.flatnonzero(at.zone == Zone.BRIDGE)
    fixed = np.vstack(
        [np.array([(street.u, street.v) for street in grid.streets]), bridge_ends.reshape(-1, 2)]
    )
    pairs = edges_of(Delaunay(np.column_stack([at.x, at.y])).simplices)
    zone_u, zone_v = at.zone[pairs[:, 0]], at.zone[pairs[:, 1]]
    fit = (zone_u != Zone.GRID) & (zone_v != Zone.GRID) & ~((zone_u == Zone.RING) & (zone_v == Zone.RING))
    fit &= at.x[pairs[:, 0]] * at.x[pairs[:, 1]] > 0
    pairs = np.vstack([fixed, pairs[fit]])
    u, v = pairs[:, 0], pairs[:, 1]
    return _Ways(u, v, np.hypot(at.x[u] - at.x[v], at.y[u] - at.y[v]), len(fixed))


def _lead_main_roads(
    land: Land, hubs: list[Hub], links: list[Link], at: Junctions, ways: _Ways
) -> tuple[Ints, Ints]:
    """Lead each main road by its cheapest way; give all ways' class and main road (`UNDECIDED`, -1: none)."""
    u, v, n = ways.u, ways.v, len(at.x)
    cost = ways.length_m * (1.0 + 0.6 * height(land, (at.x[u] + at.x[v]) / 2, (at.y[u] + at.y[v]) / 2))
    cost[(at.zone[u] == Zone.TRUNK) & (at.part[u] == at.part[v]) & (at.zone[v] == Zone.TRUNK)] *= ON_LINE
    graph, order = _graph(u, v, n)
    finder = _Finder(u, v, n)
    road_class, route = np.full(len(u), UNDECIDED), np.full(len(u), -1)
    for number, link in enumerate(links):
        graph.data = cost[order]
        start, end = _node(hubs, link.a, link.b, at), _node(hubs, link.b, link.a, at)
        _, before = dijkstra(graph, indices=[start], return_predecessors=True)
        used = finder.ways(_path(before[0], start, end))
        fresh = used[(route[used] < 0) & ((used >= ways.fixed) | (at.zone[u[used]] == Zone.BRIDGE))]
        route[fresh], road_class[fresh] = number, CLASSES.index(link.road_class)
        cost[fresh] *= REUSED
    return road_class, route


def _smoothed(at: Junctions, ways: _Ways, route: Ints) -> Junctions:
    """Move junctions in the open, where a main road passes, towards the middle of their neighbours."""
    u, v, n = ways.u[route >= 0], ways.v[route >= 0], len(at.x)
    free = (np.bincount(np.concatenate([u, v]), minlength=n) == 2) & (at.zone >= Zone.TRUNK)
    x, y = at.x.copy(), at.y.copy()
    for _ in range(SMOOTHING):
        for axis in (x, y):
            middle = (np.bincount(u, axis[v], n) + np.bincount(v, axis[u], n)) / 2.0
            axis[free] = 0.5 * (axis[free] + middle[free])
    x = np.where(free, np.sign(at.x) * np.maximum(np.abs(x), BANK_M), x)
    return replace(at, x=x, y=y)


def _graph(u: Ints, v: Ints, n: int) -> tuple[csr_array, Ints]:
    """Make a two-way graph whose cell k stands for way ``order[k]``."""
    numbers = np.tile(np.arange(len(u), dtype=np.float64) + 1.0, 2)
    graph = coo_array((numbers, (np.concatenate([u, v]), np.concatenate([v, u]))), shape=(n, n)).tocsr()
    return graph, graph.data.astype(np.int64) - 1


class _Finder:
    """Finds the way between two junctions."""

    def __init__(self, u: Ints, v: Ints, n: int) -> None:
        keys = np.minimum(u, v) * n + np.maximum(u, v)
        self.n, self.order = n, np.argsort(keys)
        self.keys = keys[self.order]

    def ways(self, path: Ints) -> Ints:
        """Give the ways along a path of junctions."""
        return self.between(path[:-1], path[1:])

    def between(self, a: Ints, b: Ints) -> Ints:
        """Give the way between each pair of junctions."""
        wanted = np.minimum(a, b) * self.n + np.maximum(a, b)
        return np.asarray(self.order[np.searchsorted(self.keys, wanted)], dtype=np.int64)


def _path(before: NDArray[np.int32], start: int, end: int) -> Ints:
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return np.array(path[::-1])


def _node(hubs: list[Hub], hub: int, other: int, at: Junctions) -> int:
    """Give the junction where a main road starts: a hub's centre, or the seat's ring on the other's bank."""
    x, y = hubs[hub].x, hubs[hub].y
    if hubs[hub].kind == "seat":
        x, y = hubs[other].x, hubs[other].y
        fit = (at.zone == Zone.RING) & (at.x * x > 0)
    else:
        fit = at.part == hub
        fit &= (at.zone == Zone.TOWN) | (at.zone == Zone.GATE)
    found = np.flatnonzero(fit)
    return int(found[np.argmin(np.hypot(at.x[found] - x, at.y[found] - y))])


def _uncrowded(at: Junctions, ways: _Ways) -> Bools:
    """Tell which ways join junctions with no third one in the lune between them, and are not too long."""
    town = (
        (at.zone[ways.u] == Zone.TOWN) & (at.zone[ways.v] == Zone.TOWN) & (at.part[ways.u] == at.part[ways.v])
    )
    beta = np.where(town, TOWN_BETA, RURAL_BETA)
    p, q = (np.column_stack([at.x[end], at.y[end]]) for end in (ways.u, ways.v))
    share = beta[:, None] / 2
    centres = (p * (1 - share) + q * share, q * (1 - share) + p * share)
    points = np.column_stack([at.x, at.y])
    _, near = cKDTree(points).query((p + q) / 2, k=min(8, len(points)))
    empty = ways.length_m < LONGEST * np.median(ways.length_m)
    for third in np.asarray(near, dtype=np.int64).T:
        far = np.max([np.hypot(*(points[third] - centre).T) for centre in centres], axis=0)
        empty &= (far >= beta * ways.length_m / 2) | (third == ways.u) | (third == ways.v)
    empty[: ways.fixed] = False
    return np.asarray(empty, dtype=np.bool_)


def _connecting(ways: _Ways, built: Bools, n: int) -> Bools:
    """Tell which further ways to build so that everything hangs together: the shortest that do."""
    weight = np.where(built, 1e-4, 1.0) * np.maximum(ways.length_m, 1.0)
    tree = minimum_spanning_tree(coo_array((weight, (ways.u, ways.v)), shape=(n, n)).tocsr()).tocoo()
    needed = np.zeros(len(built), dtype=np.bool_)
    needed[_Finder(ways.u, ways.v, n).between(tree.row.astype(np.int64), tree.col.astype(np.int64))] = True
    return needed


def _classify(grid: Grid, at: Junctions, ways: _Ways, road_class: Ints, route: Ints, built: Ints) -> Roads:
    """Give every built way its class: streets in seat and towns, township roads where many villages hang."""
    u, v = ways.u[built], ways.v[built]
    road_class, route = road_class[built].copy(), route[built]
    line = np.full(len(built), -1)
    line[: len(grid.streets)] = [street.line for street in grid.streets]
    oneway = np.zeros(len(built), dtype=np.bool_)
    oneway[: len(grid.streets)] = [street.oneway for street in grid.streets]
    undecided = road_class == UNDECIDED
    road_class[undecided & (line >= 0)] = STREET
    road_class[line == grid.columns + grid.rows] = COUNTY
    town = (at.zone[u] == Zone.TOWN) & (at.zone[v] == Zone.TOWN)
    road_class[undecided & town] = STREET
    branch = _branches(at, u, v, ways.length_m[built], road_class)
    road_class[road_class == UNDECIDED] = np.where(branch[road_class == UNDECIDED] >= 0, TOWNSHIP, VILLAGE)
    oneway = _passable(u, v, oneway, len(at.x))
    return Roads(u, v, road_class, route, line, branch, at.x[u] * at.x[v] < 0, oneway)


def _passable(u: Ints, v: Ints, oneway: Bools, n: int) -> Bools:
    """Open to both directions those one-way streets that lead into a trap or out of nowhere."""
    while oneway.any():
        back = ~oneway
        tail, head = np.concatenate([u, v[back]]), np.concatenate([v, u[back]])
        graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n))
        _, group = connected_components(graph, connection="strong")
        bad = oneway & (group[u] != group[v])
        if not bad.any():
            break
        oneway = oneway & ~bad
    return oneway


def _branches(at: Junctions, u: Ints, v: Ints, length_m: Floats, road_class: Ints) -> Ints:
    """Number the township roads: branches that leave the main roads and serve many villages; -1 elsewhere."""
    n = len(at.x)
    graph = coo_array((length_m, (u, v)), shape=(n, n)).tocsr()
    decided = road_class != UNDECIDED
    sources = np.unique(np.concatenate([u[decided], v[decided]]))
    far, before, _ = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)
    outward = [int(node) for node in np.argsort(far, kind="stable") if before[node] >= 0]
    parent = before.tolist()
    served = [1] * n
    for node in reversed(outward):
        served[parent[node]] += served[node]
    branch, count = [-1] * n, 0
    for node in outward:
        if served[node] >= TOWNSHIP_VILLAGES:
            branch[node] = branch[parent[node]] if branch[parent[node]] >= 0 else count
            count += branch[node] == count
    on = np.array([node for node in outward if branch[node] >= 0], dtype=np.int64)
    found = np.full(len(u), -1)
    found[_Finder(u, v, n).between(on, before[on].astype(np.int64))] = np.array(branch)[on]
    return found
