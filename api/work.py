"""What each kind of job does; each goes on from what an earlier attempt has finished."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import comparing, evaluating, library, preparedness, service
from api.folders import manifest_of
from api.jobs import Job
from api.requests import EvaluationWanted, ReadinessWanted, RunWanted, WhatIfWanted
from api.service import Progress
from api.store import Store

if TYPE_CHECKING:
    from results.plans.page import Evaluation
    from results.readiness.survey import Survey
    from results.tables import Table

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker may use: processes (0: one for each core), and a Dask scheduler for what-ifs."""

    workers: int = 0
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A job to be carried out: where its files go, the scenario's folder, and whom to tell how far it is."""

    job: Job
    folder: Path
    scenario: Path
    on_progress: Progress
    means: Means


def carry_out(store: Store, job: Job, on_progress: Progress, means: Means) -> dict[str, Any]:
    """Do a job and give its result as plain numbers.

    Raises
    ------
    ScenarioError, Trouble, RunTrouble
        It cannot be done; and whatever `on_progress` raises to stop it.
    """
    folder = job_folder(store, job.id)
    folder.mkdir(parents=True, exist_ok=True)
    scenario = library.folder_of(store, job.scenario, job.version)
    return KINDS[job.kind](Task(job, folder, scenario, on_progress, means))


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
        return service.unfinished(out, task.means.workers)
    shutil.rmtree(out, ignore_errors=True)
    return service.RunRequest(
        str(task.scenario),
        wanted.days,
        wanted.warm_up_days,
        wanted.replications,
        wanted.seed,
        wanted.policy,
        task.means.workers,
        out,
    )


def readiness(task: Task) -> dict[str, Any]:
    """Look at a county's readiness; the tables in both languages, the report as pages."""
    wanted = ReadinessWanted.model_validate(task.job.request)
    found = preparedness.look(str(task.scenario), wanted.at, wanted.seed)
    trial = preparedness.Trial(wanted.days, wanted.replications, wanted.seed)
    gains = preparedness.gains_of_changes(found, trial, task.on_progress) if wanted.gains else None
    words = ["beiqin", "readiness", task.job.scenario, "--seed", str(wanted.seed)]
    words += ["--at", wanted.at.strftime("%Y-%m-%d %H:%M")] if wanted.at else []
    if wanted.gains:
        words += ["--gains", "--days", f"{wanted.days:g}", "--replications", str(wanted.replications)]
    command = shlex.join(words)
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


def evaluation(task: Task) -> dict[str, Any]:
    """Put a plan to the test; the figures as plain numbers, the pages to be signed as files."""
    from results.indicators import sheet_of
    from results.plans.page import figures_of

    request = _evaluation_request(task)
    found = evaluating.evaluate(request, "zh", task.on_progress)
    told = {"zh": found, "en": _in_english(found, request)}
    for lang in LANGUAGES:
        evaluating.write_evaluation(told[lang], task.folder / f"evaluation-{lang}", lang)
    figures = figures_of(found, sheet_of(found.found, "zh"))
    headlines = {lang: list(evaluating.headline_of(told[lang], lang)) for lang in LANGUAGES}
    return {"figures": figures, "headline": headlines}


def _evaluation_request(task: Task) -> evaluating.EvaluationRequest:
    wanted = EvaluationWanted.model_validate(task.job.request)
    return evaluating.EvaluationRequest(
        str(task.scenario),
        wanted.plan,
        wanted.accidents,
        wanted.rules or "",
        wanted.against or "",
        wanted.against_rules or "",
        tuple(wanted.injects),
        wanted.seed,
        task.means.workers,
        task.job.scenario,
    )


def _in_english(found: Evaluation, request: evaluating.EvaluationRequest) -> Evaluation:
    """Give an evaluation with its labels in English; what was found stays."""
    from sim.rehearsal import county_at

    county = county_at(Path(request.scenario))
    ours, theirs = evaluating.labels_of(county, request, "en")
    return replace(
        found,
        found=replace(found.found, label=ours),
        other=None if found.other is None else replace(found.other, label=theirs),
        facts=evaluating.facts_of(Path(request.scenario), county, request, "en"),
        command=evaluating.command_of(request, "en"),
    )


def what_if(task: Task) -> dict[str, Any]:
    """Compare; finished replications are kept by all they depend on, for this job and all others."""
    from results.comparison_page import headline, plainly
    from sim.replications import Store as Kept

    wanted = WhatIfWanted.model_validate(task.job.request)
    found = comparing.compare(
        comparing.request_of(str(task.scenario), wanted, task.means.workers, task.means.cluster),
        lambda standing: task.on_progress(standing.done, standing.total),
        store=Kept(task.folder.parent.parent / "replications"),
    )
    command = what_if_command(task.job.scenario, wanted)
    for lang in LANGUAGES:
        comparing.write(found, lang, task.folder / f"what-if-{lang}", command)
    return {"figures": plainly(found), "headline": {lang: list(headline(found, lang)) for lang in LANGUAGES}}


def what_if_command(scenario: str, wanted: WhatIfWanted) -> str:
    """Give what makes the same comparison again: the command, or the request where edits are data."""
    words = ["beiqin", "what-if", scenario]
    for name, edits in wanted.variants.items():
        said = [edit for edit in edits if isinstance(edit, str)]
        if len(said) < len(edits):
            return f"POST /api/jobs {wanted.model_dump_json(exclude_defaults=True)}"
        words += ["--variant", f"{name}={'; '.join(said)}"]
    figures = wanted.model_dump()
    options = ("days", "warm_up_days", "replications", "seed", "policy", "measure", "until_half_width")
    for option in (*options, *(("worth", "probability") if wanted.best else ())):
        if figures[option] is not None:
            name = {"warm_up_days": "warm-up"}.get(option, option.replace("_", "-"))
            value = figures[option]
            words += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    words += [f"--{flag}" for flag in ("best", "factorial") if figures[flag]]
    return shlex.join(words)


KINDS: Mapping[str, Callable[[Task], dict[str, Any]]] = {
    "run": run,
    "readiness": readiness,
    "evaluation": evaluation,
    "what_if": what_if,
}
"""What is done for each kind of job that `api.requests` lets be asked for."""
PAGES = {"readiness": "readiness", "evaluation": "evaluation", "what_if": "what-if"}
"""The folders, each with a language after its name, in which jobs that make no run write their pages."""
