"""Hand-worked runs: a few nodes, a few units, every event foretold."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import datetime

import pytest
from counties import alarm, line_county

from dispatch.accident_class import accident_class
from sim.chance import STREAMS
from sim.conditions import _calendar, hours_of, local_hour, local_time, within
from sim.county import AccidentClass, Duration, Escalation, Harm, Names, Period
from sim.engine import Options, begin, simulate
from sim.events import Kind
from sim.fate import Update, draw_fate
from sim.moves import IllegalMove
from sim.state import State


def trace(county, horizon_s=100_000.0, **options):
    run = simulate(county, draw_fate(county, 1, 0, horizon_s), Options(**options))
    return [
        (time, Kind(kind).name, incident, unit) for time, kind, unit, incident, *_ in run.log.events()
    ], run


def test_one_unit_two_calls():
    county = line_county(
        [100.0, 60.0],
        turnout=Duration("constant", 30.0),
        listed=[alarm(0, 1, handling_s=45.0, control_s=600.0), alarm(50, 2, handling_s=45.0, control_s=60.0)],
    )
    rows, _ = trace(county)
    assert rows == [
        (0.0, "CONDITIONS", -1, -1),
        (0.0, "REPORTED", 0, -1),
        (45.0, "CALL_TAKEN", 0, -1),
        (45.0, "ASSIGNED", 0, 0),
        (50.0, "REPORTED", 1, -1),
        (75.0, "EN_ROUTE", 0, 0),
        (95.0, "CALL_TAKEN", 1, -1),
        (95.0, "WAITING", 1, -1),
        (175.0, "ARRIVED", 0, 0),
        (175.0, "ASSEMBLED", 0, -1),
        (775.0, "CONTROLLED", 0, -1),
        (775.0, "CLEAR", 0, 0),
        (775.0, "ASSIGNED", 1, 0),
        (775.0, "EN_ROUTE", 1, 0),
        (775.0, "CLOSED", 0, -1),
        (835.0, "ARRIVED", 1, 0),
        (835.0, "ASSEMBLED", 1, -1),
        (895.0, "CONTROLLED", 1, -1),
        (895.0, "CLEAR", 1, 0),
        (895.0, "CLOSED", 1, -1),
        (1055.0, "RETURNED", -1, 0),
    ]


def test_a_run_card_takes_what_is_free_and_waits_for_the_rest():
    """Two engines and a rescue unit are asked for; one engine is busy, so control begins when it comes."""
    county = line_county(
        [100.0, 100.0],
        stations=(0, 2),
        units=(0, 1, 1),
        able=((0,), (0,), (1,)),
        cards=(((0, 1),), ((0, 2), (1, 1))),
        listed=[alarm(0, 2, control_s=500.0), alarm(10, 1, kind=1, control_s=50.0)],
    )
    rows, _ = trace(county)
    told = [row for row in rows if row[1] in ("ASSIGNED", "WAITING", "ARRIVED", "ASSEMBLED", "CONTROLLED")]
    assert told == [
        (0.0, "ASSIGNED", 0, 1),
        (0.0, "ARRIVED", 0, 1),
        (0.0, "ASSEMBLED", 0, -1),
        (10.0, "ASSIGNED", 1, 0),
        (10.0, "ASSIGNED", 1, 2),
        (10.0, "WAITING", 1, -1),
        (110.0, "ARRIVED", 1, 0),
        (110.0, "ARRIVED", 1, 2),
        (500.0, "CONTROLLED", 0, -1),
        (500.0, "ASSIGNED", 1, 1),
        (600.0, "ARRIVED", 1, 1),
        (600.0, "ASSEMBLED", 1, -1),
        (650.0, "CONTROLLED", 1, -1),
    ]


def test_a_unit_on_its_way_home_turns_at_its_next_node():
    """Back from node 4, the unit has 10 s to node 2 when node 3 calls: 10 s on, then 100 s back."""
    county = line_county([100.0] * 4, listed=[alarm(0, 4, control_s=0.0), alarm(590, 3, control_s=0.0)])
    rows, _ = trace(county)
    arrived = [(time, incident) for time, kind, incident, _ in rows if kind == "ARRIVED"]
    assert arrived == [(400.0, 0), (700.0, 1)]


def test_a_more_urgent_call_redirects_a_unit_under_way():
    county = line_county(
        [100.0] * 4,
        redirect=True,
        listed=[alarm(0, 4, priority=1, control_s=5.0), alarm(150, 1, priority=0, control_s=5.0)],
    )
    rows, _ = trace(county)
    told = [row for row in rows if row[1] in ("REDIRECTED", "ASSIGNED", "WAITING", "ARRIVED")]
    assert told == [
        (0.0, "ASSIGNED", 0, 0),
        (150.0, "REDIRECTED", 0, 0),
        (150.0, "ASSIGNED", 1, 0),
        (150.0, "WAITING", 0, -1),
        (300.0, "ARRIVED", 1, 0),
        (305.0, "ASSIGNED", 0, 0),
        (605.0, "ARRIVED", 0, 0),
    ]


def test_a_crew_called_out_twice_has_been_getting_ready_since_the_first_call():
    county = line_county(
        [100.0] * 2,
        redirect=True,
        turnout=Duration("constant", 60.0),
        listed=[alarm(0, 2, priority=1), alarm(20, 1, priority=0)],
    )
    rows, _ = trace(county)
    assert next(row for row in rows if row[1] == "EN_ROUTE") == (60.0, "EN_ROUTE", 1, 0)


def test_a_patient_is_carried_to_the_nearest_hospital_and_handed_over():
    county = line_county(
        [100.0] * 4,
        hospitals=(4, 1),
        transport_p=1.0,
        listed=[alarm(0, 2, control_s=50.0, handover_s=20.0)],
    )
    rows, run = trace(county)
    assert [(t, k) for t, k, _, _ in rows if k in ("HOSPITAL_BOUND", "AT_HOSPITAL", "CLEAR", "RETURNED")] == [
        (250.0, "HOSPITAL_BOUND"),
        (350.0, "AT_HOSPITAL"),
        (370.0, "CLEAR"),
        (470.0, "RETURNED"),
    ]
    subjects = {Kind(row[1]).name: row[5] for row in run.log.events()}
    assert subjects["HOSPITAL_BOUND"] == 1


def test_calls_wait_for_a_call_taker():
    county = line_county(
        [10.0],
        call_takers=1,
        units=(0, 0),
        listed=[alarm(0, 1, handling_s=60.0, control_s=1.0), alarm(10, 1, handling_s=60.0, control_s=1.0)],
    )
    rows, _ = trace(county)
    calls = [row[:3] for row in rows if row[1] in ("CALL_ANSWERED", "CALL_TAKEN")]
    assert calls == [
        (0.0, "CALL_ANSWERED", 0),
        (60.0, "CALL_TAKEN", 0),
        (60.0, "CALL_ANSWERED", 1),
        (120.0, "CALL_TAKEN", 1),
    ]


def test_a_unit_that_must_refill_is_out_until_it_has():
    county = line_county(
        [100.0] * 2,
        refit_s=300.0,
        listed=[alarm(0, 2, control_s=0.0), alarm(250, 1, control_s=0.0)],
    )
    rows, _ = trace(county)
    told = [row for row in rows if row[1] in ("RETURNED", "REFIT", "REFITTED", "ASSIGNED")]
    assert told[:6] == [
        (0.0, "ASSIGNED", 0, 0),
        (400.0, "RETURNED", -1, 0),
        (400.0, "REFIT", -1, 0),
        (700.0, "REFITTED", -1, 0),
        (700.0, "ASSIGNED", 1, 0),
        (900.0, "RETURNED", -1, 0),
    ]


def test_crews_that_wait_too_long_for_the_rest_begin_alone():
    """One of two engines comes at 100 s; after 1,800 s it begins alone and takes twice as long."""
    county = line_county([100.0], cards=(((0, 2),),), units=(0,), listed=[alarm(0, 1, control_s=500.0)])
    rows, run = trace(county)
    told = [row for row in rows if row[1] in ("ASSEMBLED", "SHORT_HANDED", "CONTROLLED", "CLOSED")]
    assert told == [
        (1900.0, "SHORT_HANDED", 0, -1),
        (2900.0, "CONTROLLED", 0, -1),
        (2900.0, "CLOSED", 0, -1),
    ]
    assert not run.line


def test_an_incident_for_which_nobody_is_free_may_be_passed_on():
    county = line_county(
        [100.0], pass_on=True, listed=[alarm(0, 1, control_s=500.0), alarm(10, 1, control_s=1.0)]
    )
    rows, run = trace(county)
    assert (10.0, "PASSED_ON", 1, -1) in rows
    assert not run.state.open


@pytest.mark.parametrize(("policy", "first", "second"), [("closest", 1, 0), ("area_first", 0, 1)])
def test_own_units_go_first_where_the_county_wants_it(policy, first, second):
    """The place's own unit is 200 s away, the neighbour's 100 s; the second call takes who is left."""
    county = line_county(
        [100.0] * 3,
        stations=(0, 3),
        units=(0, 1),
        places=(2,),
        listed=[alarm(0, 2, control_s=900.0), alarm(10, 2, control_s=900.0)],
    )
    own, neighbour = county.stations
    county = replace(county, stations=(replace(own, place=0), replace(neighbour, place=None)))
    rows, _ = trace(county, policy=policy)
    assert [(i, unit) for _, kind, i, unit in rows if kind == "ASSIGNED"] == [(0, first), (1, second)]


DECREE_493 = ((1, 1, 1.0), (3, 10, 1e7), (10, 50, 5e7), (30, 100, 1e8))


@pytest.mark.parametrize(("category", "classes"), [("accident", [0, 2]), ("fire", [])])
def test_the_class_of_an_accident_rises_as_harm_becomes_known(category, classes):
    """Hurt at the alarm, ten dead after ten minutes, no more than that after twenty: two rises, not three."""
    county = line_county([100.0], listed=[alarm(0, 1, control_s=3600.0)])
    county = replace(
        county,
        kinds=(replace(county.kinds[0], category=category),),
        accident_classes=tuple(
            AccidentClass(f"C{n}", Names("", ""), *limits, "Decree 493 (2007-06-01) Art. 3")
            for n, limits in enumerate(DECREE_493)
        ),
    )
    known = (Update(0.0, 0, 9, 0.0), Update(600.0, 10, 9, 0.0), Update(1200.0, 10, 49, 0.0))
    run = simulate(county, replace(draw_fate(county, 1, 0, 1e5), updates={0: known}))
    told = [(time, Kind(kind).name, subject) for time, kind, _, _, _, subject, *_ in run.log.events()]
    assert [time for time, kind, _ in told if kind == "HARM_KNOWN"] == [0.0, 600.0, 1200.0]
    rises = [(time, subject) for time, kind, subject in told if kind == "CLASS_ROSE"]
    assert rises == list(zip([0.0, 600.0], classes, strict=False))


@pytest.mark.parametrize(
    ("deaths", "injuries", "loss_cny", "reached"),
    [
        (0, 0, 0.0, None),
        (2, 9, 9_999_999.0, 0),
        (3, 0, 0.0, 1),
        (0, 50, 0.0, 2),
        (9, 49, 1e8, 3),
        (30, 0, 0.0, 3),
    ],
)
def test_the_law_counts_the_number_it_names(deaths, injuries, loss_cny, reached):
    """Decree 493 Art. 3: any one count decides, and 以上 includes the number itself."""
    classes = [AccidentClass("", Names("", ""), *limits, "") for limits in DECREE_493]
    assert accident_class(classes, deaths, injuries, loss_cny) == reached


def test_streams_of_chance_keep_their_places():
    """Their position is part of every seed: whoever inserts one changes every run ever made."""
    first = ("arrivals", "place", "growth", "durations", "transport", "harm", "weather", "turnout")
    assert STREAMS[: len(first)] == first


def test_an_illegal_move_is_refused():
    county = line_county([100.0])
    state = State(county)
    with pytest.raises(IllegalMove, match=r"ARRIVED at 3\.0 s, but unit 0 is AT_BASE"):
        state.apply(3.0, Kind.ARRIVED, 0, 0, -1)


def test_crews_who_make_do_wait_for_nobody():
    """The second unit is taken off a fire that the first works at alone by then: no other is asked for."""
    county = line_county(
        [100.0, 1000.0, 1000.0, 1000.0, 1000.0],
        stations=(0, 5),
        units=(0, 1),
        cards=(((0, 2),), ((0, 1),)),
        control=Duration("constant", 2000.0),
        redirect=True,
        listed=(alarm(0.0, 1, 0, 1), alarm(3000.0, 2, 1, 0)),
    )
    run = begin(county, draw_fate(county, 1, 0, 20_000.0))
    run.advance(3500.0)
    assert run.state.open[0].short
    assert not run.line
    run.advance(20_000.0)
    assert not run.line
    assert not run.state.open


def growing(assembled_late):
    harm = Harm(1.0, 2.0, 0.0, 0.5, 1000.0, 0.0, 0.0, Duration("constant", 0.0))
    county = line_county(
        [100.0, 900.0],
        stations=(0, 2),
        units=(0, 1),
        cards=(((0, 1 + assembled_late),), ((0, 2),)),
        control=Duration("constant", 600.0),
        listed=(alarm(0.0, 1),),
    )
    kind = replace(
        county.kinds[0],
        harm=harm,
        grade_p=(1.0, 0.0),
        run_cards=(county.kinds[0].run_cards[0], county.kinds[1].run_cards[0]),
        escalation=Escalation(1.0, Duration("constant", 500.0), harm_factor=3.0, control_factor=2.0),
    )
    return replace(county, kinds=(kind, county.kinds[1]))


def test_what_is_not_contained_in_time_grows():
    """The second of two engines comes after 900 s, but the leak grows after 500 s."""
    rows, run = trace(growing(assembled_late=True))
    told = ("HARM_KNOWN", "ESCALATED", "ASSEMBLED", "CONTROLLED")
    assert [(time, kind) for time, kind, *_ in rows if kind in told] == [
        (0.0, "HARM_KNOWN"),
        (500.0, "ESCALATED"),
        (500.0, "HARM_KNOWN"),
        (900.0, "ASSEMBLED"),
        (2100.0, "CONTROLLED"),
    ]
    known = [run.log.notes[row[7]] for row in run.log.events() if row[1] == Kind.HARM_KNOWN]
    assert [sum(totals[:2]) for totals in known] == [2, 6]


def test_what_is_contained_in_time_does_not_grow():
    rows, _ = trace(growing(assembled_late=False))
    assert "ESCALATED" not in [kind for _, kind, *_ in rows]


def test_who_comes_late_helps_those_who_make_do():
    """One of two begins alone at 1,900 s, for 2 x 2,000 s; at 2,900 s the other comes: half of the rest."""
    county = line_county(
        [100.0, 2900.0],
        stations=(0, 2),
        units=(0, 1),
        cards=(((0, 2),),),
        control=Duration("constant", 2000.0),
        listed=(alarm(0.0, 1),),
    )
    rows, run = trace(county)
    times = {kind: time for time, kind, *_ in rows}
    assert times["SHORT_HANDED"] == 1900.0
    assert times["ASSEMBLED"] == 2900.0
    assert times["CONTROLLED"] == 2900.0 + (1900.0 + 4000.0 - 2900.0) / 2
    assert not run.control_due


def test_growth_breaks_off_what_is_done_short_handed():
    """The leak grows after 2,500 s while one of two works at it: control begins anew with the other."""
    county = growing(assembled_late=True)
    late = replace(county.kinds[0].escalation, after=Duration("constant", 2500.0))
    far = line_county([100.0, 4000.0], stations=(0, 2), units=(0, 1)).roads
    kinds = (replace(county.kinds[0], escalation=late), county.kinds[1])
    rows, run = trace(replace(county, roads=far, kinds=kinds))
    told = ("SHORT_HANDED", "ESCALATED", "ASSEMBLED", "CONTROLLED")
    assert [(time, kind) for time, kind, *_ in rows if kind in told] == [
        (1900.0, "SHORT_HANDED"),
        (2500.0, "ESCALATED"),
        (4000.0, "ASSEMBLED"),
        (5200.0, "CONTROLLED"),
    ]
    assert not run.state.open


def test_simpy_events_stand_beside_steps_on_the_clock():
    """A timeout of SimPy's own fires in its turn between two steps, in a copied and pickled clock as well."""
    county = line_county([100.0], listed=[alarm(0, 1), alarm(100, 1)])
    begun = begin(county, draw_fate(county, 1, 0, 1_000.0))
    run = pickle.loads(pickle.dumps(begun)).branch()  # noqa: S301 - our own bytes
    fired = []
    run.clock.timeout(50.0).callbacks.append(lambda _: fired.append((run.clock.now, run.log.count)))
    run.advance(1_000.0)
    before = sum(1 for time_s, *_ in run.log.events() if time_s < 50.0)
    assert fired == [(50.0, before)]
    assert before < run.log.count


@pytest.mark.parametrize(
    ("start", "zone", "time_s", "hour"),
    [
        (datetime(2026, 3, 1, 0, 7), "Asia/Shanghai", 3600.0 * 9 + 30.0, 9.125),
        (datetime(2026, 3, 29, 0, 0), "Europe/Berlin", 3600.0 * 1.5, 1.5),
        (datetime(2026, 3, 29, 0, 0), "Europe/Berlin", 3600.0 * 2.5, 3.5),
        (datetime(2026, 3, 28, 0, 0), "Europe/Berlin", 86400.0 * 2, 1.0),
        (datetime(2026, 10, 4, 1, 0), "Australia/Lord_Howe", 3600.0 * 1.5, 3.0),
        (datetime(2026, 3, 1, 0, 0), "Asia/Kathmandu", 86399.0, 86399 / 3600),
    ],
)
def test_the_local_hour_follows_the_clocks(start, zone, time_s, hour):
    county = replace(line_county([100.0]), start=start, time_zone=zone)
    assert local_hour(county, time_s) == pytest.approx(hour)
    local = local_time(county, time_s)
    assert local_hour(county, time_s) == pytest.approx(local.hour + local.minute / 60 + local.second / 3600)


@pytest.mark.parametrize(
    ("start", "zone"),
    [
        (datetime(2026, 1, 1, 0, 7), "Asia/Shanghai"),
        (datetime(2026, 3, 27), "Europe/Berlin"),
        (datetime(2026, 10, 2, 3), "Australia/Lord_Howe"),
        (datetime(2026, 10, 20, 1), "America/St_Johns"),
    ],
)
def test_calendars_follow_the_clocks(start, zone):
    """Hours, months and periods worked out at once are those that the clock on the wall shows one by one."""
    morning = Period("morning", 7.0, 9.5, frozenset({0, 1, 2, 3, 4}))
    night = Period("night", 22.0, 5.5, frozenset(range(7)))
    rest = Period("rest", 0.0, 24.0, frozenset(range(7)))
    periods = (morning, night, rest)
    county = replace(line_county([100.0]), start=start, time_zone=zone, periods=periods)
    hours, months = hours_of(county, 30 * 86400.0)
    shown = [local_time(county, 3600.0 * number) for number in range(len(hours))]
    assert hours.tolist() == [moment.hour for moment in shown]
    assert months.tolist() == [moment.month - 1 for moment in shown]
    month, period = _calendar(county, 30 * 96)
    shown = [local_time(county, 900.0 * number) for number in range(30 * 96)]
    assert month.tolist() == [moment.month - 1 for moment in shown]
    assert period.tolist() == [
        next(
            number
            for number, one in enumerate(periods)
            if moment.weekday() in one.days
            and within(moment.hour + moment.minute / 60.0, one.from_h, one.to_h % 24.0 or 24.0)
        )
        for moment in shown
    ]
