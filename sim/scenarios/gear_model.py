"""Types of equipment as `scenario.yaml` writes them: what needs them, how they fail and come back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Strict, Tag, model_validator

from sim.scenarios.fields import AtLeastZero, Code, Names, Part, Positive, Share, about, wrong

PLAN = "standard or plan"
LEDGER = "equipment ledger"
DAYS_FORMS = (
    "must be one of {constant_days: ...}, {mean_days: ...}, {median_days: ..., sigma: ...}, "
    "{weibull_scale_days: ..., shape: ...}"
)

Sigma = Annotated[float, Field(ge=0, le=5)]
Codes = Annotated[tuple[Code, ...], Strict(False)]


class ConstantDays(Part):
    """Always the same number of days."""

    constant_days: AtLeastZero = about("days, always the same", "days", LEDGER)


class MeanDays(Part):
    """An exponential number of days."""

    mean_days: Positive = about("mean of an exponential number of days", "days", LEDGER)


class MedianDays(Part):
    """A log-normal number of days."""

    median_days: Positive = about("median of a log-normal number of days", "days", LEDGER)
    sigma: Sigma = about("standard deviation of its natural logarithm", "", LEDGER)


class WeibullDays(Part):
    """A Weibull number of days: with a shape above 1, older items fail more often."""

    weibull_scale_days: Positive = about("scale of a Weibull number of days", "days", LEDGER)
    shape: Annotated[float, Field(gt=0, le=20)] = about("shape of the Weibull distribution", "", LEDGER)


DAYS_TAGS = {
    "constant_days": "days:constant",
    "mean_days": "days:exponential",
    "median_days": "days:lognormal",
    "weibull_scale_days": "days:weibull",
}


def _days_form(value: object) -> str | None:
    """Tell the form of a number of days by the key it is written with."""
    if isinstance(value, ConstantDays | MeanDays | MedianDays | WeibullDays):
        return next(tag for key, tag in DAYS_TAGS.items() if hasattr(value, key))
    if isinstance(value, dict):
        return next((tag for key, tag in DAYS_TAGS.items() if key in value), None)
    return None


LastingDays = Annotated[
    Annotated[ConstantDays, Tag("days:constant")]
    | Annotated[MeanDays, Tag("days:exponential")]
    | Annotated[MedianDays, Tag("days:lognormal")]
    | Annotated[WeibullDays, Tag("days:weibull")],
    Discriminator(
        _days_form,
        custom_error_type="days_form",
        custom_error_message="another form is due",
    ),
]
"""A distribution of numbers of days, told by the key it is written with."""


class Harsh(Part):
    """Incidents that wear an item more."""

    kinds: Annotated[Codes, Field(min_length=1)] = about("kinds of incident", "", LEDGER)
    factor: Positive = about("what the chance to fail by a use is multiplied by", "", "assumption")


class Consumable(Part):
    """Something that is used up and refilled: foam, air, absorbent, fuel."""

    unit: Annotated[str, Field(min_length=1)] = about("what it is measured in, for example L", "", LEDGER)
    use: dict[Code, AtLeastZero] = about(
        "how much a call uses, by kind of incident; `any` for all others",
        "as `unit` says",
        "dispatch log",
        default_factory=dict,
    )
    restock_min: AtLeastZero = about("time to refill a unit from a store", "min", LEDGER, default=0.0)


class Dirties(Part):
    """Incidents after which an item must be decontaminated."""

    kinds: Annotated[Codes, Field(min_length=1)] = about("kinds of incident", "", PLAN)
    clean_min: Positive = about("time that decontamination takes", "min", PLAN)


class ItemType(Part):
    """A type of equipment: what it is needed for, how it fails, how it comes back."""

    name: Names = about("what the type is called", "", LEDGER)
    needs: dict[Code, Positive] = about(
        "how many (or how much) a unit must carry to be ready, by capability; `any`: to roll at all",
        "pieces, or as `unit` says",
        "equipment standard",
        default_factory=dict,
    )
    fails: LastingDays | None = about("life until it fails; left out: never", "days", LEDGER, default=None)
    use_p: Share = about("chance that a use ends it", "", LEDGER, default=0.0)
    harsh: Harsh | None = about("incidents that wear it more", "", LEDGER, default=None)
    hidden: Share = about("share of failures that nobody notices when they happen", "", LEDGER, default=0.0)
    degrades: Share = about("share of failures that leave it working badly", "", LEDGER, default=0.0)
    degraded_factor: Annotated[float, Field(ge=1, le=100)] = about(
        "what control on scene is multiplied by while it works badly", "", "assumption", default=1.0
    )
    shows: Literal["turnout", "way", "scene"] = about(
        "when one that does not work is missed", "", LEDGER, default="scene"
    )
    repair: LastingDays | None = about(
        "time in the workshop; left out: it is replaced", "days", LEDGER, default=None
    )
    replace: LastingDays | None = about("time from the order of a new one", "days", LEDGER, default=None)
    swap_min: AtLeastZero = about("time to take a spare from the store", "min", LEDGER, default=30.0)
    test_every_days: Positive | None = about(
        "days after which it must be tested again; left out: no tests",
        "days",
        "equipment standard",
        default=None,
    )
    expires_days: Positive | None = about(
        "days after which it must be replaced; left out: never", "days", "equipment standard", default=None
    )
    consumable: Consumable | None = about("for what is used up; it never fails", "", LEDGER, default=None)
    dirties: Dirties | None = about("incidents after which it must be decontaminated", "", PLAN, default=None)

    @model_validator(mode="after")
    def _used_up_or_failing(self) -> ItemType:
        for name in ("fails", "repair", "replace") if self.consumable else ():
            if getattr(self, name) is not None:
                raise wrong("a consumable never fails; leave this out", at=name)
        return self
