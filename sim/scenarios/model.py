"""The settings of a county: all that `scenario.yaml` may say, each with its unit and where it comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from sim.scenarios.fields import (
    AtLeastZero,
    Clock,
    Code,
    Constant,
    Duration,
    Factor,
    Hours,
    Moment,
    MonthlyShares,
    Months,
    Names,
    Part,
    Positive,
    Share,
    Text,
    WarningLevel,
    about,
    wrong,
)
from sim.scenarios.inject_model import InjectEntry
from sim.scenarios.readiness_model import Readiness
from sim.scenarios.reporting_model import Escalation, Reporting

FORMAT = 1
"""The newest form of scenario folder this Beiqin reads."""

PROBABILITY_SLACK = 1e-6

Category = Literal["fire", "rescue", "accident", "medical", "assistance", "other"]
Measure = Literal["call_handling", "turnout", "travel", "first_arrival", "full_assembly"]
PlaceKind = Literal["township", "street", "park"]


def _certain(chances: tuple[float, ...]) -> tuple[float, ...]:
    total = sum(chances)
    if abs(total - 1) > PROBABILITY_SLACK:
        raise wrong("must sum to 1, sums to {total}", total=round(total, 6))
    return chances


Chances = Annotated[
    tuple[Share, ...], Strict(False), Field(min_length=1, max_length=5), AfterValidator(_certain)
]
"""Chances that sum to 1."""


class CallTaking(Part):
    """Who answers the calls."""

    call_takers: Annotated[int, Field(ge=0, le=10_000)] = about(
        "people who take calls at the same time; 0 means there is always one free", "people", "duty roster"
    )


class Waiting(Part):
    """What happens while units are missing."""

    when_none_free: Literal["wait", "pass_on"] = about(
        "an incident for which no unit is free waits, or is passed on to a neighbouring county",
        "",
        "mutual-aid agreement",
        default="wait",
    )
    short_handed_after_s: Positive | None = about(
        "how long the first crew on scene waits for the rest of the run card before it begins alone; "
        "left out: for ever",
        "s",
        "assumption",
        default=3600.0,
    )


class Profile(Part):
    """How something drives."""

    off_road_kph: Positive = about("speed between the road and a site away from it", "km/h", "assumption")
    start_loss_s: AtLeastZero = about(
        "time lost on every trip before the speed is reached", "s", "standard or study", default=0.0
    )
    speeds_kph: dict[str, Positive] | None = about(
        "speed by road class; may be left out where every road has its own time for this profile",
        "km/h",
        "standard or study",
        default=None,
    )


class VehicleClass(Part):
    """A class of vehicle and how it drives."""

    name: Names = about("what the class is called", "", "county records")
    emergency: Code = about("profile it drives by with lights and siren", "", "own choice")
    ordinary: Code = about("profile it drives by otherwise", "", "own choice")


class Period(Part):
    """A period of the day on some days of the week; the first that matches a moment holds."""

    code: Code = about("code of the period", "", "own choice")
    from_: Clock = about("local time at which it begins", "time of day", "traffic survey", alias="from")
    to: Clock = about("local time at which it ends, later on the same day", "time of day", "traffic survey")
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Strict(False), Field(min_length=1)] = (
        about("days of the week, 1 Monday to 7 Sunday", "", "traffic survey", default=(1, 2, 3, 4, 5, 6, 7))
    )
    speed_factor: dict[str, Factor] = about(
        "what speeds are multiplied by, by road class; `default` for all others", "", "traffic survey"
    )

    @model_validator(mode="after")
    def _forward(self) -> Period:
        if self.to <= self.from_:
            raise wrong("must be later than `from`; write a period over midnight as two", at="to")
        return self


class WeatherState(Part):
    """A state of the weather, how likely it is in each month, and how it slows traffic."""

    code: Code = about("code of the state", "", "own choice")
    name: Names = about("what the state is called", "", "weather service")
    monthly_p: MonthlyShares = about(
        "chance of the state in each month, January first; the states sum to 1", "", "weather service"
    )
    speed_factor: dict[str, Factor] = about(
        "what speeds are multiplied by, by road class; `default` for all others",
        "",
        "FHWA, HCM",
        default_factory=dict,
    )
    warning_level: WarningLevel | None = about(
        "level of the warning out while it holds: 1 red, 2 orange, 3 yellow, 4 blue; left out: none",
        "",
        "weather service",
        default=None,
    )


class Weather(Part):
    """The weather: drawn anew for each block of hours."""

    block_h: Annotated[float, Field(gt=0, le=744, allow_inf_nan=False)] = about(
        "hours for which a state holds", "h", "weather service"
    )
    states: Annotated[tuple[WeatherState, ...], Strict(False), Field(min_length=1)] = about(
        "the states the weather can be in", "", "weather service"
    )


class Priority(Part):
    """How urgent a call is; the order in the list is the rank, the first is served first."""

    code: Code = about("code of the priority", "", "own choice")
    name: Names = about("what it is called", "", "standard or plan")
    target_s: Positive | None = about("response time aimed at", "s", "standard or plan", default=None)
    emergency: bool = about("whether units drive with lights and siren", "", "standard or plan", default=True)


class NightTurnout(Part):
    """Slower turnout at night."""

    factor: Factor = about("what turnout times are multiplied by at night", "", "Reglen & Scheller 2016")
    from_: Clock = about("local time at which the night begins", "time of day", "duty roster", alias="from")
    to: Clock = about("local time at which the night ends", "time of day", "duty roster")


class Turnout(Part):
    """What changes turnout times."""

    night: NightTurnout | None = about("slower turnout at night", "", "dispatch log", default=None)


class Harm(Part):
    """How people and property come to harm in a kind of accident."""

    casualty_p: Share = about("chance that anybody is hurt", "", "accident statistics")
    casualties_median: Positive = about(
        "median number of casualties where anybody is hurt", "people", "accident statistics"
    )
    casualties_sigma: Annotated[float, Field(ge=0, le=5)] = about(
        "standard deviation of the logarithm of their number", "", "accident statistics"
    )
    death_share: Share = about("share of casualties who die", "", "accident statistics")
    loss_median_cny: Positive = about("median direct loss", "CNY", "accident statistics")
    loss_sigma: Annotated[float, Field(ge=0, le=5)] = about(
        "standard deviation of the loss's natural logarithm", "", "accident statistics"
    )
    late_share: Share = about("share of harm that becomes known only later", "", "assumption")
    late_after: Duration = about("how much later it becomes known", "s", "assumption")


class Kind(Part):
    """A kind of incident and what it takes."""

    name: Names = about("what the kind is called", "", "standard or plan")
    category: Category = about("the family it belongs to", "", "standard or plan")
    priority: Code = about("its priority unless the call says otherwise", "", "standard or plan")
    grade_p: Chances = about("chance of grade 1, 2, ...; they sum to 1", "", "dispatch log", default=(1.0,))
    handling: Duration = about("from answering the call to asking for units", "s", "dispatch log")
    control: Duration = about("from the needs assembled to under control", "s", "dispatch log")
    transport_p: Share = about("chance that a patient is taken to hospital", "", "dispatch log", default=0.0)
    transport_capability: Code | None = about("what carries patients", "", "standard or plan", default=None)
    care: Duration = about(
        "from meeting the patient to leaving for hospital",
        "s",
        "dispatch log",
        default_factory=lambda: Constant(constant_s=0.0),
    )
    handover: Duration = about(
        "handing the patient over at the hospital",
        "s",
        "dispatch log",
        default_factory=lambda: Constant(constant_s=0.0),
    )
    harm: Harm | None = about("harm to people and property", "", "accident statistics", default=None)
    escalation: Escalation | None = about(
        "how it grows where it is not contained in time; left out: never",
        "",
        "accident statistics",
        default=None,
    )


class Standard(Part):
    """A response-time standard: so many seconds for a measure in so large a share of incidents."""

    code: Code = about("code of the standard", "", "own choice")
    name: Names = about("what the standard is called", "", "standard or plan")
    measure: Measure = about("the time it limits", "", "standard or plan")
    within_s: Positive = about("the limit", "s", "standard or plan")
    share: Annotated[float, Field(gt=0, le=1)] | None = about(
        "share of incidents that must keep it; left out where the standard names none",
        "",
        "standard or plan",
        default=None,
    )
    place_kinds: Annotated[tuple[PlaceKind, ...], Strict(False), Field(min_length=1)] | None = about(
        "kinds of place it holds in; left out: everywhere", "", "standard or plan", default=None
    )
    source: Annotated[Text, Field(min_length=1)] = about("title, article and date", "", "standard or plan")


class AccidentClass(Part):
    """A legal class of accident: reached when any of the three counts is at least its threshold."""

    code: Code = about("code of the class", "", "Decree 493 Art. 3")
    name: Names = about("what the class is called", "", "Decree 493 Art. 3")
    deaths: Annotated[int, Field(ge=1)] = about("deaths from which it holds", "people", "Decree 493 Art. 3")
    injuries: Annotated[int, Field(ge=1)] = about(
        "serious injuries from which it holds", "people", "Decree 493 Art. 3"
    )
    loss_cny: Positive = about("direct loss from which it holds", "CNY", "Decree 493 Art. 3")
    source: Annotated[Text, Field(min_length=1)] = about("law, article and date", "", "Decree 493 Art. 3")


class Settings(Part):
    """All that `scenario.yaml` says."""

    format: Annotated[int, Field(ge=1)] = about("form of the scenario folder; 1 for now", "", "own choice")
    code: Code = about("code of the scenario", "", "own choice")
    name: Names = about("what the county is called", "", "county records")
    time_zone: Code = about("IANA time zone, for example Asia/Shanghai", "", "county records")
    start: Moment = about("local date and time of second 0", "date and time", "own choice")
    policy: Code = about("which units go: name of a dispatch policy", "", "own choice", default="closest")
    call_taking: CallTaking = about("who answers the calls", "", "duty roster")
    profiles: Annotated[dict[Code, Profile], Field(min_length=1)] = about(
        "how vehicles drive, by profile", "", "standard or study"
    )
    vehicle_classes: Annotated[dict[Code, VehicleClass], Field(min_length=1)] = about(
        "classes of vehicle", "", "county records"
    )
    periods: Annotated[tuple[Period, ...], Strict(False)] = about(
        "periods of the day with their own speeds; the rest of the time is the period `other`",
        "",
        "traffic survey",
        default=(),
    )
    weather: Weather | None = about("the weather; left out: always dry", "", "weather service", default=None)
    capabilities: Annotated[dict[Code, Names], Field(min_length=1)] = about(
        "what units can do", "", "standard or plan"
    )
    priorities: Annotated[tuple[Priority, ...], Strict(False), Field(min_length=1)] = about(
        "priorities, the first is served first", "", "standard or plan"
    )
    redirect: Annotated[
        tuple[Annotated[tuple[Code, ...], Strict(False), Field(min_length=2, max_length=2)], ...],
        Strict(False),
    ] = about(
        "pairs [from, to]: a unit on its way to the first priority may be redirected to the second",
        "",
        "standard or plan",
        default=(),
    )
    waiting: Waiting = about(
        "what happens while units are missing", "", "standard or plan", default_factory=Waiting
    )
    turnout: Turnout = about("what changes turnout times", "", "dispatch log", default_factory=Turnout)
    kinds: Annotated[dict[Code, Kind], Field(min_length=1)] = about(
        "kinds of incident", "", "standard or plan"
    )
    hourly: dict[Code, Hours] = about(
        "relative weight of each hour of the day, by name", "", "dispatch log", default_factory=dict
    )
    monthly: dict[Code, Months] = about(
        "relative weight of each month, by name", "", "dispatch log", default_factory=dict
    )
    standards: Annotated[tuple[Standard, ...], Strict(False)] = about(
        "response-time standards", "", "standard or plan", default=()
    )
    accident_classes: Annotated[tuple[AccidentClass, ...], Strict(False), Field(min_length=1)] | None = about(
        "legal classes of accident, the lowest first; left out: Decree 493 Art. 3",
        "",
        "Decree 493 Art. 3",
        default=None,
    )
    readiness: Readiness | None = about(
        "who and what stands by; left out: crews always at their vehicles and nothing ever fails",
        "",
        "duty roster",
        default=None,
    )
    reporting: Reporting | None = about(
        "who reports accidents to whom; left out: nobody does", "", "law and local rules", default=None
    )
    injects: Annotated[tuple[InjectEntry, ...], Strict(False)] = about(
        "changes that are made to happen, in any order", "", "drill script", default=()
    )
    sources: dict[str, Text] = about(
        "where numbers come from: dotted path to text", "", "own choice", default_factory=dict
    )
