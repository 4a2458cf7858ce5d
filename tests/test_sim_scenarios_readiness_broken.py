"""Readiness that does not fit: exactly what is said of it, and what is only noted."""

from __future__ import annotations

import pytest
from ready_county import write_edited

from sim.language import catalogue
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError

YAML = "scenario.yaml"


@pytest.fixture
def edited(tmp_path):
    """Edit the ready county: (file, old, new) replaces, (file, None) removes."""

    def edit(*edits):
        return write_edited(tmp_path / "ready", *edits)

    return edit


GAP = (
    "posts.csv:3:1 code = P2: nobody is on duty from Wednesday 2026-07-01 08:00 to Wednesday "
    "2026-07-01 18:00; 185 such gaps in the first year, 1850 hours in all"
)

BROKEN = {
    "a roster that names nothing": (
        [
            ("roster.csv", "T1,watch_a,commander", "T3,watch_c,comander"),
            ("roster.csv", "P2,night", "P9,night"),
        ],
        [
            "roster.csv:2:1 holder = T3: names no team or duty post; known: T1, T2, P1, P2",
            "roster.csv:2:2 shift = watch_c: names no shift; did you mean watch_b?",
            "roster.csv:2:3 role = comander: names no role; did you mean commander?",
            "roster.csv:15:1 holder = P9: names no team or duty post; known: T1, T2, P1, P2",
        ],
    ),
    "two people at one post": (
        [("roster.csv", "P1,whole,duty_officer,1,,,,", "P1,whole,duty_leader,1,,王五,,")],
        [
            "roster.csv:13:6 person = 王五: is duty_leader of P1 at the same time as 李主任 (line 12): "
            "from Sunday 2026-01-04 08:30 to 2026-01-04 17:30; one person is due"
        ],
    ),
    "roster lines that cannot be": (
        [
            ("roster.csv", "P1,office,duty_leader,1,,李主任,,", "P1,office,duty_leader,2,,李主任,,"),
            ("roster.csv", "2026-01-01,2026-06-30", "2026-06-30,2026-01-01"),
            ("roster.csv", "T2,night,driver,1,on_call", "T2,night,driver,0,at_home"),
            (
                "roster.csv",
                "T2,day,firefighter,2,on_station,,,",
                "T2,day,firefighter,2,on_station,,1.3.2026,",
            ),
        ],
        [
            "roster.csv:9:7 since = 1.3.2026: must be a date such as 2026-03-01",
            "roster.csv:10:4 count = 0: must be at least 1",
            "roster.csv:10:5 standby = at_home: must be one of on_station, on_call",
            "roster.csv:12:4 count = 2: must be 1 where a person is named",
            "roster.csv:14:8 until = 2026-01-01: must not be earlier than `since`",
        ],
    ),
    "items assigned twice, to nothing, or that name nothing": (
        [
            ("items.csv", "I1,engine,E1,,", "I1,engine,E1,W1,"),
            ("items.csv", "I3,apparatus,E1", "I2,aparatus,E9"),
            ("items.csv", "I16,apparatus,,W1", "I16,apparatus,,"),
            (YAML, "fail_item: I3", "fail_item: I99"),
        ],
        [
            "scenario.yaml:152:28 injects.4.fail_item = I99: names no item; did you mean I9?",
            "items.csv:2:4 store = W1: is assigned twice: to unit E1 and to a store",
            "items.csv:4:1 code = I2: stands twice; the first is in line 3",
            "items.csv:4:2 type = aparatus: names no item type; did you mean apparatus?",
            "items.csv:4:3 unit = E9: names no unit; known: E1, E2, E3, A1",
            "items.csv:17:1 code = I16: is assigned to nothing: name a unit or a store",
        ],
    ),
    "dates that cannot be": (
        [
            ("items.csv", "I1,engine,E1,,2020-05-01", "I1,engine,E1,,2020年5月"),
            ("items.csv", "I2,pump,E1,,2020-05-01,2025-12-01", "I2,pump,E1,,2020-05-01,2019-02-29"),
            ("items.csv", "I6,engine,E2,,2016-01-01", "I6,engine,E2,,2027-01-01"),
            ("items.csv", "I8,apparatus,E2,,2022-01-01,2025-01-01", "I8,apparatus,E2,,2022-01-01,2021-01-01"),
            (YAML, "extra: [2026-03-06]", "extra: [2026-3-6]"),
        ],
        [
            "scenario.yaml:80:35 readiness.holidays.extra.1 = 2026-3-6: must be a date such as 2026-03-01",
            "items.csv:2:5 made = 2020年5月: must be a date such as 2026-03-01",
            "items.csv:3:6 tested = 2019-02-29: must be a date such as 2026-03-01",
            "items.csv:7:5 made = 2027-01-01: is after the scenario's start (2026-01-01)",
            "items.csv:9:6 tested = 2021-01-01: is before it was made (2022-01-01)",
        ],
    ),
    "amounts of what is not used up": (
        [
            ("items.csv", "I5,foam,E1,,,,,,200", "I5,foam,E1,,,,,,"),
            ("items.csv", "I16,apparatus,,W1,2024-01-01,,,,", "I16,apparatus,,W1,2024-01-01,,,,6"),
            ("items.csv", "I17,foam,,W1,,,,,500", "I17,foam,,W1,,,,,-5"),
        ],
        [
            "items.csv:6:9 amount: is empty; foam is used up, so say how much there is",
            "items.csv:17:9 amount = 6: apparatus is not used up: leave this empty, "
            "and give each item a row of its own",
            "items.csv:18:9 amount = -5: must be at least 0",
        ],
    ),
    "checks that are never done": (
        [
            ("checks.csv", "K1,,,,1,", "K1,,,,0,"),
            ("checks.csv", "K2,T2,,pump,7,09:00,2026-01-05,0.8,no", "K2,T9,,pumps,,9:00,2026-01-05,80,no"),
            ("checks.csv", "K3,,W1,", "K3,T1,W1,"),
        ],
        [
            "checks.csv:2:5 every_days = 0: must be more than 0",
            "checks.csv:3:2 team = T9: names no team; known: T1, T2",
            "checks.csv:3:4 type = pumps: names no item type; did you mean pump?",
            "checks.csv:3:6 at = 9:00: must be a time of day such as 07:00",
            "checks.csv:3:8 finds = 80: must be at most 1",
            "checks.csv:4:3 store = W1: is a check of a team or of a store, not of both",
        ],
    ),
    "units and crews that do not fit their team": (
        [
            ("units.csv", "E2,二号车,Engine 2,S2", "E2,二号车,Engine 2,S1"),
            ("units.csv", "T2,,2,driver:1", "T2,C1,2,driver"),
            ("units.csv", "0,,,,,,", "0,,,2,,,S9"),
            ("units.csv", "commander:1;driver:1", "comander:1；driver：2"),
            ("units.csv", "engine:firefighter:2", "pump:4;engine:fire:2"),
        ],
        [
            "units.csv:2:13 crew_roles = comander:1: names no role; did you mean commander?",
            "units.csv:3:13 crew_roles = driver: must be written ROLE:COUNT, for example driver:1",
            "units.csv:4:14 crew_for = pump:4: names no capability; known: engine, ambulance",
            "units.csv:4:14 crew_for = engine:fire:2: names no role; "
            "known: commander, driver, firefighter, duty_officer, duty_leader",
            "units.csv:5:12 crew_min = 2: says something of a crew, but no team is named",
            "units.csv:5:15 forward = S9: names no station; known: S1, S2",
            "units.csv:5:15 forward = S9: says something of a crew, but no team is named",
        ],
    ),
    "a unit away from its team, a crew of two teams": (
        [
            ("units.csv", "E2,二号车,Engine 2,S2", "E2,二号车,Engine 2,S1"),
            ("units.csv", "T2,,2,driver:1", "T2,C1,2,driver:1"),
        ],
        [
            "units.csv:3:10 team = T2: stands at S1, but its team T2 stands by at S2",
            "units.csv:3:11 crew = C1: is a crew of team T1 in line 2; a crew belongs to one team",
        ],
    ),
    "types of equipment that cannot be": (
        [
            (YAML, "needs: {any: 1}", "needs: {all: 1}"),
            (YAML, "fails: {weibull_scale_days: 1200, shape: 1.6}", "fails: {median_s: 1200}"),
            (YAML, "harsh: {kinds: [leak], factor: 3}", "harsh: {kinds: [leek], factor: 0}"),
            (YAML, "use: {fire: 50, any: 0}", "use: {fyre: 50}"),
            (YAML, "      needs: {engine: 100}", "      needs: {engine: 100}\n      fails: {mean_days: 3}"),
            (YAML, "shows: turnout", "shows: start"),
        ],
        [
            "scenario.yaml:110:15 readiness.item_types.engine.needs.all: "
            "names no capability; known: engine, ambulance",
            "scenario.yaml:112:7 readiness.item_types.engine.shows = start: "
            "must be one of turnout, way, scene",
            'scenario.yaml:117:7 readiness.item_types.pump.fails = {"median_s": 1200}: '
            "must be one of {constant_days: ...}, {mean_days: ...}, {median_days: ..., sigma: ...}, "
            "{weibull_scale_days: ..., shape: ...}",
            "scenario.yaml:125:23 readiness.item_types.apparatus.harsh.kinds.1 = leek: "
            "names no kind of incident; did you mean leak?",
            "scenario.yaml:125:30 readiness.item_types.apparatus.harsh.factor = 0: must be more than 0",
            'scenario.yaml:138:7 readiness.item_types.foam.fails = {"mean_days": 3}: '
            "a consumable never fails; leave this out",
            "scenario.yaml:139:35 readiness.item_types.foam.consumable.use.fyre: "
            "names no kind of incident; did you mean fire?",
        ],
    ),
    "duty that cannot be": (
        [
            (YAML, "country: CN", "country: XX"),
            (YAML, "cycle_on: [2]", "cycle_on: [3]"),
            (YAML, "counts_as: [firefighter]", "counts_as: [fighter]"),
            (YAML, "- {warning_level: 2}", "- {teams: [T9]}"),
            (YAML, "index: {crew: 0.4,", "index: {crew: 0.6,"),
            (YAML, "answer_p: 0.97", "answer_p: 97"),
        ],
        [
            "scenario.yaml:80:14 readiness.holidays.country = XX: names no country of the holidays library; "
            "known: AD, AE, AF, AG, AI, AL, AM, AO, …",
            "scenario.yaml:82:61 readiness.roles.commander.counts_as.1 = fighter: "
            "names no role; did you mean firefighter?",
            "scenario.yaml:93:87 readiness.shifts.watch_b.cycle_on = [3]: "
            "must be days 1 to 2 of the rotation",
            'scenario.yaml:105:9 readiness.standby.raise.1 = {"teams": ["T9"]}: '
            "says nothing about when: warning_level, from and to, or months",
            "scenario.yaml:105:18 readiness.standby.raise.1.teams.1 = T9: names no team; known: T1, T2",
            "scenario.yaml:143:7 readiness.channels.landline.answer_p = 97: "
            "must be between 0 and 1, or 24 such numbers",
            'scenario.yaml:147:3 readiness.index = {"crew": 0.6, "vehicle": 0.2, "equipment": 0.4}: '
            "must sum to 1, sums to 1.2",
        ],
    ),
    "injects that cannot be": (
        [
            (YAML, "raise_standby: all", "raise_standby: T1"),
            (YAML, "lower_standby: [T1]", "lower_standby: [T3]"),
            (YAML, "warning: 1, until: 2026-03-11 00:00", "warning: 5, until: 2026-03-09 00:00"),
            (YAML, "fail_item: I3", "fail: I3"),
            (YAML, "at: 2026-03-11 09:00, take_out: E2", "at: 2025-03-11 09:00, take_out: E9"),
            (YAML, "cut_channel: landline, post: P1", "cut_channel: landlines, post: P3"),
            (YAML, "leave_post: P2", "leave_post: P3, until: tomorrow"),
        ],
        [
            "scenario.yaml:149:44 injects.1.lower_standby.1 = T3: names no team; known: T1, T2",
            "scenario.yaml:150:28 injects.2.raise_standby = T1: "
            "must be all, or a list of teams such as [T01, T02]",
            "scenario.yaml:151:28 injects.3.warning = 5: must be at most 4",
            'scenario.yaml:152:5 injects.4 = {"at": "2026-03-11 08:00", "fail": "I3"}: must say one of '
            "raise_standby, lower_standby, warning, fail_item, take_out, cut_channel, leave_post, "
            "close_road, open_road, slow_road, close_site, move_unit, set_policy, set_level, add_accident",
            "scenario.yaml:153:6 injects.5.at = 2025-03-11 09:00: is before the scenario's start",
            "scenario.yaml:153:28 injects.5.take_out = E9: names no unit; known: E1, E2, E3, A1",
            "scenario.yaml:154:28 injects.6.cut_channel = landlines: "
            "names no channel; did you mean landline?",
            "scenario.yaml:154:52 injects.6.post = P3: names no duty post; known: P1, P2",
            "scenario.yaml:155:28 injects.7.leave_post = P3: names no duty post; known: P1, P2",
            "scenario.yaml:155:44 injects.7.until = tomorrow: "
            "must be a date and time written as 2026-01-01 00:00",
        ],
    ),
    "turnout told twice, an inject that ends before it begins": (
        [
            (YAML, "- {level: raised", "- {team_kind: part_time, level: on_call"),
            (YAML, "until: 2026-03-11 00:00", "until: 2026-03-10 12:30"),
        ],
        [
            "scenario.yaml:99:9 readiness.standby.turnout.3: "
            "tells the turnout of part_time teams on_call twice: also as entry 2",
            "scenario.yaml:151:40 injects.3.until = 2026-03-10 12:30: must be later than `at`",
        ],
    ),
    "a code for a team and for a post": (
        [("posts.csv", "P2,冷库一", "T2,冷库一"), ("roster.csv", "P2,", "T2,")],
        [
            "scenario.yaml:155:28 injects.7.leave_post = P2: names no duty post; known: P1, T2",
            "posts.csv:3:1 code = T2: is also the code of a team: "
            "the roster cannot tell which of the two it means",
        ],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_readiness_gives_exactly_these_messages(edited, name):
    edits, expected = BROKEN[name]
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited(*edits))
    assert str(caught.value).splitlines() == expected


CHINESE = {
    "a roster that names nothing": [
        "roster.csv:2:1 holder（队伍或岗位） = T3：没有这个队伍或值班岗位；可用：T1, T2, P1, P2",
        "roster.csv:2:2 shift（班次） = watch_c：没有这个班次；是否应为 watch_b？",
        "roster.csv:2:3 role（角色） = comander：没有这个角色；是否应为 commander？",
        "roster.csv:15:1 holder（队伍或岗位） = P9：没有这个队伍或值班岗位；可用：T1, T2, P1, P2",
    ],
    "two people at one post": [
        "roster.csv:13:6 person（人员） = 王五：与 李主任（第 12 行）同时担任 P1 的 duty_leader："
        "星期日 2026-01-04 08:30 至 2026-01-04 17:30；只应有一人"
    ],
    "amounts of what is not used up": [
        "items.csv:6:9 amount（存量）：为空；foam 是消耗品，应填存量",
        "items.csv:17:9 amount（存量） = 6：apparatus 不是消耗品：此处留空，每件装备单列一行",
        "items.csv:18:9 amount（存量） = -5：应不小于 0",
    ],
    "checks that are never done": [
        "checks.csv:2:5 every_days（间隔天数） = 0：应大于 0",
        "checks.csv:3:2 team（队伍） = T9：没有这个队伍；可用：T1, T2",
        "checks.csv:3:4 type（装备类型） = pumps：没有这个装备类型；是否应为 pump？",
        "checks.csv:3:6 at（时刻） = 9:00：应为时刻，例如 07:00",
        "checks.csv:3:8 finds（发现率） = 80：应不大于 1",
        "checks.csv:4:3 store（库房） = W1：一项检查只能针对队伍或库房之一",
    ],
    "a unit away from its team, a crew of two teams": [
        "units.csv:3:10 team（队伍） = T2：驻在 S1，而所属队伍 T2 驻在 S2",
        "units.csv:3:11 crew（乘员组） = C1：在第 2 行是队伍 T1 的乘员组；一个乘员组只属于一支队伍",
    ],
}


@pytest.mark.parametrize("name", CHINESE)
def test_broken_readiness_speaks_chinese(edited, name):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited(*BROKEN[name][0]))
    assert caught.value.text("zh").splitlines() == CHINESE[name]


@pytest.mark.parametrize("name", BROKEN)
def test_every_message_has_its_chinese(edited, name):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited(*BROKEN[name][0]))
    assert [p.message_id for p in caught.value.problems if p.message_id not in catalogue("sim")] == []


NOTED = {
    "a county as it should be, but for a gap": ([], [GAP]),
    "nobody at all, and a gap that comes once": (
        [
            ("roster.csv", "T2,day,driver,1,on_station,,,\nT2,day,firefighter,2,on_station,,,\n", ""),
            ("roster.csv", "T2,night,driver,1,on_call,,,\nT2,night,firefighter,2,on_call,,,\n", ""),
            ("roster.csv", "P2,day,duty_officer,1,,张三,2026-01-01,2026-06-30\n", ""),
            ("roster.csv", "P2,night,duty_officer,1,,,,", "P2,whole,duty_officer,1,,,2026-01-03,"),
        ],
        [
            "teams.csv:3:1 code = T2: is on no line of the roster: nobody is ever on duty",
            "posts.csv:3:1 code = P2: nobody is on duty from Thursday 2026-01-01 00:00 "
            "to Saturday 2026-01-03 08:00",
        ],
    ),
    "too few people, a person in two places": (
        [
            ("units.csv", "T1,C1,3,commander:1;driver:1", "T1,C1,7,commander:1;driver:2"),
            ("units.csv", "T2,,2,driver:1", "T2,,,driver:1;firefighter:3"),
            ("roster.csv", "P1,whole,duty_officer,1,,,", "P1,whole,duty_officer,1,,张三,"),
        ],
        [
            "units.csv:2:12 crew_min = 7: needs 7 people to roll; at most 6 are ever on duty in team T1",
            "units.csv:2:13 crew_roles = commander:1;driver:2: needs 2 driver to roll; "
            "at most 1 are ever on duty in team T1",
            "units.csv:3:12 crew_min: needs 4 people to roll; at most 3 are ever on duty in team T2",
            "units.csv:3:13 crew_roles = driver:1;firefighter:3: needs 3 firefighter to roll; "
            "at most 2 are ever on duty in team T2",
            GAP,
            "roster.csv:14:6 person = 张三: is on duty at P1 (line 13) at the same time: "
            "from Thursday 2026-01-01 08:00",
        ],
    ),
    "capabilities without their equipment": (
        [
            ("items.csv", "I18,engine,A1,,2025-06-01,,,,\n", ""),
            ("items.csv", "I9,apparatus,E2", "I9,apparatus,E1"),
            ("items.csv", "I10,foam,E2,,,,,,120", "I10,foam,E2,,,,,,99.5"),
            ("units.csv", "commander:1;driver:1,engine:4", "commander:1;driver:1,ambulance:4"),
        ],
        [
            "units.csv:2:14 crew_for = ambulance:4: asks for people for ambulance, "
            "which this unit is not capable of",
            "units.csv:3:1 code = E2: carries 1 of apparatus, engine needs 2: "
            "it will never be ready for that",
            "units.csv:3:1 code = E2: carries 99.5 of foam, engine needs 100: "
            "it will never be ready for that",
            "units.csv:5:1 code = A1: carries 0 of engine, needs 1 to roll: it will never roll",
            GAP,
        ],
    ),
    "what fails and never comes back, a team without units": (
        [
            (YAML, "      repair: {constant_days: 3}\n", ""),
            ("stores.csv", "S1,1,7", "S1,0,7"),
            ("teams.csv", "T2,二队", "T3,三队,,volunteer,S2,,,,\nT2,二队"),
            ("roster.csv", "P1,whole", "T3,whole,driver,1,,,,\nP1,whole"),
        ],
        [
            "scenario.yaml:113:7 readiness.item_types.engine.repair: "
            "is repaired, but no store has a workshop (bays): what has failed never comes back",
            "scenario.yaml:114:5 readiness.item_types.pump: "
            "fails, but is neither repaired nor replaced: what has failed never comes back",
            "scenario.yaml:128:7 readiness.item_types.apparatus.repair: "
            "is repaired, but no store has a workshop (bays): what has failed never comes back",
            "teams.csv:3:1 code = T3: mans no unit",
            GAP,
        ],
    ),
}


@pytest.mark.parametrize("name", NOTED)
def test_what_keeps_a_unit_from_being_ready_is_a_note(edited, name):
    edits, expected = NOTED[name]
    scenario = load_scenario(edited(*edits))
    assert [note.text() for note in scenario.notes] == expected
    assert [note.message_id for note in scenario.notes if note.message_id not in catalogue("sim")] == []
    assert build_county(scenario).force is not None


def test_one_mistake_in_readiness_does_not_hide_the_others(edited):
    folder = edited(
        (YAML, "shows: turnout", "shows: never"),
        ("roster.csv", "P1,whole,duty_officer,1,,,,", "P1,whole,duty_leader,1,,王五,,"),
        ("items.csv", "I3,apparatus", "I3,aparatus"),
    )
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder)
    assert [(problem.file, problem.field) for problem in caught.value.problems] == [
        (YAML, "readiness.item_types.engine.shows"),
        ("items.csv", "type"),
        ("roster.csv", "person"),
    ]
