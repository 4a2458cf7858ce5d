"""The bases of a made-up county and what stands there: fire stations, town brigades, ambulances, police."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.scenarios.defaults import Row, missing_types, number_units, usual_base
from sim.scenarios.generate.geography import Geography
from sim.scenarios.generate.junctions import Zone
from sim.scenarios.generate.people import Place, nearest_place
from sim.scenarios.generate.sites import Site

CREWS = {
    "main": ("pumper", "pumper", "foam", "ladder", "rescue", "hazmat"),
    "second": ("pumper", "town_pumper", "rescue"),
    "brigade": ("town_pumper", "light_pumper"),
    "small_brigade": ("town_pumper",),
    "micro": ("light_pumper",),
    "works": ("foam", "hazmat"),
    "county_ambulances": ("ambulance", "ambulance", "ambulance"),
    "ambulances": ("ambulance", "ambulance"),
    "police": ("police", "police", "police"),
    "reserve": ("rescue", "boat", "boat", "utility", "heavy"),
}
"""Crews by what a base is for (A)."""

PEOPLE_PER_STATION = 250_000
PEOPLE_PER_AMBULANCE_BASE = 300_000
PEOPLE_PER_POLICE_BASE = 600_000
BRIGADE_SHARE = 0.36
"""Share of the townships with a fire brigade of their own (A)."""


@dataclass(frozen=True, slots=True)
class Base:
    """A base on the plan: its kind of station, its crew (a key of `CREWS`), its names."""

    code: str
    kind: str
    crew: str
    name: str
    name_en: str
    x: float
    y: float


def set_bases(geography: Geography, places: list[Place], sites: list[Site]) -> list[Base]:
    """Choose the bases: full-time stations, brigades, micro stations, works, ambulances, police, reserve."""
    streets = [place for place in places if place.kind == "street"]
    towns = [place for place in places if place.kind == "township"]
    park = next(place for place in places if place.kind == "park")
    bases = [_base(streets[0], "full_time", "main", "消防救援站", "Fire and Rescue Station")]
    if geography.order.population >= PEOPLE_PER_STATION:
        second = _base(park, "full_time", "second", "消防救援站", "Fire and Rescue Station")
        bases.append(replace(second, x=park.x - 0.6 * geography.hubs[park.hub].core_m))
    wanted = max(1, round(BRIGADE_SHARE * len(towns)))
    for rank, town in enumerate(_scattered(towns, bases, wanted)):
        crew = "brigade" if 2 * rank < wanted else "small_brigade"
        bases.append(_base(town, "part_time", crew, "政府专职消防队", "Fire Brigade"))
    bases += [
        _base(street, "micro_station", "micro", "微型消防站", "Micro Fire Station") for street in streets[1:]
    ]
    bases += _works_brigade(sites)
    bases += _ambulance_bases(geography, streets, towns)
    bases += _county_bases(geography, streets)
    return [_placed(geography, base) for base in bases]


def station_rows(geography: Geography, places: list[Place], bases: list[Base]) -> list[Row]:
    """Fill stations.csv."""
    rows = []
    for base in bases:
        lon, lat = geography.map(base.x, base.y)
        rows.append(
            {
                "code": base.code,
                "name": base.name,
                "name_en": base.name_en,
                "kind": base.kind,
                "place": nearest_place(places, base.x, base.y).code,
                "lon": f"{lon:.6f}",
                "lat": f"{lat:.6f}",
            }
        )
    return rows


def crew_rows(bases: list[Base], stations: list[Row]) -> list[Row]:
    """Fill units.csv: each base's crew, then what the run cards still lack."""
    postings = [(type_, row) for base, row in zip(bases, stations, strict=True) for type_ in CREWS[base.crew]]
    lacking = missing_types([type_ for type_, _ in postings])
    return number_units(postings + [(type_, usual_base(type_, stations)) for type_ in lacking])


def hospital_rows(geography: Geography, places: list[Place]) -> list[Row]:
    """Fill hospitals.csv: the county's two hospitals and the health centres of the largest far towns."""
    county, county_en = geography.naming.county[1:]
    streets = [place for place in places if place.kind == "street"]
    towns = _scattered([place for place in places if place.kind == "township"], [], 2, streets[0])
    listed = [("hospital-county", f"{county}县人民医院", f"{county_en} County People's Hospital", streets[0])]
    listed.append(
        (
            "hospital-tcm",
            f"{county}县中医医院",
            f"{county_en} County Hospital of Chinese Medicine",
            streets[-1],
        )
    )
    listed += [
        (f"hospital-{town.code}", f"{town.name}中心卫生院", f"{town.short_en} Central Health Centre", town)
        for town in towns
    ]
    rows = []
    for code, zh, en, place in listed:
        lon, lat = geography.map(*_beside(geography, *_yard(place)))
        rows.append({"code": code, "name": zh, "name_en": en, "lon": f"{lon:.6f}", "lat": f"{lat:.6f}"})
    return rows


def _base(place: Place, kind: str, crew: str, zh: str, en: str) -> Base:
    name = f"{place.short if kind != 'part_time' else place.name}{zh}"
    return Base(f"{SHORT[kind]}-{place.code}", kind, crew, name, f"{place.short_en} {en}", place.x, place.y)


SHORT = {"full_time": "fire", "part_time": "brigade", "micro_station": "micro", "ambulance": "ambulance"}


def _scattered(towns: list[Place], bases: list[Base], count: int, start: Place | None = None) -> list[Place]:
    """Choose towns one by one where many people live far from every base so far."""
    spots = [(base.x, base.y) for base in bases] + ([(start.x, start.y)] if start else [])
    left, chosen = list(towns), []
    for _ in range(min(count, len(towns))):
        best = max(
            left, key=lambda town: town.population * min(np.hypot(town.x - x, town.y - y) for x, y in spots)
        )
        left.remove(best)
        chosen.append(best)
        spots.append((best.x, best.y))
    return chosen


def _works_brigade(sites: list[Site]) -> list[Base]:
    works = next(site for site in sites if site.kind == "chemical_works")
    names = ("化工企业专职消防队", "Chemical Works Fire Brigade")
    return [Base("works-brigade", "enterprise", "works", *names, works.x, works.y)]


def _ambulance_bases(geography: Geography, streets: list[Place], towns: list[Place]) -> list[Base]:
    _, zh, en = geography.naming.county
    names = (f"{zh}县人民医院急救站", f"{en} County Hospital Ambulance Station")
    first = Base("ambulance-county", "ambulance", "county_ambulances", *names, *_yard(streets[0]))
    more = round(geography.order.population / PEOPLE_PER_AMBULANCE_BASE) - 1
    far = _scattered(towns, [first], max(1, more))
    posts = [_base(town, "ambulance", "ambulances", "中心卫生院急救点", "Ambulance Post") for town in far]
    return [first, *(replace(post, x=x, y=y) for post, (x, y) in zip(posts, map(_yard, far), strict=True))]


def _county_bases(geography: Geography, streets: list[Place]) -> list[Base]:
    """Set the traffic police, and the county's own rescue team with boats, repair crew and heavy machine."""
    _, zh, en = geography.naming.county
    seat = geography.seat
    bases = []
    for k in range(max(1, round(geography.order.population / PEOPLE_PER_POLICE_BASE))):
        code, names = "police", (f"{zh}县交警大队", f"{en} County Traffic Police")
        if k:
            code, names = f"police-{k + 1}", (f"{zh}县交警{k + 1}中队", f"{en} Traffic Police Post {k + 1}")
        x, y = streets[k % len(streets)].x - 0.15 * seat.a, 0.55 * seat.b * (-1) ** k
        bases.append(Base(code, "police", "police", *names, x, y))
    names = (f"{zh}县应急综合救援大队", f"{en} County Emergency Rescue Team")
    return [*bases, Base("rescue-county", "full_time", "reserve", *names, streets[-1].x, -0.6 * seat.b)]


def _yard(place: Place) -> tuple[float, float]:
    """Give the point where a place's hospital stands."""
    return place.x + 260.0, place.y + 180.0


def _placed(geography: Geography, base: Base) -> Base:
    x, y = _beside(geography, base.x, base.y)
    return replace(base, x=x, y=y)


def _beside(geography: Geography, x: float, y: float) -> tuple[float, float]:
    """Give a point 25 m beside the nearest junction of the built-up area."""
    at = geography.at
    built = np.flatnonzero((at.zone == Zone.GRID) | (at.zone == Zone.TOWN))
    best = built[np.argmin(np.hypot(at.x[built] - x, at.y[built] - y))]
    return float(at.x[best] + 20.0), float(at.y[best] + 15.0)
