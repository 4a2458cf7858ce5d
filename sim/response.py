"""An alarm's life: reported, answered, dispatched, turned out, on scene, controlled, clear, home."""

from __future__ import annotations

from dispatch.policies import Assign, Candidate
from dispatch.waiting import join, leave
from sim.chance import hashed_normal, key_of, scaled_s
from sim.command import end_in_time, open_command
from sim.containment import begin_or_wait, begin_short_handed, help_along
from sim.county import Location
from sim.engine import Run
from sim.events import (
    ARRIVED,
    ASSIGNED,
    AT_HOSPITAL,
    CALL_ANSWERED,
    CALL_TAKEN,
    CLEAR,
    CLOSED,
    CONDITIONS,
    CONTROLLED,
    EN_ROUTE,
    HOSPITAL_BOUND,
    PASSED_ON,
    RECOVERED,
    REDIRECTED,
    REFIT,
    REFITTED,
    REPORTED,
    RETURNED,
    STOOD_DOWN,
    WAITING,
)
from sim.harm import escalate, learn
from sim.in_use import (
    at_home,
    breaks_down,
    fails_to_roll,
    is_sound,
    on_scene,
    owed_s,
    stranded,
    used,
)
from sim.inject_steps import drive_to_new_base, open_injects
from sim.moves import Status
from sim.notification import alarm_raised, call_centre_knows, incident_closed, open_notices
from sim.state import OpenIncident
from sim.upkeep import open_upkeep
from sim.watch import be_home, handover_s, leave_station, open_watch, stand_forward, weather_warns


def open_county(run: Run) -> None:
    """Put the first of everything on the clock: conditions, and the first alarm."""
    if run.fate.conditions.start_s:
        change_conditions(run, 0, -1)
    open_watch(run)
    open_upkeep(run)
    open_injects(run)
    open_notices(run)
    open_command(run)
    if len(run.fate):
        run.after(run.fate.time_s[0], report, 0, -1)


def change_conditions(run: Run, number: int, cause: int) -> None:
    """The period of day or the weather changes; units on the road keep the speed they left with."""
    conditions = run.fate.conditions
    number_of_event = run.emit(CONDITIONS, subject=conditions.regime[number], cause=cause)
    weather_warns(run, number_of_event)
    if number + 1 < len(conditions.start_s):
        run.after(conditions.start_s[number + 1] - run.now, change_conditions, number + 1, number_of_event)


def report(run: Run, incident: int, cause: int) -> None:
    """The alarm is raised; it rings until a call-taker is free. At a site that is shut nothing happens."""
    fate, state = run.fate, run.state
    upcoming, drawn = incident + 1, len(fate.time_s) - fate.added
    if upcoming < drawn:
        run.after(fate.time_s[upcoming] - run.now, report, upcoming, -1)
    if state.shut and incident < drawn and fate.site[incident] in state.shut:
        return
    alarm = run.emit(REPORTED, incident, node=fate.node[incident], subject=fate.kind[incident], cause=cause)
    if run.notices is not None:
        alarm_raised(run, incident, alarm)
    if incident in fate.updates:
        learn(run, incident, alarm)
    if incident in fate.escalates_s:
        run.after(fate.escalates_s[incident], escalate, incident, alarm)
    if run.county.call_takers == 0:
        run.after(fate.handling_s[incident], take, incident, alarm)
    elif state.talking < run.county.call_takers:
        answer(run, incident, alarm)


def answer(run: Run, incident: int, cause: int) -> None:
    """A call-taker answers and asks what has happened."""
    answered = run.emit(CALL_ANSWERED, incident, cause=cause)
    run.after(run.fate.handling_s[incident], take, incident, answered)


def take(run: Run, incident: int, cause: int) -> None:
    """The call is taken: the incident asks for units, and the call-taker turns to the next call."""
    state = run.state
    taken = run.emit(CALL_TAKEN, incident, subject=run.fate.grade[incident], cause=cause)
    assign(run, incident, taken)
    if run.notices is not None:
        call_centre_knows(run, incident, taken)
    if state.ringing:
        answer(run, state.ringing[0], taken)


def assign(run: Run, incident: int, cause: int) -> None:
    """Ask the policy who goes, send them, and let the rest wait: the one place that decides.

    It is asked again where a unit's crew has just gone out with another unit that was sent.
    """
    lost: list[int] = []
    again = True
    while again:
        again, sent = False, 0
        for decision in run.policy(run.seen.of(incident)):
            if not isinstance(decision, Assign):
                continue
            if run.state.standing[decision.unit] >> decision.capability & 1:
                left = send(run, incident, decision, cause)
                sent += 1
                lost += [left] if left >= 0 else []
            else:
                again = sent > 0
    _wait_or_not(run, incident, cause)
    for other in lost:
        assign(run, other, cause)


def assign_waiting(run: Run, cause: int) -> None:
    """A unit has become free: serve those who wait, by priority, then by time."""
    for _, _, incident in tuple(run.line):
        if incident in run.state.open:
            assign(run, incident, cause)


def _wait_or_not(run: Run, incident: int, cause: int) -> None:
    """Keep the line in step with what an incident still lacks."""
    fate, entry = run.fate, run.state.open[incident]
    lacking = entry.lacking
    if run.county.pass_on and lacking == entry.asked and not entry.units and run.players is None:
        run.emit(PASSED_ON, incident, cause=cause)
        wait_no_more(run, incident)
    elif lacking > 0 and not entry.assembled:
        before = len(run.line)
        join(run.line, (fate.priority[incident], fate.time_s[incident], incident))
        if len(run.line) > before:
            run.emit(WAITING, incident, subject=lacking, cause=cause, note=_not_ready(run, incident))
    else:
        wait_no_more(run, incident)


def _not_ready(run: Run, incident: int) -> int:
    """Note which unit could be sent for what is missing if it were ready; -1: there is none."""
    if run.county.force is None:
        return -1
    seen = run.seen.of(incident)
    for capability, _ in seen.missing:
        passed = seen.passed_over(capability)
        if passed is not None:
            return run.log.note(passed)
    return -1


def wait_no_more(run: Run, incident: int) -> None:
    """Take an incident out of the line if it stands there."""
    if run.line:
        leave(run.line, (run.fate.priority[incident], run.fate.time_s[incident], incident))


def send(run: Run, incident: int, order: Assign, cause: int) -> int:
    """Send a unit; give the incident it was taken from, -1 if it was free."""
    unit = order.unit
    left = run.state.task[unit]
    if left >= 0:
        cause = run.emit(REDIRECTED, left, unit, subject=incident, cause=cause)
    on_road = run.journeys.trips[unit] is not None
    assigned = run.emit(
        ASSIGNED,
        incident,
        unit,
        subject=order.capability,
        cause=cause,
        note=run.log.note(_why(order.why, run.state.level[unit])),
    )
    leave_station(run, unit, assigned)
    turnout_s = 0.0 if on_road else _turnout_s(run, unit, incident)
    if turnout_s > 0.0:
        run.order(turnout_s, roll, unit, assigned)
    else:
        roll(run, unit, assigned)
    return left


def _why(why: tuple[str, Candidate], level: int) -> tuple[object, ...]:
    """Put a policy's reason in the log's words: policy, expected seconds, choice, the next best.

    Where readiness had a part in it, there follow the unit that would have been quicker if it were ready, its
    seconds, and the level at which the crew stood by.
    """
    name, (_, eta_s, considered, runner_up, runner_up_eta_s, passed, passed_eta_s) = why
    reason = (name, eta_s, considered, runner_up, runner_up_eta_s)
    return reason if passed is None and not level else (*reason, passed, passed_eta_s, level)


def _turnout_s(run: Run, unit: int, incident: int) -> float:
    """Tell how much longer the crew takes to roll; noise hangs on the unit and the incident alone."""
    form = run.seen.turnouts[unit]
    if form.a == 0.0:
        return 0.0
    fate, now, alerted = run.fate, run.now, run.state.alerted[unit]
    key = key_of(run.county.units[unit].code)
    noise = hashed_normal(fate.seed, fate.replication, fate.key[incident], key) if form.b else 0.0
    gone_s = 0.0 if alerted is None else now - alerted
    return max(0.0, scaled_s(form, noise) * run.seen.night_factor() + handover_s(run, unit) - gone_s)


def roll(run: Run, unit: int, cause: int) -> None:
    """The unit rolls, from its station or from where it is on the road."""
    fate, state, journeys = run.fate, run.state, run.journeys
    incident, now = state.task[unit], run.now
    node, access_m = fate.node[incident], fate.access_m[incident]
    emergency = run.county.priorities[fate.priority[incident]].emergency
    sound = is_sound(run, unit)
    if not sound and journeys.trips[unit] is None and fails_to_roll(run, unit, incident, cause):
        be_home(run, unit, 0.0, cause)
        assign(run, incident, cause)
        if run.moves:
            drive_to_new_base(run, unit, cause)
        return
    if journeys.trips[unit] is None:
        trip = journeys.from_base(unit, state.station, emergency, state.regime, now, node, access_m)
    else:
        trip = journeys.from_road(unit, emergency, state.regime, now, node, access_m)
    gone = run.emit(EN_ROUTE, incident, unit, trip.origin, cause=cause)
    share = None if sound else breaks_down(run, unit, incident)
    if share is None:
        run.order(trip.arrives_s - now, arrive, unit, gone)
    else:
        run.order(share * (trip.arrives_s - now), break_down, unit, gone)


def break_down(run: Run, unit: int, cause: int) -> None:
    """The unit breaks down on its way: another is sent, and it is fetched home."""
    incident, journeys = run.state.task[unit], run.journeys
    node, _ = journeys.position(unit, run.now, journeys.profile(unit, False))
    journeys.end(unit)
    broke, fetched_s = stranded(run, unit, incident, node, cause)
    run.order(fetched_s, be_fetched, unit, broke)
    assign(run, incident, broke)


def be_fetched(run: Run, unit: int, cause: int) -> None:
    """The unit that broke down is back at its station."""
    base = run.state.station[unit]
    node = run.county.stations[base].at.node
    back = run.emit(RECOVERED, unit=unit, node=node, subject=base, cause=cause)
    be_home(run, unit, 0.0, back)
    at_home(run, unit, back)
    if run.line:
        assign_waiting(run, back)
    if run.moves:
        drive_to_new_base(run, unit, back)


def arrive(run: Run, unit: int, cause: int) -> None:
    """The unit reaches the scene and starts work; when all are there, control begins."""
    fate, incident = run.fate, run.state.task[unit]
    entry = run.state.open[incident]
    arrived = run.emit(ARRIVED, incident, unit, fate.node[incident], cause=cause)
    if not is_sound(run, unit) and on_scene(run, unit, incident, arrived):
        _make_do(run, incident, entry, arrived)
        return
    if not entry.assembled:
        begin_or_wait(run, incident, entry, arrived)
    elif entry.short:
        help_along(run, incident, entry, arrived)
    if _takes_patient(run, unit, incident, entry) and not _only_carriers(run, entry):
        run.order(fate.care_s[incident], leave_for_hospital, unit, arrived)


def _make_do(run: Run, incident: int, entry: OpenIncident, cause: int) -> None:
    """A unit on scene cannot do what it was sent for: another is asked for, or the crews make do in time."""
    patience_s = run.county.short_handed_after_s
    if entry.assembled:
        return
    assign(run, incident, cause)
    if patience_s is not None:
        run.after(patience_s, begin_short_handed, incident, cause)


def _takes_patient(run: Run, unit: int, incident: int, entry: OpenIncident) -> bool:
    """Tell whether this unit is to carry the patient: the first on scene of those sent to carry."""
    return entry.patient_with == unit and run.fate.transport[incident]


def _only_carriers(run: Run, entry: OpenIncident) -> bool:
    """Tell whether nobody but those who carry patients is asked for: then care is the control."""
    return (
        len(entry.required) == 1 and entry.required[0][0] == run.county.kinds[entry.kind].transport_capability
    )


def bring_under_control(run: Run, incident: int, cause: int) -> None:
    """The incident is under control: patients leave for hospital, all others go home."""
    if run.control_due.get(incident) != run.now:
        return
    del run.control_due[incident]
    entry = run.state.open[incident]
    controlled = run.emit(CONTROLLED, incident, cause=cause)
    wait_no_more(run, incident)
    if run.command is not None:
        end_in_time(run, incident, controlled)
    only_carriers = _only_carriers(run, entry)
    for unit in tuple(entry.units):
        if run.state.status[unit] != Status.ON_SCENE:
            stand_down(run, unit, controlled)
        elif not _takes_patient(run, unit, incident, entry):
            _leave_scene(run, unit, controlled)
        elif only_carriers:
            leave_for_hospital(run, unit, controlled)
    _close(run, incident, controlled)


def leave_for_hospital(run: Run, unit: int, cause: int) -> None:
    """The unit leaves the scene with the patient, for the hospital it can reach first."""
    fate, incident = run.fate, run.state.task[unit]
    node, access_m = fate.node[incident], fate.access_m[incident]
    trip = run.journeys.to_hospital(unit, fate.hospital[incident], run.state.regime, run.now, node, access_m)
    hospital = (trip.end or 0) - len(run.county.stations)
    gone = run.emit(HOSPITAL_BOUND, incident, unit, node, hospital, cause)
    run.order(trip.arrives_s - run.now, reach_hospital, unit, gone)


def reach_hospital(run: Run, unit: int, cause: int) -> None:
    """The unit reaches the hospital and hands the patient over."""
    incident, (at, number, _) = run.state.task[unit], _hospital_of(run, unit)
    there = run.emit(AT_HOSPITAL, incident, unit, at.node, number, cause)
    run.order(run.fate.handover_s[incident], leave_hospital, unit, there)


def leave_hospital(run: Run, unit: int, cause: int) -> None:
    """The patient is handed over; the unit may be sent again, and drives home."""
    incident, (at, _, facility) = run.state.task[unit], _hospital_of(run, unit)
    clear(run, unit, at.node, at.access_m, cause, facility)
    _close(run, incident, cause)


def _hospital_of(run: Run, unit: int) -> tuple[Location, int, int]:
    """Tell the hospital a unit has driven to: where it is, its number, and its number as a facility."""
    trip, stations = run.journeys.trips[unit], len(run.county.stations)
    if trip is None or trip.end is None or trip.end < stations:
        raise LookupError(f"unit {unit} has not driven to a hospital")
    return run.county.hospitals[trip.end - stations].at, trip.end - stations, trip.end


def _leave_scene(run: Run, unit: int, cause: int) -> None:
    incident = run.state.task[unit]
    clear(run, unit, run.fate.node[incident], run.fate.access_m[incident], cause)


def stand_down(run: Run, unit: int, cause: int) -> None:
    """Turn back a unit that has not got there; one with a patient goes on to hospital."""
    state, journeys, now = run.state, run.journeys, run.now
    if state.status[unit] not in (Status.TURNING_OUT, Status.EN_ROUTE):
        return
    base = state.station[unit]
    back = run.emit(STOOD_DOWN, state.task[unit], unit, subject=base, cause=cause)
    if journeys.trips[unit] is None:
        run.rest(unit)
        be_home(run, unit, 0.0, back)
        if run.moves:
            drive_to_new_base(run, unit, back)
    else:
        node, ahead_s = journeys.position(unit, now, journeys.profile(unit, False))
        trip = journeys.home(unit, base, state.regime, now + ahead_s, node, 0.0)
        run.order(trip.arrives_s - now, come_home, unit, back)
    if run.line:
        assign_waiting(run, back)


def clear(run: Run, unit: int, node: int, access_m: float, cause: int, start: int | None = None) -> None:
    """The unit's work is over: it serves whoever waits, or drives home."""
    state, incident = run.state, run.state.task[unit]
    base = state.station[unit]
    free = run.emit(CLEAR, incident, unit, node, base, cause)
    if run.upkeep is not None:
        used(run, unit, incident, free)
    trip = run.journeys.home(unit, base, state.regime, run.now, node, access_m, start)
    run.order(trip.arrives_s - run.now, come_home, unit, free)
    if run.line:
        assign_waiting(run, free)


def come_home(run: Run, unit: int, cause: int) -> None:
    """The unit is back at its station; if it must be refilled first, it stays out until that is done."""
    base, county = run.state.station[unit], run.county
    alerted_s = run.state.alerted[unit]
    run.journeys.end(unit)
    home = run.emit(RETURNED, unit=unit, node=county.stations[base].at.node, subject=base, cause=cause)
    refit_s = 0.0 if alerted_s is None else county.units[unit].refit_s + owed_s(run, unit)
    if refit_s > 0.0:
        begun = run.emit(REFIT, unit=unit, subject=base, cause=home)
        run.order(refit_s, be_ready, unit, begun)
    be_home(run, unit, 0.0 if alerted_s is None else run.now - alerted_s, home)
    if refit_s <= 0.0:
        if run.upkeep is not None:
            at_home(run, unit, home)
        if run.line:
            assign_waiting(run, home)
        if run.moves:
            drive_to_new_base(run, unit, home)


def be_ready(run: Run, unit: int, cause: int) -> None:
    """The unit is clean and full again and may be sent."""
    ready = run.emit(REFITTED, unit=unit, subject=run.state.station[unit], cause=cause)
    if run.upkeep is not None:
        at_home(run, unit, ready)
    if run.line:
        assign_waiting(run, ready)
    stand_forward(run, unit, ready)
    if run.moves:
        drive_to_new_base(run, unit, ready)


def _close(run: Run, incident: int, cause: int) -> None:
    """Close an incident that is under control and that nobody works for any more."""
    entry = run.state.open.get(incident)
    if entry is not None and entry.controlled and not entry.units:
        closed = run.emit(CLOSED, incident, cause=cause)
        if run.notices is not None:
            incident_closed(run, incident, closed)
