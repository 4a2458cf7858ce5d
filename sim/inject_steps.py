"""Injects on the clock: what a scenario or a director makes happen, carried out at its moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.chain import of_channel
from sim.events import CHANNEL_BACK, CHANNEL_CUT, POST_LEFT, POST_MANNED, PUT_BACK, TAKEN_OUT
from sim.injects import CutChannel, FailItem, Inject, IssueWarning, LeavePost, RaiseStandby, TakeOut
from sim.upkeep import fail_item
from sim.watch import order_standby, restand, warn, warning_now

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
    if carry_out is not None:
        carry_out(run, inject, begins, cause)


def _standby(run: Run, inject: RaiseStandby, begins: bool, cause: int) -> None:
    teams = len(run.county.force.teams) if run.county.force else 0
    for team in inject.teams or range(teams):
        order_standby(run, team, inject.raised and begins, cause)


def _warning(run: Run, inject: IssueWarning, begins: bool, cause: int) -> None:
    if run.watch is not None:
        run.watch.warning = inject.level if begins else 0
        warn(run, warning_now(run), cause)


def _fail_item(run: Run, inject: FailItem, begins: bool, cause: int) -> None:
    if run.upkeep is not None and begins:
        fail_item(run, inject.item, inject.hidden, cause)


def _take_out(run: Run, inject: TakeOut, begins: bool, cause: int) -> None:
    if run.state.out[inject.unit] != begins:
        moved = run.emit(TAKEN_OUT if begins else PUT_BACK, unit=inject.unit, cause=cause)
        restand(run, inject.unit, moved)


def _cut_channel(run: Run, inject: CutChannel, begins: bool, cause: int) -> None:
    if run.notices is not None:
        run.emit(
            CHANNEL_CUT if begins else CHANNEL_BACK,
            subject=of_channel(inject.channel, inject.post),
            cause=cause,
        )


def _leave_post(run: Run, inject: LeavePost, begins: bool, cause: int) -> None:
    if run.notices is not None and run.state.left[inject.post] != begins:
        run.emit(POST_LEFT if begins else POST_MANNED, subject=inject.post, cause=cause)


EFFECTS: dict[type[Any], Callable[[Any, Any, bool, int], None]] = {
    RaiseStandby: _standby,
    IssueWarning: _warning,
    FailItem: _fail_item,
    TakeOut: _take_out,
    CutChannel: _cut_channel,
    LeavePost: _leave_post,
}
"""What each kind of inject does on the clock."""
