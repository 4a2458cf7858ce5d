"""Hanging places, stations, hospitals and sites on the road network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from sim.county import Location, Place
from sim.road_table import RoadTable
from sim.scenarios.numbering import named
from sim.scenarios.rows import PlaceRow

EARTH_RADIUS_M = 6_371_009.0
SQUARE_KM_M2 = 1e6

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Located(Protocol):
    """Anything with a longitude and a latitude."""

    @property
    def lon(self) -> float:
        """Longitude, WGS84 degrees."""

    @property
    def lat(self) -> float:
        """Latitude, WGS84 degrees."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapper:
    """The nodes at which one may leave the road, laid out on a plane in metres."""

    nodes: Ints
    tree: cKDTree
    stretch: float

    @classmethod
    def of(cls, roads: RoadTable, stretch: float | None = None) -> Snapper:
        """Lay out a network's nodes.

        Parameters
        ----------
        roads
            The network; where no node at all may be left, all count.
        stretch
            Length of a degree of longitude over one of latitude; worked out from the nodes where left out.
        """
        nodes = np.flatnonzero(roads.access if roads.access.any() else np.ones(roads.n_nodes, dtype=bool))
        stretch = float(np.cos(np.radians(roads.lat.mean()))) if stretch is None else stretch
        return cls(nodes, cKDTree(on_plane(roads.lon[nodes], roads.lat[nodes], stretch)), stretch)

    def nearest(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Ints, Floats]:
        """Find the nearest node of each point and its distance in metres."""
        if np.size(lon) == 0:
            return np.empty(0, dtype=np.int64), np.empty(0)
        far, at = self.tree.query(on_plane(lon, lat, self.stretch))
        return self.nodes[np.atleast_1d(at)], np.asarray(np.atleast_1d(far), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """The usable roads and the nodes at which one may leave them."""

    roads: RoadTable
    snapper: Snapper

    @classmethod
    def of(cls, roads: RoadTable) -> Grounds:
        """Make ready to hang points on a network."""
        return cls(roads, Snapper.of(roads))

    def locations(self, rows: Sequence[Located]) -> tuple[Location, ...]:
        """Hang each row on its nearest node."""
        lon, lat = [row.lon for row in rows], [row.lat for row in rows]
        nodes, far = self.snapper.nearest(lon, lat)
        return tuple(map(Location, lon, lat, nodes.tolist(), far.tolist()))


def places_on(grounds: Grounds, rows: Sequence[PlaceRow]) -> tuple[Place, ...]:
    """Make the places; each claims the nodes around its centre that no other centre is nearer to.

    A place reaches as far as the circle around a square of its area; it has at least one node.
    """
    if not rows:
        return ()
    centres = grounds.locations(rows)
    claimed = _claims(grounds, rows)
    return tuple(
        Place(row.code, named(row), row.kind, row.population, row.area_km2, centre, nodes or (centre.node,))
        for row, centre, nodes in zip(rows, centres, claimed, strict=True)
    )


def nearest_places(places: Sequence[Located], rows: Sequence[Located]) -> list[int]:
    """Tell for each row the place whose centre is nearest."""
    if not places or not rows:
        return []
    stretch = float(np.cos(np.radians(np.mean([place.lat for place in places]))))
    _, nearest = cKDTree(_plane(places, stretch)).query(_plane(rows, stretch))
    return [int(number) for number in np.atleast_1d(nearest)]


def on_plane(lon: npt.ArrayLike, lat: npt.ArrayLike, stretch: float) -> Floats:
    """Lay degrees out on a plane in metres, shape (n, 2); good to a thousandth over a county."""
    degree_m = np.pi * EARTH_RADIUS_M / 180
    return np.column_stack((np.asarray(lon) * (degree_m * stretch), np.asarray(lat) * degree_m))


def _claims(grounds: Grounds, rows: Sequence[PlaceRow]) -> list[tuple[int, ...]]:
    snapper, roads = grounds.snapper, grounds.roads
    nodes = on_plane(roads.lon[snapper.nodes], roads.lat[snapper.nodes], snapper.stretch)
    far, owner = cKDTree(_plane(rows, snapper.stretch)).query(nodes)
    radius = np.sqrt(np.array([row.area_km2 for row in rows]) * SQUARE_KM_M2 / 2)
    inside = far <= radius[owner]
    return [tuple(snapper.nodes[inside & (owner == number)].tolist()) for number in range(len(rows))]


def _plane(rows: Sequence[Any], stretch: float) -> npt.NDArray[np.float64]:
    return on_plane([row.lon for row in rows], [row.lat for row in rows], stretch)
