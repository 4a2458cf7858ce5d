"""The default figures agree with the published ones they are taken from."""

from __future__ import annotations

import pytest

from sim.scenarios.defaults import (
    defaults,
    demand_rows,
    largest_needs,
    owner,
    run_card_rows,
    scenario_settings,
    source_lines,
    unit_rows,
)
from sim.scenarios.model import Settings

SETTINGS = defaults()["settings"]
PEOPLE = 500_000
NFRA_2025 = {"fire": 0.343, "rescue": 0.181, "assistance": 0.351, "other": 0.059 + 0.067}
"""Shares of calls in China 2025 (NFRA, domain B2); rescues and accidents are one there."""


def calls_by_category(rows):
    calls = dict.fromkeys(NFRA_2025, 0.0)
    for row in rows:
        category = SETTINGS["kinds"][row["kind"]]["category"]
        calls["rescue" if category == "accident" else category] += float(row["per_year"])
    return calls


def profile(rows, name, unit):
    """Give calls by hour or month, summed over the rows, for one category or all."""
    total = [0.0] * unit
    for row in rows:
        weights = SETTINGS[name][row[name]]
        share = float(row["per_year"]) / sum(weights)
        total = [a + share * b for a, b in zip(total, weights, strict=True)]
    return total


def test_defaults_are_valid_settings():
    settings = Settings.model_validate(scenario_settings("x", "某县", "Some County"))
    assert settings.kinds.keys() == defaults()["starter"]["run_cards"].keys()


def test_calls_a_day_and_their_mix_are_those_published():
    calls = calls_by_category(demand_rows(PEOPLE, []))
    assert sum(calls.values()) / 365 == pytest.approx(2.4, abs=0.05)
    for category, share in NFRA_2025.items():
        assert calls[category] / sum(calls.values()) == pytest.approx(share, abs=0.002), category


def test_demand_grows_with_people():
    once, twice = (demand_rows(people, []) for people in (PEOPLE, 2 * PEOPLE))
    for one, other in zip(once, twice, strict=True):
        assert float(other["per_year"]) == pytest.approx(2 * float(one["per_year"]), rel=1e-5)


def test_fires_by_hour_are_those_published():
    fire = SETTINGS["hourly"]["fire"]
    assert sum(fire[10:22]) / sum(fire) == pytest.approx(0.716, abs=0.001)
    assert sum(fire[18:20]) / sum(fire) == pytest.approx(0.134, abs=0.001)
    assert max(fire) == fire[18]


def test_night_calls_are_mostly_fires_and_rescues():
    rows = demand_rows(PEOPLE, [])
    urgent = [
        row for row in rows if SETTINGS["kinds"][row["kind"]]["category"] in ("fire", "rescue", "accident")
    ]
    night = [
        sum(hours[20:]) + sum(hours[:8])
        for hours in (profile(urgent, "hourly", 24), profile(rows, "hourly", 24))
    ]
    assert night[0] / night[1] == pytest.approx(0.635, abs=0.02)


@pytest.mark.parametrize(
    ("categories", "share"),
    [(("rescue", "accident"), 0.29), (("assistance",), 0.418), (("fire",), 0.17), (None, 0.28)],
)
def test_summer_shares_are_those_published(categories, share):
    rows = demand_rows(PEOPLE, [])
    if categories is not None:
        rows = [row for row in rows if SETTINGS["kinds"][row["kind"]]["category"] in categories]
    months = profile(rows, "monthly", 12)
    assert sum(months[5:8]) / sum(months) == pytest.approx(share, abs=0.025)


def test_weather_is_certain_in_every_month():
    states = SETTINGS["weather"]["states"]
    for month in range(12):
        assert sum(state["monthly_p"][month] for state in states) == pytest.approx(1.0)


def test_every_grade_has_a_run_card_and_every_card_its_kind():
    carded = {(row["kind"], int(row["grade"])) for row in run_card_rows()}
    graded = {(kind, g + 1) for kind, said in SETTINGS["kinds"].items() for g in range(len(said["grade_p"]))}
    assert carded == graded


def test_who_is_carried_has_an_ambulance_in_every_grade():
    for kind, said in SETTINGS["kinds"].items():
        if said.get("transport_p", 0) > 0:
            for needs in defaults()["starter"]["run_cards"][kind]:
                assert said["transport_capability"] in needs, kind


@pytest.mark.parametrize("kinds", [["full_time"], ["police", "ambulance"], ["volunteer"], ["part_time"] * 9])
def test_units_meet_every_run_card_whatever_the_stations(kinds):
    stations = [{"code": f"s{k}", "kind": kind} for k, kind in enumerate(kinds)]
    first = [row["capabilities"].split(";")[0] for row in unit_rows(stations)]
    for capability, count in largest_needs().items():
        assert first.count(capability) >= count


def test_unit_codes_are_unique_and_stations_known():
    rows = unit_rows([{"code": "a", "kind": "full_time"}, {"code": "b", "kind": "ambulance"}])
    assert len({row["code"] for row in rows}) == len(rows)
    assert {row["station"] for row in rows} == {"a", "b"}
    assert all(row["station"] == "b" for row in rows if row["capabilities"] == "ambulance")


def test_no_stations_no_units():
    assert unit_rows([]) == []


def test_medical_calls_are_an_option():
    plain, medical = (demand_rows(PEOPLE, [], medical=wanted) for wanted in (False, True))
    added = [row for row in medical if row not in plain]
    assert sum(float(row["per_year"]) for row in added) == pytest.approx(15 * PEOPLE / 1000)
    assert {SETTINGS["kinds"][row["kind"]]["category"] for row in added} == {"medical"}


def test_sites_bring_their_accidents_at_published_rates():
    rows = demand_rows(PEOPLE, ["ammonia_store", "special_equipment", "unheard_of"])
    rates = {row["where"]: float(row["per_year"]) for row in rows if row["where"].startswith("sites:")}
    assert rates == {"sites:ammonia_store": 0.012, "sites:special_equipment": 5.8e-6}


def test_ammonia_leaks_peak_from_june_to_september():
    rows = [row for row in demand_rows(PEOPLE, ["ammonia_store"]) if row["kind"] == "ammonia_leak"]
    months = profile(rows, "monthly", 12)
    assert min(months[5:9]) > max(months[:5] + months[9:])


def test_every_setting_and_rate_has_a_source_in_both_languages():
    sources = defaults()["sources"]
    assert all(said["zh"] and said["en"] for said in sources.values())
    used = [line["source"] for part in ("people", "medical") for line in defaults()["starter"][part]]
    used += [line["source"] for lines in defaults()["starter"]["sites"].values() for line in lines]
    assert set(used) <= sources.keys()
    controls = {f"kinds.{kind}.control" for kind in SETTINGS["kinds"]}
    profiles = {
        f"{part}.{name}" for part in ("hourly", "monthly") for name in SETTINGS[part] if name != "flat"
    }
    assert controls | profiles <= sources.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_source_is_listed_with_its_certainty(lang):
    lines = source_lines(lang)
    assert len(lines) == len(defaults()["sources"])
    for line in lines:
        assert any(mark in line for mark in ("A", "S", "D", "M", "V")), line


def test_an_owner_is_a_post_in_both_languages():
    assert owner("school", "青龙中学", "Qinglong School") == "青龙中学校长 / head teacher, Qinglong School"
