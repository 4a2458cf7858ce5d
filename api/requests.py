"""What may be asked for: each kind of job with its figures, their limits and an example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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
        datetime | None, Field(description="Local time without a time zone; by default the scenario's start")
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


REQUESTS: Mapping[str, type[Wanted]] = {"run": RunWanted, "readiness": ReadinessWanted}
AnyWanted = Annotated[RunWanted | ReadinessWanted, Field(discriminator="kind")]


def plainly(wanted: Wanted) -> dict[str, Any]:
    """Give a request as plain data, as it is kept."""
    return wanted.model_dump(mode="json")
