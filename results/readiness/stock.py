"""The equipment at one moment, as the files record it: what is in order, expired, overdue, or may fail."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readiness.equipment import checks_before, checks_of, expiry_s, first_check_s
from readiness.force import ANY, Check, Condition, Item, ItemType
from readiness.ready import Need, able, carried, serviceable_rate
from results.readiness.words import force_of
from sim.county import County
from sim.gear import gear_of
from sim.injects import FailItem

Floats = NDArray[np.float64]
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """The equipment at a moment.

    By unit: what it `needs`, the working items it is known to carry by type (`known`), the capabilities these
    allow as bits (`known_bits`), and the chance that faults nobody knows of make it fail if it is called for
    all it is believed able to do (`fails_p`). By type: the serviceable rate as known (`rate`), and the
    expected share of items with a fault nobody knows of (`hidden`). `overdue` and `expired` name items, with
    the seconds that their test is overdue or since they expired.
    """

    needs: tuple[tuple[Need, ...], ...]
    known: Floats
    known_bits: tuple[int, ...]
    fails_p: tuple[float, ...]
    rate: Floats
    hidden: Floats
    faulty_p: Floats
    overdue: tuple[tuple[int, float], ...]
    expired: tuple[tuple[int, float], ...]


def stock_at(county: County, at_s: float) -> Stock:
    """Take stock of a county's equipment at a moment.

    Items are as the files record them, but for what has expired until then and what the scenario's injects
    have broken. Whether one has a fault that nobody knows of is a matter of chance (`hidden_p`), unless the
    files or an inject say so.
    """
    force, gear = force_of(county), gear_of(county)
    items, types = force.items, force.item_types
    works, hidden = _works(county, at_s), _hidden(county, at_s)
    on_unit = [item.unit for item in items]
    shape = len(county.units), len(types)
    known = carried(items, on_unit, works, [item.amount for item in items], shape)
    lasting = np.array([not types[item.type].consumable for item in items], dtype=bool)
    kind = np.where(lasting, [item.type for item in items], -1) if items else np.zeros(0, dtype=np.int64)
    in_order = works & np.array([item.known == Condition.SERVICEABLE for item in items], dtype=bool)
    bits = [able(gear.needs[u], known[u].tolist(), gear.built[u]) for u in range(len(county.units))]
    return Stock(
        tuple(gear.needs),
        known,
        tuple(bits),
        tuple(_fails_p(county, u, gear.needs[u], bits[u], works, hidden) for u in range(len(county.units))),
        serviceable_rate(in_order, kind, len(types)),
        serviceable_rate(hidden, kind, len(types)),
        hidden,
        tuple(_overdue(county, at_s)),
        tuple(
            (n, at_s - end)
            for n, item in enumerate(items)
            if (end := expiry_s(types[item.type], item.made_s)) <= at_s
        ),
    )


def hidden_p(kind: ItemType, item: Item, checks: Sequence[Check], at_s: float) -> float:
    """Give the chance that an item believed in order has a fault nobody knows of.

    Faults that stay hidden arise at the share `hidden` of the rate at which items of the type and this age
    fail (what use adds is left out). A regular check finds one with its chance: the fault has stayed since
    the last check for sure, since the one before with the chance that this one missed it, and so on. Without
    regular checks it may have stayed since the last test.

    Parameters
    ----------
    kind
        The item's type.
    item
        The item.
    checks
        The regular checks that concern it.
    at_s
        The moment.

    Examples
    --------
    >>> from readiness.force import Lasting
    >>> mask = ItemType("mask", fails=Lasting("exponential", 100.0), hidden=0.5)
    >>> daily = Check("daily", every_s=10.0, first_s=0.0, finds=0.5)
    >>> round(
    ...     hidden_p(mask, Item("I1", 0), [daily], 4.0), 4
    ... )  # 4 s since the check, 10 s by those that missed it
    0.0676
    """
    if kind.consumable or kind.fails is None or kind.hidden <= 0.0:
        return 0.0
    age_s = max(0.0, at_s - item.made_s)
    exposed_s = min((_exposed(check, at_s) for check in checks), default=at_s - item.tested_s)
    exposed_s = min(max(exposed_s, 0.0), age_s)
    return 1.0 - math.exp(-kind.hidden * _hazard(kind, age_s) * exposed_s)


def _exposed(check: Check, at_s: float) -> float:
    """Give the seconds for which a fault found by nobody may have been there, on average over misses."""
    every_s = check.every_s or math.inf
    since_s = at_s - (check.first_s + (checks_before(check.first_s, every_s, at_s) - 1) * every_s)
    return since_s + every_s * (1.0 - check.finds) / max(check.finds, 1e-9)


def _hazard(kind: ItemType, age_s: float) -> float:
    """Give the rate at which items of a type fail at an age, a second."""
    fails = kind.fails
    if fails is None or fails.form == "constant":
        return 0.0
    if fails.form == "weibull":
        return float(fails.b / fails.a * (max(age_s, 1.0) / fails.a) ** (fails.b - 1.0))
    return 1.0 / fails.a


def _works(county: County, at_s: float) -> NDArray[np.bool_]:
    """Tell which items are known to work: not those found out of order, expired, or seen to break."""
    force = force_of(county)
    broken = {i.item for i in county.injects if isinstance(i, FailItem) and i.at_s <= at_s and not i.hidden}
    return np.array(
        [
            item.known != Condition.UNSERVICEABLE
            and expiry_s(force.item_types[item.type], item.made_s) > at_s
            and number not in broken
            for number, item in enumerate(force.items)
        ],
        dtype=bool,
    )


def _hidden(county: County, at_s: float) -> Floats:
    """Give for each item the chance that it has a fault nobody knows of; 1 where the files say so."""
    force = force_of(county)
    broken = {i.item for i in county.injects if isinstance(i, FailItem) and i.at_s <= at_s and i.hidden}
    found = []
    for number, item in enumerate(force.items):
        said = item.known != Condition.UNSERVICEABLE == item.condition
        chance = hidden_p(force.item_types[item.type], item, _checks(county, item), at_s)
        found.append(1.0 if said or number in broken else chance)
    return np.array(found, dtype=np.float64)


def _fails_p(
    county: County, unit: int, needs: Sequence[Need], bits: int, works: NDArray[np.bool_], hidden: Floats
) -> float:
    """Give the chance that hidden faults leave a unit short for something it is believed able to do."""
    force, sound_p = force_of(county), 1.0
    asked: dict[int, float] = {}
    for capability, kind, count in needs:
        if bits and (capability == ANY or bits >> capability & 1):
            asked[kind] = max(asked.get(kind, 0.0), count)
    for kind, count in sorted(asked.items()):
        if not force.item_types[kind].consumable:
            mine = [n for n, i in enumerate(force.items) if i.unit == unit and i.type == kind and works[n]]
            sound_p *= at_least_p(hidden[mine].tolist(), math.ceil(count))
    return 1.0 - sound_p


def at_least_p(faulty_p: Sequence[float], count: int) -> float:
    """Give the chance that at least so many of some items are sound, each faulty with a chance of its own.

    Examples
    --------
    >>> round(at_least_p([0.1, 0.1], 1), 6), round(at_least_p([0.1, 0.1], 2), 6), at_least_p([], 1)
    (0.99, 0.81, 0.0)
    """
    chances = [1.0]
    for p in faulty_p:
        more = [0.0, *[chance * (1.0 - p) for chance in chances]]
        chances = [a + b for a, b in zip([*[chance * p for chance in chances], 0.0], more, strict=True)]
    return sum(chances[count:])


def _overdue(county: County, at_s: float) -> list[tuple[int, float]]:
    """List the items whose test is overdue, with the seconds; those that have expired are not tested.

    A test that falls due is done at the next regular check of the item, if there is one.
    """
    force, late = force_of(county), []
    for number, item in enumerate(force.items):
        kind = force.item_types[item.type]
        if kind.test_every_s is None or expiry_s(kind, item.made_s) <= at_s:
            continue
        fell_due_s = item.tested_s + kind.test_every_s
        done_s = first_check_s(max(fell_due_s, 0.0), _checks(county, item))
        if fell_due_s < at_s < done_s:
            late.append((number, at_s - fell_due_s))
    return late


def _checks(county: County, item: Item) -> tuple[Check, ...]:
    """List the regular checks that concern an item."""
    team = gear_of(county).team[item.unit] if item.unit >= 0 else -1
    return checks_of(force_of(county).checks, item.type, team, item.store)
