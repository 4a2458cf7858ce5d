"""Road files: whatever is right is read, whatever is wrong is named with file, line and column."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_networks import networks, river_grid

from sim.road_table import road_table
from sim.scenarios import roadcells
from sim.scenarios.roadfiles import read_roads, write_roads

NODES = "id,lon,lat,access\na,104,30,yes\nb,104.01,30,no\nc,104.02,30.01,\n"
ROADS = (
    "from,to,length_m,class,oneway,speed_kph,name,name_en,code,bridge,time_engine_s\n"
    "a,b,960,county,no,,河桥,River Bridge,B1,yes,\n"
    "b,c,1500.5,street,yes,30,,,,,88.5\n"
    "c,a,0,street,否,,河桥,River Bridge,B1,是,12\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    (tmp_path / "roads.csv").write_text(ROADS, encoding="utf-8")
    return tmp_path


def said(folder, profiles=("engine", "car")):
    problems = []
    table = read_roads(folder, profiles, problems)
    assert (table is None) == bool(problems)
    return [problem.text() for problem in problems]


def read(folder, profiles=("engine", "car")):
    problems = []
    table = read_roads(folder, profiles, problems)
    assert [problem.text() for problem in problems] == []
    return table


def test_nodes_and_roads_are_read(folder):
    table = read(folder)
    assert table.node_code == ("a", "b", "c")
    assert (table.lon.tolist(), table.lat.tolist()) == ([104, 104.01, 104.02], [30, 30, 30.01])
    assert table.access.tolist() == [True, False, True]
    assert table.tail.tolist() == [0, 1, 1, 2, 0]
    assert table.head.tolist() == [1, 0, 2, 0, 2]
    assert table.length_m.tolist() == [960, 960, 1500.5, 0, 0]
    assert [table.classes[kind] for kind in table.road_class] == ["county", "county", *["street"] * 3]
    np.testing.assert_array_equal(table.speed_kph, [np.nan, np.nan, 30, np.nan, np.nan])
    np.testing.assert_array_equal(table.times_s, [[np.nan, np.nan, 88.5, 12, 12], [np.nan] * 5])
    assert table.road_names == (("B1", "河桥", "River Bridge"),)
    assert table.road.tolist() == [0, 0, -1, 0, 0]
    assert table.bridge.tolist() == [True, True, False, True, True]


def test_only_the_due_columns_are_due(folder):
    (folder / "nodes.csv").write_text("lat,id,lon\n30,a,104\n30,b,104.1\n")
    (folder / "roads.csv").write_text("to,from,oneway,class,length_m\nb,a,,street,5\n")
    table = read(folder)
    assert table.access.all()
    assert (table.tail.tolist(), table.head.tolist()) == ([0, 1], [1, 0])
    assert table.times_s.shape == (0, 2)
    assert table.road_names == ()


CHINESE = {
    "id": "节点编号", "lon": "经度", "lat": "纬度", "access": "可驶离",
    "from": "起点", "to": "终点", "length_m": "长度（米）",
    "class": "道路等级", "oneway": "单行", "speed_kph": "时速", "name": "名称", "name_en": "英文名",
    "code": "编码",
    "bridge": "桥梁", "time_engine_s": "用时_engine_秒",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("quotes", [False, True])
def test_chinese_headers_encodings_and_line_ends_say_the_same(folder, encoding, ends, quotes):
    expected = read(folder).content_hash()
    for name, text in (("nodes", NODES), ("roads", ROADS)):
        header, *rows = text.splitlines()
        titles = ",".join(CHINESE[title] for title in header.split(","))
        lines = [titles, *rows, ""]
        if quotes:
            lines = [titles, "", *(f'"{row.split(",")[0]}",' + row.split(",", 1)[1] for row in rows), ""]
        (folder / f"{name}.csv").write_bytes(ends.join(lines).encode(encoding))
    assert read(folder).content_hash() == expected


WRONG = {
    "a cell that is no number": (
        "nodes.csv", "104.01,30,no", "12:30,x,maybe",
        [
            "nodes.csv:3:2 lon = 12:30: is a time of day; a number is due",
            "nodes.csv:3:3 lat = x: must be a number such as 12.5",
            "nodes.csv:3:4 access = maybe: must be yes or no (是 or 否)",
        ],
    ),
    "a node off the map": (
        "nodes.csv", "a,104,30", "a,30,104",
        ["nodes.csv:2:3 lat = 104: is off the map (must be between -90 and 90)"],
    ),
    "a node given twice": (
        "nodes.csv", "c,104.02", "a,104.02",
        [
            "nodes.csv:4:1 id = a: stands twice; the first is in line 2",
            "roads.csv:4:1 from = c: is not a node of nodes.csv",
            "roads.csv:3:2 to = c: is not a node of nodes.csv",
        ],
    ),
    "no code and no position": (
        "nodes.csv", "b,104.01,30,no", ",,,no",
        [
            "nodes.csv:3:1 id: is empty; a value is due",
            "nodes.csv:3:2 lon: is empty; a value is due",
            "nodes.csv:3:3 lat: is empty; a value is due",
            "roads.csv:3:1 from = b: is not a node of nodes.csv",
            "roads.csv:2:2 to = b: is not a node of nodes.csv",
        ],
    ),
    "figures that cannot be": (
        "roads.csv", "1500.5,street,yes,30,,,,,88.5", "-1,,vielleicht,0,,,,,-2",
        [
            "roads.csv:3:3 length_m = -1: must be at least 0",
            "roads.csv:3:11 time_engine_s = -2: must be at least 0",
            "roads.csv:3:6 speed_kph = 0: must be more than 0",
            "roads.csv:3:4 class: is empty; a value is due",
            "roads.csv:3:5 oneway = vielleicht: must be yes or no (是 or 否)",
        ],
    ),
    "figures that are no figures": (
        "roads.csv", "1500.5,street,yes,30,,,,,88.5", ",street,yes,inf,,,,,nan",
        [
            "roads.csv:3:3 length_m: is empty; a value is due",
            "roads.csv:3:11 time_engine_s = nan: must be a number such as 12.5",
            "roads.csv:3:6 speed_kph = inf: must be a number such as 12.5",
        ],
    ),
    "a road to nowhere": (
        "roads.csv", "b,c,1500.5", "b,,1500.5",
        ["roads.csv:3:2 to: is empty; a value is due"],
    ),
    "a missing column": (
        "roads.csv", "length_m,class", "length,class",
        [
            "roads.csv:1:3 length: is not a column of this table; did you mean length_m?",
            "roads.csv:1 length_m: column is missing from the header",
        ],
    ),
    "a row too short": (
        "nodes.csv", "b,104.01,30,no", "b,104.01",
        ["nodes.csv:3: row has 2 cells, the header has 4"],
    ),
    "a table without rows": (
        "roads.csv", ROADS.split("\n", 1)[1], "",
        ["roads.csv: has no rows; a network needs at least one"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(folder, name):
    file, old, new, expected = WRONG[name]
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    assert said(folder) == expected


def test_everything_wrong_in_both_files_is_named_at_once(folder):
    (folder / "nodes.csv").write_text("id,lon,lat\na,x,30\nb,104,30\n")
    (folder / "roads.csv").write_text("from,to,length_m,class,oneway\na,q,y,street,no\n")
    assert said(folder) == [
        "nodes.csv:2:2 lon = x: must be a number such as 12.5",
        "roads.csv:2:3 length_m = y: must be a number such as 12.5",
        "roads.csv:2:2 to = q: is not a node of nodes.csv",
    ]


def test_missing_files_are_named(tmp_path):
    assert said(tmp_path) == [
        "nodes.csv: file is missing from the folder",
        "roads.csv: file is missing from the folder",
    ]


def test_an_unknown_profile_is_an_unknown_column(folder):
    assert said(folder, []) == ["roads.csv:1:11 time_engine_s: is not a column of this table"]


def test_of_very_many_wrong_cells_the_first_are_named(folder):
    rows = "".join(f"n{number},1{number // 100},x\n" for number in range(100))
    (folder / "nodes.csv").write_text("id,lon,lat\n" + rows + "n1,1,1\n" * 40)
    (folder / "roads.csv").write_text("from,to,length_m,class,oneway\nn0,n1,5,street,no\n")
    problems = said(folder)
    assert len(problems) == 42
    assert problems[20] == "nodes.csv id: 20 more rows are wrong in the same way"
    assert problems[41] == "nodes.csv lat: 80 more rows are wrong in the same way"


def test_too_many_classes_are_a_slip(folder):
    rows = "".join(f"a,b,5,class {number},no\n" for number in range(1001))
    (folder / "roads.csv").write_text("from,to,length_m,class,oneway\n" + rows)
    (problem,) = said(folder)
    assert problem == "roads.csv class: has 1001 different values; at most 1000 road classes are possible"


def test_problems_are_said_in_chinese(folder):
    (folder / "roads.csv").write_text("from,to,length_m,class,oneway\na,q,-5,street,no\n")
    problems = []
    read_roads(folder, [], problems)
    assert [problem.text("zh") for problem in problems] == [
        "roads.csv:2:3 length_m（长度米） = -5：应不小于 0",
        "roads.csv:2:2 to（终点） = q：不是 nodes.csv 中的节点",
    ]


@given(networks(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_network_written_reads_back_the_same(tmp_path_factory, table, parquet):
    folder = tmp_path_factory.mktemp("roads")
    write_roads(table, folder, parquet=parquet)
    problems = []
    again = read_roads(folder, [], problems)
    if table.n_arcs == 0:
        assert [problem.text() for problem in problems] == [
            f"roads.{'parquet' if parquet else 'csv'}: has no rows; a network needs at least one"
        ]
        return
    assert problems == []
    assert again.node_code == table.node_code
    assert arcs_of(again) == arcs_of(table)
    write_roads(again, folder, parquet=parquet)
    assert read(folder, []).content_hash() == again.content_hash()


def arcs_of(table):
    columns = (table.tail, table.head, table.length_m, np.nan_to_num(table.speed_kph), table.bridge)
    named = [table.road_names[road] if road >= 0 else None for road in table.road]
    kinds = [table.classes[kind] for kind in table.road_class]
    times = np.nan_to_num(table.times_s).T.tolist() if len(table.times_s) else [[]] * table.n_arcs
    return sorted(zip(*(column.tolist() for column in columns), kinds, map(str, named), times, strict=True))


@pytest.mark.parametrize("parquet", [False, True])
def test_a_town_written_reads_back_the_same(tmp_path, parquet):
    town = river_grid(12, 10)
    times = np.random.default_rng(1).uniform(1, 9, (2, town.n_arcs))
    times[1, ::2] = np.nan
    full = road_table(
        town.node_code, town.lon, town.lat, town.tail, town.head, town.length_m,
        town.classes, town.road_class, access=np.arange(120) % 7 > 0, times_s=times,
        road=town.road, road_names=town.road_names, bridge=town.bridge,
    )  # fmt: skip
    write_roads(full, tmp_path, ["engine", "car"], parquet=parquet)
    again = read(tmp_path)
    assert arcs_of(again) == arcs_of(full)
    assert again.access.tolist() == full.access.tolist()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".parquet" if parquet else ".csv"] * 2


def test_a_two_way_road_is_one_row(tmp_path):
    table = road_table(
        list("abc"), [104, 104.01, 104.02], [30] * 3,
        [0, 1, 1, 2, 0, 1], [1, 0, 2, 1, 1, 0], [5, 5, 7, 8, 5, 5],
    )  # fmt: skip
    write_roads(table, tmp_path)
    assert (tmp_path / "roads.csv").read_text().splitlines() == [
        "from,to,length_m,class,oneway",
        "a,b,5.0,street,no",
        "b,c,7.0,street,yes",
        "c,b,8.0,street,yes",
        "a,b,5.0,street,no",
    ]
    assert (tmp_path / "nodes.csv").read_text().splitlines()[0] == "id,lon,lat"


def test_writing_one_form_removes_the_other(tmp_path):
    write_roads(river_grid(4, 4), tmp_path, parquet=True)
    write_roads(river_grid(3, 3), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nodes.csv", "roads.csv"]
    assert read(tmp_path).n_nodes == 9


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "a,104,30,yes,\nb,104.01,30\nc,104,30,\n",
            ["nodes.csv:3: row has 3 cells, the header has 4"],
        ),
        ("a,104,30,yes\n,,,\nb,104.01,30,\n\nc,104,30,no\n", []),
        ("a,104,30,yes\rb,104.01,30,\rc,104,30,no\r", []),
    ],
    ids=["uneven rows", "blank rows", "old line ends"],
)
def test_files_of_odd_shape_are_read_row_by_row(folder, rows, expected):
    ends = "\r" if "\r" in rows else "\n"
    (folder / "nodes.csv").write_bytes(f"id,lon,lat,access{ends}{rows}".encode())
    assert said(folder) == expected


def test_two_forms_side_by_side_are_refused(folder):
    (folder / "roads.parquet").write_bytes(b"PAR1")
    assert said(folder) == ["roads.parquet: stands beside roads.csv; keep one of the two"]


def test_what_is_wrong_in_parquet_is_named(tmp_path):
    pl.DataFrame({"编号": ["a", "b", None], "lon": [104.0, None, 500.0], "lat": [30, 31, 32]}).write_parquet(
        tmp_path / "nodes.parquet"
    )
    pl.DataFrame(
        {"from": ["a"], "to": ["z"], "length_m": ["12"], "oneway": [True], "height": [3]}
    ).write_parquet(tmp_path / "roads.parquet")
    assert said(tmp_path) == [
        "roads.parquet height: is not a column of this table",
        "roads.parquet class: column is missing from the header",
        "nodes.parquet:3:1 id: is empty; a value is due",
        "nodes.parquet:2:2 lon: is empty; a value is due",
        "nodes.parquet:3:2 lon = 500.0: is off the map (must be between -180 and 180)",
        "roads.parquet:1:2 to = z: is not a node of nodes.parquet",
    ]
    (tmp_path / "roads.parquet").write_bytes(b"PAR1 cut short")
    assert "roads.parquet: is not a Parquet file, or it is damaged" in said(tmp_path)


def test_regular_files_are_read_in_one_go(folder, monkeypatch):
    def refuse(*_args):
        raise AssertionError("read row by row")

    expected = read(folder).content_hash()
    monkeypatch.setattr(roadcells, "read_sheet", refuse)
    assert read(folder).content_hash() == expected
    (folder / "nodes.csv").write_text(NODES.replace("b,", '"b",'), encoding="utf-8")
    with pytest.raises(AssertionError, match="row by row"):
        read(folder)
