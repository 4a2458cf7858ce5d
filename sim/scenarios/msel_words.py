"""The short words of a master list: when an inject comes, what brings it, what meets its expected action."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.reporting import Tier
from sim.drill import Condition
from sim.events import Kind

AFTER_START = re.compile(r"\+\s*(?:(\d+):)?(\d+(?:\.\d+)?)(?:\s*min)?")
CLOCK = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?")
UNLESS = "unless"
EVENTS: Mapping[str, Kind] = {
    "arrived": Kind.ARRIVED,
    "assigned": Kind.ASSIGNED,
    "assembled": Kind.ASSEMBLED,
    "controlled": Kind.CONTROLLED,
    "report": Kind.REPORT_RECEIVED,
    "level": Kind.RESPONSE_OPENED,
    "aid": Kind.AID_ASKED,
    "command_post": Kind.COMMAND_POST,
    "escalated": Kind.ESCALATED,
    "首批到场": Kind.ARRIVED,
    "首达": Kind.ARRIVED,
    "报告": Kind.REPORT_RECEIVED,
    "启动响应": Kind.RESPONSE_OPENED,
    "控制": Kind.CONTROLLED,
}
"""Events that bring an inject, by the words of a master list."""
EXPECTED = ("report", "send", "level", "aid", "arrived", "assembled", "command_post", "hand")
KINDS = ("contextual", "contingency", "情景", "应变")
TIERS = {tier.name.lower(): tier for tier in Tier}


@dataclass(frozen=True, slots=True)
class Expected:
    """What meets an expected action: one of `EXPECTED` and what it is about.

    `words` are two tiers for ``report``, a capability or unit for ``send`` (none: any), a level for
    ``level``.
    """

    what: str
    words: tuple[str, ...] = ()


def moment_s(text: str, start: datetime, began_s: float = 0.0) -> float:
    """Tell the moment that a time means, in seconds of the run.

    Parameters
    ----------
    text
        ``+25``, ``+1:25``, ``02:25`` or ``2026-07-15 02:25``.
    start
        The moment of second 0, with its time zone.
    began_s
        When the drill begins, in seconds; minutes count from there, and a clock time is the next one after.

    Examples
    --------
    >>> moment_s("+1:05", datetime(2026, 7, 15)), moment_s("00:25", datetime(2026, 7, 15, 23), 60.0)
    (3900.0, 5100.0)
    """
    found = AFTER_START.fullmatch(text.strip())
    if found:
        return began_s + 60.0 * (60.0 * float(found.group(1) or 0) + float(found.group(2)))
    clock = CLOCK.fullmatch(text.strip())
    if clock is None:
        raise ValueError(text)
    day, hours, minutes, seconds = clock.groups()
    begin = start + timedelta(seconds=began_s)
    on = datetime.fromisoformat(day).replace(tzinfo=start.tzinfo) if day else begin
    moment = on.replace(hour=int(hours), minute=int(minutes), second=int(seconds or 0), microsecond=0)
    if not day and moment < begin:
        moment += timedelta(days=1)
    return (moment - start).total_seconds()


def condition_of(text: str, incident: int, by_s: float = 0.0) -> Condition | None:
    """Read what brings an inject; None: nothing but its time.

    Examples
    --------
    >>> condition_of("unless report city_bureau", 3, 1200.0).unless
    True
    """
    words = text.replace("未", f"{UNLESS} ", 1).split() if text.startswith("未") else text.lower().split()
    if not words:
        return None
    unless = words[0] == UNLESS
    event, *rest = words[1:] if unless else words
    tier = int(TIERS[rest[0]]) if rest else -1
    return Condition(int(EVENTS[event]), incident, tier, unless, by_s)


def expected_of(text: str) -> Expected | None:
    """Read what meets an expected action; None: a person judges."""
    words = text.split()
    if not words or words[0] == "hand":
        return None
    if words[0] not in EXPECTED:
        raise ValueError(text)
    if words[0] == "report" and not (len(words) == 3 and all(word in TIERS for word in words[1:])):
        raise ValueError(text)
    if words[0] == "level" and (len(words) != 2 or words[1] not in "1234"):
        raise ValueError(text)
    return Expected(words[0], tuple(words[1:]))


def wrong_with(name: str, text: str, row: Mapping[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Say what is wrong with one of the short words of a row."""
    if name == "time" and text and not _reads(lambda: moment_s(text, datetime(2026, 1, 1))):
        yield "must be minutes after the start (+25, +1:25) or a time of day (02:25)", {}
    if name == "condition" and text:
        if not _reads(lambda: condition_of(text, 0)):
            yield (
                "must be an event, as in: arrived, or: unless report bureau; events: {known}",
                {"known": ", ".join(EVENTS)},
            )
        elif (condition_of(text, 0) or Condition(0)).unless and not row.get("time"):
            yield "with unless, the column Time must say by when", {}
    if name == "expect" and text and not _reads(lambda: expected_of(text)):
        yield (
            "must be one of {known}, as in: report bureau city_bureau, or: level 3",
            {"known": ", ".join(EXPECTED)},
        )
    if name == "kind" and text and text.lower() not in KINDS:
        yield "must be contextual or contingency", {}


def _reads(read: Callable[[], object]) -> bool:
    try:
        read()
    except (ValueError, KeyError):
        return False
    return True
