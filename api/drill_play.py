"""One drill as it is played: its state, its clock, what was done in it, and the stream that people follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from api import drill_model as data
from api.drill_journal import Entry
from api.drill_stage import MINUTE_S, Stage
from api.drill_stream import Stream
from api.drill_trouble import NotAllowed
from api.trouble import Trouble
from dispatch.reporting import Tier
from sim.decisions import Accept, Wait
from sim.drill import PUBLISHED
from sim.scenarios.msel_words import moment_s

DRAFT, READY, RUNNING, PAUSED, ENDED = "draft", "ready", "running", "paused", "ended"
FROM: dict[str, tuple[str, ...]] = {
    "ready": (DRAFT,),
    "start": (READY,),
    "pause": (RUNNING,),
    "resume": (PAUSED,),
    "end": (READY, RUNNING, PAUSED),
    **dict.fromkeys(("tick", "step_event", "next_inject", "step", "run_until", "decide"), (RUNNING, PAUSED)),
    **dict.fromkeys(("publish", "skip", "delay", "enable"), (DRAFT, READY, RUNNING, PAUSED)),
    "inject": (DRAFT, READY, RUNNING, PAUSED),
    "note": (RUNNING, PAUSED, ENDED),
    "judge": (RUNNING, PAUSED, ENDED),
    "check_in": (DRAFT, READY, RUNNING, PAUSED),
    "speed": (DRAFT, READY, RUNNING, PAUSED),
}
"""In which states each thing can be done."""
TO = {"ready": READY, "start": RUNNING, "pause": PAUSED, "resume": RUNNING, "end": ENDED}
_ACTION: TypeAdapter[Any] = TypeAdapter(data.Action)
CLOCK = ("tick", "step_event", "next_inject", "step", "run_until")
"""What moves the drill's clock."""


@dataclass(slots=True)
class Halt:
    """An entry of the pause log: from and to in real time, where the drill's clock stood, and why."""

    since: str
    at_s: float
    reason: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that was taken: when, by whom, what, in answer to which point (None: nobody asked)."""

    at_s: float
    who: str
    role: str
    decision: dict[str, Any]
    point: int | None


@dataclass(slots=True)
class Play:
    """A drill in memory; `since` is the real moment at which its clock last ran, with the drill's seconds."""

    stage: Stage
    state: str = DRAFT
    speed: float = 1.0
    rows: list[data.InjectRow] = field(default_factory=list)
    halts: list[Halt] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)
    present: dict[str, str] = field(default_factory=dict)
    since: tuple[str, float] | None = None
    seq: int = 0
    parent: str = ""
    branched_s: float | None = None
    live: Any = None
    stream: Any = None

    def __post_init__(self) -> None:
        self.rows = list(self.stage.spec.injects)
        self.live = self.stage.live()
        self.stream = Stream(self.stage, self.live)

    def number(self, code: str) -> int:
        """Find an inject by its number in the master list."""
        for at, row in enumerate(self.rows):
            if row.number == code:
                return at
        raise Trouble("There is no inject {number}.", number=code)

    def due_s(self, now: datetime) -> float:
        """Tell where the drill's clock should stand at a real moment; it ticks in whole seconds."""
        if self.state != RUNNING or self.since is None:
            return float(self.live.now)
        began, at_s = self.since
        passed_s = (now - datetime.fromisoformat(began)).total_seconds()
        gone_s = float(int(passed_s * self.speed))
        return min(self.stage.ends_s, max(float(self.live.now), at_s + gone_s))

    def apply(self, entry: Entry, *, again: bool = False) -> dict[str, Any]:
        """Do what an entry says; `again` takes the clock exactly to where it stood the first time.

        Raises
        ------
        Trouble
            It cannot be done in this state; nothing has changed.
        """
        act = data_of(entry["act"])
        if self.state not in FROM[act.act]:
            raise Trouble("The drill is {state}; {act} is not possible now.", state=self.state, act=act.act)
        if again:
            self.live.go_to(entry["taken"], entry["at_s"])
        else:
            entry["taken"], entry["at_s"] = self.live.taken, self.live.now
        answer = self._move(act, entry, again) if act.act in CLOCK else _DO[act.act](self, act, entry)
        self.seq = entry["seq"]
        self.stream.gather(self.rows)
        self.stream.said(self.rows, entry)
        return answer or {}

    def _move(self, act: Any, entry: Entry, again: bool) -> dict[str, Any]:  # noqa: ANN401 - by `act`
        if again:
            self.live.go_to(entry["to_taken"], entry["to_s"])
        else:
            self._advance(act)
        entry["to_taken"], entry["to_s"] = self.live.taken, self.live.now
        if act.act != "tick":
            self.restart_clock(entry["wall"])
        return {"now_s": self.live.now}

    def _advance(self, act: Any) -> None:  # noqa: ANN401 - by `act`
        ends_s, live = self.stage.ends_s, self.live
        if act.act == "step_event":
            live.step_event(ends_s)
        elif act.act == "next_inject":
            if not live.branch().step_inject(ends_s):
                raise Trouble("No further inject comes before the drill ends.")
            live.step_inject(ends_s)
        else:
            until_s = self._until_s(act)
            if act.act == "run_until" and until_s > ends_s:
                raise Trouble("{text} is after the end of the drill.", text=act.to)
            live.run_until(min(ends_s, max(live.now, until_s)))

    def _until_s(self, act: Any) -> float:  # noqa: ANN401 - by `act`
        if act.act == "step":
            return float(self.live.now + act.minutes * MINUTE_S)
        if act.act == "tick":
            return float(act.to_s)
        try:
            return moment_s(act.to, self.stage.county.start, self.stage.began_s)
        except ValueError:
            raise Trouble("{text} is no moment of the drill.", text=act.to) from None

    def restart_clock(self, wall: str) -> None:
        """Let real time count from here, if the drill is running."""
        self.since = (wall, self.live.now) if self.state == RUNNING else None


def data_of(act: dict[str, Any]) -> Any:  # noqa: ANN401 - one of `drill_model.Action`
    """Read an action.

    Raises
    ------
    pydantic.ValidationError
        It is not one.
    """
    return _ACTION.validate_python(act)


def _state(play: Play, act: Any, entry: Entry) -> dict[str, Any]:  # noqa: ANN401 - by `act`
    if act.act == "pause":
        play.halts.append(Halt(entry["wall"], play.live.now, act.reason))
    if act.act in ("resume", "end") and play.halts and play.halts[-1].until is None:
        play.halts[-1].until = entry["wall"]
    play.state = TO[act.act]
    play.restart_clock(entry["wall"])
    return {"state": play.state}


def _speed(play: Play, act: Any, entry: Entry) -> None:  # noqa: ANN401 - by `act`
    play.speed = act.speed
    play.restart_clock(entry["wall"])


def _inject(play: Play, act: Any, entry: Entry) -> dict[str, Any]:  # noqa: ANN401, ARG001 - by `act`
    row: data.InjectRow = act.inject
    if any(one.number == row.number for one in play.rows):
        raise Trouble("There is an inject {number} already.", number=row.number)
    card = play.stage.card(row)
    if card.at_s is not None and card.at_s < play.live.now:
        sentence = "The time of inject {number} has passed; without a time it is given out now."
        raise Trouble(sentence, number=row.number)
    number = play.live.add(card)
    play.rows.append(row)
    if not row.time and not row.condition and row.enabled and play.state in (RUNNING, PAUSED):
        play.live.publish(number)
    return {"number": row.number, "stands": play.live.script.stands[number]}


def _of_inject(play: Play, act: Any, entry: Entry) -> dict[str, Any]:  # noqa: ANN401, ARG001 - by `act`
    number, live = play.number(act.number), play.live
    if act.act == "publish":
        if play.state not in (RUNNING, PAUSED):
            raise Trouble("The drill has not begun; nothing can be given out yet.")
        live.publish(number)
    elif act.act == "skip":
        live.skip(number)
    elif act.act == "delay":
        live.delay(number, act.minutes * MINUTE_S)
    else:
        live.enable(number, act.enabled)
    return {"number": act.number, "stands": live.script.stands[number]}


def _decide(play: Play, act: Any, entry: Entry) -> dict[str, Any]:  # noqa: ANN401 - by `act`
    decision = play.stage.decision(act.decision)
    point = _answers(play, act.decision)
    if entry["role"] == "player":
        _check_turn(play, act.decision, entry["who"])
        if isinstance(decision, Accept | Wait):
            decision = replace(decision, player=entry["who"])
    play.live.decide(decision)
    words = act.decision.model_dump(exclude_none=True)
    play.taken.append(Taken(play.live.now, entry["who"], entry["role"], words, point))
    return {"decision": words, "point": point}


WHAT = {"send": "send", "stand_down": "send", "report": "report", "level": "level", "aid": "aid"}
"""What kind of keeping each decision is about."""


def _answers(play: Play, it: Any) -> int | None:  # noqa: ANN401 - by `do`
    """Tell which open point a decision answers."""
    what = getattr(it, "what", WHAT.get(it.do))
    incident = -1 if it.do == "stand_down" else play.stage.incident(getattr(it, "incident", None))
    sender = getattr(it, "sender", None)
    for key, number in play.live.players.open.items():
        about = it.do == "stand_down" or key[1] == incident
        if key[0] == what and about and (sender is None or key[2] == Tier[sender.upper()]):
            return int(number)
    return None


def _check_turn(play: Play, it: Any, who: str) -> None:  # noqa: ANN401 - by `do`
    """Refuse a player's decision about something that is not theirs to decide."""
    what = getattr(it, "what", WHAT.get(it.do, "level"))
    player = next((one for one in play.stage.spec.players if one.name == who), None)
    if player is None:
        raise NotAllowed("{who} is not a player of this drill.", who=who)
    if it.do in ("accept", "hold"):
        incident, live = play.stage.incident(it.incident), play.live.players
        if any(key[:2] == (what, incident) and live.points[n].player == who for key, n in live.open.items()):
            return
        raise NotAllowed("That is not for {who} to decide.", who=who)
    for hold in player.holds:
        tier = getattr(it, "sender", None)
        if hold.what == what and (what != "report" or hold.tier in (None, tier)) and _of_kind(play, hold, it):
            return
    raise NotAllowed("That is not for {who} to decide.", who=who)


def _of_kind(play: Play, hold: data.Hold, it: Any) -> bool:  # noqa: ANN401 - by `do`
    """Tell whether a decision is about an incident of a kind that is kept."""
    if not hold.kinds or it.do == "stand_down":
        return True
    kind = play.stage.fate.kind[play.stage.incident(it.incident)]
    return play.stage.county.kinds[kind].code in hold.kinds


def _note(play: Play, act: Any, entry: Entry) -> None:  # noqa: ANN401 - by `act`
    play.notes.append({**act.model_dump(), "who": entry["who"], "at_s": play.live.now})


def _judge(play: Play, act: Any, entry: Entry) -> None:  # noqa: ANN401, ARG001 - by `act`
    if play.live.script.stands[play.number(act.number)] != PUBLISHED:
        raise Trouble("Inject {number} is not out yet.", number=act.number)
    play.verdicts[act.number] = act.verdict


def _check_in(play: Play, act: Any, entry: Entry) -> None:  # noqa: ANN401, ARG001 - by `act`
    play.present[entry["who"]] = entry["role"]


Doing = Callable[[Play, Any, Entry], dict[str, Any] | None]
_DO: dict[str, Doing] = {
    **dict.fromkeys(("ready", "start", "pause", "resume", "end"), _state),
    **dict.fromkeys(("publish", "skip", "delay", "enable"), _of_inject),
    "speed": _speed,
    "inject": _inject,
    "decide": _decide,
    "note": _note,
    "judge": _judge,
    "check_in": _check_in,
}
