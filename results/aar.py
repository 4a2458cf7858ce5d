"""The after-action report of a drill (演练评估报告): what happened against its limits, and what to mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dispatch.reporting import Finding, Verdict
from results.aar_figure import ladder_picture
from results.aar_judged import (
    LATE,
    MARKS,
    MET,
    MISSED,
    VERDICTS,
    WHATS,
    answered,
    by_rules_told,
    decision_told,
    expectations,
    findings,
    gaps,
    harm_told,
    ladder,
    strengths,
)
from results.aar_record import DrillRecord, Question
from results.chain.words import margin_told, report_called, rule_cited, tier_called, verdict_called
from results.style import Plate, write_whole
from results.tables import Cell, Table
from results.wording import NOTHING, called, clock, minutes, say, spoken

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


@dataclass(frozen=True, slots=True)
class Review:
    """The report as it is to be laid out: title, facts, what matters most, chapters."""

    lang: str
    stamp: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    headline: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    signatures: tuple[str, ...] = field(default=())


def review(record: DrillRecord, lang: str) -> Review:
    """Review a drill in a language.

    Parameters
    ----------
    record
        What is left of the drill.
    lang
        ``"en"`` or ``"zh"``.
    """
    chapters = (
        _ladder(record, lang),
        _expected(record, lang),
        _reports(record, lang),
        _decisions(record, lang),
        _strengths(record, lang),
        _gaps(record, lang),
        _actions(record, lang),
        _injects(record, lang),
        _basis(record, lang),
    )
    return Review(
        lang=lang,
        stamp=say(lang, "EXERCISE"),
        title=record.name,
        subtitle=say(lang, "After-action report"),
        facts=_facts(record, lang),
        headline=headline(record, lang),
        chapters=chapters,
        signatures=tuple(
            say(lang, who) for who in ("Director", "Evaluator", "Head of the bureau", "Date signed")
        ),
    )


def write_review(record: DrillRecord, lang: str, path: Path) -> Path:
    """Write the report as HTML or docx, as the file's name ends."""
    from results.aar_files import docx_bytes, html_text

    laid_out = review(record, lang)
    whole = docx_bytes(laid_out) if path.suffix == ".docx" else html_text(laid_out).encode()
    write_whole(path, whole)
    return path


def _at(record: DrillRecord, at_s: float | None) -> str:
    return NOTHING if at_s is None else clock(record.start, at_s)[-8:]


def _facts(record: DrillRecord, lang: str) -> tuple[tuple[str, str], ...]:
    county, incident = record.county, record.incident
    kind = next(kind for kind in county.kinds if kind.code == incident["kind"])
    where = [one.names for one in county.sites if one.code == incident["site"]]
    where += [one.names for one in county.places if one.code == incident["place"]]
    place = called(where[0], lang) if where else NOTHING
    began, ended = clock(record.start, record.began_s), clock(record.start, record.ended_s)
    return (
        (say(lang, "County"), called(county.names, lang)),
        (
            say(lang, "Accident"),
            f"{called(kind.names, lang)}, {place}" if lang == "en" else f"{place}{called(kind.names, lang)}",
        ),
        (say(lang, "Drill's clock"), f"{began[:16]} – {ended[11:16]}"),
        (say(lang, "Took part"), say(lang, ", ").join(record.players) or NOTHING),
        (say(lang, "Harm in the exercise"), harm_told(record, lang)),
        *_branched(record, lang),
    )


def _branched(record: DrillRecord, lang: str) -> tuple[tuple[str, str], ...]:
    if not record.parent:
        return ()
    at = _at(record, record.branched_s)
    told = say(lang, "from {clock} on, of drill {number}", clock=at, number=record.parent)
    return ((say(lang, "Branch"), told),)


def headline(record: DrillRecord, lang: str) -> tuple[str, ...]:
    """Say in a few sentences what a leader should know."""
    judged = [one.verdict for one in expectations(record)]
    counted = {verdict: judged.count(verdict) for verdict in (MET, LATE, MISSED)}
    told = [
        say(lang, "Expected actions: {met} met in time, {late} late, {missed} missed.", **counted)
        if any(counted.values())
        else say(lang, "No expected action could be judged from the record.")
    ]
    arrived = record.course.since_alarm("arrived")
    by_rules = record.course_by_rules.since_alarm("arrived")
    if arrived is None:
        told.append(say(lang, "No unit reached the scene before the drill ended."))
    else:
        told.append(
            say(
                lang,
                "First unit on scene {took} after the alarm; by the rules alone: {other}.",
                took=spoken(lang, arrived),
                other=NOTHING if by_rules is None else spoken(lang, by_rules),
            )
        )
    due = [it for it in findings(record) if it.verdict is not Verdict.OPEN]
    good = sum(it.verdict is Verdict.ON_TIME for it in due)
    if due:
        told.append(say(lang, "Reports due by law: {good} of {all} on time.", good=good, all=len(due)))
    worst = gaps(record, lang)
    if worst:
        told.append(say(lang, "To mend first: {gap}", gap=worst[0].text))
    return tuple(told)


def _ladder(record: DrillRecord, lang: str) -> Chapter:
    alarm_s, rungs = record.course.alarm_s, ladder(record, lang)
    rows = [
        (
            Cell(rung.name),
            Cell(_at(record, rung.at_s), "" if rung.at_s is not None else "poor"),
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
                clock=_at(record, alarm_s),
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


def _expected(record: DrillRecord, lang: str) -> Chapter:
    rows = [
        (
            Cell(one.inject.number),
            Cell(_at(record, one.inject.published_s)),
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


def _reports(record: DrillRecord, lang: str) -> Chapter:
    poor = (Verdict.OMITTED, Verdict.FALSE, Verdict.CONCEALED)
    rows = [
        (
            Cell(f"{tier_called(it.rule.sender, lang)} → {tier_called(it.rule.receiver, lang)}"),
            Cell(report_called(it.rule.report, lang)),
            Cell(_at(record, it.due_s)),
            Cell(_at(record, it.came_s) + _skipped(record, it, lang)),
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


def _decisions(record: DrillRecord, lang: str) -> Chapter:
    rows = []
    for one in record.decisions:
        asked = answered(record, one)
        took = None if asked is None else one.at_s - asked.since_s
        late = asked is not None and asked.due_s is not None and one.at_s > asked.due_s
        rows.append(
            (
                Cell(_at(record, one.at_s)),
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
        clock=_at(record, one.since_s),
        player=one.player,
        what=say(lang, WHATS[one.what]),
        due=_at(record, one.ended_s),
    )


def _strengths(record: DrillRecord, lang: str) -> Chapter:
    points = tuple(strengths(record, lang))
    none = () if points else (say(lang, "The record shows none; the evaluators should say what they saw."),)
    return Chapter(say(lang, "Strengths"), none, points)


def _gaps(record: DrillRecord, lang: str) -> Chapter:
    points = tuple(gap.text for gap in gaps(record, lang))
    none = () if points else (say(lang, "The record shows none."),)
    seen = tuple(f"{one.who}: {one.text}" for one in record.remarks if one.kind == "observation")
    return Chapter(say(lang, "Gaps"), none, points, after=seen)


def _actions(record: DrillRecord, lang: str) -> Chapter:
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
        table=Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 1, 2, 3, 4)),
        after=(note,),
    )


def _injects(record: DrillRecord, lang: str) -> Chapter:
    rows = [
        (
            Cell(one.number),
            Cell(_at(record, one.published_s)),
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
        say(lang, "Paused at {clock}: {reason}", clock=_at(record, at_s), reason=reason or NOTHING)
        for _, _, at_s, reason in record.halts
    )
    table = Table(tuple(say(lang, it) for it in headings), tuple(rows), words=(0, 2, 3, 4)) if rows else None
    return Chapter(say(lang, "Injects and pauses"), table=table, after=halts)


def _basis(record: DrillRecord, lang: str) -> Chapter:
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
