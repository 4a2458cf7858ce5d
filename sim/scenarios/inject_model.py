"""Injects as `scenario.yaml` writes them: what is made to happen, and when."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Discriminator,
    PlainSerializer,
    Strict,
    Tag,
    WithJsonSchema,
    model_validator,
)

from sim.scenarios.fields import Code, Moment, Part, WarningLevel, about, wrong

SCRIPT = "drill script"
INJECT_FORMS = (
    "must say one of raise_standby, lower_standby, warning, fail_item, take_out, cut_channel, leave_post"
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


INJECT_TAGS = {
    "raise_standby": "inject:raise",
    "lower_standby": "inject:lower",
    "warning": "inject:warning",
    "fail_item": "inject:fail",
    "take_out": "inject:out",
    "cut_channel": "inject:cut",
    "leave_post": "inject:leave",
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
    | Annotated[LeavePost, Tag("inject:leave")],
    Discriminator(
        _what,
        custom_error_type="inject_form",
        custom_error_message="another form is due",
    ),
]
"""One of the injects, told by the key that names what it does."""
