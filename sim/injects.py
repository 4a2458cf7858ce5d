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


@dataclass(frozen=True, slots=True)
class CloseRoad:
    """Arcs of the road network are closed until a moment (None: to the end); `called` is what people say."""

    at_s: float
    arcs: tuple[int, ...]
    called: str = ""
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class SlowRoad:
    """Speeds on arcs are multiplied by a factor until a moment; None: to the end."""

    at_s: float
    arcs: tuple[int, ...]
    factor: float
    called: str = ""
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class OpenRoad:
    """Arcs that were closed or slowed are as usual again."""

    at_s: float
    arcs: tuple[int, ...]
    called: str = ""


@dataclass(frozen=True, slots=True)
class CloseSite:
    """A site is closed until a moment (None: to the end): no accident happens there."""

    at_s: float
    site: int
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class MoveUnit:
    """A unit belongs to another station from now on, and drives there as soon as it is free."""

    at_s: float
    unit: int
    station: int


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Units are chosen by another dispatch policy from now on."""

    at_s: float
    policy: str


@dataclass(frozen=True, slots=True)
class SetLevel:
    """The response level of accidents in hand is set by order; `plan` -1: of all that a plan covers."""

    at_s: float
    level: int
    plan: int = -1


@dataclass(frozen=True, slots=True)
class AddAccident:
    """An accident of a kind happens at a point (`site` -1: at none); what is None is left to chance.

    `code` tells accidents of one moment apart; its draws hang on it.
    """

    at_s: float
    kind: int
    lon: float
    lat: float
    site: int = -1
    grade: int | None = None
    priority: int | None = None
    deaths: int | None = None
    injuries: int | None = None
    loss_cny: float | None = None
    code: str = ""


Roadwork = CloseRoad | SlowRoad
"""What closes or slows roads."""

Inject = (
    RaiseStandby
    | IssueWarning
    | FailItem
    | TakeOut
    | CutChannel
    | LeavePost
    | CloseRoad
    | SlowRoad
    | OpenRoad
    | CloseSite
    | MoveUnit
    | SetPolicy
    | SetLevel
    | AddAccident
)
"""One of the changes that scenario files, what-ifs and drills can make to the world."""
