"""What an accident comes to: deaths, injuries and loss as they become known, and how it grows unattended."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.accident_class import accident_class
from sim.engine import Run
from sim.events import CLASS_ROSE, ESCALATED, HARM_KNOWN
from sim.fate import Update


def learn(run: Run, incident: int, cause: int) -> None:
    """Deaths, injuries or loss become known; the accident's legal class may rise with them."""
    number = _learnt(run, incident)
    updates = updates_of(run, incident)
    came_out = _come_to_know(run, incident, updates[number], cause)
    if number + 1 < len(updates):
        run.after(updates[number + 1].after_s - updates[number].after_s, learn, incident, came_out)


def updates_of(run: Run, incident: int) -> Sequence[Update]:
    """Give what becomes known of an incident's harm: more of it where it has grown."""
    times = run.state.grown.get(incident, 0)
    if not times:
        return run.fate.updates.get(incident, ())
    form = run.county.kinds[run.fate.kind[incident]].escalation
    scale = form.harm_factor ** (times - 1) if form is not None else 1.0
    return [
        Update(it.after_s, round(it.deaths * scale), round(it.injuries * scale), it.loss_cny * scale)
        for it in run.fate.grown.get(incident, ())
    ]


def _learnt(run: Run, incident: int) -> int:
    """Count the updates that are known already; that of growing is none of them."""
    return run.state.known.get(incident, 0) - run.state.grown.get(incident, 0)


def _come_to_know(run: Run, incident: int, update: Update, cause: int) -> int:
    totals = (update.deaths, update.injuries, update.loss_cny)
    came_out = run.emit(HARM_KNOWN, incident, cause=cause, note=run.log.note(totals))
    reached = _class_of(run, incident, totals)
    if reached is not None and reached > run.state.classes.get(incident, -1):
        run.emit(CLASS_ROSE, incident, subject=reached, cause=came_out)
    if run.notices is not None:
        from sim.notification import harm_learnt

        harm_learnt(run, incident, came_out)
    return came_out


def _class_of(run: Run, incident: int, totals: tuple[int, int, float]) -> int | None:
    """Tell the legal class reached; only accidents have one, not every fire or call for help."""
    if run.county.kinds[run.fate.kind[incident]].category != "accident":
        return None
    return accident_class(run.county.accident_classes, *totals)


def escalate(run: Run, incident: int, cause: int) -> None:
    """The accident grows unless all were there to control it: it asks for more and does more harm.

    Those who work at it short-handed lose what they have won, and begin anew.
    """
    entry = run.state.open.get(incident)
    if entry is None or not entry.asked or entry.controlled or (entry.assembled and not entry.short):
        return
    kind = run.county.kinds[entry.kind]
    times = run.state.grown.get(incident, 0) + 1
    grade = min(run.fate.grade[incident] + times, len(kind.run_cards))
    known = max(0, _learnt(run, incident) - 1)
    grew = run.emit(ESCALATED, incident, subject=grade, cause=cause)
    updates = updates_of(run, incident)
    if updates:
        _come_to_know(run, incident, updates[known], grew)
    run.control_due.pop(incident, None)
    if kind.escalation is not None and times < kind.escalation.times:
        run.after(run.fate.escalates_s[incident], escalate, incident, grew)
    from sim.containment import begin_anew
    from sim.response import assign

    assign(run, incident, grew)
    begin_anew(run, incident, entry, grew)


def harder(run: Run, incident: int) -> float:
    """Tell how many times as long control takes because the accident has grown."""
    form = run.county.kinds[run.fate.kind[incident]].escalation
    return 1.0 if form is None else form.control_factor ** run.state.grown.get(incident, 0)
