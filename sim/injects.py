"""Injects: what is made to happen to the county at a given moment, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RaiseStandby:
    """An order raises (or, with `raised` False, lowers) the standby of teams; no team named: of all."""

    at_s: float
    teams: tuple[int, ...] = ()
    raised: bool = True


@dataclass(frozen=True, slots=True)
class IssueWarning:
    """A warning of a level, 1 (red) to 4 (blue), is issued and holds until a moment; None: to the end."""

    at_s: float
    level: int
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class FailItem:
    """An item of equipment stops working; `hidden` says that nobody notices."""

    at_s: float
    item: int
    hidden: bool = True


@dataclass(frozen=True, slots=True)
class TakeOut:
    """A unit is taken out of service until a moment; None: to the end."""

    at_s: float
    unit: int
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class CutChannel:
    """A channel of a post fails, with `post` -1 of every post, until a moment; None: to the end."""

    at_s: float
    channel: int
    post: int = -1
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class LeavePost:
    """A duty post is left unmanned until a moment; None: to the end."""

    at_s: float
    post: int
    until_s: float | None = None


Inject = RaiseStandby | IssueWarning | FailItem | TakeOut | CutChannel | LeavePost
"""One of the changes that scenario files, what-ifs and drills can make to the world."""
