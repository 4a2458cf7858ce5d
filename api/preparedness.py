"""How ready a county is at a moment, and what one change would gain: what the command and other doors ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from api.service import scenario_folder
from api.trouble import Trouble, WrongUsage

if TYPE_CHECKING:
    from readiness.force import Force
    from results.readiness.gains import Change, Gains
    from results.readiness.survey import Survey
    from sim.county import County

WARM_UP_S = 86_400.0
MOST_OF_A_KIND = 2
"""Changes of each kind that are tried."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How what one change gains is found out: so many days, so many times over with and without it."""

    days: float = 60.0
    replications: int = 10
    seed: int = 1


def look(scenario: str, at: datetime | None = None, seed: int = 1) -> Survey:
    """Look at a county's readiness at a moment; no calls are simulated.

    Parameters
    ----------
    scenario
        A scenario's folder or the name of a built-in county.
    at
        Local time without a time zone; None: the scenario's start.
    seed
        Decides who of those on the roster has stayed away.

    Raises
    ------
    ScenarioError
        The scenario's files cannot be used.
    Trouble
        There is no such scenario, or it says nothing of who and what stands by.
    WrongUsage
        The moment lies before the scenario's start.
    """
    from results.readiness.survey import survey

    county = county_with_force(scenario)
    return survey(county, seconds_at(county, at), seed)


def county_with_force(name: str) -> County:
    """Build a county that says who and what stands by.

    Raises
    ------
    Trouble
        It does not.
    """
    from sim.scenarios.build import build_county
    from sim.scenarios.load import load_scenario

    county = build_county(load_scenario(scenario_folder(name)))
    if county.force is None:
        raise Trouble(
            "The scenario {name} says nothing of teams, rosters or equipment: there is no readiness to tell.",
            name=name,
        )
    return county


def seconds_at(county: County, at: datetime | None) -> float:
    """Turn a local time into seconds since the scenario's start."""
    from zoneinfo import ZoneInfo

    from readiness.calendar import moment_s
    from sim.conditions import local_time, start_of

    if at is None:
        return 0.0
    seconds = moment_s(at, ZoneInfo(county.time_zone), start_of(county))
    if seconds < 0.0:
        start = local_time(county, 0.0).strftime("%Y-%m-%d %H:%M")
        raise WrongUsage("The scenario begins at {start}; ask for that moment or a later one.", start=start)
    return seconds


def moment_of(text: str) -> datetime:
    """Read a local date and time as people write it: ``2026-07-15 03:00``, ``2026/7/15 3:00``.

    Raises
    ------
    WrongUsage
        It is none of these.
    """
    day, _, time = text.strip().replace("/", "-").replace("T", " ").partition(" ")
    try:
        year, month, number = (int(part) for part in day.split("-"))
        hour, minute, *rest = (int(part) for part in (time.strip() or "0:00").split(":"))
        return datetime(year, month, number) + timedelta(hours=hour, minutes=minute, seconds=sum(rest[:1]))
    except ValueError:
        raise WrongUsage(
            "{text} is not a date and time; write it like 2026-07-15 03:00.", text=text
        ) from None


def write_readiness(found: Survey, lang: str, folder: Path, command: str, gains: Gains | None = None) -> Path:
    """Write the readiness report and its pictures into a folder; give the report's path."""
    from results.readiness.page import write_page

    return write_page(folder, found, lang, command, gains)[0]


def gains_of_changes(
    found: Survey, trial: Trial = Trial(), on_progress: Callable[[int, int], None] | None = None
) -> Gains:
    """Find out what single changes gain: each is simulated under the same chance as the county as it is.

    Parameters
    ----------
    found
        The county and where it is thin: that decides which changes are tried.
    trial
        How long and how often.
    on_progress
        Told after each run: how many are done, of how many.
    """
    from results.readiness.gains import gains_of

    county = found.county
    changes = changes_to_try(found)
    everyone = [county, *(changed(county, change) for change in changes)]
    runs: list[list[Mapping[str, float]]] = [[] for _ in everyone]
    done = 0
    for replication in range(trial.replications):
        for number, variant in enumerate(everyone):
            runs[number].append(judged_run(variant, trial, replication))
            done += 1
            if on_progress is not None:
                on_progress(done, len(everyone) * trial.replications)
    return gains_of(county, trial.days, runs[0], list(zip(changes, runs[1:], strict=True)))


def judged_run(county: County, trial: Trial, replication: int) -> Mapping[str, float]:
    """Simulate one replication and judge it."""
    from results.measures import Window
    from results.readiness.gains import judged
    from results.wording import start_of
    from sim.engine import simulate
    from sim.fate import draw_fate
    from sim.record import incidents_frame, log_frame

    window = Window(WARM_UP_S, WARM_UP_S + trial.days * 86_400.0)
    run = simulate(county, draw_fate(county, trial.seed, replication, window.end_s))
    events, incidents = log_frame(county, run.log), incidents_frame(county, run.fate)
    return judged(events, incidents, county, window, start_of(county))


def changes_to_try(found: Survey) -> list[Change]:
    """Choose the changes that promise most: checks where faults hide, spares and people where few are."""
    return [*_checks(found), *_spares(found), *_people(found)]


def _checks(found: Survey) -> list[Change]:
    """Choose all regular checks together, and the one whose items may have most faults nobody knows of."""
    from readiness.equipment import concerns
    from results.readiness.gains import Change
    from results.readiness.words import force_of

    force, faulty = force_of(found.county), found.moment.stock.faulty_p
    teams = force.unit_team or (-1,) * len(found.county.units)
    sums = []
    for number, check in enumerate(force.checks):
        if check.every_s is None:
            continue
        mine = [
            float(faulty[n])
            for n, item in enumerate(force.items)
            if item.unit >= 0 and faulty[n] < 1.0 and concerns(check, item.type, teams[item.unit], -1)
        ]
        sums.append((-sum(mine), number))
    single = [Change("check", (number,)) for faults, number in sorted(sums)[:1] if faults < 0]
    return [Change("check", ()), *single] if single else []


def _spares(found: Survey) -> list[Change]:
    """Choose the types of equipment that keep units from a capability now."""
    from results.readiness.gains import Change
    from results.readiness.words import force_of

    force = force_of(found.county)
    codes = [kind.code for kind in force.item_types]
    chosen: list[Change] = []
    for one in found.moment.units:
        short = [code.split(":")[1] for code in one.why if code.startswith("short:")]
        team = force.unit_team[one.unit] if force.unit_team else -1
        for code in short:
            change = Change("spare", (codes.index(code), team))
            if team >= 0 and change not in chosen:
                chosen.append(change)
    return chosen[:MOST_OF_A_KIND]


def _people(found: Survey) -> list[Change]:
    """Choose the shifts and roles where one more person makes teams ready most: a person a team."""
    import numpy as np

    from results.readiness.survey import team_week
    from results.readiness.weeks import week_around

    county, before = found.county, np.nan_to_num(team_week(found))
    best: dict[int, tuple[float, Change]] = {}
    for change in _places(found):
        week = week_around(changed(county, change), found.moment.stock, found.moment.at_s)
        gain = float(np.nan_to_num(team_week(replace(found, week=week))).sum() - before.sum())
        team = change.numbers[0]
        if gain > 1.0 and gain > best.get(team, (0.0, change))[0]:
            best[team] = gain, change
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1]))
    return [change for _, change in ranked[:MOST_OF_A_KIND]]


def _places(found: Survey) -> list[Change]:
    """List the shifts and roles of the teams that are not always as ready as their equipment lets them be."""
    import numpy as np

    from results.readiness.gains import Change
    from results.readiness.survey import team_week
    from results.readiness.words import force_of

    wanting = [team for team, row in enumerate(team_week(found)) if np.ptp(row) > 0.01]
    rows = [row for row in force_of(found.county).roster if row.holder in wanting]
    return list(dict.fromkeys(Change("person", (row.holder, row.shift, row.role)) for row in rows))


def changed(county: County, change: Change) -> County:
    """Give the county with one change made."""
    from results.readiness.words import force_of

    return replace(county, force=CHANGES[change.kind](force_of(county), change.numbers))


def _check_twice(force: Force, numbers: Sequence[int]) -> Force:
    """Halve the time between the checks of some numbers, of all where none is named."""
    checks = [
        replace(check, every_s=check.every_s / 2.0)
        if check.every_s and number in (numbers or (number,))
        else check
        for number, check in enumerate(force.checks)
    ]
    return replace(force, checks=tuple(checks))


def _one_more_item(force: Force, numbers: Sequence[int]) -> Force:
    """Put one more item on the unit of the team that carries fewest of its type."""
    from readiness.force import Condition

    kind, team = numbers
    units = [unit for unit, its in enumerate(force.unit_team) if its == team]
    mine = [item for item in force.items if item.unit in units and item.type == kind]
    short = min(units, key=lambda unit: (_working(force, unit, kind) or 1e9, unit))
    like = mine[0] if mine else next(item for item in force.items if item.type == kind)
    fresh = replace(
        like,
        code=f"{like.code}+",
        unit=short,
        store=-1,
        made_s=0.0,
        tested_s=0.0,
        condition=Condition.SERVICEABLE,
        known=Condition.SERVICEABLE,
    )
    return replace(force, items=(*force.items, fresh))


def _working(force: Force, unit: int, kind: int) -> int:
    return sum(item.unit == unit and item.type == kind and item.known < 2 for item in force.items)


def _one_more_person(force: Force, numbers: Sequence[int]) -> Force:
    from results.readiness.gains import extra

    team, shift, role = numbers
    like = next(row for row in force.roster if row.holder == team and row.shift == shift and row.role == role)
    return replace(force, roster=(*force.roster, extra(team, shift, like)))


CHANGES: Mapping[str, Callable[[Force, Sequence[int]], Force]] = {
    "check": _check_twice,
    "spare": _one_more_item,
    "person": _one_more_person,
}
"""What each kind of change does to a force."""
