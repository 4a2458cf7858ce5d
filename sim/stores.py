"""Consumables: what a call uses up, how a unit is filled up again, and how stores get more."""

from __future__ import annotations

from readiness.lasting import lasting_s
from sim.engine import Run
from sim.events import CONSUMED, DELIVERED, RESTOCKED
from sim.holdings import UNSERVICEABLE, at_station
from sim.watch import restand

_ORDER_OF_STOCK = 1 << 44
ORDERS_AT = 0.5
"""The share of its stock down to which a store waits before it orders more (assumption)."""


def consume(run: Run, unit: int, incident: int, cause: int) -> None:
    """A call uses up some of what a unit carries: as much as such calls do, or all there is."""
    up, gear = run.upkeep, run.upkeep.gear
    for kind, amount in gear.calls[unit][run.fate.kind[incident]].uses:
        for stock in gear.stocks[unit]:
            taken = min(amount, up.amount[stock])
            if taken > 0.0 and up.gear.type[stock] == kind and _usable(run, stock, unit):
                used = run.emit(
                    CONSUMED, incident, unit, subject=stock, cause=cause, note=run.log.note((taken,))
                )
                amount -= taken
                up.drawn_on[unit] = True
                _change(run, stock, -taken, used)


def _usable(run: Run, stock: int, unit: int) -> bool:
    """Tell whether a stock is on a unit (-1: on none) and fit for use."""
    state = run.state
    is_good = state.condition[stock] != UNSERVICEABLE != state.item_known[stock]
    return is_good and bool(run.upkeep.unit[stock] == unit)


def _change(run: Run, stock: int, by: float, cause: int) -> None:
    """Change how much there is of a stock, and with it what its unit can do."""
    up, unit, kind = run.upkeep, run.upkeep.unit[stock], run.upkeep.gear.type[stock]
    up.amount[stock] += by
    if unit >= 0:
        up.count_true(unit, kind, by)
        if up.count_known(unit, kind, by):
            restand(run, unit, cause)


def refill(run: Run, unit: int, cause: int) -> None:
    """Fill up a unit's stocks at its station; what no store has is filled up when it is delivered."""
    up = run.upkeep
    up.drawn_on[unit] = False
    for stock in up.gear.stocks[unit]:
        lacking = up.gear.items[stock].amount - up.amount[stock]
        if lacking > 0.0 and _usable(run, stock, unit):
            _fill(run, stock, lacking, cause)


def _fill(run: Run, stock: int, lacking: float, cause: int) -> None:
    """Fill up a stock from the nearest stores that have some; where no store keeps any, from outside."""
    up, kind, unit = run.upkeep, run.upkeep.gear.type[stock], run.upkeep.unit[stock]
    sources = up.gear.supply[run.state.station[unit]][kind]
    if not sources:
        _pour(run, stock, lacking, -1, cause)
        return
    for source in sources:
        taken = min(lacking, up.amount[source])
        if taken > 0.0 and up.store[source] >= 0 and _usable(run, source, -1):
            _pour(run, stock, taken, source, cause)
            lacking -= taken
    if lacking > 0.0 and stock not in up.thirsty[kind]:
        up.thirsty[kind].append(stock)


def _pour(run: Run, stock: int, amount: float, source: int, cause: int) -> None:
    up, unit = run.upkeep, run.upkeep.unit[stock]
    filled = run.emit(RESTOCKED, -1, unit, -1, stock, cause, run.log.note((amount, source)))
    _change(run, stock, amount, filled)
    if source >= 0:
        up.amount[source] -= amount
        _order_more(run, source, filled)


def _order_more(run: Run, stock: int, cause: int) -> None:
    """A store that is down to half its stock orders what it has given out, unless an order is on its way."""
    up, held = run.upkeep, run.upkeep.gear.items[stock]
    delivery = up.gear.stores_[held.store].delivery
    if delivery is not None and not up.ordered[stock] and up.amount[stock] <= ORDERS_AT * held.amount:
        up.ordered[stock] = True
        up.orders[stock] += 1
        lasts_s = lasting_s(delivery, up.draw_at(stock, _ORDER_OF_STOCK + up.orders[stock]))
        run.after(lasts_s, deliver, stock, cause)


def deliver(run: Run, stock: int, cause: int) -> None:
    """An order has come: the store's stock is full again, and units that wait for it are filled up."""
    up = run.upkeep
    amount = up.gear.items[stock].amount - up.amount[stock]
    delivered = run.emit(DELIVERED, subject=stock, cause=cause, note=run.log.note((amount,)))
    up.ordered[stock] = False
    up.amount[stock] += amount
    serve_thirsty(run, up.gear.type[stock], delivered)


def serve_thirsty(run: Run, kind: int, cause: int) -> None:
    """There is some of a consumable again: fill up units that wait for it, those out once home."""
    up = run.upkeep
    waiting, up.thirsty[kind] = up.thirsty[kind], []
    for stock in waiting:
        unit = up.unit[stock]
        if unit >= 0:
            up.drawn_on[unit] = True
            if at_station(run, unit):
                refill(run, unit, cause)
