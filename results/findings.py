"""What a run found: its calls and units over all replications, and the figures with their certainty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import binomtest

from results.compliance import Compliance, comply_one, together
from results.compliance import One as Complied
from results.intervals import Estimate, over_batches, over_replications
from results.measures import (
    INCIDENT_MEASURES,
    Window,
    assignment_table,
    incident_table,
    recode,
    summary,
    unit_loads,
    within,
)
from results.readiness.days import UnitDay, worst_day
from results.readiness.measured import One, Readiness, measure_one, put_together
from results.runs import RunFolder
from results.wording import start_of
from sim.county import County, Place, Standard

FEWEST_FOR_A_QUANTILE = 10
"""Calls a replication needs on average before its own quantiles are taken; below, all are put together."""
NEAR_M = 1500.0
"""How near a call must be to a site to tell how fast help reaches it, in metres as the crow flies."""
METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All replications of a run, measured.

    `calls` has a row for each call that counts (see `results.measures.incident_table`), `sendings` one for
    each unit sent to one of them (`assignment_table`), `loads` one for each unit and replication
    (`unit_loads`); all with the column `replication`. Calls and sendings carry `kind`, `priority`, `place`,
    `place_kind`, `site`. `readiness` is None where the county says nothing of who and what stands by;
    `day` is the day of the first replication on which readiness cost most. `compliance` is None where nobody
    reports accidents.
    """

    county: County
    window: Window
    replications: tuple[int, ...]
    calls: pl.DataFrame
    sendings: pl.DataFrame
    loads: pl.DataFrame
    readiness: Readiness | None = None
    day: UnitDay | None = None
    compliance: Compliance | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A measure in one group: calls (or sendings) a replication, and mean, P50 and P90 in seconds."""

    n: int
    calls: Estimate
    mean: Estimate
    p50: Estimate
    p90: Estimate


@dataclass(frozen=True, slots=True)
class Verdict:
    """A standard held against what was seen: the share within its limit, and whether it is met.

    `met` is None where it cannot be told: nothing was seen, the standard asks no share, or the interval
    reaches over the share asked for.
    """

    standard: Standard
    n: int
    share: Estimate
    met: bool | None


def findings_of(run: RunFolder, county: County) -> Findings:
    """Read and measure all finished replications of a run."""
    measured = [_measured(run, county, replication) for replication in run.replications]
    calls, sendings, loads = (pl.concat(one.tables[n] for one in measured) for n in range(3))
    ready = [one.readiness for one in measured if one.readiness is not None]
    readiness = put_together(county, run.window, run.replications, ready) if ready else None
    day = None if readiness is None else worst_day(readiness, run.events(run.replications[0]))
    judged = [one.judged for one in measured if one.judged is not None]
    rules = county.chain.rules if county.chain else None
    complied = together(county, run.window, run.replications, judged, rules) if judged and rules else None
    return Findings(county, run.window, run.replications, calls, sendings, loads, readiness, day, complied)


def figures(table: pl.DataFrame, measure: str, replications: Sequence[int]) -> Figures:
    """Sum up a measure over replications, with intervals.

    With several replications each figure is the mean over them with Student's t; with one, the intervals
    come from batches of its calls in the order of time. Where replications have too few calls for quantiles
    of their own (fewer than 10 on average), the quantiles are those of all calls together, without an
    interval.

    Parameters
    ----------
    table
        Calls or sendings with the columns `measure` and `replication`.
    measure
        A column of seconds.
    replications
        All replications, also those without a row.
    """
    seen = table.filter(pl.col(measure).is_not_null())
    if len(replications) == 1:
        return _figures_of_one(seen[measure])
    return _figures_of_many(seen, measure, replications)


def figures_by(
    table: pl.DataFrame, measure: str, by: str, replications: Sequence[int]
) -> Mapping[object, Figures]:
    """Sum up a measure for each value of a column; see `figures`. Rows without a value are left out."""
    groups = table.filter(pl.col(by).is_not_null()).partition_by(by, as_dict=True, maintain_order=True)
    return {key[0]: figures(group, measure, replications) for key, group in groups.items()}


def share(flags: pl.DataFrame, column: str, replications: Sequence[int]) -> Estimate:
    """Estimate the share of rows for which a yes/no column holds; nulls do not count."""
    seen = flags.filter(pl.col(column).is_not_null())
    if len(replications) == 1:
        return over_batches(seen[column].cast(pl.Float64).to_numpy())
    parts = seen.group_by("replication").agg(pl.col(column).mean())
    return over_replications(parts[column].to_numpy())


def rate(table: pl.DataFrame, per: float, findings: Findings, column: str | None = None) -> Estimate:
    """Estimate how many rows (or how much of a column) come in `per` seconds."""
    amount = pl.len().cast(pl.Float64) if column is None else pl.col(column).sum().cast(pl.Float64)
    found = table.group_by("replication").agg(amount=amount)
    amounts = dict(zip(found["replication"].to_list(), found["amount"].to_list(), strict=True))
    scale = per / findings.window.length_s
    return over_replications([scale * amounts.get(r, 0.0) for r in findings.replications])


def verdicts(findings: Findings) -> tuple[Verdict, ...]:
    """Hold every standard of the county against what was seen."""
    return tuple(verdict(findings, standard) for standard in findings.county.standards)


def verdict(findings: Findings, standard: Standard) -> Verdict:
    """Hold one standard against what was seen in the places it is for."""
    table = findings.calls if standard.measure in INCIDENT_MEASURES else findings.sendings
    if standard.place_kinds is not None:
        table = table.filter(pl.col("place_kind").is_in(sorted(standard.place_kinds)))
    kept = within(table, standard.measure, standard.within_s, findings.window)
    flags = table.select("replication").with_columns(kept)
    estimate = share(flags, "within", findings.replications)
    return Verdict(standard, int(kept.count()), estimate, _met(estimate, standard.share, int(kept.count())))


def target_of(county: County, place: Place) -> Standard | None:
    """Find the first-arrival standard for a place: the most particular one that covers it."""
    covering = [
        s
        for s in county.standards
        if s.measure == "first_arrival" and (s.place_kinds is None or place.kind in s.place_kinds)
    ]
    return min(
        covering, key=lambda s: (s.place_kinds is None, len(s.place_kinds or ()), s.code), default=None
    )


def slowest_sites(findings: Findings, radius_m: float = NEAR_M) -> pl.DataFrame:
    """List the sites, slowest first arrival first, judged by the calls at and around them.

    A single site sees few accidents even in many years, but help reaches it as fast as its neighbours: so all
    calls within `radius_m` count, of all replications together, medical ones aside (others answer those).

    Returns
    -------
    polars.DataFrame
        `site`, `n` (calls reached at or near it), `mean`, `p50`, `p90` of first arrival in seconds, `told`
        (the P90 where at least ten calls were seen, else None).
    """
    near = _near_sites(findings, radius_m)
    told = pl.when(pl.col("n") >= FEWEST_FOR_A_QUANTILE).then(pl.col("p90"))
    table = summary(near, "first_arrival", "site").with_columns(told=told)
    return table.sort(["told", "mean", "site"], descending=[True, True, False], nulls_last=True)


def _near_sites(findings: Findings, radius_m: float) -> pl.DataFrame:
    """Pair each site with the first arrivals at and around it."""
    counted = pl.col("first_arrival").is_not_null() & (pl.col("category") != "medical")
    calls = findings.calls.filter(counted).select("lon", "lat", "first_arrival")
    sites = findings.county.sites
    here = [(site.at.lon, site.at.lat) for site in sites]
    found: list[list[int]] = [[] for _ in sites]
    if len(calls) and sites:
        tree = cKDTree(_metres(calls.select("lon", "lat").to_numpy(), here[0][1]))
        spots = _metres(np.array(here), here[0][1])
        found = [list(map(int, tree.query_ball_point(spot, radius_m, return_sorted=True))) for spot in spots]
    pairs = pl.DataFrame(
        {"site": [site.code for site in sites], "call": found},
        schema={"site": pl.String, "call": pl.List(pl.Int64)},
    )
    rows = pairs.explode("call").filter(pl.col("call").is_not_null())
    return rows.with_columns(calls["first_arrival"].gather(rows["call"]))


def _metres(degrees: NDArray[np.float64], latitude: float) -> NDArray[np.float64]:
    """Lay degrees out flat in metres, true near a latitude."""
    metres: NDArray[np.float64] = degrees * (
        METRES_A_DEGREE * math.cos(math.radians(latitude)),
        METRES_A_DEGREE,
    )
    return metres


class _Measured(NamedTuple):
    """One replication measured: calls, sendings, loads; its readiness, and its reports."""

    tables: tuple[pl.DataFrame, ...]
    readiness: One | None
    judged: Complied | None


def _measured(run: RunFolder, county: County, replication: int) -> _Measured:
    events, incidents = run.events(replication), run.incidents(replication)
    number = pl.lit(replication, dtype=pl.Int32).alias("replication")
    calls = incident_table(events, incidents, run.window, start_of(county))
    calls = recode(calls, "kind", {kind.code: kind.category for kind in county.kinds})
    calls = recode(calls, "place", {place.code: place.kind for place in county.places})
    calls = calls.rename({"kind_is": "category", "place_is": "place_kind"})
    sendings = assignment_table(events)
    counted = sendings.join(
        calls.select("incident", *SHARED), on="incident", how="inner", maintain_order="left"
    ).sort("assigned_s", "number")
    loads = unit_loads(sendings, len(county.units), run.window)
    tables = tuple(table.with_columns(number) for table in (calls, counted, loads))
    ready = measure_one(events, calls, county, run.window) if county.force else None
    judged = comply_one(events, calls, county, run.window, replication) if county.chain else None
    return _Measured(tables, ready, judged)


SHARED = ("kind", "category", "grade", "priority", "place", "place_kind", "site", "hour", "month")


def _figures_of_one(values: pl.Series) -> Figures:
    seen = values.to_numpy()
    return Figures(
        n=len(seen),
        calls=over_replications([len(seen)]),
        mean=over_batches(seen),
        p50=over_batches(seen, 0.5),
        p90=over_batches(seen, 0.9),
    )


def _figures_of_many(seen: pl.DataFrame, measure: str, replications: Sequence[int]) -> Figures:
    parts = summary(seen, measure, "replication")
    enough = len(seen) >= FEWEST_FOR_A_QUANTILE * len(replications)
    together = summary(seen, measure).row(0, named=True)
    p50, p90 = (
        over_replications(parts[name].to_numpy()) if enough else _unsure(together[name], together["n"])
        for name in ("p50", "p90")
    )
    calls = _with_zeros(parts, replications)
    return Figures(len(seen), over_replications(calls), over_replications(parts["mean"].to_numpy()), p50, p90)


def _with_zeros(parts: pl.DataFrame, replications: Sequence[int]) -> list[float]:
    counts = dict(zip(parts["replication"].to_list(), parts["n"].to_list(), strict=True))
    return [float(counts.get(r, 0)) for r in replications]


def _unsure(value: float | None, n: int) -> Estimate:
    return Estimate(value, None, min(n, 1))


def _met(estimate: Estimate, asked: float | None, calls: int) -> bool | None:
    """Tell whether a share reaches what is asked, or certainly does not; None: it cannot be told.

    Where all replications agree, Student's t knows no doubt; then the calls themselves say how sure it is
    (Wilson).
    """
    if asked is None or estimate.mean is None or estimate.low is None or estimate.high is None:
        return None
    low, high = estimate.low, estimate.high
    if not estimate.half_width:
        found = binomtest(round(estimate.mean * calls), calls).proportion_ci(estimate.level, "wilson")
        low, high = found.low, found.high
    if low >= asked:
        return True
    return False if high < asked else None
