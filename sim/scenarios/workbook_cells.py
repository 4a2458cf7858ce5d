"""What a cell of a workbook says, as the text that the same cell would have in a CSV file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sim.scenarios.cells import NUMBER
from sim.scenarios.fields import day_of

NUMBER_AS_TEXT = "is a number written as text; enter it as a number"
DATE_AS_TEXT = "is a date written as text; enter it as a date"
DATE_FOR_NUMBER = "is a date; a number is due"
DATE_FOR_TEXT = "is a date; text is due, so format the cell as text"
DATE_WITH_TIME = "is a date with a time of day; a date is due"
NO_VALUE = "holds a formula without a value; enter the value, or open and save the workbook in Excel"
EXCEL_ERROR = "holds an error instead of a value"

Read = tuple[str, str | None]
"""The text of a cell, and what is wrong with the make of it (None: nothing)."""


def read_cell(value: object, kind: object) -> Read:
    """Read the value of a cell for a column of a kind.

    Parameters
    ----------
    value
        As openpyxl gives it: None, text, number, true or false, date, time.
    kind
        ``int``, ``float``, ``bool``, ``date``, ``tuple`` or ``str``.

    Examples
    --------
    >>> read_cell(480.0, int), read_cell(time(8, 30), str)
    (('480', None), ('08:30', None))
    >>> read_cell("12", float)
    ('12', 'is a number written as text; enter it as a number')
    """
    text = _text(value)
    if kind in (int, float):
        return text, _odd_number(value, text)
    if kind is date:
        return text, _odd_date(value, text)
    return text, DATE_FOR_TEXT if isinstance(value, date) and kind is not bool else None


def _text(value: object) -> str:
    """Write a value as a person would have written it in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M" if value.second == 0 else "%H:%M:%S")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return str(value).strip()


def _odd_number(value: object, text: str) -> str | None:
    if isinstance(value, date):
        return DATE_FOR_NUMBER
    return NUMBER_AS_TEXT if isinstance(value, str) and NUMBER.fullmatch(text) else None


def _odd_date(value: object, text: str) -> str | None:
    if isinstance(value, datetime):
        return DATE_WITH_TIME if value.time() != time() else None
    return DATE_AS_TEXT if isinstance(value, str) and day_of(text) else None
