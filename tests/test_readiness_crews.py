"""Who is on duty, who mans what and what it can do: worked by hand, and whatever the team."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from strengths import Strength, duty_changes, people_at

from readiness.calendar import Turn, rostered_turns, turns
from readiness.crews import fit, handovers, man
from readiness.force import ANY, Crew, Force, Level, Manning, Role, Rostered, Shift, Team
from readiness.rosters import Breach, breaches, roster_gaps, roster_overlaps, rostered_people

H, DAY = 3600.0, 86400.0
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 13, tzinfo=ZONE)  # a Monday
COMMANDER, DRIVER, FIREFIGHTER, TECHNICIAN = range(4)
ROLES = (
    Role("commander", frozenset({FIREFIGHTER})),
    Role("driver"),
    Role("firefighter"),
    Role("technician", frozenset({FIREFIGHTER})),
)
DAY_SHIFT, NIGHT_SHIFT = Shift("day", 8.0, 10.0), Shift("night", 18.0, 14.0)
ENGINE = (Manning(4, ((COMMANDER, 1), (DRIVER, 1))),)
HAZMAT = (Manning(3, ((DRIVER, 1),)), Manning(4, ((TECHNICIAN, 2),), capability=5))


def nobody(*_: int) -> bool:
    return False


def force_of(rows, *teams: Team, shifts=(DAY_SHIFT, NIGHT_SHIFT)):
    force = Force(
        teams=teams or (Team("T1", "full_time", 0),), roles=ROLES, shifts=shifts, roster=tuple(rows)
    )
    spans = [turns(shift, ZONE, START, 7 * DAY) for shift in shifts]
    return force, rostered_turns(force.roster, spans, ZONE, START)


def crew(*units, team=0):
    return Crew("C", team, tuple(range(len(units))), tuple(units))


def test_strength_through_a_day():
    rows = [
        Rostered(0, 0, FIREFIGHTER, 5),
        Rostered(0, 1, FIREFIGHTER, 3),
        Rostered(0, 1, COMMANDER, 1, Level.ON_CALL),
    ]
    force, by_row = force_of(rows)
    assert duty_changes(force, by_row, DAY, nobody) == [
        Strength(0.0, 0, (0, 0, 3, 0), (1, 0, 0, 0)),
        Strength(8 * H, 0, (0, 0, 5, 0), (0, 0, 0, 0)),
        Strength(18 * H, 0, (0, 0, 3, 0), (1, 0, 0, 0)),
    ]
    assert people_at(force, by_row, 8 * H, nobody) == [Strength(8 * H, 0, (0, 0, 5, 0), (0,) * 4)]
    assert handovers(force, by_row)[:3] == [(-6 * H, 0), (8 * H, 0), (18 * H, 0)]


def test_a_shift_that_relieves_as_many_changes_nothing():
    force, by_row = force_of([Rostered(0, 0, DRIVER, 2), Rostered(0, 1, DRIVER, 2)])
    assert duty_changes(force, by_row, 7 * DAY, nobody) == [Strength(0.0, 0, (0, 2, 0, 0), (0,) * 4)]


def test_teams_without_a_roster_have_nobody_and_changes_go_by_time_and_team():
    rows = [Rostered(2, 0, DRIVER), Rostered(0, 0, DRIVER)]
    force, by_row = force_of(rows, *(Team(code, "part_time", 0) for code in "ABC"))
    listed = duty_changes(force, by_row, 10 * H, nobody)
    assert [(change.time_s, change.team) for change in listed] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (8 * H, 0),
        (8 * H, 2),
    ]


def test_who_stays_away_is_decided_by_row_person_and_turn():
    rows = [Rostered(0, 0, DRIVER, 2), Rostered(0, 0, FIREFIGHTER, 4)]
    force, by_row = force_of(rows, Team("T1", "full_time", 0, absence=0.1))
    gone = {(1, 3, 0), (1, 0, 1), (1, 1, 1)}
    listed = duty_changes(force, by_row, 2 * DAY, lambda *who: who in gone)
    assert [change.on_station for change in listed] == [
        (0, 0, 0, 0),
        (0, 2, 3, 0),
        (0, 0, 0, 0),
        (0, 2, 2, 0),
        (0, 0, 0, 0),
    ]


def test_nobody_stays_away_where_people_never_do():
    force, by_row = force_of([Rostered(0, 0, DRIVER, 2)])
    assert duty_changes(force, by_row, DAY, lambda *_: True)[1].on_station == (0, 2, 0, 0)


def test_a_row_more_changes_nobody_else_s_absence():
    asked = []

    def absent(*who):
        asked.append(who)
        return False

    rows = [Rostered(0, 0, DRIVER, 2)]
    for listed in (rows, [*rows, Rostered(0, 1, DRIVER)]):
        duty_changes(*force_of(listed, Team("T1", "full_time", 0, absence=0.1)), DAY, absent)
    assert asked == [(0, 0, 0), (0, 1, 0), (0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 0, 1)]


def test_those_on_the_roster_of_a_day():
    rows = [
        Rostered(0, 0, DRIVER, 2, since=date(2026, 7, 2)),
        Rostered(0, 1, DRIVER, 3, until=date(2026, 7, 2)),
        Rostered(1, 1, DRIVER, 9),
    ]
    assert [rostered_people(rows, 0, 4, date(2026, 7, day))[DRIVER] for day in (1, 2, 3)] == [3, 5, 2]


def test_the_first_crew_takes_whom_it_needs_and_the_rest_stay_in_reserve():
    people = (2, 2, 6, 0)
    assert man([crew(ENGINE), crew(ENGINE)], people, ROLES) == ((1, 1, 2, 0), (1, 1, 2, 0))
    assert man([crew(ENGINE), crew(ENGINE)], (1, 2, 3, 0), ROLES) == ((1, 1, 2, 0), (0, 1, 1, 0))


def test_those_who_count_as_a_role_stand_in_the_least_versatile_first():
    roles = (Role("a", frozenset({2, 1})), Role("b", frozenset({2})), Role("c"))
    asks = crew((Manning(2, ((2, 2),)),))
    assert man([asks], (1, 1, 1), roles) == ((0, 1, 1),)
    assert man([asks], (1, 1, 0), roles) == ((1, 1, 0),)


def test_one_who_stands_in_moves_on_when_that_helps():
    roles = (
        Role("leader", frozenset({1, 2})),
        Role("medic"),
        Role("driver"),
        Role("both", frozenset({1, 2})),
    )
    asks = crew((Manning(3, ((0, 1), (1, 1), (2, 1))),))
    assert man([asks], (2, 0, 0, 1), roles) == ((2, 0, 0, 1),)
    assert fit(asks.manning[0], (2, 0, 0, 1), roles) == (True, frozenset())
    assert fit(asks.manning[0], (0, 1, 0, 2), roles) == (False, frozenset())


def test_a_cross_crewed_crew_takes_for_the_most_demanding_of_its_units():
    (taken,) = man([crew(ENGINE, HAZMAT)], (1, 1, 9, 3), ROLES)
    assert taken == (1, 1, 0, 2)
    assert fit(ENGINE, taken, ROLES) == (True, frozenset())
    assert fit(HAZMAT, taken, ROLES) == (True, frozenset())


def test_what_people_are_enough_for():
    assert fit(HAZMAT, (0, 1, 2, 0), ROLES) == (True, frozenset({5}))
    assert fit(HAZMAT, (0, 1, 1, 1), ROLES) == (True, frozenset({5}))
    assert fit(HAZMAT, (0, 1, 0, 2), ROLES) == (True, frozenset({5}))  # three people, and it takes four
    assert fit(HAZMAT, (0, 1, 1, 2), ROLES) == (True, frozenset())
    assert fit(HAZMAT, (0, 0, 4, 2), ROLES) == (False, frozenset({5}))
    assert fit((), (0, 0, 0, 0), ROLES) == (True, frozenset())


def test_too_little_rest():
    watch = Shift("watch", 8.0, 24.0)
    rows = [
        Rostered(0, 0, DRIVER, person="Wang"),
        Rostered(0, 1, DRIVER, person="Wang", until=date(2026, 7, 13)),
        Rostered(0, 2, COMMANDER, until=date(2026, 7, 13)),
    ]
    team = Team("T1", "full_time", 0, rest_h=12.0)
    force, by_row = force_of(rows, team, shifts=(DAY_SHIFT, NIGHT_SHIFT, watch))
    assert breaches(force, [row[:3] for row in by_row]) == [
        Breach(0, 8 * H, 0.0, 12 * H),
        Breach(0, 32 * H, 0.0, 12 * H),
        Breach(1, 18 * H, 0.0, 12 * H),
        Breach(2, 8 * H, 0.0, 12 * H),
    ]


def test_gaps_of_a_roster_and_two_people_at_one_post():
    rows = [
        Rostered(0, 0, COMMANDER, person="Wang"),
        Rostered(0, 0, COMMANDER, person="Li", until=date(2026, 7, 13)),
        Rostered(0, 1, DRIVER, person="Zhao"),
    ]
    _, by_row = force_of(rows)
    assert roster_gaps(rows, by_row, 0, DAY) == []
    assert roster_gaps(rows, by_row, 0, DAY, role=COMMANDER) == [(0.0, 8 * H), (18 * H, DAY)]
    assert roster_gaps(rows, by_row, 0, DAY, 12 * H, DRIVER) == [(12 * H, 18 * H)]
    assert roster_gaps(rows, by_row, 1, DAY) == [(0.0, DAY)]
    assert roster_overlaps(rows, by_row, 0, COMMANDER) == [(8 * H, 18 * H)]
    assert roster_overlaps(rows, by_row, 0, DRIVER) == []


N = 4
COUNTS = st.tuples(*[st.integers(0, 4)] * N)


@st.composite
def role_sets(draw):
    return tuple(Role(str(n), frozenset(draw(st.sets(st.integers(0, N - 1))) - {n})) for n in range(N))


@st.composite
def needs(draw, capability=ANY):
    asked = draw(st.dictionaries(st.integers(0, N - 1), st.integers(1, 2), max_size=3))
    return Manning(draw(st.integers(0, 6)), tuple(sorted(asked.items())), capability)


UNITS = st.tuples(needs(), needs(capability=7), needs(capability=8))
CREWS = st.lists(
    st.lists(UNITS, min_size=1, max_size=2).map(lambda units: crew(*units)), min_size=1, max_size=4
)


def abilities(crews, people, roles):
    """All that each crew's units can do, as flags that must never go from true to false."""
    flags = []
    for one, taken in zip(crews, man(crews, people, roles), strict=True):
        for unit in one.manning:
            rolls, lacking = fit(unit, taken, roles)
            flags += [rolls, 7 not in lacking, 8 not in lacking]
    return flags


@given(CREWS, COUNTS, role_sets())
def test_nobody_is_counted_twice_and_people_are_not_left_idle_while_a_crew_is_short(crews, people, roles):
    manned = man(crews, people, roles)
    assert all(count >= 0 for taken in manned for count in taken)
    assert all(sum(taken[role] for taken in manned) <= people[role] for role in range(N))
    most = max(need.people for need in (need for unit in crews[0].manning for need in unit))
    assert sum(manned[0]) >= min(sum(people), most)


@given(CREWS, COUNTS, role_sets(), st.integers(0, N - 1))
def test_one_more_person_never_makes_a_crew_unfit(crews, people, roles, role):
    more = tuple(count + (number == role) for number, count in enumerate(people))
    before, after = abilities(crews, people, roles), abilities(crews, more, roles)
    assert all(now or not then for then, now in zip(before, after, strict=True))


@given(CREWS, COUNTS, role_sets())
def test_the_first_crew_can_do_all_that_the_whole_team_could(crews, people, roles):
    whole = [fit(unit, people, roles) for unit in crews[0].manning]
    taken = man(crews, people, roles)[0]
    assert [fit(unit, taken, roles) for unit in crews[0].manning] == whole


@given(CREWS, COUNTS, role_sets(), st.data())
def test_leaving_out_a_crew_changes_nothing_for_those_before_it(crews, people, roles, data):
    out = data.draw(st.integers(0, len(crews) - 1))
    fewer = [*crews[:out], *crews[out + 1 :]]
    assert man(fewer, people, roles)[:out] == man(crews, people, roles)[:out]


@given(needs(), st.lists(st.integers(0, N - 1), max_size=5), role_sets())
def test_a_crew_is_fit_when_somebody_can_be_found_for_each_place(need, persons, roles):
    people = tuple(persons.count(role) for role in range(N))
    places = [role for role, count in need.roles for _ in range(count)]
    seated = len(places) <= len(persons) and any(
        all(
            person == place or place in roles[person].counts_as
            for person, place in zip(order, places, strict=False)
        )
        for order in permutations(persons, len(places))
    )
    assert fit((need,), people, roles)[0] == (seated and len(persons) >= need.people)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(0, 3)), max_size=6),
    st.floats(0, 3 * DAY),
)
def test_the_strength_at_a_moment_is_the_last_change_before_it(drawn, time_s):
    rows = [Rostered(0, shift, role, count) for shift, role, count in drawn]
    force, by_row = force_of(rows, Team("T1", "full_time", 0, absence=0.5))

    def absent(row: int, person: int, turn: int) -> bool:
        return (row + person + turn) % 2 == 0

    last = [change for change in duty_changes(force, by_row, 7 * DAY, absent) if change.time_s <= time_s][-1]
    assert people_at(force, by_row, time_s, absent) == [last._replace(time_s=time_s)]


def test_turns_are_plain_numbers():
    _, by_row = force_of([Rostered(0, 1, DRIVER)])
    assert by_row[0][0] == Turn(0, -6 * H, 8 * H)
