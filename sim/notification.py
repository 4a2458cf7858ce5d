"""A report's life: an accident is noticed and told from level to level, or kept silent for a while."""

from __future__ import annotations

from dispatch.reporting import BELOW, Knowledge, Report, Rule, Tier
from dispatch.telling import FIRST, rule_between
from sim.chain import incident_and_tiers, of_tiers, received
from sim.engine import Doing, Run
from sim.events import FORGOTTEN, HIDDEN, REPORT_RECEIVED
from sim.follow_ups import finish, plan_follow_up
from sim.notices import (
    Message,
    Notices,
    Teller,
    anything_due,
    chain_of,
    due,
    graver,
    is_accident,
    owed_by,
    scene,
)
from sim.notices import belief as belief
from sim.reaching import report_by, send
from sim.tellers import (
    Purpose,
    comes_out_s,
    drafting_s,
    forgets,
    hides,
    lasts_s,
    strangers_call,
    verifying_s,
)

COMMANDING = (Tier.BUREAU, Tier.COUNTY_GOVERNMENT, Tier.CITY_BUREAU)
"""Levels that command: `sim.command` is told what they learn."""


def open_notices(run: Run) -> None:
    """Make ready to tell of accidents; without a chain of reports nothing whatsoever changes."""
    if run.county.chain is not None:
        run.notices = Notices()


def alarm_raised(run: Run, incident: int, cause: int) -> None:
    """An accident happens: sooner or later somebody at the scene sees that it must be reported."""
    if is_accident(run, incident):
        form = chain_of(run.county).conduct.notice
        run.after(lasts_s(run, form, incident, Purpose.NOTICE), notice, incident, cause)


def notice(run: Run, incident: int, cause: int) -> None:
    """Somebody at the scene tells the head of the unit."""
    hear(run, of_tiers(incident, Tier.SCENE), scene(run, incident), cause)


def call_centre_knows(run: Run, incident: int, cause: int) -> None:
    """The call is taken: the call centre knows what the caller says.

    A caller who speaks for somebody who hides the accident makes little of it, unless a stranger calls.
    """
    if is_accident(run, incident):
        kept_small = hides(run, incident, Tier.UNIT_HEAD) and not strangers_call(run, incident)
        told = Knowledge(accident_class=BELOW) if kept_small else scene(run, incident)
        _tell_call_centre(run, incident, Report.INITIAL, told, cause)


def harm_learnt(run: Run, incident: int, cause: int) -> None:
    """Deaths, injuries or loss become known at the scene: its people and the crews there pass that on."""
    notices: Notices = run.notices
    if not is_accident(run, incident):
        return
    known = scene(run, incident)
    if notices.knows(incident, Tier.SCENE):
        hear(run, of_tiers(incident, Tier.SCENE), known, cause)
    if _crews_see(run, incident):
        _tell_call_centre(run, incident, Report.UPDATE, known, cause)


def _crews_see(run: Run, incident: int) -> bool:
    """Tell whether crews on scene tell the call centre what it is like; what is hidden, they do not see."""
    entry, known = run.state.open.get(incident), belief(run, incident, Tier.CALL_CENTRE)
    if entry is None or not entry.arrived or known is None:
        return False
    return known[1].accident_class != BELOW


def _tell_call_centre(run: Run, incident: int, report: Report, known: Knowledge, cause: int) -> None:
    message = Message(incident, Tier.SCENE, Tier.CALL_CENTRE, report, known, "", run.now)
    send(run, message, cause, direct=True)


def incident_closed(run: Run, incident: int, cause: int) -> None:
    """The accident is over: whoever has told of it owes the final report."""
    notices: Notices = run.notices
    if not is_accident(run, incident):
        return
    notices.over.add(incident)
    for tier in sorted(notices.tellers.get(incident, {})):
        finish(run, of_tiers(incident, tier), cause)


def hear(run: Run, number: int, told: Knowledge, cause: int, source: int = -1) -> None:
    """A level learns of an accident, or more of it, and sets about passing it on."""
    incident, tier, _ = incident_and_tiers(number)
    tellers = run.notices.tellers.setdefault(incident, {})
    known: Teller | None = tellers.get(tier)
    teller = known or tellers.setdefault(tier, Teller(told, run.now))
    if known is not None:
        believed = graver(known.knowledge, told)
        if believed == known.knowledge:
            return
        known.knowledge, known.time_s = believed, run.now
    if tier in COMMANDING:
        _tell_command(run, incident, tier, cause)
    if known is None:
        _hear_first(run, number, teller, cause, source)
    else:
        pass_on(run, number, cause)


def _hear_first(run: Run, number: int, teller: Teller, cause: int, source: int) -> None:
    """Somebody hears of an accident for the first time; the head of the unit makes up their mind."""
    from sim.questions import expect

    incident, tier, _ = incident_and_tiers(number)
    expect(run, number, cause, source)
    if tier == Tier.UNIT_HEAD:
        teller.busy = True
        form = chain_of(run.county).conduct.decide
        run.after(lasts_s(run, form, incident, Purpose.DECIDE), decide, number, cause)
    else:
        pass_on(run, number, cause)


def decide(run: Run, number: int, cause: int) -> None:
    """The head of the unit has made up their mind."""
    incident, tier, _ = incident_and_tiers(number)
    run.notices.teller(incident, tier).busy = False
    pass_on(run, number, cause)


def pass_on(run: Run, number: int, cause: int) -> None:
    """Set about telling those who must be told, unless nothing is due or the matter is kept silent."""
    incident, tier, _ = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    if teller.busy or teller.silent or not anything_due(run, incident, tier):
        return
    if run.players is not None and run.players.keeps(run, "report", incident, cause, tier):
        return
    if not teller.decided:
        teller.decided = True
        cause = _perhaps_keep_silent(run, number, teller, cause)
        if teller.silent:
            return
    teller.busy = True
    teller.turns += 1
    run.after(verifying_s(run, incident, tier, teller.turns), call, number, cause)


def _perhaps_keep_silent(run: Run, number: int, teller: Teller, cause: int) -> int:
    """Somebody hides the accident, or lies where a stranger has seen it, or forgets; gives what happened."""
    from sim.questions import come_out

    incident, tier, _ = incident_and_tiers(number)
    if hides(run, incident, tier):
        teller.lies = tier == Tier.UNIT_HEAD and strangers_call(run, incident)
        teller.silent = not teller.lies
        kept = run.emit(HIDDEN, incident, subject=tier, cause=cause)
    elif forgets(run, incident, tier):
        teller.silent = True
        kept = run.emit(FORGOTTEN, incident, subject=tier, cause=cause)
    else:
        return cause
    run.after(comes_out_s(run, incident, tier), come_out, number, kept)
    return kept


def call(run: Run, number: int, cause: int) -> None:
    """Telephone first: each receiver is told what is known by now."""
    incident, tier, _ = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    _tell(run, number, due(run, incident, tier, False), False, cause)
    if due(run, incident, tier, True):
        run.after(drafting_s(run, incident, tier, teller.turns), write, number, cause)
    else:
        have_told(run, number, cause)


def write(run: Run, number: int, cause: int) -> None:
    """Then in writing: the text has been drafted and signed."""
    incident, tier, _ = incident_and_tiers(number)
    _tell(run, number, due(run, incident, tier, True), True, cause)
    have_told(run, number, cause)


def have_told(run: Run, number: int, cause: int) -> None:
    """A report is done; what became known meanwhile is passed on, and after the end the final report."""
    incident, tier, _ = incident_and_tiers(number)
    run.notices.teller(incident, tier).busy = False
    pass_on(run, number, cause)
    finish(run, number, cause)


def _tell(run: Run, number: int, rules: list[Rule], written: bool, cause: int) -> None:
    incident, tier, _ = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    for rule in rules:
        teller.said[rule.receiver, written] = teller.knowledge
        if not written and not _wants_text(run, tier, rule.receiver, teller.knowledge):
            teller.said.setdefault((rule.receiver, True), teller.knowledge)
    for rule in rules:
        report_by(run, incident, rule, written, cause)


def _wants_text(run: Run, tier: int, receiver: int, known: Knowledge) -> bool:
    """Tell whether a receiver is to have the first report in writing as well."""
    rules = owed_by(chain_of(run.county), tier, known.accident_class, FIRST)
    return any(rule.written for rule in rules if rule.receiver == receiver)


def deliver(run: Run, number: int, cause: int) -> None:
    """A message reaches its receiver, who knows what it says, and does what it asks."""
    from sim.questions import be_asked, contradict

    message: Message = run.notices.messages[number]
    incident, tier = message.incident, message.receiver
    got = run.emit(
        REPORT_RECEIVED,
        incident,
        subject=received(number, tier),
        cause=cause,
        note=run.log.note(_how_reached(run, message)),
    )
    hear(run, of_tiers(incident, tier), message.knowledge, got, message.sender)
    run.notices.teller(incident, tier).claims[message.sender] = (message.knowledge, message.false)
    contradict(run, of_tiers(incident, tier), got)
    plan_follow_up(run, message, got)
    if message.report is Report.QUESTION:
        be_asked(run, of_tiers(incident, tier, message.sender), got)
    if message.then is not None:
        message.then(run, incident, got)


def _how_reached(run: Run, message: Message) -> tuple[str, str, int]:
    """Say by which channel a message came, who answered, and at which attempt."""
    role, force = message.outcome.by_role, run.county.force
    code = "" if role is None or force is None else force.roles[role].code
    return message.outcome.channel, code, message.tries


def send_request(
    run: Run, incident: int, sender: int, receiver: int, report: Report, cause: int, then: Doing
) -> int:
    """Send an order or a request through the same posts and channels.

    Parameters
    ----------
    run
        The run; it has a chain of reports.
    incident
        What it is about.
    sender, receiver
        The tiers.
    report
        The kind of message; `Report.ORDER` downward.
    cause
        The event that made it.
    then
        What happens when it has arrived: a module-level step, given the incident and the event of arrival.

    Returns
    -------
    int
        The message's number.
    """
    believed = belief(run, incident, sender)
    known = scene(run, incident) if believed is None else believed[1]
    rule = rule_between(chain_of(run.county).rules, sender, receiver, report)
    message = Message(incident, Tier(sender), Tier(receiver), report, known, rule, run.now, then=then)
    return send(run, message, cause)


def _tell_command(run: Run, incident: int, tier: int, cause: int) -> None:
    if getattr(run, "command", None) is not None:
        from sim.command import informed

        informed(run, incident, tier, cause)
