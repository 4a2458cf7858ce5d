"""Who and what stands by in Lanshui: as much as was asked for, in order but for faults left on purpose."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from strengths import people_at

from api.cli import main
from readiness.calendar import rostered_turns, turns
from readiness.crews import fit, man
from readiness.force import Condition, Level
from readiness.ready import able, carried, lacks, needs_of
from readiness.rosters import breaches, roster_gaps, roster_overlaps
from sim.scenarios.build import build_county
from sim.scenarios.builtin import builtin_scenarios
from sim.scenarios.generate.county import draft_county
from sim.scenarios.generate.geography import Order
from sim.scenarios.generate.lanshui import edited
from sim.scenarios.generate.readiness import readiness
from sim.scenarios.load import load_scenario

DAY_S = 86_400.0
YEAR_S = 365 * DAY_S
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 1, 1, tzinfo=ZONE)
WORKED_AT_WEEKENDS = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(builtin_scenarios()["lanshui"])


@pytest.fixture(scope="module")
def county(scenario):
    return build_county(scenario)


@pytest.fixture(scope="module")
def force(county):
    return county.force


def number(things, code):
    """Give the number of a thing by its code."""
    return [thing.code for thing in things].index(code)


def spans(force):
    """Give all turns of the year of every shift."""
    return [
        turns(shift, ZONE, START.astimezone(UTC), YEAR_S, force.holidays, force.makeup_days)
        for shift in force.shifts
    ]


@pytest.fixture(scope="module")
def team_turns(force):
    return rostered_turns(force.roster, spans(force), ZONE, START.astimezone(UTC))


@pytest.fixture(scope="module")
def post_turns(force):
    return rostered_turns(force.post_roster, spans(force), ZONE, START.astimezone(UTC))


def at(month, day, hour):
    """Give the second of a local moment of 2026."""
    return (datetime(2026, month, day, hour, tzinfo=ZONE) - START).total_seconds()


def unmanned(county, team_turns, moment_s):
    """Name the units whose crew, with nobody absent, cannot roll or lacks people for a capability."""
    force, found = county.force, []
    for strength in people_at(force, team_turns, moment_s, lambda *_: False):
        crews = [crew for crew in force.crews if crew.team == strength.team]
        people = [a + b for a, b in zip(strength.on_station, strength.on_call, strict=True)]
        for crew, there in zip(crews, man(crews, people, force.roles), strict=True):
            for unit, manning in zip(crew.units, crew.manning, strict=True):
                if fit(manning, there, force.roles) != (True, frozenset()):
                    found.append(county.units[unit].code)
    return found


def capability_bits(county, unit):
    """Give a unit's capabilities as bits."""
    return sum(1 << capability for capability in county.units[unit].capabilities)


def in_order(items, known, start_s=0.0, types=None):
    """Tell of each item whether it works and has not expired."""
    return [
        (item.known if known else item.condition) != Condition.UNSERVICEABLE
        and (types[item.type].expires_s is None or item.made_s + types[item.type].expires_s > start_s)
        for item in items
    ]


def have(county, known):
    """Count what units carry in working order on the first day, by unit and type."""
    force = county.force
    works = in_order(force.items, known, types=force.item_types)
    on_unit, amount = [item.unit for item in force.items], [item.amount for item in force.items]
    return carried(force.items, on_unit, works, amount, (len(county.units), len(force.item_types)))


def lacking(county, known=True):
    """List what units lack on the first day, as (unit, type, have, need)."""
    force, counts = county.force, have(county, known)
    return [
        (unit.code, force.item_types[lack.type].code, lack.have, lack.need)
        for n, unit in enumerate(county.units)
        if not unit.aid
        for lack in lacks(needs_of(force.item_types, unit.capabilities), counts[n])
    ]


def test_as_much_stands_by_as_was_asked_for(scenario):
    kinds = Counter(team.kind for team in scenario.teams)
    assert len(scenario.teams) == 14
    assert set(kinds) == {
        "full_time", "part_time", "micro_station", "enterprise", "ambulance", "police", "volunteer"
    }  # fmt: skip
    assert 28 <= len([unit for unit in scenario.units if not unit.aid]) <= 32
    assert 1150 <= len(scenario.items) <= 1250
    assert 2 <= len(scenario.stores) <= 4
    assert any(store.bays for store in scenario.stores)
    posts = Counter(post.kind for post in scenario.posts)
    county = {"call_centre": 3, "bureau": 1, "county_government": 1, "city": 1, "department": 9}
    assert posts == {**county, "township": 14, "site": 18}
    assert len(scenario.posts) == 47
    assert len(scenario.settings.readiness.item_types) >= 38


def test_names_are_in_both_languages_and_unique(scenario):
    for table in (scenario.teams, scenario.stores, scenario.posts):
        assert all(row.name and row.name_en and row.owner for row in table)
        assert len({row.name for row in table}) == len({row.name_en for row in table}) == len(table)
    ready = scenario.settings.readiness
    for part in (ready.roles, ready.shifts, ready.item_types, ready.channels):
        assert all(entry.name.zh and entry.name.en for entry in part.values())


def test_nobody_holds_two_posts_and_all_are_named(scenario):
    posts = {post.code for post in scenario.posts}
    held = {(row.person, row.holder) for row in scenario.roster if row.holder in posts}
    people = {person for person, _ in held}
    assert "" not in people
    assert len(people) == len(held) > 290


def test_every_unit_of_the_county_has_a_team_at_its_own_base(county, force):
    for unit, team in zip(county.units, force.unit_team, strict=True):
        assert team == -1 if unit.aid else force.teams[team].station == unit.station
    shared = [crew for crew in force.crews if len(crew.units) > 1]
    assert [[county.units[unit].code for unit in crew.units] for crew in shared] == [
        ["H1", "L1"],
        ["B1", "R3"],
    ]


def test_days_off_are_those_of_the_notice(force):
    off = {(day.month, day.day) for day in force.holidays if day.year == 2026 and day.weekday() < 5}
    assert off == {
        (1, 1), (1, 2), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (2, 23), (4, 6), (5, 1), (5, 4), (5, 5),
        (6, 19), (9, 25), (10, 1), (10, 2), (10, 5), (10, 6), (10, 7),
    }  # fmt: skip
    assert {(day.month, day.day) for day in force.makeup_days if day.year == 2026} == WORKED_AT_WEEKENDS


@pytest.mark.parametrize("hour", [3, 7, 8, 10, 18, 19, 23])
def test_every_unit_can_be_manned_on_an_ordinary_day(county, team_turns, hour):
    assert unmanned(county, team_turns, at(3, 11, hour)) == []


@pytest.mark.parametrize(("day", "hour"), [(14, 10), (15, 10), (18, 20), (23, 3)])
def test_every_unit_can_be_manned_in_the_spring_festival(county, team_turns, day, hour):
    assert unmanned(county, team_turns, at(2, day, hour)) == []


def test_a_team_has_a_night_gap(county, team_turns):
    assert [unmanned(county, team_turns, at(3, 13, hour)) for hour in (17, 18, 23)] == [[], ["E10"], ["E10"]]
    assert [unmanned(county, team_turns, at(3, 15, hour)) for hour in (7, 8, 18)] == [["E10"], [], []]


def test_part_time_and_volunteer_teams_are_on_call(force):
    for row in force.roster:
        on_call = force.teams[row.holder].kind in ("part_time", "volunteer")
        assert row.level == (Level.ON_CALL if on_call else Level.ON_STATION)


def test_nobody_is_on_duty_too_long(force, team_turns):
    assert breaches(force, team_turns) == []


def test_one_post_has_a_night_gap_and_no_other_has_any(force, post_turns):
    for post in range(len(force.posts)):
        gaps = roster_gaps(force.post_roster, post_turns, post, YEAR_S, DAY_S)
        if force.posts[post].code == "D33":
            assert len(gaps) == pytest.approx(365 / 3, abs=1)
            assert {end - begin for begin, end in gaps} == {12 * 3600.0}
        else:
            assert gaps == []


def test_no_two_people_hold_one_role_of_a_post_and_authorities_always_have_a_leader(force, post_turns):
    leader, officer = number(force.roles, "duty_leader"), number(force.roles, "duty_officer")
    for post in range(len(force.posts)):
        for role in (officer, leader):
            assert roster_overlaps(force.post_roster, post_turns, post, role) == []
        gaps = roster_gaps(force.post_roster, post_turns, post, YEAR_S, DAY_S, leader)
        assert bool(gaps) == (force.posts[post].kind == "site")


def test_the_post_with_the_gap_is_that_of_an_old_cold_store(scenario):
    post = next(post for post in scenario.posts if post.code == "D33")
    assert (post.site, post.name) == ("h015", "双溪肉联厂冷库值班室")


def test_units_carry_what_they_need_but_for_the_faults(county):
    assert lacking(county) == [("E9", "spare_cylinder", 1, 2), ("H2", "gas_detector", 1, 2)]


def test_a_breathing_apparatus_has_a_fault_nobody_knows_of(county, force):
    assert [lack for lack in lacking(county, known=False) if lack not in lacking(county)] == [
        ("E10", "breathing_apparatus", 3, 4)
    ]
    hidden = [item for item in force.items if item.condition != item.known]
    assert len(hidden) == 1


def test_a_hazmat_team_is_not_ready_for_hazmat(county):
    counts, types = have(county, known=True), county.force.item_types
    for code, ready in (("H1", True), ("H2", False)):
        unit = number(county.units, code)
        bits = capability_bits(county, unit)
        assert (able(needs_of(types, county.units[unit].capabilities), counts[unit], bits) == bits) == ready


def test_a_batch_of_cylinders_has_expired_and_nothing_else(scenario):
    types, start = scenario.settings.readiness.item_types, scenario.settings.start.date()
    expired = Counter(
        (row.type, row.unit or row.store)
        for row in scenario.items
        if types[row.type].expires_days and row.made + timedelta(types[row.type].expires_days) < start
    )
    assert expired == {
        ("spare_cylinder", "E8"): 2,
        ("spare_cylinder", "E9"): 2,
        ("spare_cylinder", "S2"): 6,
    }


def test_one_test_is_overdue(scenario):
    types, start = scenario.settings.readiness.item_types, scenario.settings.start.date()
    overdue = {
        (row.type, row.unit or row.store)
        for row in scenario.items
        if row.tested and row.tested + timedelta(types[row.type].test_every_days) < start
    }
    assert overdue == {("chemical_suit_heavy", "H2")}


def test_no_batch_is_older_than_it_may_be(scenario):
    types, start = scenario.settings.readiness.item_types, scenario.settings.start.date()
    for row in scenario.items:
        assert date(2010, 1, 1) < row.made < start
        assert row.tested is None or row.made <= row.tested <= start
        assert (row.tested is None) == (types[row.type].test_every_days is None)


def test_all_types_are_needed_or_carried_and_all_that_is_needed_has_spares_or_is_mended(scenario):
    ready = scenario.settings.readiness
    carried_types = {row.type for row in scenario.items if row.unit}
    assert carried_types == set(ready.item_types)
    for kind in ready.item_types.values():
        assert kind.consumable or kind.repair or kind.replace


def test_every_item_is_looked_at_regularly(scenario):
    team_of = {unit.code: unit.team for unit in scenario.units}
    checked = {check.team or check.store for check in scenario.checks if check.every_days and not check.type}
    assert {team_of[row.unit] if row.unit else row.store for row in scenario.items} <= checked


def test_every_number_has_a_source_in_both_languages(scenario):
    sources, folder = scenario.settings.sources, builtin_scenarios()["lanshui"]
    account = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for path, said in readiness()["sources"].items():
        assert sources[path] == f"{said['zh']} / {said['en']}"
        assert f"- `{path}`: {said['zh']}" in account
        assert f"- `{path}`: {said['en']}" in account
    for section in scenario.settings.readiness.model_fields_set:
        assert any(path.startswith(f"readiness.{section}") for path in sources), section


def test_a_county_made_from_nothing_has_what_stands_by_only_where_asked_for():
    order = Order(60_000, 300, 3, 2000)
    bare, first, again = (draft_county(order, readiness=ready).scenario for ready in (False, True, True))
    assert bare.settings.readiness is None
    assert bare.teams == bare.items == bare.posts == ()
    assert first == again
    force = build_county(first).force
    assert len(force.teams) >= 8
    assert set(force.unit_team) == set(range(len(force.teams)))
    assert not [item for item in force.items if item.condition or item.known]
    without = [{**unit.model_dump(), **dict.fromkeys(CREW, None)} for unit in first.units]
    assert without == [{**unit.model_dump(), **dict.fromkeys(CREW, None)} for unit in bare.units]


CREW = ("team", "crew", "crew_min", "crew_roles", "crew_for", "forward")


def test_an_edit_of_rows_that_are_not_there_is_refused():
    rows = [{"code": "a", "type": "x"}, {"code": "b", "type": "x"}, {"code": "c", "type": "y"}]
    assert edited(rows, {"where": {"type": "x"}, "keep": 1}) == [rows[0], rows[2]]
    assert edited(rows, {"where": {"type": "x"}, "take": 1, "set": {"made": "2010"}}) == [
        {"code": "a", "type": "x", "made": "2010"}, rows[1], rows[2]
    ]  # fmt: skip
    with pytest.raises(LookupError):
        edited(rows, {"where": {"type": "z"}})


@pytest.mark.parametrize(("wanted", "there"), [((), False), (("--readiness",), True)])
def test_the_command_makes_a_county_with_what_stands_by(tmp_path, wanted, there):
    size = ("--population", "60000", "--area", "300", "--nodes", "2000", "--seed", "3")
    with pytest.raises(SystemExit) as ended:
        main(["new", "county", *size, *wanted, "--out", str(tmp_path / "li")])
    assert ended.value.code == 0
    assert (tmp_path / "li" / "teams.csv").is_file() == there
    assert load_scenario(tmp_path / "li").notes == ()
