"""Writing a scenario folder that reads back as the same scenario."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.county import Cells
from sim.scenarios.cells import TIME_OF_DAY
from sim.scenarios.drafts import SETTINGS_FILE, WORKBOOK, Table
from sim.scenarios.fields import Part
from sim.scenarios.model import Settings
from sim.scenarios.plan_model import PlanFile
from sim.scenarios.planfiles import PLANS, RULES, files_in
from sim.scenarios.roadfiles import write_roads
from sim.scenarios.rows import ROWS
from sim.scenarios.scenario import Scenario
from sim.scenarios.tables import Sheet
from sim.scenarios.yamlfile import resolve

WIDTH = 110


def save_scenario(scenario: Scenario, folder: Path) -> None:
    """Write a scenario folder; ``scenario.yaml`` comes last, so that half a folder is none.

    Parameters
    ----------
    scenario
        What to write.
    folder
        Made if need be; tables of the same name are replaced, and a workbook of them is taken away.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (SETTINGS_FILE, WORKBOOK):
        (folder / name).unlink(missing_ok=True)
    for name, table in sheets_of(scenario).items():
        write_rows(folder / f"{name}.csv", table.sheet.columns)
    for name, cells in scenario.rasters.items():
        write_rows(folder / name, raster_columns(cells))
    write_roads(scenario.roads, folder, list(scenario.settings.profiles))
    plans = {plan.code: plan_text(plan) for plan in scenario.plans}
    _write_folder(folder, PLANS, plans)
    _write_folder(folder, RULES, scenario.rule_texts)
    _whole_or_not(folder / SETTINGS_FILE, settings_text(scenario.settings))


def settings_text(settings: Settings) -> str:
    """Write settings as the text of a ``scenario.yaml``; what has its usual value is left out."""
    return yaml_text(settings.model_dump(by_alias=True, exclude_defaults=True))


def plan_text(plan: PlanFile) -> str:
    """Write an emergency plan as the text of its file; what has its usual value is left out."""
    return yaml_text(plan.model_dump(by_alias=True, exclude_defaults=True))


def _write_folder(folder: Path, name: str, texts: Mapping[str, str]) -> None:
    """Write the YAML files of a folder in the scenario's folder, and take away those that are no longer."""
    for path in files_in(folder, name):
        path.unlink()
    for file, text in texts.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{file}.yaml").write_text(text, encoding="utf-8")


def yaml_text(data: Mapping[str, object]) -> str:
    """Write plain data as YAML that our own reader takes for the same data."""
    form: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": WIDTH}
    return str(yaml.dump(_plain(data), Dumper=_Dumper, default_flow_style=None, **form))


def sheets_of(scenario: Scenario) -> dict[str, Table]:
    """Lay out a scenario's tables as they stand, or would stand, in its files."""
    tables = {}
    for name, model in ROWS.items():
        rows: Sequence[Part] | None = getattr(scenario, name)
        if rows is not None and (rows or (model.model_fields and name in ALWAYS)):
            columns = row_columns(model, rows)
            positions = {column: at for at, column in enumerate(columns, start=1)}
            sheet = Sheet(f"{name}.csv", columns, list(range(2, len(rows) + 2)), positions, [])
            tables[name] = Table(sheet, list(rows), list(range(len(rows))))
    return tables


ALWAYS = ("places", "stations", "units", "run_cards", "demand", "incidents")
"""Tables written even where they are empty."""


def row_columns(model: type[Part], rows: Sequence[Part]) -> dict[str, list[str]]:
    """Write rows as columns of cells; optional columns in which nothing is said are left out."""
    columns = {}
    for name, field in model.model_fields.items():
        values = [getattr(row, name) for row in rows]
        if field.is_required() or any(value != field.default for value in values):
            columns[name] = [cell_text(value) for value in values]
    return columns


def raster_columns(cells: Cells) -> dict[str, list[str]]:
    """Write a density raster as columns of cells."""
    sizes = {"size_lon": cells.size_lon, "size_lat": cells.size_lat}
    columns = {"lon": cells.lon, "lat": cells.lat, "weight": cells.weight}
    texts = {name: [cell_text(float(value)) for value in column] for name, column in columns.items()}
    return {**texts, **{name: [cell_text(size)] * len(cells.lon) for name, size in sizes.items()}}


def cell_text(value: object) -> str:
    """Write a value as a cell.

    Examples
    --------
    >>> cell_text(480.0), cell_text(None), cell_text(True), cell_text(("engine", "ladder"))
    ('480', '', 'yes', 'engine;ladder')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return ";".join(value) if isinstance(value, tuple) else str(value)


def write_rows(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    """Write a CSV table, UTF-8, one line a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _whole_or_not(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Turn tuples into lists and whole floats into whole numbers, as a person would write them."""
    if isinstance(value, Mapping):
        return {key: _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


class _Dumper(yaml.SafeDumper):
    """Writes text so that our own reader takes it for text, and no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = isinstance(resolve(text), str) and not TIME_OF_DAY.fullmatch(text)
    style = None if plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
