"""The main roads of a made-up county as lines on the plan: what they join, how they run and bridge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay

from sim.scenarios.generate.land import BANK_M, Floats, Land, edge_m
from sim.scenarios.generate.settlements import Hub, Seat

Ints = NDArray[np.int64]

MAIN_ROUTES = (("national", 0, 1), ("provincial", 2, 3), ("provincial", 4, 6))
"""Routes through the county by class: from gate, by way of the seat, to gate."""

BRIDGE_GAP_M = 7000.0
"""Roads that would cross the river within this distance of each other share a bridge."""

SWAY = 0.07
"""How far a main road leaves the straight line, as a share of its length."""


@dataclass(frozen=True, slots=True)
class Link:
    """A main road between two hubs (positions in the list of hubs), with its class and road number.

    `route` counts the roads of a class from 0: links of one route are one numbered road. `bridge` is where it
    crosses the river (metres along it), None where it does not.
    """

    a: int
    b: int
    road_class: str
    route: int
    bridge: float | None = None


def main_roads(hubs: list[Hub], seat: Seat) -> list[Link]:
    """Choose which hubs the main roads join: national and provincial routes first, then county roads."""
    pairs = neighbours(hubs)
    links = _routes(hubs, pairs)
    taken = {(min(link.a, link.b), max(link.a, link.b)) for link in links}
    rest = [pair for pair in pairs if pair not in taken]
    links += [Link(a, b, "county", number) for number, (a, b) in enumerate(rest)]
    return _bridged(hubs, seat, links)


def neighbours(hubs: list[Hub]) -> list[tuple[int, int]]:
    """List the pairs of hubs that main roads may join, each gate with one hub at least."""
    inner = [k for k, hub in enumerate(hubs) if hub.kind != "gate"]
    pairs = [(inner[a], inner[b]) for a, b in clear_pairs([hubs[k] for k in inner])]
    pairs += [(a, b) for a, b in clear_pairs(hubs) if hubs[a].kind != "gate" and hubs[b].kind == "gate"]
    for gate, hub in enumerate(hubs):
        if hub.kind == "gate" and all(gate != b for _, b in pairs):
            pairs.append(
                (min(inner, key=lambda k: (hubs[k].x - hub.x) ** 2 + (hubs[k].y - hub.y) ** 2), gate)
            )
    return sorted(pairs)


def clear_pairs(hubs: list[Hub]) -> list[tuple[int, int]]:
    """List the pairs of hubs with no third hub in the circle between them (a Gabriel graph)."""
    at = np.array([(hub.x, hub.y) for hub in hubs])
    pairs = edges_of(Delaunay(at).simplices)
    a, b = at[pairs[:, 0]], at[pairs[:, 1]]
    middle, reach = (a + b) / 2, np.hypot(*(a - b).T) / 2
    apart = np.hypot(middle[:, None, 0] - at[None, :, 0], middle[:, None, 1] - at[None, :, 1])
    clear = np.all(apart > reach[:, None] * (1 - 1e-9), axis=1)
    return [(int(first), int(second)) for first, second in pairs[clear]]


def edges_of(triangles: NDArray[np.int32]) -> Ints:
    """List the edges of triangles once each, as sorted pairs in sorted order."""
    corners = np.sort(
        np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)
    )
    width = int(corners.max()) + 1
    keys = np.unique(corners[:, 0] * width + corners[:, 1])
    return np.column_stack([keys // width, keys % width])


def rural_bridges(links: list[Link]) -> list[float]:
    """List where bridges outside the seat cross the river, in metres along it."""
    return sorted({link.bridge for link in links if link.bridge is not None})


def course(link: Link, hubs: list[Hub], ring: Floats, chance: np.random.Generator) -> Floats:
    """Draw the line of a main road as points on the plan, shape (n, 2), by way of its bridge if it has one.

    A road to the seat ends at the point of the ring (shape (k, 2)) nearest to where it comes from.
    """
    stops = [_stop(hubs[link.a], hubs[link.b], ring)]
    if link.bridge is not None:
        side = -1.0 if stops[0][0] < 0 else 1.0
        stops += [(side * BANK_M, link.bridge), (-side * BANK_M, link.bridge)]
    stops.append(_stop(hubs[link.b], hubs[link.a], ring))
    legs = [_swayed(np.array(start), np.array(end), chance) for start, end in pairwise(stops)]
    return np.vstack([legs[0], *(leg[1:] for leg in legs[1:])])


def motorway_course(land: Land, seat: Seat, hubs: list[Hub], chance: np.random.Generator) -> Floats:
    """Draw the motorway's line: past the seat from edge to edge, clear of the towns; shape (n, 2), metres."""
    side = 1.0 if chance.random() < 0.5 else -1.0
    lines = [
        _across(land, side * past * seat.b, lean, bow)
        for past in chance.uniform(1.35, 1.8, 4)
        for lean in np.linspace(-0.4, 0.4, 9)
        for bow in (-0.08, 0.0, 0.08)
    ]
    return max(lines, key=lambda line: _room(line, hubs[1:]))


def _room(line: Floats, hubs: list[Hub]) -> float:
    """Tell how near a line comes to the built-up edge of any hub, metres."""
    return min(float(np.min(np.hypot(line[:, 0] - hub.x, line[:, 1] - hub.y))) - hub.core_m for hub in hubs)


def _across(land: Land, past_m: float, lean: float, bow: float) -> Floats:
    """Draw a bowed line from edge to edge that passes `past_m` metres from the origin and leans."""
    along = np.linspace(-2.0, 2.0, 801) * land.radius_m
    across = past_m + bow * land.radius_m * (1.0 - np.cos(along / land.radius_m * 1.6))
    x, y = along * np.cos(lean) - across * np.sin(lean), along * np.sin(lean) + across * np.cos(lean)
    held = np.hypot(x, y) < edge_m(land, np.arctan2(y, x)) * 0.99
    middle = len(along) // 2
    first = middle - int(np.argmin(held[middle::-1])) + 1
    last = middle + int(np.argmin(held[middle:]))
    return np.column_stack([x, y])[first:last]


def _routes(hubs: list[Hub], pairs: list[tuple[int, int]]) -> list[Link]:
    """Lead the national and provincial routes over the pairs, each by the shortest way, in order."""
    gates = [k for k, hub in enumerate(hubs) if hub.kind == "gate"]
    links: list[Link] = []
    numbers: dict[str, int] = {}
    for road_class, start, end in MAIN_ROUTES:
        number = numbers[road_class] = numbers.get(road_class, -1) + 1
        way = _way(hubs, pairs, gates[start], 0)[:-1] + _way(hubs, pairs, 0, gates[end])
        taken = {(min(link.a, link.b), max(link.a, link.b)) for link in links}
        links += [
            Link(min(a, b), max(a, b), road_class, number)
            for a, b in pairwise(way)
            if (min(a, b), max(a, b)) not in taken
        ]
    return links


def _way(hubs: list[Hub], pairs: list[tuple[int, int]], start: int, end: int) -> list[int]:
    """Find the shortest way between two hubs that passes no other gate."""
    open_pairs = [
        (a, b) for a, b in pairs if all(hubs[k].kind != "gate" or k in (start, end) for k in (a, b))
    ]
    a, b = np.array(open_pairs).T
    length = np.array([np.hypot(hubs[i].x - hubs[j].x, hubs[i].y - hubs[j].y) for i, j in open_pairs])
    graph = coo_array((length**1.15, (a, b)), shape=(len(hubs), len(hubs))).tocsr()
    _, before = dijkstra(graph, directed=False, indices=[start], return_predecessors=True)
    way = [end]
    while way[-1] != start:
        way.append(int(before[0][way[-1]]))
    return way[::-1]


def _bridged(hubs: list[Hub], seat: Seat, links: list[Link]) -> list[Link]:
    """Give each link that crosses the river its bridge; those that would cross near the seat are left out."""
    crossing = {link: _crossing(hubs[link.a], hubs[link.b]) for link in links if 0 not in (link.a, link.b)}
    near = 1.6 * seat.b
    wet = sorted(
        (at, number)
        for number, link in enumerate(links)
        if (at := crossing.get(link)) is not None and abs(at) > near
    )
    groups: list[list[tuple[float, int]]] = []
    for item in wet:
        if groups and item[0] - groups[-1][0][0] < BRIDGE_GAP_M and item[0] * groups[-1][0][0] > 0:
            groups[-1].append(item)
        else:
            groups.append([item])
    bridge = {n: float(np.mean([at for at, _ in group])) for group in groups for _, n in group}
    kept = [
        replace(link, bridge=bridge.get(number))
        for number, link in enumerate(links)
        if number in bridge or crossing.get(link) is None
    ]
    lonely = [k for k in range(1, len(hubs)) if all(k not in (link.a, link.b) for link in kept)]
    counties = sum(link.road_class == "county" for link in links)
    return kept + [Link(0, k, "county", counties + n) for n, k in enumerate(lonely)]


def _crossing(a: Hub, b: Hub) -> float | None:
    """Tell where the straight line between two hubs crosses the river, None where it does not."""
    if a.x * b.x > 0:
        return None
    return a.y + (b.y - a.y) * a.x / (a.x - b.x)


def _stop(hub: Hub, other: Hub, ring: Floats) -> tuple[float, float]:
    if hub.kind != "seat":
        return hub.x, hub.y
    same_bank = ring[ring[:, 0] * other.x > 0]
    nearest = same_bank[np.argmin(np.hypot(same_bank[:, 0] - other.x, same_bank[:, 1] - other.y))]
    return float(nearest[0]), float(nearest[1])


def _swayed(start: Floats, end: Floats, chance: np.random.Generator) -> Floats:
    """Draw a gently swaying line of about 100 m steps between two points that stays on its bank."""
    span = end - start
    length = float(np.hypot(*span))
    t = np.linspace(0, 1, max(2, int(length / 100.0) + 1))
    size = chance.normal(0, SWAY, 3) * length / np.arange(1, 4)
    off = sum(size[k] * np.sin((k + 1) * np.pi * t) for k in range(3))
    line = start + t[:, None] * span + np.outer(off, np.array([-span[1], span[0]]) / max(length, 1.0))
    if start[0] * end[0] > 0:
        line[:, 0] = np.sign(start[0]) * np.maximum(np.abs(line[:, 0]), BANK_M)
    return np.asarray(line, dtype=np.float64)
