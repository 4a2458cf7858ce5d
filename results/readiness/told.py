"""How things stand at a moment, in sentences, and what units, hours and weak links are called."""

from __future__ import annotations

from results.readiness.cover import Cover
from results.readiness.figures import DAYS
from results.readiness.survey import Link, Survey, links
from results.readiness.words import force_of, named
from results.wording import NOTHING, called, minutes, number, percent, say

STATE_WORDS = {"ready": "ready", "degraded": "in part", "not_ready": "not ready"}


def headline(found: Survey, lang: str) -> tuple[str, ...]:
    """Say how things stand in a few sentences."""
    units = found.moment.units
    counts = {state: sum(one.state == state for one in units) for state in STATE_WORDS}
    lines = [
        say(
            lang,
            "{time}, {day}: of {n} units {ready} are fully ready, {some} for some things, {none} not at all.",
            time=found.local.strftime("%Y-%m-%d %H:%M"),
            day=say(lang, DAYS[found.local.weekday()]),
            ready=counts["ready"],
            n=len(units),
            some=counts["degraded"],
            none=counts["not_ready"],
        )
    ]
    thin = links(found)[:1]
    lines += [_thinnest(found, link, lang) for link in thin]
    lines += [_reach(found, cover, lang) for cover in found.covers]
    lines.append(_desks(found, lang))
    lines.append(index_formula(found, lang))
    return tuple(lines)


def index_formula(found: Survey, lang: str) -> str:
    """Say the readiness index with its formula and weights."""
    weights = force_of(found.county).index
    return say(
        lang,
        "Readiness index {index} = {crew} × crew + {vehicle} × vehicle + {gear} × equipment, the mean over "
        "all units (crew: people there of those asked for; vehicle: 1 if it can roll; equipment: at hand and "
        "working of what is asked for).",
        index=number(100 * found.moment.index),
        crew=number(100 * weights.crew, 0),
        vehicle=number(100 * weights.vehicle, 0),
        gear=number(100 * weights.equipment, 0),
    )


def unit_called(found: Survey, unit: int, lang: str) -> str:
    """Name a unit so that it can be found: its code and name."""
    one = found.county.units[unit]
    name = called(one.names, lang)
    return name if one.code in name else f"{one.code} {name}"


def hour_called(hour: int, lang: str) -> str:
    """Name an hour of the week."""
    return f"{say(lang, DAYS[hour // 24])} {hour % 24}:00"


def weakest_told(found: Survey, link: Link, lang: str) -> str:
    """Say what most often keeps units from a capability, and which units."""
    if not link.weakest:
        return NOTHING
    units = say(lang, ", ").join(found.county.units[unit].code for unit in link.concerned)
    word, _, code = link.weakest.partition(":")
    codes = [kind.code for kind in force_of(found.county).item_types]
    if word == "short" and code in codes:
        return f"{named(found.county, 'item_types', codes.index(code), lang)} ({units})"
    what = {"crew_short": "crew", "taken_out": "taken out of service"}.get(word, word)
    return f"{say(lang, what)} ({units})"


def _thinnest(found: Survey, link: Link, lang: str) -> str:
    return say(
        lang,
        "Thinnest: {capability}, {now} of {built} units ready now, {worst} expected at worst ({hour}).",
        capability=called(found.county.capability_names[link.capability], lang),
        now=link.now,
        built=link.built,
        worst=number(link.worst),
        hour=hour_called(link.worst_hour, lang),
    )


def _reach(found: Survey, cover: Cover, lang: str) -> str:
    standard = cover.standard
    return say(
        lang,
        "{standard}: {one} of the people concerned live within {limit} of a unit ready for {capability}, "
        "{two} of two; over the week between {low} and {high}. As these units are at work elsewhere "
        "{busy} of the time, {alone} can count on one (MEXCLP), {shared} with the next one "
        "going instead (hypercube).",
        standard=say(lang, "Within reach") if standard is None else called(standard.names, lang),
        limit=minutes(cover.within_s),
        one=percent(cover.now),
        two=percent(cover.now_double),
        capability=called(found.county.capability_names[cover.capability], lang),
        low=percent(float(cover.single.min())),
        high=percent(float(cover.single.max())),
        busy=percent(cover.busy),
        alone=percent(cover.mexclp),
        shared=percent(cover.hypercube),
    )


def _desks(found: Survey, lang: str) -> str:
    desks = found.desks
    return say(
        lang,
        "Of {posts} duty posts {unmanned} are unmanned; the rosters of the week to come have {gaps} gaps, "
        "and {short} turns begin with too little rest.",
        posts=desks.posts,
        unmanned=len(desks.unmanned),
        gaps=sum(not hole.doubled for hole in (*desks.post_holes, *desks.team_holes)),
        short=len(desks.breaches),
    )
