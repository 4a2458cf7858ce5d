"""The hazard sites of a made-up county: how many of each kind, where they stand, what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.scenarios.defaults import Row, defaults, owner
from sim.scenarios.generate.geography import Geography
from sim.scenarios.generate.junctions import Ints, Zone
from sim.scenarios.generate.land import height
from sim.scenarios.generate.people import Place, nearest_place
from sim.scenarios.generate.sitenames import SiteNamer

SITES_PER_PEOPLE = 200 / 500_000

PLAN: dict[str, tuple[int, dict[str, float]]] = {
    "ammonia_store": (16, {"park": 0.4, "town": 0.4, "road": 0.2}),
    "chemical_works": (10, {"park": 0.8, "road": 0.2}),
    "hazchem_store": (6, {"park": 0.7, "road": 0.3}),
    "fuel_station": (30, {"road": 0.6, "seat": 0.2, "town": 0.2}),
    "gas_station": (10, {"town": 0.6, "road": 0.3, "park": 0.1}),
    "fireworks_store": (14, {"village": 1.0}),
    "construction_site": (22, {"seat": 0.7, "park": 0.15, "town": 0.15}),
    "confined_space_site": (8, {"town": 0.5, "park": 0.3, "seat": 0.2}),
    "special_equipment": (14, {"seat": 0.5, "park": 0.4, "town": 0.1}),
    "factory": (18, {"park": 0.6, "town": 0.3, "road": 0.1}),
    "shopping_centre": (14, {"seat": 0.65, "town": 0.35}),
    "school": (22, {"seat": 0.35, "town": 0.65}),
    "hospital": (6, {"seat": 0.35, "town": 0.65}),
    "scenic_spot": (4, {"hill": 1.0}),
    "care_home": (6, {"seat": 0.3, "town": 0.7}),
}
"""For each kind of site the number in a county of 500,000 and where they stand, as shares (A)."""

RATE_SIGMA = 0.35
"""Spread of the sites' rate factors, as the standard deviation of their logarithm (A)."""

UNITS_OF_EQUIPMENT = (8, 120)
"""Least and most lifts, boilers and vessels at a user of special equipment (A)."""

TRIES = 12


@dataclass(frozen=True, slots=True)
class Site:
    """A hazard site on the plan, with the place it stands in."""

    kind: str
    x: float
    y: float
    place: Place


def site_counts(population: int) -> dict[str, int]:
    """Say how many sites of each kind there are for so many people: at least one of each."""
    share = population * SITES_PER_PEOPLE / sum(count for count, _ in PLAN.values())
    return {kind: max(1, round(count * share)) for kind, (count, _) in PLAN.items()}


def set_sites(geography: Geography, places: list[Place], chance: np.random.Generator) -> list[Site]:
    """Set every site beside a junction of the right surroundings, away from others of its kind."""
    ground = _surroundings(geography)
    sites: list[Site] = []
    for kind, count in site_counts(geography.order.population).items():
        taken: list[tuple[float, float]] = []
        for where in _spread(count, PLAN[kind][1]):
            x, y = _spot(geography, places, ground[where], where, taken, chance)
            taken.append((x, y))
            aside, way = chance.uniform(40, 160), chance.uniform(0, 2 * np.pi)
            x, y = x + aside * np.cos(way), y + aside * np.sin(way)
            sites.append(Site(kind, x, y, nearest_place(places, x, y)))
    return sites


def site_rows(geography: Geography, sites: list[Site], chance: np.random.Generator) -> list[Row]:
    """Fill sites.csv."""
    names = SiteNamer(chance)
    rows = []
    for number, site in enumerate(sites, start=1):
        lon, lat = geography.map(site.x, site.y)
        zh, en = names.name(site.kind, site.place)
        rows.append(
            {
                "code": f"h{number:03d}",
                "name": zh,
                "name_en": en,
                "kind": site.kind,
                "place": site.place.code,
                "lon": f"{lon:.6f}",
                "lat": f"{lat:.6f}",
                "rate_factor": _rate_factor(site.kind, chance),
                "owner": owner(site.kind, zh, en),
            }
        )
    return rows


def site_kinds() -> list[str]:
    """List the kinds of site that are set."""
    return [kind for kind in defaults()["starter"]["site_kinds"] if kind in PLAN]


def _rate_factor(kind: str, chance: np.random.Generator) -> str:
    if kind == "special_equipment":
        return str(int(chance.integers(*UNITS_OF_EQUIPMENT)))
    return f"{float(np.exp(chance.normal(0.0, RATE_SIGMA))):.2f}"


def _spread(count: int, shares: dict[str, float]) -> Iterator[str]:
    """Deal `count` sites over surroundings in proportion to their shares, evenly interleaved."""
    due = dict.fromkeys(shares, 0.0)
    for _ in range(count):
        for where, share in shares.items():
            due[where] += share
        best = max(due, key=lambda where: due[where])
        due[best] -= 1.0
        yield best


def _surroundings(geography: Geography) -> dict[str, Ints]:
    """Sort the junctions: in the seat, in towns, in the park, on main roads, in villages, in the hills."""
    at, hubs = geography.at, geography.hubs
    park = np.array([number for number, hub in enumerate(hubs) if hub.kind == "park"])
    near = np.min(
        [np.hypot(at.x - hub.x, at.y - hub.y) - hub.core_m for hub in hubs if hub.kind != "gate"], axis=0
    )
    high = height(geography.land, at.x, at.y)
    rural = at.zone == Zone.RURAL
    village = rural & (near > np.median(near[rural]) * 0.5)
    hill = rural & (high > np.quantile(high[rural], 0.8))
    in_park = np.isin(at.part, park) & (at.zone == Zone.TOWN)
    return {
        "seat": np.flatnonzero(at.zone == Zone.GRID),
        "town": np.flatnonzero((at.zone == Zone.TOWN) & ~in_park),
        "park": np.flatnonzero(in_park),
        "road": np.flatnonzero(at.zone == Zone.TRUNK),
        "village": np.flatnonzero(village),
        "hill": np.flatnonzero(hill),
    }


def _spot(
    geography: Geography,
    places: list[Place],
    junctions: Ints,
    where: str,
    taken: list[tuple[float, float]],
    chance: np.random.Generator,
) -> tuple[float, float]:
    """Choose one of a few junctions drawn at random, the furthest from those taken; towns by their people."""
    at = geography.at
    if where == "town":
        towns = [place for place in places if place.kind == "township"]
        weight = np.array([place.population for place in towns], dtype=np.float64)
        hub = towns[int(chance.choice(len(towns), p=weight / weight.sum()))].hub
        junctions = junctions[at.part[junctions] == hub]
    drawn = junctions[chance.integers(len(junctions), size=TRIES)]
    if not taken:
        return float(at.x[drawn[0]]), float(at.y[drawn[0]])
    others = np.array(taken)
    gap = np.hypot(at.x[drawn][:, None] - others[:, 0], at.y[drawn][:, None] - others[:, 1]).min(axis=1)
    best = drawn[int(np.argmax(gap))]
    return float(at.x[best]), float(at.y[best])
