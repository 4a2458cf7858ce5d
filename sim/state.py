"""How things stand at a moment: changed by events alone, and only by moves that are legal."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache

from readiness.force import Force, Level
from sim.county import County
from sim.effects import EFFECTS
from sim.events import Kind
from sim.moves import MOVES, IllegalMove, Status


class OpenIncident:
    """An incident from its alarm until it is closed.

    `required` is its run card as (capability, count) and `filled` the units sent for each line. `units` work
    for it now, in the order they were sent; `arrived` counts all that ever reached it. `asked` is the number
    of units on the card (0 until the call is taken), `lacking` how many of them nobody was sent for.
    `assembled` says that control has begun, `short` that it has begun without all that was asked for. `card`
    is what the run card asks for, by capability, once more was asked for than that: the rest does not count
    for `asked` and `arrived`. `patient_with` is the unit that met the patient: the first on
    scene of those sent to carry.
    """

    __slots__ = (
        "arrived",
        "asked",
        "assembled",
        "card",
        "controlled",
        "filled",
        "kind",
        "lacking",
        "patient_with",
        "required",
        "short",
        "units",
    )

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.card: dict[int, int] | None = None
        self.short = False
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
    not yet answered) and `talking` (call-takers at work). For the roads: `regime`. Sites that are `shut`.

    For readiness: what each unit is believed able to do (`standing`, capabilities as bits), the `level` at
    which its crew stands by, whether it is taken `out` of service, the crews that rest (`resting`), the teams
    whose standby is `raised`, the `warning` level (0: none); and for each item its true `condition`, what it
    is known to be (`item_known`), and whether it is `away` from its unit (in the workshop, on order).

    For reports and command: the message by which each tier was last `told` of an incident, what it was
    `graded` as, how often it has `grown`, the `response` open for it (plan and level), whether the city's
    help is `granted`, how its
    `tasks` stand (`sim.effects.BEGUN` and so on); posts that are `left` unmanned, and channels that are `cut`
    (channel, post; -1 every post).
    """

    __slots__ = (
        "alerted",
        "away",
        "cards",
        "carriers",
        "classes",
        "closed",
        "condition",
        "cut",
        "filling",
        "graded",
        "granted",
        "grown",
        "item_known",
        "known",
        "left",
        "level",
        "limited",
        "open",
        "out",
        "plan_needs",
        "raised",
        "regime",
        "response",
        "resting",
        "ringing",
        "shut",
        "since",
        "standing",
        "station",
        "status",
        "talking",
        "task",
        "tasks",
        "told",
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
        self.shut: list[int] = []
        force = county.force or Force()
        self.standing = [bits_of(unit.capabilities) for unit in county.units]
        self.level = [int(Level.ON_STATION)] * n
        self.out = [False] * n
        self.resting = [False] * len(force.crews)
        self.raised = [False] * len(force.teams)
        self.warning = 0
        self.condition, self.item_known = map(list, _items_at_first(county))
        self.away = [False] * len(force.items)
        self.told: dict[int, dict[int, int]] = {}
        self.graded: dict[int, int] = {}
        self.response: dict[int, int] = {}
        self.granted: dict[int, bool] = {}
        self.grown: dict[int, int] = {}
        self.tasks: dict[int, dict[int, int]] = {}
        self.left = [False] * len(force.posts)
        self.cut: list[int] = []
        self.plan_needs = tuple(tuple(task.needs for task in plan.tasks) for plan in county.plans)

    def apply(self, time_s: float, kind: int, unit: int, incident: int, subject: int) -> None:
        """Let one event change the state.

        Raises
        ------
        IllegalMove
            If the event cannot happen in this state.
        """
        if unit >= 0:
            was = self.status[unit]
            status = MOVES[kind][was]
            if status != was:
                if status is None:
                    name = Status(was).name
                    raise IllegalMove(f"{Kind(kind).name} at {time_s} s, but unit {unit} is {name}")
                self.status[unit] = status
                self.since[unit] = time_s
        effect = EFFECTS[kind]
        if effect is not None:
            effect(self, time_s, unit, incident, subject)

    def begin(self, incident: int, kind: int) -> None:
        """Open an incident of a kind."""
        self.open[incident] = OpenIncident(kind)

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


@lru_cache(maxsize=8)
def _items_at_first(county: County) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give what items are really like at the start, and what they are believed to be."""
    items = (county.force or Force()).items
    return tuple(int(item.condition) for item in items), tuple(int(item.known) for item in items)


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
