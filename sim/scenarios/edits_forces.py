"""Edits of who and what stands by: bases, teams, units, items of equipment, duty posts and rosters."""

from __future__ import annotations

from sim.scenarios import edits_forms as forms
from sim.scenarios.editing import (
    Done,
    Refused,
    Thing,
    called,
    changed,
    did,
    find,
    find_code,
    is_new,
    is_other,
    made,
    thing,
    with_row,
    with_table,
    without,
)
from sim.scenarios.edits_crews import moved_with_crew
from sim.scenarios.fields import NamedRow
from sim.scenarios.force_rows import ItemRow
from sim.scenarios.readiness_model import Readiness
from sim.scenarios.rows import StationRow, UnitRow
from sim.scenarios.scenario import Scenario


def add_base(scenario: Scenario, edit: forms.AddBase) -> Done:
    """Found a base."""
    is_new(scenario, "stations", "base", edit.base)
    lon, lat, place = whereabouts(scenario, edit)
    row = made(
        StationRow,
        {
            "code": edit.base,
            "name": edit.name,
            "name_en": edit.name_en,
            "kind": edit.kind,
            "place": place,
            "lon": lon,
            "lat": lat,
        },
    )
    done = with_row(scenario, "stations", None, row)
    return done, did("New base {base} at {lon}, {lat}.", base=thing(row), lon=lon, lat=lat)


def move_base(scenario: Scenario, edit: forms.MoveBase) -> Done:
    """Move a base with all that stands there."""
    old = find(scenario, "stations", "base", edit.base)
    lon, lat, place = whereabouts(scenario, edit)
    is_other("where", edit.where or f"{lon}, {lat}", (old.lon, old.lat), (lon, lat))
    new = changed(old, lon=lon, lat=lat, place=place)
    change = did("Base {base} moves to {lon}, {lat}.", base=thing(old), lon=lon, lat=lat)
    return with_row(scenario, "stations", old, new), change


def remove_base(scenario: Scenario, edit: forms.RemoveBase) -> Done:
    """Give a base up; what stands there moves to another."""
    old = find(scenario, "stations", "base", edit.base)
    tenants = [
        (table, row)
        for table in ("units", "teams", "stores")
        for row in getattr(scenario, table)
        if row.station == old.code
    ]
    if tenants and edit.to is None:
        there = tuple(thing(row) for _, row in tenants).__iter__()
        known = ", ".join(it.code for it in there)
        raise Refused("base", edit.base, "is where {known} stand; say `to` which base they move", known=known)
    done = without(scenario, "stations", lambda row: row is old)
    if edit.to is None:
        return done, did("Base {base} is given up.", base=thing(old))
    new = find(done, "stations", "to", edit.to)
    for table in ("units", "teams", "stores"):
        rows = getattr(done, table)
        done = with_table(done, table, (_from_to(row, old.code, new.code) for row in rows))
    change = did("Base {base} is given up; what stood there moves to {to}.", base=thing(old), to=thing(new))
    return done, change


def _from_to(row: NamedRow, old: str, new: str) -> NamedRow:
    moved = {name: new for name in ("station", "forward") if getattr(row, name, None) == old}
    return changed(row, **moved) if moved else row


def whereabouts(scenario: Scenario, edit: forms.Somewhere) -> tuple[float, float, str | None]:
    """Tell the point that is meant, and the code of the place in which it is known to lie."""
    if edit.lon is not None and edit.lat is not None:
        return edit.lon, edit.lat, None
    word = str(edit.where)
    for table in ("places", "stations", "sites"):
        try:
            row = find(scenario, table, "where", word)
        except Refused as refused:
            if table == "sites":
                message = "names no place, station or site"
                raise Refused("where", word, message) from refused
            continue
        return row.lon, row.lat, row.code if table == "places" else row.place
    raise AssertionError("sites come last")


def add_team(scenario: Scenario, edit: forms.AddTeam) -> Done:
    """Set up a team like one that is there."""
    is_new(scenario, "teams", "team", edit.team)
    model = find(scenario, "teams", "like", edit.like)
    base = find(scenario, "stations", "base", edit.base)
    row = changed(model, code=edit.team, name=edit.name, name_en=edit.name_en, station=base.code, source="")
    roster = [changed(it, holder=row.code, person="") for it in scenario.roster if it.holder == model.code]
    done = with_row(scenario, "teams", None, row)
    done = with_table(done, "roster", (*done.roster, *roster))
    change = did(
        "New team {team} at {base}, on duty like {like}.",
        team=thing(row),
        base=thing(base),
        like=thing(model),
    )
    return done, change


def move_team(scenario: Scenario, edit: forms.MoveTeam) -> Done:
    """Move a team to another base with its units."""
    old = find(scenario, "teams", "team", edit.team)
    base = find(scenario, "stations", "base", edit.base)
    is_other("base", edit.base, old.station, base.code)
    done = with_row(scenario, "teams", old, changed(old, station=base.code))
    mine = [row.code for row in scenario.units if row.team == old.code]
    done = with_table(
        done,
        "units",
        (changed(row, station=base.code) if row.code in mine else row for row in scenario.units),
    )
    change = did(
        "Team {team} moves to {base} with its {n} units.", team=thing(old), base=thing(base), n=len(mine)
    )
    return done, change


def remove_team(scenario: Scenario, edit: forms.RemoveTeam) -> Done:
    """Disband a team; its units go."""
    old = find(scenario, "teams", "team", edit.team)
    mine = {row.code for row in scenario.units if row.team == old.code}
    done = without(scenario, "teams", lambda row: row is old)
    done = without(done, "units", lambda row: row.code in mine)
    done = without(done, "items", lambda row: row.unit in mine)
    done = without(done, "roster", lambda row: row.holder == old.code)
    done = without(done, "checks", lambda row: row.team == old.code)
    change = did("Team {team} is disbanded; its {n} units go.", team=thing(old), n=len(mine))
    return done, change


def add_unit(scenario: Scenario, edit: forms.AddUnit) -> Done:
    """Buy a unit like one that is there, with the same equipment, new."""
    is_new(scenario, "units", "unit", edit.unit)
    model = find(scenario, "units", "like", edit.like)
    base = find(scenario, "stations", "base", edit.base or model.station)
    team = _team_at(scenario, edit, model, base.code)
    row = changed(
        model,
        code=edit.unit,
        name=edit.name,
        name_en=edit.name_en,
        station=base.code,
        team=team,
        crew=None,
        forward=None,
        source="",
    )
    items = [
        changed(it, code=f"{it.code}-{row.code}", unit=row.code, made=None, tested=None, known=None)
        for it in scenario.items
        if it.unit == model.code
    ]
    done = with_row(scenario, "units", None, row)
    done = with_table(done, "items", (*done.items, *(changed(it, condition="serviceable") for it in items)))
    change = did(
        "New unit {unit} at {base}, like {like}, with {n} items of equipment.",
        unit=thing(row),
        base=thing(base),
        like=thing(model),
        n=len(items),
    )
    return done, change


def _team_at(scenario: Scenario, edit: forms.AddUnit, model: UnitRow, base: str) -> str | None:
    """Choose who mans a new unit: as the edit says, else the other's team, else the first of its base."""
    if edit.team is not None:
        return str(find(scenario, "teams", "team", edit.team).code)
    if model.team is None:
        return None
    teams = [row for row in scenario.teams if row.station == base]
    if not teams:
        raise Refused("base", edit.base, "has no team that could man the unit; say `team`, or add one first")
    return model.team if model.team in [row.code for row in teams] else teams[0].code


def move_unit(scenario: Scenario, edit: forms.MoveUnit) -> Done:
    """Let a unit stand at another base from the start."""
    old = find(scenario, "units", "unit", edit.unit)
    base = find(scenario, "stations", "base", edit.base)
    is_other("base", edit.base, old.station, base.code)
    was = find(scenario, "stations", "base", old.station)
    done = moved_with_crew(scenario, old, base.code)
    moved = {"unit": thing(old), "was": thing(was), "base": thing(base)}
    if old.team is None:
        return done, did("Unit {unit} moves from {was} to {base}.", **moved)
    return done, did("Unit {unit} moves with its crew from {was} to {base}.", **moved)


def remove_unit(scenario: Scenario, edit: forms.RemoveUnit) -> Done:
    """Take a unit out of the county, with what it carries."""
    old = find(scenario, "units", "unit", edit.unit)
    if len(scenario.units) == 1:
        raise Refused("unit", edit.unit, "is the county's only unit")
    items = sum(row.unit == old.code for row in scenario.items)
    done = without(scenario, "units", lambda row: row is old)
    done = without(done, "items", lambda row: row.unit == old.code)
    change = did("Unit {unit} goes, with {n} items of equipment.", unit=thing(old), n=items)
    return done, change


def add_item(scenario: Scenario, edit: forms.AddItem) -> Done:
    """Buy an item of equipment."""
    is_new(scenario, "items", "item", edit.item)
    types = readiness_of(scenario, "item").item_types
    kind = find_code(types, "item type", "type", edit.type)
    holder, where = _holder(scenario, edit.to)
    row = made(ItemRow, {"code": edit.item, "type": kind, **where, "amount": edit.amount})
    change = did("New item {item} ({type}) for {to}.", item=row.code, type=called(types, kind), to=holder)
    return with_row(scenario, "items", None, row), change


def move_item(scenario: Scenario, edit: forms.MoveItem) -> Done:
    """Give an item to another unit or store."""
    old = find(scenario, "items", "item", edit.item)
    holder, where = _holder(scenario, edit.to)
    is_other("to", edit.to, old.unit or old.store, holder.code)
    types = readiness_of(scenario, "item").item_types
    change = did("Item {item} ({type}) goes to {to}.", item=old.code, type=called(types, old.type), to=holder)
    return with_row(scenario, "items", old, changed(old, **where)), change


def remove_item(scenario: Scenario, edit: forms.RemoveItem) -> Done:
    """Take an item away."""
    old = find(scenario, "items", "item", edit.item)
    types = readiness_of(scenario, "item").item_types
    change = did("Item {item} ({type}) is taken away.", item=old.code, type=called(types, old.type))
    return without(scenario, "items", lambda row: row is old), change


def _holder(scenario: Scenario, word: str) -> tuple[Thing, dict[str, str | None]]:
    """Find the unit or store that is meant, and say so as a row of items does."""
    try:
        unit = find(scenario, "units", "to", word)
    except Refused as refused:
        if any(word in thing(row) for row in scenario.stores):
            store = find(scenario, "stores", "to", word)
            return thing(store), {"unit": None, "store": store.code}
        raise refused
    return thing(unit), {"unit": unit.code, "store": None}


def readiness_of(scenario: Scenario, field: str) -> Readiness:
    """Give what the scenario says of readiness; refuse where it says nothing."""
    ready = scenario.settings.readiness
    if ready is None:
        raise Refused(field, None, "the scenario says nothing of who and what stands by")
    return ready
