"""The reports of each accident, put together again from the log, so that rules can judge them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any

import polars as pl

from dispatch.judging import judge
from dispatch.reporting import Finding, History, Knowledge, Report, RuleSet, Sending, Tier
from sim.chain import message_and_tier, plan_and_level
from sim.county import County
from sim.events import Kind

SHORT_WINDOW = frozenset({"road", "traffic", "vehicle", "fire"})
"""Words in the code of a kind that make it road traffic or fire: changes count for 7 days, not 30."""
KINDS = (
    Kind.REPORTED,
    Kind.HARM_KNOWN,
    Kind.CLASS_ROSE,
    Kind.CLOSED,
    Kind.REPORT_SENT,
    Kind.REPORT_RECEIVED,
    Kind.REPORT_STUCK,
    Kind.HIDDEN,
    Kind.FOUND_OUT,
    Kind.RESPONSE_OPENED,
    Kind.RESPONSE_CHANGED,
    Kind.RESPONSE_ENDED,
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A report as it was sent: who to whom, what it said, by which rule, and the number of its line."""

    number: int
    incident: int
    report: Report
    sender: Tier
    receiver: Tier
    written: bool
    knowledge: Knowledge
    false: bool
    short: bool
    rule: object
    sent_s: float
    line: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why a message did not get through at first: reason, channel, post, and the line that says so."""

    message: int
    time_s: float
    why: str
    channel: str
    post: str
    line: int


@dataclass(frozen=True, slots=True)
class Belief:
    """What a level believed of an accident from a moment on, who told it, and the line that shows it."""

    time_s: float
    tier: Tier
    teller: Tier
    knowledge: Knowledge
    line: int


@dataclass(slots=True)
class Gathered:
    """What the log holds of one accident, row by row; `kind` is the kind of incident.

    `levels` are the response levels in force from each moment on (seconds, plan, level; level 0: ended).
    """

    incident: int
    kind: int
    occurred_s: float
    classes: list[tuple[float, int]] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    hidden: set[Tier] = field(default_factory=set)
    harm: list[tuple[float, tuple[float, ...]]] = field(default_factory=list)
    levels: list[tuple[float, int, int]] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    over_s: float = inf


class Reports:
    """All reports of a replication: messages by number, histories and findings by accident.

    Parameters
    ----------
    county
        The county; its rules judge unless others are given.
    events
        The log of a replication.
    end_s
        When the record ends; None: with its last event.
    """

    def __init__(self, county: County, events: pl.DataFrame, end_s: float | None = None) -> None:
        self.county = county
        last = events["time_s"].max() if len(events) else 0.0
        self.end_s = end_s if end_s is not None else float(str(last))
        self.messages: dict[int, Message] = {}
        self.gathered: dict[int, Gathered] = {}
        arrived: set[int] = set()
        names = [kind.name for kind in KINDS]
        for row in events.filter(pl.col("kind").is_in(names)).iter_rows(named=True):
            self._take(row, arrived)
        for message in self.messages.values():
            if message.number not in arrived:
                self.gathered[message.incident].sendings.append(sending_of(message))
        self._findings: dict[int, list[Finding]] = {}

    def _take(self, row: Row, arrived: set[int]) -> None:
        """Take in one event."""
        kind, incident = Kind[row["kind"]], row["incident"]
        if kind is Kind.REPORTED:
            self.gathered[incident] = Gathered(incident, row["subject"], row["time_s"])
        one = self.gathered.get(incident)
        if one is None:
            return
        if kind is Kind.REPORT_SENT:
            self.messages[row["subject"]] = message_of(row)
        elif kind is Kind.REPORT_RECEIVED:
            number, tier = message_and_tier(row["subject"])
            arrived.add(number)
            if number in self.messages:
                one.sendings.append(sending_of(self.messages[number], row, Tier(tier)))
        elif kind is Kind.REPORT_STUCK:
            why, channel, post = map(str, (*json.loads(row["text"] or "[]"), "", "", "")[:3])
            one.stuck.append(Stuck(row["subject"], row["time_s"], why, channel, post, row["number"]))
        else:
            _note(one, kind, row)

    @cached_property
    def accidents(self) -> tuple[int, ...]:
        """The accidents, for those alone reports are owed, in order."""
        kinds = self.county.kinds
        return tuple(n for n, it in sorted(self.gathered.items()) if kinds[it.kind].category == "accident")

    def history(self, incident: int) -> History:
        """Give all that matters for judging the reports of one accident."""
        one = self.gathered[incident]
        return History(
            occurred_s=one.occurred_s,
            classes=tuple(one.classes),
            sendings=tuple(sorted(one.sendings, key=lambda it: (it.sent_s, it.line))),
            hidden=frozenset(one.hidden),
            end_s=self.end_s,
            over_s=one.over_s,
            changes=tuple(_changes(one.harm)),
            short_window=not SHORT_WINDOW.isdisjoint(self.county.kinds[one.kind].code.split("_")),
        )

    def findings(self, incident: int, rules: RuleSet | None = None) -> list[Finding]:
        """Judge the reports of an accident by the run's own rules or by others."""
        if rules is not None:
            return judge(self.history(incident), rules)
        if incident not in self._findings:
            chain = self.county.chain
            own = [] if chain is None else judge(self.history(incident), chain.rules)
            self._findings[incident] = own
        return self._findings[incident]

    def beliefs(self, incident: int) -> list[Belief]:
        """List what each level believed of an accident, whenever it changed, in order of time.

        Of what it was told a level believes the graver, count by count.
        """
        found: list[Belief] = []
        held: dict[Tier, Knowledge] = {}
        for it in sorted(self.history(incident).sendings, key=lambda it: it.received_s or inf):
            if it.received_s is None or it.sender is it.receiver:
                continue
            before = held.get(it.receiver)
            now = it.knowledge if before is None else _graver(before, it.knowledge)
            if now != before:
                held[it.receiver] = now
                found.append(Belief(it.received_s, it.receiver, it.sender, now, it.line))
        return found

    @cached_property
    def met(self) -> dict[int, Finding]:
        """The duty that a line met or failed, by the line's number; of several the one due first."""
        found: dict[int, Finding] = {}
        for incident in self.accidents:
            for finding in self.findings(incident):
                line = finding.lines[-1] if finding.lines else -1
                if finding.due_s is None or finding.came_s is None:
                    continue
                if line not in found or finding.due_s < (found[line].due_s or inf):
                    found[line] = finding
        return found

    def opened_s(self, incident: int, level: int, before_s: float = inf) -> float | None:
        """Tell when a response level, or a graver one, was opened for an accident; None: it was not."""
        levels = self.gathered[incident].levels if incident in self.gathered else []
        moments = [since for since, _, at in levels if 0 < at <= level and since <= before_s]
        return min(moments, default=None)


def message_of(row: Row) -> Message:
    """Read a REPORT_SENT event."""
    words = json.loads(row["text"])
    report, sender, receiver, written, deaths, injuries, loss, reached, false, short, *rest = words
    return Message(
        number=row["subject"],
        incident=row["incident"],
        report=Report(report),
        sender=Tier(sender),
        receiver=Tier(receiver),
        written=bool(written),
        knowledge=Knowledge(deaths, injuries, 0, loss, reached),
        false=bool(false),
        short=bool(short),
        rule=rest[0] if rest else None,
        sent_s=row["time_s"],
        line=row["number"],
    )


def sending_of(message: Message, arrival: Row | None = None, tier: Tier | None = None) -> Sending:
    """Give a message as the rules judge it; `arrival` is the event by which it reached a tier."""
    return Sending(
        sender=message.sender,
        receiver=message.receiver if tier is None else tier,
        report=message.report,
        sent_s=message.sent_s,
        received_s=None if arrival is None else arrival["time_s"],
        knowledge=message.knowledge,
        written=message.written,
        false=message.false,
        short=message.short,
        line=message.line if arrival is None else arrival["number"],
    )


def _note(one: Gathered, kind: Kind, row: Row) -> None:
    """Take in what else an event says of an accident."""
    time_s = row["time_s"]
    if kind is Kind.CLASS_ROSE:
        one.classes.append((time_s, row["subject"]))
    elif kind is Kind.HARM_KNOWN:
        one.harm.append((time_s, tuple(json.loads(row["text"] or "[0, 0, 0]"))))
    elif kind is Kind.HIDDEN:
        one.hidden.add(Tier(row["subject"]))
    elif kind is Kind.FOUND_OUT:
        learnt = Tier(row["subject"])
        one.sendings.append(Sending(learnt, learnt, Report.QUESTION, time_s, time_s, line=row["number"]))
    elif kind is Kind.CLOSED:
        one.over_s = time_s
    else:
        plan, level = plan_and_level(row["subject"])
        one.levels.append((time_s, plan, 0 if kind is Kind.RESPONSE_ENDED else level))


def _changes(harm: Iterable[tuple[float, tuple[float, ...]]]) -> Iterable[float]:
    """Go through the moments when the number of casualties changed after it was first known."""
    last: tuple[float, ...] | None = None
    for time_s, totals in harm:
        casualties = totals[:2]
        if last is not None and casualties != last:
            yield time_s
        last = casualties


def _graver(one: Knowledge, other: Knowledge) -> Knowledge:
    """Take the graver of two beliefs, count by count."""
    return Knowledge(
        max(one.deaths, other.deaths),
        max(one.injuries, other.injuries),
        max(one.missing, other.missing),
        max(one.loss_cny, other.loss_cny),
        max(one.accident_class, other.accident_class),
    )
