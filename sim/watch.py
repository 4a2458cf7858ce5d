"""The watch on the clock: shifts change, standby is raised and lowered, crews go out, come home and rest."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from readiness.force import Force, Level, Raising
from sim.county import County
from sim.events import (
    CREW_RESTED,
    CREW_RESTS,
    LOWERED,
    RAISED,
    RELOCATED,
    STANDBY,
    STANDING,
    WARNING,
)
from sim.injects import IssueWarning
from sim.moves import Status
from sim.presence import Manned, Posture, Presence, units_of
from sim.state import bits_of

if TYPE_CHECKING:
    from sim.engine import Run

_AT_BASE = int(Status.AT_BASE)
_NEVER = float("inf")
USUAL, RECALLED, DOUBLED = range(3)
"""Stages of a raised standby; positions in a `Posture`."""


class Watch:
    """Who mans what now: how each team is manned, and which unit each crew is out with.

    `posture` and `stage` are by team, `crew_out` by crew (the unit it is out with, -1: none), `manned` by
    unit; a crew out longer than `longest_s` rests. By team, `ordered` says whether an order raised its
    standby and `raised_by` which event last did.
    """

    __slots__ = (
        "crew_out",
        "crew_units",
        "forward",
        "handing_over",
        "home",
        "longest_s",
        "manned",
        "ordered",
        "posture",
        "presence",
        "raised_by",
        "stage",
        "team_units",
        "unit_crew",
        "unit_team",
    )

    def __init__(self, county: County, presence: Presence) -> None:
        force = county.force or Force()
        nobody = Posture((), (), ())
        self.presence = presence
        self.forward = force.standby.forward
        self.handing_over = (force.standby.handover_s, force.standby.handover_extra_s)
        limits = [force.teams[crew.team].max_hours for crew in force.crews]
        self.longest_s = [_NEVER if hours is None else hours * 3600.0 for hours in limits]
        self.home = [unit.station for unit in county.units]
        self.unit_team = list(force.unit_team) or [-1] * len(county.units)
        self.unit_crew = list(force.unit_crew) or [-1] * len(county.units)
        self.crew_units = [crew.units for crew in force.crews]
        self.team_units = [units_of(force, team) for team in range(len(force.teams))]
        self.posture = [nobody] * len(force.teams)
        self.stage = [USUAL] * len(force.teams)
        self.crew_out = [-1] * len(force.crews)
        self.manned = [Manned(bits_of(u.capabilities), int(Level.ON_STATION), 0) for u in county.units]
        self.raised_by = [-1] * len(force.teams)
        self.ordered = [False] * len(force.teams)


def open_watch(run: Run) -> None:
    """Man the units at the first moment, and put what is to come on the clock."""
    watch = run.watch
    if watch is None:
        return
    change_watch(run, 0, -1)
    review(run, -1, -1)
    if watch.presence.reviews:
        run.after(watch.presence.reviews[0], review_in_time, 0, -1)


def change_watch(run: Run, number: int, cause: int) -> None:
    """Teams are manned in another way: a shift begins or ends, or somebody has not come."""
    watch = run.watch
    assert watch is not None  # noqa: S101 - only a watch puts this on the clock
    changes = watch.presence.changes
    while number < len(changes) and changes[number].time_s <= run.now:
        _, team, posture = changes[number]
        watch.posture[team] = posture
        take_posts(run, team, cause)
        number += 1
    if number < len(changes):
        run.after(changes[number].time_s - run.now, change_watch, number, -1)


def take_posts(run: Run, team: int, cause: int) -> None:
    """Man a team's units as its posture and stage say; crews that are out keep their unit."""
    watch = run.watch
    assert watch is not None  # noqa: S101 - the caller has one
    for unit, manned in zip(watch.team_units[team], watch.posture[team][watch.stage[team]], strict=True):
        if manned is not watch.manned[unit] and manned != watch.manned[unit]:
            watch.manned[unit] = manned
            restand(run, unit, cause)


def restand(run: Run, unit: int, cause: int) -> None:
    """Work out again what a unit is believed ready for, and tell when it has changed."""
    state, watch = run.state, run.watch
    bits = 0 if state.out[unit] else run.own[unit]
    if watch is not None:
        manned_bits, level, _ = watch.manned[unit]
        crew = watch.unit_crew[unit]
        if crew >= 0 and (out := watch.crew_out[crew]) != unit:
            bits = 0 if out >= 0 or state.resting[crew] else manned_bits
        if level != state.level[unit] and state.alerted[unit] is None:
            run.seen.stand_by(unit, level)
            cause = run.emit(STANDBY, unit=unit, subject=level, cause=cause)
    if bits and run.upkeep is not None:
        bits &= run.upkeep.known_bits[unit]
    before = state.standing[unit]
    if bits != before:
        run.seen.ready_for(unit, before, bits)
        note = run.log.note(_why(run, unit) if bits != run.own[unit] else ())
        event = run.emit(STANDING, -1, unit, -1, bits, cause, note)
        if bits & ~before and state.status[unit] == _AT_BASE:
            if run.line:
                from sim.response import assign_waiting

                assign_waiting(run, event)
            stand_forward(run, unit, event)


def _why(run: Run, unit: int) -> tuple[object, ...]:
    """Say what keeps a unit from being ready for all it could do: codes with their figures."""
    state, watch, why = run.state, run.watch, []
    if state.out[unit]:
        why.append("taken_out")
    if watch is not None and (crew := watch.unit_crew[unit]) >= 0:
        out = watch.crew_out[crew]
        if out >= 0 and out != unit:
            why.append(f"crew_out:{run.county.units[out].code}")
        elif out < 0 and state.resting[crew]:
            why.append("crew_rests")
        elif out < 0 and watch.manned[unit].bits != run.own[unit]:
            why.append(f"crew_short:{watch.manned[unit].short}")
    if run.upkeep is not None:
        why += run.upkeep.lacking(unit)
    return tuple(why)


def leave_station(run: Run, unit: int, cause: int) -> None:
    """A unit's crew goes out with it; the other units that it mans are left."""
    watch = run.watch
    if watch is None or (crew := watch.unit_crew[unit]) < 0 or watch.crew_out[crew] == unit:
        return
    watch.crew_out[crew] = unit
    for other in watch.crew_units[crew]:
        if other != unit:
            restand(run, other, cause)


def be_home(run: Run, unit: int, gone_s: float, cause: int) -> None:
    """A unit's crew is back: whoever has relieved it mans the units now, or it rests first."""
    watch = run.watch
    if watch is None or (crew := watch.unit_crew[unit]) < 0:
        return
    if watch.crew_out[crew] not in (unit, -1):
        return
    watch.crew_out[crew] = -1
    if gone_s > watch.longest_s[crew]:
        _rest(run, watch.unit_team[unit], crew, unit, gone_s, cause)
    for each in watch.crew_units[crew]:
        restand(run, each, cause)
    stand_forward(run, unit, cause)


def _rest(run: Run, team: int, crew: int, unit: int, gone_s: float, cause: int) -> None:
    """Let a crew rest that was out too long, unless the next shift has relieved it."""
    watch, force = run.watch, run.county.force
    if watch is None or force is None:
        return
    rules, handovers = force.teams[team], watch.presence.handovers[team]
    upcoming = bisect_right(handovers, run.now)
    if upcoming and handovers[upcoming - 1] > run.now - gone_s:
        return
    until_s = run.now + rules.rest_h * 3600.0
    if upcoming < len(handovers):
        until_s = min(until_s, handovers[upcoming])
    rests = run.emit(CREW_RESTS, unit=unit, subject=crew, cause=cause)
    run.after(until_s - run.now, have_rested, unit, rests)


def have_rested(run: Run, unit: int, cause: int) -> None:
    """The crew has rested, or the next shift relieves it."""
    watch = run.watch
    assert watch is not None  # noqa: S101 - only a watch puts this on the clock
    crew = watch.unit_crew[unit]
    rested = run.emit(CREW_RESTED, unit=unit, subject=crew, cause=cause)
    for each in watch.crew_units[crew]:
        restand(run, each, rested)


def handover_s(run: Run, unit: int) -> float:
    """Tell how much longer turnout takes because crews are just handing over, in seconds."""
    watch = run.watch
    if watch is None or (team := watch.unit_team[unit]) < 0:
        return 0.0
    lasts_s, extra_s = watch.handing_over
    handovers = watch.presence.handovers[team]
    last = bisect_right(handovers, run.now)
    return extra_s if last and run.now - handovers[last - 1] < lasts_s else 0.0


def order_standby(run: Run, team: int, raised: bool, cause: int) -> None:
    """An order raises a team's standby, or takes the order back."""
    if run.watch is not None:
        run.watch.ordered[team] = raised
        review(run, -1, cause)


def warn(run: Run, level: int, cause: int) -> None:
    """A warning is issued, or ends (0); what it raises is raised."""
    if level != run.state.warning:
        issued = run.emit(WARNING, subject=level, cause=cause)
        review(run, -1, issued)


def weather_warns(run: Run, cause: int) -> None:
    """The weather has changed; so may the warning that is out."""
    if run.watch is not None or run.command is not None:
        warn(run, warning_now(run), cause)


def warning_now(run: Run) -> int:
    """Give the gravest warning out, of the weather or by order: 1 (red) to 4 (blue), 0 for none."""
    weathers, issued = run.county.weathers, [it.level for it in run.in_force if isinstance(it, IssueWarning)]
    weather = weathers[run.state.regime % len(weathers)].warning_level
    return min(issued if weather is None else [weather, *issued], default=0)


def review_in_time(run: Run, number: int, cause: int) -> None:
    """The hours or months of a rule that raises standby begin or end."""
    review(run, number, cause)
    reviews = run.watch.presence.reviews if run.watch is not None else ()
    if number + 1 < len(reviews):
        run.after(reviews[number + 1] - run.now, review_in_time, number + 1, -1)


def review(run: Run, number: int, cause: int) -> None:
    """See for each team whether a rule or an order keeps its standby raised now."""
    watch, force, state = run.watch, run.county.force, run.state
    if watch is None or force is None:
        return
    ruled: set[int] = set()
    for raising, window in zip(force.standby.raisings, watch.presence.windows, strict=True):
        if _holds(run, raising, window):
            ruled.update(raising.teams or range(len(force.teams)))
    for team in range(len(force.teams)):
        raised = watch.ordered[team] or team in ruled
        if raised and not state.raised[team]:
            _raise(run, team, cause)
        elif state.raised[team] and not raised:
            _lower(run, team, cause)


def _holds(run: Run, raising: Raising, window: tuple[float, ...] | None) -> bool:
    """Tell whether a rule that raises standby applies now."""
    if raising.warning_level is not None and not 0 < run.state.warning <= raising.warning_level:
        return False
    return window is None or bisect_right(window, run.now) % 2 == 1


def _raise(run: Run, team: int, cause: int) -> None:
    """Raise a team's standby: those at home come in, then a second crew; units move forward."""
    rules = (run.county.force or Force()).standby
    raised = run.emit(RAISED, subject=team, cause=cause)
    if run.watch is not None:
        run.watch.raised_by[team] = raised
    run.after(rules.recall_s, be_recalled, team, raised)
    if rules.second_crew_share > 0.0:
        run.after(max(rules.second_crew_s, rules.recall_s), be_doubled, team, raised)
    if run.watch is not None and any(unit in rules.forward for unit in run.watch.team_units[team]):
        run.after(rules.forward_s, move_forward, team, raised)


def _lower(run: Run, team: int, cause: int) -> None:
    """Lower a team's standby to its usual level; units at forward places drive home."""
    lowered = run.emit(LOWERED, subject=team, cause=cause)
    move_forward(run, team, lowered)
    _to_stage(run, team, USUAL, lowered)


def be_recalled(run: Run, team: int, cause: int) -> None:
    """Those on call have come to the station."""
    if _still_raised(run, team, cause):
        _to_stage(run, team, RECALLED, cause)


def be_doubled(run: Run, team: int, cause: int) -> None:
    """The second crew has come in."""
    if _still_raised(run, team, cause):
        _to_stage(run, team, DOUBLED, cause)


def _still_raised(run: Run, team: int, raised: int) -> bool:
    """Tell whether a team's standby is raised since the event that put this step on the clock."""
    return run.watch is not None and run.state.raised[team] and run.watch.raised_by[team] == raised


def _to_stage(run: Run, team: int, stage: int, cause: int) -> None:
    watch = run.watch
    if watch is not None and watch.stage[team] != stage:
        watch.stage[team] = stage
        take_posts(run, team, cause)


def move_forward(run: Run, team: int, cause: int) -> None:
    """Let a team's units stand where its standby wants them: at their forward places, or at home."""
    if run.watch is not None:
        for unit in run.watch.team_units[team]:
            stand_forward(run, unit, cause)


def stand_forward(run: Run, unit: int, cause: int) -> None:
    """Send a unit at rest to the station where it should stand by now, if it stands elsewhere."""
    watch, state = run.watch, run.state
    if watch is None or unit not in watch.forward or watch.unit_team[unit] < 0:
        return
    wanted = watch.forward[unit] if state.raised[watch.unit_team[unit]] else watch.home[unit]
    base = state.station[unit]
    if wanted == base or state.status[unit] != _AT_BASE or not state.standing[unit]:
        return
    relocate(run, unit, wanted, cause)


def relocate(run: Run, unit: int, wanted: int, cause: int) -> None:
    """Let a unit at rest drive to another station, where it is based from now on; its crew goes with it."""
    from sim.response import come_home

    base = run.state.station[unit]
    at = run.county.stations[base].at
    gone = run.emit(RELOCATED, unit=unit, node=at.node, subject=wanted, cause=cause)
    leave_station(run, unit, gone)
    run.journeys.rebase(unit, wanted)
    trip = run.journeys.home(unit, wanted, run.state.regime, run.now, at.node, at.access_m, base)
    run.order(trip.arrives_s - run.now, come_home, unit, gone)
