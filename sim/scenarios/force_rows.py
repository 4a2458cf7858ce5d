"""The rows of the tables of readiness: teams, stores, items, checks, duty posts, and the roster."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from sim.scenarios.fields import (
    AtLeastZero,
    Clock,
    Code,
    Day,
    NamedRow,
    Part,
    Positive,
    Share,
    StationKind,
    Text,
    about,
    wrong,
)

COUNTY = "county records"
ROSTER = "duty roster"
LEDGER = "equipment ledger"

ConditionWord = Literal["serviceable", "degraded", "unserviceable"]
StandbyWord = Literal["on_station", "on_call"]

ROLE_COUNT = re.compile(r"[^:\s]+:[1-9][0-9]{0,2}")
CREW_NEED = re.compile(r"[^:\s]+(:[^:\s]+)?:[1-9][0-9]{0,2}")


def _role_count(text: str) -> str:
    text = _plain_colons(text)
    if not ROLE_COUNT.fullmatch(text):
        raise wrong("must be written ROLE:COUNT, for example driver:1")
    return text


def _crew_need(text: str) -> str:
    text = _plain_colons(text)
    if not CREW_NEED.fullmatch(text):
        raise wrong("must be written CAPABILITY:COUNT or CAPABILITY:ROLE:COUNT, for example ladder:3")
    return text


def _plain_colons(text: str) -> str:
    return re.sub(r"\s*[:：]\s*", ":", text.strip())


Codes = Annotated[tuple[Code, ...], Strict(False)]
RoleCounts = Annotated[tuple[Annotated[str, AfterValidator(_role_count)], ...], Strict(False)]
"""People by role, each ``ROLE:COUNT``."""

CrewNeeds = Annotated[tuple[Annotated[str, AfterValidator(_crew_need)], ...], Strict(False)]
"""People by capability, each ``CAPABILITY:COUNT`` or ``CAPABILITY:ROLE:COUNT``."""


def role_count(text: str) -> tuple[str, int]:
    """Part a role and how many of it.

    Examples
    --------
    >>> role_count("driver:1")
    ('driver', 1)
    """
    role, _, count = text.partition(":")
    return role, int(count)


def crew_need(text: str) -> tuple[str, str | None, int]:
    """Part a capability, the role it asks for (None: anybody) and how many.

    Examples
    --------
    >>> crew_need("hazmat:4"), crew_need("hazmat:technician:2")
    (('hazmat', None, 4), ('hazmat', 'technician', 2))
    """
    capability, *role, count = text.split(":")
    return capability, role[0] if role else None, int(count)


class TeamRow(NamedRow):
    """A rescue team: those who man units."""

    kind: StationKind = about("kind of team", "", COUNTY)
    station: Code = about("code of its station", "", COUNTY)
    absence: Share = about(
        "chance that somebody on the roster does not come to a shift", "", ROSTER, default=0.0
    )
    max_hours: Positive | None = about(
        "hours on one call after which a crew must rest; left out: no limit",
        "h",
        "standard or plan",
        default=None,
    )
    rest_h: AtLeastZero = about("hours of that rest", "h", "standard or plan", default=0.0)
    owner: Text = about("who answers for the team", "", COUNTY, default="")
    source: Text = about("where the row comes from", "", "own choice", default="")


class StoreRow(NamedRow):
    """A store of spares and consumables, with its workshop."""

    station: Code = about("code of the station it stands at", "", COUNTY)
    bays: Annotated[int, Field(ge=0, le=1000)] = about(
        "repairs that the workshop can do at the same time; 0: no workshop", "repairs", COUNTY, default=0
    )
    delivery_median_days: Positive | None = about(
        "median time until an order of consumables comes; left out: nothing can be ordered",
        "days",
        LEDGER,
        default=None,
    )
    delivery_sigma: Annotated[float, Field(ge=0, le=5)] = about(
        "standard deviation of its natural logarithm; 0: always the median", "", LEDGER, default=0.0
    )
    owner: Text = about("who answers for the store", "", COUNTY, default="")
    source: Text = about("where the row comes from", "", "own choice", default="")


class ItemRow(Part):
    """An item of equipment, or a stock of something that is used up, on a unit or in a store."""

    code: Code = about("code, unique in the table", "", "own choice")
    type: Code = about("type of equipment", "", LEDGER)
    unit: Code | None = about("code of the unit that carries it", "", LEDGER, default=None)
    store: Code | None = about("code of the store it lies in", "", LEDGER, default=None)
    made: Day | None = about(
        "when it was made; left out: on the scenario's first day", "date", LEDGER, default=None
    )
    tested: Day | None = about(
        "when it was last tested; left out: when it was made", "date", LEDGER, default=None
    )
    condition: ConditionWord = about(
        "what it is really like at the start", "", "inspection", default="serviceable"
    )
    known: ConditionWord | None = about(
        "what it is believed to be like; left out: what it is", "", LEDGER, default=None
    )
    amount: AtLeastZero | None = about(
        "how much there is, of what is used up", "as `unit` says", LEDGER, default=None
    )
    source: Text = about("where the row comes from", "", "own choice", default="")

    @model_validator(mode="after")
    def _somewhere(self) -> ItemRow:
        if self.unit is not None and self.store is not None:
            raise wrong("is assigned twice: to unit {unit} and to a store", at="store", unit=self.unit)
        if self.unit is None and self.store is None:
            raise wrong("is assigned to nothing: name a unit or a store", at="code")
        return self


class CheckRow(Part):
    """A check of equipment, at times or after each call."""

    code: Code = about("code, unique in the table", "", "own choice")
    team: Code | None = about("code of the team whose items are checked", "", ROSTER, default=None)
    store: Code | None = about("code of the store whose items are checked", "", ROSTER, default=None)
    type: Code | None = about("type of equipment; left out: all", "", ROSTER, default=None)
    every_days: Positive | None = about(
        "days from one check to the next; left out: only after calls",
        "days",
        "standard or plan",
        default=None,
    )
    at: Clock = about("local time at which it is done", "time of day", ROSTER, default="08:00")
    first: Day | None = about(
        "day of a first check; left out: the scenario's first day", "date", ROSTER, default=None
    )
    finds: Share = about("chance that it finds a hidden fault", "", "inspection", default=1.0)
    after_use: bool = about("whether items are checked after every call", "", ROSTER, default=False)
    source: Text = about("where the row comes from", "", "own choice", default="")

    @model_validator(mode="after")
    def _some_time(self) -> CheckRow:
        if self.every_days is None and not self.after_use:
            raise wrong("is never done: give every_days, or after_use: yes", at="code")
        if self.team is not None and self.store is not None:
            raise wrong("is a check of a team or of a store, not of both", at="store")
        return self


class PostRow(NamedRow):
    """A duty post: where reports arrive and somebody answers."""

    kind: Code = about("level of the post, any word: site, township, bureau", "", COUNTY)
    place: Code | None = about("code of the place it belongs to", "", COUNTY, default=None)
    site: Code | None = about("code of the site it belongs to", "", COUNTY, default=None)
    channels: Codes = about(
        "how it is reached: codes parted by semicolons; left out: by all", "", COUNTY, default=()
    )
    absence: Share = about("chance that somebody on the roster is not there", "", "spot checks", default=0.0)
    owner: Text = about("who answers for the post", "", COUNTY, default="")
    source: Text = about("where the row comes from", "", "own choice", default="")


class RosterRow(Part):
    """A line of the roster: so many people of a role on a shift of a team or duty post."""

    holder: Code = about("code of the team or duty post", "", ROSTER)
    shift: Code = about("the shift", "", ROSTER)
    role: Code = about("the role", "", ROSTER)
    count: Annotated[int, Field(ge=1, le=1000)] = about("so many people", "people", ROSTER, default=1)
    standby: StandbyWord = about(
        "at the station, or on call from home or work", "", ROSTER, default="on_station"
    )
    person: Text = about("who it is; left out: nobody in particular", "", ROSTER, default="")
    since: Day | None = about("first day on which the line holds", "date", ROSTER, default=None)
    until: Day | None = about("last day on which the line holds", "date", ROSTER, default=None)
    source: Text = about("where the row comes from", "", "own choice", default="")

    @model_validator(mode="after")
    def _forward(self) -> RosterRow:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise wrong("must not be earlier than `since`", at="until")
        if self.person and self.count > 1:
            raise wrong("must be 1 where a person is named", at="count")
        return self


FORCE_ROWS: dict[str, type[Part]] = {
    "teams": TeamRow,
    "stores": StoreRow,
    "items": ItemRow,
    "checks": CheckRow,
    "posts": PostRow,
    "roster": RosterRow,
}
"""The tables of readiness, by the stem of their file name; all may be left out."""
