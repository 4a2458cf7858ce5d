"""The people who report: how long they take, who hides an accident, who forgets it, who counts too few.

Every chance hangs on the run, the accident, what it is for and who it is about, and on nothing else: a rule
that is added or taken away changes no other draw.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from dispatch.reporting import NEAR_MISS, Knowledge, Tier
from dispatch.telling import FIRST
from sim.chain import desk_of
from sim.chance import STREAMS, durations, hashed, scaled_s, uniform_for
from sim.county import Duration
from sim.duty_posts import leader_at
from sim.notices import Message, chain_of, known_as

if TYPE_CHECKING:
    from sim.engine import Run

_REPORTS = STREAMS.index("reports")
_NORMAL = NormalDist()
_LEAST = 1e-16
"""A chance of nought stands for this much: the normal distribution has no lower end."""
NOBODY_HURT = Knowledge(accident_class=NEAR_MISS)
"""What those say who hide an accident that a stranger has seen: that nothing much has happened."""


class Purpose(IntEnum):
    """What a draw is for. Append only: the number is part of the draw."""

    NOTICE = 0
    DECIDE = 1
    HIDE = 2
    STRANGER = 3
    FORGET = 4
    COUNT = 5
    TIP_OFF = 6
    VERIFY = 7
    DRAFT = 8
    SIGN = 9
    ANSWER = 10
    ANSWER_TIME = 11
    GRADE = 12
    CITY_DECIDES = 13
    CALL = 14
    CALL_TIME = 15


def chance(run: Run, incident: int, purpose: Purpose, *parts: int) -> float:
    """Give the draw in [0, 1) of an accident for a purpose and whom or what it is about."""
    kept: dict[int, int] = run.notices.chances
    if incident not in kept:
        fate = run.fate
        kept[incident] = hashed(fate.seed, fate.replication, _REPORTS, fate.key[incident])
    return uniform_for(kept[incident], purpose, *parts)


def lasts_s(run: Run, form: Duration | None, incident: int, purpose: Purpose, *parts: int) -> float:
    """Give how long something takes somebody in an accident, in seconds; without a distribution no time."""
    if form is None:
        return 0.0
    if form.form == "constant":
        return form.a
    uniform = chance(run, incident, purpose, *parts)
    if form.form == "lognormal":
        return scaled_s(form, _NORMAL.inv_cdf(max(uniform, _LEAST)))
    return float(durations(form, np.array([uniform]))[0])


def verifying_s(run: Run, incident: int, tier: int, turn: int) -> float:
    """Tell how long a level checks what it has heard before it telephones."""
    form = chain_of(run.county).conduct.verify.get(tier)
    return lasts_s(run, form, incident, Purpose.VERIFY, tier, turn)


def drafting_s(run: Run, incident: int, tier: int, turn: int) -> float:
    """Tell how long a level takes to write its report, and to have it signed if no leader is at the desk."""
    conduct = chain_of(run.county).conduct
    drafts_s = lasts_s(run, conduct.draft.get(tier), incident, Purpose.DRAFT, tier, turn)
    desk = desk_for(run, incident, tier)
    if tier <= Tier.UNIT_HEAD or desk < 0 or leader_at(run, desk):
        return drafts_s
    return drafts_s + lasts_s(run, conduct.sign, incident, Purpose.SIGN, tier, turn)


def desk_for(run: Run, incident: int, tier: int) -> int:
    """Tell whose post answers for a tier in an incident; -1: nobody's."""
    fate = run.fate
    return desk_of(run.county, tier, fate.kind[incident], fate.place[incident], fate.site[incident])


def hides(run: Run, incident: int, tier: int) -> bool:
    """Tell whether somebody would hide an accident from above, by what was plain of it at first."""
    conduct = chain_of(run.county).conduct
    if tier in (Tier.SCENE, Tier.CALL_CENTRE):
        return False
    hide_p = conduct.authority_conceal_p
    if tier == Tier.UNIT_HEAD:
        by_class = conduct.conceal_by_class.get(_at_first(run, incident).accident_class, 1.0)
        by_kind = conduct.conceal_by_kind.get(run.fate.kind[incident], 1.0)
        hide_p = conduct.conceal_p * by_kind * by_class / conduct.enforcement
    return chance(run, incident, Purpose.HIDE, tier) < hide_p


def _at_first(run: Run, incident: int) -> Knowledge:
    updates = run.fate.updates.get(incident, ())
    if not updates:
        return Knowledge()
    return known_as(run.county, updates[0].deaths, updates[0].injuries, updates[0].loss_cny)


def strangers_call(run: Run, incident: int) -> bool:
    """Tell whether a stranger raised the alarm, so that it cannot be kept from the call centre."""
    return chance(run, incident, Purpose.STRANGER) < chain_of(run.county).conduct.public_p


def forgets(run: Run, incident: int, tier: int) -> bool:
    """Tell whether somebody omits the report by negligence."""
    forget_p = chain_of(run.county).conduct.forget_p
    return tier != Tier.SCENE and chance(run, incident, Purpose.FORGET, tier) < forget_p


def comes_out_s(run: Run, incident: int, tier: int) -> float:
    """Tell how long what a level hides or forgets stays unknown."""
    return lasts_s(run, chain_of(run.county).conduct.tip_off, incident, Purpose.TIP_OFF, tier)


def commands_s(run: Run, incident: int, what: str) -> float:
    """Tell how long the duty leader takes to grade an accident, or the city to grant help (`Conduct`)."""
    form: Duration = getattr(chain_of(run.county).conduct, what)
    return lasts_s(run, form, incident, Purpose[what.upper()])


def put_in_words(run: Run, message: Message, lies: bool) -> None:
    """Let a message say what its sender makes of it: the truth as known, too few casualties, or a lie."""
    if lies:
        message.false = message.knowledge != NOBODY_HURT
        message.knowledge = NOBODY_HURT
    elif message.report in FIRST and message.sender != Tier.SCENE:
        _count_too_few(run, message)


def _count_too_few(run: Run, message: Message) -> None:
    """Let a first report under-count the casualties, by chance; the next report puts it right."""
    conduct, known = chain_of(run.county).conduct, message.knowledge
    if chance(run, message.incident, Purpose.COUNT, message.sender) >= conduct.short_p:
        return
    deaths, injuries = int(known.deaths * conduct.short_share), int(known.injuries * conduct.short_share)
    if (deaths, injuries) != (known.deaths, known.injuries):
        said = known_as(run.county, deaths, injuries, known.loss_cny)
        message.knowledge = replace(said, missing=known.missing)
        message.short = True
