"""How much of the equipment was in order over time, in truth and as far as was known; what failed when."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from readiness.force import Condition
from results.measures import Window
from results.readiness.delays import failures
from results.readiness.words import force_of
from sim.county import County
from sim.events import Kind

Floats = NDArray[np.float64]
_CONDITION = {
    Kind.ITEM_FAILED.name: int(Condition.UNSERVICEABLE),
    Kind.ITEM_DEGRADED.name: int(Condition.DEGRADED),
    Kind.ITEM_MENDED.name: int(Condition.SERVICEABLE),
}
_AWAY = {Kind.ITEM_OUT.name: 1, Kind.ITEM_IN.name: 0}
_OF_ITEMS = [*_CONDITION, *_AWAY, Kind.ITEM_FOUND.name]


def item_steps(events: pl.DataFrame, county: County) -> pl.DataFrame:
    """Follow every item that is not a consumable through a log.

    Returns
    -------
    polars.DataFrame
        One row an item and change, the first at second 0: `item`, `type`, `time_s`, `true` and `known` (1
        where it is serviceable in truth, or as far as is known: at hand, neither degraded nor out of order;
        else 0).
    """
    start = _start(county)
    rows = events.filter(pl.col("kind").cast(pl.String).is_in(_OF_ITEMS)).select(
        pl.col("number").cast(pl.Int64),
        "time_s",
        kind=pl.col("kind").cast(pl.String),
        item=pl.col("subject").cast(pl.Int32),
    )
    rows = rows.join(start.select("item", "type"), on="item", how="inner")
    code = pl.col("kind")
    rows = rows.select(
        "item",
        "type",
        "number",
        "time_s",
        condition=code.replace_strict(_CONDITION, default=None, return_dtype=pl.Int8),
        away=code.replace_strict(_AWAY, default=None, return_dtype=pl.Int8),
        shown=code.is_in([Kind.ITEM_FOUND.name, Kind.ITEM_MENDED.name]),
        known=pl.lit(None, pl.Int8),
    )
    steps = pl.concat([start.select(rows.columns), rows]).sort("item", "number")
    steps = steps.with_columns(pl.col("condition", "away").forward_fill().over("item"))
    known = pl.when(pl.col("shown")).then(pl.col("condition")).otherwise(pl.col("known"))
    steps = steps.with_columns(known=known.forward_fill().over("item"))
    here = pl.col("away") == 0
    return steps.select(
        "item",
        "type",
        "time_s",
        true=(here & (pl.col("condition") == 0)).cast(pl.Int8),
        known=(here & (pl.col("known") == 0)).cast(pl.Int8),
    )


def _start(county: County) -> pl.DataFrame:
    """Give the state of every item at second 0."""
    force = force_of(county)
    kept = [(n, item) for n, item in enumerate(force.items) if not force.item_types[item.type].consumable]
    return pl.DataFrame(
        {
            "item": [n for n, _ in kept],
            "type": [item.type for _, item in kept],
            "number": [-1] * len(kept),
            "time_s": [0.0] * len(kept),
            "condition": [int(item.condition) for _, item in kept],
            "away": [0] * len(kept),
            "shown": [False] * len(kept),
            "known": [int(item.known) for _, item in kept],
        },
        schema={
            "item": pl.Int32,
            "type": pl.Int32,
            "number": pl.Int64,
            "time_s": pl.Float64,
            "condition": pl.Int8,
            "away": pl.Int8,
            "shown": pl.Boolean,
            "known": pl.Int8,
        },
    )


def rates(steps: pl.DataFrame, moments: Floats, types: int) -> tuple[Floats, Floats]:
    """Give the serviceable rate of each type at some moments, in truth and as known.

    Returns
    -------
    tuple of numpy.ndarray
        Both of shape (types + 1, moments), the last row for all types together; not a number where a type
        has no items.
    """
    return _rates(steps, "true", moments, types), _rates(steps, "known", moments, types)


def _rates(steps: pl.DataFrame, column: str, moments: Floats, types: int) -> Floats:
    changes = steps.with_columns(
        delta=pl.col(column).cast(pl.Int32) - pl.col(column).cast(pl.Int32).shift(1).over("item").fill_null(0)
    )
    found = np.full((types + 1, len(moments)), np.nan)
    for kind in range(types + 1):
        mine = changes if kind == types else changes.filter(pl.col("type") == kind)
        items = mine["item"].n_unique()
        if items:
            moved = mine.filter(pl.col("delta") != 0).sort("time_s")
            so_far = np.concatenate([[0.0], np.cumsum(moved["delta"].to_numpy())])
            found[kind] = so_far[np.searchsorted(moved["time_s"].to_numpy(), moments, "right")] / items
    return found


def mean_rates(steps: pl.DataFrame, window: Window, types: int) -> tuple[Floats, Floats]:
    """Give the serviceable rate of each type over a window, in truth and as known; the last of all types."""
    return _means(steps, "true", window, types), _means(steps, "known", window, types)


def _means(steps: pl.DataFrame, column: str, window: Window, types: int) -> Floats:
    until = pl.col("time_s").shift(-1).over("item").fill_null(window.end_s)
    lasts = until.clip(window.warm_up_s, window.end_s) - pl.col("time_s").clip(window.warm_up_s, window.end_s)
    sums = (
        steps.with_columns(good=lasts * pl.col(column))
        .group_by("type")
        .agg(pl.col("good").sum(), items=pl.col("item").n_unique())
    )
    good, items = np.zeros(types + 1), np.zeros(types + 1)
    good[sums["type"].to_numpy()], items[sums["type"].to_numpy()] = sums["good"], sums["items"]
    good[types], items[types] = good.sum(), items.sum()
    means: Floats = np.divide(good, items * window.length_s, out=np.full(types + 1, np.nan), where=items > 0)
    return means


def failure_counts(events: pl.DataFrame, county: County, window: Window) -> pl.DataFrame:
    """Count by item type how often items failed in a window, and how often that showed on demand.

    Returns
    -------
    polars.DataFrame
        `type`, `failed` (items that stopped working), `degraded`, `hidden` (faults found out later than they
        arose), `did_not_roll`, `broke_down`, `lost` (failures on demand).
    """
    types = _types(county)
    inside = events.filter(pl.col("time_s") >= window.warm_up_s, pl.col("time_s") < window.end_s)
    by_type = _by_type(inside, types)
    on_demand = failures(inside, county)
    codes = {kind.code: n for n, kind in enumerate(force_of(county).item_types)}
    demand = on_demand.select(
        type=pl.col("type").replace_strict(codes, default=None, return_dtype=pl.Int32), how="how"
    )
    flags = [(pl.col("how") == how).sum().alias(how) for how in ("did_not_roll", "broke_down", "lost")]
    counted = demand.filter(pl.col("type").is_not_null()).group_by("type").agg(flags)
    every = pl.DataFrame({"type": range(len(codes))}, schema={"type": pl.Int32})
    table = every.join(by_type, on="type", how="left").join(counted, on="type", how="left")
    return table.fill_null(0).cast({pl.UInt32: pl.Int64}).sort("type")


def _types(county: County) -> dict[int, int]:
    return {n: item.type for n, item in enumerate(force_of(county).items)}


def _by_type(events: pl.DataFrame, types: dict[int, int]) -> pl.DataFrame:
    kinds = pl.col("kind").cast(pl.String)
    wanted = [Kind.ITEM_FAILED.name, Kind.ITEM_DEGRADED.name, Kind.ITEM_FOUND.name]
    rows = events.filter(kinds.is_in(wanted)).select(
        kind=kinds,
        how=pl.col("text").str.json_path_match("$[0]"),
        type=pl.col("subject").cast(pl.Int32).replace_strict(types, default=None, return_dtype=pl.Int32),
    )
    found_late = (pl.col("kind") == wanted[2]) & ~pl.col("how").is_in(["at_once", "expired", "use"])
    return (
        rows.filter(pl.col("type").is_not_null())
        .group_by("type")
        .agg(
            failed=(pl.col("kind") == wanted[0]).sum(),
            degraded=(pl.col("kind") == wanted[1]).sum(),
            hidden=found_late.sum(),
        )
    )
