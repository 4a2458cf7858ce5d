"""The number of each code that readiness speaks of: teams, items, posts, and what `readiness:` defines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from readiness.calendar import moment_s
from sim.scenarios.numbering import Number
from sim.scenarios.readiness_model import Readiness
from sim.scenarios.scenario import Scenario

ANY_WORD = "any"
"""What stands in the files for any capability, any kind of incident, any kind of team."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Codes to numbers, table by table, and local moments to seconds since the scenario's start."""

    places: Number
    stations: Number
    sites: Number
    units: Number
    kinds: Number
    capabilities: Number
    teams: Number
    stores: Number
    items: Number
    posts: Number
    roles: Number
    shifts: Number
    item_types: Number
    channels: Number
    start: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, scenario: Scenario) -> Ranks:
        """Number everything in a scenario in the order it lists it."""
        settings = scenario.settings
        ready = settings.readiness or Readiness()
        tables = ("places", "stations", "sites", "units", "teams", "stores", "items", "posts")
        parts = ("roles", "shifts", "item_types", "channels")
        return cls(
            **{table: _numbered(row.code for row in getattr(scenario, table)) for table in tables},
            **{part: _numbered(getattr(ready, part)) for part in parts},
            kinds=_numbered(settings.kinds),
            capabilities=_numbered(settings.capabilities),
            start=settings.start,
            zone=ZoneInfo(settings.time_zone),
        )

    def seconds(self, moment: datetime) -> float:
        """Tell a local moment in seconds since the scenario's start, clock changes counted."""
        return moment_s(moment, self.zone, self.start.replace(tzinfo=self.zone))

    def seconds_of(self, day: date | None, hours: float = 0.0) -> float:
        """Tell a local hour of a day in seconds since the start; no day: the scenario's first."""
        midnight = datetime.combine(day or self.start.date(), time())
        return self.seconds(midnight + timedelta(hours=hours))


def _numbered(codes: Iterable[str]) -> Number:
    return {code: number for number, code in enumerate(codes)}
