"""The names of crews, levels, equipment and posts, and what keeps a unit from being ready, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from readiness.force import Force, Level
from results.wording import called, say
from sim.county import County, Names

COLOURS: Mapping[int, str] = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}
LEVELS: Mapping[Level, str] = {
    Level.ON_STATION: "at the station",
    Level.ON_CALL: "on call, at home",
    Level.RAISED: "at the station, standby raised",
}
CAUSES: Mapping[str, str] = {
    "crew_short": "too few people, or not the right ones",
    "crew_out": "the crew out with another unit",
    "crew_rests": "the crew resting",
    "short": "equipment missing or out of order",
    "taken_out": "taken out of service",
    "unknown": "not recorded",
}
"""What keeps units from being ready, by the code that stands first in a reason."""


def force_of(county: County) -> Force:
    """Give a county's force; one that stands for nothing where there is none."""
    return county.force or Force()


def named(county: County, what: str, number: int, lang: str) -> str:
    """Name the team, role, shift, item type, store, post or channel of a number; else give its code."""
    names: Sequence[Names] = county.force_names.get(what, ())
    if number < len(names):
        return called(names[number], lang)
    return str(getattr(force_of(county), what)[number].code)


def item_called(county: County, number: int, lang: str) -> str:
    """Name an item of equipment: its type and its code."""
    item = force_of(county).items[number]
    return f"{named(county, 'item_types', item.type, lang)} {item.code}"


def level_called(level: int, lang: str) -> str:
    """Say where a crew stands by."""
    return say(lang, LEVELS[Level(level)])


def cause_called(code: str, lang: str) -> str:
    """Say what kind of thing keeps units from being ready."""
    return say(lang, CAUSES[code]) if code in CAUSES else code


def capabilities_called(county: County, bits: int, lang: str) -> str:
    """List the capabilities that are set in a number's bits."""
    names = county.capability_names
    found = [called(one, lang) for capability, one in enumerate(names) if bits >> capability & 1]
    return say(lang, ", ").join(found)


def reasons_told(county: County, codes: Sequence[str], lang: str) -> str:
    """Say what keeps a unit from being fully ready, from the codes that the log keeps."""
    return say(lang, ", ").join(dict.fromkeys(_reason(county, str(code), lang) for code in codes))


def reasons_in(text: str | None) -> list[str]:
    """Read the codes out of the text of an event; none where it has no text."""
    return [str(code) for code in json.loads(text)] if text else []


def _reason(county: County, code: str, lang: str) -> str:
    word, *rest = code.split(":")
    tell = _REASONS.get(word)
    return tell(county, rest, lang) if tell else code


def _crew_short(county: County, rest: Sequence[str], lang: str) -> str:  # noqa: ARG001 - one of a family
    if not int(rest[0]):
        return say(lang, "nobody with a qualification that is asked for")
    return say(lang, "{n} people short", n=rest[0])


def _crew_out(county: County, rest: Sequence[str], lang: str) -> str:  # noqa: ARG001 - one of a family
    return say(lang, "its crew is out with {unit}", unit=rest[0])


def _crew_rests(county: County, rest: Sequence[str], lang: str) -> str:  # noqa: ARG001 - one of a family
    return say(lang, "its crew rests")


def _taken_out(county: County, rest: Sequence[str], lang: str) -> str:  # noqa: ARG001 - one of a family
    return say(lang, "taken out of service")


def _short(county: County, rest: Sequence[str], lang: str) -> str:
    code, have, need = rest
    codes = [kind.code for kind in force_of(county).item_types]
    name = named(county, "item_types", codes.index(code), lang) if code in codes else code
    return say(lang, "{item}: {have} of {need}", item=name, have=have, need=need)


_REASONS: Mapping[str, Callable[[County, Sequence[str], str], str]] = {
    "crew_short": _crew_short,
    "crew_out": _crew_out,
    "crew_rests": _crew_rests,
    "taken_out": _taken_out,
    "short": _short,
}
