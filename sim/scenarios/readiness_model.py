"""The settings of readiness, `readiness:` in `scenario.yaml`: duty, standby, equipment, channels."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema, model_validator

from sim.scenarios.fields import (
    AtLeastZero,
    Clock,
    Code,
    Day,
    Duration,
    Names,
    Part,
    Positive,
    Share,
    StationKind,
    WarningLevel,
    about,
    wrong,
)
from sim.scenarios.gear_model import LEDGER, Codes, ItemType, Sigma

SUM_SLACK = 1e-6
ROSTER = "duty roster"
PLAN = "standard or plan"
Weekdays = Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Strict(False), Field(min_length=1)]
MonthNumbers = Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Strict(False), Field(min_length=1)]
CycleDays = Annotated[tuple[Annotated[int, Field(ge=1)], ...], Strict(False), Field(min_length=1)]
Days = Annotated[tuple[Day, ...], Strict(False)]


class Holidays(Part):
    """Which days are off: the holidays of a country, and what is decided otherwise."""

    country: Code | None = about(
        "ISO 3166 code of the country whose holidays hold, for example CN; left out: none",
        "",
        "holidays library",
        default=None,
    )
    extra: Days = about("days off besides", "", "government notice", default=())
    workdays: Days = about("days worked in spite of weekend or holiday", "", "government notice", default=())


class Role(Part):
    """A qualification or a part on duty."""

    name: Names = about("what the role is called", "", ROSTER)
    counts_as: Codes = about("roles it can stand for", "", PLAN, default=())


class Shift(Part):
    """A turn of duty; one that ends no later than it begins ends on the next day."""

    name: Names = about("what the shift is called", "", ROSTER)
    from_: Clock = about("local time at which it begins", "time of day", ROSTER, alias="from")
    to: Clock = about("local time at which it ends", "time of day", ROSTER)
    days: Weekdays = about(
        "days of the week on which it begins, 1 Monday to 7 Sunday", "", ROSTER, default=(1, 2, 3, 4, 5, 6, 7)
    )
    on: Literal["any", "workdays", "restdays"] = about(
        "kind of day on which it begins, holidays and make-up days counted", "", ROSTER, default="any"
    )
    cycle_days: Annotated[int, Field(ge=1, le=366)] = about(
        "days after which the rotation starts over; 1: no rotation", "days", ROSTER, default=1
    )
    cycle_on: CycleDays = about("days of the rotation on which it begins, from 1", "", ROSTER, default=(1,))
    first: Day | None = about(
        "a first day of the rotation; left out: the scenario's first day", "", ROSTER, default=None
    )

    @model_validator(mode="after")
    def _within_cycle(self) -> Shift:
        if max(self.cycle_on) > self.cycle_days:
            raise wrong("must be days 1 to {last} of the rotation", at="cycle_on", last=self.cycle_days)
        return self


class Handover(Part):
    """The change of shifts, when turnout is slower."""

    lasts_min: AtLeastZero = about("how long after a shift begins crews hand over", "min", ROSTER)
    extra_s: AtLeastZero = about("how much longer turnout takes meanwhile", "s", "dispatch log")


class StandbyTurnout(Part):
    """How long turnout takes for a kind of team at a level of standby."""

    team_kind: Literal[StationKind, "any"] = about(
        "kind of team; `any`: all others", "", ROSTER, default="any"
    )
    level: Literal["on_station", "on_call", "raised"] = about("level of standby", "", ROSTER)
    median_s: Positive = about("median time from the order to rolling", "s", "dispatch log")
    sigma: Sigma = about("standard deviation of its natural logarithm", "", "dispatch log")


class Raising(Part):
    """When standby is raised by itself; what is left out does not matter."""

    warning_level: WarningLevel | None = about(
        "a warning of this level or a graver one is out: 1 red to 4 blue", "", PLAN, default=None
    )
    from_: Clock | None = about(
        "local time from which it is raised", "time of day", PLAN, default=None, alias="from"
    )
    to: Clock | None = about("local time until which it is raised", "time of day", PLAN, default=None)
    months: MonthNumbers | None = about("months in which it is raised, 1 to 12", "", PLAN, default=None)
    teams: Codes = about("teams concerned; left out: all", "", PLAN, default=())

    @model_validator(mode="after")
    def _some_reason(self) -> Raising:
        if (self.from_ is None) != (self.to is None):
            raise wrong("needs both `from` and `to`, or neither")
        if self.warning_level is None and self.from_ is None and self.months is None:
            raise wrong("says nothing about when: warning_level, from and to, or months")
        return self


class Standby(Part):
    """Levels of standby, and the time that each change takes."""

    turnout: Annotated[tuple[StandbyTurnout, ...], Strict(False)] = about(
        "turnout by kind of team and level; left out: as units.csv says", "", "dispatch log", default=()
    )
    recall_min: AtLeastZero = about(
        "from the order until those on call are at the station", "min", PLAN, default=30.0
    )
    second_crew_min: AtLeastZero = about(
        "from the order until a second crew is there", "min", PLAN, default=60.0
    )
    second_crew_share: Share = about(
        "share of those off duty who come as second crew", "", "assumption", default=0.0
    )
    forward_min: AtLeastZero = about(
        "from the order until units roll to their forward station", "min", PLAN, default=10.0
    )
    raise_: Annotated[tuple[Raising, ...], Strict(False)] = about(
        "when standby is raised by itself", "", PLAN, default=(), alias="raise"
    )


class ChannelFailure(Part):
    """Weather in which a channel may fail."""

    warning_level: WarningLevel = about(
        "a warning of this level or a graver one is out: 1 red to 4 blue", "", "assumption"
    )
    chance: Share = about("chance that the channel of a post then fails", "", "assumption")


def _each_hour(value: Any) -> Any:  # noqa: ANN401
    """Take one chance for all hours of the day."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not 0 <= value <= 1:
        raise wrong("must be between 0 and 1, or 24 such numbers")
    return (float(value),) * 24


ChanceByHour = Annotated[
    tuple[Share, ...],
    Strict(False),
    Field(min_length=24, max_length=24),
    BeforeValidator(_each_hour),
    PlainSerializer(lambda chances: chances[0] if len(set(chances)) == 1 else chances),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "array", "items": {"type": "number"}, "minItems": 24, "maxItems": 24},
            ]
        }
    ),
]
"""One chance, or 24, one for each hour of the day."""


class Channel(Part):
    """A way to reach duty posts: landline, mobile, radio, network, satellite."""

    name: Names = about("what the channel is called", "", "county records")
    answer: Duration = about("time until a call is answered", "s", "dispatch log")
    answer_p: ChanceByHour = about(
        "chance that a call is answered while somebody is on duty: one, or 24 by hour",
        "",
        "spot checks",
        default=(1.0,) * 24,
    )
    from_: Clock = about(
        "local time from which it works", "time of day", ROSTER, default="00:00", alias="from"
    )
    to: Clock = about("local time until which it works", "time of day", ROSTER, default="24:00")
    fails: ChannelFailure | None = about("weather in which it may fail", "", "assumption", default=None)


class SpotChecks(Part):
    """Irregular checks of duty posts; absence found raises attention for a while."""

    per_year: AtLeastZero = about("checks of each post", "1/year", PLAN)
    attention_days: AtLeastZero = about(
        "how long attention lasts after absence was found", "days", "assumption"
    )
    attention_factor: Share = about("what the chance of absence is multiplied by meanwhile", "", "assumption")


class IndexWeights(Part):
    """Weights of the readiness index; they sum to 1."""

    crew: Share = about("weight of crews", "", "own choice")
    vehicle: Share = about("weight of vehicles", "", "own choice")
    equipment: Share = about("weight of equipment", "", "own choice")

    @model_validator(mode="after")
    def _whole(self) -> IndexWeights:
        total = self.crew + self.vehicle + self.equipment
        if abs(total - 1) > SUM_SLACK:
            raise wrong("must sum to 1, sums to {total}", total=round(total, 6))
        return self


class Readiness(Part):
    """Who and what stands by: duty, standby, equipment and channels."""

    holidays: Holidays | None = about("days off; left out: none", "", "government notice", default=None)
    roles: dict[Code, Role] = about("qualifications and parts on duty", "", ROSTER, default_factory=dict)
    shifts: dict[Code, Shift] = about("turns of duty", "", ROSTER, default_factory=dict)
    handover: Handover | None = about("change of shifts; left out: at once", "", ROSTER, default=None)
    standby: Standby = about(
        "levels of standby, and the time that each change takes", "", PLAN, default_factory=Standby
    )
    item_types: dict[Code, ItemType] = about("types of equipment", "", LEDGER, default_factory=dict)
    channels: dict[Code, Channel] = about(
        "ways to reach duty posts", "", "county records", default_factory=dict
    )
    spot_checks: SpotChecks | None = about(
        "irregular checks of duty posts; left out: none", "", PLAN, default=None
    )
    index: IndexWeights | None = about(
        "weights of the readiness index; left out: crew 0.4, vehicle 0.2, equipment 0.4",
        "",
        "own choice",
        default=None,
    )
