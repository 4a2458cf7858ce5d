"""Equipment as the files write it becomes equipment as the clock knows it: types, items, stores, checks."""

from __future__ import annotations

from collections.abc import Mapping

from readiness import force
from readiness.force import ANY, Condition, Lasting, Shows
from sim.scenarios import gear_model as written
from sim.scenarios.force_rows import CheckRow, ItemRow, StoreRow
from sim.scenarios.gear_model import LastingDays
from sim.scenarios.numbering import Number
from sim.scenarios.ranks import ANY_WORD, Ranks
from sim.scenarios.readiness_model import Readiness
from sim.scenarios.scenario import Scenario
from sim.scenarios.timing import hour_of

MINUTE_S = 60.0
DAY_S = 86_400.0


def item_types(ready: Readiness, ranks: Ranks) -> tuple[force.ItemType, ...]:
    """List the types of equipment."""
    return tuple(_item_type(code, it, ranks) for code, it in ready.item_types.items())


def _item_type(code: str, it: written.ItemType, ranks: Ranks) -> force.ItemType:
    used = it.consumable
    return force.ItemType(
        code=code,
        needs=tuple(_by_code(it.needs, ranks.capabilities).items()),
        fails=_days(it.fails),
        use_p=it.use_p,
        harsh=_kinds(it.harsh, ranks),
        harsh_factor=it.harsh.factor if it.harsh else 1.0,
        hidden=it.hidden,
        degrades=it.degrades,
        degraded_factor=it.degraded_factor,
        shows=Shows[it.shows.upper()],
        repair=_days(it.repair),
        replace=_days(it.replace),
        swap_s=it.swap_min * MINUTE_S,
        test_every_s=None if it.test_every_days is None else it.test_every_days * DAY_S,
        expires_s=None if it.expires_days is None else it.expires_days * DAY_S,
        consumable=used is not None,
        use_amount=_by_code(used.use, ranks.kinds) if used else {},
        restock_s=used.restock_min * MINUTE_S if used else 0.0,
        dirties=_kinds(it.dirties, ranks),
        clean_s=it.dirties.clean_min * MINUTE_S if it.dirties else 0.0,
    )


def _by_code(figures: Mapping[str, float], numbers: Number) -> dict[int, float]:
    return {ANY if code == ANY_WORD else numbers[code]: figure for code, figure in figures.items()}


def _kinds(part: written.Harsh | written.Dirties | None, ranks: Ranks) -> frozenset[int]:
    return frozenset(ranks.kinds[code] for code in part.kinds) if part else frozenset()


def _days(lasting: LastingDays | None) -> Lasting | None:
    """Turn a number of days as written into seconds to draw from."""
    if lasting is None:
        return None
    if isinstance(lasting, written.ConstantDays):
        return Lasting("constant", lasting.constant_days * DAY_S)
    if isinstance(lasting, written.MeanDays):
        return Lasting("exponential", lasting.mean_days * DAY_S)
    if isinstance(lasting, written.MedianDays):
        return _log_normal(lasting.median_days, lasting.sigma)
    return Lasting("weibull", lasting.weibull_scale_days * DAY_S, lasting.shape)


def _log_normal(median_days: float, sigma: float) -> Lasting:
    median_s = median_days * DAY_S
    return Lasting("lognormal", median_s, sigma) if sigma > 0 else Lasting("constant", median_s)


def stores(rows: tuple[StoreRow, ...], ranks: Ranks) -> tuple[force.Store, ...]:
    """List the stores."""
    return tuple(
        force.Store(
            row.code,
            ranks.stations[row.station],
            row.bays,
            None
            if row.delivery_median_days is None
            else _log_normal(row.delivery_median_days, row.delivery_sigma),
        )
        for row in rows
    )


def items(scenario: Scenario, ranks: Ranks) -> tuple[force.Item, ...]:
    """List the items of equipment."""
    return tuple(_item(row, ranks) for row in scenario.items)


def _item(row: ItemRow, ranks: Ranks) -> force.Item:
    condition = Condition[row.condition.upper()]
    return force.Item(
        code=row.code,
        type=ranks.item_types[row.type],
        unit=-1 if row.unit is None else ranks.units[row.unit],
        store=-1 if row.store is None else ranks.stores[row.store],
        made_s=ranks.seconds_of(row.made),
        tested_s=ranks.seconds_of(row.tested or row.made),
        condition=condition,
        known=condition if row.known is None else Condition[row.known.upper()],
        amount=1.0 if row.amount is None else row.amount,
    )


def checks(scenario: Scenario, ranks: Ranks) -> tuple[force.Check, ...]:
    """List the checks."""
    return tuple(_check(row, ranks) for row in scenario.checks)


def _check(row: CheckRow, ranks: Ranks) -> force.Check:
    every_s = None if row.every_days is None else row.every_days * DAY_S
    return force.Check(
        code=row.code,
        team=ANY if row.team is None else ranks.teams[row.team],
        store=ANY if row.store is None else ranks.stores[row.store],
        type=ANY if row.type is None else ranks.item_types[row.type],
        every_s=every_s,
        first_s=_first_s(row, every_s, ranks),
        finds=row.finds,
        after_use=row.after_use,
    )


def _first_s(row: CheckRow, every_s: float | None, ranks: Ranks) -> float:
    """Tell when a check is first done after the start; one whose first day lies before has been going on."""
    first_s = ranks.seconds_of(row.first, hour_of(row.at))
    return first_s % every_s if every_s is not None and first_s < 0 else first_s
