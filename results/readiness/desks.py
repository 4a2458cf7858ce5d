"""Duty posts and rosters: who is at a post at a moment, gaps and short rests of the week to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from readiness.calendar import Turn
from readiness.duty import at_post, away_by, expected_at
from readiness.rosters import Breach, breaches, roster_gaps, roster_overlaps
from results.readiness.weeks import WEEK_S, turns_of
from results.readiness.words import force_of
from sim.chance import key_of, stream
from sim.county import County
from sim.injects import LeavePost


class Desk(NamedTuple):
    """A post with nobody at it: how many should be there (0: a gap in the roster), whether it was left."""

    post: int
    expected: int
    left: bool


class Hole(NamedTuple):
    """A stretch of time in which a roster names nobody, or (`doubled`) two people for one role of a post."""

    holder: int
    begin_s: float
    end_s: float
    doubled: bool = False


class Desks(NamedTuple):
    """What is amiss with posts and rosters.

    `unmanned` posts at the moment, holes in the posts' roster and in the teams' (`post_holes`, `team_holes`)
    and turns with too little rest before them (`breaches`) in the week that follows it.
    """

    posts: int
    unmanned: tuple[Desk, ...]
    post_holes: tuple[Hole, ...]
    team_holes: tuple[Hole, ...]
    breaches: tuple[Breach, ...]


def desks_at(county: County, at_s: float, seed: int = 1) -> Desks:
    """Tell what is amiss with posts and rosters at a moment and in the week that follows."""
    force, end_s = force_of(county), at_s + WEEK_S
    by_row = turns_of(county, force, end_s)
    of_posts = turns_of(county, force, end_s, posts=True)
    holes = [
        Hole(post, *span)
        for post in range(len(force.posts))
        for span in roster_gaps(force.post_roster, of_posts, post, end_s, at_s)
    ]
    return Desks(
        len(force.posts),
        tuple(_unmanned(county, of_posts, at_s, seed)),
        tuple(holes + _doubled(county, of_posts, at_s, end_s)),
        tuple(
            Hole(team, *span)
            for team in range(len(force.teams))
            if any(row.holder == team for row in force.roster)
            for span in roster_gaps(force.roster, by_row, team, end_s, at_s)
        ),
        tuple(each for each in breaches(force, by_row) if at_s <= each.begin_s < end_s),
    )


def _unmanned(county: County, of_posts: Sequence[Sequence[Turn]], at_s: float, seed: int) -> list[Desk]:
    """List the posts where nobody is, by roster and chance, or because an inject has it left."""
    force, found = force_of(county), []

    def drawn(row: int, person: int, turn: int) -> float:
        rostered = force.post_roster[row]
        words = (
            force.posts[rostered.holder].code,
            force.shifts[rostered.shift].code,
            force.roles[rostered.role].code,
            rostered.person,
        )
        return float(stream(seed, 0, "absence", key_of("/".join(words)), person, turn).random())

    for post, one in enumerate(force.posts):
        left = _left(county, post, at_s)
        away = away_by(drawn, one.absence)
        if left or not at_post(force.post_roster, of_posts, post, at_s, away):
            found.append(Desk(post, len(expected_at(force.post_roster, of_posts, post, at_s)), left))
    return found


def _left(county: County, post: int, at_s: float) -> bool:
    return any(
        isinstance(inject, LeavePost)
        and inject.post == post
        and inject.at_s <= at_s
        and (inject.until_s is None or at_s < inject.until_s)
        for inject in county.injects
    )


def _doubled(county: County, of_posts: Sequence[Sequence[Turn]], at_s: float, end_s: float) -> list[Hole]:
    """List when two different people are named for one role of a post."""
    force = force_of(county)
    roles = sorted({(row.holder, row.role) for row in force.post_roster if row.person})
    return [
        Hole(post, max(begin, at_s), min(end, end_s), doubled=True)
        for post, role in roles
        for begin, end in roster_overlaps(force.post_roster, of_posts, post, role)
        if end > at_s and begin < end_s
    ]
