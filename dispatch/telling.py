"""Which reports somebody owes to whom once they know of an accident, and whom they may tell instead."""

from __future__ import annotations

from collections.abc import Collection

from dispatch.reporting import BELOW, Report, Rule, RuleSet, Source, Tier

FIRST = (Report.INITIAL, Report.PHONE_FLASH)
"""Reports by which a level is told for the first time, or of a higher class."""
NEWS = (Report.UPDATE, Report.SUPPLEMENT)
"""Reports of what has changed since."""

_BY_NATURE = Source("", "", "", "A")
ANYWAY = (
    Rule("", Tier.SCENE, Tier.UNIT_HEAD, Report.INITIAL, _BY_NATURE),
    Rule("", Tier.SCENE, Tier.UNIT_HEAD, Report.SUPPLEMENT, _BY_NATURE),
    Rule("", Tier.CALL_CENTRE, Tier.BUREAU, Report.INITIAL, _BY_NATURE),
    Rule("", Tier.CALL_CENTRE, Tier.BUREAU, Report.SUPPLEMENT, _BY_NATURE),
)
"""Whatever the rules say, those at the scene tell the head of the unit, the call centre tells the bureau."""


def covers(rule: Rule, accident_class: int) -> bool:
    """Tell whether a rule asks for (or, where it is about skipping levels, allows) a report of a class.

    Examples
    --------
    >>> covers(ANYWAY[0], 0), covers(ANYWAY[0], BELOW)
    (True, False)
    """
    if accident_class == BELOW:
        return False
    anything = not rule.limit_s and not rule.every_s and (rule.necessary or not rule.code)
    return anything or accident_class in rule.limit_s or accident_class in rule.every_s


def owed(rules: RuleSet, sender: int, accident_class: int, reports: Collection[Report]) -> list[Rule]:
    """List the rules by which somebody who believes an accident to be of a class owes reports of some kinds.

    Parameters
    ----------
    rules
        The rules in force.
    sender
        Who owes (`Tier`).
    accident_class
        What the sender believes.
    reports
        Which kinds of report are meant.

    Returns
    -------
    list of Rule
        Those that the telephone meets before those that ask for text, else in the order of the rules; last
        what is told whatever they say.
    """
    found = [
        rule
        for rule in rules.rules
        if rule.sender == sender
        and rule.report in reports
        and not rule.necessary
        and covers(rule, accident_class)
    ]
    found.sort(key=_written_last)
    anyway = (rule for rule in ANYWAY if rule.sender == sender and covers(rule, accident_class))
    return found + [rule for rule in anyway if rule.report in reports]


def instead(rules: RuleSet, sender: int, accident_class: int) -> list[Rule]:
    """List the rules by which somebody may skip a level (越级) when the next cannot be reached."""
    return [
        rule
        for rule in rules.rules
        if rule.sender == sender and rule.necessary and covers(rule, accident_class)
    ]


def rule_between(rules: RuleSet, sender: int, receiver: int, report: Report) -> str:
    """Give the code of the first rule about such a report from one to another, "" if there is none."""
    between = (rule.code for rule in rules.rules if (rule.sender, rule.receiver) == (sender, receiver))
    fitting = (
        rule.code
        for rule in rules.rules
        if (rule.sender, rule.receiver, rule.report) == (sender, receiver, report)
    )
    return next(fitting, next(between, "") if report is Report.ANSWER else "")


def _written_last(rule: Rule) -> bool:
    return rule.written
