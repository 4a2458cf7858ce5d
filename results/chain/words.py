"""The names of levels, posts, rules, plans and tasks, and what holds somebody up, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dispatch.plans import Trigger
from dispatch.reporting import Knowledge, Report, Rule, RuleSet, Tier, Verdict
from readiness.duty import CLOSED, NO_CHANNEL, NOBODY, OUT, UNANSWERED
from results.readiness.words import COLOURS, force_of, named
from results.wording import called, in_language, say, spoken
from sim.county import County

TIERS: Mapping[Tier, str] = {
    Tier.SCENE: "the scene",
    Tier.UNIT_HEAD: "unit's head",
    Tier.CALL_CENTRE: "call centre",
    Tier.TOWNSHIP: "township",
    Tier.BUREAU: "county bureau",
    Tier.DEPARTMENT: "competent department",
    Tier.COUNTY_GOVERNMENT: "county government",
    Tier.CITY_BUREAU: "city bureau",
    Tier.CITY_GOVERNMENT: "city government",
    Tier.PROVINCE: "province",
    Tier.MINISTRY: "ministry",
}
REPORTS: Mapping[Report, str] = {
    Report.INITIAL: "initial report",
    Report.PHONE_FLASH: "fast telephone report",
    Report.UPDATE: "follow-up report",
    Report.SUPPLEMENT: "supplementary report",
    Report.FINAL: "final report",
    Report.ORDER: "order",
    Report.QUESTION: "question",
    Report.ANSWER: "answer",
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.ON_TIME: "on time",
    Verdict.LATE: "late",
    Verdict.OMITTED: "omitted",
    Verdict.FALSE: "false",
    Verdict.CONCEALED: "concealed",
    Verdict.NOT_DUE: "not due",
    Verdict.OPEN: "still open",
}
NUMBERED = re.compile(r"[(（]([^()（）]*(?:令第|Decree|Order)[^()（）]*)[)）]")
"""The number of a decree or order, in brackets at the end of its title."""
ROMAN = ("", "I", "II", "III", "IV")
CHINESE = ("", "一", "二", "三", "四")
WHY: Mapping[str, str] = {
    NO_CHANNEL: "{what} has no such channel",
    CLOSED: "the channel to {what} does not work at this hour",
    OUT: "the channel to {what} is down",
    NOBODY: "nobody is at {what}",
    UNANSWERED: "{what} does not answer",
    "resource": "no {what} at hand that works",
    "unit": "no {what} on scene yet",
    "aid": "the city has not granted help yet",
    "after": "it waits for {what}",
    "ended": "the response has ended",
    "owner": "nobody is named for it",
}
CAUSES: Mapping[str, str] = {
    NO_CHANNEL: "Channel missing",
    CLOSED: "Channel not open at this hour",
    OUT: "Channel down",
    NOBODY: "Post empty",
    UNANSWERED: "Call not answered",
    "resource": "Item missing or failed",
    "unit": "Unit busy or on its way",
    "aid": "City's help not granted yet",
    "after": "Another task",
    "ended": "Response ended",
    "owner": "No owner named",
}
"""What holds up reports and tasks, by the code that stands first in an event's text."""


def tier_called(tier: int, lang: str) -> str:
    """Name a level of the chain of reports."""
    return say(lang, TIERS[Tier(tier)])


def report_called(report: Report, lang: str) -> str:
    """Name a kind of report."""
    return say(lang, REPORTS[report])


def verdict_called(verdict: Verdict, lang: str) -> str:
    """Name how a due report ended."""
    return say(lang, VERDICTS[verdict])


def level_called(level: int, lang: str) -> str:
    """Name a response level: ``III``, in Chinese ``三级``."""
    return f"{CHINESE[level]}级" if lang == "zh" else ROMAN[level]


def class_called(county: County, number: int, lang: str) -> str:
    """Name an accident's class; below the lowest it has none."""
    classes = county.accident_classes
    return called(classes[number].names, lang) if 0 <= number < len(classes) else say(lang, "no class yet")


def post_called(county: County, code: object, lang: str) -> str:
    """Name a post by its code or its number; a code that no post has is given as it is."""
    posts = force_of(county).posts
    if isinstance(code, int):
        return named(county, "posts", code, lang) if 0 <= code < len(posts) else say(lang, "a post")
    codes = [post.code for post in posts]
    if code in codes:
        return named(county, "posts", codes.index(str(code)), lang)
    return str(code) if code else say(lang, "a post")


def channel_called(county: County, code: object, lang: str) -> str:
    """Name a channel by its code or its number; what is no channel of the county is given as it is."""
    channels = force_of(county).channels
    codes = [channel.code for channel in channels]
    number = code if isinstance(code, int) else codes.index(str(code)) if code in codes else -1
    return named(county, "channels", number, lang) if 0 <= number < len(codes) else str(code)


def role_called(county: County, role: object, lang: str) -> str:
    """Name a role by its code or its number; "": nobody's."""
    codes = [one.code for one in force_of(county).roles]
    number = role if isinstance(role, int) else codes.index(str(role)) if role in codes else -1
    return named(county, "roles", number, lang) if 0 <= number < len(codes) else ""


def plan_called(county: County, plan: int, lang: str) -> str:
    """Name a plan."""
    names = county.force_names.get("plans", ())
    return called(names[plan], lang) if plan < len(names) else county.plans[plan].code


def task_called(county: County, plan: int, task: int, lang: str) -> str:
    """Name a task of a plan."""
    names, before = county.force_names.get("tasks", ()), sum(len(it.tasks) for it in county.plans[:plan])
    if before + task < len(names):
        return called(names[before + task], lang)
    return county.plans[plan].tasks[task].code


def rule_cited(rule: Rule, lang: str) -> str:
    """Cite a rule briefly: the number of the decree or order where it has one, else the title; the article.

    Examples
    --------
    >>> from dispatch.reporting import Source
    >>> title = "生产安全事故报告和调查处理条例（国务院令第493号） / Regulation (State Council Decree 493)"
    >>> source = Source(title, "第九条 / Art. 9", "2007-06-01", "V")
    >>> rule = Rule("r", Tier.UNIT_HEAD, Tier.BUREAU, Report.INITIAL, source)
    >>> rule_cited(rule, "zh"), rule_cited(rule, "en")
    ('国务院令第493号第九条', 'State Council Decree 493, Art. 9')
    """
    title, article = in_language(rule.source.title, lang), in_language(rule.source.article, lang)
    number = NUMBERED.search(title)
    title = number.group(1) if number else title
    if lang == "zh":
        return f"{title}{article}" if number else f"《{title}》{article}"
    return f"{title}, {article}" if article else title


def rules_called(rules: RuleSet, lang: str) -> str:
    """Name a rule file."""
    return in_language(rules.name, lang) if rules.name else rules.code


CONTENT: Mapping[str, str] = {
    "unit": "the unit it happened in",
    "time_place_scene": "when and where it happened, and how it looks there",
    "course": "how it came about, in short",
    "casualties_loss": "deaths, injuries and missing (suspected ones as well), first estimate of the loss",
    "measures": "what has been done",
    "other": "anything else that matters",
}
"""What a report must contain, by the words of rule files (the six items of Decree 493 Art. 12)."""
COPIES: Mapping[str, str] = {
    "police": "police",
    "labour": "labour administration",
    "union": "trade union",
    "procuratorate": "procuratorate",
}
"""Who is told as well, by the words of rule files."""


def content_told(rule: Rule, lang: str) -> tuple[str, ...]:
    """List what a report by a rule must contain."""
    return tuple(say(lang, CONTENT[item]) if item in CONTENT else item for item in rule.content)


def copies_told(rule: Rule, lang: str) -> tuple[str, ...]:
    """List who is to be told as well by a rule."""
    return tuple(say(lang, COPIES[holder]) if holder in COPIES else holder for holder in rule.copies)


def known_told(county: County, knowledge: Knowledge, lang: str) -> str:
    """Say what somebody knows of an accident."""
    text = say(
        lang, "{deaths} dead, {injuries} injured", deaths=knowledge.deaths, injuries=knowledge.injuries
    )
    if knowledge.missing:
        text += say(lang, ", {n} missing", n=knowledge.missing)
    text += say(lang, ", loss CNY {loss}", loss=f"{knowledge.loss_cny:,.0f}")
    if knowledge.accident_class < 0:
        return text
    return text + say(lang, "; {name}", name=class_called(county, knowledge.accident_class, lang))


def why_told(county: County, why: object, what: object, lang: str) -> str:
    """Say what holds a report or a task up, from the two words that the log keeps."""
    if why not in WHY:
        return " ".join(str(word) for word in (why, what) if word)
    return say(lang, WHY[str(why)], what=_what(county, str(why), what, lang))


def cause_of_delay(code: str, lang: str) -> str:
    """Name what holds reports and tasks up."""
    return say(lang, CAUSES[code]) if code in CAUSES else code


def trigger_told(county: County, trigger: Trigger, lang: str) -> str:
    """Say when a trigger of a plan holds."""
    told = (
        (trigger.accident_class, "{name} or graver", "name"),
        (trigger.grade, "grade {n} or higher", "n"),
        (trigger.warning_level, "{colour} warning or graver", "colour"),
        (trigger.deaths, "{n} dead or more", "n"),
        (trigger.casualties, "{n} casualties or more", "n"),
        (trigger.lacking, "{n} units missing or more", "n"),
    )
    parts = [
        say(lang, sentence, **{name: _value(county, name, value, lang)})
        for value, sentence, name in told
        if value is not None
    ]
    return say(lang, " and ").join(parts) or say(lang, "any accident")


def triggers_told(county: County, triggers: Sequence[Trigger], lang: str) -> str:
    """Say when one of several triggers holds."""
    return say(lang, "; or ").join(dict.fromkeys(trigger_told(county, it, lang) for it in triggers))


def margin_told(margin_s: float, lang: str) -> str:
    """Say how much was left of a limit, or by how much it was passed."""
    if margin_s >= 0:
        return say(lang, "{left} to spare", left=spoken(lang, margin_s))
    return say(lang, "{over} late", over=spoken(lang, -margin_s))


def _value(county: County, name: str, value: int, lang: str) -> object:
    if name == "name":
        return class_called(county, value, lang)
    return say(lang, COLOURS[value]) if name == "colour" else value


def _what(county: County, why: str, what: object, lang: str) -> str:
    """Name what a task or report waits for: an item type, a capability, or a post."""
    if why == "resource":
        codes = [kind.code for kind in force_of(county).item_types]
        return named(county, "item_types", codes.index(str(what)), lang) if what in codes else str(what)
    if why == "unit":
        capabilities = county.capabilities
        found = what in capabilities
        name = county.capability_names[capabilities.index(str(what))] if found else None
        return called(name, lang) if name else say(lang, "unit")
    return post_called(county, what, lang) if what not in (None, -1) else say(lang, "a post")
