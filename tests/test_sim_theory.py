"""The clock against queueing theory: Erlang B, Erlang C, and the exact three-server hypercube."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from counties import line_county
from scipy import stats

from sim.county import Demand, Duration
from sim.engine import simulate
from sim.events import Kind
from sim.fate import YEAR_S, draw_fate

QUEUEING = Path(__file__).parent.parent.parent / "shared" / "data" / "queueing"
needs_data = pytest.mark.skipif(not QUEUEING.is_dir(), reason="../shared/data/queueing is not here")
SERVICE_S = 1000.0
REPLICATIONS = 24
"""So many that the error of chance is well below 0.005."""
ALWAYS = ((1.0,) * 24, (1.0,) * 12)


def erlang(servers: int, load: float) -> dict[str, float]:
    with (QUEUEING / "erlang_reference.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if int(row["servers"]) == servers and float(row["offered_load_erlang"]) == load:
                return {name: float(value) for name, value in row.items()}
    raise LookupError((servers, load))


def queue(servers: int, load: float, **more) -> object:
    """No travel, exponential service: a pure queue of units."""
    rate = load / SERVICE_S * YEAR_S
    return line_county(
        [1e-3],
        off_road_kph=(1e9,),
        units=(0,) * servers,
        places=(0,),
        control=Duration("exponential", SERVICE_S),
        demand=(Demand("calls", 0, rate, *ALWAYS, place=0),),
        listed=None,
        **more,
    )


def calls(county, replications: int, number: float, load: float):
    """Simulate about so many calls a replication; give the log of each."""
    horizon_s = number / load * SERVICE_S
    for replication in range(replications):
        yield simulate(county, draw_fate(county, 11, replication, horizon_s)).log.rows()


def times_of(rows, kind: Kind) -> dict[int, float]:
    """The first time of a kind of event, by incident."""
    found = rows[rows["kind"] == kind]
    numbers, first = np.unique(found["incident"], return_index=True)
    return dict(zip(numbers.tolist(), found["time_s"][first].tolist(), strict=True))


def interval(values: list[float], level: float = 0.999) -> tuple[float, float]:
    return stats.t.interval(level, len(values) - 1, np.mean(values), stats.sem(values))


@needs_data
@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 2.1), (5, 4.5)])
def test_waits_are_erlang_c(servers: int, load: float):
    expected = erlang(servers, load)
    waited, mean_s = [], []
    for rows in calls(queue(servers, load), 20, 3000, load):
        taken, sent = times_of(rows, Kind.CALL_TAKEN), times_of(rows, Kind.ASSIGNED)
        waits = np.array([sent[i] - taken[i] for i in sent])[300:]
        waited.append(float(np.mean(waits > 1e-6)))
        mean_s.append(float(np.mean(waits)))
    low, high = interval(waited)
    assert low <= expected["erlang_C_wait_prob"] <= high
    low, high = interval(mean_s)
    assert low <= expected["Wq_in_mean_service_times"] * SERVICE_S <= high


@needs_data
@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (5, 3.5)])
def test_losses_are_erlang_b(servers: int, load: float):
    lost = [
        float(np.sum(rows["kind"] == Kind.PASSED_ON) / np.sum(rows["kind"] == Kind.CALL_TAKEN))
        for rows in calls(queue(servers, load, pass_on=True), 20, 3000, load)
    ]
    low, high = interval(lost)
    assert low <= erlang(servers, load)["erlang_B_blocking"] <= high


@needs_data
def test_three_servers_match_the_exact_hypercube():
    """Larson & Odoni, Urban Operations Research, 5.4: workloads 0.5574, 0.4734, 0.4693 within 0.005.

    Four classes of callers on a line, placed so that the units are nearest in the published order.
    """
    published = json.loads((QUEUEING / "hypercube_reference.json").read_text())["mit_3server_inf"]
    stations, atoms = (3, 1, 5), (2, 4, 0, 6)
    county = line_county(
        [1e-3, 2e-3, 1e-3, 1e-3, 2e-3, 1e-3],
        off_road_kph=(1e9,),
        stations=stations,
        units=(0, 1, 2),
        places=atoms,
        control=Duration("exponential", SERVICE_S),
        demand=tuple(
            Demand(f"class{k}", 0, rate / SERVICE_S * YEAR_S, *ALWAYS, place=k)
            for k, rate in enumerate(published["lambdas_by_preference_class"])
        ),
        listed=None,
    )
    assert preferences(county, atoms) == published["prefs_1based"]
    busy = np.zeros(3)
    horizon_s = 10_000 * SERVICE_S
    for replication in range(REPLICATIONS):
        rows = simulate(county, draw_fate(county, 5, replication, horizon_s)).log.rows()
        for unit in range(3):
            mine = rows[rows["unit"] == unit]
            start, end = (
                mine["time_s"][mine["kind"] == Kind.ASSIGNED],
                mine["time_s"][mine["kind"] == Kind.CLEAR],
            )
            busy[unit] += np.sum(end) - np.sum(start[: len(end)])
    workloads = busy / (REPLICATIONS * horizon_s)
    assert workloads == pytest.approx(published["published_workloads"], abs=0.005)


def preferences(county, atoms) -> list[list[int]]:
    """The units by their time to each atom, counted from 1."""
    rows = county.roads.tables(0, 0).from_rows
    return [[u + 1 for u in sorted(range(3), key=lambda u, a=atom: rows[u][a])] for atom in atoms]
