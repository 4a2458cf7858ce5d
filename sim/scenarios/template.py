"""Writing the tables of readiness as a workbook: headings, notes, words to choose from, rows if asked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.scenarios.fields import Part
from sim.scenarios.headers import SHEETS, chinese_header
from sim.scenarios.problems import column_letters, say
from sim.scenarios.rosters import plain_type
from sim.scenarios.rows import ROWS
from sim.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}
MADE = datetime(2026, 1, 1)
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The moment written into every workbook, so that equal rows give equal bytes."""

NEEDED, OPTIONAL = "FFD9E2F3", "FFF2F2F2"
TEXT, DAY = "@", "yyyy-mm-dd"
ROWS_CHOSEN = 5_000
"""Down to this row cells offer a list to choose from."""


def template(lang: str, scenario: Scenario | None = None) -> bytes:
    """Write a workbook that may stand in a scenario folder as ``scenario.xlsx``.

    Parameters
    ----------
    lang
        Language of sheets, headings and notes, ``"en"`` or ``"zh"``; both read back alike.
    scenario
        Whose teams, units, items, stores, checks, posts and roster to fill in; None: headings alone.

    Returns
    -------
    bytes
        The same for the same language and rows.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for table, title in SHEETS.items():
        sheet = book.create_sheet(title if lang == "zh" else table)
        _fill(sheet, ROWS[table], getattr(scenario, table) if scenario else (), lang)
    book.properties.creator, book.properties.created = "Beiqin", MADE
    return _timeless(book)


def _fill(sheet: Worksheet, model: type[Part], rows: Sequence[Part], lang: str) -> None:
    """Write the heading and the rows of a sheet."""
    sheet.freeze_panes = "B2"
    for at, (name, field) in enumerate(model.model_fields.items(), start=1):
        _heading(sheet, at, name, field, lang)
        form = _number_format(field)
        sheet.column_dimensions[column_letters(at)].number_format = form
        for line, row in enumerate(rows, start=2):
            value = _value(getattr(row, name), lang)
            if value is not None:
                cell = sheet.cell(line, at, value)
                cell.number_format = form
                cell.data_type = "s" if isinstance(value, str) else cell.data_type


def _heading(sheet: Worksheet, at: int, name: str, field: FieldInfo, lang: str) -> None:
    """Write the heading of a column: what it means as a note, what may be chosen as a list."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    cell = sheet.cell(1, at, chinese_header(name) if lang == "zh" else name)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=NEEDED if field.is_required() else OPTIONAL)
    cell.comment = Comment("\n".join(_notes(name, field, lang)), "Beiqin", height=110, width=280)
    sheet.column_dimensions[column_letters(at)].width = 22 if name in ("name", "name_en", "source") else 15
    if choices := _choices(field, lang):
        _offer(sheet, at, choices)


def _notes(name: str, field: FieldInfo, lang: str) -> Iterator[str]:
    """Say what a column means, in what unit, and whether it may be left empty."""
    extra = field.json_schema_extra
    unit = str(extra.get("unit") or "") if isinstance(extra, dict) else ""
    yield f"{name if lang == 'zh' else chinese_header(name)}"
    yield say(lang, field.description or "")
    if unit:
        yield say(lang, "unit: {unit}", unit=say(lang, unit))
    yield say(lang, "needed") if field.is_required() else say(lang, "may be left empty")


def _offer(sheet: Worksheet, at: int, choices: Sequence[str]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = ",".join(choices)
    offer = DataValidation("list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=True)
    offer.add(f"{column_letters(at)}2:{column_letters(at)}{ROWS_CHOSEN}")
    sheet.add_data_validation(offer)


def _choices(field: FieldInfo, lang: str) -> tuple[str, ...]:
    """List the words a column may hold; none where it may hold anything."""
    if plain_type(field.annotation) is bool:
        return YES_NO[lang]
    return tuple(_words(field.annotation))


def _words(annotation: Any) -> Iterator[str]:  # noqa: ANN401
    origin = get_origin(annotation)
    if origin is Literal:
        yield from get_args(annotation)
    elif origin is Annotated or origin in (Union, UnionType):
        yield from _words(get_args(annotation)[0])


def _number_format(field: FieldInfo) -> str:
    kind = plain_type(field.annotation)
    return DAY if kind is date else "General" if kind in (int, float, bool) else TEXT


def _value(value: object, lang: str) -> str | float | date | None:
    """Give a value as a cell holds it; None leaves the cell empty."""
    if isinstance(value, bool):
        return YES_NO[lang][0 if value else 1]
    if isinstance(value, tuple):
        return ";".join(value) or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, int | float | date):
        return value
    return str(value) if value else None


def _timeless(book: Workbook) -> bytes:
    """Save a workbook without the moment at which that was done."""
    saved, bare = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(name, EARLIEST), data, zipfile.ZIP_DEFLATED)
    return bare.getvalue()
