"""Where incidents happen: in a place, at a site, on the roads, or by a density raster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.county import County, Demand

ACCESS_M = 60.0
"""The furthest a drawn incident in a place lies off the road, metres (assumption)."""

ROAD_WEIGHTS = {"service": 0.2, "ferry": 0.0}
"""Weight of a class of road in the share of road accidents, per metre; 1 where not named (assumption)."""


@dataclass(frozen=True, slots=True, eq=False)
class Whereabouts:
    """Points of incidents as arrays: place (-1 none), degrees, road node, metres off the road."""

    place: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node: NDArray[np.int64]
    access_m: NDArray[np.float64]

    @classmethod
    def at(cls, county: County, lon: Any, lat: Any) -> Whereabouts:  # noqa: ANN401 - any array of degrees
        """Hang given points on the road network."""
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        nodes, far = county.roads.snap_many(lon, lat)
        node = np.asarray(nodes, dtype=np.int64)
        return cls(places_of_nodes(county)[node], lon, lat, node, np.asarray(far, dtype=float))


@lru_cache(maxsize=4)
def places_of_nodes(county: County) -> NDArray[np.int64]:
    """Give the place each road node lies in: the one that claims it, else the one whose centre is nearest."""
    roads = county.roads
    if not county.places:
        return np.full(roads.n_nodes, -1, dtype=np.int64)
    stretch = np.cos(np.radians(np.mean(roads.lat)))
    centres = [(place.centre.lon * stretch, place.centre.lat) for place in county.places]
    _, nearest = cKDTree(centres).query(np.column_stack((np.asarray(roads.lon) * stretch, roads.lat)))
    found = np.asarray(nearest, dtype=np.int64)
    for number, place in enumerate(county.places):
        found[list(place.nodes)] = number
    return found


def locate(
    county: County, demand: Demand, chance: np.random.Generator, n: int, place_of: NDArray[np.int64]
) -> Whereabouts:
    """Draw where the incidents of one stream of demand happen, a row of draws each.

    Parameters
    ----------
    county
        What exists.
    demand
        The stream; says whether it happens in a place, at a site, on roads or by a raster.
    chance
        Random numbers of this stream's places.
    n
        How many incidents.
    place_of
        The place of each node, from `places_of_nodes`.
    """
    uniform = chance.random((n, 3))
    if demand.site is not None:
        return _at_site(county, demand.site, n)
    if demand.cells is not None:
        return _in_cells(county, demand, uniform, place_of)
    if demand.on_roads:
        nodes = _on_roads(county, uniform[:, 0])
        return _at_nodes(county, nodes, np.zeros(n), place_of[nodes])
    place = 0 if demand.place is None else demand.place
    inside = np.asarray(county.places[place].nodes, dtype=np.int64)
    nodes = inside[(uniform[:, 0] * len(inside)).astype(np.int64)]
    return _at_nodes(county, nodes, uniform[:, 1] * ACCESS_M, np.full(n, place))


def _at_site(county: County, number: int, n: int) -> Whereabouts:
    site = county.sites[number]
    return Whereabouts(
        np.full(n, site.place),
        np.full(n, site.at.lon),
        np.full(n, site.at.lat),
        np.full(n, site.at.node),
        np.full(n, site.at.access_m),
    )


def _in_cells(
    county: County, demand: Demand, uniform: NDArray[np.float64], place_of: NDArray[np.int64]
) -> Whereabouts:
    cells = demand.cells
    assert cells is not None  # noqa: S101 - the caller looked
    total = np.cumsum(cells.weight)
    cell = np.searchsorted(total, uniform[:, 0] * total[-1], side="right")
    lon = np.asarray(cells.lon)[cell] + (uniform[:, 1] - 0.5) * cells.size_lon
    lat = np.asarray(cells.lat)[cell] + (uniform[:, 2] - 0.5) * cells.size_lat
    nodes, far = county.roads.snap_many(lon, lat)
    node = np.asarray(nodes, dtype=np.int64)
    return Whereabouts(place_of[node], lon, lat, node, np.asarray(far, dtype=float))


def _on_roads(county: County, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """Draw nodes at the end of roads, in proportion to length and weight of class."""
    table = county.roads.table
    weight = np.array([ROAD_WEIGHTS.get(name, 1.0) for name in table.classes])[table.road_class]
    total = np.cumsum(table.length_m * weight)
    return np.asarray(table.head[np.searchsorted(total, uniform * total[-1], side="right")], dtype=np.int64)


def _at_nodes(
    county: County, nodes: NDArray[np.int64], access_m: NDArray[np.float64], place: NDArray[np.int64]
) -> Whereabouts:
    lon, lat = np.asarray(county.roads.lon)[nodes], np.asarray(county.roads.lat)[nodes]
    return Whereabouts(place, lon, lat, nodes, access_m)
