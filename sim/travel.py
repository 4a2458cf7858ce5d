"""Travel times of one speed class as the clock reads them: from and to stations, and between any nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.facility_trees import Trees
from sim.speed_classes import SpeedClass
from sim.ways import NoWayError, PointToPoint, Route, followed


class TravelTable:
    """How long it takes under one profile in one regime; never copied.

    Attributes
    ----------
    from_rows
        ``from_rows[facility][node]``: seconds from a facility to a node (float32); inf where there is no way.
    to_rows
        ``to_rows[facility][node]``: seconds from a node to a facility.
    """

    __slots__ = (
        "_again",
        "_class",
        "_nearer_from",
        "_nearer_to",
        "_points",
        "_scale",
        "from_rows",
        "to_rows",
    )

    def __init__(self, speed_class: SpeedClass, scale: float, again: tuple[Callable[..., Any], Any]) -> None:
        self._class, self._scale, self._again = speed_class, scale, again
        self._points: PointToPoint | None = None
        self.from_rows = _rows(speed_class.outward, scale)
        self.to_rows = _rows(speed_class.inward, scale)
        self._nearer_from = [nearer.data for nearer in speed_class.outward.nearer]
        self._nearer_to = [nearer.data for nearer in speed_class.inward.nearer]

    def between(self, origin: int, goal: int) -> float:
        """Give the seconds from one node to another; inf where there is no way."""
        points = self._points
        if points is None:
            points = self._points = self._class.points()
        return points.between(origin, goal) * self._scale

    def route(self, origin: int, goal: int) -> Route:
        """Give a quickest way between two nodes.

        Returns
        -------
        tuple
            The nodes passed, both ends among them, and the seconds since leaving the first at which each is.

        Raises
        ------
        NoWayError
            There is no way.
        """
        nodes, times = self._class.points().route(origin, goal)
        scale = self._scale
        return nodes, times if scale == 1.0 else [time_s * scale for time_s in times]

    def ahead(self, origin: int, goal: int, elapsed_s: float) -> tuple[int, float]:
        """Give the next node of a quickest way after so many seconds on it, and the seconds left to it."""
        scale = self._scale
        node, left_s = self._class.points().ahead(origin, goal, elapsed_s / scale)
        return node, left_s * scale

    def toward(self, facility: int) -> tuple[memoryview[int], memoryview[float]]:
        """Give each node's next node on the way to a facility, and the seconds from each node to it."""
        return self._nearer_to[facility], self.to_rows[facility]

    def away_from(self, facility: int) -> tuple[memoryview[int], memoryview[float]]:
        """Give each node's last node before it on the way from a facility, and the seconds to each node."""
        return self._nearer_from[facility], self.from_rows[facility]

    def route_from(self, facility: int, goal: int) -> Route:
        """Give a quickest way from a facility to a node; see `route`."""
        row = self.from_rows[facility]
        nodes = self._way(self._nearer_from[facility], row, goal)[::-1]
        return nodes, [row[node] for node in nodes]

    def route_to(self, origin: int, facility: int) -> Route:
        """Give a quickest way from a node to a facility; see `route`."""
        row = self.to_rows[facility]
        nodes, whole_s = self._way(self._nearer_to[facility], row, origin), row[origin]
        return nodes, [whole_s - row[node] for node in nodes]

    def _way(self, nearer: memoryview[int], row: memoryview[float], node: int) -> list[int]:
        if row[node] == np.inf:
            raise NoWayError(f"there is no way between the facility and node {node}")
        return followed(nearer, node)

    def __deepcopy__(self, memo: dict[int, Any]) -> TravelTable:
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], Any]:
        return self._again


def _rows(trees: Trees, scale: float) -> list[memoryview[float]]:
    """Give each facility's seconds for quick reading; facilities at one node share them."""
    made: dict[int, Any] = {}
    for seconds, row in zip(trees.seconds, trees.rows, strict=True):
        if id(row) not in made:
            made[id(row)] = (row if scale == 1.0 else (seconds * scale).astype(np.float32)).data
    return [made[id(row)] for row in trees.rows]
