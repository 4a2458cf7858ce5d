"""Figures that must fit one another: chances that sum to 1, periods that do not clash, classes in order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from sim.scenarios.drafts import Draft, unknown
from sim.scenarios.model import PROBABILITY_SLACK, Period
from sim.scenarios.yamlfile import PathKey

MINUTES = 24 * 60
EVERY_CLASS = "default"
USUAL_CLASSES = (
    "motorway",
    "national",
    "provincial",
    "county",
    "township",
    "village",
    "street",
    "service",
    "ferry",
)


def check_sums(draft: Draft) -> None:
    """Report chances that do not sum to 1, weights that are all 0, and accident classes out of order."""
    weather = draft.sections.get("weather")
    if weather is not None:
        totals = np.sum([state.monthly_p for state in weather.states], axis=0)
        for month in np.flatnonzero(np.abs(totals - 1) > PROBABILITY_SLACK).tolist():
            message = (
                "monthly_p of all states must sum to 1 in every month; in month {month} they sum to {total}"
            )
            values = {"month": month + 1, "total": round(float(totals[month]), 6)}
            draft.problems.append(draft.setting(("weather", "states"), None, message, **values))
    for section in ("hourly", "monthly"):
        for code, weights in draft.sections.get(section, {}).items():
            if not any(weights):
                message = "must not be all 0"
                draft.problems.append(draft.setting((section, code), None, message))
    _classes_rise(draft)


def check_times(draft: Draft) -> None:
    """Report a time zone that does not exist, periods that clash, and speeds that are missing or misnamed."""
    _time_zone(draft)
    _periods(draft)
    _speed_factors(draft)
    _speeds(draft)


def _classes_rise(draft: Draft) -> None:
    classes = list(draft.entries("accident_classes"))
    for (_, lower), (at, higher) in pairwise(classes):
        for name in ("deaths", "injuries", "loss_cny"):
            below, here = getattr(lower, name), getattr(higher, name)
            if here < below:
                message = "must be at least {limit} as in the class before: the lowest class comes first"
                path = ("accident_classes", at, name)
                draft.problems.append(draft.setting(path, here, message, limit=below))


def _time_zone(draft: Draft) -> None:
    name = draft.sections.get("time_zone")
    if name is None or _zone_exists("UTC") is False:
        return
    if not _zone_exists(name):
        message = "is not a time zone; write for example Asia/Shanghai"
        draft.problems.append(draft.setting(("time_zone",), name, message))


def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _periods(draft: Draft) -> None:
    """Report a period that never holds; note one that an earlier one cuts short."""
    taken = np.full((7, MINUTES), -1)
    codes = {at: period.code for at, period in draft.entries("periods")}
    for at, period in draft.entries("periods"):
        mine = np.zeros((7, MINUTES), dtype=bool)
        mine[[day - 1 for day in period.days], _minute(period.from_) : _minute(period.to)] = True
        clash = mine & (taken >= 0)
        if clash.any():
            _clash(draft, at, period, codes[int(taken[clash][0])], never=bool((clash == mine).all()))
        taken[mine & ~clash] = at


def _clash(draft: Draft, at: int, period: Period, other: str, *, never: bool) -> None:
    if never:
        message = "never holds: period {other} stands before it and takes all its time"
        draft.problems.append(draft.setting(("periods", at), period.code, message, other=other))
    else:
        message = "overlaps period {other}, which stands before it and holds where both could"
        draft.notes.append(draft.setting(("periods", at), period.code, message, other=other))


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _speed_factors(draft: Draft) -> None:
    """Report factors for road classes that no road or profile knows."""
    if draft.roads is None:
        return
    options = list(dict.fromkeys([*_profile_classes(draft), *draft.roads.classes, *USUAL_CLASSES]))
    for path, factors in _factors(draft):
        for road_class in factors:
            if road_class not in (EVERY_CLASS, *options):
                message, values = unknown("road class", road_class, options)
                draft.problems.append(draft.setting((*path, road_class), None, message, **values))


def _profile_classes(draft: Draft) -> Iterator[str]:
    for profile in draft.sections.get("profiles", {}).values():
        yield from profile.speeds_kph or ()


def _factors(draft: Draft) -> Iterator[tuple[PathKey, dict[str, float]]]:
    for at, period in draft.entries("periods"):
        yield ("periods", at, "speed_factor"), period.speed_factor
    weather = draft.sections.get("weather")
    for at, state in enumerate(weather.states if weather else ()):
        yield ("weather", "states", at, "speed_factor"), state.speed_factor


def _speeds(draft: Draft) -> None:
    """Report road classes that a profile has no speed for, where the roads do not tell times or speeds."""
    roads, profiles = draft.roads, draft.sections.get("profiles", {})
    if roads is None or list(profiles) != draft.known.get("profiles"):
        return
    for number, (code, profile) in enumerate(profiles.items()):
        untold = np.isnan(roads.speed_kph)
        if number < len(roads.times_s):
            untold &= np.isnan(roads.times_s[number])
        used = [roads.classes[at] for at in np.unique(roads.road_class[untold]).tolist()]
        missing = [road_class for road_class in used if road_class not in (profile.speeds_kph or {})]
        if missing:
            message = "gives no speed for road class {classes}, and not all such roads have a speed or time"
            path = ("profiles", code, "speeds_kph")
            draft.problems.append(draft.setting(path, None, message, classes=", ".join(missing)))
