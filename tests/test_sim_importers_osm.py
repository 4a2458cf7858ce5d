"""OpenStreetMap files become scenario folders: small drawn maps exactly, real extracts as a whole."""

import bz2
import gzip
import math
import re
import shutil
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest

from sim.scenarios.build import county_of
from sim.scenarios.importers.intake import network_of
from sim.scenarios.importers.osm import import_osm
from sim.scenarios.importers.osm_file import read_osm
from sim.scenarios.importers.rules import map_rules
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError

DATA = Path(__file__).parents[2] / "shared" / "data"
LIECHTENSTEIN = DATA / "osm_liechtenstein" / "liechtenstein-latest.osm.pbf"
BEATTY = DATA / "osm_beatty_nv" / "beatty.osm"
RULES = map_rules()


def needs(path):
    return pytest.mark.skipif(not path.exists(), reason=f"{path.name} is not in the shared data folder")


def tags_xml(tags):
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def node_xml(ref):
    return f'<nd ref="{ref}"/>'


def osm_text(nodes, ways, relations=(), ways_first=False):
    """Write a map: nodes {number: (lon, lat, tags)}, ways {number: (nodes, tags)}, relations as XML."""
    points = "".join(
        f'<node id="{number}" version="1" lon="{lon}" lat="{lat}">{tags_xml(tags)}</node>\n'
        for number, (lon, lat, tags) in nodes.items()
    )
    lines = "".join(
        f'<way id="{number}" version="1">{"".join(map(node_xml, refs))}{tags_xml(tags)}</way>\n'
        for number, (refs, tags) in ways.items()
    )
    body = lines + points if ways_first else points + lines
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n{body}{''.join(relations)}</osm>\n"
    )


def grid(letters="abcdefgh", **tags_by_letter):
    """Place nodes 1, 2, .. east of each other on the equator, 111.3 m apart."""
    return {n: (n / 1000, 0.0, tags_by_letter.get(letter, {})) for n, letter in enumerate(letters, start=1)}


def network(tmp_path, nodes, ways, country=None, **more):
    path = tmp_path / "map.osm"
    path.write_text(osm_text(nodes, ways, **more), encoding="utf-8")
    return network_of(read_osm(path, RULES, RULES.country(country)), path.name, RULES)


def arcs(table):
    """List arcs as (from, to, metres, class, km/h or None)."""
    return sorted(
        (
            table.node_code[table.tail[arc]],
            table.node_code[table.head[arc]],
            float(table.length_m[arc]),
            table.classes[table.road_class[arc]],
            None if math.isnan(table.speed_kph[arc]) else float(table.speed_kph[arc]),
        )
        for arc in range(table.n_arcs)
    )


def test_a_two_way_street_and_a_one_way_ring(tmp_path):
    nodes = {1: (0.0, 0.0, {}), 2: (0.001, 0.0, {}), 3: (0.001, 0.001, {}), 4: (0.002, 0.0, {})}
    ways = {
        10: ([1, 2], {"highway": "primary", "maxspeed": "30 mph"}),
        11: ([2, 3], {"highway": "residential", "oneway": "yes"}),
        12: ([4, 3], {"highway": "residential", "oneway": "-1"}),
        13: ([2, 4], {"highway": "tertiary", "oneway": "-1", "maxspeed": "50"}),
    }
    table, cut = network(tmp_path, nodes, ways)
    assert arcs(table) == [
        ("1", "2", 111.3, "provincial", 38.6),
        ("2", "1", 111.3, "provincial", 38.6),
        ("2", "4", pytest.approx(110.6 + 156.9, abs=0.2), "street", None),
        ("4", "2", 111.3, "township", 40.0),
    ]
    assert (cut.nodes, cut.arcs, cut.islands) == (0, 0, 0)


def test_a_roundabout_is_driven_one_way_round(tmp_path):
    nodes = {
        1: (0.0, 0.0, {}), 2: (0.001, 0.0, {}), 3: (0.001, 0.001, {}), 4: (0.0, 0.001, {}),
        5: (-0.001, 0.0, {}), 6: (0.002, 0.001, {}),
    }  # fmt: skip
    ways = {
        20: ([1, 2, 3, 4, 1], {"highway": "secondary", "junction": "roundabout", "maxspeed": "RU:urban"}),
        21: ([5, 1], {"highway": "secondary"}),
        22: ([3, 6], {"highway": "secondary"}),
    }
    table, _ = network(tmp_path, nodes, ways)
    ring = [row for row in arcs(table) if row[4] is not None]
    assert [row[:2] for row in ring] == [("1", "3"), ("3", "1")]
    assert [row[2] for row in ring] == [pytest.approx(221.9, abs=0.2)] * 2
    assert all(row[3:] == ("county", 48.0) for row in ring)
    assert len(arcs(table)) == 6


def test_a_ferry_takes_its_time_and_is_no_place_to_leave(tmp_path):
    nodes = {1: (0.0, 0.0, {}), 2: (0.001, 0.0, {}), 3: (0.011, 0.0, {}), 4: (0.012, 0.0, {})}
    ways = {
        30: ([1, 2], {"highway": "unclassified"}),
        31: ([2, 3], {"route": "ferry", "duration": "00:10", "name": "Crossing"}),
        32: ([3, 4], {"highway": "unclassified"}),
        33: ([1, 4], {"route": "ferry", "foot": "yes"}),
    }
    table, _ = network(tmp_path, nodes, ways)
    ferry = [row for row in arcs(table) if row[3] == "ferry"]
    seconds = sum(row[2] * 3.6 / row[4] for row in ferry) / 2
    assert len(ferry) == 2 * 3
    assert seconds == pytest.approx(600, rel=0.002)
    closed = [code for code, access in zip(table.node_code, table.access, strict=True) if not access]
    assert closed == ["m1", "m2"]
    assert table.road_names == (("", "Crossing", ""),)


def test_access_decides_who_drives(tmp_path):
    ways = {
        40: ([1, 2], {"highway": "residential"}),
        41: ([2, 3], {"highway": "residential", "access": "private"}),
        42: ([3, 4], {"highway": "residential", "motor_vehicle": "no"}),
        43: ([4, 5], {"highway": "residential"}),
    }
    path = tmp_path / "map.osm"
    path.write_text(osm_text(grid("abcde"), ways), encoding="utf-8")
    data = read_osm(path, RULES, RULES.country(None))
    table, cut = network_of(data, path.name, RULES)
    assert [row[:2] + row[3:4] for row in arcs(table)] == [
        ("1", "2", "street"), ("2", "1", "street"), ("2", "3", "service"), ("3", "2", "service"),
    ]  # fmt: skip
    assert data.skipped == {"closed to vehicles": 1}
    assert (cut.nodes, cut.arcs, cut.islands) == (2, 2, 1)


def test_ways_may_stand_before_their_nodes_and_lack_some(tmp_path):
    nodes = grid("abcd")
    ways = {50: ([1, 2, 99, 3, 4], {"highway": "residential"}), 51: ([2, 2, 3], {"highway": "residential"})}
    table, _ = network(tmp_path, nodes, ways, ways_first=True)
    assert [row[:3] for row in arcs(table)] == [("1", "4", 334.0), ("4", "1", 334.0)]


def test_deleted_things_are_not_there(tmp_path):
    text = osm_text(
        grid("abc"), {60: ([1, 2], {"highway": "residential"}), 61: ([2, 3], {"highway": "service"})}
    )
    path = tmp_path / "map.osm"
    path.write_text(text.replace('<way id="61" version="1"', '<way id="61" version="2" visible="false"'))
    table, _ = network_of(read_osm(path, RULES, RULES.country(None)), path.name, RULES)
    assert len(arcs(table)) == 2


def test_numbers_below_zero_are_numbers_of_an_unsaved_map(tmp_path):
    nodes = {-1: (0.001, 0.0, {}), -2: (0.002, 0.0, {}), 3: (0.003, 0.0, {"amenity": "fuel"})}
    table, _ = network(tmp_path, nodes, {-5: ([-1, -2, 3], {"highway": "residential"})})
    assert [row[:3] for row in arcs(table)] == [("-1", "3", 222.6), ("3", "-1", 222.6)]


def test_areas_drawn_by_several_ways_are_one_thing(tmp_path):
    corner = {1: (0.0, 0.0, {}), 2: (0.002, 0.0, {}), 3: (0.002, 0.002, {}), 4: (0.0, 0.002, {})}
    members = '<member type="way" ref="70" role="outer"/><member type="way" ref="71" role="outer"/>'
    area = {"type": "multipolygon", "landuse": "industrial", "industrial": "chemical", "name": "Works"}
    relation = f'<relation id="9" version="1">{members}{tags_xml(area)}</relation>'
    ways = {70: ([1, 2, 3], {}), 71: ([3, 4, 1], {}), 72: ([1, 2], {"highway": "residential"})}
    path = tmp_path / "map.osm"
    path.write_text(osm_text(corner, ways, [relation]), encoding="utf-8")
    (works,) = read_osm(path, RULES, RULES.country(None)).found
    assert (works.kind, works.code, works.name) == ("chemical", "r9", "Works")
    assert (works.lon, works.lat) == (pytest.approx(0.001), pytest.approx(0.001))


def small_town(tmp_path, name="town.osm"):
    """Draw two streets with a volunteer brigade, a fuel station and a village that names no people."""
    nodes = grid("abcdefgh") | {
        101: (0.0011, 0.0001, {"place": "town", "name": "Town", "name:zh": "镇", "population": "4,000"}),
        102: (0.0071, 0.0001, {"place": "village", "name": "Hamlet"}),
        103: (0.002, 0.0002, {"amenity": "fire_station", "name": "Freiwillige Feuerwehr"}),
        104: (0.004, 0.0002, {"amenity": "fuel"}),
        105: (0.5, 0.5, {"amenity": "police", "name": "Far away"}),
    }
    ways = {
        80: ([1, 2, 3, 4], {"highway": "residential", "name": "First Street"}),
        81: (
            [4, 5, 6, 7, 8],
            {"highway": "secondary", "name": "县道", "name:en": "County Road", "ref": "X1"},
        ),
    }
    path = tmp_path / name
    path.write_text(osm_text(nodes, ways), encoding="utf-8")
    return path


def test_a_small_map_becomes_a_scenario_that_builds(tmp_path):
    report = import_osm(small_town(tmp_path), tmp_path / "out", country="DE", population=8000, medical=True)
    county = county_of(tmp_path / "out")
    assert [(place.names.zh, place.population, place.kind) for place in county.places] == [
        ("镇", 6400, "street"),
        ("Hamlet", 1600, "township"),
    ]
    assert [station.kind for station in county.stations] == ["part_time"]
    assert [site.names.en for site in county.sites] == ["Fuel station 1"]
    assert county.time_zone == "Europe/Berlin"
    assert report.too_far == ("n105",)
    assert report.population == 8000
    assert any(kind.code == "medical_critical" and kind.category == "medical" for kind in county.kinds)
    assert sum(stream.per_year for stream in county.demand if "medical" in stream.code) == pytest.approx(120)


def test_every_assumption_stands_in_sources_in_both_languages(tmp_path):
    report = import_osm(small_town(tmp_path), tmp_path / "out")
    text = (tmp_path / "out" / "SOURCES.md").read_text(encoding="utf-8")
    for assumption in report.assumptions:
        assert f"({assumption.certainty})" in text
    for line in (
        report.lines("en")[-len(report.assumptions) :] + report.lines("zh")[-len(report.assumptions) :]
    ):
        assert f"- {line}\n" in text
    assert "town.osm: " in text
    assert "OpenStreetMap" in text


def test_the_report_speaks_both_languages(tmp_path):
    report = import_osm(small_town(tmp_path), tmp_path / "out")
    zh, en = report.lines("zh"), report.lines("en")
    assert len(zh) == len(en)
    assert all(ours != theirs for ours, theirs in zip(zh, en, strict=True))
    assert any("加油站 1" in line for line in zh)
    assert any("fuel stations 1" in line for line in en)


def test_seasons_turn_south_of_the_equator(tmp_path):
    path = small_town(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('lat="0.0"', 'lat="-0.0005"'), encoding="utf-8")
    import_osm(path, tmp_path / "south")
    import_osm(small_town(tmp_path), tmp_path / "north")
    south, north = (load_scenario(tmp_path / name).settings.monthly["fire"] for name in ("south", "north"))
    assert south == north[6:] + north[:6]


def test_a_map_without_anything_beside_its_roads_still_builds(tmp_path):
    path = tmp_path / "bare.osm"
    path.write_text(osm_text(grid(), {80: (list(range(1, 9)), {"highway": "residential"})}), encoding="utf-8")
    report = import_osm(path, tmp_path / "out", name="空县")
    county = county_of(tmp_path / "out")
    assert (len(county.places), len(county.stations), len(county.hospitals)) == (1, 1, 1)
    assert county.places[0].names.zh == "空县"
    assert report.population == county.places[0].population == 97


def folder_bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_map_gives_the_same_folder(tmp_path):
    path = small_town(tmp_path)
    import_osm(path, tmp_path / "one")
    import_osm(path, tmp_path / "two")
    assert folder_bytes(tmp_path / "one") == folder_bytes(tmp_path / "two")


@needs(LIECHTENSTEIN)
def test_liechtenstein_as_a_whole(tmp_path):
    report = import_osm(LIECHTENSTEIN, tmp_path / "li", country="LI")
    import_osm(LIECHTENSTEIN, tmp_path / "again", country="LI")
    assert folder_bytes(tmp_path / "li") == folder_bytes(tmp_path / "again")
    county = county_of(tmp_path / "li")
    assert (len(county.hospitals), report.found["fire_station"], report.found["fuel"]) == (1, 6, 13)
    assert 2800 < county.roads.n_nodes == report.nodes < 3600
    assert 30_000 < sum(place.population for place in county.places) < 50_000
    assert report.cut.nodes / report.nodes < 0.05
    assert max(snapped.largest_m for snapped in report.snapped) < 400
    assert all(station.at.access_m < 200 for station in county.stations)


@needs(LIECHTENSTEIN)
def test_the_arcs_of_liechtenstein_are_as_long_as_its_ways():
    data = read_osm(LIECHTENSTEIN, RULES, RULES.country("LI"))
    table, cut = network_of(data, "li", RULES)
    both = np.array([1 if line.road.oneway else 2 for line in data.lines])
    lon, lat = np.radians(data.points.lon), np.radians(data.points.lat)
    total = 0.0
    for line, times in zip(data.lines, both, strict=True):
        at = line.vertices
        north, east = np.diff(lat[at]), np.diff(lon[at]) * np.cos(lat[at][:-1])
        total += times * float(np.hypot(north, east).sum()) * 6_371_009
    assert table.length_m.sum() + 1000 * cut.km == pytest.approx(total, rel=0.01)
    assert table.length_m.max() <= 500.1


@needs(BEATTY)
@pytest.mark.parametrize("pack", [None, gzip.compress, bz2.compress])
def test_beatty_packed_in_any_way_gives_the_same_roads(tmp_path, pack):
    end = {None: "", gzip.compress: ".gz", bz2.compress: ".bz2"}[pack]
    path = tmp_path / f"beatty.osm{end}"
    path.write_bytes(pack(BEATTY.read_bytes()) if pack else BEATTY.read_bytes())
    report = import_osm(path, tmp_path / "out", country="US")
    county = county_of(tmp_path / "out")
    assert (report.nodes, report.arcs) == (401, 936)
    assert report.found["fire_station"] == 1
    assert [hospital.code for hospital in county.hospitals] == ["n2253441839"]
    assert "No hospital on the map: patients are taken to the clinics (A)" in report.lines("en")
    table = county.roads.table
    dusty = np.nanmax(table.speed_kph)
    assert dusty == 80.0
    assert 32.2 in table.speed_kph[~np.isnan(table.speed_kph)].round(1)


def refusal(tmp_path, path, **options):
    """Import a bad file; give the message, and make sure that nothing was left behind."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ScenarioError) as caught:
        import_osm(path, tmp_path / "out", **options)
    assert sorted(tmp_path.iterdir()) == before
    assert "\n" not in str(caught.value)
    assert caught.value.text("zh") != str(caught.value)
    return str(caught.value)


@needs(LIECHTENSTEIN)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.999])
def test_a_truncated_extract_is_refused(tmp_path, share):
    path = tmp_path / "cut.osm.pbf"
    data = LIECHTENSTEIN.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert refusal(tmp_path, path).startswith(
        "cut.osm.pbf: cannot be read to its end: cut short, damaged or not"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.osm.pbf", b"hello"),
        ("x.osm.pbf", b""),
        ("x.osm", b""),
        ("x.osm", b"<html></html>"),
        ("x.osm", b"<osm version='0.6'><node id='1' lon='0'"),
        ("x.osm.bz2", bz2.compress(b"<osm version='0.6'></osm>" * 50)[:-20]),
        ("x.osm.gz", gzip.compress(b"<osm version='0.6'></osm>" * 50, mtime=0)[:-20]),
        ("x.osm.gz", b"plain"),
    ],
)
def test_what_is_no_map_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path, tmp_path / name).startswith(f"{name}: cannot be read to its end")


def test_wrong_names_folders_and_absent_files_are_refused(tmp_path):
    shutil.copy(small_town(tmp_path), tmp_path / "town.csv")
    assert "town.csv: is not named like OpenStreetMap; these are read: .osm.pbf, " in refusal(
        tmp_path, tmp_path / "town.csv"
    )
    assert "is not there" in refusal(tmp_path, tmp_path / "absent.osm.pbf")
    (tmp_path / "folder.osm").mkdir()
    assert "is a folder, not a file" in refusal(tmp_path, tmp_path / "folder.osm")


def test_maps_without_a_network_are_refused(tmp_path):
    path = tmp_path / "map.osm"
    path.write_text(osm_text(grid("ab"), {1: ([1, 2], {"highway": "footway"})}), encoding="utf-8")
    assert refusal(tmp_path, path) == "map.osm: holds no road that vehicles may use"
    path.write_text(osm_text(grid("ab"), {1: ([1, 2], {"highway": "motorway"})}), encoding="utf-8")
    assert refusal(tmp_path, path) == (
        "map.osm: holds no two points that can be reached by road from one another and back"
    )


def test_wrong_options_are_refused(tmp_path):
    path = small_town(tmp_path)
    assert "country = ZZ: is not a country" in refusal(tmp_path, path, country="ZZ")
    assert refusal(tmp_path, path, time_zone="Mars/Base") == (
        "town.osm time_zone = Mars/Base: is not a time zone; write one such as Asia/Shanghai"
    )


def test_a_folder_in_use_is_left_alone(tmp_path):
    path, out = small_town(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    with pytest.raises(ScenarioError, match="is already there and not empty"):
        import_osm(path, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    (out / "mine.txt").unlink()
    import_osm(path, out)
    assert (out / "scenario.yaml").exists()


def test_a_parent_that_is_no_folder_is_named(tmp_path):
    path = small_town(tmp_path)
    with pytest.raises(OSError, match=re.escape(path.name)):
        import_osm(path, path / "out")


def test_a_failure_while_writing_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.scenarios.importers.intake.write_roads", full)
    path = small_town(tmp_path)
    with pytest.raises(OSError, match="No space left on device"):
        import_osm(path, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [path]
