"""Spot checks (抽查) of duty posts: when they come, whom they miss, and the attention that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from readiness.calendar import Span, Turn
from readiness.duty import Draw, at_post, away_by, expected_at
from readiness.force import Lasting, Rostered, SpotChecks
from readiness.lasting import lasting_s

YEAR_S = 365 * 86400.0


class Finding(NamedTuple):
    """What a spot check found: when, at which post, the roles that should be there, and those missing."""

    at_s: float
    post: int
    expected: tuple[int, ...]
    missing: tuple[int, ...]


def spot_checks(checks: SpotChecks, horizon_s: float, uniforms: Iterable[float]) -> list[float]:
    """Give when a post is checked: at random moments, so many a year (a Poisson process).

    Parameters
    ----------
    checks
        How many a year of 365 days.
    horizon_s
        The end of the time looked at, in seconds.
    uniforms
        Draws in [0, 1), taken one by one; a longer horizon takes more and only adds checks at the end.

    Raises
    ------
    ValueError
        If the draws run out before the horizon.

    Examples
    --------
    >>> [round(at, 1) for at in spot_checks(SpotChecks(per_year=365.0), 86400.0, [0.5, 0.5])]
    [59887.9]
    """
    moments: list[float] = []
    if checks.per_year <= 0.0:
        return moments
    every = Lasting("exponential", YEAR_S / checks.per_year)
    time_s = 0.0
    for uniform in uniforms:
        time_s += lasting_s(every, uniform)
        if time_s >= horizon_s:
            return moments
        moments.append(time_s)
    raise ValueError("too few draws for the spot checks up to the horizon")


def inspect(
    rows: Sequence[Rostered],
    turns_by_row: Sequence[Sequence[Turn]],
    post: int,
    absence_p: float,
    checks: SpotChecks,
    moments: Iterable[float],
    draw: Draw,
    left: Sequence[Span] = (),
) -> tuple[list[Finding], list[Span]]:
    """Let spot checks come to a post: what each finds, and the attention that follows absence.

    Parameters
    ----------
    rows, turns_by_row, post, left
        As in `at_post`.
    absence_p
        The post's chance of absence.
    checks
        How long attention lasts after a check that finds somebody missing, and what it does.
    moments
        When the post is checked, in order (`spot_checks`).
    draw
        As in `away_by`.

    Returns
    -------
    findings
        One for each check.
    attention
        Stretches of time of attention, for `away_by`; they may overlap.
    """
    findings: list[Finding] = []
    attention: list[Span] = []
    away = away_by(draw, absence_p, checks, attention)
    for at_s in moments:
        expected = [who for who, _ in expected_at(rows, turns_by_row, post, at_s)]
        present = at_post(rows, turns_by_row, post, at_s, away, left)
        missing = tuple(who.role for who in expected if who not in present)
        findings.append(Finding(at_s, post, tuple(who.role for who in expected), missing))
        if missing:
            attention.append((at_s, at_s + checks.attention_s))
    return findings, attention
