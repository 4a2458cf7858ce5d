"""Who knew of an accident since when, and when a duty to report it runs out as its class rises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from dispatch.reporting import BELOW, History, Tier


@dataclass(frozen=True, slots=True)
class Duty:
    """Something due: from when its limit counts, when it runs out, and the class that decides.

    `reopened` marks a duty that arose only because the class rose after an earlier limit had run out.
    """

    start_s: float
    due_s: float
    accident_class: int
    reopened: bool = False


def told(history: History, tier: Tier) -> float | None:
    """Tell when somebody first knew of the accident: was told, or spoke of it himself; None: never.

    Examples
    --------
    >>> told(History(5.0, (), ()), Tier.SCENE), told(History(5.0, (), ()), Tier.BUREAU)
    (5.0, None)
    """
    return told_again(history, tier, history.occurred_s)


def told_again(history: History, tier: Tier, since_s: float) -> float | None:
    """Tell when somebody first heard or spoke of the accident from a moment on; those at the scene see it."""
    if tier is Tier.SCENE:
        return since_s
    moments = [moment for moment, _ in _moments(history, tier) if moment >= since_s]
    return min(moments, default=None)


def knows(history: History, tier: Tier, accident_class: int) -> float | None:
    """Tell when somebody first knew the accident to be of a class or a higher one; None: never."""
    if tier is Tier.SCENE:
        return next((since for since, _, number in spans(history) if number >= accident_class), None)
    moments = [moment for moment, believed in _moments(history, tier) if believed >= accident_class]
    return min(moments, default=None)


def _moments(history: History, tier: Tier) -> Iterator[tuple[float, int]]:
    """Go through the moments when somebody heard or spoke of the accident, with the class believed then."""
    for sending in history.sendings:
        if sending.receiver is tier and sending.received_s is not None:
            yield sending.received_s, sending.knowledge.accident_class
        if sending.sender is tier:
            yield sending.sent_s, sending.knowledge.accident_class


def spans(history: History) -> Iterator[tuple[float, float, int]]:
    """Go through the spans of time in which the accident had one class: from, until, class."""
    for (since, number), (until, _) in pairwise([*history.classes, (inf, BELOW)]):
        yield since, until, number


def class_at(history: History, moment_s: float) -> int:
    """Tell the class an accident had at a moment; `BELOW` before it had any."""
    return next((number for since, number in reversed(history.classes) if since <= moment_s), BELOW)


def duties(history: History, sender: Tier, limits: Mapping[int, float], start_s: float) -> list[Duty]:
    """List what a limit by class asks of a sender who was told at a moment.

    The class decides that the accident has at the moment when the limit of that class runs out. Where a class
    comes in between, its own limit being over while that of the class before still runs, the report is due at
    the earlier of the two: what was left, or the new limit counted from when the sender knew of the rise. A
    class reached after a limit has run out opens another duty, counted from when the sender knew.

    Parameters
    ----------
    history
        The accident's classes, and who knew of them.
    sender
        Who owes the report.
    limits
        Class to seconds; a class that is not there asks for nothing.
    start_s
        When the sender was told.

    Examples
    --------
    An ordinary accident (two hours) that is a major one (half an hour) from the first minute on:

    >>> history = History(0.0, ((0.0, 0), (60.0, 2)), ())
    >>> [(duty.due_s, duty.accident_class) for duty in duties(history, Tier.SCENE, {0: 7200, 2: 1800}, 0.0)]
    [(1800.0, 2)]
    """
    found: list[Duty] = []
    left: Duty | None = None
    for since, until, number in spans(history):
        if until <= start_s or (found and number <= found[-1].accident_class):
            continue
        duty = _first(limits, start_s, since, number, left) if not found else None
        duty = duty or _on_rise(history, sender, limits, max(since, start_s), number, left)
        running = duty is not None and duty.due_s >= until
        left = duty if running else None
        if duty is not None and not running:
            found.append(duty)
    return found


def _first(
    limits: Mapping[int, float], start_s: float, since: float, number: int, left: Duty | None
) -> Duty | None:
    """Give what is due since the sender was told, if the limit of this class still ran as it began."""
    limit = limits.get(number)
    if limit is None or start_s + limit < since:
        return None
    due_s = start_s + limit
    return Duty(start_s, min(due_s, left.due_s) if left else due_s, number)


def _on_rise(
    history: History,
    sender: Tier,
    limits: Mapping[int, float],
    since: float,
    number: int,
    left: Duty | None,
) -> Duty | None:
    """Give what is due because the class rose: anew, or what was left of a limit that was running."""
    limit, known = limits.get(number), knows(history, sender, number)
    if limit is None:
        return None
    if known is None:
        return left and replace(left, accident_class=number)
    knew = max(known, since)
    if left:
        return replace(left, accident_class=number, due_s=min(left.due_s, knew + limit))
    return Duty(knew, knew + limit, number, reopened=True)
