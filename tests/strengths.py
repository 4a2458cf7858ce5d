"""Who is on duty in each team through time, turn by turn: slow and plain, to measure `sim.presence` by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from readiness.calendar import Turn, running
from readiness.crews import People
from readiness.force import Force, Level

Absent = Callable[[int, int, int], bool]
"""Whether a person of a row of the roster stays away: row, person (from 0 to the row's count), turn."""


class Strength(NamedTuple):
    """Who of a team is on duty from a moment on, by role: those on station and those on call."""

    time_s: float
    team: int
    on_station: People
    on_call: People


def duty_changes(
    force: Force, turns_by_row: Sequence[Sequence[Turn]], horizon_s: float, absent: Absent
) -> list[Strength]:
    """List every moment at which the strength of a team changes.

    Parameters
    ----------
    force
        The teams, their roster and roles.
    turns_by_row
        `readiness.calendar.rostered_turns` of the roster.
    horizon_s
        Changes at this moment or later are left out.
    absent
        Whether somebody stays away; asked only in teams where people ever do.

    Returns
    -------
    list of Strength
        In order of time and team; first, at second 0, the strength of every team.
    """
    changes: dict[tuple[float, int], list[tuple[int, int]]] = {
        (0.0, team): [] for team in range(len(force.teams))
    }
    for row, rostered in enumerate(force.roster):
        place = rostered.role + (len(force.roles) if rostered.level == Level.ON_CALL else 0)
        for turn in turns_by_row[row]:
            if turn.end_s > 0.0 and turn.begin_s < horizon_s:
                number = _present(force, row, turn.number, absent)
                changes.setdefault((max(turn.begin_s, 0.0), rostered.holder), []).append((place, number))
                changes.setdefault((turn.end_s, rostered.holder), []).append((place, -number))
    return _strengths(changes, len(force.teams), len(force.roles), horizon_s)


def people_at(
    force: Force, turns_by_row: Sequence[Sequence[Turn]], time_s: float, absent: Absent
) -> list[Strength]:
    """Give the strength of every team at one moment; parameters as in `duty_changes`."""
    people = [[0] * (2 * len(force.roles)) for _ in force.teams]
    for row, rostered in enumerate(force.roster):
        place = rostered.role + (len(force.roles) if rostered.level == Level.ON_CALL else 0)
        for turn in running(turns_by_row[row], time_s):
            people[rostered.holder][place] += _present(force, row, turn.number, absent)
    return [_strength(time_s, team, counts) for team, counts in enumerate(people)]


def _present(force: Force, row: int, turn: int, absent: Absent) -> int:
    """Count those of a row who come to a turn."""
    rostered = force.roster[row]
    if force.teams[rostered.holder].absence <= 0.0:
        return rostered.count
    return rostered.count - sum(absent(row, person, turn) for person in range(rostered.count))


def _strengths(
    changes: dict[tuple[float, int], list[tuple[int, int]]], teams: int, roles: int, horizon_s: float
) -> list[Strength]:
    """Add up changes of strength; moments at which nothing changes in the end are left out."""
    people = [[0] * (2 * roles) for _ in range(teams)]
    listed = []
    for (time_s, team), deltas in sorted(changes.items()):
        before = people[team].copy()
        for place, number in deltas:
            people[team][place] += number
        if time_s < horizon_s and (time_s == 0.0 or people[team] != before):
            listed.append(_strength(time_s, team, people[team]))
    return listed


def _strength(time_s: float, team: int, counts: Sequence[int]) -> Strength:
    roles = len(counts) // 2
    return Strength(time_s, team, tuple(counts[:roles]), tuple(counts[roles:]))
