"""Duty posts (值班): who is at the post, whether a call reaches anybody, and by when.

Chance comes in as numbers in [0, 1), drawn by whoever asks; equal draws give equal answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from readiness.calendar import Span, Turn, running
from readiness.force import Answering, Channel, Post, Rostered, SpotChecks
from readiness.lasting import lasting_s

NO_CHANNEL = "no_channel"
"""The post has no such channel."""
CLOSED = "closed"
"""The channel does not work at this hour."""
OUT = "out"
"""The channel has failed, by the weather or by an inject."""
NOBODY = "nobody"
"""Nobody is at the post."""
UNANSWERED = "unanswered"
"""Somebody is there, but nobody answers in time."""

_NO_CHECKS = SpotChecks()

Draw = Callable[[int, int, int], float]
"""A draw in [0, 1) that belongs to a row of the roster, a person (from 0 to the row's count) and a turn."""


class Present(NamedTuple):
    """Somebody on duty at a post: the row of the roster, which person of it, and the role."""

    row: int
    person: int
    role: int


class Moment(NamedTuple):
    """What matters at a post that is called: the local hour, the roles present, the channels that are out."""

    hour: float
    roles: tuple[int, ...]
    out: frozenset[str] = frozenset()


class Reached(NamedTuple):
    """Whether a post was reached.

    `after_s` is how many seconds later somebody answered, or the caller gave up. `by_role` is who answered,
    `channel` the code of the channel; `why_not` is "" or the code of the (last) reason.
    """

    answered: bool
    after_s: float
    by_role: int | None = None
    why_not: str = ""
    channel: str = ""


class Patience(NamedTuple):
    """How long a caller tries: `ring_s` each time, all channels in `rounds`, `retry_s` between two rounds."""

    ring_s: float
    rounds: int = 1
    retry_s: float = 0.0


def at_post(
    rows: Sequence[Rostered],
    turns_by_row: Sequence[Sequence[Turn]],
    post: int,
    time_s: float,
    away: Callable[[int, int, Turn], bool],
    left: Iterable[Span] = (),
) -> list[Present]:
    """Tell who is at a post at a moment.

    Parameters
    ----------
    rows
        The posts' roster.
    turns_by_row
        `readiness.calendar.rostered_turns` of it.
    post
        The post.
    time_s
        The moment.
    away
        Whether a person of a row stays away from a turn; `away_by` makes it out of draws.
    left
        Stretches of time in which the post is left by everyone (the inject `LeavePost`).

    Returns
    -------
    list of Present
        In order of the roster: the first answers.
    """
    if any(begin <= time_s < end for begin, end in left):
        return []
    return [
        who
        for who, turn in expected_at(rows, turns_by_row, post, time_s)
        if not away(who.row, who.person, turn)
    ]


def expected_at(
    rows: Sequence[Rostered], turns_by_row: Sequence[Sequence[Turn]], post: int, time_s: float
) -> list[tuple[Present, Turn]]:
    """List who should be at a post at a moment, each with the turn; parameters as in `at_post`."""
    return [
        (Present(number, person, row.role), turn)
        for number, row in enumerate(rows)
        if row.holder == post
        for turn in running(turns_by_row[number], time_s)
        for person in range(row.count)
    ]


def away_by(
    draw: Draw, absence_p: float, checks: SpotChecks = _NO_CHECKS, attention: Sequence[Span] = ()
) -> Callable[[int, int, Turn], bool]:
    """Make out of draws the rule by which people of a post stay away.

    Parameters
    ----------
    draw
        The draw of each person and turn; the same whatever the attention, so that attention only brings
        people in.
    absence_p
        The post's chance of absence.
    checks, attention
        While attention is paid, a turn that begins has the chance times `SpotChecks.attention_factor`.
    """

    def away(row: int, person: int, turn: Turn) -> bool:
        return draw(row, person, turn.number) < absence_at(absence_p, checks, attention, turn.begin_s)

    return away


def absence_at(absence_p: float, checks: SpotChecks, attention: Iterable[Span], begin_s: float) -> float:
    """Give the chance that somebody stays away from a turn that begins at a moment.

    Examples
    --------
    >>> absence_at(0.5, SpotChecks(6, 100.0, 0.5), [(0.0, 100.0)], 50.0)
    0.25
    """
    watched = any(begin <= begin_s < end for begin, end in attention)
    return absence_p * checks.attention_factor if watched else absence_p


def is_out(channel: Channel, warning_level: int | None, uniform: float) -> bool:
    """Tell whether a channel of a post fails in a spell of weather.

    Parameters
    ----------
    channel
        The channel.
    warning_level
        The warning in force, 1 (red) to 4 (blue); None: none.
    uniform
        The draw of this channel, post and spell.
    """
    if warning_level is None or channel.fails_at is None:
        return False
    return warning_level <= channel.fails_at and uniform < channel.fail_p


def is_open(channel: Channel, hour: float) -> bool:
    """Tell whether a channel works at a local hour; its hours may run past midnight.

    Examples
    --------
    >>> is_open(Channel("radio", 20.0, 6.0), 5.9)
    True
    """
    from_h, to_h = channel.from_h, channel.to_h
    return from_h <= hour < to_h if from_h < to_h else hour >= from_h or hour < to_h


def reach(
    post: Post, channel: Channel, moment: Moment, ring_s: float, answer_u: float, time_u: float
) -> Reached:
    """Tell whether a call to a post by one channel is answered, after how long and by whom.

    Parameters
    ----------
    post
        The post, with its chance and time of answering.
    channel
        The channel.
    moment
        How things stand at the post.
    ring_s
        How long the caller lets it ring, in seconds. A channel that is closed or out is noticed at once.
    answer_u, time_u
        Draws in [0, 1): of being answered at all, and of the time it takes.

    Returns
    -------
    Reached
        The first of those present answers.

    Examples
    --------
    >>> from readiness.force import Lasting
    >>> post = Post("D1", "bureau", channels=(Answering("mobile", (0.9,) * 24, Lasting("constant", 8.0)),))
    >>> reach(post, Channel("mobile"), Moment(3.5, (4,)), 60.0, 0.2, 0.5)
    Reached(answered=True, after_s=8.0, by_role=4, why_not='', channel='mobile')
    """
    answering = next((answering for answering in post.channels if answering.channel == channel.code), None)
    if answering is None:
        return Reached(False, 0.0, why_not=NO_CHANNEL, channel=channel.code)
    return _tried(answering, channel, moment, ring_s, answer_u, time_u)


def reach_by_any(
    post: Post,
    channels: Mapping[str, Channel],
    patience: Patience,
    moment_after: Callable[[float], Moment],
    draws: Callable[[int, int], tuple[float, float]],
) -> Reached:
    """Try a post's channels in their order, and again, until somebody answers or the caller gives up.

    Parameters
    ----------
    post
        The post; its channels are tried in the order it names them.
    channels
        All channels by code.
    patience
        How long the caller tries.
    moment_after
        How things stand at the post so many seconds after the first call.
    draws
        The two draws of `reach` for a round and a channel, both counted from 0.

    Returns
    -------
    Reached
        With the seconds since the first call; of a caller who gave up, the last attempt's reason.
    """
    after_s, last = 0.0, Reached(False, 0.0, why_not=NO_CHANNEL)
    for attempt in range(patience.rounds):
        after_s += patience.retry_s if attempt else 0.0
        for number, answering in enumerate(post.channels):
            channel = channels[answering.channel]
            moment = moment_after(after_s)
            last = _tried(answering, channel, moment, patience.ring_s, *draws(attempt, number))
            after_s += last.after_s
            if last.answered:
                return last._replace(after_s=after_s)
    return last._replace(after_s=after_s)


def _tried(
    answering: Answering, channel: Channel, moment: Moment, ring_s: float, answer_u: float, time_u: float
) -> Reached:
    """Call by a channel of a post: it may be closed, out, or ring where nobody is."""
    if not is_open(channel, moment.hour):
        return Reached(False, 0.0, why_not=CLOSED, channel=channel.code)
    if channel.code in moment.out:
        return Reached(False, 0.0, why_not=OUT, channel=channel.code)
    if not moment.roles:
        return Reached(False, ring_s, why_not=NOBODY, channel=channel.code)
    after_s = lasting_s(answering.answer, time_u)
    if answer_u >= answering.answer_p[int(moment.hour) % 24] or after_s > ring_s:
        return Reached(False, ring_s, why_not=UNANSWERED, channel=answering.channel)
    return Reached(True, after_s, moment.roles[0], channel=answering.channel)
