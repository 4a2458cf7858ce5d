"""Reading the large tables of a road network: whole columns at once, every wrong cell located."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from sim.road_table import Bools
from sim.scenarios.cells import EMPTY, NOT_YES_NO, YES_NO, CellError, number
from sim.scenarios.headers import column_named
from sim.scenarios.problems import Problem
from sim.scenarios.tables import read_sheet, read_text

MOST_REPORTED = 20
"""Of the same thing wrong in a column, so many cells are named one by one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table as columns of text (or, from Parquet, of numbers), by their English names.

    `lines` gives the line of each row in the file (of a Parquet file, the number of the row, from 1),
    `positions` the number of each column, from 1. `lost` holds, by column, what stands in rows that could not
    be read; `whole` tells that there are no other rows.
    """

    file: str
    frame: pl.DataFrame
    lines: Sequence[int]
    positions: dict[str, int]
    lost: dict[str, list[str]] = field(default_factory=dict)
    whole: bool = True

    def texts(self, column: str) -> pl.Series:
        """Give a column as text, blanks around it removed; a column the file does not have is empty."""
        if column not in self.frame.columns:
            return pl.Series(column, [""] * self.frame.height, pl.String)
        return self.frame[column].cast(pl.String).fill_null("").str.strip_chars()

    def problem(self, row: int, column: str, message: str, **values: object) -> Problem:
        """Say what is wrong with a cell (`row` counts from 0)."""
        text = self.texts(column)[row] or None
        return Problem(self.file, self.lines[row], self.positions.get(column), column, text, message, values)

    def report(
        self, problems: list[Problem], rows: Iterable[int], column: str, message: str, **values: object
    ) -> None:
        """Add the same thing wrong in several rows of a column; of very many only the first are named."""
        all_rows = list(rows)
        problems.extend(self.problem(row, column, message, **values) for row in all_rows[:MOST_REPORTED])
        self.more(problems, column, len(all_rows) - MOST_REPORTED)

    def more(self, problems: list[Problem], column: str, n: int) -> None:
        """Add that n more cells of a column are wrong in the same way."""
        if n > 0:
            message = "{n} more rows are wrong in the same way"
            problems.append(Problem(self.file, field=column, message_id=message, values={"n": n}))


def read_columns(
    folder: Path, name: str, required: Sequence[str], optional: Sequence[str], problems: list[Problem]
) -> Columns | None:
    """Read a table that is either ``name.csv`` or ``name.parquet``.

    Parameters
    ----------
    required, optional
        English names of its columns.
    problems
        What is wrong is added here.

    Returns
    -------
    Columns or None
        The table, or None where none can be made out.
    """
    plain, packed = folder / f"{name}.csv", folder / f"{name}.parquet"
    if plain.exists() and packed.exists():
        message = "stands beside {other}; keep one of the two"
        problems.append(Problem(packed.name, message_id=message, values={"other": plain.name}))
        return None
    if packed.exists():
        return _parquet(packed, required, optional, problems)
    if not plain.exists():
        problems.append(Problem(plain.name, message_id="file is missing from the folder"))
        return None
    return _regular(plain, required, optional) or _any_csv(plain, required, optional, problems)


def numbers(
    columns: Columns, column: str, problems: list[Problem], *, due: bool = True
) -> npt.NDArray[np.float64]:
    """Read a column of numbers; an empty cell is nan, and wrong where a value is `due`."""
    if column not in columns.frame.columns:
        return np.full(columns.frame.height, np.nan)
    texts = columns.texts(column)
    plain = columns.frame[column] if columns.frame[column].dtype.is_numeric() else texts
    values = plain.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
    empty = (texts == "").to_numpy() | ((texts == "NaN").to_numpy() if plain is not texts else False)
    if due:
        columns.report(problems, np.flatnonzero(empty).tolist(), column, EMPTY)
    wrong: dict[str, list[int]] = {}
    for row in np.flatnonzero(~empty & ~np.isfinite(values)).tolist():
        values[row] = np.nan
        try:
            values[row] = number(texts[row])
        except CellError as error:
            wrong.setdefault(str(error), []).append(row)
    for message, rows in wrong.items():
        columns.report(problems, rows, column, message)
    return values


def yes_noes(columns: Columns, column: str, problems: list[Problem], *, usual: bool) -> Bools:
    """Read a column of yes and no; an empty cell, or a column the file does not have, means `usual`."""
    if column in columns.frame.columns and columns.frame[column].dtype == pl.Boolean:
        return columns.frame[column].fill_null(usual).to_numpy()
    texts = columns.texts(column).str.to_lowercase()
    meanings = {**{word: int(meaning) for word, meaning in YES_NO.items()}, "": int(usual)}
    values = texts.replace_strict(meanings, default=-1, return_dtype=pl.Int8).to_numpy()
    columns.report(problems, np.flatnonzero(values < 0).tolist(), column, NOT_YES_NO)
    return np.asarray(values > 0)


def due_texts(columns: Columns, column: str, problems: list[Problem]) -> pl.Series:
    """Read a column of text in which no cell may be empty."""
    texts = columns.texts(column)
    if column in columns.frame.columns:
        columns.report(problems, np.flatnonzero((texts == "").to_numpy()).tolist(), column, EMPTY)
    return texts


def _regular(path: Path, required: Sequence[str], optional: Sequence[str]) -> Columns | None:
    """Read a CSV file without quotation marks, blank rows or a wrong shape; None if it is not such a one."""
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None or '"' in text or "\r" in text.replace("\r\n", ""):
        return None
    header = text.split("\n", 1)[0].rstrip("\r").split(",")
    names = [column_named(title, [*required, *optional]) for title in header]
    known = [name for name in names if name is not None]
    if len(set(known)) < len(names) or not set(required) <= set(known):
        return None
    height = text.count("\n") - text.endswith("\n")
    if height < 1 or text.count(",") != (len(names) - 1) * (height + 1):
        return None
    data = io.BytesIO(text.encode())
    try:
        frame = pl.read_csv(
            data, has_header=False, skip_rows=1, new_columns=known, infer_schema=False, quote_char=None
        )
    except pl.exceptions.PolarsError:
        return None
    blank = frame.select(pl.all_horizontal(pl.all().fill_null("").str.strip_chars() == "")).to_series().any()
    if frame.height != height or blank:
        return None
    positions = {name: at for at, name in enumerate(known, start=1)}
    return Columns(path.name, frame, range(2, height + 2), positions)


def _any_csv(
    path: Path, required: Sequence[str], optional: Sequence[str], problems: list[Problem]
) -> Columns | None:
    """Read a CSV file row by row, saying what is wrong with its shape."""
    sheet = read_sheet(path, required, optional, problems)
    if sheet is None:
        return None
    frame = pl.DataFrame(sheet.columns, schema=dict.fromkeys(sheet.columns, pl.String))
    lost = {name: sheet.codes(name)[frame.height :] for name in sheet.columns}
    return Columns(path.name, frame, sheet.lines, sheet.positions, lost, not sheet.cut)


def _parquet(
    path: Path, required: Sequence[str], optional: Sequence[str], problems: list[Problem]
) -> Columns | None:
    """Read a Parquet file."""
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        problems.append(Problem(path.name, message_id="is not a Parquet file, or it is damaged"))
        return None
    names = {title: column_named(title, [*required, *optional]) for title in frame.columns}
    problems.extend(
        Problem(path.name, field=title, message_id="is not a column of this table")
        for title, name in names.items()
        if name is None
    )
    problems.extend(
        Problem(path.name, field=column, message_id="column is missing from the header")
        for column in required
        if column not in names.values()
    )
    found = {name: frame[title] for title, name in names.items() if name is not None}
    positions = {name: list(names.values()).index(name) + 1 for name in found}
    return Columns(path.name, pl.DataFrame(found), range(1, frame.height + 1), positions)
