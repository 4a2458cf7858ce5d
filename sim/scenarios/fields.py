"""The kinds of values a scenario is made of: codes, names, shares, times of day, durations."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

START_FORM = "%Y-%m-%d %H:%M"
CODE_PATTERN = r"^[^\s;；、:：,，\"']{1,40}$"
CLOCK_PATTERN = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
DAY_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|/([0-9]{1,2})/([0-9]{1,2}))")
NOT_A_DAY = "must be a date such as 2026-03-01"


def about(description: str, unit: str, source: str, **limits: Any) -> Any:  # noqa: ANN401
    """Describe a field: what it means, its unit ("" for none), and where its figure is taken from."""
    return Field(description=description, json_schema_extra={"unit": unit, "source": source}, **limits)


def wrong(message: str, **values: object) -> PydanticCustomError:
    """Refuse a value with one of our own sentences; `at` names the field of a model that is to blame."""
    return PydanticCustomError("beiqin", "{sentence}", {"sentence": message, **values})


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.strptime(value, START_FORM)
    except ValueError:
        raise wrong("must be a date and time written as 2026-01-01 00:00") from None


def day_of(text: str) -> date | None:
    """Understand a date, also as Excel shows it; None where it is none.

    Examples
    --------
    >>> day_of("2026-03-01") == day_of("2026/3/1") == date(2026, 3, 1)
    True
    >>> day_of("1.3.2026") is None
    True
    """
    found = DAY_FORM.fullmatch(text.strip())
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = day_of(value)
    if found is None:
        raise wrong(NOT_A_DAY)
    return found


Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
"""A short name, unique in its table: up to 40 characters, no blanks, colons, commas, semicolons, quotes."""

Text = Annotated[str, AfterValidator(_one_line)]
"""Words for people; blanks are taken together."""

Clock = Annotated[str, StringConstraints(pattern=CLOCK_PATTERN)]
"""A time of day, ``00:00`` to ``24:00``."""

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda moment: moment.strftime(START_FORM)),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"}),
]
"""A local date and time, written ``2026-01-01 00:00``."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(lambda day: day.isoformat()),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A date, written ``2026-03-01``."""

StationKind = Literal[
    "full_time", "part_time", "micro_station", "enterprise", "ambulance", "police", "volunteer"
]
"""Who stands by somewhere, at a station or as a team."""

WarningLevel = Annotated[int, Field(ge=1, le=4)]
"""How grave a warning is: 1 red, 2 orange, 3 yellow, 4 blue."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
AtLeastZero = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Factor = Annotated[float, Field(gt=0, le=3, allow_inf_nan=False)]
Hours = Annotated[tuple[AtLeastZero, ...], Strict(False), Field(min_length=24, max_length=24)]
Months = Annotated[tuple[AtLeastZero, ...], Strict(False), Field(min_length=12, max_length=12)]
MonthlyShares = Annotated[tuple[Share, ...], Strict(False), Field(min_length=12, max_length=12)]


class Part(BaseModel):
    """What all parts of a scenario have in common: strict, frozen, nothing unknown."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=False
    )


class Names(Part):
    """What people call a thing, in Chinese and in English; one of the two may be left out."""

    zh: Text = about("Chinese or local name", "", "county records", default="")
    en: Text = about("English name", "", "county records", default="")

    @model_validator(mode="after")
    def _named(self) -> Names:
        if not (self.zh or self.en):
            raise wrong("needs a name: {zh: ..., en: ...}, at least one of the two")
        return self


class NamedRow(Part):
    """What all tables of things have in common: a code and names."""

    code: Code = about("code, unique in the table", "", "own choice")
    name: Text = about("Chinese or local name", "", "county records", default="")
    name_en: Text = about("English name", "", "county records", default="")


class Constant(Part):
    """Always the same duration."""

    constant_s: AtLeastZero = about("duration, always the same", "s", "dispatch log")


class Exponential(Part):
    """An exponential duration."""

    exponential_mean_s: Positive = about("mean of an exponential duration", "s", "dispatch log")


class LogNormal(Part):
    """A log-normal duration."""

    median_s: Positive = about("median of a log-normal duration", "s", "dispatch log")
    sigma: Annotated[float, Field(ge=0, le=5)] = about(
        "standard deviation of the duration's natural logarithm", "", "dispatch log"
    )


class Normal(Part):
    """A normal duration, cut at zero."""

    normal_mean_s: AtLeastZero = about("mean of a normal duration (cut at 0)", "s", "dispatch log")
    sd_s: AtLeastZero = about("standard deviation of the duration", "s", "dispatch log")


DURATION_TAGS = {
    "constant_s": "duration:constant",
    "exponential_mean_s": "duration:exponential",
    "median_s": "duration:lognormal",
    "normal_mean_s": "duration:normal",
}


def _form(value: object) -> str | None:
    """Tell a duration's form by the key it is written with."""
    if isinstance(value, Constant | Exponential | LogNormal | Normal):
        return next(tag for key, tag in DURATION_TAGS.items() if hasattr(value, key))
    if isinstance(value, dict):
        return next((tag for key, tag in DURATION_TAGS.items() if key in value), None)
    return None


Duration = Annotated[
    Annotated[Constant, Tag("duration:constant")]
    | Annotated[Exponential, Tag("duration:exponential")]
    | Annotated[LogNormal, Tag("duration:lognormal")]
    | Annotated[Normal, Tag("duration:normal")],
    Discriminator(_form),
]
"""A distribution of durations, told by the key it is written with."""
