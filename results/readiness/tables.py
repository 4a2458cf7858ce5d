"""Readiness in tables: what it cost calls and why, how ready units, teams and equipment were."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from readiness.force import Level
from results.intervals import Estimate, over_replications
from results.measures import YEAR_S
from results.readiness.delays import HOWS
from results.readiness.measured import (
    Readiness,
    delayed_share,
    delays_by_cause,
    delays_by_team,
    estimates_by,
    lost_seconds,
    team_ready,
)
from results.readiness.words import cause_called, force_of, level_called, named
from results.tables import Cell, Table
from results.wording import NOTHING, called, minutes_within, number, number_within, percent_within, say

ALWAYS = 0.9995
"""Above this share of the time in order, equipment needs no line of its own."""
WAYS = {
    "passed": "A quicker unit was not ready; another was sent",
    "waited": "It waited although a unit stood at its station, not ready",
    "did_not_roll": "A unit that was sent could not roll",
    "broke_down": "A unit broke down on its way",
    "lost": "Equipment failed on scene; another unit was needed",
}


def delays_table(found: Readiness, lang: str) -> Table:
    """Tell how readiness delayed calls: share of calls, by the way it did."""
    rows = [(say(lang, WAYS[how]), percent_within(delayed_share(found, how))) for how in HOWS]
    rows.append(
        (say(lang, "Delayed by readiness in any of these ways"), percent_within(delayed_share(found)))
    )
    rows.append(
        (say(lang, "Time lost by a call that was delayed, on average"), minutes_within(lost_seconds(found)))
    )
    rows.append(
        (
            say(lang, "For comparison: a crew came from home"),
            percent_within(delayed_share(found, "from_home")),
        )
    )
    headings = (say(lang, "What happened"), say(lang, "Share of calls, time"))
    return Table(headings, tuple((Cell(name), Cell(text)) for name, text in rows))


def causes_table(found: Readiness, lang: str) -> Table:
    """Tell why units were not ready when calls needed them, the most frequent cause first."""
    rows = [
        (_cause(found, code, lang), *_delay_cells(share, lost))
        for code, (share, lost) in delays_by_cause(found).items()
    ]
    return _delays_by(say(lang, "Why the unit was not ready"), rows, lang)


def teams_delay_table(found: Readiness, lang: str) -> Table:
    """Tell whose units were not ready when calls needed them."""
    rows = [
        (named(found.county, "teams", team, lang), *_delay_cells(share, lost))
        for team, (share, lost) in delays_by_team(found).items()
    ]
    return _delays_by(say(lang, "Team whose unit was not ready"), rows, lang)


def teams_table(found: Readiness, lang: str) -> Table:
    """Tell by team how ready its units were and where their crews stood by."""
    states = {name: team_ready(found, name) for name in ("ready", "degraded", "not_ready")}
    levels = {level: _levels(found, level) for level in Level}
    used = [level for level in Level if any(one.mean for one in levels[level].values())]
    rows = []
    for team, _ in enumerate(force_of(found.county).teams):
        shares = [states[name].get(team) for name in states]
        shares += [levels[level].get(team, Estimate(0.0, None, 1)) for level in used]
        cells = [Cell(percent_within(one) if one else NOTHING) for one in shares]
        rows.append((Cell(named(found.county, "teams", team, lang)), *cells))
    headings = ("Team", "Units fully ready", "Ready for some things only", "Not ready")
    texts = [say(lang, heading) for heading in headings]
    texts += [say(lang, "Crew {where}", where=level_called(level, lang)) for level in used]
    return Table(tuple(texts), tuple(rows))


def capabilities_table(found: Readiness, lang: str) -> Table:
    """Tell by capability how many units were ready for it, the scarcest first."""
    means = {
        name: estimates_by(found.capabilities, "capability", name)
        for name in ("units", "ready", "share", "none", "fewest")
    }
    order = sorted(
        means["share"], key=lambda capability: (means["ready"][capability].mean or 0.0, capability)
    )
    rows = []
    for capability in order:
        cells = [
            called(found.county.capability_names[capability], lang),
            number(means["units"][capability].mean, 0),
            number_within(means["ready"][capability], 2),
            percent_within(means["share"][capability]),
            percent_within(means["none"][capability]),
        ]
        rows.append(tuple(map(Cell, cells)))
    headings = ("Capability", "Units built for it", "Ready on average", "Ready rate", "Time with none ready")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def equipment_table(found: Readiness, lang: str) -> Table:
    """Tell by type how much equipment was in order and how often it failed; what always was aside."""
    force, types = force_of(found.county), range(len(force_of(found.county).item_types))
    counts = [sum(item.type == kind for item in force.items) for kind in types]
    in_order = [_rate(found.mean_true, kind).mean for kind in types]
    shown = [k for k in types if counts[k] and (share := in_order[k]) is not None and share < ALWAYS]
    shown.sort(key=lambda kind: (in_order[kind] or 0.0, kind))
    yearly = YEAR_S / found.window.length_s
    rows = []
    for kind in shown:
        cells = [
            named(found.county, "item_types", kind, lang),
            number(float(counts[kind]), 0),
            percent_within(_rate(found.mean_known, kind)),
            percent_within(_rate(found.mean_true, kind)),
            number_within(_count(found, kind, pl.col("failed") * yearly)),
            number_within(_count(found, kind, on_demand() * yearly), 2),
            number_within(_per_calls(found, kind), 2),
        ]
        rows.append(tuple(map(Cell, cells)))
    headings = (
        "Type of equipment",
        "Items",
        "In order as far as known",
        "In order in truth",
        "Failures a year",
        "Failures on demand a year",
        "On demand per 1,000 calls",
    )
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def on_demand() -> pl.Expr:
    """Count failures on demand of all ways."""
    return pl.col("did_not_roll") + pl.col("broke_down") + pl.col("lost")


def _rate(rates: np.ndarray, kind: int) -> Estimate:
    return over_replications(rates[:, kind])


def _count(found: Readiness, kind: int, amount: pl.Expr) -> Estimate:
    mine = found.failures.filter(pl.col("type") == kind).sort("replication")
    return over_replications(mine.select(amount.cast(pl.Float64).alias("n"))["n"].to_numpy())


def _per_calls(found: Readiness, kind: int) -> Estimate:
    """Estimate failures on demand per 1,000 calls."""
    calls = found.calls.group_by("replication").len()
    mine = found.failures.filter(pl.col("type") == kind).join(calls, on="replication")
    return over_replications(mine.select((1000.0 * on_demand() / pl.col("len")).alias("n"))["n"].to_numpy())


def _levels(found: Readiness, level: Level) -> dict[int, Estimate]:
    """Estimate by team the share of time at a level; nil in replications where it never was."""
    each = found.levels.filter(pl.col("level") == int(level))
    everyone = pl.DataFrame({"replication": list(found.replications)}, schema={"replication": pl.Int32}).join(
        found.levels.select("team").unique(), how="cross"
    )
    table = everyone.join(each, on=["replication", "team"], how="left").with_columns(
        pl.col("share").fill_null(0.0)
    )
    return estimates_by(table, "team", "share") if len(table) else {}


def _cause(found: Readiness, code: str, lang: str) -> str:
    """Name a cause; of equipment, its type."""
    word, _, type_code = code.partition(":")
    codes = [kind.code for kind in force_of(found.county).item_types]
    if type_code not in codes:
        return cause_called(word, lang)
    item = named(found.county, "item_types", codes.index(type_code), lang)
    if word == "failed":
        return say(lang, "{item} failed on demand", item=item)
    return say(lang, "{item} missing or out of order", item=item)


def _delay_cells(share: Estimate, lost: Estimate) -> tuple[str, str]:
    return percent_within(share), minutes_within(lost)


def _delays_by(heading: str, rows: list[tuple[str, str, str]], lang: str) -> Table:
    headings = (heading, say(lang, "Share of calls"), say(lang, "Time lost, on average"))
    return Table(headings, tuple(tuple(map(Cell, row)) for row in rows))


TABLES: dict[str, Callable[[Readiness, str], Table]] = {
    "delays": delays_table,
    "causes": causes_table,
    "teams_delayed": teams_delay_table,
    "teams": teams_table,
    "capabilities": capabilities_table,
    "equipment": equipment_table,
}
"""The tables of the chapter on readiness, by the names under which the report asks for them."""
