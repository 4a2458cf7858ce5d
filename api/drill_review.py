"""A drill looked back on: the same night by the rules alone, the after-action report, alerts to hand on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.drill_model import addressees
from api.drill_play import ENDED, Play
from api.drill_stage import MINUTE_S
from api.trouble import Trouble
from results.aar import write_review
from results.aar_judged import ladder
from results.aar_record import Decision, DrillRecord, Inject, Question, Remark
from results.cap import Alert, cap_xml
from results.wording import called, start_of, told_in
from sim.drill import PUBLISHED, Live
from sim.language import tongue
from sim.record import incidents_frame, log_frame

say = tongue("api")


def by_rules(play: Play) -> Live:
    """Play the same night again with nobody deciding but the rules; injects come when they came."""
    live = play.stage.live(players=False)
    script = play.live.script
    for row in play.rows[len(live.script.cards) :]:
        live.add(play.stage.card(row.model_copy(update={"enabled": False})))
    for number, stands in enumerate(script.stands):
        live.script.stands[number] = "off" if stands != PUBLISHED else stands
        live.script.planned_s[number] = None
    for number in script.order:
        moment_s = script.published_s[number] or 0.0
        if moment_s > play.stage.began_s or live.script.published_s[number] is None:
            live.run_until(max(live.now, moment_s))
            live.script.stands[number] = "due"
            live.publish(number)
    live.run_until(play.live.now)
    return live


def record_of(play: Play, digest: str, lang: str) -> DrillRecord:
    """Gather what a review needs.

    Raises
    ------
    Trouble
        The drill was about no accident, or it has not happened yet.
    """
    stage, live, titles = play.stage, play.live, _titles(play, lang)
    accident = stage.accident
    if accident < 0 or live.now < stage.fate.time_s[accident]:
        raise Trouble("There is nothing to review yet: the drill's accident has not happened.")
    return DrillRecord(
        county=stage.county,
        events=log_frame(stage.county, live.run.log),
        by_rules=log_frame(stage.county, by_rules(play).run.log),
        incidents=incidents_frame(stage.county, stage.fate),
        accident=accident,
        began_s=stage.began_s,
        ended_s=live.now,
        name=stage.spec.name.called(lang) or stage.county.code,
        scenario=stage.county.code,
        seed=stage.spec.seed,
        players=tuple(titles.values()),
        injects=tuple(_inject(play, number, titles, lang) for number in range(len(play.rows))),
        decisions=tuple(
            Decision(one.at_s, titles.get(one.who, one.who), one.decision, one.point) for one in play.taken
        ),
        questions=_questions(play, titles),
        remarks=tuple(
            Remark(
                one["kind"],
                told_in(one["text"], lang),
                titles.get(one["who"], one["who"]),
                _addressed(one["owner"], titles, lang),
                one["due"],
            )
            for one in play.notes
        ),
        halts=[(halt.since, halt.until, halt.at_s, told_in(halt.reason, lang)) for halt in play.halts],
        digest=digest,
        parent=play.parent,
        branched_s=play.branched_s,
    )


def _titles(play: Play, lang: str) -> dict[str, str]:
    """Give what each player is called in a language, by name."""
    players = play.stage.spec.players
    return {player.name: told_in(player.title or player.name, lang) for player in players}


def _addressed(names: str, titles: Mapping[str, str], lang: str) -> str:
    """Write whom something is for, or who is to mend it: players by their titles."""
    return say(lang, ", ").join(titles.get(name) or told_in(name, lang) for name in addressees(names))


def _inject(play: Play, number: int, titles: Mapping[str, str], lang: str) -> Inject:
    row, script = play.rows[number], play.live.script
    return Inject(
        number=row.number,
        to=_addressed(row.to, titles, lang),
        subject=told_in(row.subject, lang),
        message=told_in(row.message, lang),
        expected=told_in(row.expected, lang),
        expect=() if row.expect.split()[:1] in ([], ["hand"]) else tuple(row.expect.split()),
        limit_s=None if row.limit_min is None else row.limit_min * MINUTE_S,
        owner=_addressed(row.owner, titles, lang),
        stands=script.stands[number],
        published_s=script.published_s[number],
        verdict=play.verdicts.get(row.number, ""),
    )


def _questions(play: Play, titles: Mapping[str, str]) -> tuple[Question, ...]:
    """List the questions about the drill's own accident."""
    return tuple(
        Question(
            number=point.number,
            what=point.what,
            tier=point.tier,
            player=titles.get(point.player, point.player),
            since_s=point.since_s,
            due_s=point.due_s,
            ended=point.ended,
            ended_s=point.ended_s,
        )
        for point in play.live.players.points
        if point.incident == play.stage.accident
    )


def write(folder: Path, play: Play, lang: str, form: str) -> Path:
    """Write the after-action report into the drill's folder."""
    if form not in ("html", "docx"):
        raise Trouble("A report is written as html or docx, not as {form}.", form=form)
    record = (folder / "drill.jsonl").read_bytes()
    digest = f"sha256 {sha256(record).hexdigest()}"
    draft = "" if play.state == ENDED else "-so-far"
    return write_review(record_of(play, digest, lang), lang, folder / f"aar{draft}-{lang}.{form}")


def side_by_side(plays: Mapping[str, Play], lang: str) -> list[dict[str, Any]]:
    """Put the ladders of several drills beside one another."""
    rows: dict[str, dict[str, Any]] = {}
    for number, play in plays.items():
        record = record_of(play, "", lang)
        for rung in ladder(record, lang):
            row = rows.setdefault(rung.name, {"moment": rung.name})
            row[number] = None if rung.at_s is None else rung.at_s - record.course.alarm_s
    return [{**dict.fromkeys(plays), **row} for row in rows.values()]


def alert(number: str, play: Play, inject: str, lang: str) -> bytes:
    """Give an inject that is out as a CAP alert."""
    at = play.number(inject)
    row, stage = play.rows[at], play.stage
    published_s = play.live.script.published_s[at]
    if published_s is None:
        raise Trouble("Inject {number} is not out yet.", number=inject)
    there = stage.accident >= 0
    point = (stage.fate.lon[stage.accident], stage.fate.lat[stage.accident]) if there else None
    kind = called(stage.county.kinds[stage.fate.kind[stage.accident]].names, lang) if there else ""
    made = Alert(
        identifier=f"beiqin-{number}-{row.number}",
        sender=told_in(row.sender, lang) or stage.county.code,
        sent=start_of(stage.county) + timedelta(seconds=published_s),
        event=kind or told_in(row.subject, lang) or say(lang, "Drill"),
        headline=told_in(row.subject, lang) or told_in(row.message, lang)[:80],
        description=told_in(row.message, lang),
        lang=lang,
        addresses=addressees(row.to),
        area=called(stage.county.names, lang),
        point=point,
        radius_km=1.0,
    )
    return cap_xml(made)
