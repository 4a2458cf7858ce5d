"""Equipment on the clock: hand-worked lives of items, and what calls find out about them."""

from __future__ import annotations

from typing import Any

from counties import alarm, line_county

from readiness.force import (
    ANY,
    Check,
    Condition,
    Force,
    Item,
    ItemType,
    Lasting,
    Shows,
    Store,
    Team,
)
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.moves import Status
from sim.upkeep import fail_item

DAY_S = 86400.0
BAD = Condition.UNSERVICEABLE
HOUR = Lasting("constant", 3600.0)


def force_of(types: Any, items: Any, **more: Any) -> Force:
    """A force of one team that has all units, with so many items."""
    units = more.pop("units", 1)
    fields = {
        "teams": (Team("T0", "full_time", 0),),
        "item_types": tuple(types),
        "items": tuple(items),
        "unit_team": (0,) * units,
        "unit_crew": (-1,) * units,
        **more,
    }
    return Force(**fields)


def events_of(run: Any, *kinds: str) -> list[tuple[float, str, int, int]]:
    """The events of a run as (time, kind, unit, subject), those of some kinds only if any are named."""
    told = [(t, Kind(k).name, unit, subject) for t, k, unit, _, _, subject, _, _ in run.log.events()]
    return [row for row in told if row[1] in kinds or not kinds]


def items_of(run: Any) -> list[tuple[float, str, int, int]]:
    return [row for row in events_of(run) if row[1].startswith(("ITEM", "STANDING"))]


def run_of(county: Any, horizon_s: float = 100_000.0, seed: int = 1) -> Any:
    return simulate(county, draw_fate(county, seed, 0, horizon_s))


def texts(run: Any, kind: Kind) -> list[Any]:
    return [run.log.notes[note] for _, k, _, _, _, _, _, note in run.log.events() if k == kind]


def test_a_hidden_fault_is_found_on_scene_and_another_unit_takes_over():
    """Engine 0 carries a pump that does not work and nobody knows; engine 1 comes 200 s later instead.

    The pump is taken off when engine 0 is home at 600 s and mended an hour later; there is no spare.
    """
    pump = ItemType("pump", needs=((0, 1),), repair=HOUR)
    items = (Item("I0", 0, unit=0, condition=BAD), Item("I1", 0, unit=1))
    county = line_county(
        [100.0, 100.0],
        units=(0, 0),
        listed=[alarm(0, 1, control_s=200.0)],
        force=force_of([pump], items, units=2),
    )
    run = run_of(county)
    rows = [(t, Kind(k).name, i, u, s) for t, k, u, i, _, s, _, _ in run.log.events()]
    assert rows == [
        (0.0, "CONDITIONS", -1, -1, 0),
        (0.0, "REPORTED", 0, -1, 0),
        (0.0, "CALL_TAKEN", 0, -1, 1),
        (0.0, "ASSIGNED", 0, 0, 0),
        (0.0, "EN_ROUTE", 0, 0, -1),
        (100.0, "ARRIVED", 0, 0, -1),
        (100.0, "ITEM_FOUND", 0, 0, 0),
        (100.0, "STANDING", -1, 0, 0),
        (100.0, "CAPABILITY_LOST", 0, 0, 0),
        (100.0, "ASSIGNED", 0, 1, 0),
        (100.0, "EN_ROUTE", 0, 1, -1),
        (200.0, "ARRIVED", 0, 1, -1),
        (200.0, "ASSEMBLED", 0, -1, -1),
        (400.0, "CONTROLLED", 0, -1, -1),
        (400.0, "CLEAR", 0, 0, 0),
        (400.0, "CLEAR", 0, 1, 0),
        (400.0, "CLOSED", 0, -1, -1),
        (500.0, "RETURNED", -1, 0, 0),
        (500.0, "ITEM_OUT", -1, 0, 0),
        (500.0, "RETURNED", -1, 1, 0),
        (4100.0, "ITEM_MENDED", -1, -1, 0),
        (4100.0, "ITEM_IN", -1, 0, 0),
        (4100.0, "STANDING", -1, 0, 1),
    ]
    assert texts(run, Kind.CAPABILITY_LOST) == [("I0",)]
    assert texts(run, Kind.ITEM_FOUND) == [("scene",)]


def test_a_unit_whose_fault_shows_at_turnout_does_not_roll():
    vehicle = ItemType("vehicle", needs=((ANY, 1),), shows=Shows.TURNOUT, repair=HOUR)
    items = (Item("I0", 0, unit=0, condition=BAD), Item("I1", 0, unit=1))
    county = line_county(
        [100.0], units=(0, 0), listed=[alarm(50, 1)], force=force_of([vehicle], items, units=2)
    )
    told = events_of(
        run_of(county), "ASSIGNED", "WILL_NOT_ROLL", "ITEM_FOUND", "ITEM_OUT", "ITEM_IN", "ARRIVED"
    )
    assert told == [
        (50.0, "ASSIGNED", 0, 0),
        (50.0, "ITEM_FOUND", 0, 0),
        (50.0, "WILL_NOT_ROLL", 0, 0),
        (50.0, "ITEM_OUT", 0, 0),
        (50.0, "ASSIGNED", 1, 0),
        (150.0, "ARRIVED", 1, -1),
        (3650.0, "ITEM_IN", 0, 0),
    ]


def test_a_unit_breaks_down_on_its_way_and_is_fetched_home():
    tyres = ItemType("tyres", needs=((ANY, 1),), shows=Shows.WAY, repair=HOUR, swap_s=900.0)
    items = (Item("I0", 0, unit=0, condition=BAD), Item("I1", 0, unit=1))
    county = line_county([100.0], units=(0, 0), listed=[alarm(0, 1)], force=force_of([tyres], items, units=2))
    run = run_of(county)
    told = events_of(run, "EN_ROUTE", "BROKE_DOWN", "RECOVERED", "ITEM_OUT", "ARRIVED")
    assert [row[1:] for row in told] == [
        ("EN_ROUTE", 0, -1),
        ("BROKE_DOWN", 0, 0),
        ("EN_ROUTE", 1, -1),
        ("ARRIVED", 1, -1),
        ("RECOVERED", 0, 0),
        ("ITEM_OUT", 0, 0),
    ]
    broke_s = told[1][0]
    assert 0.0 <= broke_s < 100.0
    assert told[4][0] == broke_s + 900.0
    assert run.state.status[0] == Status.AT_BASE


def test_a_spare_stands_in_and_the_mended_item_becomes_the_spare():
    pump = ItemType("pump", needs=((0, 1),), fails=Lasting("constant", 1000.0), repair=HOUR, swap_s=600.0)
    items = (Item("I0", 0, unit=0), Item("I1", 0, store=0, made_s=500.0))
    county = line_county([100.0], force=force_of([pump], items, stores=(Store("D", 0),)))
    run = run_of(county, 1700.0 + 3600.0)
    assert items_of(run) == [
        (1000.0, "ITEM_FAILED", 0, 0),
        (1000.0, "ITEM_FOUND", 0, 0),
        (1000.0, "STANDING", 0, 0),
        (1000.0, "ITEM_OUT", 0, 0),
        (1000.0, "ITEM_OUT", -1, 1),
        (1600.0, "ITEM_IN", 0, 1),
        (1600.0, "STANDING", 0, 1),
        (1600.0, "ITEM_FAILED", 0, 1),
        (1600.0, "ITEM_FOUND", 0, 1),
        (1600.0, "STANDING", 0, 0),
        (1600.0, "ITEM_OUT", 0, 1),
        (4600.0, "ITEM_MENDED", -1, 0),
        (4600.0, "ITEM_IN", -1, 0),
        (4600.0, "ITEM_OUT", -1, 0),
        (5200.0, "ITEM_MENDED", -1, 1),
        (5200.0, "ITEM_IN", -1, 1),
        (5200.0, "ITEM_IN", 0, 0),
        (5200.0, "STANDING", 0, 1),
    ]
    assert run.upkeep.spares[0][0] == [1]


def test_an_item_is_borrowed_from_a_unit_of_the_team_that_has_one_too_many():
    mask = ItemType("mask", needs=((0, 1),), repair=HOUR, swap_s=600.0)
    items = (
        Item("I0", 0, unit=0, condition=BAD, known=BAD),
        Item("I1", 0, unit=1),
        Item("I2", 0, unit=1),
    )
    run = run_of(line_county([100.0], units=(0, 0), force=force_of([mask], items, units=2)))
    assert items_of(run) == [
        (0.0, "STANDING", 0, 0),
        (0.0, "ITEM_OUT", 0, 0),
        (0.0, "ITEM_OUT", 1, 1),
        (600.0, "ITEM_IN", 0, 1),
        (600.0, "STANDING", 0, 1),
        (3600.0, "ITEM_MENDED", -1, 0),
        (3600.0, "ITEM_IN", 1, 0),
    ]


def test_repairs_wait_for_a_bay_in_turn():
    radio = ItemType("radio", repair=HOUR)
    items = tuple(Item(f"I{k}", 0, unit=0, condition=BAD, known=BAD) for k in range(3))
    force = force_of([radio], items, stores=(Store("D", 0, bays=2),))
    run = run_of(line_county([100.0], force=force))
    assert events_of(run, "ITEM_MENDED") == [
        (3600.0, "ITEM_MENDED", -1, 0),
        (3600.0, "ITEM_MENDED", -1, 1),
        (7200.0, "ITEM_MENDED", -1, 2),
    ]
    assert run.upkeep.busy == [0]


def test_a_degraded_item_slows_control_and_is_mended_where_it_is():
    pump = ItemType("pump", needs=((0, 1),), degraded_factor=1.5, repair=HOUR)
    worn = (Item("I0", 0, unit=0, condition=Condition.DEGRADED),)
    force = force_of([pump], worn, checks=(Check("use", after_use=True),))
    run = run_of(line_county([100.0], listed=[alarm(10, 1, control_s=100.0)], force=force))
    assert events_of(run, "CONTROLLED") == [(10.0 + 100.0 + 150.0, "CONTROLLED", -1, -1)]
    assert items_of(run) == [(360.0, "ITEM_FOUND", 0, 0), (3960.0, "ITEM_MENDED", 0, 0)]
    assert run.upkeep.worn == [[]]


def test_what_expires_is_replaced_and_a_test_takes_an_item_away():
    suit = ItemType("suit", replace=Lasting("constant", 500.0), expires_s=1000.0)
    bottle = ItemType("bottle", test_every_s=2000.0, swap_s=300.0)
    items = (Item("I0", 0, unit=0), Item("I1", 1, unit=0, tested_s=-100.0))
    run = run_of(line_county([100.0], force=force_of([suit, bottle], items)), 2450.0)
    assert items_of(run) == [
        (1000.0, "ITEM_FAILED", 0, 0),
        (1000.0, "ITEM_FOUND", 0, 0),
        (1000.0, "ITEM_OUT", 0, 0),
        (1500.0, "ITEM_MENDED", -1, 0),
        (1500.0, "ITEM_IN", 0, 0),
        (1900.0, "ITEM_OUT", 0, 1),
        (2200.0, "ITEM_MENDED", -1, 1),
        (2200.0, "ITEM_IN", 0, 1),
    ]
    assert texts(run, Kind.ITEM_MENDED) == [("replaced",), ("tested",)]
    assert run.upkeep.test_s[1] == 4200.0


def test_a_test_that_falls_due_finds_a_hidden_fault():
    bottle = ItemType("bottle", test_every_s=2000.0, repair=HOUR)
    force = force_of([bottle], (Item("I0", 0, unit=0, condition=BAD),))
    run = run_of(line_county([100.0], force=force))
    assert events_of(run, "ITEM_FOUND") == [(2000.0, "ITEM_FOUND", 0, 0)]
    at_check = force_of(
        [bottle], (Item("I0", 0, unit=0, condition=BAD),), checks=(Check("c", every_s=1500.0, finds=1e-12),)
    )
    run = run_of(line_county([100.0], force=at_check))
    assert events_of(run, "ITEM_FOUND") == [(3000.0, "ITEM_FOUND", 0, 0)]
    assert texts(run, Kind.ITEM_FOUND) == [("test",)]


def test_the_use_that_ends_an_item_is_found_by_the_check_after_use():
    mask = ItemType("mask", needs=((0, 1),), use_p=1.0, hidden=1.0, repair=HOUR)
    force = force_of([mask], (Item("I0", 0, unit=0),), checks=(Check("use", after_use=True),))
    run = run_of(line_county([100.0], listed=[alarm(0, 1)], force=force))
    assert items_of(run) == [
        (100.0, "ITEM_FAILED", 0, 0),
        (200.0, "ITEM_FOUND", 0, 0),
        (200.0, "STANDING", 0, 0),
        (200.0, "ITEM_OUT", 0, 0),
        (3800.0, "ITEM_MENDED", -1, 0),
        (3800.0, "ITEM_IN", 0, 0),
        (3800.0, "STANDING", 0, 1),
    ]
    assert texts(run, Kind.ITEM_FOUND) == [("after_use",)]


def test_harsh_calls_count_more():
    mask = ItemType("mask", use_p=0.01, harsh=frozenset({1}), harsh_factor=3.0)
    plain = ItemType("radio", use_p=0.01)
    items = (Item("I0", 0, unit=0), Item("I1", 1, unit=0))
    county = line_county(
        [100.0],
        cards=(((0, 1),), ((0, 1),)),
        listed=[alarm(0, 1), alarm(5000, 1, kind=1)],
        force=force_of([mask, plain], items),
    )
    run = run_of(county)
    assert run.upkeep._readings(0) == [4.0, 2.0]


def test_foam_is_used_up_refilled_from_the_store_and_ordered():
    foam = ItemType("foam", needs=((0, 60.0),), consumable=True, use_amount={ANY: 50.0}, restock_s=300.0)
    items = (Item("I0", 0, unit=0, amount=100.0), Item("I1", 0, store=0, amount=70.0))
    force = force_of([foam], items, stores=(Store("D", 0, delivery=Lasting("constant", 7000.0)),))
    county = line_county([100.0], listed=[alarm(0, 1), alarm(1000, 1)], force=force)
    run = run_of(county)
    told = events_of(run, "CONSUMED", "RESTOCKED", "DELIVERED", "STANDING", "REFITTED")
    assert told == [
        (100.0, "CONSUMED", 0, 0),
        (100.0, "STANDING", 0, 0),
        (500.0, "REFITTED", 0, 0),
        (500.0, "RESTOCKED", 0, 0),
        (500.0, "STANDING", 0, 1),
        (1100.0, "CONSUMED", 0, 0),
        (1100.0, "STANDING", 0, 0),
        (1500.0, "REFITTED", 0, 0),
        (1500.0, "RESTOCKED", 0, 0),
        (1500.0, "STANDING", 0, 1),
        (7500.0, "DELIVERED", -1, 1),
        (7500.0, "RESTOCKED", 0, 0),
    ]
    assert texts(run, Kind.RESTOCKED) == [(50.0, 1), (20.0, 1), (30.0, 1)]
    assert run.upkeep.amount == [100.0, 40.0]


def test_an_inject_fails_an_item_and_leaves_one_that_is_away_alone():
    pump = ItemType("pump", needs=((0, 1),), repair=HOUR)
    county = line_county([100.0], force=force_of([pump], (Item("I0", 0, unit=0),)))
    run = begin(county, draw_fate(county, 1, 0, DAY_S))
    fail_item(run, 0, False, -1)
    fail_item(run, 0, True, -1)
    run.advance(DAY_S)
    assert [row[1] for row in items_of(run)] == [
        "ITEM_FAILED",
        "ITEM_FOUND",
        "STANDING",
        "ITEM_OUT",
        "ITEM_MENDED",
        "ITEM_IN",
        "STANDING",
    ]


def test_a_county_without_items_keeps_nothing_up():
    listed = [alarm(0, 1), alarm(700, 1)]
    bare = line_county([100.0], listed=listed)
    empty = line_county([100.0], listed=listed, force=force_of([ItemType("pump", needs=((0, 1),))], ()))
    runs = [run_of(county) for county in (bare, empty)]
    assert runs[1].upkeep is None
    assert runs[0].log.rows().tobytes() == runs[1].log.rows().tobytes()


def test_foam_past_its_date_is_replaced_by_a_fresh_stock():
    foam = ItemType(
        "foam", ((0, 60.0),), consumable=True, use_amount={ANY: 50.0}, expires_s=5000.0, swap_s=600.0
    )
    items = (Item("I0", 0, unit=0, amount=100.0), Item("I1", 0, store=0, made_s=-4000.0, amount=70.0))
    county = line_county([100.0], force=force_of([foam], items, stores=(Store("D", 0),)))
    run = run_of(county, 12_000.0)
    assert events_of(run, "ITEM_MENDED", "ITEM_IN", "STANDING") == [
        (1600.0, "ITEM_MENDED", -1, 1),
        (1600.0, "ITEM_IN", -1, 1),
        (5000.0, "STANDING", 0, 0),
        (5600.0, "ITEM_MENDED", -1, 0),
        (5600.0, "ITEM_IN", 0, 0),
        (5600.0, "STANDING", 0, 1),
        (7200.0, "ITEM_MENDED", -1, 1),
        (7200.0, "ITEM_IN", -1, 1),
        (10_600.0, "STANDING", 0, 0),
        (11_200.0, "ITEM_MENDED", -1, 0),
        (11_200.0, "ITEM_IN", 0, 0),
        (11_200.0, "STANDING", 0, 1),
    ]
    assert run.upkeep.amount == [100.0, 70.0]


def test_what_happens_to_equipment_does_not_count_as_a_change_of_status():
    """The engine is back at 600 s; its pump is sent off then and comes back an hour later."""
    pump = ItemType("pump", needs=((0, 1),), repair=HOUR)
    items = (Item("I0", 0, unit=0, condition=BAD), Item("I1", 0, unit=1))
    county = line_county(
        [100.0], units=(0, 0), listed=[alarm(0, 1, control_s=400.0)], force=force_of([pump], items, units=2)
    )
    run = run_of(county)
    moved = {
        t for t, kind, unit, _ in events_of(run, "ASSIGNED", "RETURNED", "ARRIVED", "CLEAR") if unit == 0
    }
    later = [t for t, _, unit, _ in events_of(run, "ITEM_IN", "ITEM_MENDED") if unit == 0]
    assert run.state.since[0] == max(moved)
    assert max(later) > max(moved)
