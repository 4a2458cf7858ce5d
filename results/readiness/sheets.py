"""The readiness at a moment in tables, the same for the terminal and the page."""

from __future__ import annotations

import numpy as np

from results.readiness.moment import UnitNow
from results.readiness.survey import Survey, links
from results.readiness.told import STATE_WORDS, hour_called, unit_called, weakest_told
from results.readiness.words import (
    capabilities_called,
    force_of,
    item_called,
    level_called,
    named,
    reasons_told,
)
from results.tables import Cell, Table
from results.wording import NOTHING, called, clock, minutes, number, percent, say, spoken, start_of

MOST_LISTED = 20
WORTH_TELLING = 0.005
"""Chances below this are not told."""
MARKS = {"ready": "good", "degraded": "unsure", "not_ready": "poor"}


def units_sheet(found: Survey, lang: str) -> Table:
    """List every unit: ready or why not, where its crew is, its index, the chance that it fails."""
    county, force = found.county, force_of(found.county)
    teams = force.unit_team or (-1,) * len(county.units)
    rows = []
    for one in _by_team(found):
        lacking = one.own & ~one.bits
        team = teams[one.unit]
        rows.append(
            (
                Cell(named(county, "teams", team, lang) if team >= 0 else NOTHING),
                Cell(unit_called(found, one.unit, lang)),
                Cell(say(lang, STATE_WORDS[one.state]), MARKS[one.state]),
                Cell(capabilities_called(county, lacking, lang) if lacking else NOTHING),
                Cell(reasons_told(county, one.why, lang) if one.why else NOTHING),
                Cell(level_called(one.level, lang) if one.bits or one.asked > one.short else NOTHING),
                Cell(number(100 * one.index, 0)),
                Cell(percent(one.fails_p) if one.fails_p >= WORTH_TELLING else NOTHING),
            )
        )
    headings = ("Team", "Unit", "State", "Not ready for", "Why", "Crew", "Index", "Fails if called")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1, 2, 3, 4, 5))


def units_brief(found: Survey, lang: str) -> Table:
    """List every unit on one short line, for the terminal: each team is named once."""
    whole = units_sheet(found, lang)
    rows, before = [], ""
    for one, (team, _, state, lacks, why, crew, index, fails) in zip(
        _by_team(found), whole.rows, strict=True
    ):
        amiss = (
            NOTHING if lacks.text == NOTHING else say(lang, "{what}: {why}", what=lacks.text, why=why.text)
        )
        code = Cell(found.county.units[one.unit].code)
        name = Cell("" if team.text == before else team.text)
        rows.append((name, code, state, Cell(amiss, state.mark), crew, index, fails))
        before = team.text
    headings = ("Team", "Unit", "State", "Not ready for: why", "Crew", "Index", "Fails if called")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1, 2, 3, 4))


def _by_team(found: Survey) -> list[UnitNow]:
    teams = force_of(found.county).unit_team or (-1,) * len(found.county.units)
    return sorted(found.moment.units, key=lambda one: (teams[one.unit] < 0, teams[one.unit], one.unit))


def links_sheet(found: Survey, lang: str) -> Table:
    """List the capabilities with their weakest link, the scarcest first."""
    rows = []
    for link in links(found):
        cells = (
            called(found.county.capability_names[link.capability], lang),
            str(link.built),
            str(link.now),
            percent(link.rate),
            number(link.worst),
            hour_called(link.worst_hour, lang),
            weakest_told(found, link, lang),
        )
        mark = "poor" if link.worst < 1.0 else "unsure" if link.worst < 2.0 else ""
        rows.append(tuple(Cell(text, mark if n == 4 else "") for n, text in enumerate(cells)))
    headings = (
        "Capability",
        "Units built for it",
        "Ready now",
        "Ready rate over the week",
        "Fewest expected",
        "When",
        "Weakest link",
    )
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 5, 6))


def equipment_sheet(found: Survey, lang: str) -> Table:
    """List the types of equipment with something amiss: out of order, overdue, expired, perhaps faulty."""
    force, stock = force_of(found.county), found.moment.stock
    overdue, expired = _by_type(found, stock.overdue), _by_type(found, stock.expired)
    counts = np.bincount([item.type for item in force.items], minlength=len(force.item_types))
    rows = []
    for kind in sorted(range(len(counts)), key=lambda k: (np.nan_to_num(stock.rate[k], nan=2.0), k)):
        faulty = float(stock.hidden[kind] * counts[kind])
        if np.isnan(stock.rate[kind]) or (stock.rate[kind] == 1.0 and faulty < 0.05 and not overdue[kind]):
            continue
        cells = (
            named(found.county, "item_types", kind, lang),
            str(counts[kind]),
            percent(float(stock.rate[kind])),
            number(faulty, 2),
            str(overdue[kind]),
            str(expired[kind]),
        )
        rows.append(tuple(Cell(text) for text in cells))
    headings = (
        "Type of equipment",
        "Items",
        "In order as far as known",
        "Hidden faults to be expected",
        "Tests overdue",
        "Expired",
    )
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def tonight_sheet(found: Survey, lang: str) -> Table:
    """Tell by team and type of equipment what would fail tonight if called: faults to be expected."""
    force, county = force_of(found.county), found.county
    teams = force.unit_team or (-1,) * len(county.units)
    sums: dict[tuple[int, int], float] = {}
    for number_, item in enumerate(force.items):
        if item.unit >= 0 and teams[item.unit] >= 0:
            key = teams[item.unit], item.type
            sums[key] = sums.get(key, 0.0) + float(found.moment.stock.faulty_p[number_])
    shown = sorted((pair for pair in sums.items() if pair[1] >= 0.02), key=lambda pair: (-pair[1], pair[0]))
    rows = [
        (
            Cell(named(county, "teams", team, lang)),
            Cell(named(county, "item_types", kind, lang)),
            Cell(number(faults, 2)),
        )
        for (team, kind), faults in shown[:MOST_LISTED]
    ]
    headings = ("Team", "Type of equipment", "Hidden faults to be expected")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1))


def late_sheet(found: Survey, lang: str) -> Table:
    """List items whose test is overdue and items that have expired, the longest first."""
    stock, force = found.moment.stock, force_of(found.county)
    late = [(item, s, "test overdue") for item, s in stock.overdue] + [
        (item, s, "expired") for item, s in stock.expired
    ]
    late.sort(key=lambda row: (-row[1], row[0]))
    rows = []
    for item, seconds, what in late[:MOST_LISTED]:
        one = force.items[item]
        holder = (
            unit_called(found, one.unit, lang)
            if one.unit >= 0
            else named(found.county, "stores", one.store, lang)
        )
        days = say(lang, "{n} days", n=round(seconds / 86_400))
        rows.append(tuple(map(Cell, (item_called(found.county, item, lang), holder, say(lang, what), days))))
    headings = ("Item", "Where", "What", "For")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1, 2))


def desks_sheet(found: Survey, lang: str) -> Table:
    """List posts nobody is at, gaps in rosters and turns with too little rest."""
    county, desks = found.county, found.desks
    rows: list[tuple[str, str, str]] = []
    for desk in desks.unmanned:
        why = (
            "left by order of the scenario"
            if desk.left
            else "nobody on the roster"
            if not desk.expected
            else "absent"
        )
        rows.append((named(county, "posts", desk.post, lang), say(lang, "nobody there now"), say(lang, why)))
    for what, holes in (("posts", desks.post_holes), ("teams", desks.team_holes)):
        for hole in holes:
            kind = "two people for one role" if hole.doubled else "gap in the roster"
            span = _span(found, hole.begin_s, hole.end_s)
            rows.append((named(county, what, hole.holder, lang), say(lang, kind), span))
    for each in desks.breaches:
        row = force_of(county).roster[each.row]
        lasts = say(
            lang, "{lasts}, limit {limit}", lasts=spoken(lang, each.lasts_s), limit=spoken(lang, each.limit_s)
        )
        when = clock(start_of(county), each.begin_s)[:16]
        rows.append(
            (named(county, "teams", row.holder, lang), say(lang, "too little rest"), f"{when} {lasts}")
        )
    headings = ("Post, team", "What", "When, why")
    texts = tuple(say(lang, heading) for heading in headings)
    return Table(texts, tuple(tuple(map(Cell, row)) for row in rows[: 3 * MOST_LISTED]), words=(0, 1, 2))


def cover_sheet(found: Survey, lang: str) -> Table:
    """Tell by place which share of its people is in reach of a ready unit at the moment."""
    listed = [
        (float(share), place, cover)
        for cover in found.covers
        for place, share in enumerate(cover.by_place)
        if not np.isnan(share)
    ]
    rows = []
    for share, place, cover in sorted(listed, key=lambda row: row[:2]):
        one = found.county.places[place]
        cells = (
            called(one.names, lang),
            number(float(one.population), 0),
            minutes(cover.within_s),
            percent(share),
        )
        rows.append(tuple(map(Cell, cells)))
    headings = ("Place", "Inhabitants", "Within", "In reach of a ready unit")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def _by_type(found: Survey, late: tuple[tuple[int, float], ...]) -> np.ndarray:
    force = force_of(found.county)
    kinds = [force.items[item].type for item, _ in late]
    return np.bincount(np.array(kinds, dtype=np.int64), minlength=len(force.item_types))


def _span(found: Survey, begin_s: float, end_s: float) -> str:
    start = start_of(found.county)
    return f"{clock(start, begin_s)[:16]} – {clock(start, end_s)[:16]}"


SHEETS = {
    "units": units_sheet,
    "units_brief": units_brief,
    "links": links_sheet,
    "equipment": equipment_sheet,
    "tonight": tonight_sheet,
    "late": late_sheet,
    "desks": desks_sheet,
    "cover": cover_sheet,
}
"""The tables of the readiness report, by the names under which it asks for them."""
