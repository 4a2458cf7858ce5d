"""Edits that happen at a moment, or hold from the first one on: roads, warnings, orders, accidents."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from dispatch.policies import POLICIES
from sim.road_table import RoadTable, arcs_named, largest_strong_part
from sim.scenarios import edits_forms as forms
from sim.scenarios import inject_model as injects
from sim.scenarios.drafts import unknown
from sim.scenarios.editing import (
    Change,
    Done,
    Refused,
    Thing,
    changed,
    did,
    find,
    find_code,
    is_other,
    made,
    moment_of,
    one_of,
    thing,
    with_row,
    with_settings,
)
from sim.scenarios.edits_forces import whereabouts
from sim.scenarios.problems import Term
from sim.scenarios.scenario import Scenario

MARGIN_DEGREES = 0.2
"""So far outside the box around its roads a point still belongs to the county."""


def with_inject(scenario: Scenario, form: type[injects.Timed], /, **values: object) -> Scenario:
    """Add an inject to those of a scenario."""
    entry = made(form, {name: value for name, value in values.items() if value is not None})
    return with_settings(scenario, injects=(*scenario.settings.injects, entry))


def _times(scenario: Scenario, edit: forms.AtMoment) -> tuple[datetime, datetime | None, Change]:
    """Tell from when and until when an edit holds, and say so."""
    at, last = moment_of(scenario, edit.at), getattr(edit, "until", None)
    until = None if last is None else moment_of(scenario, last, "until")
    if isinstance(last, time) and until is not None:
        until = datetime.combine(at.date(), last) + timedelta(days=last <= at.time())
    if last is not None and until is not None and until <= at:
        raise Refused("until", forms.moment_text(last), "must be later than `at`")
    if until is not None:
        return at, until, did("from {at} until {until}", at=at, until=until)
    return at, None, did("from the start") if edit.at is None else did("from {at} on", at=at)


def close_road(scenario: Scenario, edit: forms.CloseRoad) -> Done:
    """Close a road or bridge."""
    road, code, arcs = road_meant(scenario, edit.road)
    at, until, when = _times(scenario, edit)
    done = with_inject(scenario, injects.CloseRoad, at=at, until=until, close_road=code)
    lost = cut_off(scenario.roads, arcs)
    if lost:
        sentence = "{road} is closed {when}; no road leads to {n} crossings meanwhile."
        return done, did(sentence, road=road, when=when, n=lost)
    return done, did("{road} is closed {when}.", road=road, when=when)


def slow_road(scenario: Scenario, edit: forms.SlowRoad) -> Done:
    """Slow traffic on a road or bridge."""
    road, code, _ = road_meant(scenario, edit.road)
    at, until, when = _times(scenario, edit)
    done = with_inject(scenario, injects.SlowRoad, at=at, until=until, slow_road=code, factor=edit.factor)
    sentence = "Traffic on {road} goes at {factor} of its usual speed {when}."
    return done, did(sentence, road=road, factor=edit.factor, when=when)


def open_road(scenario: Scenario, edit: forms.OpenRoad) -> Done:
    """Open a road or bridge that is closed or slowed by then."""
    road, code, arcs = road_meant(scenario, edit.road)
    at, _, when = _times(scenario, edit)
    if not any(_concerns(scenario, entry, arcs, at) for entry in scenario.settings.injects):
        raise Refused("road", edit.road, "is neither closed nor slowed by then")
    done = with_inject(scenario, injects.OpenRoad, at=at, open_road=code)
    return done, did("{road} is as usual again {when}.", road=road, when=when)


def _concerns(scenario: Scenario, entry: injects.Timed, arcs: tuple[int, ...], at: datetime) -> bool:
    """Tell whether an inject closes or slows some of these arcs at a moment."""
    word = getattr(entry, "close_road", None) or getattr(entry, "slow_road", None)
    if word is None or entry.at > at or ((until := getattr(entry, "until", None)) and until <= at):
        return False
    return not set(arcs).isdisjoint(arcs_named(scenario.roads, word))


def road_meant(scenario: Scenario, word: str) -> tuple[Thing, str, tuple[int, ...]]:
    """Find the road or bridge that is meant: how it is called, its code, its arcs.

    A code or whole name counts first; then the only bridge, then the only road, whose code or name begins so.
    """
    table = scenario.roads
    arcs = arcs_named(table, word)
    if not arcs:
        word = _beginning(table, word)
        arcs = arcs_named(table, word)
    numbers = {int(table.road[arc]) for arc in arcs} - {-1}
    names = [table.road_names[number] for number in sorted(numbers)]
    if len(names) != 1 or word.casefold() not in (name.casefold() for name in names[0]):
        return Thing(word), word, arcs
    code, zh, en = names[0]
    if not (code or zh or en):
        return Thing(word), word, arcs
    return Thing(code or zh or en, zh, en), code or word, arcs


def _beginning(table: RoadTable, word: str) -> str:
    """Find the bridge, or else the road, whose code or name begins with a word; give the code or name."""
    bridges = set(table.road[table.bridge].tolist())
    wanted = word.casefold()
    for numbers in (sorted(bridges - {-1}), range(len(table.road_names))):
        found = [
            number
            for number in numbers
            if any(name.casefold().startswith(wanted) for name in table.road_names[number] if name)
        ]
        if len(found) > 1:
            several = ", ".join(_word_of(table, number) for number in found)
            raise Refused("road", word, "can mean several; give one of the codes {known}", known=several)
        if found:
            return _word_of(table, found[0])
    known = [name for names in table.road_names for name in names if name]
    message, values = unknown("road", word, known)
    raise Refused("road", word, message, **values)


def _word_of(table: RoadTable, number: int) -> str:
    return next(name for name in table.road_names[number] if name)


def cut_off(table: RoadTable, arcs: tuple[int, ...]) -> int:
    """Count the usable nodes that one cannot drive to and back from any more where arcs are closed."""
    part = largest_strong_part(table)[0]
    open_arcs = np.ones(table.n_arcs, bool)
    open_arcs[list(arcs)] = False
    ends = (table.tail[open_arcs], table.head[open_arcs])
    graph = csr_array((np.ones(len(ends[0])), ends), shape=(table.n_nodes, table.n_nodes))
    labels = connected_components(graph, connection="strong")[1]
    return int(part.n_nodes - min(part.n_nodes, np.bincount(labels).max()))


def close_site(scenario: Scenario, edit: forms.CloseSite) -> Done:
    """Close a site."""
    site = find(scenario, "sites", "site", edit.site)
    at, until, when = _times(scenario, edit)
    done = with_inject(scenario, injects.CloseSite, at=at, until=until, close_site=site.code)
    return done, did("Site {site} is closed {when}: no accident happens there.", site=thing(site), when=when)


def raise_warning(scenario: Scenario, edit: forms.RaiseWarning) -> Done:
    """Issue a warning, with the roads that it closes and slows."""
    at, until, when = _times(scenario, edit)
    done = with_inject(scenario, injects.IssueWarning, at=at, until=until, warning=edit.level)
    roads: list[Thing] = []
    for word in edit.close:
        road, code, _ = road_meant(scenario, word)
        done = with_inject(done, injects.CloseRoad, at=at, until=until, close_road=code)
        roads.append(road)
    for word, factor in edit.slow.items():
        road, code, _ = road_meant(scenario, word)
        done = with_inject(done, injects.SlowRoad, at=at, until=until, slow_road=code, factor=factor)
        roads.append(road)
    level = Term(WARNINGS[edit.level - 1])
    if not roads:
        return done, did("A warning is out {when}: {level}.", level=level, when=when)
    sentence = "A warning is out {when}: {level}; meanwhile closed or slow: {roads}."
    return done, did(sentence, level=level, when=when, roads=tuple(roads))


WARNINGS = ("red", "orange", "yellow", "blue")
"""Levels of warning in words, the gravest first."""


def order_standby(scenario: Scenario, edit: forms.RaiseStandby | forms.LowerStandby) -> Done:
    """Raise or lower the standby of teams by order."""
    if not scenario.teams:
        raise Refused("teams", None, "the scenario has no teams")
    teams = [find(scenario, "teams", "teams", word) for word in edit.teams]
    at, _, when = _times(scenario, edit)
    raised = isinstance(edit, forms.RaiseStandby)
    codes: object = [it.code for it in teams] or "all"
    if raised:
        done = with_inject(scenario, injects.RaiseStandby, at=at, raise_standby=codes)
    else:
        done = with_inject(scenario, injects.LowerStandby, at=at, lower_standby=codes)
    named = tuple(map(thing, teams)) or Term("all teams")
    if raised:
        return done, did("The standby of {teams} is raised {when}.", teams=named, when=when)
    return done, did("The standby of {teams} is no longer raised by order {when}.", teams=named, when=when)


def cut_channel(scenario: Scenario, edit: forms.CutChannel) -> Done:
    """Let a channel of one or all duty posts fail."""
    ready = scenario.settings.readiness
    channels = ready.channels if ready else {}
    code = find_code(channels, "channel", "channel", edit.channel)
    post = None if edit.post is None else find(scenario, "posts", "post", edit.post)
    at, until, when = _times(scenario, edit)
    values = {"cut_channel": code, "post": post.code if post else None}
    done = with_inject(scenario, injects.CutChannel, at=at, until=until, **values)
    where = thing(post) if post else Term("all duty posts")
    channel = Thing(code, channels[code].name.zh, channels[code].name.en)
    return done, did("{channel} of {where} fails {when}.", channel=channel, where=where, when=when)


def leave_post(scenario: Scenario, edit: forms.LeavePost) -> Done:
    """Leave a duty post unmanned."""
    post = find(scenario, "posts", "post", edit.post)
    at, until, when = _times(scenario, edit)
    done = with_inject(scenario, injects.LeavePost, at=at, until=until, leave_post=post.code)
    return done, did("Nobody is at {post} {when}.", post=thing(post), when=when)


def take_out(scenario: Scenario, edit: forms.TakeOut) -> Done:
    """Take a unit out of service."""
    unit = find(scenario, "units", "unit", edit.unit)
    at, until, when = _times(scenario, edit)
    done = with_inject(scenario, injects.TakeOut, at=at, until=until, take_out=unit.code)
    return done, did("Unit {unit} is out of service {when}.", unit=thing(unit), when=when)


def fail_item(scenario: Scenario, edit: forms.FailItem) -> Done:
    """Let an item stop working; from the start, it is so when the scenario begins."""
    item = find(scenario, "items", "item", edit.item)
    at, _, when = _times(scenario, edit)
    if edit.at is None:
        is_other("item", edit.item, item.condition, "unserviceable")
        known = "serviceable" if edit.hidden else None
        done = with_row(scenario, "items", item, changed(item, condition="unserviceable", known=known))
    else:
        done = with_inject(scenario, injects.FailItem, at=at, fail_item=item.code, hidden=edit.hidden)
    holder = item.unit or item.store
    if edit.hidden:
        sentence = "Item {item} of {holder} does not work {when}, and nobody knows."
        return done, did(sentence, item=item.code, holder=holder, when=when)
    sentence = "Item {item} of {holder} does not work {when}."
    return done, did(sentence, item=item.code, holder=holder, when=when)


def set_policy(scenario: Scenario, edit: forms.SetPolicy) -> Done:
    """Choose units by another policy from a moment on."""
    policy = one_of(POLICIES, "dispatch policy", "policy", edit.policy)
    at, _, when = _times(scenario, edit)
    done = with_inject(scenario, injects.SetPolicy, at=at, set_policy=policy)
    return done, did("Units are chosen by the policy {policy} {when}.", policy=policy, when=when)


def move_unit(scenario: Scenario, edit: forms.MoveUnit) -> Done:
    """Let a unit move to another base at a moment."""
    unit = find(scenario, "units", "unit", edit.unit)
    base = find(scenario, "stations", "base", edit.base)
    at, _, when = _times(scenario, edit)
    done = with_inject(scenario, injects.MoveUnit, at=at, move_unit=unit.code, to=base.code)
    sentence = "Unit {unit} belongs to base {base} {when}, and drives there when it is free."
    return done, did(sentence, unit=thing(unit), base=thing(base), when=when)


def add_accident(scenario: Scenario, edit: forms.AddAccident) -> Done:
    """Let an accident happen."""
    settings = scenario.settings
    kind = find_code(settings.kinds, "kind of incident", "kind", edit.kind)
    grades = len(settings.kinds[kind].grade_p)
    if edit.grade is not None and edit.grade > grades:
        raise Refused("grade", edit.grade, "is no grade of this kind, which has {n}", n=grades)
    ranks = {it.code: it for it in settings.priorities}
    priority = edit.priority and find_code(ranks, "priority", "priority", edit.priority)
    wanted = (edit.where or "").casefold()
    sites = [row for row in scenario.sites if wanted and wanted in map(str.casefold, thing(row))]
    site = sites[0] if len(sites) == 1 else None
    lon, lat = (site.lon, site.lat) if site else whereabouts(scenario, edit)[:2]
    _on_map(scenario.roads, lon, lat)
    values: dict[str, Any] = edit.model_dump(include={"grade", "deaths", "injuries", "loss_cny"})
    at = moment_of(scenario, edit.at)
    values |= {"lon": lon, "lat": lat, "site": site.code if site else None, "priority": priority}
    done = with_inject(scenario, injects.AddAccident, at=at, add_accident=kind, **values)
    name = Thing(kind, settings.kinds[kind].name.zh, settings.kinds[kind].name.en)
    if site is not None:
        return done, did("{kind} at {site}, {at}.", kind=name, site=thing(site), at=at)
    return done, did("{kind} at {lon}, {lat}, {at}.", kind=name, lon=lon, lat=lat, at=at)


def _on_map(roads: RoadTable, lon: float, lat: float) -> None:
    for field, value, degrees in (("lon", lon, roads.lon), ("lat", lat, roads.lat)):
        low, high = float(degrees.min()) - MARGIN_DEGREES, float(degrees.max()) + MARGIN_DEGREES
        if not low <= value <= high:
            message = "is off the map: the roads here call for {low} to {high}"
            raise Refused(field, value, message, low=round(low, 2), high=round(high, 2))


def set_level(scenario: Scenario, edit: forms.SetLevel) -> Done:
    """Set the response level of accidents in hand by order."""
    if scenario.settings.reporting is None or not scenario.plans:
        raise Refused("level", edit.level, "there are no plans by which a response level could open")
    plan = None if edit.plan is None else find(scenario, "plans", "plan", edit.plan)
    at = moment_of(scenario, edit.at)
    code = plan.code if plan else None
    done = with_inject(scenario, injects.SetLevel, at=at, set_level=edit.level, plan=code)
    if plan is None:
        sentence = "Response level {level} for all accidents in hand, {at}."
        return done, did(sentence, level=edit.level, at=at)
    sentence = "Response level {level} of plan {plan} for its accidents in hand, {at}."
    return done, did(sentence, level=edit.level, plan=thing(plan), at=at)
