"""A report's life in time: the ladder of a leak, silence and what ends it, posts that cannot be reached."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting import (
    BUREAU,
    CALLS,
    CITY,
    DAY,
    GOVERNMENT,
    HOUR,
    MINUTE,
    PROVINCE,
    RULES,
    UNIT,
    chain_of_desks,
    desks,
    lasts,
    leak_county,
)

from dispatch.reporting import BELOW, Knowledge, Report, RuleSet, Tier, Verdict
from readiness.duty import at_post, away_by
from readiness.force import Rostered, Shift, SpotChecks
from results.chain.histories import Reports
from sim import duty_posts
from sim.chain import message_and_tier
from sim.county import Weather
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.injects import CutChannel, LeavePost
from sim.notification import belief
from sim.record import log_frame
from sim.scenarios.rulefiles import rule_files, rule_set
from sim.state import State

TOLD = range(Kind.REPORT_SENT, Kind.REINFORCED + 1)
"""Kinds of event of reports, command and posts."""


def run_of(county, horizon_s=3 * DAY, seed=1):
    return simulate(county, draw_fate(county, seed, 0, horizon_s))


def ladder(run):
    """The reports as they arrived: time, from, to, kind, by text, rule."""
    told = []
    for time_s, kind, _, _, _, subject, _, _ in run.log.events():
        if kind == Kind.REPORT_RECEIVED:
            number, tier = message_and_tier(subject)
            it = run.notices.messages[number]
            told.append((time_s, it.sender.name, Tier(tier).name, it.report.name, it.written, it.rule))
    return told


def first_told(run, tier):
    return next((row[0] for row in ladder(run) if row[2] == tier.name), None)


def events(run, *kinds):
    return [(t, Kind(k).name, subject) for t, k, _, _, _, subject, _, _ in run.log.events() if k in kinds]


def notes(run, kind):
    return [run.log.notes[row[7]] for row in run.log.events() if row[1] == kind]


def others(run):
    """The events that are not about reports, without their numbers: what the response alone does."""
    return [
        (t, kind, unit, incident, node, subject)
        for t, kind, unit, incident, node, subject, _, _ in run.log.events()
        if kind not in TOLD
    ]


def test_the_ladder_of_one_cold_store_leak():
    """The alarm is at 600 s; every duration is constant and each call is answered after ten seconds.

    The call is taken at 660 s, the call centre checks for 30 s. At the scene somebody notices after 5 min;
    the head takes 4 min to decide and 1 to check. The bureau checks for 6 min and telephones both, drafts for
    20 and has it signed in 9, for no leader is at its desk. At 7,800 s two more prove to be hurt. The leak is
    closed at 11,560 s, and the bureau checks, drafts and signs for 35 min.
    """
    run = run_of(leak_county(chain_of_desks(), desks()))
    assert ladder(run) == [
        (660.0, "SCENE", "CALL_CENTRE", "INITIAL", False, ""),
        (700.0, "CALL_CENTRE", "BUREAU", "INITIAL", False, "calls"),
        (900.0, "SCENE", "UNIT_HEAD", "INITIAL", False, ""),
        (1070.0, "BUREAU", "COUNTY_GOVERNMENT", "INITIAL", False, "own"),
        (1070.0, "BUREAU", "CITY_BUREAU", "INITIAL", False, "county"),
        (1210.0, "UNIT_HEAD", "BUREAU", "INITIAL", False, "unit"),
        (2810.0, "BUREAU", "CITY_BUREAU", "INITIAL", True, "county"),
        (7800.0, "SCENE", "CALL_CENTRE", "UPDATE", False, ""),
        (7800.0, "SCENE", "UNIT_HEAD", "SUPPLEMENT", False, ""),
        (7840.0, "CALL_CENTRE", "BUREAU", "SUPPLEMENT", False, ""),
        (7870.0, "UNIT_HEAD", "BUREAU", "SUPPLEMENT", False, "unit_news"),
        (8210.0, "BUREAU", "CITY_BUREAU", "SUPPLEMENT", False, "county_news"),
        (13_670.0, "BUREAU", "CITY_BUREAU", "FINAL", True, "end"),
    ]
    assert belief(run, 0, CITY) == (8210.0, Knowledge(0, 4, 0, 50_000.0, 0))
    assert belief(run, 0, GOVERNMENT) == (1070.0, Knowledge(0, 2, 0, 25_000.0, 0))
    assert belief(run, 0, PROVINCE) is None
    assert notes(run, Kind.REPORT_SENT)[1] == (
        0,
        CALLS,
        BUREAU,
        False,
        0,
        2,
        25_000.0,
        0,
        False,
        False,
        "calls",
    )
    assert notes(run, Kind.REPORT_RECEIVED)[1] == ("landline", "duty_officer", 1)
    assert run.state.told[0] == {CALLS: 7, BUREAU: 10, UNIT: 8, GOVERNMENT: 3, CITY: 12}


def test_every_cause_comes_before_its_effect_and_the_log_rebuilds_the_state():
    run = run_of(leak_county(chain_of_desks(), desks(p=0.5)))
    rebuilt = State(run.county)
    for number, (time_s, kind, unit, incident, _, subject, cause, _) in enumerate(run.log.events()):
        assert cause < number
        rebuilt.apply(time_s, kind, unit, incident, subject)
    assert rebuilt == run.state


@pytest.mark.parametrize("at_s", [0.0, 695.0, 1065.0, 2000.0, 7865.0, 13_000.0])
def test_a_copy_made_half_way_tells_the_same(at_s):
    county = leak_county(chain_of_desks(), desks(p=0.6))
    whole = run_of(county)
    half = begin(county, draw_fate(county, 1, 0, 3 * DAY))
    half.advance(at_s)
    copies = (half.branch(), copy.deepcopy(half), pickle.loads(pickle.dumps(half)))  # noqa: S301
    for run in (half, *copies):
        run.advance(3 * DAY)
        assert list(run.log.events()) == list(whole.log.events())
        assert run.log.notes == whole.log.notes


def test_a_night_with_the_bureaus_desk_unmanned_makes_reports_later():
    """The desk is empty until 06:00: the head tells the county government instead, the city hears at six."""
    night = LeavePost(0.0, 0, 6 * HOUR)
    manned, left = (
        run_of(leak_county(chain_of_desks(), desks(), injects=injects)) for injects in ((), (night,))
    )
    assert events(left, Kind.POST_LEFT, Kind.POST_MANNED) == [
        (0.0, "POST_LEFT", 0),
        (6 * HOUR, "POST_MANNED", 0),
    ]
    assert first_told(manned, BUREAU) == 700.0
    assert 6 * HOUR <= first_told(left, BUREAU) <= 6 * HOUR + 4 * MINUTE
    assert first_told(left, CITY) > 6 * HOUR > first_told(manned, CITY)
    skipped = next(row for row in ladder(left) if row[2] == "COUNTY_GOVERNMENT")
    assert skipped == (1200.0 + 2 * 45.0 + 10.0, "UNIT_HEAD", "COUNTY_GOVERNMENT", "INITIAL", False, "skip")
    assert notes(left, Kind.REPORT_STUCK)[:2] == [("nobody", "landline", "D0"), ("nobody", "mobile", "D0")]
    assert others(left) == others(manned)


def test_nobody_tries_for_ever_to_reach_a_post():
    run = run_of(leak_county(chain_of_desks(), desks(), injects=(LeavePost(0.0, 0),)), horizon_s=4 * DAY)
    assert first_told(run, BUREAU) is None
    assert all(message.tries < 2 * DAY / 120.0 for message in run.notices.messages)


def test_a_channel_that_is_cut_makes_people_try_another():
    cut = CutChannel(0.0, 0, 0, 700.0)
    run = run_of(leak_county(chain_of_desks(), desks(), injects=(cut,)))
    assert [words[0] for words in notes(run, Kind.REPORT_RECEIVED)][:2] == ["", "mobile"]
    assert notes(run, Kind.REPORT_STUCK) == [("out", "landline", "D0")]
    assert [name for _, name, _ in events(run, Kind.CHANNEL_CUT, Kind.CHANNEL_BACK)] == [
        "CHANNEL_CUT",
        "CHANNEL_BACK",
    ]
    everywhere = run_of(leak_county(chain_of_desks(), desks(), injects=(CutChannel(0.0, 0),)))
    assert {words[0] for words in notes(everywhere, Kind.REPORT_RECEIVED)} == {"", "mobile"}


def test_weather_takes_a_channel_out_for_as_long_as_it_lasts():
    force = desks()
    weak = replace(force.channels[0], fails_at=1, fail_p=1.0)
    force = replace(force, channels=(weak, force.channels[1]))
    storm = Weather("storm", leak_county(None).names, (1.0,) * 12, warning_level=1)
    for level, channel in ((1, "mobile"), (2, "landline")):
        county = leak_county(chain_of_desks(), force, weathers=(replace(storm, warning_level=level),))
        assert notes(run_of(county), Kind.REPORT_RECEIVED)[1][0] == channel


def test_without_a_chain_injects_at_posts_do_nothing():
    injects = (LeavePost(0.0, 0), CutChannel(0.0, 0))
    run = run_of(leak_county(None, desks(), injects=injects))
    assert run.notices is None
    assert list(run.log.events()) == list(run_of(leak_county(None, desks())).log.events())


def test_what_the_head_hides_comes_out_by_a_tip_off():
    """Hidden at 1,140 s and told to nobody; five hours later the bureau learns of it and asks."""
    run = run_of(leak_county(chain_of_desks(conceal_p=1.0), desks()))
    assert events(run, Kind.HIDDEN, Kind.FORGOTTEN, Kind.FOUND_OUT) == [
        (1140.0, "HIDDEN", UNIT),
        (1140.0 + 5 * HOUR, "FOUND_OUT", BUREAU),
    ]
    assert notes(run, Kind.FOUND_OUT) == [("tip_off", UNIT, 0, 4, 50_000.0, 0)]
    assert run.notices.messages[0].knowledge == Knowledge(accident_class=BELOW)
    out_s = 1140.0 + 5 * HOUR
    assert [row for row in ladder(run) if row[0] >= out_s][:4] == [
        (out_s, "BUREAU", "UNIT_HEAD", "QUESTION", False, ""),
        (out_s + MINUTE + 10.0, "UNIT_HEAD", "BUREAU", "ANSWER", False, "unit"),
        (out_s + 6 * MINUTE + 10.0, "BUREAU", "COUNTY_GOVERNMENT", "INITIAL", False, "own"),
        (out_s + 6 * MINUTE + 10.0, "BUREAU", "CITY_BUREAU", "INITIAL", False, "county"),
    ]


def test_who_hides_what_a_stranger_saw_lies_until_it_does_not_hold():
    """The head's untrue report meets what the call centre has told the bureau, which asks at once."""
    run = run_of(leak_county(chain_of_desks(conceal_p=1.0, public_p=1.0), desks()))
    lie = next(message for message in run.notices.messages if message.false)
    assert (lie.sender, lie.receiver, lie.knowledge) == (UNIT, BUREAU, Knowledge(accident_class=-1))
    assert notes(run, Kind.FOUND_OUT) == [("public_alarm", BUREAU - 3, 0, 2, 25_000.0, 0)]
    assert [row[2:4] for row in ladder(run) if row[1] == "UNIT_HEAD"][:2] == [
        ("BUREAU", "INITIAL"),
        ("BUREAU", "ANSWER"),
    ]
    assert not run.notices.messages[-1].false


def test_enforcement_kind_and_class_weigh_on_hiding():
    def hidden(**conduct):
        listed = tuple(replace(it, time_s=k * HOUR) for k, it in enumerate(leak_county(None).listed * 40))
        run = run_of(leak_county(chain_of_desks(**conduct), None, listed=listed))
        return len(events(run, Kind.HIDDEN))

    assert 0 < hidden(conceal_p=0.5) < 40
    assert hidden(conceal_p=0.5, enforcement=1e9) == 0
    assert hidden(conceal_p=0.5, conceal_by_kind={0: 2.0}) == 40
    assert hidden(conceal_p=0.5, conceal_by_class={0: 0.0}) == 0
    assert hidden(authority_conceal_p=1.0) == 40


def test_who_is_not_told_by_the_level_below_asks_when_its_limit_is_over():
    """Everybody forgets but for the call centre, whose rule is the only one that needs no remembering."""
    chain = chain_of_desks(notice=lasts(2 * HOUR))
    run = run_of(leak_county(chain, desks()))
    asked = [row for row in ladder(run) if row[3] == "QUESTION"]
    assert asked == [(700.0 + HOUR, "BUREAU", "UNIT_HEAD", "QUESTION", False, "")]
    answered = next(row for row in ladder(run) if row[3] == "ANSWER")
    assert answered[:3] == (700.0 + HOUR + MINUTE + 10.0, "UNIT_HEAD", "BUREAU")


def test_what_is_forgotten_comes_out_and_is_reported_then():
    run = run_of(leak_county(chain_of_desks(forget_p=1.0), desks()))
    forgot = events(run, Kind.FORGOTTEN)
    assert [tier for _, _, tier in forgot] == [CALLS, UNIT, BUREAU, CITY][: len(forgot)]
    assert first_told(run, BUREAU) is not None
    assert events(run, Kind.HIDDEN) == []


def test_casualties_are_under_counted_until_the_next_report():
    run = run_of(leak_county(chain_of_desks(short_p=1.0, short_share=0.5), desks()))
    first = [m for m in run.notices.messages if m.sender == UNIT]
    assert [(m.report, m.knowledge.injuries, m.short) for m in first] == [
        (Report.INITIAL, 1, True),
        (Report.SUPPLEMENT, 4, False),
    ]


def test_follow_ups_go_out_in_good_time_until_it_is_over():
    county = leak_county(chain_of_desks(), desks(), control=lasts(2.5 * DAY), harm=None)
    run = run_of(county, horizon_s=4 * DAY)
    updates = [row[0] for row in ladder(run) if row[3] == "UPDATE" and row[2] == "CITY_BUREAU"]
    step = 0.75 * DAY + 10.0
    assert updates == pytest.approx([2810.0 + step, 2810.0 + 2 * step, 2810.0 + 3 * step])
    assert ladder(run)[-1][3] == "FINAL"


def test_a_higher_class_takes_the_report_further_up():
    worse = replace(leak_county(None).kinds[0].harm, casualties_median=24.0)
    run = run_of(leak_county(chain_of_desks(), desks(), harm=worse))
    assert [row[1:4] for row in ladder(run) if row[2] == "PROVINCE"] == [
        ("CITY_BUREAU", "PROVINCE", "INITIAL")
    ]


def test_spot_checks_bring_people_to_their_posts():
    def answered(checks):
        force = replace(desks(), spot_checks=checks)
        posts = tuple(replace(post, absence=0.9) for post in force.posts)
        county = leak_county(chain_of_desks(), replace(force, posts=posts))
        at = begin(county, draw_fate(county, 1, 0, 300 * DAY))
        present = 0
        for day in range(300):
            at.now = day * DAY + HOUR
            present += bool(duty_posts.roles_at(at, 0))
        return present

    assert answered(SpotChecks()) < 60
    assert answered(SpotChecks(50.0, 30 * DAY, 0.0)) > 200


def test_a_request_goes_through_the_same_posts_and_then_does_what_it_is_for():
    county = leak_county(chain_of_desks(), desks(25.0))
    run = begin(county, draw_fate(county, 1, 0, DAY))
    run.advance(4000.0)
    number = run.notices.send_request(run, 0, BUREAU, CITY, Report.UPDATE, 3, note_arrival)
    run = pickle.loads(pickle.dumps(run))  # noqa: S301
    run.advance(5000.0)
    assert run.notices.messages[number].knowledge == run.notices.knowledge(number) == belief(run, 0, CITY)[1]
    assert events(run, Kind.COMMAND_POST) == [(4025.0, "COMMAND_POST", -1)]


def note_arrival(run, incident, cause):
    run.emit(Kind.COMMAND_POST, incident, cause=cause)


def test_command_calls_a_post_by_all_its_channels():
    county = leak_county(chain_of_desks(), desks(25.0), injects=(LeavePost(0.0, 2),))
    run = begin(county, draw_fate(county, 1, 0, DAY))
    run.advance(10.0)
    assert run.notices.call_post(run, 0, "D0", 7)[:2] == (True, 25.0)
    assert run.notices.call_post(run, 0, "D2", 7)[:4] == (False, 90.0, None, "nobody")
    assert run.notices.call_post(run, 0, "nowhere", 7).answered
    assert run.notices.takes_s(run, 0, "grade") == 300.0
    assert run.notices.takes_s(run, 0, "city_decides") == 600.0


DURATIONS = st.floats(0.0, 5 * HOUR)


@settings(max_examples=25, deadline=None)
@given(DURATIONS, DURATIONS, DURATIONS, DURATIONS)
def test_manned_posts_and_perfect_channels_make_nothing_later_than_drafting_does(notice, verify, draft, harm):
    """All posts answered at once by a leader: the same reports at the same moments as without posts."""
    force = desks(0.0)
    force = replace(force, post_roster=tuple(replace(row, role=1) for row in force.post_roster))
    conduct = {
        "notice": lasts(notice),
        "verify": {tier: lasts(verify) for tier in Tier},
        "draft": {tier: lasts(draft) for tier in Tier},
    }
    kind = replace(leak_county(None).kinds[0].harm, late_after=lasts(harm))
    manned = run_of(leak_county(chain_of_desks(**conduct), force, harm=kind))
    nowhere = run_of(leak_county(replace(chain_of_desks(**conduct), desks={}), None, harm=kind))
    assert sorted(ladder(manned)) == sorted(ladder(nowhere))
    for time_s, kind_of, _, _, _, subject, _, _ in manned.log.events():
        if kind_of == Kind.REPORT_RECEIVED:
            assert time_s == manned.notices.messages[message_and_tier(subject)[0]].sent_s


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.1, 1.0))
def test_where_nobody_conceals_nothing_is_concealed_or_false(seed, forget_p, public_p, answer_p):
    chain = chain_of_desks(forget_p=forget_p, public_p=public_p, short_p=0.5, short_share=0.5)
    run = run_of(leak_county(chain, desks(p=answer_p)), seed=seed)
    assert events(run, Kind.HIDDEN) == []
    assert not any(message.false for message in run.notices.messages)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_response_is_the_same_without_the_chain(seed, conceal_p, forget_p, answer_p):
    listed = tuple(replace(it, time_s=k * 1800.0) for k, it in enumerate(leak_county(None).listed * 6))
    chain = chain_of_desks(conceal_p=conceal_p, forget_p=forget_p)
    county = leak_county(chain, desks(p=answer_p), listed=listed, call_takers=1)
    told, bare = run_of(county, seed=seed), run_of(replace(county, chain=None), seed=seed)
    assert others(told) == others(bare)


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 99), st.sampled_from([rule.code for rule in RULES if rule.code not in ("unit", "calls")])
)
def test_a_rule_switched_off_changes_no_other_draw(seed, code):
    """Whether the unit or the call centre tells the bureau, and when, does not hang on any other rule."""
    chain = chain_of_desks(forget_p=0.3, conceal_p=0.3, short_p=0.5, notice=lasts(60.0))
    fewer = RuleSet("fewer", tuple(rule for rule in RULES if rule.code != code))
    force = desks(p=0.5)
    runs = [
        run_of(leak_county(replace(chain, rules=rules), force), seed=seed) for rules in (chain.rules, fewer)
    ]
    ones, fews = ([row for row in ladder(run) if row[5] in ("unit", "calls")] for run in runs)
    assert [row for row in ones if row[3] != "ANSWER"] == [row for row in fews if row[3] != "ANSWER"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.floats(0.0, 1.0), st.lists(st.floats(0.0, 20 * DAY - 1.0), min_size=1))
def test_who_is_at_a_post_is_what_the_rules_of_duty_say(seed, absence, moments):
    """Two posts, shifts by day and over night, rows that end; looked up in one step or turn by turn."""
    day, night = Shift("day", 8.0, 10.0, on="workdays"), Shift("night", 18.0, 15.0)
    rows = (
        Rostered(0, 0, 0, 2),
        Rostered(1, 0, 0),
        Rostered(0, 1, 1, person="Li"),
        Rostered(0, 1, 0, until=date(2026, 1, 9)),
    )
    base = desks()
    posts = tuple(replace(post, absence=absence) for post in base.posts)
    checks = SpotChecks(60.0, 3 * DAY, 0.2)
    force = replace(base, posts=posts, shifts=(day, night), post_roster=rows, spot_checks=checks)
    run = begin(county := leak_county(chain_of_desks(), force), draw_fate(county, seed, 0, 20 * DAY))
    roster = duty_posts._roster(county, 20 * DAY, 0)

    def draw(row, person, turn):
        return duty_posts._chance(run, duty_posts._ABSENCE, roster.keys[row], person, turn)

    away = away_by(draw, absence, checks, duty_posts.attention_at(run, 0))
    for run.now in moments:
        present = at_post(roster.rows, roster.turns, 0, run.now, away)
        assert duty_posts.roles_at(run, 0) == tuple(who.role for who in present)


@pytest.mark.parametrize("name", sorted(rule_files()))
def test_the_rule_files_that_come_along_can_be_kept(name):
    """With desks that answer, people who are quick and nothing hidden, whatever falls due comes in time."""
    chain = replace(chain_of_desks(), rules=rule_set(name))
    worse = replace(leak_county(None).kinds[0].harm, casualties_median=24.0)
    county = leak_county(chain, desks(), harm=worse, control=lasts(2 * DAY))
    run = run_of(county, horizon_s=4 * DAY)
    found = Reports(county, log_frame(county, run.log), 4 * DAY).findings(0)
    assert {finding.verdict for finding in found} == {Verdict.ON_TIME, Verdict.NOT_DUE}
