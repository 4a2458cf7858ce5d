"""Real accidents' reports held against a rule file: each hop's limit, what it took, how late it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dispatch.judging import judge
from dispatch.ladder import ladder
from dispatch.reporting import Finding, History, Rule, Sending, Tier, Verdict
from results.tables import Cell, Table
from results.wording import NOTHING, called, in_language, say
from sim.scenarios.importers.timelines import Timeline, class_names, class_of, history_of
from sim.scenarios.rulefiles import RuleBook

MINUTE_S = 60.0
MARKS = {Verdict.ON_TIME: "good", Verdict.LATE: "poor"}


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a real accident's reports, judged.

    `sender` None: whoever told the receiver; the clock runs from the accident, the limits below being added
    up. Else it runs from when the sender was told. `rule` None: the rule file asks for no report to this
    receiver of an accident of this class. `not_the_receiver` marks a report of which only a receiver below
    the one that the rule names is known.
    """

    accident: str
    sender: Tier | None
    receiver: Tier
    rule: Rule | None
    limit_s: float | None
    took_s: float
    verdict: Verdict
    late_s: float | None
    accident_class: int
    class_assumed: bool
    not_the_receiver: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Accidents as read, their hops judged, and the rules they were judged by."""

    timelines: tuple[Timeline, ...]
    hops: tuple[Hop, ...]
    book: RuleBook


def judged(timelines: Sequence[Timeline], book: RuleBook) -> Judged:
    """Judge every hop whose times are known; for a drawing, `Judged.hops` are plain rows."""
    hops = [hop for one in timelines if one.can_be_judged for hop in _hops(one, book)]
    return Judged(tuple(timelines), tuple(hops), book)


def _hops(timeline: Timeline, book: RuleBook) -> Iterator[Hop]:
    """Go through an accident's hops: each level since the accident, then each sender's own duty."""
    history = history_of(timeline)
    _, assumed = class_of(timeline)
    code, told = timeline.code, {}
    for rung in ladder(history, book.rules):
        if rung.told_s is None or (rung.rule is None and rung.tier < Tier.BUREAU):
            continue
        told[rung.tier] = rung.told_s
        verdict = _verdict(rung.limit_s, rung.late_s)
        number = rung.accident_class
        yield Hop(
            code, None, rung.tier, rung.rule, rung.limit_s, rung.told_s, verdict, rung.late_s, number, assumed
        )
    for finding in judge(history, book.rules):
        hop = _own(finding, history, code, assumed)
        known_already = hop and hop.sender is Tier.UNIT_HEAD and told.get(hop.receiver) == hop.took_s
        if hop and not known_already:
            yield hop


def _verdict(limit_s: float | None, late_s: float | None) -> Verdict:
    if limit_s is None:
        return Verdict.NOT_DUE
    return Verdict.ON_TIME if late_s is None else Verdict.LATE


def _own(finding: Finding, history: History, code: str, assumed: bool) -> Hop | None:
    """Give a sender's own duty; None where the source does not say when it was met."""
    rule, due_s, number = finding.rule, finding.due_s, finding.accident_class
    if due_s is None or rule.sender is Tier.SCENE:
        return None
    came_s, receiver = finding.came_s, rule.receiver
    if came_s is None:
        lower = _told_below(rule, history)
        if lower is None or lower.received_s is None or lower.received_s <= due_s:
            return None
        came_s, receiver = lower.received_s, lower.receiver
    limit_s = rule.limit_s[number]
    late_s = came_s - due_s if came_s > due_s else None
    sender, took_s, verdict = rule.sender, came_s - due_s + limit_s, _verdict(limit_s, late_s)
    lower_only = receiver is not rule.receiver
    return Hop(code, sender, receiver, rule, limit_s, took_s, verdict, late_s, number, assumed, lower_only)


def _told_below(rule: Rule, history: History) -> Sending | None:
    """Find what the unit's head is known to have told the township, where the rule asks for the county."""
    if (rule.sender, rule.receiver) != (Tier.UNIT_HEAD, Tier.BUREAU):
        return None
    return next(
        (it for it in history.sendings if (it.sender, it.receiver) == (Tier.UNIT_HEAD, Tier.TOWNSHIP)), None
    )


def hops_table(found: Judged, lang: str) -> Table:
    """Lay the hops out: accident, hop, clock, rule, limit, took, verdict, late by."""
    headings = (
        say(lang, "Accident"),
        say(lang, "Hop"),
        say(lang, "Clock runs from"),
        say(lang, "Rule"),
        say(lang, "Limit, min"),
        say(lang, "Took, min"),
        say(lang, "Verdict"),
        say(lang, "Late by, min"),
    )
    titles = titles_of(found)
    return Table(headings, tuple(_row(hop, titles, lang) for hop in found.hops), words=(0, 1, 2, 3, 6))


def _row(hop: Hop, titles: Sequence[str], lang: str) -> tuple[Cell, ...]:
    clock = say(lang, "the accident") if hop.sender is None else say(lang, "being told")
    return (
        Cell(hop.accident),
        Cell(hop_name(hop, lang)),
        Cell(clock),
        Cell(_cited(hop.rule, titles, lang)),
        Cell(_minutes(hop.limit_s)),
        Cell(_minutes(hop.took_s)),
        Cell(verdict_name(hop.verdict, lang), MARKS.get(hop.verdict, "")),
        Cell(_minutes(hop.late_s)),
    )


def _cited(rule: Rule | None, titles: Sequence[str], lang: str) -> str:
    """Cite a rule by the number of its title in the list below the table."""
    if rule is None:
        return NOTHING
    number, article = titles.index(rule.source.title) + 1, in_language(rule.source.article, lang)
    cited = f"[{number}] {article} ({rule.source.certainty})"
    return cited + say(lang, "; at once: minutes assumed") if rule.at_once else cited


def titles_of(found: Judged) -> tuple[str, ...]:
    """List the titles that the table cites, in the order in which they first stand there."""
    return tuple(dict.fromkeys(hop.rule.source.title for hop in found.hops if hop.rule))


def sources(found: Judged, lang: str) -> tuple[str, ...]:
    """Name the laws and rules that the table cites, with their dates."""
    dates = {hop.rule.source.title: hop.rule.source.date for hop in found.hops if hop.rule}
    named = ((in_language(title, lang), dates[title]) for title in titles_of(found))
    return tuple(
        say(lang, "[{n}] {title}, {date}", n=n, title=title, date=date)
        for n, (title, date) in enumerate(named, start=1)
    )


def remarks(found: Judged, lang: str) -> tuple[str, ...]:
    """Say what the table rests on and what it cannot tell."""
    told = [
        say(
            lang,
            "Times do not show why: whether a report was late, omitted or concealed, a person must judge.",
        ),
        say(lang, "A time that the source does not give is not judged."),
        say(
            lang,
            "Counted from the accident, the limits of all hops below are added up: how late help could be "
            "asked for. Counted from being told, each level answers for its own hop.",
        ),
        say(lang, "The unit's head is taken to have known at the moment of the accident."),
        say(
            lang,
            "Judged by the rule file {name} ({code}), whether or not its rules held there and then.",
            name=called(found.book.name, lang),
            code=found.book.rules.code,
        ),
    ]
    told += [_class_remark(one, lang) for one in found.timelines if one.can_be_judged]
    if any(hop.not_the_receiver for hop in found.hops):
        told.append(
            say(lang, "* The rule asks for the county; the source only says when the township was told.")
        )
    left = [one.code for one in found.timelines if not one.can_be_judged]
    if left:
        told.append(say(lang, "Without times of reports, not judged: {codes}.", codes=", ".join(left)))
    return tuple(told)


def _class_remark(timeline: Timeline, lang: str) -> str:
    number, assumed = class_of(timeline)
    name = class_names()[number][0 if lang == "zh" else 1]
    if assumed:
        sentence = "{code}: its class is not known; judged as the lowest one, {name}."
        return say(lang, sentence, code=timeline.code, name=name)
    sentence = (
        "{code}: judged as {name} by the deaths in the end ({deaths}); its class may have been lower before."
    )
    return say(lang, sentence, code=timeline.code, name=name, deaths=timeline.deaths)


def hop_name(hop: Hop, lang: str) -> str:
    """Say who told whom; "→ city bureau" where it is not known who did."""
    sender = "" if hop.sender is None else f"{tier_name(hop.sender, lang)} "
    return f"{sender}→ {tier_name(hop.receiver, lang)}{' *' if hop.not_the_receiver else ''}"


def tier_name(tier: Tier, lang: str) -> str:
    """Name a level of the reporting chain."""
    names = {
        Tier.SCENE: say(lang, "the scene"),
        Tier.UNIT_HEAD: say(lang, "unit's head"),
        Tier.CALL_CENTRE: say(lang, "call centre"),
        Tier.TOWNSHIP: say(lang, "township"),
        Tier.BUREAU: say(lang, "county bureau"),
        Tier.DEPARTMENT: say(lang, "competent department"),
        Tier.COUNTY_GOVERNMENT: say(lang, "county government"),
        Tier.CITY_BUREAU: say(lang, "city bureau"),
        Tier.CITY_GOVERNMENT: say(lang, "city government"),
        Tier.PROVINCE: say(lang, "province"),
        Tier.MINISTRY: say(lang, "ministry"),
    }
    return names[tier]


def verdict_name(verdict: Verdict, lang: str) -> str:
    """Name how a due report ended."""
    names = {
        Verdict.ON_TIME: say(lang, "on time"),
        Verdict.LATE: say(lang, "late"),
        Verdict.OMITTED: say(lang, "omitted"),
        Verdict.FALSE: say(lang, "false"),
        Verdict.CONCEALED: say(lang, "concealed"),
        Verdict.NOT_DUE: say(lang, "not due"),
        Verdict.OPEN: say(lang, "still open"),
    }
    return names[verdict]


def certainties(lang: str) -> str:
    """Say what the letters mean."""
    return say(
        lang,
        "Letters tell how sure a source is: V text of the law read; S seen on a secondary page; D worked out "
        "from these; M general knowledge, not checked; A an assumption.",
    )


def _minutes(seconds: float | None) -> str:
    if seconds is None:
        return NOTHING
    minutes = seconds / MINUTE_S
    return f"{minutes:,.0f}" if minutes.is_integer() else f"{minutes:,.1f}"
