"""Readiness in scenario files: what becomes of teams, crews, equipment, duty posts and injects."""

from __future__ import annotations

from datetime import date

import pytest
from ready_county import READY, write_edited, write_ready

from readiness.force import ANY, Condition, Lasting, Level, Manning, Shows
from sim.injects import CutChannel, FailItem, IssueWarning, LeavePost, RaiseStandby, TakeOut
from sim.scenarios.build import build_county
from sim.scenarios.checks import check_scenario
from sim.scenarios.load import load_scenario
from sim.scenarios.save import save_scenario

YAML = "scenario.yaml"
DAY_S = 86_400.0


@pytest.fixture
def edited(tmp_path):
    """Edit the ready county: (file, old, new) replaces, (file, None) removes."""

    def edit(*edits):
        return write_edited(tmp_path / "ready", *edits)

    return edit


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return build_county(load_scenario(write_ready(tmp_path_factory.mktemp("ready"))))


def number(rows, code):
    return next(at for at, row in enumerate(rows) if row.code == code)


def test_a_county_that_says_nothing_of_readiness_has_no_force(tiny_folder):
    tiny = build_county(load_scenario(tiny_folder))
    assert (tiny.force, tiny.force_names, tiny.injects) == (None, {}, ())
    assert [weather.warning_level for weather in tiny.weathers] == [None, None]


def test_injects_need_no_force(edited_county):
    folder = edited_county(
        (YAML, "sources:\n", "injects:\n  - {at: 2026-01-02 00:00, take_out: E1}\nsources:\n")
    )
    tiny = build_county(load_scenario(folder))
    assert (tiny.force, tiny.injects) == (None, (TakeOut(DAY_S, 1),))


def test_crews_are_gathered_by_team_and_share_what_they_share(county):
    force = county.force
    assert [unit.code for unit in county.units] == ["A1", "E1", "E2", "E3"]
    assert force.unit_team == (-1, 0, 1, 0)
    assert force.unit_crew == (-1, 0, 1, 0)
    shared, own = force.crews
    assert (shared.code, shared.team, shared.units) == ("C1", 0, (1, 3))
    assert (own.code, own.team, own.units) == ("E2", 1, (2,))
    commander, driver, firefighter = (number(force.roles, c) for c in ("commander", "driver", "firefighter"))
    assert shared.manning == (
        (Manning(3, ((commander, 1), (driver, 1))), Manning(4, (), 0)),
        (Manning(3, ((driver, 1),)), Manning(2, ((firefighter, 2),), 0)),
    )
    assert force.roles[commander].counts_as == {firefighter}


def test_a_role_counts_for_all_that_it_leads_to(edited):
    folder = edited(
        (YAML, "driver: {name: {zh: 驾驶员, en: Driver}}", "driver: {name: {en: D}, counts_as: [commander]}")
    )
    roles = build_county(load_scenario(folder)).force.roles
    assert roles[number(roles, "driver")].counts_as == {0, 2}


def test_shifts_turn_of_day_and_rotation(county):
    shifts = {shift.code: shift for shift in county.force.shifts}
    assert (shifts["day"].from_h, shifts["day"].hours) == (8.0, 10.0)
    assert (shifts["night"].from_h, shifts["night"].hours) == (18.0, 14.0)
    assert shifts["whole"].hours == 24.0
    assert (shifts["watch_b"].cycle_days, shifts["watch_b"].cycle_on) == (2, {1})
    assert shifts["watch_b"].first == date(2026, 1, 1)
    assert (shifts["office"].on, shifts["office"].days) == ("workdays", frozenset(range(7)))


def test_holidays_are_the_country_s_and_the_county_s_own(county):
    force = county.force
    assert {date(2026, 2, 17), date(2026, 10, 1), date(2026, 3, 6)} <= force.holidays
    assert {date(2026, 2, 14), date(2026, 3, 7)} <= force.makeup_days
    assert not force.holidays & force.makeup_days


def test_the_roster_is_parted_between_teams_and_posts(county):
    force = county.force
    assert len(force.roster) == 10
    assert [row.level for row in force.roster if row.holder == 1] == [
        Level.ON_STATION,
        Level.ON_STATION,
        Level.ON_CALL,
        Level.ON_CALL,
    ]
    named = [row for row in force.post_roster if row.person]
    assert [(row.holder, row.person, row.until) for row in named] == [
        (0, "李主任", None),
        (1, "张三", date(2026, 6, 30)),
    ]


def test_standby_is_told_in_seconds_and_numbers(county):
    rules = county.force.standby
    assert (rules.recall_s, rules.second_crew_s, rules.forward_s) == (1800, 3600, 600)
    assert (rules.handover_s, rules.handover_extra_s) == (900, 20)
    assert rules.forward == {1: 1}
    assert [(it.warning_level, it.from_h, it.to_h, it.months, it.teams) for it in rules.raisings] == [
        (2, None, None, None, ()),
        (None, 12.0, 20.0, frozenset({6, 7, 8}), (1,)),
    ]
    assert [(it.team_kind, it.level, it.lasting) for it in county.force.turnouts] == [
        ("full_time", Level.ON_STATION, Lasting("lognormal", 60, 0.35)),
        ("part_time", Level.ON_CALL, Lasting("lognormal", 300, 0.35)),
        ("", Level.RAISED, Lasting("constant", 60)),
    ]


def test_types_of_equipment(county):
    types = {it.code: it for it in county.force.item_types}
    assert types["engine"].needs == ((ANY, 1),)
    assert types["engine"].shows == Shows.TURNOUT
    assert types["pump"].fails == Lasting("weibull", 1200 * DAY_S, 1.6)
    assert types["pump"].repair == Lasting("constant", 3 * DAY_S)
    apparatus = types["apparatus"]
    assert apparatus.replace == Lasting("exponential", 20 * DAY_S)
    assert (apparatus.harsh, apparatus.harsh_factor, apparatus.dirties) == ({1}, 3, {1})
    assert (apparatus.swap_s, apparatus.clean_s) == (1200, 2700)
    assert types["foam"].consumable
    assert types["foam"].use_amount == {0: 50, ANY: 0}


def test_items_and_when_they_were_made_and_tested(county):
    items = {item.code: item for item in county.force.items}
    assert (items["I2"].made_s, items["I2"].tested_s) == (-2071 * DAY_S, -31 * DAY_S)
    assert items["I1"].tested_s == items["I1"].made_s
    assert (items["I4"].condition, items["I4"].known) == (Condition.UNSERVICEABLE, Condition.SERVICEABLE)
    assert items["I7"].known == Condition.DEGRADED
    assert (items["I16"].unit, items["I16"].store, items["I17"].amount) == (-1, 0, 500)
    assert [item.code for item in county.force.items[8:11]] == ["I9", "I10", "I11"]


def test_checks_go_on_from_before_the_start(county):
    checks = {check.code: check for check in county.force.checks}
    assert (checks["K1"].first_s, checks["K1"].team, checks["K1"].after_use) == (8.5 * 3600, ANY, True)
    assert checks["K2"].first_s == 4 * DAY_S + 9 * 3600
    assert checks["K3"].first_s == -31 * DAY_S + 10 * 3600 + 60 * DAY_S


def test_posts_and_their_channels(county):
    desk, store = county.force.posts
    assert (desk.kind, desk.place, desk.site, store.site) == ("bureau", 0, -1, 0)
    landline, mobile = desk.channels
    assert (landline.answer_p, landline.answer) == ((0.97,) * 24, Lasting("lognormal", 15, 0.5))
    assert mobile.answer == Lasting("constant", 20)
    assert [channel.channel for channel in store.channels] == ["mobile"]
    channel = county.force.channels[0]
    assert (channel.fails_at, channel.fail_p, channel.from_h, channel.to_h) == (1, 0.2, 0, 24)


def test_injects_come_in_order_of_time(county):
    def at(days, hours):
        return days * DAY_S + hours * 3600

    assert county.injects == (
        RaiseStandby(at(68, 12)),
        IssueWarning(at(68, 12.5), 1, at(69, 0)),
        RaiseStandby(at(68, 20), (0,), raised=False),
        FailItem(at(69, 8), 2),
        TakeOut(at(69, 9), 2, at(70, 9)),
        CutChannel(at(70, 0), 0, 0, at(70, 6)),
        LeavePost(at(71, 0), 1),
    )


def test_names_and_warnings_are_the_county_s(county):
    assert county.force_names["roles"][0].zh == "指挥员"
    assert county.force_names["posts"][1].en == "Cold store 1 desk"
    assert set(county.force_names) == {
        "teams",
        "roles",
        "shifts",
        "item_types",
        "stores",
        "posts",
        "channels",
    }
    assert county.weathers[1].warning_level == 3


def test_moments_are_told_by_the_clock_on_the_wall(edited):
    """In Berlin the night of 29 March 2026 has an hour less."""
    folder = edited(
        (YAML, "Asia/Shanghai", "Europe/Berlin"),
        (YAML, "at: 2026-03-13 00:00, leave", "at: 2026-03-30 00:00, leave"),
    )
    assert build_county(load_scenario(folder)).injects[-1].at_s == 88 * DAY_S - 3600


def test_listing_order_changes_nothing(edited, county):
    lines = READY["items.csv"].splitlines()
    folder = edited(("items.csv", READY["items.csv"], "\n".join([lines[0], *reversed(lines[1:])]) + "\n"))
    assert build_county(load_scenario(folder)).force.items == county.force.items


def test_readiness_saved_reads_back_the_same(edited, tmp_path):
    scenario = load_scenario(edited())
    save_scenario(scenario, tmp_path / "copy")
    assert load_scenario(tmp_path / "copy") == scenario
    assert check_scenario(scenario) == ()
