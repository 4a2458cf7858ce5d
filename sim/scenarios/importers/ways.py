"""Reading a way's tags: may it be driven, what class is it, how fast, and which way round."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenarios.importers.limits import limit_kph
from sim.scenarios.importers.lines import SHORTEST_M, Road
from sim.scenarios.importers.rules import Country, MapRules

Tags = Mapping[str, str]

NOT_DRIVEN = "not for vehicles"
CLOSED = "closed to vehicles"
LEFT_OUT = "driveways, parking aisles and unpaved tracks"
REVERSIBLE = "direction changes with the hour"
FOOT_FERRY = "ferries for walkers only"


@dataclass(frozen=True, slots=True)
class Driven:
    """A way that may be driven: its road, and whether its vertices run against the traffic."""

    road: Road
    backwards: bool = False


def way_of(tags: Tags, rules: MapRules, country: Country) -> Driven | str:
    """Read the tags of a way.

    Parameters
    ----------
    tags
        Tags as OpenStreetMap writes them.
    rules, country
        What they mean.

    Returns
    -------
    Driven or str
        The way, or the reason why it is not driven.
    """
    if _is_ferry(tags, rules):
        return _ferry(tags, rules)
    meaning = rules.data["highways"].get(tags.get("highway"))
    if meaning is None or tags.get("area") == "yes":
        return NOT_DRIVEN
    if not _fits(tags, meaning):
        return LEFT_OUT
    access = _first(tags, rules.data["access_keys"])
    if access in rules.data["closed_values"]:
        return CLOSED
    road_class = rules.data["private_class"] if access in rules.data["private_values"] else meaning["class"]
    direction = _direction(tags, rules)
    if direction is None:
        return REVERSIBLE
    forward, back = _speeds(tags, meaning.get("speed_kph"), rules, country)
    road = _road(tags, road_class, oneway=direction != 0, speeds=(forward, back))
    return Driven(road.turned(), backwards=True) if direction < 0 else Driven(road)


def ferry_speed_kph(tags: Tags, length_m: float, rules: MapRules) -> float:
    """Work out a ferry's speed from its crossing time if named (``hh:mm``, ``hh:mm:ss``, minutes)."""
    seconds = duration_s(tags.get("duration", ""))
    if seconds is None:
        return float(rules.data["speeds"]["ferry_kph"])
    return max(0.1, round(max(length_m, SHORTEST_M) / seconds * 3.6, 2))


def duration_s(text: str) -> float | None:
    """Read a crossing time; None where there is none.

    Examples
    --------
    >>> duration_s("00:20"), duration_s("45"), duration_s("soon")
    (1200.0, 2700.0, None)
    """
    parts = text.strip().split(":")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return None
    units = (60.0,) if len(parts) == 1 else (3600.0, 60.0, 1.0)
    return sum(int(part) * unit for part, unit in zip(parts, units, strict=False)) or None


def names_of(tags: Tags) -> tuple[str, str]:
    """Give a thing's Chinese or local name and its English name (either may be empty)."""
    local = tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name") or ""
    return one_line(local), one_line(tags.get("name:en") or "")


def one_line(text: str) -> str:
    """Take blanks and line ends together."""
    return " ".join(text.split())


def _is_ferry(tags: Tags, rules: MapRules) -> bool:
    return tags.get("route") in rules.data["ferry"]["route"] and "highway" not in tags


def _ferry(tags: Tags, rules: MapRules) -> Driven | str:
    ferry = rules.data["ferry"]
    vehicles = _first(tags, ferry["vehicle_keys"])
    if vehicles is None and any(key in tags for key in ferry["others"]):
        return FOOT_FERRY
    if "no" in (vehicles, _first(tags, rules.data["access_keys"])):
        return FOOT_FERRY
    return Driven(_road(tags, "ferry", oneway=_direction(tags, rules) == 1, speeds=(None, None)))


def _fits(tags: Tags, meaning: Mapping[str, Any]) -> bool:
    only = all(tags.get(key) in values for key, values in meaning.get("only", {}).items())
    return only and not any(tags.get(key) in values for key, values in meaning.get("except", {}).items())


def _first(tags: Tags, keys: list[str]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def _direction(tags: Tags, rules: MapRules) -> int | None:
    """Tell the direction of traffic: 0 both, 1 along the way, -1 against it, None changing."""
    said = _first(tags, rules.data["oneway_keys"])
    if said in rules.data["oneway_closed"]:
        return None
    if said in rules.data["oneway_back"]:
        return -1
    if said in rules.data["oneway_forward"]:
        return 1
    implied = any(tags.get(key) in values for key, values in rules.data["oneway_implied"].items())
    return int(implied and said is None)


def _speeds(
    tags: Tags, usual_kph: float | None, rules: MapRules, country: Country
) -> tuple[float | None, float | None]:
    """Work out planning speeds along and against a way; None where its class's speed holds."""
    both = [_limit(tags, key, rules, country) for key in ("maxspeed", "source:maxspeed", "maxspeed:type")]
    posted = next((kph for kph in both if kph is not None), None)
    forward = _limit(tags, "maxspeed:forward", rules, country) or posted
    back = _limit(tags, "maxspeed:backward", rules, country) or posted
    return _planned(forward, usual_kph, rules), _planned(back, usual_kph, rules)


def _limit(tags: Tags, key: str, rules: MapRules, country: Country) -> float | None:
    return limit_kph(tags[key], rules, country) if key in tags else None


def _planned(limit: float | None, usual_kph: float | None, rules: MapRules) -> float | None:
    if limit is None or math.isinf(limit):
        return usual_kph
    planned = rules.planned_kph(limit)
    return planned if usual_kph is None else min(planned, usual_kph)


def _road(tags: Tags, road_class: str, *, oneway: bool, speeds: tuple[float | None, float | None]) -> Road:
    bridge = tags.get("bridge", "no") != "no"
    name, name_en = names_of(tags)
    if bridge and (own := one_line(tags.get("bridge:name", ""))):
        name, name_en = own, one_line(tags.get("bridge:name:en", ""))
    code = one_line(tags.get("ref", ""))
    return Road(road_class, name, name_en, code, oneway, *speeds, bridge=bridge)
