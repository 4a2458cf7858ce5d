"""A run's figures as plain rounded numbers: equal for equal runs, and readable by other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from results.chain.chapter import reports_summary
from results.findings import (
    Figures,
    Findings,
    figures,
    figures_by,
    findings_of,
    rate,
    share,
    slowest_sites,
    verdicts,
)
from results.intervals import LEVEL, Estimate
from results.measures import DAY_S, INCIDENT_MEASURES, UNIT_MEASURES, YEAR_S, calls_by
from results.readiness.chapter import readiness_summary
from results.runs import Manifest, open_run
from results.style import write_whole

DIGITS = 3
GROUPS = ("place", "kind", "priority", "hour")


def write_summary(folder: Path, findings: Findings | None = None, partial: bool = False) -> Path:
    """Write a run's ``summary.json``.

    Parameters
    ----------
    folder
        The run's folder.
    findings
        What was measured, where it is at hand.
    partial
        Accept a run that was broken off.

    Returns
    -------
    Path
        The file written. Seconds and shares, rounded to 3 digits; no dates, no versions: equal runs give
        equal files.

    Raises
    ------
    RunError
        If the folder is not a readable run.
    """
    run = open_run(folder, partial)
    content = summary_of(run.manifest, findings or findings_of(run, run.county()))
    path = folder / "summary.json"
    write_whole(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def summary_of(manifest: Manifest, findings: Findings) -> dict[str, Any]:
    """Give a run's figures as plain numbers, ready for JSON."""
    return {
        "format": 1,
        "scenario": manifest.scenario,
        "scenario_hash": manifest.scenario_hash,
        "policy": manifest.policy,
        "seed": manifest.seed,
        "replications": len(findings.replications),
        "days": manifest.days,
        "warm_up_days": manifest.warm_up_days,
        "confidence_level": LEVEL,
        "calls": _counts(findings),
        "measures": _measures(findings),
        "standards": [_standard(found) for found in verdicts(findings)],
        **{f"first_arrival_by_{group}": _by(findings, group) for group in GROUPS},
        "calls_by_month": _by_month(findings),
        "units": _units(findings),
        "sites": _rounded(slowest_sites(findings).to_dicts()),
        **(
            {}
            if findings.readiness is None
            else {"readiness": _plainly(readiness_summary(findings.readiness))}
        ),
        **(
            {} if findings.compliance is None else {"reports": _plainly(reports_summary(findings.compliance))}
        ),
    }


def _counts(findings: Findings) -> dict[str, Any]:
    calls, seen = findings.calls, findings.replications
    still = rate(calls.filter(pl.col("open")), findings.window.length_s, findings)
    yearly = ("redirections", "deaths_known", "injuries_known", "loss_known_cny", "class_rises")
    return {
        "total": len(calls),
        "a_day": plain(rate(calls, DAY_S, findings)),
        "none_free": plain(share(calls, "none_free", seen)),
        "short": plain(share(calls, "short", seen)),
        "short_handed": plain(share(calls, "short_handed", seen)),
        "passed_on": plain(share(calls, "passed_on", seen)),
        "open_at_end": plain(still),
        **{f"{name}_a_year": plain(rate(calls, YEAR_S, findings, name)) for name in yearly},
    }


def _measures(findings: Findings) -> dict[str, Any]:
    tables = dict.fromkeys(INCIDENT_MEASURES, findings.calls) | dict.fromkeys(
        UNIT_MEASURES, findings.sendings
    )
    return {name: _figures(figures(table, name, findings.replications)) for name, table in tables.items()}


def _by(findings: Findings, group: str) -> dict[str, Any]:
    found = figures_by(findings.calls, "first_arrival", group, findings.replications)
    return {str(key): _figures(found[key]) for key in sorted(found, key=_order)}


def _order(key: object) -> tuple[float, str]:
    return (float(key), "") if isinstance(key, int) else (0.0, str(key))


def _by_month(findings: Findings) -> dict[str, float]:
    counts = calls_by(findings.calls, "month")
    each = len(findings.replications)
    return {str(month): round(calls / each, DIGITS) for month, calls in counts.iter_rows()}


def _units(findings: Findings) -> dict[str, Any]:
    sums = (
        findings.loads.group_by("unit")
        .agg(pl.col("busy", "returning", "refitting", "sendings").mean())
        .sort("unit")
    )
    units = findings.county.units
    return {units[row.pop("unit")].code: _rounded(row) for row in sums.to_dicts()}


def _standard(found: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "code": found.standard.code,
        "measure": found.standard.measure,
        "within_s": found.standard.within_s,
        "asked": found.standard.share,
        "n": found.n,
        "share": plain(found.share),
        "met": found.met,
    }


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "n": found.n,
        "mean": plain(found.mean),
        "p50": plain(found.p50),
        "p90": plain(found.p90),
    }


def plain(estimate: Estimate) -> dict[str, float | None]:
    """Give an estimate as its value and half width, rounded."""
    return {"value": _rounded(estimate.mean), "half_width": _rounded(estimate.half_width)}


def _plainly(value: Any) -> Any:  # noqa: ANN401 - estimates, or tables of them
    """Give estimates, however deep in tables, as plain figures."""
    if isinstance(value, dict):
        return {key: _plainly(one) for key, one in value.items()}
    return plain(value)


def _rounded(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value
