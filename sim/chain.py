"""The chain of reports in numbers: how events name messages, tiers and tasks, and whose post is meant."""

from __future__ import annotations

from dispatch.reporting import Tier
from sim.county import County

_TIERS = 16
_LEVELS = 8
_TASKS = 256
_POSTS = 4096


def received(message: int, tier: int) -> int:
    """Write a message and the tier that it reaches as the subject of an event."""
    return message * _TIERS + tier


def message_and_tier(subject: int) -> tuple[int, int]:
    """Read the subject of REPORT_RECEIVED: which message reached which tier."""
    return divmod(subject, _TIERS)


def at_level(plan: int, level: int) -> int:
    """Write a plan and a response level, 1 to 4, as the subject of an event."""
    return plan * _LEVELS + level


def plan_and_level(subject: int) -> tuple[int, int]:
    """Read the subject of RESPONSE_OPENED, RESPONSE_CHANGED and RESPONSE_ENDED."""
    return divmod(subject, _LEVELS)


def of_plan(plan: int, task: int) -> int:
    """Write a plan and one of its tasks as the subject of an event."""
    return plan * _TASKS + task


def plan_and_task(subject: int) -> tuple[int, int]:
    """Read the subject of the events of tasks."""
    return divmod(subject, _TASKS)


def of_channel(channel: int, post: int = -1) -> int:
    """Write a channel and the post at which it fails (-1: every one) as the subject of an event."""
    return channel * _POSTS + post + 1


def channel_and_post(subject: int) -> tuple[int, int]:
    """Read the subject of CHANNEL_CUT and CHANNEL_BACK."""
    channel, post = divmod(subject, _POSTS)
    return channel, post - 1


def of_tiers(incident: int, tier: int, other: int = 0) -> int:
    """Write an incident and one or two tiers as the number that a step on the clock is about."""
    return incident << 8 | tier << 4 | other


def incident_and_tiers(number: int) -> tuple[int, int, int]:
    """Read the number that `of_tiers` wrote."""
    return number >> 8, number >> 4 & 15, number & 15


def desk_of(county: County, tier: int, kind: int, place: int, site: int) -> int:
    """Tell whose post answers for a tier in an incident of a kind, at a place and a site; -1: nobody's."""
    chain, force = county.chain, county.force
    if chain is None or force is None:
        return -1
    if tier == Tier.DEPARTMENT:
        return chain.departments.get(kind, -1)
    desks = chain.desks.get(tier, ())
    for post in desks:
        if tier == Tier.UNIT_HEAD and force.posts[post].site == site >= 0:
            return post
        if tier == Tier.TOWNSHIP and force.posts[post].place == place >= 0:
            return post
    return -1 if tier in (Tier.UNIT_HEAD, Tier.TOWNSHIP) or not desks else desks[0]
