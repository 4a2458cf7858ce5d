"""The compiled roads agree with NetworkX, for every pair, way, regime and profile."""

from __future__ import annotations

import copy
import pickle

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_networks import (
    CAR,
    ENGINE,
    RAIN,
    RUSH,
    assert_close,
    assert_way,
    by_networkx,
    networks,
    river_grid,
    seconds_from,
)

from sim.road_table import arc_times_s
from sim.roads import NoWayError, RoadIndex, TravelProfile, compile_roads, road_table

REGIMES = [{}, RUSH, RAIN, {"street": 0.4, "county": 0.8}, {"county": 0.0}]


@given(networks(), st.data())
@settings(max_examples=150, deadline=None)
def test_every_pair_agrees_with_networkx(table, data):
    facilities = data.draw(st.lists(st.integers(0, table.n_nodes - 1), max_size=3))
    regime = data.draw(st.integers(0, len(REGIMES) - 1))
    travel = compile_roads(table, facilities, [CAR, ENGINE], REGIMES).tables(1, regime)
    graph = by_networkx(table, ENGINE, REGIMES[regime])
    nodes = range(table.n_nodes)
    theirs = np.array([seconds_from(graph, table, node) for node in nodes])
    assert_close([[travel.between(u, v) for v in nodes] for u in nodes], theirs)
    assert_close(np.array(travel.from_rows).reshape(-1, len(nodes)), theirs[facilities])
    assert_close(np.array(travel.to_rows).reshape(-1, len(nodes)), theirs.T[facilities])


@given(networks(), st.data())
@settings(max_examples=150, deadline=None)
def test_every_way_is_a_quickest_way(table, data):
    facility = data.draw(st.integers(0, table.n_nodes - 1))
    regime = data.draw(st.integers(0, len(REGIMES) - 1))
    travel = compile_roads(table, [facility], [ENGINE], REGIMES).tables(0, regime)
    times = arc_times_s(table, 0, ENGINE, REGIMES[regime])
    for node in range(table.n_nodes):
        if travel.between(facility, node) < np.inf:
            out_s = travel.from_rows[0][node]
            assert_way(travel.route(facility, node), table, times, facility, node, out_s)
            assert_way(travel.route_from(0, node), table, times, facility, node, out_s)
        else:
            for ask in (
                lambda goal=node: travel.route(facility, goal),
                lambda goal=node: travel.route_from(0, goal),
            ):
                with pytest.raises(NoWayError, match="no way"):
                    ask()
        if travel.to_rows[0][node] < np.inf:
            assert_way(travel.route_to(node, 0), table, times, node, facility, travel.between(node, facility))


def assert_ahead(found, route, elapsed_s, tolerance_s):
    """The node found is the next on the way (or the one just there), and the seconds to it are right."""
    nodes, times = route
    node, left_s = found
    place = nodes.index(node)
    assert left_s >= 0.0
    assert times[place] - elapsed_s == pytest.approx(left_s, abs=tolerance_s)
    assert place == 0 or times[place - 1] <= elapsed_s + tolerance_s


@given(networks(), st.data())
@settings(max_examples=150, deadline=None)
def test_where_one_is_on_a_way_is_on_its_route(table, data):
    node = st.integers(0, table.n_nodes - 1)
    origin, goal = data.draw(node), data.draw(node)
    closed = data.draw(st.lists(st.integers(0, table.n_arcs - 1), max_size=2)) if table.n_arcs else []
    roads = compile_roads(table, [origin, goal], [ENGINE], REGIMES).close(closed)
    travel = roads.tables(0, data.draw(st.integers(0, 3)))
    whole_s = travel.between(origin, goal)
    if whole_s == np.inf:
        return
    route, tolerance_s = travel.route(origin, goal), 1e-5 + 1e-6 * whole_s
    for elapsed_s in [0.0, *route[1], *(whole_s * share for share in (0.1, 0.37, 0.5, 0.93))]:
        assert_ahead(travel.ahead(origin, goal, elapsed_s), route, elapsed_s, tolerance_s)
    nearer, left = travel.toward(1)
    assert origin == goal or nearer[origin] == travel.route_to(origin, 1)[0][1]
    assert left[origin] == pytest.approx(whole_s, abs=tolerance_s)
    before, since = travel.away_from(0)
    assert origin == goal or before[goal] == travel.route_from(0, goal)[0][-2]
    assert since[goal] == pytest.approx(whole_s, abs=tolerance_s)


def test_where_one_is_on_a_long_way_through_town():
    table = river_grid(30, 26)
    travel = compile_roads(table, [], [ENGINE], [{}]).tables(0, 0)
    for origin, goal in ((0, 779), (700, 15), (33, 500)):
        route = travel.route(origin, goal)
        for elapsed_s in np.linspace(0, route[1][-1], 200).tolist():
            assert_ahead(travel.ahead(origin, goal, elapsed_s), route, elapsed_s, 1e-6 * route[1][-1])


@pytest.mark.parametrize("regime", [0, 1, 2, 3])
def test_a_town_on_a_river_agrees_with_networkx(regime):
    table = river_grid(24, 20)
    roads = compile_roads(table, [3, 250, 3], [ENGINE, CAR], REGIMES)
    travel = roads.tables(1, regime)
    graph, times = by_networkx(table, CAR, REGIMES[regime]), arc_times_s(table, 1, CAR, REGIMES[regime])
    rng = np.random.default_rng(regime)
    for origin in rng.integers(table.n_nodes, size=12).tolist():
        theirs = seconds_from(graph, table, origin)
        assert_close([travel.between(origin, goal) for goal in range(table.n_nodes)], theirs)
        goal = int(rng.integers(table.n_nodes))
        if theirs[goal] < np.inf:
            assert_way(travel.route(origin, goal), table, times, origin, goal, theirs[goal])
    assert_close(travel.from_rows[1], seconds_from(graph, table, 250))
    assert travel.from_rows[0] is travel.from_rows[2]
    assert travel.from_rows[0].format == "f"


def test_a_way_is_the_one_networkx_finds():
    table = river_grid(15, 12, seed=5)
    travel = compile_roads(table, [], [ENGINE], [{}]).tables(0, 0)
    graph = by_networkx(table, ENGINE)
    for origin, goal in ((0, 179), (170, 8), (90, 91)):
        named = nx.dijkstra_path(graph, table.node_code[origin], table.node_code[goal], weight="time_s")
        assert [table.node_code[node] for node in travel.route(origin, goal)[0]] == named


def two_ways():
    """Node 0 to node 2 straight by street (180 s) or round by county road over node 1 (2 x 80 s)."""
    return road_table(
        ["a", "b", "c"], [104, 104.01, 104.02], [30, 30.01, 30],
        [0, 1, 0], [1, 2, 2], [1200, 1200, 1800], ("county", "street"), [0, 0, 1],
        times_s=[[np.nan, np.nan, np.nan], [np.nan, 40.0, np.nan]],
    )  # fmt: skip


def test_speeds_and_times_by_hand():
    how = [
        TravelProfile("engine", {"county": 54, "street": 36}),
        TravelProfile("car", {"county": 36, "street": 72}),
    ]
    roads = compile_roads(
        two_ways(), [0], how, [{}, {"default": 0.5}, {"county": 0.8}, {"county": 0.5, "street": 1}]
    )
    assert [roads.tables(0, regime).from_rows[0][2] for regime in range(4)] == [160, 320, 180, 180]
    assert roads.tables(0, 0).route(0, 2) == ([0, 1, 2], [0.0, 80.0, 160.0])
    assert roads.tables(0, 1).route_from(0, 2) == ([0, 1, 2], [0.0, 160.0, 320.0])
    assert roads.tables(0, 2).route(0, 2) == ([0, 2], [0.0, 180.0])
    assert roads.tables(1, 0).route(0, 2) == ([0, 2], [0.0, 90.0])
    assert roads.tables(1, 0).between(1, 2) == 40.0
    assert roads.tables(1, 1).between(1, 2) == 80.0
    assert roads.tables(0, 0).between(2, 0) == np.inf


def test_a_class_shut_by_the_weather_is_no_way():
    roads = compile_roads(two_ways(), [0], [ENGINE], [{}, {"default": 0.0}, {"county": 0.0, "street": 0.5}])
    assert roads.tables(0, 1).from_rows[0].tolist() == [0.0, np.inf, np.inf]
    assert roads.tables(0, 2).between(0, 2) == 360.0
    assert roads.tables(0, 2).between(0, 1) == np.inf


def test_regimes_in_proportion_share_what_is_compiled():
    roads = compile_roads(river_grid(8, 8), [5], [ENGINE], [{}, RAIN, RUSH, {"street": 0.4, "county": 0.8}])
    plain, rain, rush, both = (roads.tables(0, regime) for regime in range(4))
    assert_close(rain.from_rows[0], np.asarray(plain.from_rows[0]) / 0.8)
    assert_close(both.from_rows[0], np.asarray(rush.from_rows[0]) / 0.8)
    assert rain._class is plain._class
    assert both._class is rush._class
    assert rush._class is not plain._class


def test_the_fastest_of_parallel_arcs_counts():
    table = road_table(["a", "b"], [104, 104.01], [30, 30], [0, 0, 0, 1], [1, 1, 1, 1], [900, 300, 600, 50])
    roads = compile_roads(table, [0], [ENGINE], [{}])
    assert roads.tables(0, 0).from_rows[0][1] == 30.0
    assert roads.close([1]).tables(0, 0).from_rows[0][1] == 60.0


def test_an_arc_without_length_is_still_a_way():
    table = road_table(["a", "b", "c"], [104] * 3, [30] * 3, [0, 1, 1, 2], [1, 0, 2, 1], [0, 0, 500, 500])
    travel = compile_roads(table, [0], [ENGINE], [{}]).tables(0, 0)
    assert travel.between(0, 1) == pytest.approx(0, abs=1e-5)
    assert travel.route(0, 2)[0] == [0, 1, 2]
    assert travel.route(2, 0)[0] == [2, 1, 0]
    assert travel.between(0, 2) == pytest.approx(50)


def test_which_profile_is_as_fast_everywhere():
    slow_streets = TravelProfile("lorry", {"county": 80, "street": 20})
    roads = compile_roads(river_grid(5, 5), [], [ENGINE, CAR, slow_streets], [{}, RUSH])
    assert roads.as_fast(0, 1, 0)
    assert roads.as_fast(0, 1, 1)
    assert not roads.as_fast(1, 0, 0)
    assert not roads.as_fast(2, 0, 0)
    assert not roads.as_fast(0, 2, 1)
    assert roads.as_fast(2, 2, 0)


def test_a_road_is_found_by_code_name_or_nodes():
    roads = compile_roads(river_grid(10, 8, bridges=1), [], [ENGINE], [{}])
    bridge = np.flatnonzero(roads.table.bridge).tolist()
    assert len(bridge) == 2
    for text in ("B", "大桥", "great bridge", " Great Bridge "):
        assert list(roads.arcs_named(text)) == bridge
    assert [roads.arcs_named("n30-n40"), roads.arcs_named("n40-n30")] == [(bridge[0],), (bridge[1],)]
    assert len(roads.arcs_named("正街")) > 1
    for text in ("", "-", "n0-n79", "n0-", "nowhere", "n900-n1"):
        assert roads.arcs_named(text) == ()


def test_node_codes_with_hyphens_can_be_named():
    table = road_table(["x-1", "x-2"], [104, 104.01], [30, 30], [0, 1], [1, 0], [900, 900])
    assert compile_roads(table, [], [ENGINE], [{}]).arcs_named("x-1-x-2") == (0,)


def test_roads_are_never_copied_and_can_be_sent_elsewhere():
    roads = compile_roads(river_grid(10, 8), [7, 60], [ENGINE, CAR], [{}, RUSH]).close([3, 4])
    travel = roads.tables(1, 1)
    assert copy.deepcopy(roads) is roads
    assert copy.copy(roads) is roads
    assert copy.deepcopy(travel) is travel
    again, its_travel = pickle.loads(pickle.dumps((roads, travel)))  # noqa: S301
    assert isinstance(again, RoadIndex)
    assert again.closed == (3, 4)
    assert again.tables(1, 1) is its_travel
    assert its_travel.from_rows[1].tolist() == travel.from_rows[1].tolist()
    assert its_travel.route(0, 79) == travel.route(0, 79)


def test_fingerprints_change_with_what_they_stand_for():
    table = river_grid(6, 6)
    roads = compile_roads(table, [], [ENGINE, CAR], [{}, RUSH])
    same = compile_roads(river_grid(6, 6), [4], [ENGINE, CAR], [{}, RUSH])
    assert roads.content_hash(0, 0) == same.content_hash(0, 0)
    others = [roads.content_hash(1, 0), roads.content_hash(0, 1), roads.close([2]).content_hash(0, 0)]
    others.append(compile_roads(river_grid(6, 6, seed=2), [], [ENGINE], [{}]).content_hash(0, 0))
    others.append(
        compile_roads(
            table, [], [TravelProfile("engine", {"county": 54.0, "street": 37.0})], [{}]
        ).content_hash(0, 0)
    )
    assert len({roads.content_hash(0, 0), *others}) == 6


def test_what_cannot_be_compiled_is_refused():
    table = river_grid(3, 3)
    with pytest.raises(ValueError, match="facility at node 9, but there are 9 nodes"):
        compile_roads(table, [0, 9], [ENGINE], [{}])
    with pytest.raises(ValueError, match="profile van: no speed for road class street"):
        compile_roads(table, [0], [TravelProfile("van", {"county": 30})], [{}])
    with pytest.raises(ValueError, match="there are no roads"):
        compile_roads(road_table([], [], [], [], [], []), [], [ENGINE], [{}])
    with pytest.raises(ValueError, match="arcs 1 to 99"):
        compile_roads(table, [0], [ENGINE], [{}]).close([99, 1])


def test_a_network_of_one_node_and_no_roads():
    travel = compile_roads(road_table(["a"], [104], [30], [], [], []), [0], [ENGINE], [{}]).tables(0, 0)
    assert travel.between(0, 0) == 0.0
    assert travel.route(0, 0) == travel.route_from(0, 0) == travel.route_to(0, 0) == ([0], [0.0])
