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
from sim.scenarios.rows import PlaceRow
from sim.scenarios.snapping import Snapper, on_plane
from sim.scenarios.tongues import named

SQUARE_KM_M2 = 1e6


class Located(Protocol):
    """Anything with a longitude and a latitude."""

    @property
    def lon(self) -> float:
        """Longitude, WGS84 degrees."""

    @property
    def lat(self) -> float:
        """Latitude, WGS84 degrees."""


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


def _claims(grounds: Grounds, rows: Sequence[PlaceRow]) -> list[tuple[int, ...]]:
    snapper, roads = grounds.snapper, grounds.roads
    nodes = on_plane(roads.lon[snapper.nodes], roads.lat[snapper.nodes], snapper.stretch)
    far, owner = cKDTree(_plane(rows, snapper.stretch)).query(nodes)
    radius = np.sqrt(np.array([row.area_km2 for row in rows]) * SQUARE_KM_M2 / 2)
    inside = far <= radius[owner]
    return [tuple(snapper.nodes[inside & (owner == number)].tolist()) for number in range(len(rows))]


def _plane(rows: Sequence[Any], stretch: float) -> npt.NDArray[np.float64]:
    return on_plane([row.lon for row in rows], [row.lat for row in rows], stretch)
