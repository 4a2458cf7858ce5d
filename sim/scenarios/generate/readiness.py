"""What stands by in a made-up county: teams with their shifts, equipment, checks, stores and duty posts."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sim.scenarios.defaults import Row
from sim.scenarios.generate.equipment import check_rows, item_rows, store_rows
from sim.scenarios.generate.geography import Order, Stage
from sim.scenarios.generate.posts import post_roster, post_rows
from sim.scenarios.generate.teams import crewed_units, list_teams, team_roster, team_rows


@functools.cache
def readiness() -> Mapping[str, Any]:
    """Read ``readiness.yaml``; the tree is shared, copy what you change."""
    with Path(__file__).with_name("readiness.yaml").open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


def readiness_tables(
    tables: Mapping[str, list[Row]],
    county: tuple[str, str],
    order: Order,
    more_posts: Mapping[str, Any] | None = None,
) -> dict[str, list[Row]]:
    """Fill the tables of what stands by; `units` are those given, with their crews.

    The same tables and the same order give the same rows.

    Parameters
    ----------
    tables
        Rows of stations, units, places and sites.
    county
        Chinese and English name of the county.
    order
        Whose seed chance starts from.
    more_posts
        Duty posts beyond those that every county has: `sites` by code, and desks of the `county`.
    """
    known = readiness()
    start = date.fromisoformat(known["start"])
    teams = list_teams(known, tables["stations"], tables["units"], county)
    stores = store_rows(known, tables["stations"], county)
    posts = post_rows(known, tables, county, more_posts)
    held = post_roster(known, posts, order.chance(Stage.DUTY))
    return {
        "units": crewed_units(known, teams, tables["units"]),
        "teams": team_rows(known, teams),
        "items": item_rows(known, tables["units"], stores, start, order.chance(Stage.EQUIPMENT)),
        "stores": stores,
        "checks": check_rows(known, teams, stores),
        "posts": posts,
        "roster": team_roster(known, teams) + held,
    }


def with_readiness(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Add to the body of a scenario.yaml its section on readiness, warning levels, and their sources."""
    known, body = readiness(), copy.deepcopy(dict(settings))
    body["readiness"] = copy.deepcopy(known["settings"])
    for state in body["weather"]["states"]:
        if state["code"] in known["warnings"]:
            state["warning_level"] = known["warnings"][state["code"]]
    said = {path: f"{text['zh']} / {text['en']}" for path, text in known["sources"].items()}
    sources = body.pop("sources")
    return {**body, "sources": {**sources, **said}}


def readiness_account(lang: str) -> list[str]:
    """Tell in ``"zh"`` or ``"en"`` what is assumed of who and what stands by, and where figures come from."""
    said = readiness()["account"]
    assumed, taken = (f"## {said[part][lang]}" for part in ("headings", "sources"))
    sentences = [f"- {sentence[lang]}" for sentence in said["assumptions"]]
    figures = [f"- `{path}`: {text[lang]}" for path, text in readiness()["sources"].items()]
    return ["", assumed, "", *sentences, "", taken, "", *figures]
