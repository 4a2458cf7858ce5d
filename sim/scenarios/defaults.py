"""The figures a new scenario starts from: speeds, kinds of accident, run cards, rates, with their sources."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, str]
"""One line of a scenario's CSV table: column to cell text; an absent cell is an empty text."""

PATH = Path(__file__).with_name("defaults.yaml")
KIND_SOURCES = ("kinds", "handling", "care", "harm")


@functools.cache
def defaults() -> Mapping[str, Any]:
    """Read ``defaults.yaml``: ``settings`` (a scenario.yaml body), ``starter`` (for the tables), ``sources``.

    The tree is shared: copy what you change.
    """
    with PATH.open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


def scenario_settings(
    code: str, zh: str, en: str, start: str = "2026-01-01 00:00", time_zone: str = "Asia/Shanghai"
) -> dict[str, Any]:
    """Make the body of a scenario.yaml from the defaults, ready to be changed and written.

    Parameters
    ----------
    code, zh, en
        The scenario's code and its name in Chinese and English.
    start
        Local time of second 0, as ``YYYY-MM-DD HH:MM``.
    time_zone
        IANA name of the time zone of `start` and of all hours of day.
    """
    head = {"format": 1, "code": code, "name": {"zh": zh, "en": en}, "time_zone": time_zone, "start": start}
    return {**head, **copy.deepcopy(defaults()["settings"]), "sources": setting_sources()}


def setting_sources() -> dict[str, str]:
    """Tell where the settings come from: dotted path in scenario.yaml to text, Chinese and English."""
    roots = defaults()["settings"].keys()
    kept = {path: source(path) for path in defaults()["sources"] if path.split(".")[0] in roots}
    return {**kept, "kinds": " ".join(source(key) for key in KIND_SOURCES)}


def source(key: str) -> str:
    """Give one source of ``defaults.yaml`` as a cell: Chinese text, a stroke, English text."""
    said = defaults()["sources"][key]
    return f"{said['zh']} / {said['en']}"


def source_lines(lang: str) -> list[str]:
    """List every source of the defaults, one line each, in ``"zh"`` or ``"en"``, for a SOURCES.md."""
    return [f"- `{key}`: {said[lang]}" for key, said in defaults()["sources"].items()]


def run_card_rows() -> list[Row]:
    """Fill run_cards.csv: what each kind and grade of incident needs."""
    cards: Mapping[str, list[dict[str, int]]] = defaults()["starter"]["run_cards"]
    return [
        {"kind": kind, "grade": str(grade), "capability": capability, "count": str(count)}
        for kind, grades in cards.items()
        for grade, needs in enumerate(grades, start=1)
        for capability, count in needs.items()
    ]


def demand_rows(population: float, site_kinds: Collection[str], *, medical: bool = False) -> list[Row]:
    """Fill demand.csv for so many people and the kinds of hazard site that exist.

    Parameters
    ----------
    population
        People in the whole scenario.
    site_kinds
        Kinds that occur in sites.csv; kinds the defaults do not know are passed over.
    medical
        Whether medical calls (120) are wanted too.
    """
    starter = defaults()["starter"]
    by_people = starter["people"] + (starter["medical"] if medical else [])
    rows = [_demand(line, line["where"], line["per_1000_year"] * population / 1000) for line in by_people]
    for kind, lines in starter["sites"].items():
        if kind in site_kinds:
            rows += [_demand(line, f"sites:{kind}", line["per_year"]) for line in lines]
    return rows


def unit_rows(stations: Iterable[Mapping[str, str]]) -> list[Row]:
    """Fill units.csv: the usual crew of each station by its kind, then what the run cards still lack.

    Parameters
    ----------
    stations
        Rows of stations.csv with at least ``code`` and ``kind``. What is lacking is put at the first station
        of the kind where such units usually stand, or else at the first full-time or the first station.
    """
    listed = list(stations)
    crews = defaults()["starter"]["stations"]
    postings = [(type_, row) for row in listed for type_ in crews[row["kind"]]["crew"]]
    if listed:
        lacking = missing_types([type_ for type_, _ in postings])
        postings += [(type_, usual_base(type_, listed)) for type_ in lacking]
    return number_units(postings)


def missing_types(present: Sequence[str]) -> list[str]:
    """Name the types of unit to add so that every run card can be met, in the order of the capabilities.

    A unit counts for its first capability only, so no unit is asked to be two things at once.
    """
    types = defaults()["starter"]["units"]
    added: list[str] = []
    for capability, count in largest_needs().items():
        have = sum(types[type_]["capabilities"][0] == capability for type_ in [*present, *added])
        usual = next(type_ for type_, unit in types.items() if unit["capabilities"] == [capability])
        added += [usual] * max(0, count - have)
    return added


def usual_base(type_: str, stations: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Choose where a unit of a type stands: the first station of its usual kind, or full-time, or any."""
    for kind in (defaults()["starter"]["units"][type_]["base"], "full_time"):
        for row in stations:
            if row["kind"] == kind:
                return row
    return stations[0]


def largest_needs() -> dict[str, int]:
    """Give the largest count any run card asks for, by capability."""
    needs = dict.fromkeys(defaults()["settings"]["capabilities"], 0)
    for row in run_card_rows():
        needs[row["capability"]] = max(needs[row["capability"]], int(row["count"]))
    return needs


def number_units(postings: Iterable[tuple[str, Mapping[str, str]]]) -> list[Row]:
    """Make rows of units.csv from (type of unit, station row), numbered E1, E2, .. by what they are."""
    counts: dict[str, int] = {}
    rows = []
    for type_, station in postings:
        prefix = defaults()["starter"]["units"][type_]["prefix"]
        counts[prefix] = counts.get(prefix, 0) + 1
        rows.append(unit_row(f"{prefix}{counts[prefix]}", type_, station))
    return rows


def unit_row(code: str, type_: str, station: Mapping[str, str]) -> Row:
    """Make one row of units.csv: a unit of a type of the defaults at a station."""
    unit = defaults()["starter"]["units"][type_]
    base = defaults()["starter"]["stations"][station["kind"]]
    return {
        "code": code,
        "name": f"{unit['name']['zh']}{code}",
        "name_en": f"{unit['name']['en']} {code}",
        "station": station["code"],
        "vehicle_class": unit["vehicle_class"],
        "capabilities": ";".join(unit["capabilities"]),
        "turnout_median_s": str(base["turnout_median_s"]),
        "turnout_sigma": str(base["turnout_sigma"]),
        "refit_s": str(unit["refit_s"]),
    }


def owner(site_kind: str, zh: str, en: str) -> str:
    """Name the post that answers for a site, in both languages, for example the head of the works."""
    post = defaults()["starter"]["site_kinds"][site_kind]["post"]
    return f"{zh}{post['zh']} / {post['en']}, {en}"


def _demand(line: Mapping[str, Any], where: str, per_year: float) -> Row:
    return {
        "kind": line["kind"],
        "where": where,
        "per_year": f"{per_year:.6g}",
        "hourly": line["hourly"],
        "monthly": line["monthly"],
        "priority": "",
        "code": f"{line['kind']}@{where}",
        "source": source(line["source"]),
    }
