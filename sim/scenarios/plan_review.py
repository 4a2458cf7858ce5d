"""A plan looked over before it is ever tried: what its county has for it, and what is wrong, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from dispatch.plan_checks import Finding, Means, Span, check_plan
from dispatch.plans import Plan
from readiness.calendar import rostered_turns, turns
from readiness.force import Force, Shift
from readiness.rosters import roster_gaps
from sim.conditions import local_time, start_of
from sim.county import County, Location, Names, Unit
from sim.scenarios.problems import say

DAY_S = 86_400.0
LOOKED_AT_S = 57 * DAY_S
"""Rosters are looked at through eight weeks, from the second day on."""

NIGHT = Shift("night", 20.0, 12.0)

SENTENCES = {
    "no_trigger": "nothing opens response level {level}",
    "never_due": "is a task of level {level}, which nothing opens: it is never done",
    "circle": "waits for itself: {way}",
    "after_nothing": "comes after {before}, which is no task of this plan",
    "no_owner": "has no one to do it: no post is named",
    "nobody_rostered": "has no one to do it: nobody is on the roster of {post}",
    "unmanned_at_night": (
        "is the task of {post}, which nobody mans in {nights} of {of} nights; the first begins {first}"
    ),
    "too_few_units": "needs {count} units of {capability}; county and city have {have}",
    "no_item": "needs {type}; there is none",
    "drive_too_long": (
        "is to be done in {limit} min, but {count} of {capability} can be at {place} only after {drive} min "
        "({late} of {of} places are too far)"
    ),
    "tasks_too_long": "is to be done in {limit} min, but the tasks before it ({after}) take {before} min "
    "and it takes {own} min itself",
    "lasts_too_long": "is to be done in {limit} min, but takes {own} min",
    "no_contact": "the plan prints no telephone of {post}",
}
"""What is said of each finding, by its code."""


def checked_plan(county: County, plan: Plan) -> list[Finding]:
    """Find what is wrong with a plan of a county without trying it.

    Parameters
    ----------
    county
        The county with its posts, rosters, units and roads.
    plan
        One of its plans, or another for it.

    Returns
    -------
    list of Finding
        See `dispatch.plan_checks.check_plan`; none where all is in order.
    """
    return check_plan(plan, means_of(county, plan))


def means_of(county: County, plan: Plan) -> Means:
    """Gather who and what a county has to carry out a plan.

    Drives are those of the county's own units in dry weather out of rush hours, with the usual turnout.
    """
    force = county.force or Force()
    asked = {capability for task in plan.tasks for capability, _ in task.needs}
    spots = covered_spots(county, plan)
    held = {force.posts[row.holder].code for row in force.post_roster}
    unmanned, nights = unmanned_posts(county)
    return Means(
        rostered=frozenset(held),
        unmanned=unmanned,
        nights=nights,
        drives_s={capability: [_drives(county, capability, spot) for spot in spots] for capability in asked},
        places=[spot.code for spot in spots],
        own=_able(county, aid=False),
        aid=_able(county, aid=True),
        items=Counter(item.type for item in force.items),
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a plan may be needed: a site, or the centre of a place."""

    code: str
    names: Names
    at: Location


def covered_spots(county: County, plan: Plan) -> list[Spot]:
    """List where a plan may be needed: the sites of a card, or sites and places where its kinds happen."""
    kinds = plan.kinds or tuple(n for n, kind in enumerate(county.kinds) if kind.category == "accident")
    streams = [] if plan.sites else [stream for stream in county.demand if stream.kind in kinds]
    sites = plan.sites or sorted({stream.site for stream in streams if stream.site is not None})
    places = sorted({stream.place for stream in streams if stream.place is not None})
    return [
        *(Spot(it.code, it.names, it.at) for it in (county.sites[number] for number in sites)),
        *(Spot(it.code, it.names, it.centre) for it in (county.places[number] for number in places)),
    ]


def _able(county: County, *, aid: bool) -> Counter[int]:
    """Count the units of the county or of the city by what they can do."""
    return Counter(each for unit in county.units if unit.aid == aid for each in unit.capabilities)


def _drives(county: County, capability: int, spot: Spot) -> list[float]:
    """Tell how soon each unit of a capability can be somewhere, from the order on, the quickest first."""
    able = [unit for unit in county.units if capability in unit.capabilities and not unit.aid]
    return sorted(_drive_s(county, unit, spot) for unit in able)


def _drive_s(county: County, unit: Unit, spot: Spot) -> float:
    profile = county.vehicle_classes[unit.vehicle].emergency
    quiet = (len(county.periods) - 1) * len(county.weathers)
    way_s = county.roads.tables(profile, quiet).from_rows[unit.station][spot.at.node]
    off_road_m = county.stations[unit.station].at.access_m + spot.at.access_m
    pace = 3.6 / county.off_road_kph[profile]
    return unit.turnout.a + county.start_loss_s[profile] + way_s + off_road_m * pace


@lru_cache(maxsize=4)
def unmanned_posts(county: County) -> tuple[Mapping[str, list[Span]], list[Span]]:
    """Give for each post when nobody is rostered, through eight weeks, and the nights of these weeks."""
    force, zone, start = county.force or Force(), ZoneInfo(county.time_zone), start_of(county)
    spans = [
        turns(shift, zone, start, LOOKED_AT_S, force.holidays, force.makeup_days) for shift in force.shifts
    ]
    rows = force.post_roster
    by_row = rostered_turns(rows, spans, zone, start)
    gaps = {
        post.code: roster_gaps(rows, by_row, number, LOOKED_AT_S, DAY_S)
        for number, post in enumerate(force.posts)
    }
    nights = [night for night in turns(NIGHT, zone, start, LOOKED_AT_S) if night[0] >= DAY_S]
    return {code: found for code, found in gaps.items() if found}, nights


def finding_text(finding: Finding, lang: str, county: County, plan: Plan) -> str:
    """Say a finding in one line, in ``"en"`` or ``"zh"``, with the name of the task it concerns."""
    words = dict(_words(finding.values, lang, county))
    said = say(lang, SENTENCES[finding.code], **words)
    if not finding.task:
        return said
    colon = "：" if lang == "zh" else ": "
    return f"{_task_name(finding.task, lang, county, plan)}{colon}{said}"


def _task_name(code: str, lang: str, county: County, plan: Plan) -> str:
    """Name a task of a plan; by its code where the plan is not one of the county's."""
    at = [task.code for task in plan.tasks].index(code)
    if plan not in county.plans:
        return code
    before = sum(len(other.tasks) for other in county.plans[: county.plans.index(plan)])
    return _named(county, "tasks", before + at, lang)


def _words(values: Mapping[str, object], lang: str, county: County) -> Iterator[tuple[str, object]]:
    """Put figures into words: numbers into names, seconds into minutes or a local moment."""
    posts = [post.code for post in county.force.posts] if county.force else []
    for key, value in values.items():
        if key == "post" and value in posts:
            yield key, f"{_named(county, 'posts', posts.index(str(value)), lang)} ({value})"
        elif key == "capability" and isinstance(value, int):
            yield key, getattr(county.capability_names[value], lang)
        elif key == "type" and isinstance(value, int):
            yield key, _named(county, "item_types", value, lang)
        elif key == "place":
            called = {it.code: it.names for it in county.places} | {it.code: it.names for it in county.sites}
            yield key, getattr(called[str(value)], lang)
        elif key == "first_s" and isinstance(value, float):
            yield "first", local_time(county, value).strftime("%Y-%m-%d %H:%M")
        elif key.endswith("_s") and isinstance(value, float):
            yield key.removesuffix("_s"), f"{value / 60:.0f}"
        else:
            yield key, value


def _named(county: County, table: str, number: int, lang: str) -> str:
    return str(getattr(county.force_names[table][number], lang))
