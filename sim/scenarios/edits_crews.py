"""A crew that goes with its unit: the part of a team's roster that it takes along, as a team of its own."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenarios.editing import changed, find, with_row, with_table
from sim.scenarios.force_rows import RosterRow, TeamRow, crew_need, role_count
from sim.scenarios.rows import UnitRow
from sim.scenarios.scenario import Scenario


def moved_with_crew(scenario: Scenario, unit: UnitRow, base: str) -> Scenario:
    """Let a unit stand at another base, with the people who man it.

    The only unit of a team takes the whole team along. Of any other the crew leaves its team and becomes one
    of its own, with the same rules, checks and shifts: on each shift first the roles that the unit asks for,
    then others until it can roll with all that it is capable of, as far as the team has people.
    """
    if unit.team is None:
        return with_row(scenario, "units", unit, changed(unit, station=base))
    team: TeamRow = find(scenario, "teams", "unit", unit.team)
    if sum(row.team == team.code for row in scenario.units) == 1:
        done = with_row(scenario, "teams", team, changed(team, station=base))
        return with_row(done, "units", unit, changed(unit, station=base))
    new = changed(team, code=_new_code(scenario, f"{team.code}-{unit.code}"), station=base)
    done = with_row(scenario, "teams", None, new)
    done = with_row(done, "units", unit, changed(unit, station=base, team=new.code, crew=None))
    stay, go = _parted(scenario, unit, team.code, new.code)
    done = with_table(done, "roster", (*stay, *go))
    checks = [
        changed(row, code=_new_code(scenario, f"{row.code}-{unit.code}"), team=new.code)
        for row in scenario.checks
        if row.team == team.code
    ]
    return with_table(done, "checks", (*done.checks, *checks))


def _new_code(scenario: Scenario, wanted: str) -> str:
    """Give a code that nobody has yet."""
    taken = {row.code for table in ("teams", "posts", "checks") for row in getattr(scenario, table)}
    while wanted in taken:
        wanted += "+"
    return wanted[:40]


def _parted(
    scenario: Scenario, unit: UnitRow, team: str, new: str
) -> tuple[list[RosterRow], list[RosterRow]]:
    """Part the roster: the lines of those who stay, and of those who go with the unit."""
    lines = list(enumerate(scenario.roster))
    left = {at: row.count for at, row in lines}
    gone: dict[int, int] = {}
    for shift in dict.fromkeys(row.shift for row in scenario.roster if row.holder == team):
        mine = [(at, row) for at, row in lines if row.holder == team and row.shift == shift]
        for role, count in _asked(unit):
            for at, row in mine:
                taken = min(left[at], count) if role in (None, row.role) else 0
                left[at], count = left[at] - taken, count - taken
                gone[at] = gone.get(at, 0) + taken
    stay = [changed(row, count=left[at]) for at, row in lines if left[at]]
    go = [changed(row, holder=new, count=gone[at]) for at, row in lines if gone.get(at)]
    return stay, go


def _asked(unit: UnitRow) -> Iterator[tuple[str | None, int]]:
    """Go through the people that a unit asks for with all that it is capable of; None: of any role."""
    roles: dict[str, int] = {}
    people = unit.crew_min or 1
    for role, count in map(role_count, unit.crew_roles):
        roles[role] = max(roles.get(role, 0), count)
    for _, named, count in map(crew_need, unit.crew_for):
        if named is None:
            people = max(people, count)
        else:
            roles[named] = max(roles.get(named, 0), count)
    yield from roles.items()
    if people > sum(roles.values()):
        yield None, people - sum(roles.values())
