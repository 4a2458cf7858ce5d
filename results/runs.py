"""A run's folder, opened for reading: what was simulated, with what, and the log of each replication."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

from results.measures import DAY_S, Window
from sim.county import County
from sim.events import Kind
from sim.language import tongue
from sim.scenarios.build import build_county
from sim.scenarios.load import Scenario, load_scenario
from sim.scenarios.problems import Problem, ScenarioError

say = tongue("results")

FORMAT = 1
KINDS = pl.Enum([kind.name for kind in Kind])
LOG_SCHEMA: Mapping[str, Any] = {
    "number": pl.UInt32,
    "time_s": pl.Float64,
    "kind": KINDS,
    "incident": pl.Int32,
    "unit": pl.Int16,
    "node": pl.Int32,
    "subject": pl.Int32,
    "cause": pl.Int32,
    "text": pl.String,
}
INCIDENT_SCHEMA: Mapping[str, Any] = {
    "incident": pl.Int32,
    "time_s": pl.Float64,
    "kind": pl.String,
    "grade": pl.Int16,
    "priority": pl.String,
    "place": pl.String,
    "site": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class RunProblem(Problem):
    """One thing wrong with a run's folder."""

    def text(self, lang: str = "en") -> str:
        """Say it in one line, in ``"en"`` or ``"zh"``."""
        colon = "：" if lang == "zh" else ": "
        return f"{self.file}{colon}{say(lang, self.message_id, **self.values)}"


class RunError(ScenarioError):
    """A folder cannot be read as a run; `problems` lists why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run was made from; see the run folder's ``manifest.json``."""

    format: int
    beiqin: str | None
    python: str
    libraries: Mapping[str, str | None]
    scenario: str
    scenario_hash: str
    inputs: Mapping[str, str]
    seed: int
    replications: int
    first_replication: int
    days: float
    warm_up_days: float
    started: str
    policy: str
    complete: bool
    replications_done: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run that can be read: its folder, its manifest, and the replications that are finished."""

    path: Path
    manifest: Manifest

    @property
    def replications(self) -> tuple[int, ...]:
        """The finished replications, in order."""
        return self.manifest.replications_done

    @property
    def window(self) -> Window:
        """The time that counts, in seconds of a replication."""
        warm_up_s = self.manifest.warm_up_days * DAY_S
        return Window(warm_up_s, warm_up_s + self.manifest.days * DAY_S)

    def events(self, replication: int) -> pl.DataFrame:
        """Read the event log of a replication.

        Raises
        ------
        RunError
            If the file is missing, damaged, or not a log.
        """
        log = _read(self.path / log_name(replication), LOG_SCHEMA)
        numbers = log["number"]
        if len(log) and (numbers[-1] != len(log) - 1 or not numbers.is_sorted()):
            raise wrong(self.path / log_name(replication), "the log has gaps: it was cut or changed.")
        return log

    def incidents(self, replication: int) -> pl.DataFrame:
        """Read the incidents that chance brought in a replication.

        Raises
        ------
        RunError
            If the file is missing, damaged, or not a table of incidents.
        """
        return _read(self.path / incidents_name(replication), INCIDENT_SCHEMA)

    def scenario(self) -> Scenario:
        """Read the run's own copy of its scenario.

        Raises
        ------
        ScenarioError
            If the copy was changed so that it no longer holds.
        """
        return load_scenario(self.path / "scenario")

    def county(self) -> County:
        """Build the county from the run's own copy of its scenario."""
        return build_county(self.scenario())


def open_run(folder: Path, partial: bool = False) -> RunFolder:
    """Open a run's folder.

    Parameters
    ----------
    folder
        The folder that holds ``manifest.json``.
    partial
        Accept a run that was broken off, with the replications that were finished.

    Raises
    ------
    RunError
        If the folder is not a run, the run is not complete, or a replication's files are missing or damaged.
    """
    run = RunFolder(folder, _manifest(folder / "manifest.json"))
    if not run.replications:
        raise wrong(folder, "no replication is finished yet.")
    if not (run.manifest.complete or partial):
        raise wrong(
            folder,
            "the run was broken off after {done} of {all} replications; go on with: "
            "beiqin run --resume {folder}",
            done=len(run.replications),
            all=run.manifest.replications,
            folder=folder,
        )
    _check_files(run)
    return run


def log_name(replication: int) -> str:
    """Name the file of a replication's event log."""
    return f"log-{replication:04d}.parquet"


def incidents_name(replication: int) -> str:
    """Name the file of a replication's incidents."""
    return f"incidents-{replication:04d}.parquet"


def _manifest(path: Path) -> Manifest:
    if not path.is_file():
        raise wrong(path.parent, "is not the folder of a run: it holds no manifest.json.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise wrong(path, "is not readable as JSON: {reason}", reason=error) from error
    if not isinstance(content, dict):
        raise wrong(path, "is not the manifest of a run.")
    return _filled(path, content)


def _filled(path: Path, content: Mapping[str, Any]) -> Manifest:
    if isinstance(content.get("format"), int) and content["format"] > FORMAT:
        raise wrong(path, "was made by a newer Beiqin ({version}).", version=content.get("beiqin", "?"))
    problems = [problem for name, kind in FIELDS.items() if (problem := _field(path, content, name, kind))]
    if problems:
        raise RunError(problems)
    known = {field.name: content[field.name] for field in fields(Manifest)}
    done = tuple(sorted(known.pop("replications_done")))
    return Manifest(**known, replications_done=done)


def _field(
    path: Path, content: Mapping[str, Any], name: str, kind: type | tuple[type, ...]
) -> RunProblem | None:
    if name not in content:
        return _problem(path, "lacks the entry {name}.", name=name)
    value = content[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return _problem(path, "the entry {name} cannot be {value}.", name=name, value=json.dumps(value))
    return None


FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "format": int,
    "beiqin": (str, type(None)),
    "python": str,
    "libraries": dict,
    "scenario": str,
    "scenario_hash": str,
    "inputs": dict,
    "seed": int,
    "replications": int,
    "first_replication": int,
    "days": (int, float),
    "warm_up_days": (int, float),
    "started": str,
    "policy": str,
    "complete": bool,
    "replications_done": list,
}


def _check_files(run: RunFolder) -> None:
    """Look at the end of every file, where Parquet keeps its contents: a cut file has none."""
    wanted = [(log_name(r), LOG_SCHEMA) for r in run.replications]
    wanted += [(incidents_name(r), INCIDENT_SCHEMA) for r in run.replications]
    problems = [problem for name, schema in wanted if (problem := _check_file(run.path / name, schema))]
    if problems:
        raise RunError(problems)


def _check_file(path: Path, schema: Mapping[str, Any]) -> RunProblem | None:
    if not path.is_file():
        return _problem(path, "is missing.")
    try:
        found = pl.read_parquet_schema(path)
    except pl.exceptions.PolarsError:
        return _problem(path, "is damaged or cut short; run this replication again.")
    missing = [name for name in schema if name not in found]
    if missing:
        return _problem(path, "lacks the columns {names}.", names=", ".join(missing))
    return None


def _read(path: Path, schema: Mapping[str, Any]) -> pl.DataFrame:
    problem = _check_file(path, schema)
    if problem:
        raise RunError([problem])
    try:
        table = pl.read_parquet(path, use_statistics=False)
        return table.with_columns(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise wrong(path, "is damaged or not what it should be: {reason}", reason=reason) from error


def _problem(path: Path, sentence: str, **fields: object) -> RunProblem:
    return RunProblem(str(path), message_id=sentence, values=fields)


def wrong(path: Path, sentence: str, **fields: object) -> RunError:
    """Say in one sentence what is wrong with a run, ready to be raised."""
    return RunError([_problem(path, sentence, **fields)])
