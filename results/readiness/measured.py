"""What readiness was in a run: all replications measured, and the figures with their certainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from results.intervals import Estimate, over_batches, over_replications
from results.measures import DAY_S, Window
from results.readiness.delays import HOWS, by_call, delay_table, from_home
from results.readiness.serviceable import failure_counts, item_steps, mean_rates, rates
from results.readiness.standing import (
    capability_time,
    level_shares,
    level_spans,
    ready_by_hour,
    standing_spans,
    unit_shares,
)
from results.readiness.words import force_of
from results.wording import start_of
from sim.county import County

Floats = NDArray[np.float64]
SAMPLES = 120
"""Moments at which the serviceable rate is read off over a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Readiness:
    """The readiness of all replications of a run.

    Tables carry the column `replication`: `delays` (see `delay_table`; of calls that count), `calls` (one row
    for each call that counts, with `delayed`, `lost_s`, `from_home` and a flag for each way), `units`,
    `levels`, `capabilities`, `failures`. Arrays have the replications first: `by_hour` (units, capabilities,
    168), `true` and `known` (types + 1, samples) at the moments `sampled_s`, `mean_true` and `mean_known`
    (types + 1).
    """

    county: County
    window: Window
    replications: tuple[int, ...]
    delays: pl.DataFrame
    calls: pl.DataFrame
    units: pl.DataFrame
    levels: pl.DataFrame
    capabilities: pl.DataFrame
    failures: pl.DataFrame
    by_hour: Floats
    sampled_s: Floats
    true: Floats
    known: Floats
    mean_true: Floats
    mean_known: Floats


class One(NamedTuple):
    """The readiness of one replication; fields as in `Readiness`."""

    delays: pl.DataFrame
    calls: pl.DataFrame
    units: pl.DataFrame
    levels: pl.DataFrame
    capabilities: pl.DataFrame
    failures: pl.DataFrame
    by_hour: Floats
    true: Floats
    known: Floats
    mean_true: Floats
    mean_known: Floats


def measure_one(events: pl.DataFrame, calls: pl.DataFrame, county: County, window: Window) -> One:
    """Measure the readiness of one replication.

    Parameters
    ----------
    events
        Its log.
    calls
        The calls that count (`results.measures.incident_table`).
    county
        What it is a log of.
    window
        What counts.
    """
    delays = delay_table(events, county).join(calls.select("incident"), on="incident", how="semi")
    standing = standing_spans(events, county, window)
    steps, types = item_steps(events, county), len(force_of(county).item_types)
    return One(
        delays,
        _calls(calls, delays, from_home(events)),
        unit_shares(standing, county, window),
        level_shares(level_spans(events, county, window), county, window),
        capability_time(standing, county, window),
        failure_counts(events, county, window),
        ready_by_hour(standing, county, window, start_of(county)),
        *rates(steps, sampled(window), types),
        *mean_rates(steps, window, types),
    )


def sampled(window: Window) -> Floats:
    """Give the moments at which the serviceable rate is read off."""
    return np.linspace(window.warm_up_s, window.end_s, SAMPLES + 1)


def put_together(
    county: County, window: Window, replications: Sequence[int], ones: Sequence[One]
) -> Readiness:
    """Put the replications of a run together."""
    tables: dict[str, Any] = {
        name: _stacked([getattr(one, name) for one in ones], replications)
        for name in ("delays", "calls", "units", "levels", "capabilities", "failures")
    }
    arrays: dict[str, Any] = {
        name: np.stack([getattr(one, name) for one in ones])
        for name in ("by_hour", "true", "known", "mean_true", "mean_known")
    }
    return Readiness(county, window, tuple(replications), sampled_s=sampled(window), **tables, **arrays)


def _stacked(tables: Sequence[pl.DataFrame], replications: Sequence[int]) -> pl.DataFrame:
    """Put tables of the replications under one another, each with its number."""
    numbers = [pl.lit(number, dtype=pl.Int32).alias("replication") for number in replications]
    return pl.concat(table.with_columns(number) for table, number in zip(tables, numbers, strict=True))


def _calls(calls: pl.DataFrame, delays: pl.DataFrame, home: pl.DataFrame) -> pl.DataFrame:
    """Tell for each call whether readiness delayed it, how, and by how much at most."""
    table = calls.select("incident", "kind", "place", "hour").join(by_call(delays), on="incident", how="left")
    flags = pl.col(list(HOWS)).fill_null(False)
    came = pl.col("incident").is_in(home["incident"].unique().implode())
    return table.with_columns(flags, from_home=came).with_columns(delayed=pl.any_horizontal(list(HOWS)))


def delayed_share(found: Readiness, how: str = "delayed") -> Estimate:
    """Estimate the share of calls that readiness delayed, in one way or in any; nil where it never did."""
    if len(found.replications) == 1:
        return over_batches(found.calls[how].cast(pl.Float64).to_numpy())
    parts = found.calls.group_by("replication").agg(pl.col(how).mean())
    return over_replications(parts[how].to_numpy())


def lost_seconds(found: Readiness) -> Estimate:
    """Estimate the seconds lost by a call that readiness delayed, on average."""
    parts = found.calls.filter(pl.col("delayed")).group_by("replication").agg(pl.col("lost_s").mean())
    return over_replications(parts["lost_s"].to_numpy().astype(float))


def delays_by_cause(found: Readiness) -> dict[str, tuple[Estimate, Estimate]]:
    """Estimate by cause the share of calls it delayed, and the seconds lost; the most frequent first.

    A call delayed for several causes counts for each of them.
    """
    rows = found.delays.explode("causes").rename({"causes": "cause"})
    return {str(key): both for key, both in _delays_by(found, rows, "cause").items()}


def delays_by_team(found: Readiness) -> dict[int, tuple[Estimate, Estimate]]:
    """Estimate by team whose unit was not ready the share of calls delayed, and the seconds lost."""
    rows = found.delays.filter(pl.col("team") >= 0)
    return {int(str(key)): both for key, both in _delays_by(found, rows, "team").items()}


def _delays_by(found: Readiness, rows: pl.DataFrame, by: str) -> dict[object, tuple[Estimate, Estimate]]:
    calls: dict[int, int] = dict(found.calls.group_by("replication").len().iter_rows())
    once = rows.group_by("replication", "incident", by).agg(pl.col("lost_s").max())
    parts = once.group_by(by, "replication").agg(n=pl.len(), lost=pl.col("lost_s").mean())
    estimates: dict[object, tuple[Estimate, Estimate]] = {}
    for (key,), mine in parts.partition_by(by, as_dict=True).items():
        counts = dict(zip(mine["replication"], mine["n"], strict=True))
        shares = [counts.get(r, 0) / calls[r] for r in found.replications if calls.get(r)]
        estimates[key] = over_replications(shares), over_replications(mine["lost"].to_numpy().astype(float))
    return dict(sorted(estimates.items(), key=lambda pair: (-(pair[1][0].mean or 0.0), str(pair[0]))))


def estimates_by(table: pl.DataFrame, by: str, column: str) -> dict[int, Estimate]:
    """Estimate a column's mean over replications for each value of another, in the order of the values."""
    groups = table.sort(by).partition_by(by, as_dict=True, maintain_order=True)
    return {int(key): over_replications(rows[column].to_numpy()) for (key,), rows in groups.items()}


def team_ready(found: Readiness, column: str = "ready") -> dict[int, Estimate]:
    """Estimate by team the share of its units' time in a state (`unit_shares`)."""
    teams = pl.Series("team", force_of(found.county).unit_team, dtype=pl.Int32)
    if not len(teams):
        return {}
    named = found.units.with_columns(team=teams.gather(found.units["unit"])).filter(pl.col("team") >= 0)
    return estimates_by(named.group_by("replication", "team").agg(pl.col(column).mean()), "team", column)


def unready_though_manned(found: Readiness) -> Estimate:
    """Estimate the share of the time that crews were there and yet the unit was not fully ready."""
    parts = found.units.group_by("replication").agg(pl.col("manned", "unready_manned").sum())
    return over_replications((parts["unready_manned"] / parts["manned"]).to_numpy())


def ready_rate(found: Readiness) -> Estimate:
    """Estimate the ready rate: the share of the units' time in which they were fully ready."""
    return over_replications(
        found.units.group_by("replication").agg(pl.col("ready").mean())["ready"].to_numpy()
    )


def week_by_team(found: Readiness) -> Floats:
    """Give by team and hour of the week the share of units ready for what they are built for, on average."""
    team = np.array(force_of(found.county).unit_team or [-1] * len(found.county.units))
    groups = [team == number for number in range(len(force_of(found.county).teams))]
    per_unit = _mean(found.by_hour, 2)
    return np.array([_mean(_mean(per_unit[:, mine], 1), 0) for mine in groups])


def week_by_capability(found: Readiness) -> Floats:
    """Give by capability and hour of the week the share of the units built for it that were ready for it."""
    return _mean(_mean(found.by_hour, 1), 0)


def days_between(found: Readiness) -> Floats:
    """Give the sampled moments in days since counting began."""
    days: Floats = (found.sampled_s - found.window.warm_up_s) / DAY_S
    return days


def _mean(values: Floats, axis: int) -> Floats:
    """Average what there is along an axis; not a number where there is nothing."""
    there = ~np.isnan(values)
    sums, counts = np.where(there, values, 0.0).sum(axis=axis), there.sum(axis=axis)
    means: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means
