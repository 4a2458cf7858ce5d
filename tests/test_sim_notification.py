"""A report's life in time: the ladder of a leak, silence and what ends it, posts that cannot be reached."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

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

from dispatch.reporting import BELOW, Knowledge, Report, RuleSet, Tier
from readiness.force import SpotChecks
from sim.chain import message_and_tier
from sim.county import Weather
from sim.engine import begin, simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.injects import CutChannel, LeavePost
from sim.notification import belief
from sim.state import State

REPORTS = range(Kind.REPORT_SENT, Kind.FOUND_OUT + 1)


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
        if kind not in REPORTS
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
        (7870.0, "UNIT_HEAD", "BUREAU", "SUPPLEMENT", False, "unit_news"),
        (8240.0, "BUREAU", "CITY_BUREAU", "SUPPLEMENT", False, "county_news"),
        (13_670.0, "BUREAU", "CITY_BUREAU", "FINAL", True, "end"),
    ]
    assert belief(run, 0, CITY) == (8240.0, Knowledge(0, 4, 0, 50_000.0, 0))
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
    assert run.state.told[0] == {CALLS: 7, BUREAU: 9, UNIT: 8, GOVERNMENT: 3, CITY: 11}


def test_every_cause_comes_before_its_effect_and_the_log_rebuilds_the_state():
    run = run_of(leak_county(chain_of_desks(), desks(p=0.5)))
    rebuilt = State(run.county)
    for number, (time_s, kind, unit, incident, _, subject, cause, _) in enumerate(run.log.events()):
        assert cause < number
        rebuilt.apply(time_s, kind, unit, incident, subject)
    assert rebuilt == run.state
