"""Coverage by ready units: cases worked by hand, and what must hold whatever the county."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from readiness.coverage import by_group, card_covered, covered, reached, share
from readiness.erlang import busy_counts, correction
from readiness.expected_coverage import (
    expected,
    expected_adjusted,
    expected_by_hypercube,
    hypercube_by_moment,
    lost_by_leaving,
)
from readiness.hypercube import exact, preferences

REACH = np.array([[60.0, 400.0, 900.0, np.inf], [300.0, 200.0, 900.0, 480.0], [500.0, 100.0, 481.0, np.inf]])
PEOPLE = np.array([500.0, 300.0, 150.0, 50.0])
ALL = [True, True, True]


@st.composite
def counties(draw):
    """Times of a few units to a few points, who is ready when, and how much points count."""
    units, points, moments = draw(st.integers(1, 5)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    whole = st.integers(0, 1200).map(float) | st.just(np.inf)
    reach = draw(arrays.arrays(float, (units, points), elements=whole))
    ready = draw(arrays.arrays(bool, (moments, units)))
    weights = draw(arrays.arrays(float, points, elements=st.integers(1, 1000).map(float)))
    return reach, ready, weights


def test_counts_by_hand():
    assert reached(REACH, [ALL, [True, False, False]], 480).tolist() == [[2, 3, 0, 1], [1, 1, 0, 0]]
    np.testing.assert_allclose(reached(REACH, [0.5, 0.25, 1.0], 480), [[0.75, 1.75, 0.0, 0.25]])


def test_shares_by_hand():
    cover = {k: share(covered(REACH, ALL, 480, k), PEOPLE)[0] for k in (1, 2, 3, 4)}
    assert cover == pytest.approx({1: 0.85, 2: 0.8, 3: 0.3, 4: 0.0})


def test_a_limit_may_differ_from_point_to_point():
    assert covered(REACH, ALL, [50.0, 100.0, 481.0, 479.0]).tolist() == [[0, 1, 1, 0]]


def test_units_that_leave_later_reach_less():
    late = [[0.0, 0.0, 0.0], [0.0, 181.0, 0.0], [421.0, 181.0, 381.0]]
    found = reached(REACH, [ALL] * 3, 480, slower_s=late)
    assert found.tolist() == [[2, 3, 0, 1], [1, 3, 0, 0], [0, 1, 0, 0]]
    by_chance = covered(REACH, [[0.5, 0.5, 0.5]] * 3, 480, 2, slower_s=late)
    np.testing.assert_allclose(by_chance, [[0.25, 0.5, 0, 0], [0, 0.5, 0, 0], [0, 0, 0, 0]])


def test_townships_by_hand():
    found = by_group(covered(REACH, ALL, 480), PEOPLE, [0, 1, 1, -1], 3)
    np.testing.assert_allclose(found[0], [1.0, 300 / 450, np.nan])


def test_expected_by_hand():
    np.testing.assert_allclose(expected(REACH, ALL, 0.2, 480), [[0.96, 0.992, 0.0, 0.8]], rtol=1e-6)
    np.testing.assert_allclose(expected(REACH, ALL, [0.1, 0.5, 0.9], 480), [[0.95, 0.955, 0, 0.5]], rtol=1e-6)
    assert expected(REACH, ALL, [[0.0, 1.0, 1.0]], 480).tolist() == [[1, 1, 0, 0]]


def test_adjusted_for_one_unit_is_the_plain_one():
    np.testing.assert_allclose(expected_adjusted(REACH[:1], [True], 0.3, 480), [[0.7, 0.7, 0.0, 0.0]])


def test_adjusted_counts_with_larsons_factors():
    factor = correction(busy_counts(1.5, 3, queue=True))
    whole = np.cumsum(factor * 0.5 ** np.arange(1, 4))
    found = expected_adjusted(REACH, [ALL, [False] * 3], 0.5, 480)
    np.testing.assert_allclose(found, [[whole[1], whole[2], 0.0, whole[0]], [0, 0, 0, 0]])
    assert whole[2] == pytest.approx(1 - busy_counts(1.5, 3, queue=True)[-1])


def test_the_hypercube_covers_what_a_unit_in_time_takes_at_once():
    order = preferences(REACH)
    model = exact(PEOPLE / 1000, order, 1.0)
    inside = REACH.T <= 480
    by_hand = (PEOPLE / 1000) @ (model.at_once * inside).sum(axis=1)
    assert expected_by_hypercube(REACH, model, PEOPLE, 480) == pytest.approx(by_hand)
    assert expected_by_hypercube(REACH, model, PEOPLE, 480) < 0.85


def test_the_hypercube_by_moment_knows_who_is_ready():
    calls = PEOPLE / 10_000
    ready = [ALL, [False, True, False], [False] * 3, ALL]
    found = hypercube_by_moment(REACH, ready, calls, 1.0, PEOPLE, 480)
    alone = (1 - busy_counts(0.1, 1)[-1]) * 0.85
    assert found[1:3] == pytest.approx([alone, 0.0])
    assert found[0] == found[3]
    assert found[0] == pytest.approx(
        expected_by_hypercube(REACH, exact(calls, preferences(REACH), 1.0), PEOPLE, 480), abs=0.005
    )


def test_a_run_card_is_filled_by_units_that_fill_one_place_each():
    """Capabilities: 0 pump (units 0, 1, 2), 1 rescue (unit 1), 2 boat (units 1, 2)."""
    able = np.array([[1, 1, 1], [0, 1, 0], [0, 1, 1]], dtype=bool)
    near = np.full((3, 1), 60.0)
    for card, met in (
        ([(0, 3)], True),
        ([(0, 2), (1, 1)], True),
        ([(0, 3), (1, 1)], False),
        ([(1, 1), (2, 1)], True),
        ([(1, 1), (2, 2)], False),
        ([(0, 1), (1, 1), (2, 1)], True),
        ([(0, 1), (0, 1)], True),
        ([(0, 2), (0, 2)], False),
    ):
        assert card_covered(near, able, card, 300).item() is met, card
    far = np.array([[60.0], [60.0], [301.0]])
    assert not card_covered(far, able, [(0, 2), (1, 1)], 300).item()


@settings(max_examples=60, deadline=None)
@given(counties(), st.integers(0, 900), st.integers(0, 300))
def test_cover_never_falls_when_more_time_is_given(county, within, more):
    reach, ready, _ = county
    for cover in (
        lambda limit: covered(reach, ready, limit, 2),
        lambda limit: expected(reach, ready, 0.3, limit),
        lambda limit: expected_adjusted(reach, ready, 0.3, limit),
    ):
        assert (cover(within + more) >= cover(within) - 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(counties(), st.integers(0, 900), st.data())
def test_cover_never_falls_when_a_unit_is_added(county, within, data):
    reach, ready, _ = county
    unit = data.draw(st.integers(0, len(reach) - 1))
    more = ready.copy()
    more[:, unit] = True
    for k in (1, 2):
        assert (covered(reach, more, within, k) >= covered(reach, ready, within, k)).all()
        assert (covered(reach, 0.7 * more, within, k) >= covered(reach, 0.7 * ready, within, k) - 1e-6).all()
    assert (expected(reach, more, 0.4, within) >= expected(reach, ready, 0.4, within) - 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(counties(), st.integers(0, 1200), st.floats(0.0, 0.99))
def test_double_and_expected_are_at_most_single(county, within, busy):
    reach, ready, weights = county
    single = share(covered(reach, ready, within), weights)
    assert (share(covered(reach, ready, within, 2), weights) <= single + 1e-9).all()
    assert (share(expected(reach, ready, busy, within), weights) <= single + 1e-6).all()
    adjusted = share(expected_adjusted(reach, ready, busy, within), weights)
    assert (adjusted <= share(expected(reach, ready, busy, within), weights) + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(counties(), st.integers(0, 1200), st.integers(1, 3))
def test_chances_of_a_few_units_are_those_of_all_their_cases(county, within, at_least):
    """Against the sum over all sets of units that may be ready."""
    reach, _, _ = county
    chance = np.linspace(0.2, 0.9, len(reach))
    cases = (np.arange(1 << len(reach))[:, np.newaxis] >> np.arange(len(reach)) & 1).astype(bool)
    odds = np.where(cases, chance, 1 - chance).prod(axis=1)
    whole = odds @ covered(reach, cases, within, at_least)
    np.testing.assert_allclose(covered(reach, chance, within, at_least)[0], whole, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(counties(), st.integers(0, 1200), st.floats(0.0, 0.99))
def test_what_leaving_costs_is_the_difference_it_makes(county, within, busy):
    reach, ready, weights = county
    free = ready[0]
    cost = lost_by_leaving(reach, free, busy, weights, within)
    now = share(expected(reach, free, busy, within), weights)[0]
    for unit in range(len(reach)):
        rest = free & (np.arange(len(reach)) != unit)
        after = share(expected(reach, rest, busy, within), weights)[0]
        assert cost[unit] == pytest.approx(now - after, abs=2e-6)


@settings(max_examples=40, deadline=None)
@given(counties(), st.integers(0, 1200))
def test_a_card_of_one_line_is_k_fold_cover(county, within):
    reach, ready, _ = county
    for count in (1, 2):
        np.testing.assert_array_equal(
            card_covered(reach, ready[np.newaxis], [(0, count)], within),
            covered(reach, ready, within, count) == 1,
        )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.data())
def test_a_card_is_met_when_some_way_to_send_units_fills_it(units, data):
    """Against trying all ways to give units to lines."""
    able = data.draw(arrays.arrays(bool, (3, units)))
    card = [(k, n) for k in range(3) if (n := data.draw(st.integers(0, 2)))] or [(0, 1)]
    places = [k for k, n in card for _ in range(n)]

    def fits(left, free):
        return not left or any(able[left[0], u] and fits(left[1:], free - {u}) for u in sorted(free))

    assert card_covered(np.full((units, 1), 1.0), able, card, 60).item() is fits(
        places, frozenset(range(units))
    )


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: reached(REACH, [True, True], 480), "needed"),
        (lambda: reached(REACH[0], ALL, 480), "needed"),
        (lambda: reached(-REACH, ALL, 480), "0 or more seconds"),
        (lambda: reached(np.full((3, 1), np.nan), ALL, 480), "0 or more seconds"),
        (lambda: reached(REACH, [0.5, 2.0, 0.1], 480), "from 0 to 1"),
        (lambda: covered(REACH, ALL, 480, 0), "one unit or more"),
        (lambda: share([[1, 0]], [1.0]), "one is needed"),
        (lambda: share([[1, 0]], [0.0, 0.0]), "not all 0"),
        (lambda: share([[1, 0]], [1.0, -1.0]), "not all 0"),
        (lambda: by_group([[1, 0]], [1, 1], [0, 2], 2), "number below 2"),
        (lambda: card_covered(REACH, [ALL], [], 480), "one line or more"),
        (lambda: card_covered(REACH, [ALL], [(1, 1)], 480), "no such capability"),
        (lambda: card_covered(REACH, [ALL], [(0, 0)], 480), "no units asked"),
        (lambda: expected(REACH, ALL, 1.5, 480), "from 0 to 1"),
        (lambda: expected_adjusted(REACH, ALL, 1.0, 480), "below 1"),
        (lambda: expected_adjusted(REACH, [0.5, 1, 1], 0.5, 480), "ready or not"),
        (lambda: hypercube_by_moment(REACH, [0.5, 1, 1], PEOPLE, 1.0, PEOPLE, 480), "ready or not"),
        (
            lambda: expected_by_hypercube(REACH[:2], exact(PEOPLE, preferences(REACH), 1.0), PEOPLE, 480),
            "does not fit",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, why):
    with pytest.raises(ValueError, match=why):
        call()
