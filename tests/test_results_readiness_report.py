"""The chapter on readiness in a run's report, and one day of every unit."""

import json

import pytest
from counties import line_county
from ready_county import READY, write_ready
from synthetic_runs import K, log_of

from readiness.force import Crew, Force, Manning, Team
from results.measures import Window
from results.readiness.days import unit_day, worst_day
from results.readiness.figures import serviceable_over_time, unit_gantt
from results.report import draw, read_run, report_html
from results.summary import summary_of
from sim.experiment import run_experiment

HOUR = 3600.0
COUNTY = line_county(
    [60.0],
    units=(0, 0),
    force=Force(
        teams=(Team("T", "full_time", 0),),
        crews=tuple(Crew(f"C{u}", 0, (u,), ((Manning(2),),)) for u in range(2)),
        unit_team=(0, 0),
        unit_crew=(0, 1),
    ),
)


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    scenario = write_ready(folder / "ready", READY)
    run = run_experiment(
        scenario, days=8.0, warm_up_days=1.0, replications=2, seed=3, out=folder / "run", workers=1
    )
    return read_run(run)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            [
                "Readiness: who stands by, and does their equipment work",
                "Delayed by readiness in any of these ways",
                "Team 2",
                "Breathing apparatus",
                "Time with none ready",
            ],
        ),
        ("zh", ["备勤与装备", "以上任一种延误", "二队", "空气呼吸器", "无一可用的时间"]),
    ],
)
def test_the_report_has_a_chapter_on_readiness(reading, lang, words):
    page = report_html(reading, lang)
    assert [word for word in words if word not in page] == []
    shown = set(draw(reading.findings, lang))
    assert {"ready-week-teams", "ready-week-capabilities", "serviceable-over-time", "unit-day"} <= shown


def test_the_summary_holds_the_figures_of_readiness(reading):
    found = json.loads(json.dumps(summary_of(reading.run.manifest, reading.findings)))["readiness"]
    assert 0.0 <= found["delayed"]["value"] <= 1.0
    assert found["delayed"]["half_width"] is not None
    assert set(found["ready_by_team"]) == {"T1", "T2"}
    assert found["serviceable_known"]["all"]["value"] >= found["serviceable_true"]["all"]["value"]
    assert set(found["delayed_by_way"]) == {"passed", "waited", "did_not_roll", "broke_down", "lost"}


def test_a_county_without_a_force_has_no_such_chapter(tmp_path, tiny_folder):
    run = run_experiment(
        tiny_folder, days=2.0, warm_up_days=0.0, replications=1, seed=3, out=tmp_path / "run", workers=1
    )
    plain = read_run(run)
    assert plain.findings.readiness is None
    assert "readiness" not in summary_of(plain.run.manifest, plain.findings)
    assert "备勤与装备" not in report_html(plain, "zh")


DAY = log_of(
    (1 * HOUR, K.STANDBY, -1, 0, 1),
    (2 * HOUR, K.STANDING, -1, 0, 0, '["crew_short:1"]'),
    (3 * HOUR, K.STANDING, -1, 0, 1, "[]"),
    (4 * HOUR, K.ASSIGNED, 0, 0, 0),
    (4 * HOUR, K.EN_ROUTE, 0, 0),
    (5 * HOUR, K.CLEAR, 0, 0, 0),
    (5.5 * HOUR, K.RETURNED, -1, 0, 0),
    (5.5 * HOUR, K.REFIT, -1, 0, 0),
    (6 * HOUR, K.REFITTED, -1, 0, 0),
    (7 * HOUR, K.TAKEN_OUT, -1, 0),
    (7 * HOUR, K.STANDING, -1, 0, 0, '["taken_out"]'),
)


def test_what_a_unit_did_on_one_day():
    day = unit_day(DAY, COUNTY, Window(0.0, 24 * HOUR), 0.5 * HOUR, 8 * HOUR)
    rows = [(b / HOUR, e / HOUR, s) for u, b, e, s in day.spans.rows() if u == 0]
    assert rows == [
        (0.5, 1.0, "ready"),
        (1.0, 2.0, "at_home"),
        (2.0, 3.0, "not_ready"),
        (3.0, 4.0, "at_home"),
        (4.0, 5.5, "busy"),
        (5.5, 6.0, "refitting"),
        (6.0, 7.0, "at_home"),
        (7.0, 8.0, "out"),
    ]
    assert [row[3] for row in day.spans.rows() if row[0] == 1] == ["ready"]


def test_the_day_is_drawn_in_both_languages():
    day = unit_day(DAY, COUNTY, Window(0.0, 24 * HOUR), 0.0, 24 * HOUR)
    for lang, word in (("en", "out of service"), ("zh", "停用")):
        figure = unit_gantt(COUNTY, day, lang)
        texts = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
        assert word in texts


def test_the_worst_day_is_the_one_on_which_most_time_was_lost(reading):
    found, run = reading.findings.readiness, reading.run
    day = worst_day(found, run.events(0))
    assert day is not None
    assert day.end_s - day.begin_s == 24 * HOUR
    assert day.begin_s % (24 * HOUR) == 0.0
    assert day.begin_s >= run.window.warm_up_s


def test_no_two_marks_of_the_serviceable_rate_read_alike(reading):
    figure = serviceable_over_time(reading.findings.readiness, "zh")
    for axis in (figure.axes[0].yaxis, figure.axes[1].xaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
        labels = axis.get_major_formatter().format_ticks(ticks)
        assert len(labels) == len(set(labels)) > 1
