"""What everything that finds a way between two nodes has in common."""

from __future__ import annotations

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


def followed(nearer: Sequence[int], node: int) -> list[int]:
    """Follow a tree of next nodes from a node to its root."""
    nodes = []
    while node >= 0:
        nodes.append(node)
        node = nearer[node]
    return nodes
