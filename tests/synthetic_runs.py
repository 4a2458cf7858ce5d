"""Run folders without a run: event lists written by hand or made up, for tests of what results read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sim.events import Kind

K = Kind
LOG_TYPES = {
    "number": pl.UInt32,
    "time_s": pl.Float64,
    "kind": pl.Enum([kind.name for kind in Kind]),
    "incident": pl.Int32,
    "unit": pl.Int16,
    "node": pl.Int32,
    "subject": pl.Int32,
    "cause": pl.Int32,
    "text": pl.String,
}
INCIDENT_TYPES = {
    "incident": pl.Int32,
    "time_s": pl.Float64,
    "kind": pl.String,
    "grade": pl.Int8,
    "priority": pl.String,
    "place": pl.String,
    "site": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
}


def log_of(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of (time, kind, incident, unit[, subject[, text[, cause]]])."""
    full = [(*row, *(-1, None, -1)[len(row) - 4 :]) for row in rows]
    columns = [
        (n, row[0], row[1].name, row[2], row[3], -1, row[4], row[6], row[5]) for n, row in enumerate(full)
    ]
    return pl.DataFrame(columns, schema=LOG_TYPES, orient="row")


def fate_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """Incidents in order; what a row does not say is as here."""
    base = {
        "kind": "fire",
        "grade": 1,
        "priority": "high",
        "place": "T1",
        "site": None,
        "lon": 104.0,
        "lat": 30.0,
        "node": 0,
        "access_m": 0.0,
        "handling_s": 50.0,
        "control_s": 2400.0,
        "care_s": 0.0,
        "transport": False,
        "deaths": 0,
        "injuries": 0,
        "loss_cny": 0.0,
    }
    full = [{"incident": n, "time_s": 0.0} | base | row for n, row in enumerate(rows)]
    return pl.DataFrame(full, schema=INCIDENT_TYPES, orient="row")


def write_run(
    folder: Path, scenario: Path, logs: list[tuple[pl.DataFrame, pl.DataFrame]], **entries: Any
) -> Path:
    """Write a run's folder as an experiment would."""
    folder.mkdir(parents=True)
    shutil.copytree(scenario, folder / "scenario")
    for number, (events, incidents) in enumerate(logs):
        numbered_by_code(events, scenario).write_parquet(folder / f"log-{number:04d}.parquet")
        incidents.write_parquet(folder / f"incidents-{number:04d}.parquet")
    manifest = {
        "format": 1,
        "beiqin": "0.1.0",
        "python": "3.11.2",
        "libraries": {"numpy": "2.4.6", "polars": None},
        "scenario": "tiny",
        "scenario_hash": "ab12",
        "inputs": {"scenario.yaml": "cd34"},
        "seed": 7,
        "replications": len(logs),
        "first_replication": 0,
        "days": 10.0,
        "warm_up_days": 1.0,
        "started": "2026-11-24T08:00:00+00:00",
        "policy": "closest",
        "complete": True,
        "replications_done": list(range(len(logs))),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest | entries), encoding="utf-8")
    return folder


def numbered_by_code(events: pl.DataFrame, scenario: Path) -> pl.DataFrame:
    """Give units, numbered here in the order of the file, the numbers that the county gives them by code."""
    codes = pl.read_csv(scenario / "units.csv")["code"].to_list()
    return events.with_columns(
        pl.col("unit").replace({n: sorted(codes).index(c) for n, c in enumerate(codes)})
    )


def made_up(seed: int, calls: int = 60, days: float = 11.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Calls in the tiny county with plausible times; each ends before the next begins: units never clash."""
    rng = np.random.default_rng(seed)
    gap = days * 86_400 / (calls + 1)
    rows: list[tuple[Any, ...]] = []
    fate = []
    for n in range(calls):
        at_site = bool(rng.random() < 0.4)
        start = n * gap + float(rng.uniform(0, 600))
        fate.append(_incident(rng, start, at_site))
        rows += _one_call(rng, n, start, at_site)
    rows.sort(key=lambda row: row[0])
    return log_of(*rows), fate_of(*fate)


def _incident(rng: np.random.Generator, start: float, at_site: bool) -> dict[str, Any]:
    site = {"kind": "leak", "site": "X1", "lon": 104.002, "lat": 30.001}
    place = str(rng.choice(["T1", "T2"]))
    lon = {"T1": 104.0, "T2": 104.02}[place] + float(rng.normal(0, 0.002))
    fire = {"place": place, "lon": lon, "lat": 30.005, "priority": str(rng.choice(["high", "low"]))}
    return {"time_s": start} | (site if at_site else fire)


def _one_call(rng: np.random.Generator, n: int, start: float, at_site: bool) -> list[tuple[Any, ...]]:
    taken = start + float(rng.lognormal(3.8, 0.4))
    rolls = taken + float(rng.lognormal(4.1, 0.3))
    there = rolls + float(rng.lognormal(5.3, 0.5))
    done = there + float(rng.lognormal(7.5, 0.4))
    unit, station = (0, 0) if rng.random() < 0.7 else (1, 1)
    reason = json.dumps(["closest", round(there - taken, 3), 2, "E2", 400.0])
    rows = [
        (start, K.REPORTED, n, -1, int(at_site)),
        (start, K.CALL_ANSWERED, n, -1),
        (taken, K.CALL_TAKEN, n, -1, 1),
        (taken, K.ASSIGNED, n, unit, 0, reason),
        (rolls, K.EN_ROUTE, n, unit),
        (there, K.ARRIVED, n, unit),
        (there, K.ASSEMBLED, n, -1),
        (done, K.CONTROLLED, n, -1),
        (done, K.CLEAR, n, unit, station),
        (done, K.CLOSED, n, -1),
        (done + 300, K.RETURNED, -1, unit, station),
        (done + 300, K.REFIT, -1, unit, station),
        (done + 900, K.REFITTED, -1, unit, station),
    ]
    if at_site:
        rows.append((there, K.HARM_KNOWN, n, -1, -1, json.dumps([int(n % 7 == 0), 1, 20_000.0])))
        rows.append((there, K.CLASS_ROSE, n, -1, 0))
    return rows


def arrivals_nowhere() -> tuple[pl.DataFrame, pl.DataFrame]:
    """A replication in which nothing happens."""
    return log_of(), fate_of()
