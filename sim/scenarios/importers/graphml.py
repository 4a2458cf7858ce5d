"""Importing a road network drawn with OSMnx and saved as GraphML."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import numpy.typing as npt

from sim.scenarios.importers.edges import Edge, lines_of_edges
from sim.scenarios.importers.files import check_file, check_on_map, to_degrees
from sim.scenarios.importers.intake import begin, options_for, take_in
from sim.scenarios.importers.lines import Road
from sim.scenarios.importers.mapdata import Assumption, MapData
from sim.scenarios.importers.report import ImportReport
from sim.scenarios.importers.rules import Country, MapRules, map_rules
from sim.scenarios.importers.shapes import course_of_text
from sim.scenarios.importers.ways import NOT_DRIVEN, way_of
from sim.scenarios.importers.words import road_of_words
from sim.scenarios.problems import Problem, ScenarioError

Floats = npt.NDArray[np.float64]
Attributes = Mapping[str, Any]
Graph: TypeAlias = "nx.Graph[Any]"

POSITIONS = (("lon", "lat"), ("longitude", "latitude"), ("x", "y"))
DEGREES = "epsg:4326"
WORDS = {"class": ("class", "road_class"), "name_en": ("name_en", "name:en"), "code": ("ref", "code")}
LICENCE = "Drawn with OSMnx: map data © OpenStreetMap contributors, Open Database License (ODbL) 1.0"
ASSUMPTIONS = (
    Assumption("A speed_kph in the file is driven as it stands"),
    Assumption("Opposite edges of equal length, class and name are one road driven both ways", certainty="D"),
    Assumption("Vehicles do not leave the road on motorways and ferries"),
)


def import_graphml(
    file: Path | str,
    out: Path | str,
    *,
    country: str | None = None,
    name: str | None = None,
    population: int | None = None,
    medical: bool = False,
    time_zone: str | None = None,
) -> ImportReport:
    """Make a scenario folder from a GraphML road network, as OSMnx saves it.

    Nodes need ``x`` and ``y`` (or ``lon`` and ``lat``); edges may have ``length`` (m), ``highway``,
    ``maxspeed``, ``speed_kph``, ``oneway``, ``name``, ``ref``, ``bridge`` and ``geometry`` (WKT).

    Parameters
    ----------
    file
        The ``.graphml`` file.
    out, country, name, population, medical, time_zone
        As for `sim.scenarios.importers.osm.import_osm`.

    Raises
    ------
    ScenarioError
        If the file is not such a network, or the folder is in the way.
    """
    path, folder = Path(file), Path(out)
    options = options_for(path, name, population, time_zone, medical=medical)
    begin(path, folder, options)
    rules = map_rules()
    law = rules.country(country)
    return take_in(read_graphml(path, rules, law), [path], folder, rules, law, options)


def read_graphml(path: Path, rules: MapRules, country: Country) -> MapData:
    """Read a GraphML road network.

    Raises
    ------
    ScenarioError
        If it is not there, not GraphML, cut short, or its nodes have no positions.
    """
    graph = _graph(path)
    place = {node: number for number, node in enumerate(graph.nodes)}
    if not place:
        raise ScenarioError([Problem(path.name, message_id="holds no road that vehicles may use")])
    lon, lat = _positions(path.name, graph)
    skipped: dict[str, int] = {}
    edges = _edges(graph, place, rules, country, skipped)
    points, lines = lines_of_edges([str(node) for node in graph.nodes], lon.tolist(), lat.tolist(), edges)
    drawn_with = str(graph.graph.get("created_with", ""))
    licence = LICENCE if "osmnx" in drawn_with.lower() else ""
    return MapData(points, lines, (), skipped, ASSUMPTIONS, licence, given=len(place))


def _graph(path: Path) -> Graph:
    check_file(path, (".graphml", ".xml"), "GraphML")
    try:
        return nx.read_graphml(path, force_multigraph=True)
    except ParseError as error:
        line, column = error.position
        message = "is not well-formed XML here: it is cut short, damaged or not GraphML"
        raise ScenarioError([Problem(path.name, line, column + 1, message_id=message)]) from error
    except (nx.NetworkXError, KeyError, ValueError) as error:
        message = "is XML but not a GraphML network ({reason})"
        raise ScenarioError(
            [Problem(path.name, message_id=message, values={"reason": str(error)})]
        ) from error


def _positions(file: str, graph: Graph) -> tuple[Floats, Floats]:
    """Find where nodes stand, in degrees."""
    nodes = list(graph.nodes(data=True))
    keys = next(
        (pair for pair in POSITIONS if all(pair[0] in data and pair[1] in data for _, data in nodes)), None
    )
    if keys is None:
        node = next(node for node, data in nodes if not {"x", "y"} <= data.keys())
        message = "node {node} has no position: x and y, or lon and lat, are due"
        raise ScenarioError([Problem(file, message_id=message, values={"node": str(node)})])
    lon, lat = (_column(file, nodes, key) for key in keys)
    lon, lat = _in_degrees(graph, file, lon, lat) if keys == ("x", "y") else (lon, lat)
    check_on_map(file, lon, lat)
    return lon, lat


def _column(file: str, nodes: Sequence[tuple[object, Attributes]], key: str) -> Floats:
    values = [_number(data[key]) for _, data in nodes]
    if None in values:
        node, data = nodes[values.index(None)]
        message = "must be a number such as 12.5 (node {node})"
        raise ScenarioError([Problem(file, None, None, key, data[key], message, {"node": str(node)})])
    return np.array(values, np.float64)


def _in_degrees(graph: Graph, file: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Turn the graph's own coordinates into longitude and latitude."""
    crs = str(graph.graph.get("crs", DEGREES))
    return (x, y) if crs.lower() == DEGREES else to_degrees(file, crs, x, y)


def _edges(
    graph: Graph, place: Mapping[object, int], rules: MapRules, country: Country, skipped: dict[str, int]
) -> Iterator[Edge]:
    """Give the edges that are driven; an edge of an undirected graph stands for both directions."""
    both_ways = not graph.is_directed()
    for tail, head, data in graph.edges(data=True):
        tags = {key: _first(value) for key, value in data.items() if value is not None}
        road = _road(tags, rules, country)
        if isinstance(road, str):
            skipped[road] = skipped.get(road, 0) + 1
            continue
        length, course = _number(tags.get("length")), _course(graph, tags.get("geometry"))
        yield Edge(place[tail], place[head], road, length, course, opposite=both_ways or not road.oneway)
        if both_ways:
            back = None if course is None else course[::-1]
            yield Edge(place[head], place[tail], road, length, back)


def _road(tags: Mapping[str, str], rules: MapRules, country: Country) -> Road | str:
    """Describe an edge's road, or name the reason why it is not driven."""
    words = {word: next((tags[key] for key in keys if key in tags), "") for word, keys in WORDS.items()}
    if "highway" not in tags and "route" not in tags:
        found = road_of_words({**tags, **words}, rules, country)
        return NOT_DRIVEN if found is None else found[0]
    oneway = "yes" if tags.get("oneway", "").lower() in ("true", "yes", "1") else "no"
    way = way_of({**tags, "oneway": oneway}, rules, country)
    if isinstance(way, str):
        return way
    kph = _number(tags.get("speed_kph"))
    return way.road if kph is None else dataclasses.replace(way.road, forward_kph=kph, back_kph=kph)


def _first(value: object) -> str:
    """Take the first of several values that OSMnx has put in a list; of speeds, all."""
    text = str(value)
    if not text.startswith("["):
        return text
    try:
        values = [str(part) for part in ast.literal_eval(text)]
    except (ValueError, SyntaxError, TypeError):
        return text
    return ";".join(values) if all(part[:1].isdigit() for part in values) else values[0]


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _course(graph: Graph, text: str | None) -> Floats | None:
    """Give the points of an edge's course between its ends, from WKT, in degrees."""
    points = course_of_text(text) if text else None
    if points is None or len(points) < 3:
        return None
    return np.column_stack(_in_degrees(graph, "geometry", points[1:-1, 0], points[1:-1, 1]))
