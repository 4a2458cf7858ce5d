"""CSV files as Excel writes them: encodings, line ends, headers in two languages, cells read strictly."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenarios.cells import CellError, codes, number, numbers, whole, yes_no, yes_noes
from sim.scenarios.headers import HEADERS, chinese_header, column_named
from sim.scenarios.rosters import optional_columns, required_columns
from sim.scenarios.rows import ROWS, NodeRow, RoadRow
from sim.scenarios.tables import read_sheet

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
LINE_ENDS = ("\n", "\r\n")
COLUMNS = ["code", "name", "lon"]
CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12
)


def written(rows, encoding, line_end):
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode(encoding)


def chinese_start(data):
    """Tell whether bytes of GB18030 happen to be UTF-8 as well (then nobody can know)."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8),
    encoding=st.sampled_from(ENCODINGS),
    line_end=st.sampled_from(LINE_ENDS),
    header=st.sampled_from([COLUMNS, ["代码", "名称", "经度"], ["编码", " Name ", "LON"]]),
)
def test_any_usual_writing_reads_the_same(tmp_path_factory, rows, encoding, line_end, header):
    data = written([header, *rows], encoding, line_end)
    if encoding == "gb18030" and chinese_start(data) and not data.isascii():
        return
    path = tmp_path_factory.mktemp("sheet") / "things.csv"
    path.write_bytes(data)
    problems = []
    sheet = read_sheet(path, COLUMNS, [], problems)
    assert problems == []
    assert [*zip(*(sheet.columns[name] for name in COLUMNS), strict=True)] == [
        tuple(cell.strip() for cell in row) for row in rows
    ]
    assert sheet.lines == list(range(2, len(rows) + 2))


def test_chinese_headers_mean_the_same_in_every_table():
    tables = [*ROWS.values(), NodeRow, RoadRow]
    for model in tables:
        columns = [model.model_fields[name].alias or name for name in model.model_fields]
        for column in columns:
            for header in (column, column.upper(), chinese_header(column), *HEADERS[column]):
                assert column_named(header, columns) == column, (model.__name__, header)


def test_time_columns_by_profile_have_chinese_names():
    columns = ["length_m", "time_fast_s", "time_slow_s"]
    assert chinese_header("time_fast_s") == "用时_fast_秒"
    assert column_named("用时_slow_秒", columns) == "time_slow_s"
    assert column_named("time_s", columns) is None


def test_rows_keep_their_line_over_blank_lines_and_quoted_line_ends(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text('code,name,lon\n\nA,"two\nlines",1\n,,\nB,x,2,\n', encoding="utf-8")
    problems = []
    sheet = read_sheet(path, COLUMNS, [], problems)
    assert problems == []
    assert sheet.columns["code"] == ["A", "B"]
    assert sheet.lines == [3, 6]
    assert sheet.problem(1, "lon", "is odd").text() == "things.csv:6:3 lon = 2: is odd"


def test_reading_stops_at_an_open_quotation_mark_but_keeps_what_came_before(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text('code,name,lon\nA,x,1\nB,"x,2\nC,x,3\n', encoding="utf-8")
    problems = []
    sheet = read_sheet(path, COLUMNS, [], problems)
    assert sheet.cut
    assert sheet.columns["code"] == ["A"]
    assert [p.text() for p in problems] == [
        "things.csv:3: opens a quotation mark in this row that is never closed"
    ]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path):
    problems = []
    assert read_sheet(tmp_path / "absent.csv", COLUMNS, [], problems) is None
    assert read_sheet(tmp_path, COLUMNS, [], problems) is None
    assert [p.text() for p in problems] == [
        "absent.csv: is not there",
        f"{tmp_path.name}: is a folder, not a file",
    ]


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_whole_numbers_read_back(value):
    assert whole(str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back(value):
    assert number(repr(value)) == value


@pytest.mark.parametrize("text", ["", "5.0", "1e3", "１２", "1_000", "0x10", "five", "12:30"])
def test_what_is_no_whole_number(text):
    with pytest.raises(CellError):
        whole(text)


@pytest.mark.parametrize("text", ["", "nan", "inf", "-inf", "1e999", "1_0.5", "1,5", "12:30", "1 2", "٣"])
def test_what_is_no_number(text):
    with pytest.raises(CellError):
        number(text)


def test_yes_no_and_lists_of_codes():
    assert [yes_no(text) for text in ("yes", "NO", "是", "否")] == [True, False, True, False]
    with pytest.raises(CellError):
        yes_no("true")
    assert codes("engine; ladder；hazmat、boat;") == ("engine", "ladder", "hazmat", "boat")


def test_columns_of_numbers_and_of_yes_no(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text("code,lon,oneway\nA,1.5,yes\nB,,\nC,x,maybe\n", encoding="utf-8")
    problems = []
    sheet = read_sheet(path, ["code", "lon"], ["oneway", "access"], problems)
    values = numbers(sheet, "lon", problems)
    assert values[0] == 1.5
    assert math.isnan(values[1])
    assert math.isnan(values[2])
    assert numbers(sheet, "lon", [], empty_ok=True, default=7.0)[1] == 7.0
    assert numbers(sheet, "length_m", [], default=3.0).tolist() == [3.0, 3.0, 3.0]
    assert yes_noes(sheet, "oneway", problems, default=False).tolist() == [True, False, False]
    assert yes_noes(sheet, "access", problems, default=True).tolist() == [True, True, True]
    assert [p.text() for p in problems] == [
        "things.csv:3:2 lon: is empty; a value is due",
        "things.csv:4:2 lon = x: must be a number such as 12.5",
        "things.csv:4:3 oneway = maybe: must be yes or no (是 or 否)",
    ]


def test_which_columns_tables_need():
    assert required_columns(ROWS["run_cards"]) == ["kind", "grade", "capability", "count"]
    assert optional_columns(ROWS["stations"]) == ["name", "name_en", "place", "source"]
