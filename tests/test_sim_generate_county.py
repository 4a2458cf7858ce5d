"""A made-up county's folder: the same for the same order, valid, and fit to run."""

from __future__ import annotations

import filecmp

import pytest

from sim.scenarios.build import build_county
from sim.scenarios.generate.account import assumptions
from sim.scenarios.generate.county import draft_county, new_county
from sim.scenarios.generate.geography import Order
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("generated") / "county"
    new_county(out, population=500_000, area_km2=1200, seed=7, nodes=8000)
    return out


def test_same_order_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    new_county(again, population=500_000, area_km2=1200, seed=7, nodes=8000)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert filecmp.cmpfiles(folder, again, names, shallow=False) == (names, [], [])


def arcs_in_words(roads):
    """Every arc by the codes of its ends, its class and its road, whatever order the table has."""
    for tail, head, metres, number, road in zip(
        roads.tail, roads.head, roads.length_m, roads.road_class, roads.road, strict=True
    ):
        name = roads.road_names[road] if road >= 0 else ()
        yield roads.node_code[tail], roads.node_code[head], float(metres), roads.classes[number], name


def test_the_folder_loads_as_it_was_drawn(folder):
    loaded, drawn = load_scenario(folder), draft_county(Order(500_000, 1200.0, 7, 8000)).scenario
    assert loaded.model_copy(update={"roads": drawn.roads}) == drawn
    assert sorted(arcs_in_words(loaded.roads)) == sorted(arcs_in_words(drawn.roads))


def test_the_county_has_what_was_ordered(folder):
    scenario = load_scenario(folder)
    assert sum(place.population for place in scenario.places) == 500_000
    assert sum(place.area_km2 for place in scenario.places) == pytest.approx(1200, rel=0.001)
    assert (len(scenario.places), len(scenario.stations), len(scenario.sites)) == (14, 12, 200)
    assert 28 <= len(scenario.units) <= 34
    assert {site.kind for site in scenario.sites} == {
        row.where.removeprefix("sites:") for row in scenario.demand if row.where.startswith("sites:")
    }


def test_names_are_given_in_both_languages_and_unique(folder):
    scenario = load_scenario(folder)
    for table in (scenario.places, scenario.stations, scenario.hospitals, scenario.units, scenario.sites):
        assert all(row.name and row.name_en for row in table)
        assert len({row.name for row in table}) == len(table)


def test_every_site_has_an_owner(folder):
    assert all(" / " in site.owner for site in load_scenario(folder).sites)


def test_every_run_card_can_be_met(folder):
    scenario = load_scenario(folder)
    cards: dict[tuple[str, int], dict[str, int]] = {}
    for row in scenario.run_cards:
        cards.setdefault((row.kind, row.grade), {})[row.capability] = row.count
    first = [unit.capabilities[0] for unit in scenario.units]
    for card, needs in cards.items():
        assert all(first.count(capability) >= count for capability, count in needs.items()), card


def test_it_builds_into_a_county(folder):
    county = build_county(load_scenario(folder))
    assert len(county.units) == len(load_scenario(folder).units)


@pytest.mark.parametrize(
    ("population", "area_km2", "nodes"),
    [(30_000, 200.0, 1500), (150_000, 3000.0, 4000), (2_000_000, 9000.0, 20_000)],
)
def test_other_sizes_are_valid_too(tmp_path, population, area_km2, nodes):
    out = tmp_path / "county"
    new_county(out, population=population, area_km2=area_km2, seed=1, nodes=nodes)
    scenario = load_scenario(out)
    assert sum(place.population for place in scenario.places) == population
    build_county(scenario)


def test_medical_calls_are_an_option():
    plain, medical = (draft_county(Order(nodes=2500, medical=wanted)) for wanted in (False, True))
    kinds = {row.kind for row in medical.scenario.demand} - {row.kind for row in plain.scenario.demand}
    assert kinds == {"medical_critical", "medical_urgent", "medical_ordinary"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_account_lists_every_assumption(folder, lang):
    account = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for sentence in assumptions(lang):
        assert sentence in account
    assert "{" not in account


def test_figures_out_of_bounds_are_named_together(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        new_county(tmp_path / "x", population=5, area_km2=1e9, nodes=10)
    assert [problem.field for problem in caught.value.problems] == ["population", "area_km2", "nodes"]
    assert "must be between 20000 and 3000000" in caught.value.text("en")
    assert "20000" in caught.value.text("zh")
    assert caught.value.text("zh") != caught.value.text("en")
    assert not (tmp_path / "x").exists()


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ScenarioError):
        new_county(tmp_path, nodes=2000)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
