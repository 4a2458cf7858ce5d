"""Whether each report that was due came in time, came late, was left out, was untrue, or was hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from dispatch.knowing import Duty as Duty
from dispatch.knowing import class_at, duties, knows, told, told_again
from dispatch.reporting import Finding, From, History, Report, Rule, RuleSet, Sending, Tier, Verdict

EXACT_S = 1e-6
"""Less than this over a limit is rounding: exactly at the limit is on time."""
DOWNWARD = (Report.ORDER, Report.QUESTION)

LEVEL: Mapping[Tier, int] = {
    Tier.SCENE: 0,
    Tier.UNIT_HEAD: 1,
    Tier.CALL_CENTRE: 2,
    Tier.TOWNSHIP: 2,
    Tier.BUREAU: 3,
    Tier.DEPARTMENT: 3,
    Tier.COUNTY_GOVERNMENT: 3,
    Tier.CITY_BUREAU: 4,
    Tier.CITY_GOVERNMENT: 4,
    Tier.PROVINCE: 5,
    Tier.MINISTRY: 6,
}
"""Levels of administration: county 3, city 4, province 5, state 6."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule held against what happened."""

    history: History
    rule: Rule
    rules: RuleSet


def judge(history: History, rules: RuleSet) -> list[Finding]:
    """Tell of each rule what was due and how it ended; at least one finding a rule.

    A limit counts from when the sender was told (`From`); exactly at the limit is on time. The class that the
    accident had when the limit of that class ran out decides. A rise after that opens the duty again, counted
    from when the sender knew of it; a rise before never gives more time than there was. A sender who was
    never told owes nothing.

    A report counts as having come when it came from the sender, or from somebody below who may report to this
    receiver himself, or when the sender told a level above the receiver, where the rules allow it
    (`Rule.necessary`). Decree 493 Art. 9 para. 2 lets those at the scene report to the county in urgency,
    Art. 10 last para. and the Emergency Response Law 2024 Art. 17 allow skipping levels when necessary; they
    do not ask for it. The decree does not say that the level passed over must be told too: here it need not.

    Verdicts follow the Ministry's Order 14 (2024-03-01): late (迟报) is after the limit; omitted (漏报) left
    out by negligence, wholly or in its content; false (谎报) untrue by intent; concealed (瞒报) hidden past
    the limit.
    Negligence and intent are the marks that `Sending` and `History.hidden` carry.

    Parameters
    ----------
    history
        What happened and who told whom.
    rules
        The rules in force.

    Returns
    -------
    list of Finding
        In the order of the rules; of one rule in order of time.

    Examples
    --------
    >>> from dispatch.reporting import Source
    >>> source = Source("Decree 493", "Art. 9", "2007-06-01", "V")
    >>> rule = Rule("unit", Tier.UNIT_HEAD, Tier.BUREAU, Report.INITIAL, source, {0: 3600.0})
    >>> sent = (
    ...     Sending(Tier.SCENE, Tier.UNIT_HEAD, Report.INITIAL, 0.0, 60.0),
    ...     Sending(Tier.UNIT_HEAD, Tier.BUREAU, Report.INITIAL, 3700.0, 3720.0),
    ... )
    >>> [found] = judge(History(0.0, ((0.0, 0),), sent), RuleSet("one", (rule,)))
    >>> found.verdict.name, found.due_s, found.late_s
    ('LATE', 3660.0, 60.0)
    """
    return [found for rule in rules.rules for found in _judged(_Case(history, rule, rules))]


def ways(rule: Rule, rules: RuleSet, accident_class: int) -> tuple[tuple[Tier, Tier], ...]:
    """List who may tell whom so that a duty counts as met: its own way first, then those that skip levels."""
    others = (
        (other.sender, other.receiver)
        for other in rules.rules
        if other.necessary and (not other.limit_s or accident_class in other.limit_s)
        if _from_below(other, rule) or _passing_over(other, rule)
    )
    return ((rule.sender, rule.receiver), *others)


def _from_below(other: Rule, rule: Rule) -> bool:
    """Somebody below the sender may tell the receiver himself."""
    return other.receiver == rule.receiver and LEVEL[other.sender] < LEVEL[rule.sender]


def _passing_over(other: Rule, rule: Rule) -> bool:
    """The sender may tell a level above the receiver, the receiver being above the sender."""
    levels = LEVEL[rule.sender] < LEVEL[rule.receiver] < LEVEL[other.receiver]
    return other.sender == rule.sender and levels


def _judged(case: _Case) -> list[Finding]:
    if case.rule.necessary:
        return [_allowed(case)]
    if case.rule.window_s:
        found = list(_supplements(case))
    elif case.rule.every_s:
        found = list(_follow_ups(case))
    else:
        found = [_ended(case, duty, _answering(case, duty)) for duty in _duties(case)]
    return found or [Finding(case.rule, Verdict.NOT_DUE, _last_class(case), None, None, None)]


def _allowed(case: _Case) -> Finding:
    """Level-skipping is never owed; tell whether it was used."""
    rule = case.rule
    used = [
        sending for sending in _came(case, ((rule.sender, rule.receiver),)) if sending.report == rule.report
    ]
    came = used[0].received_s if used else None
    return Finding(rule, Verdict.NOT_DUE, _last_class(case), None, came, None, _lines(used[:1]))


def _duties(case: _Case) -> list[Duty]:
    rule = case.rule
    start = _start(case)
    return [] if start is None else duties(case.history, rule.sender, rule.limit_s, start)


def _start(case: _Case) -> float | None:
    """Give the moment from which the rule's limit counts."""
    rule, history = case.rule, case.history
    if rule.counts_from is From.OCCURRED:
        return history.occurred_s
    if rule.counts_from is From.CLASS_KNOWN:
        return knows(history, rule.sender, min(rule.limit_s, default=0))
    return told(history, rule.sender)


def _answering(case: _Case, duty: Duty) -> list[Sending]:
    """List the reports that answer a duty; one of a class, those that could speak of it."""
    came = _came(case, ways(case.rule, case.rules, duty.accident_class))
    if not duty.reopened and case.rule.counts_from is not From.CLASS_KNOWN:
        return came
    of_class = duty.accident_class
    return [it for it in came if it.sent_s >= duty.start_s or it.knowledge.accident_class >= of_class]


def _came(case: _Case, routes: Sequence[tuple[Tier, Tier]]) -> list[Sending]:
    """List the reports that came by some ways and are of the kind asked for, the first to come first."""
    fitting = (
        it for it in case.history.sendings if (it.sender, it.receiver) in routes and _fits(it, case.rule)
    )
    return sorted((it for it in fitting if it.received_s is not None), key=_received)


def _fits(sending: Sending, rule: Rule) -> bool:
    """Any report upward tells of an accident; only a final one ends it, only a text is written."""
    if sending.report in DOWNWARD or (rule.written and not sending.written):
        return False
    return rule.report is not Report.FINAL or sending.report is Report.FINAL


def _ended(case: _Case, duty: Duty, came: Sequence[Sending]) -> Finding:
    """Judge one duty by the reports that answer it."""
    whole = next((it for it in came if not it.false and not it.short), None)
    before = [it for it in came if whole is None or _received(it) < _received(whole)]
    untrue = next((it for it in before if it.false), None)
    short = next((it for it in before if it.short), None)
    if untrue:
        return _finding(case, duty, Verdict.FALSE, untrue)
    if whole and _lateness(whole, duty.due_s) is None:
        return _finding(case, duty, Verdict.ON_TIME, whole)
    if case.rule.sender in case.history.hidden:
        return _finding(case, duty, _past(case, duty, Verdict.CONCEALED), whole or short)
    if short and (whole is None or _lateness(short, duty.due_s) is None):
        return _finding(case, duty, Verdict.OMITTED if whole else _past(case, duty, Verdict.OMITTED), short)
    if whole:
        return _finding(case, duty, Verdict.LATE, whole)
    return _finding(case, duty, _past(case, duty, Verdict.OMITTED), None)


def _past(case: _Case, duty: Duty, verdict: Verdict) -> Verdict:
    """Give the verdict on a report that is missing, once its limit has run out in the record."""
    return verdict if duty.due_s < case.history.end_s else Verdict.OPEN


def _finding(case: _Case, duty: Duty, verdict: Verdict, sending: Sending | None) -> Finding:
    shown = _telling(case, duty) + ([sending] if sending else _lost(case))
    came = sending.received_s if sending else None
    late = _lateness(sending, duty.due_s) if sending else None
    return Finding(case.rule, verdict, duty.accident_class, duty.due_s, came, late, _lines(shown))


def _telling(case: _Case, duty: Duty) -> list[Sending]:
    """Find the report by which the sender was told."""
    sendings = case.history.sendings
    return [it for it in sendings if it.receiver == case.rule.sender and it.received_s == duty.start_s][:1]


def _lost(case: _Case) -> list[Sending]:
    """List what the sender sent and never arrived."""
    way = (case.rule.sender, case.rule.receiver)
    return [it for it in case.history.sendings if (it.sender, it.receiver) == way and it.received_s is None]


def _follow_ups(case: _Case) -> Iterator[Finding]:
    """Judge the time between one report and the next, while the accident goes on.

    Order 21 Art. 11: a larger near miss, an ordinary or a larger accident at least once a day, a major or an
    extraordinarily major one at least twice.
    """
    rule, history = case.rule, case.history
    reports = _came(case, ways(rule, case.rules, _last_class(case)))
    final = next((_received(it) for it in reports if it.report is Report.FINAL), inf)
    over = min(history.over_s, final)
    for number, last in enumerate(reports, 1):
        following = reports[number:]
        for duty in duties(history, rule.sender, rule.every_s, _received(last))[:1]:
            if duty.due_s < over and (following or not (history.end_s == inf == over)):
                yield _ended(case, duty, following)


def _supplements(case: _Case) -> Iterator[Finding]:
    """Judge what was told of each change of casualties in the days that the law names.

    Decree 493 Art. 13: within 30 days of the accident, road traffic and fire 7, promptly.
    """
    rule, history = case.rule, case.history
    window = rule.short_window_s if history.short_window else rule.window_s
    routes = ways(rule, case.rules, _last_class(case))
    for change in history.changes:
        start = told_again(history, rule.sender, change)
        limit = None if start is None else rule.limit_s.get(class_at(history, start))
        if start is None or limit is None or change > history.occurred_s + window:
            continue
        came = [it for it in _came(case, routes) if it.sent_s >= start]
        yield _ended(case, Duty(start, start + limit, class_at(history, start), reopened=True), came)


def _last_class(case: _Case) -> int:
    return class_at(case.history, case.history.end_s)


def _lateness(sending: Sending, due_s: float) -> float | None:
    over = _received(sending) - due_s
    return over if over > EXACT_S else None


def _received(sending: Sending) -> float:
    return inf if sending.received_s is None else sending.received_s


def _lines(sendings: Sequence[Sending]) -> tuple[int, ...]:
    return tuple(sending.line for sending in sendings if sending.line >= 0)
