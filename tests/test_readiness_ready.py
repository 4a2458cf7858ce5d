"""Ready or not: capabilities from what is carried, what is lacking, rates and the index."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.force import ANY, IndexWeights, Item, ItemType
from readiness.ready import (
    Need,
    able,
    carried,
    equipped,
    lacks,
    needs_of,
    readiness_index,
    serviceable_rate,
)

TYPES = (
    ItemType("vehicle", needs=((ANY, 1),)),
    ItemType("mask", needs=((0, 4), (1, 6))),
    ItemType("suit", needs=((1, 2),)),
    ItemType("foam", needs=((0, 200.0),), consumable=True),
)
ENGINE_AND_HAZMAT = needs_of(TYPES, [0, 1])


def test_a_unit_needs_what_its_capabilities_ask_for():
    assert needs_of(TYPES, [0]) == (Need(ANY, 0, 1), Need(0, 1, 4), Need(0, 3, 200.0))
    assert needs_of(TYPES, [5]) == (Need(ANY, 0, 1),)


@pytest.mark.parametrize(
    ("have", "bits"),
    [
        ([1, 6, 2, 500], 0b11),
        ([1, 5, 2, 500], 0b01),
        ([1, 6, 1, 199], 0b00),
        ([0, 6, 2, 500], 0b00),
        ([1, 3, 2, 500], 0b00),
    ],
)
def test_what_a_unit_can_do_follows_from_what_it_carries(have, bits):
    assert able(ENGINE_AND_HAZMAT, have, 0b11) == bits
    lacking = {lack.capability for lack in lacks(ENGINE_AND_HAZMAT, have)}
    assert (bits == 0) == (ANY in lacking or lacking == {0, 1})


def test_what_is_lacking_is_said_with_its_figures():
    assert lacks(ENGINE_AND_HAZMAT, [1, 5, 2, 150]) == ((0, 3, 150, 200.0), (1, 1, 5, 6))


@given(st.lists(st.integers(0, 7), min_size=4, max_size=4), st.integers(0, 3))
def test_more_equipment_never_makes_a_unit_less_able(have, kind):
    more = [*have]
    more[kind] += 1
    before, after = able(ENGINE_AND_HAZMAT, have, 0b11), able(ENGINE_AND_HAZMAT, more, 0b11)
    assert before & after == before
    assert equipped(ENGINE_AND_HAZMAT, more) >= equipped(ENGINE_AND_HAZMAT, have)


def test_working_items_are_counted_where_they_are():
    items = [Item("a", 1, unit=0), Item("b", 1, unit=0), Item("c", 3, unit=1), Item("d", 1, store=0)]
    counts = carried(items, [0, 0, 1, -1], [True, False, True, True], [1, 1, 80.0, 1], (2, 4))
    assert counts.tolist() == [[0, 1, 0, 0], [0, 0, 0, 80.0]]


def test_the_serviceable_rate_counts_what_is_at_hand_and_sound():
    rates = serviceable_rate([True, False, False, True], [0, 0, 1, -1], 3)
    assert rates[:2].tolist() == [0.5, 0.0]
    assert np.isnan(rates[2])


def test_the_index_is_one_when_all_is_there():
    weights = IndexWeights()
    assert readiness_index(weights, 1.0, 1.0, equipped(ENGINE_AND_HAZMAT, [1, 6, 2, 200])) == pytest.approx(1)
    assert equipped((), [0.0]) == 1.0
    by_unit = readiness_index(weights, np.array([0.5, 1.0]), np.array([1, 0]), np.array([1.0, 0.5]))
    assert by_unit == pytest.approx([0.8, 0.6])
