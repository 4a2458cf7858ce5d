"""When each shift is on duty: its turns by the local clock, through holidays, make-up days and clock changes.

Moments are seconds since the scenario's start; a turn [begin, end) is over at its end. A wall-clock time that
comes twice, when the clocks go back, means the first time; one that is skipped, when they go forward, means
the moment of the change. So a later wall-clock time is never an earlier moment, and shifts that follow one
another on the clock on the wall follow one another in fact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from readiness.force import Rostered, Shift

Span = tuple[float, float]
"""A stretch of time [begin, end), in seconds since the scenario's start."""

_DAY_S = 86400
_SATURDAY = 5


class Turn(NamedTuple):
    """One turn of duty of a shift: `number` counts the turns of the shift, whoever is rostered for it."""

    number: int
    begin_s: float
    end_s: float


def turns(
    shift: Shift,
    zone: tzinfo,
    start: datetime,
    horizon_s: float,
    holidays: frozenset[date] = frozenset(),
    makeup_days: frozenset[date] = frozenset(),
) -> list[Span]:
    """List the turns of a shift, in order, the one that runs at second 0 included.

    Parameters
    ----------
    shift
        The shift; both its beginning and its end are times of the clock on the wall.
    zone
        The scenario's time zone.
    start
        Second 0, with a time zone.
    horizon_s
        Turns that begin at this moment or later are left out; the last may end after it.
    holidays, makeup_days
        Days off, and working days at weekends, for shifts on working days or days of rest only.

    Returns
    -------
    list of (begin_s, end_s)
        Seconds since `start`; the first may have begun before it. From 08:00 to 08:00 takes 23 or 25 hours
        when the clocks change.

    Raises
    ------
    ValueError
        If `start` has no time zone, or the shift is on days of an unknown kind.

    Examples
    --------
    >>> watch = Shift("A", 8.0, 24.0, cycle_days=3, first=date(2026, 1, 1))
    >>> turns(watch, UTC, datetime(2026, 1, 2, tzinfo=UTC), 4 * 86400.0)
    [(-57600.0, 28800.0), (201600.0, 288000.0)]
    """
    from_s, last_s = round(shift.from_h * 3600), round((shift.from_h + shift.hours) * 3600)
    margin = 7 * (last_s // (7 * _DAY_S) + 1)
    first, last = _local_day(zone, start, 0.0) - margin, _local_day(zone, start, horizon_s)
    days = np.arange(first, last + 1)
    days = days[_on_duty(shift, days, holidays, makeup_days)]
    table = _days(zone, first, last + 1 + margin - first)
    begin = _moments(zone, start, table, days, from_s)
    end = _moments(zone, start, table, days + last_s // _DAY_S, last_s % _DAY_S)
    kept = (end > np.maximum(begin, 0.0)) & (begin < horizon_s)
    return list(zip(begin[kept].tolist(), end[kept].tolist(), strict=True))


def rostered_turns(
    rows: Sequence[Rostered], spans_by_shift: Sequence[Sequence[Span]], zone: tzinfo, start: datetime
) -> list[list[Turn]]:
    """List, for each row of a roster, the turns for which it holds.

    Parameters
    ----------
    rows
        The roster of teams or of posts.
    spans_by_shift
        The `turns` of every shift, by its number.
    zone, start
        The scenario's time zone and second 0: a row holds for the turns that begin on a local day from its
        `since` to its `until`.

    Returns
    -------
    list of lists of Turn
        By row. A turn keeps its number in its shift, so that rows which come and go leave it as it was.
    """
    numbered = [[Turn(n, *span) for n, span in enumerate(spans)] for spans in spans_by_shift]
    return [_held(row, numbered[row.shift], zone, start) for row in rows]


def running(row_turns: Sequence[Turn], time_s: float) -> Sequence[Turn]:
    """Give the turns of one row that run at a moment: one or none, unless a shift overlaps itself."""
    over = bisect_right(row_turns, time_s, key=lambda turn: turn.end_s)
    return row_turns[over : bisect_right(row_turns, time_s, key=lambda turn: turn.begin_s)]


def moment_s(local: datetime, zone: tzinfo, start: datetime) -> float:
    """Turn a local wall-clock time (without a time zone) into seconds since the start.

    Examples
    --------
    >>> moment_s(datetime(2026, 7, 16), UTC, datetime(2026, 7, 15, tzinfo=UTC))
    86400.0
    """
    second = local.hour * 3600 + local.minute * 60 + local.second
    return _exact(zone, local.toordinal(), second) - _utc_s(start) + local.microsecond / 1e6


def moments_of_week(zone: tzinfo, start: datetime, at_s: float = 0.0) -> list[float]:
    """Give the 168 full hours, from Monday 00:00 local time on, of the week in which a moment lies.

    An hour that the clocks skip stands for the moment of the change.

    Returns
    -------
    list of float
        Seconds since `start`; those before it are negative.
    """
    day = _local_day(zone, start, at_s)
    monday = day - (day - 1) % 7
    utc_s = _utc_s(start)
    return [_exact(zone, monday + h // 24, h % 24 * 3600) - utc_s for h in range(7 * 24)]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join stretches of time that overlap or touch; in order of time.

    Examples
    --------
    >>> merged([(5, 9), (0, 2), (2, 4)])
    [(0, 4), (5, 9)]
    """
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        elif begin < end:
            joined.append((begin, end))
    return joined


def common(ones: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Give the stretches of time that lie in both of two lists.

    Examples
    --------
    >>> common([(0, 4), (6, 9)], [(3, 7)])
    [(3, 4), (6, 7)]
    """
    left, right = merged(ones), merged(others)
    shared: list[Span] = []
    i = k = 0
    while i < len(left) and k < len(right):
        begin, end = max(left[i][0], right[k][0]), min(left[i][1], right[k][1])
        if begin < end:
            shared.append((begin, end))
        if left[i][1] <= right[k][1]:
            i += 1
        else:
            k += 1
    return shared


def gaps(spans: Iterable[Span], horizon_s: float, from_s: float = 0.0) -> list[Span]:
    """Give the stretches of [from_s, horizon_s) that no span covers: when nobody is rostered.

    Examples
    --------
    >>> gaps([(-1, 2), (5, 9)], 10)
    [(2, 5), (9, 10)]
    """
    missing: list[Span] = []
    covered = from_s
    for begin, end in merged(spans):
        if covered < min(begin, horizon_s):
            missing.append((covered, min(begin, horizon_s)))
        covered = max(covered, end)
    if covered < horizon_s:
        missing.append((covered, horizon_s))
    return missing


def overlaps(spans: Iterable[Span]) -> list[Span]:
    """Give the stretches of time that more than one span covers: when two hold the same duty.

    Examples
    --------
    >>> overlaps([(0, 5), (4, 9), (9, 12)])
    [(4, 5)]
    """
    twice: list[Span] = []
    covered = float("-inf")
    for begin, end in sorted(spans):
        if begin < min(covered, end):
            twice.append((begin, min(covered, end)))
        covered = max(covered, end)
    return merged(twice)


def _on_duty(
    shift: Shift, days: NDArray[np.int64], holidays: frozenset[date], makeup_days: frozenset[date]
) -> NDArray[np.bool_]:
    """Tell on which days (by their ordinal numbers) a shift begins."""
    weekday = (days + 6) % 7
    begins: NDArray[np.bool_] = np.isin(
        (days - shift.first.toordinal()) % shift.cycle_days, list(shift.cycle_on)
    )
    begins &= np.isin(weekday, list(shift.days))
    if shift.on == "any":
        return begins
    if shift.on not in ("workdays", "restdays"):
        raise ValueError(f"unknown kind of day: {shift.on}")
    work = ((weekday < _SATURDAY) & ~_among(days, holidays)) | _among(days, makeup_days)
    return begins & (work if shift.on == "workdays" else ~work)


def _among(days: NDArray[np.int64], listed: frozenset[date]) -> NDArray[np.bool_]:
    return np.isin(days, [day.toordinal() for day in listed])


def _held(row: Rostered, shift_turns: list[Turn], zone: tzinfo, start: datetime) -> list[Turn]:
    """Keep the turns that begin while a row of the roster holds."""
    if row.since is None and row.until is None:
        return shift_turns
    since_s = _midnight_s(row.since, zone, start) if row.since else float("-inf")
    until_s = _midnight_s(row.until + timedelta(days=1), zone, start) if row.until else float("inf")
    return [turn for turn in shift_turns if since_s <= turn.begin_s < until_s]


def _midnight_s(day: date, zone: tzinfo, start: datetime) -> float:
    return moment_s(datetime(day.year, day.month, day.day), zone, start)


def _local_day(zone: tzinfo, start: datetime, time_s: float) -> int:
    """Give the ordinal number of the local day of a moment."""
    return (start.astimezone(UTC) + timedelta(seconds=time_s)).astimezone(zone).toordinal()


@lru_cache(maxsize=64)
def _utc_s(start: datetime) -> float:
    """Count the seconds from the day of ordinal 0 to a moment, in universal time."""
    if start.tzinfo is None:
        raise ValueError("the start has no time zone")
    utc = start.astimezone(UTC)
    return utc.toordinal() * _DAY_S + utc.hour * 3600 + utc.minute * 60 + utc.second + utc.microsecond / 1e6


@lru_cache(maxsize=64)
def _days(zone: tzinfo, first: int, count: int) -> tuple[int, NDArray[np.int64], NDArray[np.bool_]]:
    """Give the offset from universal time at each day's start, and whether the clocks change on the day."""
    offset = np.array([_offset_s(zone, day, 0) for day in range(first, first + count + 1)], dtype=np.int64)
    return first, offset[:-1], offset[1:] != offset[:-1]


def _moments(
    zone: tzinfo,
    start: datetime,
    table: tuple[int, NDArray[np.int64], NDArray[np.bool_]],
    days: NDArray[np.int64],
    second: int,
) -> NDArray[np.float64]:
    """Give the moments, in seconds since the start, of one wall-clock time on several days."""
    first, offset, changes = table
    at = days - first
    utc = days * _DAY_S + second - offset[at]
    for k in np.flatnonzero(changes[at]):
        utc[k] = _exact(zone, int(days[k]), second)
    return np.asarray(utc - _utc_s(start), dtype=np.float64)


@lru_cache(maxsize=4096)
def _exact(zone: tzinfo, day: int, second: int) -> int:
    """Turn a wall-clock time into universal time, in seconds from the day of ordinal 0."""
    wall = day * _DAY_S + second
    before, after = _offset_s(zone, day, second), _offset_s(zone, day, second, fold=1)
    if before >= after:
        return wall - before
    return _change(zone, wall - after, wall - before)


def _change(zone: tzinfo, early: int, late: int) -> int:
    """Find the moment between two at which the offset from universal time becomes that of the later one."""
    target = _offset_at(zone, late)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset_at(zone, middle) == target:
            late = middle
        else:
            early = middle
    return late


def _offset_s(zone: tzinfo, day: int, second: int, fold: int = 0) -> int:
    local = datetime.fromordinal(day) + timedelta(seconds=second)
    return _whole_s(local.replace(tzinfo=zone, fold=fold).utcoffset())


def _offset_at(zone: tzinfo, utc_s: int) -> int:
    moment = datetime.fromordinal(utc_s // _DAY_S) + timedelta(seconds=utc_s % _DAY_S)
    return _whole_s(moment.replace(tzinfo=UTC).astimezone(zone).utcoffset())


def _whole_s(offset: timedelta | None) -> int:
    return 0 if offset is None else round(offset.total_seconds())
