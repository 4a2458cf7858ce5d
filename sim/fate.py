"""What chance brings: every incident with all its marks, and the weather, drawn before the clock starts."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance import durations, hashed, key_of, stream
from sim.conditions import Conditions, draw_conditions, hours_of
from sim.county import County, Demand, Duration, Harm, Kind
from sim.presence import Presence, draw_presence
from sim.whereabouts import Whereabouts, locate, places_of_nodes

YEAR_S = 365.0 * 86400.0
"""The year that rates count by, here and in results."""
_MOMENT = Duration("constant", 0.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Update:
    """What became known of an incident's harm: so long after the alarm, these totals."""

    after_s: float
    deaths: int
    injuries: int
    loss_cny: float


@dataclass(frozen=True, slots=True, eq=False)
class Fate:
    """All that chance decides in one replication: incidents by time, one list a mark, and conditions.

    Times are seconds since the scenario's start; `key` is what the incident's noise hangs on; `place` and
    `site` are -1 where there is none; `hospital` is -1 where the nearest is to be taken; `updates` maps an
    incident to what becomes known of its harm, the first at the alarm; `escalates_s` maps those that would
    grow to when they do, seconds after the alarm, and `grown` to their harm then; `presence` is who comes to
    duty (None: everybody, always). The last `added` incidents did not come by chance (`sim.accidents`).
    """

    seed: int
    replication: int
    horizon_s: float
    conditions: Conditions
    time_s: list[float] = field(default_factory=list)
    key: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    grade: list[int] = field(default_factory=list)
    priority: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    site: list[int] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    access_m: list[float] = field(default_factory=list)
    handling_s: list[float] = field(default_factory=list)
    control_s: list[float] = field(default_factory=list)
    care_s: list[float] = field(default_factory=list)
    transport: list[bool] = field(default_factory=list)
    hospital: list[int] = field(default_factory=list)
    handover_s: list[float] = field(default_factory=list)
    updates: dict[int, tuple[Update, ...]] = field(default_factory=dict)
    grown: dict[int, tuple[Update, ...]] = field(default_factory=dict)
    escalates_s: dict[int, float] = field(default_factory=dict)
    presence: Presence | None = None
    added: int = 0

    def __len__(self) -> int:
        return len(self.time_s)

    def __deepcopy__(self, memo: dict[int, Any]) -> Fate:
        return self


MARKS = tuple(f.name for f in fields(Fate) if str(f.type).startswith("list"))


def draw_fate(county: County, seed: int, replication: int, horizon_s: float) -> Fate:
    """Draw everything that chance decides in one replication.

    Each stream of demand has its own random streams, keyed by its code, so that adding, removing or changing
    one leaves all others as they were; a longer horizon only adds incidents at the end.

    Parameters
    ----------
    county
        What exists.
    seed, replication
        The run.
    horizon_s
        Incidents are drawn in ``[0, horizon_s)``.
    """
    conditions = draw_conditions(county, seed, replication, horizon_s)
    if county.listed is not None:
        groups = [_listed(county, seed, replication, horizon_s)]
    else:
        groups = _drawn(county, seed, replication, horizon_s)
    columns, comes_to = _merge(groups)
    marks: dict[str, Any] = dict(zip(MARKS, columns, strict=True))
    growing = {incident: it for incident, it in enumerate(comes_to) if it.escalates_s is not None}
    return Fate(
        seed,
        replication,
        horizon_s,
        conditions,
        updates={incident: it.updates for incident, it in enumerate(comes_to) if it.updates},
        grown={incident: it.grown for incident, it in growing.items()},
        escalates_s={incident: it.escalates_s or 0.0 for incident, it in growing.items()},
        presence=draw_presence(county, seed, replication, horizon_s),
        **marks,
    )


@dataclass(slots=True)
class Group:
    """Incidents of one stream of demand, as arrays by mark, and what each comes to."""

    columns: dict[str, NDArray[Any]]
    comes_to: list[_ComesTo]


class _ComesTo(NamedTuple):
    """What an incident comes to: its harm as it becomes known; if it would grow, when, and its harm then."""

    updates: tuple[Update, ...]
    grown: tuple[Update, ...] = ()
    escalates_s: float | None = None


def _drawn(county: County, seed: int, replication: int, horizon_s: float) -> list[Group]:
    where = places_of_nodes(county)
    hours = hours_of(county, horizon_s)
    groups = []
    for demand in county.demand:
        key = key_of(demand.code)
        times = _arrivals(demand, stream(seed, replication, "arrivals", key), hours, horizon_s)
        if len(times):
            spots = locate(county, demand, stream(seed, replication, "place", key), len(times), where)
            groups.append(marked(county, seed, replication, demand, times, spots))
    return groups


def _arrivals(
    demand: Demand,
    chance: np.random.Generator,
    hours: tuple[NDArray[np.int8], NDArray[np.int8]],
    horizon_s: float,
) -> Floats:
    """Draw the moments of a Poisson process whose rate follows the hour of day and the month, by thinning."""
    peak = max(demand.hourly) * max(demand.monthly)
    rate = demand.per_year * peak / YEAR_S
    if rate <= 0.0:
        return np.empty(0)
    times = np.empty(0)
    kept = np.empty(0)
    last = 0.0
    while last < horizon_s:
        block = chance.random((max(16, int((horizon_s - last) * rate * 1.1) + 16), 2))
        moments = last + np.cumsum(-np.log1p(-block[:, 0])) / rate
        times, kept, last = np.append(times, moments), np.append(kept, block[:, 1]), float(moments[-1])
    within = times < horizon_s
    times, kept = times[within], kept[within]
    hour, month = hours[0][(times / 3600.0).astype(np.int64)], hours[1][(times / 3600.0).astype(np.int64)]
    weight = np.asarray(demand.hourly)[hour] * np.asarray(demand.monthly)[month]
    return np.asarray(times[kept * peak < weight])


def marked(
    county: County, seed: int, replication: int, demand: Demand, times: Floats, spots: Whereabouts
) -> Group:
    """Give the incidents of one stream of demand all their marks."""
    kind, n, key = county.kinds[demand.kind], len(times), key_of(demand.code)
    growth = stream(seed, replication, "growth", key).random((n, 1))
    lasts = stream(seed, replication, "durations", key).random((n, 4))
    carried = stream(seed, replication, "transport", key).random((n, 1))
    columns = {
        "time_s": times,
        "key": np.array([hashed(key, k) >> 1 for k in range(n)], dtype=np.int64),
        "kind": np.full(n, demand.kind),
        "grade": 1 + np.searchsorted(np.cumsum(kind.grade_p)[:-1], growth[:, 0], side="right"),
        "priority": np.full(n, kind.priority if demand.priority is None else demand.priority),
        "place": spots.place,
        "site": np.full(n, -1 if demand.site is None else demand.site),
        "lon": spots.lon,
        "lat": spots.lat,
        "node": spots.node,
        "access_m": spots.access_m,
        "transport": carried[:, 0] < kind.transport_p,
        "hospital": np.full(n, -1),
    } | _lengths(kind, lasts)
    return Group(columns, _outcomes(kind, seed, replication, key, n))


def _outcomes(kind: Kind, seed: int, replication: int, key: int, n: int) -> list[_ComesTo]:
    """Draw what incidents of a kind come to; a grown one's harm rests on the same draws and is never less."""
    updates = _harm(kind.harm, stream(seed, replication, "harm", key), n)
    form = kind.escalation
    if form is None:
        return [_ComesTo(known) for known in updates]
    grown = _harm(_worse(kind.harm, form.harm_factor), stream(seed, replication, "harm", key), n)
    uniform = stream(seed, replication, "escalation", key).random((n, 2))
    after = durations(form.after, uniform[:, 1]).tolist()
    grows = (uniform[:, 0] < form.p).tolist()
    return [
        _ComesTo(known, more, after_s) if does else _ComesTo(known)
        for known, more, after_s, does in zip(updates, grown, after, grows, strict=True)
    ]


def _worse(harm: Harm | None, factor: float) -> Harm | None:
    """Make the harm of a kind so many times as likely and as great."""
    if harm is None:
        return None
    return replace(
        harm,
        casualty_p=min(1.0, harm.casualty_p * factor),
        casualties_median=harm.casualties_median * factor,
        loss_median_cny=harm.loss_median_cny * factor,
    )


def _lengths(kind: Kind, uniform: Floats) -> dict[str, NDArray[Any]]:
    """Draw how long the call, the control, the care and the handover take."""
    names = ("handling", "control", "care", "handover")
    forms = (kind.handling, kind.control, kind.care, kind.handover)
    return {
        f"{name}_s": durations(form, uniform[:, k])
        for k, (name, form) in enumerate(zip(names, forms, strict=True))
    }


def _harm(harm: Harm | None, chance: np.random.Generator, n: int) -> list[tuple[Update, ...]]:
    """Draw the deaths, injuries and loss that each incident comes to, and when they become known."""
    if harm is None:
        return [()] * n
    uniform = chance.random((n, 5))
    hurt = uniform[:, 0] < harm.casualty_p
    number = durations(Duration("lognormal", harm.casualties_median, harm.casualties_sigma), uniform[:, 1])
    casualties = np.where(hurt, np.maximum(1, np.round(number)), 0).astype(int)
    deaths = np.floor(casualties * harm.death_share + uniform[:, 2]).astype(int)
    loss = durations(Duration("lognormal", harm.loss_median_cny, harm.loss_sigma), uniform[:, 3])
    after = durations(harm.late_after, uniform[:, 4])
    return [
        _known(int(d), int(c - d), float(x), float(t), harm.late_share)
        for d, c, x, t in zip(deaths, casualties, loss, after, strict=True)
    ]


def _known(deaths: int, injuries: int, loss: float, after_s: float, late_share: float) -> tuple[Update, ...]:
    """Split an incident's harm into what is plain at once and what becomes known later."""
    at_once = 1.0 - late_share
    early = Update(0.0, int(deaths * at_once), int(injuries * at_once), loss * at_once)
    if not late_share or (deaths == early.deaths and injuries == early.injuries and not loss):
        return (Update(0.0, deaths, injuries, loss),)
    return (early, Update(after_s, deaths, injuries, loss))


def _listed(county: County, seed: int, replication: int, horizon_s: float) -> Group:
    """Take the incidents of a file; what the file leaves open is drawn, keyed by the row."""
    rows = [row for row in county.listed or () if row.time_s < horizon_s]
    spots = Whereabouts.at(county, [row.lon for row in rows], [row.lat for row in rows])
    uniform = stream(seed, replication, "durations", 0).random((len(rows), 4))
    drawn = [_lengths(county.kinds[row.kind], uniform[k : k + 1]) for k, row in enumerate(rows)]
    grades = stream(seed, replication, "growth", 0).random(len(rows))
    carried = stream(seed, replication, "transport", 0).random(len(rows))

    def given(name: str, default: str | None = None) -> NDArray[Any]:
        values = [getattr(row, name, None) for row in rows]
        return np.array([drawn[k][default or name][0] if v is None else v for k, v in enumerate(values)])

    kinds = [county.kinds[row.kind] for row in rows]
    columns = {
        "time_s": np.array([row.time_s for row in rows]),
        "key": np.array([hashed(k) >> 1 for k in range(len(rows))], dtype=np.int64),
        "kind": np.array([row.kind for row in rows]),
        "grade": np.array(
            [
                1 + int(np.searchsorted(np.cumsum(kind.grade_p)[:-1], u, side="right"))
                for kind, u in zip(kinds, grades, strict=True)
            ]
        ),
        "priority": np.array(
            [k.priority if r.priority is None else r.priority for k, r in zip(kinds, rows, strict=True)]
        ),
        "place": spots.place,
        "site": np.full(len(rows), -1),
        "lon": spots.lon,
        "lat": spots.lat,
        "node": spots.node,
        "access_m": spots.access_m,
        "handling_s": given("handling_s"),
        "control_s": given("control_s"),
        "care_s": given("care_s"),
        "transport": np.array(
            [
                u < k.transport_p if r.transport is None else r.transport
                for k, r, u in zip(kinds, rows, carried, strict=True)
            ]
        ),
        "hospital": np.array([-1 if row.hospital is None else row.hospital for row in rows]),
        "handover_s": given("handover_s"),
    }
    return Group(columns, [_outcomes(kind, seed, replication, k, 1)[0] for k, kind in enumerate(kinds)])


def _merge(groups: list[Group]) -> tuple[list[list[Any]], list[_ComesTo]]:
    """Put the incidents of all streams into one order of time, ties by the order of the streams."""
    if not groups:
        return [[] for _ in MARKS], []
    times = np.concatenate([group.columns["time_s"] for group in groups])
    order = np.argsort(times, kind="stable")
    columns = [np.concatenate([group.columns[mark] for group in groups])[order].tolist() for mark in MARKS]
    comes_to = [one for group in groups for one in group.comes_to]
    return columns, [comes_to[k] for k in order]
