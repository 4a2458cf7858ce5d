"""The motorway of a made-up county: past everything without a junction, but for a few interchanges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.scenarios.generate.junctions import Ints, Junctions, Zone
from sim.scenarios.generate.land import Floats
from sim.scenarios.generate.network import COUNTY, MOTORWAY, NATIONAL, Roads
from sim.scenarios.generate.settlements import Hub

INTERCHANGES = 3
LEAST_RAMP_M = 250.0


def add_motorway(
    line: Floats, step_m: float, hubs: list[Hub], links: int, at: Junctions, roads: Roads
) -> tuple[Junctions, Roads]:
    """Lay the motorway along a line (shape (n, 2), metres on the plan) and join it to the main roads.

    Its `route` is `links`; those of its ramps follow.
    """
    run = np.append(0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    places = np.linspace(0.0, run[-1], max(4, round(run[-1] / step_m) + 1))
    x, y = np.interp(places, run, line[:, 0]), np.interp(places, run, line[:, 1])
    ramps = _interchanges(x, y, hubs, at, roads)
    first = len(at.x)
    own = Junctions(x, y, np.full(len(x), int(Zone.MOTORWAY)), np.full(len(x), -1))
    u = np.concatenate([first + np.arange(len(x) - 1), first + ramps[:, 0]])
    v = np.concatenate([first + np.arange(1, len(x)), ramps[:, 1]])
    road_class = np.concatenate([np.full(len(x) - 1, MOTORWAY), np.full(len(ramps), COUNTY)])
    route = links + np.concatenate([np.zeros(len(x) - 1, dtype=np.int64), 1 + np.arange(len(ramps))])
    both = at + own
    return both, _joined(both, roads, u, v, road_class, route)


def _interchanges(x: Floats, y: Floats, hubs: list[Hub], at: Junctions, roads: Roads) -> Ints:
    """Choose pairs (motorway junction, main-road junction), one for each of the hubs nearest to it."""
    main = (roads.road_class >= NATIONAL) & (roads.road_class <= COUNTY)
    ends = np.unique(np.concatenate([roads.u[main], roads.v[main]]))
    gap = np.hypot(x[:, None] - at.x[ends], y[:, None] - at.y[ends])
    gap = np.where((gap < LEAST_RAMP_M) | (x[:, None] * at.x[ends] < 0), np.inf, gap)
    near = np.argmin(gap, axis=1)
    ramp = gap[np.arange(len(x)), near]
    served = [hub for hub in hubs if hub.kind != "gate"]
    served.sort(key=lambda hub: float(np.min(np.hypot(x - hub.x, y - hub.y))))
    chosen: dict[int, int] = {}
    for hub in served:
        best = int(np.argmin(2.0 * ramp + np.hypot(x - hub.x, y - hub.y)))
        if len(chosen) < INTERCHANGES and all(abs(best - other) > 3 for other in chosen):
            chosen[best] = int(ends[near[best]])
    return np.array(sorted(chosen.items()), dtype=np.int64).reshape(-1, 2)


def _joined(at: Junctions, roads: Roads, u: Ints, v: Ints, road_class: Ints, route: Ints) -> Roads:
    none, no = np.full(len(u), -1), np.zeros(len(u), dtype=np.bool_)
    return replace(
        roads,
        u=np.concatenate([roads.u, u]),
        v=np.concatenate([roads.v, v]),
        road_class=np.concatenate([roads.road_class, road_class]),
        route=np.concatenate([roads.route, route]),
        line=np.concatenate([roads.line, none]),
        branch=np.concatenate([roads.branch, none]),
        bridge=np.concatenate([roads.bridge, at.x[u] * at.x[v] < 0]),
        oneway=np.concatenate([roads.oneway, no]),
    )
