"""What a job that is done has to show: report, pictures and tables, made when they are first asked for."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from api import jobs, service
from api.jobs import Job
from api.store import Conflict, NotThere, Store
from api.work import PAGES, job_folder, run_folder

if TYPE_CHECKING:
    import polars as pl

    from results.report import Reading

DRAWING = threading.Lock()
"""Matplotlib draws one thing at a time."""
FIGURE = re.compile(r"([a-z0-9-]+)-(en|zh)\.(png|svg)")
TABLES: Mapping[str, str] = {
    "calls": "a row for each call that counts",
    "sendings": "a row for each unit sent to one of them",
    "loads": "a row for each unit and replication",
    "log": "the event log of one replication",
    "incidents": "the incidents that chance brought in one replication",
}
OF_ONE = ("log", "incidents")


def report(store: Store, number: str, lang: str) -> Path:
    """Give a job's report as a page.

    Raises
    ------
    NotThere
        There is no such job, or it has no report.
    Conflict
        It is not done.
    """
    job = _done(store, number)
    if job.kind in PAGES:
        return _first(job_folder(store, number) / f"{PAGES[job.kind]}-{lang}", "*.html")
    return _drawn(store, job, lang)


def figures(store: Store, number: str, lang: str) -> list[str]:
    """Name a job's pictures."""
    return sorted({found[1] for path in _pictures(store, number, lang) if (found := _named(path))})


def figure(store: Store, number: str, name: str, form: str, lang: str) -> Path:
    """Give a picture of a job as a file.

    Raises
    ------
    NotThere
        There is none of that name.
    """
    for path in _pictures(store, number, lang):
        if (found := _named(path)) and found.groups() == (name, lang, form):
            return path
    raise NotThere("There is no picture {name}.", name=name)


def table(store: Store, number: str, name: str, replication: int = 0) -> pl.DataFrame:
    """Give a table of a run.

    Raises
    ------
    NotThere
        There is none of that name, or no such replication.
    """
    if name not in TABLES:
        known = ", ".join(TABLES)
        raise NotThere("There is no table {name}; there are: {known}.", name=name, known=known)
    read = reading(store, number)
    if name not in OF_ONE:
        frame: pl.DataFrame = getattr(read.findings, name)
        return frame
    if replication not in read.run.replications:
        raise NotThere("There is no replication {n}.", n=replication)
    return read.run.events(replication) if name == "log" else read.run.incidents(replication)


def reading(store: Store, number: str) -> Reading:
    """Read the run that a job has made.

    Raises
    ------
    NotThere
        The job makes no run.
    Conflict
        It is not done.
    """
    job = _done(store, number)
    folder = run_folder(store, job.id)
    if not folder.is_dir():
        raise NotThere("Job {id} has no run: it is of the kind {kind}.", id=number, kind=job.kind)
    return _read(folder)


@lru_cache(maxsize=4)
def _read(folder: Path) -> Reading:
    """Read a run once: it is complete and nobody changes it any more."""
    return service.read_results(folder)


def _done(store: Store, number: str) -> Job:
    job = jobs.job(store, number)
    if job.state != "done":
        raise Conflict("Job {id} has no result: it is {state}.", id=number, state=job.state)
    return job


def _drawn(store: Store, job: Job, lang: str) -> Path:
    """Draw a run's report and pictures, unless they are there."""
    read = reading(store, job.id)
    path = read.run.path / f"report-{lang}.html"
    with DRAWING:
        return path if path.is_file() else service.write_report(read, lang, path.name)


def _pictures(store: Store, number: str, lang: str) -> list[Path]:
    page = report(store, number, lang)
    return sorted(path for path in page.parent.rglob("*") if path.suffix in (".png", ".svg"))


def _named(path: Path) -> re.Match[str] | None:
    return FIGURE.fullmatch(path.name)


def _first(folder: Path, pattern: str) -> Path:
    for path in sorted(folder.glob(pattern)):
        return path
    raise NotThere("The files of this job are gone: {path}.", path=folder.name)
