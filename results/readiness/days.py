"""One day of every unit: on duty and ready, ready for some things, not ready, at work, out of service."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from readiness.force import Level
from results.measures import DAY_S, Window, assignment_table
from results.readiness.measured import Readiness
from results.readiness.standing import hours_of_week, level_spans, standing_spans
from results.wording import start_of
from sim.county import County
from sim.state import bits_of

STATES = ("ready", "at_home", "degraded", "not_ready", "out", "busy", "refitting")
"""What a unit can be doing, the later ones covering the earlier ones."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitDay:
    """A stretch of time of one replication: `spans` holds `unit`, `begin_s`, `end_s`, `state` (`STATES`)."""

    replication: int
    begin_s: float
    end_s: float
    spans: pl.DataFrame


def unit_day(
    events: pl.DataFrame, county: County, window: Window, begin_s: float, end_s: float, replication: int = 0
) -> UnitDay:
    """Lay out what every unit did in a stretch of time.

    Parameters
    ----------
    events
        The log of one replication.
    county, window
        What it is a log of, and its end.
    begin_s, end_s
        The stretch.
    replication
        Its number.
    """
    inside = (pl.col("end_s") > begin_s) & (pl.col("begin_s") < end_s)
    layers = [_readiness(events, county, window), _levels(events, county, window), _work(events, window)]
    rows = pl.concat(layer.filter(inside) for layer in layers).with_columns(
        pl.col("begin_s", "end_s").clip(begin_s, end_s)
    )
    spans = [
        span
        for unit, mine in sorted(rows.partition_by("unit", as_dict=True).items())
        for span in _flat(int(unit[0]), mine)
    ]
    schema = {"unit": pl.Int32, "begin_s": pl.Float64, "end_s": pl.Float64, "state": pl.String}
    return UnitDay(replication, begin_s, end_s, pl.DataFrame(spans, schema=schema, orient="row"))


def worst_day(found: Readiness, events: pl.DataFrame, days: int = 1) -> UnitDay | None:
    """Choose the day of the first replication on which readiness cost most, and lay it out; None: no day."""
    window, number = found.window, found.replications[0]
    edges, hours = hours_of_week(window, start_of(found.county))
    midnights = edges[:-1][hours % 24 == 0]
    midnights = midnights[midnights + days * DAY_S <= window.end_s + 1.0]
    if not len(midnights):
        return None
    mine = found.delays.filter(pl.col("replication") == number).select("number", "lost_s")
    when = mine.join(events.select("number", "time_s"), on="number")
    day = np.searchsorted(midnights, when["time_s"].to_numpy(), "right") - 1
    kept = day >= 0
    lost = np.bincount(day[kept], when["lost_s"].fill_null(0.0).to_numpy()[kept], len(midnights))
    begin_s = float(midnights[int(np.argmax(lost))])
    return unit_day(events, found.county, window, begin_s, begin_s + days * DAY_S, number)


def _readiness(events: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    own = pl.Series("own", [bits_of(unit.capabilities) for unit in county.units], dtype=pl.Int64)
    spans = standing_spans(events, county, window)
    state = (
        pl.when(pl.col("text").fill_null("").str.contains("taken_out"))
        .then(pl.lit("out"))
        .when(pl.col("subject") == own.gather(spans["unit"]))
        .then(pl.lit("ready"))
        .when(pl.col("subject") == 0)
        .then(pl.lit("not_ready"))
        .otherwise(pl.lit("degraded"))
    )
    return spans.select("unit", "begin_s", "end_s", state=state)


def _levels(events: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    at_home = level_spans(events, county, window).filter(pl.col("subject") == int(Level.ON_CALL))
    return at_home.select("unit", "begin_s", "end_s", state=pl.lit("at_home"))


def _work(events: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Lay out when units were out, until they were home again, and when they were refitted."""
    sent = assignment_table(events).with_columns(pl.col("unit").cast(pl.Int32))
    home = pl.coalesce(
        "returned_s", "recovered_s", "will_not_roll_s", "stood_down_s", "redirected_s", pl.lit(window.end_s)
    )
    busy = sent.select("unit", begin_s="assigned_s", end_s=home, state=pl.lit("busy"))
    refit = sent.filter(pl.col("refit_s").is_not_null()).select(
        "unit",
        begin_s="refit_s",
        end_s=pl.coalesce("refitted_s", pl.lit(window.end_s)),
        state=pl.lit("refitting"),
    )
    return pl.concat([busy, refit])


def _flat(unit: int, rows: pl.DataFrame) -> list[tuple[int, float, float, str]]:
    """Flatten the layers of one unit: at each moment the state that covers the others."""
    rank: Mapping[str, int] = {state: n for n, state in enumerate(STATES)}
    layers = [(row["begin_s"], row["end_s"], rank[row["state"]]) for row in rows.iter_rows(named=True)]
    moments = sorted({moment for begin, end, _ in layers for moment in (begin, end)})
    flat: list[tuple[int, float, float, str]] = []
    for begin, end in itertools.pairwise(moments):
        state = STATES[max((s for b, e, s in layers if b <= begin and e >= end), default=0)]
        if flat and flat[-1][3] == state and flat[-1][2] == begin:
            flat[-1] = (unit, flat[-1][1], end, state)
        else:
            flat.append((unit, begin, end, state))
    return flat
