"""Who reports accidents to whom in the built-in county, how they grow, and what the city has in reserve."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sim.road_table import RoadTable, arcs_named
from sim.scenarios.defaults import Row, unit_row

Tables = Mapping[str, list[Row]]
LANGUAGES = ("zh", "en")


@functools.cache
def reporting_data() -> Mapping[str, Any]:
    """Read ``reporting.yaml``; the tree is shared, copy what you change."""
    with Path(__file__).with_name("reporting.yaml").open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


def with_reporting(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Add to the body of a scenario.yaml its section on reporting, kinds that are new, and how kinds grow."""
    known, body = reporting_data(), copy.deepcopy(dict(settings))
    body["kinds"] |= copy.deepcopy(known["kinds"])
    for kind, grows in known["escalation"].items():
        body["kinds"][kind]["escalation"] = dict(grows)
    body["reporting"] = copy.deepcopy(known["settings"])
    sources = body.pop("sources")
    said = {path: f"{text['zh']} / {text['en']}" for path, text in known["sources"].items()}
    return {**body, "sources": {**sources, **said}}


def with_more_kinds(tables: Tables) -> dict[str, list[Row]]:
    """Add run cards and demand of the kinds that are new."""
    known = reporting_data()
    cards = [
        {"kind": kind, "grade": str(grade), "capability": capability, "count": str(count)}
        for kind, grades in known["run_cards"].items()
        for grade, needs in enumerate(grades, start=1)
        for capability, count in needs.items()
    ]
    streams = [_stream(known, line) for line in known["demand"]]
    return {
        **tables,
        "run_cards": tables["run_cards"] + cards,
        "demand": tables["demand"] + streams,
    }


def _stream(known: Mapping[str, Any], line: Mapping[str, Any]) -> Row:
    text = known["sources"][line["source"]]
    cells = {key: str(line[key]) for key in ("kind", "where", "per_year", "hourly", "monthly")}
    code = f"{line['kind']}@{line['where']}"
    return {**cells, "priority": "", "code": code, "source": f"{text['zh']} / {text['en']}"}


def with_city_units(tables: Tables, roads: RoadTable) -> dict[str, list[Row]]:
    """Add what the city has, at the western end of a road at the county's edge."""
    known = reporting_data()["aid"]
    lon, lat = western_end(roads, known["road"])
    station = {**known["station"], "lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}
    figures = {key: str(known[key]) for key in ("turnout_median_s", "turnout_sigma")}
    units = [
        {
            **unit_row(unit["code"], unit["type"], station),
            "name": unit["name"],
            "name_en": unit["name_en"],
            **figures,
            "aid": "yes",
        }
        for unit in known["units"]
    ]
    return {**tables, "stations": [*tables["stations"], station], "units": [*tables["units"], *units]}


def western_end(roads: RoadTable, name: str) -> tuple[float, float]:
    """Give longitude and latitude of the westernmost node of a road."""
    arcs = list(arcs_named(roads, name))
    nodes = np.unique(np.concatenate([roads.tail[arcs], roads.head[arcs]]))
    node = nodes[np.argmin(roads.lon[nodes])]
    return float(roads.lon[node]), float(roads.lat[node])


def reporting_account() -> str:
    """Tell in both languages what is assumed of reports, command and plans, and where figures come from."""
    known = reporting_data()
    parts = []
    for lang in LANGUAGES:
        lines = [f"- `{path}`: {text[lang]}" for path, text in known["sources"].items()]
        parts.append("\n".join(["", f"## {known['account']['heading'][lang]}", "", *lines, ""]))
    return "\n".join(parts)
