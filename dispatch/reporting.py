"""Who tells whom of an accident, by when, and what counts as late, omitted, false or concealed.

Tiers, kinds of report and verdicts carry the words of the law; limits stand in rule files, each with title,
article, date and how sure it is. Times are seconds; a limit counts from the moment its rule names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Tier(IntEnum):
    """Who can be told of an accident, from the scene up. Append only: numbers stand in stored logs."""

    SCENE = 0
    UNIT_HEAD = 1
    CALL_CENTRE = 2
    TOWNSHIP = 3
    BUREAU = 4
    DEPARTMENT = 5
    COUNTY_GOVERNMENT = 6
    CITY_BUREAU = 7
    CITY_GOVERNMENT = 8
    PROVINCE = 9
    MINISTRY = 10


NEAR_MISS = -1
"""In place of a class: a larger near miss (较大涉险事故, Order 21 Art. 26)."""
BELOW = -2
"""In place of a class: neither an accident by law nor a larger near miss; no rule asks for a report."""


class Report(IntEnum):
    """Kinds of report. Append only: numbers stand in stored logs."""

    INITIAL = 0
    PHONE_FLASH = 1
    UPDATE = 2
    SUPPLEMENT = 3
    FINAL = 4
    ORDER = 5
    QUESTION = 6
    ANSWER = 7


class Verdict(IntEnum):
    """How a due report ended (迟报、漏报、谎报、瞒报). Append only."""

    ON_TIME = 0
    LATE = 1
    OMITTED = 2
    FALSE = 3
    CONCEALED = 4
    NOT_DUE = 5
    OPEN = 6
    """The limit had not run out when the record ends."""


class From(IntEnum):
    """The moment from which a limit counts."""

    RECEIVED = 0
    """The sender was told."""
    OCCURRED = 1
    """The accident happened."""
    CLASS_KNOWN = 2
    """The sender knew that the accident has this class."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit stands: title, article, date in force, and how sure we are of it (V, S, R, D, M, A)."""

    title: str
    article: str
    date: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty to report: `sender` tells `receiver`, within a limit that depends on the accident's class.

    `limit_s` maps the position of an accident class (`NEAR_MISS`: a larger near miss) to the limit in
    seconds; a class that is not there is not to be reported by this rule. `at_once` marks that the law says
    "at once" and names no time, so that the limit is the rule file's assumption. `written` asks for text;
    False lets the telephone do. `every_s` (class to seconds) is the cadence of follow-ups. `necessary` marks
    level-skipping (越级) that is allowed, not owed. A supplementary report is owed for changes of casualties
    within `window_s` of the accident, `short_window_s` for road traffic and fire. `copies` names who is told
    as well (police, labour, union, procuratorate), `content` the items that a complete report has.
    """

    code: str
    sender: Tier
    receiver: Tier
    report: Report
    source: Source
    limit_s: Mapping[int, float] = field(default_factory=dict)
    counts_from: From = From.RECEIVED
    written: bool = False
    every_s: Mapping[int, float] = field(default_factory=dict)
    necessary: bool = False
    at_once: bool = False
    window_s: float = 0.0
    short_window_s: float = 0.0
    copies: tuple[str, ...] = ()
    content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force together: a rule file, after those it builds on; `extends` names the latter.

    `name` is what people call it, ``中文 / English`` ("": by its code).
    """

    code: str
    rules: tuple[Rule, ...]
    extends: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What somebody believes of an accident; `accident_class` is its position, -1: none reached."""

    deaths: int = 0
    injuries: int = 0
    missing: int = 0
    loss_cny: float = 0.0
    accident_class: int = -1


@dataclass(frozen=True, slots=True)
class Sending:
    """A report as it went: from whom to whom, what kind, when sent and received, and what it said.

    `received_s` None: it never arrived. `line` is the number of the log line that shows it. `false` marks
    content that its sender knew to be untrue, `short` content that fell short of what the sender knew by
    negligence; both are marks of the simulated person, None where only a person can judge (real timelines).
    """

    sender: Tier
    receiver: Tier
    report: Report
    sent_s: float
    received_s: float | None
    knowledge: Knowledge = Knowledge()
    written: bool = False
    false: bool | None = None
    short: bool | None = None
    line: int = -1


@dataclass(frozen=True, slots=True)
class History:
    """All that matters for judging the reports of one accident.

    `occurred_s` is when it happened, `classes` the class it truly had from each moment on, in order of time
    (seconds, position; `NEAR_MISS`, `BELOW`), `sendings` the reports in order of sending, `hidden` the levels
    whose holder chose to hide it (the chance and the choice are the simulated person's), `end_s` when the
    record ends. `over_s` is when the accident was over, so that follow-ups are owed no more. `changes` are
    the moments when the number of casualties changed; `short_window` marks road traffic and fire.
    """

    occurred_s: float
    classes: tuple[tuple[float, int], ...]
    sendings: tuple[Sending, ...]
    hidden: frozenset[Tier] = frozenset()
    end_s: float = float("inf")
    over_s: float = float("inf")
    changes: tuple[float, ...] = ()
    short_window: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A due report judged: rule, verdict, the class that decided, limit, when it was due and when it came.

    `late_s` is how much later than due (None: not late, or it never came). `lines` are the log lines that
    show it.
    """

    rule: Rule
    verdict: Verdict
    accident_class: int
    due_s: float | None
    came_s: float | None
    late_s: float | None
    lines: tuple[int, ...] = ()
