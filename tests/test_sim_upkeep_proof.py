"""Equipment against theory, and what must hold of it in every run."""

from __future__ import annotations

import math
import pickle
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from counties import alarm, line_county
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from readiness.force import ANY, Check, Condition, Force, Item, ItemType, Lasting, Shows, Store, Team
from readiness.ready import able
from sim.chance import hashed, mix_all, uniform_after, uniform_of, uniforms_of
from sim.county import Duration
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.holdings import Upkeep
from sim.state import State

DAY_S = 86400.0
YEAR_S = 365 * DAY_S


def run_of(county: Any, horizon_s: float, replication: int = 0) -> Any:
    return simulate(county, draw_fate(county, 7, replication, horizon_s))


def up_s(run: Any, item: int, from_s: float, until_s: float) -> float:
    """The seconds in a stretch of time in which an item works in truth."""
    rows = run.log.rows()
    mine = rows[rows["subject"] == item]
    working, since, total = True, from_s, 0.0
    for row in mine[np.isin(mine["kind"], (Kind.ITEM_FAILED, Kind.ITEM_MENDED))]:
        moment = min(max(float(row["time_s"]), from_s), until_s)
        total += (moment - since) * working
        working, since = row["kind"] == Kind.ITEM_MENDED, moment
    return total + (until_s - since) * working


@pytest.mark.parametrize("finds", [1.0, 0.4])
def test_availability_with_hidden_faults_and_checks_is_its_closed_form(finds):
    """Checks at k t; life exponential, mean m; a check finds a fault with the chance p; repair takes r < t.

    An item back from repair at n t + r fails after a life L and meets the first check after it at (n + N) t,
    where P(N > k) = P(r + L > k t) = exp(-(k t - r) / m) for k >= 1 and 1 for k = 0. So
    E[N] = 1 + exp(r / m) exp(-t / m) / (1 - exp(-t / m)), and every check that misses the fault, 1 / p - 1 on
    average, adds t. From one repair to the next it takes t (E[N] + 1 / p - 1), of which the item works for m:
    A = m / (t (E[N] + 1 / p - 1)).
    """
    life, every, repair, years = 60.0 * DAY_S, 30.0 * DAY_S, 5.0 * DAY_S, 40
    cycles = 1.0 + math.exp((repair - every) / life) / (1.0 - math.exp(-every / life)) + 1.0 / finds - 1.0
    expected = life / (every * cycles)
    kind = ItemType(
        "mask", fails=Lasting("exponential", life), hidden=1.0, repair=Lasting("constant", repair)
    )
    items = tuple(Item(f"I{k}", 0, unit=0) for k in range(60))
    force = Force(item_types=(kind,), items=items, checks=(Check("c", every_s=every, finds=finds),))
    run = run_of(line_county([100.0], force=force), years * YEAR_S)
    shares = [up_s(run, k, YEAR_S, years * YEAR_S) / ((years - 1) * YEAR_S) for k in range(60)]
    low, high = stats.t.interval(0.999, len(shares) - 1, np.mean(shares), stats.sem(shares))
    assert high - low < 0.05
    assert low <= expected <= high


def birth_and_death(n: int, bays: int, ratio: float) -> float:
    """The mean number out of order of n items, each failing `ratio` times as often as a bay mends one."""
    weights = [1.0]
    for out in range(n):
        weights.append(weights[-1] * (n - out) * ratio / min(out + 1, bays))
    return sum(k * w for k, w in enumerate(weights)) / sum(weights)


def erlang_c_mean(bays: int, load: float) -> float:
    """The mean number in an M/M/c queue."""
    tail = load**bays / math.factorial(bays) * bays / (bays - load)
    waits = tail / (sum(load**k / math.factorial(k) for k in range(bays)) + tail)
    return load + waits * load / (bays - load)


def test_the_workshop_is_a_queue_of_its_bays():
    """Exactly the machine-repair queue M/M/c//n; with many items all but Erlang C's M/M/c."""
    n, bays, mend_s, load = 400, 3, DAY_S, 2.4
    life_s = mend_s * (n - load) / load
    kind = ItemType("radio", fails=Lasting("exponential", life_s), repair=Lasting("exponential", mend_s))
    force = Force(
        item_types=(kind,),
        items=tuple(Item(f"I{k}", 0, unit=0) for k in range(n)),
        stores=(Store("D", 0, bays=bays),),
    )
    county = line_county([100.0], force=force)
    seen = []
    for replication in range(8):
        rows = run_of(county, 15 * YEAR_S, replication).log.rows()
        rows = rows[np.isin(rows["kind"], (Kind.ITEM_OUT, Kind.ITEM_MENDED))]
        out = np.cumsum(np.where(rows["kind"] == Kind.ITEM_OUT, 1, -1))
        times = np.append(rows["time_s"], 15 * YEAR_S)
        later = times[:-1] > 60 * DAY_S
        seen.append(float(np.sum((out * np.diff(times))[later]) / np.sum(np.diff(times)[later])))
    low, high = stats.t.interval(0.999, len(seen) - 1, np.mean(seen), stats.sem(seen))
    exact = birth_and_death(n, bays, mend_s / life_s)
    assert low <= exact <= high
    assert np.mean(seen) == pytest.approx(erlang_c_mean(bays, load), rel=0.1)


TYPES = (
    ItemType(
        "vehicle",
        needs=((ANY, 1),),
        fails=Lasting("exponential", 3 * DAY_S),
        hidden=0.3,
        shows=Shows.TURNOUT,
        repair=Lasting("lognormal", 20_000.0, 0.5),
    ),
    ItemType(
        "tyres",
        needs=((ANY, 1),),
        fails=Lasting("exponential", 3 * DAY_S),
        hidden=0.8,
        shows=Shows.WAY,
        swap_s=1200.0,
        repair=Lasting("constant", 9000.0),
    ),
    ItemType(
        "mask",
        needs=((0, 2), (1, 1)),
        fails=Lasting("weibull", 2 * DAY_S, 1.5),
        use_p=0.1,
        harsh=frozenset({1}),
        harsh_factor=3.0,
        hidden=0.6,
        degrades=0.3,
        degraded_factor=1.3,
        repair=Lasting("exponential", 15_000.0),
        replace=Lasting("constant", 30_000.0),
        test_every_s=DAY_S,
        expires_s=3 * DAY_S,
        swap_s=1800.0,
        dirties=frozenset({1}),
        clean_s=700.0,
    ),
    ItemType(
        "foam",
        needs=((0, 40.0),),
        consumable=True,
        use_amount={0: 30.0, ANY: 10.0},
        restock_s=200.0,
        expires_s=2 * DAY_S,
        replace=Lasting("constant", 5000.0),
    ),
)
UNITS = 4
CONDITIONS = [Condition.SERVICEABLE] * 6 + [Condition.DEGRADED, Condition.UNSERVICEABLE]
SEEDS = st.integers(0, 2**32 - 1)


def county_of(seed: int) -> Any:
    """Four units of two teams at two stations, each with its equipment, some of it bad, and a busy week."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    where = [
        (kind, unit, -1)
        for unit in range(UNITS)
        for kind, number in ((0, 1), (1, 1), (2, chance.randint(1, 4)), (3, 1))
        for _ in range(number)
    ]
    where += [(2, -1, 0)] * chance.randint(0, 2) + [(3, -1, 0), (3, -1, 1), (0, -1, 1)]
    items = tuple(
        Item(
            f"I{number}",
            kind,
            unit,
            store,
            made_s=-DAY_S * chance.randint(0, 2),
            condition=Condition.SERVICEABLE if kind == 3 else chance.choice(CONDITIONS),
            known=Condition.SERVICEABLE if kind == 3 else chance.choice(CONDITIONS),
            amount=chance.choice([50.0, 100.0]) if kind == 3 else 1.0,
        )
        for number, (kind, unit, store) in enumerate(where)
    )
    force = Force(
        teams=(Team("T0", "full_time", 0), Team("T1", "part_time", 1)),
        item_types=TYPES,
        items=items,
        stores=(
            Store("D0", 0, chance.randint(0, 2), chance.choice([None, Lasting("exponential", 20_000.0)])),
            Store("D1", 1),
        ),
        checks=(
            Check("daily", team=0, every_s=DAY_S, first_s=30_000.0, finds=chance.choice([0.3, 1.0])),
            Check("stock", store=0, every_s=2 * DAY_S, finds=0.9),
            Check("use", after_use=True, finds=0.5),
        ),
        unit_team=(0, 0, 1, 1),
        unit_crew=(-1,) * UNITS,
    )
    moments = sorted(chance.randint(0, 6 * 86_400) for _ in range(chance.randint(1, 25)))
    listed = [
        alarm(
            float(time),
            chance.randint(0, 5),
            kind=chance.randint(0, 1),
            priority=chance.randint(0, 1),
            control_s=float(chance.randint(0, 9000)),
            handover_s=60.0,
            transport=chance.random() < 0.5,
        )
        for time in moments
    ]
    return line_county(
        [60.0, 90.0, 45.0, 120.0, 75.0],
        stations=(0, 3),
        units=(0, 0, 1, 1),
        able=((0,), (0, 1), (0,), (1,)),
        cards=(((0, 1),), ((0, 2), (1, 1))),
        hospitals=(5,),
        transport_p=0.5,
        redirect=chance.random() < 0.5,
        turnout=Duration("lognormal", 60.0, 0.35),
        refit_s=chance.choice([0.0, 600.0]),
        listed=listed,
        force=force,
    )


HORIZON_S = 10 * DAY_S
thorough = settings(deadline=None, max_examples=60)


@given(SEEDS)
@thorough
def test_replaying_the_log_rebuilds_the_state(seed):
    county = county_of(seed)
    run = run_of(county, HORIZON_S)
    state = State(county)
    for time_s, kind, unit, incident, _, subject, _, _ in run.log.events():
        state.apply(time_s, kind, unit, incident, subject)
    assert state == run.state
    rows = run.log.rows()
    assert np.all(rows["cause"] < np.arange(len(rows)))
    assert np.all(np.diff(rows["time_s"]) >= 0.0)


@given(SEEDS)
@thorough
def test_no_item_is_in_two_places(seed):
    """Each leaves from where it was and enters where it was not; failed ones go in nowhere."""
    county = county_of(seed)
    run = run_of(county, HORIZON_S)
    force = county.force
    on = [item.unit for item in force.items]
    for _, kind, unit, _, _, item, _, _ in run.log.events():
        if kind == Kind.ITEM_OUT:
            assert on[item] == unit
            on[item] = -2
        elif kind == Kind.ITEM_IN:
            assert on[item] == -2
            on[item] = unit
        elif Kind.ITEM_FAILED <= kind <= Kind.ITEM_FOUND:
            assert on[item] == unit
    assert [max(unit, -1) for unit in on] == run.upkeep.unit


@given(SEEDS)
@thorough
def test_the_bookkeeping_is_what_counting_afresh_gives(seed):
    county = county_of(seed)
    run = run_of(county, HORIZON_S)
    up, state, types = run.upkeep, run.state, county.force.item_types
    for unit in range(UNITS):
        for known, conditions in ((True, state.item_known), (False, state.condition)):
            have = [0.0] * len(types)
            for item, given_item in enumerate(county.force.items):
                if up.unit[item] == unit and conditions[item] != Condition.UNSERVICEABLE:
                    have[given_item.type] += up.amount[item]
            kept = (up.known if known else up.true)[unit]
            assert have == pytest.approx(kept)
            bits = able(up.gear.needs[unit], have, up.gear.built[unit])
            assert bits == (up.known_bits if known else up.true_bits)[unit]
        hidden = {i for i in range(len(up.unit)) if up.unit[i] == unit and unknown(state, i)}
        assert hidden <= set(up.faults[unit])
    assert all(0 <= busy <= store.bays for busy, store in zip(up.busy, county.force.stores, strict=True))


def unknown(state: State, item: int) -> bool:
    """Whether an item is worse than it is known to be."""
    return state.condition[item] > state.item_known[item]


@given(SEEDS)
@thorough
def test_consumables_are_neither_made_nor_lost(seed):
    """At every event: what there was and what came in is what was used and what is there.

    A stock past its date is replaced by a full one: what that adds has come in.
    """
    county = county_of(seed)
    run = run_of(county, HORIZON_S)
    amount = {n: item.amount for n, item in enumerate(county.force.items) if item.type == 3}
    full = dict(amount)
    start, came, used = sum(amount.values()), 0.0, 0.0
    for _, kind, _, _, _, item, _, note in run.log.events():
        if kind == Kind.CONSUMED:
            (taken,) = run.log.notes[note]
            amount[item] -= taken
            used += taken
        elif kind == Kind.RESTOCKED:
            filled, source = run.log.notes[note]
            amount[item] += filled
            amount[source] -= filled
        elif kind == Kind.DELIVERED:
            (filled,) = run.log.notes[note]
            amount[item] += filled
            came += filled
        elif kind == Kind.ITEM_MENDED and item in amount:
            came += full[item] - amount[item]
            amount[item] = full[item]
        assert start + came == pytest.approx(used + sum(amount.values()))
        if kind in (Kind.CONSUMED, Kind.RESTOCKED, Kind.DELIVERED):
            assert 0.0 <= amount[item] <= full[item]
    assert all(run.upkeep.amount[item] == pytest.approx(left) for item, left in amount.items())


@given(SEEDS, st.floats(0.0, 8 * DAY_S))
@settings(deadline=None, max_examples=30)
def test_a_copy_made_midway_ends_like_the_run_it_was_copied_from(seed, moment):
    county = county_of(seed)
    run = begin(county, draw_fate(county, 7, 0, HORIZON_S))
    run.advance(moment)
    copy = run.branch()
    stored = pickle.loads(pickle.dumps(copy))  # noqa: S301 - our own bytes
    for each in (copy, stored, run):
        each.advance(HORIZON_S)
    assert np.array_equal(run.log.rows(), copy.log.rows())
    assert np.array_equal(run.log.rows(), stored.log.rows())
    assert run.log.notes == copy.log.notes == stored.log.notes
    assert run.state == copy.state == stored.state


@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.floats(0.1, 1.0), st.floats(0.7, 2.5))
@settings(deadline=None, max_examples=30)
def test_more_frequent_checks_never_lower_the_time_an_item_works(seed, more, finds, shape):
    kind = ItemType(
        "mask", fails=Lasting("weibull", 20 * DAY_S, shape), hidden=1.0, repair=Lasting("constant", DAY_S)
    )
    items = tuple(Item(f"I{k}", 0, unit=0) for k in range(5))
    worked = []
    for every_s in (60 * DAY_S, 60 * DAY_S / more):
        force = Force(
            item_types=(kind,), items=items, checks=(Check("c", every_s=every_s, first_s=900.0, finds=finds),)
        )
        county = line_county([100.0], force=force)
        run = simulate(county, draw_fate(county, seed, 0, YEAR_S))
        worked.append([up_s(run, k, 0.0, YEAR_S) for k in range(5)])
    assert all(many >= few - 1e-3 for few, many in zip(*worked, strict=True))


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5), SEEDS)
def test_draws_for_many_items_are_those_for_each(parts, seed):
    bits = mix_all(np.array([hashed(seed)] * len(parts), dtype=np.uint64), np.array(parts, dtype=np.uint64))
    assert bits.tolist() == [hashed(seed, part) for part in parts]
    alone = [uniform_after(hashed(seed), part) for part in parts]
    assert uniforms_of(bits).tolist() == alone == [uniform_of(hashed(seed, part)) for part in parts]
    assert all(0.0 <= uniform < 1.0 for uniform in alone)


def test_adding_an_item_changes_no_other_items_fate():
    kind = replace(TYPES[2], use_p=0.0)
    few = tuple(Item(f"I{k}", 0, unit=0) for k in range(6))
    more = (Item("I00", 0, unit=0), *few)
    lives = []
    for items in (few, more):
        county = line_county([100.0], force=Force(item_types=(kind,), items=items))
        run = begin(county, draw_fate(county, 3, 0, YEAR_S))
        up: Upkeep = run.upkeep
        lives.append({item.code: up.fails_s[n] for n, item in enumerate(items)})
    assert {code: lives[1][code] for code in lives[0]} == lives[0]
    assert len(set(lives[1].values())) == 7
