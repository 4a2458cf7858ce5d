"""Roads as they are now: what is closed and what is slow, and the compiled roads that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.injects import CloseRoad, Roadwork
from sim.road_table import RoadTable, TravelProfile, arc_times_s
from sim.roads import RoadIndex, compile_roads

KEPT = 64
"""So many states of the roads are kept compiled in a process."""


class Ways(NamedTuple):
    """A state of the roads: arcs closed, in rising order, and arcs slowed with their factor on speed."""

    closed: tuple[int, ...] = ()
    slowed: tuple[tuple[int, float], ...] = ()


AS_USUAL = Ways()


class Work(NamedTuple):
    """Something that closes or slows roads now, and the arcs that it still concerns."""

    inject: Roadwork
    arcs: tuple[int, ...]


def ways_of(works: Sequence[Work]) -> Ways:
    """Put together what is closed and what is slow; where several slow an arc, factors are multiplied.

    Examples
    --------
    >>> ways_of([Work(CloseRoad(0.0, (4, 2)), (4, 2)), Work(CloseRoad(0.0, (2, 3)), (2, 3))]).closed
    (2, 3, 4)
    """
    closed: dict[int, bool] = {}
    slowed: dict[int, float] = {}
    for inject, arcs in works:
        for arc in arcs:
            if isinstance(inject, CloseRoad):
                closed[arc] = True
            else:
                slowed[arc] = slowed.get(arc, 1.0) * inject.factor
    return Ways(tuple(sorted(closed)), tuple(sorted(slowed.items())))


def without_arcs(works: Sequence[Work], arcs: Iterable[int]) -> list[Work]:
    """Give what is left of works where arcs are as usual again."""
    opened = dict.fromkeys(arcs)
    left = [Work(work.inject, tuple(arc for arc in work.arcs if arc not in opened)) for work in works]
    return [work for work in left if work.arcs]


def without_work(works: Sequence[Work], inject: Roadwork) -> list[Work]:
    """Give the works that go on when one of them ends: the first that was begun by this inject."""
    at = next((at for at, work in enumerate(works) if work.inject == inject), None)
    return [work for number, work in enumerate(works) if number != at]


@lru_cache(maxsize=KEPT)
def roads_in(roads: RoadIndex, ways: Ways) -> RoadIndex:
    """Give a county's roads in a state; compiled when first asked for, shared by all runs of a process."""
    if not ways.slowed:
        return roads.close(ways.closed)
    _, (table, facilities, profiles, regimes, _) = roads.__reduce__()
    return compile_roads(slower(table, profiles, ways.slowed), facilities, profiles, regimes).close(
        ways.closed
    )


def slower(
    table: RoadTable, profiles: Sequence[TravelProfile], slowed: Sequence[tuple[int, float]]
) -> RoadTable:
    """Give roads on which some arcs take longer, whatever is driven."""
    times_s = np.full((len(profiles), table.n_arcs), np.nan)
    times_s[: len(table.times_s)] = table.times_s
    arcs = np.array([arc for arc, _ in slowed], np.int64)
    factors = np.array([factor for _, factor in slowed])
    for number, profile in enumerate(profiles):
        times_s[number, arcs] = arc_times_s(table, number, profile, {})[arcs] / factors
    return replace(table, times_s=times_s)
