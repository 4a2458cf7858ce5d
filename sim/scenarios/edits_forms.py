"""The forms of edit: what can be changed in a county, each with its words, from the start or at a moment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.scenarios.edits_fields import (
    SCRIPT,
    AtMoment,
    ForWhile,
    FromStart,
    Somewhere,
    When,
    Word,
    Words,
    moment_text,
    when,
)
from sim.scenarios.edits_forms_forces import (
    AddBase,
    AddItem,
    AddPost,
    AddTeam,
    AddUnit,
    MoveBase,
    MoveItem,
    MovePost,
    MoveTeam,
    MoveUnit,
    RemoveBase,
    RemoveItem,
    RemovePost,
    RemoveTeam,
    RemoveUnit,
    SetRoster,
    SetShift,
    SetStandby,
)
from sim.scenarios.fields import AtLeastZero, Part, Positive, WarningLevel, about, wrong
from sim.scenarios.plan_model import PlanFile

__all__ = [
    "FORMS",
    "WORDS",
    "AddAccident",
    "AddBase",
    "AddItem",
    "AddPlan",
    "AddPost",
    "AddTeam",
    "AddUnit",
    "AtMoment",
    "CloseRoad",
    "CloseSite",
    "CutChannel",
    "FailItem",
    "LeavePost",
    "LowerStandby",
    "MoveBase",
    "MoveItem",
    "MovePost",
    "MoveSite",
    "MoveTeam",
    "MoveUnit",
    "OpenRoad",
    "RaiseStandby",
    "RaiseWarning",
    "RemoveBase",
    "RemoveItem",
    "RemovePlan",
    "RemovePost",
    "RemoveTeam",
    "RemoveUnit",
    "SetCheck",
    "SetLevel",
    "SetPolicy",
    "SetRoster",
    "SetRules",
    "SetRunCard",
    "SetShift",
    "SetSiteRate",
    "SetStandby",
    "SetTask",
    "SlowRoad",
    "Somewhere",
    "TakeOut",
    "doing",
    "moment_text",
    "when",
]


class SetPolicy(AtMoment):
    """Units are chosen by another dispatch policy."""

    do: Literal["set_policy"] = "set_policy"
    policy: Word = about("name of the dispatch policy", "", SCRIPT)


class SetRunCard(FromStart):
    """A run card asks for so many units of a capability; 0: none."""

    do: Literal["set_run_card"] = "set_run_card"
    kind: Word = about("kind of incident", "", SCRIPT)
    grade: Annotated[int, Field(ge=1, le=5)] = about("grade of the incident", "", SCRIPT, default=1)
    capability: Word = about("what is needed", "", SCRIPT)
    count: Annotated[int, Field(ge=0, le=1000)] = about("so many units; 0: none", "vehicles", SCRIPT)


class SetRules(FromStart):
    """Other rules of reporting are in force."""

    do: Literal["set_rules"] = "set_rules"
    rules: Word = about("name of a rule file", "", SCRIPT)


class SetTask(FromStart):
    """A task of a plan changes."""

    do: Literal["set_task"] = "set_task"
    plan: Word = about("the plan", "", SCRIPT)
    task: Word = about("the task", "", SCRIPT)
    within_min: Positive | None = about("its limit", "min", SCRIPT, default=None)
    lasts_min: AtLeastZero | None = about("how long it takes once begun", "min", SCRIPT, default=None)
    owner: Word | None = about("duty post that does it", "", SCRIPT, default=None)

    @model_validator(mode="after")
    def _something(self) -> SetTask:
        if self.within_min is None and self.lasts_min is None and self.owner is None:
            raise wrong("changes nothing: say `within_min`, `lasts_min` or `owner`")
        return self


class AddPlan(FromStart):
    """An emergency plan is added, or takes the place of the one of its code."""

    do: Literal["add_plan"] = "add_plan"
    plan: PlanFile = about("the plan, as a file of `plans` holds it", "", SCRIPT)


class RemovePlan(FromStart):
    """An emergency plan is no longer in force."""

    do: Literal["remove_plan"] = "remove_plan"
    plan: Word = about("the plan", "", SCRIPT)


class SetCheck(FromStart):
    """A check of equipment is done at another interval."""

    do: Literal["set_check"] = "set_check"
    check: Word = about("the check", "", SCRIPT)
    every_days: Annotated[int, Field(ge=1, le=36_500)] = about("days between checks", "days", SCRIPT)


class CloseRoad(ForWhile):
    """A road or bridge is closed; units under way keep their way."""

    do: Literal["close_road"] = "close_road"
    road: Word = about("code or name of a road or bridge, or from-to by node codes", "", SCRIPT)


class OpenRoad(AtMoment):
    """A road or bridge that was closed or slowed is as usual again."""

    do: Literal["open_road"] = "open_road"
    road: Word = about("code or name of a road or bridge, or from-to by node codes", "", SCRIPT)


class SlowRoad(ForWhile):
    """Traffic on a road or bridge is slower."""

    do: Literal["slow_road"] = "slow_road"
    road: Word = about("code or name of a road or bridge, or from-to by node codes", "", SCRIPT)
    factor: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = about(
        "what speeds are multiplied by", "", SCRIPT
    )


class CloseSite(ForWhile):
    """A site is closed: no accident happens there."""

    do: Literal["close_site"] = "close_site"
    site: Word = about("the site", "", SCRIPT)


class MoveSite(Somewhere):
    """A site moves, and its accidents with it."""

    do: Literal["move_site"] = "move_site"
    site: Word = about("the site", "", SCRIPT)


class SetSiteRate(FromStart):
    """Accidents at a site become more or less likely."""

    do: Literal["set_site_rate"] = "set_site_rate"
    site: Word = about("the site", "", SCRIPT)
    factor: AtLeastZero = about("what their rate is multiplied by", "", SCRIPT)


class RaiseWarning(ForWhile):
    """A warning is issued; it may close and slow roads."""

    do: Literal["raise_warning"] = "raise_warning"
    level: WarningLevel = about("its level: 1 red, 2 orange, 3 yellow, 4 blue", "", SCRIPT)
    close: Words = about("roads and bridges closed while it holds", "", SCRIPT, default=())
    slow: dict[Word, Annotated[float, Field(gt=0, lt=1)]] = about(
        "what speeds are multiplied by while it holds, by road or bridge", "", SCRIPT, default_factory=dict
    )


class RaiseStandby(AtMoment):
    """An order raises the standby of teams."""

    do: Literal["raise_standby"] = "raise_standby"
    teams: Words = about("teams concerned; left out: all", "", SCRIPT, default=())


class LowerStandby(AtMoment):
    """An order lowers the standby of teams."""

    do: Literal["lower_standby"] = "lower_standby"
    teams: Words = about("teams concerned; left out: all", "", SCRIPT, default=())


class CutChannel(ForWhile):
    """A channel of one or all duty posts fails."""

    do: Literal["cut_channel"] = "cut_channel"
    channel: Word = about("the channel", "", SCRIPT)
    post: Word | None = about("the duty post; left out: all", "", SCRIPT, default=None)


class LeavePost(ForWhile):
    """A duty post is left unmanned."""

    do: Literal["leave_post"] = "leave_post"
    post: Word = about("the duty post", "", SCRIPT)


class TakeOut(ForWhile):
    """A unit is out of service."""

    do: Literal["take_out"] = "take_out"
    unit: Word = about("the unit", "", SCRIPT)


class FailItem(AtMoment):
    """An item of equipment stops working."""

    do: Literal["fail_item"] = "fail_item"
    item: Word = about("the item", "", SCRIPT)
    hidden: bool = about("whether nobody notices", "", SCRIPT, default=True)


class AddAccident(Somewhere):
    """An accident happens; what is left out is left to chance."""

    do: Literal["add_accident"] = "add_accident"
    at: When = about("when", "date and time", SCRIPT)
    kind: Word = about("kind of incident", "", SCRIPT)
    grade: Annotated[int, Field(ge=1, le=5)] | None = about("its grade", "", SCRIPT, default=None)
    priority: Word | None = about("its priority", "", SCRIPT, default=None)
    deaths: Annotated[int, Field(ge=0, le=10_000)] | None = about("dead", "people", SCRIPT, default=None)
    injuries: Annotated[int, Field(ge=0, le=10_000)] | None = about(
        "seriously injured", "people", SCRIPT, default=None
    )
    loss_cny: AtLeastZero | None = about("direct loss", "CNY", SCRIPT, default=None)


class SetLevel(Part):
    """The response level of accidents in hand is set by order."""

    do: Literal["set_level"] = "set_level"
    at: When = about("when", "date and time", SCRIPT)
    level: Annotated[int, Field(ge=1, le=4)] = about("response level, 1 highest to 4", "", SCRIPT)
    plan: Word | None = about(
        "plan whose accidents are meant; left out: all accidents in hand", "", SCRIPT, default=None
    )


FORMS: tuple[type[Part], ...] = (
    AddBase,
    MoveBase,
    RemoveBase,
    AddTeam,
    MoveTeam,
    RemoveTeam,
    AddUnit,
    MoveUnit,
    RemoveUnit,
    AddItem,
    MoveItem,
    RemoveItem,
    AddPost,
    MovePost,
    RemovePost,
    SetShift,
    SetStandby,
    SetRoster,
    SetPolicy,
    SetRunCard,
    SetRules,
    SetTask,
    AddPlan,
    RemovePlan,
    SetCheck,
    CloseRoad,
    OpenRoad,
    SlowRoad,
    CloseSite,
    MoveSite,
    SetSiteRate,
    RaiseWarning,
    RaiseStandby,
    LowerStandby,
    CutChannel,
    LeavePost,
    TakeOut,
    FailItem,
    AddAccident,
    SetLevel,
)
"""All forms of edit."""


def doing(form: type[Part]) -> str:
    """Tell the word by which a form of edit is chosen: what stands after ``do:``."""
    return str(form.model_fields["do"].default)


WORDS: dict[str, Any] = {doing(form): form for form in FORMS}
"""The forms of edit by the word after ``do:``."""
