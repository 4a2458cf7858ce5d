"""Reports judged from the log: hand-worked histories, verdicts, beliefs, obstacles, and their chapter."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest
from counties import names
from reporting import BUREAU, CITY, HOUR, INITIAL, MINUTE, RULES, UNIT, chain_of_desks, desks, leak_county
from synthetic_runs import K, log_of

from dispatch.reporting import Report, RuleSet, Tier, Verdict
from results.chain.contents import reports_headline
from results.chain.course import course_of, critical_path, held_by, shares
from results.chain.figures import hop_delays, ladder_figure, verdict_counts
from results.chain.gantt import response_gantt
from results.chain.histories import Reports
from results.chain.inquiry import INQUIRY, verdicts_told
from results.chain.tables import TABLES
from results.compliance import (
    comply_one,
    counts_a_year,
    effect_of,
    hops,
    of_hop,
    share_of_due,
    together,
)
from results.measures import Window
from results.story import Story
from sim.chain import at_level, of_plan, received

RULE_SET = RuleSet("tests", RULES)
DAY = 86_400.0
WINDOW = Window(0.0, 10 * DAY)


def sent(time_s, message, sender, receiver, *, report=INITIAL, known=(0, 0, 50_000.0, 0), **flags):
    """A REPORT_SENT row of incident 0."""
    words = [int(report), int(sender), int(receiver), flags.get("written", False), *known]
    words += [flags.get("false", False), flags.get("short", False), "rule"]
    return (time_s, K.REPORT_SENT, flags.get("incident", 0), -1, message, json.dumps(words))


def came(time_s, message, tier, incident=0):
    return (time_s, K.REPORT_RECEIVED, incident, -1, received(message, int(tier)), '["landline", "", 1]')


LATE = log_of(
    (0, K.REPORTED, 0, -1, 0),
    (0, K.HARM_KNOWN, 0, -1, -1, "[0, 1, 50000]"),
    (0, K.CLASS_ROSE, 0, -1, 0),
    sent(300, 0, Tier.SCENE, UNIT, known=(0, 1, 50_000.0, 0)),
    came(300, 0, UNIT),
    sent(900, 1, UNIT, BUREAU, known=(0, 1, 50_000.0, 0)),
    (960, K.REPORT_STUCK, 0, -1, 1, '["nobody", "landline", "D0"]'),
    came(4500, 1, BUREAU),
    sent(4800, 2, BUREAU, CITY, written=True, known=(0, 1, 50_000.0, 0)),
    came(5000, 2, CITY),
    (6000, K.HARM_KNOWN, 0, -1, -1, "[1, 1, 60000]"),
    sent(6100, 3, UNIT, BUREAU, report=Report.SUPPLEMENT, known=(1, 1, 60_000.0, 0)),
    came(6160, 3, BUREAU),
    (9000, K.CLOSED, 0, -1, -1),
)
"""The unit's head knows at 5 minutes and is due within the hour, at 3,900 s; the bureau hears at 4,500 s."""


@pytest.fixture(scope="module")
def county():
    return replace(leak_county(chain_of_desks(), desks()), names=names("Line"))


def test_a_history_is_put_together_from_the_log(county):
    history = Reports(county, LATE, WINDOW.end_s).history(0)
    assert (history.occurred_s, history.classes, history.over_s) == (0.0, ((0.0, 0),), 9000.0)
    assert history.changes == (6000.0,)
    ways = [(it.sender, it.receiver, it.sent_s, it.received_s, it.line) for it in history.sendings]
    assert ways[1] == (UNIT, BUREAU, 900.0, 4500.0, 7)
    assert [it.written for it in history.sendings] == [False, False, True, False]


def test_the_unit_is_late_by_ten_minutes_and_the_city_told_in_time(county):
    found = {it.rule.code: it for it in Reports(county, LATE, WINDOW.end_s).findings(0)}
    assert (found["unit"].verdict, found["unit"].due_s, found["unit"].late_s) == (Verdict.LATE, 3900.0, 600.0)
    assert found["unit"].lines == (4, 7)
    assert found["county"].verdict is Verdict.ON_TIME
    assert found["unit_news"].verdict is Verdict.ON_TIME


def test_other_rules_judge_the_same_log(county):
    tight = RuleSet("tight", (replace(RULES[2], limit_s={0: 5 * MINUTE}),))
    [found] = Reports(county, LATE, WINDOW.end_s).findings(0, tight)
    assert (found.verdict, found.late_s) == (Verdict.LATE, 200.0)


def test_who_knew_what_and_when(county):
    beliefs = Reports(county, LATE, WINDOW.end_s).beliefs(0)
    told = [(it.tier, it.time_s, it.knowledge.deaths, it.line) for it in beliefs]
    assert told == [
        (UNIT, 300.0, 0, 4),
        (BUREAU, 4500.0, 0, 7),
        (CITY, 5000.0, 0, 9),
        (BUREAU, 6160.0, 1, 12),
    ]


def test_hidden_and_found_out(county):
    log = log_of(
        (0, K.REPORTED, 0, -1, 0),
        (0, K.CLASS_ROSE, 0, -1, 0),
        sent(300, 0, Tier.SCENE, UNIT),
        came(300, 0, UNIT),
        (400, K.HIDDEN, 0, -1, int(UNIT)),
        (90_000, K.FOUND_OUT, 0, -1, int(BUREAU), '["tip_off", 1, 0, 1, 50000, 0]'),
        sent(91_000, 1, BUREAU, CITY, written=True),
        came(91_100, 1, CITY),
    )
    found = {it.rule.code: it for it in Reports(county, log, WINDOW.end_s).findings(0)}
    assert found["unit"].verdict is Verdict.CONCEALED
    assert (found["county"].verdict, found["county"].due_s) == (Verdict.ON_TIME, 90_000 + 2 * HOUR)


def calls_of(log):
    there = log.filter(pl.col("kind") == "REPORTED")
    fixed = {"kind": "k0", "place": "P0", "place_kind": "township", "hour": 3, "month": 1}
    return there.select("incident").with_columns(**{name: pl.lit(value) for name, value in fixed.items()})


@pytest.fixture(scope="module")
def found(county):
    on_time = LATE.with_columns(
        time_s=pl.when((pl.col("kind") == "REPORT_RECEIVED") & (pl.col("time_s") == 4500))
        .then(1000.0)
        .otherwise(pl.col("time_s"))
    ).filter(pl.col("kind") != "REPORT_STUCK")
    on_time = on_time.with_columns(number=pl.int_range(len(on_time), dtype=pl.UInt32))
    ones = [comply_one(log, calls_of(log), county, WINDOW, n) for n, log in enumerate((LATE, on_time))]
    return together(county, WINDOW, (0, 1), ones, RULE_SET)


def test_counts_and_shares_over_replications(found):
    late = counts_a_year(found, Verdict.LATE)
    assert late.mean == pytest.approx(0.5 * 365 / 10)
    due = of_hop(found, UNIT, BUREAU)
    share = share_of_due(found, Verdict.ON_TIME, due)
    assert (share.mean, share.n) == (0.5, 2)
    assert due.sort("replication")["took_s"].to_list() == [4200.0, 700.0]
    assert due.sort("replication")["held_by"].to_list() == ["nobody", ""]
    assert (UNIT, BUREAU) in hops(found)


def test_an_empty_post_costs_what_reports_took_longer(found):
    share, within, longer = effect_of(found, "nobody")
    assert within.mean == 0.0
    assert longer.mean == 3500.0
    assert share.mean == pytest.approx(1 / 3 / 2)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_chapter_is_told_and_drawn(found, lang):
    assert all(table(found, lang).rows for table in TABLES.values())
    assert reports_headline(found, lang)
    for picture in (verdict_counts(found, lang), hop_delays(found, lang)):
        assert picture.axes
    shown = found.shown
    assert ladder_figure(shown.reports, shown.incident, RULE_SET, lang).axes
    assert response_gantt(found.county, shown.course, lang).axes


def test_the_inquiry_says_how_much_of_a_limit_was_left(county):
    reports = Reports(county, LATE, WINDOW.end_s)
    row = {"place": None, "site": None, "kind": "k0", "grade": 1}
    story = Story(county, "en", {0: row}, {0: 0.0}, reports=reports)
    told = [
        INQUIRY[K[it["kind"]]](story, it) for it in LATE.iter_rows(named=True) if K[it["kind"]] in INQUIRY
    ]
    assert told[3] == (
        "Incident 0: the report does not get through to county bureau (D0) over landline: nobody is at D0."
    )
    assert told[4] == (
        "Incident 0: county bureau (D0) is told by unit's head over landline; "
        "limit 1 h (Decree 493, Art. 9-13): 10 min late."
    )
    assert told[6].endswith("limit 2 h (Decree 493, Art. 9-13): 1 h 51 min 40 s to spare.")
    chinese = replace(story, lang="zh")
    [line] = [it for it in verdicts_told(chinese, 0) if "迟报" in it]
    assert "单位负责人报县应急管理局" in line
    assert "超时10分" in line


TASKS = log_of(
    (0, K.REPORTED, 0, -1, 0),
    (600, K.RESPONSE_OPENED, 0, -1, at_level(0, 3)),
    (600, K.TASK_BEGUN, 0, -1, of_plan(0, 0)),
    (900, K.TASK_HELD, 0, -1, of_plan(0, 0), '["unit", "c0"]'),
    (2400, K.TASK_DONE, 0, -1, of_plan(0, 0)),
    (2400, K.TASK_BEGUN, 0, -1, of_plan(0, 1)),
    (2700, K.TASK_DONE, 0, -1, of_plan(0, 1)),
    (7200, K.RESPONSE_ENDED, 0, -1, at_level(0, 3)),
)


def test_a_course_tells_what_held_a_task_up(planned):
    course = course_of(planned, 0, TASKS.iter_rows(named=True), 9000.0)
    first, second = course.tasks
    assert (first.opened_s, first.due_s, first.done_s, first.within) == (600.0, 1800.0, 2400.0, False)
    assert shares(first) == {"after": 0.0, "unit": 1500.0, "work": 300.0}
    assert held_by(first) == "unit"
    assert (second.ready_s, second.within, held_by(second)) == (2400.0, False, "after")
    assert critical_path(planned.plans[0], course.tasks) == (0, 1)


@pytest.fixture(scope="module")
def planned(county):
    from dispatch.plans import Plan, PlanKind, Task, Trigger, Work

    tasks = (
        Task("a", Work.SEND, "D0", 1200.0),
        Task("b", Work.EVACUATE, "D0", 1500.0, after=("a",)),
        Task("c", Work.PUBLISH, "D0", 1500.0, level=2),
    )
    return replace(county, plans=(Plan("general", PlanKind.GENERAL, (Trigger(3),), tasks),))
