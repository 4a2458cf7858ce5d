"""What must hold in every run, whatever the county and the night."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from counties import alarm, line_county
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.county import Demand, Duration
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.journeys import Journeys
from sim.moves import Status
from sim.state import State

DAY_S = 86400.0
CARDS = (((0, 1),), ((0, 2), (1, 1)))
ABLE = ((0,), (0, 1), (0,), (1,))
FLAT = (1.0,) * 24, (1.0,) * 12


@st.composite
def nights(draw, most: int = 12):
    """A county on a line and a list of alarms, some at the very same moment."""
    moments = draw(st.lists(st.integers(0, 3000), min_size=1, max_size=most))
    listed = [
        alarm(
            float(time),
            draw(st.integers(0, 5)),
            kind=draw(st.integers(0, 1)),
            priority=draw(st.integers(0, 1)),
            handling_s=float(draw(st.integers(0, 90))),
            control_s=float(draw(st.integers(0, 900))),
            transport=draw(st.booleans()),
            handover_s=60.0,
        )
        for time in sorted(moments)
    ]
    return line_county(
        [60.0, 90.0, 45.0, 120.0, 75.0],
        stations=(0, 3),
        units=(0, 0, 1, 1),
        able=ABLE,
        cards=CARDS,
        hospitals=(5,),
        transport_p=0.5,
        redirect=draw(st.booleans()),
        call_takers=draw(st.integers(0, 2)),
        turnout=Duration("lognormal", 60.0, 0.35),
        refit_s=draw(st.sampled_from([0.0, 600.0])),
        listed=listed,
    )


def fate_of(county, seed: int = 1):
    return draw_fate(county, seed, 0, DAY_S)


@given(nights())
@settings(deadline=None, max_examples=60)
def test_replaying_the_log_rebuilds_the_state(county):
    run = simulate(county, fate_of(county))
    state = State(county)
    for time_s, kind, unit, incident, _, subject, _, _ in run.log.events():
        state.apply(time_s, kind, unit, incident, subject)
    assert state == run.state


@given(nights(), st.integers(1, 40))
@settings(deadline=None, max_examples=40)
def test_stepping_equals_one_go(county, steps):
    fate = fate_of(county)
    whole, stepped = simulate(county, fate), begin(county, fate)
    for k in range(1, steps + 1):
        stepped.advance(k * DAY_S / steps)
    assert np.array_equal(whole.log.rows(), stepped.log.rows())


@given(nights(), st.floats(0.0, 4000.0))
@settings(deadline=None, max_examples=40)
def test_a_copy_made_midway_ends_like_the_run_it_was_copied_from(county, moment):
    run = begin(county, fate_of(county))
    run.advance(moment)
    copy = run.branch()
    stored = pickle.loads(pickle.dumps(copy))  # noqa: S301 - our own bytes
    so_far = run.log.rows().copy()
    for each in (copy, stored):
        each.advance(DAY_S)
    assert np.array_equal(run.log.rows(), so_far)
    run.advance(DAY_S)
    assert np.array_equal(run.log.rows(), copy.log.rows())
    assert np.array_equal(run.log.rows(), stored.log.rows())
    assert run.state == copy.state == stored.state


@given(nights())
@settings(deadline=None, max_examples=60)
def test_no_unit_is_in_two_places_and_every_cause_comes_first(county):
    rows = simulate(county, fate_of(county)).log.rows()
    assert np.all(rows["cause"] < np.arange(len(rows)))
    assert np.all(np.diff(rows["time_s"]) >= 0.0)
    for unit in range(len(county.units)):
        task = -1
        for row in rows[rows["unit"] == unit]:
            if row["kind"] == Kind.ASSIGNED:
                assert task == -1
                task = row["incident"]
            elif row["kind"] in (Kind.CLEAR, Kind.REDIRECTED, Kind.STOOD_DOWN):
                assert task == row["incident"]
                task = -1
            elif row["kind"] in (Kind.EN_ROUTE, Kind.ARRIVED, Kind.HOSPITAL_BOUND, Kind.AT_HOSPITAL):
                assert task == row["incident"]


@given(nights())
@settings(deadline=None, max_examples=40)
def test_everything_ends_at_rest(county):
    run = simulate(county, fate_of(county))
    assert not run.state.open
    assert not run.line
    assert set(run.state.status) == {Status.AT_BASE}


@given(nights(most=8), st.integers(3100, 5000), st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_one_more_incident_changes_nothing_before_it(county, moment, node):
    more = alarm(float(moment), node, control_s=100.0, handover_s=60.0)
    fuller = replace(county, listed=(*county.listed, more))
    before = simulate(county, fate_of(county)).log.rows()
    after = simulate(fuller, fate_of(fuller)).log.rows()
    assert np.array_equal(before[before["time_s"] < moment], after[after["time_s"] < moment])


def streams(*rates: float, units=(0, 0, 1)):
    """A county with one stream of demand a place."""
    return line_county(
        [60.0, 90.0, 45.0],
        stations=(0, 3),
        units=units,
        places=(0, 1, 2, 3),
        control=Duration("lognormal", 1800.0, 0.5),
        turnout=Duration("lognormal", 60.0, 0.35),
        listed=None,
        demand=tuple(
            Demand(f"place{k}", 0, rate, *FLAT, place=k) for k, rate in enumerate(rates) if rate is not None
        ),
    )


MARKS = ("time_s", "key", "kind", "grade", "node", "access_m", "handling_s", "control_s", "care_s")


def marks_of(county, seed: int, place: int, horizon_s: float = 60 * DAY_S):
    fate = draw_fate(county, seed, 0, horizon_s)
    return [
        tuple(getattr(fate, mark)[k] for mark in MARKS) for k in range(len(fate)) if fate.place[k] == place
    ]


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_a_stream_of_demand_draws_the_same_whatever_stands_beside_it(seed):
    alone, crowd = streams(None, 300.0), streams(900.0, 300.0, 40.0, 5.0)
    assert marks_of(alone, seed, 1) == marks_of(crowd, seed, 1)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_a_longer_horizon_only_adds_to_the_end(seed):
    county = streams(400.0, 900.0)
    short, whole = marks_of(county, seed, 1, 20 * DAY_S), marks_of(county, seed, 1, 60 * DAY_S)
    assert whole[: len(short)] == short
    assert all(marks[0] >= 20 * DAY_S for marks in whole[len(short) :])


def test_same_seed_same_log_other_seed_other_log():
    county = streams(900.0, 900.0)
    logs = [simulate(county, draw_fate(county, seed, 0, 30 * DAY_S)).log.rows() for seed in (3, 3, 4)]
    assert np.array_equal(logs[0], logs[1])
    assert not np.array_equal(logs[0], logs[2])


def test_turnout_noise_hangs_on_the_unit_and_the_incident_alone():
    """A third unit at the far station, never the closest, leaves every other event as it was."""
    few, more = streams(200.0, units=(0, 0)), streams(200.0, units=(0, 0, 1))
    rows = [simulate(county, draw_fate(county, 9, 0, 30 * DAY_S)).log.rows() for county in (few, more)]
    early = [r[(r["unit"] != 2) & (r["kind"] != Kind.WAITING)] for r in rows]
    first_use = rows[1]["time_s"][rows[1]["unit"] == 2]
    until = first_use[0] if len(first_use) else np.inf
    columns = ["time_s", "kind", "unit", "incident"]
    one, other = (r[r["time_s"] < until][columns] for r in early)
    assert len(one) > 100
    assert np.array_equal(one, other)


@given(nights())
@settings(deadline=None, max_examples=60)
def test_ruling_units_out_by_bounds_changes_nothing(county):
    fate = fate_of(county)
    quick = simulate(county, fate).log.rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journeys, "bound_on_road", lambda *_: 0.0)
        thorough = simulate(county, fate).log.rows()
    columns = ["time_s", "kind", "unit", "incident", "node", "subject", "cause"]
    assert np.array_equal(quick[columns], thorough[columns])
