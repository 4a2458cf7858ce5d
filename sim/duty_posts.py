"""Duty posts on the clock: who is there when somebody calls, which channels work, what spot checks change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from readiness.calendar import Span, Turn, rostered_turns, turns
from readiness.duty import Moment, at_post, away_by, is_out
from readiness.force import Force, Rostered
from readiness.spot_checks import inspect, spot_checks
from sim.chain import of_channel
from sim.chance import STREAMS, hashed, key_of, uniform_of
from sim.conditions import local_time, start_of
from sim.county import County
from sim.injects import LeavePost

if TYPE_CHECKING:
    from sim.engine import Run

_DUTY = STREAMS.index("duty")
_ABSENCE, _CHECKS, _OUTAGE = range(3)
"""What a draw is for."""
LEADER = "duty_leader"
"""The code of the role of a leader on duty (带班); a role so named in Chinese is one as well."""


class PostRoster(NamedTuple):
    """A post's rows of the roster, the turns of each, and the number that keys the absences of each."""

    rows: tuple[Rostered, ...]
    turns: tuple[list[Turn], ...]
    keys: tuple[int, ...]


def moment_at(run: Run, post: int) -> Moment:
    """Tell how things stand at a post now: the hour, who is there, which channels are out."""
    now = local_time(run.county, run.now)
    hour = now.hour + now.minute / 60.0 + now.second / 3600.0
    return Moment(hour, roles_at(run, post), channels_out(run, post))


def roles_at(run: Run, post: int) -> tuple[int, ...]:
    """List the roles of those at a post now; the first answers."""
    if run.state.left[post]:
        return ()
    roster = _rosters(run.county, run.fate.horizon_s)[post]
    force = run.county.force or Force()
    away = away_by(
        _absences(run, roster), force.posts[post].absence, force.spot_checks, attention_at(run, post)
    )
    present = at_post(roster.rows, roster.turns, post, run.now, away)
    return tuple(who.role for who in present)


def leader_at(run: Run, post: int) -> bool:
    """Tell whether a leader is at the desk now."""
    return any(role in leaders(run.county) for role in roles_at(run, post))


@lru_cache(maxsize=8)
def leaders(county: County) -> frozenset[int]:
    """Give the roles that are leaders on duty."""
    force, called = county.force or Force(), county.force_names.get("roles", ())
    coded = {number for number, role in enumerate(force.roles) if role.code == LEADER}
    return frozenset(coded | {number for number, names in enumerate(called) if "带班" in names.zh})


def channels_out(run: Run, post: int) -> frozenset[str]:
    """Give the codes of a post's channels that do not work now, by the weather or because they were cut."""
    force, cut = run.county.force or Force(), run.state.cut
    begun_s, warning_level = _spell(run)
    holder = key_of(force.posts[post].code)
    out = []
    for number, channel in enumerate(force.channels):
        down = bool(cut) and (of_channel(number) in cut or of_channel(number, post) in cut)
        if down or is_out(
            channel, warning_level, _chance(run, _OUTAGE, holder, key_of(channel.code), begun_s)
        ):
            out.append(channel.code)
    return frozenset(out)


def attention_at(run: Run, post: int) -> list[Span]:
    """Give the stretches of time in which a post is under attention because a spot check found absence."""
    known: dict[int, list[Span]] = run.notices.attention
    if post not in known:
        known[post] = _attention(run, post)
    return known[post]


def _attention(run: Run, post: int) -> list[Span]:
    force, horizon_s = run.county.force or Force(), run.fate.horizon_s
    checks, roster, holder = force.spot_checks, _rosters(run.county, horizon_s)[post], force.posts[post]
    moments = spot_checks(checks, horizon_s, _uniforms(run, key_of(holder.code)))
    left = [
        (inject.at_s, horizon_s if inject.until_s is None else inject.until_s)
        for inject in run.county.injects
        if isinstance(inject, LeavePost) and inject.post == post
    ]
    draw = _absences(run, roster)
    _, attention = inspect(roster.rows, roster.turns, post, holder.absence, checks, moments, draw, left)
    return attention


def _uniforms(run: Run, holder: int) -> Iterator[float]:
    return (_chance(run, _CHECKS, holder, number) for number in count())


def _absences(run: Run, roster: PostRoster) -> Callable[[int, int, int], float]:
    """Draw by row of the roster, person and turn: another row changes nobody else's."""

    def draw(row: int, person: int, turn: int) -> float:
        return _chance(run, _ABSENCE, roster.keys[row], person, turn)

    return draw


def _chance(run: Run, *parts: int) -> float:
    return uniform_of(hashed(run.fate.seed, run.fate.replication, _DUTY, *parts))


def _spell(run: Run) -> tuple[int, int | None]:
    """Give when the weather of now began, in whole seconds, and the level of its warning."""
    conditions, weathers = run.fate.conditions, run.county.weathers
    at = bisect_right(conditions.start_s, run.now) - 1
    weather = conditions.regime[at] % len(weathers)
    while at > 0 and conditions.regime[at - 1] % len(weathers) == weather:
        at -= 1
    return int(conditions.start_s[at]), weathers[weather].warning_level


@lru_cache(maxsize=4)
def _rosters(county: County, horizon_s: float) -> tuple[PostRoster, ...]:
    """Lay out who is on duty at each post, and when."""
    force, zone, start = county.force or Force(), ZoneInfo(county.time_zone), start_of(county)
    spans = [turns(s, zone, start, horizon_s, force.holidays, force.makeup_days) for s in force.shifts]
    by_row = rostered_turns(force.post_roster, spans, zone, start)
    return tuple(_roster_of(force, post, by_row) for post in range(len(force.posts)))


def _roster_of(force: Force, post: int, by_row: list[list[Turn]]) -> PostRoster:
    numbers = [number for number, row in enumerate(force.post_roster) if row.holder == post]
    rows = tuple(force.post_roster[number] for number in numbers)
    keys = tuple(_key(force, row) for row in rows)
    return PostRoster(rows, tuple(by_row[number] for number in numbers), keys)


def _key(force: Force, row: Rostered) -> int:
    codes = (force.posts[row.holder].code, force.shifts[row.shift].code, force.roles[row.role].code)
    return key_of("/".join((*codes, row.person)))
