"""Codes to numbers and names in two tongues: how the county knows what the files call by a code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.county import Names as Called
from sim.scenarios.fields import NamedRow, Names
from sim.scenarios.scenario import Scenario

Number = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The number of each code, table by table."""

    places: Number
    stations: Number
    hospitals: Number
    sites: Number
    kinds: Number
    priorities: Number
    capabilities: Number
    profiles: Number
    vehicle_classes: Number

    @classmethod
    def of(cls, scenario: Scenario) -> Numbers:
        """Number everything in a scenario in the order it lists them."""
        settings = scenario.settings
        return cls(
            places=_numbered(row.code for row in scenario.places),
            stations=_numbered(row.code for row in scenario.stations),
            hospitals=_numbered(row.code for row in scenario.hospitals),
            sites=_numbered(row.code for row in scenario.sites),
            kinds=_numbered(settings.kinds),
            priorities=_numbered(priority.code for priority in settings.priorities),
            capabilities=_numbered(settings.capabilities),
            profiles=_numbered(settings.profiles),
            vehicle_classes=_numbered(settings.vehicle_classes),
        )


def maybe(numbers: Number, code: str | None) -> int | None:
    """Tell the number of a code that may be left out."""
    return None if code is None else numbers[code]


def called(names: Names, code: str) -> Called:
    """Name a thing of ``scenario.yaml``; a tongue left out is filled from the other, or from the code."""
    return Called(names.zh or names.en or code, names.en or names.zh or code)


def named(row: NamedRow) -> Called:
    """Name a row of a table; a tongue left out is filled from the other, or from the code."""
    return Called(row.name or row.name_en or row.code, row.name_en or row.name or row.code)


def _numbered(codes: Iterable[str]) -> Number:
    return {code: number for number, code in enumerate(codes)}
