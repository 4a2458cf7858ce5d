"""Events of reports, command and plans in words, as an inquiry would write its chronology."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dispatch.plans import Picture, level_due
from dispatch.reporting import Finding, Knowledge, Report, Tier, Verdict
from results.chain.histories import Message
from results.chain.words import (
    channel_called,
    class_called,
    copies_told,
    known_told,
    level_called,
    margin_told,
    plan_called,
    post_called,
    report_called,
    role_called,
    rule_cited,
    rules_called,
    task_called,
    tier_called,
    triggers_told,
    verdict_called,
    why_told,
)
from results.story import Row, Story
from results.wording import called, clock, spoken, start_of
from sim.chain import channel_and_post, desk_of, message_and_tier, plan_and_level, plan_and_task
from sim.events import Kind

HOW: Mapping[str, str] = {
    "tip_off": "by a tip-off",
    "public_alarm": "by the alarm that a stranger raised",
    "question": "by asking",
}
DOWNWARD = (Report.ORDER, Report.QUESTION)


def holder(story: Story, incident: int, tier: int) -> str:
    """Name who answers for a level in an incident: the post where there is one, else the level."""
    row, county = story.incidents[incident], story.county
    numbers = (_number(county.places, row["place"]), _number(county.sites, row["site"]))
    kind = _number(county.kinds, row["kind"])
    post = desk_of(county, tier, kind, *numbers)
    name = tier_called(tier, story.lang)
    if post < 0:
        return name
    of_post = post_called(county, post, story.lang)
    return f"{name}（{of_post}）" if story.lang == "zh" else f"{name} ({of_post})"


def _number(things: Any, code: str | None) -> int:  # noqa: ANN401 - kinds, places or sites
    return next((number for number, one in enumerate(things) if one.code == code), -1)


def verdicts_told(story: Story, incident: int) -> Iterator[str]:
    """Say of each report that was due of an accident how it ended, with rule, limit and evidence."""
    reports = story.reports
    if reports is None or incident not in reports.gathered:
        return
    due = [it for it in reports.findings(incident) if it.verdict is not Verdict.NOT_DUE]
    if due:
        chain = story.county.chain
        rules = rules_called(chain.rules, story.lang) if chain else ""
        yield story.say("Reports judged by: {rules}", rules=rules)
    for finding in due:
        yield "  " + finding_told(story, finding)


def finding_told(story: Story, finding: Finding) -> str:
    """Say how a due report ended."""
    rule, start = finding.rule, start_of(story.county)
    text = story.say(
        "{sender} tells {receiver}, {report}: {verdict}",
        sender=tier_called(rule.sender, story.lang),
        receiver=tier_called(rule.receiver, story.lang),
        report=report_called(rule.report, story.lang),
        verdict=verdict_called(finding.verdict, story.lang),
    )
    if finding.due_s is not None:
        text += story.say("; due by {due}", due=clock(start, finding.due_s))
    if finding.came_s is not None:
        came = clock(start, finding.came_s)
        margin = (finding.due_s or finding.came_s) - finding.came_s
        text += story.say(", came {came} ({margin})", came=came, margin=margin_told(margin, story.lang))
    text += story.say("; {rule}", rule=rule_cited(rule, story.lang))
    if rule.copies:
        copies = story.say(", ").join(copies_told(rule, story.lang))
        text += story.say("; to be told as well: {copies}", copies=copies)
    if finding.lines:
        text += story.say(" [lines {lines}]", lines=story.say(", ").join(map(str, finding.lines)))
    return text


def _message(story: Story, number: int) -> Message | None:
    return story.reports.messages.get(number) if story.reports else None


def _sent(story: Story, row: Row) -> str:
    message = _message(story, row["subject"])
    if message is None:
        return story.say("Incident {incident}: a report sets out.", incident=row["incident"])
    sender, receiver = (holder(story, row["incident"], it) for it in (message.sender, message.receiver))
    fields = {"incident": row["incident"], "sender": sender, "receiver": receiver}
    report = report_called(message.report, story.lang)
    if message.report in DOWNWARD:
        return story.say("Incident {incident}: {sender} to {receiver}: {report}.", report=report, **fields)
    return story.say(
        "Incident {incident}: {sender} reports to {receiver} ({report}, {form}): {known}{flaw}.",
        report=report,
        form=story.say("in writing") if message.written else story.say("by word of mouth"),
        known=known_told(story.county, message.knowledge, story.lang),
        flaw=_flaw(story, message),
        **fields,
    )


def _flaw(story: Story, message: Message) -> str:
    """Say what is wrong with a report: untrue by intent, or casualties under-counted by negligence."""
    if message.false:
        return story.say("; untrue, and the sender knows it")
    return story.say("; casualties under-counted") if message.short else ""


def _received(story: Story, row: Row) -> str:
    number, tier = message_and_tier(row["subject"])
    words = json.loads(row["text"] or "[]")
    message = _message(story, number)
    text = story.say(
        "Incident {incident}: {receiver} is told{by}{channel}{role}",
        incident=row["incident"],
        receiver=holder(story, row["incident"], tier),
        by=story.say(" by {sender}", sender=tier_called(message.sender, story.lang)) if message else "",
        channel=_by_channel(story, words),
        role=_by_role(story, words),
    )
    return text + _against(story, row) + story.say(".")


def _by_channel(story: Story, words: list[Any]) -> str:
    if not words or words[0] in (None, "", -1):
        return ""
    return story.say(" over {channel}", channel=channel_called(story.county, words[0], story.lang))


def _by_role(story: Story, words: list[Any]) -> str:
    role = role_called(story.county, words[1], story.lang) if len(words) > 1 else ""
    return story.say("; {role} takes it", role=role) if role else ""


def _against(story: Story, row: Row) -> str:
    """Say against which limit a report came, and how much of it was left."""
    finding = story.reports.met.get(row["number"]) if story.reports else None
    if finding is None or finding.due_s is None or finding.came_s is None:
        return ""
    limit_s = finding.rule.limit_s.get(finding.accident_class)
    limit_s = finding.rule.every_s.get(finding.accident_class) if limit_s is None else limit_s
    return story.say(
        "; limit {limit} ({rule}): {margin}",
        limit=story.say("unknown") if limit_s is None else spoken(story.lang, limit_s),
        rule=rule_cited(finding.rule, story.lang),
        margin=margin_told(finding.due_s - finding.came_s, story.lang),
    )


def _stuck(story: Story, row: Row) -> str:
    why, channel, post = (*json.loads(row["text"] or "[]"), "", "", "")[:3]
    message = _message(story, row["subject"])
    receiver = holder(story, row["incident"], message.receiver) if message else story.say("its receiver")
    return story.say(
        "Incident {incident}: the report does not get through to {receiver}{channel}: {why}.",
        incident=row["incident"],
        receiver=receiver,
        channel=_by_channel(story, [channel]),
        why=why_told(story.county, why, post, story.lang),
    )


def _of_tier(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(
        sentence, incident=row["incident"], tier=holder(story, row["incident"], row["subject"])
    )


def _found_out(story: Story, row: Row) -> str:
    how, whose = (*json.loads(row["text"] or "[]"), "", -1)[:2]
    by = holder(story, row["incident"], whose) if isinstance(whose, int) and whose >= 0 else ""
    return story.say(
        "Incident {incident}: {tier} learns of it after all{how}{whose}.",
        incident=row["incident"],
        tier=holder(story, row["incident"], row["subject"]),
        how=" " * (story.lang == "en") + story.say(HOW[how]) if how in HOW else "",
        whose=story.say("; {who} had kept it silent", who=by) if by else "",
    )


def _graded(story: Story, row: Row) -> str:
    return story.say(
        "Incident {incident}: the county's duty leader grades it: {name}; known: {known}.",
        incident=row["incident"],
        name=class_called(story.county, row["subject"], story.lang),
        known=known_told(story.county, _known(row), story.lang),
    )


def _known(row: Row) -> Knowledge:
    deaths, injuries, missing, loss = (*json.loads(row["text"] or "[]"), 0, 0, 0, 0)[:4]
    return Knowledge(int(deaths), int(injuries), int(missing), float(loss))


def _opened(sentence: str) -> Callable[[Story, Row], str]:
    def tell(story: Story, row: Row) -> str:
        plan, level = plan_and_level(row["subject"])
        return story.say(
            sentence,
            incident=row["incident"],
            level=level_called(level, story.lang),
            plan=plan_called(story.county, plan, story.lang),
            why=_why_opened(story, row, plan, level),
        )

    return tell


def _why_opened(story: Story, row: Row, plan: int, level: int) -> str:
    """Say which triggers of a plan brought a response level: those that what was known fits, else all."""
    the_plan = story.county.plans[plan]
    triggers = [trigger for trigger in the_plan.triggers if trigger.level == level]
    picture = _picture(story, row)
    fitting = [it for it in triggers if level_due(replace(the_plan, triggers=(it,)), picture) == level]
    told = triggers_told(story.county, fitting or triggers, story.lang)
    return story.say("; the plan opens it for: {triggers}", triggers=told) if told else ""


def _picture(story: Story, row: Row) -> Picture:
    """Put together what the duty leader knew: the last message to the county; units missing are not known."""
    incident = row["incident"]
    grade = int(story.incidents[incident]["grade"])
    known = Knowledge()
    for it in story.reports.gathered[incident].sendings if story.reports else ():
        if it.receiver in (Tier.BUREAU, Tier.COUNTY_GOVERNMENT) and (it.received_s or 0) <= row["time_s"]:
            known = it.knowledge
    casualties = known.deaths + known.injuries + known.missing
    return Picture(known.accident_class, grade, 1, known.deaths, casualties, 99)


def _ended(story: Story, row: Row) -> str:
    plan, level = plan_and_level(row["subject"])
    return story.say(
        "Incident {incident}: response level {level} ends ({plan}).",
        incident=row["incident"],
        level=level_called(level, story.lang),
        plan=plan_called(story.county, plan, story.lang),
    )


def _task(sentence: str) -> Callable[[Story, Row], str]:
    def tell(story: Story, row: Row) -> str:
        plan, number = plan_and_task(row["subject"])
        task = story.county.plans[plan].tasks[number]
        words = (*json.loads(row["text"] or "[]"), "", "")
        return story.say(
            sentence,
            incident=row["incident"],
            task=task_called(story.county, plan, number, story.lang),
            owner=post_called(story.county, task.owner, story.lang),
            limit=spoken(story.lang, task.within_s),
            after=_since_opened(story, row, task.level, task.within_s),
            why=why_told(story.county, words[0], words[1], story.lang),
        )

    return tell


def _since_opened(story: Story, row: Row, level: int, within_s: float) -> str:
    """Say how long after its level opened a task was done, against its limit."""
    opened_s = story.reports.opened_s(row["incident"], level, row["time_s"]) if story.reports else None
    if opened_s is None:
        return ""
    took_s = row["time_s"] - opened_s
    return story.say(
        ", {took} after the level opened; limit {limit}: {margin}",
        took=spoken(story.lang, took_s),
        limit=spoken(story.lang, within_s),
        margin=margin_told(within_s - took_s, story.lang),
    )


def _reinforced(story: Story, row: Row) -> str:
    plan, number = plan_and_task(row["subject"])
    names = story.county.capability_names
    needs = story.county.plans[plan].tasks[number].needs
    return story.say(
        "Incident {incident}: more is asked for than the run card does: {needs}; for the task: {task}.",
        incident=row["incident"],
        needs=story.say(", ").join(f"{n} × {called(names[it], story.lang)}" for it, n in needs),
        task=task_called(story.county, plan, number, story.lang),
    )


def _asked(story: Story, row: Row) -> str:
    missing = (*json.loads(row["text"] or "[]"), 0)[0]
    text = story.say("Incident {incident}: the county asks the city for help", incident=row["incident"])
    return text + (story.say("; {n} units are missing", n=missing) if missing else "") + story.say(".")


def _channel(sentence: str) -> Callable[[Story, Row], str]:
    def tell(story: Story, row: Row) -> str:
        channel, post = channel_and_post(row["subject"])
        where = post_called(story.county, post, story.lang) if post >= 0 else story.say("every post")
        return story.say(sentence, channel=channel_called(story.county, channel, story.lang), post=where)

    return tell


def _post(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, post=post_called(story.county, row["subject"], story.lang))


def _of_incident(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, incident=row["incident"], n=row["subject"])


INQUIRY: Mapping[Kind, Callable[[Story, Row], str]] = {
    Kind.REPORT_SENT: _sent,
    Kind.REPORT_RECEIVED: _received,
    Kind.REPORT_STUCK: _stuck,
    Kind.HIDDEN: _of_tier("Incident {incident}: {tier} decides to hide it from above."),
    Kind.FORGOTTEN: _of_tier("Incident {incident}: {tier} does not report what is due, by negligence."),
    Kind.FOUND_OUT: _found_out,
    Kind.GRADED: _graded,
    Kind.RESPONSE_OPENED: _opened("Incident {incident}: response level {level} is opened by {plan}{why}."),
    Kind.RESPONSE_CHANGED: _opened("Incident {incident}: the response level is now {level}, by {plan}{why}."),
    Kind.RESPONSE_ENDED: _ended,
    Kind.COMMAND_POST: _of_incident("Incident {incident}: the on-scene command post takes command."),
    Kind.AID_ASKED: _asked,
    Kind.AID_GRANTED: _of_incident("Incident {incident}: the city grants help; its teams may be sent."),
    Kind.TASK_BEGUN: _task("Incident {incident}: task begins: {task} ({owner}; limit {limit})."),
    Kind.TASK_DONE: _task("Incident {incident}: task done: {task} ({owner}){after}."),
    Kind.TASK_HELD: _task("Incident {incident}: task held up: {task} ({owner}): {why}."),
    Kind.TASK_FAILED: _task("Incident {incident}: task given up: {task} ({owner}): {why}."),
    Kind.ESCALATED: _of_incident("Incident {incident} was not contained in time and grows to grade {n}."),
    Kind.CHANNEL_CUT: _channel("The channel {channel} fails at {post}."),
    Kind.CHANNEL_BACK: _channel("The channel {channel} works again at {post}."),
    Kind.POST_LEFT: _post("{post} is left unmanned."),
    Kind.POST_MANNED: _post("{post} is manned again."),
    Kind.REINFORCED: _reinforced,
}
"""How each kind of event of reports, command and plans is told."""
