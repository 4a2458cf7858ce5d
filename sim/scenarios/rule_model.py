"""Rule files as they are written: duties to report, each with its limit and where that stands."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict, model_validator

from dispatch.judging import LEVEL
from dispatch.reporting import NEAR_MISS, Tier
from sim.scenarios.fields import Code, Names, Part, Positive, Text, about, wrong

LAW = "law, regulation or local rule"
CLASSES = ("near_miss", "ordinary", "larger", "major", "extraordinary")
CLASS_NUMBER = {name: number for number, name in enumerate(CLASSES, start=NEAR_MISS)}
OF_ALL_ACCIDENTS = CLASSES[1:]

TierName = Literal[
    "scene",
    "unit_head",
    "call_centre",
    "township",
    "bureau",
    "department",
    "county_government",
    "city_bureau",
    "city_government",
    "province",
    "ministry",
]
ReportName = Literal["initial", "phone_flash", "update", "supplement", "final"]
ClassName = Literal["near_miss", "ordinary", "larger", "major", "extraordinary"]
Certainty = Literal["V", "S", "R", "D", "M", "A"]
LIMITS = ("limit_min", "at_once_min", "every_h")


def _by_class(value: Any) -> Any:  # noqa: ANN401
    """Take one figure to hold for all classes of accidents, not for near misses."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if value <= 0:
        raise wrong("must be more than {limit}", limit=0)
    return dict.fromkeys(OF_ALL_ACCIDENTS, value)


ByClass = Annotated[dict[ClassName, Positive], BeforeValidator(_by_class), Field(min_length=1)]
"""A figure by class, or one for all classes of accidents."""


class SourceFile(Part):
    """A law or a local rule."""

    title: Names = about("full title, with its number", "", LAW)
    date: Annotated[Text, Field(min_length=1)] = about("date in force", "date", LAW)


class DutyRule(Part):
    """One duty to report, or a way of reporting that is allowed."""

    code: Code = about("code, unique among the rules in force", "", "own choice")
    name: Names = about("what the duty is called", "", "own words")
    from_: TierName = Field(alias="from", description="who reports")
    to: TierName = about("who is told", "", LAW)
    report: ReportName = about("kind of report", "", LAW)
    limit_min: ByClass | None = about("limit, for all classes or by class", "min", LAW, default=None)
    at_once_min: ByClass | None = about(
        "minutes taken for a law that says at once and names no time", "min", "assumption", default=None
    )
    every_h: ByClass | None = about("longest time between two follow-ups", "h", LAW, default=None)
    counts_from: Literal["received", "occurred", "class_known"] = about(
        "moment from which the limit counts", "", LAW, default="received"
    )
    written: bool = about("text is asked for", "", LAW, default=False)
    necessary: bool = about("allowed when necessary, never owed", "", LAW, default=False)
    classes: Annotated[tuple[ClassName, ...], Strict(False)] = about(
        "classes for which it is allowed; left out: all", "", LAW, default=()
    )
    window_days: Positive | None = about(
        "days from the accident in which changed casualties are reported", "d", LAW, default=None
    )
    short_window_days: Positive | None = about("the same for road traffic and fire", "d", LAW, default=None)
    copies: Annotated[tuple[Code, ...], Strict(False)] = about("who is told as well", "", LAW, default=())
    content: Annotated[tuple[Code, ...], Strict(False)] = about(
        "items of a complete report", "", LAW, default=()
    )
    source: Code = about("code of the law or rule it stands in", "", LAW)
    article: Names = about("article", "", LAW)
    certainty: Certainty = about("how sure: V, S, R, D, M or A", "", "own reading")
    note: Names | None = about("remark", "", "own words", default=None)

    @model_validator(mode="after")
    def _upward(self) -> DutyRule:
        if LEVEL[Tier[self.to.upper()]] < LEVEL[Tier[self.from_.upper()]] or self.to == self.from_:
            raise wrong("must be above {below}, who reports", below=self.from_, at="to")
        return self

    @model_validator(mode="after")
    def _one_limit(self) -> DutyRule:
        given = [name for name in LIMITS if getattr(self, name) is not None]
        if self.necessary and given:
            raise wrong("cannot stand with necessary: true, for nothing is owed", at=given[0])
        if len(given) > 1:
            raise wrong("stands beside {other}; one limit is due", other=given[0], at=given[1])
        return self

    @model_validator(mode="after")
    def _fitting(self) -> DutyRule:
        if (self.every_h is not None) != (self.report == "update"):
            raise wrong("must say update where every_h is given, and only there", at="report")
        if (self.window_days is not None) != (self.report == "supplement"):
            raise wrong("must say supplement where window_days is given, and only there", at="report")
        return self


class RuleFile(Part):
    """A file of rules: `extends` another one, whose rules hold too, except those it `replaces`."""

    code: Code = about("code; the name of the file", "", "own choice")
    name: Names = about("what the rules are called", "", "own words")
    extends: Code | None = about("rule file these rules build on", "", "own choice", default=None)
    replaces: Annotated[tuple[Code, ...], Strict(False)] = about(
        "rules of the other file that these take the place of", "", "own choice", default=()
    )
    sources: dict[Code, SourceFile] = about("laws and rules, by code", "", LAW, default={})
    rules: Annotated[tuple[DutyRule, ...], Strict(False), Field(min_length=1)] = about("the duties", "", LAW)
