"""Standby (备勤): when it is raised, who is at the station by when, how fast teams turn out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from readiness.calendar import Span, common, merged, moment_s, turns
from readiness.force import Lasting, Level, Raising, Shift, StandbyRules, Turnout

WarningSpan = tuple[float, float, int]
"""A warning (预警) that holds in [begin_s, end_s): its level is 1 (red) to 4 (blue)."""


def turnout_of(turnouts: Sequence[Turnout], team_kind: str, level: Level) -> Lasting | None:
    """Give how long turnout takes for a team of a kind at a standby level.

    Parameters
    ----------
    turnouts
        The rules; of several for the same kind and level the first holds.
    team_kind
        The kind of the team.
    level
        Where its crew stands by.

    Returns
    -------
    Lasting or None
        By the rule for this kind, else by the rule for any kind; None: the unit's own turnout holds.

    Examples
    --------
    >>> rules = [Turnout("", Level.ON_CALL, Lasting("constant", 300.0))]
    >>> turnout_of(rules, "part_time", Level.ON_CALL).a
    300.0
    """
    for kind in (team_kind, ""):
        for rule in turnouts:
            if rule.level == level and rule.team_kind == kind:
                return rule.lasting
    return None


def raised_spans(
    rules: StandbyRules,
    teams: int,
    warnings: Sequence[WarningSpan],
    zone: tzinfo,
    start: datetime,
    horizon_s: float,
) -> list[tuple[float, float, int]]:
    """Give when the rules raise the standby of each team.

    Parameters
    ----------
    rules
        The rules; standby is raised while any of them says so.
    teams
        How many teams there are.
    warnings
        Warnings that hold at some time, as (begin_s, end_s, level). A rule for a level covers graver ones.
    zone, start
        The scenario's time zone, and second 0 with a time zone. Hours and months of a rule are local and must
        hold at the moment itself; hours may run past midnight, and from an hour to the same hour is all day.
    horizon_s
        The end of the time looked at.

    Returns
    -------
    list of (begin_s, end_s, team)
        In order of time and team; those of a team neither overlap nor touch.

    Examples
    --------
    >>> rules = StandbyRules(raisings=(Raising(warning_level=2),))
    >>> raised_spans(
    ...     rules, 2, [(60.0, 90.0, 1), (90.0, 95.0, 3)], UTC, datetime(2026, 1, 1, tzinfo=UTC), 99.0
    ... )
    [(60.0, 90.0, 0), (60.0, 90.0, 1)]
    """
    by_team: list[list[Span]] = [[] for _ in range(teams)]
    for rule in rules.raisings:
        spans = _raised(rule, warnings, zone, start, horizon_s)
        for team in rule.teams or range(teams):
            by_team[team] += spans
    return sorted((*span, team) for team, spans in enumerate(by_team) for span in merged(spans))


def second_crew(rules: StandbyRules, rostered: Sequence[int], on_duty: Sequence[int]) -> tuple[int, ...]:
    """Give how many of a team's people who are off duty come in as a second crew, by role.

    Parameters
    ----------
    rules
        The share of them that comes.
    rostered
        How many people of each role the team has (`readiness.rosters.rostered_people`).
    on_duty
        How many of each are on duty already, on station or on call.

    Returns
    -------
    tuple of int
        Of each role the share, rounded to the nearest person, half a person up.

    Examples
    --------
    >>> second_crew(StandbyRules(second_crew_share=0.5), [4, 9], [1, 3])
    (2, 3)
    """
    return tuple(
        int(rules.second_crew_share * max(0, people - here) + 0.5)
        for people, here in zip(rostered, on_duty, strict=True)
    )


def _raised(
    rule: Raising, warnings: Sequence[WarningSpan], zone: tzinfo, start: datetime, horizon_s: float
) -> list[Span]:
    """Give when one rule holds: its warning, its hours and its months at once."""
    spans: list[Span] = [(0.0, horizon_s)]
    if rule.warning_level is not None:
        spans = common(spans, [(begin, end) for begin, end, level in warnings if level <= rule.warning_level])
    if rule.from_h is not None or rule.to_h is not None:
        spans = common(spans, _hours(rule.from_h or 0.0, rule.to_h, zone, start, horizon_s))
    if rule.months is not None:
        spans = common(spans, _months(rule.months, zone, start, horizon_s))
    return spans


def _hours(from_h: float, to_h: float | None, zone: tzinfo, start: datetime, horizon_s: float) -> list[Span]:
    """Give the stretches of time between two local hours, every day."""
    hours = ((24.0 if to_h is None else to_h) - from_h) % 24.0
    return turns(Shift("", from_h, hours or 24.0), zone, start, horizon_s)


def _months(months: frozenset[int], zone: tzinfo, start: datetime, horizon_s: float) -> list[Span]:
    """Give the stretches of time in certain local months."""
    utc = start.astimezone(UTC)
    first, last = (moment.astimezone(zone) for moment in (utc, utc + timedelta(seconds=horizon_s)))
    begins = [
        (number % 12 + 1, moment_s(datetime(number // 12, number % 12 + 1, 1), zone, start))
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    ]
    return [(begin, end) for (month, begin), (_, end) in pairwise(begins) if month in months]
