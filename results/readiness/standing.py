"""How ready units were over time: what they were believed ready for, where their crews stood by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from results.measures import Window
from sim.county import County
from sim.events import Kind
from sim.state import bits_of

Floats = NDArray[np.float64]
HOURS = 168
HOUR_S = 3600.0


def spans(events: pl.DataFrame, kind: Kind, first: pl.DataFrame, end_s: float) -> pl.DataFrame:
    """Lay a state of units out over time.

    Parameters
    ----------
    events
        The log of one replication.
    kind
        Events that set the state: `STANDING` or `STANDBY`.
    first
        The state of every unit at second 0: `unit`, `subject`.
    end_s
        Where the last span of each unit ends.

    Returns
    -------
    polars.DataFrame
        `unit`, `begin_s`, `end_s`, `subject` (the state), `text` (the event's), in order of unit and time;
        spans of no length are left out.
    """
    start = first.select(
        pl.col("unit").cast(pl.Int32),
        pl.col("subject").cast(pl.Int64),
        time_s=pl.lit(0.0),
        text=pl.lit(None, pl.String),
    )
    changes = events.filter(pl.col("kind") == kind.name).select(
        pl.col("unit").cast(pl.Int32), pl.col("subject").cast(pl.Int64), "time_s", "text"
    )
    until = pl.col("time_s").shift(-1).over("unit").fill_null(end_s).clip(upper_bound=end_s)
    return (
        pl.concat([start, changes])
        .sort("unit", "time_s", maintain_order=True)
        .select("unit", begin_s="time_s", end_s=until, subject="subject", text="text")
        .filter(pl.col("end_s") > pl.col("begin_s"))
    )


def standing_spans(events: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    """Lay out what each unit is believed ready for, as bits; at the start it is ready for everything."""
    own = [bits_of(unit.capabilities) for unit in county.units]
    return spans(events, Kind.STANDING, pl.DataFrame({"unit": range(len(own)), "subject": own}), window.end_s)


def level_spans(events: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    """Lay out where each unit's crew stands by (`readiness.force.Level`)."""
    first = pl.DataFrame({"unit": range(len(county.units)), "subject": [0] * len(county.units)})
    return spans(events, Kind.STANDBY, first, window.end_s)


def unit_shares(standing: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    """Tell which share of the window each of the county's own units was ready, degraded, and not ready.

    Returns
    -------
    polars.DataFrame
        `unit`, `ready`, `degraded`, `not_ready` (they sum to 1), `manned` (its crew was there and fit and the
        unit in service) and `unready_manned` (that, and yet not fully ready: equipment was lacking).
    """
    own = pl.Series("own", [bits_of(unit.capabilities) for unit in county.units], dtype=pl.Int64)
    aid = [number for number, unit in enumerate(county.units) if unit.aid]
    inside = _inside(standing, window).with_columns(own=own.gather(standing["unit"]))
    inside = inside.filter(~pl.col("unit").is_in(aid))
    full, none = pl.col("subject") == pl.col("own"), pl.col("subject") == 0
    no_crew = pl.col("text").fill_null("").str.contains(r"crew_|taken_out")
    lasts = pl.col("lasts") / window.length_s
    return (
        inside.group_by("unit")
        .agg(
            ready=(lasts * full).sum(),
            degraded=(lasts * (~full & ~none)).sum(),
            not_ready=(lasts * (none & ~full)).sum(),
            manned=(lasts * ~no_crew).sum(),
            unready_manned=(lasts * (~no_crew & ~full)).sum(),
        )
        .sort("unit")
    )


def level_shares(levels: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    """Tell by team which share of its units' time crews stood by at a level: `team`, `level`, `share`."""
    teams = county.force.unit_team if county.force and county.force.unit_team else [-1] * len(county.units)
    inside = _inside(levels, window).with_columns(
        team=pl.Series(teams, dtype=pl.Int32).gather(levels["unit"])
    )
    sums = inside.group_by("team", pl.col("subject").alias("level")).agg(pl.col("lasts").sum())
    share = pl.col("lasts") / pl.col("lasts").sum().over("team")
    return sums.filter(pl.col("team") >= 0).select("team", "level", share=share).sort("team", "level")


def capability_time(standing: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    """Tell how many units were believed ready for each capability over the window.

    Returns
    -------
    polars.DataFrame
        `capability`, `units` (built for it), `ready` (of those, on average), `share` (the ready rate), `none`
        (share of the time with none ready), `fewest`.
    """
    rows = []
    for capability in range(len(county.capabilities)):
        able = [n for n, unit in enumerate(county.units) if capability in unit.capabilities and not unit.aid]
        if able:
            rows.append(
                {"capability": capability, "units": len(able)} | _level_of(standing, capability, able, window)
            )
    return pl.DataFrame(rows, schema=CAPABILITY_SCHEMA)


CAPABILITY_SCHEMA: dict[str, Any] = {
    "capability": pl.Int32,
    "units": pl.Int32,
    "ready": pl.Float64,
    "share": pl.Float64,
    "none": pl.Float64,
    "fewest": pl.Int32,
}


def _level_of(standing: pl.DataFrame, capability: int, able: list[int], window: Window) -> dict[str, float]:
    """Follow how many of some units are ready for a capability."""
    bit = pl.col("subject").cast(pl.Int64) // (1 << capability) % 2
    mine = standing.filter(pl.col("unit").is_in(able)).select("begin_s", "end_s", on=bit)
    ready = mine.filter(pl.col("on") == 1)
    times = np.concatenate([ready["begin_s"].to_numpy(), ready["end_s"].to_numpy()])
    steps = np.concatenate([np.ones(len(ready)), -np.ones(len(ready))])
    moments, where = np.unique(np.append(times, (window.warm_up_s, window.end_s)), return_inverse=True)
    counts = np.cumsum(np.bincount(where, np.append(steps, (0.0, 0.0)), len(moments)))[:-1]
    lasts = np.diff(np.clip(moments, window.warm_up_s, window.end_s))
    counts, lasts = counts[lasts > 0], lasts[lasts > 0]
    mean = float(counts @ lasts / lasts.sum()) if len(lasts) else 0.0
    return {
        "ready": mean,
        "share": mean / len(able),
        "none": float(lasts[counts < 0.5].sum() / lasts.sum()) if len(lasts) else 0.0,
        "fewest": round(float(counts.min())) if len(lasts) else 0,
    }


def hours_of_week(window: Window, start: datetime) -> tuple[Floats, NDArray[np.int64]]:
    """Give the full local hours of a window: where each begins (and the last ends), and its hour of the week.

    Hours of the week count from Monday 0:00 local time; clocks that change repeat or skip one.
    """
    begin = start.astimezone(UTC) + timedelta(seconds=window.warm_up_s)
    local = begin.astimezone(start.tzinfo)
    past_s = local.minute * 60 + local.second + local.microsecond / 1e6
    first_s = window.warm_up_s + (HOUR_S - past_s if past_s else 0.0)
    edges = np.arange(first_s, window.end_s + 1e-6, HOUR_S)
    begun = start.astimezone(UTC)
    locals_ = [
        (begun + timedelta(seconds=float(edge))).astimezone(start.tzinfo) for edge in edges[:-1].tolist()
    ]
    return edges, np.array([moment.weekday() * 24 + moment.hour for moment in locals_], dtype=np.int64)


def ready_by_hour(standing: pl.DataFrame, county: County, window: Window, start: datetime) -> Floats:
    """Give, for each unit and capability, the share of each hour of the week that it was believed ready.

    Returns
    -------
    numpy.ndarray
        Of shape (units, capabilities, 168): not a number for capabilities a unit is not built for, and for
        hours of the week that the window does not hold in full.
    """
    edges, hours = hours_of_week(window, start)
    seen = np.bincount(hours, minlength=HOURS).astype(np.float64)
    found = np.full((len(county.units), len(county.capabilities), HOURS), np.nan)
    if not len(hours):
        return found
    parts = standing.partition_by("unit", as_dict=True)
    for (unit,), rows in parts.items():
        if county.units[int(unit)].aid:
            continue
        for capability in sorted(county.units[int(unit)].capabilities):
            hourly = _hourly(rows, capability, edges)
            sums = np.bincount(hours, hourly, HOURS)
            found[int(unit), capability] = np.divide(sums, seen, out=np.full(HOURS, np.nan), where=seen > 0)
    return found


def _hourly(rows: pl.DataFrame, capability: int, edges: Floats) -> Floats:
    """Give the share of each hour that a unit was ready: differences of the time it was ready so far."""
    begin, end = rows["begin_s"].to_numpy(), rows["end_s"].to_numpy()
    on = (rows["subject"].to_numpy() >> capability & 1).astype(np.float64)
    so_far = np.concatenate([[0.0], np.cumsum((end - begin) * on)])
    ready_s = np.interp(edges, np.append(begin[:1], end), so_far)
    shares: Floats = np.diff(ready_s) / HOUR_S
    return shares


def _inside(table: pl.DataFrame, window: Window) -> pl.DataFrame:
    cut = pl.col("end_s").clip(window.warm_up_s, window.end_s) - pl.col("begin_s").clip(
        window.warm_up_s, window.end_s
    )
    return table.with_columns(lasts=cut)
