"""What forms of edit are made of: moments, words for things, whereabouts, and when an edit holds."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema, model_validator

from sim.scenarios.fields import START_FORM, Latitude, Longitude, Part, Text, about, wrong

SCRIPT = "what-if or drill script"
OFFSET = re.compile(r"\+(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)min)?")
NO_MOMENT = "must be a moment: 2026-01-01 20:00, a time of day such as 20:00, or +2h"
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def when(value: object) -> object:
    """Understand a moment: a date and time, a time of day, or so long after the scenario's start."""
    if not isinstance(value, str):
        if value is None or isinstance(value, datetime | time | timedelta):
            return value
        raise wrong(NO_MOMENT)
    text = value.strip()
    if (found := OFFSET.fullmatch(text)) and text != "+":
        days, hours, minutes = (int(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)
    if found := CLOCK.fullmatch(text):
        return time(int(found.group(1)), int(found.group(2)))
    try:
        return datetime.strptime(text, START_FORM)
    except ValueError:
        raise wrong(NO_MOMENT) from None


def moment_text(moment: datetime | time | timedelta) -> str:
    """Write a moment as it is read.

    Examples
    --------
    >>> moment_text(timedelta(days=1, minutes=90)), moment_text(time(20, 5))
    ('+1d1h30min', '20:05')
    """
    if isinstance(moment, datetime):
        return moment.strftime(START_FORM)
    if isinstance(moment, time):
        return moment.strftime("%H:%M")
    hours, rest = divmod(moment.seconds, 3600)
    parts = ((moment.days, "d"), (hours, "h"), (rest // 60, "min"))
    return "+" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0min")


When = Annotated[
    datetime | time | timedelta,
    BeforeValidator(when),
    PlainSerializer(moment_text),
    WithJsonSchema({"type": "string", "examples": ["2026-01-01 20:00", "20:00", "+2h", "+1d8h"]}),
]
"""A local moment: ``2026-01-01 20:00``; ``20:00``, the next time it is so late; ``+2h`` after the start."""

Word = Annotated[Text, Field(min_length=1, max_length=120)]
"""What a thing is called: its code, or its name in either language."""

Words = Annotated[tuple[Word, ...], Strict(False)]


class FromStart(Part):
    """An edit that holds from the start."""


class AtMoment(Part):
    """An edit that may be made at a moment; without one it holds from the start."""

    at: When | None = about("when; left out: from the start", "date and time", SCRIPT, default=None)


class ForWhile(AtMoment):
    """An edit that may end."""

    until: When | None = about("until when; left out: to the end", "date and time", SCRIPT, default=None)


class Somewhere(Part):
    """A point: a place, station or site that is there already, or degrees."""

    where: Word | None = about("at which place, station or site", "", SCRIPT, default=None)
    lon: Longitude | None = about("longitude", "degrees (WGS84)", SCRIPT, default=None)
    lat: Latitude | None = about("latitude", "degrees (WGS84)", SCRIPT, default=None)

    @model_validator(mode="after")
    def _one_point(self) -> Somewhere:
        if (self.lon is None) != (self.lat is None):
            raise wrong("needs both `lon` and `lat`, or neither")
        if (self.where is None) == (self.lon is None):
            raise wrong("must say where: `where`, or `lon` and `lat`")
        return self
