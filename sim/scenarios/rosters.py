"""Reading the tables row by row: each cell strictly, each row against its model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from pydantic import ValidationError

from sim.county import Cells
from sim.scenarios.cells import EMPTY, CellError, codes, day, number, numbers, whole, yes_no
from sim.scenarios.complaints import complaints
from sim.scenarios.drafts import Draft, Table
from sim.scenarios.fields import Part
from sim.scenarios.problems import Problem
from sim.scenarios.rows import ROWS, CellRow
from sim.scenarios.tables import Sheet, read_sheet

Reader = Callable[[str], Any]
EMPTY_CELL = object()
READERS: dict[object, Reader] = {int: whole, float: number, bool: yes_no, date: day, tuple: codes, str: str}


def required_columns(model: type[Part]) -> list[str]:
    """List the columns a table must have."""
    return [name for name, field in model.model_fields.items() if field.is_required()]


def optional_columns(model: type[Part]) -> list[str]:
    """List the columns a table may have."""
    return [name for name, field in model.model_fields.items() if not field.is_required()]


def read_table(folder: Path, name: str, draft: Draft) -> None:
    """Read one of the tables of `ROWS` into a draft."""
    model = ROWS[name]
    path = folder / f"{name}.csv"
    sheet = read_sheet(path, required_columns(model), optional_columns(model), draft.problems)
    if sheet is not None:
        understand_sheet(sheet, name, draft)


def understand_sheet(sheet: Sheet, name: str, draft: Draft) -> None:
    """Hold the rows of a table of `ROWS` against their model, and keep those that fit."""
    model = ROWS[name]
    draft.tables[name] = table = Table(sheet, [], [])
    if "code" in sheet.positions and not sheet.cut:
        draft.known[name] = [code for code in sheet.codes("code") if code]
    for row, made in _rows(model, sheet, range(len(sheet.lines)), draft.problems):
        table.rows.append(made)
        table.numbers.append(row)


def read_raster(path: Path, problems: list[Problem]) -> Cells | None:
    """Read a density raster: cells with their centre, weight and size."""
    sheet = read_sheet(path, required_columns(CellRow), [], problems)
    if sheet is None:
        return None
    found = len(problems)
    columns = {name: numbers(sheet, name, problems) for name in required_columns(CellRow)}
    if len(problems) > found or not sheet.lines:
        if not sheet.lines:
            problems.append(Problem(path.name, message_id="holds no cell"))
        return None
    _check_cells(sheet, columns, problems)
    if len(problems) > found:
        return None
    sizes = float(columns["size_lon"][0]), float(columns["size_lat"][0])
    return Cells(columns["lon"], columns["lat"], columns["weight"], *sizes)


def _check_cells(sheet: Sheet, columns: dict[str, Any], problems: list[Problem]) -> None:
    """Hold each cell of a raster against the model of a cell, and its size against the first."""
    for name in ("size_lon", "size_lat"):
        for row in np.flatnonzero(~np.isclose(columns[name], columns[name][0], rtol=1e-6)).tolist():
            message = "must be {first} as in the first cell: all cells have one size"
            problems.append(sheet.problem(row, name, message, first=float(columns[name][0])))
    if suspects := _suspects(columns):
        list(_rows(CellRow, sheet, suspects, problems))
    if not columns["weight"].sum() > 0:
        problems.append(Problem(sheet.file, message_id="all weights are 0; at least one must be more"))


def _suspects(columns: dict[str, Any]) -> list[int]:
    bad = (np.abs(columns["lon"]) > 180) | (np.abs(columns["lat"]) > 90) | (columns["weight"] < 0)
    bad |= (columns["size_lon"] <= 0) | (columns["size_lat"] <= 0)
    return [int(row) for row in np.flatnonzero(bad)]


def _rows(
    model: type[Part], sheet: Sheet, wanted: Iterable[int], problems: list[Problem]
) -> Iterator[tuple[int, Part]]:
    """Read rows of a sheet, each with its number; what is wrong with them is added to the problems."""
    values = {
        column: _values(sheet.columns[column], read)
        for column, read in _readers(model).items()
        if column in sheet.columns
    }
    for (column, row), message in sheet.odd.items():
        values[column][row] = CellError(message)
    for row in wanted:
        cells = {column: told[row] for column, told in values.items() if told[row] is not EMPTY_CELL}
        try:
            yield row, model.model_validate(cells)
        except ValidationError as error:
            problems.extend(_row_problems(model, sheet, row, error))


def _values(texts: list[str], read: Reader) -> list[Any]:
    """Read the cells of a column; a text that stands often is read once, one that cannot be read says why."""
    told: dict[str, Any] = {"": EMPTY_CELL}
    for text in texts:
        if text not in told:
            try:
                told[text] = read(text)
            except CellError as error:
                told[text] = error
    return [told[text] for text in texts]


def _row_problems(model: type[Part], sheet: Sheet, row: int, error: ValidationError) -> Iterator[Problem]:
    """Say what is wrong with a row; of a column that the file does not have nothing more is said."""
    for path, value, message, values in complaints(model, error):
        column = str(path[0]) if path else ""
        if value is None and column in sheet.positions:
            yield sheet.problem(row, column, EMPTY)
        elif isinstance(value, CellError):
            yield sheet.problem(row, column, str(value))
        elif value is not None:
            yield sheet.problem(row, column, message, **values)


@cache
def _readers(model: type[Part]) -> dict[str, Reader]:
    """Tell how the cells of each column are read, from the type of its field."""
    return {name: READERS[plain_type(field.annotation)] for name, field in model.model_fields.items()}


def plain_type(annotation: Any) -> object:  # noqa: ANN401
    """Tell the bare type under annotations, limits and "or None"."""
    origin = get_origin(annotation)
    if origin is Annotated or origin in (Union, UnionType):
        return plain_type(get_args(annotation)[0])
    return str if origin is Literal else origin or annotation
