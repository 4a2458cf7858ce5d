"""Cells, labels and searches: the same times and ways as Dijkstra, however a network is cut up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_networks import ENGINE, RUSH, assert_close, assert_way, networks, river_grid
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sim import dissection, road_search
from sim.dissection import dissect
from sim.hub_labels import HubLabels, can_label, make_labels, slots_of
from sim.road_links import link_times_s, links_of, search
from sim.road_search import Searches
from sim.road_table import arc_times_s
from sim.roads import compile_roads, road_table
from sim.ways import NoWayError


def parts(table, regime=None):
    links = links_of(table)
    times = link_times_s(links, arc_times_s(table, 0, ENGINE, regime or {}))
    return links, times


def labels_of(table, leaf_nodes, regime=None):
    links, times = parts(table, regime)
    cells = dissect(links, table.lon, table.lat, leaf_nodes)
    slots = slots_of(cells)
    assert can_label(cells, slots)
    return HubLabels(slots, links, make_labels(cells, slots, links, times))


@given(networks(), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_labels_of_deeply_cut_networks_agree_with_dijkstra(table, leaf_nodes):
    labels = labels_of(table, leaf_nodes)
    links, times = parts(table)
    nodes = np.arange(table.n_nodes)
    seconds, _ = search(links, links.onward, times, nodes)
    assert_close([[labels.between(u, v) for v in nodes.tolist()] for u in nodes.tolist()], seconds)
    arcs = arc_times_s(table, 0, ENGINE, {})
    for origin, goal in np.argwhere(np.isfinite(seconds)).tolist():
        assert_way(labels.route(origin, goal), table, arcs, origin, goal, seconds[origin, goal])
    for origin, goal in np.argwhere(np.isinf(seconds)).tolist():
        with pytest.raises(NoWayError):
            labels.route(origin, goal)


@pytest.mark.parametrize("leaf_nodes", [1, 7, 48])
def test_labels_of_a_town_agree_with_dijkstra(leaf_nodes):
    table = river_grid(30, 25, seed=3)
    labels = labels_of(table, leaf_nodes, RUSH)
    links, times = parts(table, RUSH)
    arcs = arc_times_s(table, 0, ENGINE, RUSH)
    origins = np.random.default_rng(2).integers(table.n_nodes, size=8)
    seconds, _ = search(links, links.onward, times, origins)
    for origin, row in zip(origins.tolist(), seconds, strict=True):
        assert_close([labels.between(origin, goal) for goal in range(table.n_nodes)], row)
        for goal in range(0, table.n_nodes, 97):
            if np.isfinite(row[goal]):
                assert_way(labels.route(origin, goal), table, arcs, origin, goal, row[goal])


def descent(cells):
    """For each cell the cells it lies in, itself the last."""
    chains = []
    for cell, above in enumerate(cells.parent.tolist()):
        chains.append([*(chains[above] if above >= 0 else []), cell])
    return chains


@given(networks(most_nodes=30, most_arcs=80), st.integers(1, 6))
@settings(max_examples=100, deadline=None)
def test_cells_part_the_network(table, leaf_nodes):
    links = links_of(table)
    cells = dissect(links, table.lon, table.lat, leaf_nodes)
    assert sorted(cells.nodes.tolist()) == list(range(table.n_nodes))
    chains, cell = descent(cells), cells.cell_of().tolist()
    for near, far in zip(links.onward.near.tolist(), links.onward.far.tolist(), strict=True):
        one, other = sorted((chains[cell[near]], chains[cell[far]]), key=len)
        assert other[: len(one)] == one, "neighbours lie in cells one of which holds the other"
    for number, chain in enumerate(chains):
        inside = {node for node in range(table.n_nodes) if number in chains[cell[node]]}
        touched = {
            end
            for pair in zip(links.onward.near.tolist(), links.onward.far.tolist(), strict=True)
            for end in pair
            if inside & set(pair)
        }
        assert sorted(touched - inside) == cells.rim_of(number).tolist()
        assert all(cell[node] in chain for node in cells.rim_of(number).tolist())


def test_a_river_is_cut_at_its_bridges():
    table = river_grid(40, 40, bridges=2)
    cells = dissect(links_of(table), table.lon, table.lat)
    assert len(cells.own(0)) == 2
    bridge_ends = set(table.tail[table.bridge].tolist())
    assert set(cells.own(0).tolist()) <= bridge_ends


def test_separators_part_what_they_separate():
    table = river_grid(25, 25, seed=8)
    links = links_of(table)
    cells = dissect(links, table.lon, table.lat)
    keep = np.ones(table.n_nodes, bool)
    keep[cells.own(0)] = False
    kept = keep[links.onward.near] & keep[links.onward.far]
    graph = csr_array(
        (np.ones(kept.sum()), (links.onward.near[kept], links.onward.far[kept])),
        shape=(table.n_nodes, table.n_nodes),
    )
    labels = connected_components(graph, directed=False)[1]
    chains, cell = descent(cells), cells.cell_of()
    first = [
        node
        for node in np.flatnonzero(keep).tolist()
        if chains[cell[node]][1] == chains[cell[keep.argmax()]][1]
    ]
    second = sorted(set(np.flatnonzero(keep).tolist()) - set(first))
    assert min(len(first), len(second)) >= 0.25 * table.n_nodes - len(cells.own(0))
    assert not set(labels[first].tolist()) & set(labels[second].tolist())


def test_the_dissection_is_the_same_every_time():
    table = river_grid(25, 25)
    one, other = (dissect(links_of(table), table.lon, table.lat) for _ in range(2))
    assert one.nodes.tolist() == other.nodes.tolist()
    assert one.rim.tolist() == other.rim.tolist()


def test_a_network_in_one_spot_is_cut_all_the_same():
    table = river_grid(12, 12)
    labels = labels_of(
        road_table(
            table.node_code, np.zeros(144), np.zeros(144), table.tail, table.head, table.length_m,
            table.classes, table.road_class,
        ),
        5,
    )  # fmt: skip
    links, times = parts(table)
    seconds, _ = search(links, links.onward, times, np.array([7]))
    assert_close([labels.between(7, goal) for goal in range(144)], seconds[0])


def test_a_node_with_very_many_neighbours():
    n = 400
    spokes, hub, turn = np.arange(1, n), np.zeros(n - 1, int), np.arange(n)
    table = road_table(
        [str(node) for node in range(n)], 104 + 0.001 * np.cos(turn), 30 + 0.001 * np.sin(turn),
        np.concatenate([hub, spokes]), np.concatenate([spokes, hub]), np.tile(100.0 + spokes, 2),
    )  # fmt: skip
    labels = labels_of(table, 10)
    assert labels.between(3, 398) == pytest.approx((103 + 498) / 10)
    assert labels.route(398, 3)[0] == [398, 0, 3]


def test_a_cell_lying_too_deep_is_left_whole(monkeypatch):
    monkeypatch.setattr(dissection, "DEEPEST", 1)
    table = river_grid(10, 10)
    links = links_of(table)
    cells = dissect(links, table.lon, table.lat, leaf_nodes=1)
    assert len(cells) == 3


@given(networks(), st.sampled_from([(0.5, 40.0, np.inf), (np.inf,)]))
@settings(max_examples=100, deadline=None)
def test_searches_agree_with_dijkstra_at_any_horizon(table, horizons):
    links, times = parts(table)
    nodes = np.arange(table.n_nodes)
    seconds, _ = search(links, links.onward, times, nodes)
    usual, road_search.HORIZONS_S = road_search.HORIZONS_S, horizons
    try:
        searches = Searches(links, times)
        for origin in [*nodes.tolist(), 0]:
            for goal in nodes.tolist():
                assert_close(searches.between(origin, goal), seconds[origin, goal])
                if np.isfinite(seconds[origin, goal]):
                    arcs = arc_times_s(table, 0, ENGINE, {})
                    assert_way(searches.route(origin, goal), table, arcs, origin, goal, seconds[origin, goal])
                else:
                    with pytest.raises(NoWayError):
                        searches.route(origin, goal)
    finally:
        road_search.HORIZONS_S = usual


def test_searches_remember_the_latest_origins(monkeypatch):
    table = river_grid(20, 20)
    monkeypatch.setattr(road_search, "KEPT_NUMBERS", 1)
    searches = Searches(*parts(table))
    for origin in [*range(9), 8, 7, 1]:
        searches.between(origin, 300)
    assert searches.count == 9
    searches.between(0, 300)
    assert searches.count == 10


@pytest.mark.parametrize("limit", ["LABELLED_NODES", "MOST_ENTRIES"])
def test_networks_too_large_for_labels_are_searched(monkeypatch, limit):
    table = river_grid(12, 12)
    usual = compile_roads(table, [4], [ENGINE], [{}, RUSH])
    expected = [usual.tables(0, 1).between(17, goal) for goal in range(144)]
    monkeypatch.setattr(f"sim.{'speed_classes' if limit == 'LABELLED_NODES' else 'hub_labels'}.{limit}", 10)
    roads = compile_roads(table, [4], [ENGINE], [{}, RUSH])
    travel = roads.tables(0, 1)
    assert isinstance(travel._class.points(), Searches)
    assert_close([travel.between(17, goal) for goal in range(144)], expected)
    closed = roads.close([0, 1]).tables(0, 1)
    assert isinstance(closed._class.points(), Searches)
    assert closed.route(17, 100)[1][-1] == closed.between(17, 100)
