"""Equipment that is seen to: it leaves its unit, a spare stands in, it is mended, and it comes back."""

from __future__ import annotations

from readiness.equipment import due_s, expiry_s, last_use, mended_by
from readiness.lasting import lasting_s
from sim.engine import Run
from sim.events import ITEM_IN, ITEM_MENDED, ITEM_OUT
from sim.holdings import (
    AGE,
    DEGRADED,
    LASTS,
    NEVER,
    SERVICEABLE,
    UNSERVICEABLE,
    USE,
    Upkeep,
    at_station,
    count_known,
)
from sim.stores import serve_thirsty

_GOES_TO = {"repaired": "workshop", "overhauled": "workshop", "replaced": "order", "": "scrap"}


def attend(run: Run, item: int, cause: int) -> None:
    """See to an item: mend one on a unit in place if it is only degraded, else send it away.

    While its unit is out that waits until it is home.
    """
    up, unit = run.upkeep, run.upkeep.unit[item]
    known = run.state.item_known[item]
    if not at_station(run, unit):
        if item not in up.due[unit]:
            up.due[unit].append(item)
    elif known == DEGRADED and unit >= 0:
        up.how[item] = _way(run, item)
        _queue_for_mending(run, item, _station_of(run, item), cause)
    elif known != SERVICEABLE:
        send_off(run, item, cause)
    else:
        _send_to_test(run, item, cause)


def _station_of(run: Run, item: int) -> int:
    """Tell the station at which an item is, on a unit or in a store."""
    up: Upkeep = run.upkeep
    unit, store = up.unit[item], up.store[item]
    return run.state.station[unit] if unit >= 0 else up.gear.stores_[store].station


def send_off(run: Run, item: int, cause: int) -> None:
    """A bad item leaves its unit or store to be mended; a spare or a loan takes its place if there is one."""
    up, unit, station = run.upkeep, run.upkeep.unit[item], _station_of(run, item)
    up.how[item] = _way(run, item)
    out = take_off(run, item, _GOES_TO[up.how[item]], cause)
    if unit >= 0 and not up.gear.kinds[item].consumable:
        _replace(run, item, unit, station, out)
    _queue_for_mending(run, item, station, out)


def _way(run: Run, item: int) -> str:
    """Tell how an item that is bad now is made good: repaired, replaced, overhauled; "": not at all."""
    up: Upkeep = run.upkeep
    return mended_by(up.gear.kinds[item], up.expires_s[item] <= run.now)


def take_off(run: Run, item: int, where: str, cause: int) -> int:
    """Take an item off its unit, or out of its store; give the event."""
    up: Upkeep = run.upkeep
    state, unit, store, kind = run.state, up.unit[item], up.store[item], up.gear.type[item]
    out: int = run.emit(ITEM_OUT, -1, unit, -1, item, cause, run.log.note((where,)))
    run.rest(up.first + item)
    up.unit[item] = up.store[item] = -1
    up.why[item] = where
    if store >= 0 and item in up.spares[store][kind]:
        up.spares[store][kind].remove(item)
    if unit >= 0:
        up.take_off_meter(item, unit)
        if item in up.faults[unit]:
            up.faults[unit].remove(item)
        if item in up.worn[unit]:
            up.worn[unit].remove(item)
        if item in up.due[unit]:
            up.due[unit].remove(item)
        if state.condition[item] != UNSERVICEABLE:
            up.count_true(unit, kind, -up.amount[item])
        if state.item_known[item] != UNSERVICEABLE:
            count_known(run, unit, item, -1.0, out)
    return out


def _replace(run: Run, item: int, unit: int, station: int, cause: int) -> None:
    """Put a spare of the station's store in an item's place, or borrow one from another unit of the team."""
    up, kind = run.upkeep, run.upkeep.gear.type[item]
    for store in up.gear.stores_at[station]:
        if up.spares[store][kind]:
            _hand_over(run, up.spares[store][kind][0], item, unit, cause)
            return
    if up.is_short(unit, kind):
        loan = _loan(run, unit, kind)
        if loan >= 0:
            _hand_over(run, loan, item, unit, cause)
        else:
            up.gaps[kind].append(item)


def _loan(run: Run, unit: int, kind: int) -> int:
    """Find an item that another unit of the team can spare and has at hand; -1: there is none."""
    up: Upkeep = run.upkeep
    state, gear = run.state, up.gear
    team = gear.team[unit]
    for item in gear.of_type[kind].tolist() if team >= 0 else ():
        other = up.unit[item]
        if (
            other not in (-1, unit)
            and gear.team[other] == team
            and state.item_known[item] == SERVICEABLE
            and up.known[other][kind] - up.amount[item] >= gear.enough[other][kind]
            and at_station(run, other)
        ):
            return int(item)
    return -1


def _hand_over(run: Run, spare: int, item: int, unit: int, cause: int) -> None:
    """A spare or a loan sets out to a unit; the item it stands in for will go where that one came from."""
    up = run.upkeep
    up.home[item], up.home_store[item] = up.unit[spare], up.store[spare]
    up.home[spare], up.home_store[spare] = unit, -1
    out = take_off(run, spare, "loan" if up.unit[spare] >= 0 else "spare", cause)
    run.order(up.gear.types[up.gear.type[spare]].swap_s, put_in, up.first + spare, out)


def _send_to_test(run: Run, item: int, cause: int) -> None:
    """An item goes away to be tested and is back as soon as that is done."""
    up = run.upkeep
    out = take_off(run, item, "test", cause)
    run.order(up.gear.kinds[item].swap_s, pass_test, up.first + item, out)


def pass_test(run: Run, number: int, cause: int) -> None:
    """An item has passed its test and goes back to where it belongs."""
    up, item = run.upkeep, number - run.upkeep.first
    passed = run.emit(ITEM_MENDED, subject=item, cause=cause, note=run.log.note(("tested",)))
    up.tested_s[item] = run.now
    put_in(run, number, passed)


def _queue_for_mending(run: Run, item: int, station: int, cause: int) -> None:
    """An item waits for its turn in the nearest workshop; a new one is simply on order."""
    up = run.upkeep
    way = up.how[item]
    if not way:
        return
    shop = up.shop[item] = -1 if way == "replaced" else up.gear.workshop[station]
    if shop >= 0 and up.busy[shop] >= up.gear.stores_[shop].bays:
        up.queue[shop].append((item, cause))
    else:
        _begin_mending(run, item, cause)


def _begin_mending(run: Run, item: int, cause: int) -> None:
    up = run.upkeep
    kind = up.gear.kinds[item]
    lasting = kind.replace if up.how[item] == "replaced" else kind.repair
    if up.shop[item] >= 0:
        up.busy[up.shop[item]] += 1
    if lasting is not None:
        run.order(lasting_s(lasting, up.draw(item, LASTS)), mend, up.first + item, cause)
    elif kind.consumable:
        run.order(kind.swap_s, mend, up.first + item, cause)


def mend(run: Run, number: int, cause: int) -> None:
    """An item works again, as good as new; the workshop turns to the next one, and the item goes home."""
    up, item = run.upkeep, number - run.upkeep.first
    unit, kind = up.unit[item], up.gear.type[item]
    note = run.log.note((up.how[item],))
    mended = run.emit(ITEM_MENDED, -1, unit, -1, item, cause, note)
    _begin_life(run, item)
    _next_in_line(run, up.shop[item])
    if item in up.gaps[kind]:
        up.gaps[kind].remove(item)
    if unit < 0:
        put_in(run, number, mended)
        return
    if item in up.worn[unit]:
        up.worn[unit].remove(item)
    up.put_on_meter(item, unit, up.uses[item])
    _plan_test(run, item)
    _look_ahead(run, item, mended)


def _next_in_line(run: Run, shop: int) -> None:
    """A bay is free: begin with the item that has waited longest."""
    up = run.upkeep
    if shop >= 0:
        up.busy[shop] -= 1
        if up.queue[shop]:
            _begin_mending(run, *up.queue[shop].popleft())


def _look_ahead(run: Run, item: int, cause: int) -> None:
    from sim.upkeep import look_ahead

    look_ahead(run, item, cause)


def _begin_life(run: Run, item: int) -> None:
    """Draw how long an item lasts that was mended just now."""
    up = run.upkeep
    kind = up.gear.kinds[item]
    up.life[item] += 1
    up.tested_s[item] = run.now
    if up.gear.kinds[item].consumable:
        up.amount[item] = up.gear.items[item].amount
    if up.how[item] != "repaired":
        up.expires_s[item] = expiry_s(kind, run.now)
    if kind.fails is not None and not kind.consumable:
        up.fails_s[item] = run.now + lasting_s(kind.fails, up.draw(item, AGE))
    if up.gear.meter[up.gear.type[item]] >= 0:
        up.uses[item] = last_use(kind.use_p, up.draw(item, USE))


def put_in(run: Run, number: int, cause: int) -> None:
    """An item is put on the unit it belongs to, when that is at its station, or goes into its store."""
    up, item = run.upkeep, number - run.upkeep.first
    unit, kind = up.home[item], up.gear.type[item]
    if not at_station(run, unit):
        up.due[unit].append(item)
        return
    back = run.emit(ITEM_IN, -1, unit, -1, item, cause, run.log.note((up.why[item],)))
    up.unit[item], up.store[item] = unit, up.home_store[item]
    _plan_test(run, item)
    if unit >= 0:
        _put_on(run, item, unit, back)
    elif up.gear.types[kind].consumable:
        serve_thirsty(run, kind, back)
    else:
        up.spares[up.store[item]][kind].append(item)
        _fill_gap(run, up.store[item], kind, back)
    if not run.state.away[item]:
        _look_ahead(run, item, back)


def _put_on(run: Run, item: int, unit: int, cause: int) -> None:
    up, condition = run.upkeep, run.state.condition[item]
    if condition != UNSERVICEABLE:
        up.count_true(unit, up.gear.type[item], up.amount[item])
        up.put_on_meter(item, unit, up.uses[item])
    if up.gear.kinds[item].consumable:
        up.drawn_on[unit] = True
    if condition != SERVICEABLE:
        up.faults[unit].append(item)
    if condition == DEGRADED:
        up.worn[unit].append(item)
    count_known(run, unit, item, 1.0, cause)


def _fill_gap(run: Run, store: int, kind: int, cause: int) -> None:
    """A spare has come into a store: the unit of that station that waits longest for one gets it."""
    up, station = run.upkeep, run.upkeep.gear.stores_[store].station
    for item in up.gaps[kind]:
        unit = up.home[item]
        if run.state.station[unit] == station:
            up.gaps[kind].remove(item)
            _hand_over(run, up.spares[store][kind][0], item, unit, cause)
            return


def _plan_test(run: Run, item: int) -> None:
    """Set when a test next takes an item away from where it is now."""
    up = run.upkeep
    kind = up.gear.kinds[item]
    if kind.test_every_s is not None:
        checked = up.gear.checks(up.gear.type[item], up.unit[item], up.store[item])
        up.test_s[item] = NEVER if checked else due_s(kind, up.tested_s[item], run.now)
