"""What people in a drill see as it goes on: events in words, injects, decisions; each stamped as exercise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from api.drill_journal import Entry
from api.drill_model import InjectRow, addressees
from api.drill_stage import Stage
from results.aar_judged import decision_told
from results.chain.histories import Reports
from results.narrative import SENTENCES
from results.story import Story
from results.wording import clock, start_of, told_in
from sim.drill import Live
from sim.events import Kind
from sim.language import LANGUAGES, tongue
from sim.record import incidents_frame, log_frame

say = tongue("api")
STAMP = {"zh": "【演练】", "en": "EXERCISE – "}
"""What stands before all that a person reads in a drill."""
SECRET = frozenset(
    kind.name
    for kind in (
        Kind.HIDDEN,
        Kind.FORGOTTEN,
        Kind.HARM_KNOWN,
        Kind.CLASS_ROSE,
        Kind.ESCALATED,
        Kind.ITEM_FAILED,
        Kind.ITEM_DEGRADED,
        Kind.ITEM_FOUND,
        Kind.CONSUMED,
    )
)
"""Events that nobody at a desk can see: only the director and the evaluators are told."""
OF_DIRECTION = frozenset({"publish", "skip", "delay", "enable", "judge", "note", "inject"})
"""What is done behind the scenes."""
ALL = ("", "all", "全体", "所有")
LEADING = ("director", "evaluator")


class Stream:
    """Everything that has happened in a drill, in order and numbered; the same numbers after a crash."""

    def __init__(self, stage: Stage, live: Live) -> None:
        self.stage, self.live = stage, live
        self.items: list[dict[str, Any]] = []
        self.rows = self.base = live.run.log.count
        self.told = len(live.script.order)
        self.start = start_of(stage.county)
        self.incidents = {
            row["incident"]: row for row in incidents_frame(stage.county, stage.fate).to_dicts()
        }

    def gather(self, rows: Sequence[InjectRow]) -> None:
        """Take in what the log and the injects have brought since."""
        script = self.live.script
        fresh = [(script.published_s[n] or 0.0, n) for n in script.order[self.told :]]
        self.told = len(script.order)
        events = self._events()
        for event in events:
            while fresh and fresh[0][0] < event["time_s"]:
                self._inject(rows[fresh.pop(0)[1]])
            self._add(event)
        for _, number in fresh:
            self._inject(rows[number])

    def _events(self) -> list[dict[str, Any]]:
        log = self.live.run.log
        if log.count == self.rows:
            return []
        frame = log_frame(self.stage.county, log, self.base)
        self.incidents = {row["incident"]: row for row in _incidents(self.stage, self.live)}
        stories = [self._story(frame, lang) for lang in LANGUAGES]
        found = [
            self._event(stories, row) for row in frame.slice(self.rows - self.base).iter_rows(named=True)
        ]
        self.rows = log.count
        return found

    def _story(self, frame: pl.DataFrame, lang: str) -> Story:
        reported = {row: self.live.run.fate.time_s[row] for row in self.incidents}
        reports = Reports(self.stage.county, frame, self.live.now) if self.stage.county.chain else None
        return Story(self.stage.county, lang, self.incidents, reported, reports=reports)

    def _event(self, stories: Sequence[Story], row: Mapping[str, Any]) -> dict[str, Any]:
        text = {story.lang: SENTENCES[Kind[row["kind"]]](story, row) for story in stories}
        secret = row["kind"] in SECRET
        unit = self.stage.county.units[row["unit"]].code if row["unit"] >= 0 else None
        return {
            "time_s": row["time_s"],
            "type": "event",
            "kind": row["kind"],
            "number": row["number"],
            "incident": row["incident"] if row["incident"] >= 0 else None,
            "unit": unit,
            "text": text,
            "for": list(LEADING) if secret else [],
        }

    def _inject(self, row: InjectRow) -> None:
        time_s = self.live.script.published_s[self._position(row)] or self.live.now
        shown = {
            name: getattr(row, name) for name in ("number", "sender", "to", "method", "subject", "message")
        }
        words = [part for part in (row.subject, row.message) if part]
        text = {
            lang: colon.join(told_in(part, lang) for part in words)
            for lang, colon in (("zh", "："), ("en", ": "))
        }
        self._add(
            {
                "time_s": time_s,
                "type": "inject",
                "inject": shown,
                "text": text,
                "to": row.to,
                "for": [],
            }
        )

    def _position(self, row: InjectRow) -> int:
        return next(n for n, card in enumerate(self.live.script.cards) if card.number == row.number)

    def said(self, rows: Sequence[InjectRow], entry: Entry) -> None:  # noqa: ARG002 - one shape for all
        """Take in something that somebody did; the clock's own movement is seen by what it brings."""
        act = entry["act"]
        if act["act"] in ("tick", "step", "step_event", "next_inject", "run_until"):
            return
        hidden = act["act"] in OF_DIRECTION
        self._add(
            {
                "time_s": self.live.now,
                "type": "decision" if act["act"] == "decide" else "act",
                "act": act if not hidden else {"act": act["act"]},
                "who": entry["who"],
                "role": entry["role"],
                "text": {lang: self._told(entry, lang) for lang in LANGUAGES},
                "for": list(LEADING) if hidden else [],
            }
        )

    def _told(self, entry: Entry, lang: str) -> str:
        act = entry["act"]
        if act["act"] == "decide":
            words = decision_told(act["decision"], lang)
        else:
            words = say(
                lang, ACTS[act["act"]], number=act.get("number") or "", text=told_in(_text_of(act), lang)
            )
        return say(lang, "{who}: {words}", who=entry["who"] or "–", words=words)

    def _add(self, item: dict[str, Any]) -> None:
        stamped = {lang: STAMP[lang] + words for lang, words in item["text"].items()}
        self.items.append(
            {
                "seq": len(self.items) + 1,
                "clock": clock(self.start, item["time_s"]),
                "status": "Exercise",
                **item,
                "text": stamped,
            }
        )

    def after(self, seq: int, role: str, who: str) -> list[dict[str, Any]]:
        """List what somebody may see and has not seen yet."""
        return [
            {key: value for key, value in item.items() if key != "for"}
            for item in self.items[seq:]
            if may_see(item, role, who)
        ]


def _incidents(stage: Stage, live: Live) -> list[dict[str, Any]]:
    """List the incidents of a run, with those that were put in since it began."""
    return incidents_frame(stage.county, live.run.fate).to_dicts()


def _text_of(act: Mapping[str, Any]) -> str:
    inject = act.get("inject") or {}
    return str(act.get("text") or act.get("reason") or inject.get("message") or act.get("verdict") or "")


ACTS: Mapping[str, str] = {
    "ready": "the drill is ready",
    "start": "the drill begins",
    "pause": "the drill is paused: {text}",
    "resume": "the drill goes on",
    "end": "the drill is over",
    "check_in": "is present",
    "speed": "the drill's clock runs at another speed",
    "inject": "puts in an inject: {text}",
    "publish": "gives inject {number} out now",
    "skip": "leaves inject {number} out",
    "delay": "lets inject {number} come later",
    "enable": "switches inject {number} on or off",
    "note": "notes: {text}",
    "judge": "judges inject {number}: {text}",
}
"""What people do in a drill, in words."""


def may_see(item: Mapping[str, Any], role: str, who: str) -> bool:
    """Tell whether a person in a role sees something of a drill."""
    if role in LEADING:
        return True
    if item["for"] and role not in item["for"]:
        return False
    if item["type"] == "inject" and role == "player":
        return item["to"].strip() in ALL or who in addressees(item["to"])
    return True
