"""Comparisons: intervals that cover, signs that seldom err, pairing that pays, and stopping in time."""

import math
from dataclasses import replace

import numpy as np
import pytest
from ready_county import READY, write_ready

from results.compare import (
    FIRST_STAGE,
    compare,
    differences,
    holm,
    narrow_enough,
    needed,
    p_value,
    variance_ratio,
)
from results.factorial import effects, settings
from results.intervals import Estimate, over_replications
from results.measures import Window, incident_table
from results.outcome import Outcome, measures_of, outcome, unpacked
from results.readiness.measured import measure_one
from results.wording import start_of
from sim.engine import simulate
from sim.fate import draw_fate
from sim.record import incidents_frame, log_frame
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario

TRIALS = 1000
DAY_S = 86_400.0
GAP_S = 12.0


def nights(rng, replications):
    """Right-skewed nights, each shared by base and variant, and a known mean gap."""
    shared = rng.gamma(4.0, 60.0, (TRIALS, replications, 30)).mean(axis=2)
    own = rng.normal(GAP_S, 25.0, (TRIALS, replications))
    return shared, shared + own


def test_paired_intervals_cover_the_known_difference():
    base, variant = nights(np.random.default_rng(21), 20)
    found = [differences(a, {"v": b})["v"].change for a, b in zip(base, variant, strict=True)]
    hits = sum(one.low <= GAP_S <= one.high for one in found)
    assert 0.93 <= hits / TRIALS <= 0.97


def test_several_intervals_hold_at_once():
    rng = np.random.default_rng(22)
    base = rng.normal(300.0, 40.0, (TRIALS, 15))
    truths = {"a": 0.0, "b": 5.0, "c": -20.0}
    hits = 0
    for one in base:
        runs = {name: one + rng.normal(truth, 10.0, 15) for name, truth in truths.items()}
        found = differences(one, runs)
        hits += all(
            found[name].change.low <= truth <= found[name].change.high for name, truth in truths.items()
        )
    assert 0.94 <= hits / TRIALS <= 0.98


def test_changes_that_do_nothing_are_seldom_said_to_do_something():
    rng = np.random.default_rng(23)
    base = rng.normal(300.0, 40.0, (TRIALS, 15))
    said = sum(
        any(d.sign for d in differences(one, {n: one + rng.normal(0.0, 10.0, 15) for n in "abcd"}).values())
        for one in base
    )
    assert said / TRIALS <= 0.07


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_p_value_against_a_table_of_student():
    """A t of 2.262 with 9 degrees has 5 % beyond it on both sides."""
    gaps = np.array([-1.0, 1.0] * 5)
    gaps += 2.262157 * np.std(gaps, ddof=1) / math.sqrt(10)
    assert p_value(gaps) == pytest.approx(0.05, rel=1e-5)
    assert (p_value([0.0, 0.0]), p_value([2.0, 2.0]), p_value([2.0] * 6)) == (1.0, 0.5, 2 * 0.5**6)


def test_a_few_equal_differences_tell_nothing():
    found = differences([0.0, 0.0], {"v": [12.0, 12.0]})["v"]
    assert (found.change.mean, found.sign) == (12.0, 0)
    assert differences([0.0] * 8, {"v": [12.0] * 8})["v"].sign == 1


def test_a_variant_that_changes_nothing():
    found = differences([1.0, 5.0, 9.0], {"same": [1.0, 5.0, 9.0]})["same"]
    assert (found.change.mean, found.change.half_width, found.sign, found.p) == (0.0, 0.0, 0, 1.0)
    assert found.variance_ratio is None


def test_pairing_is_worth_what_the_shared_chance_is():
    rng = np.random.default_rng(24)
    shared = rng.normal(0.0, 3.0, 200_000)
    base, variant = (shared + rng.normal(0.0, 1.0, 200_000) for _ in range(2))
    assert variance_ratio(base, variant) == pytest.approx(10.0, rel=0.02)
    assert variance_ratio(base, rng.permutation(variant)) == pytest.approx(1.0, rel=0.02)


def test_pairs_with_one_side_missing_do_not_count():
    found = differences([1.0, math.nan, 3.0, 4.0], {"v": [2.0, 9.0, 5.0, math.nan]})["v"]
    assert (found.change.mean, found.change.n) == (1.5, 2)


def test_stopping_when_narrow_enough_still_covers():
    """The rule of Chow and Robbins, looked at after every replication."""
    rng = np.random.default_rng(25)
    draws = rng.normal(GAP_S, 40.0, (TRIALS, 400))
    hits, lengths = 0, []
    for row in draws:
        n = next(n for n in range(FIRST_STAGE, 401) if narrow_enough(row[:n], 10.0))
        one = over_replications(row[:n])
        assert one.half_width <= 10.0
        hits += one.low <= GAP_S <= one.high
        lengths.append(n)
    assert 0.93 <= hits / TRIALS <= 0.97
    assert 60 <= np.mean(lengths) <= 70


def test_never_stops_before_the_first_stage():
    assert not narrow_enough(np.zeros(FIRST_STAGE - 1), 10.0)
    assert narrow_enough(np.zeros(FIRST_STAGE), 10.0)


def test_how_many_would_be_needed():
    assert needed(Estimate(3.0, 20.0, 30), 10.0) == 120
    assert needed(Estimate(3.0, 5.0, 30), 10.0) == 30
    assert needed(Estimate(3.0, None, 1), 10.0) is None


def test_effects_of_a_known_model():
    """y = 100 + 10 a - 6 b + 4 ab: the main effects are 12 and -4, the interaction 2."""
    rng = np.random.default_rng(26)
    night = rng.normal(0.0, 50.0, 40)
    runs = {
        (a, b, c): 100 + 10 * a - 6 * b + 4 * a * b + night + rng.normal(0.0, 1.0, 40)
        for a, b, c in settings(["a", "b", "c"])
    }
    found = {one.levers: one for one in effects(["a", "b", "c"], runs)}
    assert found["a",].change.mean == pytest.approx(12.0, abs=0.6)
    assert found["b",].change.mean == pytest.approx(-4.0, abs=0.6)
    assert found["a", "b"].change.mean == pytest.approx(2.0, abs=0.6)
    assert [one.sign for one in found.values()] == [1, -1, 0, 1, 0, 0]


def test_outcomes_survive_packing():
    one = Outcome({"first_arrival": 300.25, "deaths": math.nan}, {"first_arrival": {"p1": 280.5}})
    again = unpacked(one.packed())
    assert again.places == one.places
    assert again.figures["first_arrival"] == 300.25
    assert math.isnan(again.figures["deaths"])
    assert again.packed() == one.packed()


def test_comparison_judges_places_and_leaves_out_what_was_not_seen(county_of_two):
    rng = np.random.default_rng(27)
    place = county_of_two.places[0].code
    base = [Outcome({"first_arrival": x}, {"first_arrival": {place: x}}) for x in rng.normal(400.0, 50.0, 30)]
    worse = [
        replace(
            one,
            figures={"first_arrival": one.figures["first_arrival"] + 30.0},
            places={"first_arrival": {place: x}},
        )
        for one, x in zip(base, rng.normal(600.0, 50.0, 30), strict=True)
    ]
    found = compare(county_of_two, base, {"worse": worse}, days=60.0)
    assert [one.code for one in found.measures] == ["first_arrival"]
    assert found.differences["worse"]["first_arrival"].change.mean == pytest.approx(30.0)
    assert found.differences["worse"]["first_arrival"].sign == 1
    assert [code for code, one in found.places["worse"]["first_arrival"].items() if one.sign > 0] == [place]


@pytest.fixture
def county_of_two(tiny_folder):
    county = build_county(load_scenario(tiny_folder))
    assert len(measures_of(county)) > len(county.standards)
    return county


def test_an_outcome_says_what_a_run_report_says(tiny_folder):
    """The figures of one replication, by the road of a report and by that of a comparison."""
    county = build_county(load_scenario(tiny_folder))
    fate = draw_fate(county, 1, 0, 30 * DAY_S)
    run = simulate(county, fate)
    events, incidents = log_frame(county, run.log), incidents_frame(county, fate)
    window = Window(DAY_S, 30 * DAY_S)
    found = outcome(events, incidents, county, window)
    calls = incident_table(events, incidents, window, start_of(county))
    assert found.figures["first_arrival"] == pytest.approx(calls["first_arrival"].mean(), abs=1e-5)
    assert found.figures["short"] == pytest.approx(calls["short"].mean(), abs=1e-5)
    (place,) = calls.filter(calls["first_arrival"].is_not_null())["place"].head(1)
    mine = calls.filter(calls["place"] == place)["full_assembly"].mean()
    assert found.places["full_assembly"][place] == pytest.approx(mine, abs=1e-5)


def test_an_outcome_says_of_readiness_what_its_chapter_says(tmp_path):
    county = build_county(load_scenario(write_ready(tmp_path / "ready", READY)))
    fate = draw_fate(county, 1, 0, 60 * DAY_S)
    events, incidents = log_frame(county, simulate(county, fate).log), incidents_frame(county, fate)
    window = Window(DAY_S, 60 * DAY_S)
    calls = incident_table(events, incidents, window, start_of(county))
    found, whole = outcome(events, incidents, county, window), measure_one(events, calls, county, window)
    assert found.figures["ready"] == pytest.approx(whole.units["ready"].mean(), abs=1e-5)
    assert found.figures["delayed"] == pytest.approx(whole.calls["delayed"].mean(), abs=1e-5)
    assert 0.0 < found.figures["ready"] < 1.0
