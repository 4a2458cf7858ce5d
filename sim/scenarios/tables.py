"""CSV files as Excel writes them, in any usual encoding, with English or Chinese headers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.scenarios.headers import column_named
from sim.scenarios.problems import Problem, known_or_near

Row = list[str]

SEPARATORS = (
    (";", "cells are parted by semicolons; commas are due"),
    ("\t", "cells are parted by tabs; commas are due"),
    ("，", "cells are parted by Chinese commas; plain commas are due"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file, or a sheet of a workbook, read as text, column by column.

    `columns` maps the English column name to its cells, blanks around them removed (an empty cell is ``""``).
    `lines` gives the line in the file of each row, `positions` the number of each column in the file, from 1.
    `dropped` holds rows that could not be read, as they stand; `cut` tells that reading stopped early.
    `name` is the sheet of a workbook; there `odd` tells by column and row what is wrong with a cell's make.
    """

    file: str
    columns: dict[str, list[str]]
    lines: list[int]
    positions: dict[str, int]
    dropped: list[Row]
    cut: bool = False
    name: str = ""
    odd: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def problem(self, row: int, column: str, message: str, **values: object) -> Problem:
        """Say what is wrong with a cell (`row` counts from 0)."""
        cells = self.columns.get(column)
        value = cells[row] if cells and cells[row] else None
        place = (self.file, self.lines[row], self.positions.get(column), column, value)
        return Problem(*place, message, dict(values), self.name)

    def fault(self, message: str) -> Problem:
        """Say what is wrong with the table as a whole."""
        return Problem(self.file, message_id=message, sheet=self.name)

    def codes(self, column: str) -> list[str]:
        """List what stands in a column, including that of rows which could not be read."""
        at = self.positions.get(column, 0) - 1
        loose = [row[at].strip() for row in self.dropped if 0 <= at < len(row)]
        return self.columns.get(column, []) + loose


def read_sheet(
    path: Path, required: Sequence[str], optional: Sequence[str], problems: list[Problem]
) -> Sheet | None:
    """Read a CSV file with a header row.

    Parameters
    ----------
    path
        The file: UTF-8 with or without byte-order mark, or GB18030; any line ends.
    required, optional
        English names of the columns; the headers may be Chinese (see `sim.scenarios.headers`).
    problems
        What is wrong is added here.

    Returns
    -------
    Sheet or None
        The cells, or None where no table can be made out.
    """
    text = read_text(path, problems)
    if text is None:
        return None
    found = len(problems)
    rows = list(_rows(path.name, text, problems))
    cut = len(problems) > found
    if rows:
        sheet = _sheet(path.name, rows, required, optional, problems)
        return sheet and replace(sheet, cut=cut)
    if not cut:
        problems.append(Problem(path.name, message_id="is empty; the first line must name the columns"))
    return None


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """Read a text file as UTF-8 (with or without byte-order mark) or else as GB18030."""
    if not path.is_file():
        message = "is a folder, not a file" if path.is_dir() else "is not there"
        problems.append(Problem(path.name, message_id=message))
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = {"reason": error.strerror or type(error).__name__}
        problems.append(Problem(path.name, message_id="cannot be read: {reason}", values=reason))
        return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.append(
            Problem(path.name, message_id="is UTF-16 text; save it as UTF-8 (in a spreadsheet: as CSV UTF-8)")
        )
        return None
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        message = "holds a zero byte: this is not a text file, or it is damaged"
        problems.append(Problem(path.name, line, message_id=message))
        return None
    return _decoded(path.name, data, problems)


def _decoded(file: str, data: bytes, problems: list[Problem]) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as utf8:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            line = data.count(b"\n", 0, utf8.start) + 1
            problems.append(Problem(file, line, message_id="is neither UTF-8 nor GB18030 text"))
            return None


def _rows(file: str, text: str, problems: list[Problem]) -> Iterator[tuple[int, Row]]:
    """Give each row that is not blank with the line on which it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(_malformed(file, line, str(error)))


def _malformed(file: str, line: int, reason: str) -> Problem:
    if "unexpected end" in reason or "field larger" in reason:
        message = "opens a quotation mark in this row that is never closed"
    elif "expected after" in reason:
        message = "has text after a closing quotation mark; write a quotation mark inside a cell twice"
    else:
        message = "is not a well-formed CSV row"
    return Problem(file, line, message_id=message)


def _sheet(
    file: str,
    rows: list[tuple[int, Row]],
    required: Sequence[str],
    optional: Sequence[str],
    problems: list[Problem],
) -> Sheet | None:
    line, header = rows[0]
    positions = positions_of(file, line, header, [*required, *optional], problems)
    missing = [column for column in required if column not in positions]
    if missing and _wrong_separator(file, line, header, problems):
        return None
    problems.extend(missing_columns(file, line, missing))
    good, dropped = _even_rows(file, rows[1:], len(header), problems)
    for at, title in enumerate(header, start=1):
        if not title.strip() and any(row[at - 1].strip() for _, row in good):
            problems.append(Problem(file, line, at, message_id="has values in its column but no heading"))
    lines = [at for at, _ in good]
    columns = {name: [row[at - 1].strip() for _, row in good] for name, at in positions.items()}
    return Sheet(file, columns, lines, positions, dropped)


def positions_of(
    file: str, line: int, header: Row, columns: Sequence[str], problems: list[Problem]
) -> dict[str, int]:
    """Find the number of each known column; report unknown headers and columns given twice."""
    positions: dict[str, int] = {}
    for at, title in enumerate(header, start=1):
        if not title.strip():
            continue
        column = column_named(title, columns)
        if column is None:
            problems.append(_unknown_column(file, line, at, title.strip(), columns))
        elif column in positions:
            message = "stands twice in the header: also as column {first}"
            values = {"first": positions[column]}
            problems.append(Problem(file, line, at, column, title.strip(), message, values))
        else:
            positions[column] = at
    return positions


def missing_columns(file: str, line: int, missing: Sequence[str]) -> list[Problem]:
    """Report columns that a header does not name."""
    message = "column is missing from the header"
    return [Problem(file, line, field=column, message_id=message) for column in missing]


def _unknown_column(file: str, line: int, at: int, title: str, columns: Sequence[str]) -> Problem:
    ending, values = known_or_near(title, columns)
    if ending != "near":
        return Problem(file, line, at, title, message_id="is not a column of this table")
    message = "is not a column of this table; did you mean {near}?"
    return Problem(file, line, at, title, message_id=message, values=values)


def _wrong_separator(file: str, line: int, header: Row, problems: list[Problem]) -> bool:
    """Notice a table whose cells are parted by something other than commas."""
    for mark, message in SEPARATORS:
        if len(header) == 1 and mark in header[0]:
            problems[:] = [problem for problem in problems if problem.file != file]
            problems.append(Problem(file, line, message_id=message))
            return True
    return False


def _even_rows(
    file: str, rows: list[tuple[int, Row]], width: int, problems: list[Problem]
) -> tuple[list[tuple[int, Row]], list[Row]]:
    """Part rows that have as many cells as the header from those that have not."""
    good: list[tuple[int, Row]] = []
    dropped: list[Row] = []
    for line, row in rows:
        if len(row) == width or (len(row) > width and not any(row[width:])):
            good.append((line, row))
            continue
        dropped.append(row)
        message = "row has {n} cells, the header has {width}"
        problems.append(Problem(file, line, message_id=message, values={"n": len(row), "width": width}))
    return good, dropped
