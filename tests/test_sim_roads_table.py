"""Road tables, their graphs, what is cut off, and the nodes that places hang on."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_networks import ENGINE, networks, river_grid

from sim.road_table import Cut, RoadTable, arc_times_s, arcs_named, road_table
from sim.roads import compile_roads, graph_of, largest_strong_part, table_of

COLUMNS = (
    "lon",
    "lat",
    "access",
    "tail",
    "head",
    "length_m",
    "road_class",
    "speed_kph",
    "times_s",
    "road",
    "bridge",
)


def assert_same(one: RoadTable, other: RoadTable) -> None:
    assert tuple(one.node_code) == tuple(other.node_code)
    assert (one.classes, one.road_names) == (other.classes, other.road_names)
    for column in COLUMNS:
        left, right = getattr(one, column), getattr(other, column)
        assert (left.dtype, left.shape) == (right.dtype, right.shape), column
        np.testing.assert_array_equal(left, right, err_msg=column)


@st.composite
def full_tables(draw):
    """Networks with everything a table can hold."""
    table = draw(networks())
    m, n = table.n_arcs, table.n_nodes
    profiles = draw(st.integers(0, 2))
    names = draw(
        st.lists(st.tuples(*[st.sampled_from(["", "桥", "Bridge", "S201"])] * 3), unique=True, max_size=3)
    )
    seconds = st.one_of(st.just(math.nan), st.floats(0, 1e4))
    times = [draw(st.lists(seconds, min_size=m, max_size=m)) for _ in range(profiles)]
    road = st.integers(-1, len(names) - 1)
    return road_table(
        table.node_code, table.lon, table.lat, table.tail, table.head, table.length_m,
        table.classes, table.road_class, speed_kph=table.speed_kph,
        access=draw(st.lists(st.booleans(), min_size=n, max_size=n)),
        times_s=np.array(times).reshape(profiles, m),
        road=draw(st.lists(road, min_size=m, max_size=m)), road_names=names,
        bridge=draw(st.lists(st.booleans(), min_size=m, max_size=m)),
    )  # fmt: skip


@given(full_tables())
@settings(max_examples=150, deadline=None)
def test_a_table_made_a_graph_is_the_same_table_again(table):
    again = table_of(graph_of(table))
    assert_same(again, table)
    assert again.content_hash() == table.content_hash()


def test_a_graph_reads_like_the_roads():
    graph = graph_of(river_grid(6, 6, bridges=1))
    assert isinstance(graph, nx.MultiDiGraph)
    assert set(graph.nodes["n0"]) == {"lon", "lat", "access"}
    (bridge,) = (facts for facts in graph.get_edge_data("n12", "n18").values())
    assert bridge["bridge"] is True
    assert bridge["road"] == ("B", "大桥", "Great Bridge")
    assert bridge["road_class"] in ("county", "street")
    assert "speed_kph" not in bridge


def test_an_edited_graph_is_compiled_as_edited():
    graph = graph_of(river_grid(6, 6, bridges=1))
    graph.remove_edge("n12", "n18")
    graph.add_node("new", lon=104.0, lat=30.2)
    graph.add_edge("n0", "new", length_m=500.0, road_class="track", speed_kph=20.0, road=("T1", "新路", ""))
    graph.add_edge("new", "n0", length_m=500.0, road_class="street")
    table = table_of(graph)
    assert table.node_code[-1] == "new"
    assert table.classes == ("county", "street", "track")
    assert arcs_named(table, "新路") == (table.n_arcs - 2,)
    assert arcs_named(table, "n12-n18") == ()
    travel = compile_roads(table, [], [ENGINE], [{}]).tables(0, 0)
    assert travel.between(0, 36) == pytest.approx(90.0)
    assert travel.between(12, 18) == np.inf


def test_a_graph_lacking_what_must_be_there_is_refused():
    graph = graph_of(river_grid(3, 3))
    graph.add_edge("n0", "n8", length_m=5.0)
    with pytest.raises(ValueError, match="the arc from n0 to n8 has no length_m and road_class"):
        table_of(graph)
    graph.remove_edge("n0", "n8")
    graph.add_node("lost")
    with pytest.raises(ValueError, match="node lost has no lon and lat"):
        table_of(graph)


@given(networks())
@settings(max_examples=100, deadline=None)
def test_the_largest_part_is_what_networkx_calls_strongly_connected(table):
    kept, cut = largest_strong_part(table)
    graph = graph_of(table)
    parts = list(nx.strongly_connected_components(graph))
    assert kept.n_nodes == max(map(len, parts))
    assert set(kept.node_code) in parts
    assert nx.is_strongly_connected(graph_of(kept))
    assert (kept.n_nodes + cut.nodes, kept.n_arcs + cut.arcs) == (table.n_nodes, table.n_arcs)
    rest = graph.subgraph(set(graph) - set(kept.node_code))
    assert cut.islands == nx.number_weakly_connected_components(rest)
    again, nothing = largest_strong_part(kept)
    assert_same(again, kept)
    assert nothing == Cut(0, 0, 0.0, 0)


def test_what_is_cut_off_by_hand():
    table = road_table(
        list("abcdefg"), 104 + 0.01 * np.arange(7), [30] * 7,
        [0, 1, 1, 2, 2, 3, 4, 5, 4], [1, 0, 2, 1, 3, 5, 5, 4, 4],
        [1000, 1000, 500, 500, 800, 300, 2000, 2000, 100],
        road=[-1, -1, -1, -1, 0, -1, -1, -1, -1], road_names=[("", "断头路", "")],
    )  # fmt: skip
    kept, cut = largest_strong_part(table)
    assert kept.node_code == ("a", "b", "c")
    assert (kept.tail.tolist(), kept.head.tolist()) == ([0, 1, 1, 2], [1, 0, 2, 1])
    assert cut == Cut(nodes=4, arcs=5, km=pytest.approx(3.2), islands=2)


def test_of_equal_parts_the_first_stays():
    table = road_table(list("abcd"), [104] * 4, [30] * 4, [2, 3, 0, 1], [3, 2, 1, 0], [5, 5, 5, 5])
    assert largest_strong_part(table)[0].node_code == ("a", "b")


def test_an_empty_network_has_nothing_to_cut():
    table = road_table([], [], [], [], [], [])
    assert largest_strong_part(table) == (table, Cut(0, 0, 0.0, 0))


def test_columns_must_fit_together():
    with pytest.raises(ValueError, match="a column has 1 values where 2 are due"):
        road_table(["a", "b"], [104], [30, 30], [0], [1], [5])
    with pytest.raises(ValueError, match="ends at node 2, but there are 2 nodes"):
        road_table(["a", "b"], [104, 105], [30, 30], [0], [2], [5])
    with pytest.raises(ValueError, match="times are given for 2 arcs where 1 are due"):
        road_table(["a", "b"], [104, 105], [30, 30], [0], [1], [5], times_s=[[1, 2]])


def test_an_arc_takes_its_time_or_its_speed_or_that_of_its_class():
    table = road_table(
        ["a", "b"], [104, 105], [30, 30], [0, 0, 0], [1, 1, 1], [100, 100, 0],
        ("county", "street"), [0, 1, 1],
        speed_kph=[np.nan, 72, np.nan], times_s=[[7, np.nan, np.nan]],
    )  # fmt: skip
    assert arc_times_s(table, 0, ENGINE, {}).tolist() == [7.0, 5.0, 0.0]
    assert arc_times_s(table, 1, ENGINE, {}).tolist() == pytest.approx([100 / 15, 5.0, 0.0])
    assert arc_times_s(table, 0, ENGINE, {"county": 0.5, "default": 2.0}).tolist() == [14.0, 2.5, 0.0]
    assert arc_times_s(table, 0, ENGINE, {"street": 0.0}).tolist() == [7.0, np.inf, np.inf]


@given(
    st.lists(st.tuples(st.floats(103.8, 104.2), st.floats(29.8, 30.2)), min_size=1, max_size=30),
    st.floats(103.7, 104.3), st.floats(29.7, 30.3), st.data(),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_a_place_hangs_on_the_nearest_node_with_access(spots, lon, lat, data):
    n = len(spots)
    access = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    access[data.draw(st.integers(0, n - 1))] = True
    lons, lats = (np.array(column) for column in zip(*spots, strict=True))
    table = road_table([str(node) for node in range(n)], lons, lats, [], [], [], access=access)
    roads = compile_roads(table, [], [ENGINE], [{}])
    node, metres = roads.snap(lon, lat)
    turn = np.radians((lats + lat) / 2)
    far = 6_371_008.8 * np.radians(np.hypot((lons - lon) * np.cos(turn), lats - lat))
    assert access[node]
    assert metres == pytest.approx(far[node], rel=0.01, abs=0.01)
    assert far[node] <= far[access].min() * 1.01 + 0.01
    nodes, all_metres = roads.snap_many([lon, lon], [lat, lat])
    assert (nodes.tolist(), all_metres.tolist()) == ([node] * 2, [metres] * 2)
    assert (nodes.dtype, all_metres.dtype) == (np.int32, np.float64)


def test_of_nodes_in_one_spot_the_first_is_taken():
    table = road_table(
        [str(n) for n in range(40)], [104] * 40, [30] * 40, [], [], [], access=np.arange(40) >= 7
    )
    roads = compile_roads(table, [], [ENGINE], [{}])
    assert roads.snap(104.001, 30) == (7, pytest.approx(96.3, abs=0.1))
    assert roads.snap(104, 30) == (7, 0.0)


def test_no_place_can_be_reached_without_access():
    table = road_table(["a"], [104], [30], [], [], [], access=[False])
    with pytest.raises(ValueError, match="no road node at which one may leave the road"):
        compile_roads(table, [], [ENGINE], [{}]).snap(104, 30)
