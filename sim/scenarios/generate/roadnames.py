"""Which name every road, street and bridge of a made-up county bears."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.scenarios.generate.junctions import Ints, Junctions
from sim.scenarios.generate.names import Name, Naming, name_code
from sim.scenarios.generate.network import MOTORWAY, Roads
from sim.scenarios.generate.settlements import Hub
from sim.scenarios.generate.streets import Grid, is_arterial
from sim.scenarios.generate.trunk import Link

LINE_MARKS = (("路", "Road"), ("街", "Street"))
"""What the seat's minor streets are called: along the river, and across."""


def name_roads(
    naming: Naming, hubs: list[Hub], links: list[Link], grid: Grid, at: Junctions, roads: Roads
) -> tuple[Ints, list[Name]]:
    """Name the roads: for each a position in the list of names, -1 where it has none."""
    lines = line_names(grid, naming)
    routes = [*route_names(hubs, links, naming, np.unique(roads.route).tolist()), naming.motorway]
    routes += ramp_names(int(roads.route.max()) - len(links))
    townships = township_road_names(int(roads.branch.max()) + 1)
    road = np.where(roads.branch >= 0, len(lines) + len(routes) + roads.branch, -1)
    road = np.where(roads.route >= 0, len(lines) + roads.route, road)
    road = np.where(roads.line >= 0, roads.line, road)
    names = [*lines, *routes, *townships]
    bridges = bridge_names(naming, hubs, grid, at, roads)
    road[list(bridges)] = len(names) + np.arange(len(bridges))
    return _used(road, [*names, *bridges.values()])


def hub_names(hubs: Sequence[Hub], naming: Naming) -> list[Name]:
    """Name every hub by its short name: the seat by the county, a gate by the neighbour beyond it."""
    names: list[Name] = []
    counts = {"town": 0, "gate": 0}
    for hub in hubs:
        if hub.kind == "seat":
            names.append(naming.county)
        elif hub.kind == "park":
            names.append((naming.park[0], "开发区", "Development Zone"))
        else:
            stocked = naming.towns if hub.kind == "town" else naming.neighbours
            names.append(stocked[counts[hub.kind] % len(stocked)])
            counts[hub.kind] += 1
    return names


def route_names(
    hubs: Sequence[Hub], links: Sequence[Link], naming: Naming, built: Sequence[int]
) -> list[Name]:
    """Name the main road of every link: G and S roads by number, county roads by the towns they join.

    Links not among those `built` (positions) have no road of their own and take no number.
    """
    short = hub_names(hubs, naming)
    numbers = iter(naming.county_roads)
    names: list[Name] = []
    for position, link in enumerate(links):
        if position not in built:
            names.append(("", "", ""))
        elif link.road_class == "national":
            code = naming.national[link.route]
            names.append((code, f"{code}国道", f"National Road {code}"))
        elif link.road_class == "provincial":
            code = naming.provincial[link.route]
            names.append((code, f"{code}省道", f"Provincial Road {code}"))
        else:
            a, b = short[link.a], short[link.b]
            names.append((next(numbers), f"{a[1][0]}{b[1][0]}线", f"{a[2]}–{b[2]} Road"))
    return names


def ramp_names(count: int) -> list[Name]:
    """Name the motorway's ramps."""
    return [(f"IC{k}", f"互通{k}号匝道", f"Interchange {k} Ramp") for k in range(1, count + 1)]


def township_road_names(count: int) -> list[Name]:
    """Name the township roads by number."""
    return [(f"Y{k:03d}", f"Y{k:03d}乡道", f"Township Road Y{k:03d}") for k in range(1, count + 1)]


def line_names(grid: Grid, naming: Naming) -> list[Name]:
    """Name the seat's streets by grid line: main streets 大道, columns 路, rows 街, the ring last."""
    riverside = {
        _riverside(grid, -1): ("沿江西路", "Yanjiang West Road"),
        _riverside(grid, 1): ("沿江东路", "Yanjiang East Road"),
    }
    stocked = iter(naming.lines)
    names: list[Name] = []
    for line in range(grid.columns + grid.rows):
        zh, en = riverside.get(line) or _street(line, grid.columns, next(stocked, ("", "", "")))
        names.append((name_code(en), zh, en))
    return [*names, ("ring-road", "环城路", "Ring Road")]


def _street(line: int, columns: int, stem: Name) -> tuple[str, str]:
    if not stem[1]:
        return "", ""
    zh, en = ("大道", "Avenue") if is_arterial(line, columns) else LINE_MARKS[line >= columns]
    return f"{stem[1]}{zh}", f"{stem[2]} {en}"


def _riverside(grid: Grid, side: int) -> int:
    """Find the column of the grid that runs along the river on a bank."""
    columns = [
        street for street in grid.streets if street.line < grid.columns and grid.x[street.u] * side > 0
    ]
    return min(columns, key=lambda street: float(abs(grid.x[street.u] + grid.x[street.v]))).line


def bridge_names(
    naming: Naming, hubs: Sequence[Hub], grid: Grid, at: Junctions, roads: Roads
) -> dict[int, Name]:
    """Name every bridge (position in the roads): those in the country after the nearest town unless given."""
    north = {int(k): float(at.y[roads.u[k]] + at.y[roads.v[k]]) / 2 for k in np.flatnonzero(roads.bridge)}
    found = sorted(north, key=lambda k: north[k])
    ring = grid.columns + grid.rows
    named: dict[int, Name] = {}
    named |= _given([k for k in found if 0 <= roads.line[k] < ring], naming.bridges[:1])
    named |= _given([k for k in found if roads.line[k] == ring], naming.bridges[1:3])
    named |= _given([k for k in found if roads.road_class[k] == MOTORWAY], naming.bridges[3:4])
    named |= _given([k for k in found if k not in named], naming.bridges[4:])
    for k in found:
        if k not in named:
            named[k] = _after_town(naming, hubs, north[k], named)
    return named


def _given(bridges: list[int], names: Sequence[Name]) -> dict[int, Name]:
    return dict(zip(bridges, names, strict=False))


def _after_town(naming: Naming, hubs: Sequence[Hub], north: float, named: dict[int, Name]) -> Name:
    towns = sorted(
        (float(np.hypot(hub.x, hub.y - north)), name)
        for hub, name in zip(hubs, hub_names(hubs, naming), strict=True)
        if hub.kind == "town"
    )
    taken = [name[0] for name in named.values()]
    free = [name for _, name in towns if f"{name[0]}-bridge" not in taken]
    code, zh, en = free[0] if free else (f"river-{len(named)}", f"跨河{len(named)}号", f"River {len(named)}")
    return f"{code}-bridge", f"{zh}大桥", f"{en} Bridge"


def _used(road: Ints, names: list[Name]) -> tuple[Ints, list[Name]]:
    """Keep each name once, and leave out those that no road bears or that say nothing."""
    first: dict[Name, int] = {}
    same = np.array([first.setdefault(name, k) if any(name) else -1 for k, name in enumerate(names)] + [-1])
    road = same[road]
    used, place = np.unique(road, return_inverse=True)
    return np.where(road >= 0, place - int(used[0] < 0), -1), [names[k] for k in used if k >= 0]
