"""The built-in county of Lanshui: what is committed is what the generator and the hand tuning give."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenarios.build import build_county
from sim.scenarios.builtin import builtin_scenarios
from sim.scenarios.defaults import defaults
from sim.scenarios.generate.account import assumptions
from sim.scenarios.generate.lanshui import changed, tuning, write_lanshui
from sim.scenarios.load import load_scenario

ROUNDED = ("nodes.csv", "roads.csv", "places.csv", "stations.csv", "hospitals.csv", "sites.csv")
"""Tables with drawn figures: equal but for the last digit on machines that compute a little differently."""

STANDS_BY = ("teams.csv", "items.csv", "stores.csv", "checks.csv", "posts.csv", "roster.csv")

PLANS = (
    *(f"plans/{name}.yaml" for name in ("general", "chemicals", "ammonia", "gas", "flood", "crowd")),
    *(f"plans/card-{site}.yaml" for site in ("h015", "h017", "h036", "h149", "h167")),
)

EXACT = ("scenario.yaml", "units.csv", "run_cards.csv", "demand.csv", "SOURCES.md", *STANDS_BY, *PLANS)


@pytest.fixture(scope="module")
def folder():
    return builtin_scenarios()["lanshui"]


@pytest.fixture(scope="module")
def scenario(folder):
    return load_scenario(folder)


@pytest.fixture(scope="module")
def county(scenario):
    return build_county(scenario)


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    out = tmp_path_factory.mktemp("lanshui") / "lanshui"
    write_lanshui(out)
    return out


def minutes(roads, county, start, ends):
    """Give the minutes an engine needs from one node to others, in quiet hours and dry weather."""
    quiet = (len(county.periods) - 1) * len(county.weathers)
    table = roads.tables(county.profiles.index("emergency"), quiet)
    return np.array([table.between(start, end) for end in ends]) / 60


def node_of(rows, code):
    """Give the road node of the thing with a code."""
    return next(row.at.node for row in rows if row.code == code)


def cells(path):
    """Read a table's cells, numbers as numbers."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield [number(cell) for cell in line.split(",")]


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return cell


def alike(one, other):
    """Tell whether two cells are the same but for the last digit."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 2e-6 + 1e-3 * (one > 180)
    return one == other


def test_the_folder_holds_nothing_else(folder):
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(ROUNDED + EXACT)


@pytest.mark.parametrize("name", EXACT)
def test_drawing_it_again_gives_the_same_texts(folder, again, name):
    assert (again / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", ROUNDED)
def test_drawing_it_again_gives_the_same_tables(folder, again, name):
    for old, new in zip(cells(folder / name), cells(again / name), strict=True):
        assert len(old) == len(new)
        assert all(map(alike, old, new)), (old, new)


def test_it_is_the_county_that_was_asked_for(scenario):
    assert scenario.settings.name.zh == "岚水县"
    assert sum(place.population for place in scenario.places) == 500_000
    kinds = [place.kind for place in scenario.places]
    assert (kinds.count("street"), kinds.count("township"), kinds.count("park")) == (2, 11, 1)
    assert (len(scenario.stations), len(scenario.sites)) == (13, 200)
    assert 28 <= len([unit for unit in scenario.units if not unit.aid]) <= 32
    assert scenario.roads.n_nodes == 8000


def test_it_reads_without_a_remark_but_on_faults_left_on_purpose(scenario):
    assert [(note.file, note.value) for note in scenario.notes] == [("units.csv", "H2"), ("posts.csv", "D33")]


def test_names_are_in_both_languages_and_unique(scenario):
    for table in (scenario.places, scenario.stations, scenario.hospitals, scenario.units, scenario.sites):
        assert all(row.name and row.name_en for row in table)
        assert len({row.name for row in table}) == len({row.name_en for row in table}) == len(table)


def test_a_renamed_site_is_answered_for_under_its_new_name(scenario):
    works = next(site for site in scenario.sites if site.name == "岚水化工有限公司")
    assert works.owner == "岚水化工有限公司主要负责人 / principal officer, Lanshui Chemicals"


def test_about_two_and_a_half_calls_a_day(scenario):
    sites = {}
    for site in scenario.sites:
        sites[site.kind] = sites.get(site.kind, 0.0) + site.rate_factor
    calls = sum(row.per_year * sites.get(row.where.removeprefix("sites:"), 1.0) for row in scenario.demand)
    assert calls / 365 == pytest.approx(2.4, abs=0.06)


def test_sites_have_a_handful_of_accidents_a_year(scenario):
    sites = [(site.kind, site.rate_factor) for site in scenario.sites]
    yearly = sum(
        row.per_year * sum(factor for kind, factor in sites if row.where == f"sites:{kind}")
        for row in scenario.demand
    )
    assert 1 < yearly < 8


def test_every_run_card_can_be_met(scenario):
    first = [unit.capabilities[0] for unit in scenario.units if not unit.aid]
    for row in scenario.run_cards:
        assert first.count(row.capability) >= row.count, row


def test_everything_stands_near_a_road(county):
    for rows in (county.places, county.stations, county.hospitals, county.sites):
        for row in rows:
            assert (row.centre if hasattr(row, "centre") else row.at).access_m < 250


def test_town_is_reached_in_five_minutes_and_the_edge_within_the_hour(county):
    start = node_of(county.stations, "fire-chengguan")
    near = [node for place in county.places if place.code == "chengguan" for node in place.nodes]
    assert np.median(minutes(county.roads, county, start, near[::5])) < 6
    towns = [place.centre.node for place in county.places if place.kind == "township"]
    to_towns = minutes(county.roads, county, start, towns)
    assert 8 < to_towns.min() < 20
    assert 25 < to_towns.max() < 60
    anywhere = minutes(county.roads, county, start, range(0, county.roads.n_nodes, 40))
    assert 30 < anywhere.max() < 75


def test_qinglong_bridge_matters(county):
    roads = county.roads
    start, end = node_of(county.stations, "fire-chengguan"), node_of(county.stations, "micro-hedong")
    closed = roads.close(roads.arcs_named("qinglong"))
    before, after = (minutes(which, county, start, [end])[0] for which in (roads, closed))
    assert after > before + 1.5
    assert np.isfinite(minutes(closed, county, start, range(0, roads.n_nodes, 100))).all()


@pytest.mark.parametrize("name", ["青龙桥", "岚水大桥", "Nanmen Bridge", "G320", "环城路"])
def test_roads_and_bridges_are_found_by_name(county, name):
    assert county.roads.arcs_named(name)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_account_lists_every_assumption(folder, lang):
    account = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for sentence in [*assumptions(lang), *tuning()["notes"][lang]]:
        assert f"- {sentence}" in account
    for said in defaults()["sources"].values():
        assert said[lang] in account


def test_a_change_of_something_unknown_is_refused():
    rows = [{"code": "a", "name": "x"}]
    assert changed(rows, {"a": {"name": "y"}}) == [{"code": "a", "name": "y"}]
    for wrong in ({"b": {"name": "y"}}, {"a": {"nam": "y"}}):
        with pytest.raises(KeyError):
            changed(rows, wrong)
