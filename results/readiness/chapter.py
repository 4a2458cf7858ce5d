"""The chapter on readiness in a run's report: its sentences, tables and pictures, and its plain figures."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from results.findings import Findings
from results.intervals import Estimate, over_replications
from results.readiness.contents import readiness_headline
from results.readiness.delays import HOWS
from results.readiness.figures import (
    failures_on_demand,
    ready_week_capabilities,
    ready_week_teams,
    serviceable_over_time,
    unit_gantt,
)
from results.readiness.measured import (
    Readiness,
    delayed_share,
    delays_by_cause,
    delays_by_team,
    estimates_by,
    lost_seconds,
    ready_rate,
    team_ready,
    unready_though_manned,
)
from results.readiness.tables import TABLES, on_demand
from results.readiness.words import force_of


def readiness_fields(findings: Findings, lang: str) -> dict[str, object] | None:
    """Give what the chapter shows besides pictures; None where the county says nothing of readiness."""
    found = findings.readiness
    if found is None:
        return None
    return {
        "headline": readiness_headline(found, lang),
        **{name: table(found, lang) for name, table in TABLES.items()},
    }


def readiness_pictures(findings: Findings, lang: str) -> dict[str, Figure]:
    """Draw the chapter's pictures there is something to show in, by the names of their files."""
    found = findings.readiness
    if found is None:
        return {}
    pictures = {}
    if force_of(found.county).teams:
        pictures["ready-week-teams"] = ready_week_teams(found, lang)
    pictures["ready-week-capabilities"] = ready_week_capabilities(found, lang)
    if found.mean_true.shape[1] > 1:
        pictures["serviceable-over-time"] = serviceable_over_time(found, lang)
    if found.failures.select(on_demand().sum()).item():
        pictures["failures-on-demand"] = failures_on_demand(found, lang)
    if findings.day is not None:
        pictures["unit-day"] = unit_gantt(found.county, findings.day, lang)
    return pictures


def readiness_summary(found: Readiness) -> dict[str, Any]:
    """Give the figures of readiness as estimates, by name, for ``summary.json``."""
    force, teams = force_of(found.county), force_of(found.county).teams
    types = [kind.code for kind in force.item_types]
    capabilities = found.county.capabilities
    share = estimates_by(found.capabilities, "capability", "share")
    none = estimates_by(found.capabilities, "capability", "none")
    return {
        "delayed": delayed_share(found),
        "delayed_by_way": {how: delayed_share(found, how) for how in HOWS},
        "from_home": delayed_share(found, "from_home"),
        "lost_s": lost_seconds(found),
        "delayed_by_cause": {cause: _both(*two) for cause, two in delays_by_cause(found).items()},
        "delayed_by_team": {teams[team].code: _both(*two) for team, two in delays_by_team(found).items()},
        "ready": ready_rate(found),
        "unready_though_manned": unready_though_manned(found),
        "ready_by_team": {teams[team].code: one for team, one in team_ready(found).items()},
        "ready_by_capability": {capabilities[n]: one for n, one in share.items()},
        "none_ready_by_capability": {capabilities[n]: one for n, one in none.items()},
        "serviceable_known": _rates(found.mean_known, types),
        "serviceable_true": _rates(found.mean_true, types),
    }


def _both(share: Estimate, lost: Estimate) -> dict[str, Estimate]:
    return {"share": share, "lost_s": lost}


def _rates(rates: Any, types: list[str]) -> dict[str, Estimate]:  # noqa: ANN401 - an array
    """Give the serviceable rate of each type there is any of, and of all."""
    found = {code: over_replications(rates[:, n]) for n, code in enumerate([*types, "all"])}
    return {code: one for code, one in found.items() if one.mean is not None}
