"""The master list of a drill: CSV and xlsx in and out, and what is wrong with it, located."""

from __future__ import annotations

from datetime import datetime

import pytest

from dispatch.reporting import Tier
from sim.events import Kind
from sim.scenarios.msel import MselRow, read_msel, write_msel
from sim.scenarios.msel_words import condition_of, expected_of, moment_s
from sim.scenarios.problems import ScenarioError

ROWS = (
    MselRow(
        "1",
        time="+5",
        sender="群众",
        to="119",
        method="phone",
        subject="异味",
        message="闻到刺鼻气味，有人咳嗽",
        expected="派危化品力量",
        expect="send hazmat",
        limit_min=3.0,
        owner="119值班长",
    ),
    MselRow("2", condition="arrived", to="bureau", message="=1+1, said the crew; two hurt"),
    MselRow(
        "3", time="+20", condition="unless report bureau", message="Ask", kind="contingency", enabled=False
    ),
)


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_list_comes_back_as_it_was_written(tmp_path, name, lang):
    write_msel(ROWS, tmp_path / name, lang)
    assert read_msel(tmp_path / name) == ROWS


def test_nothing_in_the_workbook_is_a_formula(tmp_path):
    from openpyxl import load_workbook

    write_msel(ROWS, tmp_path / "list.xlsx", "en")
    cells = [cell for row in load_workbook(tmp_path / "list.xlsx").worksheets[0].rows for cell in row]
    assert "f" not in {cell.data_type for cell in cells}


def test_a_list_saved_by_excel_in_china_is_read(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("序号,时间,接收,内容,启用\n1,02:25,值班室,液氨泄漏,是\n".encode("gb18030"))
    assert read_msel(path) == (MselRow("1", time="02:25", to="值班室", message="液氨泄漏"),)


def test_all_that_is_wrong_is_said_at_once_with_line_and_column(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "Number,Time,Condition,Message,Limit (min),Enabled,Measured By\n"
        "1,noon,,text,soon,maybe,guess\n"
        "1,+5,arived,,5,yes,\n"
        "3,,unless report bureau,text,5,yes,level 9\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as trouble:
        read_msel(path)
    assert [(p.line, p.column, p.field) for p in trouble.value.problems] == [
        (2, 5, "limit_min"),
        (2, 6, "enabled"),
        (2, 2, "time"),
        (2, 7, "expect"),
        (3, 4, "message"),
        (3, 3, "condition"),
        (4, 3, "condition"),
        (4, 7, "expect"),
        (3, None, "number"),
    ]
    assert trouble.value.text("zh") != trouble.value.text("en")


def test_an_inject_without_text_is_refused_at_once(tmp_path):
    write_msel((MselRow("1", time="+5", message=""),), tmp_path / "list.csv", "zh")
    with pytest.raises(ScenarioError) as trouble:
        read_msel(tmp_path / "list.csv")
    assert [p.field for p in trouble.value.problems] == ["message"]


def test_missing_columns_and_damaged_workbooks_are_named(tmp_path):
    (tmp_path / "list.csv").write_text("Time\n+5\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="Number"):
        read_msel(tmp_path / "list.csv")
    (tmp_path / "list.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ScenarioError, match="workbook"):
        read_msel(tmp_path / "list.xlsx")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("+25", 1560.0), ("+1:25", 5160.0), ("23:30", 1800.0), ("00:10", 4200.0), ("2026-07-15 23:05", 300.0)],
)
def test_moments(text, seconds):
    assert moment_s(text, datetime(2026, 7, 15, 23), 60.0) == seconds


def test_conditions_and_expectations():
    silence = condition_of("unless report bureau", 2, 900.0)
    assert (silence.kind, silence.tier, silence.unless) == (Kind.REPORT_RECEIVED, Tier.BUREAU, True)
    assert condition_of("首批到场", 0).kind == Kind.ARRIVED
    assert expected_of("report bureau city_bureau").words == ("bureau", "city_bureau")
    assert expected_of("hand") is None
