"""What everything that finds a way between two nodes has in common."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

Route = tuple[list[int], list[float]]
"""The nodes of a way, first to last, and the seconds since leaving the first at which each is passed."""


class NoWayError(LookupError):
    """There is no way from one node to another."""


class PointToPoint(Protocol):
    """Answers how long it takes between any two nodes, and by which way."""

    def between(self, origin: int, goal: int) -> float:
        """Give the seconds from one node to another; inf where there is no way."""

    def route(self, origin: int, goal: int) -> Route:
        """Give a quickest way; raise `NoWayError` where there is none."""

    def ahead(self, origin: int, goal: int, elapsed_s: float) -> tuple[int, float]:
        """Give the next node of a quickest way after so many seconds on it, and the seconds left to it."""


def next_on(route: Route, elapsed_s: float) -> tuple[int, float]:
    """Give the first node of a way that is passed after `elapsed_s`, else the last, and the seconds left."""
    nodes, times = route
    ahead = min(bisect_right(times, elapsed_s), len(nodes) - 1)
    return nodes[ahead], max(0.0, times[ahead] - elapsed_s)


def followed(nearer: Sequence[int], node: int) -> list[int]:
    """Follow a tree of next nodes from a node to its root."""
    nodes = []
    while node >= 0:
        nodes.append(node)
        node = nearer[node]
    return nodes
