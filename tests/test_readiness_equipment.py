"""One item's rules: how long it lasts, at which use it ends, which check finds a fault, what calls use up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from readiness.equipment import (
    checks_of,
    cleaning_s,
    concerns,
    due_s,
    ends_s,
    expiry_s,
    first_check_s,
    found_s,
    last_use,
    mended_by,
    next_s,
    refit_s,
    used_amount,
    wear,
)
from readiness.force import ANY, Check, ItemType, Lasting

EVEN = (np.arange(20_000) + 0.5) / 20_000
"""Draws that lie evenly: what they stand for follows the distribution as well as can be."""
DAY_S = 86400.0


@pytest.mark.parametrize("age_s", [0.0, 400.0, 2500.0])
@pytest.mark.parametrize(
    ("fails", "law"),
    [
        (Lasting("exponential", 1000.0), stats.expon(scale=1000.0)),
        (Lasting("weibull", 1500.0, 1.8), stats.weibull_min(1.8, scale=1500.0)),
        (Lasting("weibull", 1500.0, 0.7), stats.weibull_min(0.7, scale=1500.0)),
    ],
)
def test_what_is_left_of_a_life_follows_from_how_long_it_has_lasted(fails, law, age_s):
    left = ends_s(fails, age_s, EVEN)
    for t in (10.0, 300.0, 1000.0, 4000.0):
        assert np.mean(left > t) == pytest.approx(law.sf(age_s + t) / law.sf(age_s), abs=1e-3)


def test_a_longer_draw_lasts_longer_and_what_never_fails_never_ends():
    assert np.all(np.diff(ends_s(Lasting("weibull", 10.0, 2.0), 3.0, EVEN)) > 0.0)
    assert np.all(np.isinf(ends_s(None, 0.0, EVEN)))
    assert ends_s(Lasting("constant", 50.0), 60.0, np.array([0.3])).tolist() == [0.0]
    with pytest.raises(ValueError, match="normal"):
        ends_s(Lasting("normal", 1.0, 1.0), 0.0, EVEN)


@pytest.mark.parametrize("p", [0.004, 0.3, 0.9])
def test_the_use_that_ends_an_item_is_geometric(p):
    uses = np.array([last_use(p, uniform) for uniform in EVEN])
    assert uses.min() == 1.0
    for n in (1, 3, 40):
        assert np.mean(uses > n) == pytest.approx((1.0 - p) ** n, abs=1e-3)


def test_use_alone_need_not_end_an_item():
    assert math.isinf(last_use(0.0, 0.99))
    assert last_use(1.0, 0.99) == 1.0
    harsh = ItemType("mask", harsh=frozenset({2}), harsh_factor=3.0)
    assert [wear(harsh, kind) for kind in (1, 2)] == [1.0, 3.0]


def test_a_fault_is_found_by_the_first_check_after_it_whose_draw_finds_it():
    weekly = Check("weekly", every_s=7 * DAY_S, first_s=DAY_S, finds=1.0)
    assert found_s(DAY_S, [weekly], lambda _: 0.5) == 8 * DAY_S
    assert found_s(-5.0, [weekly], lambda _: 0.5) == DAY_S
    assert math.isinf(found_s(0.0, [], lambda _: 0.0))
    assert math.isinf(found_s(0.0, [Check("after", after_use=True)], lambda _: 0.0))
    assert math.isinf(found_s(0.0, [Check("blind", every_s=1.0, finds=0.0)], lambda _: 0.0, 50.0))


def test_checks_after_a_fault_are_few_however_late_it_comes():
    asked = []
    daily = Check("daily", every_s=DAY_S, finds=0.25)

    def chance(moment: float) -> float:
        asked.append(moment)
        return 0.9 if len(asked) < 4 else 0.1

    assert found_s(10_000.5 * DAY_S, [daily], chance) == 10_004 * DAY_S
    assert len(asked) == 4


@given(
    st.floats(0.0, 500.0),
    st.integers(1, 6),
    st.floats(0.05, 1.0),
    st.integers(0, 2**31),
)
def test_checks_added_between_those_there_were_never_find_a_fault_later(failed_s, more, finds, seed):
    def chance(moment: float) -> float:
        return float(np.random.default_rng([seed, round(moment * 60)]).random())

    few = found_s(failed_s, [Check("a", every_s=60.0, first_s=8.0, finds=finds)], chance, 2000.0)
    many = found_s(failed_s, [Check("b", every_s=60.0 / more, first_s=8.0, finds=finds)], chance, 2000.0)
    assert many <= few + 1e-6


def test_checks_concern_what_they_name():
    everything, team = Check("all", every_s=1.0), Check("team", team=2, every_s=1.0)
    masks, store = Check("masks", type=4, every_s=1.0), Check("store", store=0, every_s=1.0)
    blind = Check("blind", every_s=1.0, finds=0.0)
    checks = (everything, team, masks, store, Check("use", after_use=True), blind)

    def found(*where: int) -> list[str]:
        return [check.code for check in checks_of(checks, *where)]

    assert found(4, 2, -1) == ["all", "team", "masks"]
    assert found(5, 2, -1) == ["all", "team"]
    assert found(5, -1, 0) == ["all", "store"]
    assert found(5, -1, -1) == ["all"]
    assert concerns(Check("both", team=1, store=0), 0, 1, ANY)


def test_dates_of_tests_and_expiry():
    kind = ItemType("cylinder", test_every_s=100.0, expires_s=1000.0)
    assert expiry_s(kind, -400.0) == 600.0
    assert due_s(kind, -30.0, 0.0) == 70.0
    assert due_s(kind, -230.0, 0.0) == 70.0
    assert math.isinf(due_s(ItemType("hose"), 0.0, 0.0))
    assert math.isinf(expiry_s(ItemType("hose"), 0.0))
    assert next_s(8.0, 24.0, 8.0) == 32.0
    assert first_check_s(70.0, [Check("a", every_s=24.0, first_s=8.0), Check("b", every_s=70.0)]) == 70.0
    assert math.isinf(first_check_s(70.0, []))


def test_how_a_bad_item_is_made_good():
    day = Lasting("constant", DAY_S)
    assert mended_by(ItemType("a", repair=day, replace=day)) == "repaired"
    assert mended_by(ItemType("a", repair=day, replace=day), renew=True) == "replaced"
    assert mended_by(ItemType("a", repair=day), renew=True) == "overhauled"
    assert mended_by(ItemType("a", replace=day)) == "replaced"
    assert mended_by(ItemType("a")) == ""


def test_what_a_call_uses_up_and_how_long_that_takes():
    foam = ItemType("foam", consumable=True, use_amount={3: 150.0, ANY: 10.0}, restock_s=900.0)
    water = ItemType("water", consumable=True, use_amount={ANY: 5.0}, restock_s=300.0)
    suit = ItemType("suit", dirties=frozenset({3}), clean_s=2700.0)
    types = (foam, water, suit)
    assert [used_amount(foam, kind) for kind in (3, 0)] == [150.0, 10.0]
    assert used_amount(suit, 3) == 0.0
    assert cleaning_s(suit, 0) == 0.0
    assert refit_s(types, (0, 1, 2), 3) == 3600.0
    assert refit_s(types, (1, 2), 0) == 300.0
    assert refit_s(types, (), 3) == 0.0
