"""The places of a map: where people live, how many, and on how much land."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from sim.road_table import RoadTable
from sim.scenarios.importers.found import Found
from sim.scenarios.importers.shapes import hull_km2
from sim.scenarios.importers.sketch import Sketch, centre, on_sphere
from sim.scenarios.problems import Term

SMALLEST_KM2 = 0.1


def fill_places(sketch: Sketch, found: Sequence[Found]) -> None:
    """Fill places.csv: towns and villages with their people, and the land around each."""
    used = _of_one_level(sketch, found)
    if used:
        people = _populations(sketch, used)
    else:
        used, people = [centre(sketch)], [_people_by_roads(sketch)]
        sketch.assume("No town or village on the map: one place at the middle of the road network")
    people = _scaled(people, sketch.options.population)
    sketch.population = sum(people)
    areas = _areas_km2(sketch.roads, used)
    kinds = sketch.country.place_kinds
    sketch.tables["places"] = [
        {
            "code": place.code,
            "name": place.name or (sketch.options.name if not place.name_en else ""),
            "name_en": place.name_en,
            "kind": kinds.get(place.detail, "township"),
            "population": str(number),
            "area_km2": f"{area:.2f}",
            "lon": f"{place.lon:.7f}",
            "lat": f"{place.lat:.7f}",
            "source": sketch.source(place),
        }
        for place, number, area in zip(used, people, areas, strict=True)
    ]
    sketch.assume("A place's area is that of the road nodes nearest to it")
    if sketch.options.population is not None:
        sketch.assume("Population of every place scaled to {people} people in all", people=sketch.population)


def _of_one_level(sketch: Sketch, found: Sequence[Found]) -> list[Found]:
    """Take places that do not lie inside one another: towns, villages; else municipalities; else suburbs."""
    levels = (
        [place for place in found if place.detail in level] for level in sketch.rules.data["place_levels"]
    )
    return next((places for places in levels if places), [])


def _populations(sketch: Sketch, places: Sequence[Found]) -> list[int]:
    usual = sketch.rules.data["populations"]
    silent = [place.detail for place in places if place.population is None]
    for detail in dict.fromkeys(silent):
        sketch.assume(
            "Places of kind {kind} that name no population: {count}, {people} people each",
            count=silent.count(detail),
            kind=Term(detail),
            people=usual[detail],
        )
    return [usual[place.detail] if place.population is None else place.population for place in places]


def _people_by_roads(sketch: Sketch) -> int:
    each = float(sketch.rules.data["people_per_road_km"])
    people = max(1, round(float(sketch.roads.length_m.sum()) / 2000 * each))
    if sketch.options.population is None:
        sketch.assume(
            "No population on the map: {each} people for each km of road, {people} in all",
            each=each,
            people=people,
        )
    return people


def _scaled(people: Sequence[int], total: int | None) -> list[int]:
    """Scale numbers of people to a total, rounding so that the sum is exact."""
    if total is None:
        return list(people)
    whole = sum(people)
    shares = [number / whole if whole else 1 / len(people) for number in people]
    edges = np.rint(np.cumsum([0.0, *shares]) * total).astype(int).tolist()
    return [high - low for low, high in itertools.pairwise(edges)]


def _areas_km2(roads: RoadTable, places: Sequence[Found]) -> list[float]:
    """Measure the land around each place: the hull of the road nodes nearest to it."""
    at = on_sphere([place.lon for place in places], [place.lat for place in places])
    nearest = np.asarray(cKDTree(at).query(on_sphere(roads.lon, roads.lat))[1], np.int64)
    order = np.argsort(nearest, kind="stable")
    groups = np.split(order, np.searchsorted(nearest[order], np.arange(1, len(places))))
    return [max(SMALLEST_KM2, hull_km2(roads.lon[group], roads.lat[group])) for group in groups]
