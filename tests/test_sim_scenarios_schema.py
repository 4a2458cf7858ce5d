"""Schemas for editors: every field has a meaning, a unit and a source, in both languages."""

from __future__ import annotations

import json

import pytest

from sim.language import catalogue
from sim.scenarios.fields import Names
from sim.scenarios.model import Settings
from sim.scenarios.schema import TABLES, header_table, json_schemas

FILES = ["scenario.yaml", "plan.yaml", *TABLES]


def properties(schema):
    """Go through all properties of a JSON Schema, with the name of the part they belong to."""
    for name, part in {"": schema, **schema["$defs"]}.items():
        for key, value in part.get("properties", {}).items():
            yield f"{name}.{key}", value


def test_every_file_has_a_schema_that_is_json():
    schemas = json_schemas()
    assert list(schemas) == FILES
    assert json.loads(json.dumps(schemas)) == schemas


def test_every_setting_says_what_it_means_its_unit_and_its_source():
    schemas = json_schemas()
    told = dict([*properties(schemas["scenario.yaml"]), *properties(schemas["plan.yaml"])])
    assert len(told) > 160
    for where, field in told.items():
        assert field["description"], where
        assert field["source"], where
        assert isinstance(field["unit"], str), where
        number = where.endswith(("_s", "_kph", "_km2", "_m", "_h", "_cny"))
        assert field["unit"] or not number, where


@pytest.mark.parametrize("file", TABLES)
def test_every_column_says_what_it_means_its_unit_and_its_source(file):
    for field in json_schemas()[file]["fields"]:
        assert field["description"]
        assert field["source"]
        assert field["title"] != field["name"], "no Chinese header"
        assert field["unit"] or not field["name"].endswith(("_s", "_kph", "_km2", "_m"))


def test_schemas_speak_chinese_throughout():
    english, chinese = json_schemas("en"), json_schemas("zh")
    known = catalogue("sim")
    for where, field in (*properties(english["scenario.yaml"]), *properties(english["plan.yaml"])):
        assert field["description"] in known, where
    for file in TABLES:
        for one, other in zip(english[file]["fields"], chinese[file]["fields"], strict=True):
            assert known[one["description"]] == other["description"], (file, one["name"])
            assert one["constraints"] == other["constraints"]
    assert chinese["units.csv"]["description"] == "车辆及其乘员。"


def test_limits_reach_the_schemas():
    schemas = json_schemas()
    call_takers = schemas["scenario.yaml"]["$defs"]["CallTaking"]["properties"]["call_takers"]
    assert (call_takers["minimum"], call_takers["type"], call_takers["unit"]) == (0, "integer", "people")
    lon = next(field for field in schemas["sites.csv"]["fields"] if field["name"] == "lon")
    assert lon["constraints"] == {"required": True, "minimum": -180, "maximum": 180}
    kind = next(field for field in schemas["places.csv"]["fields"] if field["name"] == "kind")
    assert kind["constraints"]["enum"] == ["township", "street", "park"]
    oneway = next(field for field in schemas["roads.csv"]["fields"] if field["name"] == "oneway")
    assert oneway["trueValues"] == ["yes", "是"]
    assert schemas["units.csv"]["primaryKey"] == ["code"]
    assert "primaryKey" not in schemas["demand.csv"]


def test_durations_are_one_of_four():
    handling = json_schemas()["scenario.yaml"]["$defs"]["Kind"]["properties"]["handling"]
    parts = [choice["$ref"].rpartition("/")[2] for choice in handling["oneOf"]]
    assert parts == ["Constant", "Exponential", "LogNormal", "Normal"]


def test_the_table_of_columns_is_complete():
    table = header_table("zh")
    assert {entry.file for entry in table} == set(TABLES)
    lon = next(entry for entry in table if (entry.file, entry.column) == ("stations.csv", "lon"))
    assert (lon.chinese, lon.required, lon.type, lon.unit, lon.meaning) == (
        "经度",
        True,
        "number",
        "度（WGS84）",
        "经度",
    )


def test_names_need_one_tongue():
    assert Names(zh="  岚水\u3000县 ").zh == "岚水 县"
    with pytest.raises(ValueError, match="needs a name"):
        Names(zh=" ")
    assert Settings.model_fields["name"].is_required()
