"""A workbook beside the other files: its sheets are read as the tables of readiness, each cell located."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from sim.scenarios.drafts import WORKBOOK, Draft
from sim.scenarios.fields import Part
from sim.scenarios.headers import SHEETS, table_named
from sim.scenarios.problems import Problem, known_or_near
from sim.scenarios.rosters import optional_columns, plain_type, required_columns, understand_sheet
from sim.scenarios.rows import ROWS
from sim.scenarios.tables import Sheet, missing_columns, positions_of
from sim.scenarios.workbook_cells import EXCEL_ERROR, NO_VALUE, read_cell

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ROWS_ALLOWED = 100_000
DAMAGED = (
    BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    IndexError,
    AttributeError,
    zlib.error,
)
"""What openpyxl raises over a file that is not, or not wholly, a workbook."""

Cell = tuple[int, int]
Said = tuple[Any, str | None]
"""The value of a cell, and what is wrong with it (None: nothing)."""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets by the table they hold; `values` says what stands in cells with a formula."""

    sheets: Mapping[str, Worksheet] = field(default_factory=dict)
    values: Workbook | None = None


def open_book(folder: Path, draft: Draft) -> Book | None:
    """Open the workbook of a scenario folder, if there is one, and find its sheets.

    Parameters
    ----------
    folder
        The scenario folder.
    draft
        What is wrong with the workbook as a whole is added to its problems, sheets nobody reads to its notes.

    Returns
    -------
    Book or None
        Without sheets where there is no workbook; None where it cannot be read.
    """
    path = folder / WORKBOOK
    if not path.exists():
        return Book()
    book = _opened(path, draft)
    if book is None:
        return None
    sheets = _sheets(book, draft)
    formulas = any(cell.data_type == "f" for sheet in sheets.values() for row in sheet.rows for cell in row)
    return Book(sheets, _opened(path, draft, data_only=True) if formulas else None)


def read_book_sheet(book: Book, name: str, draft: Draft) -> None:
    """Read one of the sheets of a workbook into a draft."""
    model = ROWS[name]
    worksheet = book.sheets[name]
    found: list[Problem] = []
    cells = dict(_cells(worksheet, book.values))
    _unmerge(worksheet, cells, found)
    sheet = _sheet(worksheet.title, cells, model, found)
    draft.problems.extend(replace(problem, sheet=worksheet.title) for problem in found)
    if sheet is not None:
        understand_sheet(sheet, name, draft)


def holds_rows(book: Book, name: str) -> bool:
    """Tell whether a sheet holds anything below its header."""
    rows = {line for (line, _), (value, _) in _cells(book.sheets[name], None) if not _blank(value)}
    return len(rows) > 1


def _opened(path: Path, draft: Draft, *, data_only: bool = False) -> Workbook | None:
    """Open a workbook whole: without that nobody could tell which of its cells are merged."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(path, data_only=data_only)
    except OSError as error:
        reason = {"reason": error.strerror or type(error).__name__}
        draft.problems.append(Problem(path.name, message_id="cannot be read: {reason}", values=reason))
    except (InvalidFileException, *DAMAGED):
        message = "is no Excel workbook (.xlsx), or it is damaged or locked by a password"
        draft.problems.append(Problem(path.name, message_id=message))
    return None


def _sheets(book: Workbook, draft: Draft) -> dict[str, Worksheet]:
    """Find the table of each sheet; note sheets nobody reads."""
    sheets: dict[str, Worksheet] = {}
    for sheet in book.worksheets:
        table = table_named(sheet.title)
        if table is None:
            _stranger(sheet.title, draft)
        elif table in sheets:
            message, other = "holds the same table as sheet {other}", {"other": sheets[table].title}
            draft.problems.append(Problem(WORKBOOK, message_id=message, values=other, sheet=sheet.title))
        elif sheet.max_row > ROWS_ALLOWED:
            message, row = "reaches down to row {row}; delete what stands there", {"row": sheet.max_row}
            draft.problems.append(Problem(WORKBOOK, message_id=message, values=row, sheet=sheet.title))
        else:
            sheets[table] = sheet
    return sheets


def _stranger(title: str, draft: Draft) -> None:
    ending, values = known_or_near(title, [*SHEETS, *SHEETS.values()])
    message = "is not read; did you mean {near}?" if ending == "near" else "is not read"
    near = values if ending == "near" else {}
    draft.notes.append(Problem(WORKBOOK, message_id=message, values=near, sheet=title))


def _cells(sheet: Worksheet, values: Workbook | None) -> Iterator[tuple[Cell, Said]]:
    """Go through the cells that say something: place, value, and what is wrong with the value."""
    worked_out = values[sheet.title] if values is not None else None
    for row in sheet.rows:
        for cell in row:
            if cell.value is None:
                continue
            place = cell.row, cell.column
            if cell.data_type == "f":
                value = worked_out.cell(*place).value if worked_out is not None else None
                formula = str(getattr(cell.value, "text", cell.value))
                yield place, (value, None) if value is not None else (formula, NO_VALUE)
            else:
                yield place, (cell.value, EXCEL_ERROR if cell.data_type == "e" else None)


def _unmerge(sheet: Worksheet, cells: dict[Cell, Said], problems: list[Problem]) -> None:
    """Report merged cells, and understand each of them as the first."""
    for merged in sheet.merged_cells.ranges:
        line, column = merged.min_row, merged.min_col
        message, values = "cells {cells} are merged; split them and fill in each", {"cells": merged.coord}
        value = cells.get((line, column))
        shown = value[0] if value else None
        problems.append(Problem(WORKBOOK, line, column, "", shown, message_id=message, values=values))
        if value is not None:
            for row in range(line, merged.max_row + 1):
                cells.update({(row, at): value for at in range(column, merged.max_col + 1)})


def _sheet(
    title: str, cells: Mapping[Cell, Said], model: type[Part], problems: list[Problem]
) -> Sheet | None:
    """Lay cells out as a table; None where not even a header stands there."""
    lines = sorted({line for (line, _), (value, _) in cells.items() if not _blank(value)})
    if not lines:
        message = "is empty; the first line must name the columns"
        problems.append(Problem(WORKBOOK, message_id=message))
        return None
    head, *lines = lines
    width = max(column for line, column in cells if line == head)
    header = [read_cell(cells.get((head, at), ("", None))[0], str)[0] for at in range(1, width + 1)]
    required = required_columns(model)
    positions = positions_of(WORKBOOK, head, header, [*required, *optional_columns(model)], problems)
    missing = [column for column in required if column not in positions]
    problems.extend(missing_columns(WORKBOOK, head, missing))
    columns, odd = _columns(cells, lines, positions, model)
    return Sheet(WORKBOOK, columns, lines, positions, [], name=title, odd=odd)


def _columns(
    cells: Mapping[Cell, Said], lines: list[int], positions: Mapping[str, int], model: type[Part]
) -> tuple[dict[str, list[str]], dict[tuple[str, int], str]]:
    """Read the cells of each column as text, and tell which are of the wrong make."""
    columns: dict[str, list[str]] = {}
    odd: dict[tuple[str, int], str] = {}
    for name, at in positions.items():
        columns[name] = []
        for row, line in enumerate(lines):
            value, complaint = cells.get((line, at), (None, None))
            text, unlike = read_cell(value, plain_type(model.model_fields[name].annotation))
            columns[name].append(text)
            if wrong := complaint or unlike:
                odd[name, row] = wrong
    return columns, odd


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
