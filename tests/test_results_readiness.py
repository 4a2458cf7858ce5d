"""What readiness cost, from logs written by hand: every figure foretold."""

import numpy as np
import polars as pl
import pytest
from counties import line_county
from synthetic_runs import K, fate_of, log_of

from readiness.force import Condition, Crew, Force, Item, ItemType, Manning, Team
from results.measures import Window, incident_table
from results.readiness.delays import delay_table, from_home
from results.readiness.measured import (
    delayed_share,
    delays_by_cause,
    delays_by_team,
    lost_seconds,
    measure_one,
    put_together,
    ready_rate,
    team_ready,
    unready_though_manned,
    week_by_capability,
)
from results.readiness.serviceable import failure_counts, item_steps, mean_rates, rates
from results.readiness.standing import (
    capability_time,
    hours_of_week,
    level_shares,
    level_spans,
    ready_by_hour,
    standing_spans,
    unit_shares,
)
from results.wording import start_of
from sim.county import Names

HOUR = 3600.0
FORCE = Force(
    teams=(Team("T1", "full_time", 0), Team("T2", "part_time", 1)),
    crews=tuple(Crew(f"C{u}", u // 2, (u,), ((Manning(3),),)) for u in range(3)),
    item_types=(
        ItemType("mask", needs=((0, 1),)),
        ItemType("foam", consumable=True),
        ItemType("pump", needs=((1, 1),)),
    ),
    items=(
        Item("I1", 0, unit=0),
        Item("I2", 0, unit=1, condition=Condition.UNSERVICEABLE),
        Item("I3", 1, unit=0),
        Item("I4", 2, unit=2),
    ),
    unit_team=(0, 0, 1),
    unit_crew=(0, 1, 2),
)
COUNTY = line_county(
    [60.0, 60.0],
    stations=(0, 2),
    units=(0, 0, 1),
    able=((0,), (0, 1), (0, 1)),
    cards=(((0, 1), (1, 1)),),
    force=FORCE,
    force_names={
        "teams": (Names("一队", "Team 1"), Names("二队", "Team 2")),
        "item_types": (Names("空呼器", "Mask"), Names("泡沫液", "Foam"), Names("水泵", "Pump")),
    },
)
WINDOW = Window(0.0, 10 * HOUR)


def choice(eta, passed=None, passed_eta=None, level=0):
    import json

    return json.dumps(["closest", eta, 2, None, None, passed, passed_eta, level])


def call(n, start, *rows):
    return [(start, K.REPORTED, n, -1, 0), (start, K.CALL_TAKEN, n, -1, 1), *rows]


def test_a_quicker_unit_was_not_ready():
    log = log_of(
        (0, K.STANDING, -1, 0, 0, '["crew_short:2", "short:mask:0:1"]'),
        *call(0, 100, (100, K.ASSIGNED, 0, 1, 0, choice(400.0, "E0", 250.0))),
    )
    row = delay_table(log, COUNTY).row(0, named=True)
    assert (row["how"], row["unit"], row["team"], row["lost_s"]) == ("passed", 0, 0, 150.0)
    assert row["causes"] == ["crew_short", "short:mask"]


def test_a_call_waited_while_a_unit_stood_there_not_ready():
    log = log_of(
        (0, K.STANDING, -1, 2, 0, '["taken_out"]'),
        *call(0, 100, (100, K.WAITING, 0, -1, 1, '["E2", 60.0]')),
        (700, K.ASSIGNED, 0, 0, 0, choice(120.0)),
    )
    row = delay_table(log, COUNTY).row(0, named=True)
    assert (row["how"], row["unit"], row["team"], row["causes"]) == ("waited", 2, 1, ["taken_out"])
    assert row["lost_s"] == (700 + 120) - (100 + 60)


def test_nobody_came_after_all():
    log = log_of(*call(0, 100, (100, K.WAITING, 0, -1, 1, '["E2", 60.0]')))
    row = delay_table(log, COUNTY).row(0, named=True)
    assert (row["causes"], row["lost_s"]) == (["unknown"], None)


@pytest.mark.parametrize(
    ("kind", "how", "subject", "text", "lost"),
    [
        (K.WILL_NOT_ROLL, "did_not_roll", 0, None, (160 + 500) - (100 + 300)),
        (K.BROKE_DOWN, "broke_down", 0, None, (160 + 500) - (100 + 300)),
        (K.CAPABILITY_LOST, "lost", 0, '["I1"]', (160 + 500) - (100 + 300)),
    ],
)
def test_equipment_failed_on_demand(kind, how, subject, text, lost):
    log = log_of(
        *call(0, 100, (100, K.ASSIGNED, 0, 0, 0, choice(300.0)), (160, kind, 0, 0, subject, text)),
        (160, K.ASSIGNED, 0, 1, 0, choice(500.0)),
    )
    row = delay_table(log, COUNTY).row(0, named=True)
    assert (row["how"], row["causes"], row["team"], row["lost_s"]) == (how, ["failed:mask"], 0, lost)


def test_a_busy_or_distant_unit_is_no_matter_of_readiness():
    log = log_of(*call(0, 100, (100, K.WAITING, 0, -1, 1)), (900, K.ASSIGNED, 0, 0, 0, choice(300.0)))
    assert delay_table(log, COUNTY).is_empty()


def test_crews_that_came_from_home():
    log = log_of(
        *call(
            0,
            1,
            (1, K.ASSIGNED, 0, 2, 0, choice(9.0, level=1)),
            (2, K.ASSIGNED, 0, 1, 0, choice(9.0, level=2)),
        )
    )
    assert from_home(log)["unit"].to_list() == [2]


STANDING = log_of(
    (2 * HOUR, K.STANDING, -1, 1, 1, '["short:pump:0:1"]'),
    (5 * HOUR, K.STANDING, -1, 1, 0, '["crew_short:1", "short:pump:0:1"]'),
    (6 * HOUR, K.STANDING, -1, 1, 3, "[]"),
    (8 * HOUR, K.STANDING, -1, 2, 0, '["crew_short:3"]'),
    (8 * HOUR, K.STANDBY, -1, 2, 1),
)


def test_shares_of_time_by_unit():
    shares = unit_shares(standing_spans(STANDING, COUNTY, WINDOW), COUNTY, WINDOW).to_dicts()
    assert shares[0] == {
        "unit": 0,
        "ready": 1.0,
        "degraded": 0.0,
        "not_ready": 0.0,
        "manned": 1.0,
        "unready_manned": 0.0,
    }
    assert shares[1] == pytest.approx(
        {"unit": 1, "ready": 0.6, "degraded": 0.3, "not_ready": 0.1, "manned": 0.9, "unready_manned": 0.3}
    )
    assert shares[2]["not_ready"] == pytest.approx(0.2)


def test_time_that_counts_is_cut_at_the_warm_up():
    window = Window(5.5 * HOUR, 10 * HOUR)
    shares = unit_shares(standing_spans(STANDING, COUNTY, window), COUNTY, window)
    assert shares["not_ready"].to_list() == pytest.approx([0.0, 0.5 / 4.5, 2 / 4.5])


def test_how_many_are_ready_for_each_capability():
    found = capability_time(standing_spans(STANDING, COUNTY, WINDOW), COUNTY, WINDOW).to_dicts()
    assert found[0] == pytest.approx(
        {"capability": 0, "units": 3, "ready": 2.7, "share": 0.9, "none": 0.0, "fewest": 2}
    )
    assert found[1] == pytest.approx(
        {"capability": 1, "units": 2, "ready": 1.4, "share": 0.7, "none": 0.0, "fewest": 1}
    )


def test_nobody_ready_for_a_while():
    log = log_of(
        (1 * HOUR, K.STANDING, -1, 1, 0, "[]"),
        (2 * HOUR, K.STANDING, -1, 2, 0, "[]"),
        (3 * HOUR, K.STANDING, -1, 1, 3, "[]"),
    )
    found = capability_time(standing_spans(log, COUNTY, WINDOW), COUNTY, WINDOW).row(1, named=True)
    assert found["none"] == pytest.approx(0.1)
    assert found["fewest"] == 0


def test_hours_of_the_week_are_local():
    edges, hours = hours_of_week(Window(90.0, 3 * HOUR + 10), start_of(COUNTY))
    assert edges.tolist() == [HOUR, 2 * HOUR, 3 * HOUR]
    assert hours.tolist() == [3 * 24 + 1, 3 * 24 + 2]


def test_ready_by_hour_of_the_week():
    log = log_of((2.25 * HOUR, K.STANDING, -1, 1, 1, "[]"), (5 * HOUR, K.STANDING, -1, 1, 3, "[]"))
    week = ready_by_hour(standing_spans(log, COUNTY, WINDOW), COUNTY, WINDOW, start_of(COUNTY))
    thursday = 72
    assert week[1, 1, thursday : thursday + 6].tolist() == pytest.approx([1, 1, 0.25, 0, 0, 1])
    assert week[1, 0, thursday : thursday + 6].tolist() == [1.0] * 6
    assert np.isnan(week[0, 1]).all()
    assert np.isnan(week[1, 1, 0])


def test_levels_by_team():
    found = level_shares(level_spans(STANDING, COUNTY, WINDOW), COUNTY, WINDOW)
    assert found.rows() == [(0, 0, 1.0), (1, 0, 0.8), (1, 1, pytest.approx(0.2))]


ITEMS = log_of(
    (1 * HOUR, K.ITEM_FAILED, -1, 0, 0),
    (3 * HOUR, K.ITEM_FOUND, -1, 0, 0, '["check"]'),
    (3 * HOUR, K.ITEM_OUT, -1, 0, 0, '["workshop"]'),
    (6 * HOUR, K.ITEM_MENDED, -1, -1, 0, '["repaired"]'),
    (7 * HOUR, K.ITEM_IN, -1, 0, 0, '["workshop"]'),
    (8 * HOUR, K.ITEM_DEGRADED, -1, 2, 3),
    (8 * HOUR, K.ITEM_FOUND, -1, 2, 3, '["at_once"]'),
    (8 * HOUR, K.CONSUMED, 0, 0, 2, "[5.0]"),
)


def test_serviceable_in_truth_and_as_known():
    steps = item_steps(ITEMS, COUNTY)
    true, known = rates(steps, np.array([0.0, 2 * HOUR, 4 * HOUR, 6.5 * HOUR, 7 * HOUR, 9 * HOUR]), 3)
    assert true[0].tolist() == [0.5, 0.0, 0.0, 0.0, 0.5, 0.5]
    assert known[0].tolist() == [1.0, 1.0, 0.5, 0.5, 1.0, 1.0]
    assert known[2].tolist() == [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert known[3].tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3, 1, 2 / 3])
    assert np.isnan(true[1]).all()


def test_serviceable_on_average():
    true, known = mean_rates(item_steps(ITEMS, COUNTY), WINDOW, 3)
    assert true[0] == pytest.approx(0.4 / 2)
    assert known[0] == pytest.approx(1.6 / 2)
    assert true[3] == pytest.approx((4 + 0 + 8) / 30)


def test_failures_by_type():
    log = log_of(
        (1, K.ITEM_FAILED, -1, 0, 0),
        (1, K.ITEM_FAILED, -1, 2, 3),
        (1, K.ITEM_FOUND, -1, 2, 3, '["at_once"]'),
        (5, K.ITEM_FOUND, 0, 0, 0, '["turnout"]'),
        (5, K.WILL_NOT_ROLL, 0, 0, 0),
        (11 * HOUR, K.CAPABILITY_LOST, 0, 0, 0, '["I1"]'),
    )
    assert failure_counts(log, COUNTY, WINDOW).rows() == [
        (0, 1, 0, 1, 1, 0, 0),
        (1, 0, 0, 0, 0, 0, 0),
        (2, 1, 0, 0, 0, 0, 0),
    ]


def measured(*logs):
    ones = []
    for rows in logs:
        log = log_of(*rows)
        calls = log.filter(pl.col("kind") == "REPORTED")
        fate = fate_of(*({"time_s": at} for at in calls["time_s"]))
        ones.append(measure_one(log, incident_table(log, fate, WINDOW, start_of(COUNTY)), COUNTY, WINDOW))
    return put_together(COUNTY, WINDOW, tuple(range(len(logs))), ones)


def test_the_share_delayed_has_an_interval_over_replications():
    short = (0, K.STANDING, -1, 0, 0, '["crew_short:1", "short:mask:0:1"]')
    delayed = call(0, 100, (100, K.ASSIGNED, 0, 1, 0, choice(400.0, "E0", 250.0)))
    plain = call(1, 200, (200, K.ASSIGNED, 1, 1, 0, choice(300.0)))
    found = measured([short, *delayed, *plain], [*call(0, 100), *plain])
    share = delayed_share(found)
    assert share.mean == pytest.approx(0.25)
    assert share.half_width == pytest.approx(12.706 * 0.25, rel=1e-3)
    assert lost_seconds(found).mean == 150.0
    assert {cause: one.mean for cause, (one, _) in delays_by_cause(found).items()} == {
        "crew_short": 0.25,
        "short:mask": 0.25,
    }
    assert delays_by_team(found)[0][0].mean == 0.25
    assert delayed_share(found, "passed").mean == 0.25
    assert delayed_share(found, "lost").mean == 0.0


def test_two_reasons_do_not_delay_a_call_twice():
    found = measured(
        call(
            0,
            100,
            (100, K.ASSIGNED, 0, 1, 0, choice(400.0, "E0", 250.0)),
            (100, K.ASSIGNED, 0, 2, 1, choice(500.0, "E0", 250.0)),
        )
    )
    assert delayed_share(found).mean == 1.0
    assert lost_seconds(found).mean == 250.0
    assert delays_by_cause(found)["unknown"][0].mean == 1.0


def test_all_is_nil_where_everything_was_ready():
    found = measured(call(0, 100, (100, K.ASSIGNED, 0, 1, 0, choice(400.0))), call(0, 100))
    assert delayed_share(found).mean == delayed_share(found).half_width == 0.0
    assert lost_seconds(found).mean is None
    assert delays_by_cause(found) == delays_by_team(found) == {}
    assert ready_rate(found).mean == 1.0
    assert unready_though_manned(found).mean == 0.0
    assert {team: one.mean for team, one in team_ready(found).items()} == {0: 1.0, 1: 1.0}
    assert np.nanmin(week_by_capability(found)) == 1.0
