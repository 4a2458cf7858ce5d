"""From a scenario's files to who and what stands by: the force, the names of its parts, the injects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness import force
from readiness.force import Force
from sim.county import Names as Called
from sim.injects import Inject
from sim.scenarios.calls import injects_of
from sim.scenarios.duty import posts, roles, rosters, shifts, spot_checks, standby, turnouts
from sim.scenarios.force_rows import FORCE_ROWS, RoleCounts, crew_need, role_count
from sim.scenarios.gear import checks, item_types, items, stores
from sim.scenarios.holidays import days_off
from sim.scenarios.numbering import called, named
from sim.scenarios.ranks import Ranks
from sim.scenarios.readiness_model import Readiness
from sim.scenarios.rows import UnitRow
from sim.scenarios.scenario import Scenario
from sim.scenarios.timing import hour_of


@dataclass(frozen=True, slots=True)
class Enlisted:
    """Who and what stands by (`force`; None where nothing is said of it), its `names`, and the `injects`."""

    force: Force | None
    names: Mapping[str, tuple[Called, ...]]
    injects: tuple[Inject, ...]


def enlist(scenario: Scenario) -> Enlisted:
    """Number who and what stands by.

    Parameters
    ----------
    scenario
        A scenario without problems, its tables in the order in which the county numbers them.

    Returns
    -------
    Enlisted
        Codes have become numbers, days and minutes seconds since the scenario's start.
    """
    ranks = Ranks.of(scenario)
    calls = injects_of(scenario, ranks)
    if not says_readiness(scenario):
        return Enlisted(None, {}, calls)
    return Enlisted(_force(scenario, ranks), _names(scenario), calls)


def says_readiness(scenario: Scenario) -> bool:
    """Tell whether a scenario says anything about readiness."""
    if scenario.settings.readiness is not None or any(getattr(scenario, table) for table in FORCE_ROWS):
        return True
    return any(row.team is not None for row in scenario.units)


def _force(scenario: Scenario, ranks: Ranks) -> Force:
    ready = scenario.settings.readiness or Readiness()
    crews = _crews(scenario.units, ranks)
    off, makeup = days_off(ready.holidays, scenario.settings.start)
    of_teams, of_posts = rosters(scenario.roster, ranks)
    return Force(
        teams=_teams(scenario, ranks),
        crews=crews,
        roles=roles(ready, ranks),
        shifts=shifts(ready, scenario.settings.start.date()),
        roster=of_teams,
        turnouts=turnouts(ready),
        standby=standby(ready, scenario.units, ranks),
        item_types=item_types(ready, ranks),
        items=items(scenario, ranks),
        stores=stores(scenario.stores, ranks),
        checks=checks(scenario, ranks),
        posts=posts(scenario.posts, ready, ranks),
        post_roster=of_posts,
        channels=_channels(ready),
        spot_checks=spot_checks(ready),
        index=force.IndexWeights(**ready.index.model_dump()) if ready.index else force.IndexWeights(),
        holidays=off,
        makeup_days=makeup,
        unit_team=tuple(-1 if row.team is None else ranks.teams[row.team] for row in scenario.units),
        unit_crew=_unit_crew(crews, len(scenario.units)),
    )


def _teams(scenario: Scenario, ranks: Ranks) -> tuple[force.Team, ...]:
    return tuple(
        force.Team(
            row.code,
            row.kind,
            ranks.stations[row.station],
            row.absence,
            row.max_hours,
            row.rest_h,
            row.owner,
        )
        for row in scenario.teams
    )


def _crews(units: tuple[UnitRow, ...], ranks: Ranks) -> tuple[force.Crew, ...]:
    """Gather units into crews, by team and then by the first unit; a unit that names none has its own."""
    crews: dict[tuple[int, str], list[int]] = {}
    for number, row in enumerate(units):
        if row.team is not None:
            crews.setdefault((ranks.teams[row.team], row.crew or row.code), []).append(number)
    return tuple(
        force.Crew(code, team, tuple(mine), tuple(manning(units[unit], ranks) for unit in mine))
        for (team, code), mine in sorted(crews.items(), key=lambda crew: (crew[0][0], crew[1][0]))
    )


def _unit_crew(crews: tuple[force.Crew, ...], n_units: int) -> tuple[int, ...]:
    found = [-1] * n_units
    for number, crew in enumerate(crews):
        for unit in crew.units:
            found[unit] = number
    return tuple(found)


def manning(row: UnitRow, ranks: Ranks) -> tuple[force.Manning, ...]:
    """Say what a unit asks of its crew: first to roll at all, then for each capability that asks for more."""
    needs = [force.Manning(people_to_roll(row), _by_role(row.crew_roles, ranks))]
    wanted: dict[str, list[tuple[str | None, int]]] = {}
    for text in row.crew_for:
        capability, role, count = crew_need(text)
        wanted.setdefault(capability, []).append((role, count))
    for capability, lines in wanted.items():
        by_role = tuple((ranks.roles[role], count) for role, count in lines if role is not None)
        people = max([0, *(count for role, count in lines if role is None)])
        people = max(people, sum(count for _, count in by_role))
        needs.append(force.Manning(people, by_role, ranks.capabilities[capability]))
    return tuple(needs)


def people_to_roll(row: UnitRow) -> int:
    """Count the people without whom a unit does not roll: at least one, and one for each role asked for."""
    asked = sum(role_count(text)[1] for text in row.crew_roles)
    return max(row.crew_min or 1, asked)


def _by_role(texts: RoleCounts, ranks: Ranks) -> tuple[tuple[int, int], ...]:
    return tuple((ranks.roles[role], count) for role, count in map(role_count, texts))


def _channels(ready: Readiness) -> tuple[force.Channel, ...]:
    return tuple(
        force.Channel(
            code,
            hour_of(it.from_),
            hour_of(it.to),
            it.fails.warning_level if it.fails else None,
            it.fails.chance if it.fails else 0.0,
        )
        for code, it in ready.channels.items()
    )


def _names(scenario: Scenario) -> dict[str, tuple[Called, ...]]:
    ready = scenario.settings.readiness or Readiness()
    settings = {part: getattr(ready, part) for part in ("roles", "shifts", "item_types", "channels")}
    tables = {table: getattr(scenario, table) for table in ("teams", "stores", "posts")}
    return {
        **{
            part: tuple(called(it.name, code) for code, it in parts.items())
            for part, parts in settings.items()
        },
        **{table: tuple(map(named, rows)) for table, rows in tables.items()},
    }
