"""The hypercube: the book's example, Erlang's limits, balance, and how near the approximation comes."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.busy_states import busy_units
from readiness.erlang import busy_counts, correction
from readiness.hypercube import MOST_EXACT, approximate, exact, preferences

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "queueing"
real = pytest.mark.skipif(not DATA.is_dir(), reason=f"reference data absent: {DATA}")
BOTH = pytest.mark.parametrize("model", [exact, approximate])


@pytest.fixture(scope="module")
def example():
    return json.loads((DATA / "hypercube_reference.json").read_text())["mit_3server_inf"]


@pytest.fixture(scope="module")
def book(example):
    """Calls, preferences from 0, and service of Larson and Odoni's three servers."""
    calls = np.array(example["lambdas_by_preference_class"])
    return calls, np.array(example["prefs_1based"]) - 1, 1.0 / example["mu"]


@st.composite
def small_counties(draw, units=(2, 5)):
    """Up to five units somewhere, demand anywhere, and their busy share."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(*units))
    atoms = draw(st.integers(1, 6))
    calls = rng.random(atoms) + 0.01
    return calls * n * draw(st.floats(0.05, 0.9)) / calls.sum(), preferences(rng.random((n, atoms)))


@real
def test_exact_gives_the_published_workloads(example, book):
    found = exact(*book, queue=True)
    np.testing.assert_allclose(found.workload, example["published_workloads"], atol=5e-4)
    np.testing.assert_allclose(found.workload, example["computed_exact"]["workloads"], atol=1e-9)


@real
def test_exact_gives_the_dispatches_and_the_help_between_districts(example, book):
    calls, order, service = book
    of_all = (exact(calls, order, service, queue=True).dispatch * calls[:, np.newaxis] / calls.sum()).T
    wanted = example["computed_exact"]
    np.testing.assert_allclose(of_all, wanted["dispatch_fractions_unit_by_class"], atol=1e-9)
    own = of_all[order[:, 0], np.arange(len(calls))].sum()
    assert 1 - own == pytest.approx(wanted["interdistrict_fraction"], abs=1e-9)


@real
def test_approximation_gives_the_published_factors_and_workloads(example, book):
    np.testing.assert_allclose(
        correction(busy_counts(1.5, 3, queue=True)), example["published_Q_factors"], atol=5e-6
    )
    found = approximate(*book, queue=True).workload
    np.testing.assert_allclose(found, example["published_approx_workloads"], atol=2e-4)


@real
@BOTH
def test_units_that_are_asked_in_any_order_are_erlangs(model):
    with (DATA / "erlang_reference.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if int(row["servers"]) <= 8]
    assert len(rows) > 20
    for row in rows:
        units, load = int(row["servers"]), float(row["offered_load_erlang"])
        turns = [np.roll(np.arange(units), -k) for k in range(units)]
        calls = np.full(units, load / units)
        lost = model(calls, turns, 1.0)
        waits = model(calls, turns, 1.0, queue=True)
        assert lost.not_at_once[0] == pytest.approx(float(row["erlang_B_blocking"]), rel=1e-7)
        assert waits.not_at_once[0] == pytest.approx(float(row["erlang_C_wait_prob"]), rel=1e-7)
        assert waits.mean_queue == pytest.approx(float(row["Lq"]), rel=1e-6)
        np.testing.assert_allclose(waits.workload, float(row["rho"]), rtol=1e-6)


def test_overflow_of_ordered_units_is_erlangs():
    """The first k of units always asked in one order lose what k units alone would lose."""
    found = exact([2.0], [[0, 1, 2, 3]], 1.0)
    lost = [1.0, *(busy_counts(2.0, k)[-1] for k in range(1, 5))]
    np.testing.assert_allclose(found.workload, -2.0 * np.diff(lost), atol=1e-12)


def test_two_unequal_units_by_hand():
    """Rates 1 and 1, service 1 and 0.5; solved by hand from the four balance equations."""
    found = exact([1.0, 1.0], [[0, 1], [1, 0]], [1.0, 0.5])
    p = np.linalg.lstsq(
        np.array([[-2, 1, 2, 0], [1, -3, 0, 2], [1, 0, -4, 1], [0, 2, 2, -3], [1, 1, 1, 1]], dtype=float),
        np.array([0.0, 0, 0, 0, 1]),
        rcond=None,
    )[0]
    np.testing.assert_allclose(found.workload, [p[1] + p[3], p[2] + p[3]], atol=1e-12)
    np.testing.assert_allclose(found.not_at_once, p[3], atol=1e-12)


def test_a_call_is_lost_when_those_it_may_ask_are_busy():
    alone = exact([1.0, 1.0], [[0], [1]], [1.0, 1.0])
    np.testing.assert_allclose(alone.not_at_once, 0.5)
    never = exact([1.0, 1.0], [[0], [0]], [1.0, 1.0])
    np.testing.assert_allclose(never.workload, [2 / 3, 0.0], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(small_counties(), st.booleans())
def test_exact_is_in_balance(county, queue):
    """Calls taken at once and from the queue, times service, make the workload."""
    calls, order = county
    found = exact(calls, order, 1.0, queue=queue)
    np.testing.assert_allclose(calls @ found.dispatch, found.workload, atol=1e-9)
    np.testing.assert_allclose(found.at_once.sum(axis=1) + found.not_at_once, 1.0, atol=1e-12)
    assert ((found.workload > 0) & (found.workload < 1)).all()


@settings(max_examples=40, deadline=None)
@given(small_counties(units=(3, 6)), st.booleans())
def test_approximation_is_near_the_exact_model(county, queue):
    calls, order = county
    whole, near = exact(calls, order, 1.0, queue=queue), approximate(calls, order, 1.0, queue=queue)
    assert np.abs(whole.workload - near.workload).mean() < 0.05
    assert np.abs(whole.workload - near.workload).max() < 0.12
    np.testing.assert_allclose(near.not_at_once, whole.not_at_once, atol=1e-9)
    assert near.workload.sum() == pytest.approx(whole.workload.sum(), abs=1e-8)


def test_how_near_the_approximation_comes_where_units_are_somewhere_on_a_map():
    """What the docstring of `approximate` states, on fewer counties."""
    rng, gaps = np.random.default_rng(1), []
    for _ in range(60):
        units, atoms = rng.integers(3, 9), rng.integers(3, 20)
        way = rng.random((units, 1, 2)) - rng.random((1, atoms, 2))
        calls = rng.random(atoms)
        calls *= units * rng.uniform(0.05, 0.9) / calls.sum()
        order, service = preferences(np.hypot(*way.transpose(2, 0, 1))), rng.uniform(0.7, 1.3, units)
        whole, near = exact(calls, order, service), approximate(calls, order, service)
        gaps.append(np.abs(whole.workload - near.workload))
    assert np.concatenate(gaps).mean() < 0.007
    assert np.concatenate(gaps).max() < 0.06


def test_service_may_hold_the_way():
    """A service time for each atom and unit that does not depend on the atom is the unit's own."""
    calls, order = [0.4, 0.6], [[0, 1], [1, 0]]
    plain, long = approximate(calls, order, [1.0, 0.8]), approximate(calls, order, [[1.0, 0.8], [1.0, 0.8]])
    np.testing.assert_allclose(plain.workload, long.workload, atol=1e-9)
    further = approximate(calls, order, [[1.0, 0.8], [1.5, 0.8]])
    assert further.workload[0] > plain.workload[0]


@BOTH
def test_without_calls_nobody_is_busy(model):
    found = model([0.0, 0.0], [[0, 1], [1, 0]], 1.0)
    np.testing.assert_array_equal(found.workload, 0.0)
    np.testing.assert_array_equal(found.dispatch, np.eye(2))


def test_large_models_settle():
    rng = np.random.default_rng(3)
    calls = rng.random(500)
    order = preferences(rng.random((31, 500)))
    found = approximate(calls * 31 * 0.4 / calls.sum(), order, 1.0)
    assert found.workload.mean() == pytest.approx(0.4 * (1 - found.not_at_once[0]), abs=1e-9)
    most = exact(calls * 14 * 0.4 / calls.sum(), preferences(rng.random((14, 500))), 1.0)
    assert most.workload.mean() == pytest.approx(0.4 * (1 - busy_counts(5.6, 14)[-1]), abs=1e-9)


def test_states_are_numbered_by_bits():
    assert busy_units(3)[5].tolist() == [True, False, True]


def test_correction_is_one_where_nobody_is_busy():
    np.testing.assert_array_equal(correction([1.0, 0.0, 0.0]), 1.0)


def test_ties_go_to_the_lower_number():
    assert preferences([[5.0, np.inf], [5.0, np.inf], [1.0, np.inf]]).tolist() == [[2, 0, 1], [0, 1, 2]]


@pytest.mark.parametrize(
    ("model", "calls", "order", "service", "queue", "why"),
    [
        (exact, [1.0], [[0, 0]], 1.0, False, "none of them twice"),
        (exact, [1.0], [[0, 2]], [1.0, 1.0], False, "units 0 to 1"),
        (exact, [-1.0], [[0, 1]], 1.0, False, "0 or more"),
        (exact, [np.nan], [[0, 1]], 1.0, False, "0 or more"),
        (exact, [1.0], [[0, 1]], 0.0, False, "above 0"),
        (exact, [1.0, 2.0], [[0, 1]], 1.0, False, "one row an atom"),
        (exact, [1.0], [[0, 1]], [[1.0, 1.0]], False, "on the unit only"),
        (exact, [1.0], [[0, 1]], [[1.0, 1.0]] * 2, False, "service times"),
        (exact, [2.0], [[0, 1]], 1.0, True, "no end"),
        (exact, [0.1], [[0]], [1.0, 1.0], True, "asks all 2 units"),
        (exact, [0.1], [list(range(MOST_EXACT + 1))], 1.0, False, "14 at most"),
        (approximate, [0.1], [[0]], [1.0, 1.0], False, "asks all 2 units"),
        (approximate, [0.1], [[0, 1]], [1.0, 2.0], True, "one service time"),
        (approximate, [2.0], [[0, 1]], 1.0, True, "no end"),
    ],
)
def test_what_makes_no_sense_is_refused(model, calls, order, service, queue, why):
    with pytest.raises(ValueError, match=why):
        model(calls, order, service, queue=queue)


def test_workloads_that_do_not_settle_are_told():
    with pytest.raises(ArithmeticError, match="do not settle"):
        approximate([16.9], [list(range(22))], np.linspace(0.3, 4.0, 22))
