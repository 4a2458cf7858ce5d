"""Equipment on the clock: an item fails, or expires, and sooner or later somebody finds out."""

from __future__ import annotations

from readiness.equipment import due_s, first_check_s, found_s
from sim.engine import Doing, Run
from sim.events import ITEM_DEGRADED, ITEM_FAILED, ITEM_FOUND
from sim.gear import gear_of
from sim.holdings import (
    DEGRADED,
    DEGRADES,
    HIDDEN,
    NEVER,
    SERVICEABLE,
    UNSERVICEABLE,
    Upkeep,
    at_station,
    count_known,
)
from sim.mending import attend
from sim.watch import restand


def open_upkeep(run: Run) -> None:
    """Put on the clock what will happen to equipment by itself; what is known to be bad is seen to at once.

    Without a force, or without items, there is nothing to keep up, and nothing whatsoever changes.
    """
    force = run.county.force
    if force is None or not force.items:
        return
    gear = gear_of(run.county)
    up = run.upkeep = Upkeep(gear, run.fate, len(run.epochs))
    run.epochs.extend([0] * len(gear.items))
    for unit, bits in enumerate(up.known_bits):
        if bits != gear.built[unit]:
            restand(run, unit, -1)
    for item, store, kind in gear.spares:
        up.spares[store][kind].append(item)
    known_bad = [item for item in gear.faulty if _begins_known_to_be_bad(run, item)]
    _wait_for(run, 0)
    for item in known_bad:
        attend(run, item, -1)


def _wait_for(run: Run, turn: int) -> None:
    """Put the first thing that happens to an item by itself on the clock, one item at a time."""
    up: Upkeep = run.upkeep
    if turn < len(up.soon):
        run.after(max(0.0, up.soon[turn][0] - run.now), come_to_pass, turn, -1)


def come_to_pass(run: Run, turn: int, cause: int) -> None:
    """What was to happen first to an item happens, unless something else has happened to it before."""
    up: Upkeep = run.upkeep
    item = up.soon[turn][1]
    _wait_for(run, turn + 1)
    if run.epochs[up.first + item] == 0:
        _, step = _what_comes_first(run, item)
        step(run, up.first + item, cause)


def _begins_known_to_be_bad(run: Run, item: int) -> bool:
    """Take note of an item that is bad at the start, or believed to be; tell whether that is known."""
    up, state = run.upkeep, run.state
    up.fails_s[item] = up.uses[item] = NEVER
    unit, known, condition = up.unit[item], state.item_known[item], state.condition[item]
    if unit >= 0 and condition == DEGRADED:
        up.worn[unit].append(item)
    if known != SERVICEABLE and not known < UNSERVICEABLE == condition:
        return True
    if unit >= 0:
        up.faults[unit].append(item)
    look_ahead(run, item, -1)
    return False


def look_ahead(run: Run, item: int, cause: int) -> None:
    """Put the next thing that happens to an item by itself on the clock, in place of what was there."""
    up: Upkeep = run.upkeep
    moment, step = _what_comes_first(run, item)
    if moment <= up.until_s:
        run.order(max(0.0, moment - run.now), step, up.first + item, cause)
    else:
        run.rest(up.first + item)


def _what_comes_first(run: Run, item: int) -> tuple[float, Doing]:
    """Tell what happens to an item next by itself, and when."""
    up: Upkeep = run.upkeep
    step: Doing = wear_out
    moment = up.fails_s[item]
    if run.state.condition[item] != SERVICEABLE:
        moment, step = _found_at(run, item)
    if up.test_s[item] < moment:
        moment, step = up.test_s[item], fall_due
    if up.expires_s[item] < moment:
        moment, step = up.expires_s[item], expire
    return moment, step


def _found_at(run: Run, item: int) -> tuple[float, Doing]:
    """Tell when a hidden fault is found, and by what: a regular check, or a test done at one."""
    up, gear = run.upkeep, run.upkeep.gear
    kind, since = gear.type[item], up.failed_s[item]
    checks = gear.checks(kind, up.unit[item], up.store[item])
    if not checks:
        return NEVER, find_by_check
    found = found_s(since, checks, lambda moment: up.draw_at(item, round(moment)), up.until_s)
    due = due_s(gear.types[kind], up.tested_s[item], since)
    tested = first_check_s(due, checks) if due < found else NEVER
    return (tested, find_by_test) if tested < found else (found, find_by_check)


def wear_out(run: Run, number: int, cause: int) -> None:
    """An item stops working by age."""
    fail(run, number - run.upkeep.first, "at_once", cause)


def fail(run: Run, item: int, how: str, cause: int, incident: int = -1) -> None:
    """An item stops working, or only works less well; it is noticed, or nobody knows.

    `how` says how it was noticed if it was.
    """
    up = run.upkeep
    kind = up.gear.kinds[item]
    degrades = kind.degrades > 0.0 and up.draw(item, DEGRADES) < kind.degrades
    happened = break_item(run, item, degrades, cause, incident)
    if kind.hidden > 0.0 and up.draw(item, HIDDEN) < kind.hidden:
        hide(run, item, happened)
    else:
        find(run, item, how, happened, incident)


def break_item(run: Run, item: int, degrades: bool, cause: int, incident: int = -1) -> int:
    """Let an item fail, or degrade, without asking who knows; give the event."""
    up, unit = run.upkeep, run.upkeep.unit[item]
    was_good = run.state.condition[item] != UNSERVICEABLE
    kind = ITEM_DEGRADED if degrades else ITEM_FAILED
    happened = run.emit(kind, incident, unit, -1, item, cause)
    up.fails_s[item] = up.uses[item] = NEVER
    if unit >= 0 and degrades:
        up.worn[unit].append(item)
    elif unit >= 0 and was_good:
        up.count_true(unit, up.gear.type[item], -up.amount[item])
    return happened


def hide(run: Run, item: int, cause: int) -> None:
    """Nobody knows of a fault: it stays until a check, a test, its expiry or a call finds it."""
    up, unit = run.upkeep, run.upkeep.unit[item]
    up.failed_s[item] = run.now
    if unit >= 0:
        up.faults[unit].append(item)
    look_ahead(run, item, cause)


def fail_item(run: Run, item: int, hidden: bool, cause: int) -> None:
    """An item is made to fail (an inject); one that is out of order, away or being mended stays as it is."""
    state = run.state
    if state.condition[item] == SERVICEABLE and not state.away[item]:
        failed = break_item(run, item, False, cause)
        if hidden:
            hide(run, item, failed)
        else:
            find(run, item, "at_once", failed)


def find_by_check(run: Run, number: int, cause: int) -> None:
    """A regular check comes upon a hidden fault; if the unit is out, the next one may."""
    _find_at_station(run, number - run.upkeep.first, "check", cause)


def find_by_test(run: Run, number: int, cause: int) -> None:
    """A test that was due comes upon a hidden fault; if the unit is out, the next check may."""
    _find_at_station(run, number - run.upkeep.first, "test", cause)


def _find_at_station(run: Run, item: int, how: str, cause: int) -> None:
    up = run.upkeep
    if at_station(run, up.unit[item]):
        find(run, item, how, cause)
    else:
        up.failed_s[item] = run.now
        look_ahead(run, item, cause)


def find(run: Run, item: int, how: str, cause: int, incident: int = -1) -> int:
    """It becomes known that an item is bad, and it is seen to."""
    found = reveal(run, item, how, cause, incident)
    attend(run, item, found)
    return found


def reveal(run: Run, item: int, how: str, cause: int, incident: int = -1) -> int:
    """It becomes known what an item is really like; the unit may not be ready for some things any more."""
    up, state = run.upkeep, run.state
    unit, was_known = up.unit[item], state.item_known[item]
    found = run.emit(ITEM_FOUND, incident, unit, -1, item, cause, run.log.note((how,)))
    run.rest(up.first + item)
    if unit >= 0:
        if item in up.faults[unit]:
            up.faults[unit].remove(item)
        if was_known < UNSERVICEABLE == state.condition[item]:
            count_known(run, unit, item, -1.0, found)
    return found


def expire(run: Run, number: int, cause: int) -> None:
    """An item expires: it may not be used any more, and another takes its place."""
    item = number - run.upkeep.first
    if run.state.condition[item] != UNSERVICEABLE:
        cause = break_item(run, item, False, cause)
    find(run, item, "expired", cause)


def fall_due(run: Run, number: int, cause: int) -> None:
    """An item's test falls due, and no check does it on the spot."""
    see_to(run, number - run.upkeep.first, cause)


def see_to(run: Run, item: int, cause: int) -> None:
    """Take an item to its test, or see to it if it is known to be bad; while its unit is out, that waits."""
    up, state = run.upkeep, run.state
    hidden = state.item_known[item] < state.condition[item]
    if hidden and at_station(run, up.unit[item]):
        find(run, item, "test", cause)
    else:
        attend(run, item, cause)
