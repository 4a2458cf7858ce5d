"""What people decide in a drill in place of the rules: as data, and as points that wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dispatch.policies import Assign, Hold, Policy
from dispatch.policies import Decision as OfPolicy
from sim.language import tongue

if TYPE_CHECKING:
    from sim.engine import Run
    from sim.situation import Seen

say = tongue("sim")
WHATS = ("send", "report", "level", "aid")
"""What can be kept for players: whom to send, a report, the response level, asking the city for help."""
Key = tuple[str, int, int]


class DrillTrouble(Exception):
    """Something that cannot be done in a drill, in a sentence for the person who wanted it."""

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, fields)
        self.sentence, self.fields = sentence, fields

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str = "en") -> str:
        """Say it in ``"en"`` or ``"zh"``."""
        return say(lang, self.sentence, **self.fields)


@dataclass(frozen=True, slots=True)
class Send:
    """Send a unit to an incident; `capability` -1: for the first line of the run card that it can fill."""

    unit: int
    incident: int
    capability: int = -1


@dataclass(frozen=True, slots=True)
class StandDown:
    """Turn back a unit that has not got there."""

    unit: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Report an accident from one level to another, by telephone or in writing."""

    incident: int
    sender: int
    receiver: int
    written: bool = False


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Open a response level, 1 (gravest) to 4, or raise or lower the one in force."""

    incident: int
    level: int


@dataclass(frozen=True, slots=True)
class EndResponse:
    """End the response to an accident."""

    incident: int


@dataclass(frozen=True, slots=True)
class AskAid:
    """Ask the city for help."""

    incident: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Decide later: what is asked (of a player, if named) stays open for so long, or (None) until decided."""

    what: str
    incident: int
    for_s: float | None = None
    player: str = ""


@dataclass(frozen=True, slots=True)
class Accept:
    """Do what the rules propose for all that is open of one kind (of a player's, if one is named)."""

    what: str
    incident: int
    player: str = ""


Decision = Send | StandDown | Tell | SetLevel | EndResponse | AskAid | Wait | Accept
"""What a player can decide."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a player keeps: one of `WHATS`, of incidents of some kinds (none named: of all accidents).

    `tier` is whose reports are meant. A decision is due within `limit_s` (None: at any time); if it has not
    been taken by then it falls to the rules where `lapses`, and stays open otherwise.
    """

    what: str
    player: str
    kinds: tuple[int, ...] = ()
    tier: int = -1
    limit_s: float | None = 300.0
    lapses: bool = True


@dataclass(slots=True)
class Point:
    """A moment at which somebody must decide.

    `wish` is what the rules would have done (a level), `cause` the event that raised the question, `due_s`
    when the limit runs out, `ended` how it ended: "" (it is open), "taken", "rules" or "moot".
    """

    number: int
    what: str
    incident: int
    tier: int
    player: str
    since_s: float
    first_due_s: float | None
    due_s: float | None
    lapses: bool
    cause: int
    wish: int = 0
    ended: str = ""
    ended_s: float | None = None

    @property
    def key(self) -> Key:
        """What is to be decided about what."""
        return self.what, self.incident, self.tier


@dataclass(slots=True)
class Players:
    """Who decides what in a run, what waits for them, and what they have ordered.

    `open` maps what is to be decided to the number of its point; `lapsed` holds what fell to the rules for
    good; `settled` the level that the rules wished for when a player set another; `orders` the units a player
    has just ordered out; `letting` what the rules may decide this very moment. `script` is the drill's
    injects (`sim.drill`).
    """

    keepings: tuple[Keeping, ...] = ()
    points: list[Point] = field(default_factory=list)
    open: dict[Key, int] = field(default_factory=dict)
    lapsed: dict[Key, bool] = field(default_factory=dict)
    settled: dict[Key, int] = field(default_factory=dict)
    orders: dict[int, list[Assign]] = field(default_factory=dict)
    letting: Key | None = None
    script: Any = None

    def keeps(self, run: Run, what: str, incident: int, cause: int, tier: int = -1, *, wish: int = 0) -> bool:
        """Tell whether a decision is a player's to take now; a point is opened for it."""
        key = (what, incident, tier)
        if self.letting == key or key in self.lapsed:
            return False
        keeping = self.keeping_of(run, what, incident, tier)
        if keeping is None:
            return False
        if key in self.open:
            self.points[self.open[key]].wish = wish
        elif self.settled.get(key) != wish:
            self._ask(run, keeping, key, cause, wish)
        return True

    def keeping_of(self, run: Run, what: str, incident: int, tier: int) -> Keeping | None:
        """Find who keeps a decision; None: the rules take it."""
        kind = run.fate.kind[incident]
        accident = run.county.kinds[kind].category == "accident"
        for keeping in self.keepings:
            wanted = kind in keeping.kinds if keeping.kinds else accident
            if keeping.what == what and keeping.tier in (-1, tier) and wanted:
                return keeping
        return None

    def _ask(self, run: Run, keeping: Keeping, key: Key, cause: int, wish: int) -> None:
        due_s = None if keeping.limit_s is None else run.now + keeping.limit_s
        what, incident, tier = key
        point = Point(
            number=len(self.points),
            what=what,
            incident=incident,
            tier=tier,
            player=keeping.player,
            since_s=run.now,
            first_due_s=due_s,
            due_s=due_s,
            lapses=keeping.lapses,
            cause=cause,
            wish=wish,
        )
        self.points.append(point)
        self.open[key] = point.number
        if keeping.limit_s is not None:
            run.after(keeping.limit_s, limit_runs_out, point.number, cause)

    def end(self, run: Run, key: Key, how: str) -> Point | None:
        """Close a point, if there is one open for this."""
        number = self.open.pop(key, None)
        if number is None:
            return None
        point = self.points[number]
        point.ended, point.ended_s = how, run.now
        return point

    def point(self, what: str, incident: int, tier: int = -1) -> Point | None:
        """Give the point that is open for something; None: none is."""
        number = self.open.get((what, incident, tier))
        return None if number is None else self.points[number]


@dataclass(frozen=True, slots=True)
class Desk:
    """The dispatch policy of a drill: what players order, else nothing of what they keep, else the rules."""

    own: Policy

    def __call__(self, situation: Seen) -> list[OfPolicy]:
        """Say who goes; a `dispatch.policies.Policy`."""
        run, incident = situation.run, situation.incident
        ordered: Sequence[OfPolicy] = run.players.orders.pop(incident, ())
        if ordered:
            return list(ordered)
        missing = situation.missing
        if missing and run.players.keeps(run, "send", incident, run.log.count - 1):
            return [Hold(capability, count) for capability, count in missing]
        return self.own(situation)


def limit_runs_out(run: Run, number: int, cause: int) -> None:
    """The time for a decision is over: it falls to the rules, or stays open, as was agreed."""
    players: Players = run.players
    point = players.points[number]
    if point.ended or point.due_s is None or point.due_s > run.now + 1e-6:
        return
    if point.incident not in run.state.open and point.what != "report":
        players.end(run, point.key, "moot")
    elif point.lapses:
        let_rules(run, point, cause)


def let_rules(run: Run, point: Point, cause: int, how: str = "rules") -> None:
    """Let the rules take a decision: for good where nobody took it, once where a player accepts it."""
    players: Players = run.players
    players.end(run, point.key, how)
    if point.what != "report" and how == "rules":
        players.lapsed[point.key] = True
    players.letting = point.key
    RULES_TAKE[point.what](run, point, cause)
    players.letting = None


def _send(run: Run, point: Point, cause: int) -> None:
    from sim.response import assign

    assign(run, point.incident, cause)


def _report(run: Run, point: Point, cause: int) -> None:
    from sim.chain import of_tiers
    from sim.notification import pass_on

    pass_on(run, of_tiers(point.incident, point.tier), cause)


def _level(run: Run, point: Point, cause: int) -> None:
    from sim.command import known_to_county, respond

    respond(run, point.incident, known_to_county(run, point.incident), cause)


def _aid(run: Run, point: Point, cause: int) -> None:
    from sim.command import ask_for_aid

    ask_for_aid(run, point.incident, cause)


RULES_TAKE = {"send": _send, "report": _report, "level": _level, "aid": _aid}
"""How the rules take each decision."""
