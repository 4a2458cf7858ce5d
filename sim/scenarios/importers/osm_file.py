"""Reading OpenStreetMap files: roads with their vertices, and what stands beside them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from osmium import BaseFilter
from osmium.filter import IdFilter, KeyFilter
from osmium.index import LocationTable
from osmium.osm import NODE, RELATION, WAY, Node, Relation, Way

from sim.scenarios.importers.files import check_file
from sim.scenarios.importers.found import Found, found_at, found_in, found_keys, kind_of
from sim.scenarios.importers.lines import Line, Points, metres_along
from sim.scenarios.importers.mapdata import Assumption, MapData
from sim.scenarios.importers.rules import Country, MapRules
from sim.scenarios.importers.ways import Driven, Tags, ferry_speed_kph, way_of
from sim.scenarios.problems import Problem, ScenarioError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
AREA_TYPES = ("multipolygon", "boundary", "site")
LICENCE = "Map data © OpenStreetMap contributors, Open Database License (ODbL) 1.0"
ASSUMPTIONS = (
    Assumption("Private ways are open to emergency vehicles and are driven as service roads"),
    Assumption("Gates, bollards and turn restrictions do not hold emergency vehicles up"),
    Assumption("One-way streets are kept, also by emergency vehicles"),
    Assumption("Vehicles do not leave the road on motorways and ferries"),
    Assumption(
        "Tracks are driven where they are paved (tracktype grade1), driveways and parking aisles are not"
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The vertices of a way that the file knows: node numbers and degrees."""

    refs: Ints
    lon: Floats
    lat: Floats


@dataclass(slots=True)
class Reading:
    """What has been read so far of a file; `unsaved` holds nodes numbered below zero, once asked for."""

    file: str
    rules: MapRules
    country: Country
    found: list[Found] = field(default_factory=list)
    areas: dict[int, tuple[Tags, list[int]]] = field(default_factory=dict)
    roads: list[tuple[Trace, Driven]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    unsaved: dict[int, tuple[float, float]] | None = None


def read_osm(path: Path, rules: MapRules, country: Country) -> MapData:
    """Read an OpenStreetMap file.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``; nodes and ways may stand in any order.
    rules, country
        What tags mean.

    Raises
    ------
    ScenarioError
        If the file is not there, not such a file, cut short, or damaged.
    """
    check_file(path, SUFFIXES, "OpenStreetMap")
    reading = Reading(str(path), rules, country)
    try:
        _read(reading)
    except RuntimeError as error:
        message = "cannot be read to its end: cut short, damaged or not the form its name says ({reason})"
        raise ScenarioError(
            [Problem(path.name, message_id=message, values={"reason": str(error)})]
        ) from error
    return _map_data(reading)


def _read(reading: Reading) -> None:
    """Go through the file: points and relations first, then ways, then the outlines of areas."""
    keys = found_keys(reading.rules)
    first = (
        osmium.FileProcessor(reading.file, NODE | RELATION)
        .with_locations("flex_mem")
        .with_filter(KeyFilter(*keys))
    )
    for entity in first:
        if isinstance(entity, Node):
            _read_point(entity, reading)
        elif isinstance(entity, Relation):
            _read_area(entity, reading)
    places = first.node_location_storage
    assert places is not None  # noqa: S101
    for way in _ways(reading.file, places, KeyFilter("highway", "route", *keys)):
        _read_way(way, reading)
    _read_outlines(places, reading)


def _ways(file: str, places: LocationTable, wanted: BaseFilter) -> Iterator[Way]:
    """Give the ways that pass a filter, with the positions of their nodes."""
    locations = osmium.NodeLocationsForWays(places)
    locations.ignore_errors()
    for way in osmium.FileProcessor(file, WAY).with_filter(locations).with_filter(wanted):
        if isinstance(way, Way):
            yield way


def _read_point(node: Node, reading: Reading) -> None:
    if node.deleted or not node.location.valid():
        return
    thing = found_at(f"n{node.id}", dict(node.tags), node.lon, node.lat, reading.rules)
    if thing is not None:
        reading.found.append(thing)


def _read_area(relation: Relation, reading: Reading) -> None:
    """Note an area whose outline is drawn by several ways."""
    tags = dict(relation.tags)
    if (
        relation.deleted
        or tags.get("type") not in AREA_TYPES
        or kind_of(tags, reading.rules) in (None, "place")
    ):
        return
    outer = [member.ref for member in relation.members if member.type == "w" and member.role in ("outer", "")]
    reading.areas[relation.id] = (tags, outer)


def _read_way(way: Way, reading: Reading) -> None:
    if way.deleted:
        return
    tags = dict(way.tags)
    if "highway" in tags or "route" in tags:
        meaning = way_of(tags, reading.rules, reading.country)
        if isinstance(meaning, Driven):
            _keep_road(way, tags, meaning, reading)
        elif "highway" in tags:
            reading.skipped[meaning] = reading.skipped.get(meaning, 0) + 1
    kind = kind_of(tags, reading.rules)
    outlined = kind is not None and kind != "place"
    thing = found_in(f"w{way.id}", tags, _rings(way, reading), reading.rules) if outlined else None
    if thing is not None:
        reading.found.append(thing)


def _keep_road(way: Way, tags: Tags, meaning: Driven, reading: Reading) -> None:
    for trace in _traces(way, reading):
        part = meaning
        if meaning.road.road_class == "ferry":
            kph = ferry_speed_kph(tags, float(metres_along(trace.lon, trace.lat)[-1]), reading.rules)
            part = Driven(dataclasses.replace(meaning.road, forward_kph=kph, back_kph=kph), meaning.backwards)
        reading.roads.append((trace, part))


def _read_outlines(places: LocationTable, reading: Reading) -> None:
    """Find the ways that draw areas and describe each area as one thing."""
    wanted = sorted({ref for _, outer in reading.areas.values() for ref in outer})
    if not wanted:
        return
    rings = {way.id: _rings(way, reading) for way in _ways(reading.file, places, IdFilter(wanted))}
    for number, (tags, outer) in reading.areas.items():
        lines = [ring for ref in outer for ring in rings.get(ref, ())]
        thing = found_in(f"r{number}", tags, lines, reading.rules)
        if thing is not None:
            reading.found.append(thing)


def _rings(way: Way, reading: Reading) -> list[Floats]:
    return [np.column_stack([trace.lon, trace.lat]) for trace in _traces(way, reading)]


def _traces(way: Way, reading: Reading) -> list[Trace]:
    """Give the runs of a way's vertices whose positions the file knows; repeated vertices are taken once."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    for node in way.nodes:
        place = (node.lon, node.lat) if node.location.valid() else _unsaved_place(node.ref, reading)
        if place is None:
            runs.append([])
        elif not runs[-1] or runs[-1][-1][0] != node.ref:
            runs[-1].append((node.ref, *place))
    return [_trace(run) for run in runs if len(run) > 1]


def _unsaved_place(ref: int, reading: Reading) -> tuple[float, float] | None:
    """Find a node numbered below zero, as editors and converters number what no server has seen yet."""
    if ref >= 0:
        return None
    if reading.unsaved is None:
        nodes = (node for node in osmium.FileProcessor(reading.file, NODE) if isinstance(node, Node))
        reading.unsaved = {
            node.id: (node.lon, node.lat) for node in nodes if node.id < 0 and not node.deleted
        }
    return reading.unsaved.get(ref)


def _trace(run: Iterable[tuple[int, float, float]]) -> Trace:
    refs, lon, lat = zip(*run, strict=True)
    return Trace(np.array(refs, dtype=np.int64), np.array(lon), np.array(lat))


def _map_data(reading: Reading) -> MapData:
    """Number the vertices of all roads and put the map together."""
    traces_ = [trace for trace, _ in reading.roads]
    if not traces_:
        nothing = np.zeros(0)
        return MapData(Points((), nothing, nothing), ())
    refs, first, number = np.unique(
        np.concatenate([trace.refs for trace in traces_]), return_index=True, return_inverse=True
    )
    lon = np.concatenate([trace.lon for trace in traces_])[first]
    lat = np.concatenate([trace.lat for trace in traces_])[first]
    points = Points([str(ref) for ref in refs.tolist()], lon, lat)
    lines = tuple(_lines(reading, number))
    return MapData(points, lines, reading.found, reading.skipped, ASSUMPTIONS, LICENCE, "OSM")


def _lines(reading: Reading, number: Ints) -> Iterator[Line]:
    start = 0
    for trace, way in reading.roads:
        vertices = number[start : start + len(trace.refs)]
        start += len(trace.refs)
        yield Line(vertices[::-1] if way.backwards else vertices, way.road)
