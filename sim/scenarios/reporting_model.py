"""What `scenario.yaml` says of reporting: rules in force, conduct of people, desks; how accidents grow."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from sim.scenarios.fields import (
    AtLeastZero,
    Code,
    Constant,
    Duration,
    Part,
    Positive,
    Share,
    about,
)

CHAIN = "inquiry reports"
ASSUMED = "assumption"

DEFAULT_WORD = "default"
"""What stands in the files for all others."""

TierWord = Literal[
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
"""Who can be told of an accident, from the unit up."""

TierOrDefault = Literal[TierWord, "default"]

AtLeastOne = Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)]

RuleName = Annotated[str, StringConstraints(pattern=r"^[^\s/\\:：]{1,80}$")]
"""A rule set that comes with Beiqin, or the name of a file in the scenario's folder ``rules``."""


def _at_once() -> Duration:
    return Constant(constant_s=0.0)


class Conduct(Part):
    """How people report: how long each step takes, and how likely it goes wrong."""

    notice: Duration = about("from the accident until somebody tells the head of the unit", "s", CHAIN)
    decide: Duration = about("until the head has decided to report", "s", CHAIN, default_factory=_at_once)
    verify: dict[TierOrDefault, Duration] = about(
        "time to check what is passed on, by who passes it on; `default` for all others",
        "s",
        CHAIN,
        default_factory=dict,
    )
    draft: dict[TierOrDefault, Duration] = about(
        "time to write it, by who passes it on; `default` for all others", "s", CHAIN, default_factory=dict
    )
    sign: Duration = about(
        "time to get the leader's signature where no leader is at the desk",
        "s",
        CHAIN,
        default_factory=_at_once,
    )
    grade: Duration = about(
        "time in which the duty leader grades what has become known", "s", CHAIN, default_factory=_at_once
    )
    city_decides: Duration = about(
        "time in which the city decides on help", "s", CHAIN, default_factory=_at_once
    )
    tip_off: Duration = about("time until what is hidden or forgotten comes out", "s", CHAIN)
    conceal_p: Share = about("chance that the head of a unit hides an accident", "", ASSUMED, default=0.0)
    conceal_by_kind: dict[Code, AtLeastZero] = about(
        "what that chance is multiplied by, by kind of incident", "", ASSUMED, default_factory=dict
    )
    conceal_by_class: dict[Code, AtLeastZero] = about(
        "what that chance is multiplied by, by class of accident", "", ASSUMED, default_factory=dict
    )
    authority_conceal_p: Share = about("chance that an authority hides it", "", ASSUMED, default=0.0)
    enforcement: Positive = about(
        "what chances of hiding are divided by: 2 halves them", "", ASSUMED, default=1.0
    )
    forget_p: Share = about("chance that somebody omits a report by negligence", "", ASSUMED, default=0.0)
    short_p: Share = about("chance that casualties are under-counted", "", ASSUMED, default=0.0)
    short_share: Share = about("share of the known casualties then told", "", ASSUMED, default=1.0)
    public_p: Share = about("chance that a stranger raises the alarm", "", ASSUMED, default=0.0)
    ring_s: Positive = about("time after which a call is given up", "s", "duty rules", default=45.0)
    retry_s: Positive = about("time until the next attempt", "s", "duty rules", default=120.0)


class Reporting(Part):
    """Who reports accidents to whom: rules, conduct, desks."""

    rules: RuleName = about(
        "rules in force: a rule set that comes with Beiqin, or a file of the folder `rules`",
        "",
        "law and local rules",
        default="national",
    )
    conduct: Conduct = about("how people report", "", CHAIN)
    desks: dict[TierWord, Annotated[tuple[Code, ...], Strict(False), Field(min_length=1)]] = about(
        "duty posts that answer for each tier; left out: those of that kind",
        "",
        "duty roster",
        default_factory=dict,
    )
    departments: dict[Code, Code] = about(
        "duty post of the competent department, by kind of incident; `default` for all others",
        "",
        "county records",
        default_factory=dict,
    )


class Escalation(Part):
    """How a kind of accident grows where it is not contained in time."""

    p: Share = about("chance that it grows unless control has begun by then", "", "accident statistics")
    after: Duration = about("from the alarm until it grows", "s", "accident statistics")
    harm_factor: AtLeastOne = about(
        "what deaths, injuries and loss are multiplied by then", "", "assumption", default=1.0
    )
    control_factor: AtLeastOne = about(
        "what the time to control is multiplied by then", "", "assumption", default=1.0
    )
    times: Annotated[int, Field(ge=1, le=5)] = about(
        "how often it can grow, each time as long after the last", "", "assumption", default=1
    )
