"""Roads as a graph that people and importers read and edit: the truth that travel times are compiled from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from typing import Any

import networkx as nx
import numpy as np

from sim.road_table import RoadName, RoadTable, road_table

Arc = tuple[Any, Any, dict[str, Any]]


def graph_of(table: RoadTable) -> nx.MultiDiGraph[Any]:
    """Set a road table out as a directed multigraph.

    Nodes are named by their codes and have `lon`, `lat` and `access`. Edges have `arc` (their number in the
    table), `length_m`, `road_class` (a name), `bridge`, and where they are known `speed_kph`, `road` (code,
    Chinese and English name) and `times_s` (a list with one entry a profile). The graph has `classes`,
    `road_names` and `profiles` (the number of times an edge has).
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(
        classes=table.classes, road_names=table.road_names, profiles=len(table.times_s)
    )
    columns = zip(table.lon.tolist(), table.lat.tolist(), table.access.tolist(), strict=True)
    for code, (lon, lat, access) in zip(table.node_code, columns, strict=True):
        graph.add_node(code, lon=lon, lat=lat, access=access)
    codes = table.node_code
    ends = zip(table.tail.tolist(), table.head.tolist(), strict=True)
    for (tail, head), facts in zip(ends, _facts(table), strict=True):
        graph.add_edge(codes[tail], codes[head], **facts)
    return graph


def table_of(graph: nx.MultiDiGraph[Any]) -> RoadTable:
    """Put a graph as `graph_of` makes them, perhaps edited since, into a table again.

    Nodes keep the order of the graph. Arcs come in the order of their `arc`, new ones after them. Of an edge
    only `length_m` and `road_class` must be there.

    Raises
    ------
    ValueError
        An edge has no length or class, or a node no position.
    """
    arcs = sorted(graph.edges(data=True), key=lambda arc: arc[2].get("arc", math.inf))
    _check(graph, arcs)
    place = {node: number for number, node in enumerate(graph)}
    classes = _listed(graph.graph.get("classes", ()), (arc[2]["road_class"] for arc in arcs))
    roads = _listed(graph.graph.get("road_names", ()), (arc[2]["road"] for arc in arcs if "road" in arc[2]))
    nodes = [facts for _, facts in graph.nodes(data=True)]
    return road_table(
        [str(node) for node in graph],
        [facts["lon"] for facts in nodes],
        [facts["lat"] for facts in nodes],
        [place[tail] for tail, _, _ in arcs],
        [place[head] for _, head, _ in arcs],
        [facts["length_m"] for _, _, facts in arcs],
        list(classes),
        [classes[facts["road_class"]] for _, _, facts in arcs],
        access=[facts.get("access", True) for facts in nodes],
        speed_kph=[facts.get("speed_kph", math.nan) for _, _, facts in arcs],
        times_s=_times(graph, arcs),
        road=[roads[facts["road"]] if "road" in facts else -1 for _, _, facts in arcs],
        road_names=_names(roads),
        bridge=[facts.get("bridge", False) for _, _, facts in arcs],
    )


def _facts(table: RoadTable) -> Iterable[dict[str, Any]]:
    """Give what is known about each arc, leaving out what is not."""
    speeds, lengths, bridges = table.speed_kph.tolist(), table.length_m.tolist(), table.bridge.tolist()
    kinds, roads = table.road_class.tolist(), table.road.tolist()
    times = table.times_s.T.tolist()
    for arc in range(table.n_arcs):
        facts = {"arc": arc, "length_m": lengths[arc], "road_class": table.classes[kinds[arc]]}
        facts["bridge"] = bridges[arc]
        if not math.isnan(speeds[arc]):
            facts["speed_kph"] = speeds[arc]
        if roads[arc] >= 0:
            facts["road"] = table.road_names[roads[arc]]
        if times[arc]:
            facts["times_s"] = times[arc]
        yield facts


def _check(graph: nx.MultiDiGraph[Any], arcs: list[Arc]) -> None:
    for node, facts in graph.nodes(data=True):
        if "lon" not in facts or "lat" not in facts:
            raise ValueError(f"node {node} has no lon and lat")
    for tail, head, facts in arcs:
        if "length_m" not in facts or "road_class" not in facts:
            raise ValueError(f"the arc from {tail} to {head} has no length_m and road_class")


def _listed(known: Iterable[Any], met: Iterable[Any]) -> dict[Any, int]:
    """Number things in the order given, then in the order met."""
    return {thing: number for number, thing in enumerate(dict.fromkeys(chain(known, met)))}


def _names(roads: Iterable[Any]) -> list[RoadName]:
    return [(str(code), str(zh), str(en)) for code, zh, en in roads]


def _times(graph: nx.MultiDiGraph[Any], arcs: list[Arc]) -> Any:  # noqa: ANN401
    profiles = int(graph.graph.get("profiles", 0))
    unknown = [math.nan] * profiles
    rows = [facts.get("times_s", unknown) for _, _, facts in arcs]
    return np.array(rows, np.float64).reshape(len(arcs), profiles).T.copy()
