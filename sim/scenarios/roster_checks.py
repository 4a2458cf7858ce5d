"""The roster through its first year: hours nobody covers, two people at one post, crews never complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from readiness.calendar import Span, Turn, merged, overlaps, rostered_turns, turns
from readiness.calendar import gaps as gaps_between
from readiness.force import Rostered
from sim.scenarios.drafts import Draft
from sim.scenarios.duty import shift_of, stands_for
from sim.scenarios.enlist import people_to_roll
from sim.scenarios.force_rows import RosterRow, role_count
from sim.scenarios.holidays import days_off
from sim.scenarios.problems import Term
from sim.scenarios.readiness_model import Readiness

YEAR_S = 366 * 86_400.0
HOUR_S = 3_600.0
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Duties:
    """The turns of duty of each line of the roster in the first year, and the clock they are told by."""

    ready: Readiness
    rows: tuple[tuple[int, RosterRow], ...]
    turns: Mapping[int, list[Turn]]
    zone: ZoneInfo
    start: datetime

    def spans(self, number: int) -> list[Span]:
        """List the stretches of time that a line of the roster covers."""
        return [(turn.begin_s, turn.end_s) for turn in self.turns[number]]

    def told(self, time_s: float) -> tuple[Term, str]:
        """Tell a moment as the day of the week and the local date and time."""
        local = (self.start + timedelta(seconds=time_s)).astimezone(self.zone)
        return Term(WEEKDAYS[local.weekday()]), local.strftime("%Y-%m-%d %H:%M")


def check_rosters(draft: Draft) -> None:
    """Report two people at one post at the same time; note gaps, and crews that are never complete."""
    duties = _duties(draft)
    if duties is None:
        return
    _two_at_a_post(draft, duties)
    _twice_on_duty(draft, duties)
    if draft.whole("roster"):
        _gaps(draft, duties)
        _crews_complete(draft, duties)


def _duties(draft: Draft) -> Duties | None:
    """Lay the roster out in time; None where shifts, zone or start are not understood."""
    sections = draft.sections
    ready = sections.get("readiness") or Readiness()
    try:
        zone = ZoneInfo(sections["time_zone"])
        start = sections["start"].replace(tzinfo=zone)
    except (KeyError, ValueError, OSError):
        return None
    if list(ready.shifts) != draft.known.get("shifts"):
        return None
    off = days_off(None if _strange_country(draft) else ready.holidays, sections["start"])
    shifts = [shift_of(code, it, start.date()) for code, it in ready.shifts.items()]
    spans = [turns(shift, zone, start, YEAR_S, *off) for shift in shifts]
    numbers = {code: number for number, code in enumerate(ready.shifts)}
    rows = tuple((number, row) for number, row in draft.rows("roster") if row.shift in numbers)
    held = [Rostered(0, numbers[row.shift], 0, since=row.since, until=row.until) for _, row in rows]
    listed = rostered_turns(held, spans, zone, start)
    return Duties(ready, rows, {n: t for (n, _), t in zip(rows, listed, strict=True)}, zone, start)


def _strange_country(draft: Draft) -> bool:
    return any(problem.field == "readiness.holidays.country" for problem in draft.problems)


def _two_at_a_post(draft: Draft, duties: Duties) -> None:
    """Report two named people in one role of a duty post at the same time."""
    held: dict[tuple[str, str], list[tuple[int, RosterRow]]] = defaultdict(list)
    for number, row in duties.rows:
        if row.person and row.holder in draft.known.get("posts", ()):
            held[row.holder, row.role].append((number, row))
    for lines in held.values():
        for at, (number, row) in enumerate(lines):
            for first, other in lines[:at]:
                both = overlaps([*merged(duties.spans(first)), *merged(duties.spans(number))])
                if both and other.person != row.person:
                    _overlap(draft, duties, number, first, both[0])
                    break


def _overlap(draft: Draft, duties: Duties, number: int, first: int, span: Span) -> None:
    (day, begin), (_, end) = duties.told(span[0]), duties.told(span[1])
    row, other = draft.tables["roster"].rows[number], draft.tables["roster"].rows[first]
    message = (
        "is {role} of {holder} at the same time as {other} (line {first}): from {day} {begin} to {end}; "
        "one person is due"
    )
    values = {"role": row.role, "holder": row.holder, "other": other.person, "day": day}
    line = draft.line("roster", first)
    draft.problems.append(
        draft.cell("roster", number, "person", message, **values, first=line, begin=begin, end=end)
    )


def _twice_on_duty(draft: Draft, duties: Duties) -> None:
    """Note a person who is on duty in two places at the same time."""
    lines: dict[str, list[tuple[int, RosterRow]]] = defaultdict(list)
    for number, row in duties.rows:
        for first, other in lines[row.person] if row.person else ():
            both = overlaps([*merged(duties.spans(first)), *merged(duties.spans(number))])
            if both and other.holder != row.holder:
                day, begin = duties.told(both[0][0])
                message = "is on duty at {holder} (line {first}) at the same time: from {day} {begin}"
                values = {"holder": other.holder, "first": draft.line("roster", first)}
                draft.notes.append(
                    draft.cell("roster", number, "person", message, **values, day=day, begin=begin)
                )
                break
        lines[row.person].append((number, row))


def _gaps(draft: Draft, duties: Duties) -> None:
    """Note when nobody is on duty in a team or at a post, one note each."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for number, row in duties.rows:
        spans[row.holder] += duties.spans(number)
    for table in ("teams", "posts"):
        for number, row in draft.rows(table):
            missing = gaps_between(spans[row.code], YEAR_S)
            if not spans[row.code]:
                message = "is on no line of the roster: nobody is ever on duty"
                draft.notes.append(draft.cell(table, number, "code", message))
            elif missing:
                _gap(draft, duties, table, number, missing)


def _gap(draft: Draft, duties: Duties, table: str, number: int, missing: list[Span]) -> None:
    (day, begin), (end_day, end) = duties.told(missing[0][0]), duties.told(missing[0][1])
    values: dict[str, object] = {"day": day, "begin": begin, "end_day": end_day, "end": end}
    if len(missing) == 1:
        message = "nobody is on duty from {day} {begin} to {end_day} {end}"
    else:
        message = (
            "nobody is on duty from {day} {begin} to {end_day} {end}; "
            "{n} such gaps in the first year, {hours} hours in all"
        )
        hours = round(sum(end - begin for begin, end in missing) / HOUR_S)
        values.update(n=len(missing), hours=hours)
    draft.notes.append(draft.cell(table, number, "code", message, **values))


def _crews_complete(draft: Draft, duties: Duties) -> None:
    """Note units that ask for more people than are ever on duty in their team at the same time."""
    most: dict[tuple[str, str | None], int] = {}
    rostered = {row.holder for _, row in duties.rows}
    for number, row in draft.rows("units"):
        if row.team not in rostered:
            continue
        for column, role, need in _wanted(row.crew_roles, people_to_roll(row)):
            if (row.team, role) not in most:
                most[row.team, role] = _most(duties, row.team, role)
            if most[row.team, role] < need:
                message = "needs {need} {role} to roll; at most {most} are ever on duty in team {team}"
                values = {"need": need, "most": most[row.team, role], "team": row.team}
                named = {"role": Term("people") if role is None else role}
                draft.notes.append(draft.cell("units", number, column, message, **values, **named))


def _wanted(crew_roles: tuple[str, ...], people: int) -> Iterator[tuple[str, str | None, int]]:
    """Give what a crew needs to roll: column, role (None: anybody) and count."""
    yield "crew_min", None, people
    for role, count in map(role_count, crew_roles):
        yield "crew_roles", role, count


def _most(duties: Duties, team: str, role: str | None) -> int:
    """Count the most people of a team, who are of a role or can stand for it, ever on duty at once."""
    changes: list[tuple[float, int]] = []
    for number, row in duties.rows:
        if row.holder == team and (role is None or role in _can_be(duties.ready, row.role)):
            for begin, end in duties.spans(number):
                changes += [(begin, row.count), (end, -row.count)]
    on_duty = most = 0
    for _, change in sorted(changes):
        on_duty += change
        most = max(most, on_duty)
    return most


def _can_be(ready: Readiness, role: str) -> list[str]:
    return [role, *stands_for(ready.roles, role)] if role in ready.roles else [role]
