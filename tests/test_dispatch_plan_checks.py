"""Plans looked over before they are tried: each thing that can be wrong with one, and none where none is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_county import write_planned

from dispatch.plan_checks import Finding, Means, check_plan, circles, earliest_s
from dispatch.plans import Plan, PlanKind, Task, Trigger, Work
from sim.language import catalogue
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario
from sim.scenarios.plan_review import SENTENCES, checked_plan, covered_spots, finding_text, means_of

MINUTE = 60.0
HAZMAT, ENGINE = 3, 0
ALL_LEVELS = tuple(Trigger(level) for level in (1, 2, 3, 4))


def task(code, **parts):
    """A task of the desk D1, done in ten minutes of thirty."""
    usual = {"work": Work.DUTY, "owner": "D1", "within_s": 30 * MINUTE, "lasts_s": 10 * MINUTE}
    return Task(code, **{**usual, **parts})


def plan(*tasks, triggers=ALL_LEVELS, kind=PlanKind.GENERAL, contacts=("D1", "D2")):
    return Plan("p", kind, triggers, tasks, contacts=dict.fromkeys(contacts, "0731-1"))


MEANS = Means(
    rostered=frozenset({"D1", "D2"}),
    drives_s={ENGINE: [[300.0, 600.0, 900.0], [1200.0, 1500.0, 2400.0]], HAZMAT: [[700.0], [1900.0]]},
    places=("h1", "h2"),
    own={ENGINE: 3, HAZMAT: 1},
    aid={HAZMAT: 1},
    items={4: 2},
)


def codes(found):
    return [finding.code for finding in found]


def test_a_plan_in_order_has_no_findings():
    good = plan(
        task("verify"),
        task(
            "send", work=Work.SEND, after=("verify",), within_s=60 * MINUTE, needs=((ENGINE, 2), (HAZMAT, 1))
        ),
        task("detect", resource=4, tells=("D2",)),
    )
    assert check_plan(good, MEANS) == []


def test_a_task_with_no_one_to_do_it():
    found = check_plan(plan(task("a", owner=""), task("b", owner="D9"), contacts=("D1", "D9")), MEANS)
    assert found == [Finding("no_owner", "a"), Finding("nobody_rostered", "b", {"post": "D9"})]


def test_too_few_units_in_county_and_city_together():
    needs = ((HAZMAT, 2), (ENGINE, 3), (9, 1))
    found = check_plan(plan(task("a", work=Work.SEND, needs=needs, within_s=90 * MINUTE)), MEANS)
    assert found == [Finding("too_few_units", "a", {"capability": 9, "count": 1, "have": 0})]
    three = check_plan(plan(task("a", needs=((HAZMAT, 3),), within_s=90 * MINUTE)), MEANS)
    assert codes(three) == ["too_few_units"]
    assert three[0].values["have"] == 2


def test_equipment_of_which_there_is_none():
    assert check_plan(plan(task("a", resource=5)), MEANS) == [Finding("no_item", "a", {"type": 5})]


def test_a_post_nobody_mans_at_night():
    nights = [(20 * 3600.0 + day * 86400.0, 32 * 3600.0 + day * 86400.0) for day in range(4)]
    by_day = replace(MEANS, nights=nights, unmanned={"D1": [(32 * 3600.0, 44 * 3600.0)]})
    assert check_plan(plan(task("a")), by_day) == []
    by_night = replace(by_day, unmanned={"D1": [(31 * 3600.0, 33 * 3600.0), nights[2]]})
    assert check_plan(plan(task("a")), by_night) == [
        Finding("unmanned_at_night", "a", {"post": "D1", "nights": 2, "of": 4, "first_s": nights[0][0]})
    ]


def test_a_circular_order():
    round_ = plan(task("a", after=("c",)), task("b", after=("a",)), task("c", after=("b",)), task("d"))
    found = check_plan(round_, MEANS)
    assert found[0] == Finding("circle", "a", {"way": "a → c → b → a"})
    assert codes(found).count("circle") == 1


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({}, []),
        ({"a": [], "b": ["a"], "c": ["a", "b"]}, []),
        ({"a": ["a"]}, [["a"]]),
        ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [["a", "b"], ["c", "d"]]),
        ({"a": ["x"], "b": ["a", "c"], "c": ["b"]}, [["b", "c"]]),
    ],
)
def test_circles(after, found):
    assert circles(after) == found


def test_a_task_after_nothing():
    found = check_plan(plan(task("a", after=("z",), within_s=3600.0)), MEANS)
    assert found == [Finding("after_nothing", "a", {"before": "z"})]


@pytest.mark.parametrize(("within_s", "far"), [(599.0, 2), (600.0, 1), (1499.0, 1), (1500.0, 0)])
def test_a_limit_shorter_than_the_drive(within_s, far):
    second = task("a", work=Work.SEND, needs=((ENGINE, 2),), within_s=within_s, lasts_s=0.0)
    found = [it for it in check_plan(plan(second), MEANS) if it.code == "drive_too_long"]
    figures = {"drive_s": 1500.0, "limit_s": within_s, "late": far, "of": 2, "place": "h2"}
    assert [dict(it.values) for it in found] == [{"capability": ENGINE, "count": 2, **figures}] * bool(far)


def test_limits_shorter_than_the_tasks_before_take():
    chain = plan(
        task("a"),
        task("b", after=("a",)),
        task("c", after=("b",), within_s=29 * MINUTE),
        task("d", after=("b",)),
    )
    assert check_plan(chain, MEANS) == [
        Finding(
            "tasks_too_long",
            "c",
            {"before_s": 1200.0, "own_s": 600.0, "limit_s": 1740.0, "after": "b"},
        )
    ]
    alone = check_plan(plan(task("a", within_s=9 * MINUTE)), MEANS)
    assert alone == [Finding("lasts_too_long", "a", {"own_s": 600.0, "limit_s": 540.0})]


def test_the_drive_counts_among_what_a_task_takes():
    tasks = (task("a", needs=((ENGINE, 2),)), task("b", after=("a",)))
    assert earliest_s(plan(*tasks), MEANS) == {"a": 600.0 + 600.0, "b": 1800.0}


def test_contacts_missing_for_those_called_on_and_told():
    found = check_plan(plan(task("a", tells=("D2", "D3")), contacts=("D2",)), MEANS)
    assert found == [Finding("no_contact", values={"post": code}) for code in ("D1", "D3")]


def test_levels_that_nothing_opens():
    found = check_plan(plan(task("a"), triggers=(Trigger(4), Trigger(2))), MEANS)
    assert [dict(finding.values) for finding in found] == [{"level": 1}, {"level": 3}]
    card = plan(task("a"), task("b", level=2), triggers=(Trigger(4), Trigger(3)), kind=PlanKind.ON_SITE)
    assert check_plan(card, MEANS) == [Finding("never_due", "b", {"level": 2})]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return build_county(load_scenario(write_planned(tmp_path_factory.mktemp("county") / "planned")))


def test_the_means_of_a_county(county):
    leak = county.plans[1]
    means = means_of(county, leak)
    assert [spot.code for spot in covered_spots(county, leak)] == list(means.places) == ["X1", "X2"]
    assert means.rostered == {"P1", "P2"}
    assert (dict(means.own), dict(means.aid)) == ({0: 3, 1: 1}, {0: 1})
    assert [len(times) for times in means.drives_s[0]] == [3, 3]
    near, far = means.drives_s[0][0][0], means.drives_s[0][0][-1]
    assert 60 < near < 200 < 300 < far < 600
    assert len(means.nights) == 56
    assert "P1" not in means.unmanned
    assert [spot.code for spot in covered_spots(county, county.plans[2])] == ["X1"]
    fires = replace(leak, kinds=(0,))
    assert [spot.code for spot in covered_spots(county, fires)] == ["T1", "T2"]


def test_findings_of_a_county_in_words(county):
    assert [
        finding_text(it, "en", county, county.plans[0]) for it in checked_plan(county, county.plans[0])
    ] == [
        "nothing opens response level 1",
        "nothing opens response level 2",
    ]
    leak = county.plans[1]
    lost = replace(leak, tasks=(replace(leak.tasks[0], within_s=240.0, owner="P9"), *leak.tasks[1:]))
    other = replace(county, plans=(county.plans[0], lost))
    found = [it for it in checked_plan(other, lost) if it.task == "post"]
    assert [finding_text(it, "en", other, lost) for it in found] == [
        "Set up a post: has no one to do it: nobody is on the roster of P9",
        "Set up a post: is to be done in 4 min, but takes 10 min",
    ]
    assert finding_text(found[1], "zh", other, lost) == "设指挥部：限4分钟完成，但自身需10分钟"
    assert finding_text(found[1], "zh", county, lost).startswith("post：")


def test_every_finding_can_be_said_in_both_languages():
    assert all(sentence in catalogue("sim") for sentence in SENTENCES.values())
