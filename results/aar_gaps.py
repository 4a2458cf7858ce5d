"""What went well in a drill and what did not: with its evidence, who mends it, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from dispatch.reporting import Tier, Verdict
from results.aar_judged import (
    LADDER,
    LATE,
    MET,
    MISSED,
    VERDICTS,
    WHATS,
    Rung,
    expectations,
    findings,
    ladder,
)
from results.aar_record import DrillRecord
from results.chain.words import post_called, report_called, task_called, tier_called, verdict_called
from results.wording import in_language, minutes, say, spoken
from sim.chain import desk_of

MEND_DAYS = 30
"""Days proposed for mending a gap where nobody has set a date."""


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
