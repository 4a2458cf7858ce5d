"""GraphML, GeoJSON and tables of nodes and arcs become the same kind of scenario."""

import json
import math
from pathlib import Path

import pytest

from sim.scenarios.build import county_of
from sim.scenarios.importers.arcs_csv import import_arcs, read_arcs
from sim.scenarios.importers.geojson import import_geojson, read_geojson
from sim.scenarios.importers.graphml import import_graphml, read_graphml
from sim.scenarios.importers.intake import network_of
from sim.scenarios.importers.rules import map_rules
from sim.scenarios.problems import ScenarioError

DATA = Path(__file__).parents[2] / "shared" / "data"
TURKOGLU = DATA / "graphml_turkoglu" / "graph_turkoglu.graphml"
RULES = map_rules()
WORLD = RULES.country(None)


def arcs(data):
    """List the arcs of a map as (from, to, metres, class, km/h or None)."""
    table, _ = network_of(data, "map", RULES)
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


def folder_bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def refusal(tmp_path, read, *paths):
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ScenarioError) as caught:
        read(*paths, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before
    assert all(line != other for line, other in zip(
        str(caught.value).splitlines(), caught.value.text("zh").splitlines(), strict=True
    ))  # fmt: skip
    return str(caught.value)


# ------------------------------------------------------------------------------------------------- GraphML
def graphml(nodes, edges, directed=True, graph=()):
    """Write GraphML: nodes {id: {key: value}}, edges [(from, to, {key: value})], graph attributes."""
    keys = {key for data in nodes.values() for key in data}, {key for *_, data in edges for key in data}
    lines = [
        f'<key id="{kind}{key}" for="{kind}" attr.name="{key}" attr.type="string"/>'
        for kind, names in zip(("node", "edge"), map(sorted, keys), strict=True)
        for key in names
    ]
    lines += [f'<key id="graph{key}" for="graph" attr.name="{key}" attr.type="string"/>' for key, _ in graph]
    lines.append(f'<graph edgedefault="{"directed" if directed else "undirected"}">')
    lines += [f'<data key="graph{key}">{value}</data>' for key, value in graph]
    for node, data in nodes.items():
        lines.append(f'<node id="{node}">{data_xml("node", data)}</node>')
    for tail, head, data in edges:
        lines.append(f'<edge source="{tail}" target="{head}">{data_xml("edge", data)}</edge>')
    body = "\n".join(lines)
    return f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n{body}\n</graph></graphml>'


def data_xml(kind, data):
    return "".join(f'<data key="{kind}{key}">{value}</data>' for key, value in data.items())


THREE = {"a": {"x": 0.0, "y": 0.0}, "b": {"x": 0.001, "y": 0.0}, "c": {"x": 0.002, "y": 0.0}}


def written(tmp_path, text, name="map.graphml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_osmnx_edges_become_roads_and_one_way_streets(tmp_path):
    street = {"highway": "residential", "oneway": "False", "length": "120.04", "maxspeed": "['30', '50']"}
    one = {"highway": "['primary', 'secondary']", "oneway": "True", "length": "90", "maxspeed": "50"}
    back = {"highway": "tertiary", "oneway": "True", "length": "200", "speed_kph": "33.5"}
    edges = [
        ("a", "b", street),
        ("b", "a", street),
        ("b", "c", one),
        ("c", "a", back),
        ("a", "c", {**back, "highway": "footway"}),
    ]
    data = read_graphml(written(tmp_path, graphml(THREE, edges)), RULES, WORLD)
    assert arcs(data) == [
        ("a", "b", 120.0, "street", 24.0),
        ("b", "a", 120.0, "street", 24.0),
        ("b", "c", 90.0, "provincial", 40.0),
        ("c", "a", 200.0, "township", 33.5),
    ]
    assert data.skipped == {"not for vehicles": 1}


def test_the_course_of_an_edge_is_kept(tmp_path):
    course = "LINESTRING (0 0, 0 0.004, 0.001 0.004, 0.001 0)"
    street = {"highway": "residential", "oneway": "False", "length": "1000", "geometry": course}
    data = read_graphml(
        written(tmp_path, graphml(THREE, [("a", "b", street), ("b", "a", street)])), RULES, WORLD
    )
    table, _ = network_of(data, "map", RULES)
    assert table.length_m.tolist() == [500.0] * 4
    middle = table.node_code.index("m1")
    assert (table.lon[middle], table.lat[middle]) == (pytest.approx(0.0005), pytest.approx(0.004))


def test_undirected_networks_are_driven_both_ways(tmp_path):
    text = graphml(THREE, [("a", "b", {"class": "county"}), ("b", "c", {"class": "省道"})], directed=False)
    assert [row[:2] + row[3:4] for row in arcs(read_graphml(written(tmp_path, text), RULES, WORLD))] == [
        ("a", "b", "county"),
        ("b", "a", "county"),
        ("b", "c", "provincial"),
        ("c", "b", "provincial"),
    ]


def test_projected_networks_are_turned_into_degrees(tmp_path):
    nodes = {"a": {"x": 500000, "y": 0}, "b": {"x": 500400, "y": 0}}
    street = {"highway": "residential", "geometry": "LINESTRING (500000 0, 500200 300, 500400 0)"}
    text = graphml(nodes, [("a", "b", street), ("b", "a", street)], graph=[("crs", "epsg:32650")])
    data = read_graphml(written(tmp_path, text), RULES, WORLD)
    assert data.points.lon[0] == pytest.approx(117.0)
    assert arcs(data)[0][2] == pytest.approx(2 * math.hypot(200, 300) / 0.9996 / 2, rel=0.001)


@pytest.mark.skipif(not TURKOGLU.exists(), reason="the GraphML of Türkoğlu is not in the shared data folder")
def test_turkoglu_as_a_whole(tmp_path):
    report = import_graphml(TURKOGLU, tmp_path / "tk", country="TR", population=75_000)
    import_graphml(TURKOGLU, tmp_path / "again", country="TR", population=75_000)
    assert folder_bytes(tmp_path / "tk") == folder_bytes(tmp_path / "again")
    county = county_of(tmp_path / "tk")
    assert 1307 <= county.roads.n_nodes == report.nodes < 1500
    assert report.length_km + 2 * report.cut.km == pytest.approx(452, rel=0.01)
    assert county.time_zone == "Europe/Istanbul"
    assert [place.population for place in county.places] == [75_000]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "<graphml><graph>",
            "map.graphml:1:17: is not well-formed XML here: it is cut short, damaged or not GraphML",
        ),
        ("", "map.graphml:1:1: is not well-formed XML here"),
        ("<osm/>", "map.graphml: is XML but not a GraphML network"),
        (
            graphml({"a": {"x": 1}}, []),
            "map.graphml: node a has no position: x and y, or lon and lat, are due",
        ),
        (
            graphml({"a": {"x": 1, "y": "north"}}, []),
            "map.graphml y = north: must be a number such as 12.5 (node a)",
        ),
        (
            graphml({"a": {"x": 1, "y": 91}}, []),
            "map.graphml: 1 positions are off the map, the first at 1, 91",
        ),
        (graphml(THREE, []), "map.graphml: holds no road that vehicles may use"),
        (graphml({}, []), "map.graphml: holds no road that vehicles may use"),
        (
            graphml(THREE, [], graph=[("crs", "moon")]),
            "map.graphml crs = moon: is not a coordinate system anybody",
        ),
    ],
)
def test_bad_graphml_is_refused(tmp_path, text, message):
    assert refusal(tmp_path, import_graphml, written(tmp_path, text)).startswith(message)


# ------------------------------------------------------------------------------------------------- GeoJSON
def geojson(*features, **more):
    made = [
        {"type": "Feature", "properties": tags, "geometry": {"type": kind, "coordinates": at}}
        for kind, at, tags in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": made, **more})


EAST = [[0.001 * number, 0.0] for number in range(6)]


def test_geojson_lines_meet_at_shared_vertices(tmp_path):
    text = geojson(
        ("LineString", EAST[:3], {"highway": "secondary", "maxspeed": 50, "oneway": False}),
        ("LineString", [EAST[1], [0.001, 0.001, 12.5]], {"class": "村道", "name": "North"}),
        ("MultiLineString", [EAST[2:4], EAST[3:5]], {"highway": "residential", "oneway": True}),
        (
            "LineString",
            [EAST[4], [0.003, 0.001], EAST[2]],
            {"class": "street", "oneway": "yes", "speed_kph": 25},
        ),
    )
    rows = arcs(read_geojson(written(tmp_path, text, "map.geojson"), RULES, WORLD))
    assert rows == [
        ("v0", "v1", 111.3, "county", 40.0),
        ("v1", "v0", 111.3, "county", 40.0),
        ("v1", "v2", 110.6, "village", None),
        ("v1", "v3", 111.3, "county", 40.0),
        ("v2", "v1", 110.6, "village", None),
        ("v3", "v1", 111.3, "county", 40.0),
        ("v3", "v6", 222.6, "street", None),
        ("v6", "v3", 313.8, "street", 25.0),
    ]


def test_geojson_drawn_against_its_traffic_is_turned(tmp_path):
    text = geojson(
        ("LineString", EAST[:2], {"highway": "residential", "oneway": "-1"}),
        ("LineString", EAST[:2], {"class": "county", "oneway": "yes"}),
    )
    data = read_geojson(written(tmp_path, text, "map.json"), RULES, WORLD)
    assert arcs(data) == [("v0", "v1", 111.3, "county", None), ("v1", "v0", 111.3, "street", None)]


def test_geojson_points_and_areas_stand_beside_the_roads(tmp_path):
    square = [[0.001, 0.001], [0.003, 0.001], [0.003, 0.003], [0.001, 0.003], [0.001, 0.001]]
    text = geojson(
        ("LineString", EAST, {"highway": "residential"}),
        ("Point", [0.001, 0.0002], {"tags": {"amenity": "fire_station", "name": "消防站"}}),
        ("Polygon", [square], {"landuse": "industrial"}),
        ("Point", [0.004, 0.0], {"place": "town", "name": "Town", "population": 1200}),
        ("LineString", EAST[:2], {"highway": "steps"}),
    )
    report = import_geojson(written(tmp_path, text, "map.geojson"), tmp_path / "out")
    county = county_of(tmp_path / "out")
    assert report.found == {"fire_station": 1, "industrial": 1, "place": 1}
    assert (county.stations[0].code, county.stations[0].names.zh) == ("f2", "消防站")
    assert [site.kind for site in county.sites] == ["factory"]
    assert county.places[0].population == 1200
    assert report.skipped == {"not for vehicles": 1}


def test_old_geojson_may_name_another_coordinate_system(tmp_path):
    line = [[13024380.0, 0.0], [13024580.0, 0.0]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    text = geojson(("LineString", line, {"highway": "residential"}), crs=crs)
    data = read_geojson(written(tmp_path, text, "map.geojson"), RULES, WORLD)
    assert data.points.lon[0] == pytest.approx(117.0, abs=0.001)
    assert arcs(data)[0][2] == pytest.approx(200.0, abs=0.1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "map.geojson:1:2: is not well-formed JSON here: it is cut short, damaged or not GeoJSON"),
        ("[]", "map.geojson: is JSON but not GeoJSON: a FeatureCollection is due"),
        (geojson(), "map.geojson: holds no road that vehicles may use"),
        (
            geojson(("LineString", [[1, "x"], [2, 2]], {})),
            "map.geojson: feature 1: coordinates must be pairs of numbers",
        ),
        (
            geojson(("LineString", [[1], [2, 2]], {})),
            "map.geojson: feature 1: coordinates must be pairs of numbers",
        ),
        (
            geojson(("LineString", [[100, 200], [100, 201]], {})),
            "map.geojson: 2 positions are off the map, the first at",
        ),
    ],
)
def test_bad_geojson_is_refused(tmp_path, text, message):
    assert refusal(tmp_path, import_geojson, written(tmp_path, text, "map.geojson")).startswith(message)


def test_every_bad_feature_is_named(tmp_path):
    text = geojson(("LineString", "x", {}), ("LineString", EAST, {}), ("Point", [1], {}))
    message = refusal(tmp_path, import_geojson, written(tmp_path, text, "map.geojson"))
    assert [line.split(":")[1] for line in message.splitlines()] == [" feature 1", " feature 3"]


# ------------------------------------------------------------------------------------------------- tables
NODES = "id,lon,lat\na,0,0\nb,0.001,0\nc,0.002,0\n"


def tables(tmp_path, nodes, text, encoding="utf-8"):
    paths = tmp_path / "nodes.csv", tmp_path / "arcs.csv"
    for path, content in zip(paths, (nodes, text), strict=True):
        path.write_text(content, encoding=encoding)
    return paths


def rows_of(tmp_path, text, nodes=NODES, **more):
    return arcs(read_arcs(*tables(tmp_path, nodes, text, **more), RULES, WORLD))


def test_rows_are_roads_where_none_has_its_opposite(tmp_path):
    rows = rows_of(tmp_path, "from,to,length_m,class\na,b,120,county\nb,c,80,street\n")
    assert rows == [
        ("a", "b", 120.0, "county", None), ("b", "a", 120.0, "county", None),
        ("b", "c", 80.0, "street", None), ("c", "b", 80.0, "street", None),
    ]  # fmt: skip


def test_rows_are_directions_where_some_have_their_opposite(tmp_path):
    rows = rows_of(tmp_path, "tail,head,km,type\na,b,0.12,1\nb,a,0.12,1\nb,c,0.08,1\nc,a,0.3,1\n")
    assert [row[:3] for row in rows] == [
        ("a", "b", 120.0),
        ("b", "a", 120.0),
        ("b", "c", 80.0),
        ("c", "a", 300.0),
    ]


def test_a_column_for_one_way_streets_settles_it(tmp_path):
    text = "u,v,length,one_way,speed_kph\na,b,100,no,30\nb,a,100,no,30\nc,b,100,-1,40\nc,a,500,yes,40\n"
    assert rows_of(tmp_path, text) == [
        ("a", "b", 100.0, "village", 30.0),
        ("b", "a", 100.0, "village", 30.0),
        ("b", "c", 100.0, "village", 40.0),
        ("c", "a", 500.0, "village", 40.0),
    ]


def test_chinese_tables_from_excel_are_understood(tmp_path):
    nodes = "编号;经度;纬度\r\n甲;120.0;30.0\r\n乙;120.001;30.0\r\n"
    text = "起点;终点;长度;道路等级;单行;路名\r\n甲;乙;97;省道;否;人民路\r\n"
    data = read_arcs(*tables(tmp_path, nodes, text, "gb18030"), RULES, WORLD)
    assert [row[:4] for row in arcs(data)] == [
        ("乙", "甲", 97.0, "provincial"),
        ("甲", "乙", 97.0, "provincial"),
    ]
    assert data.lines[0].road.name == "人民路"


def test_missing_lengths_are_measured(tmp_path):
    assert [row[2] for row in rows_of(tmp_path, "from,to\na,b\nb,c\n")] == [111.3] * 4


def test_tables_become_a_scenario(tmp_path):
    nodes, text = tables(tmp_path, NODES, "from,to,length_m,class\na,b,120,county\nb,c,80,street\n")
    report = import_arcs(nodes, text, tmp_path / "out", population=500)
    county = county_of(tmp_path / "out")
    assert (report.nodes, report.arcs, county.roads.n_nodes) == (3, 4, 3)
    sources = (tmp_path / "out" / "SOURCES.md").read_text(encoding="utf-8")
    assert "- nodes.csv: " in sources
    assert "- arcs.csv: " in sources


def test_everything_wrong_with_tables_is_said_at_once(tmp_path):
    nodes = "id,lon,lat\na,0,0\na,0.001,x\n,0.002,0\nb,12:30,\n"
    text = "from,to,length_m\na,z,120\nq,b,-5\n"
    message = refusal(tmp_path, import_arcs, *tables(tmp_path, nodes, text))
    assert message.splitlines() == [
        "nodes.csv:3:1 id = a: stands in line 2 already",
        "nodes.csv:4:1 id: is empty; a value is due",
        "nodes.csv:5:2 lon = 12:30: is a time of day; a number is due",
        "nodes.csv:3:3 lat = x: must be a number such as 12.5",
        "nodes.csv:5:3 lat: is empty; a value is due",
        "arcs.csv:2:2 to = z: is not a node of nodes.csv",
        "arcs.csv:3:1 from = q: is not a node of nodes.csv",
        "arcs.csv:3:3 length_m = -5: must be 0 or more",
    ]


@pytest.mark.parametrize(
    ("nodes", "text", "message"),
    [
        (
            NODES,
            "from,length_m\na,1\n",
            "arcs.csv:1 to: column is missing from the header; it may be called to, tonode",
        ),
        ("id,lat\na,1\n", "from,to\na,a\n", "nodes.csv:1 lon: column is missing from the header"),
        (NODES, "", "arcs.csv: is empty; the first line must name the columns"),
        (NODES, "from,to\n", "arcs.csv: holds no road that vehicles may use"),
        (NODES, "from,to\na,a\n", "arcs.csv: holds no road that vehicles may use"),
        ("id,lon,lat\na,500,0\nb,1,1\n", "from,to\na,b\n", "nodes.csv: 1 positions are off the map"),
        (NODES, "from,to\0\n", "arcs.csv:1: holds a zero byte"),
    ],
)
def test_bad_tables_are_refused(tmp_path, nodes, text, message):
    assert refusal(tmp_path, import_arcs, *tables(tmp_path, nodes, text)).startswith(message)
