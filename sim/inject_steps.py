"""Injects on the clock: what a scenario or a director makes happen, carried out at its moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dispatch.plans import plan_for
from dispatch.policies import POLICIES
from sim.accidents import with_accident
from sim.chain import at_level, of_channel
from sim.command import open_level
from sim.events import (
    CHANNEL_BACK,
    CHANNEL_CUT,
    POLICY_SET,
    POST_LEFT,
    POST_MANNED,
    PUT_BACK,
    REBASED,
    ROAD_CLOSED,
    ROAD_OPENED,
    ROAD_SLOWED,
    SITE_CLOSED,
    SITE_OPENED,
    TAKEN_OUT,
)
from sim.injects import (
    AddAccident,
    CloseRoad,
    CloseSite,
    CutChannel,
    FailItem,
    Inject,
    IssueWarning,
    LeavePost,
    MoveUnit,
    OpenRoad,
    RaiseStandby,
    Roadwork,
    SetLevel,
    SetPolicy,
    SlowRoad,
    TakeOut,
)
from sim.moves import Status
from sim.roadworks import Work, without_arcs, without_work
from sim.upkeep import fail_item
from sim.watch import order_standby, relocate, restand, warn, warning_now

if TYPE_CHECKING:
    from sim.engine import Run


def open_injects(run: Run) -> None:
    """Put a scenario's injects on the clock."""
    for number, inject in enumerate(run.county.injects):
        run.after(inject.at_s, begin_inject, number, -1)


def begin_inject(run: Run, number: int, cause: int) -> None:
    """An inject takes effect; one that ends does so at its moment."""
    inject = run.county.injects[number]
    until_s = getattr(inject, "until_s", None)
    if until_s is not None:
        run.after(until_s - run.now, end_inject, number, cause)
    inject_now(run, inject, begins=True, cause=cause)


def end_inject(run: Run, number: int, cause: int) -> None:
    """The effect of an inject ends."""
    inject_now(run, run.county.injects[number], begins=False, cause=cause)


def inject_now(run: Run, inject: Inject, *, begins: bool, cause: int = -1) -> None:
    """Let an inject begin or end at this moment.

    Whether a channel works and a post is manned matters where a chain of reports is: without one those
    injects do nothing.
    """
    carry_out = EFFECTS.get(type(inject))
    if begins:
        run.in_force.append(inject)
    elif inject in run.in_force:
        run.in_force.remove(inject)
    if carry_out is not None:
        carry_out(run, inject, begins, cause)


def _standby(run: Run, inject: RaiseStandby, begins: bool, cause: int) -> None:
    """Order standby up or down; several orders hold until the last one ends, or one takes them back."""
    every = range(len(run.county.force.teams) if run.county.force else 0)
    teams = inject.teams or every
    if begins and not inject.raised:
        run.in_force = [
            it
            for it in run.in_force
            if not (isinstance(it, RaiseStandby) and {*(it.teams or every)} <= {*teams})
        ]
    orders = [it.teams or every for it in run.in_force if isinstance(it, RaiseStandby) and it.raised]
    taken_back = begins and not inject.raised
    for team in teams:
        order_standby(run, team, not taken_back and any(team in ordered for ordered in orders), cause)


def _warning(run: Run, inject: IssueWarning, begins: bool, cause: int) -> None:
    warn(run, warning_now(run), cause)


def _fail_item(run: Run, inject: FailItem, begins: bool, cause: int) -> None:
    if run.upkeep is not None and begins:
        fail_item(run, inject.item, inject.hidden, cause)


def _take_out(run: Run, inject: TakeOut, begins: bool, cause: int) -> None:
    out = any(isinstance(it, TakeOut) and it.unit == inject.unit for it in run.in_force)
    if run.state.out[inject.unit] != out:
        moved = run.emit(TAKEN_OUT if out else PUT_BACK, unit=inject.unit, cause=cause)
        restand(run, inject.unit, moved)


def _cut_channel(run: Run, inject: CutChannel, begins: bool, cause: int) -> None:
    if run.notices is not None:
        run.emit(
            CHANNEL_CUT if begins else CHANNEL_BACK,
            subject=of_channel(inject.channel, inject.post),
            cause=cause,
        )


def _leave_post(run: Run, inject: LeavePost, begins: bool, cause: int) -> None:
    left = any(isinstance(it, LeavePost) and it.post == inject.post for it in run.in_force)
    if run.notices is not None and run.state.left[inject.post] != left:
        run.emit(POST_LEFT if left else POST_MANNED, subject=inject.post, cause=cause)


def _roadwork(run: Run, inject: Roadwork, begins: bool, cause: int) -> None:
    """Close or slow roads, or end that; units under way keep their way."""
    works = run.journeys.works
    if begins:
        run.journeys.work([*works, Work(inject, inject.arcs)])
        if isinstance(inject, SlowRoad):
            _on_road(run, ROAD_SLOWED, inject.arcs, (inject.called, inject.factor), cause)
        else:
            _on_road(run, ROAD_CLOSED, inject.arcs, (inject.called,), cause)
    elif (left := without_work(works, inject)) != works:
        run.journeys.work(left)
        _opened(run, inject.arcs, inject.called, cause)


def _open_road(run: Run, inject: OpenRoad, begins: bool, cause: int) -> None:
    if begins:
        run.journeys.work(without_arcs(run.journeys.works, inject.arcs))
        _opened(run, inject.arcs, inject.called, cause)


def _opened(run: Run, arcs: tuple[int, ...], called: str, cause: int) -> None:
    """Tell that a road is as usual again; those who wait may be reached now."""
    opened = _on_road(run, ROAD_OPENED, arcs, (called,), cause)
    if run.line:
        from sim.response import assign_waiting

        assign_waiting(run, opened)


def _on_road(run: Run, kind: int, arcs: tuple[int, ...], text: tuple[object, ...], cause: int) -> int:
    node = int(run.county.roads.table.head[arcs[0]]) if arcs else -1
    return run.emit(kind, node=node, subject=len(arcs), cause=cause, note=run.log.note(text))


def _close_site(run: Run, inject: CloseSite, begins: bool, cause: int) -> None:
    if begins or inject.site in run.state.shut:
        run.emit(SITE_CLOSED if begins else SITE_OPENED, subject=inject.site, cause=cause)


def _set_policy(run: Run, inject: SetPolicy, begins: bool, cause: int) -> None:
    if begins:
        run.policy = POLICIES[inject.policy]
        run.emit(POLICY_SET, cause=cause, note=run.log.note((inject.policy,)))


def _set_level(run: Run, inject: SetLevel, begins: bool, cause: int) -> None:
    """Set the response level of accidents that are open; where nobody commands, nothing happens."""
    if run.command is None or not begins:
        return
    county, fate, state = run.county, run.fate, run.state
    for incident in sorted(state.open):
        plan = plan_for(county.plans, fate.kind[incident], fate.site[incident])
        accident = county.kinds[fate.kind[incident]].category == "accident"
        meant = incident in state.response or accident if inject.plan < 0 else plan == inject.plan
        if plan is not None and meant and state.response.get(incident) != at_level(plan, inject.level):
            open_level(run, incident, at_level(plan, inject.level), cause)


def _add_accident(run: Run, inject: AddAccident, begins: bool, cause: int) -> None:
    if begins:
        from sim.response import report

        run.fate, incident = with_accident(run.county, run.fate, inject, run.now)
        report(run, incident, cause)


def _move_unit(run: Run, inject: MoveUnit, begins: bool, cause: int) -> None:
    """A unit belongs to another station; one that is at rest drives there, any other when it is back."""
    if not begins:
        return
    rebased = run.emit(REBASED, unit=inject.unit, subject=inject.station, cause=cause)
    if run.watch is not None:
        run.watch.home[inject.unit] = inject.station
    run.moves[inject.unit] = inject.station
    drive_to_new_base(run, inject.unit, rebased)


def drive_to_new_base(run: Run, unit: int, cause: int) -> None:
    """A unit at rest that belongs to another station sets out for it, unless it stands forward just now."""
    state, watch, base = run.state, run.watch, run.state.station[unit]
    if unit not in run.moves or state.status[unit] != Status.AT_BASE:
        return
    wanted = run.moves.pop(unit)
    raised = watch is not None and watch.unit_team[unit] >= 0 and state.raised[watch.unit_team[unit]]
    if wanted == base or (raised and watch is not None and watch.forward.get(unit) == base):
        return
    relocate(run, unit, wanted, cause)


EFFECTS: dict[type[Any], Callable[[Any, Any, bool, int], None]] = {
    RaiseStandby: _standby,
    IssueWarning: _warning,
    FailItem: _fail_item,
    TakeOut: _take_out,
    CutChannel: _cut_channel,
    LeavePost: _leave_post,
    CloseRoad: _roadwork,
    SlowRoad: _roadwork,
    OpenRoad: _open_road,
    CloseSite: _close_site,
    SetPolicy: _set_policy,
    SetLevel: _set_level,
    AddAccident: _add_accident,
    MoveUnit: _move_unit,
}
"""What each kind of inject does on the clock."""
