"""When shifts are on duty: worked by hand, and whatever the zone, the shift and the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.calendar import (
    common,
    gaps,
    merged,
    moment_s,
    moments_of_week,
    overlaps,
    rostered_turns,
    running,
    turns,
)
from readiness.force import Rostered, Shift

H, DAY = 3600.0, 86400.0
SHANGHAI, BERLIN, NEW_YORK = (
    ZoneInfo("Asia/Shanghai"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
)
NIGHT = Shift("night", 18.0, 14.0)
WATCH = Shift("watch", 8.0, 24.0)
SPRING_FESTIVAL_2026 = frozenset(date(2026, 2, day) for day in range(15, 24))
MAKE_UP_2026 = frozenset({date(2026, 2, 14), date(2026, 2, 28)})


def lengths_h(spans):
    return [(end - begin) / H for begin, end in spans]


def days_of(spans, start):
    return [(start + timedelta(seconds=begin)).day for begin, _ in spans]


def test_a_night_that_runs_at_second_0_and_one_over_the_year_s_end():
    start = datetime(2026, 12, 31, 3, tzinfo=SHANGHAI)
    assert turns(NIGHT, SHANGHAI, start, DAY) == [(-9 * H, 5 * H), (15 * H, 29 * H)]


def test_a_turn_over_at_second_0_is_left_out_and_so_is_one_that_begins_at_the_horizon():
    start = datetime(2026, 7, 15, 8, tzinfo=SHANGHAI)
    assert turns(NIGHT, SHANGHAI, start, 10 * H) == []
    assert turns(NIGHT, SHANGHAI, start, 10 * H + 1) == [(10 * H, 24 * H)]


def test_the_start_may_be_given_in_another_zone():
    shanghai = datetime(2026, 7, 15, 3, tzinfo=SHANGHAI)
    assert turns(NIGHT, SHANGHAI, shanghai, 5 * DAY) == turns(
        NIGHT, SHANGHAI, shanghai.astimezone(UTC), 5 * DAY
    )


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        turns(NIGHT, SHANGHAI, datetime(2026, 7, 15), DAY)


def test_the_leap_day_has_its_turn():
    start = datetime(2028, 2, 28, tzinfo=SHANGHAI)
    spans = turns(WATCH, SHANGHAI, start, 3 * DAY)
    assert days_of(spans, start) == [27, 28, 29, 1]


def test_a_cycle_runs_on_over_the_leap_day_and_before_its_first_day():
    start = datetime(2028, 2, 26, tzinfo=SHANGHAI)
    for first in (date(2028, 2, 27), date(2030, 12, 31)):  # 1,038 = 3 x 346 days between them
        cycle = Shift("a", 8.0, 24.0, cycle_days=3, first=first)
        assert days_of(turns(cycle, SHANGHAI, start, 8 * DAY), start) == [27, 1, 4]


def test_shanghai_has_no_summer_time():
    spans = turns(WATCH, SHANGHAI, datetime(2026, 1, 1, tzinfo=SHANGHAI), 365 * DAY)
    assert len(spans) == 366
    assert set(lengths_h(spans)) == {24.0}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 28), 23.0),
        (BERLIN, date(2026, 10, 24), 25.0),
        (NEW_YORK, date(2026, 3, 7), 23.0),
        (NEW_YORK, date(2026, 10, 31), 25.0),
    ],
)
def test_a_watch_lasts_an_hour_less_or_more_when_the_clocks_change(zone, day, hours):
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    assert lengths_h(turns(WATCH, zone, start, 2 * DAY)) == [24.0, hours, 24.0]


def test_in_a_year_of_summer_time_the_hours_lost_are_won_back():
    spans = turns(WATCH, BERLIN, datetime(2026, 1, 1, 8, tzinfo=BERLIN), 365 * DAY)
    assert sorted(lengths_h(spans)) == [23.0, *[24.0] * 363, 25.0]
    assert gaps(spans, 365 * DAY) == overlaps(spans) == []


def test_an_hour_that_the_clocks_skip_means_the_moment_of_the_change():
    start = datetime(2026, 3, 29, tzinfo=BERLIN)
    assert turns(Shift("a", 2.5, 4.0), BERLIN, start, DAY - H) == [(2 * H, 5.5 * H)]
    assert turns(Shift("b", 2.25, 0.5), BERLIN, start, DAY - H) == []


def test_an_hour_that_comes_twice_means_the_first_time():
    start = datetime(2026, 10, 25, tzinfo=BERLIN)
    assert turns(Shift("a", 2.5, 4.0), BERLIN, start, DAY) == [(2.5 * H, 7.5 * H)]
    assert turns(Shift("b", 22.0, 4.5), BERLIN, start, 0.1) == [(-2 * H, 2.5 * H)]


def test_a_day_that_an_island_skipped_has_no_turn():
    apia = ZoneInfo("Pacific/Apia")
    start = datetime(2011, 12, 29, tzinfo=apia)
    assert turns(Shift("a", 8.0, 4.0), apia, start, 2 * DAY) == [(8 * H, 12 * H), (32 * H, 36 * H)]


def test_spring_festival_2026_with_its_make_up_days():
    start = datetime(2026, 2, 9, tzinfo=SHANGHAI)
    office = Shift("office", 8.0, 10.0, on="workdays")
    rest = Shift("rest", 8.0, 10.0, on="restdays")
    works = turns(office, SHANGHAI, start, 21 * DAY, SPRING_FESTIVAL_2026, MAKE_UP_2026)
    rests = turns(rest, SHANGHAI, start, 21 * DAY, SPRING_FESTIVAL_2026, MAKE_UP_2026)
    assert days_of(works, start) == [9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28]
    assert days_of(rests, start) == [15, 16, 17, 18, 19, 20, 21, 22, 23, 1]


def test_weekdays_and_kind_of_day_must_both_fit():
    start = datetime(2026, 2, 9, tzinfo=SHANGHAI)
    shift = Shift("a", 8.0, 10.0, days=frozenset(range(5)), on="workdays")
    assert 14 not in days_of(
        turns(shift, SHANGHAI, start, 7 * DAY, SPRING_FESTIVAL_2026, MAKE_UP_2026), start
    )


def test_an_unknown_kind_of_day_is_refused():
    with pytest.raises(ValueError, match="kind of day: sundays"):
        turns(Shift("a", 8.0, 8.0, on="sundays"), SHANGHAI, datetime(2026, 1, 1, tzinfo=SHANGHAI), DAY)


def test_workdays():
    """A working Saturday in the stead of a holiday is a workday; the holiday and a Sunday are none."""
    at_work = Shift("a", 8.0, 8.0, on="workdays")
    start = datetime(2026, 2, 13, tzinfo=SHANGHAI)
    spans = turns(at_work, SHANGHAI, start, 17 * DAY, SPRING_FESTIVAL_2026, MAKE_UP_2026)
    days = {(start + timedelta(seconds=begin_s)).date() for begin_s, _ in spans}
    assert {date(2026, 2, 13), date(2026, 2, 14)} <= days
    assert not {date(2026, 2, 16), date(2026, 3, 1)} & days


def test_a_row_of_the_roster_holds_from_its_first_day_to_its_last():
    start = datetime(2026, 7, 1, tzinfo=SHANGHAI)
    spans = [turns(NIGHT, SHANGHAI, start, 5 * DAY)]
    rows = [
        Rostered(0, 0, 0),
        Rostered(0, 0, 0, since=date(2026, 7, 2), until=date(2026, 7, 3)),
        Rostered(0, 0, 0, until=date(2026, 6, 30)),
    ]
    always, two, one = rostered_turns(rows, spans, SHANGHAI, start)
    assert [turn.number for turn in always] == [0, 1, 2, 3, 4, 5]
    assert [(turn.number, turn.begin_s) for turn in two] == [(2, 42 * H), (3, 66 * H)]
    assert [tuple(turn) for turn in one] == [(0, -6 * H, 8 * H)]
    assert [turn.number for turn in running(always, 8 * H - 1)] == [0]
    assert list(running(always, 8 * H)) == []
    assert [turn.number for turn in running(always, 18 * H)] == [1]


def test_the_hours_of_a_week_begin_on_monday():
    start = datetime(2026, 7, 15, 12, tzinfo=SHANGHAI)  # a Wednesday
    hours = moments_of_week(SHANGHAI, start)
    assert hours == [-60 * H + h * H for h in range(168)]
    assert moments_of_week(SHANGHAI, start, 5 * DAY)[0] == 108 * H
    changing = moments_of_week(BERLIN, datetime(2026, 3, 23, tzinfo=BERLIN))
    assert changing[-24:-19] == [144 * H, 145 * H, 146 * H, 146 * H, 147 * H]


def test_moments_of_the_clock_on_the_wall():
    start = datetime(2026, 10, 25, tzinfo=BERLIN)
    assert [moment_s(datetime(2026, 10, 25, h), BERLIN, start) / H for h in (1, 2, 3)] == [1.0, 2.0, 4.0]


def test_gaps_and_overlaps_of_a_roster():
    assert gaps([], 5.0) == [(0.0, 5.0)]
    assert gaps([(3.0, 4.0), (-1.0, 1.0)], 5.0) == [(1.0, 3.0), (4.0, 5.0)]
    assert gaps([(0.0, 1.0), (8.0, 9.0)], 5.0, from_s=0.5) == [(1.0, 5.0)]
    assert overlaps([(0.0, 9.0), (1.0, 3.0), (2.0, 4.0), (9.0, 12.0)]) == [(1.0, 4.0)]


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair))))


@given(SPANS, SPANS)
def test_spans_second_by_second(ones, others):
    seconds = range(41)

    def covers(spans, second):
        return sum(begin <= second < end for begin, end in spans)

    for second in seconds:
        assert covers(merged(ones), second) == min(covers(ones, second), 1)
        assert covers(common(ones, others), second) == min(covers(ones, second), covers(others, second), 1)
        assert covers(overlaps(ones), second) == (covers(ones, second) > 1)
        assert covers(gaps(ones, 41), second) == (covers(ones, second) == 0)


ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Asia/Shanghai",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Cairo",
        )
    ]
)
STARTS = st.datetimes(datetime(2023, 12, 1), datetime(2028, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(ZONES, STARTS, st.integers(0, 95), st.integers(2, 5), st.dates(date(2020, 1, 1), date(2032, 1, 1)))
def test_the_watches_of_a_cycle_cover_every_second_exactly_once(zone, local, quarter, watches, first):
    start, horizon_s = local.replace(tzinfo=zone), 400 * DAY
    spans = [
        span
        for watch in range(watches)
        for span in turns(
            Shift("w", quarter / 4, 24.0, cycle_days=watches, cycle_on=frozenset({watch}), first=first),
            zone,
            start,
            horizon_s,
        )
    ]
    assert gaps(spans, horizon_s) == []
    assert overlaps(spans) == []


@given(ZONES, STARTS, st.lists(st.integers(0, 287), min_size=2, max_size=6, unique=True))
def test_shifts_that_share_the_day_cover_every_second_exactly_once(zone, local, fives):
    start, horizon_s = local.replace(tzinfo=zone), 200 * DAY
    hours = [five / 12 for five in sorted(fives)]
    spans = [
        span
        for begin, end in zip(hours, [*hours[1:], hours[0] + 24], strict=True)
        for span in turns(Shift("s", begin, end - begin), zone, start, horizon_s)
    ]
    assert gaps(spans, horizon_s) == []
    assert overlaps(spans) == []


@given(ZONES, STARTS, st.integers(0, 23), st.integers(1, 30), st.floats(0, 9 * DAY))
def test_somebody_is_on_duty_when_the_clock_on_the_wall_says_so(zone, local, from_h, hours, time_s):
    start = local.replace(tzinfo=zone)
    spans = turns(Shift("s", float(from_h), float(hours)), zone, start, 10 * DAY)
    wall = (start.astimezone(UTC) + timedelta(seconds=time_s)).astimezone(zone)
    if wall.fold or wall.replace(fold=1).utcoffset() != wall.utcoffset():
        return
    clock = wall.replace(tzinfo=None)
    begins = (
        datetime(clock.year, clock.month, clock.day, from_h) - timedelta(days=back) for back in range(3)
    )
    expected = any(begin <= clock < begin + timedelta(hours=hours) for begin in begins)
    assert any(begin <= time_s < end for begin, end in spans) == expected
