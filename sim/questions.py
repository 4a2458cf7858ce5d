"""What was kept silent comes out: a superior asks and is answered, somebody tips off, a lie does not hold."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.reporting import Knowledge, Report, Tier
from dispatch.telling import FIRST, rule_between
from sim.chain import incident_and_tiers, of_tiers
from sim.engine import Run
from sim.events import FOUND_OUT
from sim.notices import Message, Teller, chain_of, owed_by, scene
from sim.notification import hear, pass_on
from sim.reaching import send
from sim.tellers import verifying_s

ASKED_BY: Mapping[int, Tier] = {
    Tier.BUREAU: Tier.UNIT_HEAD,
    Tier.COUNTY_GOVERNMENT: Tier.BUREAU,
    Tier.CITY_BUREAU: Tier.BUREAU,
    Tier.CITY_GOVERNMENT: Tier.CITY_BUREAU,
    Tier.PROVINCE: Tier.CITY_BUREAU,
    Tier.MINISTRY: Tier.PROVINCE,
}
"""Whom a level asks that has heard of an accident from others only."""


def expect(run: Run, number: int, cause: int, source: int) -> None:
    """A level that heard of an accident from others waits for the level below to report, and then asks."""
    incident, tier, _ = incident_and_tiers(number)
    below = ASKED_BY.get(tier)
    if below is None or below == source:
        return
    believed = run.notices.teller(incident, tier).knowledge.accident_class
    rules = owed_by(chain_of(run.county), below, believed, FIRST)
    limits = [rule.limit_s.get(believed, 0.0) for rule in rules if rule.receiver == tier]
    if limits:
        run.after(max(limits), ask_if_untold, of_tiers(incident, tier, below), cause)


def ask_if_untold(run: Run, number: int, cause: int) -> None:
    """The limit of the level below has run out and it has not reported: it is asked."""
    incident, tier, below = incident_and_tiers(number)
    if below not in run.notices.teller(incident, tier).claims:
        ask(run, number, cause)


def ask(run: Run, number: int, cause: int) -> bool:
    """A level asks another what has happened, once; tell whether it did so now."""
    incident, tier, other = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    if other in teller.asked:
        return False
    teller.asked.append(other)
    _send(run, incident, tier, other, Report.QUESTION, cause)
    return True


def contradict(run: Run, number: int, cause: int) -> None:
    """A level that was told an untruth knows better from others, and asks who told it."""
    incident, tier, _ = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    for sender, (claim, false) in tuple(teller.claims.items()):
        if false and teller.knowledge != claim:
            ask(run, of_tiers(incident, tier, sender), cause)


def be_asked(run: Run, number: int, cause: int) -> None:
    """A level is asked from above: it can be silent no longer, and prepares an answer."""
    incident, tier, asker = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    if teller.silent or teller.lies:
        how = "public_alarm" if teller.lies else "question"
        known = run.notices.teller(incident, asker).knowledge
        cause = _let_out(run, incident, tier, asker, how, known, cause)
    teller.decided = True
    run.after(verifying_s(run, incident, tier, 0), answer, number, cause)


def answer(run: Run, number: int, cause: int) -> None:
    """Answer a question from above with all that is known, then tell the others who are owed a report."""
    incident, tier, asker = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    teller.said[asker, False] = teller.knowledge
    _send(run, incident, tier, asker, Report.ANSWER, cause)
    pass_on(run, of_tiers(incident, tier), cause)


def come_out(run: Run, number: int, cause: int) -> None:
    """Somebody tips off the level above: what was hidden or forgotten is known there."""
    incident, tier, _ = incident_and_tiers(number)
    teller: Teller = run.notices.teller(incident, tier)
    if not (teller.silent or teller.lies):
        return
    finder, known = above(run, incident, tier), scene(run, incident)
    out = _let_out(run, incident, tier, finder, "tip_off", known, cause)
    hear(run, of_tiers(incident, finder), known, out)
    if not ask(run, of_tiers(incident, finder, tier), out):
        pass_on(run, of_tiers(incident, tier), out)


def _let_out(run: Run, incident: int, tier: int, finder: int, how: str, known: Knowledge, cause: int) -> int:
    teller: Teller = run.notices.teller(incident, tier)
    teller.silent = False
    if teller.lies:
        teller.lies = False
        teller.said.clear()
    counts = (known.deaths, known.injuries, known.loss_cny, known.accident_class)
    note = run.log.note((how, tier, *counts))
    return run.emit(FOUND_OUT, incident, subject=finder, cause=cause, note=note)


def above(run: Run, incident: int, tier: int) -> int:
    """Tell which level finds out what a level kept silent: the lowest it owes, the bureau before others."""
    believed = run.notices.teller(incident, tier).knowledge.accident_class
    owing = [rule.receiver for rule in owed_by(chain_of(run.county), tier, believed, FIRST)]
    return Tier.BUREAU if Tier.BUREAU in owing or not owing else min(owing)


def _send(run: Run, incident: int, sender: int, receiver: int, report: Report, cause: int) -> None:
    known = run.notices.teller(incident, sender).knowledge
    rule = rule_between(chain_of(run.county).rules, sender, receiver, report)
    message = Message(incident, Tier(sender), Tier(receiver), report, known, rule, run.now)
    send(run, message, cause)
