"""The rescue teams of a made-up county: which units are whose, how they are crewed, who is on which shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenarios.defaults import Row, defaults

CREW_COLUMNS = ("team", "crew", "crew_min", "crew_roles", "crew_for")


@dataclass(frozen=True, slots=True)
class Team:
    """A team: its code, kind and base, what it is called, and the rows of its units."""

    code: str
    kind: str
    station: str
    name: str
    name_en: str
    units: tuple[Row, ...]


def list_teams(
    known: Mapping[str, Any], stations: Sequence[Row], units: Sequence[Row], county: tuple[str, str]
) -> list[Team]:
    """List the teams: one of each base's own, then the guests of bases, numbered in that order.

    Parameters
    ----------
    known
        What ``readiness.yaml`` says.
    stations, units
        Rows of stations.csv and units.csv.
    county
        Chinese and English name of the county.
    """
    invited = [(unit, guest) for unit in units if (guest := _guest(known, units, unit)) is not None]
    leaving = [unit["code"] for unit, _ in invited]
    drafts = [_own_team(station, units, leaving) for station in stations]
    for _, guest in invited:
        mine = tuple(unit for unit, other in invited if other["name"] == guest["name"])
        zh, en = named(guest["name"], county=county)
        draft = Team("", guest["kind"], mine[0]["station"], zh, en, mine)
        drafts += [draft] if draft not in drafts else []
    drafts = [draft for draft in drafts if draft.units]
    return [
        Team(f"T{number:02d}", draft.kind, draft.station, draft.name, draft.name_en, draft.units)
        for number, draft in enumerate(drafts, start=1)
    ]


def team_rows(known: Mapping[str, Any], teams: Sequence[Team]) -> list[Row]:
    """Fill teams.csv."""
    rows = []
    for team in teams:
        kind = known["teams"][team.kind]
        zh, en = named(kind["owner"], station=(team.name, team.name_en))
        row = {"code": team.code, "name": team.name, "name_en": team.name_en, "kind": team.kind}
        figures = {key: f"{kind[key]:g}" for key in ("absence", "max_hours", "rest_h")}
        rows.append({**row, "station": team.station, **figures, "owner": f"{zh} / {en}"})
    return rows


def crewed_units(known: Mapping[str, Any], teams: Sequence[Team], units: Sequence[Row]) -> list[Row]:
    """Add to the rows of units.csv whose they are and what they ask of their crews."""
    crews = {
        unit["code"]: _crewed(known, team, unit, _shared(known, team, unit))
        for team in teams
        for unit in team.units
    }
    return [{**unit, **crews[unit["code"]]} for unit in units]


def team_roster(known: Mapping[str, Any], teams: Sequence[Team]) -> list[Row]:
    """Fill the rows of roster.csv for teams: on each shift whom the crews need, and some more."""
    rows = []
    for team in teams:
        kind = known["teams"][team.kind]
        needed = people_needed(known, team)
        for shift, extra in kind["extra"].items():
            for role, count in needed.items():
                row = {"holder": team.code, "shift": shift, "role": role}
                people = count + extra.get(role, 0)
                rows.append({**row, "count": str(people), "standby": kind["standby"]})
    return rows


def people_needed(known: Mapping[str, Any], team: Team) -> dict[str, int]:
    """Count the people by role with whom all crews of a team can be manned at once."""
    crews: dict[str, dict[str, int]] = {}
    for unit in team.units:
        crew = crews.setdefault(_shared(known, team, unit) or unit["code"], {})
        for role, count in _asked(known, team, unit).items():
            crew[role] = max(crew.get(role, 0), count)
    needed: dict[str, int] = {}
    for crew in crews.values():
        for role, count in crew.items():
            needed[role] = needed.get(role, 0) + count
    return needed


def unit_type(unit: Mapping[str, str]) -> str:
    """Tell which type of the defaults a row of units.csv is."""
    types: Mapping[str, Any] = defaults()["starter"]["units"]
    called = unit["name_en"].removesuffix(unit["code"]).strip()
    return next(type_ for type_, said in types.items() if said["name"]["en"] == called)


def named(pattern: Mapping[str, str], **words: tuple[str, str]) -> tuple[str, str]:
    """Fill a pattern's Chinese and English text with words that have both.

    Examples
    --------
    >>> named({"zh": "{town}队", "en": "{town} Brigade"}, town=("青龙镇", "Qinglong"))
    ('青龙镇队', 'Qinglong Brigade')
    """
    zh, en = ({key: word[at] for key, word in words.items()} for at in (0, 1))
    return pattern["zh"].format(**zh), pattern["en"].format(**en)


def _guest(known: Mapping[str, Any], units: Sequence[Row], unit: Row) -> Mapping[str, Any] | None:
    """Tell which other team than its base's own a unit belongs to, if any."""
    alike = [other["code"] for other in units if other["vehicle_class"] == unit["vehicle_class"]]
    for guest in known["guests"]:
        if guest["vehicle_class"] == unit["vehicle_class"]:
            return guest if alike.index(unit["code"]) + 1 >= guest["from"] else None
    return None


def _own_team(station: Row, units: Sequence[Row], leaving: Sequence[str]) -> Team:
    mine = tuple(unit for unit in units if unit["station"] == station["code"] and unit["code"] not in leaving)
    return Team("", station["kind"], station["code"], station["name"], station["name_en"], mine)


def _crewed(known: Mapping[str, Any], team: Team, unit: Row, crew: str) -> Row:
    asks = known["units"][unit_type(unit)]
    figures = [str(asks["crew_min"]), asks.get("crew_roles", ""), asks.get("crew_for", "")]
    return dict(zip(CREW_COLUMNS, [team.code, crew, *figures], strict=True))


def _shared(known: Mapping[str, Any], team: Team, unit: Row) -> str:
    """Give the code of the crew a unit shares with another of its team; "" where it has its own."""
    for classes in known["shared_crews"]:
        first = [_first(team, class_) for class_ in classes]
        if unit["code"] in first and all(first):
            return f"{team.code}-{'-'.join(first)}"
    return ""


def _first(team: Team, vehicle_class: str) -> str:
    return next((unit["code"] for unit in team.units if unit["vehicle_class"] == vehicle_class), "")


def _asked(known: Mapping[str, Any], team: Team, unit: Row) -> dict[str, int]:
    """Count by role whom a unit asks for, to roll and for its capabilities; the rest are fillers."""
    asks = known["units"][unit_type(unit)]
    roles, people = {}, asks["crew_min"]
    for part in f"{asks.get('crew_roles', '')};{asks.get('crew_for', '')}".split(";"):
        *before, count = part.split(":")
        if len(before) == 1 and before[0] in known["settings"]["roles"]:
            roles[before[0]] = int(count)
        elif len(before) == 2:
            roles[before[1]] = int(count)
        elif before:
            people = max(people, int(count))
    rest = people - sum(roles.values())
    filler = known["teams"][team.kind]["filler"]
    return {**roles, filler: roles.get(filler, 0) + rest} if rest > 0 else roles
