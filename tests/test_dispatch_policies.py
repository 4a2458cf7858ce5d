"""Who goes when a less urgent call need not have the closest unit."""

from dataclasses import replace

import pytest
from counties import alarm, line_county

from dispatch.policies import Assign, Candidate, Choice, Hold, coverage_aware
from sim.county import Priority
from sim.cover import Cover, busy_share
from sim.engine import Options, simulate
from sim.events import Kind
from sim.fate import draw_fate


class Seen:
    """A situation made up: unit 7 is the closest, and some others are in time."""

    area = None
    missing = ((0, 2),)

    def __init__(self, *choices, most_urgent=False):
        self.choices, self.most_urgent = choices, most_urgent

    def nearest(self, capability, taken, area=None):  # noqa: ARG002 - as the protocol has it
        return None if 7 in taken else Candidate(7, 30.0, 1, None, None)

    def in_time(self, capability, taken):  # noqa: ARG002 - as the protocol has it
        return [choice for choice in self.choices if choice.unit not in taken]


def test_the_one_that_uncovers_least_goes():
    choices = Choice(0.2, 60.0, 1), Choice(0.1, 300.0, 2), Choice(0.1, 200.0, 3)
    first, second = coverage_aware(Seen(*choices))
    assert first == Assign(3, 0, ("coverage_aware", Candidate(3, 200.0, 3, 2, 300.0)))
    assert second == Assign(2, 0, ("coverage_aware", Candidate(2, 300.0, 2, 1, 60.0)))


def test_the_closest_goes_to_the_most_urgent_and_where_nobody_is_in_time():
    for seen in (Seen(Choice(0.0, 60.0, 1), most_urgent=True), Seen()):
        assert coverage_aware(seen) == [
            Assign(7, 0, ("coverage_aware", Candidate(7, 30.0, 1, None, None))),
            Hold(0, 1),
        ]


def county(*calls, target_s=900.0):
    """Units 0 at node 0, 1 and 2 at node 3, a village at either; calls come at node 1."""
    made = line_county(
        [100.0] * 3, stations=(0, 3), units=(0, 1, 1), places=(0, 3), listed=[replace(c) for c in calls]
    )
    high, low = made.priorities
    return replace(
        made, priorities=(replace(high, target_s=150.0), Priority(low.code, low.names, target_s, True))
    )


def sent(made, policy="coverage_aware"):
    run = simulate(made, draw_fate(made, 1, 0, 1e5), Options(policy=policy))
    return [unit for _, kind, unit, *_ in run.log.events() if Kind(kind).name == "ASSIGNED"]


def call(at, priority):
    return replace(alarm(at, 1, control_s=5000.0), priority=priority)


def test_the_only_unit_of_a_village_stays_while_another_is_in_time():
    assert sent(county(call(0, 1))) == [1]
    assert sent(county(call(0, 1)), "closest") == [0]
    assert sent(county(call(0, 0))) == [0]


def test_when_both_villages_have_one_unit_left_the_quicker_goes():
    assert sent(county(call(0, 1), call(10, 1))) == [1, 0]


def test_a_unit_that_comes_too_late_is_not_sent_for_the_sake_of_cover():
    assert sent(county(call(0, 1), target_s=199.0)) == [0]
    assert sent(county(call(0, 1), target_s=None)) == [0]


def test_the_same_units_go_whatever_stands_in_the_log_for_closest():
    """Without people anywhere nothing is lost, and the quickest goes."""
    empty = replace(county(call(0, 1)), places=())
    assert sent(empty) == [0]


def test_how_busy_units_are_comes_from_the_scenario():
    made = county(call(0, 1))
    assert busy_share(made, 0) == 0.0
    assert busy_share(replace(made, units=()), 0) == 0.0


@pytest.mark.parametrize("free", [[0], [0, 1, 2]])
def test_cover_lost_by_hand(free):
    """Without demand a unit is never busy: only the last one in reach is missed."""
    made = county(call(0, 1))
    run = simulate(made, draw_fate(made, 1, 0, 1e5), Options())
    ways = run.journeys.reach(0, True, run.state.station)
    assert Cover(made).lost(ways, [0.0] * len(free), 0, free) == [0.5, 0.0, 0.0][: len(free)]
