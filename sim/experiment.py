"""Replications: the same county through many fates, on all cores, kept as they finish."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from sim.county import County
from sim.engine import Options, simulate
from sim.fate import draw_fate
from sim.language import tongue
from sim.record import log_name, write_run, write_text_whole
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario, scenario_hash

FORMAT = 1
DAY_S = 86400.0
LIBRARIES = ("networkx", "numpy", "polars", "scipy", "simpy")
Progress = Callable[[int, int], None]
Given = TypeVar("Given")
Done = TypeVar("Done")
say = tongue("sim")


class RunTrouble(Exception):
    """A run that cannot begin or go on, in a sentence for the person who asked for it."""

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, fields)
        self.sentence, self.fields = sentence, fields

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str = "en") -> str:
        """Say it in ``"en"`` or ``"zh"``."""
        return say(lang, self.sentence, **self.fields)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to be, and all that its result depends on besides the scenario's files."""

    days: float
    warm_up_days: float
    replications: int
    seed: int
    policy: str | None

    @property
    def horizon_s(self) -> float:
        """The length of one replication in seconds, warm-up included."""
        return (self.days + self.warm_up_days) * DAY_S


def run_experiment(
    scenario_folder: Path,
    *,
    days: float,
    warm_up_days: float = 0.0,
    replications: int = 1,
    seed: int = 1,
    policy: str | None = None,
    out: Path,
    workers: int = 0,
    resume: bool = False,
    on_progress: Progress | None = None,
) -> Path:
    """Simulate a scenario's replications and keep each as it finishes.

    Parameters
    ----------
    scenario_folder
        The scenario; a copy is kept with the run.
    days, warm_up_days
        Length of a replication that counts, and what comes before it.
    replications, seed
        How many fates, and where they come from.
    policy
        A dispatch policy instead of the scenario's own.
    out
        The run's folder; new, or one to go on with.
    workers
        Processes; 0 takes one a core.
    resume
        Go on with an unfinished run of the same figures.
    on_progress
        Told after each finished replication: done, of how many.

    Returns
    -------
    Path
        The run's folder.

    Raises
    ------
    ScenarioError
        The scenario's files cannot be used.
    RunTrouble
        The folder holds another run, or nothing to go on with.
    OSError
        The disk is full, or the folder may not be written.
    """
    plan = Plan(days, warm_up_days, replications, seed, policy)
    manifest = _go_on(out, scenario_folder, plan) if resume else _begin(out, scenario_folder, plan)
    todo = [r for r in range(replications) if r not in manifest["replications_done"]]
    for number in _finished(out, plan, todo, workers or os.cpu_count() or 1):
        manifest["replications_done"] = sorted([*manifest["replications_done"], number])
        manifest["complete"] = len(manifest["replications_done"]) == replications
        _write_manifest(out, manifest)
        if on_progress:
            on_progress(len(manifest["replications_done"]), replications)
    return out


def replicate(folder: Path, plan: Plan, replication: int) -> int:
    """Simulate one replication of a run's own copy of its scenario and write what happened."""
    county = _county(folder / "scenario")
    fate = draw_fate(county, plan.seed, replication, plan.horizon_s)
    write_run(simulate(county, fate, Options(plan.policy)), folder)
    return replication


def finished_replications(out: Path) -> list[int]:
    """Tell which replications of a run's folder are there and whole."""
    return [r for r in _read_manifest(out)["replications_done"] if (out / log_name(r)).is_file()]


@lru_cache(maxsize=1)
def _county(folder: Path) -> County:
    return build_county(load_scenario(folder))


def _finished(out: Path, plan: Plan, todo: list[int], workers: int) -> Iterator[int]:
    """Do the replications and give the number of each as it finishes, in any order."""
    if min(workers, len(todo)) <= 1:
        for number in todo:
            yield replicate(out, plan, number)
        return
    with processes(min(workers, len(todo))) as executor:
        yield from in_flight(executor, out, plan, todo, 2 * workers)


def in_flight(executor: Executor, out: Path, plan: Plan, todo: list[int], at_once: int) -> Iterator[int]:
    """Keep a few replications under way in an executor and give the number of each as it finishes."""
    for finished in under_way(executor, partial(replicate, out, plan), todo, at_once):
        yield from sorted(finished)


def under_way(
    executor: Executor, do: Callable[[Given], Done], todo: Iterable[Given], at_once: int
) -> Iterator[list[Done]]:
    """Keep a few tasks under way in an executor and give what has finished, a few at a time."""
    upcoming = iter(todo)
    pending: set[Future[Done]] = set()
    while True:
        for given in upcoming:
            pending.add(executor.submit(do, given))
            if len(pending) >= at_once:
                break
        if not pending:
            return
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        yield [future.result() for future in finished]


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Open a pool of spawned processes; what was not begun is dropped when something goes wrong."""
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=end_with_parent)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def end_with_parent() -> None:
    """Let this worker process end with the one that began it: a killed one cannot tell its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _begin(out: Path, scenario_folder: Path, plan: Plan) -> dict[str, Any]:
    """Lay out a new run's folder: a copy of the scenario and a manifest; the scenario is read first."""
    if out.exists() and any(out.iterdir()):
        raise RunTrouble(
            "The folder {out} is not empty. Name another one with --out, or go on with it by --resume.",
            out=out,
        )
    scenario = load_scenario(scenario_folder)
    build_county(scenario)
    digest, inputs = scenario_hash(scenario_folder)
    out.mkdir(parents=True, exist_ok=True)
    copy = out / "scenario"
    for name in inputs:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(scenario_folder / name, copy / name)
    manifest = {
        "format": FORMAT,
        "beiqin": _version("beiqin"),
        "python": sys.version.split()[0],
        "libraries": {name: _version(name) for name in LIBRARIES},
        "scenario": scenario.settings.code,
        "scenario_hash": digest,
        "inputs": inputs,
        **asdict(plan),
        "policy": plan.policy or scenario.settings.policy,
        "first_replication": 0,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "replications_done": [],
        "complete": False,
    }
    _write_manifest(out, manifest)
    return manifest


def _go_on(out: Path, scenario_folder: Path, plan: Plan) -> dict[str, Any]:
    """Take up a run where it stopped, if it is the same run."""
    manifest = _read_manifest(out)
    digest, _ = scenario_hash(scenario_folder)
    asked = {**asdict(replace(plan, policy=plan.policy or manifest["policy"])), "scenario_hash": digest}
    for name, value in asked.items():
        if manifest[name] != value:
            raise RunTrouble(
                "The run in {out} was begun with {name} = {was}, not {now}; it can only go on as it began.",
                out=out,
                name=name,
                was=manifest[name],
                now=value,
            )
    manifest["replications_done"] = finished_replications(out)
    return manifest


def _read_manifest(out: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError) as trouble:
        raise RunTrouble("There is no run to go on with in {out}.", out=out) from trouble
    return manifest


def _write_manifest(out: Path, manifest: dict[str, Any]) -> None:
    write_text_whole(out / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
