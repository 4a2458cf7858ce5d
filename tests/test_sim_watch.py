"""The watch on the clock: who mans what, when standby is raised, and what it does to those who are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from counties import alarm, line_county
from forces import ALWAYS, DAY, team_force, turnout
from hypothesis import given, settings
from hypothesis import strategies as st
from strengths import duty_changes

from readiness.calendar import rostered_turns, turns
from readiness.force import Level, Raising, Rostered, StandbyRules, Team
from readiness.rosters import rostered_people
from sim.conditions import local_time
from sim.conditions import start_of as county_start
from sim.county import Duration, Names, Weather
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.injects import IssueWarning, RaiseStandby, TakeOut
from sim.presence import draw_presence, posture_of
from sim.state import State

HOUR_S = 3600.0
CONTROL = Duration("constant", 600.0)


def run_of(county, horizon_s=100_000.0, seed=1):
    return simulate(county, draw_fate(county, seed, 0, horizon_s))


def told(run, *kinds):
    """List the events of some kinds as (time, kind, unit, subject)."""
    return [
        (time, Kind(kind).name, unit, subject)
        for time, kind, unit, _, _, subject, *_ in run.log.events()
        if Kind(kind) in kinds
    ]


def note_of(run, kind):
    return next(run.log.notes[row[7]] for row in run.log.events() if row[1] == kind and row[7] >= 0)


def test_one_crew_mans_one_of_its_two_vehicles_at_a_time():
    county = line_county(
        [100.0, 100.0],
        units=(0, 0),
        control=CONTROL,
        listed=(alarm(0.0, 1), alarm(50.0, 2)),
        force=team_force([(0, 1)]),
    )
    run = run_of(county)
    assert told(run, Kind.ASSIGNED, Kind.STANDING, Kind.WAITING, Kind.RETURNED) == [
        (0.0, "ASSIGNED", 0, 0),
        (0.0, "STANDING", 1, 0),
        (50.0, "WAITING", -1, 1),
        (700.0, "ASSIGNED", 0, 0),
        (1600.0, "RETURNED", 0, 0),
        (1600.0, "STANDING", 1, 1),
    ]
    assert note_of(run, Kind.STANDING) == ("crew_out:E0",)
    assert note_of(run, Kind.WAITING) == (1, 200.0)


def test_a_unit_without_people_at_night_is_passed_over():
    """The near unit is manned from 08:00 to 18:00 only; else the far one goes."""
    county = line_county(
        [100.0, 100.0],
        stations=(0, 2),
        units=(0, 1),
        control=CONTROL,
        listed=tuple(alarm(hour * HOUR_S, 0) for hour in (3, 9, 20)),
        force=replace(team_force([(0,)], shifts=(DAY,)), unit_team=(0, -1), unit_crew=(0, -1)),
    )
    run = run_of(county)
    assert told(run, Kind.ASSIGNED, Kind.STANDING)[:6] == [
        (0.0, "STANDING", 0, 0),
        (3 * HOUR_S, "ASSIGNED", 1, 0),
        (8 * HOUR_S, "STANDING", 0, 1),
        (9 * HOUR_S, "ASSIGNED", 0, 0),
        (18 * HOUR_S, "STANDING", 0, 0),
        (20 * HOUR_S, "ASSIGNED", 1, 0),
    ]
    assert note_of(run, Kind.ASSIGNED) == ("closest", 200.0, 1, None, None, 0, 0.0, 0)


def test_those_at_home_take_longer_until_standby_is_raised():
    rules = StandbyRules(recall_s=1800.0)
    turnouts = (turnout(Level.ON_STATION, 30.0), turnout(Level.ON_CALL, 300.0), turnout(Level.RAISED, 60.0))
    force = team_force(
        [(0,)], roster=(Rostered(0, 0, 0, 1, Level.ON_CALL),), standby=rules, turnouts=turnouts
    )
    county = line_county(
        [100.0],
        control=CONTROL,
        listed=(alarm(0.0, 1), alarm(10_000.0, 1), alarm(30_000.0, 1)),
        force=force,
        injects=(RaiseStandby(9000.0 - 1800.0), RaiseStandby(20_000.0, raised=False)),
    )
    run = run_of(county)
    assert told(run, Kind.STANDBY, Kind.RAISED, Kind.LOWERED, Kind.EN_ROUTE) == [
        (0.0, "STANDBY", 0, Level.ON_CALL),
        (300.0, "EN_ROUTE", 0, -1),
        (7200.0, "RAISED", -1, 0),
        (9000.0, "STANDBY", 0, Level.RAISED),
        (10_060.0, "EN_ROUTE", 0, -1),
        (20_000.0, "LOWERED", -1, 0),
        (20_000.0, "STANDBY", 0, Level.ON_CALL),
        (30_300.0, "EN_ROUTE", 0, -1),
    ]


def test_an_order_taken_back_in_time_brings_nobody_in():
    force = team_force([(0,)], roster=(Rostered(0, 0, 0, 1, Level.ON_CALL),))
    orders = (RaiseStandby(0.0), RaiseStandby(1000.0, raised=False), RaiseStandby(1500.0))
    run = run_of(line_county([100.0], force=force, injects=orders))
    assert told(run, Kind.STANDBY) == [
        (0.0, "STANDBY", 0, Level.ON_CALL),
        (3300.0, "STANDBY", 0, Level.RAISED),
    ]


def test_a_second_crew_mans_what_stood_empty():
    """Three watches of one; two units ask for one each: with the second crew both are manned."""
    watches = tuple(replace(ALWAYS, code=f"w{k}", cycle_days=3, cycle_on=frozenset({k})) for k in range(3))
    force = team_force(
        [(0,), (1,)],
        shifts=watches,
        roster=tuple(Rostered(0, k, 0, 1) for k in range(3)),
        standby=StandbyRules(recall_s=600.0, second_crew_s=1200.0, second_crew_share=0.5),
    )
    run = run_of(line_county([100.0], units=(0, 0), force=force, injects=(RaiseStandby(100.0),)))
    assert told(run, Kind.STANDING) == [(0.0, "STANDING", 1, 0), (1300.0, "STANDING", 1, 1)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Rostered,
            st.just(0),
            st.integers(0, 2),
            st.just(0),
            st.integers(1, 3),
            st.sampled_from([Level.ON_STATION, Level.ON_CALL]),
            since=st.sampled_from([None, date(2026, 1, 2), date(2026, 1, 3)]),
            until=st.sampled_from([None, date(2026, 1, 3)]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_units_are_manned_by_those_whose_turn_it_is(roster):
    """Counted in arrays as turn by turn (`strengths`)."""
    shifts = (DAY, replace(DAY, code="night", from_h=18.0, hours=14.0), ALWAYS)
    force = team_force([(0,), (1,)], people=2, shifts=shifts, roster=roster)
    county, end_s = line_county([100.0], units=(0, 0), force=force), 5 * 24 * HOUR_S
    start, zone = county_start(county), ZoneInfo(county.time_zone)
    spans = [turns(shift, zone, start, end_s) for shift in shifts]
    by_row = rostered_turns(force.roster, spans, zone, start)
    expected = []
    for each in duty_changes(force, by_row, end_s, lambda *_: False):
        day = local_time(county, each.time_s).date()
        whole = rostered_people(roster, 0, 1, day)
        posture = posture_of(county, 0, each.on_station + each.on_call, whole)
        if not expected or expected[-1][2] != posture:
            expected.append((each.time_s, 0, posture))
    assert [tuple(change) for change in draw_presence(county, 1, 0, end_s).changes] == expected


def test_the_second_crew_is_of_those_on_the_roster_that_day():
    """Three watches of one, each in two rows that follow each other: of two off duty one comes, not two."""
    watches = tuple(replace(ALWAYS, code=f"w{k}", cycle_days=3, cycle_on=frozenset({k})) for k in range(3))
    new_year = date(2027, 1, 1)
    spans = ({"until": new_year}, {"since": new_year + timedelta(days=1)})
    force = team_force(
        [(0,), (1,), (2,)],
        shifts=watches,
        roster=tuple(Rostered(0, k, 0, 1, **span) for k in range(3) for span in spans),
        standby=StandbyRules(recall_s=600.0, second_crew_s=1200.0, second_crew_share=0.5),
    )
    run = run_of(line_county([100.0], units=(0, 0, 0), force=force, injects=(RaiseStandby(100.0),)))
    manned = [row for row in told(run, Kind.STANDING) if row[3]]
    assert manned == [(1300.0, "STANDING", 1, 1)]


@pytest.mark.parametrize(("level", "raised"), [(1, True), (2, True), (3, False)])
def test_a_grave_warning_raises_standby_and_its_end_lowers_it(level, raised):
    force = team_force([(0,)], standby=StandbyRules(raisings=(Raising(warning_level=2),)))
    county = line_county([100.0], force=force, injects=(IssueWarning(500.0, level, 5000.0),))
    rows = told(run_of(county), Kind.WARNING, Kind.RAISED, Kind.LOWERED)
    warned = [(500.0, "WARNING", -1, level), (5000.0, "WARNING", -1, 0)]
    if raised:
        warned[1:1] = [(500.0, "RAISED", -1, 0)]
        warned.append((5000.0, "LOWERED", -1, 0))
    assert rows == warned


def test_weather_with_a_warning_raises_standby():
    red = Weather("red", Names("红", "red"), (1.0,) * 12, 1)
    force = team_force([(0,)], standby=StandbyRules(raisings=(Raising(warning_level=1),)))
    rows = told(run_of(line_county([100.0], force=force, weathers=(red,))), Kind.WARNING, Kind.RAISED)
    assert rows == [(0.0, "WARNING", -1, 1), (0.0, "RAISED", -1, 0)]


def test_standby_is_raised_by_the_hour():
    rule = Raising(from_h=12.0, to_h=20.0, months=frozenset({1}))
    force = team_force([(0,)], standby=StandbyRules(raisings=(rule,)))
    rows = told(run_of(line_county([100.0], force=force), 86_400.0 * 1.6), Kind.RAISED, Kind.LOWERED)
    assert rows == [
        (12 * HOUR_S, "RAISED", -1, 0),
        (20 * HOUR_S, "LOWERED", -1, 0),
        (36 * HOUR_S, "RAISED", -1, 0),
    ]


def test_a_unit_moves_to_its_forward_place_and_back():
    rules = StandbyRules(forward_s=600.0, forward={0: 1})
    county = line_county(
        [100.0, 100.0],
        stations=(0, 2),
        control=CONTROL,
        listed=(alarm(2000.0, 2),),
        refit_s=300.0,
        force=team_force([(0,)], standby=rules),
        injects=(RaiseStandby(0.0), RaiseStandby(5000.0, raised=False)),
    )
    run = run_of(county)
    assert told(run, Kind.RELOCATED, Kind.RETURNED, Kind.ARRIVED, Kind.REFITTED) == [
        (600.0, "RELOCATED", 0, 1),
        (800.0, "RETURNED", 0, 1),
        (2000.0, "ARRIVED", 0, -1),
        (2600.0, "RETURNED", 0, 1),
        (2900.0, "REFITTED", 0, 1),
        (5000.0, "RELOCATED", 0, 0),
        (5200.0, "RETURNED", 0, 0),
    ]


def test_a_crew_that_was_out_too_long_rests():
    force = team_force([(0,)])
    force = replace(force, teams=(Team("T0", "part_time", 0, 0.0, max_hours=2.0, rest_h=3.0),))
    county = line_county(
        [100.0],
        control=Duration("constant", 8000.0),
        listed=(alarm(3600.0, 1), alarm(12_000.0, 1)),
        force=force,
    )
    run = run_of(county)
    back = 3600.0 + 8200.0
    assert told(run, Kind.CREW_RESTS, Kind.CREW_RESTED, Kind.ASSIGNED) == [
        (3600.0, "ASSIGNED", 0, 0),
        (back, "CREW_RESTS", 0, 0),
        (back + 3 * HOUR_S, "CREW_RESTED", 0, 0),
        (back + 3 * HOUR_S, "ASSIGNED", 0, 0),
        (back + 3 * HOUR_S + 8200.0, "CREW_RESTS", 0, 0),
        (back + 6 * HOUR_S + 8200.0, "CREW_RESTED", 0, 0),
    ]


def test_the_next_shift_relieves_a_tired_crew():
    night = replace(DAY, code="night", from_h=18.0, hours=14.0)
    force = team_force([(0,)], shifts=(DAY, night), roster=(Rostered(0, 0, 0), Rostered(0, 1, 0)))
    force = replace(force, teams=(Team("T0", "full_time", 0, 0.0, max_hours=1.0, rest_h=12.0),))
    control = Duration("constant", 2 * HOUR_S)
    listed = (alarm(15.5 * HOUR_S, 0), alarm(20.5 * HOUR_S, 0))
    run = run_of(line_county([100.0], control=control, listed=listed, force=force), 86_400.0 * 1.2)
    assert told(run, Kind.CREW_RESTS, Kind.CREW_RESTED) == [
        (17.5 * HOUR_S, "CREW_RESTS", 0, 0),
        (18.0 * HOUR_S, "CREW_RESTED", 0, 0),
        (22.5 * HOUR_S, "CREW_RESTS", 0, 0),
    ]


def test_a_unit_taken_out_is_not_sent():
    county = line_county([100.0], listed=(alarm(1000.0, 1),), injects=(TakeOut(500.0, 0, 3000.0),))
    run = run_of(county)
    assert told(run, Kind.TAKEN_OUT, Kind.PUT_BACK, Kind.WAITING, Kind.ASSIGNED) == [
        (500.0, "TAKEN_OUT", 0, -1),
        (1000.0, "WAITING", -1, 1),
        (3000.0, "PUT_BACK", 0, -1),
        (3000.0, "ASSIGNED", 0, 0),
    ]


def test_handing_over_delays_turnout():
    rules = StandbyRules(handover_s=900.0, handover_extra_s=20.0)
    county = line_county(
        [100.0],
        turnout=Duration("constant", 60.0),
        listed=(alarm(8 * HOUR_S + 899.0, 1), alarm(9 * HOUR_S, 1)),
        force=team_force([(0,)], shifts=(DAY,), standby=rules),
    )
    rows = told(run_of(county), Kind.EN_ROUTE)
    assert [time for time, *_ in rows] == [8 * HOUR_S + 979.0, 9 * HOUR_S + 60.0]


def test_a_perfect_force_changes_nothing():
    plain = night_county(None)
    perfect = night_county(team_force([(0,), (1,), (2,)], people=4))
    one, other = run_of(plain), run_of(perfect)
    assert one.log.rows().tobytes() == other.log.rows().tobytes()
    assert one.log.notes == other.log.notes


def night_county(force, calls=None, **more):
    calls = calls or [(500.0 * k, k % 4, k % 2) for k in range(40)]
    return line_county(
        [100.0, 300.0, 200.0],
        stations=(0, 3),
        units=(0, 0, 1),
        control=Duration("exponential", 900.0),
        turnout=Duration("lognormal", 60.0, 0.4),
        refit_s=200.0,
        listed=tuple(alarm(time, node, 0, rank) for time, node, rank in calls),
        redirect=True,
        force=force,
        start=datetime(2026, 7, 15, 4, tzinfo=ZoneInfo("Asia/Shanghai")),
        **more,
    )


@st.composite
def nights(draw):
    """A small force with gaps, absence, people at home, shared crews and orders, on a busy night."""
    crews = draw(st.sampled_from([((0, 1), (2,)), ((0,), (1, 2)), ((0, 1, 2),), ((0,), (1,), (2,))]))
    level = st.sampled_from([Level.ON_STATION, Level.ON_CALL])
    roster = tuple(
        Rostered(0, draw(st.integers(0, 1)), 0, draw(st.integers(1, 3)), draw(level))
        for _ in range(draw(st.integers(1, 4)))
    )
    force = team_force(
        crews,
        shifts=(DAY, replace(ALWAYS, cycle_days=2, cycle_on=frozenset({1}))),
        roster=roster,
        people=draw(st.integers(1, 2)),
        absence=draw(st.sampled_from([0.0, 0.3])),
        standby=StandbyRules(
            recall_s=1000.0, second_crew_s=2000.0, second_crew_share=0.5, forward_s=300.0, forward={0: 1}
        ),
        turnouts=(turnout(Level.ON_CALL, 300.0),),
    )
    limits = Team("T0", "part_time", 0, force.teams[0].absence, draw(st.sampled_from([None, 0.5])), 2.0)
    moment = st.floats(0.0, 40_000.0)
    calls = sorted(
        draw(st.lists(st.tuples(moment, st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=25))
    )
    begins = draw(moment)
    injects = (
        RaiseStandby(begins),
        TakeOut(draw(moment), 2, 45_000.0),
        RaiseStandby(begins + 9000.0, (), False),
    )
    return night_county(replace(force, teams=(limits,)), calls, injects=injects)


@given(nights())
@settings(deadline=None, max_examples=40)
def test_a_crew_never_mans_two_vehicles_at_once(county):
    out = {}
    for _, kind, unit, *_ in run_of(county).log.events():
        crew = county.force.unit_crew[unit] if unit >= 0 else -1
        if kind == Kind.ASSIGNED:
            assert out.setdefault(crew, unit) == unit
        elif kind == Kind.RETURNED or (kind == Kind.STOOD_DOWN and out.get(crew) == unit):
            out.pop(crew, None)


@given(nights())
@settings(deadline=None, max_examples=25)
def test_replay_copies_and_steps_agree(county):
    fate = draw_fate(county, 1, 0, 60_000.0)
    whole = simulate(county, fate)
    state = State(county)
    for time, kind, unit, incident, _, subject, *_ in whole.log.events():
        state.apply(time, kind, unit, incident, subject)
    assert state == whole.state
    run = begin(county, fate)
    run.advance(20_000.0)
    twin = run.branch()
    for each in (run, twin):
        for moment in np.linspace(20_000.0, 60_000.0, 7):
            each.advance(float(moment))
        assert each.log.rows().tobytes() == whole.log.rows().tobytes()


def test_more_people_on_the_roster_keep_everyone_elses_absences():
    """A row more changes nobody's presence in the others."""
    rows = (Rostered(0, 0, 0, 5), Rostered(0, 0, 0, 5, Level.ON_CALL))
    force = team_force([(0,)], people=3, absence=0.5, roster=rows[:1])
    more = team_force([(0,)], people=3, absence=0.5, roster=rows)
    one, two = (
        draw_fate(line_county([100.0], force=each), 1, 0, 50 * 86_400.0).presence for each in (force, more)
    )
    manned = [change.time_s for change in one.changes if change.posture.usual[0].bits]
    at_station = [c.time_s for c in two.changes if c.posture.usual[0].level == Level.ON_STATION]
    assert manned
    assert set(manned) <= {*at_station, *[c.time_s for c in two.changes]}
