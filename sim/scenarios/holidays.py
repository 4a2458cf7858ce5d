"""Days off and days worked instead: a country's holidays, and what a scenario decides otherwise."""

from __future__ import annotations

from datetime import date, datetime

from sim.scenarios import readiness_model as written

YEARS_KNOWN = 12
"""Holidays are looked up from the year before the scenario's start on, for so many years."""


def days_off(holidays: written.Holidays | None, start: datetime) -> tuple[frozenset[date], frozenset[date]]:
    """List the holidays, and the days worked in spite of the weekend (make-up days, 调休).

    Parameters
    ----------
    holidays
        What the scenario says; None: there are none.
    start
        The scenario's start.
    """
    if holidays is None:
        return frozenset(), frozenset()
    off, makeup = _of_country(holidays.country, start.year) if holidays.country else (set(), set())
    off = (off | set(holidays.extra)) - set(holidays.workdays)
    return frozenset(off), frozenset((makeup - set(holidays.extra)) | set(holidays.workdays))


def countries() -> list[str]:
    """List the countries whose holidays are known."""
    import holidays

    return sorted(holidays.list_supported_countries(include_aliases=False))


def _of_country(country: str, year: int) -> tuple[set[date], set[date]]:
    import holidays

    years = range(year - 1, year - 1 + YEARS_KNOWN)
    found = holidays.country_holidays(country, years=years)
    worked = {day for day in found.weekend_workdays if day.year in years}
    return set(found), worked
