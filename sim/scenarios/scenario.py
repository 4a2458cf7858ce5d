"""A whole scenario: settings, tables and roads as one value that nobody changes."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ConfigDict

from sim.county import Cells
from sim.road_table import RoadTable
from sim.scenarios.fields import Part, about
from sim.scenarios.force_rows import CheckRow, ItemRow, PostRow, RosterRow, StoreRow, TeamRow
from sim.scenarios.model import Settings
from sim.scenarios.plan_model import PlanFile
from sim.scenarios.problems import Problem
from sim.scenarios.rows import (
    DemandRow,
    HospitalRow,
    IncidentRow,
    PlaceRow,
    RunCardRow,
    SiteRow,
    StationRow,
    UnitRow,
)


class Scenario(Part):
    """Everything a scenario folder says. An edit makes another one and checks it again.

    Two scenarios are equal when they say the same; where they were read from and what was noted do not count.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    settings: Settings = about("what scenario.yaml says", "", "scenario.yaml")
    places: tuple[PlaceRow, ...] = about("townships, streets and parks", "", "places.csv")
    stations: tuple[StationRow, ...] = about("bases", "", "stations.csv")
    hospitals: tuple[HospitalRow, ...] = about("hospitals", "", "hospitals.csv", default=())
    units: tuple[UnitRow, ...] = about("vehicles with their crews", "", "units.csv")
    sites: tuple[SiteRow, ...] = about("hazard sites", "", "sites.csv", default=())
    run_cards: tuple[RunCardRow, ...] = about("what incidents need", "", "run_cards.csv")
    demand: tuple[DemandRow, ...] = about("how often incidents happen", "", "demand.csv")
    incidents: tuple[IncidentRow, ...] | None = about(
        "incidents given instead of drawn", "", "incidents.csv", default=None
    )
    teams: tuple[TeamRow, ...] = about("rescue teams", "", "teams.csv", default=())
    stores: tuple[StoreRow, ...] = about("stores and workshops", "", "stores.csv", default=())
    items: tuple[ItemRow, ...] = about("equipment, item by item", "", "items.csv", default=())
    checks: tuple[CheckRow, ...] = about("checks of equipment", "", "checks.csv", default=())
    posts: tuple[PostRow, ...] = about("duty posts", "", "posts.csv", default=())
    roster: tuple[RosterRow, ...] = about("who is on duty when", "", "roster.csv", default=())
    plans: tuple[PlanFile, ...] = about("emergency plans", "", "plans/*.yaml", default=())
    rule_texts: dict[str, str] = about(
        "the scenario's own rule files, by name", "", "rules/*.yaml", default_factory=dict
    )
    rasters: dict[str, Cells] = about(
        "density rasters by file name", "", "raster files named in demand.csv", default_factory=dict
    )
    roads: RoadTable = about("the road network", "", "nodes.csv and roads.csv")
    notes: tuple[Problem, ...] = about("what is worth knowing but not wrong", "", "reading", default=())
    folder: Path | None = about("where it was read from", "", "reading", default=None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and all(
            same(getattr(self, name), getattr(other, name)) for name in SAID
        )

    __hash__ = None  # type: ignore[assignment]


SAID = tuple(name for name in Scenario.model_fields if name not in ("notes", "folder"))


def same(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Tell whether two parts of a scenario say the same; tables of arrays by what they hold."""
    if isinstance(one, RoadTable) and isinstance(other, RoadTable):
        return one.content_hash() == other.content_hash()
    if isinstance(one, Cells) and isinstance(other, Cells):
        return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(Cells))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return bool(one == other)
