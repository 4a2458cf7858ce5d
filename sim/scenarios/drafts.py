"""A scenario while it is being read: what could be understood so far, where it stands, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.county import Cells
from sim.road_table import RoadTable
from sim.scenarios.headers import SHEETS, table_named
from sim.scenarios.model import Settings
from sim.scenarios.planfiles import PlanDraft
from sim.scenarios.problems import Problem, Term, known_or_near
from sim.scenarios.rows import ROWS
from sim.scenarios.scenario import Scenario
from sim.scenarios.tables import Sheet
from sim.scenarios.yamlfile import Mark, PathKey, dotted

SETTINGS_FILE = "scenario.yaml"
ROAD_FILES = ("nodes.csv", "roads.csv", "nodes.parquet", "roads.parquet")
WORKBOOK = "scenario.xlsx"
FILE_ORDER = (SETTINGS_FILE, *(f"{table}.csv" for table in ROWS), WORKBOOK)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table that could be understood, and the number of each in its sheet."""

    sheet: Sheet
    rows: list[Any]
    numbers: list[int]


@dataclass(slots=True)
class Draft:
    """A scenario as far as it could be read.

    `sections` holds the settings that are right (`kept`: which entries of a list), `known` the codes by
    section or table, also of entries that are wrong elsewhere; a name missing there means that nothing can be
    said about its codes. `points` are the nodes of the map where its roads cannot be read. `raw` is what
    ``scenario.yaml`` says, right or wrong. `spots` are the values that the first `seen` problems speak of.
    """

    folder: Path | None = None
    sections: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, list[int]] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    plans: list[PlanDraft] = field(default_factory=list)
    rule_texts: dict[str, str] = field(default_factory=dict)
    rasters: dict[str, Cells] = field(default_factory=dict)
    roads: RoadTable | None = None
    points: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[PathKey, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    spots: set[tuple[object, ...]] = field(default_factory=set)
    seen: int = 0

    def setting(self, path: PathKey, value: object, message: str, **values: object) -> Problem:
        """Say what is wrong with a setting, at the line of its key or of what it should stand in."""
        marks = (self.marks.get(path[:n]) for n in range(len(path), 0, -1))
        line, column = next((mark for mark in marks if mark), (None, None))
        return Problem(SETTINGS_FILE, line, column, dotted(path), value, message, values)

    def cell(self, table: str, number: int, column: str, message: str, **values: object) -> Problem:
        """Say what is wrong with a cell; `number` is the position among the rows understood."""
        found = self.tables[table]
        return found.sheet.problem(found.numbers[number], column, message, **values)

    def misnamed(self, problem: Problem) -> None:
        """Add a code that names nothing, unless something was already said of it."""
        self.spots.update(map(_spot, self.problems[self.seen :]))
        self.seen = len(self.problems)
        if _spot(problem) not in self.spots:
            self.problems.append(problem)

    def entries(self, section: str) -> Iterator[tuple[int, Any]]:
        """Go through the right entries of a list in the settings, with their positions in the file."""
        entries = self.sections.get(section) or ()
        return zip(self.kept.get(section, range(len(entries))), entries, strict=True)

    def said(self, *pattern: str) -> Iterator[tuple[PathKey, str]]:
        """Go through the words that stand in ``scenario.yaml`` at a path; ``*`` means every entry."""
        return ((path, word) for path, word in self._standing(pattern) if isinstance(word, str))

    def mappings(self, *pattern: str) -> Iterator[tuple[PathKey, Mapping[str, Any]]]:
        """Go through the mappings that stand in ``scenario.yaml`` at a path; ``*`` means every entry."""
        return ((path, it) for path, it in self._standing(pattern) if isinstance(it, Mapping))

    def _standing(self, pattern: tuple[str, ...]) -> list[tuple[PathKey, Any]]:
        found: list[tuple[PathKey, Any]] = [((), self.raw)]
        for part in pattern:
            found = [(((*path, key)), below) for path, it in found for key, below in _entries(it, part)]
        return found

    def line(self, table: str, number: int) -> int:
        """Tell the line of a row; `number` is the position among the rows understood."""
        found = self.tables[table]
        return found.sheet.lines[found.numbers[number]]

    def rows(self, table: str) -> Iterator[tuple[int, Any]]:
        """Go through the rows of a table that could be understood."""
        found = self.tables.get(table)
        return enumerate(found.rows if found else ())

    def whole(self, table: str) -> bool:
        """Tell whether every row of a table could be understood (a table left out is whole and empty)."""
        found = self.tables.get(table)
        if found is None:
            return self.known.get(table) == []
        sheet = found.sheet
        return len(found.rows) == len(sheet.lines) and not sheet.dropped and not sheet.cut

    def scenario(self) -> Scenario:
        """Make the scenario; only right where there are no problems.

        Raises
        ------
        ValueError
            There are problems, or nothing was read.
        """
        if self.problems or self.roads is None:
            raise ValueError("a draft with problems makes no scenario")
        tables = {name: tuple(table.rows) for name, table in self.tables.items()}
        return Scenario(
            settings=Settings(**self.sections),
            **tables,
            plans=tuple(draft.plan for draft in self.plans if draft.plan is not None),
            rule_texts=self.rule_texts,
            rasters=self.rasters,
            roads=self.roads,
            notes=tuple(in_order(self.notes)),
            folder=self.folder,
        )


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort problems as a person goes through the files."""
    order = {name: number for number, name in enumerate(FILE_ORDER)}
    sheets = {name: number for number, name in enumerate(SHEETS)}

    def place(problem: Problem) -> tuple[object, ...]:
        table = table_named(problem.sheet) or ""
        sheet = sheets.get(table, len(sheets) if problem.sheet else -1)
        file = order.get(problem.file, len(order))
        return file, problem.file, sheet, problem.sheet, problem.line or 0, problem.column or 0

    return sorted(problems, key=place)


def _spot(problem: Problem) -> tuple[object, ...]:
    return problem.file, problem.sheet, problem.line, problem.column, str(problem.value)


def _entries(value: object, part: str) -> Iterator[tuple[str | int, Any]]:
    """Give the entry of a mapping by its key, or with ``*`` all entries of a mapping or list."""
    if part == "*" and isinstance(value, tuple | list):
        yield from enumerate(value)
    elif isinstance(value, Mapping):
        yield from ((key, it) for key, it in value.items() if part in ("*", key))


def unknown(thing: str, value: str, options: list[str]) -> tuple[str, dict[str, object]]:
    """Say that a code names nothing, with a near one or what is known.

    Parameters
    ----------
    thing
        What the code should name: "station", "priority".
    value
        The code.
    options
        The codes there are.
    """
    ending, values = known_or_near(value, list(dict.fromkeys(options)))
    message = {
        "near": "names no {thing}; did you mean {near}?",
        "known": "names no {thing}; known: {known}",
        "none": "names no {thing}; none is given",
    }[ending]
    return message, {"thing": Term(thing), **values}
