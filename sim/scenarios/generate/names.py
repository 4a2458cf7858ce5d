"""What things are called in a made-up county: towns, streets, roads, bridges, in Chinese and English."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

Name = tuple[str, str, str]
"""Code, Chinese and English name."""

PREFIXES = (("新", "New"), ("上", "Upper"), ("下", "Lower"), ("东", "East"), ("西", "West"))
"""What is put before the names of a stock when it has run out."""


@functools.cache
def words() -> Mapping[str, Any]:
    """Read ``words.yaml``: stocks of names, patterns, and the sentences of the account."""
    with Path(__file__).with_name("words.yaml").open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


def stock(name: str) -> list[tuple[str, str]]:
    """List a stock of names as (Chinese, English)."""
    return [(zh, en) for zh, en in (word.split(" ", 1) for word in words()[name])]


@dataclass(frozen=True, slots=True)
class Naming:
    """The names a county is given, each (code, Chinese, English).

    `towns` are those of the townships, the largest first, without 镇 or 乡; `streets` those of the seat's
    street offices, the west bank first; `neighbours` the counties beyond the gates. `bridges` begins with the
    seat's inner bridge, its ring's two and the motorway's; those in the country may follow, south to north.
    `lines` names the seat's streets without 路 or 街. `national`, `provincial` and `county_roads` hold road
    numbers, as many as there may be.
    """

    county: Name
    river: Name
    towns: Sequence[Name]
    streets: Sequence[Name]
    park: Name
    bridges: Sequence[Name]
    lines: Sequence[Name]
    neighbours: Sequence[Name]
    motorway: Name
    national: Sequence[str]
    provincial: Sequence[str]
    county_roads: Sequence[str]


def draw_naming(towns: int, chance: np.random.Generator) -> Naming:
    """Draw names from the stock for a county of so many townships."""
    county = _drawn("counties", 1, chance)[0]
    named = _drawn("towns", towns, chance)
    streets = [
        ("chengguan", "城关", "Chengguan"),
        ("hedong", "河东", "Hedong"),
        ("chengbei", "城北", "Chengbei"),
    ]
    motorway = str(chance.choice(words()["motorways"]))
    return Naming(
        county=county,
        river=(f"{county[0]}-river", f"{county[1]}河", f"{county[2]} River"),
        towns=named,
        streets=streets,
        park=("park", f"{county[1]}经济开发区", f"{county[2]} Economic Development Zone"),
        bridges=_bridge_names(county),
        lines=_drawn("streets", len(stock("streets")), chance),
        neighbours=_drawn("neighbours", 8, chance),
        motorway=(motorway, f"{motorway}高速公路", f"{motorway} Motorway"),
        national=_numbers("G", 310, 360, 4, chance),
        provincial=_numbers("S", 201, 340, 9, chance),
        county_roads=[f"X{number:03d}" for number in range(1, 400)],
    )


def _bridge_names(county: Name) -> list[Name]:
    return [
        ("old-bridge", "老大桥", "Old Bridge"),
        ("south-bridge", f"{county[1]}南大桥", f"{county[2]} South Bridge"),
        ("north-bridge", f"{county[1]}北大桥", f"{county[2]} North Bridge"),
        ("motorway-bridge", f"{county[1]}河特大桥", f"{county[2]} River Viaduct"),
    ]


def _drawn(name: str, count: int, chance: np.random.Generator) -> list[Name]:
    """Draw names without repetition; past the end of the stock they go on with 新 (New), 上 (Upper), .."""
    listed = stock(name)
    order = [listed[k] for k in chance.permutation(len(listed))]
    more = [(f"{zh_mark}{zh}", f"{mark} {en}") for zh_mark, mark in PREFIXES for zh, en in order]
    return [(name_code(en), zh, en) for zh, en in [*order, *more][:count]]


def name_code(english: str) -> str:
    """Make a code out of an English name.

    Examples
    --------
    >>> name_code("Ping'an Upper Town")
    'pingan-upper-town'
    """
    return english.lower().replace("'", "").replace("–", "-").replace(" ", "-")


def _numbers(letter: str, low: int, high: int, count: int, chance: np.random.Generator) -> list[str]:
    return [
        f"{letter}{number}" for number in sorted(chance.choice(np.arange(low, high), count, replace=False))
    ]
