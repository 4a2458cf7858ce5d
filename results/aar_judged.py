"""How a drill went: its ladder of times, expected actions, decisions, strengths and gaps, judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from dispatch.reporting import Finding, Tier, Verdict
from results.aar_record import Decision, DrillRecord, Inject, Question
from results.chain.words import (
    level_called,
    post_called,
    report_called,
    rule_cited,
    task_called,
    tier_called,
    verdict_called,
)
from results.wording import called, clock, in_language, minutes, say, spoken
from sim.chain import desk_of, message_and_tier, plan_and_level
from sim.events import Kind

MET, LATE, MISSED, UNJUDGED = "met", "late", "missed", "unjudged"
MEND_DAYS = 30
"""Days proposed for mending a gap where nobody has set a date."""
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


@dataclass(frozen=True, slots=True)
class Gap:
    """What did not go as it should: in words, what mends it, who, and by when."""

    text: str
    action: str
    owner: str
    due: str


def strengths(record: DrillRecord, lang: str) -> list[str]:
    """Say what went well, with its evidence."""
    told = [
        say(
            lang,
            "{name}: {took} after the alarm, within its limit of {limit}.",
            name=rung.name,
            took=spoken(lang, (rung.at_s or 0.0) - record.course.alarm_s),
            limit=spoken(lang, (rung.due_s or 0.0) - record.course.alarm_s),
        )
        for rung in ladder(record, lang)
        if rung.verdict == MET
    ]
    met = [one for one in expectations(record) if one.verdict == MET]
    if met:
        numbers = say(lang, ", ").join(one.inject.number for one in met)
        told.append(say(lang, "Expected actions met in time: injects {numbers}.", numbers=numbers))
    better = [rung for rung in ladder(record, lang) if _sooner_s(rung) > 60.0]
    told += [
        say(
            lang,
            "{name} came {took} sooner than the rules alone would have brought it.",
            name=rung.name,
            took=spoken(lang, _sooner_s(rung)),
        )
        for rung in better
    ]
    return told + [one.text for one in record.remarks if one.kind == "strength"]


def _sooner_s(rung: Rung) -> float:
    if rung.at_s is None or rung.by_rules_s is None:
        return 0.0
    return rung.by_rules_s - rung.at_s


def gaps(record: DrillRecord, lang: str) -> list[Gap]:
    """Say what did not go as it should, what mends it, who and by when."""
    due = (record.start + timedelta(seconds=record.began_s, days=MEND_DAYS)).strftime("%Y-%m-%d")
    found = [*_of_expectations(record, lang, due), *_of_reports(record, lang, due)]
    found += [*_of_questions(record, lang, due), *_of_times(record, lang, due), *_of_tasks(record, lang, due)]
    noted = [one for one in record.remarks if one.kind == "gap"]
    found = [replace(gap, text=gap.text[:1].upper() + gap.text[1:]) for gap in found]
    return found + [
        Gap(one.text, say(lang, "Put right: {text}", text=one.text), one.owner, one.due or due)
        for one in noted
    ]


def _of_expectations(record: DrillRecord, lang: str, due: str) -> Iterator[Gap]:
    for one in expectations(record):
        if one.verdict not in (LATE, MISSED):
            continue
        yield Gap(
            say(
                lang,
                "Inject {number}, {expected}: {verdict}.",
                number=one.inject.number,
                expected=one.inject.expected.rstrip("。."),
                verdict=say(lang, VERDICTS[one.verdict]),
            ),
            say(lang, "Go through this step with those concerned, put it on the duty card, and repeat it."),
            one.inject.owner or one.inject.to,
            due,
        )


def _of_reports(record: DrillRecord, lang: str, due: str) -> Iterator[Gap]:
    for it in findings(record):
        if it.verdict in (Verdict.ON_TIME, Verdict.OPEN):
            continue
        sender = tier_called(it.rule.sender, lang)
        late = "" if it.late_s is None else say(lang, " by {late}", late=spoken(lang, it.late_s))
        yield Gap(
            say(
                lang,
                "{sender} to {receiver}, {report}: {verdict}{late}.",
                sender=sender,
                receiver=tier_called(it.rule.receiver, lang),
                report=report_called(it.rule.report, lang),
                verdict=verdict_called(it.verdict, lang),
                late=late,
            ),
            say(
                lang,
                "Report by telephone first and in writing after; put receiver, number and limit on the desk.",
            ),
            _answers_for(record, it.rule.sender, lang),
            due,
        )


def _answers_for(record: DrillRecord, tier: Tier, lang: str) -> str:
    """Name who answers for a level's reports: the site's owner, the level's post, else the level."""
    county, row = record.county, record.incident
    if tier in (Tier.SCENE, Tier.UNIT_HEAD):
        owners = [site.owner for site in county.sites if site.code == row["site"] and site.owner]
        return in_language(owners[0], lang) if owners else tier_called(tier, lang)
    kind, place, site = (
        _position([one.code for one in county.kinds], row["kind"]),
        _position([one.code for one in county.places], row["place"]),
        _position([one.code for one in county.sites], row["site"]),
    )
    post = desk_of(county, tier, kind, place, site)
    return post_called(county, post, lang) if post >= 0 else tier_called(tier, lang)


def _position(codes: Sequence[str], code: object) -> int:
    return codes.index(str(code)) if code in codes else -1


def _of_questions(record: DrillRecord, lang: str, due: str) -> Iterator[Gap]:
    for one in record.questions:
        if one.ended not in ("rules", ""):
            continue
        partly = any(decision.point == one.number for decision in record.decisions)
        sentence = (
            "{player} had not decided on {what} when the drill ended."
            if not one.ended
            else "{player} decided only in part on {what}; the rest fell to the rules."
            if partly
            else "{player} did not decide on {what} in time; it fell to the rules."
        )
        yield Gap(
            say(lang, sentence, player=one.player, what=say(lang, WHATS[one.what])),
            say(
                lang, "Say who decides in the leader's absence, and practise the decision against the clock."
            ),
            one.player,
            due,
        )


def _of_times(record: DrillRecord, lang: str, due: str) -> Iterator[Gap]:
    for rung in ladder(record, lang):
        if rung.verdict not in (LATE, MISSED) or rung.name in _told_names(lang):
            continue
        took = "–" if rung.at_s is None else minutes(rung.at_s - record.course.alarm_s)
        limit = minutes((rung.due_s or 0.0) - record.course.alarm_s)
        yield Gap(
            say(
                lang,
                "{name}: {took} after the alarm, limit {limit} ({source}).",
                name=rung.name,
                took=took,
                limit=limit,
                source=rung.source,
            ),
            say(lang, "Look at where units stand by for this site, and who is sent first."),
            say(lang, "county bureau"),
            due,
        )


def _told_names(lang: str) -> list[str]:
    return [say(lang, name) for name, what in LADDER if isinstance(what, Tier)]


def _of_tasks(record: DrillRecord, lang: str, due: str) -> Iterator[Gap]:
    late = [run for run in record.course.tasks if not run.within and run.due_s <= record.ended_s]
    if not late:
        return
    names = say(lang, ", ").join(task_called(record.county, run.plan, run.task, lang) for run in late[:6])
    yield Gap(
        say(
            lang,
            "{n} of {all} tasks of the plan were not done in time, among them: {names}.",
            n=len(late),
            all=len(record.course.tasks),
            names=names,
        ),
        say(lang, "Go through the plan's limits with the tasks' owners: change the limit, or what it takes."),
        say(lang, "the plan's owner"),
        due,
    )


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
