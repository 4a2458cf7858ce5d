"""JEMSS cities become scenarios: what is taken over, and how wrong folders are refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from tiny_jemss import (
    ARCS,
    CALLS,
    CORNER,
    NODES,
    PEOPLE,
    PIXEL,
    geotiff,
    write_calls,
    write_city,
    write_roads,
)

from sim.scenarios.build import build_county
from sim.scenarios.importers.jemss import import_jemss
from sim.scenarios.importers.jemss_files import Law, find_files, read_law, worked_out
from sim.scenarios.importers.raster import read_density
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError

AUCKLAND = Path(__file__).parents[2] / "shared" / "data" / "jemss_auckland"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write_city(tmp_path / "tiny-city")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings(folder: Path) -> dict[str, object]:
    return yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))


def refusal(folder: Path, out: Path, **choices: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        import_jemss(folder, out, **choices)
    assert not out.exists()
    return str(caught.value)


def change(city: Path, name: str, old: str, new: str) -> None:
    path = city / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestImport:
    def test_the_folder_reads_as_a_scenario_and_builds(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        scenario = load_scenario(tmp_path / "out")
        assert scenario.notes == ()
        county = build_county(scenario)
        assert county.code == "tiny"
        assert [len(county.stations), len(county.hospitals), len(county.units)] == [2, 1, 2]
        assert county.profiles == ("lights", "ordinary")
        assert county.off_road_kph == (47.0, 33.0)
        assert county.call_takers == 0

    def test_stations_and_ambulances(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        stations, units = rows(tmp_path / "out/stations.csv"), rows(tmp_path / "out/units.csv")
        assert [(s["code"], s["name_en"], s["lon"], s["lat"], s["kind"]) for s in stations] == [
            ("s1", "North", "174.7", "-36.8", "ambulance"),
            ("s2", "South, Old", "174.72", "-36.82", "ambulance"),
        ]
        assert [(u["station"], u["capabilities"], u["turnout_median_s"]) for u in units] == [
            ("s1", "ambulance", "0"),
            ("s2", "ambulance", "0"),
        ]

    def test_durations_are_seconds(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        kind = settings(tmp_path / "out")["kinds"]["call"]
        assert kind["handling"] == {"constant_s": 50}
        assert kind["control"] == kind["care"] == {"exponential_mean_s": 720}
        assert kind["handover"] == {"exponential_mean_s": 900}
        assert kind["transport_p"] == 0.8

    def test_priorities_say_who_drives_with_lights(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        told = settings(tmp_path / "out")
        facts = [(p["code"], p["target_s"], p.get("emergency", True)) for p in told["priorities"]]
        assert facts == [("high", 480, True), ("medium", 480, True), ("low", 1200, False)]
        assert told["redirect"] == [["low", "high"], ["medium", "high"]]

    def test_demand_follows_the_mix_of_priorities(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        demand = rows(tmp_path / "out/demand.csv")
        per_day = {row["priority"]: float(row["per_year"]) / 365 for row in demand}
        assert per_day == pytest.approx({"high": 140, "medium": 70, "low": 70})
        assert {row["where"] for row in demand} == {"raster:density.csv"}

    def test_roads_keep_the_times_of_both_modes(self, city, tmp_path):
        report = import_jemss(city, tmp_path / "out")
        roads = load_scenario(tmp_path / "out").roads
        assert (roads.n_nodes, roads.n_arcs) == (4, 6)
        assert list(roads.access) == [True, False, True, True]
        assert (report.cut.nodes, report.cut.islands) == (1, 1)
        first = (roads.tail == 0) & (roads.head == 1)
        assert roads.times_s[:, first][:, 0] == pytest.approx([0.0008 * 86400, 0.0011 * 86400])
        assert roads.length_m[first] == pytest.approx([900])

    def test_lengths_as_the_crow_flies_where_the_file_has_none(self, city, tmp_path):
        arcs = "\n".join(
            ",".join(cell for i, cell in enumerate(line.split(",")) if i != 3) if "," in line[1:] else line
            for line in ARCS.splitlines()
        )
        write_roads(city, NODES, arcs.replace("arcForm,numModes,", "arcForm,numModes"))
        import_jemss(city, tmp_path / "out")
        roads = load_scenario(tmp_path / "out").roads
        assert roads.length_m[(roads.tail == 1) & (roads.head == 2)] == pytest.approx([1113], rel=0.01)

    def test_density_leaves_out_empty_cells_and_no_data(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        cells = rows(tmp_path / "out/density.csv")
        assert [(c["lon"], c["lat"], c["weight"]) for c in cells] == [
            ("174.715", "-36.81", "500"),
            ("174.705", "-36.83", "250"),
            ("174.725", "-36.83", "1000"),
        ]
        place = rows(tmp_path / "out/places.csv")[0]
        assert int(place["population"]) == pytest.approx(1750 * 0.89 * 2.2264, rel=0.01)

    def test_without_a_raster_calls_come_along_the_roads(self, city, tmp_path):
        (city / "data/people.zip").unlink()
        report = import_jemss(city, tmp_path / "out")
        assert {row["where"] for row in rows(tmp_path / "out/demand.csv")} == {"roads"}
        assert any("along the roads" in line for line in report.lines("en"))

    def test_one_way_of_driving_for_all(self, city, tmp_path):
        change(city, "models/1/travel/travel/travel_1.csv", "lowPriority,2", "lowPriority,1")
        import_jemss(city, tmp_path / "out")
        told = settings(tmp_path / "out")
        assert told["profiles"] == {"ordinary": {"off_road_kph": 47}}
        assert [p["emergency"] for p in told["priorities"]] == [False, False, False]

    def test_redispatch_table_of_the_users_choice(self, city, tmp_path):
        import_jemss(city, tmp_path / "out", redispatch=Path("off.csv"))
        assert "redirect" not in settings(tmp_path / "out")

    def test_the_model_folder_alone_will_do(self, city, tmp_path):
        import_jemss(city / "models/1", tmp_path / "out", redispatch=Path("lower_to_high.csv"))
        assert settings(tmp_path / "out")["code"] == "1"
        assert len(rows(tmp_path / "out/units.csv")) == 2

    def test_the_same_twice_writes_the_same(self, city, tmp_path):
        for name in ("one", "two"):
            import_jemss(city, tmp_path / name, calls=write_calls(tmp_path / "calls.csv"))
        for path in sorted((tmp_path / "one").iterdir()):
            twin = (tmp_path / "two" / path.name).read_bytes()
            assert path.read_bytes() == twin.replace(b"/two", b"/one")

    def test_sources_name_files_licences_and_assumptions_in_both_languages(self, city, tmp_path):
        import_jemss(city, tmp_path / "out")
        text = (tmp_path / "out/SOURCES.md").read_text("utf-8")
        assert "Open Database License" in text
        assert "models/1/travel/roads/roads.zip" in text
        assert "Calls come evenly over the day and the year" in text
        assert "## 中文" in text
        chinese = text.split("## English")[0]
        assert "Calls come evenly" not in chinese


class TestGivenCalls:
    @pytest.mark.parametrize("name", ["calls.csv", "calls.csv.gz"])
    def test_calls_become_incidents(self, city, tmp_path, name):
        import_jemss(city, tmp_path / "out", calls=write_calls(tmp_path / name))
        incidents = rows(tmp_path / "out/incidents.csv")
        assert incidents[0] == {
            "time_s": "21600",
            "kind": "call",
            "lon": "174.701",
            "lat": "-36.801",
            "priority": "high",
            "handling_s": "43.2",
            "control_s": "864",
            "transport": "yes",
            "hospital": "",
            "handover_s": "432",
        }
        assert [(i["priority"], i["transport"], i["hospital"]) for i in incidents[1:]] == [
            ("low", "no", ""),
            ("medium", "yes", "h1"),
        ]
        listed = build_county(load_scenario(tmp_path / "out")).listed
        assert [call.hospital for call in listed] == [None, None, 0]

    def test_in_the_form_of_a_calls_file_with_a_start_time(self, city, tmp_path):
        text = "miscData,,\nstartTime,,\n0,,\n,,\ncalls,,\n" + CALLS
        import_jemss(city, tmp_path / "out", calls=write_calls(tmp_path / "calls.csv", text))
        assert len(rows(tmp_path / "out/incidents.csv")) == 3

    def test_columns_as_older_versions_called_them(self, city, tmp_path):
        text = CALLS.replace("transport,", "transfer,").replace("handoverDuration", "transferDuration")
        import_jemss(city, tmp_path / "out", calls=write_calls(tmp_path / "calls.csv", text))
        assert rows(tmp_path / "out/incidents.csv")[2]["handover_s"] == "432"

    def test_only_the_first_days(self, city, tmp_path):
        import_jemss(city, tmp_path / "out", calls=write_calls(tmp_path / "calls.csv"), days=1)
        assert len(rows(tmp_path / "out/incidents.csv")) == 2

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("\n1,1,", "\n1,4,", "calls.csv:2:2 priority = 4: must be 1, 2 or 3"),
            ("2,3,174.719", "2,3,twelve", "calls.csv:3:3 x = twelve: must be a number"),
            (",1.5,", ",0.1,", "calls.csv:4:5 arrivalTime = 0.1: must not be before the call above (or 0)"),
            (",1,1,0.005", ",1,9,0.005", "calls.csv:4:9 hospitalIndex = 9: is not a hospital"),
            ("priority", "urgency", "calls.csv: table rows has no column priority"),
        ],
    )
    def test_wrong_calls_are_refused(self, city, tmp_path, old, new, message):
        path = write_calls(tmp_path / "calls.csv", CALLS.replace(old, new, 1))
        assert refusal(city, tmp_path / "out", calls=path) == message

    def test_calls_that_are_not_there(self, city, tmp_path):
        assert refusal(city, tmp_path / "out", calls=tmp_path / "none.csv") == "none.csv: is not there"
        assert refusal(city, tmp_path / "out", calls=tmp_path).endswith("is a folder, not a file")

    def test_a_truncated_archive_is_refused(self, city, tmp_path):
        path = write_calls(tmp_path / "calls.csv.gz")
        path.write_bytes(path.read_bytes()[:-20])
        assert refusal(city, tmp_path / "out", calls=path).startswith("calls.csv.gz: cannot be read: ")


class TestRefusals:
    def test_not_a_folder(self, tmp_path):
        assert refusal(tmp_path / "nowhere", tmp_path / "out").endswith("nowhere: is not a folder")

    def test_not_a_city(self, tmp_path):
        (tmp_path / "photos").mkdir()
        message = refusal(tmp_path / "photos", tmp_path / "out")
        assert message.startswith("photos: is not a JEMSS city: it holds no models/1/ with ")

    @pytest.mark.parametrize(
        ("name", "old", "new", "message"),
        [
            (
                "models/1/ambulances/ambulances_1.csv",
                "2,2,1",
                "2,7,1",
                "models/1/ambulances/ambulances_1.csv:4:2 stationIndex = 7: is not a station; there are 2",
            ),
            (
                "models/1/hospitals/hospitals_1.csv",
                "-36.81",
                "12:30",
                "models/1/hospitals/hospitals_1.csv:3:3 y = 12:30: must be a number",
            ),
            (
                "models/1/stations/stations_1.csv",
                "\n2,",
                "\n3,",
                "models/1/stations/stations_1.csv:4:1 index = 3: must be 2",
            ),
            (
                "models/1/stations/stations_1.csv",
                "stations,",
                "bases,",
                "stations_1.csv: has no table stations, or an empty one",
            ),
            (
                "models/1/travel/travel/travel_1.csv",
                "lowPriority",
                "noPriority",
                "models/1/travel/travel/travel_1.csv:10:2 priority = noPriority: is not a priority; "
                "JEMSS has highPriority, medPriority, lowPriority",
            ),
            (
                "models/1/calls/single/gen_config.xml",
                "Exponential(12/60/24)",
                "__import__('os').getcwd()",
                "models/1/calls/single/gen_config.xml callDistributions.onSceneDuration = "
                "__import__('os').getcwd(): must be a distribution such as Exponential(12/60/24)",
            ),
            (
                "models/1/calls/single/gen_config.xml",
                "Exponential(12/60/24)",
                "Weibull(1, 2)",
                "gen_config.xml: onSceneDuration is drawn from Weibull; "
                "only Exponential, Normal and LogNormal can be taken over",
            ),
            (
                "models/1/calls/single/gen_config.xml",
                "<genConfig>",
                "<genConfig",
                "models/1/calls/single/gen_config.xml:2: is not well-formed XML",
            ),
        ],
    )
    def test_one_wrong_file(self, city, tmp_path, name, old, new, message):
        change(city, name, old, new)
        assert refusal(city, tmp_path / "out") == message

    def test_a_missing_file(self, city, tmp_path):
        (city / "models/1/hospitals/hospitals_1.csv").unlink()
        message = "tiny-city: is not a whole JEMSS city: no hospitals file in 1/hospitals"
        assert refusal(city, tmp_path / "out") == message

    def test_a_road_to_a_missing_node(self, city, tmp_path):
        write_roads(city, NODES, ARCS.replace("3,3,4", "3,3,9"))
        message = "models/1/travel/roads/roads.zip/arcs.csv:9:3 toNode = 9: is not a node; there are 5"
        assert refusal(city, tmp_path / "out") == message

    def test_a_damaged_archive_of_roads(self, city, tmp_path):
        archive = city / "models/1/travel/roads/roads.zip"
        archive.write_bytes(archive.read_bytes()[:100])
        assert refusal(city, tmp_path / "out").startswith("models/1/travel/roads/roads.zip: cannot be read: ")

    def test_more_than_two_ways_of_driving(self, city, tmp_path):
        travel = "models/1/travel/travel/travel_1.csv"
        change(city, travel, "2,792", "3,900,\n2,792")
        change(city, travel, "1,medPriority,1", "1,medPriority,3")
        arcs = ARCS.replace("undirected,2", "undirected,3").replace("mode_2,", "mode_2,mode_3")
        arcs = arcs.replace("0.0011\n", "0.0011,0.001\n").replace("0.0014\n", "0.0014,0.001\n")
        write_roads(city, NODES, arcs.replace("0.0010\n,", "0.0010,0.001\n,"))
        message = "travel_1.csv: gives priorities more than two travel modes; at most two can be taken over"
        assert refusal(city, tmp_path / "out") == message

    def test_a_redispatch_table_that_is_not_there(self, city, tmp_path):
        message = refusal(city, tmp_path / "out", redispatch=Path("sometimes.csv"))
        assert message == "sometimes.csv: there is no such file"

    def test_a_folder_in_the_way(self, city, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.txt").write_text("precious")
        with pytest.raises(ScenarioError, match="already there and not empty"):
            import_jemss(city, tmp_path / "out")
        assert (tmp_path / "out" / "thesis.txt").read_text() == "precious"


class TestRaster:
    def test_cells_lie_where_the_corner_says(self, tmp_path):
        (tmp_path / "people.tif").write_bytes(geotiff(PEOPLE))
        cells = read_density(tmp_path / "people.tif")
        assert cells.weight.tolist() == [500, 250, 1000]
        assert cells.lon[0] == pytest.approx(CORNER[0] + 1.5 * PIXEL[0])
        assert cells.lat[0] == pytest.approx(CORNER[1] - 0.5 * PIXEL[1])
        assert (cells.size_lon, cells.size_lat) == PIXEL

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"not a picture", "is not a GeoTIFF that can be read, or it is damaged"),
            (geotiff(PEOPLE)[:-8], "is not a GeoTIFF that can be read, or it is damaged"),
            (
                geotiff(PEOPLE, compression=5),
                "is compressed in a way that cannot be read; save it uncompressed",
            ),
            (geotiff(PEOPLE, system=2193), "must give longitude and latitude in WGS84 (EPSG:4326)"),
            (geotiff(PEOPLE, extra=(322,)), "must be stored in strips, with one band"),
        ],
    )
    def test_other_files_are_refused(self, tmp_path, data, message):
        (tmp_path / "people.tif").write_bytes(data)
        with pytest.raises(ScenarioError) as caught:
            read_density(tmp_path / "people.tif")
        assert str(caught.value) == f"people.tif: {message}"


class TestFigures:
    @pytest.mark.parametrize(
        ("text", "value"), [("5", 5), ("50/60/60/24", 50 / 86400), ("-(1 + 2)*4.5e1", -135), ("=3", None)]
    )
    def test_small_sums(self, text, value):
        if value is None:
            with pytest.raises(ValueError, match="=3"):
                worked_out(text)
        else:
            assert worked_out(text) == pytest.approx(value)

    @pytest.mark.parametrize(
        "text", ["?", "1/0", "2**9", "a", "print(1)", "1e999", "[1]", "'5'", "True and 2"]
    )
    def test_nothing_else_is_worked_out(self, text):
        with pytest.raises(ValueError, match=re.escape(text)):
            worked_out(text)

    def test_distributions(self):
        assert read_law("Normal(50/5, 0)") == Law("Normal", (10.0, 0.0))
        assert read_law("Categorical([0.57, 0.245, 0.185])").parameters == (0.57, 0.245, 0.185)

    @pytest.mark.parametrize("text", ["Exponential", "5", "x.y(3)", "Normal(mu=1)", "Exponential(os)"])
    def test_what_is_no_distribution(self, text):
        with pytest.raises(ValueError, match=r".+"):
            read_law(text)


@pytest.mark.skipif(not AUCKLAND.is_dir(), reason="../shared/data/jemss_auckland is not here")
class TestAuckland:
    def test_files_are_those_of_the_example(self):
        found = find_files(AUCKLAND).found
        assert found["callGenConfig"].parts[-4:] == ("calls", "reps", "train", "gen_config.xml")
        assert found["redispatch"].name == "redispatch_lower_to_high.csv"

    def test_the_city_becomes_a_county(self, tmp_path):
        report = import_jemss(AUCKLAND, tmp_path / "akl")
        assert (report.nodes, report.arcs, report.cut.nodes) == (54370, 90638, 0)
        assert report.population == pytest.approx(1_280_000, rel=0.01)
        county = build_county(load_scenario(tmp_path / "akl"))
        assert [len(county.stations), len(county.hospitals), len(county.units)] == [14, 4, 16]
        per_day = {county.priorities[d.priority].code: d.per_year / 365 for d in county.demand}
        assert per_day == pytest.approx({"high": 159.6, "medium": 68.6, "low": 51.8})
        assert np.array(county.redirect).tolist() == [[False] * 3, [True, False, False], [True, False, False]]
