"""The clock: a county and a fate go in, and step by step an event log comes out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy

from dispatch.policies import POLICIES, Policy
from dispatch.waiting import Turn
from sim.county import County
from sim.fate import Fate
from sim.injects import Inject
from sim.journeys import Journeys
from sim.log import EventLog
from sim.situation import Seen
from sim.state import State
from sim.watch import Watch

Doing = Callable[["Run", int, int], None]
"""A step: given the run, the number of the incident or unit it is about, and the event that caused it."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is done: the dispatch policy (None takes the scenario's) and whether the log is kept."""

    policy: str | None = None
    record: bool = True


def simulate(county: County, fate: Fate, options: Options = Options()) -> Run:
    """Run a county through a fate, from the start to the fate's horizon.

    Parameters
    ----------
    county
        What exists.
    fate
        What chance brings.
    options
        How the run is done.

    Returns
    -------
    Run
        The run at the horizon: its log, and the state things are left in.

    Examples
    --------
    >>> run = simulate(county, draw_fate(county, seed=1, replication=0, horizon_s=86400.0))  # doctest: +SKIP
    """
    run = begin(county, fate, options)
    run.advance(fate.horizon_s)
    return run


def begin(county: County, fate: Fate, options: Options = Options()) -> Run:
    """Set up a run at its first moment, ready to be advanced."""
    from sim.response import open_county

    run = Run(county, fate, options)
    open_county(run)
    return run


class Run:
    """One simulated stretch of time in a county: plain data and a SimPy clock; can be copied and pickled.

    `now` is the moment on the clock, in seconds since the scenario's start. `line` holds the incidents that
    wait for units, in the order they will be served, `control_due` when control of those in hand ends,
    `in_force` the injects that hold now.
    `journeys` knows where units on the road are, `watch` who mans them (None: crews are always at their
    units), `upkeep` what they carry (None: nothing fails), `notices` what was told of accidents to whom and
    `command` what the county makes of it (None: nobody reports); `own` is what each unit could do with all of
    that, capabilities as bits; `players` who decides in a drill what rules decide otherwise (None: nobody);
    `moves` the units that belong to another station and drive there when they are free. All that is recorded
    is in `log`; how things stand is in `state`.
    """

    __slots__ = (
        "clock",
        "command",
        "control_due",
        "county",
        "epochs",
        "fate",
        "in_force",
        "journeys",
        "line",
        "log",
        "moves",
        "notices",
        "now",
        "options",
        "own",
        "players",
        "policy",
        "seen",
        "state",
        "upkeep",
        "watch",
    )

    def __init__(self, county: County, fate: Fate, options: Options) -> None:
        self.county = county
        self.fate = fate
        self.options = options
        self.policy: Policy = POLICIES[options.policy or county.policy]
        self.clock = Clock(self)
        self.now = 0.0
        self.state = State(county)
        self.log = EventLog(options.record)
        self.journeys = Journeys(county)
        self.line: list[Turn] = []
        self.control_due: dict[int, float] = {}
        self.in_force: list[Inject] = []
        self.moves: dict[int, int] = {}
        self.epochs = [0] * len(county.units)
        self.own = tuple(self.state.standing)
        self.seen = Seen(self)
        self.watch = None if fate.presence is None else Watch(county, fate.presence)
        self.upkeep: Any = None
        self.notices: Any = None
        self.players: Any = None
        self.command: Any = None

    def emit(
        self,
        kind: int,
        incident: int = -1,
        unit: int = -1,
        node: int = -1,
        subject: int = -1,
        cause: int = -1,
        note: int = -1,
    ) -> int:
        """Let something happen now: the state follows, the log keeps it. The only way anything changes.

        Returns
        -------
        int
            The event's number.
        """
        now = self.now
        self.state.apply(now, kind, unit, incident, subject)
        return self.log.append(now, kind, unit, incident, node, subject, cause, note)

    def after(self, delay_s: float, do: Doing, number: int, cause: int) -> None:
        """Put a step about an incident on the clock."""
        self.clock.plan(delay_s, do, number, cause, -1)

    def order(self, delay_s: float, do: Doing, unit: int, cause: int) -> None:
        """Put a unit's next step on the clock; whatever step it had pending is void from now on."""
        epoch = self.epochs[unit] = self.epochs[unit] + 1
        self.clock.plan(delay_s, do, unit, cause, epoch)

    def rest(self, unit: int) -> None:
        """Give a unit no further step; whatever step it had pending is void from now on."""
        self.epochs[unit] += 1

    def advance(self, until_s: float) -> None:
        """Let everything happen up to and at a moment, in seconds since the scenario's start."""
        self.clock.advance(until_s)
        self.now = self.clock.now

    def take(self) -> None:
        """Take the next step on the clock, and no other."""
        self.clock.take()
        self.now = self.clock.now

    def branch(self) -> Run:
        """Give a copy that goes on from here on its own; the county and the fate are shared."""
        return copy.deepcopy(self)


_STEP = 7
"""What a step on the clock is made of."""


class Clock(simpy.Environment):
    """A stock SimPy environment that can be copied and pickled, and advanced to a moment inclusively.

    A step stands in its queue as a plain row: when, SimPy's rank and number, then what to do, about which
    incident or unit, the event that caused it, and the epoch its unit must still be in (-1: any). SimPy's own
    events may stand beside it.
    """

    def __init__(self, run: Run, now: float = 0.0) -> None:
        super().__init__(now)
        self.run_of_steps = run

    def plan(self, delay_s: float, do: Doing, number: int, cause: int, epoch: int) -> None:
        """Put a step on the clock, behind all that is due at the same moment already."""
        queue: list[Any] = self._queue
        heappush(queue, (self._now + delay_s, 1, next(self._eid), do, number, cause, epoch))

    def advance(self, until_s: float) -> None:
        """Take every step that is due up to and at a moment, then stand at it."""
        queue: list[Any] = self._queue
        while queue and queue[0][0] <= until_s:
            self._happen(heappop(queue))
        self._now = max(self._now, until_s)

    def take(self) -> None:
        """Take the next step, and stand at its moment."""
        self._happen(heappop(self._queue))

    def _happen(self, row: tuple[Any, ...]) -> None:
        """Take a step, unless it is void; let one of SimPy's own events happen."""
        run = self.run_of_steps
        self._now = run.now = row[0]
        if len(row) == _STEP:
            _, _, _, do, number, cause, epoch = row
            if epoch < 0 or run.epochs[number] == epoch:
                do(run, number, cause)
        else:
            callbacks, row[3].callbacks = row[3].callbacks, None
            for callback in callbacks:
                callback(row[3])

    @property
    def next_s(self) -> float | None:
        """The moment of the next step; None: there is none."""
        return self._queue[0][0] if self._queue else None

    def stand_at(self, now: float) -> None:
        """Stand at a moment between two steps."""
        self._now = now

    def __getstate__(self) -> dict[str, Any]:
        upcoming = next(self._eid)
        self._eid = count(upcoming)
        return {"run": self.run_of_steps, "now": self._now, "queue": self._queue, "upcoming": upcoming}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        Clock.__init__(self, kept["run"], kept["now"])
        self._queue = kept["queue"]
        self._eid = count(kept["upcoming"])
