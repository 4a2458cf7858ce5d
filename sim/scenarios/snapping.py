"""Where points hang on the road network: the nearest node at which one may leave the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from sim.road_table import RoadTable

EARTH_RADIUS_M = 6_371_009.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
        """Find the nearest node of each point and its distance in metres; of equals the lowest."""
        if np.size(lon) == 0:
            return np.empty(0, dtype=np.int64), np.empty(0)
        far, at = self.tree.query(on_plane(lon, lat, self.stretch))
        return self.nodes[np.atleast_1d(at)], np.asarray(np.atleast_1d(far), dtype=np.float64)


def on_plane(lon: npt.ArrayLike, lat: npt.ArrayLike, stretch: float) -> Floats:
    """Lay degrees out on a plane in metres, shape (n, 2); good to a thousandth over a county."""
    degree_m = np.pi * EARTH_RADIUS_M / 180
    return np.column_stack((np.asarray(lon) * (degree_m * stretch), np.asarray(lat) * degree_m))
