"""The chapter on reports in a run's report: its sentences, tables and pictures, and its plain figures."""

from __future__ import annotations

from typing import Any

import polars as pl
from matplotlib.figure import Figure

from dispatch.reporting import Tier, Verdict
from results.chain.contents import reports_headline
from results.chain.figures import hop_delays, ladder_figure, verdict_counts
from results.chain.gantt import response_gantt
from results.chain.tables import ENDS, TABLES
from results.compliance import (
    Compliance,
    accidents_a_year,
    counts_a_year,
    effect_of,
    hops,
    of_hop,
    share_of_due,
)
from results.findings import Findings, figures
from results.intervals import Estimate


def reports_fields(findings: Findings, lang: str) -> dict[str, object] | None:
    """Give what the chapter shows besides pictures; None where nothing was to be reported."""
    found = findings.compliance
    if found is None or not len(found.duties):
        return None
    tables = {name: table(found, lang) for name, table in TABLES.items()}
    return {"headline": reports_headline(found, lang), **tables}


def reports_pictures(findings: Findings, lang: str) -> dict[str, Figure]:
    """Draw the chapter's pictures there is something to show in, by the names of their files."""
    found = findings.compliance
    if found is None or not len(found.duties):
        return {}
    pictures = {"report-verdicts": verdict_counts(found, lang), "report-hops": hop_delays(found, lang)}
    shown = found.shown
    if shown is not None:
        pictures["report-ladder"] = ladder_figure(shown.reports, shown.incident, found.rules, lang)
        if shown.course.tasks:
            pictures["response-course"] = response_gantt(found.county, shown.course, lang)
    return pictures


def reports_summary(found: Compliance) -> dict[str, Any]:
    """Give the figures of reports as estimates, by name, for ``summary.json``."""
    granted = figures(found.accidents, "aid_granted", found.replications)
    levels = {str(n): accidents_a_year(found, pl.col("gravest_level") == n) for n in (1, 2, 3, 4)}
    return {
        "accidents_a_year": accidents_a_year(found),
        "verdicts_a_year": {it.name.lower(): counts_a_year(found, it) for it in ENDS},
        "verdict_shares": {it.name.lower(): share_of_due(found, it) for it in ENDS},
        "hops": {f"{a.name.lower()}>{b.name.lower()}": _hop(found, a, b) for a, b in hops(found)},
        "told_s": {name: _times(found, name) for name in ("bureau_told", "government_told", "city_told")},
        "held_by": {code: effect_of(found, code)[0] for code in _obstacles(found)},
        "responses_a_year_by_level": levels,
        "aid_granted_s": {"p50": granted.p50, "p90": granted.p90},
        "escalated_a_year": accidents_a_year(found, pl.col("escalated")),
        "kept_silent_a_year": accidents_a_year(found, pl.col("kept_silent")),
    }


def _hop(found: Compliance, sender: Tier, receiver: Tier) -> dict[str, Estimate]:
    due = of_hop(found, sender, receiver)
    took = figures(due, "took_s", found.replications)
    return {"p50_s": took.p50, "p90_s": took.p90, "on_time": share_of_due(found, Verdict.ON_TIME, due)}


def _times(found: Compliance, name: str) -> dict[str, Estimate]:
    times = figures(found.accidents, name, found.replications)
    return {"p50": times.p50, "p90": times.p90}


def _obstacles(found: Compliance) -> list[str]:
    return found.duties.filter(pl.col("held_by") != "")["held_by"].unique().sort().to_list()
