"""Call by call against JEMSS.jl: the same 20,000 calls on Auckland, its answers beside ours."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sim.engine import Run, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.scenarios.build import build_county
from sim.scenarios.importers.jemss import import_jemss
from sim.scenarios.load import load_scenario

ROOT = Path(__file__).parents[1]
CITY = ROOT.parent / "shared" / "data" / "jemss_auckland"
RESULTS = CITY / "jemss_results_20000_calls.csv.gz"
DAY_S = 86400.0
DAYS = 75
NEVER = -1.0

pytestmark = pytest.mark.skipif(not RESULTS.is_file(), reason="../shared/data/jemss_auckland is not here")


@dataclass(frozen=True)
class Pair:
    """A figure of each call: JEMSS's and ours."""

    theirs: np.ndarray
    ours: np.ndarray

    @property
    def apart(self) -> np.ndarray:
        return np.abs(self.theirs - self.ours)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jemss") / "auckland"
    import_jemss(CITY, folder, calls=RESULTS)
    return build_county(load_scenario(folder))


@pytest.fixture(scope="module")
def run(county) -> Run:
    return simulate(county, draw_fate(county, seed=1, replication=0, horizon_s=DAYS * DAY_S))


@pytest.fixture(scope="module")
def theirs() -> dict[str, np.ndarray]:
    with gzip.open(RESULTS, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def moments(run: Run, kind: Kind, last: bool = False) -> np.ndarray:
    """When something first (or last) happened to each call, seconds."""
    rows = run.log.rows()
    rows = rows[rows["kind"] == int(kind)]
    rows = rows if last else rows[::-1]
    times = np.full(len(run.fate), NEVER)
    times[rows["incident"]] = rows["time_s"]
    return times


def counts(run: Run, kind: Kind) -> np.ndarray:
    rows = run.log.rows()
    return np.bincount(rows["incident"][rows["kind"] == int(kind)], minlength=len(run.fate))


@pytest.fixture(scope="module")
def response(run, theirs) -> Pair:
    ours = moments(run, Kind.ARRIVED) - np.array(run.fate.time_s)
    return Pair(theirs["responseDuration"] * DAY_S, ours)


def test_all_calls_are_served(run):
    assert len(run.fate) == 20_000
    assert run.state.closed == 20_000
    assert not run.state.open


def test_mean_median_and_ninetieth_percentile_agree_within_one_percent(response):
    for figure in (np.mean, np.median, lambda times: np.quantile(times, 0.9)):
        assert figure(response.ours) == pytest.approx(figure(response.theirs), rel=0.01)


def test_nearly_every_response_agrees_within_five_seconds(response):
    assert np.mean(response.apart <= 5.0) >= 0.99
    assert np.mean(response.apart <= 1.0) >= 0.98


def test_every_priority_agrees(response, run):
    priority = np.array(run.fate.priority)
    for rank in range(3):
        ours, theirs = response.ours[priority == rank], response.theirs[priority == rank]
        assert ours.mean() == pytest.approx(theirs.mean(), rel=0.01)


def test_units_leave_at_the_same_moment(run, theirs):
    sent = Pair(theirs["dispatchTime"] * DAY_S, moments(run, Kind.ASSIGNED, last=True))
    assert np.mean(sent.apart <= 1.0) >= 0.99


def test_patients_reach_the_same_hospital_at_the_same_moment(run, theirs):
    carried = theirs["transport"] == 1
    there = Pair(theirs["hospitalArrivalTime"][carried] * DAY_S, moments(run, Kind.AT_HOSPITAL)[carried])
    assert np.mean(there.apart <= 5.0) >= 0.98
    rows = run.log.rows()
    rows = rows[rows["kind"] == int(Kind.AT_HOSPITAL)]
    assert np.mean(rows["subject"] + 1 == theirs["chosenHospitalIndex"][rows["incident"]]) >= 0.999


def test_as_many_calls_lose_their_unit_or_wait(run, theirs):
    bumps, waits = counts(run, Kind.REDIRECTED), counts(run, Kind.WAITING) > 0
    assert np.mean(bumps == theirs["numBumps"]) >= 0.99
    assert np.mean(waits == (theirs["wasQueued"] == 1)) >= 0.99


def test_the_textbook_model_of_the_bench_answers_alike(county, response, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import textbook

    days = 10
    city = textbook.run(county, draw_fate(county, seed=1, replication=0, horizon_s=days * DAY_S))
    arrived = np.array(city.arrived_s)
    served = np.flatnonzero(arrived >= 0)
    assert len(served) > 270 * days
    apart = np.abs(arrived[served] - np.array(city.fate.time_s)[served] - response.theirs[served])
    assert np.mean(apart <= 5.0) >= 0.99
