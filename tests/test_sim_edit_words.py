"""Edits in words: English and Chinese phrases, times in them, and what is not understood."""

from __future__ import annotations

import pytest

from sim.scenarios.edit_words import edits_of_words
from sim.scenarios.problems import ScenarioError

SAID = {
    "close bridge qinglong": {"do": "close_road", "road": "qinglong"},
    "close road G320 at 20:00 until 06:00": {
        "do": "close_road",
        "road": "G320",
        "at": "20:00",
        "until": "06:00",
    },
    "close G320 from +2h for 90 min": {"do": "close_road", "road": "G320", "at": "+2h", "until": "+3h30min"},
    "close G320 for 2 days": {"do": "close_road", "road": "G320", "until": "+2d"},
    "close G320 at 20:00 for 6 hours": {"do": "close_road", "road": "G320", "at": "20:00", "until": "02:00"},
    "close G320 at 2026-07-01 23:00 for 2h": {
        "do": "close_road",
        "road": "G320",
        "at": "2026-07-01 23:00",
        "until": "2026-07-02 01:00",
    },
    "reopen G320 at +1d": {"do": "open_road", "road": "G320", "at": "+1d"},
    "slow road G320 to 50%": {"do": "slow_road", "road": "G320", "factor": 0.5},
    "close site h001": {"do": "close_site", "site": "h001"},
    "Move unit E7 to base B3": {"do": "move_unit", "unit": "E7", "base": "B3"},
    "move unit E7 to fire-park at +1d": {"do": "move_unit", "unit": "E7", "base": "fire-park", "at": "+1d"},
    "move team T03 to base B3": {"do": "move_team", "team": "T03", "base": "B3"},
    "move base B3 to 113.2, 27.9": {"do": "move_base", "base": "B3", "lon": 113.2, "lat": 27.9},
    "move post D04 to qinglong": {"do": "move_post", "post": "D04", "where": "qinglong"},
    "move item I7 to unit E2": {"do": "move_item", "item": "I7", "to": "E2"},
    "remove station B3 to B4": {"do": "remove_base", "base": "B3", "to": "B4"},
    "remove unit E7": {"do": "remove_unit", "unit": "E7"},
    "add unit E20 like E1 at B3": {"do": "add_unit", "unit": "E20", "like": "E1", "base": "B3"},
    "add base B9 at qinglong": {"do": "add_base", "base": "B9", "where": "qinglong"},
    "add accident ammonia_leak at h001 at +1d": {
        "do": "add_accident",
        "kind": "ammonia_leak",
        "where": "h001",
        "at": "+1d",
    },
    "set policy area_first": {"do": "set_policy", "policy": "area_first"},
    "use rules wuhan2020": {"do": "set_rules", "rules": "wuhan2020"},
    "take out E1 until +2d": {"do": "take_out", "unit": "E1", "until": "+2d"},
    "fail item I1 openly": {"do": "fail_item", "item": "I1", "hidden": False},
    "cut channel landline of D04": {"do": "cut_channel", "channel": "landline", "post": "D04"},
    "leave post D04 unmanned at 22:00": {"do": "leave_post", "post": "D04", "at": "22:00"},
    "raise standby of T01 and T02": {"do": "raise_standby", "teams": ("T01", "T02")},
    "raise standby": {"do": "raise_standby"},
    "issue warning 2 at 08:00": {"do": "raise_warning", "level": 2, "at": "08:00"},
    "raise a red warning": {"do": "raise_warning", "level": 1},
    "set level 2 of plan ammonia at +3h": {"do": "set_level", "level": 2, "plan": "ammonia", "at": "+3h"},
    "set run card fire grade 2 engine 5": {
        "do": "set_run_card",
        "kind": "fire",
        "grade": 2,
        "capability": "engine",
        "count": 5,
    },
    "set roster T01 watch_a driver 8": {
        "do": "set_roster",
        "holder": "T01",
        "shift": "watch_a",
        "role": "driver",
        "count": 8,
    },
    "set shift day from 08:00 to 20:00": {"do": "set_shift", "shift": "day", "from": "08:00", "to": "20:00"},
    "set check K01 every 7 days": {"do": "set_check", "check": "K01", "every_days": 7},
    "set rate of site h001 times 2": {"do": "set_site_rate", "site": "h001", "factor": 2.0},
    "set_site_rate site=h001 factor=0.5": {"do": "set_site_rate", "site": "h001", "factor": 0.5},
    "raise_warning level=1 close=qinglong;G320 at='2026-07-01 20:00'": {
        "do": "raise_warning",
        "level": 1,
        "close": ("qinglong", "G320"),
        "at": "2026-07-01 20:00",
    },
    "close G320 from 20:00 to 06:00": {"do": "close_road", "road": "G320", "at": "20:00", "until": "06:00"},
    "slow G320 by 30%": {"do": "slow_road", "road": "G320", "factor": 0.7},
    "open response level 2 at 20:00": {"do": "set_level", "level": 2, "at": "20:00"},
    "move E7 to B3": {"do": "move_unit", "unit": "E7", "base": "B3"},
    "take E7 out of service": {"do": "take_out", "unit": "E7"},
    "关闭青龙桥至06:00": {"do": "close_road", "road": "青龙桥", "until": "06:00"},
    "关闭青龙桥，20:00至次日06:00": {"do": "close_road", "road": "青龙桥", "at": "20:00", "until": "06:00"},
    "青龙桥车速降低30%": {"do": "slow_road", "road": "青龙桥", "factor": 0.7},
    "提升备勤": {"do": "raise_standby"},
    "解除备勤": {"do": "lower_standby"},
    "关闭青龙桥": {"do": "close_road", "road": "青龙桥"},
    "20:00至06:00关闭青龙桥": {"do": "close_road", "road": "青龙桥", "at": "20:00", "until": "06:00"},
    "封闭桥梁青龙桥，持续6小时": {"do": "close_road", "road": "青龙桥", "until": "+6h"},
    "恢复青龙桥通行，20:00": {"do": "open_road", "road": "青龙桥", "at": "20:00"},
    "G320车速降至50%": {"do": "slow_road", "road": "G320", "factor": 0.5},
    "把E7调到B3": {"do": "move_unit", "unit": "E7", "base": "B3"},
    "2026-01-02 20:00起把车辆E7调到驻地B3": {
        "do": "move_unit",
        "unit": "E7",
        "base": "B3",
        "at": "2026-01-02 20:00",
    },
    "撤销驻地B3，并入B4": {"do": "remove_base", "base": "B3", "to": "B4"},
    "撤销车辆E7": {"do": "remove_unit", "unit": "E7"},
    "增配车辆E20，同E1，驻B3": {"do": "add_unit", "unit": "E20", "like": "E1", "base": "B3"},
    "关闭风险点h001": {"do": "close_site", "site": "h001"},
    "E1停用": {"do": "take_out", "unit": "E1"},
    "D04的固定电话中断": {"do": "cut_channel", "channel": "固定电话", "post": "D04"},
    "D04无人值守": {"do": "leave_post", "post": "D04"},
    "全部队伍提级备勤": {"do": "raise_standby", "teams": ()},
    "发布红色预警": {"do": "raise_warning", "level": 1},
    "启动二级响应 20:00": {"do": "set_level", "level": 2, "at": "20:00"},
    "在h001发生氨泄漏，2026-01-02 03:00": {
        "do": "add_accident",
        "kind": "氨泄漏",
        "where": "h001",
        "at": "2026-01-02 03:00",
    },
}


@pytest.mark.parametrize("phrase", SAID)
def test_phrases_mean_edits(phrase):
    (edit,) = edits_of_words(phrase)
    said = edit.model_dump(by_alias=True, exclude_unset=True)
    assert {**said, "do": edit.do} == SAID[phrase]


def test_what_lasts_days_must_say_on_which_day_it_begins():
    with pytest.raises(ScenarioError, match="say on which day it begins"):
        edits_of_words("close G320 at 20:00 for 2 days")
    with pytest.raises(ScenarioError, match="say on which day it begins"):
        edits_of_words("20:00关闭青龙桥，持续3天")


def test_what_is_not_understood_is_shown_with_examples():
    with pytest.raises(ScenarioError) as caught:
        edits_of_words(["close bridge qinglong", "make it rain", "下雨"])
    told = str(caught.value).splitlines()
    assert [line.split(" is not understood; for example: ")[0] for line in told] == [
        "--edit:2 edit = make it rain:",
        "--edit:3 edit = 下雨:",
    ]
    assert "无法理解；例如：" in caught.value.text("zh")


def test_what_is_wrong_in_a_phrase_is_told_by_its_number():
    with pytest.raises(ScenarioError) as caught:
        edits_of_words(["close G320", "slow G320 to 150%", "raise warning 7", "set_shift day"])
    assert str(caught.value) == "--edit:4 edit = set_shift day: " + str(caught.value).split(": ", 1)[1]
    with pytest.raises(ScenarioError) as caught:
        edits_of_words(["close G320", "slow G320 to 150%", "raise warning 7"])
    assert str(caught.value).splitlines() == [
        "--edit:2 factor = 1.5: must be less than 1",
        "--edit:3 level = 7: must be at most 4",
    ]
