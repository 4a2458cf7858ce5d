"""Durations, periods of the day and weather as the county knows them, and how each slows the roads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim import county
from sim.scenarios.fields import Constant, Duration, Exponential, LogNormal
from sim.scenarios.model import Settings
from sim.scenarios.numbering import called

OTHER = county.Period("other", 0.0, 24.0, frozenset(range(7)))
"""The rest of the time, at usual speeds; always the last period."""

ALWAYS_DRY = county.Weather("dry", county.Names("晴好", "Dry"), (1.0,) * 12)
DRY_BLOCK_H = 24.0


def drawn(duration: Duration) -> county.Duration:
    """Turn a duration as written into one to draw from."""
    if isinstance(duration, Constant):
        return county.Duration("constant", duration.constant_s)
    if isinstance(duration, Exponential):
        return county.Duration("exponential", duration.exponential_mean_s)
    if isinstance(duration, LogNormal):
        return log_normal(duration.median_s, duration.sigma)
    return county.Duration("normal", duration.normal_mean_s, duration.sd_s)


def log_normal(median_s: float, sigma: float) -> county.Duration:
    """Give a log-normal duration, or the constant it is where sigma is 0."""
    return (
        county.Duration("lognormal", median_s, sigma) if sigma > 0 else county.Duration("constant", median_s)
    )


def periods(settings: Settings) -> tuple[county.Period, ...]:
    """List the periods in order of precedence; the rest of the time comes last."""
    given = (
        county.Period(p.code, hour_of(p.from_), hour_of(p.to), frozenset(day - 1 for day in p.days))
        for p in settings.periods
    )
    return (*given, OTHER)


def weathers(settings: Settings) -> tuple[county.Weather, ...]:
    """List the states of the weather; always dry where nothing is said."""
    if settings.weather is None:
        return (ALWAYS_DRY,)
    states = settings.weather.states
    return tuple(
        county.Weather(state.code, called(state.name, state.code), state.monthly_p, state.warning_level)
        for state in states
    )


def regimes(settings: Settings, classes: Sequence[str]) -> list[dict[str, float]]:
    """Tell for each regime (period by weather) what the speed on each class of road is multiplied by."""
    by_period = [*(period.speed_factor for period in settings.periods), {}]
    by_weather = [state.speed_factor for state in settings.weather.states] if settings.weather else [{}]
    return [
        {road_class: _factor(period, road_class) * _factor(weather, road_class) for road_class in classes}
        for period in by_period
        for weather in by_weather
    ]


def hour_of(clock: str) -> float:
    """Turn a time of day into hours.

    Examples
    --------
    >>> hour_of("07:30")
    7.5
    """
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60


def _factor(factors: Mapping[str, float], road_class: str) -> float:
    return factors.get(road_class, factors.get("default", 1.0))
