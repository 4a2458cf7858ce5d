"""Reporting and emergency plans in scenario files: read, saved, and what is said where they are wrong."""

from __future__ import annotations

import pytest
from conftest import TINY
from plan_county import PLANNED, write_edited_plans, write_planned

from dispatch.plans import PlanKind, Trigger, Work
from dispatch.reporting import Source, Tier
from sim.county import Duration, Escalation
from sim.language import catalogue
from sim.scenarios.build import build_county
from sim.scenarios.checks import check_scenario
from sim.scenarios.fingerprint import input_files, scenario_hash
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError
from sim.scenarios.rulefiles import rule_set
from sim.scenarios.save import save_scenario

YAML = "scenario.yaml"
LOCAL_RULES = """\
code: local
name: {zh: 本县规定, en: Our rules}
extends: national
sources:
  ours: {title: {zh: 本县通知, en: Our notice}, date: "2025-01-01"}
rules:
  - code: ours-1
    name: {zh: 乡镇报县局, en: The township tells the bureau}
    from: township
    to: bureau
    report: phone_flash
    limit_min: 10
    source: ours
    article: {zh: 第1条, en: Art. 1}
    certainty: A
"""


@pytest.fixture
def edited(tmp_path):
    """Edit the county with plans: (file, old, new) replaces, (file, text) writes."""

    def edit(*edits):
        return write_edited_plans(tmp_path / "planned", *edits)

    return edit


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return load_scenario(write_planned(tmp_path_factory.mktemp("county") / "planned"))


@pytest.fixture(scope="module")
def county(scenario):
    return build_county(scenario)


def test_a_county_that_says_nothing_has_no_chain_and_no_plans(write_tiny_county, tmp_path):
    scenario = load_scenario(write_tiny_county(tmp_path / "tiny"))
    county = build_county(scenario)
    assert (county.chain, county.plans, scenario.plans, dict(county.force_names)) == (None, (), (), {})
    assert all(kind.escalation is None for kind in county.kinds)
    assert not any(unit.aid for unit in county.units)
    assert "reporting" not in TINY[YAML]


def test_plans_become_what_the_clock_knows(county):
    general, leak, card = county.plans
    assert [plan.kind for plan in county.plans] == [PlanKind.GENERAL, PlanKind.SPECIAL, PlanKind.ON_SITE]
    assert (general.kinds, leak.kinds, card.kinds, card.sites) == ((), (1,), (1,), (0,))
    assert general.triggers == (Trigger(4), Trigger(3, accident_class=1))
    assert leak.triggers[1:] == (
        Trigger(3, grade=2),
        Trigger(2, warning_level=2, casualties=3),
        Trigger(1, deaths=3, lacking=2),
    )
    seal = leak.tasks[1]
    assert (seal.code, seal.work, seal.owner, seal.within_s, seal.lasts_s) == (
        "seal", Work.SEND, "P1", 3600.0, 1200.0
    )  # fmt: skip
    assert (seal.after, seal.level, seal.needs, seal.resource, seal.weight) == (("post",), 3, ((0, 2),), 2, 2)
    assert seal.source == Source("本县规定", "第3条", "2025-01-01", "A")
    assert (leak.ends_after_s, leak.people, leak.contacts["P2"]) == (7200.0, 800, "0730-7654321")


def test_plans_and_tasks_have_names_in_their_order(county):
    names = county.force_names
    assert [name.zh for name in names["plans"]] == ["综合预案", "氨泄漏专项预案", "冷库一处置卡"]
    assert len(names["tasks"]) == sum(len(plan.tasks) for plan in county.plans)
    assert [name.en for name in names["tasks"]][2] == "Set up a post"
    assert "posts" in names


def test_reporting_becomes_the_chain(county):
    chain = county.chain
    assert chain.rules == rule_set("national")
    assert chain.desks == {Tier.BUREAU: (0,), Tier.UNIT_HEAD: (1,), Tier.COUNTY_GOVERNMENT: (0,)}
    assert chain.departments == {1: 0, 0: 1}
    conduct = chain.conduct
    assert conduct.notice == Duration("lognormal", 90.0, 0.6)
    assert conduct.verify[Tier.BUREAU] == Duration("lognormal", 600.0, 0.5)
    assert conduct.verify[Tier.TOWNSHIP] == Duration("constant", 300.0)
    assert conduct.draft[Tier.TOWNSHIP] == Duration("constant", 0.0)
    assert conduct.conceal_by_kind == {1: 0.5}
    assert conduct.conceal_by_class == {0: 1.0, 1: 0.25, 2: 1.0, 3: 1.0}
    assert (conduct.enforcement, conduct.ring_s, conduct.retry_s) == (2.0, 40.0, 120.0)


def test_escalation_and_units_of_the_city(county):
    assert county.kinds[1].escalation == Escalation(0.3, Duration("lognormal", 2400.0, 0.5), 2.0, 1.5)
    assert [unit.code for unit in county.units if unit.aid] == ["Z1"]


def test_a_scenario_may_have_rules_of_its_own(edited):
    folder = edited((YAML, "rules: national", "rules: local"), ("rules/local.yaml", LOCAL_RULES))
    rules = build_county(load_scenario(folder)).chain.rules
    assert (rules.code, rules.extends, rules.rules[-1].limit_s[0]) == ("local", "national", 600.0)


def test_plans_and_rules_are_saved_and_read_back(edited, tmp_path):
    folder = edited((YAML, "rules: national", "rules: local"), ("rules/local.yaml", LOCAL_RULES))
    scenario = load_scenario(folder)
    out = tmp_path / "saved"
    save_scenario(scenario, out)
    again = load_scenario(out)
    assert again == scenario
    assert check_scenario(again) == ()
    fewer = scenario.model_copy(update={"plans": scenario.plans[:1]})
    save_scenario(fewer, out)
    assert [path.name for path in (out / "plans").iterdir()] == ["general.yaml"]
    assert load_scenario(out) == fewer


def test_plans_bear_on_what_a_scenario_is(edited):
    folder = edited(("rules/local.yaml", LOCAL_RULES))
    assert {"plans/general.yaml", "plans/leak.yaml", "rules/local.yaml"} <= set(input_files(folder))
    before = scenario_hash(folder)[0]
    path = folder / "plans" / "general.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("within_min: 15", "within_min: 10"), "utf-8")
    assert scenario_hash(folder)[0] != before


def test_the_order_of_the_files_is_nothing_the_codes_are(edited):
    folder = edited(("plans/a.yaml", PLANNED["plans/leak.yaml"].replace("code: leak", "code: z9", 1)))
    assert [plan.code for plan in build_county(load_scenario(folder)).plans] == [
        "general", "leak", "store", "z9"
    ]  # fmt: skip


BROKEN = {
    "posts that are not there": (
        [
            ("plans/general.yaml", "work: duty, owner: P1", "work: duty, owner: P3"),
            ("plans/general.yaml", "tells: [P2]", "tells: [P2, P9]"),
            ("plans/general.yaml", "contacts: {P1:", "contacts: {P8:"),
            (YAML, "county_government: [P1]", "county_government: [P7]"),
            (YAML, "departments: {default: P1, fire: P2}", "departments: {default: P6, fyre: P2}"),
        ],
        [
            "scenario.yaml:165:31 reporting.desks.county_government.1 = P7: "
            "names no duty post; known: P1, P2",
            "scenario.yaml:166:17 reporting.departments.default = P6: names no duty post; known: P1, P2",
            "scenario.yaml:166:30 reporting.departments.fyre: names no kind of incident; did you mean fire?",
            "plans/general.yaml:8:57 tasks.1.owner = P3: names no duty post; known: P1, P2",
            "plans/general.yaml:10:17 tasks.2.tells.2 = P9: names no duty post; known: P1, P2",
            "plans/general.yaml:11:12 contacts.P8: names no duty post; known: P1, P2",
        ],
    ),
    "tasks without owner, limit or a work that is known": (
        [
            ("plans/general.yaml", "work: duty, owner: P1, within_min: 15,", "work: duty, within_min: 15,"),
            ("plans/general.yaml", "work: notify, owner: P1", 'work: notfy, owner: ""'),
            ("plans/leak.yaml", "    within_min: 60\n", ""),
        ],
        [
            "plans/general.yaml:8:5 tasks.1.owner: is missing",
            "plans/general.yaml:9:46 tasks.2.work = notfy: must be one of notify, duty, send, evacuate, "
            "traffic, command_post, ask_aid, publish; did you mean notify?",
            'plans/general.yaml:9:59 tasks.2.owner = "": '
            "names nobody: say which duty post does it or sees to it",
            "plans/leak.yaml:13:5 tasks.2.within_min: is missing",
        ],
    ),
    "a task that sends nobody": (
        [("plans/leak.yaml", "    needs: {engine: 2}\n", "")],
        [
            "plans/leak.yaml:15:5 tasks.2.work = send: "
            "sends nobody: say in `needs` how many units of what capability"
        ],
    ),
    "tasks in a circle, after nothing, after themselves, told twice": (
        [
            ("plans/general.yaml", "work: duty, owner: P1", "work: duty, after: [tell], owner: P1"),
            ("plans/leak.yaml", "after: [post]", "after: [posts]"),
            ("plans/leak.yaml", "{code: out,", "{code: post,"),
            ("plans/store.yaml", "{code: shut,", "{code: shut, after: [shut],"),
        ],
        [
            "plans/general.yaml:8:57 tasks.1.after: "
            "waits for itself: ask → tell → ask; tasks cannot go round in a circle",
            "plans/leak.yaml:19:13 tasks.2.after.1 = posts: names no task of this plan; did you mean post?",
            "plans/leak.yaml:25:6 tasks.3.code = post: stands twice in this list: also as entry 1",
            'plans/store.yaml:7:18 tasks.1.after = ["shut"]: comes after itself',
        ],
    ),
    "triggers without level, of no class, of a level there is not": (
        [
            ("plans/general.yaml", "- {level: 4}", "- {grade: 2}"),
            ("plans/general.yaml", "accident_class: LARGER", "accident_class: LARGE"),
            ("plans/leak.yaml", "{level: 2, casualties: 3,", "{level: 5, casualties: 0,"),
        ],
        [
            "plans/general.yaml:5:5 triggers.1.level: is missing",
            "plans/general.yaml:6:16 triggers.2.accident_class = LARGE: "
            "names no class of accident; did you mean LARGER?",
            "plans/leak.yaml:8:6 triggers.3.level = 5: must be at most 4",
            "plans/leak.yaml:8:16 triggers.3.casualties = 0: must be at least 1",
        ],
    ),
    "needs of nothing, equipment and kinds that are not known": (
        [
            ("plans/leak.yaml", "needs: {engine: 2}", "needs: {hazmat: 2}"),
            ("plans/leak.yaml", "resource: apparatus", "resource: aparatus"),
            ("plans/leak.yaml", "covers: {kinds: [leak]}", "covers: {kinds: [leek]}"),
            ("plans/store.yaml", "sites: [X1]", "sites: [X9]"),
        ],
        [
            "plans/leak.yaml:4:18 covers.kinds.1 = leek: names no kind of incident; did you mean leak?",
            "plans/leak.yaml:21:13 tasks.2.needs.hazmat: names no capability; known: engine, ambulance",
            "plans/leak.yaml:22:5 tasks.2.resource = aparatus: names no item type; did you mean apparatus?",
            "plans/store.yaml:4:33 covers.sites.1 = X9: names no site; known: X1, X2",
        ],
    ),
    "two plans of one code, plans that say nothing of what they cover": (
        [
            ("plans/leak.yaml", "code: leak", "code: general"),
            ("plans/store.yaml", ", sites: [X1]", ""),
            ("plans/b.yaml", "- 1\n"),
        ],
        [
            "plans/b.yaml: must hold an emergency plan, one name: value a line",
            "plans/leak.yaml:1:1 code = general: is also the code of the plan in plans/general.yaml",
            'plans/store.yaml:4:1 covers = {"kinds": ["leak"]}: '
            "an on-site card must name its site: covers: {sites: [...]}",
        ],
    ),
    "plans that cover what they should not": (
        [
            ("plans/leak.yaml", "covers: {kinds: [leak]}\n", ""),
            ("plans/general.yaml", "kind: general\n", "kind: general\ncovers: {sites: [X1]}\n"),
        ],
        [
            'plans/general.yaml:4:1 covers = {"sites": ["X1"]}: only an on-site card names sites',
            "plans/leak.yaml covers: a special plan must name its kinds of incident: covers: {kinds: [...]}",
        ],
    ),
    "rules that are not there, conduct of nobody": (
        [
            (YAML, "rules: national", "rules: nationl"),
            (YAML, "verify: {default: {constant_s: 300}, bureau:", "verify: {bureaux:"),
            (YAML, "conceal_by_class: {default: 1, LARGER: 0.25}", "conceal_by_class: {LARGE: 0.25}"),
            (YAML, "conceal_p: 0.04", "conceal_p: 4"),
        ],
        [
            "scenario.yaml:150:3 reporting.rules = nationl: names no rule set; did you mean national?",
            "scenario.yaml:154:14 reporting.conduct.verify.bureaux = bureaux: must be one of unit_head, "
            "call_centre, township, bureau, department, county_government, city_bureau, city_government, "
            "province, ministry, default; did you mean bureau?",
            "scenario.yaml:160:5 reporting.conduct.conceal_p = 4: must be at most 1",
            "scenario.yaml:162:24 reporting.conduct.conceal_by_class.LARGE: "
            "names no class of accident; did you mean LARGER?",
        ],
    ),
    "a rule without limit or source, in the scenario's own rules": (
        [
            (YAML, "rules: national", "rules: local"),
            (
                "rules/local.yaml",
                LOCAL_RULES.replace("    limit_min: 10\n", "").replace("source: ours", "source: theirs"),
            ),
        ],
        [
            "rules/local.yaml:7:5 rules.1 = ours-1: has no limit: say limit_min, at_once_min, every_h, or "
            "necessary: true",
            "rules/local.yaml:12:5 rules.1.source = theirs: "
            "names no source of this file or those it extends; known: d493, o21, erl, wsl, ours",
        ],
    ),
    "rules that nobody has": (
        [(YAML, "rules: national", "rules: wuhan")],
        ["scenario.yaml:150:3 reporting.rules = wuhan: names no rule set; did you mean wuhan2020?"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_plans_give_exactly_these_messages(edited, name):
    edits, messages = BROKEN[name]
    with pytest.raises(ScenarioError) as error:
        load_scenario(edited(*edits))
    assert str(error.value).splitlines() == messages


@pytest.mark.parametrize("name", BROKEN)
def test_every_message_has_its_chinese(edited, name):
    with pytest.raises(ScenarioError) as error:
        load_scenario(edited(*BROKEN[name][0]))
    for problem in error.value.problems:
        assert problem.message_id in catalogue("sim")
        assert problem.text("zh") != problem.text("en")


def test_two_chinese_messages_word_for_word(edited):
    with pytest.raises(ScenarioError) as error:
        load_scenario(
            edited(
                ("plans/general.yaml", "work: duty, owner: P1", "work: duty, after: [tell], owner: P3"),
            )
        )
    assert error.value.text("zh").splitlines() == [
        "plans/general.yaml:8:57 tasks.1.after：互相等待：ask → tell → ask；任务先后不得成环",
        "plans/general.yaml:8:72 tasks.1.owner = P3：没有这个值班岗位；可用：P1, P2",
    ]


def test_two_special_plans_of_a_kind_are_noted(edited):
    plan = PLANNED["plans/leak.yaml"].replace("code: leak", "code: second", 1)
    scenario = load_scenario(edited(("plans/second.yaml", plan)))
    notes = [note.text() for note in scenario.notes if note.file.startswith("plans/")]
    assert notes == [
        "plans/second.yaml:4:18 covers.kinds.1 = leak: is covered by the special plan in plans/leak.yaml "
        "too; the first in order of codes holds"
    ]


def test_other_rules_are_a_what_if(scenario):
    settings = scenario.settings
    reporting = settings.reporting.model_copy(update={"rules": "wuhan2020"})
    edited = scenario.model_copy(update={"settings": settings.model_copy(update={"reporting": reporting})})
    assert check_scenario(edited) == ()
    assert build_county(edited).chain.rules == rule_set("wuhan2020")


def test_copies_hold_the_plans_too(edited, tmp_path):
    from api.service import copy_scenario

    folder = edited((YAML, "rules: national", "rules: local"), ("rules/local.yaml", LOCAL_RULES))
    copy_scenario(str(folder), tmp_path / "copy")
    assert load_scenario(tmp_path / "copy") == load_scenario(folder)
    assert scenario_hash(tmp_path / "copy") == scenario_hash(folder)
