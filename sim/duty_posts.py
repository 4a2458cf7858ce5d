"""Duty posts on the clock: who is there when somebody calls, which channels work, what spot checks change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from readiness.calendar import Span, Turn, rostered_turns, running, turns
from readiness.duty import Moment, Present, absence_at, is_out
from readiness.force import Channel, Force, Rostered
from readiness.spot_checks import inspect, spot_checks
from sim.chain import channel_and_post
from sim.chance import STREAMS, hashed, key_of, uniform_for
from sim.conditions import local_hour, start_of
from sim.county import County
from sim.fate import Fate
from sim.injects import LeavePost

if TYPE_CHECKING:
    from sim.engine import Run

_DUTY = STREAMS.index("duty")
_NONE: frozenset[str] = frozenset()
_ABSENCE, _CHECKS, _OUTAGE = range(3)
"""What a draw is for."""
LEADER = "duty_leader"
"""The code of the role of a leader on duty (带班); a role so named in Chinese is one as well."""


class PostRoster(NamedTuple):
    """A post's rows of the roster, the turns of each, and the number that keys the absences of each.

    `moments` are those at which a turn begins or ends; `expected` keeps who should be there from one of them
    on, as far as somebody has asked.
    """

    rows: tuple[Rostered, ...]
    turns: tuple[list[Turn], ...]
    keys: tuple[int, ...]
    moments: list[float]
    expected: dict[int, tuple[tuple[Present, Turn], ...]]


def moment_at(run: Run, post: int) -> Moment:
    """Tell how things stand at a post now: the hour, who is there, which channels are out."""
    county, state = run.county, run.state
    warned = county.weathers[state.regime % len(county.weathers)].warning_level is not None
    out = channels_out(run, post) if warned or state.cut else _NONE
    return Moment(local_hour(county, run.now), roles_at(run, post), out)


def roles_at(run: Run, post: int) -> tuple[int, ...]:
    """List the roles of those at a post now (as `readiness.duty.at_post` does); the first answers."""
    if run.state.left[post]:
        return ()
    roster = _roster(run.county, run.fate.horizon_s, post)
    at = bisect_right(roster.moments, run.now) - 1
    if at < 0:
        return ()
    known: dict[tuple[int, int], tuple[int, ...]] = run.notices.present
    if (post, at) not in known:
        known[post, at] = tuple(
            who.role for who, turn in _expected(roster, at) if not _is_away(run, post, roster, who, turn)
        )
    return known[post, at]


def _is_away(run: Run, post: int, roster: PostRoster, who: Present, turn: Turn) -> bool:
    """Tell whether somebody stays away from a turn; attention after a spot check can only bring them in."""
    force = run.county.force or Force()
    absence_p = force.posts[post].absence
    if absence_p <= 0.0:
        return False
    uniform = _chance(run, _ABSENCE, roster.keys[who.row], who.person, turn.number)
    if uniform >= absence_p:
        return False
    return uniform < absence_at(absence_p, force.spot_checks, attention_at(run, post), turn.begin_s)


def leader_at(run: Run, post: int) -> bool:
    """Tell whether a leader is at the desk now."""
    return any(role in leaders(run.county) for role in roles_at(run, post))


@lru_cache(maxsize=8)
def posts_by_code(county: County) -> dict[str, int]:
    """Give the number of each duty post by its code."""
    return {post.code: number for number, post in enumerate((county.force or Force()).posts)}


@lru_cache(maxsize=8)
def channels_by_code(county: County) -> dict[str, Channel]:
    """Give the channels by their codes."""
    return {channel.code: channel for channel in (county.force or Force()).channels}


@lru_cache(maxsize=8)
def leaders(county: County) -> frozenset[int]:
    """Give the roles that are leaders on duty."""
    force, called = county.force or Force(), county.force_names.get("roles", ())
    coded = {number for number, role in enumerate(force.roles) if role.code == LEADER}
    return frozenset(coded | {number for number, names in enumerate(called) if "带班" in names.zh})


def channels_out(run: Run, post: int) -> frozenset[str]:
    """Give the codes of a post's channels that do not work now, by the weather or because they were cut."""
    channels, cut = (run.county.force or Force()).channels, run.state.cut
    down = {channels[number].code for number, at in map(channel_and_post, cut) if at in (-1, post)}
    begun_s, warning_level = _spell(run.county, run.fate, run.now)
    if warning_level is not None:
        down.update(
            channel.code for channel in channels if _fails(run, post, channel, begun_s, warning_level)
        )
    return frozenset(down)


def _fails(run: Run, post: int, channel: Channel, begun_s: int, warning_level: int) -> bool:
    holder = key_of((run.county.force or Force()).posts[post].code)
    return is_out(channel, warning_level, _chance(run, _OUTAGE, holder, key_of(channel.code), begun_s))


def attention_at(run: Run, post: int) -> list[Span]:
    """Give the stretches of time in which a post is under attention because a spot check found absence."""
    known: dict[int, list[Span]] = run.notices.attention
    if post not in known:
        known[post] = _attention(run, post)
    return known[post]


def _attention(run: Run, post: int) -> list[Span]:
    force, horizon_s = run.county.force or Force(), run.fate.horizon_s
    checks, roster, holder = force.spot_checks, _roster(run.county, horizon_s, post), force.posts[post]
    moments = spot_checks(checks, horizon_s, _uniforms(run, key_of(holder.code)))
    left = [
        (inject.at_s, horizon_s if inject.until_s is None else inject.until_s)
        for inject in run.county.injects
        if isinstance(inject, LeavePost) and inject.post == post
    ]

    def draw(row: int, person: int, turn: int) -> float:
        return _chance(run, _ABSENCE, roster.keys[row], person, turn)

    _, attention = inspect(roster.rows, roster.turns, post, holder.absence, checks, moments, draw, left)
    return attention


def _uniforms(run: Run, holder: int) -> Iterator[float]:
    return (_chance(run, _CHECKS, holder, number) for number in count())


def _chance(run: Run, *parts: int) -> float:
    return uniform_for(_bits(run.fate.seed, run.fate.replication), *parts)


@lru_cache(maxsize=64)
def _bits(seed: int, replication: int) -> int:
    """Give the bits with which all draws of duty begin."""
    return hashed(seed, replication, _DUTY)


def _spell(county: County, fate: Fate, now_s: float) -> tuple[int, int | None]:
    """Give when the weather of now began, in whole seconds, and the level of its warning."""
    conditions, weathers = fate.conditions, county.weathers
    at = bisect_right(conditions.start_s, now_s) - 1
    weather = conditions.regime[at] % len(weathers)
    while at > 0 and conditions.regime[at - 1] % len(weathers) == weather:
        at -= 1
    return int(conditions.start_s[at]), weathers[weather].warning_level


@lru_cache(maxsize=4)
def _turned(county: County, horizon_s: float) -> list[list[Turn]]:
    """List the turns of each row of the posts' roster."""
    force, zone, start = county.force or Force(), ZoneInfo(county.time_zone), start_of(county)
    spans = [turns(s, zone, start, horizon_s, force.holidays, force.makeup_days) for s in force.shifts]
    return rostered_turns(force.post_roster, spans, zone, start)


@lru_cache(maxsize=1024)
def _roster(county: County, horizon_s: float, post: int) -> PostRoster:
    """Lay out who is on duty at a post, and when."""
    force, by_row = county.force or Force(), _turned(county, horizon_s)
    numbers = [number for number, row in enumerate(force.post_roster) if row.holder == post]
    rows = tuple(force.post_roster[number] for number in numbers)
    turned = tuple(by_row[number] for number in numbers)
    moments = sorted({moment for row in turned for turn in row for moment in (turn.begin_s, turn.end_s)})
    return PostRoster(rows, turned, tuple(_key(force, row) for row in rows), moments, {})


def _expected(roster: PostRoster, at: int) -> tuple[tuple[Present, Turn], ...]:
    """Tell who should be at a post from one of the moments of its roster on, each with their turn."""
    if at not in roster.expected:
        roster.expected[at] = tuple(
            (Present(number, person, row.role), turn)
            for number, (row, row_turns) in enumerate(zip(roster.rows, roster.turns, strict=True))
            for turn in running(row_turns, roster.moments[at])
            for person in range(row.count)
        )
    return roster.expected[at]


def _key(force: Force, row: Rostered) -> int:
    codes = (force.posts[row.holder].code, force.shifts[row.shift].code, force.roles[row.role].code)
    return key_of("/".join((*codes, row.person)))
