"""A report on its way: sent, the post called by one channel after another, again later, or another level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.reporting import Knowledge, Report, Rule, Tier
from dispatch.telling import instead
from readiness.duty import NO_CHANNEL, Patience, Reached, reach, reach_by_any
from readiness.force import Force, Post
from sim.chance import key_of
from sim.duty_posts import channels_by_code, moment_at, posts_by_code
from sim.events import REPORT_SENT, REPORT_STUCK
from sim.notices import AT_ONCE, Message, Notices, alike, chain_of
from sim.tellers import Purpose, chance, desk_for, put_in_words

if TYPE_CHECKING:
    from sim.engine import Run

TEXT_FIRST = ("network", "fax")
"""Channels that are tried first for what is written, by code."""
GIVE_UP_S = 86400.0
"""After so long nobody goes on trying to deliver a report (assumption)."""
DOWNWARD = (Report.ORDER, Report.QUESTION)


def report_by(run: Run, incident: int, rule: Rule, written: bool, cause: int) -> None:
    """Send the report that a rule asks for, with what its sender makes of what is known."""
    teller = run.notices.teller(incident, rule.sender)
    message = Message(
        incident, rule.sender, rule.receiver, rule.report, teller.knowledge, rule.code, run.now, written
    )
    put_in_words(run, message, teller.lies)
    send(run, message, cause)


def send(run: Run, message: Message, cause: int, direct: bool = False) -> int:
    """Let a report set out; `direct` to somebody who is listening. Gives the number of the message."""
    notices: Notices = run.notices
    number, words = notices.add(message), run.log.note(words_of(message))
    sent = run.emit(REPORT_SENT, message.incident, subject=number, cause=cause, note=words)
    if direct:
        _arrive(run, number, sent)
    else:
        try_to_reach(run, number, sent)
    return number


def words_of(message: Message) -> tuple[object, ...]:
    """Put a message in the log's words (`sim.events.Kind.REPORT_SENT`)."""
    said: Knowledge = message.knowledge
    return (
        int(message.report),
        int(message.sender),
        int(message.receiver),
        message.written,
        said.deaths,
        said.injuries,
        said.loss_cny,
        said.accident_class,
        message.false,
        message.short,
        message.rule,
    )


def try_to_reach(run: Run, number: int, cause: int) -> None:
    """Call the post that answers for a tier by the next of its channels; a tier without one is there."""
    message = run.notices.messages[number]
    desk = desk_for(run, message.incident, message.receiver)
    if desk < 0:
        _arrive(run, number, cause)
        return
    message.outcome = outcome = _call(run, message, desk)
    message.tries += 1
    run.after(outcome.after_s, _arrive if outcome.answered else miss, number, cause)


def _call(run: Run, message: Message, desk: int) -> Reached:
    """Let it ring once at a post, by the channel whose turn it is."""
    force = run.county.force or Force()
    post = force.posts[desk]
    order = channels_for(post, message.written)
    if not order:
        return Reached(False, 0.0, why_not=NO_CHANNEL)
    code = order[message.tries % len(order)]
    channel = channels_by_code(run.county)[code]
    key = (*alike(message), message.turn, message.tries)
    answer_u = chance(run, message.incident, Purpose.ANSWER, *key)
    time_u = chance(run, message.incident, Purpose.ANSWER_TIME, *key)
    return reach(post, channel, moment_at(run, desk), chain_of(run.county).conduct.ring_s, answer_u, time_u)


def call_post(run: Run, incident: int, code: str, about: int) -> Reached:
    """Call a post by all of its channels once, as command does; one that is not there needs no call.

    Parameters
    ----------
    run
        The run.
    incident
        What the call is about.
    code
        The post.
    about
        What else it is about (a task); calls about other things leave its chances as they are.

    Returns
    -------
    Reached
        Who answered after how long, or why nobody did.
    """
    notices, number = run.notices, posts_by_code(run.county).get(code)
    if number is None:
        return AT_ONCE
    post = (run.county.force or Force()).posts[number]
    turn = notices.calls[incident, code, about] = notices.calls.get((incident, code, about), 0) + 1
    holder, moment = key_of(code), moment_at(run, number)

    def draws(_: int, channel: int) -> tuple[float, float]:
        key = (holder, about, turn, channel)
        return chance(run, incident, Purpose.CALL, *key), chance(run, incident, Purpose.CALL_TIME, *key)

    patience = Patience(chain_of(run.county).conduct.ring_s)
    return reach_by_any(post, channels_by_code(run.county), patience, lambda _: moment, draws)


def channels_for(post: Post, written: bool) -> list[str]:
    """List a post's channels in the order in which they are tried."""
    codes = [answering.channel for answering in post.channels]
    return sorted(codes, key=lambda code: code not in TEXT_FIRST) if written else codes


def miss(run: Run, number: int, cause: int) -> None:
    """Nobody was reached: the next channel is tried, and after the last, again later or another level."""
    message = run.notices.messages[number]
    desk = desk_for(run, message.incident, message.receiver)
    _note_missed(run, number, desk, cause)
    post = (run.county.force or Force()).posts[desk]
    if message.tries % max(1, len(post.channels)):
        try_to_reach(run, number, cause)
        return
    if message.tries <= max(1, len(post.channels)):
        tell_instead(run, message, cause)
    if run.now - message.sent_s < GIVE_UP_S:
        run.after(chain_of(run.county).conduct.retry_s, try_to_reach, number, cause)


def _note_missed(run: Run, number: int, desk: int, cause: int) -> None:
    """Keep in the log why a call did not get through; the same again on a channel is not told twice."""
    message = run.notices.messages[number]
    why = (message.outcome.why_not, message.outcome.channel)
    if why not in message.stuck:
        message.stuck.append(why)
        note = run.log.note((*why, (run.county.force or Force()).posts[desk].code))
        run.emit(REPORT_STUCK, message.incident, subject=number, cause=cause, note=note)


def tell_instead(run: Run, message: Message, cause: int) -> None:
    """Skip a level (越级) that cannot be reached, where the rules allow it: tell the next that they name."""
    if message.report in DOWNWARD or message.written:
        return
    notices: Notices = run.notices
    rules = chain_of(run.county).rules
    others = notices.of_incident[message.incident]
    told = {other.receiver for other in others if other.sender == message.sender}
    for rule in instead(rules, message.sender, message.knowledge.accident_class):
        if rule.receiver not in told:
            send(run, _passing_over(run, message, rule), cause)
            return


def _passing_over(run: Run, message: Message, rule: Rule) -> Message:
    return Message(
        message.incident,
        message.sender,
        Tier(rule.receiver),
        rule.report,
        message.knowledge,
        rule.code,
        run.now,
        False,
        message.false,
        message.short,
    )


def _arrive(run: Run, number: int, cause: int) -> None:
    from sim.notification import deliver

    deliver(run, number, cause)
