"""Measures: hand-written logs with the exact figures they must give."""

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from synthetic_runs import K, log_of
from synthetic_runs import fate_of as fate_rows

from results.measures import (
    Window,
    assignment_table,
    calls_by,
    incident_table,
    known_harm,
    recode,
    summary,
    unit_loads,
    within,
)

DAY = 86_400.0


def fate_of(n, **columns):
    rows = [{name: values[k] for name, values in columns.items()} for k in range(n)]
    return fate_rows(*rows)


ONE_CALL = log_of(
    (100, K.REPORTED, 0, -1, 0),
    (104, K.CALL_ANSWERED, 0, -1),
    (150, K.CALL_TAKEN, 0, -1, 1),
    (150, K.ASSIGNED, 0, 3, 7),
    (150, K.ASSIGNED, 0, 5, 7),
    (150, K.WAITING, 0, -1, 1),
    (200, K.EN_ROUTE, 0, 5),
    (215, K.EN_ROUTE, 0, 3),
    (500, K.ARRIVED, 0, 5),
    (640, K.ARRIVED, 0, 3),
    (700, K.ASSIGNED, 0, 4, 8),
    (760, K.EN_ROUTE, 0, 4),
    (900, K.ARRIVED, 0, 4),
    (900, K.ASSEMBLED, 0, -1),
    (2000, K.CONTROLLED, 0, -1),
    (2000, K.CLEAR, 0, 5, 0),
    (2100, K.CLEAR, 0, 3, 0),
    (2200, K.HOSPITAL_BOUND, 0, 4, 1),
    (2500, K.AT_HOSPITAL, 0, 4, 1),
    (2900, K.CLEAR, 0, 4, 0),
    (2900, K.CLOSED, 0, -1),
    (3000, K.RETURNED, 0, 5, 0),
)
WINDOW = Window(0.0, DAY)


def test_one_call():
    row = incident_table(ONE_CALL, fate_of(1), WINDOW, datetime(2026, 7, 1, 23, 59)).row(0, named=True)
    assert row["call_handling"] == 50
    assert row["answering"] == 4
    assert row["waiting"] == 0
    assert row["first_arrival"] == 400
    assert row["full_assembly"] == 800
    assert row["time_to_control"] == 1900
    assert row["on_scene"] == 2400
    assert (row["units"], row["redirections"]) == (3, 0)
    assert (row["short"], row["none_free"], row["open"]) == (True, False, False)
    assert (row["hour"], row["month"]) == (0, 7)


def test_units_of_one_call():
    table = assignment_table(ONE_CALL)
    assert table["unit"].to_list() == [3, 4, 5]
    assert table["number"].to_list() == [3, 10, 4]
    assert table["capability"].to_list() == [7, 8, 7]
    assert table["turnout"].to_list() == [65, 60, 50]
    assert table["travel"].to_list() == [425, 140, 300]
    assert table["work"].to_list() == [1460, 1300, 1500]
    assert table["transport"].to_list() == [None, 300, None]
    assert table["handover"].to_list() == [None, 400, None]


def test_sent_again_on_the_way_home_has_no_turnout():
    events = log_of(
        (0, K.REPORTED, 0, -1),
        (0, K.CALL_TAKEN, 0, -1),
        (0, K.ASSIGNED, 0, 1),
        (60, K.EN_ROUTE, 0, 1),
        (100, K.ARRIVED, 0, 1),
        (200, K.CLEAR, 0, 1),
        (230, K.ASSIGNED, 1, 1),
        (230, K.EN_ROUTE, 1, 1),
        (300, K.ARRIVED, 1, 1),
        (400, K.CLEAR, 1, 1),
        (500, K.RETURNED, 1, 1),
        (600, K.ASSIGNED, 2, 1),
        (640, K.EN_ROUTE, 2, 1),
    )
    table = assignment_table(events)
    assert table["turnout"].to_list() == [60, None, 40]
    assert table["travel"].to_list() == [40, 70, None]
    assert table["returned_s"].to_list() == [None, 500, None]


REDIRECTED = log_of(
    (0, K.REPORTED, 0, -1),
    (40, K.CALL_TAKEN, 0, -1),
    (40, K.ASSIGNED, 0, 1),
    (90, K.EN_ROUTE, 0, 1),
    (100, K.REPORTED, 1, -1),
    (120, K.CALL_TAKEN, 1, -1),
    (120, K.REDIRECTED, 0, 1, 1),
    (120, K.ASSIGNED, 1, 1),
    (120, K.EN_ROUTE, 1, 1),
    (120, K.WAITING, 0, -1, 1),
    (300, K.ARRIVED, 1, 1),
    (300, K.ASSEMBLED, 1, -1),
    (900, K.CONTROLLED, 1, -1),
    (900, K.CLEAR, 1, 1),
    (900, K.CLOSED, 1, -1),
    (900, K.ASSIGNED, 0, 1),
    (900, K.EN_ROUTE, 0, 1),
    (1000, K.ARRIVED, 0, 1),
)


def test_redirected():
    calls = incident_table(REDIRECTED, fate_of(2), Window(0, 2000)).sort("incident")
    assert calls["redirections"].to_list() == [1, 0]
    assert calls["first_arrival"].to_list() == [1000, 200]
    assert calls["waiting"].to_list() == [0, 0]
    assert calls["open"].to_list() == [True, False]
    units = assignment_table(REDIRECTED)
    assert units["turnout"].to_list() == [50, None, None]
    assert units["travel"].to_list() == [None, 180, 100]
    assert units["redirected"].to_list() == [True, False, False]


def test_none_free():
    events = log_of(
        (0, K.REPORTED, 0, -1),
        (50, K.CALL_TAKEN, 0, -1),
        (50, K.WAITING, 0, -1, 2),
        (350, K.ASSIGNED, 0, 1),
        (500, K.REPORTED, 1, -1),
        (550, K.CALL_TAKEN, 1, -1),
        (550, K.WAITING, 1, -1, 1),
        (800, K.REPORTED, 2, -1),
    )
    calls = incident_table(events, fate_of(3), Window(0, 1000)).sort("incident")
    assert calls["none_free"].to_list() == [True, True, False]
    assert calls["waiting"].to_list() == [300, None, None]
    assert calls["call_handling"].to_list() == [50, 50, None]


def test_only_calls_reported_in_the_window_count():
    events = log_of(*[(t, K.REPORTED, i, -1) for i, t in enumerate((0, 99.9, 100, 199.9, 200))])
    assert incident_table(events, fate_of(5), Window(100, 200))["incident"].to_list() == [2, 3]


def test_busy_share_by_hand():
    events = log_of(
        (0, K.ASSIGNED, 0, 1),
        (10, K.EN_ROUTE, 0, 1),
        (20, K.ARRIVED, 0, 1),
        (150, K.CLEAR, 0, 1),
        (200, K.RETURNED, 0, 1),
        (200, K.REFIT, 0, 1),
        (260, K.REFITTED, 0, 1),
        (300, K.ASSIGNED, 1, 0),
        (400, K.ASSIGNED, 2, 1),
        (500, K.REDIRECTED, 2, 1, 3),
        (500, K.ASSIGNED, 3, 1),
        (520, K.ARRIVED, 3, 1),
        (600, K.CLEAR, 3, 1),
        (700, K.ASSIGNED, 4, 1),
        (800, K.CLEAR, 4, 1),
        (1050, K.RETURNED, 4, 1),
    )
    loads = unit_loads(assignment_table(events), 3, Window(100, 1100))
    assert loads["sendings"].to_list() == [1, 3, 0]
    assert loads["busy"].to_list() == pytest.approx([0.8, 0.05 + 0.1 + 0.1 + 0.1, 0])
    assert loads["returning"].to_list() == pytest.approx([0, 0.05 + 0.1 + 0.25, 0])
    assert loads["refitting"].to_list() == pytest.approx([0, 0.06, 0])


def test_a_refit_cut_off_by_the_end_counts_until_then():
    events = log_of((0, K.ASSIGNED, 0, 0), (10, K.CLEAR, 0, 0), (20, K.RETURNED, 0, 0), (20, K.REFIT, 0, 0))
    loads = unit_loads(assignment_table(events), 1, Window(0, 100))
    assert loads["refitting"].to_list() == [0.8]


def test_stood_down_at_the_station_and_on_the_way():
    events = log_of(
        (0, K.ASSIGNED, 0, 0),
        (30, K.STOOD_DOWN, 0, 0, 0),
        (100, K.ASSIGNED, 1, 0),
        (160, K.EN_ROUTE, 1, 0),
        (200, K.STOOD_DOWN, 1, 0, 0),
        (250, K.RETURNED, -1, 0, 0),
        (300, K.ASSIGNED, 2, 0),
        (350, K.EN_ROUTE, 2, 0),
        (400, K.STOOD_DOWN, 2, 0, 0),
        (420, K.ASSIGNED, 3, 0),
        (420, K.EN_ROUTE, 3, 0),
    )
    table = assignment_table(events)
    assert table["turnout"].to_list() == [None, 60, 50, None]
    loads = unit_loads(table, 1, Window(0, 500))
    assert loads["busy"].to_list() == pytest.approx([(30 + 100 + 100 + 80) / 500])
    assert loads["returning"].to_list() == pytest.approx([(50 + 20) / 500])


def test_a_unit_that_did_not_roll_or_broke_down_is_busy_until_it_is_at_its_station_again():
    events = log_of(
        (0, K.ASSIGNED, 0, 0, 0),
        (60, K.WILL_NOT_ROLL, 0, 0, 3),
        (1000, K.ASSIGNED, 1, 0, 0),
        (1040, K.EN_ROUTE, 1, 0),
        (1100, K.BROKE_DOWN, 1, 0, 4),
        (2000, K.RECOVERED, -1, 0, 0),
        (5000, K.ASSIGNED, 2, 0, 0),
        (5030, K.EN_ROUTE, 2, 0),
        (5130, K.ARRIVED, 2, 0),
        (5630, K.CLEAR, 2, 0, 0),
        (5730, K.RETURNED, -1, 0, 0),
    )
    sent = assignment_table(events)
    assert sent["turnout"].to_list() == [None, 40.0, 30.0]
    load = unit_loads(sent, 1, Window(0.0, 10_000.0)).row(0, named=True)
    assert load["busy"] == pytest.approx((60 + 1000 + 630) / 10_000)
    assert load["returning"] == pytest.approx(100 / 10_000)


def test_handed_over_and_short_handed():
    events = log_of(
        (0, K.REPORTED, 0, -1),
        (50, K.CALL_TAKEN, 0, -1),
        (50, K.PASSED_ON, 0, -1),
        (100, K.REPORTED, 1, -1),
        (150, K.CALL_TAKEN, 1, -1),
        (150, K.ASSIGNED, 1, 0),
        (150, K.WAITING, 1, -1, 1),
        (300, K.ARRIVED, 1, 0),
        (900, K.SHORT_HANDED, 1, -1, 1),
        (2000, K.CLOSED, 1, -1),
    )
    calls = incident_table(events, fate_of(2), Window(0, 5000)).sort("incident")
    assert calls["passed_on"].to_list() == [True, False]
    assert calls["short_handed"].to_list() == [False, True]
    assert calls["short"].to_list() == [True, True]
    assert calls["none_free"].to_list() == [True, False]
    assert calls["open"].to_list() == [False, False]
    assert within(calls, "first_arrival", 300, Window(0, 5000)).to_list() == [None, True]
    assert within(calls, "full_assembly", 300, Window(0, 5000)).to_list() == [None, False]


def test_within_a_limit_when_the_log_ends():
    table = pl.DataFrame(
        {"reported_s": [0.0, 0.0, 0.0, 900.0, 0.0], "first_arrival": [300.0, 301.0, None, None, 1.0]}
    )
    kept = within(table, "first_arrival", 300, Window(0, 1000)).to_list()
    assert kept == [True, False, False, None, True]


def test_within_for_units():
    table = pl.DataFrame({"turnout": [60.0, 61.0, None]})
    assert within(table, "turnout", 60, Window(0, 1000)).to_list() == [True, False, None]


def test_summary():
    table = pl.DataFrame({"kind": ["a"] * 11 + ["b"], "travel": [*map(float, range(11)), 7.0]})
    a, b = summary(table, "travel", "kind").iter_rows(named=True)
    assert a == {"kind": "a", "n": 11, "mean": 5.0, "p50": 5.0, "p90": 9.0}
    assert b == {"kind": "b", "n": 1, "mean": 7.0, "p50": 7.0, "p90": 7.0}
    assert summary(table, "travel").row(0, named=True)["n"] == 12


def test_summary_of_nothing():
    row = summary(pl.DataFrame({"travel": []}, schema={"travel": pl.Float64}), "travel").row(0, named=True)
    assert row == {"n": 0, "mean": None, "p50": None, "p90": None}


def test_harm_and_class_as_last_known():
    events = log_of(
        (0, K.REPORTED, 0, -1),
        (5, K.REPORTED, 1, -1),
        (10, K.HARM_KNOWN, 0, -1, -1, "[0, 2, 50000.0]"),
        (10, K.CLASS_ROSE, 0, -1, 0),
        (900, K.HARM_KNOWN, 0, -1, -1, "[3, 1, 120000.5]"),
        (900, K.CLASS_ROSE, 0, -1, 1),
    )
    row = incident_table(events, fate_of(2), WINDOW).sort("incident").row(0, named=True)
    assert (row["deaths_known"], row["injuries_known"], row["loss_known_cny"]) == (3, 1, 120000.5)
    assert (row["accident_class"], row["class_rises"]) == (1, 2)
    assert known_harm(events)["incident"].to_list() == [0]


def test_calls_by_category_and_hour():
    events = log_of(*[(t, K.REPORTED, i, -1) for i, t in enumerate((10, 3700, 3800))])
    table = incident_table(
        events, fate_of(3, kind=["fire", "crash", "fire"]), WINDOW, datetime(2026, 1, 31, 23)
    )
    table = recode(table, "kind", {"fire": "fires", "crash": "rescues"})
    found = calls_by(table, "kind_is", "hour", "month").rows()
    assert found == [("fires", 0, 2, 1), ("fires", 23, 1, 1), ("rescues", 0, 2, 1)]


def test_hours_follow_summer_time():
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Vaduz"))
    days = (10, 200)
    events = log_of(*[(day * DAY + 7 * 3600, K.REPORTED, n, -1) for n, day in enumerate(days)])
    table = incident_table(events, fate_of(2), Window(0, 365 * DAY), start).sort("incident")
    assert table["hour"].to_list() == [7, 8]
    assert table["month"].to_list() == [1, 7]


def test_listing_order_of_the_fate_is_irrelevant():
    fate = fate_of(2)
    one = incident_table(REDIRECTED, fate, Window(0, 2000)).sort("incident")
    other = incident_table(REDIRECTED, fate.reverse(), Window(0, 2000)).sort("incident")
    assert one.equals(other)
