"""Decisions of players carried out in a run, each by the step that the rules would have taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dispatch.plans import plan_for
from dispatch.policies import Assign, Candidate
from dispatch.reporting import Report, Tier
from dispatch.telling import FIRST, rule_between
from sim.chain import at_level
from sim.decisions import (
    WHATS,
    Accept,
    AskAid,
    Decision,
    DrillTrouble,
    EndResponse,
    Players,
    Point,
    Send,
    SetLevel,
    StandDown,
    Tell,
    Wait,
    let_rules,
    limit_runs_out,
)
from sim.moves import Status

if TYPE_CHECKING:
    from sim.engine import Run

PLAYER = "player"
"""The policy's name in the reason of a unit that a player sent."""
TURNED_BACK = (Status.TURNING_OUT, Status.EN_ROUTE)


def decide(run: Run, decision: Decision) -> None:
    """Carry out a decision at this moment.

    Raises
    ------
    DrillTrouble
        It makes no sense now; nothing has changed.
    """
    CARRIED_OUT[type(decision)](run, decision)


def _send(run: Run, order: Send) -> None:
    from sim.response import assign

    players: Players = run.players
    entry = run.state.open.get(order.incident)
    if entry is None or not entry.asked:
        raise DrillTrouble("Incident {incident} does not ask for units now.", incident=order.incident)
    capability = _line_for(run, order)
    chosen = run.county.units[order.unit].code
    candidate = run.seen.of(order.incident).considered(order.unit, capability)
    if candidate is None:
        raise DrillTrouble("{unit} cannot be sent now: it is at work or not ready.", unit=chosen)
    point = players.point("send", order.incident)
    cause = run.log.count - 1 if point is None else point.cause
    why = (PLAYER, Candidate(order.unit, candidate, 1, None, None))
    players.orders[order.incident] = [Assign(order.unit, capability, why)]
    players.lapsed.pop(("send", order.incident, -1), None)
    assign(run, order.incident, cause)
    if not run.state.open[order.incident].lacking:
        players.end(run, ("send", order.incident, -1), "taken")


def _line_for(run: Run, order: Send) -> int:
    """Choose the line of the run card that a unit is sent for."""
    missing = [capability for capability, _ in run.seen.of(order.incident).missing]
    standing = run.state.standing[order.unit]
    able = [line for line in missing if standing >> line & 1]
    if order.capability >= 0:
        able = [line for line in able if line == order.capability]
    if not able:
        names = ", ".join(run.county.capabilities[line] for line in missing) or "–"
        raise DrillTrouble(
            "{unit} cannot do what is still missing at incident {incident}: {missing}.",
            unit=run.county.units[order.unit].code,
            incident=order.incident,
            missing=names,
        )
    return able[0]


def _stand_down(run: Run, order: StandDown) -> None:
    from sim.response import assign, stand_down

    code, incident = run.county.units[order.unit].code, run.state.task[order.unit]
    if run.state.status[order.unit] not in TURNED_BACK or incident < 0:
        raise DrillTrouble("{unit} is not on its way anywhere, so it cannot be turned back.", unit=code)
    players: Players = run.players
    key = ("send", incident, -1)
    players.lapsed.pop(key, None)
    players.letting = None
    stand_down(run, order.unit, run.log.count - 1)
    entry = run.state.open.get(incident)
    if entry is not None and entry.lacking and not entry.assembled:
        assign(run, incident, run.log.count - 1)


def _tell(run: Run, order: Tell) -> None:
    from sim.notices import Message, anything_due
    from sim.reaching import send

    notices, incident, chain = run.notices, order.incident, run.county.chain
    if chain is None or not notices.knows(incident, order.sender):
        raise DrillTrouble("Who is to report does not know of incident {incident} yet.", incident=incident)
    if order.receiver == order.sender:
        raise DrillTrouble("Nobody reports to themselves; name another receiver.")
    players: Players = run.players
    teller = notices.teller(incident, order.sender)
    kind = Report.INITIAL if (order.receiver, False) not in teller.said else Report.UPDATE
    between = (rule_between(chain.rules, order.sender, order.receiver, it) for it in (kind, *FIRST))
    code = next(filter(None, between), "")
    message = Message(
        incident=incident,
        sender=Tier(order.sender),
        receiver=Tier(order.receiver),
        report=kind,
        knowledge=teller.knowledge,
        rule=code,
        sent_s=run.now,
        written=order.written,
    )
    point = players.point("report", incident, order.sender)
    cause = run.log.count - 1 if point is None else point.cause
    teller.decided, teller.silent = True, False
    teller.said[order.receiver, order.written] = teller.knowledge
    send(run, message, cause)
    if not anything_due(run, incident, order.sender):
        players.end(run, ("report", incident, order.sender), "taken")


def _set_level(run: Run, order: SetLevel) -> None:
    from sim.command import open_level

    incident = order.incident
    plan = _plan(run, incident)
    subject = at_level(plan, order.level)
    if run.state.response.get(incident) == subject:
        raise DrillTrouble("That response level is in force already.")
    players: Players = run.players
    key = ("level", incident, -1)
    point = players.end(run, key, "taken")
    if point is not None:
        players.settled[key] = point.wish
    players.lapsed.pop(key, None)
    open_level(run, incident, subject, run.log.count - 1 if point is None else point.cause)


def _plan(run: Run, incident: int) -> int:
    fate = run.fate
    there = incident in run.state.open
    plan = plan_for(run.county.plans, fate.kind[incident], fate.site[incident]) if there else None
    if plan is None or run.command is None:
        raise DrillTrouble("No plan covers incident {incident}, or it is not open.", incident=incident)
    return plan


def _end_response(run: Run, order: EndResponse) -> None:
    from sim.command import end_response

    if order.incident not in run.state.response:
        raise DrillTrouble("No response is open for incident {incident}.", incident=order.incident)
    end_response(run, order.incident, run.log.count - 1)


def _ask_aid(run: Run, order: AskAid) -> None:
    from sim.command import ask_for_aid

    players: Players = run.players
    if run.command is None or order.incident not in run.state.open:
        raise DrillTrouble("Incident {incident} is not open.", incident=order.incident)
    if run.command.asked.get(order.incident) or not any(unit.aid for unit in run.county.units):
        raise DrillTrouble("The city was asked already, or has no units in this county.")
    point = players.end(run, ("aid", order.incident, -1), "taken")
    players.letting = ("aid", order.incident, -1)
    ask_for_aid(run, order.incident, run.log.count - 1 if point is None else point.cause)
    players.letting = None


def _wait(run: Run, order: Wait) -> None:
    for point in _open_points(run, order):
        point.due_s = None if order.for_s is None else run.now + order.for_s
        if order.for_s is not None:
            run.after(order.for_s, limit_runs_out, point.number, point.cause)


def _accept(run: Run, order: Accept) -> None:
    for point in _open_points(run, order):
        let_rules(run, point, point.cause, "taken")


def _open_points(run: Run, order: Accept | Wait) -> list[Point]:
    """List what is open of a kind about an incident, for everybody or for one player."""
    players: Players = run.players
    if order.what not in WHATS:
        raise DrillTrouble("{what} is not one of: {known}.", what=order.what, known=", ".join(WHATS))
    about = (order.what, order.incident)
    points = [players.points[number] for key, number in players.open.items() if key[:2] == about]
    points = [point for point in points if order.player in ("", point.player)]
    if not points:
        raise DrillTrouble("Nothing of that kind is to be decided for incident {n} now.", n=order.incident)
    return points


CARRIED_OUT: Mapping[type[Any], Callable[[Any, Any], None]] = {
    Send: _send,
    StandDown: _stand_down,
    Tell: _tell,
    SetLevel: _set_level,
    EndResponse: _end_response,
    AskAid: _ask_aid,
    Wait: _wait,
    Accept: _accept,
}
"""What each decision does."""
