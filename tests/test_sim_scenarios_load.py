"""A good folder reads whole, however it was written, and edits in code are held to the same rules."""

from __future__ import annotations

from datetime import datetime

import pytest

from sim.scenarios.checks import check_scenario, checked
from sim.scenarios.fields import LogNormal
from sim.scenarios.headers import chinese_header
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import Problem, ScenarioError, known_or_near
from sim.scenarios.rows import UnitRow
from sim.scenarios.scenario import Scenario


def notes(scenario):
    return [note.text() for note in scenario.notes]


def edited(scenario, **changes):
    """Make another scenario with some parts replaced."""
    parts = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario(**{**parts, **changes})


def test_tiny_county_reads_whole(tiny_folder):
    scenario = load_scenario(tiny_folder)
    assert notes(scenario) == []
    assert scenario.folder == tiny_folder
    assert scenario.settings.start == datetime(2026, 1, 1)
    assert list(scenario.settings.profiles) == ["fast", "slow"]
    assert scenario.settings.kinds["fire"].handling == LogNormal(median_s=45, sigma=0.45)
    assert scenario.units[1] == UnitRow(
        code="E2",
        name="二号车",
        name_en="Engine 2",
        station="S2",
        vehicle_class="engine",
        capabilities=("engine",),
        turnout_median_s=300.0,
        turnout_sigma=0.0,
        refit_s=600.0,
    )
    assert scenario.sites[1].place is None
    assert [row.stream for row in scenario.demand] == ["fire@places", "leak@sites:ammonia_store", "road_fire"]
    assert scenario.incidents is None
    assert scenario.roads.n_nodes == 6


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_chinese_headers_crlf_and_encodings_say_the_same(tiny_folder, encoding):
    plain = load_scenario(tiny_folder)
    for path in tiny_folder.glob("*.csv"):
        header, _, rest = path.read_text(encoding="utf-8").partition("\n")
        header = ",".join(map(chinese_header, header.split(",")))
        rest = rest.replace(",no", ",否").replace(",yes", ",是")
        path.write_bytes(f"{header}\n{rest}".replace("\n", "\r\n").encode(encoding))
    assert load_scenario(tiny_folder) == plain


def test_messages_point_at_chinese_headers_by_their_english_names(tiny_folder):
    path = tiny_folder / "hospitals.csv"
    path.write_text("名称,编码,纬度,经度\n县医院,H1,30.01,12:30\n", encoding="gb18030")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tiny_folder)
    assert str(caught.value) == "hospitals.csv:2:4 lon = 12:30: is a time of day; a number is due"
    assert caught.value.text("zh") == "hospitals.csv:2:4 lon（经度） = 12:30：是时刻；此处应为数字"


def test_what_is_worth_knowing_is_noted(edited_county):
    folder = edited_county(
        ("hospital.csv", "code,name,lon,lat\n"),
        ("thoughts.csv", "a\n1\n"),
        ("notes.txt", "not a table"),
        ("run_cards.csv", "leak,1,ambulance,1\n", ""),
        ("places.csv", "104.02,30.01", "104.1,30.01"),
        ("demand.csv", "kind,where,per_year\n"),
        (
            "scenario.yaml",
            "speed_factor: {street: 0.8}}\n",
            'speed_factor: {street: 0.8}}\n  - {code: early, from: "06:00", to: "08:00", speed_factor: {}}\n',
        ),
    )
    assert notes(load_scenario(folder)) == [
        "scenario.yaml:21:5 periods.2 = early: overlaps period rush, "
        "which stands before it and holds where both could",
        "scenario.yaml:54:5 kinds.leak.transport_p = 0.4: "
        "patients are carried by ambulance, but the run card for grade 1 asks for none",
        "places.csv:3:7 lon = 104.1: is 7.7 km away from the nearest road",
        "demand.csv: holds no row: nothing will happen",
        "hospital.csv: is not read; did you mean hospitals.csv?",
        "thoughts.csv: is not read",
    ]


def test_incidents_given_instead_of_drawn(edited_county):
    folder = edited_county(
        (
            "incidents.csv",
            "time_s,kind,lon,lat,transport,hospital,handling_s\n0,fire,104,30,,,\n60.5,leak,104,30,是,H1,45\n",
        )
    )
    first, second = load_scenario(folder).incidents
    assert (first.time_s, first.transport, first.hospital, first.handling_s) == (0.0, None, None, None)
    assert (second.time_s, second.transport, second.hospital, second.handling_s) == (60.5, True, "H1", 45.0)


def test_a_density_raster(edited_county):
    folder = edited_county(
        ("demand.csv", "fire,roads", "fire,raster:people.csv"),
        ("people.csv", "经度,纬度,权重,格宽经度,格高纬度\n104.01,30,3,0.01,0.01\n104.02,30,1,0.01,0.01\n"),
    )
    cells = load_scenario(folder).rasters["people.csv"]
    assert cells.lon.tolist() == [104.01, 104.02]
    assert cells.weight.tolist() == [3.0, 1.0]
    assert (cells.size_lon, cells.size_lat) == (0.01, 0.01)


def test_an_edit_in_code_is_checked_like_a_file(tiny_folder):
    scenario = load_scenario(tiny_folder)
    assert checked(scenario) is scenario
    lost = scenario.units[0].model_copy(update={"station": "S9"})
    far = scenario.sites[1].model_copy(update={"lon": 120.0})
    worse = edited(scenario, units=(lost, *scenario.units[1:]), sites=(scenario.sites[0], far))
    assert [problem.text() for problem in check_scenario(worse)] == [
        "units.csv:2:4 station = S9: names no station; known: S1, S2",
        "sites.csv:3:6 lon = 120: is off the map: the roads here call for 103.8 to 104.22",
    ]
    with pytest.raises(ScenarioError):
        checked(worse)


def test_models_are_strict_and_frozen(tiny_folder):
    scenario = load_scenario(tiny_folder)
    with pytest.raises(ValueError, match="frozen"):
        scenario.settings.policy = "area_first"
    with pytest.raises(ValueError, match="valid number"):
        LogNormal(median_s="5", sigma=1.0)
    with pytest.raises(ValueError, match="Extra inputs"):
        LogNormal(median_s=5.0, sigma=1.0, mean=3)


def test_scenarios_are_equal_when_they_say_the_same(tiny_folder, tmp_path, write_tiny_county):
    one, other = load_scenario(tiny_folder), load_scenario(write_tiny_county(tmp_path / "again"))
    assert one == other
    roads = (tiny_folder / "roads.csv").read_text(encoding="utf-8")
    (tiny_folder / "roads.csv").write_text(roads.replace("1110", "1111"), encoding="utf-8")
    assert load_scenario(tiny_folder) != other
    assert one != "tiny"


def test_problems_speak_both_tongues():
    problem = Problem("stations.csv", 4, 6, "lon", 999.0, "must be at most {limit}", {"limit": 180.0})
    assert problem.text() == "stations.csv:4:6 lon = 999: must be at most 180"
    assert problem.text("zh") == "stations.csv:4:6 lon（经度） = 999：应不大于 180"
    assert str(ScenarioError([problem, Problem("a.csv", message_id="is missing")])).splitlines() == [
        "stations.csv:4:6 lon = 999: must be at most 180",
        "a.csv: is missing",
    ]


def test_near_words():
    assert known_or_near("E33", ["E1", "E3"]) == ("near", {"near": "E3"})
    assert known_or_near("e1", ["E1", "Z"])[1] == {"near": "E1"}
    assert known_or_near("xyz", []) == ("none", {})
    ending, values = known_or_near("xyz", [f"K{n}" for n in range(20)])
    assert (ending, values["known"]) == ("known", "K0, K1, K2, K3, K4, K5, K6, K7, …")
