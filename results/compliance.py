"""Limits against what was observed: each report that was due, how it ended, what held it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from dispatch.knowing import told
from dispatch.reporting import Finding, History, Report, RuleSet, Tier, Verdict
from results.chain.course import Course, course_of
from results.chain.histories import Reports
from results.intervals import Estimate, over_replications
from results.measures import YEAR_S, Window
from sim.county import County
from sim.events import Kind

FIRST = (Report.INITIAL, Report.PHONE_FLASH)
"""Kinds of report by which somebody is told of an accident in the first place."""
BAD = (Verdict.LATE, Verdict.OMITTED, Verdict.FALSE, Verdict.CONCEALED)
"""How a report that is due ends badly."""
DUTY_SCHEMA: Mapping[str, Any] = {
    "incident": pl.Int32,
    "rule": pl.String,
    "sender": pl.Int8,
    "receiver": pl.Int8,
    "report": pl.Int8,
    "first": pl.Boolean,
    "verdict": pl.Int8,
    "accident_class": pl.Int8,
    "limit_s": pl.Float64,
    "took_s": pl.Float64,
    "late_s": pl.Float64,
    "within": pl.Boolean,
    "held_by": pl.String,
    "line": pl.Int64,
}
ACCIDENT_SCHEMA: Mapping[str, Any] = {
    "incident": pl.Int32,
    "reached": pl.Int8,
    "bureau_told": pl.Float64,
    "government_told": pl.Float64,
    "city_told": pl.Float64,
    "province_told": pl.Float64,
    "graded": pl.Float64,
    "response_opened": pl.Float64,
    "gravest_level": pl.Int8,
    "aid_asked": pl.Float64,
    "aid_granted": pl.Float64,
    "escalated": pl.Boolean,
    "kept_silent": pl.Boolean,
}
TOLD = {
    "bureau_told": Tier.BUREAU,
    "government_told": Tier.COUNTY_GOVERNMENT,
    "city_told": Tier.CITY_BUREAU,
    "province_told": Tier.PROVINCE,
}
COURSE_KINDS = tuple(
    kind.name
    for kind in Kind
    if Kind.TASK_BEGUN <= kind <= Kind.TASK_FAILED
    or kind
    in (
        Kind.REPORTED,
        Kind.CALL_TAKEN,
        Kind.ARRIVED,
        Kind.ASSEMBLED,
        Kind.SHORT_HANDED,
        Kind.CONTROLLED,
        Kind.CLOSED,
        Kind.PASSED_ON,
        Kind.HARM_KNOWN,
        Kind.CLASS_ROSE,
        Kind.GRADED,
        Kind.RESPONSE_OPENED,
        Kind.RESPONSE_CHANGED,
        Kind.RESPONSE_ENDED,
        Kind.COMMAND_POST,
        Kind.AID_ASKED,
        Kind.AID_GRANTED,
        Kind.ESCALATED,
    )
)
CALENDAR = ("kind", "place", "place_kind", "hour", "month")
"""What of a call is kept beside each of its reports."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The accident that a report shows in full: its reports and its course."""

    replication: int
    reports: Reports
    incident: int
    course: Course


@dataclass(frozen=True, slots=True, eq=False)
class Compliance:
    """The reports of all replications, judged.

    `duties` has a row for each report that was due (and its end is known): who owed it to whom by which
    rule, verdict, limit, how long it took since the limit began to count, what held it up. `accidents` has a
    row for each accident: the class it reached, how long after it happened each level knew, and what was
    done. Both carry `replication` and `kind`, `place`, `place_kind`, `hour`, `month` of the call.
    """

    county: County
    window: Window
    replications: tuple[int, ...]
    rules: RuleSet
    duties: pl.DataFrame
    accidents: pl.DataFrame
    shown: Shown | None = None


class One(NamedTuple):
    """The reports of one replication, judged; fields as in `Compliance`."""

    duties: pl.DataFrame
    accidents: pl.DataFrame
    shown: Shown | None


def comply_one(
    events: pl.DataFrame,
    calls: pl.DataFrame,
    county: County,
    window: Window,
    replication: int = 0,
    rules: RuleSet | None = None,
) -> One:
    """Judge the reports of one replication.

    Parameters
    ----------
    events
        Its log.
    calls
        The calls that count (`results.measures.incident_table`).
    county
        What it is a log of; it has a chain of reports.
    window
        What counts.
    replication
        Its number.
    rules
        Rules to judge by; None: the county's own.
    """
    reports = Reports(county, events, window.end_s)
    counted = set(calls["incident"].to_list())
    accidents = [incident for incident in reports.accidents if incident in counted]
    duties = [row for incident in accidents for row in duty_rows(reports, incident, rules)]
    courses = courses_of(county, events, accidents, window.end_s)
    known = [accident_row(reports.history(incident), courses[incident]) for incident in accidents]
    beside = calls.select("incident", *(name for name in CALENDAR if name in calls.columns))
    number = pl.lit(replication, dtype=pl.Int32).alias("replication")
    tables = [
        pl.DataFrame(rows, schema=schema, orient="row")
        .join(beside, on="incident", how="left", maintain_order="left")
        .with_columns(number)
        for rows, schema in ((duties, DUTY_SCHEMA), (known, ACCIDENT_SCHEMA))
    ]
    return One(tables[0], tables[1], _most_telling(replication, reports, courses))


def together(
    county: County, window: Window, replications: Sequence[int], ones: Sequence[One], rules: RuleSet
) -> Compliance:
    """Put the replications of a run together; the first one's most telling accident is shown in full."""
    duties, accidents = pl.concat(one.duties for one in ones), pl.concat(one.accidents for one in ones)
    return Compliance(county, window, tuple(replications), rules, duties, accidents, ones[0].shown)


def duty_rows(reports: Reports, incident: int, rules: RuleSet | None = None) -> Iterator[dict[str, Any]]:
    """Go through the reports due of an accident whose end is known, each with what held it up."""
    for finding in reports.findings(incident, rules):
        if finding.verdict in (Verdict.NOT_DUE, Verdict.OPEN):
            continue
        rule, number = finding.rule, finding.accident_class
        limit_s = rule.limit_s.get(number, rule.every_s.get(number))
        yield {
            "incident": incident,
            "rule": rule.code,
            "sender": int(rule.sender),
            "receiver": int(rule.receiver),
            "report": int(rule.report),
            "first": rule.report in FIRST,
            "verdict": int(finding.verdict),
            "accident_class": number,
            "limit_s": limit_s,
            "took_s": _took_s(finding, limit_s),
            "late_s": finding.late_s,
            "within": finding.verdict is Verdict.ON_TIME,
            "held_by": held_up_by(reports, incident, finding),
            "line": finding.lines[-1] if finding.lines else -1,
        }


def _took_s(finding: Finding, limit_s: float | None) -> float | None:
    """Tell how long a report took since its limit began to count; it may have come before."""
    if finding.came_s is None or finding.due_s is None or limit_s is None:
        return None
    return max(0.0, finding.came_s - (finding.due_s - limit_s))


def held_up_by(reports: Reports, incident: int, finding: Finding) -> str:
    """Give the code of what first kept a report from getting through; "" where nothing did."""
    way = (finding.rule.sender, finding.rule.receiver)
    for stuck in reports.gathered[incident].stuck:
        message = reports.messages.get(stuck.message)
        if message and (message.sender, message.receiver) == way:
            return stuck.why
    return ""


def courses_of(
    county: County, events: pl.DataFrame, incidents: Sequence[int], end_s: float
) -> dict[int, Course]:
    """Read the courses of some accidents out of a log."""
    told_of = events.filter(pl.col("kind").is_in(COURSE_KINDS), pl.col("incident").is_in(list(incidents)))
    rows: dict[int, list[dict[str, Any]]] = {incident: [] for incident in incidents}
    for row in told_of.iter_rows(named=True):
        rows[row["incident"]].append(row)
    return {incident: course_of(county, incident, its, end_s) for incident, its in rows.items()}


def accident_row(history: History, course: Course) -> dict[str, Any]:
    """Sum up who knew of an accident how long after it happened, and what was done."""
    levels = [level for _, _, level in course.levels if level]
    row: dict[str, Any] = {name: _since(history, tier) for name, tier in TOLD.items()}
    opened = min((since for since, _, level in course.levels if level), default=None)
    return row | {
        "incident": course.incident,
        "reached": course.reached,
        "graded": course.since_alarm("graded"),
        "response_opened": None if opened is None else opened - course.alarm_s,
        "gravest_level": min(levels, default=None),
        "aid_asked": course.since_alarm("aid_asked"),
        "aid_granted": course.since_alarm("aid_granted"),
        "escalated": "escalated" in course.moments,
        "kept_silent": bool(history.hidden),
    }


def _since(history: History, tier: Tier) -> float | None:
    """Tell how long after the accident somebody was told of it."""
    moment = told(history, tier)
    return None if moment is None else moment - history.occurred_s


def _most_telling(replication: int, reports: Reports, courses: Mapping[int, Course]) -> Shown | None:
    """Choose the accident to show in full: the gravest one; of those the one with most done and most late."""
    if not courses:
        return None

    def weight(incident: int) -> tuple[int, int, int, int]:
        course = courses[incident]
        bad = sum(it.verdict in BAD for it in reports.findings(incident))
        return (course.reached, len(course.tasks) > 0, bad, -incident)

    incident = max(courses, key=weight)
    return Shown(replication, reports, incident, courses[incident])


def counts_a_year(found: Compliance, verdict: Verdict) -> Estimate:
    """Estimate how many due reports a year end in a way."""
    rows = found.duties.filter(pl.col("verdict") == int(verdict))
    return _a_year(found, rows)


def _a_year(found: Compliance, rows: pl.DataFrame) -> Estimate:
    counts = dict(rows.group_by("replication").len().iter_rows())
    years = found.window.length_s / YEAR_S
    return over_replications([counts.get(number, 0) / years for number in found.replications])


def share_of_due(found: Compliance, verdict: Verdict, rows: pl.DataFrame | None = None) -> Estimate:
    """Estimate the share of the due reports that end in a way, among some rows of `Compliance.duties`."""
    due = found.duties if rows is None else rows
    parts = due.group_by("replication").agg((pl.col("verdict") == int(verdict)).mean().alias("share"))
    return over_replications(parts["share"].to_numpy().astype(float))


def accidents_a_year(found: Compliance, which: pl.Expr | None = None) -> Estimate:
    """Estimate how many accidents a year there are, of those for which an expression holds."""
    return _a_year(found, found.accidents if which is None else found.accidents.filter(which))


def effect_of(found: Compliance, why: str) -> tuple[Estimate, Estimate, Estimate]:
    """Estimate what an obstacle does: the share of due reports it met, and how much later those came.

    Returns
    -------
    tuple
        The share of due first reports that met the obstacle; the share of those within the limit; by how many
        seconds they took longer than reports of the same hop that met none (the median difference).
    """
    first = found.duties.filter(pl.col("first"))
    met = first.filter(pl.col("held_by") == why)
    parts = first.group_by("replication").agg((pl.col("held_by") == why).mean().alias("share"))
    within = met.group_by("replication").agg(pl.col("within").mean().alias("share"))
    return (
        over_replications(parts["share"].to_numpy().astype(float)),
        over_replications(within["share"].to_numpy().astype(float)),
        _longer(first, met),
    )


def _longer(first: pl.DataFrame, met: pl.DataFrame) -> Estimate:
    """Estimate how much longer reports took that met an obstacle, hop by hop."""
    usual = (
        first.filter(pl.col("held_by") == "", pl.col("took_s").is_not_null())
        .group_by("sender", "receiver")
        .agg(pl.col("took_s").median().alias("usual_s"))
    )
    rows = met.filter(pl.col("took_s").is_not_null()).join(usual, on=["sender", "receiver"])
    more = rows.with_columns(more=pl.col("took_s") - pl.col("usual_s"))
    parts = more.group_by("replication").agg(pl.col("more").mean())
    return over_replications(np.asarray(parts["more"], dtype=float))


def hops(found: Compliance) -> list[tuple[Tier, Tier]]:
    """List who owed first reports to whom, from the scene up."""
    rows = (
        found.duties.filter(pl.col("first")).select("sender", "receiver").unique().sort("sender", "receiver")
    )
    return [(Tier(sender), Tier(receiver)) for sender, receiver in rows.iter_rows()]


def of_hop(found: Compliance, sender: Tier, receiver: Tier) -> pl.DataFrame:
    """Give the first reports that were due on a hop; one an accident: the one due by the tightest limit."""
    mine = found.duties.filter(pl.col("first"), pl.col("sender") == sender, pl.col("receiver") == receiver)
    tightest = mine.sort("limit_s", maintain_order=True).unique(["replication", "incident"], keep="first")
    return tightest.sort("replication", "incident")
