"""Which road node a place hangs on: the nearest at which one may leave the road."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from sim.road_table import Bools, Floats, Ints

EARTH_M = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""


class Snapper:
    """Finds the nearest node with access.

    Distances are straight lines on a plane fitted to the middle of the network (equirectangular projection),
    good to a few tenths of a percent across a county. Of several nodes at one spot the first is taken.

    Raises
    ------
    ValueError
        No node has access.
    """

    __slots__ = ("_middle", "_nodes", "_tree")

    def __init__(self, lon: Floats, lat: Floats, access: Bools) -> None:
        usable = np.flatnonzero(access)
        if len(usable) == 0:
            raise ValueError("there is no road node at which one may leave the road")
        self._middle = (float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)
        spots = self._on_plane(lon[usable], lat[usable])
        order = np.lexsort((usable, spots[:, 1], spots[:, 0]))
        fresh = np.ones(len(order), bool)
        fresh[1:] = (spots[order[1:]] != spots[order[:-1]]).any(axis=1)
        firsts = np.sort(order[fresh])
        self._nodes = usable[firsts].astype(np.int32)
        self._tree = cKDTree(spots[firsts])

    def snap_many(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Ints, Floats]:
        """Give the nearest node of each point and the distance to it in metres."""
        points = self._on_plane(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
        metres, places = self._tree.query(points)
        return self._nodes[places], np.asarray(metres, np.float64)

    def _on_plane(self, lon: Floats, lat: Floats) -> Floats:
        middle_lon, middle_lat = self._middle
        east = np.radians(lon - middle_lon) * np.cos(np.radians(middle_lat))
        return EARTH_M * np.stack([east, np.radians(lat - middle_lat)], axis=-1)
