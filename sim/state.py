"""How things stand at a moment: changed by events alone, and only by moves that are legal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import IntEnum

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
    """

    __slots__ = (
        "alerted",
        "cards",
        "carriers",
        "classes",
        "closed",
        "filling",
        "known",
        "limited",
        "open",
        "regime",
        "ringing",
        "since",
        "station",
        "status",
        "talking",
        "task",
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
    }.get(kind)
    for kind in Kind
)
"""What each kind of event does to the state beyond moving a unit; None does nothing more."""
