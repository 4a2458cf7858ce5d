"""Figures in words: minutes and seconds, local clock times, shares, figures with their uncertainty."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from results.intervals import Estimate
from sim.county import County, Names
from sim.language import tongue

say = tongue("results")

NOTHING = "–"
EXACT = 1e-9
"""A half width below is rounding only: the same was seen in every replication."""
_HAN = "\u4e00-\u9fff"
HAN = re.compile(f"[{_HAN}]")
PAIR = re.compile(rf"((?:^[^{_HAN}]*|\S*)[{_HAN}].*?) / ([^{_HAN}]+)(?=\s+\S*[{_HAN}]|$)", re.DOTALL)
"""A note in both languages; several may follow one another."""
WORD = re.compile("[A-Za-z]{4}")


def minutes(seconds: float | None) -> str:
    """Write a duration as minutes and seconds, ``8:05``; from an hour on ``1:02:05``.

    Examples
    --------
    >>> minutes(485.4), minutes(3725), minutes(None)
    ('8:05', '1:02:05', '–')
    """
    if seconds is None or math.isnan(seconds):
        return NOTHING
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    hours, rest = divmod(whole, 3600)
    return sign + (f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}")


def spoken(lang: str, seconds: float) -> str:
    """Say a duration: ``6 min 12 s``, in Chinese ``6分12秒``."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    mins, secs = divmod(rest, 60)
    units = ("小时", "分", "秒") if lang == "zh" else (" h", " min", " s")
    parts = [f"{n}{unit}" for n, unit in zip((hours, mins, secs), units, strict=True) if n]
    return ("" if lang == "zh" else " ").join(parts) or f"0{units[2]}"


def clock(start: datetime, seconds: float) -> str:
    """Write the local date and time of a moment, to the second; `start` is second 0, with its time zone."""
    moment = start.astimezone(UTC) + timedelta(seconds=round(seconds))
    return moment.astimezone(start.tzinfo).strftime("%Y-%m-%d %H:%M:%S")


def start_of(county: County) -> datetime:
    """Give the moment of second 0 with the county's time zone."""
    return county.start if county.start.tzinfo else county.start.replace(tzinfo=ZoneInfo(county.time_zone))


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return NOTHING if share is None or math.isnan(share) else f"{100 * share:.{digits}f}%"


def number(value: float | None, digits: int = 1) -> str:
    """Write a figure with thousands apart."""
    return NOTHING if value is None or math.isnan(value) else f"{value:,.{digits}f}"


def minutes_within(estimate: Estimate) -> str:
    """Write a duration and its uncertainty: ``8:05 ± 0:12``."""
    return _within(minutes(estimate.mean), minutes(_least(estimate, 1.0)))


def percent_within(estimate: Estimate) -> str:
    """Write a share and its uncertainty: ``87.2 ± 1.1%``; where that says nothing, ``87.5% (0–100%)``."""
    share, half_width = percent(estimate.mean), percent(_least(estimate, 0.001))
    if estimate.mean is not None and (estimate.half_width or 0.0) >= max(estimate.mean, 1.0 - estimate.mean):
        return f"{share} (0–100%)"
    return share if half_width == NOTHING else _within(share.rstrip("%"), half_width)


def number_within(estimate: Estimate, digits: int = 1) -> str:
    """Write a figure and its uncertainty: ``12.3 ± 0.8``."""
    return _within(number(estimate.mean, digits), number(_least(estimate, 10.0**-digits), digits))


def called(names: Names, lang: str) -> str:
    """Give a thing's name in a language."""
    return names.zh if lang == "zh" else names.en


def in_language(text: str, lang: str) -> str:
    """Take the part in one language of notes written in both, as ``中文 / English``; else all of it.

    Examples
    --------
    >>> in_language("就近调派 / the closest goes", "en"), in_language("50 km/h / A", "zh")
    ('the closest goes', '50 km/h / A')
    """
    if PAIR.sub("", text).strip():
        return text
    return " ".join(zh if lang == "zh" else en for zh, en in PAIR.findall(text))


def told_in(text: str, lang: str) -> str:
    """Take the part in one language of what people wrote for a drill; figures such as ``3 / 5 MPa`` stay.

    Only what has a word of four letters after the stroke counts as English.

    Examples
    --------
    >>> told_in("派出化救力量 / Send a hazmat team", "en"), told_in("压力表读数 3 / 5 MPa", "zh")
    ('Send a hazmat team', '压力表读数 3 / 5 MPa')
    """
    return in_language(text, lang) if WORD.search(text.rpartition(" / ")[2]) else text


def chapters_in(text: str, lang: str) -> str:
    """Take the chapters (from one ``# `` heading to the next) of a page that are headed in a language.

    A page with chapters in one language only is given whole.
    """
    chapters = [part for part in re.split(r"(?m)^(?=# )", text) if part.strip()]
    own = [part for part in chapters if bool(HAN.search(part.partition("\n")[0])) == (lang == "zh")]
    return "".join(own or chapters)


def _least(estimate: Estimate, unit: float) -> float | None:
    """Give a half width, never less than the last digit written; None where nothing varied or is known."""
    half = estimate.half_width
    return None if half is None or half < EXACT else max(half, unit)


def _within(figure: str, half_width: str) -> str:
    return figure if half_width == NOTHING else f"{figure} ± {half_width}"
