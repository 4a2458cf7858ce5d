"""Follow-ups (续报) while an accident goes on, and the final report (终报) once it is over."""

from __future__ import annotations

from dispatch.reporting import Report, Rule
from sim.chain import incident_and_tiers, of_tiers
from sim.engine import Run
from sim.notices import Message, Teller, chain_of, owed_by
from sim.reaching import DOWNWARD, report_by
from sim.tellers import drafting_s, verifying_s

IN_GOOD_TIME = 0.75
"""The next follow-up goes out when so much of the time allowed has passed (assumption)."""


def plan_follow_up(run: Run, message: Message, cause: int) -> None:
    """Put the next follow-up on the clock where the rules ask for one every so often."""
    incident, sender = message.incident, message.sender
    if message.report in DOWNWARD or not run.notices.knows(incident, sender):
        return
    rule = _cadence(run, incident, sender, message.receiver)
    if rule is None or (rule.written and not message.written):
        return
    teller: Teller = run.notices.teller(incident, sender)
    teller.last_s[message.receiver] = run.now
    every_s = rule.every_s[teller.knowledge.accident_class]
    run.after(IN_GOOD_TIME * every_s, follow_up, of_tiers(incident, sender, message.receiver), cause)


def _cadence(run: Run, incident: int, sender: int, receiver: int) -> Rule | None:
    believed = run.notices.teller(incident, sender).knowledge.accident_class
    rules = owed_by(chain_of(run.county), sender, believed, (Report.UPDATE,))
    return next((rule for rule in rules if rule.receiver == receiver and believed in rule.every_s), None)


def follow_up(run: Run, number: int, cause: int) -> None:
    """The accident goes on, and the next follow-up is sent, unless something newer was told meanwhile."""
    incident, tier, receiver = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    rule = _cadence(run, incident, tier, receiver)
    if incident not in run.state.open or teller.silent or rule is None:
        return
    waited_s = run.now - teller.last_s[receiver]
    if waited_s > IN_GOOD_TIME * rule.every_s[teller.knowledge.accident_class] - 1.0:
        teller.said[receiver, rule.written] = teller.knowledge
        report_by(run, incident, rule, rule.written, cause)


def finish(run: Run, number: int, cause: int) -> None:
    """Set about the final report once the accident is over and has been told of."""
    incident, tier, _ = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    waits = teller.busy or teller.silent or teller.lies or teller.final or not teller.said
    if waits or incident not in run.notices.over or not _final(run, incident, tier):
        return
    teller.final = True
    takes_s = verifying_s(run, incident, tier, 0) + drafting_s(run, incident, tier, 0)
    run.after(takes_s, conclude, number, cause)


def conclude(run: Run, number: int, cause: int) -> None:
    """Send the final report (终报) to those who were told of the accident."""
    incident, tier, _ = incident_and_tiers(number)
    said = run.notices.teller(incident, tier).said
    rules = {rule.receiver: rule for rule in reversed(_final(run, incident, tier))}
    for rule in sorted(rules.values(), key=lambda rule: rule.receiver):
        if (rule.receiver, False) in said:
            report_by(run, incident, rule, rule.written, cause)


def _final(run: Run, incident: int, tier: int) -> tuple[Rule, ...]:
    believed = run.notices.teller(incident, tier).knowledge.accident_class
    return owed_by(chain_of(run.county), tier, believed, (Report.FINAL,))
