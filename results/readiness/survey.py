"""All that can be said of a county's readiness at one moment, gathered once for print, page and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from results.readiness.cover import Cover, covers_at
from results.readiness.desks import Desks, desks_at
from results.readiness.moment import Moment, UnitNow, moment_at
from results.readiness.weeks import Week, week_around
from results.readiness.words import force_of
from sim.conditions import local_time
from sim.county import County

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """The readiness of a county at a moment, over its week, at its posts, and whom it reaches."""

    county: County
    moment: Moment
    week: Week
    desks: Desks
    covers: tuple[Cover, ...]

    @property
    def local(self) -> datetime:
        """The moment in local time."""
        return local_time(self.county, self.moment.at_s)


@dataclass(frozen=True, slots=True)
class Link:
    """How well a capability is provided for: units built for it, ready now, expected at best and at worst.

    `rate` is the share ready over the week, `worst_hour` the hour of the week (0 Monday 0:00) with the fewest
    expected, `weakest` the code of what most often keeps units from it (a crew, a type of equipment; "":
    nothing does), with the units concerned.
    """

    capability: int
    built: int
    now: int
    rate: float
    worst: float
    worst_hour: int
    weakest: str
    concerned: tuple[int, ...]


def survey(county: County, at_s: float, seed: int = 1) -> Survey:
    """Look at a county's readiness at a moment.

    Parameters
    ----------
    county
        The county, with a force.
    at_s
        Seconds since the scenario's start.
    seed
        Decides who of those on the roster has stayed away.
    """
    moment = moment_at(county, at_s, seed)
    week = week_around(county, moment.stock, at_s, seed)
    return Survey(county, moment, week, desks_at(county, at_s, seed), covers_at(moment, week))


def links(found: Survey) -> list[Link]:
    """Judge every capability, the one with the fewest units expected in its worst hour first."""
    judged = [
        link
        for capability in range(len(found.county.capabilities))
        if (link := _link(found, capability)) is not None
    ]
    return sorted(judged, key=lambda link: (link.worst, link.now, link.capability))


def _link(found: Survey, capability: int) -> Link | None:
    mine = [one for one in found.moment.units if one.own >> capability & 1]
    if not mine:
        return None
    hours = found.week.ready[[one.unit for one in mine], capability].sum(axis=0)
    weakest, concerned = _weakest(found, capability, mine)
    return Link(
        capability,
        len(mine),
        sum(one.bits >> capability & 1 for one in mine),
        float(hours.mean()) / len(mine),
        float(hours.min()),
        int(np.argmin(hours)),
        weakest,
        concerned,
    )


def _weakest(found: Survey, capability: int, mine: list[UnitNow]) -> tuple[str, tuple[int, ...]]:
    """Find what keeps most units from a capability now; where nothing does, whose crews are scarcest."""
    lacking: dict[str, list[int]] = {}
    for one in mine:
        if not one.bits >> capability & 1:
            for code in one.why:
                word, *rest = code.split(":")
                lacking.setdefault(f"{word}:{rest[0]}" if word == "short" else word, []).append(one.unit)
    if lacking:
        code, units = max(lacking.items(), key=lambda pair: (len(pair[1]), pair[0]))
        return code, tuple(units)
    chances = {one.unit: float(found.week.ready[one.unit, capability].min()) for one in mine}
    scarce = min(chances, key=lambda unit: (chances[unit], unit))
    return ("crew_short", (scarce,)) if chances[scarce] < 0.995 else ("", ())


def team_week(found: Survey) -> Floats:
    """Expect by team and hour the share of what its units are built for that they are ready for."""
    teams = force_of(found.county).unit_team
    rows = np.full((len(force_of(found.county).teams), found.week.ready.shape[2]), np.nan)
    for team in range(len(rows)):
        units = [unit for unit, its in enumerate(teams) if its == team]
        if units:
            rows[team] = np.mean([_of_its_own(found, unit) for unit in units], axis=0)
    return rows


def capability_week(found: Survey) -> Floats:
    """Expect by capability and hour the share of the units built for it that are ready for it."""
    rows = np.full((len(found.county.capabilities), found.week.ready.shape[2]), np.nan)
    for capability in range(len(rows)):
        mine = [one.unit for one in found.moment.units if one.own >> capability & 1]
        if mine:
            rows[capability] = found.week.ready[mine, capability].mean(axis=0)
    return rows


def _of_its_own(found: Survey, unit: int) -> Floats:
    own = sorted(found.county.units[unit].capabilities)
    shares: Floats = found.week.ready[unit, own].mean(axis=0)
    return shares
