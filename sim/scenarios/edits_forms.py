"""The forms of edit: what can be changed in a county, each with its words, from the start or at a moment."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema, model_validator

from sim.scenarios.fields import (
    START_FORM,
    AtLeastZero,
    Clock,
    Code,
    Latitude,
    Longitude,
    Part,
    Positive,
    StationKind,
    Text,
    WarningLevel,
    about,
    wrong,
)
from sim.scenarios.force_rows import StandbyWord
from sim.scenarios.plan_model import PlanFile

SCRIPT = "what-if or drill script"
OFFSET = re.compile(r"\+(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)min)?")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def when(value: object) -> object:
    """Understand a moment: a date and time, a time of day, or so long after the scenario's start."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if (found := OFFSET.fullmatch(text)) and text != "+":
        days, hours, minutes = (int(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)
    if found := CLOCK.fullmatch(text):
        return time(int(found.group(1)), int(found.group(2)))
    try:
        return datetime.strptime(text, START_FORM)
    except ValueError:
        raise wrong("must be a moment: 2026-01-01 20:00, a time of day such as 20:00, or +2h") from None


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


class AddBase(Somewhere):
    """A new base."""

    do: Literal["add_base"] = "add_base"
    base: Code = about("code of the new base", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    kind: StationKind = about("kind of station", "", SCRIPT, default="full_time")


class MoveBase(Somewhere):
    """A base moves, with all that stands there."""

    do: Literal["move_base"] = "move_base"
    base: Word = about("the base", "", SCRIPT)


class RemoveBase(FromStart):
    """A base is given up; what stands there moves to another."""

    do: Literal["remove_base"] = "remove_base"
    base: Word = about("the base", "", SCRIPT)
    to: Word | None = about("base to which all that stands there moves", "", SCRIPT, default=None)


class AddTeam(FromStart):
    """A new team, with the roster of one that is there."""

    do: Literal["add_team"] = "add_team"
    team: Code = about("code of the new team", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    like: Word = about("team whose kind, rules and roster it takes", "", SCRIPT)
    base: Word = about("base at which it stands", "", SCRIPT)


class MoveTeam(FromStart):
    """A team moves to another base with its units."""

    do: Literal["move_team"] = "move_team"
    team: Word = about("the team", "", SCRIPT)
    base: Word = about("base to which it moves", "", SCRIPT)


class RemoveTeam(FromStart):
    """A team is disbanded; its units go."""

    do: Literal["remove_team"] = "remove_team"
    team: Word = about("the team", "", SCRIPT)


class AddUnit(FromStart):
    """A new unit, equipped and manned like one that is there."""

    do: Literal["add_unit"] = "add_unit"
    unit: Code = about("code of the new unit", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    like: Word = about("unit whose class, abilities, crew and equipment it takes", "", SCRIPT)
    base: Word | None = about("its base; left out: that of the other", "", SCRIPT, default=None)
    team: Word | None = about("who mans it; left out: the team of the other", "", SCRIPT, default=None)


class MoveUnit(AtMoment):
    """A unit moves to another base."""

    do: Literal["move_unit"] = "move_unit"
    unit: Word = about("the unit", "", SCRIPT)
    base: Word = about("base to which it moves", "", SCRIPT)


class RemoveUnit(FromStart):
    """A unit is taken out of the county, with what it carries."""

    do: Literal["remove_unit"] = "remove_unit"
    unit: Word = about("the unit", "", SCRIPT)


class AddItem(FromStart):
    """A new item of equipment."""

    do: Literal["add_item"] = "add_item"
    item: Code = about("code of the new item", "", SCRIPT)
    type: Word = about("type of equipment", "", SCRIPT)
    to: Word = about("unit or store that gets it", "", SCRIPT)
    amount: AtLeastZero | None = about(
        "how much, of what is used up", "as the type says", SCRIPT, default=None
    )


class MoveItem(FromStart):
    """An item is given to another unit or store."""

    do: Literal["move_item"] = "move_item"
    item: Word = about("the item", "", SCRIPT)
    to: Word = about("unit or store that gets it", "", SCRIPT)


class RemoveItem(FromStart):
    """An item is taken away."""

    do: Literal["remove_item"] = "remove_item"
    item: Word = about("the item", "", SCRIPT)


class AddPost(FromStart):
    """A new duty post, with the roster of one that is there."""

    do: Literal["add_post"] = "add_post"
    post: Code = about("code of the new post", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    like: Word = about("post whose kind, channels and roster it takes", "", SCRIPT)
    where: Word | None = about(
        "place or site it belongs to; left out: that of the other", "", SCRIPT, default=None
    )


class MovePost(FromStart):
    """A duty post belongs to another place or site."""

    do: Literal["move_post"] = "move_post"
    post: Word = about("the post", "", SCRIPT)
    where: Word = about("place or site it belongs to from now on", "", SCRIPT)


class RemovePost(FromStart):
    """A duty post is given up, with its roster."""

    do: Literal["remove_post"] = "remove_post"
    post: Word = about("the post", "", SCRIPT)


class SetShift(FromStart):
    """The hours or days of a shift change."""

    do: Literal["set_shift"] = "set_shift"
    shift: Word = about("the shift", "", SCRIPT)
    from_: Clock | None = about("when it begins", "time of day", SCRIPT, default=None, alias="from")
    to: Clock | None = about("when it ends", "time of day", SCRIPT, default=None)
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Strict(False)] | None = about(
        "days of the week on which it begins, 1 Monday to 7 Sunday", "", SCRIPT, default=None
    )

    @model_validator(mode="after")
    def _something(self) -> SetShift:
        if self.from_ is None and self.to is None and not self.days:
            raise wrong("changes nothing: say `from`, `to` or `days`")
        return self


class SetStandby(FromStart):
    """The people of a team or post stand by at another level."""

    do: Literal["set_standby"] = "set_standby"
    holder: Word = about("team or duty post", "", SCRIPT)
    level: StandbyWord = about("at the station, or on call", "", SCRIPT)


class SetRoster(FromStart):
    """So many people of a role are on a shift of a team or post; 0: none."""

    do: Literal["set_roster"] = "set_roster"
    holder: Word = about("team or duty post", "", SCRIPT)
    shift: Word = about("the shift", "", SCRIPT)
    role: Word = about("the role", "", SCRIPT)
    count: Annotated[int, Field(ge=0, le=1000)] = about("so many people; 0: none", "people", SCRIPT)


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
