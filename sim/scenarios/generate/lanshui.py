"""The built-in county of Lanshui: drawn by the generator, named and tuned by hand in ``lanshui.yaml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sim.scenarios.defaults import Row, owner, scenario_settings
from sim.scenarios.generate.account import sources_text
from sim.scenarios.generate.county import Draft, assemble, fill_tables, write_county
from sim.scenarios.generate.geography import Order, draw_geography
from sim.scenarios.generate.names import Name, Naming
from sim.scenarios.generate.plans import list_plans
from sim.scenarios.generate.readiness import readiness_tables, with_readiness
from sim.scenarios.generate.reporting import (
    reporting_account,
    reporting_data,
    with_city_units,
    with_more_kinds,
    with_reporting,
)


@functools.cache
def tuning() -> Mapping[str, Any]:
    """Read ``lanshui.yaml``: the order, the names, and the cells changed by hand."""
    with Path(__file__).with_name("lanshui.yaml").open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


def turnout_fits() -> str:
    """Read what dispatch logs say of turnout, in both languages (made with ``tools/fit_turnout.py``)."""
    return Path(__file__).with_name("lanshui_fits.md").read_text(encoding="utf-8")


def write_lanshui(out: Path) -> None:
    """Write the scenario folder of Lanshui; `out` must be empty or not there yet."""
    write_county(draft_lanshui(), out)


def draft_lanshui() -> Draft:
    """Draw Lanshui, name it, and change by hand what a local would have told us."""
    known = tuning()
    geography = draw_geography(Order(**known["order"]), lanshui_naming())
    tables = fill_tables(geography)
    for name, changes in known["cells"].items():
        tables[name] = changed(tables[name], changes)
    tables["sites"] = [
        {**row, "owner": owner(row["kind"], row["name"], row["name_en"])} for row in tables["sites"]
    ]
    county = known["settings"]["name"]["zh"], known["settings"]["name"]["en"]
    tables |= readiness_tables(tables, county, geography.order, reporting_data()["posts"])
    tables = with_more_kinds(with_city_units(tables, geography.table))
    for edit in known["readiness"]["edits"]:
        tables[edit["table"]] = edited(tables[edit["table"]], edit)
    settings = with_reporting(with_readiness(scenario_settings("lanshui", *county)))
    settings["readiness"]["standby"]["raise"] += known["readiness"]["raise"]
    told = [sources_text(geography, known["notes"], ready=True), reporting_account(), turnout_fits()]
    scenario = assemble(settings, tables, geography.table).model_copy(update={"plans": list_plans()})
    return Draft(scenario, "\n".join(told))


def changed(rows: list[Row], changes: Mapping[str, Mapping[str, object]]) -> list[Row]:
    """Change cells of a table by code and column.

    Raises
    ------
    KeyError
        A code or column that the table does not have.
    """
    table = {row["code"]: dict(row) for row in rows}
    for code, cells in changes.items():
        for column, value in cells.items():
            if column not in table[code]:
                raise KeyError(column)
            table[code][column] = str(value)
    return list(table.values())


def edited(rows: list[Row], edit: Mapping[str, Any]) -> list[Row]:
    """Change the rows in which the cells of `where` stand.

    Of those rows only the first `keep` stay (all, where it is not said); of them the first `take` (all) get
    the cells of `set`.

    Raises
    ------
    LookupError
        There is no such row.
    """
    found = [at for at, row in enumerate(rows) if edit["where"].items() <= row.items()]
    if not found:
        raise LookupError(str(edit["where"]))
    kept = found[: edit.get("keep", len(found))]
    changing = kept[: edit.get("take", len(kept))]
    return [
        {**row, **edit.get("set", {})} if at in changing else row
        for at, row in enumerate(rows)
        if at in kept or at not in found
    ]


def lanshui_naming() -> Naming:
    """Give the names of Lanshui."""
    said = tuning()["naming"]
    return Naming(
        county=_name(said["county"]),
        river=_name(said["river"]),
        towns=[_name(text) for text in said["towns"]],
        streets=[_name(text) for text in said["streets"]],
        park=_name(said["park"]),
        bridges=[_name(text) for text in said["bridges"]],
        lines=[_name(text) for text in said["lines"]],
        neighbours=[_name(text) for text in said["neighbours"]],
        motorway=_name(said["motorway"]),
        national=said["national"],
        provincial=said["provincial"],
        county_roads=[f"X{number:03d}" for number in range(1, 100)],
    )


def _name(text: str) -> Name:
    code, zh, en = text.split(" ", 2)
    return code, zh, en
