"""From files to the county: every number hand-worked on the tiny county."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pytest

from sim.county import AccidentClass, Duration, Location, Names, Need, NightTurnout, Period, Standard
from sim.engine import simulate
from sim.fate import draw_fate
from sim.scenarios.build import build_county, county_of, natural
from sim.scenarios.load import load_scenario
from sim.scenarios.settle import nearest_places
from sim.scenarios.timing import regimes

DEGREE_M = math.pi * 6_371_009 / 180


@pytest.fixture
def county(tiny_folder):
    return county_of(tiny_folder)


def test_what_the_county_is_called_and_when_it_starts(county):
    assert (county.code, county.names, county.time_zone) == (
        "tiny",
        Names("小县", "Tiny County"),
        "Asia/Shanghai",
    )
    assert county.start == datetime(2026, 1, 1)
    assert (county.policy, county.call_takers) == ("closest", 2)


def test_codes_become_numbers(county):
    assert county.capabilities == ("engine", "ambulance")
    assert county.profiles == ("fast", "slow")
    assert county.off_road_kph == (10.0, 5.0)
    assert county.start_loss_s == (5.0, 0.0)
    assert [(it.code, it.emergency, it.ordinary) for it in county.vehicle_classes] == [
        ("engine", 0, 1),
        ("ambulance", 0, 1),
    ]
    assert [(it.code, it.station, it.vehicle, it.capabilities, it.refit_s) for it in county.units] == [
        ("A1", 0, 1, frozenset({1}), 0.0),
        ("E1", 0, 0, frozenset({0}), 600.0),
        ("E2", 1, 0, frozenset({0}), 600.0),
    ]
    assert county.units[1].turnout == Duration("lognormal", 60.0, 0.35)
    assert county.units[2].turnout == Duration("constant", 300.0)
    assert [(it.code, it.target_s, it.emergency) for it in county.priorities] == [
        ("high", 480.0, True),
        ("low", 900.0, False),
    ]
    assert county.redirect == ((False, False), (True, False))


def test_kinds_with_their_run_cards_and_durations(county):
    fire, leak = county.kinds
    assert fire.run_cards == ((Need(0, 1),),)
    assert (fire.grade_p, fire.transport_p, fire.transport_capability, fire.harm) == ((1.0,), 0.0, None, None)
    assert (fire.care, fire.handover) == (Duration("constant", 0.0), Duration("constant", 0.0))
    assert leak.run_cards == ((Need(0, 1), Need(1, 1)), (Need(0, 2), Need(1, 1)))
    assert leak.handling == Duration("constant", 50.0)
    assert leak.control == Duration("exponential", 9000.0)
    assert leak.care == Duration("normal", 540.0, 60.0)
    assert (leak.transport_p, leak.transport_capability) == (0.4, 1)
    assert leak.harm.late_after == Duration("lognormal", 7200.0, 1.0)


def test_things_hang_on_their_nearest_node(county):
    assert [it.at for it in county.stations] == [
        Location(104.0, 30.0, 0, 0.0),
        Location(104.02, 30.01, 5, 0.0),
    ]
    assert [it.place for it in county.stations] == [0, 1]
    assert county.hospitals[0].at == Location(104.01, 30.01, 4, 0.0)
    near, far = county.sites
    east, north = 0.002 * DEGREE_M * math.cos(math.radians(30.005)), 0.001 * DEGREE_M
    assert (near.at.node, far.at.node) == (0, 5)
    assert near.at.access_m == pytest.approx(math.hypot(east, north), rel=1e-9)
    assert (near.place, far.place) == (0, 1)
    assert (far.rate_factor, far.owner, far.names) == (2.5, "李四", Names("冷库二", "Cold store 2"))


def test_a_place_claims_the_nodes_around_its_centre(county):
    """2 km² reach 1 km; the next node east is 963 m away, the one north 1112 m."""
    assert [place.nodes for place in county.places] == [(0, 1), (4, 5)]


def test_a_tiny_place_has_at_least_its_nearest_node(edited_county):
    county = county_of(edited_county(("places.csv", "30000,2,104,30", "30000,0.01,104.004,30.004")))
    assert county.places[0].nodes == (0,)
    assert county.places[0].centre.node == 0


def test_nearest_node_may_be_closed_to_sites(edited_county):
    nodes = "id,lon,lat,access\n" + "".join(
        f"n{n},{104 + 0.01 * ((n - 1) % 3)},{30 + 0.01 * ((n - 1) // 3)},{'no' if n == 1 else ''}\n"
        for n in range(1, 7)
    )
    county = county_of(edited_county(("nodes.csv", nodes)))
    assert county.stations[0].at.node == 1
    assert county.places[0].nodes == (1,)


def test_regimes_are_periods_by_weather(tiny_folder, county):
    assert county.periods == (
        Period("rush", 7.0, 9.0, frozenset({0, 1, 2, 3, 4})),
        Period("other", 0.0, 24.0, frozenset(range(7))),
    )
    assert [(it.code, it.names.en, it.monthly_p[0]) for it in county.weathers] == [
        ("dry", "Dry", 0.9),
        ("rain", "Rain", 0.1),
    ]
    assert county.weather_block_h == 6.0
    assert county.night_turnout == NightTurnout(1.5, 22.0, 6.0)
    factors = regimes(load_scenario(tiny_folder).settings, ("street", "county"))
    assert factors == [
        {"street": 0.8, "county": 1.0},
        {"street": 0.4, "county": 0.8},
        {"street": 1.0, "county": 1.0},
        {"street": 0.5, "county": 0.8},
    ]


def test_no_weather_is_always_dry(edited_county, tiny_folder):
    text = (tiny_folder / "scenario.yaml").read_text(encoding="utf-8")
    start, end = text.index("weather:"), text.index("capabilities:")
    county = county_of(edited_county(("scenario.yaml", text[:start] + text[end:])))
    assert [(it.code, it.names, it.monthly_p) for it in county.weathers] == [
        ("dry", Names("晴好", "Dry"), (1.0,) * 12)
    ]


def test_demand_is_spread_over_places_and_sites(county):
    streams = [
        (it.code, it.kind, it.per_year, it.place, it.site, it.on_roads, it.priority) for it in county.demand
    ]
    assert streams == [
        ("fire@places:T1", 0, 150.0, 0, None, False, None),
        ("fire@places:T2", 0, 50.0, 1, None, False, None),
        ("leak@sites:ammonia_store:X1", 1, 2.0, None, 0, False, None),
        ("leak@sites:ammonia_store:X2", 1, 5.0, None, 1, False, None),
        ("road_fire", 0, 20.0, None, None, True, 1),
    ]
    assert county.demand[0].hourly == pytest.approx([24 / 38] * 6 + [48 / 38] * 14 + [24 / 38] * 4)
    assert county.demand[0].monthly == (1.0,) * 12
    assert sum(county.demand[2].monthly) == pytest.approx(12)
    assert county.demand[2].monthly[6] == pytest.approx(3 * county.demand[2].monthly[0])


def test_demand_at_one_place_one_site_and_by_raster(edited_county):
    folder = edited_county(
        ("demand.csv", "kind,where,per_year\nfire,place:T2,7\nleak,site:X2,3\nfire,raster:people.csv,9\n"),
        ("people.csv", "lon,lat,weight,size_lon,size_lat\n104.01,30,3,0.01,0.02\n"),
    )
    place, site, raster = county_of(folder).demand
    assert (place.code, place.place, place.per_year) == ("fire@place:T2", 1, 7.0)
    assert (site.code, site.site, site.per_year) == ("leak@site:X2", 1, 3.0)
    assert (raster.cells.weight.tolist(), raster.cells.size_lat) == ([3.0], 0.02)


def test_incidents_given_are_listed(edited_county):
    folder = edited_county(
        ("incidents.csv", "time_s,kind,lon,lat,priority,hospital,transport\n60,leak,104,30.001,low,H1,no\n")
    )
    (given,) = county_of(folder).listed
    assert (given.time_s, given.kind, given.priority, given.hospital, given.transport) == (
        60.0,
        1,
        1,
        0,
        False,
    )
    assert (given.handling_s, given.control_s, given.handover_s) == (None, None, None)


def test_standards_and_the_accident_classes_of_decree_493(county):
    assert county.standards == (
        Standard(
            "town5",
            Names("Five minutes in town", "Five minutes in town"),
            "first_arrival",
            300.0,
            0.9,
            frozenset({"street"}),
            "建标152-2017",
        ),
    )
    thresholds = [(it.code, it.deaths, it.injuries, it.loss_cny) for it in county.accident_classes]
    assert thresholds == [
        ("ORDINARY", 1, 1, 1.0),
        ("LARGER", 3, 10, 10e6),
        ("MAJOR", 10, 50, 50e6),
        ("EXTRAORDINARY", 30, 100, 100e6),
    ]
    assert all("国务院令第493号" in it.source and "2007-06-01" in it.source for it in county.accident_classes)
    assert county.accident_classes[1].names == Names("较大事故", "Larger accident")


def test_a_county_may_have_accident_classes_of_its_own(edited_county):
    own = (
        "accident_classes:\n"
        "  - {code: ANY, name: {en: Any}, deaths: 1, injuries: 1, loss_cny: 100, source: county rule}\n"
        "sources:\n"
    )
    county = county_of(edited_county(("scenario.yaml", "sources:\n", own)))
    assert county.accident_classes == (AccidentClass("ANY", Names("Any", "Any"), 1, 1, 100.0, "county rule"),)


def test_the_islands_are_cut_and_facilities_stand_on_what_is_left(edited_county):
    folder = edited_county(
        ("nodes.csv", "n1,", "n0,104.05,30.05\nn01,104.051,30.05\nn1,"),
        ("roads.csv", "n1,n2", "n0,n01,100,street,no,,,no\nn1,n2"),
    )
    scenario = load_scenario(folder)
    assert [note.text() for note in scenario.notes] == [
        "roads.csv: 2 nodes (0.1 km of road, separate parts: 1) cannot be reached from the rest and back; "
        "they are left out"
    ]
    county = build_county(scenario)
    assert county.roads.n_nodes == 6
    assert [it.at.node for it in county.stations] == [0, 5]


def test_nearest_place_by_centre(tiny_folder):
    scenario = load_scenario(tiny_folder)
    assert nearest_places(scenario.places, scenario.sites) == [0, 1]
    assert nearest_places((), scenario.sites) == []


def test_listing_units_and_stations_in_another_order_gives_the_same_log(tiny_folder):
    def rows():
        county = county_of(tiny_folder)
        return simulate(county, draw_fate(county, 1, 0, 90 * 86400.0)).log.rows()

    before = rows()
    for name in ("units.csv", "stations.csv", "sites.csv", "places.csv"):
        header, *lines = (tiny_folder / name).read_text(encoding="utf-8").splitlines()
        (tiny_folder / name).write_text("\n".join([header, *reversed(lines)]) + "\n", encoding="utf-8")
    assert len(before) > 100
    assert np.array_equal(before, rows())


def test_codes_are_put_in_order_with_numbers_by_size():
    assert sorted(["E10", "E2", "A1", "E2b"], key=natural) == ["A1", "E2", "E2b", "E10"]
