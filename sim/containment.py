"""Control of an incident: begun when all are there or after long waiting, quickened by who comes later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.events import ASSEMBLED, SHORT_HANDED
from sim.harm import harder
from sim.in_use import slowness
from sim.moves import Status

if TYPE_CHECKING:
    from sim.engine import Run
    from sim.state import OpenIncident

_ON_SCENE = int(Status.ON_SCENE)
HELPLESS = 0.5
"""What crews who lack all that they were sent for are worth, as a number of units (assumption)."""


def begin_or_wait(run: Run, incident: int, entry: OpenIncident, cause: int) -> None:
    """Begin control when all that was asked for is there; those on scene wait only so long for the rest."""
    patience_s = run.county.short_handed_after_s
    if entry.arrived >= entry.asked:
        assembled = run.emit(ASSEMBLED, incident, cause=cause)
        _control_in(run, incident, control_s(run, incident), assembled)
    elif patience_s is not None and len(_on_scene(run, entry)) == 1:
        run.after(patience_s, begin_short_handed, incident, cause)


def _on_scene(run: Run, entry: OpenIncident) -> list[int]:
    """List the units that are at the scene now."""
    return [unit for unit in entry.units if run.state.status[unit] == _ON_SCENE]


def begin_anew(run: Run, incident: int, entry: OpenIncident, cause: int) -> None:
    """An incident has grown: begin again at once when all are there, else after waiting for the rest."""
    patience_s = run.county.short_handed_after_s
    if entry.arrived >= entry.asked:
        begin_or_wait(run, incident, entry, cause)
    elif patience_s is not None:
        run.after(patience_s, begin_short_handed, incident, cause)


def begin_short_handed(run: Run, incident: int, cause: int) -> None:
    """The rest has not come: those on scene begin alone, and take longer in proportion.

    Where nobody is there (any more), whoever comes next waits in their turn.
    """
    entry = run.state.open.get(incident)
    if entry is None or entry.assembled or not _on_scene(run, entry):
        return
    begun = run.emit(SHORT_HANDED, incident, subject=entry.asked - entry.arrived, cause=cause)
    from sim.response import wait_no_more

    wait_no_more(run, incident)
    _control_in(run, incident, control_s(run, incident) * entry.asked / max(entry.arrived, HELPLESS), begun)


def help_along(run: Run, incident: int, entry: OpenIncident, cause: int) -> None:
    """Another unit comes to those who work short-handed: what is left to do takes less time in proportion."""
    due_s = run.control_due.get(incident)
    if due_s is None or not 0 < entry.arrived <= entry.asked:
        return
    if entry.arrived == entry.asked:
        cause = run.emit(ASSEMBLED, incident, cause=cause)
    before = max(entry.arrived - 1, HELPLESS)
    _control_in(run, incident, (due_s - run.now) * before / entry.arrived, cause)


def control_s(run: Run, incident: int) -> float:
    """Tell how long control takes once it begins; growth and degraded equipment make it longer."""
    lasts_s = run.fate.control_s[incident]
    if incident in run.state.grown:
        lasts_s *= harder(run, incident)
    return lasts_s if run.upkeep is None else lasts_s * slowness(run, incident)


def _control_in(run: Run, incident: int, delay_s: float, cause: int) -> None:
    """Put the end of control on the clock, in place of any that was there."""
    from sim.response import bring_under_control

    run.control_due[incident] = run.now + delay_s
    run.after(delay_s, bring_under_control, incident, cause)
