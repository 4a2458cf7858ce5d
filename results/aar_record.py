"""What is left of a drill when it is over: the log, what people did, and what the rules would have done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from results.chain.course import Course, course_of
from results.chain.histories import Reports
from results.wording import start_of
from sim.county import County
from sim.events import Kind


@dataclass(frozen=True, slots=True)
class Inject:
    """An inject as it went: what it said, what was expected, whether and when it was given out.

    `expect` is what in the log meets the expected action (words; none: a person judges, `verdict`).
    """

    number: str
    to: str
    subject: str
    message: str
    expected: str
    expect: tuple[str, ...]
    limit_s: float | None
    owner: str
    stands: str
    published_s: float | None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that somebody took: when, who, what (as data), in answer to which question."""

    at_s: float
    who: str
    what: Mapping[str, Any]
    point: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A moment at which somebody had to decide; `ended` is "taken", "rules", "moot" or "" (still open)."""

    number: int
    what: str
    tier: int
    player: str
    since_s: float
    due_s: float | None
    ended: str
    ended_s: float | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What an evaluator noted: a strength, a gap or an observation; for a gap who mends it by when."""

    kind: str
    text: str
    who: str
    owner: str = ""
    due: str = ""


@dataclass(frozen=True)
class DrillRecord:
    """A drill to be reviewed.

    `events` and `by_rules` are the logs of the drill and of the same night with the rules deciding
    everything; `began_s` and `ended_s` bound the drill. `accident` is the incident it was about. A branch
    names the drill it left, and when.
    """

    county: County
    events: pl.DataFrame
    by_rules: pl.DataFrame
    incidents: pl.DataFrame
    accident: int
    began_s: float
    ended_s: float
    name: str
    scenario: str
    seed: int
    players: tuple[str, ...]
    injects: tuple[Inject, ...]
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...]
    halts: Sequence[tuple[str, str | None, float, str]]
    digest: str
    parent: str = ""
    branched_s: float | None = None

    @property
    def start(self) -> datetime:
        """The moment of second 0."""
        return start_of(self.county)

    @cached_property
    def course(self) -> Course:
        """The course of the accident in the drill."""
        return self._course(self.events)

    @cached_property
    def course_by_rules(self) -> Course:
        """Its course with the rules deciding everything."""
        return self._course(self.by_rules)

    @cached_property
    def reports(self) -> Reports:
        """The reports of the drill."""
        return Reports(self.county, self.events, self.ended_s)

    @cached_property
    def reports_by_rules(self) -> Reports:
        """The reports with the rules deciding everything."""
        return Reports(self.county, self.by_rules, self.ended_s)

    @cached_property
    def incident(self) -> Mapping[str, Any]:
        """The accident's row in the table of incidents."""
        return self.incidents.row(self.accident, named=True)

    def _course(self, events: pl.DataFrame) -> Course:
        own = events.filter(pl.col("incident") == self.accident)
        return course_of(self.county, self.accident, own.iter_rows(named=True), self.ended_s)

    def first_s(self, events: pl.DataFrame, kind: Kind) -> float | None:
        """Tell when an event of a kind first happened in the accident."""
        found = events.filter((pl.col("incident") == self.accident) & (pl.col("kind") == kind.name))
        return None if found.is_empty() else float(found["time_s"][0])

    def told_s(self, reports: Reports, tier: int) -> float | None:
        """Tell when a level was first told of the accident."""
        if self.accident not in reports.gathered:
            return None
        return next((b.time_s for b in reports.beliefs(self.accident) if b.tier == tier), None)
