"""A scenario sketched from a map: its roads, its tables so far, and what had to be assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from sim.road_table import RoadTable
from sim.scenarios.importers.found import Found
from sim.scenarios.importers.mapdata import Assumption
from sim.scenarios.importers.report import Snapped
from sim.scenarios.importers.rules import Country, MapRules

Floats = npt.NDArray[np.float64]
Row = dict[str, str]

FAR_M = 2000.0
EARTH_RADIUS_M = 6_371_009.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose for the new scenario; None leaves it to the map and the defaults.

    `population` is the number of people in the whole scenario. `medical` adds ambulance calls.
    """

    code: str
    name: str
    population: int | None = None
    medical: bool = False
    time_zone: str | None = None


@dataclass(slots=True)
class Sketch:
    """A scenario being sketched: its tables, and what had to be assumed on the way."""

    roads: RoadTable
    rules: MapRules
    country: Country
    options: Options
    origin: str = ""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)
    snapped: list[Snapped] = field(default_factory=list)
    too_far: list[str] = field(default_factory=list)
    population: int = 0

    def source(self, thing: Found) -> str:
        """Say where a thing comes from: the map and its number there, or A for assumed."""
        return f"{self.origin} {thing.code}" if thing.mapped else "A"

    def assume(self, sentence: str, certainty: str = "A", **values: object) -> None:
        """Note something that had to be assumed."""
        self.assumptions.append(Assumption(sentence, values, certainty))


def within_reach(sketch: Sketch, found: Sequence[Found]) -> list[Found]:
    """Leave out what stands too far from the roads, and note how far the rest stands."""
    if not found:
        return []
    metres = metres_to_road(sketch.roads, [thing.lon for thing in found], [thing.lat for thing in found])
    pairs = list(zip(found, metres.tolist(), strict=True))
    sketch.too_far += [thing.code for thing, far in pairs if far > FAR_M]
    near = [(thing, far) for thing, far in pairs if far <= FAR_M]
    for kind in dict.fromkeys(thing.kind for thing, _ in near):
        sketch.snapped.append(_snapped(kind, [pair for pair in near if pair[0].kind == kind]))
    return [thing for thing, _ in near]


def metres_to_road(roads: RoadTable, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Measure from points (degrees) to the nearest node where one may leave the road, in metres."""
    tree = cKDTree(on_sphere(roads.lon[roads.access], roads.lat[roads.access]))
    return np.asarray(tree.query(on_sphere(lon, lat))[0], np.float64)


def on_sphere(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Place points (degrees) in space, in metres, so that near points lie as far apart as on the ground."""
    east, north = np.radians(np.asarray(lon, np.float64)), np.radians(np.asarray(lat, np.float64))
    axes = (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    return EARTH_RADIUS_M * np.stack(axes, axis=-1)


def centre(sketch: Sketch, kind: str = "centre") -> Found:
    """Choose where things are put that the map does not show: the largest place, or the roads' middle."""
    places = sketch.tables.get("places")
    if places:
        row = max(places, key=lambda place: int(place["population"]))
        names = (row["name"], row["name_en"]) if kind == "centre" else ("", "")
        return Found(kind, f"{kind}-1", *names, float(row["lon"]), float(row["lat"]), mapped=False)
    roads = sketch.roads
    weights = np.bincount(roads.tail, weights=roads.length_m, minlength=roads.n_nodes) * roads.access
    lon, lat = np.average(roads.lon, weights=weights), np.average(roads.lat, weights=weights)
    nodes = np.flatnonzero(roads.access)
    near = nodes[cKDTree(on_sphere(roads.lon[nodes], roads.lat[nodes])).query(on_sphere(lon, lat))[1]]
    return Found(kind, f"{kind}-1", "", "", float(roads.lon[near]), float(roads.lat[near]), mapped=False)


def _snapped(kind: str, pairs: Sequence[tuple[Found, float]]) -> Snapped:
    metres = [far for _, far in pairs]
    farthest, largest = max(pairs, key=lambda pair: pair[1])
    return Snapped(kind, len(pairs), float(np.median(metres)), largest, farthest.code)
