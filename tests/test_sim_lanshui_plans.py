"""Lanshui's plans, its chain of reports, how its accidents grow, and what the city has in reserve."""

from __future__ import annotations

from collections import Counter

import pytest

from dispatch.plans import PlanKind, Work, plan_for
from dispatch.reporting import Tier
from sim.chain import desk_of
from sim.scenarios.build import build_county
from sim.scenarios.builtin import builtin_scenarios
from sim.scenarios.generate.plans import list_plans
from sim.scenarios.load import load_scenario
from sim.scenarios.plan_review import checked_plan, finding_text

GENERAL = ("general", "chemicals", "ammonia", "gas", "flood", "crowd")
CARDS = ("card-h015", "card-h017", "card-h036", "card-h149", "card-h167")
GROWING = ("ammonia_leak", "chemical_leak", "warehouse_fire", "building_fire", "gas_leak", "flood_danger")


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(builtin_scenarios()["lanshui"])


@pytest.fixture(scope="module")
def county(scenario):
    return build_county(scenario)


@pytest.fixture(scope="module")
def plans(county):
    return {plan.code: plan for plan in county.plans}


def findings(county, code):
    """Give what is wrong with a plan, as (code, task)."""
    plan = next(plan for plan in county.plans if plan.code == code)
    return [(finding.code, finding.task) for finding in checked_plan(county, plan)]


def test_there_are_six_plans_and_five_cards(plans):
    assert set(plans) == {*GENERAL, *CARDS}
    kinds = Counter(plan.kind for plan in plans.values())
    assert kinds == {PlanKind.GENERAL: 1, PlanKind.SPECIAL: 5, PlanKind.ON_SITE: 5}


def test_what_is_committed_is_what_the_short_form_gives(scenario):
    assert {plan.code: plan for plan in scenario.plans} == {plan.code: plan for plan in list_plans()}


@pytest.mark.parametrize("code", GENERAL + CARDS)
def test_each_plan_is_whole(scenario, plans, code):
    plan, written = plans[code], next(plan for plan in scenario.plans if plan.code == code)
    assert 8 <= len(plan.tasks) <= 20
    assert {post.code for post in scenario.posts} >= {task.owner for task in plan.tasks}
    assert {task.owner for task in plan.tasks} <= set(plan.contacts)
    assert {trigger.level for trigger in plan.triggers} >= ({2, 3, 4} if code in CARDS else {1, 2, 3, 4})
    works = {task.work for task in plan.tasks}
    assert {Work.NOTIFY, Work.DUTY, Work.SEND, Work.COMMAND_POST, Work.ASK_AID, Work.EVACUATE} <= works
    assert plan.people > 0
    assert all(task.source is not None and task.source.certainty for task in plan.tasks)
    assert written.name.zh.endswith(("预案", "方案"))
    for names in (written.name, *(task.name for task in written.tasks)):
        assert names.zh
        assert names.en
        assert names.zh != names.en


@pytest.mark.parametrize("code", GENERAL)
def test_the_countys_plans_control_traffic_and_tell_the_public(plans, code):
    assert {Work.TRAFFIC, Work.PUBLISH} <= {task.work for task in plans[code].tasks}


def test_response_levels_are_no_copy_of_the_classes(plans):
    for plan in plans.values():
        others = [trigger for trigger in plan.triggers if trigger.accident_class is None]
        assert {trigger.level for trigger in others} >= {2, 3, 4}
        assert any(trigger.lacking for trigger in others)


def test_every_kind_of_accident_is_covered(county, plans):
    order = list(plans)
    for number, kind in enumerate(county.kinds):
        if kind.category == "accident":
            assert plan_for(county.plans, number, -1) is not None
    kinds = [kind.code for kind in county.kinds]
    chosen = {kind: order[plan_for(county.plans, kinds.index(kind), -1)] for kind in kinds}
    assert chosen["ammonia_leak"] == "ammonia"
    assert chosen["hazmat_road"] == chosen["fireworks_explosion"] == "chemicals"
    assert (chosen["gas_leak"], chosen["flood_danger"], chosen["collapse"]) == ("gas", "flood", "general")
    sites = [site.code for site in county.sites]
    assert order[plan_for(county.plans, kinds.index("ammonia_leak"), sites.index("h015"))] == "card-h015"


@pytest.mark.parametrize("code", CARDS)
def test_a_card_begins_in_the_sites_own_room(county, plans, code):
    plan = plans[code]
    post = next(post for post in county.force.posts if post.code == plan.tasks[0].owner)
    assert (post.kind, post.site) == ("site", plan.sites[0])
    assert county.sites[plan.sites[0]].code == code.removeprefix("card-")
    assert sum(task.owner == post.code for task in plan.tasks) >= 5


def test_the_faults_left_on_purpose_are_found_and_no_others(county):
    found = {code: findings(county, code) for code in GENERAL + CARDS}
    assert {code: entries for code, entries in found.items() if entries} == {
        "chemicals": [("drive_too_long", "detect")],
        "ammonia": [("drive_too_long", "detect")],
        "card-h015": [("unmanned_at_night", task) for task in ("alarm", "stop", "leave", "spray", "guide")],
    }


def test_a_fault_in_words(county, plans):
    plan = plans["ammonia"]
    assert [finding_text(finding, "en", county, plan) for finding in checked_plan(county, plan)] == [
        "Hazmat team in gas-tight suits monitors and sets the zones: is to be done in 30 min, but 1 of "
        "Hazmat team can be at Chashan Meat Packers' Cold Store only after 37 min "
        "(1 of 16 places are too far)"
    ]


def test_every_tier_up_to_the_city_has_a_desk(county):
    kinds, sites = [kind.code for kind in county.kinds], [site.code for site in county.sites]
    leak, store = kinds.index("ammonia_leak"), sites.index("h015")
    place = county.sites[store].place
    desks = {tier: desk_of(county, tier, leak, place, store) for tier in range(1, 8)}
    codes = {tier: county.force.posts[post].code for tier, post in desks.items()}
    assert codes == {
        Tier.UNIT_HEAD: "D33", Tier.CALL_CENTRE: "D01", Tier.TOWNSHIP: "D18", Tier.BUREAU: "D04",
        Tier.DEPARTMENT: "D09", Tier.COUNTY_GOVERNMENT: "D05", Tier.CITY_BUREAU: "D06",
    }  # fmt: skip
    accidents = {n for n, kind in enumerate(county.kinds) if kind.category == "accident"}
    assert set(county.chain.departments) == accidents
    assert county.chain.rules.code == "national"


def test_what_grows_grows_believably(county):
    growing = {kind.code: kind.escalation for kind in county.kinds if kind.escalation}
    assert set(GROWING) <= set(growing)
    assert all(0 < it.p <= 0.5 and 900 <= it.after.a <= 7200 for it in growing.values())
    assert all(1 < it.harm_factor <= 5 and 1 < it.control_factor <= 2 for it in growing.values())


def test_the_city_has_four_units_at_the_countys_edge(county):
    aid = [unit for unit in county.units if unit.aid]
    assert [unit.code for unit in aid] == ["C1", "C2", "C3", "C4"]
    can = Counter(county.capabilities[each] for unit in aid for each in unit.capabilities)
    assert can == {"hazmat": 1, "engine": 2, "rescue": 1}
    assert {county.stations[unit.station].code for unit in aid} == {"city-reinforcement"}
    west = min(site.at.lon for site in county.sites)
    assert county.stations[aid[0].station].at.lon < west + 0.02
    assert all(unit.turnout.a >= 1800 for unit in aid)


def test_sources_are_told(scenario):
    account = (builtin_scenarios()["lanshui"] / "SOURCES.md").read_text(encoding="utf-8")
    assert "reporting.conduct.conceal_p" in account
    assert "信息报告、指挥与预案的假设和来源" in account
    assert {"reporting.rules", "kinds.escalation", "units.aid"} <= set(scenario.settings.sources)
