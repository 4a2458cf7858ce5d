"""The chapters of an after-action report: each a few sentences, a table, perhaps a picture."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.reporting import Finding, Verdict
from results.aar_figure import ladder_picture
from results.aar_gaps import gaps, strengths
from results.aar_judged import (
    MARKS,
    VERDICTS,
    WHATS,
    answered,
    by_rules_told,
    decision_told,
    expectations,
    findings,
    ladder,
)
from results.aar_record import DrillRecord, Question
from results.chain.words import margin_told, report_called, rule_cited, tier_called, verdict_called
from results.style import Plate
from results.tables import Cell, Table
from results.wording import NOTHING, clock, minutes, say

STANDS = {
    "published": "given out",
    "due": "not reached",
    "skipped": "skipped",
    "off": "switched off",
    "not_needed": "not needed",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its title, sentences, a list, a picture, a table, more sentences; whatever is there."""

    title: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None
    after: tuple[str, ...] = ()
    picture: Plate | None = None


def at(record: DrillRecord, at_s: float | None) -> str:
    """Write the time of day of a moment."""
    return NOTHING if at_s is None else clock(record.start, at_s)[-8:]


def ladder_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Set the times of the accident out, as a picture and a table."""
    alarm_s, rungs = record.course.alarm_s, ladder(record, lang)
    rows = [
        (
            Cell(rung.name),
            Cell(at(record, rung.at_s), "" if rung.at_s is not None else "poor"),
            Cell(minutes(None if rung.at_s is None else rung.at_s - alarm_s), MARKS.get(rung.verdict, "")),
            Cell(minutes(None if rung.due_s is None else rung.due_s - alarm_s)),
            Cell(_margin(rung.at_s, rung.due_s, lang), MARKS.get(rung.verdict, "")),
            Cell(minutes(None if rung.by_rules_s is None else rung.by_rules_s - alarm_s)),
            Cell(rung.source),
        )
        for rung in rungs
    ]
    headings = (
        "Moment",
        "Clock",
        "After the alarm",
        "Limit",
        "Against the limit",
        "By the rules alone",
        "Source of the limit",
    )
    return Chapter(
        say(lang, "Ladder of times"),
        (
            say(
                lang,
                "The alarm was raised at {clock}. Times are hours:minutes:seconds or minutes:seconds.",
                clock=at(record, alarm_s),
            ),
        ),
        table=Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 6)),
        picture=Plate(ladder_picture(rungs, alarm_s, lang)),
        after=(
            say(
                lang,
                "By the rules alone: the same night, accident and injects, with the county's dispatch "
                "policy, reporting rules and plans deciding in place of the players.",
            ),
        ),
    )


def _margin(at_s: float | None, due_s: float | None, lang: str) -> str:
    if due_s is None:
        return NOTHING
    return say(lang, "did not come") if at_s is None else margin_told(due_s - at_s, lang)


def expected_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Say which expected actions were met, late or missed."""
    rows = [
        (
            Cell(one.inject.number),
            Cell(at(record, one.inject.published_s)),
            Cell(one.inject.to or say(lang, "all")),
            Cell(one.inject.expected),
            Cell(NOTHING if one.inject.limit_s is None else minutes(one.inject.limit_s)),
            Cell(NOTHING if one.done_s is None else minutes(one.done_s - (one.inject.published_s or 0.0))),
            Cell(say(lang, VERDICTS[one.verdict]), MARKS.get(one.verdict, "")),
        )
        for one in expectations(record)
    ]
    headings = ("No.", "Given out", "To", "Expected action", "Limit", "Took", "Verdict")
    if not rows:
        return Chapter(say(lang, "Expected actions"), (say(lang, "No inject named an expected action."),))
    table = Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 2, 3, 6))
    return Chapter(say(lang, "Expected actions"), table=table)


def reports_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Judge the reports that the law asks for."""
    poor = (Verdict.OMITTED, Verdict.FALSE, Verdict.CONCEALED)
    rows = [
        (
            Cell(f"{tier_called(it.rule.sender, lang)} → {tier_called(it.rule.receiver, lang)}"),
            Cell(report_called(it.rule.report, lang)),
            Cell(at(record, it.due_s)),
            Cell(at(record, it.came_s) + _skipped(record, it, lang)),
            Cell(
                verdict_called(it.verdict, lang),
                "good"
                if it.verdict is Verdict.ON_TIME
                else "poor"
                if it.verdict in poor
                else "unsure"
                if it.verdict is Verdict.LATE
                else "",
            ),
            Cell(rule_cited(it.rule, lang)),
        )
        for it in findings(record)
    ]
    title = say(lang, "Reports, by the law's limits")
    if not rows:
        return Chapter(title, (say(lang, "No report fell due."),))
    headings = ("Who to whom", "Report", "Due by", "Came", "Verdict", "Rule")
    return Chapter(
        title, table=Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 1, 4, 5))
    )


def _skipped(record: DrillRecord, finding: Finding, lang: str) -> str:
    """Mark a report that counts because a level above its receiver was told first."""
    told_s = record.told_s(record.reports, int(finding.rule.receiver))
    if finding.came_s is None or (told_s is not None and told_s <= finding.came_s + 1.0):
        return ""
    return say(lang, " (level skipped)")


def decisions_chapter(record: DrillRecord, lang: str) -> Chapter:
    """List what people decided, and what the rules did about the same."""
    rows = []
    for one in record.decisions:
        asked = answered(record, one)
        took = None if asked is None else one.at_s - asked.since_s
        late = asked is not None and asked.due_s is not None and one.at_s > asked.due_s
        rows.append(
            (
                Cell(at(record, one.at_s)),
                Cell(one.who),
                Cell(decision_told(one.what, lang)),
                Cell(minutes(took), "poor" if late else ""),
                Cell(by_rules_told(record, one, lang)),
            )
        )
    lapsed = tuple(_lapsed(record, one, lang) for one in record.questions if one.ended == "rules")
    headings = ("Clock", "Decided by", "Decision", "After it was asked", "By the rules alone")
    table = Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 1, 2, 4)) if rows else None
    none = () if rows else (say(lang, "The players took no decision."),)
    return Chapter(
        say(lang, "Decisions, and what the rules would have done"), none, table=table, after=lapsed
    )


def _lapsed(record: DrillRecord, one: Question, lang: str) -> str:
    partly = any(decision.point == one.number for decision in record.decisions)
    sentence = (
        "{clock}: {player} had {what} to decide; what was left at {due} fell to the rules."
        if partly
        else "{clock}: {player} had {what} to decide; nobody decided by {due}, and it fell to the rules."
    )
    return say(
        lang,
        sentence,
        clock=at(record, one.since_s),
        player=one.player,
        what=say(lang, WHATS[one.what]),
        due=at(record, one.ended_s),
    )


def strengths_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Say what went well."""
    points = tuple(strengths(record, lang))
    none = () if points else (say(lang, "The record shows none; the evaluators should say what they saw."),)
    return Chapter(say(lang, "Strengths"), none, points)


def gaps_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Say what did not go as it should."""
    points = tuple(gap.text for gap in gaps(record, lang))
    none = () if points else (say(lang, "The record shows none."),)
    seen = tuple(f"{one.who}: {one.text}" for one in record.remarks if one.kind == "observation")
    return Chapter(say(lang, "Gaps"), none, points, after=seen)


def actions_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Propose what is to be done, by whom and by when."""
    actions: dict[tuple[str, str, str], list[int]] = {}
    for number, gap in enumerate(gaps(record, lang), 1):
        actions.setdefault((gap.action, gap.owner, gap.due), []).append(number)
    rows = [
        (
            Cell(str(at)),
            Cell(action),
            Cell(say(lang, ", ").join(str(number) for number in of)),
            Cell(owner or say(lang, "to be named")),
            Cell(due),
        )
        for at, ((action, owner, due), of) in enumerate(actions.items(), 1)
    ]
    title = say(lang, "Corrective actions")
    if not rows:
        return Chapter(title, (say(lang, "None."),))
    headings = ("No.", "What is to be done", "For gaps", "Responsible", "By when")
    note = say(lang, "Owners and dates are proposed (30 days); the bureau confirms or changes them.")
    return Chapter(
        title,
        table=Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 1, 2, 3)),
        after=(note,),
    )


def injects_chapter(record: DrillRecord, lang: str) -> Chapter:
    """List the injects, and when the drill was paused."""
    rows = [
        (
            Cell(one.number),
            Cell(at(record, one.published_s)),
            Cell(one.to or say(lang, "all")),
            Cell(
                f"{one.subject}: {one.message}"
                if one.subject and lang == "en"
                else f"{one.subject} {one.message}".strip()
            ),
            Cell(say(lang, STANDS[one.stands])),
        )
        for one in record.injects
    ]
    headings = ("No.", "Given out", "To", "What it said", "How it stands")
    halts = tuple(
        say(lang, "Paused at {clock}: {reason}", clock=at(record, at_s), reason=reason or NOTHING)
        for _, _, at_s, reason in record.halts
    )
    table = Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 2, 3, 4)) if rows else None
    return Chapter(say(lang, "Injects and pauses"), table=table, after=halts)


def basis_chapter(record: DrillRecord, lang: str) -> Chapter:
    """Say what the report rests on."""
    sentences = (
        say(
            lang,
            "Scenario {scenario}, seed {seed}. The same scenario, seed, injects and decisions give the same "
            "drill again, event by event.",
            scenario=record.scenario,
            seed=record.seed,
        ),
        say(
            lang,
            "Every time and verdict is read from the drill's event log; limits stand in the county's rule "
            "files and plans with their sources.",
        ),
        say(lang, "Whether a late or missing report was negligence or intent is for people to judge."),
        say(lang, "Record: {digest}", digest=record.digest),
    )
    return Chapter(say(lang, "What this rests on"), sentences)
