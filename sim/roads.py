"""The county's roads, compiled: which node a place hangs on, how long it takes, and what is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.road_table import (
    Cut,
    Floats,
    Ints,
    RoadTable,
    TravelProfile,
    arcs_named,
    fingerprint,
    largest_strong_part,
    road_table,
)
from sim.speed_classes import Ground, Regime, SpeedClass
from sim.travel import TravelTable
from sim.ways import NoWayError, Route

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "Cut",
    "NoWayError",
    "RoadIndex",
    "RoadTable",
    "Route",
    "TravelProfile",
    "TravelTable",
    "compile_roads",
    "graph_of",
    "largest_strong_part",
    "road_table",
    "table_of",
]


def compile_roads(
    table: RoadTable,
    facilities: Sequence[int],
    profiles: Sequence[TravelProfile],
    regimes: Sequence[Regime],
) -> RoadIndex:
    """Compile roads for quick travel times.

    Nothing costly is done yet: the rows of a speed class are worked out when it is first asked for, its
    point-to-point times when the first pair is, and both are kept on disk for other runs and processes.

    Parameters
    ----------
    table
        Nodes and arcs.
    facilities
        Nodes of the stations and hospitals, from and to which times are looked up most.
    profiles
        How vehicles drive; a profile's number is its position.
    regimes
        Factors on speed by road class; a regime's number is its position.

    Raises
    ------
    ValueError
        There is no node, a facility is not a node, or an arc has neither time nor speed under some profile.

    Examples
    --------
    >>> table = road_table(["a", "b"], [120, 120.01], [30, 30], [0, 1], [1, 0], [900, 900])
    >>> roads = compile_roads(table, [0], [TravelProfile("engine", {"street": 36})], [{}, {"default": 0.5}])
    >>> roads.tables(0, 0).from_rows[0][1], roads.tables(0, 1).between(0, 1)
    (90.0, 180.0)
    """
    if table.n_nodes == 0:
        raise ValueError("there are no roads")
    for node in facilities:
        if not 0 <= node < table.n_nodes:
            raise ValueError(f"facility at node {node}, but there are {table.n_nodes} nodes")
    ground = Ground(table, facilities, profiles, regimes)
    for profile in range(len(profiles) if regimes else 0):
        ground.times_s(profile, 0)
    return RoadIndex(ground, ())


class RoadIndex:
    """Roads in one state of closure. Shared by all runs and never copied or changed.

    Attributes
    ----------
    n_nodes
        Number of nodes.
    lon, lat
        Where they are, WGS84 degrees, shape (n,).
    table
        The roads as they were given.
    facilities
        Nodes of the facilities.
    closed
        Arcs closed, in rising order.
    """

    __slots__ = ("_as_fast", "_classes", "_earlier", "_ground", "_tables", "closed")

    def __init__(self, ground: Ground, closed: tuple[int, ...]) -> None:
        self._ground, self.closed = ground, closed
        self._classes: dict[tuple[int, int], SpeedClass] = {}
        self._earlier: dict[tuple[int, int], SpeedClass] = {}
        self._tables: dict[tuple[int, int], TravelTable] = {}
        self._as_fast: dict[tuple[int, int, int], bool] = {}

    @property
    def table(self) -> RoadTable:
        """The roads as they were given."""
        return self._ground.table

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return self._ground.table.n_nodes

    @property
    def lon(self) -> Floats:
        """Longitude of each node in degrees."""
        return self._ground.table.lon

    @property
    def lat(self) -> Floats:
        """Latitude of each node in degrees."""
        return self._ground.table.lat

    @property
    def facilities(self) -> tuple[int, ...]:
        """Nodes of the facilities."""
        return self._ground.facilities

    def snap(self, lon: float, lat: float) -> tuple[int, float]:
        """Give the nearest node with access and the straight distance to it in metres."""
        nodes, metres = self._ground.snapper.snap_many([lon], [lat])
        return int(nodes[0]), float(metres[0])

    def snap_many(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Ints, Floats]:
        """Give the nearest node with access of each point, and the straight distances in metres."""
        return self._ground.snapper.snap_many(lon, lat)

    def tables(self, profile: int, regime: int) -> TravelTable:
        """Give the travel times of a speed class; worked out when first asked for, then kept."""
        found = self._tables.get((profile, regime))
        if found is None:
            base, scale = self._ground.shared_with[regime]
            again = (RoadIndex.tables, (self, profile, regime))
            found = self._tables[profile, regime] = TravelTable(self._class(profile, base), scale, again)
        return found

    def as_fast(self, profile: int, other: int, regime: int) -> bool:
        """Tell whether a profile is on no arc slower than another one."""
        known = self._as_fast.get((profile, other, regime))
        if known is None:
            base = self._ground.shared_with[regime][0]
            ours, theirs = self._ground.times_s(profile, base), self._ground.times_s(other, base)
            known = self._as_fast[profile, other, regime] = bool((ours <= theirs).all())
        return known

    def close(self, arcs: Iterable[int]) -> RoadIndex:
        """Close arcs: another index, which shares every row of times that no closed arc touches."""
        return self._with(np.union1d(self._checked(self.closed), self._checked(arcs)))

    def reopen(self, arcs: Iterable[int]) -> RoadIndex:
        """Open arcs again: another index, which shares every row of times that no opened arc shortens."""
        return self._with(np.setdiff1d(self._checked(self.closed), self._checked(arcs)))

    def arcs_named(self, text: str) -> tuple[int, ...]:
        """Find the arcs of a road or bridge by code or name, or those ``from-to`` by node codes."""
        return arcs_named(self._ground.table, text)

    def content_hash(self, profile: int, regime: int) -> str:
        """Fingerprint of everything a speed class depends on: roads, closures, profile and regime."""
        how = self._ground.profiles[profile]
        speeds = sorted((how.speeds_kph or {}).items()) if how.speeds_kph is not None else None
        factors = sorted(self._ground.regimes[regime].items())
        facts = repr((how.code, profile, speeds, how.start_loss_s, factors, self.closed))
        return fingerprint(self._ground.table.content_hash(), facts)

    def _class(self, profile: int, regime: int) -> SpeedClass:
        """Compile a speed class as roads are now, from as they were last or usually are."""
        usual = self._ground.speed_class(profile, regime)
        if not self.closed:
            return usual
        key = (profile, regime)
        if key not in self._classes:
            times_s = self._ground.times_s(profile, regime, self.closed)
            self._classes[key] = self._ground.changed(self._earlier.pop(key, usual), usual, times_s)
        return self._classes[key]

    def _with(self, closed: npt.NDArray[np.int64]) -> RoadIndex:
        wanted = tuple(closed.tolist())
        if wanted == self.closed:
            return self
        other = RoadIndex(self._ground, wanted)
        other._as_fast = self._as_fast
        if wanted:
            other._earlier = {**self._earlier, **self._classes}
        return other

    def _checked(self, arcs: Iterable[int]) -> npt.NDArray[np.int64]:
        numbers = np.array(sorted(arcs), np.int64)
        if len(numbers) and not 0 <= numbers[0] <= numbers[-1] < self._ground.table.n_arcs:
            raise ValueError(
                f"arcs {numbers[0]} to {numbers[-1]}: there are {self._ground.table.n_arcs} arcs"
            )
        return numbers

    def __copy__(self) -> RoadIndex:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> RoadIndex:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        ground = self._ground
        return _again, (ground.table, ground.facilities, ground.profiles, ground.regimes, self.closed)


def graph_of(table: RoadTable) -> nx.MultiDiGraph[Any]:
    """Set roads out as an editable NetworkX graph; see `sim.road_graph.graph_of`."""
    from sim import road_graph

    return road_graph.graph_of(table)


def table_of(graph: nx.MultiDiGraph[Any]) -> RoadTable:
    """Put an edited NetworkX graph into a table again; see `sim.road_graph.table_of`."""
    from sim import road_graph

    return road_graph.table_of(graph)


def _again(
    table: RoadTable,
    facilities: Sequence[int],
    profiles: Sequence[TravelProfile],
    regimes: Sequence[Regime],
    closed: tuple[int, ...],
) -> RoadIndex:
    return compile_roads(table, facilities, profiles, regimes).close(closed)
