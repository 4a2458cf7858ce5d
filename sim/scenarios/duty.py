"""Duty as the files write it becomes duty as the clock knows it: roles, shifts, rosters, standby, posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from readiness import force
from readiness.force import Level
from sim.county import Duration as Drawn
from sim.scenarios.force_rows import PostRow, RosterRow
from sim.scenarios.ranks import ANY_WORD, Ranks
from sim.scenarios.readiness_model import Raising, Readiness, Role, Shift
from sim.scenarios.rows import UnitRow
from sim.scenarios.timing import drawn, hour_of, log_normal

MINUTE_S = 60.0
DAY_S = 86_400.0


def roles(ready: Readiness, ranks: Ranks) -> tuple[force.Role, ...]:
    """List the roles; one that stands for another stands for all that the other does."""
    return tuple(
        force.Role(code, frozenset(ranks.roles[other] for other in stands_for(ready.roles, code)))
        for code in ready.roles
    )


def stands_for(known: dict[str, Role], code: str) -> list[str]:
    """List the roles that a role can stand for besides itself, in the order they are found."""
    found = [code]
    for role in found:
        found += [other for other in known[role].counts_as if other not in found and other in known]
    return found[1:]


def shifts(ready: Readiness, start: date) -> tuple[force.Shift, ...]:
    """List the shifts."""
    return tuple(shift_of(code, it, start) for code, it in ready.shifts.items())


def shift_of(code: str, it: Shift, start: date) -> force.Shift:
    """Make a shift; its rotation counts from the scenario's first day where nothing else is said."""
    from_h, to_h = hour_of(it.from_) % 24, hour_of(it.to)
    return force.Shift(
        code=code,
        from_h=from_h,
        hours=to_h - from_h if to_h > from_h else to_h - from_h + 24,
        days=frozenset(day - 1 for day in it.days),
        on=it.on,
        cycle_days=it.cycle_days,
        cycle_on=frozenset(day - 1 for day in it.cycle_on),
        first=it.first or start,
    )


def rosters(
    rows: tuple[RosterRow, ...], ranks: Ranks
) -> tuple[tuple[force.Rostered, ...], tuple[force.Rostered, ...]]:
    """Part the roster into the teams' and the posts'; those of a post are always at it."""
    teams = tuple(_rostered(row, ranks.teams[row.holder], ranks) for row in rows if row.holder in ranks.teams)
    posts = tuple(_rostered(row, ranks.posts[row.holder], ranks) for row in rows if row.holder in ranks.posts)
    return teams, posts


def _rostered(row: RosterRow, holder: int, ranks: Ranks) -> force.Rostered:
    on_call = row.standby == "on_call" and row.holder in ranks.teams
    return force.Rostered(
        holder=holder,
        shift=ranks.shifts[row.shift],
        role=ranks.roles[row.role],
        count=row.count,
        level=Level.ON_CALL if on_call else Level.ON_STATION,
        person=row.person,
        since=row.since,
        until=row.until,
    )


def turnouts(ready: Readiness) -> tuple[force.Turnout, ...]:
    """List turnout by kind of team and level."""
    return tuple(
        force.Turnout(
            "" if it.team_kind == ANY_WORD else it.team_kind,
            Level[it.level.upper()],
            _lasting(log_normal(it.median_s, it.sigma)),
        )
        for it in ready.standby.turnout
    )


def standby(ready: Readiness, units: tuple[UnitRow, ...], ranks: Ranks) -> force.StandbyRules:
    """Say how standby is raised and what it moves."""
    rules, handover = ready.standby, ready.handover
    return force.StandbyRules(
        recall_s=rules.recall_min * MINUTE_S,
        second_crew_s=rules.second_crew_min * MINUTE_S,
        second_crew_share=rules.second_crew_share,
        forward_s=rules.forward_min * MINUTE_S,
        forward=dict(_forward(units, ranks)),
        raisings=tuple(_raising(it, ranks) for it in rules.raise_),
        handover_s=handover.lasts_min * MINUTE_S if handover else 0.0,
        handover_extra_s=handover.extra_s if handover else 0.0,
    )


def _forward(units: tuple[UnitRow, ...], ranks: Ranks) -> Iterator[tuple[int, int]]:
    for number, row in enumerate(units):
        if row.forward is not None:
            yield number, ranks.stations[row.forward]


def _raising(it: Raising, ranks: Ranks) -> force.Raising:
    return force.Raising(
        warning_level=it.warning_level,
        from_h=None if it.from_ is None else hour_of(it.from_),
        to_h=None if it.to is None else hour_of(it.to),
        months=None if it.months is None else frozenset(it.months),
        teams=tuple(ranks.teams[code] for code in it.teams),
    )


def posts(rows: tuple[PostRow, ...], ready: Readiness, ranks: Ranks) -> tuple[force.Post, ...]:
    """List the duty posts; one that names no channel is reached by all."""
    return tuple(
        force.Post(
            code=row.code,
            kind=row.kind,
            place=-1 if row.place is None else ranks.places[row.place],
            site=-1 if row.site is None else ranks.sites[row.site],
            owner=row.owner,
            channels=tuple(_answering(code, ready) for code in row.channels or ready.channels),
            absence=row.absence,
        )
        for row in rows
    )


def _answering(code: str, ready: Readiness) -> force.Answering:
    channel = ready.channels[code]
    return force.Answering(code, channel.answer_p, _lasting(drawn(channel.answer)))


def spot_checks(ready: Readiness) -> force.SpotChecks:
    """Say how often posts are checked, and what absence found changes."""
    it = ready.spot_checks
    if it is None:
        return force.SpotChecks()
    return force.SpotChecks(it.per_year, it.attention_days * DAY_S, it.attention_factor)


def _lasting(duration: Drawn) -> force.Lasting:
    return force.Lasting(duration.form, duration.a, duration.b)
