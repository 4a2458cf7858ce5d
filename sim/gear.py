"""What each unit and store holds at the start, and where its spares, repairs and refills come from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readiness.equipment import checks_of, due_s, expiry_s, refit_s, used_amount, wear
from readiness.force import ANY, Check, Condition, Force, Item, ItemType, Store
from readiness.ready import Need, able, carried, needs_of
from sim.chance import key_of
from sim.county import County
from sim.state import bits_of

NEVER = math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Gear:
    """The equipment of a county as its runs need it; worked out once and shared by all of them.

    By unit: its `team`, what it is `built` for (capabilities as bits), its `needs`, the most it needs of each
    type (`enough`), the numbers of a type at which what it can do changes (`marks`), the capabilities that a
    type `matters` for (as bits; to roll at all: all of them), the `stocks` of consumables on it, and the
    checks `after_use`. A unit that carries nothing is not held to any needs. By item: its `keys` of chance,
    when it `expires`, when its first test away from its unit is due (`tests`), and what holds at the start
    (`on_unit` or `in_store`, `amounts`, `tested_s`). By station: the `stores` there, and the nearest
    `workshop` (-1: none has bays). `supply` names the stocks a station is refilled from, by type, the nearest
    first. Use is counted by `meters`, one for each way in which kinds of call count: `meter` of a type (-1:
    use does not matter), by kind of call the `weights` and the `heaviest` of them, and by unit and meter the
    items `metered`; `calls` says by unit and kind what a call asks for. `ageing` are the items with a Weibull
    life (`lives`: scale and shape), `lasting` types of another form, `wearing` what a use may end, with the
    chance `use_p`. `spares` are the items in stores with their store and type, `faulty` those that are bad at
    the start.
    """

    county: County
    force: Force
    types: tuple[ItemType, ...]
    items: tuple[Item, ...]
    stores_: tuple[Store, ...]
    type: list[int]
    kinds: list[ItemType]
    of_type: list[NDArray[np.int64]]
    age_s: NDArray[np.float64]
    keys: NDArray[np.uint64]
    expires: list[float]
    tests: list[float]
    team: list[int]
    built: list[int]
    needs: list[tuple[Need, ...]]
    enough: list[list[float]]
    marks: list[list[tuple[float, ...]]]
    matters: list[dict[int, int]]
    known: list[list[float]]
    true: list[list[float]]
    on_unit: list[int]
    in_store: list[int]
    amounts: list[float]
    tested_s: list[float]
    stocks: list[tuple[int, ...]]
    after_use: list[tuple[Check, ...]]
    stores_at: list[tuple[int, ...]]
    workshop: list[int]
    supply: list[list[tuple[int, ...]]]
    meter: list[int]
    weights: list[tuple[float, ...]]
    heaviest: list[float]
    metered: list[list[NDArray[np.int64]]]
    ageing: NDArray[np.int64]
    lives: tuple[NDArray[np.float64], NDArray[np.float64]]
    lasting: tuple[tuple[ItemType, NDArray[np.int64]], ...]
    wearing: NDArray[np.int64]
    use_p: NDArray[np.float64]
    spares: tuple[tuple[int, int, int], ...]
    faulty: tuple[int, ...]
    checks_by: dict[tuple[int, int, int], tuple[Check, ...]]
    calls: list[list[Call]]

    def checks(self, kind: int, unit: int, store: int) -> tuple[Check, ...]:
        """List the regular checks that concern items of a type on a unit, or in a store."""
        key = (kind, self.team[unit] if unit >= 0 else -1, store)
        found = self.checks_by.get(key)
        if found is None:
            found = self.checks_by[key] = checks_of(self.force.checks, *key)
        return found

    def able(self, unit: int, have: Sequence[float]) -> int:
        """Tell what a unit can do with so many working items, as bits."""
        return able(self.needs[unit], have, self.built[unit])

    def __deepcopy__(self, memo: dict[int, Any]) -> Gear:
        return self

    def __reduce__(self) -> tuple[Any, tuple[County]]:
        return gear_of, (self.county,)


@dataclass(frozen=True, slots=True)
class Call:
    """What a call does to a unit's stocks: what it `uses` by type, and the seconds it adds to the refit."""

    uses: tuple[tuple[int, float], ...]
    refit_s: float


@lru_cache(maxsize=4)
def gear_of(county: County) -> Gear:
    """Work out the equipment of a county, once for all its runs."""
    force = county.force or Force()
    n_units, n_types = len(county.units), len(force.item_types)
    team = [*force.unit_team, *[-1] * n_units][:n_units]
    needs = _needs(county, force)
    known, true = _counts(force, n_units)
    meter, weights = _meters(force.item_types, len(county.kinds))
    kinds = np.array([item.type for item in force.items], dtype=np.int64)
    ageing, wearing = _ageing(force), _wearing(force)
    checks: dict[tuple[int, int, int], tuple[Check, ...]] = {}
    gear = Gear(
        county=county,
        force=force,
        types=force.item_types,
        items=force.items,
        stores_=force.stores,
        type=kinds.tolist(),
        kinds=[force.item_types[item.type] for item in force.items],
        of_type=[np.flatnonzero(kinds == kind) for kind in range(n_types)],
        age_s=-np.array([item.made_s for item in force.items], dtype=np.float64),
        keys=np.array([key_of(item.code) for item in force.items], dtype=np.uint64),
        expires=[expiry_s(force.item_types[item.type], item.made_s) for item in force.items],
        tests=[],
        team=team,
        built=[bits_of(unit.capabilities) for unit in county.units],
        needs=needs,
        enough=[_enough(each, n_types) for each in needs],
        marks=[_marks(each, n_types) for each in needs],
        matters=[_matters(each) for each in needs],
        known=known,
        true=true,
        on_unit=[item.unit for item in force.items],
        in_store=[item.store for item in force.items],
        amounts=[item.amount if force.item_types[item.type].consumable else 1.0 for item in force.items],
        tested_s=[item.tested_s for item in force.items],
        stocks=[_stocks(force, unit) for unit in range(n_units)],
        after_use=[_after_use(force, each) for each in team],
        stores_at=[_stores_at(force, station) for station in range(len(county.stations))],
        workshop=[_workshop(county, force, station) for station in range(len(county.stations))],
        supply=[_supply(county, force, station) for station in range(len(county.stations))],
        meter=meter,
        weights=weights,
        heaviest=[max(each, default=0.0) for each in weights],
        metered=_metered(force, meter, n_units),
        ageing=ageing,
        lives=_lives(force, ageing),
        lasting=_lasting(force, kinds),
        wearing=wearing,
        use_p=np.array([force.item_types[kind].use_p for kind in kinds[wearing]]),
        spares=_spares(force),
        faulty=_faulty(force),
        checks_by=checks,
        calls=[],
    )
    gear.tests.extend(_first_test(gear, item) for item in force.items)
    kinds_of_call = range(len(county.kinds))
    for types in _carried_types(force, n_units):
        gear.calls.append([_call(gear, types, kind) for kind in kinds_of_call])
    return gear


def _ageing(force: Force) -> NDArray[np.int64]:
    """List the items with a Weibull or exponential life."""
    kinds = [force.item_types[item.type] for item in force.items]
    forms = ("weibull", "exponential")
    found = [k for k, it in enumerate(kinds) if it.fails and it.fails.form in forms and not it.consumable]
    return np.array(found, dtype=np.int64)


def _lives(force: Force, ageing: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give scale and shape of the lives of these items."""
    lives = [force.item_types[force.items[k].type].fails for k in ageing.tolist()]
    scales = [life.a for life in lives if life]
    return np.array(scales), np.array([life.b if life.form == "weibull" else 1.0 for life in lives if life])


def _lasting(force: Force, kinds: NDArray[np.int64]) -> tuple[tuple[ItemType, NDArray[np.int64]], ...]:
    """List the types whose lives have another form, and their items."""
    return tuple(
        (it, np.flatnonzero(kinds == number))
        for number, it in enumerate(force.item_types)
        if it.fails and it.fails.form not in ("weibull", "exponential") and not it.consumable
    )


def _wearing(force: Force) -> NDArray[np.int64]:
    """List the items that a use may end."""
    kinds = [force.item_types[item.type] for item in force.items]
    found = [k for k, it in enumerate(kinds) if it.use_p > 0.0 and not it.consumable]
    return np.array(found, dtype=np.int64)


def _spares(force: Force) -> tuple[tuple[int, int, int], ...]:
    """List what lies in stores and is believed to work, with its store and type."""
    return tuple(
        (number, item.store, item.type)
        for number, item in enumerate(force.items)
        if item.store >= 0
        and item.known == Condition.SERVICEABLE
        and not force.item_types[item.type].consumable
    )


def _faulty(force: Force) -> tuple[int, ...]:
    """List the items that are bad at the start, or believed to be."""
    good = (Condition.SERVICEABLE, Condition.SERVICEABLE)
    return tuple(n for n, item in enumerate(force.items) if (item.condition, item.known) != good)


def _needs(county: County, force: Force) -> list[tuple[Need, ...]]:
    """List what each unit must carry; a unit of which no item is listed is taken to have everything."""
    carrying = {item.unit for item in force.items}
    return [
        needs_of(force.item_types, unit.capabilities) if number in carrying else ()
        for number, unit in enumerate(county.units)
    ]


def _counts(force: Force, n_units: int) -> tuple[list[list[float]], list[list[float]]]:
    """Count the working items on each unit by type, as they are known to be and in truth."""
    items, shape = force.items, (n_units, len(force.item_types))
    on_unit, amount = [item.unit for item in items], [item.amount for item in items]
    known = carried(items, on_unit, [item.known < 2 for item in items], amount, shape)
    true = carried(items, on_unit, [item.condition < 2 for item in items], amount, shape)
    return known.tolist(), true.tolist()


def _enough(needs: Iterable[Need], n_types: int) -> list[float]:
    most = [0.0] * n_types
    for _, kind, count in needs:
        most[kind] = max(most[kind], count)
    return most


def _matters(needs: Iterable[Need]) -> dict[int, int]:
    bits: dict[int, int] = {}
    for capability, kind, _ in needs:
        bits[kind] = -1 if capability == ANY else bits.get(kind, 0) | 1 << capability
    return bits


def _marks(needs: Iterable[Need], n_types: int) -> list[tuple[float, ...]]:
    marks: list[set[float]] = [set() for _ in range(n_types)]
    for _, kind, count in needs:
        marks[kind].add(count)
    return [tuple(sorted(each)) for each in marks]


def _stocks(force: Force, unit: int) -> tuple[int, ...]:
    return tuple(
        number
        for number, item in enumerate(force.items)
        if item.unit == unit and force.item_types[item.type].consumable
    )


def _after_use(force: Force, team: int) -> tuple[Check, ...]:
    return tuple(
        check
        for check in force.checks
        if check.after_use and (check.team == team or (check.team < 0 and check.store < 0))
    )


def _stores_at(force: Force, station: int) -> tuple[int, ...]:
    return tuple(number for number, store in enumerate(force.stores) if store.station == station)


def _workshop(county: County, force: Force, station: int) -> int:
    """Find the store with bays that is nearest to a station."""
    found = [
        (_far(county, station, store.station), number)
        for number, store in enumerate(force.stores)
        if store.bays
    ]
    return min(found)[1] if found else -1


def _supply(county: County, force: Force, station: int) -> list[tuple[int, ...]]:
    """List by type the stores' stocks from which a station's units are refilled, the nearest first."""
    found: list[list[tuple[float, int]]] = [[] for _ in force.item_types]
    for number, item in enumerate(force.items):
        if item.store >= 0 and force.item_types[item.type].consumable:
            found[item.type].append((_far(county, station, force.stores[item.store].station), number))
    return [tuple(number for _, number in sorted(each)) for each in found]


def _far(county: County, here: int, there: int) -> float:
    """Give the distance between two stations in degrees of latitude, as the crow flies."""
    a, b = county.stations[here].at, county.stations[there].at
    return math.hypot((a.lon - b.lon) * math.cos(math.radians(a.lat)), a.lat - b.lat)


def _meters(types: Sequence[ItemType], n_kinds: int) -> tuple[list[int], list[tuple[float, ...]]]:
    """Group the types by how calls count for them; give each type's meter, and the weights by kind."""
    ways: dict[tuple[float, ...], int] = {}
    meter = []
    for each in types:
        if each.use_p <= 0.0 or each.consumable:
            meter.append(-1)
        else:
            way = tuple(wear(each, kind) for kind in range(n_kinds))
            meter.append(ways.setdefault(way, len(ways)))
    return meter, [tuple(way[kind] for way in ways) for kind in range(n_kinds)]


def _metered(force: Force, meter: Sequence[int], n_units: int) -> list[list[NDArray[np.int64]]]:
    """List the items on each unit whose use each meter counts."""
    found: list[list[list[int]]] = [[[] for _ in range(max(meter, default=-1) + 1)] for _ in range(n_units)]
    for number, item in enumerate(force.items):
        if item.unit >= 0 and meter[item.type] >= 0:
            found[item.unit][meter[item.type]].append(number)
    return [[np.array(each, dtype=np.int64) for each in unit] for unit in found]


def _first_test(gear: Gear, item: Item) -> float:
    """Tell when a test first takes an item away: at its date, unless a regular check does it on the spot."""
    kind = gear.types[item.type]
    if kind.test_every_s is None or gear.checks(item.type, item.unit, item.store):
        return NEVER
    return due_s(kind, item.tested_s, 0.0)


def _carried_types(force: Force, units: int) -> list[list[int]]:
    """List the types that each unit carries."""
    carried: list[set[int]] = [set() for _ in range(units)]
    for item in force.items:
        if item.unit >= 0:
            carried[item.unit].add(item.type)
    return [sorted(types) for types in carried]


def _call(gear: Gear, carried_types: list[int], kind: int) -> Call:
    uses = tuple((t, used_amount(gear.types[t], kind)) for t in carried_types if gear.types[t].consumable)
    return Call(
        tuple((t, amount) for t, amount in uses if amount > 0.0), refit_s(gear.types, carried_types, kind)
    )
