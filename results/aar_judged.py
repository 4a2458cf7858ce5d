"""How a drill went: its ladder of times, expected actions, decisions, strengths and gaps, judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from dispatch.reporting import Finding, Tier, Verdict
from results.aar_record import Decision, DrillRecord, Inject, Question
from results.chain.words import (
    level_called,
    rule_cited,
    tier_called,
)
from results.wording import called, clock, say
from sim.chain import message_and_tier, plan_and_level
from sim.events import Kind

MET, LATE, MISSED, UNJUDGED = "met", "late", "missed", "unjudged"
MARKS = {MET: "good", LATE: "unsure", MISSED: "poor"}
VERDICTS: Mapping[str, str] = {
    MET: "met in time",
    LATE: "met late",
    MISSED: "missed",
    UNJUDGED: "for a person to judge",
}
WHATS: Mapping[str, str] = {
    "send": "whom to send",
    "report": "reporting upward",
    "level": "the response level",
    "aid": "the city's help",
}
LADDER: tuple[tuple[str, Kind | Tier], ...] = (
    ("Call taken", Kind.CALL_TAKEN),
    ("First unit sent", Kind.ASSIGNED),
    ("First unit on scene", Kind.ARRIVED),
    ("All units needed on scene", Kind.ASSEMBLED),
    ("Control begun with units missing", Kind.SHORT_HANDED),
    ("County bureau told", Tier.BUREAU),
    ("County government told", Tier.COUNTY_GOVERNMENT),
    ("City bureau told", Tier.CITY_BUREAU),
    ("Response level opened", Kind.RESPONSE_OPENED),
    ("Command post set up", Kind.COMMAND_POST),
    ("City asked for help", Kind.AID_ASKED),
    ("City's help granted", Kind.AID_GRANTED),
    ("Under control", Kind.CONTROLLED),
)
"""The ladder of times: what came, and the event or the level told that shows it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder: when it came in the drill and by the rules alone, and what limit it had."""

    name: str
    at_s: float | None
    by_rules_s: float | None
    due_s: float | None
    source: str = ""

    @property
    def verdict(self) -> str:
        """How it stands against its limit; "" where there is none."""
        if self.due_s is None:
            return ""
        return MISSED if self.at_s is None else MET if self.at_s <= self.due_s + 1e-6 else LATE


def ladder(record: DrillRecord, lang: str) -> list[Rung]:
    """Put the times of the accident in a row, each against its limit where it has one."""
    found = [
        Rung(
            say(lang, name),
            _when(record, what, mine=True),
            _when(record, what, mine=False),
            *_limit(record, what, lang),
        )
        for name, what in LADDER
    ]
    return [rung for rung in found if not (rung.at_s is None and rung.by_rules_s is None)]


def _when(record: DrillRecord, what: Kind | Tier, *, mine: bool) -> float | None:
    if isinstance(what, Tier):
        return record.told_s(record.reports if mine else record.reports_by_rules, int(what))
    return record.first_s(record.events if mine else record.by_rules, what)


def _limit(record: DrillRecord, what: Kind | Tier, lang: str) -> tuple[float | None, str]:
    """Give the limit of a rung and where it stands: a response standard, or the first report that was due."""
    if isinstance(what, Tier):
        due = [it for it in findings(record) if it.rule.receiver == what and it.due_s is not None]
        first = min(due, key=lambda it: it.due_s or 0.0, default=None)
        return (None, "") if first is None else (first.due_s, rule_cited(first.rule, lang))
    measure = {Kind.ARRIVED: "first_arrival", Kind.ASSEMBLED: "full_assembly"}.get(what)
    kinds = [place.kind for place in record.county.places if place.code == record.incident["place"]]
    for standard in record.county.standards:
        here = standard.place_kinds is None or any(kind in standard.place_kinds for kind in kinds)
        if standard.measure == measure and here:
            return record.course.alarm_s + standard.within_s, called(standard.names, lang)
    return None, ""


def findings(record: DrillRecord) -> list[Finding]:
    """List the accident's reports that were due, judged."""
    if record.county.chain is None or record.accident not in record.reports.gathered:
        return []
    found = record.reports.findings(record.accident)
    return [it for it in found if it.verdict is not Verdict.NOT_DUE]


@dataclass(frozen=True, slots=True)
class Expectation:
    """An expected action judged: its inject, by when, when it was done (None: never), and how that stands."""

    inject: Inject
    due_s: float | None
    done_s: float | None
    verdict: str


def expectations(record: DrillRecord) -> list[Expectation]:
    """Judge the expected actions of the injects that were given out."""
    wanted = (one for one in record.injects if one.published_s is not None and one.expected)
    return [_expectation(record, inject) for inject in wanted]


def _expectation(record: DrillRecord, inject: Inject) -> Expectation:
    since_s = inject.published_s or 0.0
    due_s = None if inject.limit_s is None else since_s + inject.limit_s
    if inject.verdict or not inject.expect:
        return Expectation(inject, due_s, None, inject.verdict or UNJUDGED)
    done_s = next((at_s for at_s in _moments(record, inject.expect) if at_s >= since_s - 1e-6), None)
    if done_s is None:
        open_yet = due_s is not None and due_s > record.ended_s
        return Expectation(inject, due_s, None, UNJUDGED if open_yet else MISSED)
    return Expectation(inject, due_s, done_s, LATE if due_s is not None and done_s > due_s + 1e-6 else MET)


def _moments(record: DrillRecord, expect: tuple[str, ...]) -> Iterator[float]:
    """Go through the moments at which something happened that meets an expected action."""
    what, *words = expect
    kind = EVENTS[what]
    own = record.events.filter((pl.col("incident") == record.accident) & pl.col("kind").is_in(kind))
    for row in own.iter_rows(named=True):
        if not words or _fits(record, what, words, row):
            yield row["time_s"]


EVENTS: Mapping[str, tuple[str, ...]] = {
    "report": (Kind.REPORT_RECEIVED.name,),
    "send": (Kind.ASSIGNED.name,),
    "level": (Kind.RESPONSE_OPENED.name, Kind.RESPONSE_CHANGED.name),
    "aid": (Kind.AID_ASKED.name,),
    "arrived": (Kind.ARRIVED.name,),
    "assembled": (Kind.ASSEMBLED.name,),
    "command_post": (Kind.COMMAND_POST.name,),
}


def _fits(record: DrillRecord, what: str, words: list[str], row: Mapping[str, object]) -> bool:
    subject = int(str(row["subject"]))
    if what == "report":
        number, _ = message_and_tier(subject)
        message = record.reports.messages.get(number)
        ends = () if message is None else (message.sender.name.lower(), message.receiver.name.lower())
        return ends == tuple(words)
    if what == "level":
        return plan_and_level(subject)[1] <= int(words[0])
    county, unit = record.county, int(str(row["unit"]))
    return words[0] in (county.units[unit].code, county.capabilities[subject] if subject >= 0 else "")


def decision_told(what: Mapping[str, object], lang: str) -> str:
    """Say a decision in words."""
    tiers = {name: Tier[str(what[name]).upper()] for name in ("sender", "receiver") if name in what}
    fields: dict[str, object] = {
        **what,
        **{name: tier_called(tier, lang) for name, tier in tiers.items()},
        "level": level_called(int(str(what.get("level", 4))), lang),
        "minutes": what.get("minutes", "–"),
        "what": say(lang, WHATS.get(str(what.get("what")), "whom to send")),
        "form": say(lang, "in writing" if what.get("written") else "by telephone"),
    }
    return say(lang, DECISIONS[str(what["do"])], **fields)


DECISIONS: Mapping[str, str] = {
    "send": "send {unit}",
    "stand_down": "turn {unit} back",
    "report": "report to {receiver} for {sender}, {form}",
    "level": "response level {level}",
    "end_response": "end the response",
    "aid": "ask the city for help",
    "hold": "take more time over {what}",
    "accept": "do as the rules propose: {what}",
}


def answered(record: DrillRecord, decision: Decision) -> Question | None:
    """Find the question that a decision answered."""
    return next((one for one in record.questions if one.number == decision.point), None)


def by_rules_told(record: DrillRecord, decision: Decision, lang: str) -> str:
    """Say what the rules did about the same matter in the same night, with its time; "–" where nothing."""
    what = str(decision.what["do"])
    what = str(decision.what["what"]) if what == "accept" else what
    wanted = EVENTS.get({"stand_down": "send"}.get(what, what))
    if wanted is None:
        return "–"
    rows = record.by_rules.filter((pl.col("incident") == record.accident) & pl.col("kind").is_in(wanted))
    told: list[str] = []
    for row in rows.iter_rows(named=True):
        words = _rule_words(record, what, decision, row, lang)
        if words:
            told.append(f"{words} {clock(record.start, row['time_s'])[-8:]}")
    return say(lang, "; ").join(dict.fromkeys(told[:4])) or "–"


def _rule_words(
    record: DrillRecord, what: str, decision: Decision, row: Mapping[str, object], lang: str
) -> str:
    subject = int(str(row["subject"]))
    if what in ("send", "stand_down"):
        return record.county.units[int(str(row["unit"]))].code
    if what == "level":
        return level_called(plan_and_level(subject)[1], lang)
    if what == "report":
        number, tier = message_and_tier(subject)
        message = record.reports_by_rules.messages.get(number)
        wanted = str(decision.what.get("receiver")), str(decision.what.get("sender"))
        if message is None or (message.receiver.name.lower(), message.sender.name.lower()) != wanted:
            return ""
        return tier_called(tier, lang)
    return say(lang, "asked")


def harm_told(record: DrillRecord, lang: str) -> str:
    """Say what harm was known in the end."""
    rows = record.events.filter(
        (pl.col("incident") == record.accident) & (pl.col("kind") == Kind.HARM_KNOWN.name)
    )
    if rows.is_empty():
        return say(lang, "no harm known")
    deaths, injuries, loss = json.loads(rows["text"][-1])
    return say(
        lang,
        "{deaths} dead, {injuries} injured, loss CNY {loss}",
        deaths=deaths,
        injuries=injuries,
        loss=f"{loss:,.0f}",
    )
