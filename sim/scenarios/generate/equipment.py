"""The equipment of a made-up county: items on vehicles, stores with spares, checks and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.scenarios.defaults import Row
from sim.scenarios.generate.teams import Team, named, unit_type

USUAL_LIFE_DAYS = 3650
"""How old things without an expiry are at most (A)."""

EXPIRES_LATER_DAYS = 500
"""No batch expires sooner than this after the start, unless its type is too short-lived (A)."""

TEST_SPREAD_DAYS = 21
"""Items of a type were tested within so many days of each other (A)."""


def store_rows(known: Mapping[str, Any], stations: Sequence[Row], county: tuple[str, str]) -> list[Row]:
    """Fill stores.csv: each store at the base meant for it."""
    works = next((row for row in stations if row["kind"] == "enterprise"), stations[0])
    words = {"county": county, "works": (works["name"], works["name_en"])}
    rows = []
    for number, store in enumerate(known["stores"], start=1):
        zh, en = named(store["name"], **words)
        figures = {
            key: f"{store[key]:g}" for key in ("bays", "delivery_median_days", "delivery_sigma") if store[key]
        }
        owner = " / ".join(named(store["owner"], **words))
        row = {"code": f"S{number}", "name": zh, "name_en": en, "station": _base(stations, store["at"])}
        rows.append({**row, **figures, "owner": owner})
    return rows


def item_rows(
    known: Mapping[str, Any],
    units: Sequence[Row],
    stores: Sequence[Row],
    start: date,
    chance: np.random.Generator,
) -> list[Row]:
    """Fill items.csv: what units carry and stores hold; those of a type in one place are one batch."""
    rows = [
        row
        for unit in units
        for row in _kit(known["units"][unit_type(unit)], "carries", {"unit": unit["code"]})
    ]
    for store, said in zip(stores, known["stores"], strict=True):
        rows += _kit(said, "holds", {"store": store["code"]})
    return [
        {"code": f"I{number:04d}", **row}
        for number, row in enumerate(_dated(known, rows, start, chance), start=1)
    ]


def check_rows(known: Mapping[str, Any], teams: Sequence[Team], stores: Sequence[Row]) -> list[Row]:
    """Fill checks.csv: each team's rounds, each store's, then the yearly tests of a type everywhere."""
    rounds = [({"team": team.code}, way) for team in teams for way in known["checks"][team.kind]]
    rounds += [({"store": store["code"]}, way) for store in stores for way in known["checks"]["store"]]
    rows = [{**whose, **_way(known["ways"][way])} for whose, way in rounds]
    for type_, first in known["tests"].items():
        rows.append({"type": type_, "every_days": "365", "first": first, "finds": "1"})
    return [{"code": f"K{number:02d}", **row} for number, row in enumerate(rows, start=1)]


def _base(stations: Sequence[Row], wanted: Sequence[str]) -> str:
    """Give the base of a code or else the first of a kind."""
    for word in wanted:
        for row in stations:
            if word in (row["code"], row["kind"]):
                return row["code"]
    return stations[0]["code"]


def _kit(said: Mapping[str, Any], key: str, where: Row) -> Iterator[Row]:
    """List the rows of what one unit carries or one store holds, consumables last."""
    for type_, count in said[key].items():
        for _ in range(count):
            yield {"type": type_, **where}
    for type_, amount in said.get("amounts", {}).items():
        yield {"type": type_, **where, "amount": f"{amount:g}"}


def _dated(
    known: Mapping[str, Any], rows: Sequence[Row], start: date, chance: np.random.Generator
) -> Iterator[Row]:
    """Give each row when it was made and last tested; a type in one place is one batch."""
    batch: tuple[str, ...] = ()
    made = start
    for row in rows:
        here = (row["type"], row.get("unit", ""), row.get("store", ""))
        if here != batch:
            batch, made = here, _made(known, row["type"], start, chance)
        tested = _tested(known, row["type"], made, start, chance)
        yield {**row, "made": made.isoformat(), **({"tested": tested.isoformat()} if tested else {})}


def _made(known: Mapping[str, Any], type_: str, start: date, chance: np.random.Generator) -> date:
    life = known["settings"]["item_types"][type_].get("expires_days")
    oldest = USUAL_LIFE_DAYS if life is None else max(life - EXPIRES_LATER_DAYS, life // 2)
    return start - timedelta(days=int(chance.integers(30, oldest)))


def _tested(
    known: Mapping[str, Any], type_: str, made: date, start: date, chance: np.random.Generator
) -> date | None:
    """Give the day of the last test: a year before the next round of tests, or when it was made."""
    every = known["settings"]["item_types"][type_].get("test_every_days")
    if every is None:
        return None
    last = date.fromisoformat(known["tests"][type_]) - timedelta(days=365)
    tested = last + timedelta(days=int(chance.integers(0, TEST_SPREAD_DAYS)))
    return min(max(tested, made), start)


def _way(said: Mapping[str, Any]) -> Row:
    """Write one way of checking as cells."""
    row = {key: said[key] for key in ("first", "at") if key in said}
    row |= {key: f"{said[key]:g}" for key in ("every_days", "finds") if key in said}
    return {**row, "after_use": "yes"} if said.get("after_use") else row
