"""What the roads are like through time: periods of the day and the weather, as one list of changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sim.chance import stream
from sim.county import County

DAY_S = 86400.0
_THURSDAY = 3
"""The day of the week on which 1970 began; Monday is 0."""
QUARTER_S = 900.0
"""Changes of period and weather fall on quarters of an hour."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The regime in force through time: from ``start_s[k]`` on, ``regime[k]``; the first starts at 0."""

    start_s: tuple[float, ...]
    regime: tuple[int, ...]


def local_time(county: County, time_s: float) -> datetime:
    """Turn seconds since the scenario's start into the local date and time."""
    start, zone = start_of(county), ZoneInfo(county.time_zone)
    return (start + timedelta(seconds=time_s)).astimezone(zone)


def local_hour(county: County, time_s: float) -> float:
    """Turn seconds since the scenario's start into the local hour of the day, from 0 up to 24."""
    since_1970_s = _start_s(county) + time_s
    offset_s = _offset_s(county, since_1970_s // DAY_S)
    if offset_s is None:
        moment = local_time(county, time_s)
        return moment.hour + moment.minute / 60.0 + moment.second / 3600.0
    return (since_1970_s + offset_s) % DAY_S / 3600.0


@lru_cache(maxsize=8)
def _start_s(county: County) -> float:
    return start_of(county).timestamp()


@lru_cache(maxsize=10_000)
def _offset_s(county: County, day: float) -> float | None:
    """Give by how much local time is ahead of UTC on a day of UTC; None: clocks are changed on it."""
    zone = ZoneInfo(county.time_zone)
    at_first, at_last = (datetime.fromtimestamp(day * DAY_S + s, zone).utcoffset() for s in (0.0, DAY_S))
    return at_first.total_seconds() if at_first is not None and at_first == at_last else None


@lru_cache(maxsize=4)
def hours_of(county: County, horizon_s: float) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Give the local hour (0-23) and month (0-11) of each hour since the start, up to the horizon."""
    local = _local(county, 3600.0 * np.arange(int(horizon_s // 3600) + 2, dtype=np.float64))
    return (local // 3600 % 24).astype(np.int8), _months(local).astype(np.int8)


def _local(county: County, times_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give what local clocks show at moments since the start, as whole seconds since 1970 on those clocks."""
    since_1970_s = np.floor(_start_s(county) + times_s)
    days, of_day = np.unique(since_1970_s // DAY_S, return_inverse=True)
    offsets = [_offset_s(county, day) for day in days.tolist()]
    local = since_1970_s + np.array([offset or 0.0 for offset in offsets])[of_day]
    start, zone = start_of(county), ZoneInfo(county.time_zone)
    for at in np.flatnonzero(np.array([offset is None for offset in offsets])[of_day]).tolist():
        moment = (start + timedelta(seconds=float(times_s[at]))).astimezone(zone)
        local[at] = moment.replace(tzinfo=UTC).timestamp()
    return np.asarray(local, dtype=np.int64)


def _months(local_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the month (0-11) of moments in seconds since 1970."""
    months = local_s.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months % 12, dtype=np.int64)


def draw_conditions(county: County, seed: int, replication: int, horizon_s: float) -> Conditions:
    """Draw the weather and lay the periods of day over it.

    Each block of `County.weather_block_h` hours has the weather that chance gives it for its month;
    blocks are drawn in order, so a longer horizon only adds to the end.
    """
    if len(county.weathers) * len(county.periods) <= 1:
        return Conditions((0.0,), (0,))
    steps = int(horizon_s // QUARTER_S) + 1
    block = max(1, int(county.weather_block_h * 3600 / QUARTER_S))
    month, period = _calendar(county, steps)
    uniform = np.repeat(stream(seed, replication, "weather").random(steps // block + 1), block)[:steps]
    regime = period * len(county.weathers) + _weather(county, month, uniform)
    starts = np.flatnonzero(np.diff(regime, prepend=-1))
    return Conditions(tuple((starts * QUARTER_S).tolist()), tuple(regime[starts].tolist()))


@lru_cache(maxsize=4)
def _calendar(county: County, steps: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the local month (0-11) and the period of day of each quarter of an hour since the start.

    The first period that holds at a moment counts; the last one holds whenever no other does.
    """
    local = _local(county, QUARTER_S * np.arange(steps, dtype=np.float64))
    minutes, weekdays = local // 60 % (24 * 60), (local // int(DAY_S) + _THURSDAY) % 7
    period = np.full(steps, len(county.periods) - 1, dtype=np.int64)
    for number, one in reversed(tuple(enumerate(county.periods[:-1]))):
        hours = np.array([within(minute / 60.0, one.from_h, one.to_h) for minute in range(24 * 60)])
        period[np.isin(weekdays, list(one.days)) & hours[minutes]] = number
    return _months(local), period


def _weather(county: County, month: NDArray[np.int64], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find the states of the weather that uniform draws stand for, each in its month."""
    total = np.cumsum([weather.monthly_p for weather in county.weathers], axis=0)
    return np.asarray(np.sum(uniform >= total[:-1, month], axis=0), dtype=np.int64)


def within(hour: float, from_h: float, to_h: float) -> bool:
    """Tell whether an hour lies in a span that may run past midnight."""
    return from_h <= hour < to_h if from_h <= to_h else hour >= from_h or hour < to_h


@lru_cache(maxsize=8)
def start_of(county: County) -> datetime:
    """Give the moment of second 0; a start without a time zone is in the county's own."""
    start = county.start
    return (start if start.tzinfo else start.replace(tzinfo=ZoneInfo(county.time_zone))).astimezone(UTC)
