"""Ways found by searching: on networks too large for labels, and around closed roads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from sim.road_links import Links, search
from sim.road_table import Floats
from sim.ways import NoWayError, PointToPoint, Route, followed, next_on

HORIZONS_S = (900.0, 3600.0, 14400.0, np.inf)
"""How far a search looks at first, and then, if the goal was not found."""

KEPT_NUMBERS = 20_000_000
"""About so many numbers of earlier searches are remembered."""

MOST_CHECKED = 24
"""Of more changed links than this it is not worth asking one by one whether a way uses them."""

SEARCHES_BEFORE_LABELS = 64
"""After so many searches around closures, labels of its own pay for a closed network."""


class Searches:
    """Point-to-point times and ways by Dijkstra's algorithm, the latest origins remembered."""

    __slots__ = ("_found", "_links", "_most", "_times_s", "count")

    def __init__(self, links: Links, times_s: Floats) -> None:
        self._links, self._times_s = links, times_s
        self._found: OrderedDict[int, tuple[float, memoryview, memoryview]] = OrderedDict()
        self._most = max(8, KEPT_NUMBERS // (2 * links.n_nodes + 1))
        self.count = 0

    def between(self, origin: int, goal: int) -> float:
        """Give the seconds from one node to another; inf where there is no way."""
        seconds: float = self._from(origin, goal)[0][goal]
        return seconds

    def route(self, origin: int, goal: int) -> Route:
        """Give a quickest way; raise `NoWayError` where there is none."""
        seconds, nearer = self._from(origin, goal)
        if seconds[goal] == np.inf:
            raise NoWayError(f"there is no way from node {origin} to node {goal}")
        nodes = followed(nearer, goal)[::-1]
        return nodes, [seconds[node] for node in nodes]

    def ahead(self, origin: int, goal: int, elapsed_s: float) -> tuple[int, float]:
        """Give the next node of a quickest way after so many seconds on it, and the seconds left to it."""
        return next_on(self.route(origin, goal), elapsed_s)

    def _from(self, origin: int, goal: int) -> tuple[memoryview, memoryview]:
        """Give a search from `origin` that has found the way to `goal`, or that there is none."""
        horizon, seconds, nearer = self._found.get(origin) or (0.0, _NOTHING, _NOTHING)
        while horizon < np.inf and (horizon == 0.0 or seconds[goal] == np.inf):
            horizon = next(longer for longer in HORIZONS_S if longer > horizon)
            found, steps = search(self._links, self._links.onward, self._times_s, np.array([origin]), horizon)
            seconds, nearer = found[0].data, steps[0].data
            self._found[origin] = (horizon, seconds, nearer)
            self.count += 1
        self._found.move_to_end(origin)
        while len(self._found) > self._most:
            self._found.popitem(last=False)
        return seconds, nearer


class AroundClosures:
    """Point-to-point times and ways where some links are closed or slower than usual.

    The usual time still holds unless one of those links could be on a quickest way: only then is a search
    due. When searches become many, labels for the changed network are made.

    Parameters
    ----------
    usual
        Times and ways with all links as usual.
    changed
        Tail, head and usual seconds of each link that is slower now.
    searches
        Searches on the network as it is now.
    own_labels
        Makes labels for the network as it is now.
    """

    __slots__ = ("_changed", "_own", "_own_labels", "_searches", "_usual")

    def __init__(
        self,
        usual: PointToPoint,
        changed: Sequence[tuple[int, int, float]],
        searches: Searches,
        own_labels: Callable[[], PointToPoint],
    ) -> None:
        self._usual, self._changed, self._searches = usual, changed, searches
        self._own_labels = own_labels
        self._own: PointToPoint | None = None

    def between(self, origin: int, goal: int) -> float:
        """Give the seconds from one node to another; inf where there is no way."""
        return self._now(origin, goal).between(origin, goal)

    def route(self, origin: int, goal: int) -> Route:
        """Give a quickest way; raise `NoWayError` where there is none."""
        return self._now(origin, goal).route(origin, goal)

    def ahead(self, origin: int, goal: int, elapsed_s: float) -> tuple[int, float]:
        """Give the next node of a quickest way after so many seconds on it, and the seconds left to it."""
        return self._now(origin, goal).ahead(origin, goal, elapsed_s)

    def _now(self, origin: int, goal: int) -> PointToPoint:
        """Choose what answers for this pair of nodes."""
        if self._own is not None:
            return self._own
        if self._untouched(origin, goal):
            return self._usual
        if self._searches.count < SEARCHES_BEFORE_LABELS:
            return self._searches
        self._own = self._own_labels()
        return self._own

    def _untouched(self, origin: int, goal: int) -> bool:
        """Tell whether none of the changed links can be on a quickest way."""
        if len(self._changed) > MOST_CHECKED:
            return False
        between = self._usual.between
        usual_s = between(origin, goal)
        most_s = usual_s * (1.0 + 1e-6) + 1e-6
        return usual_s == np.inf or all(
            between(origin, tail) + took_s + between(head, goal) > most_s
            for tail, head, took_s in self._changed
        )


_NOTHING = np.empty(0).data
