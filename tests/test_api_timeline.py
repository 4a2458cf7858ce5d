"""Real accidents' times judged: the late ones late by their minutes, the good one on time; mistakes told."""

import csv
import re
from pathlib import Path

import pytest

from api import cli, service
from dispatch.reporting import Tier, Verdict
from sim.scenarios.headers import HEADERS, chinese_header
from sim.scenarios.importers.timelines import COLUMNS, class_of, history_of, read_timelines
from sim.scenarios.problems import ScenarioError

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "timelines" / "timelines.csv"

HEADER = (
    "id,t_accident,t_alarm_received,t_first_team_arrival,"
    "t_unit_reports_to_gov,t_township,t_county,t_city,deaths\n"
)
LATE = "A1,2024-05-01 08:00,,,2024-05-01 08:30,,2024-05-01 08:30,2024-05-01 10:31,1\n"


@pytest.fixture
def real():
    if not REAL.is_file():
        pytest.skip("the timelines of ../shared/data are not here")
    return REAL


@pytest.fixture
def table(tmp_path):
    """Write a table of times; the file's path."""

    def write(*rows, header=HEADER, encoding="utf-8"):
        path = tmp_path / "times.csv"
        path.write_bytes((header + "".join(rows)).encode(encoding))
        return path

    return write


@pytest.fixture
def beiqin(capsys, monkeypatch, tmp_path):
    """Type a command line in an empty folder; what comes back is exit code, answer, remarks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def typed(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return typed


def hops(path, rules="national"):
    """What was found: accident, sender (None: since the accident), receiver; limit, took, verdict, late."""
    found = service.judge_timelines(path, rules, "en").judged.hops
    return {
        (hop.accident, hop.sender, hop.receiver, hop.rule and hop.rule.report.name): (
            hop.limit_s and hop.limit_s / 60,
            hop.took_s / 60,
            hop.verdict,
            hop.late_s and hop.late_s / 60,
        )
        for hop in found
    }


def since_accident(path, rules="national"):
    return {(code, to): found for (code, by, to, _), found in hops(path, rules).items() if by is None}


def wrongs(path, lang="en"):
    with pytest.raises(ScenarioError) as refused:
        read_timelines(path)
    return refused.value.text(lang).splitlines()


def test_the_known_late_cases_are_late_by_their_minutes_less_the_limit(real):
    found = since_accident(real)
    late = Verdict.LATE
    assert found["CN01", Tier.BUREAU] == (60, 347, late, 347 - 60)
    assert found["CN01", Tier.CITY_BUREAU] == (180, 1895, late, 1895 - 180)
    assert found["CN01", Tier.PROVINCE] == (300, 1952, late, 1952 - 300)
    assert found["CN02", Tier.CITY_BUREAU] == (180, 817, late, 817 - 180)
    assert found["CN04", Tier.BUREAU] == (60, 360, late, 360 - 60)


def test_the_good_case_is_on_time(real):
    assert since_accident(real)["US01", Tier.BUREAU] == (60, 30, Verdict.ON_TIME, None)


def test_minutes_of_the_file_are_what_each_hop_took(real):
    column = {
        Tier.BUREAU: "min_accident_to_county",
        Tier.CITY_BUREAU: "min_accident_to_city",
        Tier.PROVINCE: "min_accident_to_province",
    }
    with real.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    found = since_accident(real)
    given = {
        (code, tier): float(row[name])
        for code, row in rows.items()
        for tier, name in column.items()
        if row[name]
    }
    assert len(given) == 8
    assert {place: took for place, (_, took, _, _) in found.items() if place[1] in column} == given


def test_each_level_answers_for_its_own_hop(real):
    found = hops(real)
    unit, county, city = Tier.UNIT_HEAD, Tier.BUREAU, Tier.CITY_BUREAU
    assert found["CN01", unit, county, "INITIAL"] == (60, 1852, Verdict.LATE, 1792)
    assert found["CN01", county, city, "INITIAL"] == (120, 1548, Verdict.LATE, 1428)
    assert found["CN01", city, Tier.PROVINCE, "INITIAL"] == (120, 57, Verdict.ON_TIME, None)
    assert found["CN02", unit, Tier.TOWNSHIP, "INITIAL"] == (60, 117, Verdict.LATE, 57)


def test_an_ordinary_accident_goes_to_the_province_only_by_rules_that_say_so(real):
    assert since_accident(real)["CN04", Tier.PROVINCE] == (None, 5160, Verdict.NOT_DUE, None)
    assert since_accident(real, "coal2012")["CN04", Tier.PROVINCE] == (180, 5160, Verdict.LATE, 5160 - 180)


def test_another_rule_file_is_a_what_if(real):
    assert since_accident(real, "wuhan2020")["CN01", Tier.CITY_BUREAU] == (90, 1895, Verdict.LATE, 1805)


def test_the_class_comes_from_the_deaths_or_is_said_to_be_assumed(real):
    classes = {one.code: class_of(one) for one in read_timelines(real)}
    assert classes["CN01"] == classes["CN02"] == (2, False)
    assert classes["CN04"] == (0, False)
    assert classes["CN20"] == (3, False)
    assert classes["US01"] == classes["CN25"] == (0, True)
    remarks = "\n".join(service.judge_timelines(real, "national", "en").remarks)
    assert "CN01: judged as Major accident by the deaths in the end (10)" in remarks
    assert "US01: its class is not known; judged as the lowest one, Ordinary accident." in remarks
    assert "Without times of reports, not judged: CN20, CN22, CN25, CN30, CN37, CN39, US10." in remarks


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_prints_the_table_and_what_it_rests_on(beiqin, real, lang):
    code, answer, remarks = beiqin("timeline", real, "--lang", lang)
    assert code == 0
    assert re.search(r"CN01 .*1,895 .*1,715", answer)
    assert ("迟报" in answer, "late" in answer) == (lang == "zh", lang == "en")
    assert {"en": "a person must judge", "zh": "须由人判定"}[lang] in remarks
    assert "493" in remarks


def test_files_are_written_where_asked_for(beiqin, table, tmp_path):
    code, answer, _ = beiqin("timeline", table(LATE), "--out", tmp_path / "out", "--lang", "zh")
    assert code == 0
    assert answer.splitlines()[-2:] == [
        str(tmp_path / "out" / f"timeline.{kind}") for kind in ("csv", "html")
    ]
    with (tmp_path / "out" / "timeline.csv").open(encoding="utf-8-sig", newline="") as file:
        [county, city, own] = csv.DictReader(file)
    assert (county["receiver"], county["verdict"], county["took_min"]) == ("bureau", "on_time", "30")
    assert (city["receiver"], city["verdict"], city["limit_min"]) == ("city_bureau", "on_time", "180")
    assert (own["sender"], own["verdict"], own["late_by_min"], own["article"]) == (
        "bureau",
        "late",
        "1",
        "第十条、第十一条",
    )
    page = (tmp_path / "out" / "timeline.html").read_text(encoding="utf-8")
    assert '<td class="word poor">迟报</td>' in page
    assert "真实事故：报告是否及时？" in page


def test_exactly_at_the_limit_is_on_time(table):
    kept = LATE.replace("10:31", "10:30")
    own = ("A1", Tier.BUREAU, Tier.CITY_BUREAU, "INITIAL")
    assert hops(table(kept))[own] == (120, 120, Verdict.ON_TIME, None)
    over = LATE.replace("10:31", "10:30:01")
    assert hops(table(over))[own][2] is Verdict.LATE


def test_chinese_headers_and_gb18030_say_the_same(table):
    chinese = ",".join(chinese_header(column) for column in HEADER.strip().split(",")) + "\n"
    expected = read_timelines(table(LATE))
    assert read_timelines(table(LATE, header=chinese, encoding="gb18030")) == expected
    assert all(column in HEADERS for column in COLUMNS)


def test_excel_s_dates_are_understood(table):
    [there] = read_timelines(table(LATE.replace("2024-05-01 ", "2024/5/1 ")))
    [here] = read_timelines(table(LATE))
    assert there.moments == here.moments


def test_a_county_told_by_nobody_known_binds_the_unit_still(table):
    [one] = read_timelines(table("A1,2024-05-01 08:00,,,,,2024-05-01 09:30,,\n"))
    assert [(it.sender, it.receiver) for it in history_of(one).sendings] == [
        (Tier.SCENE, Tier.UNIT_HEAD),
        (Tier.SCENE, Tier.BUREAU),
    ]
    assert hops(table("A1,2024-05-01 08:00,,,,,2024-05-01 09:30,,\n")) == {
        ("A1", None, Tier.BUREAU, "INITIAL"): (60, 90, Verdict.LATE, 30)
    }


def test_mistakes_are_told_where_they_stand_all_at_once(table):
    path = table(
        "A1,2024-05-01 08:00,2024-05-01 08:10,2024-05-01 08:05,,,,,\n",
        "A2,2024-05-01 08:00,,,,,2024-05-01 07:59,,\n",
        "A1,yesterday,,,,,2024-02-30 07:59,2024-05-01,\n",
        ",2024-05-01 08:00,,,,,,,\n",
    )
    assert wrongs(path) == [
        "times.csv:2:4 t_first_team_arrival = 2024-05-01 08:05: is before the alarm (2024-05-01 08:10)",
        "times.csv:3:7 t_county = 2024-05-01 07:59: is before the accident (2024-05-01 08:00)",
        "times.csv:4:1 id = A1: stands twice; the first is in line 2",
        "times.csv:4:2 t_accident = yesterday: must be a date and time such as 2021-01-10 13:13",
        "times.csv:4:7 t_county = 2024-02-30 07:59: must be a date and time such as 2021-01-10 13:13",
        "times.csv:4:8 t_city = 2024-05-01: must be a date and time such as 2021-01-10 13:13",
        "times.csv:5:1 id: is empty; a value is due",
    ]
    assert wrongs(path, "zh")[:2] == [
        "times.csv:2:4 t_first_team_arrival（首队到场时间） = 2024-05-01 08:05：早于接警（2024-05-01 08:10）",
        "times.csv:3:7 t_county（县接报时间） = 2024-05-01 07:59：早于事故发生（2024-05-01 08:00）",
    ]


def test_minutes_that_do_not_agree_with_the_times(table):
    header = "id,t_accident,t_county,min_accident_to_county\n"
    row = "A1,2024-05-01 08:00,2024-05-01 09:00,{}\n"
    assert read_timelines(table(row.format(60), header=header))
    assert wrongs(table(row.format(70), header=header)) == [
        "times.csv:2:4 min_accident_to_county = 70: does not agree with the times, which are 60 min apart"
    ]
    assert wrongs(table(row.format("an hour"), header=header)) == [
        "times.csv:2:4 min_accident_to_county = an hour: must be a number such as 12.5"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "times.csv: is empty; the first line must name the columns"),
        ("id,place\nA1,x\n", "times.csv:1 t_accident: column is missing from the header"),
        (
            "id,t_accident,t_conty\n",
            "times.csv:1:3 t_conty: is not a column of this table; did you mean t_county?",
        ),
    ],
)
def test_tables_that_are_none(table, text, told):
    assert wrongs(table(header=text)) == [told]


def test_wrong_files_and_rules_are_said_in_one_message(beiqin, table):
    code, answer, remarks = beiqin("timeline", "nowhere.csv", "--lang", "en")
    assert (code, answer, remarks.strip()) == (1, "", "nowhere.csv: is not there")
    code, answer, remarks = beiqin("timeline", table(LATE), "--rules", "natonal", "--lang", "en")
    assert (code, answer) == (1, "")
    assert remarks.strip() == "natonal: names no rule file; did you mean national?"
