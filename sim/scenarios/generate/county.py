"""A made-up county as a scenario folder: drawn from a number of people, an area and a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.road_table import RoadTable
from sim.scenarios.defaults import Row, demand_rows, run_card_rows, scenario_settings
from sim.scenarios.generate.account import sources_text
from sim.scenarios.generate.geography import Geography, Order, Stage, draw_geography
from sim.scenarios.generate.names import Naming
from sim.scenarios.generate.people import list_places, place_rows
from sim.scenarios.generate.readiness import readiness_tables, with_readiness
from sim.scenarios.generate.sites import set_sites, site_rows
from sim.scenarios.generate.stations import crew_rows, hospital_rows, set_bases, station_rows
from sim.scenarios.importers.folder import new_folder, write_text
from sim.scenarios.model import Settings
from sim.scenarios.problems import Problem, ScenarioError
from sim.scenarios.rows import ROWS
from sim.scenarios.save import save_scenario
from sim.scenarios.scenario import Scenario

LIMITS = {
    "population": (20_000, 3_000_000),
    "area_km2": (100, 30_000),
    "seed": (0, 2**63 - 1),
    "nodes": (1_500, 5_000_000),
}


LISTS = ("capabilities", "crew_roles", "crew_for", "channels")
"""Columns whose cells hold several words."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A made-up county before it is written: its scenario and the account of where all comes from."""

    scenario: Scenario
    account: str


def new_county(
    out: Path,
    population: int = 500_000,
    area_km2: float = 1200.0,
    seed: int = 7,
    nodes: int = 8000,
    *,
    medical: bool = False,
    readiness: bool = False,
) -> None:
    """Write a scenario folder with a plausible Chinese county made from nothing.

    The same order gives the same folder, byte for byte.

    Parameters
    ----------
    out
        The folder; must be empty or not there yet.
    population, area_km2
        People and square kilometres of the county.
    seed
        Where chance starts from.
    nodes
        Nodes of the road network; very large networks are written as Parquet.
    medical
        Whether medical calls (120) are wanted too.
    readiness
        Whether teams, shifts, equipment and duty posts are wanted too.

    Raises
    ------
    ScenarioError
        A figure out of bounds, or a folder that holds something.
    OSError
        The folder cannot be written.

    Examples
    --------
    >>> new_county(Path("scratch/county"), population=300_000, seed=3)  # doctest: +SKIP
    """
    check_order(population=population, area_km2=area_km2, seed=seed, nodes=nodes)
    order = Order(population, area_km2, seed, nodes, medical)
    write_county(draft_county(order, readiness=readiness), out)


def check_order(**figures: float) -> None:
    """Refuse figures for which no county can be made.

    Raises
    ------
    ScenarioError
        All figures out of bounds.
    """
    message = "must be between {low} and {high}"
    problems = [
        Problem("county", None, None, name, value, message, {"low": LIMITS[name][0], "high": LIMITS[name][1]})
        for name, value in figures.items()
        if not LIMITS[name][0] <= value <= LIMITS[name][1]
    ]
    if problems:
        raise ScenarioError(tuple(problems))


def draft_county(order: Order, naming: Naming | None = None, *, readiness: bool = False) -> Draft:
    """Draw a county: its geography, then its people, hazard sites, bases and crews; names unless given."""
    geography = draw_geography(order, naming)
    code, zh, en = geography.naming.county
    county = f"{zh}县", f"{en} County"
    settings, tables = scenario_settings(code, *county), fill_tables(geography)
    if readiness:
        tables |= readiness_tables(tables, county, order)
        settings = with_readiness(settings)
    account = sources_text(geography, ready=readiness)
    return Draft(assemble(settings, tables, geography.table), account)


def assemble(settings: Mapping[str, Any], tables: Mapping[str, list[Row]], roads: RoadTable) -> Scenario:
    """Put settings, the rows of the tables (by name) and roads together as a scenario."""
    rows = {
        name: tuple(ROWS[name].model_validate(_cells(row), strict=False) for row in table)
        for name, table in tables.items()
    }
    return Scenario(settings=Settings.model_validate(settings), roads=roads, **rows)  # type: ignore[arg-type]


def _cells(row: Row) -> dict[str, Any]:
    """Leave out empty cells and part lists."""
    filled = {column: cell for column, cell in row.items() if cell}
    return {column: cell.split(";") if column in LISTS else cell for column, cell in filled.items()}


def fill_tables(geography: Geography) -> dict[str, list[Row]]:
    """Fill the tables of a county whose land, towns and roads are drawn."""
    order = geography.order
    places = list_places(geography)
    chance = order.chance(Stage.SITES)
    sites = set_sites(geography, places, chance)
    bases = set_bases(geography, places, sites)
    stations = station_rows(geography, places, bases)
    return {
        "places": place_rows(geography, places),
        "stations": stations,
        "hospitals": hospital_rows(geography, places),
        "units": crew_rows(bases, stations),
        "sites": site_rows(geography, sites, chance),
        "run_cards": run_card_rows(),
        "demand": demand_rows(order.population, {site.kind for site in sites}, medical=order.medical),
    }


def write_county(draft: Draft, out: Path) -> None:
    """Write a draft as a scenario folder, whole or not at all."""
    with new_folder(out) as folder:
        write_text(folder / "SOURCES.md", draft.account)
        save_scenario(draft.scenario, folder)
