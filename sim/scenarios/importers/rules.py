"""What the importers assume about maps, from ``defaults.yaml``: classes, speeds, things beside roads."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sim.scenarios.problems import Problem, ScenarioError

RULES_FILE = Path(__file__).with_name("defaults.yaml")
KPH_PER_MPH = 1.609344
ZONES = ("urban", "rural", "trunk", "motorway", "living_street")


@dataclass(frozen=True, slots=True)
class Country:
    """What the law of one country says about speed, in km/h, by zone.

    `code` is ISO 3166-1 alpha-2, empty where no country was named. `speeds_kph` are planning speeds by road
    class that stand above everything else.
    """

    code: str
    limits_kph: Mapping[str, float]
    speeds_kph: Mapping[str, float]
    place_kinds: Mapping[str, str]
    time_zone: str | None
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class MapRules:
    """The rules as ``defaults.yaml`` writes them; `data` is that file, `countries` its rows by code."""

    data: Mapping[str, Any]
    countries: Mapping[str, Country]

    def country(self, code: str | None) -> Country:
        """Find a country's row.

        Parameters
        ----------
        code
            ISO 3166-1 alpha-2, any case; None gives the world's defaults.

        Raises
        ------
        ScenarioError
            If no row has that code.
        """
        if code is None:
            return self.countries[""]
        wanted = self.data["country_aliases"].get(code.upper(), code.upper())
        if wanted not in self.countries or not wanted:
            known = ", ".join(sorted(filter(None, self.countries)))
            message = (
                "is not a country whose speed limits are known ({known}); leave it out to use general speeds"
            )
            raise ScenarioError([Problem("import", None, None, "country", code, message, {"known": known})])
        return self.countries[wanted]

    def class_speeds(self, country: Country) -> dict[str, float]:
        """Work out a country's planning speeds (km/h) for the classes its law says something about."""
        speeds = self.data["speeds"]
        if not country.code:
            return {}
        law = {
            road_class: self.planned_kph(country.limits_kph[zone])
            for road_class, zone in speeds["class_zone"].items()
        }
        law["street"] = min(law["street"], float(speeds["street_top_kph"]))
        return {**law, **country.speeds_kph}

    def planned_kph(self, limit_kph: float) -> float:
        """Turn a posted limit into the speed that is planned with, both in km/h."""
        speeds = self.data["speeds"]
        return round(min(float(speeds["top_kph"]), limit_kph * float(speeds["limit_share"])), 1)


@functools.cache
def map_rules() -> MapRules:
    """Read the importers' rules."""
    data = yaml.load(RULES_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    world = {zone: float(kph) for zone, kph in data["speeds"]["limits"].items()}
    countries = {"": Country("", world, {}, data["place_kinds"], None, "")}
    for code, row in data["countries"].items():
        countries[code] = _country(code, row, data["place_kinds"], world)
    return MapRules(data, countries)


def _country(
    code: str, row: Mapping[str, Any], place_kinds: Mapping[str, str], world: Mapping[str, float]
) -> Country:
    unit = KPH_PER_MPH if row.get("unit") == "mph" else 1.0
    limits = {**world, **{zone: kph * unit for zone, kph in row["limits"].items()}}
    kinds = {**place_kinds, **row.get("place_kinds", {})}
    return Country(code, limits, row.get("speeds_kph", {}), kinds, row["time_zone"], row["source"])
