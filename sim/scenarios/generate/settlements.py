"""Where people live in a made-up county: the seat, the towns, the park, and the gates to the neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenarios.generate.land import BANK_M, Bools, Floats, Land, edge_m, height, inside

SEAT_SHARE = 0.36
"""Share of the people who live in the county seat's streets (A; China's counties have 30 to 45 %)."""

SEAT_PEOPLE_PER_KM2 = 10_500.0
TOWN_PEOPLE_PER_KM2 = 7_500.0
TOWN_CORE_SHARE = 0.2
"""Share of a township's people who live in the town itself (A)."""

PARK_SHARE = 0.025
ZIPF_SHIFT, ZIPF_POWER = 2.0, 0.75
CANDIDATES = 4000


@dataclass(frozen=True, slots=True)
class Seat:
    """The built-up county seat: a rounded box on the plan around `x`, `y` with half axes `a`, `b`, metres."""

    x: float
    y: float
    a: float
    b: float

    def ring_x(self, y: Floats) -> Floats:
        """Give the half width of the box at heights `y` (0 beyond it)."""
        return self.a * np.clip(1.0 - np.abs((y - self.y) / self.b) ** 3.2, 0.0, 1.0) ** (1 / 3.2)

    def ring_y(self, x: Floats) -> Floats:
        """Give the half height of the box at `x` (0 beyond it)."""
        return self.b * np.clip(1.0 - np.abs((x - self.x) / self.a) ** 3.2, 0.0, 1.0) ** (1 / 3.2)

    def holds(self, x: Floats, y: Floats, margin_m: float = 0.0) -> Bools:
        """Tell which points lie in the box, or within `margin_m` of it."""
        return np.asarray(
            np.abs((x - self.x) / (self.a + margin_m)) ** 3.2
            + np.abs((y - self.y) / (self.b + margin_m)) ** 3.2
            < 1.0,
            dtype=np.bool_,
        )


@dataclass(frozen=True, slots=True)
class Hub:
    """What main roads join: ``seat``, ``town``, ``park`` or ``gate`` (where a road leaves the county).

    `x`, `y` on the plan in metres; `population` of the whole township; `core_m` the radius of its
    built-up part.
    """

    kind: str
    x: float
    y: float
    population: int
    core_m: float


def make_seat(population: int) -> Seat:
    """Size the county seat for so many people in the county; most of it lies on the west bank."""
    area = SEAT_SHARE * population / SEAT_PEOPLE_PER_KM2 * 1e6
    half = float(np.sqrt(area / 3.65))
    return Seat(x=-0.24 * half, y=0.0, a=1.04 * half, b=0.96 * half)


def count_townships(population: int, area_km2: float) -> int:
    """Say how many townships a county of so many people and square kilometres has."""
    return int(max(3, min(round(population / 45_000), area_km2 // 45, 60)))


def count_streets(population: int) -> int:
    """Say into how many street offices the county seat is divided."""
    return 1 if population < 150_000 else 2 if population < 900_000 else 3


def settle(land: Land, seat: Seat, population: int, towns: int, chance: np.random.Generator) -> list[Hub]:
    """Place the seat, the towns (largest first), the park and the gates, in this order."""
    x, y = town_sites(land, seat, towns, chance)
    people = zipf_split(round(population * (1 - SEAT_SHARE - PARK_SHARE)), towns, chance)
    hubs = [Hub("seat", seat.x, seat.y, round(population * SEAT_SHARE), max(seat.a, seat.b))]
    hubs += [
        Hub("town", float(x[k]), float(y[k]), int(people[k]), core_radius(int(people[k])))
        for k in range(towns)
    ]
    hubs.append(_park(land, seat, hubs, population - sum(hub.population for hub in hubs), chance))
    return hubs + _gates(land, chance)


def zipf_split(total: int, parts: int, chance: np.random.Generator) -> NDArray[np.int64]:
    """Split a number of people over towns by a flattened Zipf law, largest first; the sum is kept."""
    weight = (np.arange(parts) + ZIPF_SHIFT) ** -ZIPF_POWER * chance.uniform(0.93, 1.07, parts)
    shares = np.sort(weight / weight.sum())[::-1]
    people: NDArray[np.int64] = np.floor(shares * total).astype(np.int64)
    people[0] += total - people.sum()
    return people


def core_radius(population: int) -> float:
    """Give the radius in metres of a town's built-up core."""
    return float(np.sqrt(TOWN_CORE_SHARE * population / TOWN_PEOPLE_PER_KM2 / np.pi) * 1000.0)


def town_sites(land: Land, seat: Seat, towns: int, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Choose town sites one by one, far from those there and low in the land; near ones come first."""
    reach = land.radius_m * 1.5
    x, y = chance.uniform(-reach, reach, (2, CANDIDATES))
    free = inside(land, x, y, 0.11 * land.radius_m) & (np.abs(x) > 5 * BANK_M)
    free &= np.hypot(x - seat.x, y - seat.y) > max(0.33 * land.radius_m, 1.8 * seat.a)
    x, y = x[free], y[free]
    favour = (1.3 - height(land, x, y)) * chance.uniform(0.75, 1.0, len(x))
    nearest = np.minimum(np.hypot(x - seat.x, y - seat.y), 0.5 * land.radius_m)
    chosen: list[int] = []
    for _ in range(towns):
        best = int(np.argmax(nearest * favour))
        chosen.append(best)
        nearest = np.minimum(nearest, np.hypot(x - x[best], y - y[best]))
    order = sorted(chosen, key=lambda k: float(np.hypot(x[k], y[k]) * chance.uniform(0.6, 1.4)))
    return x[order], y[order]


def _park(land: Land, seat: Seat, hubs: list[Hub], population: int, chance: np.random.Generator) -> Hub:
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    far = 1.75 * max(seat.a, seat.b)
    x, y = seat.x + far * np.cos(angles), seat.y + far * np.sin(angles)
    room = np.min([np.hypot(x - hub.x, y - hub.y) for hub in hubs[1:]], axis=0)
    fit = room * (1.2 - height(land, x, y)) * chance.uniform(0.8, 1.0, len(x)) * (np.abs(x) > 900)
    best = int(np.argmax(fit))
    return Hub(
        "park",
        float(x[best]),
        float(y[best]),
        population,
        min(0.4 * max(seat.a, seat.b), max(700.0, core_radius(6 * population))),
    )


def _gates(land: Land, chance: np.random.Generator) -> list[Hub]:
    wanted = np.array([0.0, np.pi, np.pi / 2, -np.pi / 2, 0.75, 2.4, -2.3, -0.8])
    angles = wanted + chance.uniform(-0.28, 0.28, len(wanted))
    far = edge_m(land, angles) * 0.985
    x = np.where(np.abs(far * np.cos(angles)) < 900, 900.0, far * np.cos(angles))
    return [Hub("gate", float(at), float(y), 0, 0.0) for at, y in zip(x, far * np.sin(angles), strict=True)]
