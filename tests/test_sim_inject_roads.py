"""Injects on the clock: roads closed, slowed and opened, units moved, sites shut, accidents put in."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from counties import DEGREE_M, alarm, line_county, names
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.county import Demand, Duration, Harm, Location, Site
from sim.engine import begin, simulate
from sim.events import Kind
from sim.experiment import RunTrouble
from sim.fate import Update, draw_fate
from sim.inject_words import inject_of
from sim.injects import AddAccident, CloseRoad, CloseSite, MoveUnit, OpenRoad, SetLevel, SetPolicy, SlowRoad
from sim.journeys import Journeys
from sim.roads import RoadTable, TravelProfile, compile_roads
from sim.scenarios.build import build_county
from sim.scenarios.builtin import builtin_scenarios
from sim.scenarios.edit_words import edits_of_words
from sim.scenarios.edits import apply_edits
from sim.scenarios.load import load_scenario
from sim.state import State

HORIZON_S = 40_000.0
RING_S = (60.0, 60.0, 60.0, 100.0, 100.0, 100.0)
"""Seconds from node 0 to 1, 1 to 2, ... 5 to 0; arcs 0 to 5 lead that way round, 6 to 11 back."""
ROADS = (CloseRoad, SlowRoad, OpenRoad)
TOLD = {Kind.ROAD_CLOSED, Kind.ROAD_SLOWED, Kind.ROAD_OPENED}


def ring_roads(facilities):
    near = np.arange(6)
    far = (near + 1) % 6
    table = RoadTable(
        node_code=tuple(f"n{k}" for k in range(6)),
        lon=np.full(6, 113.0),
        lat=28.0 + np.arange(6) * 0.01,
        access=np.ones(6, dtype=bool),
        tail=np.concatenate((near, far)).astype(np.int32),
        head=np.concatenate((far, near)).astype(np.int32),
        length_m=np.full(12, 0.01 * DEGREE_M),
        road_class=np.zeros(12, dtype=np.int16),
        classes=("county",),
        speed_kph=np.full(12, np.nan),
        times_s=np.tile(RING_S, 2)[None],
        road=np.full(12, -1, dtype=np.int32),
        road_names=(),
        bridge=np.zeros(12, dtype=bool),
    )
    return compile_roads(table, facilities, [TravelProfile("p0", None, 0.0)], [{}])


def ring_county(*injects, stations=(0,), hospitals=(), **more):
    county = line_county([60.0] * 5, stations=stations, hospitals=hospitals, **more)
    return replace(
        county,
        roads=ring_roads([*stations, *hospitals]),
        injects=tuple(sorted(injects, key=lambda it: it.at_s)),
    )


def run_of(county):
    return simulate(county, draw_fate(county, 1, 0, HORIZON_S))


def told(run, *kinds):
    return [
        (time_s, Kind(kind).name, incident, unit)
        for time_s, kind, unit, incident, *_ in run.log.events()
        if kind in kinds
    ]


def arrivals(county):
    return [time_s for time_s, *_ in told(run_of(county), Kind.ARRIVED)]


def test_a_closed_road_makes_a_detour_until_it_is_open_again():
    """Node 2 is 120 s away by node 1, and 360 s by nodes 5, 4 and 3; at 2,000 s the road is open again."""
    county = ring_county(
        CloseRoad(500.0, (1, 7), "the bridge", 2000.0),
        listed=[alarm(0, 2), alarm(1000, 2), alarm(3000, 2)],
    )
    run = run_of(county)
    assert told(run, *TOLD, Kind.REPORTED, Kind.ARRIVED, Kind.RETURNED) == [
        (0.0, "REPORTED", 0, -1),
        (120.0, "ARRIVED", 0, 0),
        (240.0, "RETURNED", -1, 0),
        (500.0, "ROAD_CLOSED", -1, -1),
        (1000.0, "REPORTED", 1, -1),
        (1360.0, "ARRIVED", 1, 0),
        (1720.0, "RETURNED", -1, 0),
        (2000.0, "ROAD_OPENED", -1, -1),
        (3000.0, "REPORTED", 2, -1),
        (3120.0, "ARRIVED", 2, 0),
        (3240.0, "RETURNED", -1, 0),
    ]
    closed = next(row for row in run.log.events() if row[1] == Kind.ROAD_CLOSED)
    assert (closed[4], closed[5], run.log.notes[closed[7]]) == (2, 2, ("the bridge",))


def test_a_unit_under_way_keeps_its_way_and_the_next_goes_round():
    closing = CloseRoad(30.0, (1, 7))
    county = ring_county(closing, units=(0, 0), listed=[alarm(0, 2, control_s=5000.0), alarm(40, 2)])
    assert arrivals(county) == [120.0, 400.0]


def test_a_unit_turned_round_under_way_goes_by_the_roads_as_they_are_now():
    """Between nodes 1 and 2 when the road before node 2 is closed: on to node 2, then home the long way."""
    county = ring_county(
        CloseRoad(90.0, (1, 7)),
        redirect=True,
        listed=[alarm(0, 3, priority=1), alarm(100, 1, priority=0)],
    )
    assert arrivals(county)[0] == 120.0 + 60.0 + 300.0 + 60.0


def test_who_is_behind_a_closed_road_is_let_through():
    """Node 2 is cut off while the unit is there: it comes home as usual; the next alarm there waits."""
    closing = CloseRoad(60.0, (1, 7, 2, 8), until_s=5000.0)
    county = ring_county(closing, listed=[alarm(0, 2, control_s=100.0), alarm(1000, 2)])
    run = run_of(county)
    assert told(run, Kind.ARRIVED, Kind.RETURNED, Kind.WAITING, Kind.ROAD_OPENED)[:4] == [
        (120.0, "ARRIVED", 0, 0),
        (340.0, "RETURNED", -1, 0),
        (1000.0, "WAITING", 1, -1),
        (5000.0, "ROAD_OPENED", -1, -1),
    ]
    assert told(run, Kind.ARRIVED)[1] == (5120.0, "ARRIVED", 1, 0)


def test_a_slow_road_takes_longer_and_another_way_may_be_quicker():
    """At half speed node 2 takes 180 s; at a tenth of it, 660 s, so that the 360 s round are quicker."""
    alarms = [alarm(0, 2)]
    assert arrivals(ring_county(SlowRoad(0.0, (1, 7), 0.5), listed=alarms)) == [180.0]
    assert arrivals(ring_county(SlowRoad(0.0, (1, 7), 0.1), listed=alarms)) == [360.0]
    twice = [SlowRoad(0.0, (1, 7), 0.5), SlowRoad(0.0, (1,), 0.8, until_s=50_000.0)]
    assert arrivals(ring_county(*twice, listed=alarms)) == [pytest.approx(60.0 + 60.0 / 0.4)]


def test_of_two_closures_the_other_still_holds():
    works = [CloseRoad(0.0, (1, 7), "a", 500.0), CloseRoad(100.0, (1, 7), "b", 2000.0)]
    assert arrivals(ring_county(*works, listed=[alarm(1000, 2), alarm(3000, 2)])) == [1360.0, 3120.0]
    opened = OpenRoad(600.0, (1, 7))
    assert arrivals(ring_county(*works, opened, listed=[alarm(1000, 2)])) == [1120.0]


@st.composite
def nights(draw):
    """A ring with two bases and alarms all round."""
    moments = sorted(draw(st.lists(st.integers(0, 4000), min_size=1, max_size=10)))
    listed = [
        alarm(
            float(moment),
            draw(st.integers(0, 5)),
            priority=draw(st.integers(0, 1)),
            control_s=float(draw(st.integers(0, 600))),
            transport=draw(st.booleans()),
            handover_s=60.0,
        )
        for moment in moments
    ]
    return {
        "stations": (0, 3),
        "units": (0, 0, 1),
        "hospitals": (5,),
        "transport_p": 0.5,
        "redirect": draw(st.booleans()),
        "turnout": Duration("lognormal", 60.0, 0.35),
        "listed": listed,
    }


@st.composite
def works(draw):
    """Some injects on roads, at any time, overlapping as they like."""
    arcs = st.sampled_from([(0, 6), (1, 7), (2, 8), (3, 9), (4, 10), (5, 11), (1,), (2, 3, 8, 9)])
    found = []
    for _ in range(draw(st.integers(1, 4))):
        at, which, kind = float(draw(st.integers(0, 4000))), draw(arcs), draw(st.sampled_from(ROADS))
        until = at + draw(st.integers(1, 3000))
        if kind is CloseRoad:
            found.append(CloseRoad(at, which, "", until))
        elif kind is SlowRoad:
            found.append(SlowRoad(at, which, draw(st.sampled_from([0.5, 0.25])), "", until))
        else:
            found.append(OpenRoad(at, which))
    return found


@given(nights(), st.integers(0, 4000))
@settings(deadline=None, max_examples=30)
def test_closing_and_opening_at_once_changes_nothing(night, moment):
    at_once = [CloseRoad(float(moment), (1, 7)), OpenRoad(float(moment), (1, 7))]
    columns = ["time_s", "kind", "unit", "incident", "node", "subject"]

    def rows(*injects):
        found = run_of(ring_county(*injects, **night)).log.rows()
        return found[~np.isin(found["kind"], list(TOLD))][columns]

    assert np.array_equal(rows(), rows(*at_once))


@given(nights(), works(), st.floats(0.0, 5000.0))
@settings(deadline=None, max_examples=40)
def test_replay_branches_and_bounds_agree_while_roads_change(night, injects, moment):
    county = ring_county(*injects, **night)
    fate = draw_fate(county, 1, 0, HORIZON_S)
    whole = simulate(county, fate)
    state = State(county)
    for time_s, kind, unit, incident, _, subject, _, _ in whole.log.events():
        state.apply(time_s, kind, unit, incident, subject)
    assert state == whole.state
    run = begin(county, fate)
    run.advance(moment)
    for other in (run.branch(), pickle.loads(pickle.dumps(run))):  # noqa: S301 - our own bytes
        other.advance(HORIZON_S)
        assert np.array_equal(other.log.rows(), whole.log.rows())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journeys, "bound_on_road", lambda *_: 0.0)
        thorough = simulate(county, fate).log.rows()
    columns = ["time_s", "kind", "unit", "incident", "node", "subject", "cause"]
    assert np.array_equal(thorough[columns], whole.log.rows()[columns])


def test_a_closed_bridge_delays_those_beyond_it_in_lanshui():
    scenario = load_scenario(builtin_scenarios()["lanshui"])
    edited = apply_edits(scenario, edits_of_words("close bridge qinglong")).scenario
    before, after = (_first(build_county(it), 20 * 86400.0) for it in (scenario, edited))
    changed = {incident: after[incident] - before[incident] for incident in before}
    later = [delay for delay in changed.values() if abs(delay) > 1.0]
    assert len(before) == len(after)
    assert later
    assert max(later) > 120.0


def _first(county, horizon_s):
    """Seconds from the alarm to the first arrival, by incident."""
    run = simulate(county, draw_fate(county, 1, 0, horizon_s))
    alarms, first = {}, {}
    for time_s, kind, _, incident, *_ in run.log.events():
        if kind == Kind.REPORTED:
            alarms[incident] = time_s
        elif kind == Kind.ARRIVED:
            first.setdefault(incident, time_s - alarms[incident])
    return first


def test_a_unit_moves_to_another_station_when_it_is_free():
    """On scene at node 1 when it is ordered away: home to node 0 first, then 180 s to node 3."""
    move = MoveUnit(100.0, 0, 1)
    county = ring_county(
        move, stations=(0, 3), units=(0,), listed=[alarm(0, 1, control_s=200.0), alarm(2000, 4)]
    )
    run = run_of(county)
    assert told(run, Kind.REBASED, Kind.RELOCATED, Kind.RETURNED, Kind.ARRIVED) == [
        (60.0, "ARRIVED", 0, 0),
        (100.0, "REBASED", -1, 0),
        (320.0, "RETURNED", -1, 0),
        (320.0, "RELOCATED", -1, 0),
        (500.0, "RETURNED", -1, 0),
        (2100.0, "ARRIVED", 1, 0),
        (2200.0, "RETURNED", -1, 0),
    ]
    assert run.state.station == [1]


def test_at_a_site_that_is_shut_nothing_happens_meanwhile():
    at = Location(113.0, 28.02, 2)
    site = Site("X0", names("X0"), "store", 0, at, 1.0, "")
    demand = Demand("fires", 0, 4000.0, (1.0,) * 24, (1.0,) * 12, site=0)
    more = {"listed": None, "demand": [demand], "places": [0], "sites": (site,)}
    usual = told(run_of(ring_county(**more)), Kind.REPORTED)
    shut = run_of(ring_county(CloseSite(10_000.0, 0, 20_000.0), **more))
    assert told(shut, Kind.REPORTED) == [row for row in usual if not 10_000.0 <= row[0] < 20_000.0]
    assert len(told(shut, Kind.REPORTED)) < len(usual)
    assert [row[:2] for row in told(shut, Kind.SITE_CLOSED, Kind.SITE_OPENED)] == [
        (10_000.0, "SITE_CLOSED"),
        (20_000.0, "SITE_OPENED"),
    ]


def test_an_accident_put_in_comes_behind_all_that_was_drawn_and_changes_no_mark():
    put_in = AddAccident(50.0, 0, 113.0, 28.01, grade=1, priority=1, deaths=2, injuries=1, loss_cny=5.0)
    county = ring_county(put_in, listed=[alarm(0, 2), alarm(700, 3)])
    run = run_of(county)
    assert told(run, Kind.REPORTED) == [
        (0.0, "REPORTED", 0, -1),
        (50.0, "REPORTED", 2, -1),
        (700.0, "REPORTED", 1, -1),
    ]
    drawn = draw_fate(county, 1, 0, HORIZON_S)
    assert (len(drawn), len(run.fate), run.fate.added) == (2, 3, 1)
    assert run.fate.key[:2] == drawn.key
    assert (run.fate.priority[2], run.fate.node[2]) == (1, 1)
    assert run.fate.updates[2] == (Update(0.0, 2, 1, 5.0),)


def test_what_an_added_accident_leaves_open_is_the_same_in_every_run():
    harm = Harm(1.0, 3.0, 0.5, 0.3, 1000.0, 0.5, 0.0, Duration("constant", 0.0))
    county = ring_county(AddAccident(50.0, 0, 113.0, 28.01, code="one"))
    county = replace(county, kinds=tuple(replace(it, harm=harm, category="accident") for it in county.kinds))
    alone = run_of(county)
    beside = run_of(replace(county, injects=(AddAccident(10.0, 0, 113.0, 28.02), *county.injects)))
    assert alone.fate.updates[0] == beside.fate.updates[1]
    assert alone.fate.updates[0][0].injuries + alone.fate.updates[0][0].deaths > 0
    assert alone.fate.key[0] == beside.fate.key[1] != beside.fate.key[0]


def test_another_policy_decides_from_its_moment_on():
    county = ring_county(SetPolicy(500.0, "area_first"), listed=[alarm(0, 2), alarm(1000, 2)])
    run = run_of(county)
    names_of = [run.log.notes[note][0] for _, kind, *_, note in run.log.events() if kind == Kind.ASSIGNED]
    assert names_of == ["closest", "area_first"]


def test_a_director_says_the_same_in_words():
    county = ring_county(stations=(0, 3))
    at = Location(113.0, 28.02, 2)
    county = replace(county, sites=(Site("X0", names("X0"), "store", 0, at, 1.0, ""),))
    said = {
        "close_road n1-n2 2h": CloseRoad(50.0, (1,), "n1-n2", 7250.0),
        "open_road n1-n2": OpenRoad(50.0, (1,), "n1-n2"),
        "slow_road n1-n2 0.5": SlowRoad(50.0, (1,), 0.5, "n1-n2"),
        "close_site X0 1h": CloseSite(50.0, 0, 3650.0),
        "move_unit E0 S1": MoveUnit(50.0, 0, 1),
        "set_policy area_first": SetPolicy(50.0, "area_first"),
        "set_level 2": SetLevel(50.0, 2),
        "add_accident k0 X0": AddAccident(50.0, 0, 113.0, 28.02, 0),
    }
    assert {words: inject_of(county, words, 50.0) for words in said} == said
    for wrong in ("close_road nowhere", "slow_road n1-n2 5", "move_unit E0", "set_level 9", "set_policy x"):
        with pytest.raises(RunTrouble):
            inject_of(county, wrong, 0.0)
