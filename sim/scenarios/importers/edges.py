"""Networks that come as nodes and directed edges: opposite edges alike are one road driven both ways."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.scenarios.importers.lines import Line, Points, Road

Floats = npt.NDArray[np.float64]

SAME_LENGTH_M = 1.0
CODE = re.compile(r"[^\s;；、:：,，\"']{1,40}")


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A directed edge between two nodes (positions), with the points of its course between them (degrees).

    `opposite` says whether an edge the other way is the same road: False for one-way streets. `length_m` is
    None where the file states none.
    """

    tail: int
    head: int
    road: Road
    length_m: float | None = None
    course: Floats | None = None
    opposite: bool = True


def lines_of_edges(
    codes: Sequence[str], lon: Sequence[float], lat: Sequence[float], edges: Iterable[Edge]
) -> tuple[Points, list[Line]]:
    """Draw edges as lines; two opposite edges alike become one line driven both ways.

    Parameters
    ----------
    codes, lon, lat
        The nodes: codes and degrees.
    edges
        The edges.

    Returns
    -------
    tuple
        All vertices (nodes first, then the points of the edges' courses) and the lines.
    """
    kept = list(_once(paired(edges)))
    courses = [edge.course for edge in kept if edge.course is not None]
    inner = np.concatenate(courses) if courses else np.zeros((0, 2))
    points = Points(
        [*usable_codes(codes), *[""] * len(inner)],
        np.concatenate([np.asarray(lon, np.float64), inner[:, 0]]),
        np.concatenate([np.asarray(lat, np.float64), inner[:, 1]]),
    )
    lines: list[Line] = []
    start = len(codes)
    for edge in kept:
        count = 0 if edge.course is None else len(edge.course)
        vertices = np.array([edge.tail, *range(start, start + count), edge.head], dtype=np.int64)
        start += count
        lines.append(Line(vertices, edge.road, edge.length_m))
    return points, lines


def paired(edges: Iterable[Edge]) -> list[Edge]:
    """Join each edge with the one that runs back along it, if there is one; the rest are one-way."""
    kept: list[Edge] = []
    waiting: dict[tuple[int, int], list[int]] = {}
    for edge in edges:
        back = next((n for n in waiting.get((edge.head, edge.tail), ()) if _same(kept[n], edge)), None)
        if back is None:
            road = dataclasses.replace(edge.road, oneway=True, back_kph=None)
            kept.append(dataclasses.replace(edge, road=road))
            if edge.opposite:
                waiting.setdefault((edge.tail, edge.head), []).append(len(kept) - 1)
            continue
        road = dataclasses.replace(kept[back].road, oneway=False, back_kph=edge.road.forward_kph)
        kept[back] = dataclasses.replace(kept[back], road=road)
        waiting[edge.head, edge.tail].remove(back)
    return kept


def _once(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Drop a road that is given a second time with the same ends, length and figures."""
    known: set[object] = set()
    for edge in edges:
        ends = (edge.tail, edge.head) if edge.road.oneway else tuple(sorted((edge.tail, edge.head)))
        key = (ends, edge.road, edge.length_m, None if edge.course is None else edge.course.tobytes())
        if key not in known:
            known.add(key)
            yield edge


def _same(one: Edge, other: Edge) -> bool:
    """Tell whether two opposite edges are one road: same length, class and name."""
    if not other.opposite:
        return False
    lengths = (one.length_m, other.length_m)
    if None not in lengths and abs((one.length_m or 0.0) - (other.length_m or 0.0)) > SAME_LENGTH_M:
        return False
    ones, others = one.road, other.road
    return (ones.road_class, ones.name, ones.code, ones.bridge) == (
        others.road_class,
        others.name,
        others.code,
        others.bridge,
    )


def usable_codes(codes: Sequence[str]) -> list[str]:
    """Keep node codes as they are if every one may stand in a scenario; else number the nodes."""
    if all(CODE.fullmatch(code) for code in codes):
        return list(codes)
    return [f"n{number}" for number in range(1, len(codes) + 1)]
