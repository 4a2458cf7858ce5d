"""What was told of each accident: reports on their way, and what each level believes and has passed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from dispatch.accident_class import accident_class
from dispatch.reporting import NEAR_MISS, Knowledge, Report, Rule, Tier
from dispatch.telling import FIRST, NEWS, owed
from readiness.calendar import Span
from readiness.duty import Reached
from sim.county import Chain, County
from sim.harm import updates_of

if TYPE_CHECKING:
    from sim.engine import Run

Then = Callable[["Run", int, int], None]
"""What happens once a message has arrived: a step about its incident."""
AT_ONCE = Reached(True, 0.0)
"""How somebody is reached who is listening."""


@dataclass(slots=True)
class Message:
    """A report, order or question on its way, as it was sent.

    `tries` counts the attempts to reach the receiver, `outcome` is how the last one ended, `stuck` lists what
    kept it so far (reason and channel). `turn` tells apart messages of one kind between the same two.
    """

    incident: int
    sender: Tier
    receiver: Tier
    report: Report
    knowledge: Knowledge
    rule: str
    sent_s: float
    written: bool = False
    false: bool = False
    short: bool = False
    then: Then | None = None
    turn: int = 0
    tries: int = 0
    outcome: Reached = AT_ONCE
    stuck: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Teller:
    """A level that knows of an accident: what it believes since when, and what it has made of it.

    `busy` while a report is being prepared (or the head makes up their mind), `decided` once it is settled
    whether to report, `silent` while it is hidden or forgotten, `lies` while what is said is untrue. `said`
    is what was known when a receiver was last told (by whether in writing), `claims` what each sender last
    said (with whether that was untrue), `asked` who was asked already, `last_s` when each receiver was last
    reached. `turns` counts what was prepared, `final` says that the final report is under way.
    """

    knowledge: Knowledge
    time_s: float
    busy: bool = False
    decided: bool = False
    silent: bool = False
    lies: bool = False
    final: bool = False
    turns: int = 0
    said: dict[tuple[int, bool], Knowledge] = field(default_factory=dict)
    claims: dict[int, tuple[Knowledge, bool]] = field(default_factory=dict)
    last_s: dict[int, float] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Notices:
    """All that was told in a run: messages by number and by incident; who knows what, by incident and tier.

    `sent` counts the messages that are alike, by incident and `alike`; `over` holds the accidents that are
    closed; `attention` is, by post, when spot checks keep people at it; `present` lists, by post and change
    of its roster, the roles of those there; `calls` counts the calls to a post about an incident and
    something else (its number); `chances` keeps the bits that an incident's draws begin with.
    """

    messages: list[Message] = field(default_factory=list)
    of_incident: dict[int, list[Message]] = field(default_factory=dict)
    sent: dict[tuple[int, int, int, int, bool], int] = field(default_factory=dict)
    tellers: dict[int, dict[int, Teller]] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)
    attention: dict[int, list[Span]] = field(default_factory=dict)
    present: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    calls: dict[tuple[int, str, int], int] = field(default_factory=dict)
    chances: dict[int, int] = field(default_factory=dict)

    def add(self, message: Message) -> int:
        """Take in a message that sets out, and give its number."""
        key = message.incident, *alike(message)
        message.turn = self.sent.get(key, 0)
        self.sent[key] = message.turn + 1
        self.of_incident.setdefault(message.incident, []).append(message)
        self.messages.append(message)
        return len(self.messages) - 1

    def teller(self, incident: int, tier: int) -> Teller:
        """Give a level that knows of an accident."""
        return self.tellers[incident][tier]

    def knowledge(self, message: int) -> Knowledge:
        """Give what a message said."""
        return self.messages[message].knowledge

    def takes_s(self, run: Run, incident: int, what: str) -> float:
        """Tell how long command takes for something: a duration of `Conduct`, by its name."""
        from sim.tellers import commands_s

        return commands_s(run, incident, what)

    def send_request(
        self, run: Run, incident: int, sender: int, receiver: int, report: Report, cause: int, then: Then
    ) -> int:
        """Send an order or a request through the chain (`sim.notification.send_request`)."""
        from sim.notification import send_request

        return send_request(run, incident, sender, receiver, report, cause, then)

    def call_post(self, run: Run, incident: int, post: str, number: int) -> Reached:
        """Call a post by all of its channels once (`sim.reaching.call_post`)."""
        from sim.reaching import call_post

        return call_post(run, incident, post, number)

    def knows(self, incident: int, tier: int) -> bool:
        """Tell whether a level knows of an accident."""
        return tier in self.tellers.get(incident, {})


def alike(message: Message) -> tuple[int, int, int, bool]:
    """Give what messages about one incident share that tell the same people in the same way."""
    return message.sender, message.receiver, message.report, message.written


def belief(run: Run, incident: int, tier: int) -> tuple[float, Knowledge] | None:
    """Tell what a level believes of an accident, and since when; None: it does not know of it.

    Of what it was told it believes the graver, count by count.
    """
    notices: Notices | None = run.notices
    if notices is None or not notices.knows(incident, tier):
        return None
    teller = notices.teller(incident, tier)
    return teller.time_s, teller.knowledge


def chain_of(county: County) -> Chain:
    """Give the chain of a county that has one."""
    if county.chain is None:
        raise LookupError(f"county {county.code} has no chain of reports")
    return county.chain


def is_accident(run: Run, incident: int) -> bool:
    """Tell whether an incident is one that is reported upward."""
    return run.county.kinds[run.fate.kind[incident]].category == "accident"


def scene(run: Run, incident: int) -> Knowledge:
    """Tell what is known at the scene now: the truth as far as it has come out."""
    updates, state = updates_of(run, incident), run.state
    known = state.known.get(incident, 0) - state.grown.get(incident, 0)
    if not updates or not state.known.get(incident):
        return Knowledge()
    now = updates[max(0, known - 1)]
    return known_as(run.county, now.deaths, now.injuries, now.loss_cny)


def known_as(county: County, deaths: int, injuries: int, loss_cny: float) -> Knowledge:
    """Put counts and the class that they reach together."""
    reached = accident_class(county.accident_classes, deaths, injuries, loss_cny)
    return Knowledge(deaths, injuries, 0, loss_cny, NEAR_MISS if reached is None else reached)


def graver(one: Knowledge, other: Knowledge) -> Knowledge:
    """Take the graver of two beliefs, count by count.

    Examples
    --------
    >>> graver(Knowledge(1, 0, 0, 5.0, 0), Knowledge(0, 2, 0, 3.0, -1))
    Knowledge(deaths=1, injuries=2, missing=0, loss_cny=5.0, accident_class=0)
    """
    if one == other:
        return one
    return Knowledge(
        max(one.deaths, other.deaths),
        max(one.injuries, other.injuries),
        max(one.missing, other.missing),
        max(one.loss_cny, other.loss_cny),
        max(one.accident_class, other.accident_class),
    )


@lru_cache(maxsize=1024)
def owed_by(chain: Chain, sender: int, accident_class: int, reports: tuple[Report, ...]) -> tuple[Rule, ...]:
    """List the rules of a chain by which reports are owed (`dispatch.telling.owed`)."""
    return tuple(owed(chain.rules, sender, accident_class, reports))


def anything_due(run: Run, incident: int, tier: int) -> bool:
    """Tell whether a level still has something to tell somebody, by telephone or in writing."""
    teller = run.notices.teller(incident, tier)
    rules = owed_by(chain_of(run.county), tier, teller.knowledge.accident_class, FIRST + NEWS)
    return any(
        _is_due(run, incident, teller, rule, False)
        or (rule.written and _is_due(run, incident, teller, rule, True))
        for rule in rules
    )


def due(run: Run, incident: int, tier: int, written: bool) -> list[Rule]:
    """List what a level must tell now, by telephone or in writing: one rule a receiver."""
    teller = run.notices.teller(incident, tier)
    believed = teller.knowledge
    found: dict[int, Rule] = {}
    for rule in owed_by(chain_of(run.county), tier, believed.accident_class, FIRST + NEWS):
        if rule.receiver in found or (written and not rule.written):
            continue
        if _is_due(run, incident, teller, rule, written):
            found[rule.receiver] = rule
    return list(found.values())


def _is_due(run: Run, incident: int, teller: Teller, rule: Rule, written: bool) -> bool:
    """Tell whether a receiver has not been told, or not of the class, or not what has changed."""
    said, believed = teller.said.get((rule.receiver, written)), teller.knowledge
    if rule.report in FIRST:
        return said is None or (said.accident_class < believed.accident_class and not teller.lies)
    if said is None or teller.lies or rule.every_s:
        return False
    late = rule.window_s and run.now > run.fate.time_s[incident] + rule.window_s
    return said != believed and not late
