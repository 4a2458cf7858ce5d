"""Reading a scenario folder: everything it says, or everything that is wrong with it, at once."""

from __future__ import annotations

from pathlib import Path

from sim.scenarios.checks import check_draft
from sim.scenarios.drafts import FILE_ORDER, ROAD_FILES, SETTINGS_FILE, WORKBOOK, Draft, in_order
from sim.scenarios.fingerprint import scenario_hash
from sim.scenarios.headers import SHEETS
from sim.scenarios.planfiles import read_plans, read_rule_texts
from sim.scenarios.problems import Problem, ScenarioError, known_or_near
from sim.scenarios.roadfiles import points_of, read_roads
from sim.scenarios.rosters import read_raster, read_table
from sim.scenarios.rows import OPTIONAL_TABLES, ROWS, raster_name
from sim.scenarios.scenario import Scenario
from sim.scenarios.sections import read_settings
from sim.scenarios.workbook import Book, holds_rows, open_book, read_book_sheet

__all__ = ["Scenario", "load_scenario", "scenario_hash"]

BESIDES = ("SOURCES.md",)


def load_scenario(folder: Path) -> Scenario:
    """Read a scenario folder.

    Parameters
    ----------
    folder
        Holds ``scenario.yaml``, the tables and the roads.

    Returns
    -------
    Scenario
        Everything it says; `Scenario.notes` tells what is not wrong but worth knowing.

    Raises
    ------
    ScenarioError
        With everything that is wrong, in the order of the files and their lines.
    """
    folder = Path(folder)
    _find(folder)
    draft = Draft(folder)
    if read_settings(folder, draft):
        _read_tables(folder, draft)
        _read_rasters(folder, draft)
        _read_roads(folder, draft)
        draft.plans += read_plans(folder, draft.problems)
        draft.rule_texts.update(read_rule_texts(folder, draft.problems))
        _note_strangers(folder, draft)
        check_draft(draft)
    if draft.problems:
        raise ScenarioError(in_order(draft.problems))
    return draft.scenario()


def _find(folder: Path) -> None:
    """Refuse what is not a scenario folder."""
    if not folder.is_dir():
        message = "is a file; a scenario is a folder" if folder.exists() else "there is no such folder"
        raise ScenarioError([Problem(str(folder), message_id=message)])
    if not (folder / SETTINGS_FILE).is_file():
        message = "is not a scenario folder: it holds no scenario.yaml"
        raise ScenarioError([Problem(str(folder), message_id=message)])


def _read_tables(folder: Path, draft: Draft) -> None:
    book = open_book(folder, draft)
    sheets = book.sheets if book else {}
    for name in ROWS:
        if (folder / f"{name}.csv").exists():
            _not_both(book, name, draft)
            read_table(folder, name, draft)
        elif book and name in sheets:
            read_book_sheet(book, name, draft)
        elif book is None and name in SHEETS:
            continue
        elif name in OPTIONAL_TABLES:
            draft.known[name] = []
        else:
            draft.problems.append(_missing(name, bool(sheets)))


def _not_both(book: Book | None, name: str, draft: Draft) -> None:
    """Report a table that is given twice, as a file and as a sheet with rows."""
    if book and name in book.sheets and holds_rows(book, name):
        message, title = "is also given as {file}; keep one of the two", book.sheets[name].title
        values = {"file": f"{name}.csv"}
        draft.problems.append(Problem(WORKBOOK, message_id=message, values=values, sheet=title))


def _missing(name: str, has_book: bool) -> Problem:
    """Say that a table is missing, also from the workbook where there is one and it could hold it."""
    if has_book and name in SHEETS:
        message = "holds no sheet {sheet} ({table}), and there is no {table}.csv"
        return Problem(WORKBOOK, message_id=message, values={"sheet": SHEETS[name], "table": name})
    return Problem(f"{name}.csv", message_id="file is missing from the folder")


def _read_rasters(folder: Path, draft: Draft) -> None:
    """Read each density raster that a stream of demand names; a missing one is reported at that row."""
    for number, row in draft.rows("demand"):
        name = raster_name(row.where)
        if name is None or name in draft.rasters:
            continue
        if Path(name).name != name or not (folder / name).is_file():
            message = "names no file of this folder"
            draft.problems.append(draft.cell("demand", number, "where", message))
            continue
        cells = read_raster(folder / name, draft.problems)
        if cells is not None:
            draft.rasters[name] = cells


def _read_roads(folder: Path, draft: Draft) -> None:
    """Read the roads; without the profiles nobody knows which columns they may have."""
    if "profiles" not in draft.known:
        return
    found = len(draft.problems)
    table = read_roads(folder, draft.known["profiles"], draft.problems)
    if len(draft.problems) == found:
        draft.roads = table
    else:
        draft.points = points_of(folder)


def _note_strangers(folder: Path, draft: Draft) -> None:
    """Note tables that nobody reads: a misspelt name would otherwise go unnoticed."""
    known = [*FILE_ORDER, *ROAD_FILES, *draft.rasters, *BESIDES]
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".csv", ".yaml", ".yml", ".parquet", ".xlsx") or path.name in known:
            continue
        stems = {Path(name).stem: name for name in known}
        ending, values = known_or_near(path.stem, stems)
        if ending == "near":
            near = {"near": stems[str(values["near"])]}
            draft.notes.append(
                Problem(path.name, message_id="is not read; did you mean {near}?", values=near)
            )
        else:
            draft.notes.append(Problem(path.name, message_id="is not read"))
