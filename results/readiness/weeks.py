"""How ready units can be expected to be in each hour of a week, by roster, absence and equipment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from readiness.calendar import Turn, moments_of_week, rostered_turns, running, turns
from readiness.force import Force, Level
from results.readiness.stock import Stock
from results.readiness.words import force_of
from sim.chance import key_of, stream
from sim.conditions import start_of
from sim.county import County
from sim.presence import Manned, units_of, usual_manning
from sim.state import bits_of

Floats = NDArray[np.float64]
HOURS = 168
DRAWS = 200
WEEK_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """The week in which a moment lies, hour by hour from Monday on.

    `moments_s` are the 168 full hours, `ready` the chance of each unit to be ready for each capability, shape
    (units, capabilities, 168): 0 for those it is not built for; `at_home` the chance that its crew is on call
    at home, shape (units, 168).
    """

    moments_s: tuple[float, ...]
    ready: Floats
    at_home: Floats


def week_around(county: County, stock: Stock, at_s: float, seed: int = 1, draws: int = DRAWS) -> Week:
    """Expect how ready each unit is in each hour of the week in which a moment lies.

    Absence is drawn `draws` times for each set of people who should be there; standby is taken as usual, and
    crews as not out on calls.
    """
    force, zone = force_of(county), ZoneInfo(county.time_zone)
    moments = moments_of_week(zone, start_of(county), at_s)
    built = np.array([bits_of(unit.capabilities) for unit in county.units], dtype=np.int64)
    can = built & np.array(stock.known_bits, dtype=np.int64)
    capabilities = np.arange(len(county.capabilities))
    ready = (can[:, np.newaxis] >> capabilities & 1).astype(np.float64)
    whole = np.repeat(ready[:, :, np.newaxis], HOURS, axis=2)
    at_home = np.zeros((len(county.units), HOURS))
    if force.roster:
        by_row = turns_of(county, force, moments[-1] + 3600.0)
        for team in range(len(force.teams)):
            _man(county, team, by_row, moments, (seed, draws), whole, at_home)
    return Week(tuple(moments), whole, at_home)


def turns_of(county: County, force: Force, horizon_s: float, posts: bool = False) -> list[list[Turn]]:
    """List the turns of each row of the teams' roster, or of the posts'."""
    zone, start = ZoneInfo(county.time_zone), start_of(county)
    spans = [
        turns(shift, zone, start, horizon_s, force.holidays, force.makeup_days) for shift in force.shifts
    ]
    return rostered_turns(force.post_roster if posts else force.roster, spans, zone, start)


def _man(
    county: County,
    team: int,
    by_row: Sequence[Sequence[Turn]],
    moments: Sequence[float],
    chance: tuple[int, int],
    ready: Floats,
    at_home: Floats,
) -> None:
    """Let a team's expected crews take part of what its units are ready for."""
    force, known = force_of(county), {}
    units = list(units_of(force, team))
    rows = [row for row, rostered in enumerate(force.roster) if rostered.holder == team]
    capabilities = np.arange(len(county.capabilities))
    for hour, moment in enumerate(moments):
        here = tuple(row for row in rows for _ in running(by_row[row], max(moment, 0.0)))
        if here not in known:
            known[here] = _expected(county, team, here, chance)
        bits, called = known[here]
        share = (bits[:, :, np.newaxis] >> capabilities & 1).mean(axis=0)
        ready[units, :, hour] *= share
        at_home[units, hour] = called


def _expected(
    county: County, team: int, rows: tuple[int, ...], chance: tuple[int, int]
) -> tuple[NDArray[np.int64], Floats]:
    """Draw who comes of those who should; give what each unit can do, and how often its crew is home."""
    force, (seed, draws) = force_of(county), chance
    rng = stream(seed, 0, "absence", key_of(force.teams[team].code), *rows)
    counts = np.zeros((draws, 2 * len(force.roles)), dtype=np.int64)
    for row in rows:
        rostered = force.roster[row]
        place = rostered.role + (len(force.roles) if rostered.level == Level.ON_CALL else 0)
        counts[:, place] += rng.binomial(rostered.count, 1.0 - force.teams[team].absence, draws)
    kinds, which = np.unique(counts, axis=0, return_inverse=True)
    postures: list[tuple[Manned, ...]] = [
        usual_manning(county, team, tuple(row)) for row in kinds.astype(int).tolist()
    ]
    bits = np.array([[manned.bits for manned in posture] for posture in postures], dtype=np.int64)
    home = np.array(
        [[manned.level == Level.ON_CALL for manned in posture] for posture in postures], dtype=float
    )
    return bits[which.ravel()], home[which.ravel()].mean(axis=0)
