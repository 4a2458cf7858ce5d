"""Rehearsing accidents: the same accidents, each in a short run of the county, under one plan after another.

Each accident has a moment of the year, a place and a course that depend on the seed and its number alone, so
that plans, rules and injects face the same accidents. Its run begins weeks before it, with the county's other
demand going on, so that equipment has had time to fail and crews to be busy, and ends a day after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from itertools import accumulate
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dispatch.plans import Plan, PlanKind
from sim.chance import hashed, key_of
from sim.county import Chain, County, Demand
from sim.engine import simulate
from sim.experiment import RunTrouble, processes, under_way
from sim.fate import MARKS, Fate, draw_fate
from sim.inject_words import inject_of
from sim.injects import Inject
from sim.record import incidents_frame, log_frame
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario
from sim.scenarios.rulefiles import rule_set

HOUR_S, DAY_S, YEAR_DAYS = 3600.0, 86400.0, 365
FLAT_HOURS, FLAT_MONTHS = (1.0,) * 24, (1.0,) * 12
EARLIER_S = HOUR_S
"""An inject of a rehearsal takes effect so long before the accident."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Variant:
    """Under what accidents are rehearsed.

    A plan (its code; "" those of the county), rules ("" the county's own), and injects as words, for example
    ``leave_post D04``.
    """

    plan: str = ""
    rules: str = ""
    injects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be rehearsed: how many accidents of what a plan covers, and for how long each.

    `before_s` and `after_s` are the lengths of a run before and after the accident.
    """

    scenario: Path
    plan: str
    accidents: int
    seed: int = 1
    before_s: float = 30 * DAY_S
    after_s: float = DAY_S


@dataclass(frozen=True, slots=True)
class Accident:
    """An accident to be rehearsed: its number from 1 on, its stream of demand, when in the year (s)."""

    number: int
    demand: int
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What happened in an accident under one variant.

    `events` are the rows of the log that concern it, and those of posts and channels; `row` is its own in the
    table of incidents. `ends_s` is when the record ends; times count from the run's own start, which was
    `offset_s` after the scenario's.
    """

    number: int
    incident: int
    offset_s: float
    ends_s: float
    events: pl.DataFrame
    row: Mapping[str, Any]


def rehearse(
    rehearsal: Rehearsal,
    variants: Sequence[Variant],
    workers: int = 0,
    on_progress: Progress | None = None,
) -> list[list[Played]]:
    """Rehearse the accidents under each variant.

    Parameters
    ----------
    rehearsal
        Which accidents.
    variants
        Under what.
    workers
        Processes; 0 takes one a core.
    on_progress
        Told after each finished accident: done, of how many.

    Returns
    -------
    list of list of Played
        By variant, in the order of the accidents.

    Raises
    ------
    ScenarioError
        The scenario's or the rules' files cannot be used.
    RunTrouble
        There is no such plan, post, channel, unit; or nothing that the plan covers can happen.
    """
    county = county_at(rehearsal.scenario)
    for variant in variants:
        county_under(county, variant)
    accidents = draw_accidents(county, plan_named(county, rehearsal.plan), rehearsal)
    tasks = [(rehearsal, tuple(variants), accident) for accident in accidents]
    done: dict[int, list[Played]] = {}
    for played in _each(tasks, workers or os.cpu_count() or 1):
        done[played[0].number] = played
        if on_progress:
            on_progress(len(done), len(tasks))
    return [[done[it.number][at] for it in accidents] for at in range(len(variants))]


Task = tuple[Rehearsal, tuple[Variant, ...], Accident]


def _each(tasks: Sequence[Task], workers: int) -> Iterator[list[Played]]:
    """Do the accidents and give each as it finishes."""
    if min(workers, len(tasks)) <= 1:
        yield from map(play, tasks)
        return
    with processes(min(workers, len(tasks))) as executor:
        for finished in under_way(executor, play, tasks, 2 * workers):
            yield from finished


def play(task: Task) -> list[Played]:
    """Rehearse one accident under every variant, in a scenario's county."""
    rehearsal, variants, accident = task
    return play_in(county_at(rehearsal.scenario), rehearsal, variants, accident)


def play_in(
    county: County, rehearsal: Rehearsal, variants: Sequence[Variant], accident: Accident
) -> list[Played]:
    """Rehearse one accident under every variant in a county: one fate, one run each."""
    offset_s = accident.at_s - rehearsal.before_s
    there = moved(county, offset_s)
    fate, incident = fate_with(there, accident, rehearsal)
    counties = [county_under(there, variant, rehearsal.before_s) for variant in variants]
    return [_one(each, fate, incident, accident.number, offset_s) for each in counties]


def _one(county: County, fate: Fate, incident: int, number: int, offset_s: float) -> Played:
    run = simulate(county, fate)
    events = log_frame(county, run.log)
    ours = events.filter((pl.col("incident") == incident) | (pl.col("kind").is_in(EVERYBODYS)))
    row = incidents_frame(county, fate).row(incident, named=True)
    return Played(number, incident, offset_s, fate.horizon_s, ours, row)


EVERYBODYS = ("CHANNEL_CUT", "CHANNEL_BACK", "POST_LEFT", "POST_MANNED", "WARNING")
"""Events that concern no incident and yet bear on one."""


@lru_cache(maxsize=1)
def county_at(folder: Path) -> County:
    """Build the county of a scenario's folder, once a process."""
    return build_county(load_scenario(folder))


def draw_accidents(county: County, plan: Plan, rehearsal: Rehearsal) -> tuple[Accident, ...]:
    """Draw the accidents: streams of demand by their weights, the moment by their hours and months."""
    streams = covered(county, plan)
    if not streams:
        raise RunTrouble("Nothing that the plan {plan} covers ever happens in this county.", plan=plan.code)
    weights = list(accumulate(county.demand[number].per_year for number in streams))
    found = []
    for number in range(1, rehearsal.accidents + 1):
        chance = np.random.default_rng(hashed(rehearsal.seed, key_of("rehearsal"), number))
        position = int(np.searchsorted(weights, chance.random() * weights[-1], side="right"))
        demand = streams[min(position, len(streams) - 1)]
        found.append(Accident(number, demand, _moment(county, county.demand[demand], chance)))
    return tuple(found)


def covered(county: County, plan: Plan) -> list[int]:
    """List the streams of demand that bring what a plan covers."""
    return [
        number
        for number, demand in enumerate(county.demand)
        if demand.per_year > 0 and _covers(county, plan, demand)
    ]


def _covers(county: County, plan: Plan, demand: Demand) -> bool:
    if county.kinds[demand.kind].category != "accident":
        return False
    if plan.kind == PlanKind.ON_SITE and demand.site not in plan.sites:
        return False
    return not plan.kinds or demand.kind in plan.kinds


def _moment(county: County, demand: Demand, chance: np.random.Generator) -> float:
    """Draw a moment of the year by the hours and months of a stream, in seconds of the scenario."""
    peak = max(demand.hourly) * max(demand.monthly)
    while True:
        at_s = float(chance.random()) * YEAR_DAYS * DAY_S
        local = county.start + timedelta(seconds=at_s)
        if chance.random() * peak < demand.hourly[local.hour] * demand.monthly[local.month - 1]:
            return at_s


def moved(county: County, offset_s: float) -> County:
    """Let a county's time begin later (or earlier); its injects stay at their moments."""
    injects = tuple(_shifted(it, -offset_s) for it in county.injects if _until_s(it) > offset_s)
    return replace(county, start=county.start + timedelta(seconds=offset_s), injects=injects)


def _until_s(inject: Inject) -> float:
    """Tell when the effect of an inject ends."""
    until_s: float | None = getattr(inject, "until_s", None)
    return inf if until_s is None else until_s


def _shifted(inject: Inject, by_s: float) -> Inject:
    """Move an inject in time; what began before the run begins with it."""
    moments: dict[str, Any] = {"at_s": max(0.0, inject.at_s + by_s)}
    if _until_s(inject) < inf:
        moments["until_s"] = _until_s(inject) + by_s
    return replace(inject, **moments)


def fate_with(county: County, accident: Accident, rehearsal: Rehearsal) -> tuple[Fate, int]:
    """Draw what chance brings in the run of an accident, and put the accident in; gives its number there."""
    horizon_s = rehearsal.before_s + rehearsal.after_s
    fate = draw_fate(county, rehearsal.seed, accident.number, horizon_s)
    marks = _marks(county, accident, rehearsal)
    at = sum(time_s <= rehearsal.before_s for time_s in fate.time_s)
    columns: dict[str, Any] = {
        name: _with(getattr(fate, name), at, getattr(marks, name)[0]) for name in MARKS
    }
    columns["time_s"][at] = rehearsal.before_s
    tables: dict[str, Any] = {
        name: _inserted(getattr(fate, name), at, getattr(marks, name))
        for name in ("updates", "grown", "escalates_s")
    }
    return replace(fate, **columns, **tables), at


def _marks(county: County, accident: Accident, rehearsal: Rehearsal) -> Fate:
    """Draw the accident's own marks, as the first incident of a stream of its own."""
    demand = replace(
        county.demand[accident.demand],
        code="rehearsal",
        per_year=YEAR_DAYS * 100.0,
        hourly=FLAT_HOURS,
        monthly=FLAT_MONTHS,
    )
    alone = replace(county, demand=(demand,), listed=None, force=None)
    return draw_fate(alone, rehearsal.seed, accident.number, DAY_S)


def _with(values: list[Any], at: int, value: Any) -> list[Any]:  # noqa: ANN401 - marks of all types
    return [*values[:at], value, *values[at:]]


def _inserted(table: Mapping[int, Any], at: int, marks: Mapping[int, Any]) -> dict[int, Any]:
    """Put the first incident's entry of one table into another at a number, moving the others up."""
    found = {number + (number >= at): value for number, value in table.items()}
    return found | ({at: marks[0]} if 0 in marks else {})


def county_under(county: County, variant: Variant, accident_s: float = 0.0) -> County:
    """Give a county under a variant: its plan alone, its rules, injects shortly before the accident.

    The plan is taken to cover the accident whatever it says it covers, so that two plans face the same ones.
    """
    changes: dict[str, Any] = {}
    if variant.plan:
        changes |= _with_plan(county, variant.plan)
    if variant.rules:
        changes["chain"] = replace(_chain(county), rules=rule_set(variant.rules))
    if variant.injects:
        at_s = max(0.0, accident_s - EARLIER_S)
        injects = (inject_of(county, words, at_s) for words in variant.injects)
        changes["injects"] = (*county.injects, *injects)
    return replace(county, **changes)


def _chain(county: County) -> Chain:
    if county.chain is None:
        raise RunTrouble("The scenario {code} says nothing of reporting.", code=county.code)
    return county.chain


def plan_named(county: County, code: str) -> Plan:
    """Find a plan by its code."""
    for plan in county.plans:
        if plan.code == code:
            return plan
    known = ", ".join(plan.code for plan in county.plans) or "–"
    raise RunTrouble("There is no plan {plan}; there are: {known}.", plan=code, known=known)


def _with_plan(county: County, code: str) -> dict[str, Any]:
    """Put one plan alone in force, for any accident."""
    plan = plan_named(county, code)
    number = county.plans.index(plan)
    first = sum(len(it.tasks) for it in county.plans[:number])
    names = dict(county.force_names)
    if "plans" in names:
        names["plans"] = names["plans"][number : number + 1]
        names["tasks"] = names["tasks"][first : first + len(plan.tasks)]
    whole = replace(plan, kind=PlanKind.GENERAL, kinds=(), sites=())
    return {"plans": (whole,), "force_names": names}
