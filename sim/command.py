"""Command: the duty leader grades the accident, opens a response level by the plan, and asks for help."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from dispatch.plans import Picture, level_due, plan_for
from dispatch.reporting import BELOW, Knowledge, Report, Tier
from sim.chain import at_level, plan_and_level
from sim.events import (
    AID_ASKED,
    AID_GRANTED,
    GRADED,
    RESPONSE_CHANGED,
    RESPONSE_ENDED,
    RESPONSE_OPENED,
)
from sim.notices import belief, graver
from sim.tasks import begin_tasks, give_up

if TYPE_CHECKING:
    from sim.engine import Run

COUNTY = (int(Tier.BUREAU), int(Tier.COUNTY_GOVERNMENT))
"""Who commands: the bureau's duty leader, or the county government's."""


class Command:
    """What command keeps in mind: which incidents are being graded, and whether help was asked for.

    `grading` says of an incident that the leader is at it, `opened_s` when its response opened, `asked`
    whether the city was asked for help. `called` lists, by incident and plan, the tasks whose owners were
    called; `held` says by `sim.tasks.step_number` what holds a task up, `told` by incident and code whom it
    has told.
    """

    __slots__ = ("asked", "called", "grading", "held", "opened_s", "told")

    def __init__(self) -> None:
        self.grading: dict[int, bool] = {}
        self.opened_s: dict[int, float] = {}
        self.asked: dict[int, bool] = {}
        self.called: dict[tuple[int, int], list[int]] = {}
        self.held: dict[int, tuple[str, str]] = {}
        self.told: dict[tuple[int, str], list[str]] = {}


def open_command(run: Run) -> None:
    """Make ready to command; where nobody reports, nobody does."""
    if run.county.chain is not None:
        run.command = Command()


def informed(run: Run, incident: int, tier: int, cause: int) -> None:
    """Somebody has learnt something of an accident; the county's duty leader looks at it."""
    command = run.command
    if command is None or tier not in COUNTY or incident not in run.state.open:
        return
    if not command.grading.get(incident):
        command.grading[incident] = True
        run.after(run.notices.takes_s(run, incident, "grade"), grade, incident, cause)


def grade(run: Run, incident: int, cause: int) -> None:
    """The duty leader grades the accident from what is known, and the plan decides the response level."""
    command, state = run.command, run.state
    command.grading[incident] = False
    if incident not in state.open:
        return
    known = known_to_county(run, incident)
    reached = known.accident_class
    if state.graded.get(incident) != reached:
        totals = (known.deaths, known.injuries, known.missing, known.loss_cny)
        cause = run.emit(GRADED, incident, subject=reached, cause=cause, note=run.log.note(totals))
    respond(run, incident, known, cause)
    if state.open[incident].lacking:
        ask_for_aid(run, incident, cause)


def known_to_county(run: Run, incident: int) -> Knowledge:
    """Give what the county knows of an accident: the graver of what bureau and government believe."""
    beliefs = [belief(run, incident, tier) for tier in COUNTY]
    return reduce(graver, (known for _, known in filter(None, beliefs)), Knowledge(accident_class=BELOW))


def respond(run: Run, incident: int, known: Knowledge, cause: int) -> None:
    """Open, raise or lower the response level as the plan's triggers say of what is known."""
    state, fate, county = run.state, run.fate, run.county
    plan = plan_for(county.plans, fate.kind[incident], fate.site[incident])
    if plan is None:
        return
    level = level_due(county.plans[plan], _picture(run, incident, known))
    if level is None:
        return
    subject = at_level(plan, level)
    if state.response.get(incident) == subject:
        begin_tasks(run, incident, cause)
    elif run.players is None or not run.players.keeps(run, "level", incident, cause, wish=level):
        open_level(run, incident, subject, cause)


def open_level(run: Run, incident: int, subject: int, cause: int) -> None:
    """Open a response level, or raise or lower the one in force, and begin its tasks."""
    if incident not in run.state.response:
        cause = run.emit(RESPONSE_OPENED, incident, subject=subject, cause=cause)
        run.command.opened_s[incident] = run.now
        if run.state.open[incident].controlled:
            end_in_time(run, incident, cause)
    else:
        cause = run.emit(RESPONSE_CHANGED, incident, subject=subject, cause=cause)
    begin_tasks(run, incident, cause)


def _picture(run: Run, incident: int, known: Knowledge) -> Picture:
    """Put together what decides the response level."""
    state = run.state
    return Picture(
        accident_class=known.accident_class,
        grade=run.fate.grade[incident] + state.grown.get(incident, 0),
        warning_level=state.warning,
        deaths=known.deaths,
        casualties=known.deaths + known.injuries + known.missing,
        lacking=state.open[incident].lacking,
    )


def ask_for_aid(run: Run, incident: int, cause: int) -> None:
    """The county asks the city for help, if there is help that it has not asked for."""
    command, state = run.command, run.state
    if command.asked.get(incident) or not any(unit.aid for unit in run.county.units):
        return
    if run.players is not None and run.players.keeps(run, "aid", incident, cause):
        return
    command.asked[incident] = True
    entry = state.open.get(incident)
    note = run.log.note((entry.lacking if entry else 0,))
    asked = run.emit(AID_ASKED, incident, cause=cause, note=note)
    told = state.told.get(incident, {})
    sender = max((tier for tier in COUNTY if tier in told), key=told.__getitem__, default=Tier.BUREAU)
    run.notices.send_request(run, incident, sender, Tier.CITY_BUREAU, Report.UPDATE, asked, aid_is_asked_for)


def aid_is_asked_for(run: Run, incident: int, cause: int) -> None:
    """The city has been asked for help and decides."""
    run.after(run.notices.takes_s(run, incident, "city_decides"), grant_aid, incident, cause)


def grant_aid(run: Run, incident: int, cause: int) -> None:
    """The city's teams may be sent."""
    if incident not in run.state.open:
        return
    granted = run.emit(AID_GRANTED, incident, cause=cause)
    begin_tasks(run, incident, granted)
    if run.state.open[incident].asked:
        from sim.response import assign

        assign(run, incident, granted)


def end_in_time(run: Run, incident: int, cause: int) -> None:
    """The accident is under control: the response ends after the time that the plan gives it."""
    subject = run.state.response.get(incident)
    if subject is not None:
        plan, _ = plan_and_level(subject)
        run.after(run.county.plans[plan].ends_after_s, end_response, incident, cause)


def end_response(run: Run, incident: int, cause: int) -> None:
    """The response ends; tasks that are not done are given up."""
    subject = run.state.response.get(incident)
    if subject is None:
        return
    give_up(run, incident, cause)
    run.emit(RESPONSE_ENDED, incident, subject=subject, cause=cause)
