"""Rule files: those that come with the program are whole and sourced; mistakes in others are located."""

import re
from math import inf

import pytest

from dispatch.ladder import latest
from dispatch.reporting import From, Report, Tier
from sim.scenarios.problems import ScenarioError
from sim.scenarios.rulefiles import rule_book, rule_files, rule_set

BUILT_IN = ("coal2012", "county2018", "national", "wuhan2020")
ORDINARY, LARGER, MAJOR, EXTRAORDINARY = range(4)

LOCAL = """\
code: local
name: {zh: 本县规定, en: Our own rules}
extends: national
sources:
  own: {title: {zh: 本县应急预案, en: Our plan}, date: "2024-03-01"}
rules:
  - code: own-township
    name: {zh: 乡镇报县, en: Township to county}
    from: township
    to: bureau
    report: initial
    limit_min: {ordinary: 30, larger: 15}
    source: own
    article: {zh: 第五条, en: Art. 5}
    certainty: S
"""


@pytest.fixture
def written(tmp_path):
    """Write rule files into a scenario's folder; give the folder."""

    def write(**texts):
        (tmp_path / "rules").mkdir(exist_ok=True)
        for name, text in texts.items():
            (tmp_path / "rules" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def wrongs(name, folder, lang="en"):
    with pytest.raises(ScenarioError) as refused:
        rule_book(name, folder)
    return refused.value.text(lang).splitlines()


def rule(rules, code):
    return next(it for it in rules.rules if it.code == code)


def test_the_built_in_rule_files_are_found():
    assert tuple(sorted(rule_files())) == BUILT_IN


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_rule_has_its_source_and_both_names(name):
    book = rule_book(name)
    assert len({it.code for it in book.rules.rules}) == len(book.rules.rules) == len(book.names)
    for it in book.rules.rules:
        assert re.search(r"[一-鿿].* / .*[A-Za-z]", it.source.title), it.code
        assert re.search(r"[一-鿿].* / .*[a-z]", it.source.article), it.code
        assert re.fullmatch(r"\d{4}(-\d\d-\d\d)?", it.source.date), it.code
        assert it.source.certainty in "VSRDMA"
        assert re.search(r"[一-鿿]", book.names[it.code].zh), it.code
        assert re.search(r"[a-z]", book.names[it.code].en), it.code
        assert it.necessary != bool(it.limit_s or it.every_s), it.code


@pytest.mark.parametrize("name", BUILT_IN)
def test_all_rules_but_the_states_build_on_the_states(name):
    rules = rule_set(name)
    assert rules.code == name
    assert rules.extends == ("" if name == "national" else "national")
    assert rule(rules, "d493-9-unit").limit_s == dict.fromkeys(range(4), 3600.0)


def test_the_states_limits_are_those_of_the_law():
    rules = rule_set("national")
    hours = {
        number: {tier.name: total / 3600 for tier, (total, _) in latest(rules, number).items()}
        for number in (ORDINARY, LARGER, MAJOR)
    }
    assert hours[ORDINARY]["CITY_BUREAU"] == 3
    assert "PROVINCE" not in hours[ORDINARY]
    assert hours[LARGER]["PROVINCE"] == 5
    assert "MINISTRY" not in hours[LARGER]
    assert hours[MAJOR]["MINISTRY"] == 7
    fast = rule(rules, "o21-7-county-province-larger")
    assert (fast.limit_s, fast.report, fast.source.certainty) == ({1: 3600.0}, Report.PHONE_FLASH, "S")
    assert rule(rules, "o21-7-county-province-major").source.certainty == "M"
    cadence = rule(rules, "o21-11-county").every_s
    assert [cadence[number] / 3600 for number in (-1, 0, 1, 2, 3)] == [24, 24, 24, 12, 12]
    supplement = rule(rules, "d493-13-unit")
    assert (supplement.window_s / 86400, supplement.short_window_s / 86400) == (30, 7)
    assert rule(rules, "erl-62-county-city").counts_from is From.CLASS_KNOWN


def test_at_once_is_marked_as_an_assumption():
    rules = rule_set("national")
    marked = [it.code for it in rules.rules if it.at_once]
    assert {"d493-9-site", "erl-17-county-city", "wsl-83-unit"} <= set(marked)
    assert not rule(rules, "d493-9-unit").at_once


def test_local_rules_are_tighter():
    wuhan = rule(rule_set("wuhan2020"), "wuhan-3-bureau").limit_s
    assert {number: limit / 60 for number, limit in wuhan.items()} == {0: 120, 1: 60, 2: 30, 3: 30}
    assert "d493-11-county-city" not in [it.code for it in rule_set("wuhan2020").rules]
    county = rule_set("county2018")
    phone, text = rule(county, "county-township-phone"), rule(county, "county-township-text")
    assert (phone.limit_s[0] / 60, phone.written) == (20, False)
    assert (text.limit_s[0] / 60, text.written) == (40, True)
    assert latest(rule_set("coal2012"), ORDINARY)[Tier.PROVINCE][0] == 3 * 3600


def test_a_scenario_may_have_rules_of_its_own(written):
    folder = written(local=LOCAL)
    book = rule_book("local", folder)
    assert book.name.zh == "本县规定"
    own = rule(book.rules, "own-township")
    assert own.limit_s == {ORDINARY: 1800.0, LARGER: 900.0}
    assert (own.source.title, own.source.article) == ("本县应急预案 / Our plan", "第五条 / Art. 5")
    assert rule_set(folder / "rules" / "local.yaml") == book.rules
    assert len(rule_set("national", folder).rules) == len(book.rules.rules) - 1


def test_skipping_levels_may_be_for_some_classes(written):
    allowed = LOCAL.replace(
        "limit_min: {ordinary: 30, larger: 15}", "necessary: true\n    classes: [major, extraordinary]"
    )
    own = rule(rule_set("local", written(local=allowed)), "own-township")
    assert (own.necessary, own.limit_s) == (True, {MAJOR: inf, EXTRAORDINARY: inf})


BROKEN = {
    "no limit, no source": (
        [("    limit_min: {ordinary: 30, larger: 15}\n", ""), ("    source: own\n", "")],
        [
            "local.yaml:7:5 rules.1.source: is missing",
            "local.yaml:7:5 rules.1 = own-township: "
            "has no limit: say limit_min, at_once_min, every_h, or necessary: true",
        ],
    ),
    "words that are not known": (
        [
            ("from: township", "from: town"),
            ("report: initial", "report: rumour"),
            ("source: own", "source: owm"),
            ("extends: national", "extends: nationl"),
            ("certainty: S", "certainty: X"),
            ("larger: 15", "large: 15"),
        ],
        [
            "local.yaml:3:1 extends = nationl: names no rule file; did you mean national?",
            "local.yaml:9:5 rules.1.from = town: must be one of scene, unit_head, call_centre, township, "
            "bureau, department, county_government, city_bureau, city_government, province, ministry; "
            "did you mean township?",
            "local.yaml:11:5 rules.1.report = rumour: must be one of initial, phone_flash, update, "
            "supplement, final",
            "local.yaml:12:31 rules.1.limit_min.large = large: must be one of near_miss, ordinary, larger, "
            "major, extraordinary; did you mean larger?",
            "local.yaml:13:5 rules.1.source = owm: names no source of this file or those it extends; "
            "did you mean own?",
            "local.yaml:15:5 rules.1.certainty = X: must be one of V, S, R, D, M, A",
        ],
    ),
    "limits that cannot be": (
        [("{ordinary: 30, larger: 15}", "0\n    every_h: 24")],
        ["local.yaml:12:5 rules.1.limit_min = 0: must be more than 0"],
    ),
    "two limits": (
        [("{ordinary: 30, larger: 15}", "30\n    at_once_min: 24")],
        ["local.yaml:13:5 rules.1.at_once_min = 24: stands beside limit_min; one limit is due"],
    ),
    "downward": (
        [("to: bureau", "to: scene")],
        ["local.yaml:10:5 rules.1.to = scene: must be above township, who reports"],
    ),
    "a limit where nothing is owed": (
        [("    source: own", "    necessary: true\n    source: own")],
        [
            'local.yaml:12:5 rules.1.limit_min = {"ordinary": 30, "larger": 15}: '
            "cannot stand with necessary: true, for nothing is owed"
        ],
    ),
    "a cadence of first reports": (
        [("limit_min: {ordinary: 30, larger: 15}", "every_h: 24")],
        ["local.yaml:11:5 rules.1.report = initial: must say update where every_h is given, and only there"],
    ),
    "a window of first reports": (
        [("    source: own", "    window_days: 30\n    source: own")],
        [
            "local.yaml:11:5 rules.1.report = initial: "
            "must say supplement where window_days is given, and only there"
        ],
    ),
    "codes twice, and what is not there to be replaced": (
        [("code: own-township", "code: d493-9-unit"), ("rules:\n", "replaces: [d493-9-units]\nrules:\n")],
        [
            "local.yaml:6:12 replaces.1 = d493-9-units: "
            "names no rule of the file it extends; did you mean d493-9-unit?",
            "local.yaml:8:5 rules.1.code = d493-9-unit: stands twice among the rules in force; "
            "give it another code, or replace the other",
        ],
    ),
    "not the file's name": (
        [("code: local", "code: locl")],
        ["local.yaml:1:1 code = locl: must be the name of the file: local"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_told_where_it_stands(written, case):
    edits, due = BROKEN[case]
    text = LOCAL
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    assert wrongs("local", written(local=text)) == due


def test_rules_that_extend_each_other_in_a_circle(written):
    folder = written(
        local=LOCAL.replace("extends: national", "extends: other"),
        other=LOCAL.replace("code: local", "code: other")
        .replace("own-township", "b")
        .replace("extends: national", "extends: local"),
    )
    assert wrongs("local", folder) == [
        "other.yaml:3:1 extends = local: goes round in a circle: local → other → local"
    ]
    assert wrongs("local", folder, "zh") == [
        "other.yaml:3:1 extends = local：循环依据：local → other → local"
    ]


def test_mistakes_of_both_files_are_told_together(written):
    folder = written(
        local=LOCAL.replace("extends: national", "extends: other").replace("certainty: S", "certainty: s"),
        other=LOCAL.replace("code: local", "code: other").replace("limit_min: {", "limit_min: {tiny: 3, "),
    )
    told = wrongs("local", folder)
    assert [line.split(":")[0] for line in told] == ["other.yaml", "local.yaml", "local.yaml"]


@pytest.mark.parametrize("name", ["nationl", "decree493"])
def test_a_name_that_is_no_rule_file(name):
    [told] = wrongs(name, None)
    assert told.startswith(f"{name}: names no rule file; ")


def test_files_that_hold_no_rules(written):
    folder = written(empty="", words="just words\n", no_rules="code: no_rules\nname: {en: x}\nrules: []\n")
    assert wrongs("empty", folder) == ["empty.yaml: must hold rules, one name: value a line"]
    assert wrongs("words", folder) == ["words.yaml: must hold rules, one name: value a line"]
    assert wrongs("no_rules", folder) == ["no_rules.yaml:3:1 rules = []: must have at least 1 entries, has 0"]
    assert wrongs(folder / "none.yaml", folder) == ["none.yaml: is not there"]
