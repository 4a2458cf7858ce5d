"""Events of standby and equipment in words, as a duty officer would enter them in the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from readiness.force import Level
from results.readiness.words import (
    COLOURS,
    capabilities_called,
    force_of,
    item_called,
    named,
    reasons_in,
    reasons_told,
)
from results.story import Row, Story
from results.wording import called, spoken
from sim.events import Kind
from sim.state import bits_of

HOW: Mapping[str, str] = {
    "at_once": "noticed at once",
    "use": "noticed in use",
    "check": "at a check",
    "after_use": "at the check after use",
    "test": "at its test",
    "turnout": "missed at turnout",
    "way": "missed on the way",
    "scene": "missed on scene",
    "expired": "it has expired",
    "tested": "it has passed its test",
    "repaired": "repaired",
    "overhauled": "overhauled",
    "replaced": "replaced",
}
LEAVES: Mapping[str, str] = {
    "workshop": "to the workshop",
    "order": "a new one is ordered",
    "scrap": "it cannot be mended",
    "test": "to its test",
    "spare": "as a spare for another unit",
    "loan": "on loan to another unit",
}
COMES: Mapping[str, str] = {
    "workshop": "from the workshop",
    "order": "new",
    "test": "from its test",
    "spare": "a spare from the store",
    "loan": "on loan from another unit",
}
"""What the codes of equipment events mean; others are told as they stand."""


def told_of_choice(story: Story, words: list[Any], number: int) -> str:
    """Say what readiness had to do with a choice: who was passed over and why, and where the crew was.

    Parameters
    ----------
    story
        The story.
    words
        What follows the five entries of the reason: unit passed over, its expected seconds, level.
    number
        The event's number.
    """
    if len(words) < 3:
        return ""
    passed, eta_s, level = words
    told = "" if passed is None else _passed(story, passed, eta_s, number)
    return told + story.say("; its crew came from home") if level == Level.ON_CALL else told


def told_of_waiting(story: Story, row: Row) -> str:
    """Say which unit stood at its station when an incident had to wait, and why it could not be sent."""
    if not row["text"]:
        return ""
    unit, eta_s = json.loads(row["text"])
    return _passed(story, unit, eta_s, row["number"])


def _passed(story: Story, unit: str, eta_s: float, number: int) -> str:
    codes = reasons_in(story.why_not_ready(unit, number))
    if not codes:
        return story.say(
            "; {unit} would have been there in {eta} but was not ready",
            unit=unit,
            eta=spoken(story.lang, eta_s),
        )
    return story.say(
        "; {unit} would have been there in {eta} but was not ready ({why})",
        unit=unit,
        eta=spoken(story.lang, eta_s),
        why=reasons_told(story.county, codes, story.lang),
    )


def _standing(story: Story, row: Row) -> str:
    own = bits_of(story.county.units[row["unit"]].capabilities)
    bits, unit = row["subject"], story.unit(row)
    if bits == own:
        return story.say("{unit} is ready for all it is there for.", unit=unit)
    codes = reasons_in(row["text"])
    why = reasons_told(story.county, codes, story.lang) if codes else story.say("no reason given")
    if not bits:
        return story.say("{unit} is not ready: {why}.", unit=unit, why=why)
    return story.say(
        "{unit} is ready only for: {these}; not for: {those} ({why}).",
        unit=unit,
        these=capabilities_called(story.county, bits, story.lang),
        those=capabilities_called(story.county, own & ~bits, story.lang),
        why=why,
    )


def _standby(story: Story, row: Row) -> str:
    sentence = {
        Level.ON_STATION: "The crew of {unit} stands by at the station.",
        Level.ON_CALL: "The crew of {unit} stands by on call, at home.",
        Level.RAISED: "The crew of {unit} stands by at the station: standby is raised.",
    }[Level(row["subject"])]
    return story.say(sentence, unit=story.unit(row))


def _warning(story: Story, row: Row) -> str:
    if not row["subject"]:
        return story.say("The warning is lifted.")
    return story.say("A warning is issued: {colour}.", colour=story.say(COLOURS[row["subject"]]))


def _rests(story: Story, row: Row) -> str:
    return story.say(
        "Crew {crew} was out too long with {unit}: it rests and mans nothing until then.",
        crew=force_of(story.county).crews[row["subject"]].code,
        unit=story.unit(row),
    )


def _rested(story: Story, row: Row) -> str:
    return story.say(
        "Crew {crew} has rested or is relieved.", crew=force_of(story.county).crews[row["subject"]].code
    )


def _found(story: Story, row: Row) -> str:
    return story.say(
        "{holder}: {item} is found not to be in order{how}.",
        holder=_holder(story, row),
        item=_item(story, row),
        how=_how(story, row),
    )


def _consumed(story: Story, row: Row) -> str:
    return story.say(
        "{unit} has used {amount} of {item}.",
        unit=story.unit(row),
        amount=_amount(row),
        item=_type(story, row),
    )


def _restocked(story: Story, row: Row) -> str:
    return story.say(
        "{unit} is refilled with {amount} of {item}.",
        unit=story.unit(row),
        amount=_amount(row),
        item=_type(story, row),
    )


def _delivered(story: Story, row: Row) -> str:
    return story.say(
        "{holder}: {amount} of {item} is delivered.",
        holder=_holder(story, row),
        amount=_amount(row),
        item=_type(story, row),
    )


def _lost(story: Story, row: Row) -> str:
    return story.say(
        "{unit} can no longer serve incident {incident} as {capability}: {item} has failed.",
        unit=story.unit(row),
        incident=row["incident"],
        capability=called(story.county.capability_names[row["subject"]], story.lang),
        item=_items(story, json.loads(row["text"] or "[]")),
    )


def _items(story: Story, codes: list[str]) -> str:
    """Name the items of some codes; there may be none to name."""
    numbers = {item.code: number for number, item in enumerate(force_of(story.county).items)}
    found = [item_called(story.county, numbers[code], story.lang) for code in codes if code in numbers]
    return story.say(", ").join(found) or story.say("equipment")


def _of_team(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(
        sentence, team=named(story.county, "teams", row["subject"], story.lang)
    )


def _of_unit(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, unit=story.unit(row))


def _to_station(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, unit=story.unit(row), station=story.station(row))


def _of_item(sentence: str, words: Mapping[str, str] = HOW) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(
        sentence, holder=_holder(story, row), item=_item(story, row), how=_how(story, row, words)
    )


def _on_the_way(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(
        sentence, unit=story.unit(row), incident=row["incident"], item=_item(story, row)
    )


def _item(story: Story, row: Row) -> str:
    """Name the item that failed; there may be none to name."""
    if row["subject"] < 0:
        return story.say("equipment")
    return item_called(story.county, row["subject"], story.lang)


def _type(story: Story, row: Row) -> str:
    kind = force_of(story.county).items[row["subject"]].type
    return named(story.county, "item_types", kind, story.lang)


def _holder(story: Story, row: Row) -> str:
    """Name who holds an item: a unit, else its store."""
    if row["unit"] >= 0:
        return story.unit(row)
    store = force_of(story.county).items[row["subject"]].store
    return named(story.county, "stores", store, story.lang) if store >= 0 else story.say("A store")


def _how(story: Story, row: Row, known: Mapping[str, str] = HOW) -> str:
    """Say how or where to, from the code that stands first in an event's text."""
    words = json.loads(row["text"]) if row["text"] else []
    if not words or not isinstance(words[0], str) or not words[0]:
        return ""
    code = words[0]
    return story.say(" ({how})", how=story.say(known[code]) if code in known else code)


def _amount(row: Row) -> str:
    return f"{json.loads(row['text'])[0]:g}" if row["text"] else "?"


DUTY_LOG: Mapping[Kind, Callable[[Story, Row], str]] = {
    Kind.STANDING: _standing,
    Kind.STANDBY: _standby,
    Kind.RAISED: _of_team("The standby of {team} is raised."),
    Kind.LOWERED: _of_team("The standby of {team} is back at its usual level."),
    Kind.CREW_RESTS: _rests,
    Kind.CREW_RESTED: _rested,
    Kind.RELOCATED: _to_station("{unit} sets out to stand by at {station}."),
    Kind.WARNING: _warning,
    Kind.TAKEN_OUT: _of_unit("{unit} is taken out of service."),
    Kind.PUT_BACK: _of_unit("{unit} is in service again."),
    Kind.ITEM_FAILED: _of_item("{holder}: {item} stops working{how}."),
    Kind.ITEM_DEGRADED: _of_item("{holder}: {item} works less well than it should{how}."),
    Kind.ITEM_FOUND: _found,
    Kind.ITEM_OUT: _of_item("{holder}: {item} is taken off{how}.", LEAVES),
    Kind.ITEM_IN: _of_item("{holder}: {item} is put in its place{how}.", COMES),
    Kind.ITEM_MENDED: _of_item("{holder}: {item} works again{how}."),
    Kind.CONSUMED: _consumed,
    Kind.RESTOCKED: _restocked,
    Kind.DELIVERED: _delivered,
    Kind.WILL_NOT_ROLL: _on_the_way("{unit} cannot roll to incident {incident}: {item} has failed."),
    Kind.BROKE_DOWN: _on_the_way("{unit} breaks down on its way to incident {incident}: {item} has failed."),
    Kind.RECOVERED: _to_station("{unit} has been brought back to {station}."),
    Kind.CAPABILITY_LOST: _lost,
}
"""How each kind of event of readiness is told."""
