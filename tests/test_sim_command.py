"""Command on the clock: grading, response levels, tasks with the posts that are there, the city's help."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reporting import DAY, HOUR, MINUTE, RULES, chain_of_desks, desks, lasts, leak_county

from dispatch.plans import Picture, Plan, PlanKind, Task, Trigger, Work, level_due, plan_for, tasks_due
from sim.chain import at_level, of_plan
from sim.county import Escalation
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.injects import LeavePost
from sim.state import State

TASKS = (
    Task("post", Work.COMMAND_POST, "D0", 20 * MINUTE, 10 * MINUTE),
    Task("aid", Work.ASK_AID, "D0", 30 * MINUTE, level=2),
    Task("people", Work.EVACUATE, "D1", HOUR, 20 * MINUTE, after=("post",)),
    Task("public", Work.PUBLISH, "D1", 2 * HOUR, 5 * MINUTE, after=("people",), level=1),
)
GENERAL = Plan("general", PlanKind.GENERAL, (Trigger(4), Trigger(2, lacking=1)), TASKS, ends_after_s=HOUR)
COMMAND = range(Kind.GRADED, Kind.ESCALATED + 1)


def short_county(plans=(GENERAL,), **more):
    """A leak that asks for two units; one is at hand, the other is the city's, 1,000 s away."""
    county = leak_county(
        more.pop("chain", chain_of_desks()),
        desks(),
        **{
            "times_s": (100.0, 1000.0),
            "stations": (0, 2),
            "units": (0, 1),
            "cards": (((0, 2),),),
            "short_handed_after_s": None,
            "plans": tuple(plans),
            **more,
        },
    )
    return replace(county, units=(county.units[0], replace(county.units[1], aid=True)))


def run_of(county, horizon_s=2 * DAY):
    return simulate(county, draw_fate(county, 1, 0, horizon_s))


def told(run, *kinds):
    return [(t, Kind(k).name, s) for t, k, _, _, _, s, *_ in run.log.events() if k in (kinds or COMMAND)]


def moment(run, kind):
    return next(row[0] for row in run.log.events() if row[1] == kind)


def test_a_leak_is_commanded_and_the_city_helps():
    """Told at 700 s, graded at 1,000; the city is asked, decides in ten minutes, and its unit drives."""
    run = run_of(short_county())
    assert told(run)[:12] == [
        (1000.0, "GRADED", 0),
        (1000.0, "RESPONSE_OPENED", at_level(0, 2)),
        (1000.0, "AID_ASKED", -1),
        (1010.0, "TASK_BEGUN", of_plan(0, 0)),
        (1010.0, "TASK_BEGUN", of_plan(0, 1)),
        (1010.0, "TASK_HELD", of_plan(0, 1)),
        (1610.0, "TASK_DONE", of_plan(0, 0)),
        (1610.0, "COMMAND_POST", -1),
        (1610.0, "AID_GRANTED", -1),
        (1610.0, "TASK_DONE", of_plan(0, 1)),
        (1620.0, "TASK_BEGUN", of_plan(0, 2)),
        (2820.0, "TASK_DONE", of_plan(0, 2)),
    ]
    assert moment(run, Kind.ASSEMBLED) == 2610.0
    assert moment(run, Kind.RESPONSE_ENDED) == 2610.0 + 3 * HOUR + HOUR


def test_without_being_asked_for_the_citys_unit_does_not_come():
    run = run_of(replace(short_county(), chain=None))
    assert Kind.ASSEMBLED not in [row[1] for row in run.log.events()]


def test_an_unmanned_desk_delays_the_citys_help_and_makes_the_harm_greater():
    """The desk is left until 03:00: the bureau learns late, help comes late, and the leak grows meanwhile."""
    grows = Escalation(1.0, lasts(2 * HOUR), harm_factor=3.0)

    def night(*injects):
        county = short_county(injects=injects, chain=chain_of_desks(rules=RULES[:-1]))
        return run_of(replace(county, kinds=(replace(county.kinds[0], escalation=grows),)))

    manned, left = night(), night(LeavePost(0.0, 0, 3 * HOUR))
    assert moment(left, Kind.AID_GRANTED) > moment(manned, Kind.AID_GRANTED) + HOUR
    assert "ESCALATED" not in [kind for _, kind, _ in told(manned)]
    assert "ESCALATED" in [kind for _, kind, _ in told(left)]
    harm = [
        max(sum(run.log.notes[row[7]][:2]) for row in run.log.events() if row[1] == Kind.HARM_KNOWN)
        for run in (manned, left)
    ]
    assert harm[1] > harm[0]


def test_a_task_whose_owner_does_not_answer_is_held_and_given_up_at_the_end():
    run = run_of(short_county(injects=(LeavePost(0.0, 1),)))
    tasks = (Kind.TASK_BEGUN, Kind.TASK_HELD, Kind.TASK_DONE, Kind.TASK_FAILED)
    people = [(t, kind) for t, kind, subject in told(run, *tasks) if subject == of_plan(0, 2)]
    assert [kind for _, kind in people] == ["TASK_HELD", "TASK_FAILED"]
    assert people[-1][0] == moment(run, Kind.RESPONSE_ENDED)


def test_an_accident_below_every_trigger_opens_nothing():
    plan = replace(GENERAL, triggers=(Trigger(3, deaths=10),))
    kinds = [kind for _, kind, _ in told(run_of(short_county((plan,))))]
    assert kinds == ["GRADED", "AID_ASKED", "AID_GRANTED"]


def test_a_level_is_raised_as_more_becomes_known():
    plan = replace(GENERAL, triggers=(Trigger(4), Trigger(1, casualties=4)))
    run = run_of(short_county((plan,), units=(0, 0), stations=(0,), short_handed_after_s=1800.0))
    levels = told(run, Kind.RESPONSE_OPENED, Kind.RESPONSE_CHANGED)
    assert [(kind, subject) for _, kind, subject in levels] == [
        ("RESPONSE_OPENED", at_level(0, 4)),
        ("RESPONSE_CHANGED", at_level(0, 1)),
    ]


def test_copies_and_replay_agree():
    county = short_county()
    fate = draw_fate(county, 1, 0, 2 * DAY)
    whole = simulate(county, fate)
    state = State(county)
    for time, kind, unit, incident, _, subject, *_ in whole.log.events():
        state.apply(time, kind, unit, incident, subject)
    assert state == whole.state
    run = begin(county, fate)
    run.advance(1300.0)
    for each in (run.branch(), run):
        each.advance(2 * DAY)
        assert each.log.rows().tobytes() == whole.log.rows().tobytes()


def test_the_sites_own_card_goes_before_special_and_general_plans():
    special = replace(GENERAL, code="special", kind=PlanKind.SPECIAL, kinds=(1,))
    card = replace(GENERAL, code="card", kind=PlanKind.ON_SITE, sites=(7,))
    plans = (GENERAL, special, card)
    assert plan_for(plans, 0, -1) == 0
    assert plan_for(plans, 1, -1) == 1
    assert plan_for(plans, 1, 7) == 2
    assert plan_for((special,), 0, -1) is None


@pytest.mark.parametrize(
    ("trigger", "holds"),
    [
        (Trigger(3, accident_class=1), False),
        (Trigger(3, accident_class=0), True),
        (Trigger(3, warning_level=2), False),
        (Trigger(3, warning_level=3), True),
        (Trigger(3, grade=2, deaths=1), True),
        (Trigger(3, grade=2, deaths=2), False),
        (Trigger(3, casualties=5, lacking=0), True),
    ],
)
def test_triggers(trigger, holds):
    picture = Picture(accident_class=0, grade=2, warning_level=3, deaths=1, casualties=5)
    assert level_due(replace(GENERAL, triggers=(trigger,)), picture) == (3 if holds else None)


def test_tasks_wait_for_those_before_them():
    assert tasks_due(GENERAL, 2, (), ()) == [0, 1]
    assert tasks_due(GENERAL, 2, (0, 1), (0,)) == [2]
    assert tasks_due(GENERAL, 1, (0, 1, 2), (0, 1, 2)) == [3]
    assert tasks_due(GENERAL, 4, (), ()) == [0]
