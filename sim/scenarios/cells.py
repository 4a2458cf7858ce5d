"""What a cell of a table says: numbers, yes and no, lists of codes, read strictly from their text."""

from __future__ import annotations

import math
import re
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.scenarios.fields import NOT_A_DAY, day_of
from sim.scenarios.problems import Problem
from sim.scenarios.tables import Sheet

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
TIME_OF_DAY = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
YES_NO = {"yes": True, "no": False, "是": True, "否": False}
LIST_MARKS = re.compile("[;；、]")

NOT_A_NUMBER = "must be a number such as 12.5"
NOT_WHOLE = "must be a whole number such as 12"
A_TIME_OF_DAY = "is a time of day; a number is due"
EMPTY = "is empty; a value is due"
NOT_YES_NO = "must be yes or no (是 or 否)"


class CellError(ValueError):
    """A cell does not say what its column asks for; the argument is the message."""


def whole(text: str) -> int:
    """Read a whole number; ``5.0`` is not one.

    Raises
    ------
    CellError
        If the text says anything else.
    """
    if WHOLE.fullmatch(text):
        return int(text)
    raise CellError(A_TIME_OF_DAY if TIME_OF_DAY.fullmatch(text) else NOT_WHOLE)


def number(text: str) -> float:
    """Read a finite number.

    Raises
    ------
    CellError
        If the text says anything else.

    Examples
    --------
    >>> number("12.5")
    12.5
    """
    if NUMBER.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    raise CellError(A_TIME_OF_DAY if TIME_OF_DAY.fullmatch(text) else NOT_A_NUMBER)


def yes_no(text: str) -> bool:
    """Read yes or no, in English or Chinese.

    Raises
    ------
    CellError
        If the text says anything else.
    """
    try:
        return YES_NO[text.casefold()]
    except KeyError:
        raise CellError(NOT_YES_NO) from None


def day(text: str) -> date:
    """Read a date.

    Raises
    ------
    CellError
        If the text says anything else.

    Examples
    --------
    >>> day("2026/3/1").isoformat()
    '2026-03-01'
    """
    found = day_of(text)
    if found is None:
        raise CellError(NOT_A_DAY)
    return found


def codes(text: str) -> tuple[str, ...]:
    """Read a list of codes parted by semicolons (``;``, ``；`` or ``、``).

    Examples
    --------
    >>> codes("engine; ladder")
    ('engine', 'ladder')
    """
    return tuple(part.strip() for part in LIST_MARKS.split(text) if part.strip())


def numbers(
    sheet: Sheet, column: str, problems: list[Problem], *, default: float = math.nan, empty_ok: bool = False
) -> NDArray[np.float64]:
    """Read a whole column of numbers.

    Parameters
    ----------
    sheet
        The table.
    column
        Its column; a column the file does not have is full of `default`.
    problems
        What is wrong with cells is added here; such cells give NaN.
    default
        What an empty cell stands for.
    empty_ok
        Whether a cell may be empty.

    Returns
    -------
    ndarray
        One number a row.
    """
    cells = sheet.columns.get(column)
    if cells is None:
        return np.full(len(sheet.lines), default)
    values = np.full(len(cells), default)
    for row, text in enumerate(cells):
        if not text and empty_ok:
            continue
        try:
            values[row] = number(text)
        except CellError as error:
            values[row] = math.nan
            problems.append(sheet.problem(row, column, str(error) if text else EMPTY))
    return values


def yes_noes(sheet: Sheet, column: str, problems: list[Problem], *, default: bool) -> NDArray[np.bool_]:
    """Read a whole column of yes and no; an empty cell or a missing column stands for `default`."""
    cells = sheet.columns.get(column) or [""] * len(sheet.lines)
    values = np.full(len(cells), default)
    for row, text in enumerate(cells):
        if not text:
            continue
        try:
            values[row] = yes_no(text)
        except CellError as error:
            problems.append(sheet.problem(row, column, str(error)))
    return values
