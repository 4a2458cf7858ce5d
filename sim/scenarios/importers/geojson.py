"""Importing roads drawn as GeoJSON lines, with stations, sites and places as points or areas beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.scenarios.importers.files import check_file, check_on_map, to_degrees
from sim.scenarios.importers.found import Found, found_at, found_in
from sim.scenarios.importers.intake import begin, options_for, take_in
from sim.scenarios.importers.lines import Line, Points, Road
from sim.scenarios.importers.mapdata import Assumption, MapData
from sim.scenarios.importers.report import ImportReport
from sim.scenarios.importers.rules import Country, MapRules, map_rules
from sim.scenarios.importers.ways import NOT_DRIVEN, way_of
from sim.scenarios.importers.words import road_of_words
from sim.scenarios.problems import Problem, ScenarioError
from sim.scenarios.tables import read_text

Floats = npt.NDArray[np.float64]
Tags = dict[str, str]

SUFFIXES = (".geojson", ".json")
LINES = {"LineString": False, "MultiLineString": True}
AREAS = {"Polygon": False, "MultiPolygon": True}
DIGITS = 7
DEGREES = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326")
ASSUMPTIONS = (
    Assumption("Lines meet where they share a vertex; lines that merely cross do not", certainty="D"),
    Assumption("Vehicles do not leave the road on motorways and ferries"),
)


@dataclass(slots=True)
class Reading:
    """What has been read so far; `courses` and `roads` go together."""

    file: str
    rules: MapRules
    country: Country
    crs: str | None = None
    courses: list[Floats] = field(default_factory=list)
    roads: list[Road] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def import_geojson(
    file: Path | str,
    out: Path | str,
    *,
    country: str | None = None,
    name: str | None = None,
    population: int | None = None,
    medical: bool = False,
    time_zone: str | None = None,
) -> ImportReport:
    """Make a scenario folder from roads drawn as GeoJSON lines.

    Lines may have ``highway`` (with any other OpenStreetMap tags) or ``class``, ``oneway``, ``maxspeed``,
    ``speed_kph``, ``name``, ``name_en``, ``ref``, ``bridge``. Points and areas with OpenStreetMap tags become
    stations, hospitals, sites and places.

    Parameters
    ----------
    file
        The ``.geojson`` or ``.json`` file (RFC 7946).
    out, country, name, population, medical, time_zone
        As for `sim.scenarios.importers.osm.import_osm`.

    Raises
    ------
    ScenarioError
        If the file is not such a map, or the folder is in the way.
    """
    path, folder = Path(file), Path(out)
    options = options_for(path, name, population, time_zone, medical=medical)
    begin(path, folder, options)
    rules = map_rules()
    law = rules.country(country)
    return take_in(read_geojson(path, rules, law), [path], folder, rules, law, options)


def read_geojson(path: Path, rules: MapRules, country: Country) -> MapData:
    """Read a GeoJSON map.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the file.
    """
    check_file(path, SUFFIXES, "GeoJSON")
    data = _json(path)
    reading = Reading(path.name, rules, country, _crs(data))
    for number, feature in enumerate(_features(path.name, data), start=1):
        _read_feature(number, feature, reading)
    if reading.problems:
        raise ScenarioError(reading.problems)
    if not reading.courses:
        raise ScenarioError([Problem(path.name, message_id="holds no road that vehicles may use")])
    points, lines = _drawn(reading)
    return MapData(points, lines, reading.found, reading.skipped, ASSUMPTIONS, "", path.name)


def _json(path: Path) -> Any:  # noqa: ANN401
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise ScenarioError(problems)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = "is not well-formed JSON here: it is cut short, damaged or not GeoJSON"
        raise ScenarioError([Problem(path.name, error.lineno, error.colno, message_id=message)]) from error
    except RecursionError as error:
        message = "is not GeoJSON: it is nested too deeply"
        raise ScenarioError([Problem(path.name, message_id=message)]) from error


def _crs(data: object) -> str | None:
    """Give the coordinate system of GeoJSON from before 2016; None for WGS84 degrees."""
    crs = data.get("crs") if isinstance(data, dict) else None
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return None if name is None or name in DEGREES else str(name)


def _features(file: str, data: object) -> list[Any]:
    if isinstance(data, dict) and isinstance(data.get("features"), list):
        return list(data["features"])
    if isinstance(data, dict) and data.get("type") == "Feature":
        return [data]
    message = "is JSON but not GeoJSON: a FeatureCollection is due"
    raise ScenarioError([Problem(file, message_id=message)])


def _read_feature(number: int, feature: object, reading: Reading) -> None:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(geometry, dict):
        return
    tags, kind = _tags(feature.get("properties")), str(geometry.get("type"))
    try:
        parts = list(_parts(kind, geometry.get("coordinates")))
    except (TypeError, ValueError, LookupError):
        message = "feature {number}: coordinates must be pairs of numbers, longitude first"
        reading.problems.append(Problem(reading.file, message_id=message, values={"number": number}))
        return
    placed = [_placed(part, reading) for part in parts]
    if kind in LINES:
        _read_lines(tags, placed, reading)
    elif placed:
        _read_thing(f"f{number}", tags, kind, placed, reading)


def _parts(kind: str, coordinates: Any) -> Iterator[Floats]:  # noqa: ANN401
    """Give the lines, outer rings or point of a geometry as arrays of longitude and latitude."""
    if kind == "Point":
        yield _pairs([coordinates])
    elif kind in LINES:
        yield from map(_pairs, coordinates if LINES[kind] else [coordinates])
    elif kind in AREAS:
        yield from (_pairs(polygon[0]) for polygon in (coordinates if AREAS[kind] else [coordinates]))


def _pairs(coordinates: Any) -> Floats:  # noqa: ANN401
    pairs = np.array([(float(at[0]), float(at[1])) for at in coordinates], np.float64).reshape(-1, 2)
    if not np.isfinite(pairs).all():
        raise ValueError
    return pairs


def _placed(pairs: Floats, reading: Reading) -> Floats:
    if reading.crs is None:
        return pairs
    return np.column_stack(to_degrees(reading.file, reading.crs, pairs[:, 0], pairs[:, 1]))


def _tags(properties: object) -> Tags:
    """Turn a feature's properties into tags: text only, tags nested one deeper brought up."""
    if not isinstance(properties, Mapping):
        return {}
    nested = properties.get("tags")
    flat = {**properties, **nested} if isinstance(nested, Mapping) else properties
    return {str(key): _word(value) for key, value in flat.items() if isinstance(value, str | int | float)}


def _word(value: str | float) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _read_lines(tags: Tags, courses: list[Floats], reading: Reading) -> None:
    """Take lines in as roads, drawn in the direction of their traffic."""
    found = _road(tags, reading)
    if isinstance(found, str):
        reading.skipped[found] = reading.skipped.get(found, 0) + 1
        return
    road, backwards = found
    for course in courses:
        check_on_map(reading.file, course[:, 0], course[:, 1])
        reading.courses.append(course[::-1] if backwards else course)
        reading.roads.append(road)


def _road(tags: Tags, reading: Reading) -> tuple[Road, bool] | str:
    if "highway" in tags or "route" in tags:
        way = way_of(tags, reading.rules, reading.country)
        return way if isinstance(way, str) else (way.road, way.backwards)
    words = {"code": tags.get("ref", ""), "class": tags.get("fclass", ""), **tags}
    return road_of_words(words, reading.rules, reading.country) or NOT_DRIVEN


def _read_thing(code: str, tags: Tags, kind: str, parts: list[Floats], reading: Reading) -> None:
    if kind == "Point":
        lon, lat = parts[0][0].tolist()
        thing = found_at(code, tags, lon, lat, reading.rules)
    else:
        thing = found_in(code, tags, parts, reading.rules)
    if thing is not None:
        reading.found.append(thing)


def _drawn(reading: Reading) -> tuple[Points, list[Line]]:
    """Number the vertices of all lines: vertices at one spot are one."""
    grid = np.rint(np.concatenate(reading.courses) * 10**DIGITS).astype(np.int64)
    spots, number = np.unique(grid, axis=0, return_inverse=True)
    degrees = spots / 10**DIGITS
    points = Points([f"v{at}" for at in range(len(spots))], degrees[:, 0], degrees[:, 1])
    ends = np.cumsum([len(course) for course in reading.courses])[:-1]
    lines = []
    for vertices, road in zip(np.split(number.reshape(-1), ends), reading.roads, strict=True):
        apart = vertices[np.concatenate([[True], vertices[1:] != vertices[:-1]])]
        if len(apart) > 1:
            lines.append(Line(apart, road))
    return points, lines
