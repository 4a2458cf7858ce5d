"""How reports that were due ended: boundaries, classes that rise, levels skipped, follow-ups, intent."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.judging import judge, ways
from dispatch.knowing import duties, knows, told
from dispatch.ladder import ladder, latest
from dispatch.reporting import (
    BELOW,
    NEAR_MISS,
    Finding,
    From,
    History,
    Knowledge,
    Report,
    Rule,
    RuleSet,
    Sending,
    Source,
    Tier,
    Verdict,
)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
ORDINARY, LARGER, MAJOR, EXTRAORDINARY = range(4)
LAW = Source("Decree 493", "Art. 9", "2007-06-01", "V")
ALL = dict.fromkeys(range(4), HOUR)
TWO_HOURS = dict.fromkeys(range(4), 2 * HOUR)

UNIT = Rule("unit", Tier.UNIT_HEAD, Tier.BUREAU, Report.INITIAL, LAW, ALL)
UNIT_DEPARTMENT = replace(UNIT, code="unit-department", receiver=Tier.DEPARTMENT)
COUNTY = Rule("county", Tier.BUREAU, Tier.CITY_BUREAU, Report.INITIAL, LAW, TWO_HOURS)
CITY = Rule("city", Tier.CITY_BUREAU, Tier.PROVINCE, Report.INITIAL, LAW, dict.fromkeys((1, 2, 3), 2 * HOUR))
DIRECT = Rule("direct", Tier.SCENE, Tier.BUREAU, Report.INITIAL, LAW, necessary=True)
SKIP = Rule("skip", Tier.BUREAU, Tier.PROVINCE, Report.INITIAL, LAW, necessary=True)
TIGHT = replace(
    COUNTY,
    code="tight",
    limit_s={ORDINARY: 120 * MINUTE, LARGER: HOUR, MAJOR: 30 * MINUTE, EXTRAORDINARY: 30 * MINUTE},
)
DAILY = Rule(
    "daily",
    Tier.BUREAU,
    Tier.CITY_BUREAU,
    Report.UPDATE,
    LAW,
    every_s={0: DAY, 1: DAY, 2: DAY / 2, 3: DAY / 2},
)
SUPPLEMENT = replace(
    UNIT, code="supplement", report=Report.SUPPLEMENT, window_s=30 * DAY, short_window_s=7 * DAY, at_once=True
)


def sent(sender, receiver, at, came=None, report=Report.INITIAL, believed=ORDINARY, **marks):
    """A report that takes no time on its way unless said otherwise."""
    marks.setdefault("line", -1)
    knowledge = Knowledge(accident_class=believed)
    return Sending(sender, receiver, report, at, at if came is None else came, knowledge, **marks)


def head_told(at=0.0, believed=ORDINARY):
    return sent(Tier.SCENE, Tier.UNIT_HEAD, 0.0, at, believed=believed)


def bureau_told(at=0.0, believed=ORDINARY):
    return sent(Tier.UNIT_HEAD, Tier.BUREAU, at, believed=believed)


def history(*sendings, classes=((0.0, ORDINARY),), **more):
    return History(0.0, classes, sendings, **more)


def only(rule, past, *others) -> Finding:
    """The one finding of a rule, others standing beside it."""
    [found] = [it for it in judge(past, RuleSet("x", (rule, *others))) if it.rule is rule]
    return found


def all_of(rule, past, *others):
    found = [it for it in judge(past, RuleSet("x", (rule, *others))) if it.rule is rule]
    return [(it.verdict.name, it.accident_class, it.due_s, it.came_s, it.late_s) for it in found]


@pytest.mark.parametrize(
    ("came_s", "verdict", "late_s"),
    [
        (3599.0, Verdict.ON_TIME, None),
        (3600.0, Verdict.ON_TIME, None),
        (3600.001, Verdict.LATE, 0.001),
        (3601.0, Verdict.LATE, 1.0),
    ],
)
@pytest.mark.parametrize("told_s", [0.0, 0.1, 12_345_678.9])
def test_exactly_at_the_limit_is_on_time(came_s, verdict, late_s, told_s):
    past = history(
        head_told(told_s), sent(Tier.UNIT_HEAD, Tier.BUREAU, told_s, told_s + came_s), end_s=told_s + 9 * HOUR
    )
    found = only(UNIT, past)
    assert (found.verdict, found.due_s) == (verdict, told_s + HOUR)
    assert found.late_s == (None if late_s is None else pytest.approx(late_s, abs=1e-6))


def test_a_limit_counts_from_what_its_rule_names():
    past = history(
        head_told(10 * MINUTE),
        sent(Tier.UNIT_HEAD, Tier.BUREAU, 65 * MINUTE, believed=LARGER),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, 150 * MINUTE, believed=LARGER),
        classes=((0.0, LARGER),),
    )
    assert only(UNIT, past).verdict is Verdict.ON_TIME
    assert only(replace(UNIT, counts_from=From.OCCURRED), past).late_s == 5 * MINUTE
    known = replace(COUNTY, counts_from=From.CLASS_KNOWN, limit_s={LARGER: HOUR, MAJOR: HOUR})
    assert only(known, past).late_s == 25 * MINUTE


def test_what_was_said_before_the_class_was_known_does_not_answer_for_it():
    known = replace(COUNTY, counts_from=From.CLASS_KNOWN, limit_s={LARGER: HOUR / 2, MAJOR: HOUR / 2})
    past = history(
        bureau_told(60.0),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, 100.0, 200.0),
        sent(Tier.UNIT_HEAD, Tier.BUREAU, 7300.0, believed=MAJOR, report=Report.UPDATE),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, 7400.0, 7500.0, believed=MAJOR, report=Report.UPDATE),
        classes=((0.0, ORDINARY), (7300.0, MAJOR)),
        end_s=DAY,
    )
    assert all_of(known, past) == [("ON_TIME", MAJOR, 7300.0 + HOUR / 2, 7500.0, None)]


def test_nobody_owes_what_nobody_told_him():
    past = history(classes=((0.0, MAJOR),), end_s=9 * DAY)
    assert all_of(UNIT, past) == [("NOT_DUE", MAJOR, None, None, None)]


def test_a_class_that_the_rule_leaves_out_is_not_due():
    past = history(head_told(), bureau_told(), sent(Tier.BUREAU, Tier.CITY_BUREAU, HOUR), end_s=9 * DAY)
    assert all_of(CITY, past) == [("NOT_DUE", ORDINARY, None, None, None)]
    for number in (NEAR_MISS, BELOW):
        assert only(UNIT, replace(past, classes=((0.0, number),))).verdict is Verdict.NOT_DUE


def test_a_limit_still_running_when_the_record_ends_is_open():
    assert only(UNIT, history(head_told(), end_s=HOUR)).verdict is Verdict.OPEN
    assert only(UNIT, history(head_told(), end_s=HOUR + 1)).verdict is Verdict.OMITTED


# A county tells the city within 120 minutes of an ordinary accident, 60 of a larger, 30 of a major one.


def test_a_class_that_rises_one_minute_before_its_limit_decides():
    past = history(bureau_told(0, MAJOR), classes=((0.0, ORDINARY), (29 * MINUTE, MAJOR)))
    assert all_of(TIGHT, past) == [("OMITTED", MAJOR, 30 * MINUTE, None, None)]


def test_a_class_that_rises_one_minute_after_its_limit_counts_from_when_it_was_known():
    past = history(
        bureau_told(0, ORDINARY),
        sent(Tier.UNIT_HEAD, Tier.BUREAU, 40 * MINUTE, believed=MAJOR),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, 75 * MINUTE, believed=MAJOR),
        classes=((0.0, ORDINARY), (31 * MINUTE, MAJOR)),
    )
    assert all_of(TIGHT, past) == [("LATE", MAJOR, 70 * MINUTE, 75 * MINUTE, 5 * MINUTE)]


def test_a_rise_never_gives_more_time():
    rise = ((0.0, ORDINARY), (119 * MINUTE, MAJOR))
    for news in ((), (sent(Tier.UNIT_HEAD, Tier.BUREAU, 119 * MINUTE, believed=MAJOR),)):
        past = history(bureau_told(), *news, classes=rise)
        assert all_of(TIGHT, past) == [("OMITTED", MAJOR, 120 * MINUTE, None, None)]


def test_a_rise_after_the_limit_opens_the_duty_again():
    news = sent(Tier.UNIT_HEAD, Tier.BUREAU, 130 * MINUTE, believed=MAJOR)
    first = sent(Tier.BUREAU, Tier.CITY_BUREAU, 100 * MINUTE)
    rise = ((0.0, ORDINARY), (121 * MINUTE, MAJOR))
    kept = ("ON_TIME", ORDINARY, 120 * MINUTE, 100 * MINUTE, None)
    silent = history(bureau_told(), news, first, classes=rise)
    assert all_of(TIGHT, silent) == [kept, ("OMITTED", MAJOR, 160 * MINUTE, None, None)]
    again = sent(Tier.BUREAU, Tier.CITY_BUREAU, 161 * MINUTE, report=Report.UPDATE, believed=MAJOR)
    late = history(bureau_told(), news, first, again, classes=rise)
    assert all_of(TIGHT, late) == [kept, ("LATE", MAJOR, 160 * MINUTE, 161 * MINUTE, MINUTE)]
    unknown = history(bureau_told(), first, classes=rise)
    assert all_of(TIGHT, unknown) == [kept]


def test_a_rise_into_a_class_that_must_go_further_opens_the_next_level():
    past = history(
        sent(Tier.BUREAU, Tier.CITY_BUREAU, HOUR),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, 5 * HOUR, believed=LARGER),
        sent(Tier.CITY_BUREAU, Tier.PROVINCE, 6 * HOUR, believed=LARGER),
        classes=((0.0, ORDINARY), (4 * HOUR, LARGER)),
    )
    assert all_of(CITY, past) == [("ON_TIME", LARGER, 7 * HOUR, 6 * HOUR, None)]


def test_two_levels_at_once_are_two_duties():
    past = history(head_told(), bureau_told(50 * MINUTE), sent(Tier.UNIT_HEAD, Tier.DEPARTMENT, 70 * MINUTE))
    found = judge(past, RuleSet("x", (UNIT, UNIT_DEPARTMENT)))
    assert [(it.rule.code, it.verdict.name, it.late_s) for it in found] == [
        ("unit", "ON_TIME", None),
        ("unit-department", "LATE", 10 * MINUTE),
    ]


def test_what_the_scene_may_tell_the_county_itself_counts_for_the_head():
    past = history(head_told(), sent(Tier.SCENE, Tier.BUREAU, 5 * MINUTE))
    assert only(UNIT, past).verdict is Verdict.OMITTED
    assert only(UNIT, past, DIRECT).verdict is Verdict.ON_TIME
    assert only(DIRECT, past).verdict is Verdict.NOT_DUE
    assert only(DIRECT, past).came_s == 5 * MINUTE


def test_a_township_that_tells_the_county_does_not_free_the_head():
    past = history(head_told(), sent(Tier.TOWNSHIP, Tier.BUREAU, 5 * MINUTE))
    assert only(UNIT, past, DIRECT, SKIP).verdict is Verdict.OMITTED


def test_skipping_a_level_is_allowed_and_not_owed():
    skipped = history(bureau_told(), sent(Tier.BUREAU, Tier.PROVINCE, HOUR))
    assert only(COUNTY, skipped).verdict is Verdict.OMITTED
    assert only(COUNTY, skipped, SKIP).verdict is Verdict.ON_TIME
    by_level = history(bureau_told(), sent(Tier.BUREAU, Tier.CITY_BUREAU, HOUR))
    assert all_of(SKIP, by_level) == [("NOT_DUE", ORDINARY, None, None, None)]
    late = history(bureau_told(), sent(Tier.BUREAU, Tier.PROVINCE, 3 * HOUR))
    assert only(COUNTY, late, SKIP).late_s == HOUR


def test_skipping_does_not_spare_ones_own_government():
    own = replace(COUNTY, receiver=Tier.COUNTY_GOVERNMENT)
    assert ways(own, RuleSet("x", (own, SKIP)), ORDINARY) == ((Tier.BUREAU, Tier.COUNTY_GOVERNMENT),)


def test_skipping_allowed_to_some_classes_only():
    major = replace(SKIP, limit_s={MAJOR: inf})
    assert len(ways(COUNTY, RuleSet("x", (major,)), MAJOR)) == 2
    assert len(ways(COUNTY, RuleSet("x", (major,)), ORDINARY)) == 1


def test_the_province_told_by_the_county_binds_a_city_that_was_told_too():
    past = history(
        bureau_told(0, LARGER),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, HOUR, believed=LARGER),
        sent(Tier.BUREAU, Tier.PROVINCE, HOUR, believed=LARGER),
        classes=((0.0, LARGER),),
    )
    assert only(CITY, past, SKIP).verdict is Verdict.ON_TIME
    assert only(CITY, past).verdict is Verdict.OMITTED


def test_what_asks_for_text_is_not_met_by_telephone():
    text = replace(COUNTY, code="text", written=True, limit_s=dict.fromkeys(ALL, 40 * MINUTE))
    phone = replace(COUNTY, code="phone", report=Report.PHONE_FLASH, limit_s=dict.fromkeys(ALL, 20 * MINUTE))
    call = sent(Tier.BUREAU, Tier.CITY_BUREAU, 15 * MINUTE, report=Report.PHONE_FLASH)
    letter = sent(Tier.BUREAU, Tier.CITY_BUREAU, 41 * MINUTE, written=True)
    both = history(bureau_told(), call, letter)
    assert (only(phone, both).verdict, only(text, both).late_s) == (Verdict.ON_TIME, MINUTE)
    assert only(text, history(bureau_told(), call)).verdict is Verdict.OMITTED
    assert only(phone, history(bureau_told(), letter)).late_s == 21 * MINUTE


def test_orders_and_questions_from_above_are_no_reports():
    asked = sent(Tier.CITY_BUREAU, Tier.BUREAU, 0.0, report=Report.QUESTION)
    past = history(asked, sent(Tier.BUREAU, Tier.CITY_BUREAU, 10, report=Report.ORDER))
    assert only(COUNTY, past).verdict is Verdict.OMITTED
    answered = history(asked, sent(Tier.BUREAU, Tier.CITY_BUREAU, HOUR, report=Report.ANSWER))
    assert only(COUNTY, answered).verdict is Verdict.ON_TIME


HIDDEN = frozenset({Tier.UNIT_HEAD})


@pytest.mark.parametrize(
    ("reports", "hidden", "verdict", "late_s"),
    [
        ((), frozenset(), Verdict.OMITTED, None),
        ((), HIDDEN, Verdict.CONCEALED, None),
        (((2 * HOUR, {}),), HIDDEN, Verdict.CONCEALED, HOUR),
        (((HOUR, {}),), HIDDEN, Verdict.ON_TIME, None),
        (((2 * HOUR, {}),), frozenset(), Verdict.LATE, HOUR),
        (((HOUR, {"false": True}),), frozenset(), Verdict.FALSE, None),
        (((2 * HOUR, {"false": True}),), HIDDEN, Verdict.FALSE, HOUR),
        (((600, {"false": True}), (1200, {})), frozenset(), Verdict.FALSE, None),
        (((600, {}), (1200, {"false": True})), frozenset(), Verdict.ON_TIME, None),
        (((HOUR, {"short": True}),), frozenset(), Verdict.OMITTED, None),
        (((600, {"short": True}), (HOUR, {})), frozenset(), Verdict.ON_TIME, None),
        (((600, {"short": True}), (2 * HOUR, {})), frozenset(), Verdict.OMITTED, None),
        (((2 * HOUR, {"short": True}), (3 * HOUR, {})), frozenset(), Verdict.LATE, 2 * HOUR),
    ],
)
def test_negligence_and_intent_part_the_verdicts(reports, hidden, verdict, late_s):
    told_to = (sent(Tier.UNIT_HEAD, Tier.BUREAU, at, **marks) for at, marks in reports)
    found = only(UNIT, history(head_told(), *told_to, hidden=hidden, end_s=DAY))
    assert (found.verdict, found.late_s) == (verdict, late_s)


def test_hidden_and_the_limit_still_running_is_open():
    assert only(UNIT, history(head_told(), hidden=HIDDEN, end_s=HOUR)).verdict is Verdict.OPEN


def test_a_report_that_never_arrives_has_not_come():
    lost = Sending(Tier.UNIT_HEAD, Tier.BUREAU, Report.INITIAL, 600.0, None, line=7)
    found = only(UNIT, history(replace(head_told(5), line=3), lost, end_s=DAY))
    assert (found.verdict, found.lines) == (Verdict.OMITTED, (3, 7))


def test_follow_ups_further_apart_than_their_cadence_are_late():
    updates = (sent(Tier.BUREAU, Tier.CITY_BUREAU, at * HOUR, report=Report.UPDATE) for at in (1, 25, 50))
    past = history(bureau_told(), *updates, over_s=80 * HOUR)
    assert all_of(DAILY, past) == [
        ("ON_TIME", ORDINARY, 25 * HOUR, 25 * HOUR, None),
        ("LATE", ORDINARY, 49 * HOUR, 50 * HOUR, HOUR),
        ("OMITTED", ORDINARY, 74 * HOUR, None, None),
    ]


def test_a_follow_up_that_left_something_out_may_be_made_good_within_its_limit():
    first = sent(Tier.BUREAU, Tier.CITY_BUREAU, 0.0)
    short = sent(Tier.BUREAU, Tier.CITY_BUREAU, DAY - 200.0, report=Report.UPDATE, short=True)
    whole = sent(Tier.BUREAU, Tier.CITY_BUREAU, DAY - 100.0, report=Report.UPDATE)
    past = history(first, short, whole, over_s=1.5 * DAY, end_s=1.5 * DAY)
    assert all_of(DAILY, past)[0][0] == "ON_TIME"
    assert all_of(DAILY, replace(past, sendings=(first, short)))[0][0] == "OMITTED"


def test_a_report_that_left_something_out_is_open_while_its_limit_runs():
    past = history(head_told(), sent(Tier.UNIT_HEAD, Tier.BUREAU, 100.0, short=True), end_s=300.0)
    assert only(UNIT, past).verdict is Verdict.OPEN
    assert only(UNIT, replace(past, end_s=2 * HOUR)).verdict is Verdict.OMITTED


def test_follow_ups_are_owed_no_more_once_it_is_over_or_ended_by_a_final_report():
    first = sent(Tier.BUREAU, Tier.CITY_BUREAU, HOUR)
    nothing = [("NOT_DUE", ORDINARY, None, None, None)]
    assert all_of(DAILY, history(bureau_told(), first, over_s=25 * HOUR)) == nothing
    final = sent(Tier.BUREAU, Tier.CITY_BUREAU, 20 * HOUR, report=Report.FINAL)
    assert all_of(DAILY, history(bureau_told(), first, final, over_s=9 * DAY)) == nothing
    assert all_of(DAILY, history(bureau_told(), first)) == nothing
    assert all_of(DAILY, history(bureau_told(), over_s=9 * DAY)) == nothing
    running = history(bureau_told(), first, end_s=20 * HOUR)
    assert all_of(DAILY, running) == [("OPEN", ORDINARY, 25 * HOUR, None, None)]


def test_follow_ups_come_faster_as_the_class_rises():
    updates = (sent(Tier.BUREAU, Tier.CITY_BUREAU, at * HOUR, believed=MAJOR) for at in (0, 20, 33))
    past = history(bureau_told(), *updates, classes=((0.0, ORDINARY), (10 * HOUR, MAJOR)), over_s=34 * HOUR)
    assert [(it[0], it[2] / HOUR) for it in all_of(DAILY, past)] == [("LATE", 12), ("LATE", 32)]


@pytest.mark.parametrize(
    ("day", "short_window", "due"), [(29, False, True), (31, False, False), (6, True, True), (8, True, False)]
)
def test_a_change_of_casualties_is_told_within_30_days_or_7(day, short_window, due):
    change = day * DAY
    past = history(
        head_told(),
        bureau_told(60),
        sent(Tier.SCENE, Tier.UNIT_HEAD, change, report=Report.SUPPLEMENT),
        sent(Tier.UNIT_HEAD, Tier.BUREAU, change + 2 * HOUR, report=Report.SUPPLEMENT),
        changes=(change,),
        short_window=short_window,
    )
    late = ("LATE", ORDINARY, change + HOUR, change + 2 * HOUR, HOUR)
    assert all_of(SUPPLEMENT, past) == [late if due else ("NOT_DUE", ORDINARY, None, None, None)]


def test_who_knew_when():
    past = history(head_told(60, LARGER), bureau_told(90, MAJOR), classes=((5.0, LARGER), (50.0, MAJOR)))
    assert [told(past, tier) for tier in (Tier.SCENE, Tier.UNIT_HEAD, Tier.BUREAU)] == [0, 60, 90]
    assert [knows(past, tier, MAJOR) for tier in (Tier.SCENE, Tier.UNIT_HEAD, Tier.CITY_BUREAU)] == [
        50,
        90,
        None,
    ]


def test_a_rise_known_before_the_next_limit_and_a_second_one():
    past = history(classes=((0.0, ORDINARY), (121 * MINUTE, LARGER), (150 * MINUTE, MAJOR)))
    found = duties(past, Tier.SCENE, TIGHT.limit_s, 0.0)
    assert [(it.accident_class, it.due_s / MINUTE, it.reopened) for it in found] == [
        (ORDINARY, 120, False),
        (MAJOR, 180, True),
    ]


def test_the_ladder_adds_the_limits_up():
    rules = RuleSet("x", (CITY, COUNTY, UNIT, SKIP, DIRECT, DAILY))
    assert {tier: total / HOUR for tier, (total, _) in latest(rules, LARGER).items()} == {
        Tier.BUREAU: 1,
        Tier.CITY_BUREAU: 3,
        Tier.PROVINCE: 5,
    }
    past = history(
        head_told(),
        bureau_told(5 * HOUR),
        sent(Tier.BUREAU, Tier.CITY_BUREAU, 6 * HOUR),
        sent(Tier.CITY_BUREAU, Tier.PROVINCE, 7 * HOUR),
    )
    assert [(it.tier.name, it.due_s, it.told_s, it.late_s) for it in ladder(past, rules)] == [
        ("BUREAU", HOUR, 5 * HOUR, 4 * HOUR),
        ("CITY_BUREAU", 3 * HOUR, 6 * HOUR, 3 * HOUR),
        ("PROVINCE", None, 7 * HOUR, None),
    ]


WORSE = {
    Verdict.NOT_DUE: 0,
    Verdict.OPEN: 0,
    Verdict.ON_TIME: 0,
    Verdict.LATE: 1,
    Verdict.CONCEALED: 2,
    Verdict.OMITTED: 2,
}
TIMES = st.integers(0, 400).map(lambda minutes: minutes * MINUTE)


@given(told_s=TIMES, came_s=TIMES, sooner_s=TIMES, rise_s=TIMES, hidden=st.booleans(), first=st.booleans())
def test_an_earlier_report_is_never_judged_worse(told_s, came_s, sooner_s, rise_s, hidden, first):
    """The county knows the class as it is from when it was told; it tells the city later or sooner."""
    early, late = sorted((max(told_s, came_s), max(told_s, sooner_s)))
    classes = ((0.0, ORDINARY), (rise_s, MAJOR)) if first else ((0.0, MAJOR),)
    believed = MAJOR if rise_s <= told_s or not first else ORDINARY
    tips = (bureau_told(told_s, believed), bureau_told(max(told_s, rise_s), MAJOR))

    def worst(at):
        report = sent(Tier.BUREAU, Tier.CITY_BUREAU, at, believed=MAJOR)
        who = frozenset({Tier.BUREAU}) if hidden else frozenset()
        found = judge(history(*tips, report, classes=classes, hidden=who), RuleSet("x", (TIGHT,)))
        return max((WORSE[it.verdict], it.late_s or 0.0) for it in found)

    assert worst(early) <= worst(late)


TIERS = st.sampled_from(Tier)
SENDINGS = st.builds(
    lambda by, to, kind, at, way, believed, false, short: Sending(
        by,
        to,
        kind,
        at,
        None if way is None else at + way,
        Knowledge(accident_class=believed),
        False,
        false,
        short,
    ),
    TIERS,
    TIERS,
    st.sampled_from(Report),
    TIMES,
    st.none() | TIMES,
    st.integers(-2, 3),
    st.sampled_from([None, False, True]),
    st.sampled_from([None, False, True]),
)
EVERY_RULE = RuleSet("x", (UNIT, UNIT_DEPARTMENT, COUNTY, CITY, DIRECT, SKIP, TIGHT, DAILY, SUPPLEMENT))


@given(
    sendings=st.lists(SENDINGS, max_size=8),
    rises=st.lists(st.tuples(TIMES, st.integers(-2, 3)), max_size=3),
    hidden=st.frozensets(TIERS, max_size=2),
    end_s=TIMES,
)
def test_whatever_happened_each_rule_is_judged_and_findings_agree_with_themselves(
    sendings, rises, hidden, end_s
):
    classes = tuple(sorted(dict([(0.0, ORDINARY), *rises]).items()))
    past = history(*sendings, classes=classes, hidden=hidden, end_s=end_s, changes=(HOUR,))
    found = judge(past, EVERY_RULE)
    assert {it.rule.code for it in found} == {rule.code for rule in EVERY_RULE.rules}
    for it in found:
        late = it.came_s is not None and it.due_s is not None and it.came_s > it.due_s
        assert (it.late_s is not None) == late
        assert it.verdict is not Verdict.LATE or late
        assert it.verdict is not Verdict.ON_TIME or (it.came_s is not None and not late)
        assert it.verdict is not Verdict.OPEN or it.due_s >= end_s
        assert (it.due_s is None) == (it.verdict is Verdict.NOT_DUE)
        assert it.verdict is not Verdict.CONCEALED or it.rule.sender in hidden
