"""The ladder of an accident: when each level was told, against the latest moment the rules allow in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.judging import EXACT_S
from dispatch.knowing import class_at, duties, told
from dispatch.reporting import From, History, Report, Rule, RuleSet, Tier


@dataclass(frozen=True, slots=True)
class Rung:
    """When a level was told, by whomever, and when it should have been.

    `rule` is the last duty on the way there, `limit_s` what all the duties on the way add up to from the
    moment at which the unit's head knew, `due_s` when that ran out. All three are None where the rules do not
    take an accident of this class so far up. `told_s` None: never told. `late_s` None: not late.
    """

    tier: Tier
    accident_class: int
    rule: Rule | None
    limit_s: float | None
    due_s: float | None
    told_s: float | None
    late_s: float | None


def ladder(history: History, rules: RuleSet) -> list[Rung]:
    """Hold when each level was told against the sum of the limits below it, from the county up.

    One level may be late only because the one below it was; this says how late help from there could be
    asked for, `dispatch.judging.judge` whose duty was not met. Only initial reports in their usual way count
    (Decree 493 Art. 9-11: an hour for the unit's head, then two hours a level); "at once" adds nothing.

    Examples
    --------
    >>> from dispatch.reporting import Sending, Source
    >>> source = Source("Decree 493", "Art. 9, 11", "2007-06-01", "V")
    >>> unit = Rule("unit", Tier.UNIT_HEAD, Tier.BUREAU, Report.INITIAL, source, {0: 3600.0})
    >>> county = Rule("county", Tier.BUREAU, Tier.CITY_BUREAU, Report.INITIAL, source, {0: 7200.0})
    >>> told_city = Sending(Tier.BUREAU, Tier.CITY_BUREAU, Report.INITIAL, 9000.0, 12000.0)
    >>> history = History(0.0, ((0.0, 0),), (told_city,))
    >>> [
    ...     (rung.tier.name, rung.limit_s, rung.late_s)
    ...     for rung in ladder(history, RuleSet("x", (unit, county)))
    ... ]
    [('BUREAU', 3600.0, 5400.0), ('CITY_BUREAU', 10800.0, 1200.0)]
    """
    start = told(history, Tier.UNIT_HEAD)
    start = history.occurred_s if start is None else start
    numbers = sorted({number for _, number in history.classes})
    sums = {number: latest(rules, number) for number in numbers}
    above = (tier for tier in Tier if tier > Tier.UNIT_HEAD)
    rungs = [
        _rung(history, tier, {n: found[tier] for n, found in sums.items() if tier in found}, start)
        for tier in above
    ]
    return [rung for rung in rungs if rung.rule or rung.told_s is not None]


def latest(rules: RuleSet, accident_class: int) -> dict[Tier, tuple[float, Rule]]:
    """Add up within how long after the unit's head knew each level is to be told, and by which rule."""
    found: dict[Tier, tuple[float, Rule]] = {}
    for rule in sorted(rules.rules, key=lambda rule: (rule.sender, rule.receiver)):
        before = 0.0 if rule.sender is Tier.UNIT_HEAD else found.get(rule.sender, (None,))[0]
        limit = rule.limit_s.get(accident_class)
        if before is None or limit is None or not _regular(rule):
            continue
        total = before + limit
        if rule.receiver not in found or total < found[rule.receiver][0]:
            found[rule.receiver] = (total, rule)
    return found


def _regular(rule: Rule) -> bool:
    """Tell a level's own first report from fast calls, follow-ups and what only may be done."""
    plain = rule.report is Report.INITIAL and rule.counts_from is From.RECEIVED
    return plain and not rule.necessary and not rule.at_once


def _rung(history: History, tier: Tier, sums: Mapping[int, tuple[float, Rule]], start_s: float) -> Rung:
    told_s = told(history, tier)
    limits = {number: total for number, (total, _) in sums.items()}
    owed = duties(history, Tier.SCENE, limits, start_s)[:1]
    if not owed:
        return Rung(tier, class_at(history, history.end_s), None, None, None, told_s, None)
    duty = owed[0]
    late = None if told_s is None or told_s - duty.due_s <= EXACT_S else told_s - duty.due_s
    limit, rule = sums[duty.accident_class]
    return Rung(tier, duty.accident_class, rule, limit, duty.due_s, told_s, late)
