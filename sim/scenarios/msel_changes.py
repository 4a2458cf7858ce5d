"""What an inject changes in the county, from words: those of a rehearsal, or those of any edit."""

from __future__ import annotations

import re
from datetime import datetime

from sim.county import County
from sim.inject_words import INJECTS, inject_of
from sim.injects import Inject
from sim.scenarios.build import by_code
from sim.scenarios.calls import injects_of
from sim.scenarios.edit_words import edits_of_words
from sim.scenarios.edits import apply_edits
from sim.scenarios.problems import Problem, ScenarioError
from sim.scenarios.ranks import Ranks
from sim.scenarios.scenario import Scenario

UNTIL = re.compile(r"\s+(?:for|until|till)\s+.*$|[，,]?\s*(?:持续|直到).*$")
HAN = re.compile("[\u4e00-\u9fff]")
BETWEEN = ";"
"""What stands between several changes of one inject."""


def changes_of(scenario: Scenario, county: County, words: str, at: datetime) -> tuple[Inject, ...]:
    """Read what an inject changes, in the order it is written.

    Parameters
    ----------
    scenario, county
        The scenario and the county built of it.
    words
        For example ``leave_post D04 8h``, or an edit: ``close bridge qinglong for 2 h``; several with ``;``
        between. They happen when the inject is given out.
    at
        A local moment within the drill, from which durations are counted.

    Raises
    ------
    ScenarioError, RunTrouble
        Words are not understood, speak of what is not there, or are an edit that cannot be made at a moment.
    """
    found: list[Inject] = []
    for phrase in filter(None, (part.strip() for part in words.replace("；", BETWEEN).split(BETWEEN))):
        if phrase.split()[0] in INJECTS:
            found.append(inject_of(county, phrase, 0.0))
        else:
            found += _edited(scenario, phrase, at)
    return tuple(found)


def _edited(scenario: Scenario, phrase: str, at: datetime) -> list[Inject]:
    """Make the injects of an edit in words that holds from a moment."""
    ordered = by_code(scenario)
    before = list(injects_of(ordered, Ranks.of(ordered)))
    edited = by_code(apply_edits(ordered, _at_moment(phrase, at)).scenario)
    added: list[Inject] = []
    for inject in injects_of(edited, Ranks.of(edited)):
        if inject in before:
            before.remove(inject)
        else:
            added.append(inject)
    if not added:
        raise ScenarioError([_never(phrase)])
    return added


def _at_moment(phrase: str, at: datetime) -> tuple[object, ...]:
    """Understand an edit and let it hold from a moment."""
    moment = f"{at:%Y-%m-%d %H:%M}"
    what, until = UNTIL.sub("", phrase), UNTIL.search(phrase)
    timed = f"{what} at {moment}{until.group(0) if until else ''}"
    try:
        return edits_of_words(f"于{moment}起{phrase}" if HAN.search(phrase) else timed)
    except ScenarioError:
        edits_of_words(phrase)
        raise ScenarioError([_never(phrase)]) from None


def _never(phrase: str) -> Problem:
    message = "is a change that cannot happen while a drill goes on"
    return Problem("drill", field="change", value=phrase, message_id=message)
