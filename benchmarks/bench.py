"""The bench: every figure on speed the project promises, from one run on one machine, with its target."""

from __future__ import annotations

import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import networkx as nx
import numpy as np

from benchmarks import numba_loop, textbook
from benchmarks.auckland import DATA, DAY_S, Case, auckland, board_of, part_with
from sim.county import County
from sim.engine import Options, Run, simulate
from sim.events import Kind
from sim.experiment import run_experiment
from sim.fate import draw_fate
from sim.record import log_name, write_run
from sim.road_table import RoadTable, TravelProfile, arc_times_s
from sim.roads import compile_roads
from sim.scenarios.build import build_county
from sim.scenarios.builtin import builtin_scenarios
from sim.scenarios.load import load_scenario

T = TypeVar("T")
REPEATS = 3
YEARS = 20
"""Years of the built-in county that are timed: one year has too few incidents to time."""

ROAD_NODES = 20_000
NETWORKX_ROWS = 4
"""Rows of travel times NetworkX is timed on; it takes as long for each of the others."""

CLOSURES = 25
COSTED_YEARS, COST_REPEATS = 4, 16
CORES_DAYS, CORES_REPLICATIONS = 1500, 8


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the bench; `met` is None where nothing was promised."""

    name: str
    value: str
    target: str = ""
    met: bool | None = None


def main() -> int:
    """Print the figures as they come; give 0 when all that were promised are reached."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}"
    print(f"Python {platform.python_version()}, {machine}; best of {REPEATS}\n")
    print(f"{'':58} {'here':>16}   target")
    missed = 0
    for figure in figures():
        mark = "" if figure.met is None else ("  reached" if figure.met else "  MISSED")
        print(f"{figure.name:58} {figure.value:>16}   {figure.target}{mark}", flush=True)
        missed += figure.met is False
    print(f"\n{missed} missed" if missed else "\nall reached")
    return int(missed > 0)


def figures() -> Iterator[Figure]:
    """Measure, one figure after the other."""
    if DATA.is_dir():
        case = auckland()
        yield from auckland_figures(case)
        yield from road_figures(case.county.roads.table)
    else:
        yield Figure("Auckland: ../shared/data/jemss_auckland is not here", "left out")
    yield from lanshui_figures()
    yield from core_figures()
    yield cold_start()


def auckland_figures(case: Case) -> Iterator[Figure]:
    """Measure Auckland, 250 days of drawn calls, against the textbook, a compiled loop, and no log."""
    n = len(case.fate)
    run, full_s = best(lambda: simulate(case.county, case.fate))
    yield at_least("Auckland, 250 days: incidents/s a core, full log", n / full_s, 60_000)
    yield Figure("  calls, events an incident", f"{n:,}, {run.log.count / n:.1f}")
    yield from log_figures(case, run, full_s)
    yield from textbook_figures(case, run, full_s)
    yield from loop_figures(case, run, full_s)


def log_figures(case: Case, run: Run, full_s: float) -> Iterator[Figure]:
    """Measure what recording costs, in time and in room."""
    _, bare_s = best(lambda: simulate(case.county, case.fate, Options(record=False)))
    yield at_most("  full log over none, time", 100 * (full_s / bare_s - 1), 40, "%")
    yield at_most("  log in memory, bytes an event", run.log.rows().nbytes / run.log.count, 32, " B")
    with tempfile.TemporaryDirectory() as scratch:
        _, write_s = best(lambda: write_run(run, Path(scratch)), repeats=1)
        size = (Path(scratch) / log_name(0)).stat().st_size
    yield Figure("  log on disk with all reasons, bytes an event", f"{size / run.log.count:.1f} B")
    yield Figure("  writing log and incidents", f"{write_s:.2f} s")


def textbook_figures(case: Case, run: Run, full_s: float) -> Iterator[Figure]:
    """Measure the textbook model on the same calls and roads."""
    book, book_s = best(lambda: textbook.run(case.county, case.fate), repeats=2)
    yield at_least("  faster than the textbook SimPy model", book_s / full_s, 3, " times")
    same = share_within(arrivals(run), np.array(book.arrived_s))
    yield Figure("  calls the textbook model answers alike, to 1 s", f"{100 * same:.2f} %")


def loop_figures(case: Case, run: Run, full_s: float) -> Iterator[Figure]:
    """Measure the compiled loop on the same calls, with all ways between points known beforehand."""
    board = board_of(case)
    given = numba_loop.prepare(board)
    outcome = numba_loop.run(board, *given)
    _, loop_s = best(lambda: numba_loop.run(board, *given))
    yield at_most("  slower than the compiled loop", full_s / loop_s, 15, " times")
    same = share_within(arrivals(run), outcome.fates["arrived_s"])
    yield Figure("  calls the compiled loop answers alike, to 1 s", f"{100 * same:.2f} %")


def arrivals(run: Run) -> np.ndarray:
    """Give the moment the first unit arrived at each incident, NaN where none did."""
    rows = run.log.rows()
    rows = rows[rows["kind"] == int(Kind.ARRIVED)]
    times = np.full(len(run.fate), np.nan)
    times[rows["incident"][::-1]] = rows["time_s"][::-1]
    return times


def share_within(one: np.ndarray, other: np.ndarray, slack_s: float = 1.0) -> float:
    """Give the share of calls that two models answer within so many seconds of each other."""
    both = np.isfinite(one) & (other >= 0)
    return float(np.mean(np.abs(one[both] - other[both]) <= slack_s))


def road_figures(whole: RoadTable) -> Iterator[Figure]:
    """Measure compiling a speed class and closing a road, on 20,000 nodes of Auckland."""
    table = part_with(whole, ROAD_NODES)
    chance = random.Random(7)  # noqa: S311 - a bench, not a secret
    facilities = chance.sample(range(table.n_nodes), 18)
    profiles, regimes = [TravelProfile("lights", None), TravelProfile("ordinary", None)], [{}]
    _, network_s = best(lambda: compile_roads(table, facilities, profiles, regimes), repeats=1)
    yield Figure(f"Roads, {table.n_nodes:,} nodes: reading the network in, once", f"{network_s:.2f} s")
    fresh = [compile_roads(table, facilities, profiles, regimes) for _ in range(REPEATS)]
    spans = [timed(lambda index=index: index.tables(0, 0))[1] for index in fresh]
    slow_s = networkx_s(table, facilities)
    yield at_least("  one speed class, faster than NetworkX", slow_s / min(spans), 20, " times")
    yield Figure("  one speed class: here, NetworkX", f"{min(spans):.2f} s, {slow_s:.1f} s")
    index = fresh[0]
    index.tables(0, 0)
    index.tables(1, 0)
    spans = [
        timed(lambda arc=arc: _close(index, arc))[1] for arc in chance.sample(range(table.n_arcs), CLOSURES)
    ]
    yield at_most(
        f"  closing a road, mean of {CLOSURES}, two speed classes", statistics.mean(spans), 0.1, " s"
    )
    yield Figure("  closing a road, slowest", f"{max(spans):.3f} s")


def _close(index: object, arc: int) -> None:
    table = index.table
    back = np.flatnonzero((table.tail == table.head[arc]) & (table.head == table.tail[arc]))
    closed = index.close([arc, *back.tolist()])
    closed.tables(0, 0)
    closed.tables(1, 0)


def networkx_s(table: RoadTable, facilities: list[int]) -> float:
    """Time NetworkX on rows from and to facilities; scaled up to all of them."""
    times = arc_times_s(table, 0, TravelProfile("lights", None), {})
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(table.tail.tolist(), table.head.tolist(), times.tolist(), strict=True))
    back = graph.reverse(copy=True)
    some = facilities[: NETWORKX_ROWS // 2]
    _, spent = timed(
        lambda: [nx.dijkstra_predecessor_and_distance(way, node) for way in (graph, back) for node in some]
    )
    return spent / NETWORKX_ROWS * 2 * len(facilities)


def lanshui_figures() -> Iterator[Figure]:
    """Measure the built-in county."""
    county = build_county(load_scenario(builtin_scenarios()["lanshui"]))
    fate = draw_fate(county, 1, 0, YEARS * 365 * DAY_S)
    run, spent = best(lambda: simulate(county, fate))
    yield Figure(f"lanshui, {YEARS} years: incidents/s a core, full log", f"{len(fate) / spent:,.0f}")
    sent = int(np.sum(run.log.rows()["kind"] == int(Kind.ASSIGNED)))
    yield Figure("  units sent/s, events/s", f"{sent / spent:,.0f}, {run.log.count / spent:,.0f}")
    yield from cost_figures(county)


def cost_figures(county: County) -> Iterator[Figure]:
    """Measure what readiness costs a year of the county, and what reports and plans cost on top of it.

    A year is drawn, simulated and written; the least of each of several years is added up.
    """
    silent = replace(county, chain=None, plans=())
    bare = replace(silent, force=None, force_names={}, injects=())
    spans = years_s(bare, silent, county)
    yield at_most("  with items and shifts over without", 100 * (spans[1] / spans[0] - 1), 40, "%")
    yield at_most("  with reports and plans over without", 100 * (spans[2] / spans[1] - 1), 30, "%")
    yield Figure("  a year: bare, ready, commanded", ", ".join(f"{1000 * span:.0f} ms" for span in spans))


def years_s(*counties: County) -> list[float]:
    """Time some years of counties in turn, so that all of them meet the same machine."""
    least = [[float("inf")] * COSTED_YEARS for _ in counties]
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(COST_REPEATS):
            for number, county in enumerate(counties):
                for year in range(COSTED_YEARS):
                    _, spent = timed(lambda c=county, r=year: _a_year(c, r, Path(scratch)))
                    least[number][year] = min(least[number][year], spent)
    return [sum(spans) / COSTED_YEARS for spans in least]


def _a_year(county: County, replication: int, folder: Path) -> None:
    write_run(simulate(county, draw_fate(county, 1, replication, 366 * DAY_S)), folder)


def core_figures() -> Iterator[Figure]:
    """Measure what a second core brings, writing and starting of processes included."""
    spans = []
    with tempfile.TemporaryDirectory() as scratch:
        for workers in (1, 2):
            began = time.perf_counter()
            run_experiment(
                builtin_scenarios()["lanshui"],
                days=CORES_DAYS,
                replications=CORES_REPLICATIONS,
                out=Path(scratch) / f"run-{workers}",
                workers=workers,
            )
            spans.append(time.perf_counter() - began)
    yield at_least("lanshui, two cores over one", spans[0] / spans[1], 1.8, " times")
    yield Figure("  one core, two cores", f"{spans[0]:.1f} s, {spans[1]:.1f} s")


def cold_start() -> Figure:
    """Measure a simulated year of the built-in county from the command line, report included."""
    beiqin = Path(sys.executable).parent / "beiqin"
    spans = []
    with tempfile.TemporaryDirectory() as scratch:
        for attempt in range(REPEATS):
            out = str(Path(scratch) / str(attempt))
            command = [str(beiqin), "run", "lanshui", "--days", "365", "--replications", "1", "--out", out]
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
            spans.append(time.perf_counter() - began)
    return at_most("beiqin run lanshui --days 365, from cold", min(spans), 6, " s")


def at_least(name: str, value: float, target: float, unit: str = "") -> Figure:
    """Make a figure that must not be less."""
    return Figure(name, spoken(value) + unit, f"≥ {target:,}{unit}", value >= target)


def at_most(name: str, value: float, target: float, unit: str = "") -> Figure:
    """Make a figure that must not be more."""
    return Figure(name, spoken(value) + unit, f"≤ {target:,}{unit}", value <= target)


def spoken(value: float) -> str:
    """Write a number with as many digits as matter."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def best(work: Callable[[], T], repeats: int = REPEATS) -> tuple[T, float]:
    """Do something several times; give what it gave last and the least processor time it took."""
    results = [timed(work) for _ in range(repeats)]
    return results[-1][0], min(spent for _, spent in results)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Do something; give what it gave and the processor time it took, in seconds."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began
