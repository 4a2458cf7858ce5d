"""What is made to happen to the county, in words: roads, sites, bases and rules of dispatch that change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from results.story import Row, Story
from results.wording import called, percent
from sim.events import Kind


def _road(sentence: str) -> Callable[[Story, Row], str]:
    def tell(story: Story, row: Row) -> str:
        road, *rest = json.loads(row["text"] or "[]") or [""]
        factor = percent(float(rest[0]), 0) if rest else ""
        return story.say(sentence, road=road or story.say("a road"), factor=factor)

    return tell


def _site(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(
        sentence, site=called(story.county.sites[row["subject"]].names, story.lang)
    )


def _policy(story: Story, row: Row) -> str:
    policy = (json.loads(row["text"] or "[]") or ["?"])[0]
    return story.say("From now on units are chosen by the policy {policy}.", policy=policy)


def _rebased(story: Story, row: Row) -> str:
    return story.say(
        "{unit} belongs to {station} from now on.", unit=story.unit(row), station=story.station(row)
    )


HAPPENINGS: Mapping[Kind, Callable[[Story, Row], str]] = {
    Kind.ROAD_CLOSED: _road("Closed: {road}."),
    Kind.ROAD_SLOWED: _road("Traffic on {road} goes at {factor} of its usual speed."),
    Kind.ROAD_OPENED: _road("As usual again: {road}."),
    Kind.SITE_CLOSED: _site("{site} is closed: no accident happens there."),
    Kind.SITE_OPENED: _site("{site} is open again."),
    Kind.POLICY_SET: _policy,
    Kind.REBASED: _rebased,
}
"""How each kind of event that a director or a what-if makes is told."""
