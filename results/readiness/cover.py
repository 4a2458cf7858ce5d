"""Who is in reach of ready units: at a moment and in each hour of its week, within the county's standards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from readiness.coverage import by_group, covered, reached, share
from readiness.force import Level
from results.readiness.moment import Moment
from results.readiness.weeks import Week
from sim.conditions import local_time, within
from sim.county import County, Place, Standard
from sim.journeys import Journeys
from sim.situation import night_factor, turnout_at

Floats = NDArray[np.floating]
DEFAULT_LIMIT_S = 900.0


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Coverage of the people of a county by units ready for one capability.

    `counts` are the units that reach each road node in time at the moment, `people` those who live at each;
    `now` and `now_double` the shares of people in reach of one and of two units, `by_place` of one, by place.
    `single` and `double` are the same shares to be expected in each hour of the week, shape (168,).
    `standards` are those whose limits were taken.
    """

    capability: int
    standards: tuple[Standard, ...]
    limit_s: Floats
    counts: Floats
    people: Floats
    now: float
    now_double: float
    by_place: Floats
    single: Floats
    double: Floats


def cover_at(moment: Moment, week: Week, capability: int | None = None) -> Cover | None:
    """Work out who is in reach of ready units at a moment and over its week.

    Units drive in an emergency as they do in the first state of the weather in the period of day that holds.
    The limit at a node is that of the first-arrival standard for the place it is in.

    Parameters
    ----------
    moment, week
        Who is ready now, and to be expected in each hour.
    capability
        What units must be ready for; None takes the one that most calls ask for first.

    Returns
    -------
    Cover or None
        None where nobody lives in any place, or nothing is asked for.
    """
    county = moment.county
    asked = most_asked(county) if capability is None else capability
    people = people_at_nodes(county)
    if asked is None or not people.any():
        return None
    limit = limits(county)
    ready = np.zeros(len(county.units))
    levels = np.zeros(len(county.units), dtype=np.int64)
    for one in moment.units:
        ready[one.unit], levels[one.unit] = one.bits >> asked & 1, one.level
    reach = reach_s(county, moment.at_s, levels.astype(np.float64) == float(Level.ON_CALL))
    counts = reached(reach, ready, limit)[0]
    single, double = _over_week(county, week, asked, limit, people)
    return Cover(
        asked,
        tuple(s for s in county.standards if s.measure == "first_arrival"),
        limit,
        counts,
        people,
        float(share(counts >= 1, people)[0]),
        float(share(counts >= 2, people)[0]),
        by_group(counts >= 1, people, place_of_nodes(county), len(county.places))[0],
        single,
        double,
    )


def most_asked(county: County) -> int | None:
    """Find the capability that most calls ask for first, medical ones aside."""
    weights = np.zeros(len(county.capabilities))
    for demand in county.demand:
        kind = county.kinds[demand.kind]
        if kind.category != "medical" and kind.run_cards and kind.run_cards[0]:
            weights[kind.run_cards[0][0].capability] += demand.per_year
    if not weights.any():
        first = [k.run_cards[0][0].capability for k in county.kinds if k.run_cards and k.run_cards[0]]
        return first[0] if first else None
    return int(np.argmax(weights))


def people_at_nodes(county: County) -> Floats:
    """Spread the people of each place evenly over its road nodes."""
    people = np.zeros(county.roads.n_nodes)
    for place in county.places:
        nodes = list(place.nodes) or [place.centre.node]
        people[nodes] += place.population / len(nodes)
    return people


def place_of_nodes(county: County) -> NDArray[np.int64]:
    """Give the place each road node is in; -1: none."""
    found = np.full(county.roads.n_nodes, -1, dtype=np.int64)
    for number, place in enumerate(county.places):
        found[list(place.nodes) or [place.centre.node]] = number
    return found


def limits(county: County) -> Floats:
    """Give the time asked for at each road node; a quarter of an hour where no standard says."""
    found = np.full(county.roads.n_nodes, DEFAULT_LIMIT_S)
    for place in county.places:
        standard = _standard(county, place)
        if standard is not None:
            found[list(place.nodes) or [place.centre.node]] = standard.within_s
    return found


def reach_s(county: County, at_s: float, at_home: NDArray[np.bool_]) -> Floats:
    """Give the seconds from the order that each unit is expected to need to each road node at a moment.

    Parameters
    ----------
    county
        The county.
    at_s
        The moment: it decides the period of day, and whether turnout is slower at night.
    at_home
        Whether each unit's crew is on call at home.
    """
    moment = local_time(county, at_s)
    regime = _period(county, moment) * len(county.weathers)
    reach = Journeys(county).reach(regime, True, [unit.station for unit in county.units])
    slow = night_factor(county, at_s)
    rows = np.stack([np.asarray(row, dtype=np.float32) for row in reach.rows])
    delays = [
        turnout_at(county, unit, int(Level.ON_CALL if home else Level.ON_STATION))[1] * slow + start
        for unit, (home, start) in enumerate(zip(at_home.tolist(), reach.start_s, strict=True))
    ]
    return rows + np.array(delays, dtype=np.float32)[:, np.newaxis]


def _over_week(
    county: County, week: Week, capability: int, limit: Floats, people: Floats
) -> tuple[Floats, Floats]:
    """Expect the shares of people in reach of one and of two units in each hour; equal hours only once."""
    known: dict[tuple[object, ...], tuple[float, float]] = {}
    single, double = np.zeros(len(week.moments_s)), np.zeros(len(week.moments_s))
    for hour, at_s in enumerate(week.moments_s):
        ready = week.ready[:, capability, hour]
        home = week.at_home[:, hour] > 0.5
        moment = local_time(county, at_s)
        key = (_period(county, moment), night_factor(county, at_s), home.tobytes(), ready.tobytes())
        if key not in known:
            reach = reach_s(county, at_s, home)
            known[key] = _shares(reach, ready, limit, people)
        single[hour], double[hour] = known[key]
    return single, double


def _shares(reach: Floats, ready: Floats, limit: Floats, people: Floats) -> tuple[float, float]:
    """Give the expected shares of people in reach of one and of two units that are ready."""
    useful = np.flatnonzero(ready > 0.0)
    if not len(useful):
        return 0.0, 0.0
    one = covered(reach[useful], ready[useful], limit)
    two = covered(reach[useful], ready[useful], limit, at_least=2)
    return float(share(one, people)[0]), float(share(two, people)[0])


def _standard(county: County, place: Place) -> Standard | None:
    """Find the first-arrival standard for a place: the most particular one that covers it."""
    covering: Sequence[Standard] = [
        s
        for s in county.standards
        if s.measure == "first_arrival" and (s.place_kinds is None or place.kind in s.place_kinds)
    ]
    return min(
        covering, key=lambda s: (s.place_kinds is None, len(s.place_kinds or ()), s.code), default=None
    )


def _period(county: County, moment: datetime) -> int:
    """Find the period of day that holds at a local moment; the last one whenever no other does."""
    hour = moment.hour + moment.minute / 60.0
    for number, period in enumerate(county.periods[:-1]):
        if moment.weekday() in period.days and within(hour, period.from_h, period.to_h):
            return number
    return len(county.periods) - 1
