"""Who is at a duty post, who answers, and what spot checks find: worked by hand, and whatever the draws."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.calendar import rostered_turns, turns
from readiness.duty import (
    Moment,
    Patience,
    Present,
    Reached,
    at_post,
    away_by,
    is_open,
    is_out,
    reach,
    reach_by_any,
)
from readiness.force import Answering, Channel, Lasting, Post, Rostered, Shift, SpotChecks
from readiness.spot_checks import YEAR_S, inspect, spot_checks

H, DAY = 3600.0, 86400.0
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 15, tzinfo=ZONE)
OFFICER, LEADER = 4, 5
SHIFTS = (Shift("day", 8.0, 10.0), Shift("night", 18.0, 14.0))
SPANS = [turns(shift, ZONE, START, 60 * DAY) for shift in SHIFTS]
ROWS = (
    Rostered(0, 0, OFFICER, 2),
    Rostered(0, 0, LEADER, person="Li"),
    Rostered(0, 1, OFFICER),
    Rostered(1, 0, OFFICER),
)
BY_ROW = rostered_turns(ROWS, SPANS, ZONE, START)

CHANCES = tuple(0.5 if hour < 6 else 0.9 for hour in range(24))
POST = Post(
    "D01",
    "township",
    channels=(
        Answering("landline", CHANCES, Lasting("constant", 15.0)),
        Answering("mobile", CHANCES, Lasting("exponential", 20.0)),
    ),
)
LANDLINE, MOBILE, RADIO = Channel("landline", 8.0, 18.0), Channel("mobile"), Channel("radio")
CHANNELS = {channel.code: channel for channel in (LANDLINE, MOBILE, RADIO)}
NOON = Moment(12.5, (OFFICER, LEADER))


def always(*_: object) -> bool:
    return False


def test_who_is_at_a_post():
    assert at_post(ROWS, BY_ROW, 0, 9 * H, always) == [
        Present(0, 0, OFFICER),
        Present(0, 1, OFFICER),
        Present(1, 0, LEADER),
    ]
    assert at_post(ROWS, BY_ROW, 0, 3 * H, always) == [Present(2, 0, OFFICER)]
    assert at_post(ROWS, BY_ROW, 1, 3 * H, always) == []


def test_a_post_that_everyone_left():
    left = [(3 * H, 4 * H)]
    assert at_post(ROWS, BY_ROW, 0, 3 * H, always, left) == []
    assert at_post(ROWS, BY_ROW, 0, 4 * H, always, left) == [Present(2, 0, OFFICER)]


def test_absence_and_the_attention_that_keeps_it_low():
    checks = SpotChecks(attention_factor=0.5)

    def draw(row: int, person: int, turn: int) -> float:
        return {(0, 0): 0.1, (0, 1): 0.3}.get((row, person), 0.9) + 0 * turn

    plain = at_post(ROWS, BY_ROW, 0, 9 * H, away_by(draw, 0.4))
    assert plain == [Present(1, 0, LEADER)]
    watched = at_post(ROWS, BY_ROW, 0, 9 * H, away_by(draw, 0.4, checks, [(8 * H, DAY)]))
    assert watched == [Present(0, 1, OFFICER), Present(1, 0, LEADER)]
    too_late = at_post(ROWS, BY_ROW, 0, 9 * H, away_by(draw, 0.4, checks, [(8 * H + 1, DAY)]))
    assert too_late == plain


def test_an_answer():
    assert reach(POST, LANDLINE, NOON, 60.0, 0.89, 0.7) == Reached(True, 15.0, OFFICER, "", "landline")
    answer = reach(POST, MOBILE, NOON, 60.0, 0.0, 0.5)
    assert (answer.answered, answer.by_role) == (True, OFFICER)
    assert math.isclose(answer.after_s, 20.0 * math.log(2))


@pytest.mark.parametrize(
    ("channel", "moment", "draws", "after_s", "why_not"),
    [
        (RADIO, NOON, (0.0, 0.0), 0.0, "no_channel"),
        (LANDLINE, NOON._replace(hour=18.0), (0.0, 0.0), 0.0, "closed"),
        (LANDLINE, NOON._replace(out=frozenset({"landline"})), (0.0, 0.0), 0.0, "out"),
        (LANDLINE, NOON._replace(roles=()), (0.0, 0.0), 60.0, "nobody"),
        (LANDLINE, NOON, (0.9, 0.0), 60.0, "unanswered"),
        (MOBILE, NOON._replace(hour=3.0), (0.5, 0.0), 60.0, "unanswered"),
        (MOBILE, NOON, (0.0, 0.999), 60.0, "unanswered"),
    ],
)
def test_why_a_call_is_not_answered(channel, moment, draws, after_s, why_not):
    assert reach(POST, channel, moment, 60.0, *draws) == Reached(False, after_s, None, why_not, channel.code)


def test_channels_fail_in_grave_weather():
    line = Channel("landline", fails_at=2, fail_p=0.2)
    assert [is_out(line, level, 0.1) for level in (None, 1, 2, 3)] == [False, True, True, False]
    assert not is_out(line, 1, 0.2)
    assert not is_out(MOBILE, 1, 0.0)


def test_hours_of_a_channel():
    assert [is_open(LANDLINE, hour) for hour in (7.9, 8.0, 17.9, 18.0)] == [False, True, True, False]
    assert [is_open(Channel("x", 20.0, 6.0), hour) for hour in (5.9, 6.0, 19.9, 20.0)] == [
        True,
        False,
        False,
        True,
    ]
    assert all(is_open(MOBILE, float(hour)) for hour in range(24))


def test_channels_are_tried_in_turn_and_again():
    asked = []

    def moment_after(after_s: float) -> Moment:
        asked.append(after_s)
        return NOON._replace(roles=(LEADER,) if after_s > 200 else ())

    reached = reach_by_any(POST, CHANNELS, Patience(60.0, 3, 120.0), moment_after, lambda *_: (0.0, 0.0))
    assert asked == [0.0, 60.0, 240.0]
    assert reached == Reached(True, 255.0, LEADER, "", "landline")


def test_the_second_channel_may_do():
    draws = {(0, 0): (0.95, 0.0), (0, 1): (0.0, 0.0)}
    reached = reach_by_any(POST, CHANNELS, Patience(45.0), lambda _: NOON, lambda *who: draws[who])
    assert reached == Reached(True, 45.0, OFFICER, "", "mobile")


def test_a_caller_gives_up():
    patience = Patience(30.0, 2, 100.0)
    nobody = reach_by_any(POST, CHANNELS, patience, lambda _: NOON._replace(roles=()), lambda *_: (0.0, 0.0))
    assert nobody == Reached(False, 220.0, None, "nobody", "mobile")
    mute = reach_by_any(Post("D2", "site"), CHANNELS, Patience(30.0), lambda _: NOON, lambda *_: (0.0, 0.0))
    assert mute == Reached(False, 0.0, None, "no_channel")


def test_spot_checks_come_at_random():
    checks = SpotChecks(per_year=365.0)
    half = 1 - math.exp(-0.5)
    assert spot_checks(checks, 1.6 * DAY, [half] * 4) == pytest.approx([0.5 * DAY, DAY, 1.5 * DAY])
    assert spot_checks(SpotChecks(), DAY, []) == []
    with pytest.raises(ValueError, match="too few draws"):
        spot_checks(checks, DAY, [half])


def test_so_many_spot_checks_a_year():
    rng = np.random.default_rng(7)
    moments = spot_checks(SpotChecks(per_year=6.0), 1000 * YEAR_S, iter(rng.random, None))
    assert abs(len(moments) - 6000) < 4 * math.sqrt(6000)


def test_a_longer_horizon_only_adds_checks():
    draws = np.random.default_rng(8).random(200).tolist()
    short, long = (spot_checks(SpotChecks(12.0), years * YEAR_S, draws) for years in (1, 3))
    assert long[: len(short)] == short


def test_what_checks_find_and_the_attention_that_follows():
    checks = SpotChecks(6.0, 2 * DAY, 0.0)
    night_only = (Rostered(0, 1, OFFICER),)
    by_row = rostered_turns(night_only, SPANS, ZONE, START)
    moments = [3 * H, 12 * H, 20 * H, 70 * H]
    findings, attention = inspect(night_only, by_row, 0, 0.5, checks, moments, lambda *_: 0.4)
    assert [(found.at_s, found.expected, found.missing) for found in findings] == [
        (3 * H, (OFFICER,), (OFFICER,)),
        (12 * H, (), ()),
        (20 * H, (OFFICER,), ()),  # the turn began while attention was paid
        (70 * H, (OFFICER,), (OFFICER,)),
    ]
    assert attention == [(3 * H, 51 * H), (70 * H, 118 * H)]


def test_a_check_finds_a_post_that_everyone_left():
    findings, attention = inspect(
        ROWS, BY_ROW, 0, 0.0, SpotChecks(1.0, DAY), [9 * H], lambda *_: 0.5, [(8 * H, 10 * H)]
    )
    assert findings[0].missing == (OFFICER, OFFICER, LEADER)
    assert attention == [(9 * H, 33 * H)]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**32 - 1), st.floats(0, 50 * DAY))
def test_attention_never_keeps_anybody_away(absence_p, factor, seed, time_s):
    def draw(row: int, person: int, turn: int) -> float:
        return float(np.random.default_rng([seed, row, person, turn]).random())

    checks = SpotChecks(attention_factor=factor)
    plain = at_post(ROWS, BY_ROW, 0, time_s, away_by(draw, absence_p))
    watched = at_post(ROWS, BY_ROW, 0, time_s, away_by(draw, absence_p, checks, [(-DAY, 60 * DAY)]))
    assert [who for who in watched if who in plain] == plain


@given(
    st.floats(0, 23.99),
    st.floats(0, 1, exclude_max=True),
    st.floats(0, 1, exclude_max=True),
    st.floats(1, 300),
)
def test_a_more_patient_caller_reaches_no_fewer(hour, answer_u, time_u, ring_s):
    moment = NOON._replace(hour=hour)
    short = reach(POST, MOBILE, moment, ring_s, answer_u, time_u)
    long = reach(POST, MOBILE, moment, 2 * ring_s, answer_u, time_u)
    assert long.answered or not short.answered
    assert short.after_s <= long.after_s
