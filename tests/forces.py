"""Small forces made in code: teams, crews and rosters of which tests know every number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from readiness.force import Crew, Force, Lasting, Level, Manning, Role, Rostered, Shift, Team, Turnout

ALWAYS = Shift("always", 0.0, 24.0)
DAY = Shift("day", 8.0, 10.0)


def team_force(
    crews: Sequence[Sequence[int]],
    *,
    shifts: Sequence[Shift] = (ALWAYS,),
    roster: Sequence[Rostered] | None = None,
    people: int = 1,
    absence: float = 0.0,
    **more: Any,
) -> Force:
    """One team whose crews man the units given, each asking for `people`; by default all are always there."""
    units = sorted(unit for crew in crews for unit in crew)
    owner = {unit: number for number, crew in enumerate(crews) for unit in crew}
    force = Force(
        teams=(Team("T0", "full_time", 0, absence),),
        crews=tuple(
            Crew(f"C{number}", 0, tuple(crew), ((Manning(people),),) * len(crew))
            for number, crew in enumerate(crews)
        ),
        roles=(Role("firefighter"),),
        shifts=tuple(shifts),
        roster=tuple(roster or (Rostered(0, 0, 0, people * len(crews)),)),
        unit_team=tuple(0 for _ in units),
        unit_crew=tuple(owner[unit] for unit in units),
    )
    return replace(force, **more)


def turnout(level: Level, seconds: float) -> Turnout:
    """Turnout that always takes the same time at a level, for all kinds of team."""
    return Turnout("", level, Lasting("constant", seconds))
