"""The duty posts (值班) of a made-up county and the people, also made up, who hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.scenarios.defaults import Row
from sim.scenarios.generate.teams import named


def post_rows(
    known: Mapping[str, Any],
    tables: Mapping[str, list[Row]],
    county: tuple[str, str],
    more: Mapping[str, Any] | None = None,
) -> list[Row]:
    """Fill posts.csv: the county's desks, one for each place, the most dangerous sites, then `more`."""
    said, more = known["posts"], more or {}
    seat = tables["places"][0]["code"]
    drafts = [_post(known, post, {"county": county}, {"place": seat}) for post in said["county"]]
    for row in tables["places"]:
        words = {"place": (row["name"], row["name_en"])}
        drafts.append(_post(known, said["place"], words, {"place": row["code"]}))
    for row in _guarded(said["sites"], tables["sites"]) + _named_sites(more, tables["sites"]):
        words = {"site": (row["name"], row["name_en"])}
        where = {"place": row["place"], "site": row["code"], "owner": row["owner"]}
        drafts.append(_post(known, said["site"], words, where))
    drafts += [_post(known, post, {"county": county}, {"place": seat}) for post in more.get("county", ())]
    return [{"code": f"D{number:02d}", **draft} for number, draft in enumerate(drafts, start=1)]


def post_roster(known: Mapping[str, Any], posts: Sequence[Row], chance: np.random.Generator) -> list[Row]:
    """Fill the rows of roster.csv for posts: named people in turn, nobody in two posts."""
    people = _people(known, chance)
    rows = []
    for post in posts:
        rota = known["rotas"][known["posts"]["kinds"][post["kind"]]["rota"]]
        numbers = sorted({number for shifts in rota.values() for number in shifts.values()})
        here = {number: next(people) for number in numbers}
        for role, shifts in rota.items():
            for shift, number in shifts.items():
                row = {"holder": post["code"], "shift": shift, "role": role, "count": "1"}
                rows.append({**row, "person": here[number]})
    return rows


def _post(
    known: Mapping[str, Any], post: Mapping[str, Any], words: dict[str, tuple[str, str]], where: Row
) -> Row:
    kind = known["posts"]["kinds"][post["kind"]]
    zh, en = named(post["name"], **words)
    row = {"name": zh, "name_en": en, "kind": post["kind"], "channels": kind["channels"], **where}
    owner = where.get("owner") or " / ".join(named(post["owner"], **words))
    return {**row, "absence": f"{kind['absence']:g}", "owner": owner}


def _guarded(wanted: Mapping[str, int], sites: Sequence[Row]) -> list[Row]:
    """Choose the sites that keep a duty room: of each kind those with the highest rates, in their order."""
    chosen: list[Row] = []
    for kind, count in wanted.items():
        alike = sorted((row for row in sites if row["kind"] == kind), key=_danger)
        chosen += sorted(alike[:count], key=lambda row: row["code"])
    return chosen


def _named_sites(more: Mapping[str, Any], sites: Sequence[Row]) -> list[Row]:
    return [row for code in more.get("sites", ()) for row in sites if row["code"] == code]


def _danger(row: Row) -> tuple[float, str]:
    return -float(row["rate_factor"]), row["code"]


def _people(known: Mapping[str, Any], chance: np.random.Generator) -> Iterator[str]:
    """Give made-up people, Chinese name and pinyin, no name twice."""
    surnames, given = known["surnames"], known["given"]
    for number in chance.permutation(len(surnames) * len(given)):
        first, last = surnames[number // len(given)].split(), given[number % len(given)].split()
        yield f"{first[0]}{last[0]} / {first[1]} {last[1]}"
