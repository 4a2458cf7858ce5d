"""When standby is raised and what it takes: worked by hand, and moment by moment against the clock."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from readiness.force import Lasting, Level, Raising, StandbyRules, Turnout
from readiness.lasting import lasting_s
from readiness.standby import raised_spans, second_crew, turnout_of

H, DAY = 3600.0, 86400.0
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
START = datetime(2026, 7, 15, tzinfo=SHANGHAI)


def raised(*raisings, warnings=(), teams=1, zone=SHANGHAI, start=START, horizon_s=2 * DAY):
    return raised_spans(StandbyRules(raisings=raisings), teams, warnings, zone, start, horizon_s)


def test_the_most_specific_rule_of_turnout_holds():
    own, anyone = Lasting("constant", 60.0), Lasting("constant", 90.0)
    rules = (
        Turnout("", Level.ON_CALL, anyone),
        Turnout("part_time", Level.ON_CALL, own),
        Turnout("part_time", Level.RAISED, own),
    )
    assert turnout_of(rules, "part_time", Level.ON_CALL) == own
    assert turnout_of(rules, "volunteer", Level.ON_CALL) == anyone
    assert turnout_of(rules, "volunteer", Level.RAISED) is None
    assert turnout_of(rules, "part_time", Level.ON_STATION) is None


def test_a_rule_without_conditions_always_holds():
    assert raised(Raising(), teams=2) == [(0.0, 2 * DAY, 0), (0.0, 2 * DAY, 1)]
    assert raised() == []


def test_warnings_of_a_level_or_graver_raise_standby_and_join_up():
    warnings = [(-5.0, 3.0, 2), (3.0, 9.0, 1), (20.0, 30.0, 3), (DAY, 9 * DAY, 2)]
    assert raised(Raising(warning_level=2), warnings=warnings) == [(0.0, 9.0, 0), (DAY, 2 * DAY, 0)]


def test_hours_that_run_past_midnight():
    night = Raising(from_h=22.0, to_h=6.0)
    assert raised(night) == [(0.0, 6 * H, 0), (22 * H, 30 * H, 0), (46 * H, 48 * H, 0)]


def test_open_hours_and_the_same_hour_twice():
    assert raised(Raising(from_h=22.0), horizon_s=DAY) == [(22 * H, DAY, 0)]
    assert raised(Raising(to_h=6.0), horizon_s=DAY) == [(0.0, 6 * H, 0)]
    assert raised(Raising(from_h=8.0, to_h=8.0)) == [(0.0, 2 * DAY, 0)]
    assert raised(Raising(from_h=0.0, to_h=24.0)) == [(0.0, 2 * DAY, 0)]


def test_months_end_at_midnight_even_in_the_middle_of_the_night():
    start = datetime(2026, 12, 30, 12, tzinfo=SHANGHAI)
    assert raised(Raising(months=frozenset({12})), start=start, horizon_s=40 * DAY) == [(0.0, 36 * H, 0)]
    night = Raising(from_h=20.0, to_h=8.0, months=frozenset({1}))
    assert raised(night, start=start, horizon_s=2.5 * DAY) == [(36 * H, 44 * H, 0), (56 * H, 60 * H, 0)]


def test_warning_hours_and_months_must_hold_at_once():
    rule = Raising(2, 12.0, 20.0, frozenset({7}))
    assert raised(rule, warnings=[(0.0, 13 * H, 1)]) == [(12 * H, 13 * H, 0)]
    assert raised(rule, warnings=[(0.0, 13 * H, 3)]) == []


def test_rules_for_some_teams_join_with_rules_for_all():
    rules = (Raising(from_h=8.0, to_h=10.0, teams=(1,)), Raising(from_h=9.0, to_h=12.0))
    assert raised(*rules, teams=2, horizon_s=DAY) == [(8 * H, 12 * H, 1), (9 * H, 12 * H, 0)]


def test_hours_when_the_clocks_change():
    start = datetime(2026, 3, 29, tzinfo=BERLIN)
    spans = raised(Raising(from_h=1.0, to_h=4.0), zone=BERLIN, start=start, horizon_s=DAY)
    assert spans == [(1 * H, 3 * H, 0)]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.integers(0, 23),
    st.integers(0, 24),
    st.sets(st.integers(1, 12), min_size=1),
    st.floats(0, 39 * DAY),
)
def test_standby_is_raised_when_the_clock_on_the_wall_says_so(local, from_h, to_h, months, time_s):
    start = local.replace(tzinfo=SHANGHAI)
    rule = Raising(from_h=float(from_h), to_h=float(to_h), months=frozenset(months))
    wall = (start.astimezone(UTC) + timedelta(seconds=time_s)).astimezone(SHANGHAI)
    hour = wall.hour + wall.minute / 60 + wall.second / 3600 + wall.microsecond / 3.6e9
    expected = wall.month in months and (
        from_h <= hour < to_h if from_h < to_h else hour >= from_h or hour < to_h
    )
    spans = raised(rule, start=start, horizon_s=40 * DAY)
    near = any(abs(time_s - edge) < 0.001 for begin, end, _ in spans for edge in (begin, end))
    assert near or any(begin <= time_s < end for begin, end, _ in spans) == expected


def test_the_share_that_comes_in_as_a_second_crew():
    rules = StandbyRules(second_crew_share=0.5)
    assert second_crew(rules, (4, 3, 1), (0, 0, 2)) == (2, 2, 0)
    assert second_crew(StandbyRules(), (4, 3), (0, 0)) == (0, 0)


LASTINGS = st.builds(
    Lasting,
    st.sampled_from(["constant", "exponential", "lognormal", "weibull"]),
    st.floats(1.0, 1e8),
    st.floats(0.2, 4.0),
)


def stated(lasting):
    """Give SciPy's distribution of the same form."""
    return {
        "exponential": lambda: stats.expon(scale=lasting.a),
        "lognormal": lambda: stats.lognorm(lasting.b, scale=lasting.a),
        "weibull": lambda: stats.weibull_min(lasting.b, scale=lasting.a),
    }[lasting.form]()


@given(LASTINGS, st.floats(0.001, 0.999))
def test_durations_invert_their_distribution(lasting, uniform):
    if lasting.form != "constant":
        assert math.isclose(stated(lasting).cdf(lasting_s(lasting, uniform)), uniform, rel_tol=1e-6)
    assert lasting_s(lasting, uniform) >= lasting_s(lasting, uniform / 2)


@pytest.mark.parametrize(
    "lasting",
    [
        Lasting("exponential", 60.0),
        Lasting("lognormal", 60.0, 0.35),
        Lasting("weibull", 60.0, 1.6),
    ],
)
def test_the_mean_is_the_mean_of_the_durations(lasting):
    n = 20_000
    mean = sum(lasting_s(lasting, (k + 0.5) / n) for k in range(n)) / n
    assert math.isclose(mean, stated(lasting).mean(), rel_tol=1e-3)


def test_the_ends_of_chance_are_finite_durations():
    for form in ("constant", "exponential", "lognormal", "weibull"):
        for uniform in (0.0, 1 - 2**-53):
            assert 0.0 <= lasting_s(Lasting(form, 60.0, 0.5), uniform) < math.inf
    assert lasting_s(Lasting("constant", 7.0), 0.3) == 7.0


def test_an_unknown_form_is_refused():
    with pytest.raises(ValueError, match="unknown form of distribution: gamma"):
        lasting_s(Lasting("gamma", 1.0), 0.5)
