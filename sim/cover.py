"""What free units cover from their stations, and how much of it would go with each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from readiness.expected_coverage import lost_by_leaving
from sim.chance import mean_s
from sim.county import Capability, County
from sim.fate import YEAR_S
from sim.journeys import Reach

_MOST_BUSY = 0.95


class Cover:
    """A county's people where they live, and the time in which the most urgent calls are to be reached."""

    __slots__ = ("_busy", "_nodes", "_people", "_within_s")

    def __init__(self, county: County) -> None:
        homes = [(place.population / len(place.nodes), place.nodes) for place in county.places if place.nodes]
        self._nodes = np.array([node for _, nodes in homes for node in nodes], dtype=np.intp)
        self._people = np.array([share for share, nodes in homes for _ in nodes], dtype=float)
        self._within_s = next((p.target_s for p in county.priorities if p.target_s is not None), None)
        self._busy = [busy_share(county, capability) for capability in range(len(county.capabilities))]

    def lost(
        self, reach: Reach, turnout_s: Sequence[float], capability: Capability, free: Sequence[int]
    ) -> list[float]:
        """Tell which share of the expected coverage goes with each free unit of a capability.

        Where nobody is known to live anywhere, or no time is asked, nothing is lost.

        Parameters
        ----------
        reach
            What the units' times from their stations are made of.
        turnout_s
            Mean seconds from the order to the start, one for each of `free`.
        free
            The units that cover the capability now.
        """
        if self._within_s is None or not self._people.any():
            return [0.0] * len(free)
        way_s = np.array([np.asarray(reach.rows[unit])[self._nodes] for unit in free])
        leave_s = np.array([reach.start_s[unit] for unit in free]) + turnout_s
        cost = lost_by_leaving(
            way_s + leave_s[:, np.newaxis],
            np.ones(len(free), dtype=bool),
            self._busy[capability],
            self._people,
            self._within_s,
        )
        return [float(share) for share in cost]


def busy_share(county: County, capability: Capability) -> float:
    """Estimate how busy the units of a capability are, from what the scenario says alone.

    Units asked for a year times the mean time to control, over the units' time. Ways and refitting are left
    out, for they hang on who goes; the figure only weighs the first unit in reach against the second.
    """
    units = sum(capability in unit.capabilities for unit in county.units)
    if not units:
        return 0.0
    work_s = 0.0
    for demand in county.demand:
        kind = county.kinds[demand.kind]
        asked = sum(
            chance * need.count
            for chance, card in zip(kind.grade_p, kind.run_cards, strict=True)
            for need in card
            if need.capability == capability
        )
        work_s += demand.per_year * asked * mean_s(kind.control)
    return min(work_s / (units * YEAR_S), _MOST_BUSY)
