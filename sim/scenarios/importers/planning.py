"""The settings of a scenario made from a map: the defaults, with the country's speeds, clock and seasons."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.language import tongue
from sim.road_table import RoadTable
from sim.scenarios import defaults
from sim.scenarios.importers.sketch import Sketch

say = tongue("sim")

TURNED_MONTHS = 6


def fill_settings(sketch: Sketch) -> None:
    """Fill scenario.yaml: the defaults, with the country's speeds, hours and seasons."""
    options, country = sketch.options, sketch.country
    zone = options.time_zone or country.time_zone or _zone_by_sun(sketch.roads)
    settings = defaults.scenario_settings(options.code, options.name, options.name, time_zone=zone)
    if options.time_zone is None and country.time_zone is None:
        sketch.assume("No country given: local time by longitude ({zone})", zone=zone)
    speeds = sketch.rules.class_speeds(country)
    settings["profiles"] = _profiles(settings["profiles"], speeds, sketch.roads.classes)
    if speeds:
        settings["sources"]["profiles"] = _law_source(sketch)
    if float(np.mean(sketch.roads.lat)) < 0:
        _turn_seasons(settings)
        sketch.assume("South of the equator: seasons turned by six months")
    sketch.settings = settings
    _assume_driving(sketch, speeds)


def _assume_driving(sketch: Sketch, speeds: dict[str, float]) -> None:
    said = sketch.rules.data["speeds"]
    if speeds:
        sketch.assume(
            "Where no limit is posted, planning speeds follow the law of {code}: {source}",
            "A",
            code=sketch.country.code,
            source=sketch.country.source,
        )
    else:
        sketch.assume("Where no limit is posted, each class of road has the default speed: see SOURCES.md")
    sketch.assume(
        "Where a limit is posted, {share} of it is driven, at most {top} km/h",
        share=said["limit_share"],
        top=said["top_kph"],
    )
    sketch.assume("Speeds in rain and the chance of rain are those of southern China; edit scenario.yaml")


def _law_source(sketch: Sketch) -> str:
    """Say in both languages where the planning speeds come from."""
    share, country = sketch.rules.data["speeds"]["limit_share"], sketch.country
    text = "Planning speeds: {share} of the legal limits of {code} ({source}); other classes by default (A)"
    said = [say(lang, text, share=share, code=country.code, source=country.source) for lang in ("zh", "en")]
    return " / ".join(said)


def _profiles(profiles: dict[str, Any], speeds: dict[str, float], classes: Iterable[str]) -> dict[str, Any]:
    """Put a country's speeds into the profiles; ordinary driving keeps its share of emergency speeds."""
    emergency = dict(profiles["emergency"]["speeds_kph"])
    turned = copy.deepcopy(profiles)
    for profile in turned.values():
        own = profile["speeds_kph"]
        for road_class, kph in speeds.items():
            own[road_class] = round(kph * own[road_class] / emergency[road_class], 1)
        for road_class in classes:
            own.setdefault(road_class, own["village"])
    return turned


def _turn_seasons(settings: dict[str, Any]) -> None:
    """Turn monthly figures by half a year."""
    settings["monthly"] = {name: _turned(months) for name, months in settings["monthly"].items()}
    for state in settings["weather"]["states"]:
        state["monthly_p"] = _turned(state["monthly_p"])


def _turned(months: list[float]) -> list[float]:
    return months[TURNED_MONTHS:] + months[:TURNED_MONTHS]


def _zone_by_sun(roads: RoadTable) -> str:
    """Name the time zone by the mean longitude, a whole number of hours from Greenwich."""
    hours = round(float(np.mean(roads.lon)) / 15)
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"
