"""A workbook in a scenario folder: read like the tables it stands for, complaints with sheet and cell."""

from __future__ import annotations

import io
import shutil
from datetime import datetime, time, timedelta

import openpyxl
import pytest
from openpyxl.styles.numbers import FORMAT_TEXT
from openpyxl.utils import get_column_letter
from ready_county import write_ready

from sim.language import catalogue
from sim.scenarios.build import build_county
from sim.scenarios.builtin import builtin_scenarios
from sim.scenarios.headers import SHEETS, chinese_header
from sim.scenarios.load import load_scenario, scenario_hash
from sim.scenarios.problems import ScenarioError
from sim.scenarios.rows import ROWS
from sim.scenarios.save import save_scenario
from sim.scenarios.template import template
from sim.scenarios.workbook_cells import read_cell


def with_workbook(folder, lang="en"):
    """Put the tables of a scenario folder into a workbook instead."""
    (folder / "scenario.xlsx").write_bytes(template(lang, load_scenario(folder)))
    for table in SHEETS:
        (folder / f"{table}.csv").unlink(missing_ok=True)
    return folder


@pytest.fixture
def workbook(tmp_path):
    """The ready county with a workbook; `change(book)` edits it, then the folder is given back."""
    folder = with_workbook(write_ready(tmp_path / "ready"))

    def changed(change):
        book = openpyxl.load_workbook(folder / "scenario.xlsx")
        change(book)
        book.save(folder / "scenario.xlsx")
        return folder

    return changed


def said(folder, lang="en"):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder)
    assert [p.message_id for p in caught.value.problems if p.message_id not in catalogue("sim")] == []
    return caught.value.text(lang).splitlines()


def place(sheet, column, line):
    """Name the cell of a column by the heading."""
    at = next(cell.column for cell in sheet[1] if cell.value == column)
    return f"{get_column_letter(at)}{line}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_filled_template_reads_back_to_the_same_scenario(tmp_path, lang):
    folder = write_ready(tmp_path / "ready")
    scenario = load_scenario(folder)
    again = load_scenario(with_workbook(folder, lang))
    assert again == scenario
    assert [(note.sheet, note.line) for note in again.notes] == [
        (SHEETS["posts"] if lang == "zh" else "posts", 3)
    ]
    assert build_county(again).force.items == build_county(scenario).force.items


def test_lanshui_filled_into_a_template_reads_back_to_the_same_scenario(tmp_path):
    folder = shutil.copytree(builtin_scenarios()["lanshui"], tmp_path / "lanshui")
    scenario = load_scenario(folder)
    assert load_scenario(with_workbook(folder, "zh")) == scenario


def test_equal_rows_give_equal_bytes(tmp_path):
    scenario = load_scenario(write_ready(tmp_path / "ready"))
    assert template("zh", scenario) == template("zh", scenario)
    assert template("zh") != template("en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_template_explains_itself(lang):
    book = openpyxl.load_workbook(io.BytesIO(template(lang)))
    assert book.sheetnames == list(SHEETS.values() if lang == "zh" else SHEETS)
    for sheet, table in zip(book.worksheets, SHEETS, strict=True):
        columns = list(ROWS[table].model_fields)
        headings = [cell.value for cell in sheet[1]]
        assert headings == ([chinese_header(column) for column in columns] if lang == "zh" else columns)
        assert sheet.freeze_panes == "B2"
        assert all(cell.comment.text for cell in sheet[1])
        assert sheet.max_row == 1


def test_the_template_offers_the_words_that_may_stand_in_a_column():
    book = openpyxl.load_workbook(io.BytesIO(template("zh")))
    offers = {
        (sheet.title, str(offer.sqref)): offer.formula1
        for sheet in book.worksheets
        for offer in sheet.data_validations.dataValidation
    }
    assert offers["队伍", "D2:D5000"] == (
        '"full_time,part_time,micro_station,enterprise,ambulance,police,volunteer"'
    )
    assert offers["检查", "I2:I5000"] == '"是,否"'
    assert offers["装备", "H2:H5000"] == '"serviceable,degraded,unserviceable"'
    assert max(len(words) for words in offers.values()) < 255


def test_an_empty_template_beside_the_tables_changes_nothing(tmp_path):
    folder = write_ready(tmp_path / "ready")
    scenario = load_scenario(folder)
    (folder / "scenario.xlsx").write_bytes(template("zh"))
    assert load_scenario(folder) == scenario


def test_the_workbook_bears_on_the_fingerprint(tmp_path):
    folder = with_workbook(write_ready(tmp_path / "ready"))
    digest, files = scenario_hash(folder)
    assert "scenario.xlsx" in files
    (folder / "scenario.xlsx").write_bytes(template("en"))
    assert scenario_hash(folder)[0] != digest


def test_saving_over_a_folder_takes_its_workbook_away(tmp_path):
    folder = with_workbook(write_ready(tmp_path / "ready"))
    scenario = load_scenario(folder)
    save_scenario(scenario, folder)
    assert not (folder / "scenario.xlsx").exists()
    assert load_scenario(folder) == scenario


def test_cells_as_excel_holds_them_are_understood(workbook):
    """Whole numbers as floats, times and dates, codes that are numbers, formulas with values, blank rows."""

    def change(book):
        checks, items, roster = book["checks"], book["items"], book["roster"]
        checks[place(checks, "at", 2)] = time(8, 30)
        checks[place(checks, "every_days", 2)] = 1.0
        checks[place(checks, "code", 2)] = 1
        items[place(items, "made", 2)] = datetime(2020, 5, 1)
        roster[place(roster, "count", 4)] = 4.0
        roster[place(roster, "person", 40)] = "   "
        roster[place(roster, "role", 41)].number_format = FORMAT_TEXT

    scenario = load_scenario(workbook(change))
    assert (scenario.checks[0].code, scenario.checks[0].at, scenario.checks[0].every_days) == (
        "1",
        "08:30",
        1.0,
    )
    assert scenario.items[0].made.isoformat() == "2020-05-01"
    assert (scenario.roster[2].count, len(scenario.roster)) == (4, 14)


def test_cells_of_the_wrong_make(workbook):
    def change(book):
        items, roster, checks, teams = book["items"], book["roster"], book["checks"], book["teams"]
        items["E2"] = "2020-05-01"
        items["E3"] = "2020年5月1日"
        items["F3"] = datetime(2025, 12, 1, 8, 30)
        items["I6"] = "200"
        items["A7"] = datetime(2026, 6, 7)
        roster["D2"] = "2"
        roster["D3"] = datetime(2026, 3, 1)
        roster["D4"] = time(8, 30)
        checks["E2"] = "=1+1"
        checks["H3"] = "#N/A"
        checks["I4"] = 1
        teams["F2"] = 2

    folder = workbook(change)
    assert said(folder) == [
        "scenario.xlsx teams!F2 absence = 2: must be at most 1",
        "scenario.xlsx items!E2 made = 2020-05-01: is a date written as text; enter it as a date",
        "scenario.xlsx items!E3 made = 2020年5月1日: must be a date such as 2026-03-01",
        "scenario.xlsx items!F3 tested = 2025-12-01 08:30: is a date with a time of day; a date is due",
        "scenario.xlsx items!I6 amount = 200: is a number written as text; enter it as a number",
        "scenario.xlsx items!A7 code = 2026-06-07: is a date; text is due, so format the cell as text",
        "scenario.xlsx checks!E2 every_days = =1+1: "
        "holds a formula without a value; enter the value, or open and save the workbook in Excel",
        "scenario.xlsx checks!H3 finds = #N/A: holds an error instead of a value",
        "scenario.xlsx checks!I4 after_use = 1: must be yes or no (是 or 否)",
        "scenario.xlsx roster!D2 count = 2: is a number written as text; enter it as a number",
        "scenario.xlsx roster!D3 count = 2026-03-01: is a date; a number is due",
        "scenario.xlsx roster!D4 count = 08:30: is a time of day; a number is due",
    ]
    assert said(folder, "zh")[1:4] == [
        "scenario.xlsx items!E2 made（出厂日期） = 2020-05-01：是文本形式的日期；请按日期输入",
        "scenario.xlsx items!E3 made（出厂日期） = 2020年5月1日：应为日期，例如 2026-03-01",
        "scenario.xlsx items!F3 tested（检测日期） = 2025-12-01 08:30：日期带有时刻；应只填日期",
    ]


def test_merged_cells_are_reported_and_understood_as_the_first(workbook):
    def change(book):
        roster = book["roster"]
        roster.merge_cells("A2:A4")
        roster.merge_cells("B2:B4")
        roster["C3"] = "drivr"

    folder = workbook(change)
    assert said(folder) == [
        "scenario.xlsx roster!A2: cells A2:A4 are merged; split them and fill in each",
        "scenario.xlsx roster!B2: cells B2:B4 are merged; split them and fill in each",
        "scenario.xlsx roster!C3 role = drivr: names no role; did you mean driver?",
    ]
    assert said(folder, "zh")[0] == "scenario.xlsx roster!A2：单元格 A2:A4 已合并；请取消合并并逐格填写"


def test_headings_that_are_wrong(workbook):
    def change(book):
        book["teams"]["D1"] = "knd"
        book["stores"]["B1"] = "中文名"
        book["stores"]["C1"] = "名称"
        book["posts"].delete_rows(1, 50)

    assert said(workbook(change)) == [
        "scenario.xlsx teams!1 kind: column is missing from the header",
        "scenario.xlsx teams!D1 knd: is not a column of this table; did you mean kind?",
        "scenario.xlsx stores!C1 name = 名称: stands twice in the header: also as column 2",
        "scenario.xlsx posts: is empty; the first line must name the columns",
    ]


def test_sheets_that_are_missing_twice_there_or_not_read(workbook):
    def change(book):
        book.remove(book["units"])
        book.remove(book["teams"])
        book.create_sheet("排班")
        book["排班"]["A1"] = "holder"
        book["items"].title = "itms"

    folder = workbook(change)
    (folder / "checks.csv").write_text("code,every_days\nK1,1\n", encoding="utf-8")
    lines = said(folder)
    assert [line for line in lines if line.startswith("scenario.xlsx") and "names no" not in line] == [
        "scenario.xlsx: holds no sheet 车辆 (units), and there is no units.csv",
        "scenario.xlsx checks: is also given as checks.csv; keep one of the two",
        "scenario.xlsx 排班: holds the same table as sheet roster",
    ]
    assert "scenario.xlsx roster!A2 holder = T1: names no team or duty post; known: P1, P2" in lines
    assert "scenario.yaml:152:28 injects.4.fail_item = I3: names no item; none is given" in lines
    assert "scenario.xlsx：没有工作表 车辆（units），也没有 units.csv" in said(folder, "zh")


def test_a_sheet_nobody_reads_is_noted(workbook):
    def change(book):
        book.create_sheet("rooster")
        book.create_sheet("说明")

    notes = [note.text() for note in load_scenario(workbook(change)).notes]
    assert notes[1:] == [
        "scenario.xlsx rooster: is not read; did you mean roster?",
        "scenario.xlsx 说明: is not read",
    ]


def test_the_same_checks_hold_for_sheets(workbook):
    def change(book):
        book["items"]["A3"] = "I1"
        book["items"]["C4"] = "E9"
        book["roster"]["F13"] = "王五"
        book["roster"]["C13"] = "duty_leader"

    assert said(workbook(change)) == [
        "scenario.xlsx items!A3 code = I1: stands twice; the first is in line 2",
        "scenario.xlsx items!C4 unit = E9: names no unit; known: E1, E2, E3, A1",
        "scenario.xlsx roster!F13 person = 王五: is duty_leader of P1 at the same time as 李主任 (line 12): "
        "from Sunday 2026-01-04 08:30 to 2026-01-04 17:30; one person is due",
    ]


@pytest.mark.parametrize("content", [b"", b"code,name\n", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_workbook(tmp_path, content):
    folder = with_workbook(write_ready(tmp_path / "ready"))
    (folder / "scenario.xlsx").write_bytes(content)
    assert said(folder) == [
        "scenario.xlsx: is no Excel workbook (.xlsx), or it is damaged or locked by a password"
    ]


def test_a_sheet_that_never_ends(workbook):
    def change(book):
        book["roster"]["A1000000"] = "T1"

    assert "scenario.xlsx roster: reaches down to row 1000000; delete what stands there" in said(
        workbook(change)
    )


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, int, ""),
        (True, bool, "yes"),
        (12.0, int, "12"),
        (0.25, float, "0.25"),
        (timedelta(days=1), str, "24:00"),
        (time(8, 30, 15), str, "08:30:15"),
        ("  E1；E2 ", tuple, "E1；E2"),
        (1.5e300, float, "1.5e+300"),
    ],
)
def test_a_cell_says_what_it_would_in_a_csv_file(value, kind, text):
    assert read_cell(value, kind) == (text, None)
