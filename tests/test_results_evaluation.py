"""A plan put to the test: the same accidents for all, tasks, the evaluator's table, what a change does."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from reporting import HOUR, MINUTE, RULES, chain_of_desks, lasts
from test_sim_command import short_county

from dispatch.plans import Plan, PlanKind, Task, Trigger, Work
from dispatch.reporting import Source
from results.evaluation import MOMENTS, OUTCOME_SCHEMA, most_telling, paired, task_figures, usual_path
from results.evaluation import tested as put_to_the_test
from results.indicators import FAIL, NOT_TESTED, PASS, catalogue, sheet_of
from results.intervals import Estimate
from results.plans.figures import lever_figure, tasks_figure
from results.plans.page import Evaluation, as_csv, figures_of, page_html, pictures_of, write_evaluation
from results.plans.tables import compare_table, compare_tasks_table, direction, sheet_table, tasks_table
from sim.county import Demand, Duration, Escalation, Harm
from sim.experiment import RunTrouble
from sim.inject_words import inject_of
from sim.injects import CutChannel, IssueWarning, LeavePost
from sim.rehearsal import Rehearsal, Variant, county_under, covered, draw_accidents, moved, play_in

OURS = Source("Our plan", "3.2", "2026-01-01", "A")
TASKS = (
    Task("post", Work.COMMAND_POST, "D0", 20 * MINUTE, 10 * MINUTE, source=OURS),
    Task("aid", Work.ASK_AID, "D0", 30 * MINUTE, level=2, weight=2.0, source=OURS),
    Task("people", Work.EVACUATE, "D1", 15 * MINUTE, 20 * MINUTE, after=("post",), source=OURS),
)
PLAN = Plan("general", PlanKind.GENERAL, (Trigger(4), Trigger(2, lacking=1)), TASKS, ends_after_s=HOUR)
GROWS = Escalation(0.8, Duration("lognormal", 2 * HOUR, 0.3), harm_factor=4.0)
HURTS = Harm(1.0, 4.0, 0.5, 0.1, 5e4, 0.5, 0.0, lasts(HOUR))
NIGHT = Variant("general", injects=("leave_post D0 4h",))
N = 30


@pytest.fixture(scope="module")
def county():
    """A county with a leak a week; half of what a leak needs is the city's, and it grows unattended."""
    base = short_county((PLAN,), places=(1,), chain=chain_of_desks(rules=RULES[:-1]))
    kind = replace(base.kinds[0], harm=HURTS, escalation=GROWS, control=Duration("constant", HOUR))
    demand = Demand("leaks", 0, 52.0, (1.0,) * 24, (1.0,) * 12, place=0)
    return replace(base, kinds=(kind,), demand=(demand,), listed=None)


def rehearsed(county, *variants, accidents=N, seed=1):
    asked = Rehearsal(None, "general", accidents, seed, before_s=86_400.0)
    drawn = draw_accidents(county, county.plans[0], asked)
    played = [play_in(county, asked, variants, accident) for accident in drawn]
    return [
        put_to_the_test(label, county_under(county, variant), [one[at] for one in played])
        for at, (label, variant) in enumerate(zip("ab", variants, strict=False))
    ]


@pytest.fixture(scope="module")
def night(county):
    return rehearsed(county, Variant("general"), NIGHT)


def test_accidents_depend_on_seed_and_number_alone(county):
    one = draw_accidents(county, county.plans[0], Rehearsal(None, "general", 5, 1))
    more = draw_accidents(county, county.plans[0], Rehearsal(None, "general", 9, 1))
    other = draw_accidents(county, county.plans[0], Rehearsal(None, "general", 5, 2))
    assert more[:5] == one
    assert other != one
    assert [it.number for it in one] == [1, 2, 3, 4, 5]


def test_every_variant_faces_the_same_accident(night):
    for one, other in zip(*(it.cases for it in night), strict=True):
        assert one.record.row == other.record.row
        assert one.course.alarm_s == other.course.alarm_s == 86_400.0


def test_the_same_again_is_the_same(county, night):
    [again] = rehearsed(county, Variant("general"))
    assert again.outcomes.equals(night[0].outcomes)
    assert again.tasks.equals(night[0].tasks)


def test_an_unmanned_desk_gives_later_reports_later_help_and_more_harm(night):
    """Done when 3: each difference with an interval that leaves nothing out."""
    for name in ("bureau_told", "city_told", "aid_granted", "escalated", "injuries"):
        difference = paired(*night, name)
        assert difference.low > 0.0, name
    assert paired(*night, "reports_in_time").high < 0.0


def test_task_by_task(night):
    post, aid, people = task_figures(night[0])
    assert (post.due, post.within.mean) == (N, 1.0)
    assert post.p90_s == pytest.approx(10 * MINUTE + 10.0, abs=1.0)
    assert (people.within.mean, people.held) == (0.0, (("after", 1.0),))
    assert aid.within.mean == 1.0
    assert people.critical == 1.0
    assert usual_path(night[0]) == ((0, 2), 1.0)
    assert most_telling(night[0]).number == min(
        case.number
        for case in night[0].cases
        if case.course.reached == max(c.course.reached for c in night[0].cases)
    )


def test_the_evaluators_table(night):
    sheet = sheet_of(night[0], "en")
    lines = {line.name: line for line in sheet.lines}
    assert (lines["post"].result, lines["post"].rating, lines["post"].score) == (PASS, "P", 1.0)
    assert lines["post"].standard == "Our plan, 3.2 (A)"
    assert (lines["people"].result, lines["people"].rating, lines["people"].score) == (FAIL, "U", 0.0)
    assert lines["Recovery of the site"].result == NOT_TESTED
    assert lines["people"].evidence.startswith("No. 1, line ")
    rated = [line for line in sheet.lines if line.score is not None]
    assert sheet.total == pytest.approx(100 * sum(x.score for x in rated) / sum(x.weight for x in rated))
    assert sheet.untested == len(sheet.lines) - len(rated)
    unit = lines["unit's head → county bureau, initial report"]
    assert (unit.limit, unit.standard) == ("1:00:00", "Decree 493, Art. 9-13 (V)")


def test_the_weight_of_reports_is_shared_among_the_rules(night):
    weight = next(it for it in catalogue()["items"] if it["code"] == "report")["lines"][0]["weight"]
    sheet = sheet_of(night[0], "en")
    mine = [it for it in sheet.lines if "→" in it.name and "initial" in it.name]
    assert sum(line.weight for line in mine) == pytest.approx(weight)


@pytest.mark.parametrize(
    ("name", "estimate", "mark"),
    [
        ("city_told", Estimate(60.0, 10.0, 9), "poor"),
        ("city_told", Estimate(-60.0, 10.0, 9), "good"),
        ("tasks_in_time", Estimate(0.2, 0.1, 9), "good"),
        ("deaths", Estimate(0.2, 0.3, 9), "unsure"),
        ("deaths", Estimate(0.0, 0.0, 9), ""),
    ],
)
def test_a_difference_is_good_or_poor_only_beyond_its_interval(name, estimate, mark):
    assert direction(name, estimate) == mark


def test_a_moment_that_never_came_counts_as_the_end(night):
    one, other = night
    lost = other.outcomes.with_columns(aid_granted=None)
    late = replace(other)
    object.__setattr__(late, "outcomes", lost.cast({"aid_granted": one.outcomes.schema["aid_granted"]}))
    difference = paired(one, late, "aid_granted")
    assert difference.mean == pytest.approx(float((86_400.0 - one.outcomes["aid_granted"]).mean()))
    assert set(MOMENTS) < set(OUTCOME_SCHEMA)


def evaluation_of(night):
    return Evaluation(
        {"en": "General plan", "zh": "综合预案"},
        night[0],
        night[1],
        {"en": ("a fault",), "zh": ("一处问题",)},
        {"scenario": "line", "plan": "general", "accidents": N, "seed": 1, "rules": "tests"},
        "beiqin evaluate line --plan general",
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_to_be_signed(night, lang, tmp_path):
    paths = write_evaluation(evaluation_of(night), tmp_path, lang)
    assert [path.name for path in paths[:2]] == ["evaluation.html", "evaluation.json"]
    page = paths[0].read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"http", page)
    assert ("评估组长" if lang == "zh" else "Head of the evaluators") in page
    content = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert content["difference"]["aid_granted"]["value"] > 3600
    told = (tmp_path / "accidents.txt").read_text(encoding="utf-8")
    assert told.count("==\n") == N
    first = told.partition("==\n")[2].partition("\n== ")[0]
    cited = [it.evidence for it in sheet_of(night[0], "en").lines if it.evidence.startswith("No. 1, line")]
    lines = {re.match(r"No\. 1, line (\d+)", it).group(1) for it in cited}
    assert lines
    assert lines <= {line.split()[0] for line in first.splitlines() if line}


def test_tables_and_figures_are_there(night):
    for lang in ("en", "zh"):
        for table in (
            tasks_table(night[0], lang),
            compare_table(*night, lang),
            compare_tasks_table(*night, lang),
        ):
            assert len({len(row) for row in table.rows} | {len(table.headings)}) == 1
        assert lever_figure(*night, lang).axes
        assert tasks_figure(night[0], lang).axes
    assert as_csv(sheet_table(sheet_of(night[0], "en"), "en")).startswith("Evaluation item,Indicator,")


def test_two_rule_sets_judge_the_same_accidents(county):
    plain, tight = rehearsed(county, Variant("general"), Variant("general", "wuhan2020"), accidents=4)
    assert plain.outcomes["first_arrival"].equals(tight.outcomes["first_arrival"])
    assert set(tight.duties["rule"]) != set(plain.duties["rule"])


def test_injects_in_words(county):
    assert inject_of(county, "leave_post D0 2h", 50.0) == LeavePost(50.0, 0, 50.0 + 2 * HOUR)
    assert inject_of(county, "cut_channel landline", 0.0) == CutChannel(0.0, 0)
    assert inject_of(county, "warning 2", 0.0) == IssueWarning(0.0, 2)
    for words in ("dance D0", "leave_post", "leave_post D9", "warning 7", "take_out E9", ""):
        with pytest.raises(RunTrouble):
            inject_of(county, words, 0.0)


def test_a_plan_for_what_never_happens_is_refused(county):
    card = replace(PLAN, kind=PlanKind.ON_SITE, sites=(0,))
    assert covered(county, card) == []
    with pytest.raises(RunTrouble, match="ever happens"):
        draw_accidents(county, card, Rehearsal(None, "general", 1))


def test_injects_of_the_scenario_stay_at_their_moments(county):
    there = replace(county, injects=(LeavePost(100.0, 0, 500.0), LeavePost(100.0, 1)))
    assert moved(there, 200.0).injects == (LeavePost(0.0, 0, 300.0), LeavePost(0.0, 1))
    assert moved(there, 600.0).injects == (LeavePost(0.0, 1),)


def test_pictures_and_figures_of_an_evaluation(night):
    evaluation = evaluation_of(night)
    assert set(pictures_of(evaluation, "en")) == {
        "evaluation-tasks",
        "evaluation-course",
        "evaluation-ladder",
        "evaluation-effect",
    }
    sheet = sheet_of(night[0], "en")
    assert figures_of(evaluation, sheet)["tasks"][2]["held_by"] == {"after": 1.0}
    alone = replace(evaluation, other=None)
    assert "evaluation-effect" not in page_html(alone, sheet, {}, "0", "en")
