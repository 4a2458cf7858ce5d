"""Accidents that do not come by chance: put into a fate at a moment, behind all that was drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.county import County, Demand
from sim.fate import MARKS, Fate, Update, marked
from sim.injects import AddAccident
from sim.whereabouts import Whereabouts

EVEN_HOURS, EVEN_MONTHS = (1.0,) * 24, (1.0,) * 12


def with_accident(county: County, fate: Fate, accident: AddAccident, now: float) -> tuple[Fate, int]:
    """Put an accident into a fate; all others keep their numbers and marks.

    What the accident leaves open is drawn from streams of its own, keyed by its code, so that it is the same
    in every run of the same replication.

    Returns
    -------
    tuple
        The fate with the accident, and the accident's number.
    """
    code = accident.code or f"{county.kinds[accident.kind].code}@{now:.0f}#{fate.added}"
    site = None if accident.site < 0 else accident.site
    demand = Demand(code, accident.kind, 0.0, EVEN_HOURS, EVEN_MONTHS, site=site, priority=accident.priority)
    spots = Whereabouts.at(county, [accident.lon], [accident.lat])
    group = marked(county, fate.seed, fate.replication, demand, np.array([now]), spots)
    marks: dict[str, Any] = {mark: column.tolist()[0] for mark, column in group.columns.items()}
    if accident.grade is not None:
        marks["grade"] = accident.grade
    if site is not None:
        marks["place"] = county.sites[site].place
    number, outcome = len(fate), group.comes_to[0]
    updates = _given(accident) or outcome.updates
    more: dict[str, Any] = {mark: [*getattr(fate, mark), marks[mark]] for mark in MARKS}
    if updates:
        more["updates"] = {**fate.updates, number: updates}
    if outcome.escalates_s is not None:
        worst = tuple(map(_worst, zip(updates, outcome.grown, strict=False)))
        more["escalates_s"] = {**fate.escalates_s, number: outcome.escalates_s}
        more["grown"] = {**fate.grown, number: worst or updates}
    return replace(fate, added=fate.added + 1, **more), number


def _given(accident: AddAccident) -> tuple[Update, ...]:
    """Tell the harm that is given; () where all of it is left to chance."""
    harm = (accident.deaths, accident.injuries, accident.loss_cny)
    if harm == (None, None, None):
        return ()
    return (Update(0.0, accident.deaths or 0, accident.injuries or 0, accident.loss_cny or 0.0),)


def _worst(both: tuple[Update, Update]) -> Update:
    """Give the harm of an accident that has grown: in no count less than before."""
    one, other = both
    return Update(
        one.after_s,
        max(one.deaths, other.deaths),
        max(one.injuries, other.injuries),
        max(one.loss_cny, other.loss_cny),
    )
