"""The fits of turnout in Lanshui's SOURCES.md: what the script gives today, from logs it reads rightly."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SOURCES = ROOT / "sim" / "scenarios" / "lanshui" / "SOURCES.md"
KINDS = ("full_time", "part_time", "volunteer", "enterprise", "micro_station", "ambulance", "police")
FIGURE = re.compile(r"[-+]?\d+(?:\.\d+)?")

SPEC = importlib.util.spec_from_file_location("fit_turnout", ROOT / "tools" / "fit_turnout.py")
tool = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tool)

LANCASTER_ROW = {
    "incident_date": "2019-05-01",
    "response_unit": "HICK1",
    "call_type": "17D3",
    "dispatch_time_in_seconds": "40000",
    "enroute_time_in_seconds": "40200",
    "arrive_time_in_seconds": "40500",
    "time_in_service_in_seconds": "1700",
}
SF_ROW = {
    "RowID": "1-E1",
    "Unit Type": "ENGINE",
    "Station Area": "01",
    "Final Priority": "3",
    "Dispatch DtTm": "12/31/2016 11:59:00 PM",
    "Response DtTm": "01/01/2017 12:00:10 AM",
    "On Scene DtTm": "01/01/2017 12:05:10 AM",
    "Transport DtTm": None,
    "Available DtTm": "01/01/2017 12:25:10 AM",
}


@pytest.fixture(scope="module")
def logs():
    for log in (tool.LANCASTER, tool.SAN_FRANCISCO):
        if not (DATA / log).exists():
            pytest.skip(f"the log {log.parent} is not beside the project")
    return tool.read_logs(DATA)


def read(folder, reader, row, *changes):
    """Write a log of one good row and changed ones, and read it back with the reasons of its cuts."""
    path = folder / "log.csv"
    pl.DataFrame([row, *({**row, **change} for change in changes)]).write_csv(path)
    return tool.with_cuts(reader(path))


@pytest.mark.parametrize(("log", "column", "seconds"), [
    ("lancaster", "turnout_s", 143), ("lancaster", "travel_s", 471),
    ("sf", "turnout_s", 49), ("sf", "travel_s", 227),
])  # fmt: skip
def test_the_logs_have_the_medians_their_readme_tells(logs, log, column, seconds):
    assert tool.median_as_read(logs[log], column) == pytest.approx(seconds, abs=1)


def test_lancaster_times_cross_midnight_and_bad_rows_are_cut(tmp_path):
    rows = read(tmp_path, tool.read_lancaster, LANCASTER_ROW,
        {},
        {"dispatch_time_in_seconds": "86300", "enroute_time_in_seconds": "100"},
        {"enroute_time_in_seconds": "39990"},
        {"dispatch_time_in_seconds": "10", "enroute_time_in_seconds": "86390"},
        {"enroute_time_in_seconds": "40005"},
        {"enroute_time_in_seconds": None},
        {"call_type": "17A1"},
        {"call_type": "SPECDUTY"},
        {"response_unit": "MUTUAL"},
        {"response_unit": "M6"},
        {"response_unit": "SW11"},
    )  # fmt: skip
    assert rows["cut"].to_list() == [
        None, "twice", None, "absurd", "absurd", "short", "no_stamp",
        "not_urgent", "not_urgent", "other_unit", None, None,
    ]  # fmt: skip
    assert rows["turnout_s"].to_list()[:4] == [200, 200, 200, -10]
    assert rows["kind"].to_list()[-3:] == [None, "city", "vehicle"]
    assert rows.row(0, named=True)["scene_s"] == 1700 - 500


def test_san_francisco_times_have_dates_and_bad_rows_are_cut(tmp_path):
    rows = read(tmp_path, tool.read_san_francisco, SF_ROW,
        {},
        {"Response DtTm": None},
        {"Response DtTm": "12/31/2016 11:59:05 PM"},
        {"Response DtTm": "12/31/2016 11:59:05 PM", "Unit Type": "MEDIC"},
        {"Response DtTm": "12/31/2016 11:58:00 PM"},
        {"Final Priority": "2"},
        {"Unit Type": "CHIEF"},
        {"Transport DtTm": "01/01/2017 12:15:10 AM", "Unit Type": "MEDIC"},
    )  # fmt: skip
    assert rows["cut"].to_list() == [
        None, "twice", "no_stamp", "short", None, "absurd", "not_urgent", "other_unit", None,
    ]  # fmt: skip
    assert rows.row(0, named=True)["turnout_s"] == 70
    assert rows["scene_s"].to_list()[::8] == [1200, None]


def test_hours_part_at_six_and_twenty_two():
    rows = pl.DataFrame({"hour": [5, 6, 21, 22], "kind": "city"})
    assert tool.chosen(rows, "city", "day")["hour"].to_list() == [6, 21]
    assert tool.chosen(rows, "city", "night")["hour"].to_list() == [5, 22]


@pytest.mark.parametrize(("median_s", "sigma"), [(300, 0.5), (60, 0.35)])
def test_a_fit_recovers_what_a_made_up_log_was_drawn_from(median_s, sigma):
    times_s = median_s * np.exp(sigma * np.random.default_rng(3).standard_normal(4000))
    found = tool.fit(np.round(times_s))
    assert found.best == "log-normal"
    assert found.fitted_median_s == pytest.approx(median_s, rel=0.03)
    assert found.sigma == pytest.approx(sigma, rel=0.05)
    assert found.spread == pytest.approx(sigma, rel=0.1)
    assert found.fitted_p90_s == pytest.approx(found.p90_s, rel=0.05)
    assert found.ks["log-normal"] < 0.02 < min(found.ks["weibull"], found.ks["gamma"])
    for (low, high), value in ((found.median_95, median_s), (found.sigma_95, sigma)):
        assert low < value < high
        assert high - low < 0.06 * value
    assert tool.fit(np.round(times_s)) == found


def test_weibull_times_are_known_from_log_normal_ones():
    times_s = 300 * np.random.default_rng(4).weibull(1.8, 2000)
    found = tool.fit(times_s)
    assert found.best == "weibull"
    assert found.ks["weibull"] < found.ks["log-normal"]


def chapter(lang):
    """Give the chapter of the fits in one language."""
    start = {"zh": "# 出动时间的拟合\n", "en": "# Fits of turnout time\n"}[lang]
    return SOURCES.read_text(encoding="utf-8").split(start)[1].split("\n# ")[0]


def told(text):
    """Split the table rows of a text into what stands around figures, and the figures."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [FIGURE.sub("#", line) for line in lines], [FIGURE.findall(line) for line in lines]


def alike(old, new):
    """Tell whether two written figures are equal but for rounding."""
    last = 10.0 ** -len(old.partition(".")[2])
    return abs(float(old) - float(new)) <= max(1.01 * last, 0.01 * abs(float(old)))


@pytest.fixture(scope="module")
def tables(logs):
    return {lang: tool.tables(logs, lang) for lang in ("en", "zh")}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_sources_tell_what_the_script_gives_today(tables, lang):
    text = chapter(lang)
    words, figures = told("\n".join(tables[lang]))
    written_words, written = told(text[: text.rindex("\n## ")])
    assert written_words == words
    wrong = [(old, new) for a, b in zip(written, figures, strict=True) for old, new in zip(a, b, strict=True)
             if not alike(old, new)]  # fmt: skip
    assert wrong == []


def test_both_languages_tell_the_same_figures_and_advice(tables):
    rows = {lang: told(chapter(lang))[1] for lang in tables}
    assert [row[-3:] for row in rows["zh"] if row] == [row[-3:] for row in rows["en"] if row]
    codes = {lang: re.findall(r"`([a-z_]+)`", chapter(lang).rpartition("\n## ")[2]) for lang in tables}
    assert codes["en"] == codes["zh"]
    levels, kinds = codes["en"][:3], codes["en"][3:]
    assert levels == ["on_station", "on_call", "raised"]
    assert kinds == [*KINDS]


def test_the_advice_leans_on_figures_of_the_fits(logs):
    rows = tool.kept(logs)
    fits = {(group, band): one for group, band, one in tool.all_fits(rows)}
    first, vehicle, engine, city = (fits[group, "all"] for group in ("first", "vehicle", "sf_engine", "city"))
    assert first.median_s < 300 < vehicle.median_s
    assert (
        300 * np.exp(tool.P90 * 0.35)
        < fits["rural", "all"].p90_s
        < 300 * np.exp(tool.P90 * 0.5)
        < vehicle.p90_s
    )
    assert 0.35 < engine.spread < 0.45 > city.spread > 0.35
    night = {group: fits[group, "night"].median_s / fits[group, "day"].median_s for group in tool.GROUPS}
    assert night["sf_engine"] == pytest.approx(1.36, abs=0.01)
    assert night["city"] == pytest.approx(1.43, abs=0.01)
    assert night["first"] == pytest.approx(1.34, abs=0.01)
    assert night["vehicle"] == pytest.approx(1.27, abs=0.01)
