"""Intervals: they cover what they should, on models whose truth is known."""

import math

import numpy as np
import pytest

from results.intervals import Estimate, lag_one, over_batches, over_replications, t_quantile

TRIALS = 2000


def covered(estimate: Estimate, truth: float) -> bool:
    return estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high


def test_student_by_hand():
    estimate = over_replications([10.0, 12.0, 14.0, 16.0])
    assert estimate.mean == 13.0
    assert estimate.half_width == pytest.approx(3.182446 * math.sqrt(20 / 3) / 2, rel=1e-6)
    assert (estimate.n, estimate.level) == (4, 0.95)
    assert estimate.high - estimate.low == pytest.approx(2 * estimate.half_width)


def test_wider_for_a_higher_level():
    values = [1.0, 4.0, 2.0, 8.0]
    assert over_replications(values, 0.99).half_width > over_replications(values, 0.95).half_width


def test_one_observation_says_nothing_about_certainty():
    estimate = over_replications([7.0])
    assert (estimate.mean, estimate.half_width, estimate.n) == (7.0, None, 1)
    assert estimate.low is None
    assert estimate.high is None


def test_nothing_observed():
    assert over_replications([]) == Estimate(None, None, 0)
    assert over_replications([math.nan, math.nan]) == Estimate(None, None, 0)
    assert over_batches([]) == Estimate(None, None, 0)


def test_missing_replications_do_not_count():
    assert over_replications([1.0, math.nan, 3.0]) == over_replications([1.0, 3.0])


def test_replications_cover_the_mean_of_log_normal_response_times():
    rng = np.random.default_rng(11)
    truth = 480 * math.exp(0.5**2 / 2)
    hits = sum(
        covered(over_replications(rng.lognormal(math.log(480), 0.5, (10, 200)).mean(axis=1)), truth)
        for _ in range(TRIALS)
    )
    assert 0.93 <= hits / TRIALS <= 0.97


def test_replications_cover_a_quantile():
    rng = np.random.default_rng(12)
    truth = -300 * math.log(0.1)
    hits = sum(
        covered(over_replications(np.quantile(rng.exponential(300, (10, 800)), 0.9, axis=1)), truth)
        for _ in range(TRIALS)
    )
    assert 0.93 <= hits / TRIALS <= 0.97


def test_replications_cover_a_share():
    rng = np.random.default_rng(13)
    hits = sum(covered(over_replications(rng.binomial(300, 0.8, 12) / 300), 0.8) for _ in range(TRIALS))
    assert 0.93 <= hits / TRIALS <= 0.97


def test_batches_cover_the_mean_of_a_correlated_series():
    rng = np.random.default_rng(14)
    noise = rng.normal(size=(TRIALS, 8000))
    series = np.empty_like(noise)
    series[:, 0] = noise[:, 0] / math.sqrt(1 - 0.5**2)
    for step in range(1, noise.shape[1]):
        series[:, step] = 0.5 * series[:, step - 1] + noise[:, step]
    hits = sum(covered(over_batches(row), 0.0) for row in series)
    assert 0.93 <= hits / TRIALS <= 0.97


def test_batches_cover_a_quantile():
    rng = np.random.default_rng(15)
    truth = -math.log(0.1)
    hits = sum(covered(over_batches(rng.exponential(1, 20_000), quantile=0.9), truth) for _ in range(1000))
    assert 0.93 <= hits / 1000 <= 0.97


def test_batches_leave_out_the_beginning_but_not_from_the_centre():
    values = [1000.0, *range(200)]
    estimate = over_batches(values)
    assert estimate.mean == pytest.approx(np.mean(values))
    means = np.arange(200.0).reshape(20, 10).mean(axis=1)
    assert estimate.half_width == pytest.approx(t_quantile(0.95, 19) * np.std(means, ddof=1) / math.sqrt(20))


def test_batches_too_short_give_no_interval():
    estimate = over_batches(range(199))
    assert (estimate.mean, estimate.half_width) == (99.0, None)


def test_batches_warn_of_a_trend_and_not_of_noise():
    rng = np.random.default_rng(16)
    assert over_batches(np.arange(1000.0)).doubtful
    warned = sum(over_batches(rng.normal(size=400)).doubtful for _ in range(TRIALS))
    assert warned / TRIALS < 0.08


def test_lag_one():
    assert lag_one([1, -1, 1, -1]) == pytest.approx(-0.75)
    assert lag_one([5, 5, 5]) == 0.0
