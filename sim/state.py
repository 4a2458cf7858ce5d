"""How things stand at a moment: changed by events alone, and only by moves that are legal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum

from readiness.force import Condition, Force, Level
from sim.county import County
from sim.events import Kind


class Status(IntEnum):
    """What a unit is doing."""

    AT_BASE = 0
    TURNING_OUT = 1
    EN_ROUTE = 2
    ON_SCENE = 3
    TO_HOSPITAL = 4
    AT_HOSPITAL = 5
    RETURNING = 6
    REFITTING = 7
    BROKEN_DOWN = 8


class IllegalMove(Exception):
    """An event that cannot follow from the state it meets: a fault of the program, never of the user."""


class OpenIncident:
    """An incident from its alarm until it is closed.

    `required` is its run card as (capability, count) and `filled` the units sent for each line. `units` work
    for it now, in the order they were sent; `arrived` counts all that ever reached it. `asked` is the number
    of units on the card (0 until the call is taken), `lacking` how many of them nobody was sent for.
    `assembled` says that control has begun. `patient_with` is the unit that met the patient: the first on
    scene of those sent to carry.
    """

    __slots__ = (
        "arrived",
        "asked",
        "assembled",
        "controlled",
        "filled",
        "kind",
        "lacking",
        "patient_with",
        "required",
        "units",
    )

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.required: tuple[tuple[int, int], ...] = ()
        self.filled: list[int] = []
        self.asked = 0
        self.lacking = 0
        self.units: list[int] = []
        self.arrived = 0
        self.patient_with: int | None = None
        self.assembled = False
        self.controlled = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OpenIncident) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]  # it changes, so it is no key


class State:
    """The whole county at a moment, as lists by number.

    For each unit: `status`, `task` (the incident it works for, -1 none), `since` (seconds, last change of
    status), `alerted` (seconds, when its crew was called out, None at rest), `filling` (the capability it was
    sent for), `station` (where it is based). For incidents: `open`, the number `closed`, how many updates of
    their harm are `known`, and the accident `classes` they reached. For the call centre: `ringing` (alarms
    not yet answered) and `talking` (call-takers at work). For the roads: `regime`.

    For readiness: what each unit is believed able to do (`standing`, capabilities as bits), the `level` at
    which its crew stands by, whether it is taken `out` of service, the crews that rest (`resting`), the teams
    whose standby is `raised`, the `warning` level (0: none); and for each item its true `condition`, what it
    is known to be (`item_known`), and whether it is `away` from its unit (in the workshop, on order).
    """

    __slots__ = (
        "alerted",
        "away",
        "cards",
        "carriers",
        "classes",
        "closed",
        "condition",
        "filling",
        "item_known",
        "known",
        "level",
        "limited",
        "open",
        "out",
        "raised",
        "regime",
        "resting",
        "ringing",
        "since",
        "standing",
        "station",
        "status",
        "talking",
        "task",
        "warning",
    )

    def __init__(self, county: County) -> None:
        n = len(county.units)
        self.cards = required_cards(county)
        self.carriers = [kind.transport_capability for kind in county.kinds]
        self.limited = county.call_takers > 0
        self.status: list[int] = [int(Status.AT_BASE)] * n
        self.task = [-1] * n
        self.since = [0.0] * n
        self.alerted: list[float | None] = [None] * n
        self.filling = [-1] * n
        self.station = [unit.station for unit in county.units]
        self.open: dict[int, OpenIncident] = {}
        self.closed = 0
        self.known: dict[int, int] = {}
        self.classes: dict[int, int] = {}
        self.ringing: deque[int] = deque()
        self.talking = 0
        self.regime = 0
        force = county.force or Force()
        self.standing = [bits_of(unit.capabilities) for unit in county.units]
        self.level = [int(Level.ON_STATION)] * n
        self.out = [False] * n
        self.resting = [False] * len(force.crews)
        self.raised = [False] * len(force.teams)
        self.warning = 0
        self.condition = [int(item.condition) for item in force.items]
        self.item_known = [int(item.known) for item in force.items]
        self.away = [False] * len(force.items)

    def apply(self, time_s: float, kind: int, unit: int, incident: int, subject: int) -> None:
        """Let one event change the state.

        Raises
        ------
        IllegalMove
            If the event cannot happen in this state.
        """
        if unit >= 0:
            status = MOVES[kind][self.status[unit]]
            if status is None:
                was = Status(self.status[unit]).name
                raise IllegalMove(f"{Kind(kind).name} at {time_s} s, but unit {unit} is {was}")
            self.status[unit] = status
            self.since[unit] = time_s
        effect = EFFECTS[kind]
        if effect is not None:
            effect(self, time_s, unit, incident, subject)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]  # it changes, so it is no key


def bits_of(capabilities: Iterable[int]) -> int:
    """Write capabilities as bits of a number, the first as the lowest.

    Examples
    --------
    >>> bits_of([0, 3])
    9
    """
    return sum(1 << capability for capability in capabilities)


Card = tuple[tuple[tuple[int, int], ...], int]


def required_cards(county: County) -> tuple[tuple[Card, ...], ...]:
    """Give, by kind and grade, the run card as (capability, count) lines and the units it asks for in all."""
    return tuple(
        tuple(
            (tuple((need.capability, need.count) for need in card), sum(need.count for need in card))
            for card in kind.run_cards
        )
        for kind in county.kinds
    )


def _moves(*pairs: tuple[Status, Status]) -> tuple[int | None, ...]:
    legal = dict(pairs)
    return tuple(int(legal[status]) if status in legal else None for status in Status)


WHATEVER_IT_DOES = (
    Kind.STANDING,
    Kind.STANDBY,
    Kind.CREW_RESTS,
    Kind.CREW_RESTED,
    Kind.TAKEN_OUT,
    Kind.PUT_BACK,
    Kind.ITEM_FAILED,
    Kind.ITEM_DEGRADED,
    Kind.ITEM_FOUND,
    Kind.ITEM_OUT,
    Kind.ITEM_IN,
    Kind.ITEM_MENDED,
    Kind.CONSUMED,
    Kind.RESTOCKED,
    Kind.CAPABILITY_LOST,
)
"""Events that concern a unit and leave its status as it is."""

_S = Status
MOVES: tuple[tuple[int | None, ...], ...] = tuple(
    {
        Kind.ASSIGNED: _moves((_S.AT_BASE, _S.TURNING_OUT), (_S.RETURNING, _S.TURNING_OUT)),
        Kind.REDIRECTED: _moves((_S.TURNING_OUT, _S.AT_BASE), (_S.EN_ROUTE, _S.RETURNING)),
        Kind.EN_ROUTE: _moves((_S.TURNING_OUT, _S.EN_ROUTE)),
        Kind.ARRIVED: _moves((_S.EN_ROUTE, _S.ON_SCENE)),
        Kind.HOSPITAL_BOUND: _moves((_S.ON_SCENE, _S.TO_HOSPITAL)),
        Kind.AT_HOSPITAL: _moves((_S.TO_HOSPITAL, _S.AT_HOSPITAL)),
        Kind.STOOD_DOWN: _moves((_S.TURNING_OUT, _S.AT_BASE), (_S.EN_ROUTE, _S.RETURNING)),
        Kind.CLEAR: _moves((_S.ON_SCENE, _S.RETURNING), (_S.AT_HOSPITAL, _S.RETURNING)),
        Kind.RETURNED: _moves((_S.RETURNING, _S.AT_BASE)),
        Kind.REFIT: _moves((_S.AT_BASE, _S.REFITTING)),
        Kind.REFITTED: _moves((_S.REFITTING, _S.AT_BASE)),
        Kind.RELOCATED: _moves((_S.AT_BASE, _S.RETURNING)),
        Kind.WILL_NOT_ROLL: _moves((_S.TURNING_OUT, _S.AT_BASE)),
        Kind.BROKE_DOWN: _moves((_S.EN_ROUTE, _S.BROKEN_DOWN)),
        Kind.RECOVERED: _moves((_S.BROKEN_DOWN, _S.AT_BASE)),
        **{kind: tuple(int(status) for status in Status) for kind in WHATEVER_IT_DOES},
    }.get(kind, _moves())
    for kind in Kind
)
"""Legal moves: by kind of event and status of the unit, the status that follows; None is illegal."""


def _conditions(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.regime = subject


def _reported(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if incident in state.open:
        raise IllegalMove(f"incident {incident} was reported before")
    state.open[incident] = OpenIncident(subject)
    if state.limited:
        state.ringing.append(incident)


def _answered(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.ringing.popleft() != incident:
        raise IllegalMove(f"incident {incident} was answered before its turn")
    state.talking += 1


def _taken(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.talking -= state.limited
    entry = state.open[incident]
    entry.required, entry.asked = state.cards[entry.kind][subject - 1]
    entry.filled = [0] * len(entry.required)
    entry.lacking = entry.asked


def _assigned(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.filled[_line(entry, subject)] += 1
    entry.lacking -= 1
    entry.units.append(unit)
    state.task[unit] = incident
    state.filling[unit] = subject
    if state.alerted[unit] is None:
        state.alerted[unit] = time_s


def _redirected(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.filled[_line(entry, state.filling[unit])] -= 1
    entry.lacking += 1
    entry.units.remove(unit)
    state.task[unit] = -1


def _arrived(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.arrived += 1
    if entry.patient_with is None and state.filling[unit] == state.carriers[entry.kind]:
        entry.patient_with = unit


def _assembled(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    if entry.arrived != entry.asked:
        raise IllegalMove(f"incident {incident} is assembled with {entry.arrived} of {entry.asked} units")
    entry.assembled = True


def _controlled(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.open[incident].controlled = True


def _clear(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.open[incident].units.remove(unit)
    state.task[unit] = -1


def _stood_down(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    _clear(state, time_s, unit, incident, subject)
    if state.status[unit] == Status.AT_BASE:
        state.alerted[unit] = None


def _returned(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.alerted[unit] = None


def _closed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open.pop(incident)
    if entry.units or not entry.controlled:
        raise IllegalMove(f"incident {incident} is closed while it is worked on")
    state.closed += 1


def _passed_on(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.open.pop(incident).units:
        raise IllegalMove(f"incident {incident} is passed on while it is worked on")
    state.closed += 1


def _short_handed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    if not entry.arrived or entry.assembled:
        raise IllegalMove(f"incident {incident} cannot begin short-handed")
    entry.assembled = True
    entry.lacking = 0


def _harm_known(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.known[incident] = state.known.get(incident, 0) + 1


def _class_rose(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if subject <= state.classes.get(incident, -1):
        raise IllegalMove(f"the class of incident {incident} can only rise")
    state.classes[incident] = subject


def _standing(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.standing[unit] = subject


def _standby(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.level[unit] = subject


def _raised(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.raised[subject]:
        raise IllegalMove(f"the standby of team {subject} is raised already")
    state.raised[subject] = True


def _lowered(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if not state.raised[subject]:
        raise IllegalMove(f"the standby of team {subject} was not raised")
    state.raised[subject] = False


def _crew_rests(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.resting[subject] = True


def _crew_rested(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.resting[subject] = False


def _relocated(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.station[unit] = subject


def _warning(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.warning = subject


def _taken_out(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.out[unit] = True


def _put_back(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.out[unit] = False


def _item_failed(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.condition[subject] == Condition.UNSERVICEABLE:
        raise IllegalMove(f"item {subject} has failed already")
    state.condition[subject] = int(Condition.UNSERVICEABLE)


def _item_degraded(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.condition[subject] = int(Condition.DEGRADED)


def _item_found(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.item_known[subject] = state.condition[subject]


def _item_out(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if state.away[subject]:
        raise IllegalMove(f"item {subject} is taken off twice")
    state.away[subject] = True


def _item_in(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    if not state.away[subject]:
        raise IllegalMove(f"item {subject} is on its unit already")
    state.away[subject] = False


def _item_mended(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.condition[subject] = state.item_known[subject] = int(Condition.SERVICEABLE)


def _will_not_roll(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    _lost_on_the_way(state, unit, incident)
    state.alerted[unit] = None


def _broke_down(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    _lost_on_the_way(state, unit, incident)


def _lost_on_the_way(state: State, unit: int, incident: int) -> None:
    _redirected(state, 0.0, unit, incident, -1)


def _recovered(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    state.alerted[unit] = None


def _capability_lost(state: State, time_s: float, unit: int, incident: int, subject: int) -> None:
    entry = state.open[incident]
    entry.filled[_line(entry, subject)] -= 1
    entry.lacking += 1
    entry.arrived -= 1
    if entry.patient_with == unit:
        entry.patient_with = None


def _line(entry: OpenIncident, capability: int) -> int:
    """Find the line of the run card that asks for a capability."""
    for line, (asked, _) in enumerate(entry.required):
        if asked == capability:
            return line
    raise IllegalMove(f"the run card does not ask for capability {capability}")


Effect = Callable[[State, float, int, int, int], None]
EFFECTS: tuple[Effect | None, ...] = tuple(
    {
        Kind.CONDITIONS: _conditions,
        Kind.REPORTED: _reported,
        Kind.CALL_ANSWERED: _answered,
        Kind.CALL_TAKEN: _taken,
        Kind.ASSIGNED: _assigned,
        Kind.REDIRECTED: _redirected,
        Kind.ARRIVED: _arrived,
        Kind.ASSEMBLED: _assembled,
        Kind.CONTROLLED: _controlled,
        Kind.STOOD_DOWN: _stood_down,
        Kind.CLEAR: _clear,
        Kind.RETURNED: _returned,
        Kind.CLOSED: _closed,
        Kind.PASSED_ON: _passed_on,
        Kind.SHORT_HANDED: _short_handed,
        Kind.HARM_KNOWN: _harm_known,
        Kind.CLASS_ROSE: _class_rose,
        Kind.STANDING: _standing,
        Kind.STANDBY: _standby,
        Kind.RAISED: _raised,
        Kind.LOWERED: _lowered,
        Kind.CREW_RESTS: _crew_rests,
        Kind.CREW_RESTED: _crew_rested,
        Kind.RELOCATED: _relocated,
        Kind.WARNING: _warning,
        Kind.TAKEN_OUT: _taken_out,
        Kind.PUT_BACK: _put_back,
        Kind.ITEM_FAILED: _item_failed,
        Kind.ITEM_DEGRADED: _item_degraded,
        Kind.ITEM_FOUND: _item_found,
        Kind.ITEM_OUT: _item_out,
        Kind.ITEM_IN: _item_in,
        Kind.ITEM_MENDED: _item_mended,
        Kind.WILL_NOT_ROLL: _will_not_roll,
        Kind.BROKE_DOWN: _broke_down,
        Kind.RECOVERED: _recovered,
        Kind.CAPABILITY_LOST: _capability_lost,
    }.get(kind)
    for kind in Kind
)
"""What each kind of event does to the state beyond moving a unit; None does nothing more."""
