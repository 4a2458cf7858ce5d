"""Edits of a scenario: each kind once as it is applied, told and refused, and what becomes of injects."""

from __future__ import annotations

from datetime import datetime

import pytest
import yaml
from plan_county import GENERAL, write_planned

from sim import injects
from sim.scenarios.build import build_county
from sim.scenarios.checks import check_scenario
from sim.scenarios.edits import AnyEdit, apply_edits, edits_of, read_edit_file
from sim.scenarios.edits_forms import FORMS, WORDS
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError
from sim.scenarios.save import save_scenario

DAY_S = 86400.0


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    whole = load_scenario(write_planned(tmp_path_factory.mktemp("planned") / "county"))
    return whole.model_copy(update={"settings": whole.settings.model_copy(update={"injects": ()})})


def row(scenario, table, code):
    return next(it for it in getattr(scenario, table) if it.code == code)


def asked(scenario, *data):
    return apply_edits(scenario, edits_of(data))


def refused(scenario, *data):
    with pytest.raises(ScenarioError) as caught:
        asked(scenario, *data)
    return str(caught.value)


NEW_PLAN = {**yaml.safe_load(GENERAL), "code": "other"}

APPLIED = {
    "add_base": (
        {"base": "S9", "name_en": "Station 9", "where": "T2"},
        "New base Station 9 (S9) at 104.02, 30.01.",
        lambda it: row(it, "stations", "S9").place,
        "T2",
    ),
    "move_base": (
        {"base": "二站", "lon": 104.01, "lat": 30.0},
        "Base Station 2 (S2) moves to 104.01, 30.",
        lambda it: (row(it, "stations", "S2").lon, row(it, "stations", "S2").place),
        (104.01, None),
    ),
    "remove_base": (
        {"base": "S2", "to": "S1"},
        "Base Station 2 (S2) is given up; what stood there moves to Station 1 (S1).",
        lambda it: (len(it.stations), row(it, "units", "E2").station, row(it, "units", "E1").forward),
        (1, "S1", "S1"),
    ),
    "add_team": (
        {"team": "T3", "like": "T2", "base": "S1"},
        "New team T3 at Station 1 (S1), on duty like Team 2 (T2).",
        lambda it: sum(line.holder == "T3" for line in it.roster),
        4,
    ),
    "move_team": (
        {"team": "Team 2", "base": "S1"},
        "Team Team 2 (T2) moves to Station 1 (S1) with its 1 units.",
        lambda it: (row(it, "teams", "T2").station, row(it, "units", "E2").station),
        ("S1", "S1"),
    ),
    "remove_team": (
        {"team": "T1"},
        "Team Team 1 (T1) is disbanded; its 2 units go.",
        lambda it: ([unit.code for unit in it.units], any(item.unit == "E1" for item in it.items)),
        (["E2", "A1", "Z1"], False),
    ),
    "add_unit": (
        {"unit": "E9", "like": "E2"},
        "New unit E9 at Station 2 (S2), like Engine 2 (E2), with 5 items of equipment.",
        lambda it: (row(it, "units", "E9").team, row(it, "items", "I7-E9").condition),
        ("T2", "serviceable"),
    ),
    "move_unit": (
        {"unit": "E3", "base": "S2"},
        "Unit Engine 3 (E3) moves with its crew from Station 1 (S1) to Station 2 (S2).",
        lambda it: [(line.shift, line.role, line.count) for line in it.roster if line.holder == "T1-E3"],
        [(watch, *part) for watch in ("watch_a", "watch_b") for part in (("driver", 1), ("firefighter", 2))],
    ),
    "remove_unit": (
        {"unit": "E3"},
        "Unit Engine 3 (E3) goes, with 5 items of equipment.",
        lambda it: any(unit.code == "E3" for unit in it.units),
        False,
    ),
    "add_item": (
        {"item": "I99", "type": "水泵", "to": "E1"},
        "New item I99 (Pump (pump)) for Engine 1 (E1).",
        lambda it: row(it, "items", "I99").unit,
        "E1",
    ),
    "move_item": (
        {"item": "I16", "to": "E2"},
        "Item I16 (Breathing apparatus) goes to Engine 2 (E2).",
        lambda it: (row(it, "items", "I16").unit, row(it, "items", "I16").store),
        ("E2", None),
    ),
    "remove_item": (
        {"item": "I3"},
        "Item I3 (Breathing apparatus) is taken away.",
        lambda it: any(item.code == "I3" for item in it.items),
        False,
    ),
    "add_post": (
        {"post": "P9", "like": "P2", "where": "X2"},
        "New duty post P9, on duty like Cold store 1 desk (P2).",
        lambda it: (row(it, "posts", "P9").site, sum(line.holder == "P9" for line in it.roster)),
        ("X2", 2),
    ),
    "move_post": (
        {"post": "P2", "where": "T2"},
        "Duty post Cold store 1 desk (P2) belongs to Hekou (T2) from now on.",
        lambda it: (row(it, "posts", "P2").place, row(it, "posts", "P2").site),
        ("T2", None),
    ),
    "set_shift": (
        {"shift": "day", "to": "20:00"},
        "Shift Day (day) lasts from 08:00 to 20:00, on days 1, 2, 3, 4, 5, 6, 7 of the week.",
        lambda it: it.settings.readiness.shifts["day"].to,
        "20:00",
    ),
    "set_standby": (
        {"holder": "T2", "level": "on_call"},
        "The people of Team 2 (T2) stand by on call.",
        lambda it: {line.standby for line in it.roster if line.holder == "T2"},
        {"on_call"},
    ),
    "set_roster": (
        {"holder": "T1", "shift": "watch_a", "role": "firefighter", "count": 6},
        "Team 1 (T1): 6 of role Firefighter (firefighter) on shift Watch A (watch_a), before 4.",
        lambda it: max(line.count for line in it.roster),
        6,
    ),
    "set_policy": (
        {"policy": "area_first"},
        "Units are chosen by the policy area_first instead of closest.",
        lambda it: it.settings.policy,
        "area_first",
    ),
    "set_run_card": (
        {"kind": "leak", "grade": 2, "capability": "engine", "count": 3},
        "Run card of Ammonia leak, grade 2: 3 of Fire engine instead of 2.",
        lambda it: max(line.count for line in it.run_cards),
        3,
    ),
    "set_rules": (
        {"rules": "wuhan2020"},
        "The rules wuhan2020 are in force instead of national.",
        lambda it: it.settings.reporting.rules,
        "wuhan2020",
    ),
    "set_task": (
        {"plan": "general", "task": "ask", "within_min": 5},
        "Task Verify (ask) of plan General plan (general): P1, within 5 min, lasts 5 min.",
        lambda it: row(it, "plans", "general").tasks[0].within_min,
        5.0,
    ),
    "add_plan": (
        {"plan": NEW_PLAN},
        "New plan General plan (other), 2 tasks.",
        lambda it: [plan.code for plan in it.plans],
        ["general", "leak", "other", "store"],
    ),
    "remove_plan": (
        {"plan": "leak"},
        "Plan Plan for ammonia leaks is no longer in force.",
        lambda it: [plan.code for plan in it.plans],
        ["general", "store"],
    ),
    "set_check": (
        {"check": "K2", "every_days": 14},
        "Check K2 is done every 14 days instead of every 7.",
        lambda it: row(it, "checks", "K2").every_days,
        14,
    ),
    "move_site": (
        {"site": "Cold store 1", "where": "S2"},
        "Site Cold store 1 (X1) moves to 104.02, 30.01.",
        lambda it: (row(it, "sites", "X1").lon, row(it, "sites", "X1").place),
        (104.02, "T2"),
    ),
    "set_site_rate": (
        {"site": "X2", "factor": 2.0},
        "Accidents at Cold store 2 (X2) are 2 times as likely.",
        lambda it: row(it, "sites", "X2").rate_factor,
        5.0,
    ),
}


@pytest.mark.parametrize("word", APPLIED)
def test_what_is_changed_from_the_start(scenario, word):
    data, told, look, seen = APPLIED[word]
    edited, changes = asked(scenario, {"do": word, **data})
    assert [change.text() for change in changes] == [told]
    assert any("一" <= letter <= "龥" for letter in changes[0].text("zh"))
    assert look(edited) == seen
    assert edited != scenario
    assert check_scenario(edited) == ()


T_S = DAY_S + 3600.0
"""The moment at which edits are made below, ``+1d1h``."""
AT, UNTIL = "from 2026-01-02 01:00 on", "from 2026-01-02 01:00 until 2026-01-02 20:00"
ON_THE_CLOCK = {
    "close_road": (
        {"road": "River", "at": "+1d1h", "until": "20:00"},
        f"River Bridge (河桥) is closed {UNTIL}.",
        injects.CloseRoad(T_S, (8, 9), "河桥", DAY_S + 72000.0),
    ),
    "slow_road": (
        {"road": "正街", "factor": 0.5, "at": "+1d1h"},
        f"Traffic on Main Street (正街) goes at 0.5 of its usual speed {AT}.",
        injects.SlowRoad(T_S, (0, 1, 2, 3), 0.5, "正街"),
    ),
    "close_site": (
        {"site": "X1"},
        "Site Cold store 1 (X1) is closed from the start: no accident happens there.",
        injects.CloseSite(0.0, 0),
    ),
    "raise_warning": (
        {"level": 2, "at": "+1d1h", "until": "20:00"},
        f"A warning is out {UNTIL}: orange.",
        injects.IssueWarning(T_S, 2, DAY_S + 72000.0),
    ),
    "raise_standby": (
        {"teams": ["T2"], "at": "2026-01-02 01:00"},
        f"The standby of Team 2 (T2) is raised {AT}.",
        injects.RaiseStandby(T_S, (1,)),
    ),
    "lower_standby": (
        {"at": "+1d1h"},
        f"The standby of all teams is no longer raised by order {AT}.",
        injects.RaiseStandby(T_S, (), raised=False),
    ),
    "cut_channel": (
        {"channel": "固定电话", "post": "P1", "at": "+1d1h"},
        f"Landline (landline) of County duty desk (P1) fails {AT}.",
        injects.CutChannel(T_S, 0, 0),
    ),
    "leave_post": (
        {"post": "P2", "at": "+1d1h"},
        f"Nobody is at Cold store 1 desk (P2) {AT}.",
        injects.LeavePost(T_S, 1),
    ),
    "take_out": ({"unit": "E2", "at": "+1d1h"}, f"Unit Engine 2 (E2) is out of service {AT}.", None),
    "fail_item": (
        {"item": "I3", "at": "+1d1h", "hidden": False},
        f"Item I3 of E1 does not work {AT}.",
        injects.FailItem(T_S, 2, hidden=False),
    ),
    "set_policy": (
        {"policy": "area_first", "at": "+1d1h"},
        f"Units are chosen by the policy area_first {AT}.",
        injects.SetPolicy(T_S, "area_first"),
    ),
    "move_unit": (
        {"unit": "E1", "base": "S2", "at": "+1d1h"},
        f"Unit Engine 1 (E1) belongs to base Station 2 (S2) {AT}, and drives there when it is free.",
        None,
    ),
    "add_accident": (
        {"kind": "氨泄漏", "where": "X2", "at": "+1d1h", "grade": 2, "deaths": 3},
        "Ammonia leak at Cold store 2 (X2), 2026-01-02 01:00.",
        injects.AddAccident(T_S, 1, 104.019, 30.009, 1, 2, None, 3, code="leak@2026-01-02 01:00#0"),
    ),
    "set_level": (
        {"level": 2, "plan": "leak", "at": "+1d1h"},
        "Response level 2 of plan Plan for ammonia leaks for its accidents in hand, 2026-01-02 01:00.",
        injects.SetLevel(T_S, 2, 1),
    ),
}


@pytest.mark.parametrize("word", ON_THE_CLOCK)
def test_what_is_changed_on_the_clock(scenario, word):
    data, told, made = ON_THE_CLOCK[word]
    edited, changes = asked(scenario, {"do": word, **data})
    assert [change.text() for change in changes] == [told]
    assert len(edited.settings.injects) == len(scenario.settings.injects) + 1
    county = build_county(edited)
    assert made is None or made in county.injects
    assert {type(it).__name__ for it in county.injects} >= {type(made).__name__} - {"NoneType"}


def test_a_road_is_opened_where_it_was_closed_before(scenario):
    close, reopen = {"do": "close_road", "road": "n1-n4"}, {"do": "open_road", "road": "n1-n4", "at": "+2h"}
    edited, changes = asked(scenario, close, reopen)
    assert [change.text() for change in changes] == [
        "n1-n4 is closed from the start.",
        "n1-n4 is as usual again from 2026-01-01 02:00 on.",
    ]
    assert injects.OpenRoad(7200.0, (8,), "n1-n4") in build_county(edited).injects
    assert "neither closed nor slowed by then" in refused(scenario, reopen)


def test_a_warning_closes_and_slows_roads_while_it_holds(scenario):
    warning = {"do": "raise_warning", "level": 1, "at": "+1h", "until": "+3h"}
    edited, changes = asked(scenario, {**warning, "close": ["河桥"], "slow": {"Main": 0.4}})
    assert changes[0].text() == (
        "A warning is out from 2026-01-01 01:00 until 2026-01-01 03:00: red; "
        "meanwhile closed or slow: River Bridge (河桥), Main Street (正街)."
    )
    assert build_county(edited).injects[:3] == (
        injects.IssueWarning(3600.0, 1, 10800.0),
        injects.CloseRoad(3600.0, (8, 9), "河桥", 10800.0),
        injects.SlowRoad(3600.0, (0, 1, 2, 3), 0.4, "正街", 10800.0),
    )


def test_an_item_that_fails_from_the_start_is_so_in_the_ledger(scenario):
    edited, _ = asked(scenario, {"do": "fail_item", "item": "I8"})
    item = row(edited, "items", "I8")
    assert (item.condition, item.known) == ("unserviceable", "serviceable")
    assert edited.settings.injects == scenario.settings.injects


SENSELESS = {
    "is the code of a station that is there already": {"do": "add_base", "base": "S1", "where": "T1"},
    "must say where: `where`, or `lon` and `lat`": {"do": "move_base", "base": "S1"},
    "is where E2, Z1, T2 stand; say `to` which base they move": {"do": "remove_base", "base": "S2"},
    "names no team; known: T1, T2": {"do": "remove_team", "team": "X"},
    "names no unit; known: E1, E2, E3, A1": {"do": "move_unit", "unit": "999", "base": "S2"},
    "changes nothing: it is so already": {"do": "move_unit", "unit": "E1", "base": "S1"},
    "has no team that could man the unit": {"do": "add_unit", "unit": "E9", "like": "E1", "base": "S3"},
    "names no item type; did you mean pump?": {"do": "add_item", "item": "I99", "type": "pomp", "to": "E1"},
    "names no place; known: T1, T2": {"do": "move_post", "post": "P2", "where": "X9Y"},
    "says `from`, `to` or `days`": {"do": "set_shift", "shift": "day"},
    "must be one of on_station, on_call": {"do": "set_standby", "holder": "T1", "level": "asleep"},
    "names no role; known": {"do": "set_roster", "holder": "T1", "shift": "day", "role": "x", "count": 1},
    "names no dispatch policy; did you mean closest?": {"do": "set_policy", "policy": "closets"},
    "is no grade of this kind, which has 1": {
        "do": "set_run_card",
        "kind": "fire",
        "grade": 2,
        "capability": "engine",
        "count": 2,
    },
    "names no rule file": {"do": "set_rules", "rules": "mars"},
    "names no task; did you mean ask?": {"do": "set_task", "plan": "general", "task": "asc", "lasts_min": 1},
    "names no check; known: K1, K2, K3": {"do": "set_check", "check": "weekly", "every_days": 7},
    "names no road; did you mean 河桥?": {"do": "close_road", "road": "大河桥"},
    "must be less than 1": {"do": "slow_road", "road": "正街", "factor": 1.5},
    "must be later than `at`": {"do": "take_out", "unit": "E1", "at": "+3h", "until": "+1h"},
    "is before the scenario's start, 2026-01-01 00:00": {
        "do": "leave_post",
        "post": "P1",
        "at": "2025-12-31 23:00",
    },
    "must be a moment": {"do": "close_site", "site": "X1", "at": "tonight"},
    "edits:1 at: is missing": {"do": "add_accident", "kind": "leak", "where": "X1"},
    "is off the map": {"do": "add_accident", "kind": "leak", "lon": 10.0, "lat": 30.0, "at": "+1h"},
    "is no edit; did you mean close_road?": {"do": "close_roads", "road": "正街"},
    "is not known here": {"do": "remove_unit", "unit": "E1", "at": "+1h"},
}


@pytest.mark.parametrize("reason", SENSELESS)
def test_what_makes_no_sense_is_refused_with_the_reason(scenario, reason):
    if "no team that could man" in reason:
        base = {"do": "add_base", "base": "S3", "where": "T1"}
        assert reason in refused(scenario, base, SENSELESS[reason])
    else:
        assert reason.replace("says `", "say `") in refused(scenario, SENSELESS[reason])


def test_all_refusals_come_together_by_the_number_of_the_edit(scenario):
    told = refused(
        scenario,
        {"do": "move_unit", "unit": "E1", "base": "S9"},
        {"do": "take_out", "unit": "E2"},
        {"do": "close_site", "site": "X9"},
    )
    assert told.splitlines() == [
        "edits:1 base = S9: names no station; known: S1, S2",
        "edits:3 site = X9: names no site; known: X1, X2",
    ]


def test_an_edit_after_which_nothing_fits_is_named(scenario):
    told = refused(scenario, {"do": "take_out", "unit": "E2"}, {"do": "remove_post", "post": "P2"})
    assert told.splitlines()[0] == "edits:2: after this, the scenario does not fit together"
    assert "names no duty post" in told


def test_what_was_edited_is_saved_and_read_as_it_is(scenario, tmp_path):
    edited, _ = asked(
        scenario,
        {"do": "close_road", "road": "河桥", "at": "+1h"},
        {"do": "add_accident", "kind": "leak", "where": "X1", "at": "+2h", "loss_cny": 1000.0},
        {"do": "set_level", "level": 1, "at": "+3h"},
        {"do": "move_unit", "unit": "E3", "base": "S2"},
    )
    save_scenario(edited, tmp_path / "edited")
    assert load_scenario(tmp_path / "edited") == edited


def test_every_form_is_tried_here_and_survives_being_written():
    tried = {*APPLIED, *ON_THE_CLOCK, "open_road", "remove_post"}
    assert tried == set(WORDS)
    assert len(FORMS) == len(WORDS)
    for word, (data, *_) in {**APPLIED, **ON_THE_CLOCK}.items():
        edit = edits_of([{"do": word, **data}])[0]
        assert AnyEdit.validate_json(AnyEdit.dump_json(edit, by_alias=True, exclude_none=True)) == edit


def test_an_edit_file_names_line_and_column_of_what_is_wrong(tmp_path):
    path = tmp_path / "night.yaml"
    path.write_text(
        "- {do: close_road, road: 河桥, at: 20:00, until: 06:00}\n"
        "- do: slow_road\n  road: 正街\n  factor: 2\n- {do: open_door}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        read_edit_file(path)
    assert str(caught.value).splitlines() == [
        "night.yaml:4:3 factor = 2: must be less than 1",
        "night.yaml:5:4 do = open_door: is no edit; did you mean open_road?",
    ]
    path.write_text(path.read_text(encoding="utf-8").split("- do")[0], encoding="utf-8")
    assert [edit.road for edit in read_edit_file(path)] == ["河桥"]
    path.write_text("road: closed\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="must hold a list of edits"):
        read_edit_file(path)


def test_a_time_of_day_is_the_next_one(scenario):
    edited, _ = asked(scenario, {"do": "take_out", "unit": "E2", "at": "20:00", "until": "06:00"})
    added = edited.settings.injects[-1]
    assert (added.at, added.until) == (datetime(2026, 1, 1, 20), datetime(2026, 1, 2, 6))


def test_it_is_told_what_a_closed_road_cuts_off(scenario):
    _, changes = asked(scenario, {"do": "close_road", "road": "Main Street"})
    assert changes[0].text() == (
        "Main Street (正街) is closed from the start; no road leads to 1 crossings meanwhile."
    )
    assert changes[0].text("zh") == "正街自始封闭；其间有 1 个路口无路可达。"


def test_an_accident_at_a_site_is_known_by_any_of_its_names(scenario):
    for word in ("x1", "冷库一", "Cold Store 1"):
        accident = {"do": "add_accident", "kind": "leak", "where": word, "at": "+1h"}
        assert asked(scenario, accident).scenario.settings.injects[-1].site == "X1"
    assert "edits:1 at = 5: must be a moment" in refused(scenario, {**accident, "at": 5})
