"""What may stand in a scenario's files, for editors and documents: JSON Schemas and the table of columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.scenarios.drafts import SETTINGS_FILE
from sim.scenarios.fields import Part
from sim.scenarios.headers import chinese_header
from sim.scenarios.model import Settings
from sim.scenarios.plan_model import PlanFile
from sim.scenarios.problems import say
from sim.scenarios.rosters import plain_type
from sim.scenarios.rows import ROWS, CellRow, NodeRow, RoadRow

PLAN_FILE = "plan.yaml"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TABLES: dict[str, type[Part]] = {
    **{f"{name}.csv": model for name, model in ROWS.items()},
    "nodes.csv": NodeRow,
    "roads.csv": RoadRow,
    "raster.csv": CellRow,
}
"""Every CSV file of a scenario folder (``raster.csv`` stands for any density raster) and its rows."""

TYPES: dict[object, str] = {
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "date",
    str: "string",
    tuple: "string",
}
LIMITS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "pattern", "minLength"}


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """One line of the table of columns."""

    file: str
    column: str
    chinese: str
    required: bool
    type: str
    unit: str
    meaning: str
    source: str


def json_schemas(lang: str = "en") -> dict[str, dict[str, Any]]:
    """Write the schemas of all files of a scenario folder.

    Parameters
    ----------
    lang
        Language of the descriptions, ``"en"`` or ``"zh"``.

    Returns
    -------
    dict
        By file name: a JSON Schema (draft 2020-12) for ``scenario.yaml`` and for an emergency plan
        (``plan.yaml``), a Table Schema (Frictionless Data) for each CSV table. Next to each description stand
        ``unit`` and ``source``.
    """
    settings = _worded(Settings.model_json_schema(), lang)
    settings = {"$schema": DIALECT, "$id": f"beiqin/{SETTINGS_FILE}", **settings}
    plan = {"$schema": DIALECT, "$id": f"beiqin/{PLAN_FILE}", **_worded(PlanFile.model_json_schema(), lang)}
    return {
        SETTINGS_FILE: settings,
        PLAN_FILE: plan,
        **{name: _table(name, model, lang) for name, model in TABLES.items()},
    }


def header_table(lang: str = "en") -> tuple[ColumnEntry, ...]:
    """List every column of every table with its Chinese name, type, unit and meaning."""
    return tuple(_entries(lang))


def _entries(lang: str) -> Iterator[ColumnEntry]:
    for name, model in TABLES.items():
        for column, field in model.model_fields.items():
            column = field.alias or column
            told = _told(field.json_schema_extra)
            yield ColumnEntry(
                file=name,
                column=column,
                chinese=chinese_header(column),
                required=field.is_required(),
                type=TYPES[plain_type(field.annotation)],
                unit=say(lang, told["unit"]) if told["unit"] else "",
                meaning=say(lang, field.description or ""),
                source=say(lang, told["source"]),
            )


def _table(name: str, model: type[Part], lang: str) -> dict[str, Any]:
    """Write the Table Schema of a CSV file."""
    limits = model.model_json_schema()["properties"]
    fields = [_field(entry, limits[entry.column]) for entry in _entries(lang) if entry.file == name]
    table: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "title": name,
        "description": say(lang, (model.__doc__ or "").strip().partition("\n")[0]),
        "fields": fields,
        "missingValues": [""],
    }
    keys = [entry["name"] for entry in fields if entry["name"] in ("code", "id") and _is_required(entry)]
    return {**table, "primaryKey": keys} if keys else table


def _is_required(field: Mapping[str, Any]) -> bool:
    return bool(field["constraints"].get("required"))


def _field(entry: ColumnEntry, schema: Mapping[str, Any]) -> dict[str, Any]:
    parts = (schema, *schema.get("anyOf", ()))
    limits = {key: value for part in parts for key, value in part.items() if key in LIMITS}
    field = {
        "name": entry.column,
        "title": entry.chinese,
        "type": entry.type,
        "description": entry.meaning,
        "unit": entry.unit,
        "source": entry.source,
        "constraints": {"required": entry.required, **limits},
    }
    if entry.type == "boolean":
        field.update(trueValues=["yes", "是"], falseValues=["no", "否"])
    return field


def _worded(schema: Any, lang: str) -> Any:  # noqa: ANN401
    """Put every description, unit and source of a schema into a language."""
    if isinstance(schema, list):
        return [_worded(below, lang) for below in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: say(lang, " ".join(value.split())) if _is_words(key, value) else _worded(value, lang)
        for key, value in schema.items()
    }


def _is_words(key: str, value: object) -> bool:
    return key in ("description", "unit", "source") and isinstance(value, str) and value != ""


def _told(extra: object) -> Mapping[str, str]:
    return extra if isinstance(extra, dict) else {"unit": "", "source": ""}
