"""Choosing the best: the promise kept on a known problem, with and without shared chance."""

import numpy as np
import pytest

from results.choosing import best_of, eta

TRIALS = 1000
SPREAD = 3.0


def slippage(rng, k, shared):
    """The hardest problem allowed: one variant better by exactly what is worth telling, all others equal."""
    truth = np.r_[0.0, np.ones(k - 1)]

    def observe(which, _first, count):
        common = rng.normal(size=(count, 1)) * np.sqrt(shared)
        own = rng.normal(size=(count, len(which))) * np.sqrt(1.0 - shared)
        return truth[list(which)] + SPREAD * (common + own)

    return observe


@pytest.mark.parametrize(("k", "shared"), [(3, 0.0), (5, 0.0), (5, 0.8)])
def test_the_promise_is_kept(k, shared):
    rng = np.random.default_rng(3)
    found = [best_of(slippage(rng, k, shared), k, 1.0, 0.95, at_most=20_000, batch=8) for _ in range(TRIALS)]
    assert sum(one.best == 0 for one in found) / TRIALS >= 0.95
    assert all(one.sure for one in found)


def test_shared_chance_saves_work():
    made = {
        shared: np.mean(
            [
                best_of(slippage(np.random.default_rng(seed), 5, shared), 5, 1.0).replications
                for seed in range(50)
            ]
        )
        for shared in (0.0, 0.8)
    }
    assert made[0.8] < made[0.0] / 2


def test_the_constant_by_hand():
    """k = 2: (2 * 0.05)^(-2/9) = 1.66810, half of what is above 1."""
    assert eta(2, 10, 0.95) == pytest.approx(0.334050, abs=1e-6)


def test_batches_change_the_work_and_not_the_choice():
    draws = np.random.default_rng(32).normal([5.0, 5.6, 7.0], 1.5, (400, 3))

    def observe(which, first, count):
        return draws[first : first + count][:, list(which)]

    one_by_one, in_batches = (best_of(observe, 3, 0.5, batch=batch) for batch in (1, 16))
    assert (one_by_one.best, one_by_one.dropped) == (in_batches.best, in_batches.dropped)
    assert in_batches.replications >= one_by_one.replications


def test_the_greatest_may_be_the_best():
    draws = np.random.default_rng(33).normal([5.0, 9.0], 1.0, (200, 2))
    found = best_of(
        lambda which, first, count: draws[first : first + count][:, list(which)], 2, 1.0, least=False
    )
    assert found.best == 1
    assert found.dropped[1] is None


def test_equal_variants_end_all_the_same():
    draws = np.random.default_rng(34).normal(5.0, 1.0, 200)

    def observe(which, first, count):
        return np.column_stack([draws[first : first + count]] * len(which))

    found = best_of(observe, 3, 0.5)
    assert (found.best, found.replications, found.sure) == (0, 30, True)


def test_a_cap_is_admitted():
    draws = np.random.default_rng(35).normal([5.0, 5.0], 10.0, (50, 2))
    found = best_of(
        lambda which, first, count: draws[first : first + count, : len(which)], 2, 0.1, at_most=40
    )
    assert not found.sure
    assert found.left == (0, 1)
