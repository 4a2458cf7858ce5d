"""What each kind of event does to the state, beyond moving a unit from one status to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from readiness.force import Condition
from sim.chain import message_and_tier, plan_and_task
from sim.events import Kind
from sim.moves import IllegalMove, Status

if TYPE_CHECKING:
    from sim.state import OpenIncident, State

BEGUN, HELD, DONE, FAILED = range(4)
"""How a task of a plan stands."""

Effect = Callable[["State", float, int, int, int], None]


def _conditions(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.regime = subject


def _reported(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if incident in state.open:
        raise IllegalMove(f"incident {incident} was reported before")
    state.begin(incident, subject)
    if state.limited:
        state.ringing.append(incident)


def _answered(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.ringing.popleft() != incident:
        raise IllegalMove(f"incident {incident} was answered before its turn")
    state.talking += 1


def _taken(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.talking -= state.limited
    entry = state.open[incident]
    entry.required, entry.asked = state.cards[entry.kind][subject - 1]
    entry.filled = [0] * len(entry.required)
    entry.lacking = entry.asked


def _assigned(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.filled[_line(entry, subject)] += 1
    entry.lacking -= 1
    entry.units.append(unit)
    state.task[unit] = incident
    state.filling[unit] = subject
    if state.alerted[unit] is None:
        state.alerted[unit] = time_s


def _redirected(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.filled[_line(entry, state.filling[unit])] -= 1
    entry.lacking += 1
    entry.units.remove(unit)
    state.task[unit] = -1


def _arrived(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    if entry.card is None or _on_the_card(state, entry, unit, entry.card):
        entry.arrived += 1
    if entry.patient_with is None and state.filling[unit] == state.carriers[entry.kind]:
        entry.patient_with = unit


def _on_the_card(state: State, entry: OpenIncident, unit: int, card: dict[int, int]) -> bool:
    """Tell whether the run card itself asks for a unit that has come, and not only the plan."""
    capability = state.filling[unit]
    others = [
        other
        for other in entry.units
        if other != unit and state.filling[other] == capability and state.status[other] == Status.ON_SCENE
    ]
    return len(others) < card.get(capability, 0)


def _assembled(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    if entry.arrived < entry.asked:
        raise IllegalMove(f"incident {incident} is assembled with {entry.arrived} of {entry.asked} units")
    entry.assembled, entry.short = True, False


def _controlled(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.open[incident].controlled = True


def _clear(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.open[incident].units.remove(unit)
    state.task[unit] = -1


def _stood_down(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    if not (entry.controlled or entry.assembled):
        entry.filled[_line(entry, state.filling[unit])] -= 1
        entry.lacking += 1
    _clear(state, time_s, unit, incident, subject)
    if state.status[unit] == Status.AT_BASE:
        state.alerted[unit] = None


def _returned(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.alerted[unit] = None


def _closed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open.pop(incident)
    if entry.units or not entry.controlled:
        raise IllegalMove(f"incident {incident} is closed while it is worked on")
    state.closed += 1


def _passed_on(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.open.pop(incident).units:
        raise IllegalMove(f"incident {incident} is passed on while it is worked on")
    state.closed += 1


def _short_handed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    if not entry.units or entry.assembled:
        raise IllegalMove(f"incident {incident} cannot begin short-handed")
    entry.assembled = entry.short = True


def _harm_known(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.known[incident] = state.known.get(incident, 0) + 1


def _class_rose(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if subject <= state.classes.get(incident, -1):
        raise IllegalMove(f"the class of incident {incident} can only rise")
    state.classes[incident] = subject


def _standing(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.standing[unit] = subject


def _standby(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.level[unit] = subject


def _raised(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.raised[subject]:
        raise IllegalMove(f"the standby of team {subject} is raised already")
    state.raised[subject] = True


def _lowered(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if not state.raised[subject]:
        raise IllegalMove(f"the standby of team {subject} was not raised")
    state.raised[subject] = False


def _crew_rests(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.resting[subject] = True


def _crew_rested(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.resting[subject] = False


def _relocated(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.station[unit] = subject


def _warning(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.warning = subject


def _taken_out(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.out[unit] = True


def _put_back(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.out[unit] = False


def _item_failed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.condition[subject] == Condition.UNSERVICEABLE:
        raise IllegalMove(f"item {subject} has failed already")
    state.condition[subject] = int(Condition.UNSERVICEABLE)


def _item_degraded(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.condition[subject] = int(Condition.DEGRADED)


def _item_found(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.item_known[subject] = state.condition[subject]


def _item_out(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.away[subject]:
        raise IllegalMove(f"item {subject} is taken off twice")
    state.away[subject] = True


def _item_in(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if not state.away[subject]:
        raise IllegalMove(f"item {subject} is on its unit already")
    state.away[subject] = False


def _item_mended(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.condition[subject] = state.item_known[subject] = int(Condition.SERVICEABLE)


def _will_not_roll(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    _lost_on_the_way(state, unit, incident)
    state.alerted[unit] = None


def _broke_down(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    _lost_on_the_way(state, unit, incident)


def _lost_on_the_way(state: State, unit: int, incident: int) -> None:
    _redirected(state, 0.0, unit, incident, -1)


def _recovered(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.alerted[unit] = None


def _capability_lost(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.filled[_line(entry, subject)] -= 1
    entry.lacking += 1
    entry.arrived = max(0, entry.arrived - 1)
    if entry.patient_with == unit:
        entry.patient_with = None


def _report_received(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    message, tier = message_and_tier(subject)
    state.told.setdefault(incident, {})[tier] = message


def _graded(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.graded[incident] = subject


def _response_opened(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if incident in state.response:
        raise IllegalMove(f"a response to incident {incident} is open already")
    state.response[incident] = subject


def _response_changed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.response.get(incident, subject) == subject:
        raise IllegalMove(f"the response to incident {incident} does not change")
    state.response[incident] = subject


def _response_ended(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    del state.response[incident]


def _aid_granted(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.granted[incident] = True


def _task(status: int) -> Effect:
    def effect(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
        state.tasks.setdefault(incident, {})[subject] = status

    return effect


def _escalated(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    state.grown[incident] = state.grown.get(incident, 0) + 1
    entry.assembled = entry.short = False
    card, _ = state.cards[entry.kind][subject - 1]
    if entry.card is not None:
        entry.card = _at_least(entry.card, card)
    _ask_for(entry, card)


def _reinforced(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    plan, task = plan_and_task(subject)
    entry = state.open[incident]
    asked = dict(entry.required)
    if entry.card is None:
        entry.card = dict(asked)
    more = [(capability, asked.get(capability, 0) + n) for capability, n in state.plan_needs[plan][task]]
    _ask_for(entry, more)


def _ask_for(entry: OpenIncident, card: Sequence[tuple[int, int]]) -> None:
    """Let an incident ask for at least this much as well; what was sent stays sent."""
    sent = {capability: n for (capability, _), n in zip(entry.required, entry.filled, strict=True)}
    wanted = _at_least(dict(entry.required), card)
    entry.required = tuple(wanted.items())
    entry.filled = [sent.get(capability, 0) for capability in wanted]
    entry.asked = sum((wanted if entry.card is None else entry.card).values())
    entry.lacking = sum(wanted.values()) - sum(entry.filled)


def _at_least(wanted: dict[int, int], card: Sequence[tuple[int, int]]) -> dict[int, int]:
    return wanted | {capability: max(count, wanted.get(capability, 0)) for capability, count in card}


def _channel_cut(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.cut.append(subject)


def _channel_back(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.cut.remove(subject)


def _post_left(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.left[subject] = True


def _post_manned(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.left[subject] = False


def _site_closed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.shut.append(subject)


def _site_opened(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.shut.remove(subject)


def _line(entry: OpenIncident, capability: int) -> int:
    """Find the line of the run card that asks for a capability."""
    for line, (asked, _) in enumerate(entry.required):
        if asked == capability:
            return line
    raise IllegalMove(f"the run card does not ask for capability {capability}")


EFFECTS: tuple[Effect | None, ...] = tuple(
    {
        Kind.CONDITIONS: _conditions,
        Kind.REPORTED: _reported,
        Kind.CALL_ANSWERED: _answered,
        Kind.CALL_TAKEN: _taken,
        Kind.ASSIGNED: _assigned,
        Kind.REDIRECTED: _redirected,
        Kind.ARRIVED: _arrived,
        Kind.ASSEMBLED: _assembled,
        Kind.CONTROLLED: _controlled,
        Kind.STOOD_DOWN: _stood_down,
        Kind.CLEAR: _clear,
        Kind.RETURNED: _returned,
        Kind.CLOSED: _closed,
        Kind.PASSED_ON: _passed_on,
        Kind.SHORT_HANDED: _short_handed,
        Kind.HARM_KNOWN: _harm_known,
        Kind.CLASS_ROSE: _class_rose,
        Kind.STANDING: _standing,
        Kind.STANDBY: _standby,
        Kind.RAISED: _raised,
        Kind.LOWERED: _lowered,
        Kind.CREW_RESTS: _crew_rests,
        Kind.CREW_RESTED: _crew_rested,
        Kind.RELOCATED: _relocated,
        Kind.WARNING: _warning,
        Kind.TAKEN_OUT: _taken_out,
        Kind.PUT_BACK: _put_back,
        Kind.ITEM_FAILED: _item_failed,
        Kind.ITEM_DEGRADED: _item_degraded,
        Kind.ITEM_FOUND: _item_found,
        Kind.ITEM_OUT: _item_out,
        Kind.ITEM_IN: _item_in,
        Kind.ITEM_MENDED: _item_mended,
        Kind.WILL_NOT_ROLL: _will_not_roll,
        Kind.BROKE_DOWN: _broke_down,
        Kind.RECOVERED: _recovered,
        Kind.CAPABILITY_LOST: _capability_lost,
        Kind.REPORT_RECEIVED: _report_received,
        Kind.GRADED: _graded,
        Kind.RESPONSE_OPENED: _response_opened,
        Kind.RESPONSE_CHANGED: _response_changed,
        Kind.RESPONSE_ENDED: _response_ended,
        Kind.AID_GRANTED: _aid_granted,
        Kind.TASK_BEGUN: _task(BEGUN),
        Kind.TASK_HELD: _task(HELD),
        Kind.TASK_DONE: _task(DONE),
        Kind.TASK_FAILED: _task(FAILED),
        Kind.ESCALATED: _escalated,
        Kind.REINFORCED: _reinforced,
        Kind.CHANNEL_CUT: _channel_cut,
        Kind.CHANNEL_BACK: _channel_back,
        Kind.POST_LEFT: _post_left,
        Kind.POST_MANNED: _post_manned,
        Kind.SITE_CLOSED: _site_closed,
        Kind.SITE_OPENED: _site_opened,
    }.get(kind)
    for kind in Kind
)
"""What each kind of event does to the state beyond moving a unit; None does nothing more."""
