"""The master list of a drill's injects (MSEL) as a spreadsheet: CSV or xlsx, in and out, located."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, time
from pathlib import Path
from typing import Any

from sim.language import tongue
from sim.scenarios.msel_words import wrong_with
from sim.scenarios.problems import Problem, ScenarioError, column_letters
from sim.scenarios.workbook import DAMAGED

say = tongue("sim")
HEADINGS: Mapping[str, tuple[str, str]] = {
    "number": ("Number", "序号"),
    "time": ("Time", "时间"),
    "condition": ("Condition", "条件"),
    "sender": ("From", "发出"),
    "to": ("To", "接收"),
    "method": ("Method", "方式"),
    "subject": ("Subject", "主题"),
    "message": ("Message", "内容"),
    "expected": ("Expected Action", "期望行动"),
    "expect": ("Measured By", "判据"),
    "limit_min": ("Limit (min)", "时限（分钟）"),
    "owner": ("Responsible", "责任人"),
    "kind": ("Kind", "类别"),
    "enabled": ("Enabled", "启用"),
    "change": ("Change", "情况变化"),
}
"""Columns by the name of their field: English and Chinese heading."""
ALIASES: Mapping[str, str] = {
    "no": "number",
    "no.": "number",
    "编号": "number",
    "to team": "to",
    "team": "to",
    "受众": "to",
    "来源": "sender",
    "消息": "message",
    "注入内容": "message",
    "expected action/response": "expected",
    "预期行动": "expected",
    "limit": "limit_min",
    "时限": "limit_min",
    "类型": "kind",
}
REQUIRED = ("number", "message")
YES, NO = ("yes", "true", "1", "y", "是", "启用"), ("no", "false", "0", "n", "否", "停用")
TITLE = ("MSEL", "导调脚本")
LONGEST = 10_000
"""Rows allowed in a master list."""


@dataclass(frozen=True, slots=True)
class MselRow:
    """One inject of a master list, in the words of its file.

    `time` is ``+25`` (minutes after the drill's start), ``+1:25``, or a local clock time ``02:25``;
    `condition` names an event that brings it (``arrived``) or, with ``unless``, whose absence by `time` does
    (``unless report bureau``); neither: it is given out by hand. `expect` says what in the log meets the
    expected action (``report bureau city_bureau``, ``send hazmat``, ``level 3``, ``aid``); blank: a person
    judges. `kind` is ``contextual`` or ``contingency``. `change` is what it does to the county, as words.
    """

    number: str
    time: str = ""
    condition: str = ""
    sender: str = ""
    to: str = ""
    method: str = ""
    subject: str = ""
    message: str = ""
    expected: str = ""
    expect: str = ""
    limit_min: float | None = None
    owner: str = ""
    kind: str = "contextual"
    enabled: bool = True
    change: str = ""
    line: int | None = field(default=None, compare=False)


NAMES = tuple(each.name for each in fields(MselRow) if each.name != "line")


def read_msel(path: Path) -> tuple[MselRow, ...]:
    """Read a master list from a CSV file (UTF-8 or GB18030) or a workbook's first sheet.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each with its file, line and column.
    """
    if path.suffix.lower() == ".xlsx":
        return understood(path.name, _sheet(path))
    return understood(path.name, _table(path))


def understood(file: str, lines: Sequence[Sequence[str]]) -> tuple[MselRow, ...]:
    """Make rows of a table whose first line names the columns.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    problems: list[Problem] = []
    head = lines[0] if lines else ()
    columns = _columns(file, head, problems)
    for name in REQUIRED:
        if name not in columns.values():
            wanted = "{name} ({zh}) is missing among the columns"
            values = {"name": HEADINGS[name][0], "zh": HEADINGS[name][1]}
            problems.append(Problem(file, 1, message_id=wanted, values=values))
    if problems:
        raise ScenarioError(problems)
    rows = [_row(file, at, cells, columns, problems) for at, cells in enumerate(lines[1:], 2) if any(cells)]
    _same_numbers(file, rows, problems)
    if problems:
        raise ScenarioError(problems)
    return tuple(rows)


def write_csv(rows: Sequence[MselRow], lang: str) -> bytes:
    """Write a master list as CSV that a spreadsheet opens, headings in a language."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows(_written(rows, lang))
    return file.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Sequence[MselRow], lang: str) -> bytes:
    """Write a master list as a workbook, headings in a language; nothing in it is a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = TITLE[lang == "zh"]
    for at, cells in enumerate(_written(rows, lang), 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(at, column)
            cell.value, cell.data_type = text, "s"
            cell.font = Font(bold=at == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, name in enumerate(NAMES, 1):
        wide = name in ("message", "expected", "subject")
        sheet.column_dimensions[column_letters(column)].width = 40 if wide else 16
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_msel(rows: Sequence[MselRow], path: Path, lang: str) -> None:
    """Write a master list as the ending of the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((write_xlsx if path.suffix.lower() == ".xlsx" else write_csv)(rows, lang))


def _written(rows: Sequence[MselRow], lang: str) -> Iterator[list[str]]:
    yield [HEADINGS[name][lang == "zh"] for name in NAMES]
    for row in rows:
        yield [_cell(getattr(row, name), lang) for name in NAMES]


def _cell(value: object, lang: str) -> str:
    if isinstance(value, bool):
        return {"zh": "是否", "en": ("yes", "no")}[lang][not value]
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _columns(file: str, head: Sequence[str], problems: list[Problem]) -> dict[int, str]:
    """Tell which field each column holds, by its English or Chinese heading."""
    known: dict[str, str] = {name: name for name in HEADINGS} | dict(ALIASES)
    for name, pair in HEADINGS.items():
        known.update({heading.casefold(): name for heading in pair})
    found: dict[int, str] = {}
    for at, heading in enumerate(head):
        name = known.get(heading.strip().casefold(), "")
        if not name:
            continue
        if name in found.values():
            message = "the column stands there twice"
            problems.append(Problem(file, 1, at + 1, name, heading, message_id=message))
        found[at] = name
    return found


def _row(
    file: str, line: int, cells: Sequence[str], columns: Mapping[int, str], problems: list[Problem]
) -> MselRow:
    given = {name: cells[at].strip() for at, name in columns.items() if at < len(cells)}
    position = {name: at + 1 for at, name in columns.items()}

    def complain(name: str, message: str, **values: object) -> None:
        shown = given.get(name) or None
        problem = Problem(file, line, position.get(name), name, shown, message_id=message, values=values)
        problems.append(problem)

    values: dict[str, Any] = {name: text for name, text in given.items() if text}
    for name in REQUIRED:
        if not given.get(name):
            complain(name, "must not be empty: an inject says something to somebody")
    values["limit_min"] = _limit(given.get("limit_min", ""), complain)
    values["enabled"] = _yes(given.get("enabled", ""), complain)
    for name in ("time", "condition", "expect", "kind"):
        for message, more in wrong_with(name, given.get(name, ""), given):
            complain(name, message, **more)
    values.setdefault("number", "")
    values["kind"] = {"情景": "contextual", "应变": "contingency"}.get(
        values.get("kind", ""), values.get("kind", "contextual").lower()
    )
    return MselRow(**values, line=line)


def _limit(text: str, complain: Any) -> float | None:  # noqa: ANN401 - a function of this module
    try:
        limit = float(text) if text else None
    except ValueError:
        limit = -1.0
    if limit is not None and not 0.0 < limit < 1e6:
        complain("limit_min", "must be a number of minutes above 0")
        return None
    return limit


def _yes(text: str, complain: Any) -> bool:  # noqa: ANN401 - a function of this module
    word = text.casefold()
    if word and word not in (*YES, *NO):
        complain("enabled", "must be yes or no")
    return word not in NO


def _same_numbers(file: str, rows: Sequence[MselRow], problems: list[Problem]) -> None:
    first: dict[str, int | None] = {}
    for row in rows:
        if row.number and row.number in first:
            values = {"line": first[row.number]}
            message = "the same number stands in line {line}"
            problem = Problem(file, row.line, None, "number", row.number, message_id=message, values=values)
            problems.append(problem)
        first.setdefault(row.number, row.line)


def _table(path: Path) -> list[list[str]]:
    """Read a CSV file's cells; a file that Excel saved in China is often in GB18030."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""))][: LONGEST + 1]
    raise ScenarioError([Problem(path.name, message_id="is neither UTF-8 nor GB18030 text")])


def _sheet(path: Path) -> list[list[str]]:
    """Read the first sheet of a workbook as text."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sheet = load_workbook(path, data_only=True).worksheets[0]
    except (InvalidFileException, *DAMAGED) as error:
        message = "is no Excel workbook (.xlsx), or it is damaged or locked by a password"
        raise ScenarioError([Problem(path.name, message_id=message)]) from error
    rows = sheet.iter_rows(max_row=min(sheet.max_row, LONGEST + 1), values_only=True)
    return [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
