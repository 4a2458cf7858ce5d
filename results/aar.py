"""The after-action report of a drill (演练评估报告): what happened against its limits, and what to mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dispatch.reporting import Verdict
from results import aar_chapters as chapters
from results.aar_chapters import Chapter, at
from results.aar_gaps import gaps
from results.aar_judged import LATE, MET, MISSED, expectations, findings, harm_told
from results.aar_record import DrillRecord
from results.style import write_whole
from results.wording import NOTHING, called, clock, say, spoken


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
    found = (
        chapters.ladder_chapter(record, lang),
        chapters.expected_chapter(record, lang),
        chapters.reports_chapter(record, lang),
        chapters.decisions_chapter(record, lang),
        chapters.strengths_chapter(record, lang),
        chapters.gaps_chapter(record, lang),
        chapters.actions_chapter(record, lang),
        chapters.injects_chapter(record, lang),
        chapters.basis_chapter(record, lang),
    )
    return Review(
        lang=lang,
        stamp=say(lang, "EXERCISE"),
        title=record.name,
        subtitle=say(lang, "After-action report"),
        facts=_facts(record, lang),
        headline=headline(record, lang),
        chapters=found,
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
    told = say(
        lang, "from {clock} on, of drill {number}", clock=at(record, record.branched_s), number=record.parent
    )
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
