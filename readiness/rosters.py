"""What is wrong with a roster: hours nobody covers, two people at one post, too little rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from readiness.calendar import Span, Turn, gaps, merged, overlaps
from readiness.force import Force, Rostered


class Breach(NamedTuple):
    """A turn that begins too soon after the one before: how long the rest lasts, and should last."""

    row: int
    begin_s: float
    lasts_s: float
    limit_s: float


def rostered_people(rows: Iterable[Rostered], holder: int, roles: int, day: date) -> tuple[int, ...]:
    """Count those on the roster of a team on a day, on duty or not, by role.

    Parameters
    ----------
    rows
        The roster.
    holder
        The team.
    roles
        How many roles there are.
    day
        Rows that do not hold on this local day are left out.
    """
    people = [0] * roles
    for row in rows:
        holds = (row.since is None or row.since <= day) and (row.until is None or day <= row.until)
        if row.holder == holder and holds:
            people[row.role] += row.count
    return tuple(people)


def roster_gaps(
    rows: Sequence[Rostered],
    turns_by_row: Sequence[Sequence[Turn]],
    holder: int,
    horizon_s: float,
    from_s: float = 0.0,
    role: int | None = None,
) -> list[Span]:
    """Give the stretches of a period in which nobody is rostered for a team or a post.

    Parameters
    ----------
    rows
        The roster of teams or of posts.
    turns_by_row
        `readiness.calendar.rostered_turns` of it.
    holder
        The team or the post.
    horizon_s, from_s
        The period [from_s, horizon_s).
    role
        Look only for those of this role; None: for anybody.

    Returns
    -------
    list of (begin_s, end_s)
        In order of time; the whole period for one who is not on the roster at all.
    """
    spans = [
        (turn.begin_s, turn.end_s)
        for row, row_turns in zip(rows, turns_by_row, strict=True)
        if row.holder == holder and (role is None or row.role == role)
        for turn in row_turns
    ]
    return gaps(spans, horizon_s, from_s)


def roster_overlaps(
    rows: Sequence[Rostered], turns_by_row: Sequence[Sequence[Turn]], holder: int, role: int
) -> list[Span]:
    """Give the stretches of time in which a roster names two different people for one role of a post."""
    named: dict[str, list[Span]] = defaultdict(list)
    for row, row_turns in zip(rows, turns_by_row, strict=True):
        if row.holder == holder and row.role == role and row.person:
            named[row.person] += [(turn.begin_s, turn.end_s) for turn in row_turns]
    return overlaps(span for spans in named.values() for span in merged(spans))


def breaches(force: Force, turns_by_row: Sequence[Sequence[Turn]]) -> list[Breach]:
    """Find turns of the same people with too little rest in between.

    The same people are those of one row of the roster, and a person named in several rows of a team.

    Parameters
    ----------
    force
        The teams with their limits, and the roster.
    turns_by_row
        `readiness.calendar.rostered_turns` of the roster.

    Returns
    -------
    list of Breach
        In order of row and time, for each the row whose turn comes too soon.
    """
    found: list[Breach] = []
    for duties in _duties(force, turns_by_row).values():
        rested_from: float | None = None
        for begin_s, end_s, row in sorted(duties):
            rest_s = force.teams[force.roster[row].holder].rest_h * 3600
            if rested_from is not None and begin_s - rested_from < rest_s:
                found.append(Breach(row, begin_s, begin_s - rested_from, rest_s))
            rested_from = end_s if rested_from is None else max(rested_from, end_s)
    return sorted(found)


def _duties(
    force: Force, turns_by_row: Sequence[Sequence[Turn]]
) -> dict[tuple[int, str], list[tuple[float, float, int]]]:
    """Gather the turns of the same people, as (begin, end, row)."""
    duties: dict[tuple[int, str], list[tuple[float, float, int]]] = defaultdict(list)
    for row, rostered in enumerate(force.roster):
        whose = (rostered.holder, rostered.person) if rostered.person else (row, "")
        duties[whose] += [(turn.begin_s, turn.end_s, row) for turn in turns_by_row[row]]
    return duties
