"""A drill's live run: decisions as data, the same log again from them, steps, injects, branches."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from counties import alarm
from reporting import BUREAU, CITY, DAY, GOVERNMENT, HOUR, MINUTE, chain_of_desks, desks, leak_county

from dispatch.plans import Plan, PlanKind, Task, Trigger, Work
from sim.chain import at_level
from sim.decisions import AskAid, DrillTrouble, EndResponse, Keeping, Send, SetLevel, StandDown, Tell, Wait
from sim.drill import NEEDLESS, OFF, PUBLISHED, SKIPPED, Card, Condition, Live
from sim.engine import simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.injects import LeavePost
from sim.staged import Staged, alone, stage

PLAN = Plan(
    "general",
    PlanKind.GENERAL,
    (Trigger(4), Trigger(2, lacking=1)),
    (Task("post", Work.COMMAND_POST, "D0", 20 * MINUTE, 10 * MINUTE),),
    ends_after_s=HOUR,
)
ALL = (
    Keeping("send", "desk"),
    Keeping("report", "bureau", tier=int(BUREAU)),
    Keeping("level", "leader"),
    Keeping("aid", "leader", limit_s=None),
)


def county(**more):
    """Two units wanted: E0 100 s away, E1 1,000 s; E2 is the city's and stands where E1 does."""
    made = leak_county(
        chain_of_desks(),
        desks(),
        times_s=(100.0, 1000.0),
        stations=(0, 2),
        units=(0, 1, 1),
        cards=(((0, 2),),),
        plans=(PLAN,),
        **more,
    )
    return replace(made, units=(*made.units[:2], replace(made.units[2], aid=True)))


def live(keepings=(), cards=(), made=None):
    made = made or county()
    return Live(made, draw_fate(made, 1, 0, 2 * DAY), keepings, cards)


def kinds(run, *wanted):
    rows = run.log.events()
    return [(t, Kind(k).name, u if u >= 0 else s) for t, k, u, _, _, s, *_ in rows if k in wanted]


def bytes_of(drill):
    return drill.run.log.rows().tobytes()


def test_without_players_a_drill_is_the_run_of_the_rules():
    made = county()
    drill = live(made=made)
    drill.run_until(2 * DAY)
    assert bytes_of(drill) == simulate(made, draw_fate(made, 1, 0, 2 * DAY)).log.rows().tobytes()


def played(drill):
    """A night with five decisions."""
    drill.run_until(700.0)
    drill.decide(Send(1, 0))
    drill.run_until(800.0)
    drill.decide(Send(0, 0))
    drill.decide(StandDown(1))
    drill.run_until(1100.0)
    drill.decide(SetLevel(0, 3))
    drill.decide(Tell(0, int(BUREAU), int(CITY)))
    return drill


def test_players_decide_and_the_log_says_so():
    drill = played(live(ALL))
    drill.run_until(2 * DAY)
    sent = kinds(drill.run, Kind.ASSIGNED, Kind.STOOD_DOWN)
    assert sent[:3] == [(700.0, "ASSIGNED", 1), (800.0, "ASSIGNED", 0), (800.0, "STOOD_DOWN", 1)]
    assert kinds(drill.run, Kind.RESPONSE_OPENED) == [(1100.0, "RESPONSE_OPENED", at_level(0, 3))]
    first = next(row for row in drill.run.log.events() if row[1] == Kind.ASSIGNED)
    assert drill.run.log.notes[first[7]][0] == "player"


def test_replay_of_the_decisions_gives_the_same_log():
    one, other = played(live(ALL)), played(live(ALL))
    for drill in (one, other):
        drill.run_until(2 * DAY)
    assert bytes_of(one) == bytes_of(other)


def test_what_nobody_decides_falls_to_the_rules_when_its_limit_runs_out():
    drill = live((Keeping("send", "desk", limit_s=300.0),))
    drill.run_until(DAY)
    assert kinds(drill.run, Kind.ASSIGNED)[:2] == [(960.0, "ASSIGNED", 0), (960.0, "ASSIGNED", 1)]
    assert [(p.what, p.ended, p.ended_s) for p in drill.players.points] == [("send", "rules", 960.0)]


def test_or_it_stays_open_by_option_and_a_player_may_ask_for_more_time():
    drill = live((Keeping("send", "desk", limit_s=300.0, lapses=False),))
    drill.run_until(DAY)
    assert kinds(drill.run, Kind.ASSIGNED) == []
    assert drill.players.point("send", 0) is not None
    drill = live((Keeping("send", "desk", limit_s=300.0),))
    drill.run_until(900.0)
    drill.decide(Wait("send", 0, 600.0))
    drill.run_until(DAY)
    assert kinds(drill.run, Kind.ASSIGNED)[0][0] == 1500.0


def test_a_report_that_is_kept_waits_for_its_player():
    kept, free = live((Keeping("report", "bureau", tier=int(BUREAU), limit_s=None),)), live()
    for drill in (kept, free):
        drill.run_until(3 * HOUR)

    def from_bureau(drill):
        return [m for m in drill.run.notices.messages if m.sender == BUREAU]

    assert from_bureau(free)
    assert not from_bureau(kept)
    kept.decide(Tell(0, int(BUREAU), int(GOVERNMENT)))
    assert [(m.receiver, m.sent_s) for m in from_bureau(kept)] == [(GOVERNMENT, 3 * HOUR)]


def test_aid_is_asked_for_by_the_player_who_keeps_it_and_once():
    drill = live((Keeping("aid", "leader", limit_s=None),), made=replace(county(), units=county().units[::2]))
    drill.run_until(2000.0)
    assert kinds(drill.run, Kind.AID_ASKED) == []
    drill.decide(AskAid(0))
    assert kinds(drill.run, Kind.AID_ASKED)[0][0] == 2000.0
    with pytest.raises(DrillTrouble):
        drill.decide(AskAid(0))


@pytest.mark.parametrize(
    "senseless", [Send(0, 0), StandDown(0), Tell(0, 4, 7), SetLevel(0, 2), EndResponse(0), Wait("send", 0)]
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(senseless):
    drill = live(ALL)
    drill.run_until(100.0)
    before = bytes_of(drill)
    with pytest.raises(DrillTrouble) as trouble:
        drill.decide(senseless)
    assert bytes_of(drill) == before
    assert trouble.value.text("zh") != trouble.value.text("en")


def test_steps_run_until_and_one_go_agree():
    whole, steps, minutes = live(), live(), live()
    whole.run_until(DAY)
    while steps.step_event(DAY):
        pass
    for minute in range(1, 1441):
        minutes.run_until(minute * MINUTE)
    assert bytes_of(whole) == bytes_of(steps) == bytes_of(minutes)


def test_a_step_goes_to_the_next_event_and_no_further():
    drill = live()
    moments = []
    while drill.now < 700.0:
        before = drill.run.log.count
        assert drill.step_event(DAY)
        assert {row[0] for row in drill.run.log.events(before)} == {drill.now}
        moments.append(drill.now)
    assert moments == sorted(moments)
    assert 600.0 in moments


def test_a_branch_leaves_its_parent_untouched_and_can_be_pickled():
    parent = live(ALL)
    parent.run_until(700.0)
    before = bytes_of(parent)
    child = parent.branch()
    child.decide(Send(0, 0))
    child.run_until(DAY)
    assert bytes_of(parent) == before
    assert parent.run.line
    again = pickle.loads(pickle.dumps(parent.run))  # noqa: S301 - our own bytes
    parent.run_until(DAY)
    again.advance(DAY)
    assert again.log.rows().tobytes() == bytes_of(parent)


CARDS = (
    Card("1", at_s=20 * MINUTE, changes=(LeavePost(0.0, 0, HOUR),)),
    Card("2", condition=Condition(Kind.ARRIVED, incident=0)),
    Card("3", condition=Condition(Kind.REPORT_RECEIVED, 0, int(GOVERNMENT), unless=True, by_s=15 * MINUTE)),
    Card("4", condition=Condition(Kind.REPORT_RECEIVED, 0, int(CITY), unless=True, by_s=DAY)),
    Card("5"),
    Card("6", at_s=HOUR, enabled=False),
)


def test_injects_come_by_time_by_event_by_silence_and_by_hand():
    drill = live(cards=CARDS)
    drill.run_until(2 * DAY)
    drill.publish(4)
    script = drill.script
    assert script.published_s == [1200.0, 760.0, 900.0, None, 2 * DAY, None]
    assert script.stands == [PUBLISHED, PUBLISHED, PUBLISHED, NEEDLESS, PUBLISHED, OFF]
    assert kinds(drill.run, Kind.POST_LEFT, Kind.POST_MANNED)[:1] == [(1200.0, "POST_LEFT", 0)]
    assert kinds(drill.run, Kind.POST_MANNED)[0][0] == 1200.0 + HOUR


def test_an_inject_can_be_skipped_delayed_switched_on_and_no_two_times_given_out():
    drill = live(cards=CARDS)
    drill.delay(0, 600.0)
    drill.skip(1)
    drill.enable(5, True)
    drill.run_until(2 * DAY)
    assert drill.script.published_s[:2] == [1800.0, None]
    assert drill.script.published_s[5] == HOUR
    assert drill.script.stands[1] == SKIPPED
    with pytest.raises(DrillTrouble):
        drill.publish(0)


def test_on_to_the_next_inject():
    drill = live(cards=CARDS)
    moments = []
    while drill.step_inject(DAY):
        moments.append(drill.now)
    assert moments == [760.0, 900.0, 1200.0]


def test_a_staged_accident_leaves_the_others_as_they_were():
    made = replace(county(places=(0,)), listed=(alarm(10 * MINUTE, 1),))
    fate = draw_fate(made, 1, 0, DAY)
    with_one, number = stage(made, fate, Staged(0, 900.0, place=0, grade=1))
    assert number == 1
    assert with_one.time_s == [600.0, 900.0]
    assert (with_one.control_s[0], with_one.key[0]) == (fate.control_s[0], fate.key[0])
    assert with_one.updates[0] == fate.updates[0]
    assert stage(made, fate, Staged(0, 900.0, place=0, grade=1))[0].time_s == with_one.time_s
    assert len(alone(with_one)) == 0
