"""What stands beside the roads of a map: fire stations, hospitals, police, works, fuel, towns, villages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.scenarios.importers.rules import MapRules
from sim.scenarios.importers.shapes import METRES_PER_DEGREE, middle_and_area
from sim.scenarios.importers.ways import Tags, names_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """A thing found on the map.

    `code` is ``n``, ``w`` or ``r`` and the map's own number; `detail` tells places apart (town, village).
    `area_m2` is 0 for a point; `population` is None where the map names none. `mapped` is False for what is
    not on the map but assumed.
    """

    kind: str
    code: str
    name: str
    name_en: str
    lon: float
    lat: float
    detail: str = ""
    area_m2: float = 0.0
    population: int | None = None
    mapped: bool = True


def kind_of(tags: Tags, rules: MapRules) -> str | None:
    """Tell what kind of thing the tags speak of; None where the importers have no use for it."""
    for rule in rules.data["found"]:
        if all(_holds(tags.get(key), values) for key, values in rule["tags"].items()):
            return str(rule["kind"])
    return None


def found_keys(rules: MapRules) -> tuple[str, ...]:
    """List the keys by which things are told, without doubles, in the order of the rules."""
    return tuple(dict.fromkeys(key for rule in rules.data["found"] for key in rule["tags"]))


def found_at(
    code: str, tags: Tags, lon: float, lat: float, rules: MapRules, area_m2: float = 0.0
) -> Found | None:
    """Describe a thing at a point, if its tags make it one."""
    kind = kind_of(tags, rules)
    if kind is None or (kind == "industrial" and 0 < area_m2 < rules.data["industrial_min_m2"]):
        return None
    name, name_en = names_of(tags)
    detail = tags.get("place", "") if kind == "place" else ""
    people = population_of(tags.get("population", "")) if kind == "place" else None
    return Found(kind, code, name, name_en, round(lon, 7), round(lat, 7), detail, round(area_m2, 1), people)


def found_in(code: str, tags: Tags, rings: Sequence[Floats], rules: MapRules) -> Found | None:
    """Describe a thing drawn as lines or areas: it stands at the middle of its area, or else of its lines."""
    middle = middle_and_area(rings) if kind_of(tags, rules) is not None else None
    if middle is None:
        return None
    lon, lat, area_m2 = middle
    return found_at(code, tags, lon, lat, rules, area_m2)


def without_doubles(found: Iterable[Found], rules: MapRules) -> list[Found]:
    """Keep one of each cluster of things that stand so near that they must be one.

    Named things come before nameless ones, larger before smaller, then by code: the first keeps its place.
    """
    by_kind: dict[str, list[Found]] = {}
    for thing in found:
        by_kind.setdefault(thing.kind, []).append(thing)
    within: Mapping[str, float] = rules.data["same_within_m"]
    return [thing for kind in sorted(by_kind) for thing in _apart(by_kind[kind], within[kind])]


def _apart(things: Sequence[Found], limit_m: float) -> list[Found]:
    """Drop things nearer than a limit to one that ranks before them; list the rest by code."""
    order = sorted(things, key=_rank)
    kept = [True] * len(order)
    if limit_m > 0:
        flat = np.array([(thing.lon, thing.lat) for thing in order]) * METRES_PER_DEGREE
        flat[:, 0] *= math.cos(math.radians(order[0].lat))
        for number, other in sorted(cKDTree(flat).query_pairs(limit_m)):
            kept[other] = kept[other] and not kept[number]
    return sorted((thing for thing, keep in zip(order, kept, strict=True) if keep), key=_by_code)


def population_of(text: str) -> int | None:
    """Read a number of people; None where the text is none.

    Examples
    --------
    >>> population_of("5 229"), population_of("12,000"), population_of("many")
    (5229, 12000, None)
    """
    digits = text.replace(",", "").replace(" ", "").replace("\u00a0", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _holds(value: str | None, wanted: Sequence[str]) -> bool:
    return value is not None and (value in wanted or "*" in wanted)


def _rank(thing: Found) -> tuple[bool, float, str, int, str]:
    return (not thing.name, -thing.area_m2, *_by_code(thing))


def _by_code(thing: Found) -> tuple[str, int, str]:
    return (thing.code[:1], len(thing.code), thing.code)
