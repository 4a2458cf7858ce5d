"""What each kind of job does; each goes on from what an earlier attempt has finished."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import library, preparedness, service
from api.folders import manifest_of
from api.jobs import Job
from api.requests import ReadinessWanted, RunWanted
from api.service import Progress
from api.store import Store

if TYPE_CHECKING:
    from results.readiness.survey import Survey
    from results.tables import Table

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Task:
    """A job to be carried out: where its files go, the scenario's folder, and whom to tell how far it is."""

    job: Job
    folder: Path
    scenario: Path
    on_progress: Progress
    workers: int = 0


def carry_out(store: Store, job: Job, on_progress: Progress, workers: int = 0) -> dict[str, Any]:
    """Do a job and give its result as plain numbers.

    Raises
    ------
    ScenarioError, Trouble, RunTrouble
        It cannot be done; and whatever `on_progress` raises to stop it.
    """
    folder = job_folder(store, job.id)
    folder.mkdir(parents=True, exist_ok=True)
    scenario = library.folder_of(store, job.scenario, job.version)
    return KINDS[job.kind](Task(job, folder, scenario, on_progress, workers))


def job_folder(store: Store, number: str) -> Path:
    """Name the folder of a job's files."""
    return store.folder / "jobs" / number


def run_folder(store: Store, number: str) -> Path:
    """Name the folder of the run that a job makes."""
    return job_folder(store, number) / "run"


def run(task: Task) -> dict[str, Any]:
    """Simulate; what was finished before is kept."""
    from results.summary import summary_of

    wanted = RunWanted.model_validate(task.job.request)
    reading = service.read_results(service.run_scenario(_run_request(task, wanted), task.on_progress))
    return {"summary": summary_of(reading.run.manifest, reading.findings)}


def _run_request(task: Task, wanted: RunWanted) -> service.RunRequest:
    """Ask for a run, or for the rest of it where an earlier attempt has begun it."""
    out = task.folder / "run"
    if manifest_of(out):
        return service.unfinished(out, task.workers)
    shutil.rmtree(out, ignore_errors=True)
    return service.RunRequest(
        str(task.scenario),
        wanted.days,
        wanted.warm_up_days,
        wanted.replications,
        wanted.seed,
        wanted.policy,
        task.workers,
        out,
    )


def readiness(task: Task) -> dict[str, Any]:
    """Look at a county's readiness; the tables in both languages, the report as pages."""
    wanted = ReadinessWanted.model_validate(task.job.request)
    found = preparedness.look(str(task.scenario), wanted.at, wanted.seed)
    trial = preparedness.Trial(wanted.days, wanted.replications, wanted.seed)
    gains = preparedness.gains_of_changes(found, trial, task.on_progress) if wanted.gains else None
    command = f"beiqin readiness {task.job.scenario} --seed {wanted.seed}"
    for lang in LANGUAGES:
        preparedness.write_readiness(found, lang, task.folder / f"readiness-{lang}", command, gains)
    return {"at": found.local.isoformat(), **{lang: _told(found, lang) for lang in LANGUAGES}}


def _told(found: Survey, lang: str) -> dict[str, Any]:
    from results.readiness.sheets import SHEETS
    from results.readiness.told import headline

    tables = {name: as_rows(sheet(found, lang)) for name, sheet in SHEETS.items() if name != "units_brief"}
    return {"headline": list(headline(found, lang)), "tables": tables}


def as_rows(table: Table) -> dict[str, Any]:
    """Give a table as plain headings and rows."""
    return {
        "headings": list(table.headings),
        "rows": [[cell.text for cell in row] for row in table.rows],
    }


KINDS: Mapping[str, Callable[[Task], dict[str, Any]]] = {"run": run, "readiness": readiness}
