"""What may be asked for: each kind of job with its figures, their limits and an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime

Code = Annotated[
    str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,62}$", description="A scenario's code", examples=["lanshui"])
]
Days = Annotated[float, Field(gt=0.0, le=36525.0, description="Days that count", examples=[30.0])]
WarmUp = Annotated[float, Field(ge=0.0, le=3653.0, description="Days simulated first and not counted")]
Replications = Annotated[
    int, Field(ge=1, le=100_000, description="How many times over, each with other chance")
]
Seed = Annotated[int, Field(ge=0, lt=2**63, description="Seed of chance: the same seed gives the same run")]
Policy = Annotated[
    str | None,
    Field(pattern="^[a-z_]{1,40}$", description="Rule that chooses units; by default the scenario's own"),
]
Word = Annotated[str, Field(pattern=r"^\w[\w-]{0,60}$")]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\x00-\x1f]*$")]
Edit = Text | dict[str, Any]
Version = Annotated[
    int | None, Field(ge=0, lt=2**31, description="Version of the scenario; by default the newest")
]


class Wanted(BaseModel):
    """A job that is asked for."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    scenario: Code
    version: Version = None

    @property
    def runs(self) -> int:
        """How many replications it takes."""
        return 0

    @property
    def days_each(self) -> float:
        """How many days each of them is long."""
        return 0.0


class RunWanted(Wanted):
    """Simulate a scenario's replications."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "run", "scenario": "lanshui", "days": 30, "replications": 4, "seed": 1}
        }
    )

    kind: Literal["run"]
    days: Days = 365.0
    warm_up_days: WarmUp = 1.0
    replications: Replications = 1
    seed: Seed = 1
    policy: Policy = None

    @property
    def runs(self) -> int:
        """How many replications it takes."""
        return self.replications

    @property
    def days_each(self) -> float:
        """How many days each of them is long."""
        return self.days + self.warm_up_days


class ReadinessWanted(Wanted):
    """Look at who is ready for what at a moment and over its week; with `gains`, what one change gains."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "readiness", "scenario": "lanshui", "at": "2026-07-15T03:00:00"}
        }
    )

    kind: Literal["readiness"]
    at: Annotated[
        NaiveDatetime | None,
        Field(description="Local time without a time zone; by default the scenario's start"),
    ] = None
    seed: Seed = 1
    gains: Annotated[bool, Field(description="Also simulate what single changes would gain")] = False
    days: Annotated[float, Field(ge=1.0, le=3653.0)] = 60.0
    replications: Annotated[int, Field(ge=2, le=1000)] = 10

    @property
    def runs(self) -> int:
        """How many replications it takes: each of some six changes is one more."""
        return 7 * self.replications if self.gains else 0

    @property
    def days_each(self) -> float:
        """How many days each of them is long."""
        return self.days + 1.0


class EvaluationWanted(Wanted):
    """Put an emergency plan to the test on the accidents that it covers."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "evaluation", "scenario": "lanshui", "plan": "ammonia", "accidents": 100}
        }
    )

    kind: Literal["evaluation"]
    plan: Word
    accidents: Annotated[int, Field(ge=1, le=5000, description="How many accidents are rehearsed")] = 200
    rules: Annotated[Word | None, Field(description="Rules to judge by; by default the scenario's")] = None
    against: Annotated[Word | None, Field(description="Another plan, on the same accidents")] = None
    against_rules: Annotated[Word | None, Field(description="Other rules, on the same accidents")] = None
    injects: Annotated[
        list[Text], Field(max_length=20, description="What goes wrong, like leave_post bureau-desk 4h")
    ] = []
    seed: Seed = 1

    @property
    def runs(self) -> int:
        """How many accidents it takes."""
        return self.accidents * (2 if self.against or self.against_rules or self.injects else 1)

    @property
    def days_each(self) -> float:
        """How many days each of them is long."""
        return 2.0


class WhatIfWanted(Wanted):
    """Compare a county with what it would be otherwise, on the same chance."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "what_if",
                "scenario": "lanshui",
                "variants": {"bridge closed": ["close bridge qinglong"]},
                "replications": 60,
            }
        }
    )

    kind: Literal["what_if"]
    variants: Annotated[
        dict[Text, Annotated[list[Edit], Field(min_length=1, max_length=200)]],
        Field(
            min_length=1, max_length=31, description="Edits by the variant's name: sentences or plain data"
        ),
    ]
    replications: Annotated[int, Field(ge=2, le=10_000)] = 60
    days: Days = 60.0
    warm_up_days: WarmUp = 1.0
    seed: Seed = 1
    policy: Policy = None
    measure: Annotated[Word, Field(description="The figure that decides")] = "first_arrival"
    until_half_width: Annotated[
        float | None, Field(gt=0, description="Go on until the change is known so well (seconds, or a share)")
    ] = None
    at_most: Annotated[int, Field(ge=2, le=10_000, description="Replications, with until_half_width")] = 1000
    best: Annotated[bool, Field(description="Choose the best of the variants and the county as it is")] = (
        False
    )
    worth: Annotated[
        float | None,
        Field(gt=0, description="The smallest difference worth telling; by default 10 s, 0.01 or 1 a year"),
    ] = None
    probability: Annotated[float, Field(ge=0.5, lt=1, description="Of a correct choice")] = 0.95
    factorial: Annotated[bool, Field(description="Simulate all combinations of the variants")] = False

    @property
    def runs(self) -> int:
        """How many replications it takes."""
        several = 2 ** len(self.variants) if self.factorial else 1 + len(self.variants)
        more = self.best or self.until_half_width is not None
        return several * (max(self.at_most, self.replications) if more else self.replications)

    @property
    def days_each(self) -> float:
        """How many days each of them is long."""
        return self.days + self.warm_up_days


REQUESTS: Mapping[str, type[Wanted]] = {
    "run": RunWanted,
    "readiness": ReadinessWanted,
    "evaluation": EvaluationWanted,
    "what_if": WhatIfWanted,
}
AnyWanted = Annotated[
    RunWanted | ReadinessWanted | EvaluationWanted | WhatIfWanted, Field(discriminator="kind")
]


def plainly(wanted: Wanted) -> dict[str, Any]:
    """Give a request as plain data, as it is kept."""
    return wanted.model_dump(mode="json")
