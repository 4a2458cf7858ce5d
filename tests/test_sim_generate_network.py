"""The roads of a made-up county: connected, hierarchical, believable, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from sim.scenarios.defaults import defaults
from sim.scenarios.generate.geography import Order, draw_geography
from sim.scenarios.generate.land import distance_m, edge_m, to_map

SPEEDS_KPH = defaults()["settings"]["profiles"]["emergency"]["speeds_kph"]


@pytest.fixture(scope="module")
def county():
    return draw_geography(Order(seed=7))


def graph(table, weight):
    return coo_array((weight, (table.tail, table.head)), shape=(table.n_nodes, table.n_nodes)).tocsr()


def seconds(table):
    speed = np.array([SPEEDS_KPH[name] for name in table.classes])[table.road_class] / 3.6
    return table.length_m / speed


def strongly_connected(table):
    pieces, _ = connected_components(graph(table, np.ones(table.n_arcs)), connection="strong")
    return pieces == 1


def river_of(county):
    y = np.linspace(-1.0, 1.0, 4001) * 1.4 * county.land.radius_m
    return shapely.LineString(np.column_stack(to_map(county.land, np.zeros_like(y), y)))


def test_same_order_same_roads():
    one, other = (draw_geography(Order(seed=3, nodes=3000)).table for _ in range(2))
    assert one.content_hash() == other.content_hash()


def test_another_seed_gives_another_county():
    one, other = (draw_geography(Order(seed=seed, nodes=3000)).table for seed in (3, 4))
    assert one.content_hash() != other.content_hash()


@pytest.mark.parametrize("nodes", [2500, 8000, 50_000])
def test_as_many_nodes_as_ordered_all_connected(nodes):
    table = draw_geography(Order(seed=5, nodes=nodes)).table
    assert table.n_nodes == nodes
    assert strongly_connected(table)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    population=st.integers(20_000, 2_500_000),
    area_km2=st.floats(150, 12_000),
    nodes=st.integers(1500, 12_000),
)
def test_any_order_gives_a_connected_network(seed, population, area_km2, nodes):
    table = draw_geography(Order(population, area_km2, seed, nodes)).table
    assert strongly_connected(table)
    assert table.n_nodes >= nodes
    assert np.all(table.length_m > 0)


def test_nothing_crosses_the_river_but_bridges(county):
    table = county.table
    points = np.column_stack([table.lon, table.lat])
    lines = shapely.linestrings(np.stack([points[table.tail], points[table.head]], axis=1))
    assert np.array_equal(shapely.intersects(lines, river_of(county)), table.bridge)


def test_bridges_are_few_and_named(county):
    table = county.table
    names = {table.road_names[road] for road in table.road[table.bridge]}
    assert 4 <= len(names) <= 12
    assert np.count_nonzero(table.bridge) == 2 * len(names)
    assert all(code and zh and en for code, zh, en in names)


def test_no_piece_is_absurdly_long_or_shorter_than_the_air_line(county):
    table = county.table
    air = distance_m(
        table.lon[table.tail], table.lat[table.tail], table.lon[table.head], table.lat[table.head]
    )
    assert np.all(table.length_m >= air - 0.06)
    assert np.quantile(table.length_m, 0.99) < 600
    assert table.length_m.max() < 1500


def test_the_network_is_hierarchical(county):
    table = county.table
    km = {name: table.length_m[table.road_class == k].sum() / 2000 for k, name in enumerate(table.classes)}
    assert all(length > 20 for length in km.values())
    assert km["national"] + km["provincial"] < km["county"] + km["township"] < km["village"]
    assert 1.0 < sum(km.values()) / 1200 < 2.0


def test_detours_are_those_of_real_roads(county):
    table = county.table
    chance = np.random.default_rng(1)
    here, there = chance.integers(table.n_nodes, size=(2, 60))
    road = dijkstra(graph(table, table.length_m), indices=here)[:, there]
    air = np.array([distance_m(table.lon[k], table.lat[k], table.lon[there], table.lat[there]) for k in here])
    far = air > 3000
    assert 1.2 < np.median(road[far] / air[far]) < 1.5


def test_travel_times_are_plausible(county):
    table, seat = county.table, county.seat
    lon, lat = county.map(0.5 * (seat.x - seat.a), 0.0)
    start = int(np.argmin(np.hypot(table.lon - lon, table.lat - lat)))
    minutes = dijkstra(graph(table, seconds(table)), indices=start) / 60
    x, y = county.at.x, county.at.y
    in_seat = np.flatnonzero(seat.holds(x, y))
    assert np.median(minutes[in_seat]) < 6
    on_edge = np.flatnonzero(np.hypot(x, y) > 0.93 * edge_m(county.land, np.arctan2(y, x)))
    assert 30 < np.quantile(minutes[on_edge], 0.9) < 70
    assert minutes.max() < 80


def test_some_streets_are_one_way(county):
    table = county.table
    arcs = list(zip(table.tail.tolist(), table.head.tolist(), strict=True))
    back = set(arcs)
    single = np.array([arc[::-1] not in back for arc in arcs])
    assert 20 < np.count_nonzero(single) < 0.1 * table.n_arcs
    assert {table.classes[k] for k in table.road_class[single]} == {"street"}


def test_one_leaves_the_road_everywhere_but_on_the_motorway(county):
    table = county.table
    motorway = table.road_class == table.classes.index("motorway")
    inner = np.setdiff1d(table.tail[motorway], table.tail[~motorway])
    assert not table.access[inner].any()
    assert np.count_nonzero(~table.access) <= len(np.unique(table.tail[motorway]))


def test_the_motorway_has_interchanges(county):
    table = county.table
    motorway = table.road_class == table.classes.index("motorway")
    junctions = np.intersect1d(table.tail[motorway], table.tail[~motorway])
    assert 1 <= len(junctions) <= 3


def test_main_roads_have_numbers_and_names_in_both_languages(county):
    table = county.table
    for name in ("motorway", "national", "provincial", "county"):
        on = table.road[(table.road_class == table.classes.index(name)) & ~table.bridge]
        assert np.all(on >= 0), name
        assert all(all(table.road_names[road]) for road in np.unique(on))


def test_each_name_is_listed_once(county):
    assert len(set(county.table.road_names)) == len(county.table.road_names)
    assert set(county.table.road.tolist()) - {-1} == set(range(len(county.table.road_names)))
