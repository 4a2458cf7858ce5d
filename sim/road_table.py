"""The roads of a county as columns: the nodes where roads meet and the arcs one drives between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)
RoadName = tuple[str, str, str]
"""Code, Chinese name and English name of a road or bridge; "" where it has none."""


@dataclass(frozen=True, slots=True)
class TravelProfile:
    """How something drives: speed in km/h by road class, and the seconds lost at every start.

    `speeds_kph` is None where every arc brings its own time for this profile.
    """

    code: str
    speeds_kph: Mapping[str, float] | None
    start_loss_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """Nodes and arcs of a road network, column by column; a two-way road is two arcs.

    Attributes
    ----------
    node_code
        Unique code of each node, n of them.
    lon, lat
        WGS84 degrees, shape (n,).
    access
        Whether one may leave the road at the node to reach a site beside it, shape (n,).
    tail, head
        Nodes (positions) where each arc begins and ends, shape (m,).
    length_m
        Length of each arc in metres, shape (m,).
    road_class
        Class of each arc as a position in `classes`, shape (m,).
    classes
        Names of the road classes.
    speed_kph
        Speed on each arc in km/h, nan where its class decides, shape (m,).
    times_s
        Seconds for each profile on each arc, nan where speed decides, shape (profiles, m) or (0, m).
    road
        Road or bridge of each arc as a position in `road_names`, -1 where it has no name, shape (m,).
    road_names
        Code, Chinese and English name of each road.
    bridge
        Whether the arc is on a bridge, shape (m,).
    """

    node_code: Sequence[str]
    lon: Floats
    lat: Floats
    access: Bools
    tail: Ints
    head: Ints
    length_m: Floats
    road_class: npt.NDArray[np.int16]
    classes: tuple[str, ...]
    speed_kph: Floats
    times_s: Floats
    road: Ints
    road_names: tuple[RoadName, ...]
    bridge: Bools

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.lon)

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.tail)

    def content_hash(self) -> str:
        """Fingerprint of everything in the table: equal tables give equal text on every machine."""
        columns = (self.lon, self.lat, self.access, self.tail, self.head, self.length_m, self.road_class)
        more = (self.speed_kph, self.times_s, self.road, self.bridge)
        words = ["\n".join(self.node_code), "\n".join(self.classes)]
        words += ["\t".join(name) for name in self.road_names]
        return fingerprint(*columns, *more, *words)


@dataclass(frozen=True, slots=True)
class Cut:
    """What was left out of a network because one cannot drive from it to the rest and back.

    `km` counts a two-way road once; `islands` is the number of separate pieces that fell away.
    """

    nodes: int
    arcs: int
    km: float
    islands: int


def road_table(
    node_code: Sequence[str],
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    tail: npt.ArrayLike,
    head: npt.ArrayLike,
    length_m: npt.ArrayLike,
    classes: Sequence[str] = ("street",),
    road_class: npt.ArrayLike | None = None,
    *,
    access: npt.ArrayLike | None = None,
    speed_kph: npt.ArrayLike | None = None,
    times_s: npt.ArrayLike | None = None,
    road: npt.ArrayLike | None = None,
    road_names: Iterable[RoadName] = (),
    bridge: npt.ArrayLike | None = None,
) -> RoadTable:
    """Put columns of any number type together as a `RoadTable`; what is left out takes its usual value.

    Raises
    ------
    ValueError
        Columns of unequal length, or an arc to a node that does not exist.

    Examples
    --------
    >>> road_table(["a", "b"], [120.0, 120.1], [30.0, 30.0], [0, 1], [1, 0], [900, 900]).n_arcs
    2
    """
    n, m = len(node_code), len(np.atleast_1d(np.asarray(tail)))
    table = RoadTable(
        node_code=tuple(node_code),
        lon=_column(lon, np.float64, n),
        lat=_column(lat, np.float64, n),
        access=_column(True if access is None else access, np.bool_, n),
        tail=_column(tail, np.int32, m),
        head=_column(head, np.int32, m),
        length_m=_column(length_m, np.float64, m),
        road_class=_column(0 if road_class is None else road_class, np.int16, m),
        classes=tuple(classes),
        speed_kph=_column(np.nan if speed_kph is None else speed_kph, np.float64, m),
        times_s=_times(times_s, m),
        road=_column(-1 if road is None else road, np.int32, m),
        road_names=tuple(road_names),
        bridge=_column(False if bridge is None else bridge, np.bool_, m),
    )
    _check_ends(table)
    return table


def largest_strong_part(table: RoadTable) -> tuple[RoadTable, Cut]:
    """Keep the largest part of the network in which every node can be reached from every other.

    Of parts of equal size the one with the lowest node stays.

    Returns
    -------
    tuple
        The table of that part, nodes and arcs in their old order, and what was cut.
    """
    if table.n_nodes == 0:
        return table, Cut(0, 0, 0.0, 0)
    labels = _parts(table, np.ones(table.n_arcs, bool), "strong")
    keep: Bools = labels == _largest(labels)
    kept = part_of(table, keep)
    lost = ~(keep[table.tail] & keep[table.head])
    fallen = _parts(table, ~keep[table.tail] & ~keep[table.head], "weak")[~keep]
    cut = Cut(int((~keep).sum()), int(lost.sum()), _road_km(table, lost), len(np.unique(fallen)))
    return kept, cut


def part_of(table: RoadTable, keep: Bools) -> RoadTable:
    """Take the part of a table that lies on the nodes marked in `keep`, shape (n,)."""
    arcs = keep[table.tail] & keep[table.head]
    place = np.cumsum(keep) - 1
    return replace(
        table,
        node_code=tuple(table.node_code[node] for node in np.flatnonzero(keep).tolist()),
        lon=table.lon[keep],
        lat=table.lat[keep],
        access=table.access[keep],
        tail=place[table.tail[arcs]].astype(np.int32),
        head=place[table.head[arcs]].astype(np.int32),
        length_m=table.length_m[arcs],
        road_class=table.road_class[arcs],
        speed_kph=table.speed_kph[arcs],
        times_s=table.times_s[:, arcs],
        road=table.road[arcs],
        bridge=table.bridge[arcs],
    )


def arcs_named(table: RoadTable, text: str) -> tuple[int, ...]:
    """Find the arcs that a person means by `text`, in rising order; none where nothing is called so.

    Parameters
    ----------
    text
        The code, Chinese or English name of a road or bridge (every arc of it), or ``from-to`` with the codes
        of two nodes (the arcs in that direction only).
    """
    wanted = text.strip().casefold()
    roads = [number for number, names in enumerate(table.road_names) if wanted and wanted in _folded(names)]
    if roads:
        return tuple(np.flatnonzero(np.isin(table.road, roads)).tolist())
    found: list[int] = []
    place = {code.casefold(): node for node, code in enumerate(table.node_code)} if "-" in wanted else {}
    for cut in (at for at, letter in enumerate(wanted) if letter == "-"):
        tail, head = place.get(wanted[:cut].strip()), place.get(wanted[cut + 1 :].strip())
        if tail is not None and head is not None:
            found += np.flatnonzero((table.tail == tail) & (table.head == head)).tolist()
    return tuple(sorted(found))


def arc_times_s(
    table: RoadTable, profile: int, how: TravelProfile, speed_factor: Mapping[str, float]
) -> Floats:
    """Work out how many seconds each arc takes.

    The time given for the profile counts first, then the arc's own speed, then the profile's speed for the
    arc's class; whichever it is, the regime's factor for the class divides it.

    Parameters
    ----------
    profile
        The profile's number: its row in `RoadTable.times_s`.
    how
        The profile.
    speed_factor
        The regime: factor on speed by class, ``"default"`` for classes not named, otherwise 1.

    Returns
    -------
    Floats
        Seconds, shape (m,); inf where the factor is 0.

    Raises
    ------
    ValueError
        An arc has no time, no speed and no speed for its class.
    """
    given = table.times_s[profile] if profile < len(table.times_s) else np.full(table.n_arcs, np.nan)
    if table.n_arcs == 0:
        return np.empty(0)
    speeds = how.speeds_kph or {}
    by_class = np.array([speeds.get(name, np.nan) for name in table.classes], np.float64)
    kph = np.where(np.isnan(table.speed_kph), by_class[table.road_class], table.speed_kph)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(np.isnan(given), table.length_m * 3.6 / kph, given)
        _check_times(table, how, times)
        slowed = times / class_factors(table.classes, speed_factor)[table.road_class]
    return np.nan_to_num(slowed, nan=np.inf, posinf=np.inf)


def class_factors(classes: Sequence[str], speed_factor: Mapping[str, float]) -> Floats:
    """List a regime's factor on speed for each road class."""
    usual = speed_factor.get("default", 1.0)
    return np.array([speed_factor.get(name, usual) for name in classes], np.float64)


def fingerprint(*parts: npt.NDArray[np.generic] | str) -> str:
    """Hash arrays and texts, with their types and shapes, to 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, str):
            digest.update(f"text {len(part)};".encode() + part.encode())
        else:
            digest.update(f"{part.dtype.str}{part.shape};".encode())
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _check_times(table: RoadTable, how: TravelProfile, times: Floats) -> None:
    unknown = np.unique(table.road_class[np.isnan(times)])
    if len(unknown):
        names = ", ".join(table.classes[number] for number in unknown)
        raise ValueError(
            f"profile {how.code}: no speed for road class {names}, and no time or speed on the arc"
        )


def _check_ends(table: RoadTable) -> None:
    for ends in (table.tail, table.head):
        if len(ends) and (ends.min() < 0 or ends.max() >= table.n_nodes):
            raise ValueError(f"an arc ends at node {ends.max()}, but there are {table.n_nodes} nodes")


def _folded(names: RoadName) -> list[str]:
    return [name.casefold() for name in names if name]


def _column(values: npt.ArrayLike, kind: type[T], length: int) -> npt.NDArray[T]:
    column = np.asarray(values, kind)
    if column.ndim == 0:
        return np.full(length, column, kind)
    if column.shape != (length,):
        raise ValueError(f"a column has {len(column)} values where {length} are due")
    return column


def _times(times_s: npt.ArrayLike | None, length: int) -> Floats:
    rows = np.asarray(np.empty((0, length)) if times_s is None else times_s, np.float64)
    rows = rows[None] if rows.ndim == 1 else rows
    if rows.shape[1] != length:
        raise ValueError(f"times are given for {rows.shape[1]} arcs where {length} are due")
    return rows


def _parts(table: RoadTable, arcs: Bools, connection: Literal["weak", "strong"]) -> Ints:
    ends = (table.tail[arcs], table.head[arcs])
    graph = csr_array((np.ones(len(ends[0])), ends), shape=(table.n_nodes, table.n_nodes))
    return np.asarray(connected_components(graph, connection=connection)[1], np.int32)


def _largest(labels: Ints) -> int:
    sizes = np.bincount(labels)
    return int(labels[np.argmax(sizes[labels])])


def _road_km(table: RoadTable, arcs: Bools) -> float:
    low, high = np.minimum(table.tail, table.head)[arcs], np.maximum(table.tail, table.head)[arcs]
    roads = np.unique(np.stack([low, high, table.length_m[arcs]]), axis=1)
    return float(roads[2].sum() / 1000)
