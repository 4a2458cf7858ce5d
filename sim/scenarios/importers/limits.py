"""What a posted speed limit means in km/h: numbers, miles, words such as "walk", and "RU:urban"."""

from __future__ import annotations

import math
import re

from sim.scenarios.importers.rules import KPH_PER_MPH, Country, MapRules

NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|mp/h|km/h|kmh|kph|knots)?")
ZONE_NUMBER = re.compile(r"[a-z-]+:(?:zone|bicycle_road)?:?(\d+)")
ZONE = re.compile(r"(?:([a-z]{2})(?:-[a-z0-9]+)?:)?([a-z_]+)")
KPH_PER_KNOT = 1.852
UNITS = {"mph": KPH_PER_MPH, "mp/h": KPH_PER_MPH, "knots": KPH_PER_KNOT}


def limit_kph(text: str, rules: MapRules, country: Country) -> float | None:
    """Read a posted limit.

    Parameters
    ----------
    text
        The value of ``maxspeed``: ``50``, ``30 mph``, ``walk``, ``none``, ``RU:urban``, ``DE:zone:30``; of
        several parted by semicolons or bars the lowest holds.
    rules, country
        The limits that words stand for.

    Returns
    -------
    float or None
        Kilometres per hour, infinite where there is no limit, None where the text says nothing of use.

    References
    ----------
    https://wiki.openstreetmap.org/wiki/Key:maxspeed
    """
    parts = (_one(part.strip().lower(), rules, country) for part in re.split(r"[;|]", text))
    known = [kph for kph in parts if kph is not None]
    return min(known, default=None)


def _one(word: str, rules: MapRules, country: Country) -> float | None:
    if word in ("none", "unlimited", "nolimit"):
        return math.inf
    if found := NUMBER.fullmatch(word) or ZONE_NUMBER.fullmatch(word):
        unit = UNITS.get(found[2], 1.0) if found.re is NUMBER else 1.0
        return float(found[1]) * unit or None
    if found := ZONE.fullmatch(word):
        return _zone(found[1], found[2], rules, country)
    return None


def _zone(code: str | None, zone: str, rules: MapRules, country: Country) -> float | None:
    """Look up what a zone means where it is named, or else in the country of the import."""
    if zone == "walk":
        return float(rules.data["speeds"]["walk_kph"])
    named = rules.data["country_aliases"].get((code or "").upper(), (code or "").upper())
    law = country if code is None else rules.countries.get(named, rules.countries[""])
    return law.limits_kph.get(zone)
