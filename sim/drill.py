"""A drill's live run: a copyable county that goes on step by step, with injects and players' decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.chain import message_and_tier
from sim.county import County
from sim.deciding import decide
from sim.decisions import Decision, Desk, DrillTrouble, Keeping, Players
from sim.engine import Options, begin
from sim.events import REPORT_RECEIVED
from sim.fate import Fate
from sim.inject_steps import inject_now
from sim.injects import Inject

if TYPE_CHECKING:
    from sim.engine import Run

DUE, PUBLISHED, SKIPPED, OFF, NEEDLESS = "due", "published", "skipped", "off", "not_needed"
"""How an inject stands: to come, given out, skipped, switched off, or (a contingency) not needed."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When an inject comes that has no moment: an event of an incident happens, or has not by some time.

    `kind` is the event's; `tier` (for reports received) whom it reached, -1: anybody. With `unless` the
    inject comes `by_s` seconds after the run's start if there was no such event.
    """

    kind: int
    incident: int = -1
    tier: int = -1
    unless: bool = False
    by_s: float = 0.0

    def met_by(self, row: tuple[float, int, int, int, int, int, int, int]) -> bool:
        """Tell whether a row of the log is the event meant."""
        _, kind, _, incident, _, subject, _, _ = row
        if kind != self.kind or self.incident not in (-1, incident):
            return False
        return self.tier < 0 or (kind == REPORT_RECEIVED and message_and_tier(subject)[1] == self.tier)


@dataclass(frozen=True, slots=True)
class Card:
    """An inject of a drill as the clock knows it: when it comes and what it changes in the world.

    Exactly one of `at_s`, `condition` says when; neither: by hand. What it says to people is the drill's.
    """

    number: str
    at_s: float | None = None
    condition: Condition | None = None
    changes: tuple[Inject, ...] = ()
    enabled: bool = True


@dataclass(slots=True)
class Script:
    """A drill's injects and how each stands; `seen` counts the log's rows that conditions have been shown."""

    cards: list[Card]
    stands: list[str] = field(default_factory=list)
    planned_s: list[float | None] = field(default_factory=list)
    published_s: list[float | None] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    seen: int = 0

    def add(self, card: Card) -> int:
        """Take in one more inject; gives its position."""
        self.cards.append(card)
        self.stands.append(DUE if card.enabled else OFF)
        self.planned_s.append(_planned_s(card))
        self.published_s.append(None)
        return len(self.stands) - 1


def _planned_s(card: Card) -> float | None:
    if card.condition is not None and card.condition.unless:
        return card.condition.by_s
    return card.at_s


class Live:
    """A run that goes on as its director wishes, and can be branched at any moment.

    `taken` counts the steps of the clock so far: with the moment it says exactly where the run stands.

    Parameters
    ----------
    county, fate
        As for `sim.engine.begin`.
    keepings
        What players keep; nothing: the rules decide all.
    cards
        The injects.
    policy
        The rules' dispatch policy; None: the county's.
    """

    __slots__ = ("run", "taken")

    def __init__(
        self,
        county: County,
        fate: Fate,
        keepings: Sequence[Keeping] = (),
        cards: Sequence[Card] = (),
        policy: str | None = None,
    ) -> None:
        self.run = run = begin(county, fate, Options(policy))
        self.taken = 0
        run.policy = Desk(run.policy)  # type: ignore[assignment]  # it sees what stands behind the situation
        script = Script([])
        run.players = Players(tuple(keepings), script=script)
        for card in cards:
            self._add(card)

    @property
    def now(self) -> float:
        """The moment on the clock, seconds since the run's start."""
        return self.run.now

    @property
    def players(self) -> Players:
        """Who decides what, and what waits for them."""
        players: Players = self.run.players
        return players

    @property
    def script(self) -> Script:
        """The injects and how they stand."""
        script: Script = self.run.players.script
        return script

    def _add(self, card: Card) -> int:
        number = self.script.add(card)
        planned_s = self.script.planned_s[number]
        if planned_s is not None:
            self.run.after(max(0.0, planned_s - self.now), come, number, -1)
        return number

    def take(self) -> None:
        """Take one step of the clock, and give out what it makes due."""
        self.run.take()
        self.taken += 1
        stay_at_desk(self.run)
        look_at_conditions(self.run)

    def run_until(self, until_s: float) -> None:
        """Let everything happen up to and at a moment."""
        while (next_s := self.run.clock.next_s) is not None and next_s <= until_s:
            self.take()
        self.run.advance(max(until_s, self.now))

    def step_event(self, horizon_s: float) -> bool:
        """Go on to the next event in the log, and no further; tell whether there was one by a moment."""
        return self._go_on(horizon_s, lambda: self.run.log.count)

    def step_inject(self, horizon_s: float) -> bool:
        """Go on until the next inject is given out; tell whether one was by a moment."""
        return self._go_on(horizon_s, lambda: len(self.script.order))

    def _go_on(self, horizon_s: float, count: Callable[[], int]) -> bool:
        before = count()
        while (next_s := self.run.clock.next_s) is not None and next_s <= horizon_s:
            self.take()
            if count() > before:
                return True
        self.run.advance(max(horizon_s, self.now))
        return False

    def go_to(self, taken: int, at_s: float) -> None:
        """Go on to where a run stood: so many steps of the clock, at this moment."""
        while self.taken < taken:
            self.take()
        self.run.clock.stand_at(at_s)
        self.run.now = at_s

    def decide(self, decision: Decision) -> None:
        """Carry out a player's decision now.

        Raises
        ------
        DrillTrouble
            It makes no sense now; nothing has changed.
        """
        decide(self.run, decision)
        look_at_conditions(self.run)

    def publish(self, number: int) -> None:
        """Give an inject out now, whenever it was to come."""
        if self.script.stands[number] == PUBLISHED:
            raise DrillTrouble("Inject {number} is out already.", number=self.script.cards[number].number)
        give_out(self.run, number, -1)
        look_at_conditions(self.run)

    def skip(self, number: int) -> None:
        """Leave an inject out."""
        self._still_to_come(number)
        self.script.stands[number] = SKIPPED

    def delay(self, number: int, by_s: float) -> None:
        """Let a timed inject come so much later."""
        self._still_to_come(number)
        planned_s = self.script.planned_s[number]
        if planned_s is None:
            raise DrillTrouble("Inject {number} has no time.", number=self.script.cards[number].number)
        self.script.planned_s[number] = later_s = max(self.now, planned_s + by_s)
        self.run.after(later_s - self.now, come, number, -1)

    def enable(self, number: int, enabled: bool) -> None:
        """Switch an inject on or off."""
        self._still_to_come(number)
        self.script.stands[number] = DUE if enabled else OFF
        if enabled and (self.script.planned_s[number] or 0.0) < self.now:
            self.script.planned_s[number] = None

    def add(self, card: Card) -> int:
        """Take in one more inject; gives its position."""
        return self._add(card)

    def _still_to_come(self, number: int) -> None:
        if self.script.stands[number] == PUBLISHED:
            raise DrillTrouble("Inject {number} is out already.", number=self.script.cards[number].number)

    def branch(self) -> Live:
        """Give a copy that goes on from here on its own."""
        other = object.__new__(Live)
        other.run, other.taken = self.run.branch(), self.taken
        return other


def come(run: Run, number: int, cause: int) -> None:
    """The moment of an inject has come; one that was moved, skipped or switched off does not come now."""
    script: Script = run.players.script
    planned_s, card = script.planned_s[number], script.cards[number]
    if script.stands[number] != DUE or planned_s is None or abs(planned_s - run.now) > 1e-6:
        return
    condition = card.condition
    if condition is not None and any(condition.met_by(row) for row in run.log.events()):
        script.stands[number] = NEEDLESS
        return
    give_out(run, number, cause)


def give_out(run: Run, number: int, cause: int) -> None:
    """Give an inject out: what it says goes to its audience, what it changes happens."""
    script: Script = run.players.script
    script.stands[number], script.published_s[number] = PUBLISHED, run.now
    script.order.append(number)
    for position, change in enumerate(script.cards[number].changes):
        until_s = getattr(change, "until_s", None)
        if until_s is not None:
            run.after(max(0.0, until_s - change.at_s), end_change, number << 8 | position, cause)
        inject_now(run, change, begins=True, cause=cause)
    stay_at_desk(run)


def stay_at_desk(run: Run) -> None:
    """Let the players keep what they keep, whatever dispatch policy the rules now follow."""
    if type(run.policy) is not Desk:
        run.policy = Desk(run.policy)  # type: ignore[assignment]  # it sees what stands behind the situation


def end_change(run: Run, number: int, cause: int) -> None:
    """What an inject has changed ends."""
    script: Script = run.players.script
    inject_now(run, script.cards[number >> 8].changes[number & 255], begins=False, cause=cause)


def look_at_conditions(run: Run) -> None:
    """Give out the injects whose event has just happened."""
    script: Script = run.players.script
    while script.seen < run.log.count:
        first, script.seen = script.seen, run.log.count
        waiting = [n for n, card in enumerate(script.cards) if _waits(script, n, card)]
        if not waiting:
            return
        for event, row in enumerate(tuple(run.log.events(first)), first):
            for number in waiting:
                condition = script.cards[number].condition
                if condition is not None and script.stands[number] == DUE and condition.met_by(row):
                    give_out(run, number, event)


def _waits(script: Script, number: int, card: Card) -> bool:
    return script.stands[number] == DUE and card.condition is not None and not card.condition.unless
