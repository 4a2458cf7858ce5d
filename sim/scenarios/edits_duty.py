"""Edits of who is on duty: duty posts, shifts, levels of standby and rosters."""

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
    with_readiness,
    with_row,
    with_table,
    without,
)
from sim.scenarios.edits_forces import readiness_of
from sim.scenarios.force_rows import RosterRow
from sim.scenarios.problems import Term
from sim.scenarios.readiness_model import Shift
from sim.scenarios.scenario import Scenario


def add_post(scenario: Scenario, edit: forms.AddPost) -> Done:
    """Set up a duty post like one that is there."""
    is_new(scenario, "posts", "post", edit.post)
    model = find(scenario, "posts", "like", edit.like)
    home = {} if edit.where is None else _home(scenario, edit.where)[1]
    row = changed(model, code=edit.post, name=edit.name, name_en=edit.name_en, source="", **home)
    roster = [changed(it, holder=row.code, person="") for it in scenario.roster if it.holder == model.code]
    done = with_row(scenario, "posts", None, row)
    done = with_table(done, "roster", (*done.roster, *roster))
    return done, did("New duty post {post}, on duty like {like}.", post=thing(row), like=thing(model))


def move_post(scenario: Scenario, edit: forms.MovePost) -> Done:
    """Let a duty post belong to another place or site."""
    old = find(scenario, "posts", "post", edit.post)
    home, where = _home(scenario, edit.where)
    is_other("where", edit.where, (old.place, old.site), (where["place"], where["site"]))
    done = with_row(scenario, "posts", old, changed(old, **where))
    return done, did("Duty post {post} belongs to {where} from now on.", post=thing(old), where=home)


def _home(scenario: Scenario, word: str) -> tuple[Thing, dict[str, str | None]]:
    """Find the place or site that is meant, and say so as a row of posts does."""
    if any(word in thing(row) for row in scenario.sites):
        site = find(scenario, "sites", "where", word)
        return thing(site), {"place": site.place, "site": site.code}
    place = find(scenario, "places", "where", word)
    return thing(place), {"place": place.code, "site": None}


def remove_post(scenario: Scenario, edit: forms.RemovePost) -> Done:
    """Give a duty post up, with its roster."""
    old = find(scenario, "posts", "post", edit.post)
    done = without(scenario, "posts", lambda row: row is old)
    done = without(done, "roster", lambda row: row.holder == old.code)
    return done, did("Duty post {post} is given up.", post=thing(old))


def set_shift(scenario: Scenario, edit: forms.SetShift) -> Done:
    """Change the hours or days of a shift."""
    shifts = readiness_of(scenario, "shift").shifts
    code = find_code(shifts, "shift", "shift", edit.shift)
    old = shifts[code]
    given = {"from": edit.from_, "to": edit.to, "days": edit.days}
    new: Shift = changed(old, **{name: value for name, value in given.items() if value is not None})
    is_other("shift", edit.shift, old, new)
    sentence = "Shift {shift} lasts from {start} to {end}, on days {days} of the week."
    days = ", ".join(map(str, new.days))
    change = did(sentence, shift=called(shifts, code), start=new.from_, end=new.to, days=days)
    return with_readiness(scenario, shifts={**shifts, code: new}), change


def set_standby(scenario: Scenario, edit: forms.SetStandby) -> Done:
    """Let the people of a team or post stand by at another level."""
    holder = _on_roster(scenario, edit.holder)
    rows = [changed(r, standby=edit.level) if r.holder == holder.code else r for r in scenario.roster]
    if not any(row.holder == holder.code for row in scenario.roster):
        raise Refused("holder", edit.holder, "has nobody on the roster")
    is_other("level", edit.level, tuple(rows), scenario.roster)
    change = did("The people of {holder} stand by {level}.", holder=holder, level=Term(LEVELS[edit.level]))
    return with_table(scenario, "roster", rows), change


LEVELS = {"on_station": "at the station", "on_call": "on call"}
"""Levels of standby in words."""


def set_roster(scenario: Scenario, edit: forms.SetRoster) -> Done:
    """Put so many people of a role on a shift of a team or post."""
    ready, holder = readiness_of(scenario, "shift"), _on_roster(scenario, edit.holder)
    shift = find_code(ready.shifts, "shift", "shift", edit.shift)
    role = find_code(ready.roles, "role", "role", edit.role)
    line = (holder.code, shift, role)
    meant = [row for row in scenario.roster if (row.holder, row.shift, row.role) == line]
    is_other("count", str(edit.count), sum(row.count for row in meant), edit.count)
    done = without(scenario, "roster", lambda row: row in meant)
    if edit.count:
        values = {"holder": holder.code, "shift": shift, "role": role, "count": edit.count}
        model = meant[0].model_dump() if meant else {}
        row = made(RosterRow, {**model, **values, "person": ""})
        done = with_row(done, "roster", None, row)
    sentence = "{holder}: {count} of role {role} on shift {shift}, before {was}."
    change = did(
        sentence,
        holder=holder,
        count=edit.count,
        role=called(ready.roles, role),
        shift=called(ready.shifts, shift),
        was=sum(row.count for row in meant),
    )
    return done, change


def _on_roster(scenario: Scenario, word: str) -> Thing:
    """Find the team or duty post that is meant."""
    if any(word in thing(row) for row in scenario.posts):
        return thing(find(scenario, "posts", "holder", word))
    return thing(find(scenario, "teams", "holder", word))
