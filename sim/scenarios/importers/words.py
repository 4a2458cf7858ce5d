"""Roads described by a few words (class, one-way, speed, name), as data tables and map exports write them."""

from __future__ import annotations

from collections.abc import Mapping

from sim.scenarios.importers.limits import limit_kph
from sim.scenarios.importers.lines import Road
from sim.scenarios.importers.rules import Country, MapRules
from sim.scenarios.importers.ways import one_line

YES = ("yes", "true", "1", "t", "y", "1.0", "是", "ft", "f")
AGAINST = ("-1", "reverse", "tf")
NO = ("no", "false", "0", "n", "0.0", "否", "b", "")


def road_of_words(words: Mapping[str, str], rules: MapRules, country: Country) -> tuple[Road, bool] | None:
    """Describe a road from a row's words.

    Parameters
    ----------
    words
        Any of ``class`` (ours, OpenStreetMap's or Chinese), ``oneway``, ``speed_kph`` (driven as it stands),
        ``maxspeed`` (a posted limit), ``name``, ``name_en``, ``code``, ``bridge``.
    rules, country
        What they mean.

    Returns
    -------
    tuple or None
        The road, and whether its traffic runs against the drawn direction; None where vehicles may not drive.
    """
    found = class_of_word(words.get("class", ""), rules)
    if found is None:
        return None
    road_class, usual_kph = found
    way = words.get("oneway", "").strip().lower()
    kph = _speed(words, usual_kph, rules, country)
    road = Road(
        road_class,
        one_line(words.get("name", "")),
        one_line(words.get("name_en", "")),
        one_line(words.get("code", "")),
        way in YES or way in AGAINST,
        kph,
        kph,
        bridge=words.get("bridge", "").strip().lower() not in NO,
    )
    return road, way in AGAINST


def class_of_word(word: str, rules: MapRules) -> tuple[str, float | None] | None:
    """Find the road class a word means, and the speed of its kind where that is far below the class's.

    An unknown word means the class for unknown roads; a way for walkers or cyclists means None.
    """
    plain = word.strip().lower()
    meaning = rules.data["highways"].get(plain)
    if meaning is not None:
        return meaning["class"], meaning.get("speed_kph")
    for road_class, known in rules.data["class_words"].items():
        if plain in known:
            return road_class, None
    return None if plain in rules.data["not_driven"] else (rules.data["unknown_class"], None)


def class_known(word: str, rules: MapRules) -> bool:
    """Tell whether a word names a class at all."""
    plain = word.strip().lower()
    return plain in rules.data["highways"] or any(
        plain in words for words in rules.data["class_words"].values()
    )


def _speed(
    words: Mapping[str, str], usual_kph: float | None, rules: MapRules, country: Country
) -> float | None:
    given = limit_kph(words.get("speed_kph", ""), rules, country)
    if given is not None:
        return round(min(given, float(rules.data["speeds"]["fastest_kph"])), 1)
    posted = limit_kph(words.get("maxspeed", ""), rules, country)
    if posted is None or posted == float("inf"):
        return usual_kph
    planned = rules.planned_kph(posted)
    return planned if usual_kph is None else min(planned, usual_kph)
