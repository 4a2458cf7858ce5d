"""Injects as `scenario.yaml` writes them: what is made to happen, and when."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Strict,
    Tag,
    WithJsonSchema,
    model_validator,
)

from sim.scenarios.fields import (
    AtLeastZero,
    Code,
    Latitude,
    Longitude,
    Moment,
    Part,
    Text,
    WarningLevel,
    about,
    wrong,
)

SCRIPT = "drill script"
INJECT_FORMS = (
    "must say one of raise_standby, lower_standby, warning, fail_item, take_out, cut_channel, leave_post, "
    "close_road, open_road, slow_road, close_site, move_unit, set_policy, set_level, add_accident"
)


def _all_or_some(value: Any) -> Any:  # noqa: ANN401
    if value == "all":
        return ()
    if not isinstance(value, list | tuple) or not value:
        raise wrong("must be all, or a list of teams such as [T01, T02]")
    return value


Teams = Annotated[
    tuple[Code, ...],
    Strict(False),
    BeforeValidator(_all_or_some),
    PlainSerializer(lambda teams: teams or "all"),
    WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""The word ``all`` (no team named), or some teams."""

Road = Annotated[Text, Field(min_length=1, max_length=120)]
"""A road or bridge by its code or its name in either language, or ``from-to`` with the codes of two nodes."""


class Timed(Part):
    """What all injects have in common."""

    at: Moment = about("local date and time at which it happens", "date and time", SCRIPT)


class Lasting(Timed):
    """An inject that ends."""

    until: Moment | None = about(
        "local date and time until which it holds; left out: to the end",
        "date and time",
        SCRIPT,
        default=None,
    )

    @model_validator(mode="after")
    def _forward(self) -> Lasting:
        if self.until is not None and self.until <= self.at:
            raise wrong("must be later than `at`", at="until")
        return self


class RaiseStandby(Timed):
    """An order raises standby."""

    raise_standby: Teams = about("teams concerned, or all", "", SCRIPT)


class LowerStandby(Timed):
    """An order lowers standby."""

    lower_standby: Teams = about("teams concerned, or all", "", SCRIPT)


class IssueWarning(Lasting):
    """A warning is issued."""

    warning: WarningLevel = about("its level: 1 red, 2 orange, 3 yellow, 4 blue", "", SCRIPT)


class FailItem(Timed):
    """An item of equipment stops working."""

    fail_item: Code = about("code of the item", "", SCRIPT)
    hidden: bool = about("whether nobody notices", "", SCRIPT, default=True)


class TakeOut(Lasting):
    """A unit is taken out of service."""

    take_out: Code = about("code of the unit", "", SCRIPT)


class CutChannel(Lasting):
    """A channel of one or all duty posts fails."""

    cut_channel: Code = about("the channel", "", SCRIPT)
    post: Code | None = about("code of the post; left out: all posts", "", SCRIPT, default=None)


class LeavePost(Lasting):
    """A duty post is left unmanned."""

    leave_post: Code = about("code of the post", "", SCRIPT)


class CloseRoad(Lasting):
    """A road or bridge is closed; units under way keep their way."""

    close_road: Road = about("code or name of a road or bridge, or from-to by node codes", "", SCRIPT)


class OpenRoad(Timed):
    """A road or bridge that was closed or slowed is as usual again."""

    open_road: Road = about("code or name of a road or bridge, or from-to by node codes", "", SCRIPT)


class SlowRoad(Lasting):
    """Traffic on a road or bridge is slower."""

    slow_road: Road = about("code or name of a road or bridge, or from-to by node codes", "", SCRIPT)
    factor: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = about(
        "what speeds are multiplied by", "", SCRIPT
    )


class CloseSite(Lasting):
    """A site is closed: no accident happens there."""

    close_site: Code = about("code of the site", "", SCRIPT)


class MoveUnit(Timed):
    """A unit belongs to another station from now on."""

    move_unit: Code = about("code of the unit", "", SCRIPT)
    to: Code = about("code of the station", "", SCRIPT)


class SetPolicy(Timed):
    """Units are chosen by another dispatch policy."""

    set_policy: Code = about("name of the dispatch policy", "", SCRIPT)


class SetLevel(Timed):
    """The response level of accidents in hand is set by order."""

    set_level: Annotated[int, Field(ge=1, le=4)] = about("response level, 1 highest to 4", "", SCRIPT)
    plan: Code | None = about(
        "code of the plan whose accidents are meant; left out: all in hand", "", SCRIPT, default=None
    )


class AddAccident(Timed):
    """An accident happens; what is left out is left to chance."""

    add_accident: Code = about("kind of incident", "", SCRIPT)
    lon: Longitude = about("longitude", "degrees (WGS84)", SCRIPT)
    lat: Latitude = about("latitude", "degrees (WGS84)", SCRIPT)
    site: Code | None = about("code of the site; left out: at none", "", SCRIPT, default=None)
    grade: Annotated[int, Field(ge=1, le=5)] | None = about("its grade", "", SCRIPT, default=None)
    priority: Code | None = about("its priority", "", SCRIPT, default=None)
    deaths: Annotated[int, Field(ge=0, le=10_000)] | None = about("dead", "people", SCRIPT, default=None)
    injuries: Annotated[int, Field(ge=0, le=10_000)] | None = about(
        "seriously injured", "people", SCRIPT, default=None
    )
    loss_cny: AtLeastZero | None = about("direct loss", "CNY", SCRIPT, default=None)


INJECT_TAGS = {
    "raise_standby": "inject:raise",
    "lower_standby": "inject:lower",
    "warning": "inject:warning",
    "fail_item": "inject:fail",
    "take_out": "inject:out",
    "cut_channel": "inject:cut",
    "leave_post": "inject:leave",
    "close_road": "inject:close_road",
    "open_road": "inject:open_road",
    "slow_road": "inject:slow_road",
    "close_site": "inject:close_site",
    "move_unit": "inject:move_unit",
    "set_policy": "inject:policy",
    "set_level": "inject:level",
    "add_accident": "inject:accident",
}


def _what(value: object) -> str | None:
    """Tell what an inject does by the key it is written with."""
    if isinstance(value, Timed):
        return next(tag for key, tag in INJECT_TAGS.items() if hasattr(value, key))
    if isinstance(value, dict):
        return next((tag for key, tag in INJECT_TAGS.items() if key in value), None)
    return None


InjectEntry = Annotated[
    Annotated[RaiseStandby, Tag("inject:raise")]
    | Annotated[LowerStandby, Tag("inject:lower")]
    | Annotated[IssueWarning, Tag("inject:warning")]
    | Annotated[FailItem, Tag("inject:fail")]
    | Annotated[TakeOut, Tag("inject:out")]
    | Annotated[CutChannel, Tag("inject:cut")]
    | Annotated[LeavePost, Tag("inject:leave")]
    | Annotated[CloseRoad, Tag("inject:close_road")]
    | Annotated[OpenRoad, Tag("inject:open_road")]
    | Annotated[SlowRoad, Tag("inject:slow_road")]
    | Annotated[CloseSite, Tag("inject:close_site")]
    | Annotated[MoveUnit, Tag("inject:move_unit")]
    | Annotated[SetPolicy, Tag("inject:policy")]
    | Annotated[SetLevel, Tag("inject:level")]
    | Annotated[AddAccident, Tag("inject:accident")],
    Discriminator(
        _what,
        custom_error_type="inject_form",
        custom_error_message="another form is due",
    ),
]
"""One of the injects, told by the key that names what it does."""
