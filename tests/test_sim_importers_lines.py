"""Drawn lines become nodes and arcs: junctions, ends, lengths, spacing, one-way streets."""

import dataclasses
import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from sim.scenarios.importers.edges import Edge, lines_of_edges
from sim.scenarios.importers.lines import Line, Points, Road, metres_along, table_of_lines

STREET = Road("street", "Main Street")


def drawn(spots, lines, spacing_m=500.0, no_access=()):
    """Make a network of points {letter: (lon, lat)} and lines [(letters, road)]."""
    letters = list(spots)
    points = Points(
        letters, np.array([spots[at][0] for at in letters]), np.array([spots[at][1] for at in letters])
    )
    made = [Line(np.array([letters.index(at) for at in word]), *rest) for word, *rest in lines]
    return table_of_lines(points, made, spacing_m, no_access)


def arcs(table):
    """List arcs as (from, to, metres)."""
    code = table.node_code
    return [
        (code[tail], code[head], metres)
        for tail, head, metres in zip(table.tail, table.head, table.length_m.tolist(), strict=True)
    ]


# 0.001 degrees east on the equator are 111.3 m
EAST = {letter: (number * 0.001, 0.0) for number, letter in enumerate("abcdefgh")}


def test_vertices_that_do_not_matter_are_dropped():
    table = drawn(EAST, [("abcd", STREET)])
    assert arcs(table) == [("a", "d", 334.0), ("d", "a", 334.0)]


def test_lines_meet_where_they_share_a_vertex_even_in_the_middle():
    spots = {**EAST, "x": (0.001, 0.001)}
    table = drawn(spots, [("abc", STREET), ("bx", STREET)])
    assert {(tail, head) for tail, head, _ in arcs(table)} == {
        ("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("b", "x"), ("x", "b"),
    }  # fmt: skip


def test_two_lines_end_to_end_with_the_same_road_become_one_arc():
    assert arcs(drawn(EAST, [("ab", STREET), ("bc", STREET)])) == [("a", "c", 222.6), ("c", "a", 222.6)]


def test_lines_drawn_against_each_other_are_joined_too():
    assert arcs(drawn(EAST, [("ab", STREET), ("cb", STREET)])) == [("a", "c", 222.6), ("c", "a", 222.6)]


def test_the_middle_piece_may_come_first_in_the_file():
    lines = [("cd", STREET), ("ef", STREET), ("bc", STREET), ("ab", STREET), ("de", STREET)]
    assert set(arcs(drawn(EAST, lines, spacing_m=1000.0))) == {("a", "f", 556.6), ("f", "a", 556.6)}


@pytest.mark.parametrize(
    "change",
    [{"bridge": True}, {"name": "Other"}, {"road_class": "county"}, {"forward_kph": 30.0}, {"oneway": True}],
)
def test_a_change_of_the_road_keeps_its_node(change):
    other = dataclasses.replace(STREET, **change)
    table = drawn(EAST, [("ab", STREET), ("bc", other)])
    assert set(table.node_code) == {"a", "b", "c"}


def test_one_way_streets_join_only_in_their_direction():
    oneway = dataclasses.replace(STREET, oneway=True)
    assert arcs(drawn(EAST, [("ab", oneway), ("bc", oneway)])) == [("a", "c", 222.6)]
    assert arcs(drawn(EAST, [("bc", oneway), ("ab", oneway)])) == [("a", "c", 222.6)]
    assert arcs(drawn(EAST, [("ab", oneway), ("cb", oneway)])) == [("a", "b", 111.3), ("c", "b", 111.3)]


def test_speeds_follow_the_direction_of_the_joined_line():
    uphill = dataclasses.replace(STREET, forward_kph=20.0, back_kph=40.0)
    downhill = dataclasses.replace(STREET, forward_kph=40.0, back_kph=20.0)
    table = drawn(EAST, [("ab", uphill), ("cb", downhill)])
    assert arcs(table) == [("a", "c", 222.6), ("c", "a", 222.6)]
    assert table.speed_kph.tolist() == [20.0, 40.0]


def test_long_stretches_get_nodes_at_even_distances():
    table = drawn({"a": (0.0, 0.0), "b": (0.02, 0.0)}, [("ab", STREET)])
    assert table.n_nodes == 2 + 4
    assert table.length_m.tolist() == [445.3] * 10
    assert sorted(table.lon.round(6).tolist()) == [0.0, 0.004, 0.008, 0.012, 0.016, 0.02]


def test_nodes_put_in_lie_on_the_course_of_the_road():
    spots = {"a": (0.0, 0.0), "b": (0.008, 0.0), "c": (0.008, 0.008)}
    table = drawn(spots, [("abc", STREET)], spacing_m=1000.0)
    inner = [
        (lon, lat)
        for lon, lat, code in zip(table.lon, table.lat, table.node_code, strict=True)
        if code[0] == "m"
    ]
    assert inner == [(pytest.approx(0.008, abs=3e-5), pytest.approx(0.0, abs=3e-5))]


def test_a_loop_keeps_nodes_of_its_own():
    spots = {"a": (0.0, 0.0), "b": (0.001, 0.0), "c": (0.001, 0.001), "x": (-0.001, 0.0)}
    table = drawn(spots, [("xa", STREET), ("abca", STREET)])
    loop = [(tail, head) for tail, head, _ in arcs(table) if "x" not in (tail, head)]
    assert len(loop) == 6
    assert all(tail != head for tail, head in loop)


def test_parallel_stretches_do_not_share_both_ends():
    spots = {"a": (0.0, 0.0), "b": (0.002, 0.0), "n": (0.001, 0.001), "x": (-0.001, 0.0), "y": (0.003, 0.0)}
    table = drawn(spots, [("xa", STREET), ("ab", STREET), ("anb", STREET), ("by", STREET)])
    ends = [(tail, head) for tail, head, _ in arcs(table)]
    assert len(ends) == len(set(ends))
    assert ("a", "b") in ends
    assert sum(metres for tail, _, metres in arcs(table) if tail == "a" and metres < 200) < 300


def test_a_ring_by_itself_is_laid_once():
    table = drawn({"a": (0.0, 0.0), "b": (0.001, 0.0), "c": (0.001, 0.001)}, [("abca", STREET)])
    assert (table.n_nodes, table.n_arcs) == (3, 6)
    assert table.length_m.sum() / 2 == pytest.approx(111.32 + 110.57 + 156.9, abs=0.5)


def test_a_stated_length_counts_more_than_the_drawing():
    table = drawn(EAST, [("abcd", STREET, 400.0)])
    assert table.length_m.tolist() == [400.0, 400.0]


def test_lengths_are_geodesic():
    lon, lat = np.array([9.5, 9.6, 9.6]), np.array([47.0, 47.1, 47.2])
    geod = Geod(ellps="WGS84")
    parts = [geod.inv(9.5, 47.0, 9.6, 47.1)[2], geod.inv(9.6, 47.1, 9.6, 47.2)[2]]
    assert metres_along(lon, lat).tolist() == pytest.approx([0.0, parts[0], sum(parts)])


def test_vehicles_leave_the_road_only_where_an_open_class_touches():
    spots = EAST
    motorway = Road("motorway")
    table = drawn(spots, [("abc", motorway), ("cd", STREET)], 100.0, ("motorway",))
    open_at = {code for code, access in zip(table.node_code, table.access, strict=True) if access}
    assert {"c", "d"} <= open_at
    assert "a" not in open_at


def test_a_network_of_closed_classes_alone_stays_open():
    assert drawn(EAST, [("abc", Road("motorway"))], 500.0, ("motorway",)).access.all()


def test_names_and_classes_are_kept_once():
    other = Road("county", "Two", "Second", "K2", bridge=True)
    table = drawn({**EAST, "x": (0.001, 0.001)}, [("ab", STREET), ("bx", other), ("bc", Road("street"))])
    assert table.classes == ("street", "county")
    assert table.road_names == (("", "Main Street", ""), ("K2", "Two", "Second"))
    assert table.road.tolist() == [0, 0, 1, 1, -1, -1]
    assert table.bridge.tolist() == [False, False, True, True, False, False]


def test_opposite_edges_alike_are_one_road():
    one = Road("street", "S", forward_kph=30.0, back_kph=30.0)
    fast = dataclasses.replace(one, forward_kph=50.0, back_kph=50.0)
    edges = [Edge(0, 1, one, 120.0), Edge(1, 0, fast, 120.4), Edge(1, 2, one, 90.0)]
    _, lines = lines_of_edges(["a", "b", "c"], [0, 0.001, 0.002], [0, 0, 0], edges)
    assert [line.road.oneway for line in lines] == [False, True]
    assert (lines[0].road.forward_kph, lines[0].road.back_kph) == (30.0, 50.0)


@pytest.mark.parametrize(
    "back",
    [
        Edge(1, 0, Road("street", "S"), 150.0),
        Edge(1, 0, Road("county", "S"), 120.0),
        Edge(1, 0, Road("street", "T"), 120.0),
        Edge(1, 0, Road("street", "S"), 120.0, opposite=False),
    ],
)
def test_opposite_edges_that_differ_stay_two(back):
    _, lines = lines_of_edges(["a", "b"], [0, 0.001], [0, 0], [Edge(0, 1, Road("street", "S"), 120.0), back])
    assert [line.road.oneway for line in lines] == [True, True]


def test_a_road_listed_twice_counts_once():
    road = Road("street", "S")
    pair = [Edge(0, 1, road, 120.0), Edge(1, 0, road, 120.0)]
    _, lines = lines_of_edges(["a", "b"], [0, 0.001], [0, 0], pair + pair[::-1])
    assert len(lines) == 1


def test_node_codes_that_no_scenario_takes_are_numbered():
    points, _ = lines_of_edges(["a b", "c"], [0, 0.001], [0, 0], [Edge(0, 1, Road("street"))])
    assert list(points.code) == ["n1", "n2"]


@st.composite
def maps(draw):
    """Draw lines at random over a few vertices, some one-way, of two kinds of road."""
    spots = {letter: (n % 3 * 0.002, n // 3 * 0.003) for n, letter in enumerate("abcdefghi")}
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        word = draw(st.lists(st.sampled_from("abcdefghi"), min_size=2, max_size=6))
        apart = word[0] + "".join(after for before, after in itertools.pairwise(word) if before != after)
        road = Road(draw(st.sampled_from(["street", "county"])), oneway=draw(st.booleans()))
        if len(apart) > 1:
            lines.append((apart, road))
    return spots, lines


def distances(edges):
    graph = nx.DiGraph()
    for tail, head, metres in edges:
        if not graph.has_edge(tail, head) or graph[tail][head]["weight"] > metres:
            graph.add_edge(tail, head, weight=metres)
    return dict(nx.all_pairs_dijkstra_path_length(graph))


@settings(deadline=None, max_examples=200)
@given(maps())
def test_ways_through_the_network_are_as_long_as_on_the_map(case):
    spots, lines = case
    segments = []
    for word, road in lines:
        for tail, head in itertools.pairwise(word):
            metres = Geod(ellps="WGS84").inv(*spots[tail], *spots[head])[2]
            segments += [(tail, head, metres)] + ([] if road.oneway else [(head, tail, metres)])
    table = drawn(spots, lines, spacing_m=150.0)
    on_map, in_network = distances(segments), distances(arcs(table))
    ends = {letter for word, _ in lines for letter in (word[0], word[-1])} & set(table.node_code)
    kept = sorted(set(table.node_code) & set(spots))
    assert ends <= set(kept)
    for tail, head in itertools.product(kept, kept):
        expected = on_map.get(tail, {}).get(head)
        found = in_network.get(tail, {}).get(head)
        assert found == (None if expected is None else pytest.approx(expected, abs=0.1 * table.n_arcs))
