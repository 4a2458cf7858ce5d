"""From junctions on the plan to a road network on the map: every road in short pieces that wind a little."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.road_table import RoadTable, road_table
from sim.scenarios.generate.junctions import Ints, Junctions, Zone
from sim.scenarios.generate.land import BANK_M, Bools, Floats, Land, distance_m, to_map
from sim.scenarios.generate.names import Name
from sim.scenarios.generate.network import CLASSES, Roads

WINDING = np.array([1.0, 1.01, 1.02, 1.04, 1.07, 1.1, 1.0])
"""How much longer a road is than the straight pieces it is drawn with, by class (A)."""

SWING = np.array([0.0, 0.015, 0.02, 0.03, 0.045, 0.06, 0.0])
"""How far a road swings aside between junctions, as a share of its length, by class (A)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Roads cut into pieces: nodes on the plan, and for each piece its ends and the road it is of."""

    x: Floats
    y: Floats
    tail: Ints
    head: Ints
    of: Ints


def pave(
    land: Land,
    at: Junctions,
    roads: Roads,
    nodes: int,
    road: Ints,
    road_names: list[Name],
    chance: np.random.Generator,
) -> RoadTable:
    """Make the road network: `nodes` nodes in all, or the junctions alone where they are more.

    Parameters
    ----------
    road, road_names
        For each road its name as a position in `road_names`, -1 where it has none.
    """
    pieces = _cut(at, roads, nodes, chance)
    lon, lat = to_map(land, pieces.x, pieces.y)
    length = distance_m(lon[pieces.tail], lat[pieces.tail], lon[pieces.head], lat[pieces.head])
    length = np.maximum(np.round(length * WINDING[roads.road_class[pieces.of]], 1), 1.0)
    back = ~roads.oneway[pieces.of]

    def arcs(values: Ints | Floats | Bools) -> Ints | Floats | Bools:
        return np.concatenate([values, values[back]])

    return road_table(
        [str(number) for number in range(1, len(lon) + 1)],
        lon,
        lat,
        np.concatenate([pieces.tail, pieces.head[back]]),
        np.concatenate([pieces.head, pieces.tail[back]]),
        arcs(length),
        CLASSES,
        arcs(roads.road_class[pieces.of]),
        access=_access(at, roads, pieces),
        road=arcs(road[pieces.of]),
        road_names=road_names,
        bridge=arcs(roads.bridge[pieces.of]),
    )


def _cut(at: Junctions, roads: Roads, nodes: int, chance: np.random.Generator) -> _Pieces:
    """Set further nodes along the roads, in proportion to length, so that there are `nodes` in all."""
    length = np.hypot(at.x[roads.u] - at.x[roads.v], at.y[roads.u] - at.y[roads.v])
    inner = _shares(np.where(roads.bridge, 0.0, length), max(0, nodes - len(at.x)))
    of = np.repeat(np.arange(len(inner)), inner)
    first = np.cumsum(inner) - inner
    step = np.arange(len(of)) - first[of]
    x, y = _between(at, roads, of, (step + 1) / (inner[of] + 1), length, chance)
    whole = np.repeat(np.arange(len(inner)), inner + 1)
    place = np.arange(len(whole)) - (np.cumsum(inner + 1) - inner - 1)[whole]
    node = len(at.x) + first[whole] + place
    tail = np.where(place == 0, roads.u[whole], node - 1)
    head = np.where(place == inner[whole], roads.v[whole], node)
    return _Pieces(np.concatenate([at.x, x]), np.concatenate([at.y, y]), tail, head, whole)


def _shares(weight: Floats, total: int) -> Ints:
    """Split a whole number in proportion to weights, by largest remainder."""
    exact = weight / weight.sum() * total
    whole: Ints = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]] += 1
    return whole


def _between(
    at: Junctions, roads: Roads, of: Ints, t: Floats, length: Floats, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """Place the inner nodes: on a swinging line between the junctions, never across the river."""
    u, v = roads.u[of], roads.v[of]
    size = chance.normal(0.0, 1.0, (2, len(length))) * SWING[roads.road_class]
    off = size[0][of] * np.sin(np.pi * t) + 0.6 * size[1][of] * np.sin(2 * np.pi * t)
    span_x, span_y = at.x[v] - at.x[u], at.y[v] - at.y[u]
    x, y = at.x[u] + t * span_x - off * span_y, at.y[u] + t * span_y + off * span_x
    dry = at.x[u] * at.x[v] > 0
    return np.where(dry, np.sign(at.x[u]) * np.maximum(np.abs(x), BANK_M), x), y


def _access(at: Junctions, roads: Roads, pieces: _Pieces) -> Bools:
    """Tell at which nodes one may leave the road: everywhere but on the motorway."""
    access = np.ones(len(pieces.x), dtype=np.bool_)
    access[: len(at.x)] = at.zone != Zone.MOTORWAY
    on_motorway = roads.road_class[pieces.of] == 0
    inner = pieces.head[on_motorway]
    access[inner[inner >= len(at.x)]] = False
    return access
