"""From drawn lines to a road network: junctions become nodes, what lies between them becomes arcs."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from sim.road_table import RoadTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
T = TypeVar("T")

EARTH = Geod(ellps="WGS84")
SHORTEST_M = 0.1
LOOP_PARTS = 3
ROUNDING = 1e-6
NODE = 3
"""As many ways lead away from a vertex as make it a node."""


@dataclass(frozen=True, slots=True)
class Road:
    """What holds along a whole line.

    `forward_kph` and `back_kph` are planning speeds with and against the line (None: the class's speed).
    `oneway` means along the line only.
    """

    road_class: str
    name: str = ""
    name_en: str = ""
    code: str = ""
    oneway: bool = False
    forward_kph: float | None = None
    back_kph: float | None = None
    bridge: bool = False

    def turned(self) -> Road:
        """Describe the same road seen from its other end (only for roads driven both ways)."""
        return dataclasses.replace(self, forward_kph=self.back_kph, back_kph=self.forward_kph)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """All vertices of a map: their codes and WGS84 positions in degrees."""

    code: Sequence[str]
    lon: Floats
    lat: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A drawn line: positions of its vertices in `Points`, its road, its length where the map states one."""

    vertices: Ints
    road: Road
    length_m: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A line between two nodes that matter: vertices, metres from its start to each, and its road."""

    vertices: Ints
    along_m: Floats
    road: Road


def table_of_lines(
    points: Points, lines: Sequence[Line], spacing_m: float, no_access: Iterable[str] = (), given: int = 0
) -> RoadTable:
    """Make a road network of drawn lines.

    Lines meet where they share a vertex. Vertices that are neither a junction, an end nor a change of the
    road are dropped; along long stretches, nodes are put in at even distances of at most `spacing_m` metres,
    so that places beside the road and vehicles on it keep good positions.

    Parameters
    ----------
    points
        The vertices.
    lines
        The lines, in the order in which their nodes are to be numbered.
    spacing_m
        The longest arc, in metres.
    no_access
        Classes whose own nodes are no place to leave the road.
    given
        How many of the first points are nodes in their own right, kept even where they do not matter.

    Returns
    -------
    RoadTable
        Nodes and arcs; lengths are geodesic on WGS84, scaled to the length a line states.
    """
    ways_at = _half_edges(len(points.lon), lines)
    ways_at[:given] = NODE
    stretches = list(_joined(_pieces(points, lines, ways_at), ways_at))
    return _table(points, stretches, spacing_m, frozenset(no_access))


def metres_along(lon: Floats, lat: Floats) -> Floats:
    """Measure the way along a polyline: metres from its start to each vertex, geodesic on WGS84.

    Examples
    --------
    >>> metres_along(np.array([0.0, 0.0]), np.array([0.0, 1.0])).round().tolist()
    [0.0, 110574.0]
    """
    _, _, step = EARTH.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.concatenate([[0.0], np.cumsum(step)])


def _half_edges(n_points: int, lines: Sequence[Line]) -> Ints:
    """Count at each vertex how many ways lead away from it along lines."""
    if not lines:
        return np.zeros(n_points, dtype=np.int64)
    ends = np.concatenate([np.concatenate([line.vertices[:-1], line.vertices[1:]]) for line in lines])
    return np.bincount(ends, minlength=n_points)


def _pieces(points: Points, lines: Sequence[Line], ways_at: Ints) -> list[Stretch]:
    """Cut each line at every vertex where something else meets it."""
    pieces: list[Stretch] = []
    for line in lines:
        at = line.vertices
        along = metres_along(points.lon[at], points.lat[at])
        if line.length_m is not None and along[-1] > 0:
            along = along * (line.length_m / along[-1])
        inner = 1 + np.flatnonzero(ways_at[at[1:-1]] != 2)
        cuts = [0, *inner.tolist(), len(at) - 1]
        for start, end in itertools.pairwise(cuts):
            part = slice(start, end + 1)
            pieces.append(Stretch(at[part], along[part] - along[start], line.road))
    return pieces


def _joined(pieces: Sequence[Stretch], ways_at: Ints) -> Iterator[Stretch]:
    """Join pieces end to end wherever two alike meet and nothing else does."""
    ends: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        for vertex in (int(piece.vertices[0]), int(piece.vertices[-1])):
            if ways_at[vertex] == 2:
                ends.setdefault(vertex, []).append(number)
    used = [False] * len(pieces)
    for number, piece in enumerate(pieces):
        if used[number]:
            continue
        used[number] = True
        onward = _grown([piece], pieces, ends, used)
        back = _grown([_reversed(piece)], pieces, ends, used, against=True)
        yield _concatenated([_reversed(part) for part in back[:0:-1]] + onward)


def _grown(
    chain: list[Stretch],
    pieces: Sequence[Stretch],
    ends: dict[int, list[int]],
    used: list[bool],
    *,
    against: bool = False,
) -> list[Stretch]:
    """Lengthen a chain at its end by pieces not yet used; `against` means it is laid out backwards."""
    while True:
        last = chain[-1]
        at = int(last.vertices[-1])
        free = [number for number in ends.get(at, ()) if not used[number]]
        if len(free) != 1:
            return chain
        following = _continuing(last.road, at, pieces[free[0]], against=against)
        if following is None:
            return chain
        used[free[0]] = True
        chain.append(following)


def _continuing(road: Road, at: int, piece: Stretch, *, against: bool) -> Stretch | None:
    """Lay a piece out so that it starts at a vertex, if it carries the same road on; else None."""
    if int(piece.vertices[0]) != at:
        piece, turned = _reversed(piece), True
    else:
        turned = False
    if piece.road != road or (road.oneway and turned is not against):
        return None
    return piece


def _reversed(piece: Stretch) -> Stretch:
    along = piece.along_m[-1] - piece.along_m[::-1]
    road = piece.road if piece.road.oneway else piece.road.turned()
    return Stretch(piece.vertices[::-1], along, road)


def _concatenated(chain: Sequence[Stretch]) -> Stretch:
    if len(chain) == 1:
        return chain[0]
    offsets = np.concatenate([[0.0], np.cumsum([part.along_m[-1] for part in chain])])
    vertices = [chain[0].vertices[:1], *(part.vertices[1:] for part in chain)]
    along = [np.zeros(1), *(part.along_m[1:] + offset for part, offset in zip(chain, offsets, strict=False))]
    return Stretch(np.concatenate(vertices), np.concatenate(along), chain[0].road)


class _Network:
    """Nodes and arcs as they are put together."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.numbers: dict[int, int] = {}
        self.codes: list[str] = []
        self.lon: list[float] = []
        self.lat: list[float] = []
        self.inserted = 0
        self.arcs: list[tuple[int, int, float, Road, float | None]] = []
        self.pairs: set[tuple[int, int]] = set()

    def node(self, vertex: int) -> int:
        """Number the node at a vertex."""
        number = self.numbers.get(vertex)
        if number is None:
            lon, lat = float(self.points.lon[vertex]), float(self.points.lat[vertex])
            number = self.numbers[vertex] = self._add(self.points.code[vertex], lon, lat)
        return number

    def between(self, lon: float, lat: float) -> int:
        """Number a node put in along a stretch."""
        self.inserted += 1
        return self._add(f"m{self.inserted}", lon, lat)

    def _add(self, code: str, lon: float, lat: float) -> int:
        self.codes.append(code)
        self.lon.append(lon)
        self.lat.append(lat)
        return len(self.codes) - 1

    def stretch(self, stretch: Stretch, spacing_m: float) -> None:
        """Lay a stretch: the nodes along it and the arcs between them."""
        first, last = self.node(int(stretch.vertices[0])), self.node(int(stretch.vertices[-1]))
        total = float(stretch.along_m[-1])
        parts = max(self._fewest_parts(first, last, stretch.road), math.ceil(total / spacing_m - ROUNDING))
        at = total * np.arange(1, parts) / parts
        lons = np.interp(at, stretch.along_m, self.points.lon[stretch.vertices])
        lats = np.interp(at, stretch.along_m, self.points.lat[stretch.vertices])
        inner = [self.between(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
        nodes = [first, *inner, last]
        length = max(SHORTEST_M, round(total / parts, 1))
        for tail, head in itertools.pairwise(nodes):
            self._arcs(tail, head, length, stretch.road)

    def _fewest_parts(self, first: int, last: int, road: Road) -> int:
        """Keep loops and parallel stretches apart by nodes of their own."""
        if first == last:
            return LOOP_PARTS
        ways = [(first, last)] if road.oneway else [(first, last), (last, first)]
        taken = any(way in self.pairs for way in ways)
        self.pairs.update(ways)
        return 2 if taken else 1

    def _arcs(self, tail: int, head: int, length_m: float, road: Road) -> None:
        self.arcs.append((tail, head, length_m, road, road.forward_kph))
        if not road.oneway:
            self.arcs.append((head, tail, length_m, road, road.back_kph))


def _table(
    points: Points, stretches: Iterable[Stretch], spacing_m: float, no_access: frozenset[str]
) -> RoadTable:
    network = _Network(points)
    for stretch in stretches:
        network.stretch(stretch, spacing_m)
    arcs = network.arcs
    roads = [road for _, _, _, road, _ in arcs]
    classes, road_class = numbered([road.road_class for road in roads])
    names, road = numbered([(road.code, road.name, road.name_en) for road in roads], nothing=("", "", ""))
    tail = np.array([arc[0] for arc in arcs], dtype=np.int32)
    head = np.array([arc[1] for arc in arcs], dtype=np.int32)
    return RoadTable(
        node_code=tuple(network.codes),
        lon=np.array(network.lon),
        lat=np.array(network.lat),
        access=_accessible(
            len(network.codes), tail, head, [road.road_class not in no_access for road in roads]
        ),
        tail=tail,
        head=head,
        length_m=np.array([arc[2] for arc in arcs], dtype=float),
        road_class=np.array(road_class, dtype=np.int16),
        classes=tuple(classes),
        speed_kph=np.array([math.nan if arc[4] is None else arc[4] for arc in arcs], dtype=float),
        times_s=np.full((0, len(arcs)), math.nan),
        road=np.array(road, dtype=np.int32),
        road_names=tuple(names),
        bridge=np.array([road.bridge for road in roads], dtype=bool),
    )


def _accessible(
    n_nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32], open_arcs: Sequence[bool]
) -> NDArray[np.bool_]:
    """Tell at which nodes a vehicle may leave the road: those that some open arc touches, or all if none."""
    access = np.zeros(n_nodes, dtype=bool)
    opens = np.array(open_arcs, dtype=bool)
    access[tail[opens]] = True
    access[head[opens]] = True
    return access if access.any() else ~access


def numbered(values: Iterable[T], nothing: T | None = None) -> tuple[list[T], list[int]]:
    """Number values by first appearance; `nothing` is numbered -1.

    Examples
    --------
    >>> numbered(["b", "a", "b"])
    (['b', 'a'], [0, 1, 0])
    """
    order: dict[T, int] = {}
    numbers = [-1 if value == nothing else order.setdefault(value, len(order)) for value in values]
    return list(order), numbers
