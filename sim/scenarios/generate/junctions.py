"""Where the roads of a made-up county meet: in the seat, in towns, along main roads, and in the villages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.scenarios.generate.land import BANK_M, Floats, Land, height, inside
from sim.scenarios.generate.settlements import Hub, Seat
from sim.scenarios.generate.streets import Grid
from sim.scenarios.generate.trunk import Link, course, rural_bridges

Ints = NDArray[np.int64]


class Zone(IntEnum):
    """What a junction is part of."""

    GRID = 0
    RING = 1
    BRIDGE = 2
    TOWN = 3
    GATE = 4
    TRUNK = 5
    RURAL = 6
    MOTORWAY = 7


@dataclass(frozen=True, slots=True, eq=False)
class Junctions:
    """Junctions on the plan (metres).

    `zone` says what each is part of; `part` is the hub of a town's or gate's junction, the link of a
    main road's, else -1.
    """

    x: Floats
    y: Floats
    zone: Ints
    part: Ints

    def __add__(self, other: Junctions) -> Junctions:
        return Junctions(
            np.concatenate([self.x, other.x]),
            np.concatenate([self.y, other.y]),
            np.concatenate([self.zone, other.zone]),
            np.concatenate([self.part, other.part]),
        )


@dataclass(frozen=True, slots=True)
class Spacing:
    """How far apart junctions stand, metres: streets of the seat, streets of towns, the countryside."""

    seat_m: float
    town_m: float
    rural_m: float
    villages: int


def spacing_for(nodes: int, land: Land, seat: Seat, hubs: list[Hub]) -> Spacing:
    """Choose how far apart junctions stand so that a network of so many nodes is well proportioned."""
    cores = sum(np.pi * hub.core_m**2 for hub in hubs if hub.kind in ("town", "park"))
    villages = round(0.13 * nodes)
    return Spacing(
        seat_m=max(70.0, float(np.sqrt(3.65 * seat.a * seat.b / (0.035 * nodes)))),
        town_m=max(60.0, float(np.sqrt(cores / (0.035 * nodes)))),
        rural_m=float(np.sqrt(np.pi / villages) * land.radius_m),
        villages=villages,
    )


def lay_junctions(
    land: Land,
    seat: Seat,
    grid: Grid,
    hubs: list[Hub],
    links: list[Link],
    spacing: Spacing,
    chance: np.random.Generator,
) -> Junctions:
    """Set every junction but the motorway's: seat, bridges, gates, towns, main roads, then villages."""
    laid = _grid_junctions(grid) + _bridge_ends(links) + _gates(hubs)
    for number, hub in enumerate(hubs):
        if hub.kind in ("town", "park"):
            laid += _town(number, hub, seat, spacing.town_m, chance)
    ring = np.column_stack([grid.x, grid.y])[list(grid.ring)]
    for number, link in enumerate(links):
        line = course(link, hubs, ring, chance)
        laid += _along(number, line, 0.65 * spacing.rural_m, land, seat, hubs, laid, chance)
    return laid + _villages(land, seat, hubs, laid, spacing, chance)


def _set(x: Floats, y: Floats, zone: Zone, part: int = -1) -> Junctions:
    return Junctions(
        np.asarray(x, dtype=np.float64),
        np.asarray(y, dtype=np.float64),
        np.full(len(x), int(zone)),
        np.full(len(x), part),
    )


def _grid_junctions(grid: Grid) -> Junctions:
    zone = np.full(len(grid.x), int(Zone.GRID))
    zone[list(grid.ring)] = int(Zone.RING)
    return Junctions(grid.x, grid.y, zone, np.full(len(grid.x), -1))


def _bridge_ends(links: list[Link]) -> Junctions:
    at = np.repeat(np.array(rural_bridges(links)), 2)
    return _set(np.tile([-BANK_M, BANK_M], len(at) // 2), at, Zone.BRIDGE)


def _gates(hubs: list[Hub]) -> Junctions:
    gates = [(number, hub) for number, hub in enumerate(hubs) if hub.kind == "gate"]
    x, y = np.array([(hub.x, hub.y) for _, hub in gates]).T
    return Junctions(x, y, np.full(len(x), int(Zone.GATE)), np.array([number for number, _ in gates]))


def _town(number: int, hub: Hub, seat: Seat, spacing_m: float, chance: np.random.Generator) -> Junctions:
    """Fill a town's core with an uneven mesh turned at random; its first junction is the centre."""
    reach = np.arange(-np.ceil(hub.core_m / spacing_m), np.ceil(hub.core_m / spacing_m) + 1)
    x, y = (grid.ravel() * spacing_m for grid in np.meshgrid(reach, reach))
    sway = chance.uniform(-0.24, 0.24, (2, len(x))) * spacing_m
    turn, squeeze = chance.uniform(0, np.pi), chance.uniform(0.62, 0.95)
    held = (np.hypot(x / squeeze**-0.5, y / squeeze**0.5) < hub.core_m) & (np.hypot(x, y) > 1.0)
    x, y = (x + sway[0])[held], (y + sway[1])[held]
    east = np.append(0.0, x * np.cos(turn) - y * np.sin(turn)) + hub.x
    north = np.append(0.0, x * np.sin(turn) + y * np.cos(turn)) + hub.y
    free = (np.abs(east) > BANK_M) & ~seat.holds(east, north, 0.3 * spacing_m)
    return _set(east[free], north[free], Zone.TOWN, number)


def _along(
    number: int,
    line: Floats,
    step_m: float,
    land: Land,
    seat: Seat,
    hubs: list[Hub],
    laid: Junctions,
    chance: np.random.Generator,
) -> Junctions:
    """Set junctions every so often along a main road's line, where none stand yet."""
    run = np.append(0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    at = (
        np.arange(0.5, run[-1] / step_m) * step_m
        + chance.uniform(-0.2, 0.2, max(0, round(run[-1] / step_m))) * step_m
    )
    x, y = np.interp(at, run, line[:, 0]), np.interp(at, run, line[:, 1])
    free = ~seat.holds(x, y, 0.3 * step_m) & inside(land, x, y) & (np.abs(x) >= BANK_M)
    for hub in hubs:
        free &= np.hypot(x - hub.x, y - hub.y) > hub.core_m
    x, y = x[free], y[free]
    if len(x) == 0:
        return _set(x, y, Zone.TRUNK, number)
    apart, _ = cKDTree(np.column_stack([laid.x, laid.y])).query(np.column_stack([x, y]))
    return _set(x[apart > 0.55 * step_m], y[apart > 0.55 * step_m], Zone.TRUNK, number)


def _villages(
    land: Land, seat: Seat, hubs: list[Hub], laid: Junctions, spacing: Spacing, chance: np.random.Generator
) -> Junctions:
    """Scatter the villages: dense in valleys and near towns, sparse on ridges."""
    x, y = _scatter(land, land.radius_m / 60.0, chance)
    crowd = float(np.mean(_liveliness(land, hubs, x, y))) * len(x) * (land.radius_m / 60.0) ** 2
    cell = float(np.sqrt(crowd / spacing.villages))
    x, y = _scatter(land, cell, chance)
    kept = chance.random(len(x)) < _liveliness(land, hubs, x, y)
    kept &= ~seat.holds(x, y, 0.5 * spacing.seat_m) & (np.abs(x) > 1.4 * BANK_M)
    for hub in hubs:
        kept &= np.hypot(x - hub.x, y - hub.y) > hub.core_m + 0.5 * spacing.town_m
    x, y = x[kept], y[kept]
    apart, _ = cKDTree(np.column_stack([laid.x, laid.y])).query(np.column_stack([x, y]))
    return _set(x[apart > 0.42 * cell], y[apart > 0.42 * cell], Zone.RURAL)


def _scatter(land: Land, cell_m: float, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Set one point at random in every cell of a grid over the county."""
    reach = int(np.ceil(1.5 * land.radius_m / cell_m))
    x, y = (grid.ravel() * cell_m for grid in np.meshgrid(np.arange(-reach, reach), np.arange(-reach, reach)))
    sway = chance.uniform(-0.4, 0.4, (2, len(x))) * cell_m
    x, y = x + sway[0], y + sway[1]
    held = inside(land, x, y, 250.0)
    return x[held], y[held]


def _liveliness(land: Land, hubs: list[Hub], x: Floats, y: Floats) -> Floats:
    """Give the chance, 0 to 1, that there is a village in a cell."""
    nearest = np.min([np.hypot(x - hub.x, y - hub.y) for hub in hubs if hub.kind != "gate"], axis=0)
    near = np.exp(-nearest / (0.17 * land.radius_m))
    return np.asarray((0.2 + 0.8 * near) * (1.0 - 0.8 * height(land, x, y)) + 0.03, dtype=np.float64)
