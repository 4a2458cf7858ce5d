"""What calls ask of equipment: faults that show when a unit rolls, on its way and on scene, and wear."""

from __future__ import annotations

from readiness.equipment import concerns
from readiness.force import ANY, Shows
from sim.engine import Run
from sim.events import BROKE_DOWN, CAPABILITY_LOST, WILL_NOT_ROLL
from sim.holdings import UNSERVICEABLE, Upkeep, at_station
from sim.mending import attend, put_in
from sim.stores import consume, refill
from sim.upkeep import fail, find, reveal, see_to

_TO_ROLL, _ON_ITS_WAY, _ALWAYS = (Shows.TURNOUT,), (Shows.WAY,), tuple(Shows)
"""Where the lack of something shows."""
_AFTER_USE = 1 << 41
_ON_THE_WAY = 1 << 42


def is_sound(run: Run, unit: int) -> bool:
    """Tell whether a unit can in truth do what it was sent for, with what it carries."""
    up = run.upkeep
    return up is None or bool(up.true_bits[unit] >> run.state.filling[unit] & 1)


def fails_to_roll(run: Run, unit: int, incident: int, cause: int) -> bool:
    """Tell whether a unit called out cannot roll after all; if so, that is known now and is seen to.

    From then on the unit is known not to be able to do what it was sent for.
    """
    up = run.upkeep
    short = _short(run, unit, _TO_ROLL)
    if not short:
        return False
    found = [(item, reveal(run, item, "turnout", cause, incident)) for item in _hidden(run, unit, short)]
    item, cause = found[0] if found else (-1, cause)
    stays = run.emit(WILL_NOT_ROLL, incident, unit, -1, item, cause)
    for item, _ in found:
        if up.unit[item] == unit:
            attend(run, item, stays)
    return True


def _short(run: Run, unit: int, shows: tuple[Shows, ...]) -> set[int]:
    """List the types a unit is short of in truth, for what it was sent for or to roll at all."""
    up, capability = run.upkeep, run.state.filling[unit]
    if up.true_bits[unit] >> capability & 1:
        return set()
    have, types = up.true[unit], up.gear.types
    return {
        kind
        for needed, kind, count in up.gear.needs[unit]
        if needed in (ANY, capability) and have[kind] < count and types[kind].shows in shows
    }


def _hidden(run: Run, unit: int, kinds: set[int]) -> list[int]:
    """List the items of some types on a unit that do not work though nobody knows."""
    up, condition = run.upkeep, run.state.condition
    return [i for i in up.faults[unit] if up.gear.type[i] in kinds and condition[i] == UNSERVICEABLE]


def breaks_down(run: Run, unit: int, incident: int) -> float | None:
    """Tell after which share of its way a unit that rolls now breaks down; None: it gets there."""
    up: Upkeep = run.upkeep
    hidden = _hidden(run, unit, _short(run, unit, _ON_ITS_WAY))
    if not hidden:
        return None
    return up.draw_at(hidden[0], _ON_THE_WAY + run.fate.key[incident])


def stranded(run: Run, unit: int, incident: int, node: int, cause: int) -> tuple[int, float]:
    """A unit breaks down on its way; give the event, and the seconds until it is fetched and home.

    What failed is known now, and seen to once the unit is at its station (`at_home`).
    """
    up = run.upkeep
    found = [
        (item, reveal(run, item, "way", cause, incident))
        for item in _hidden(run, unit, _short(run, unit, _ON_ITS_WAY))
    ]
    item, cause = found[0] if found else (-1, cause)
    broke = run.emit(BROKE_DOWN, incident, unit, node, item, cause)
    for item, _ in found:
        attend(run, item, broke)
    return broke, max((up.gear.kinds[item].swap_s for item, _ in found), default=0.0)


def on_scene(run: Run, unit: int, incident: int, cause: int) -> bool:
    """Tell whether a unit on scene cannot do what it was sent for; if so, that is known now."""
    up, capability = run.upkeep, run.state.filling[unit]
    short = _short(run, unit, _ALWAYS)
    if not short:
        return False
    found = [(item, reveal(run, item, "scene", cause, incident)) for item in _hidden(run, unit, short)]
    codes = tuple(up.gear.items[item].code for item, _ in found)
    cause = found[0][1] if found else cause
    lost = run.emit(
        CAPABILITY_LOST, incident, unit, subject=capability, cause=cause, note=run.log.note(codes)
    )
    for item, _ in found:
        attend(run, item, lost)
    return True


def slowness(run: Run, incident: int) -> float:
    """Tell how many times as long control takes because of degraded equipment on scene; the worst counts."""
    up, state, factor = run.upkeep, run.state, 1.0
    worn, matters = up.worn, up.gear.matters
    for unit in state.open[incident].units:
        for item in worn[unit]:
            kind = up.gear.type[item]
            longer = up.gear.types[kind].degraded_factor
            if longer > factor and matters[unit].get(kind, 0) >> state.filling[unit] & 1:
                factor = longer
    return factor


def used(run: Run, unit: int, incident: int, cause: int) -> float:
    """A unit's work is over: count it as use, for some items the last one, and take off what it used up.

    Returns
    -------
    float
        The seconds by which its next refit takes longer: refilling, and cleaning what is contaminated.
    """
    up: Upkeep = run.upkeep
    kind = run.fate.kind[incident]
    up.calls[unit].append(kind)
    left = up.slack[unit] = up.slack[unit] - up.gear.heaviest[kind]
    if left <= 0.0:
        for item in up.worn_out(unit):
            fail(run, item, "use", cause, incident)
    up.last[unit] = incident
    call = up.gear.calls[unit][kind]
    if call.uses:
        consume(run, unit, incident, cause)
    if call.refit_s > up.owes[unit]:
        up.owes[unit] = call.refit_s
    return up.owes[unit]


def at_home(run: Run, unit: int, cause: int) -> None:
    """A unit is at its station and refitted: it is checked after use, what is due is done, stocks are filled.

    To be called when a refit ends, when a unit comes home without one, and when it was fetched home.
    """
    up: Upkeep = run.upkeep
    if not at_station(run, unit):
        return
    incident, up.last[unit], up.owes[unit] = up.last[unit], -1, 0.0
    if not (up.faults[unit] or up.due[unit] or up.drawn_on[unit]):
        return
    if incident >= 0 and up.faults[unit]:
        _check_after_use(run, unit, incident, cause)
    while up.due[unit] and at_station(run, unit):
        item = up.due[unit].pop(0)
        if up.unit[item] == unit:
            see_to(run, item, cause)
        else:
            put_in(run, up.first + item, cause)
    if up.drawn_on[unit] and at_station(run, unit):
        refill(run, unit, cause)


def _check_after_use(run: Run, unit: int, incident: int, cause: int) -> None:
    """Look over what a unit carries after a call: a fault that nobody knew of may be found."""
    up = run.upkeep
    team, key = up.gear.team[unit], run.fate.key[incident]
    for item in tuple(up.faults[unit]):
        finds = max(
            (c.finds for c in up.gear.after_use[unit] if concerns(c, up.gear.type[item], team, -1)),
            default=0.0,
        )
        if up.draw_at(item, _AFTER_USE + key) < finds:
            find(run, item, "after_use", cause)


def owed_s(run: Run, unit: int) -> float:
    """Tell by how many seconds a unit's next refit takes longer for what its last calls used and dirtied."""
    return 0.0 if run.upkeep is None else float(run.upkeep.owes[unit])
