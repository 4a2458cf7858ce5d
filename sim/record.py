"""A finished replication on disk: its event log and its fate's incidents, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sim.county import County
from sim.events import Kind
from sim.fate import Fate
from sim.log import EventLog

if TYPE_CHECKING:
    from sim.engine import Run

_UNITS_AT = {int(Kind.ASSIGNED): (3, 5), int(Kind.WAITING): (0,)}
"""Where the reason of an event holds the number of a unit."""


def log_name(replication: int) -> str:
    """Name the file of a replication's event log."""
    return f"log-{replication:04d}.parquet"


def incidents_name(replication: int) -> str:
    """Name the file of a replication's incidents."""
    return f"incidents-{replication:04d}.parquet"


def write_run(run: Run, folder: Path) -> None:
    """Write a run's incidents and log into a folder; the log comes last and marks the replication as done.

    Raises
    ------
    OSError
        The disk is full or the folder may not be written; nothing half-written keeps its name.
    """
    replication = run.fate.replication
    _write_whole(incidents_frame(run.county, run.fate), folder / incidents_name(replication))
    _write_whole(log_frame(run.county, run.log), folder / log_name(replication))


def log_frame(county: County, log: EventLog, first: int = 0) -> pl.DataFrame:
    """Give the event log, from an event on, as a table: one row an event, kinds by name, reasons as JSON."""
    rows = log.rows()[first:]
    kinds = pl.Enum([kind.name for kind in Kind])
    return pl.DataFrame(
        {
            "number": np.arange(first, first + len(rows), dtype=np.uint32),
            "time_s": rows["time_s"],
            "kind": pl.Series(kinds.categories).gather(rows["kind"]).cast(kinds),
            "incident": rows["incident"],
            "unit": rows["unit"],
            "node": rows["node"],
            "subject": rows["subject"],
            "cause": rows["cause"],
            "text": _texts(county, log, rows["note"], rows["kind"]),
        }
    )


def _texts(county: County, log: EventLog, notes: NDArray[np.int32], kinds: NDArray[np.int16]) -> pl.Series:
    """Write the reasons and texts that rows point at; units in a reason are written by their codes."""
    texts: list[str | None] = [None] * len(notes)
    written: dict[tuple[int, object], str] = {}
    noted = np.flatnonzero(notes >= 0)
    for row, note, kind in zip(noted.tolist(), notes[noted].tolist(), kinds[noted].tolist(), strict=True):
        words = log.notes[note]
        text = written.get((kind, words))
        if text is None:
            text = written[kind, words] = _text(county, list(words), _UNITS_AT.get(kind, ()))
        texts[row] = text
    return pl.Series("text", texts, dtype=pl.String)


def _text(county: County, words: list[Any], units_at: tuple[int, ...]) -> str:
    """Write a reason as JSON, the units in it by their codes."""
    for place in units_at:
        if place < len(words) and words[place] is not None:
            words[place] = county.units[words[place]].code
    return json.dumps([round(w, 3) if isinstance(w, float) else w for w in words])


def incidents_frame(county: County, fate: Fate) -> pl.DataFrame:
    """Give a fate's incidents as a table: one row an incident, in the order of their numbers."""
    places, sites = [place.code for place in county.places], [site.code for site in county.sites]
    final = [fate.updates[k][-1] if k in fate.updates else None for k in range(len(fate))]
    return pl.DataFrame(
        {
            "incident": np.arange(len(fate), dtype=np.int32),
            "time_s": pl.Series(fate.time_s, dtype=pl.Float64),
            "kind": _coded([kind.code for kind in county.kinds], fate.kind),
            "grade": pl.Series(fate.grade, dtype=pl.Int8),
            "priority": _coded([priority.code for priority in county.priorities], fate.priority),
            "place": _coded(places, fate.place),
            "site": _coded(sites, fate.site),
            "lon": pl.Series(fate.lon, dtype=pl.Float64),
            "lat": pl.Series(fate.lat, dtype=pl.Float64),
            "node": pl.Series(fate.node, dtype=pl.Int32),
            "access_m": pl.Series(fate.access_m, dtype=pl.Float32),
            "handling_s": pl.Series(fate.handling_s, dtype=pl.Float64),
            "control_s": pl.Series(fate.control_s, dtype=pl.Float64),
            "care_s": pl.Series(fate.care_s, dtype=pl.Float64),
            "transport": pl.Series(fate.transport, dtype=pl.Boolean),
            "deaths": pl.Series([u.deaths if u else 0 for u in final], dtype=pl.Int32),
            "injuries": pl.Series([u.injuries if u else 0 for u in final], dtype=pl.Int32),
            "loss_cny": pl.Series([u.loss_cny if u else 0.0 for u in final], dtype=pl.Float64),
        }
    )


def _coded(codes: list[str], numbers: list[int]) -> pl.Series:
    """Write numbers as the codes they stand for; -1 stands for none."""
    return pl.Series([codes[n] if n >= 0 else None for n in numbers], dtype=pl.String)


def _write_whole(frame: pl.DataFrame, path: Path) -> None:
    """Write a table beside its place and move it there when it is whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.write_parquet(draft, compression="zstd", statistics=False)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Write a text file beside its place and move it there when it is whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
