"""Who is in reach of ready units: at a moment and in each hour of its week, within the county's standards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from readiness.coverage import by_group, covered, reached, share
from readiness.expected_coverage import expected, hypercube_by_moment
from readiness.force import Level
from results.readiness.moment import Moment
from results.readiness.weeks import Week
from sim.conditions import local_time, within
from sim.county import County, Standard
from sim.cover import busy_share
from sim.journeys import Journeys
from sim.situation import night_factor, turnout_at

Floats = NDArray[np.floating]
DEFAULT_LIMIT_S = 900.0


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Coverage, by units ready for one capability, of the people for whom a standard asks a first arrival.

    `standard` is None where the county has none: then all people, within a quarter of an hour (`within_s`).
    `counts` are the units that reach each road node in time at the moment, `people` those who live at each
    node the standard is for; `now` and `now_double` the shares of them in reach of one and of two units,
    `by_place` of one, by place (not a number: none of them there). `single` and `double` are the same shares
    to be expected in each hour of the week, shape (168,). `mexclp` and `hypercube` are the share in reach of
    one at the moment when units may be at work elsewhere, `busy` of their time: each on its own account, or
    the next one going for the one that is busy.
    """

    capability: int
    standard: Standard | None
    within_s: float
    counts: Floats
    people: Floats
    now: float
    now_double: float
    by_place: Floats
    busy: float
    mexclp: float
    hypercube: float
    single: Floats
    double: Floats


def covers_at(moment: Moment, week: Week, capability: int | None = None) -> tuple[Cover, ...]:
    """Work out who is in reach of ready units at a moment and over its week, standard by standard.

    Units drive in an emergency as they do in the first state of the weather in the period of day that holds.
    The time runs from the order.

    Parameters
    ----------
    moment, week
        Who is ready now, and to be expected in each hour.
    capability
        What units must be ready for; None takes the one that most calls ask for first.

    Returns
    -------
    tuple of Cover
        One for each standard of first arrival in whose places people live; empty where nothing is asked for.
    """
    county = moment.county
    asked = most_asked(county) if capability is None else capability
    if asked is None:
        return ()
    standards: list[Standard | None] = [s for s in county.standards if s.measure == "first_arrival"]
    found = []
    for standard in standards or [None]:
        people = people_at_nodes(county, None if standard is None else standard.place_kinds)
        if people.any():
            found.append(_cover(moment, week, asked, standard, people))
    return tuple(found)


def _cover(moment: Moment, week: Week, capability: int, standard: Standard | None, people: Floats) -> Cover:
    county, limit_s = moment.county, DEFAULT_LIMIT_S if standard is None else standard.within_s
    ready = np.zeros(len(county.units))
    home = np.zeros(len(county.units), dtype=bool)
    for one in moment.units:
        ready[one.unit], home[one.unit] = one.bits >> capability & 1, one.level == Level.ON_CALL
    reach = reach_s(county, moment.at_s, home)
    counts = reached(reach, ready, limit_s)[0]
    single, double = _over_week(county, week, capability, limit_s, people)
    return Cover(
        capability,
        standard,
        limit_s,
        counts,
        people,
        float(share(counts >= 1, people)[0]),
        float(share(counts >= 2, people)[0]),
        by_group(counts >= 1, people, place_of_nodes(county), len(county.places))[0],
        *_when_busy(county, capability, reach[ready > 0.0], limit_s, people),
        single,
        double,
    )


def _when_busy(
    county: County, capability: int, reach: Floats, limit_s: float, people: Floats
) -> tuple[float, float, float]:
    """Tell how busy the ready units are, and which share of people they cover then, in two ways of reckoning.

    Calls come from where people live; those that find no unit free are lost to this reckoning.
    """
    built = sum(capability in unit.capabilities for unit in county.units)
    calls, everyone = busy_share(county, capability) * built, people_at_nodes(county)
    if not len(reach):
        return 0.0, 0.0, 0.0
    busy, ready = min(calls / len(reach), 1.0), np.ones(len(reach))
    alone = share(expected(reach, ready, busy, limit_s), people)
    rates = everyone * (calls / everyone.sum())
    return busy, float(alone[0]), float(hypercube_by_moment(reach, ready, rates, 1.0, people, limit_s)[0])


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


def people_at_nodes(county: County, kinds: frozenset[str] | None = None) -> Floats:
    """Spread the people of each place evenly over its road nodes; of places of some kinds only, None: all."""
    people = np.zeros(county.roads.n_nodes)
    for place in county.places:
        if kinds is None or place.kind in kinds:
            nodes = list(place.nodes) or [place.centre.node]
            people[nodes] += place.population / len(nodes)
    return people


def place_of_nodes(county: County) -> NDArray[np.int64]:
    """Give the place each road node is in; -1: none."""
    found = np.full(county.roads.n_nodes, -1, dtype=np.int64)
    for number, place in enumerate(county.places):
        found[list(place.nodes) or [place.centre.node]] = number
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
    county: County, week: Week, capability: int, limit_s: float, people: Floats
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
            known[key] = _shares(reach, ready, limit_s, people)
        single[hour], double[hour] = known[key]
    return single, double


def _shares(reach: Floats, ready: Floats, limit_s: float, people: Floats) -> tuple[float, float]:
    """Give the expected shares of people in reach of one and of two units that are ready."""
    useful = np.flatnonzero(ready > 0.0)
    if not len(useful):
        return 0.0, 0.0
    one = covered(reach[useful], ready[useful], limit_s)
    two = covered(reach[useful], ready[useful], limit_s, at_least=2)
    return float(share(one, people)[0]), float(share(two, people)[0])


def _period(county: County, moment: datetime) -> int:
    """Find the period of day that holds at a local moment; the last one whenever no other does."""
    hour = moment.hour + moment.minute / 60.0
    for number, period in enumerate(county.periods[:-1]):
        if moment.weekday() in period.days and within(hour, period.from_h, period.to_h):
            return number
    return len(county.periods) - 1
