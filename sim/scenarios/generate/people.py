"""The places of a made-up county, townships, streets and park, with their people and area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.scenarios.defaults import Row
from sim.scenarios.generate.geography import Geography
from sim.scenarios.generate.land import Floats, inside
from sim.scenarios.generate.settlements import count_streets

TOWN_SHARE = 0.7
"""Share of the townships, from the largest, that are towns (镇); the others are 乡 (A)."""

SEAT_SHARES = {1: (1.0,), 2: (0.6, 0.4), 3: (0.42, 0.36, 0.22)}
"""How the seat's people are split over its street offices, the west bank first (A)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A township, street or park: where it lies on the plan, what it is called, how many live there.

    `short` is the name without its rank (青龙 for 青龙镇); `hub` its position among the hubs.
    """

    code: str
    name: str
    name_en: str
    short: str
    short_en: str
    kind: str
    population: int
    hub: int
    x: float
    y: float


def list_places(geography: Geography) -> list[Place]:
    """List the seat's streets, then the townships, the largest first, then the park."""
    places: list[Place] = []
    towns = sum(hub.kind == "town" for hub in geography.hubs)
    for number, hub in enumerate(geography.hubs):
        if hub.kind == "seat":
            places += _streets(geography)
        elif hub.kind == "town":
            places.append(_township(geography, number, towns))
        elif hub.kind == "park":
            code, zh, en = geography.naming.park
            short = ("开发区", "Development Zone")
            places.append(Place(code, zh, en, *short, "park", hub.population, number, hub.x, hub.y))
    return places


def place_rows(geography: Geography, places: list[Place]) -> list[Row]:
    """Fill places.csv; areas are those of the land nearest to each centre."""
    areas = _areas(geography, places)
    rows = []
    for place, area in zip(places, areas, strict=True):
        lon, lat = geography.map(place.x, place.y)
        rows.append(
            {
                "code": place.code,
                "name": place.name,
                "name_en": place.name_en,
                "kind": place.kind,
                "population": str(place.population),
                "area_km2": f"{area:.1f}",
                "lon": f"{lon:.6f}",
                "lat": f"{lat:.6f}",
            }
        )
    return rows


def nearest_place(places: list[Place], x: float, y: float) -> Place:
    """Give the place whose centre is nearest to a point of the plan."""
    return min(places, key=lambda place: (place.x - x) ** 2 + (place.y - y) ** 2)


def _streets(geography: Geography) -> list[Place]:
    seat, people = geography.seat, geography.hubs[0].population
    shares = SEAT_SHARES[count_streets(people * 100 // 36)]
    east = 0.5 * (seat.x + seat.a)
    west = 0.5 * (seat.x - seat.a)
    spots = {1: [(seat.x, 0.0)], 2: [(west, -0.1), (east, 0.1)], 3: [(west, -0.35), (east, 0.0), (west, 0.5)]}
    counts = [round(people * share) for share in shares]
    counts[0] += people - sum(counts)
    return [
        Place(code, f"{zh}街道", f"{en} Subdistrict", zh, en, "street", count, 0, x, y * seat.b)
        for (code, zh, en), count, (x, y) in zip(
            geography.naming.streets, counts, spots[len(shares)], strict=False
        )
    ]


def _township(geography: Geography, number: int, towns: int) -> Place:
    hub = geography.hubs[number]
    code, zh, en = geography.naming.towns[number - 1]
    town = number - 1 < TOWN_SHARE * towns
    name, name_en = (f"{zh}镇", f"{en} Town") if town else (f"{zh}乡", f"{en} Township")
    return Place(code, name, name_en, zh, en, "township", hub.population, number, hub.x, hub.y)


def _areas(geography: Geography, places: list[Place]) -> Floats:
    """Share out the county's area: every point belongs to the nearest centre; square kilometres."""
    reach = np.linspace(-1.5, 1.5, 301) * geography.land.radius_m
    x, y = (grid.ravel() for grid in np.meshgrid(reach, reach))
    held = inside(geography.land, x, y)
    x, y = x[held], y[held]
    far = [np.hypot(x - place.x, y - place.y) for place in places]
    count = np.bincount(np.argmin(far, axis=0), minlength=len(places))
    return np.asarray(np.maximum(count, 1) / count.sum() * geography.order.area_km2, dtype=np.float64)
