"""Real networks compiled: Auckland as JEMSS has it, and a rural district in Türkiye."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest
from road_networks import assert_close, assert_way, by_networkx, seconds_from

from sim.road_table import arc_times_s
from sim.roads import RoadTable, TravelProfile, compile_roads, largest_strong_part, road_table, table_of

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
AUCKLAND = DATA / "jemss_auckland" / "models" / "1" / "travel" / "roads" / "roads.zip"
TURKOGLU = DATA / "graphml_turkoglu" / "graph_turkoglu.graphml"
BOTH = [TravelProfile("emergency", None), TravelProfile("ordinary", None)]
DAY_S = 86_400.0


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("BEIQIN_CACHE", str(tmp_path_factory.getbasetemp() / "real-roads"))


def section(archive: zipfile.ZipFile, file: str, name: str) -> pl.DataFrame:
    """Read one table of a JEMSS file; a line with the table's name stands before its header."""
    lines = archive.read(file).decode().splitlines()
    start = next(at for at, line in enumerate(lines) if line.split(",")[0] == name)
    frame = pl.read_csv(io.StringIO("\n".join(lines[start + 1 :])), infer_schema_length=None)
    return frame.filter(pl.all_horizontal(pl.exclude("").is_not_null()))


@pytest.fixture(scope="module")
def auckland() -> RoadTable:
    if not AUCKLAND.exists():
        pytest.skip("the data of Auckland is not beside the project")
    with zipfile.ZipFile(AUCKLAND) as archive:
        nodes, arcs = section(archive, "nodes.csv", "nodes"), section(archive, "arcs.csv", "arcs")
    return road_table(
        [str(int(number)) for number in nodes["index"]],
        nodes["x"], nodes["y"],
        arcs["fromNode"].to_numpy().astype(int) - 1, arcs["toNode"].to_numpy().astype(int) - 1,
        arcs["distance"].to_numpy() * 1000,
        access=nodes["offRoadAccess"].to_numpy() > 0,
        times_s=np.stack([arcs["mode_1"].to_numpy(), arcs["mode_2"].to_numpy()]) * DAY_S,
    )  # fmt: skip


def test_auckland_agrees_with_networkx(auckland):
    rng = np.random.default_rng(7)
    facilities = rng.integers(auckland.n_nodes, size=18).tolist()
    roads = compile_roads(auckland, facilities, BOTH, [{}, {"default": 0.8}])
    travel, graph = roads.tables(1, 1), by_networkx(auckland, BOTH[1], {"default": 0.8}, number=1)
    times = arc_times_s(auckland, 1, BOTH[1], {"default": 0.8})
    for facility in (0, 11):
        theirs = seconds_from(graph, auckland, facilities[facility])
        assert_close(travel.from_rows[facility], theirs)
        goals = rng.integers(auckland.n_nodes, size=300).tolist()
        assert_close([travel.between(facilities[facility], goal) for goal in goals], theirs[goals])
        for goal in goals[:10]:
            way = travel.route(facilities[facility], goal)
            assert_way(way, auckland, times, facilities[facility], goal, theirs[goal])
            assert_way(travel.route_from(facility, goal), auckland, times, way[0][0], goal, theirs[goal])
    backwards = graph.reverse(copy=False)
    assert_close(travel.to_rows[4], seconds_from(backwards, auckland, facilities[4]))
    assert roads.as_fast(0, 1, 0)
    assert largest_strong_part(auckland)[1].nodes == 0


def test_closing_roads_in_auckland(auckland):
    rng = np.random.default_rng(8)
    facilities = rng.integers(auckland.n_nodes, size=4).tolist()
    roads = compile_roads(auckland, facilities, BOTH, [{}])
    usual = roads.tables(0, 0)
    closed = []
    for facility, goal in ((0, 9_000), (1, 30_000), (2, 50_000)):
        nodes = usual.route_from(facility, goal)[0]
        closed.append(roads.arcs_named(f"{nodes[len(nodes) // 2] + 1}-{nodes[len(nodes) // 2 + 1] + 1}")[0])
    shut = roads.close(closed)
    graph = by_networkx(auckland, BOTH[0], closed=closed)
    theirs = seconds_from(graph, auckland, facilities[0])
    assert_close(shut.tables(0, 0).from_rows[0], theirs)
    assert (theirs > np.array(usual.from_rows[0]) + 1e-3).any()
    goals = rng.integers(auckland.n_nodes, size=100).tolist()
    assert_close([shut.tables(0, 0).between(facilities[0], goal) for goal in goals], theirs[goals])
    again = shut.reopen(closed[1:]).reopen(closed[:1])
    assert_close(again.tables(0, 0).from_rows[0], usual.from_rows[0])


@pytest.fixture(scope="module")
def turkoglu() -> RoadTable:
    if not TURKOGLU.exists():
        pytest.skip("the data of Türkoğlu is not beside the project")
    read = nx.read_graphml(TURKOGLU, force_multigraph=True)
    graph = nx.MultiDiGraph()
    for node, facts in read.nodes(data=True):
        graph.add_node(node, lon=float(facts["x"]), lat=float(facts["y"]))
    for tail, head, facts in read.edges(data=True):
        graph.add_edge(tail, head, length_m=float(facts["length"]), road_class=str(facts["highway"]))
    return largest_strong_part(table_of(graph))[0]


def test_turkoglu_agrees_with_networkx_pair_by_pair(turkoglu):
    speeds = {name: 30.0 + 5 * number for number, name in enumerate(turkoglu.classes)}
    truck, rain = TravelProfile("truck", speeds), {turkoglu.classes[0]: 0.7, "default": 0.9}
    travel = compile_roads(turkoglu, [5], [truck], [{}, rain]).tables(0, 1)
    graph, times = by_networkx(turkoglu, truck, rain), arc_times_s(turkoglu, 0, truck, rain)
    rng = np.random.default_rng(3)
    for origin in rng.integers(turkoglu.n_nodes, size=25).tolist():
        theirs = seconds_from(graph, turkoglu, origin)
        assert np.isfinite(theirs).all()
        assert_close([travel.between(origin, goal) for goal in range(turkoglu.n_nodes)], theirs)
        goal = int(rng.integers(turkoglu.n_nodes))
        assert_way(travel.route(origin, goal), turkoglu, times, origin, goal, theirs[goal])
