"""Injects that overlap, and units and crews in corners where they were once left: nobody waits for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest
from counties import alarm, line_county
from forces import DAY, team_force

from readiness.force import (
    Condition,
    Force,
    Item,
    ItemType,
    Lasting,
    Raising,
    Rostered,
    StandbyRules,
    Store,
    Team,
)
from sim.county import Duration
from sim.engine import simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.injects import IssueWarning, MoveUnit, RaiseStandby, TakeOut

HOUR_S, DAY_S = 3600.0, 86400.0
TEN_MINUTES = Duration("constant", 600.0)


def run_of(county, horizon_s=10 * DAY_S):
    return simulate(county, draw_fate(county, 1, 0, horizon_s))


def told(run, *kinds):
    return [
        (time_s, Kind(kind).name, unit, subject)
        for time_s, kind, unit, _, _, subject, _, _ in run.log.events()
        if Kind(kind).name in kinds
    ]


@pytest.mark.parametrize("second_s", [5 * HOUR_S, 10 * HOUR_S])
def test_a_unit_is_out_until_the_last_order_ends(second_s):
    """One order from 0:00 to 10:00, another until 20:00 that begins before the first ends, or just then."""
    orders = (TakeOut(0.0, 0, 10 * HOUR_S), TakeOut(second_s, 0, 20 * HOUR_S))
    run = run_of(line_county([60.0], listed=(), injects=orders))
    assert told(run, "TAKEN_OUT", "PUT_BACK") == [
        (0.0, "TAKEN_OUT", 0, -1),
        (20 * HOUR_S, "PUT_BACK", 0, -1),
    ]


def test_the_gravest_warning_out_counts_and_a_lesser_one_comes_back():
    force = team_force([(0,)], standby=StandbyRules(raisings=(Raising(warning_level=2),)))
    orders = (
        IssueWarning(0.0, 3),
        IssueWarning(HOUR_S, 2, 5 * HOUR_S),
        IssueWarning(5 * HOUR_S, 1, 9 * HOUR_S),
    )
    run = run_of(line_county([60.0], listed=(), force=force, injects=orders))
    assert [(t, level) for t, _, _, level in told(run, "WARNING")] == [
        (0.0, 3),
        (HOUR_S, 2),
        (5 * HOUR_S, 1),
        (9 * HOUR_S, 3),
    ]
    assert [(t, kind) for t, kind, _, _ in told(run, "RAISED", "LOWERED")] == [
        (HOUR_S, "RAISED"),
        (9 * HOUR_S, "LOWERED"),
    ]


def two_kinds(times_s, transport_p, listed, control_s):
    """An ambulance at one end, an engine far off; a call asks for both."""
    return line_county(
        times_s,
        stations=(0, 2),
        units=(0, 1),
        hospitals=(0,),
        cards=(((0, 1), (1, 2)), ((1, 1),), ((0, 1), (1, 1))),
        able=((0,), (1,)),
        transport_p=transport_p,
        control=Duration("constant", control_s),
        listed=listed,
    )


def test_who_comes_when_the_first_have_left_does_not_wait_for_ever():
    """The ambulance has gone with the patient before the only engine is free; the second never comes."""
    listed = [alarm(0, 2, kind=1, transport=False), alarm(60, 1, kind=0, transport=True, control_s=600.0)]
    run = run_of(two_kinds([60.0, 3000.0], 1.0, listed, 3000.0), 30 * DAY_S)
    assert not run.state.open
    assert [t for t, *_ in told(run, "SHORT_HANDED")] == [6000.0 + 1800.0]


def test_nothing_is_brought_under_control_by_nobody():
    """The ambulance has come and gone after 2 min; the engine comes after 50 min, and only then it begins."""
    run = run_of(two_kinds([60.0, 3000.0], 1.0, [alarm(0, 1, kind=2)], 300.0))
    assert [t for t, *_ in told(run, "CONTROLLED")] == [3300.0]


def test_one_crew_goes_to_a_call_with_one_of_its_vehicles():
    county = line_county(
        [100.0],
        units=(0, 0),
        control=TEN_MINUTES,
        cards=(((0, 2),),),
        listed=(alarm(0.0, 1),),
        force=team_force([(0, 1)]),
    )
    run = run_of(county)
    assert [unit for _, _, unit, _ in told(run, "ASSIGNED")] == [0]
    assert not run.state.open


def test_a_crew_that_drives_to_its_forward_place_is_not_at_its_other_vehicle():
    force = team_force([(0, 1)], standby=StandbyRules(recall_s=0.0, forward_s=600.0, forward={0: 1}))
    county = line_county(
        [3000.0, 100.0],
        stations=(0, 1),
        units=(0, 0),
        able=((0,), (1,)),
        cards=(((0, 1),), ((1, 1),)),
        control=TEN_MINUTES,
        listed=(alarm(700.0, 0, kind=1),),
        force=force,
        injects=(RaiseStandby(0.0),),
    )
    run = run_of(county, 20_000.0)
    assert told(run, "RELOCATED", "ASSIGNED")[0][:3] == (600.0, "RELOCATED", 0)
    assert all(t >= 3600.0 for t, _, unit, _ in told(run, "ASSIGNED") if unit == 1)


def test_units_at_forward_places_drive_home_when_standby_is_lowered_at_night():
    """A second crew took the unit forward at night; the day shift would be there in the morning only."""
    rules = StandbyRules(
        recall_s=600.0, second_crew_s=600.0, second_crew_share=1.0, forward_s=900.0, forward={0: 1}
    )
    force = team_force([(0,)], shifts=(DAY,), roster=(Rostered(0, 0, 0, 1),), standby=rules)
    orders = (RaiseStandby(20 * HOUR_S), RaiseStandby(22 * HOUR_S, raised=False))
    county = line_county([100.0], stations=(0, 1), units=(0,), force=force, injects=orders, listed=())
    run = run_of(county, 5 * DAY_S)
    assert [subject for _, _, _, subject in told(run, "RELOCATED")] == [1, 0]
    assert run.state.station == [0]


def test_a_unit_moved_while_it_turns_out_drives_to_its_new_base_when_stood_down():
    county = line_county(
        [10.0, 10.0],
        stations=(0, 2),
        units=(0, 0),
        control=Duration("constant", 30.0),
        cards=(((0, 1), (1, 1)),),
        able=((0,), (1,)),
        listed=(alarm(0.0, 1),),
        short_handed_after_s=20.0,
        injects=(MoveUnit(5.0, 1, 1),),
    )
    slow = replace(county.units[1], turnout=Duration("constant", 300.0))
    run = run_of(replace(county, units=(county.units[0], slow)))
    assert (run.state.station, run.moves) == ([0, 1], {})


def test_an_incident_is_not_passed_on_while_a_crew_is_there():
    force = Force(
        teams=(Team("T0", "full_time", 0),),
        item_types=(ItemType("pump", needs=((0, 1.0),)),),
        items=(Item("I", 0, unit=0, condition=Condition.UNSERVICEABLE),),
        unit_team=(0,),
        unit_crew=(-1,),
    )
    county = line_county([100.0], control=TEN_MINUTES, listed=(alarm(0.0, 1),), force=force, pass_on=True)
    run = run_of(county)
    assert told(run, "PASSED_ON") == []
    assert not run.state.open


def test_a_stock_is_filled_up_though_the_delivery_came_while_its_unit_was_out():
    force = Force(
        teams=(Team("T0", "full_time", 0),),
        item_types=(ItemType("foam", consumable=True, use_amount={0: 100.0}),),
        items=(Item("F1", 0, unit=0, amount=100.0), Item("F2", 0, store=0, amount=10.0)),
        stores=(Store("W", 0, 0, Lasting("constant", 2 * HOUR_S)),),
        unit_team=(0,),
        unit_crew=(-1,),
    )
    county = line_county(
        [100.0],
        control=TEN_MINUTES,
        cards=(((0, 1),), ((0, 1),)),
        listed=(alarm(0.0, 1, kind=0), alarm(7900.0, 1, kind=1)),
        force=force,
    )
    assert run_of(county, 30 * DAY_S).upkeep.amount[0] == 100.0
