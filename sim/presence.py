"""Who comes to duty: the roster's turns less those absent, and what that lets each unit do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from readiness.calendar import Turn, rostered_turns, turns
from readiness.crews import fit, handovers, man
from readiness.force import Force, Level, StandbyRules
from readiness.standby import raised_spans
from sim.chance import key_of, stream
from sim.conditions import start_of
from sim.county import County
from sim.state import bits_of

Counts = NDArray[np.int16]


class Manned(NamedTuple):
    """What its crew lets a unit do: capabilities as bits, where the crew stands by, and how many it lacks."""

    bits: int
    level: int
    short: int


class Posture(NamedTuple):
    """How a team's units are manned, a `Manned` a unit in the order of `units_of`.

    As usual; with those on call brought to the station; and with a second crew called in as well.
    """

    usual: tuple[Manned, ...]
    recalled: tuple[Manned, ...]
    doubled: tuple[Manned, ...]


class Change(NamedTuple):
    """A team is manned in another way from a moment on."""

    time_s: float
    team: int
    posture: Posture


@dataclass(frozen=True, slots=True)
class Presence:
    """Who comes in one replication: changes by time, the first of each team at second 0.

    `handovers` lists, by team, when shifts begin on its station; `windows` the moments at which hours or
    months of a rule that raises standby begin or end.
    """

    changes: tuple[Change, ...]
    handovers: tuple[tuple[float, ...], ...]
    windows: tuple[float, ...]

    def __deepcopy__(self, memo: dict[int, Any]) -> Presence:
        return self


def draw_presence(county: County, seed: int, replication: int, horizon_s: float) -> Presence | None:
    """Draw who comes to each turn of duty; None where no team is on any roster.

    Absence hangs on the row of the roster, the person and the turn: another row changes nobody else's.
    """
    force = county.force
    if force is None or not force.roster:
        return None
    duties = _duties(county, horizon_s)
    changes: list[Change] = []
    for team in range(len(force.teams)):
        rows = [row for row, rostered in enumerate(force.roster) if rostered.holder == team]
        present = [_present(force, row, duties.turns[row], seed, replication) for row in rows]
        changes += _changes(county, team, rows, duties, present, horizon_s)
    changes.sort(key=lambda change: (change.time_s, change.team))
    return Presence(tuple(changes), duties.handovers, duties.windows)


class _Duties(NamedTuple):
    """What the calendar alone decides: the turns of each row of the roster, handovers, windows."""

    turns: tuple[tuple[Turn, ...], ...]
    handovers: tuple[tuple[float, ...], ...]
    windows: tuple[float, ...]


@lru_cache(maxsize=4)
def _duties(county: County, horizon_s: float) -> _Duties:
    force, zone, start = county.force or Force(), ZoneInfo(county.time_zone), start_of(county)
    spans = [turns(s, zone, start, horizon_s, force.holidays, force.makeup_days) for s in force.shifts]
    by_row = rostered_turns(force.roster, spans, zone, start)
    taken_over: list[list[float]] = [[] for _ in force.teams]
    for time_s, team in handovers(force, by_row):
        taken_over[team].append(time_s)
    opened = _windows(force.standby, zone, start, horizon_s)
    return _Duties(tuple(map(tuple, by_row)), tuple(map(tuple, taken_over)), opened)


def _windows(rules: StandbyRules, zone: ZoneInfo, start: datetime, horizon_s: float) -> tuple[float, ...]:
    """List the moments at which the hours or months of a rule that raises standby begin or end."""
    timed = [
        replace(raising, warning_level=None, teams=(0,))
        for raising in rules.raisings
        if raising.from_h is not None or raising.months
    ]
    spans = [
        span
        for raising in timed
        for span in raised_spans(replace(rules, raisings=(raising,)), 1, (), zone, start, horizon_s)
    ]
    moments = {moment for begin_s, end_s, _ in spans for moment in (begin_s, end_s)}
    return tuple(sorted(moment for moment in moments if 0.0 < moment < horizon_s))


def _present(force: Force, row: int, turned: Sequence[Turn], seed: int, replication: int) -> Counts:
    """Count who comes to each turn of a row of the roster."""
    rostered = force.roster[row]
    team = force.teams[rostered.holder]
    if team.absence <= 0.0:
        return np.full(len(turned), rostered.count, dtype=np.int16)
    words = (team.code, force.shifts[rostered.shift].code, force.roles[rostered.role].code, rostered.person)
    chance = stream(seed, replication, "absence", key_of("/".join(words)), int(rostered.level))
    drawn = chance.random((len(turned), rostered.count))
    return np.asarray((drawn >= team.absence).sum(axis=1), dtype=np.int16)


def _changes(
    county: County,
    team: int,
    rows: Sequence[int],
    duties: _Duties,
    present: Sequence[Counts],
    horizon_s: float,
) -> list[Change]:
    """Add the rows of a team up over time, and keep the moments at which its units are manned otherwise."""
    force = county.force or Force()
    moments, people = _strengths(force, rows, duties, present, horizon_s)
    changes: list[Change] = []
    for time_s, counts in zip(moments, people, strict=True):
        posture = posture_of(county, team, counts)
        if not changes or posture != changes[-1].posture:
            changes.append(Change(time_s, team, posture))
    return changes


def _strengths(
    force: Force, rows: Sequence[int], duties: _Duties, present: Sequence[Counts], horizon_s: float
) -> tuple[list[float], list[tuple[int, ...]]]:
    """Give the moments at which a team's strength changes, and how many of each role and level there are."""
    roles = len(force.roles)
    times: list[float] = []
    places: list[int] = []
    numbers: list[NDArray[Any]] = []
    for row, counts in zip(rows, present, strict=True):
        rostered, turned = force.roster[row], duties.turns[row]
        place = rostered.role + (roles if rostered.level == Level.ON_CALL else 0)
        times += [max(turn.begin_s, 0.0) for turn in turned] + [turn.end_s for turn in turned]
        places += [place] * (2 * len(turned))
        numbers += [counts, -counts]
    moments, where = np.unique(np.array([0.0, *times]), return_inverse=True)
    deltas = np.zeros((len(moments), 2 * roles), dtype=np.int16)
    if times:
        np.add.at(deltas, (where[1:], np.array(places)), np.concatenate(numbers))
    totals = np.cumsum(deltas, axis=0)
    kept = np.append(True, np.any(np.diff(totals, axis=0) != 0, axis=1)) & (moments < horizon_s)
    return moments[kept].tolist(), [tuple(row) for row in totals[kept].tolist()]


def units_of(force: Force, team: int) -> tuple[int, ...]:
    """List the units of a team's crews, crew by crew, in the order in which they are manned."""
    return tuple(unit for crew in force.crews if crew.team == team for unit in crew.units)


@lru_cache(maxsize=100_000)
def posture_of(county: County, team: int, counts: tuple[int, ...]) -> Posture:
    """Tell how a team's units are manned by so many people of each role, on station and then on call."""
    force = county.force or Force()
    roles = len(force.roles)
    here, called = counts[:roles], counts[roles:]
    both = tuple(a + b for a, b in zip(here, called, strict=True))
    whole = _whole(force, team)
    share = force.standby.second_crew_share
    more = tuple(now + int(share * max(0, all_ - now)) for now, all_ in zip(both, whole, strict=True))
    on_station = _manned(county, team, here, Level.ON_STATION)
    at_home = _manned(county, team, both, Level.ON_CALL) if any(called) else on_station
    usual = tuple(map(_better, on_station, at_home))
    recalled = _manned(county, team, both, Level.RAISED)
    return Posture(usual, recalled, _manned(county, team, more, Level.RAISED) if more != both else recalled)


def _better(on_station: Manned, at_home: Manned) -> Manned:
    """Take the crew on station as far as it can do as much as with those at home."""
    return on_station if on_station.bits == at_home.bits else at_home


def _whole(force: Force, team: int) -> tuple[int, ...]:
    """Count everybody on a team's roster, by role."""
    totals = [0] * len(force.roles)
    for row in force.roster:
        if row.holder == team:
            totals[row.role] += row.count
    return tuple(totals)


def _manned(county: County, team: int, people: Sequence[int], level: Level) -> tuple[Manned, ...]:
    """Man a team's crews with these people and tell what each unit can do then."""
    force = county.force or Force()
    crews = [crew for crew in force.crews if crew.team == team]
    found = []
    for crew, its_people in zip(crews, man(crews, people, force.roles), strict=True):
        for unit, manning in zip(crew.units, crew.manning, strict=True):
            own = bits_of(county.units[unit].capabilities)
            rolls, lacking = fit(manning, its_people, force.roles)
            asked = max((need.people for need in manning), default=0)
            bits = own & ~bits_of(lacking) if rolls else 0
            found.append(Manned(bits, int(level), max(0, asked - sum(its_people))))
    return tuple(found)
