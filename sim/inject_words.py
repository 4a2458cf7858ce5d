"""Injects in words, as somebody types them: ``leave_post D04``, ``cut_channel landline``, ``warning 2``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dispatch.policies import POLICIES
from readiness.force import Force
from sim.county import County
from sim.experiment import RunTrouble
from sim.injects import (
    AddAccident,
    CloseRoad,
    CloseSite,
    CutChannel,
    FailItem,
    Inject,
    IssueWarning,
    LeavePost,
    MoveUnit,
    OpenRoad,
    RaiseStandby,
    SetLevel,
    SetPolicy,
    SlowRoad,
    TakeOut,
)

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
    if isinstance(inject, LASTING):
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


def _arcs(county: County, things: list[str]) -> tuple[tuple[int, ...], str]:
    """Find the arcs of a road or bridge by code or name, or from-to by node codes."""
    said = " ".join(things)
    arcs = county.roads.arcs_named(said)
    if not arcs:
        raise RunTrouble("There is no road or bridge {name}.", name=said)
    return arcs, said


def _close_road(county: County, things: list[str], at_s: float) -> Inject:
    return CloseRoad(at_s, *_arcs(county, things))


def _open_road(county: County, things: list[str], at_s: float) -> Inject:
    return OpenRoad(at_s, *_arcs(county, things))


def _slow_road(county: County, things: list[str], at_s: float) -> Inject:
    arcs, called = _arcs(county, things[:-1])
    return SlowRoad(at_s, arcs, _factor(things[-1]), called)


def _factor(word: str) -> float:
    """Read a factor on speed, above 0 and below 1."""
    found = re.fullmatch(r"0?\.\d+", word)
    if found is None or not float(word):
        raise RunTrouble("A factor on speed is a number between 0 and 1 such as 0.5, not {word}.", word=word)
    return float(word)


def _close_site(county: County, things: list[str], at_s: float) -> Inject:
    return CloseSite(at_s, _position(county.sites, things[0]))


def _move(county: County, things: list[str], at_s: float) -> Inject:
    if len(things) != 2:
        raise RunTrouble("A unit is moved to a station, as in: {example}.", example="move_unit E7 S2")
    return MoveUnit(at_s, _position(county.units, things[0]), _position(county.stations, things[1]))


def _policy(county: County, things: list[str], at_s: float) -> Inject:  # noqa: ARG001 - one of a family
    if things[0] not in POLICIES:
        raise RunTrouble("There is no {code}; there are: {known}.", code=things[0], known=", ".join(POLICIES))
    return SetPolicy(at_s, things[0])


def _level(county: County, things: list[str], at_s: float) -> Inject:
    if things[0] not in ("1", "2", "3", "4"):
        raise RunTrouble("A response level is 1 to 4, not {word}.", word=things[0])
    plan = _position(county.plans, things[1]) if len(things) > 1 else -1
    return SetLevel(at_s, int(things[0]), plan)


def _accident(county: County, things: list[str], at_s: float) -> Inject:
    if len(things) != 2:
        raise RunTrouble("An accident happens at a site, as in: {example}.", example="add_accident leak X1")
    site = _position(county.sites, things[1])
    at = county.sites[site].at
    return AddAccident(at_s, _position(county.kinds, things[0]), at.lon, at.lat, site)


LASTING = (LeavePost, CutChannel, TakeOut, IssueWarning, CloseRoad, SlowRoad, CloseSite)
"""Injects that can end."""

INJECTS: Mapping[str, Callable[[County, list[str], float], Inject]] = {
    "leave_post": _leave,
    "cut_channel": _cut,
    "take_out": _out,
    "fail_item": _fail,
    "warning": _warn,
    "raise_standby": _raise,
    "close_road": _close_road,
    "open_road": _open_road,
    "slow_road": _slow_road,
    "close_site": _close_site,
    "move_unit": _move,
    "set_policy": _policy,
    "set_level": _level,
    "add_accident": _accident,
}
"""Injects of a rehearsal by their words."""
