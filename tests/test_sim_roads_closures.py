"""Closing and opening roads: always the times of the network as it then is, sharing what is not touched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_networks import (
    CAR,
    ENGINE,
    RUSH,
    assert_close,
    assert_way,
    by_networkx,
    networks,
    river_grid,
    seconds_from,
)

from sim import road_search
from sim.hub_labels import HubLabels
from sim.road_search import AroundClosures
from sim.road_table import arc_times_s
from sim.roads import compile_roads, road_table


def fresh_seconds(table, closed, profile=ENGINE, regime=None, number=0):
    graph = by_networkx(table, profile, regime, closed, number)
    return np.array([seconds_from(graph, table, node) for node in range(table.n_nodes)])


def times_now(table, closed, profile=ENGINE, regime=None, number=0):
    times = arc_times_s(table, number, profile, regime or {})
    times[list(closed)] = np.inf
    return times


@given(networks(), st.data())
@settings(max_examples=150, deadline=None)
def test_any_closing_and_opening_equals_a_fresh_compile(table, data):
    facilities = data.draw(st.lists(st.integers(0, table.n_nodes - 1), min_size=1, max_size=4))
    roads = compile_roads(table, facilities, [CAR, ENGINE], [{}, RUSH])
    arcs = st.lists(st.integers(0, table.n_arcs - 1), max_size=6) if table.n_arcs else st.just([])
    closed: set[int] = set()
    for _ in range(data.draw(st.integers(1, 5))):
        which = data.draw(arcs)
        if data.draw(st.booleans()):
            roads, closed = roads.close(which), closed | set(which)
        else:
            roads, closed = roads.reopen(which), closed - set(which)
        assert roads.closed == tuple(sorted(closed))
        if not data.draw(st.booleans()):
            continue
        regime = data.draw(st.integers(0, 1))
        travel = roads.tables(1, regime)
        theirs = fresh_seconds(table, closed, ENGINE, [{}, RUSH][regime], 1)
        assert_close(np.array(travel.from_rows), theirs[facilities])
        assert_close(np.array(travel.to_rows), theirs.T[facilities])
        nodes = range(table.n_nodes)
        assert_close([[travel.between(u, v) for v in nodes] for u in nodes], theirs)
        times = times_now(table, closed, ENGINE, [{}, RUSH][regime], 1)
        for node in nodes:
            first = facilities[0]
            if theirs[first, node] < np.inf:
                assert_way(travel.route_from(0, node), table, times, first, node, theirs[first, node])
                assert_way(travel.route(first, node), table, times, first, node, theirs[first, node])
            if theirs[node, first] < np.inf:
                assert_way(travel.route_to(node, 0), table, times, node, first, theirs[node, first])


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_town_with_roads_closing_and_opening(seed):
    table = river_grid(14, 12, seed=seed, bridges=3)
    rng = np.random.default_rng(seed)
    facilities = rng.integers(table.n_nodes, size=6).tolist()
    roads = compile_roads(table, facilities, [ENGINE], [{}])
    for _ in range(4):
        some = rng.choice(table.n_arcs, rng.integers(1, 12), replace=False).tolist()
        roads = roads.reopen(some) if rng.random() < 0.4 else roads.close(some)
        if rng.random() < 0.3:
            continue
        travel, fresh = (
            roads.tables(0, 0),
            compile_roads(table, facilities, [ENGINE], [{}]).close(roads.closed),
        )
        theirs = fresh_seconds(table, roads.closed)
        assert_close(np.array(travel.from_rows), theirs[facilities])
        assert_close(np.array(travel.to_rows), theirs.T[facilities])
        assert_close(np.array(travel.from_rows), np.array(fresh.tables(0, 0).from_rows))
        times = times_now(table, roads.closed)
        for node in np.flatnonzero(theirs[facilities[0]] < np.inf).tolist():
            seconds = theirs[facilities[0], node]
            assert_way(travel.route_from(0, node), table, times, facilities[0], node, seconds)


def line():
    """a - b - c - d in a row, two-way, 100 s each (arcs 0..2, back 3..5), and a slow way a -> d (arc 6)."""
    return road_table(
        list("abcd"), 104 + np.arange(4) * 0.01, [30] * 4,
        [0, 1, 2, 1, 2, 3, 0], [1, 2, 3, 0, 1, 2, 3], [1000] * 6 + [9000],
    )  # fmt: skip


def test_closing_by_hand():
    roads = compile_roads(line(), [0, 3], [ENGINE], [{}, {"default": 0.5}])
    shut = roads.close([1])
    assert shut.tables(0, 0).from_rows[0].tolist() == pytest.approx([0, 100, 1000, 900])
    assert shut.tables(0, 1).from_rows[0].tolist() == pytest.approx([0, 200, 2000, 1800])
    assert shut.tables(0, 0).to_rows[1].tolist() == pytest.approx([900, 1000, 100, 0])
    assert shut.tables(0, 0).route(1, 2) == ([1, 0, 3, 2], pytest.approx([0, 100, 1000, 1100]))
    assert roads.tables(0, 0).from_rows[0].tolist() == pytest.approx([0, 100, 200, 300])
    cut_off = shut.close([6])
    assert cut_off.tables(0, 0).from_rows[0].tolist() == pytest.approx([0, 100, np.inf, np.inf])
    assert cut_off.tables(0, 0).between(0, 2) == np.inf
    open_again = cut_off.reopen([1, 6])
    assert open_again.closed == ()
    assert open_again.tables(0, 0).from_rows[0].tolist() == pytest.approx([0, 100, 200, 300])


def test_rows_that_nothing_touches_are_shared():
    roads = compile_roads(line(), [0, 3], [ENGINE], [{}])
    usual, shut = roads.tables(0, 0), roads.close([1]).tables(0, 0)
    before, after = usual._class, shut._class
    assert after.outward.seconds[0] is not before.outward.seconds[0]
    assert after.outward.seconds[1] is before.outward.seconds[1]
    assert after.outward.rows[1] is before.outward.rows[1]
    assert after.outward.nearer[1] is before.outward.nearer[1]
    assert after.inward.seconds[0] is before.inward.seconds[0]
    assert after.inward.seconds[1] is not before.inward.seconds[1]
    again = roads.close([1, 5]).reopen([1]).tables(0, 0)._class
    assert again.outward.seconds[0] is before.outward.seconds[0]


def test_nothing_changes_where_nothing_closes():
    roads = compile_roads(line(), [0], [ENGINE], [{}])
    shut = roads.close([1])
    assert roads.close([]) is roads
    assert roads.reopen([1]) is roads
    assert shut.close([1]) is shut
    assert shut.reopen([1]).close([1]).closed == (1,)


def test_the_usual_time_holds_unless_a_closed_road_is_on_the_way():
    table = river_grid(16, 14, bridges=3)
    roads = compile_roads(table, [], [ENGINE], [{}])
    shut = roads.close(roads.arcs_named("大桥"))
    points = shut.tables(0, 0)._class.points()
    assert isinstance(points, AroundClosures)
    same_bank = [(0, 40), (15, 90), (200, 223)]
    for origin, goal in same_bank:
        assert points.between(origin, goal) == roads.tables(0, 0).between(origin, goal)
    assert points._searches.count == 0
    assert points.between(0, 223) == np.inf
    assert points._searches.count > 0


def test_many_searches_around_closures_end_in_labels(monkeypatch):
    table = river_grid(16, 14, bridges=3)
    roads = compile_roads(table, [], [ENGINE], [{}])
    bridge = [arc for arc in roads.arcs_named("大桥") if table.tail[arc] % 16 == 0]
    shut = roads.close(bridge)
    theirs = fresh_seconds(table, bridge)
    monkeypatch.setattr(road_search, "SEARCHES_BEFORE_LABELS", 3)
    travel = shut.tables(0, 0)
    origins = [112, 113, 128, 129, 144, 160]
    assert_close([travel.between(origin, 96) for origin in origins], theirs[origins, 96])
    assert isinstance(travel._class.points()._own, HubLabels)
    assert_close([travel.between(5, goal) for goal in range(224)], theirs[5])
    goal = int(np.flatnonzero(np.isfinite(theirs[0]))[-1])
    assert_way(travel.route(0, goal), table, times_now(table, bridge), 0, goal, theirs[0, goal])


def test_very_many_closures_are_searched_around():
    table = river_grid(16, 14)
    closed = list(range(0, 400, 5))
    shut = compile_roads(table, [], [ENGINE], [{}]).close(closed)
    theirs = fresh_seconds(table, closed)
    travel = shut.tables(0, 0)
    assert_close([travel.between(20, goal) for goal in range(224)], theirs[20])
    assert travel._class.points()._searches.count > 0
