"""A made-up county's geography: land, towns and roads drawn from an order and a seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sim.road_table import RoadTable
from sim.scenarios.generate.junctions import Junctions, lay_junctions, spacing_for
from sim.scenarios.generate.land import Land, make_land, to_map
from sim.scenarios.generate.motorway import add_motorway
from sim.scenarios.generate.names import Naming, draw_naming
from sim.scenarios.generate.network import build_roads
from sim.scenarios.generate.paving import pave
from sim.scenarios.generate.roadnames import name_roads
from sim.scenarios.generate.settlements import Hub, Seat, count_townships, make_seat, settle
from sim.scenarios.generate.streets import seat_grid
from sim.scenarios.generate.trunk import main_roads, motorway_course


class Stage(IntEnum):
    """What is drawn from its own stream of chance, so that one can change without the others."""

    NAMES = 0
    LAND = 1
    TOWNS = 2
    STREETS = 3
    JUNCTIONS = 4
    PAVING = 5
    SITES = 6
    PEOPLE = 7
    EQUIPMENT = 8
    DUTY = 9


@dataclass(frozen=True, slots=True)
class Order:
    """What county is wanted.

    `population` people, `area_km2` square kilometres, about `nodes` road nodes, drawn from `seed`. `medical`
    adds ambulance calls to the demand. `lon`, `lat` (degrees) say where, `turn` (radians) which way the river
    runs, None leaves it to chance.
    """

    population: int = 500_000
    area_km2: float = 1200.0
    seed: int = 7
    nodes: int = 8000
    medical: bool = False
    lon: float = 113.2
    lat: float = 27.9
    turn: float | None = None

    def chance(self, stage: Stage) -> np.random.Generator:
        """Give the stream of chance of a stage."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(int(stage),)))


@dataclass(frozen=True, slots=True, eq=False)
class Geography:
    """Land, towns and roads of a made-up county; the first junctions of `table` are those of `at`."""

    order: Order
    naming: Naming
    land: Land
    seat: Seat
    hubs: list[Hub]
    at: Junctions
    table: RoadTable

    def map(self, x: float, y: float) -> tuple[float, float]:
        """Give longitude and latitude of a point of the plan."""
        lon, lat = to_map(self.land, np.array([x]), np.array([y]))
        return float(lon[0]), float(lat[0])


def draw_geography(order: Order, naming: Naming | None = None) -> Geography:
    """Draw land, towns and roads; names are drawn too unless given."""
    seat = make_seat(order.population)
    calm = 1.15 * max(seat.a, seat.b) + 300.0
    land = make_land(order.area_km2, calm, order.lon, order.lat, order.turn, order.chance(Stage.LAND))
    towns = count_townships(order.population, order.area_km2)
    hubs = settle(land, seat, order.population, towns, order.chance(Stage.TOWNS))
    naming = naming or draw_naming(towns, order.chance(Stage.NAMES))
    links = main_roads(hubs, seat)
    spacing = spacing_for(order.nodes, land, seat, hubs)
    grid = seat_grid(seat, spacing.seat_m, order.chance(Stage.STREETS))
    chance = order.chance(Stage.JUNCTIONS)
    at = lay_junctions(land, seat, grid, hubs, links, spacing, chance)
    at, roads = build_roads(land, grid, hubs, links, at)
    line = motorway_course(land, seat, hubs, chance)
    at, roads = add_motorway(line, max(0.8 * spacing.rural_m, 250.0), hubs, len(links), at, roads)
    road, names = name_roads(naming, hubs, links, grid, at, roads)
    table = pave(land, at, roads, order.nodes, road, names, order.chance(Stage.PAVING))
    return Geography(order, naming, land, seat, hubs, at, table)
