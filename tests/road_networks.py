"""Road networks for tests: small random ones, a grid with a river, and NetworkX to compare with."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from sim.road_table import arc_times_s
from sim.roads import RoadTable, TravelProfile, graph_of, road_table

CLASSES = ("county", "street")
ENGINE = TravelProfile("engine", {"county": 54.0, "street": 36.0})
CAR = TravelProfile("car", {"county": 45.0, "street": 18.0})
RUSH = {"street": 0.5}
RAIN = {"default": 0.8}


@st.composite
def networks(draw, most_nodes=14, most_arcs=40):
    """Any network at all: one-way and parallel arcs, loops, arcs of no length, parts cut off."""
    n = draw(st.integers(1, most_nodes))
    node = st.integers(0, n - 1)
    lengths = st.one_of(st.just(0.0), st.integers(1, 4).map(float), st.floats(1e-3, 1e5))
    arcs = draw(st.lists(st.tuples(node, node, lengths, st.integers(0, 1)), max_size=most_arcs))
    spots = st.lists(st.integers(0, 5), min_size=n, max_size=n)
    tail, head, length, kind = (
        (list(column) for column in zip(*arcs, strict=True)) if arcs else ([], [], [], [])
    )
    speeds = [draw(st.sampled_from([np.nan, np.nan, 30.0])) for _ in arcs]
    return road_table(
        [f"n{number}" for number in range(n)],
        [104 + 0.01 * east for east in draw(spots)],
        [30 + 0.01 * north for north in draw(spots)],
        tail,
        head,
        length,
        CLASSES,
        kind,
        speed_kph=speeds,
    )


def river_grid(columns: int, rows: int, seed: int = 1, bridges: int = 2) -> RoadTable:
    """Streets in a grid, some one-way, on two banks of a river with a few bridges."""
    rng = np.random.default_rng(seed)
    n = columns * rows
    place = np.arange(n).reshape(rows, columns)
    across = np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1)
    along = np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1)
    middle = rows // 2
    over = (along[:, 0] // columns) == middle - 1
    bridge = over & np.isin(along[:, 0] % columns, np.linspace(0, columns - 1, bridges).astype(int))
    ends = np.concatenate([across, along[~over | bridge]])
    on_bridge = np.concatenate([np.zeros(len(across), bool), bridge[~over | bridge]])
    length = rng.uniform(50, 500, len(ends))
    kind = rng.integers(0, 2, len(ends))
    back = (rng.random(len(ends)) < 0.8) | on_bridge
    names = [("B", "大桥", "Great Bridge"), ("", "正街", "Main Street")]
    road = np.where(on_bridge, 0, np.where(rng.random(len(ends)) < 0.02, 1, -1))
    return road_table(
        [f"n{number}" for number in range(n)],
        104 + 0.004 * (np.arange(n) % columns) + rng.normal(0, 3e-4, n),
        30 + 0.004 * (np.arange(n) // columns) + rng.normal(0, 3e-4, n),
        np.concatenate([ends[:, 0], ends[back, 1]]),
        np.concatenate([ends[:, 1], ends[back, 0]]),
        np.concatenate([length, length[back]]),
        CLASSES,
        np.concatenate([kind, kind[back]]),
        road=np.concatenate([road, road[back]]),
        road_names=names,
        bridge=np.concatenate([on_bridge, on_bridge[back]]),
    )


def by_networkx(
    table: RoadTable, profile: TravelProfile, regime=None, closed=(), number=0
) -> nx.MultiDiGraph:
    """The editable graph with the seconds of each arc as `time_s`, closed arcs taken out."""
    graph = graph_of(table)
    times = arc_times_s(table, number, profile, regime or {})
    for tail, head, key, facts in list(graph.edges(keys=True, data=True)):
        facts["time_s"] = times[facts["arc"]]
        if facts["arc"] in closed:
            graph.remove_edge(tail, head, key)
    return graph


def seconds_from(graph: nx.MultiDiGraph, table: RoadTable, node: int) -> np.ndarray:
    """Seconds from a node to all by NetworkX's Dijkstra; inf where there is no way."""
    found = nx.single_source_dijkstra_path_length(graph, table.node_code[node], weight="time_s")
    return np.array([found.get(code, np.inf) for code in table.node_code])


def assert_close(ours, theirs, hops: int = 40) -> None:
    """Agree to 1e-6 of the time; an arc of no length may count as a few microseconds."""
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-6, atol=hops * 3e-6)


def assert_way(route, table: RoadTable, times_s: np.ndarray, origin: int, goal: int, seconds: float) -> None:
    """A route is a real way, its times are those of its arcs, and the last is the time asked for.

    Times on the way are differences of float32 numbers: good to 1e-6 of the whole way.
    """
    nodes, times = route
    assert (nodes[0], nodes[-1], times[0]) == (origin, goal, 0.0)
    fastest: dict[tuple[int, int], float] = {}
    for tail, head, time_s in zip(table.tail.tolist(), table.head.tolist(), times_s.tolist(), strict=True):
        fastest[tail, head] = min(time_s, fastest.get((tail, head), np.inf))
    steps = [fastest[pair] for pair in pairwise(nodes)]
    passed = np.cumsum([0.0, *steps])
    np.testing.assert_allclose(times, passed, rtol=0, atol=1e-6 * passed[-1] + 3e-6 * len(nodes))
    assert times == sorted(times)
    assert_close(times[-1], seconds)
