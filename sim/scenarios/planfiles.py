"""Reading the emergency plans of a scenario folder, and its own rule files, one a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenarios.complaints import complaints
from sim.scenarios.plan_model import PlanFile
from sim.scenarios.problems import Problem
from sim.scenarios.tables import read_text
from sim.scenarios.yamlfile import Mark, PathKey, dotted, read_yaml

PLANS = "plans"
RULES = "rules"
FOLDERS = (PLANS, RULES)
"""Folders of a scenario folder that hold YAML files."""


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as far as it could be read: `plan` where it is right, `raw` what its file says in any case."""

    file: str
    raw: Mapping[str, Any]
    marks: Mapping[PathKey, Mark] = field(default_factory=dict)
    plan: PlanFile | None = None

    def problem(self, path: PathKey, value: object, message: str, **values: object) -> Problem:
        """Say what is wrong with something, at the line of its key or of what it should stand in."""
        marks = (self.marks.get(path[:n]) for n in range(len(path), 0, -1))
        line, column = next((mark for mark in marks if mark), (None, None))
        return Problem(self.file, line, column, dotted(path), value, message, values)

    def tasks(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Go through the tasks as they are written, with their positions."""
        tasks = self.raw.get("tasks")
        listed = enumerate(tasks) if isinstance(tasks, tuple | list) else ()
        return ((at, task) for at, task in listed if isinstance(task, Mapping))


def read_plans(folder: Path, problems: list[Problem]) -> list[PlanDraft]:
    """Read the plans of a scenario folder, in the order of their file names."""
    return [_read_plan(path, problems) for path in files_in(folder, PLANS)]


def read_rule_texts(folder: Path, problems: list[Problem]) -> dict[str, str]:
    """Read a scenario's own rule files as they stand, by name without ending."""
    found = {path.stem: read_text(path, problems) for path in files_in(folder, RULES)}
    return {name: text for name, text in found.items() if text is not None}


def files_in(folder: Path, name: str) -> list[Path]:
    """List the YAML files of a folder of a scenario, in order of their names."""
    return sorted((folder / name).glob("*.yaml"))


def _read_plan(path: Path, problems: list[Problem]) -> PlanDraft:
    file, found = f"{PLANS}/{path.name}", len(problems)
    document = read_yaml(path, problems)
    problems[found:] = [replace(problem, file=file) for problem in problems[found:]]
    if document is None:
        return PlanDraft(file, {})
    if not isinstance(document.data, dict):
        problems.append(Problem(file, message_id="must hold an emergency plan, one name: value a line"))
        return PlanDraft(file, {})
    draft = PlanDraft(file, document.data, document.marks)
    try:
        return replace(draft, plan=PlanFile.model_validate(document.data))
    except ValidationError as error:
        for at, value, message, values in complaints(PlanFile, error):
            problems.append(draft.problem(at, value, message, **values))
        return draft
