"""Injects in words, as somebody types them: ``leave_post D04``, ``cut_channel landline``, ``warning 2``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from readiness.force import Force
from sim.county import County
from sim.experiment import RunTrouble
from sim.injects import CutChannel, FailItem, Inject, IssueWarning, LeavePost, RaiseStandby, TakeOut

EXAMPLE = "leave_post D04 8h"
LASTS = re.compile(r"(\d+(?:\.\d+)?)h")
"""How long an inject lasts, in hours; without it, to the end."""
HOUR_S = 3600.0


def inject_of(county: County, words: str, at_s: float) -> Inject:
    """Read an inject from words: what to do, with what, perhaps for how many hours (``8h``).

    Parameters
    ----------
    county
        The county that knows the things by their codes.
    words
        For example ``cut_channel landline D04 8h``.
    at_s
        When it takes effect, in seconds of the run.

    Raises
    ------
    RunTrouble
        Neither the word nor the thing is known.
    """
    what, *things = words.split() or [""]
    make = INJECTS.get(what)
    if make is None:
        known = ", ".join(INJECTS)
        raise RunTrouble("There is no inject {word}; there are: {known}.", word=what, known=known)
    lasts = LASTS.fullmatch(things[-1]) if things else None
    things = things[:-1] if lasts else things
    if not things and what != "raise_standby":
        raise RunTrouble(
            "The inject {word} must say with what, as in: {example}.", word=what, example=EXAMPLE
        )
    inject = make(county, things, at_s)
    return _lasting(inject, float(lasts.group(1)) * HOUR_S) if lasts else inject


def _lasting(inject: Inject, lasts_s: float) -> Inject:
    """Let an inject that can end do so after a while."""
    if isinstance(inject, LeavePost | CutChannel | TakeOut | IssueWarning):
        return replace(inject, until_s=inject.at_s + lasts_s)
    return inject


def _position(things: Sequence[Any], code: str) -> int:
    codes = [one.code for one in things]
    if code not in codes:
        raise RunTrouble("There is no {code}; there are: {known}.", code=code, known=", ".join(codes[:12]))
    return codes.index(code)


def _force(county: County) -> Force:
    if county.force is None:
        raise RunTrouble("The scenario {code} says nothing of who stands by.", code=county.code)
    return county.force


def _leave(county: County, things: list[str], at_s: float) -> Inject:
    return LeavePost(at_s, _position(_force(county).posts, things[0]))


def _cut(county: County, things: list[str], at_s: float) -> Inject:
    force = _force(county)
    post = _position(force.posts, things[1]) if len(things) > 1 else -1
    return CutChannel(at_s, _position(force.channels, things[0]), post)


def _out(county: County, things: list[str], at_s: float) -> Inject:
    return TakeOut(at_s, _position(county.units, things[0]))


def _fail(county: County, things: list[str], at_s: float) -> Inject:
    return FailItem(at_s, _position(_force(county).items, things[0]))


def _warn(county: County, things: list[str], at_s: float) -> Inject:  # noqa: ARG001 - one of a family
    if things[0] not in ("1", "2", "3", "4"):
        raise RunTrouble("A warning is of level 1 (red) to 4 (blue), not {word}.", word=things[0])
    return IssueWarning(at_s, int(things[0]))


def _raise(county: County, things: list[str], at_s: float) -> Inject:
    return RaiseStandby(at_s, tuple(_position(_force(county).teams, code) for code in things))


INJECTS: Mapping[str, Callable[[County, list[str], float], Inject]] = {
    "leave_post": _leave,
    "cut_channel": _cut,
    "take_out": _out,
    "fail_item": _fail,
    "warning": _warn,
    "raise_standby": _raise,
}
"""Injects of a rehearsal by their words."""
