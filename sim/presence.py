"""Who comes to duty: the roster's turns less those absent, and what that lets each unit do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from readiness.calendar import Turn, rostered_turns, turns
from readiness.crews import People, fit, handovers, man
from readiness.force import Force, Level, Raising, StandbyRules
from readiness.rosters import rostered_people
from readiness.standby import raised_spans, second_crew
from sim.chance import STREAMS, hashed, key_of, mix_all, uniforms_of
from sim.conditions import local_time, start_of
from sim.county import County
from sim.state import bits_of

Counts = NDArray[np.float64]


class Manned(NamedTuple):
    """What its crew lets a unit do: capabilities as bits, where the crew stands by, and how many it lacks."""

    bits: int
    level: int
    short: int


class Posture(NamedTuple):
    """How a team's units are manned, a `Manned` a unit in the order of `units_of`.

    As usual; with those on call brought to the station; and with a second crew called in as well.
    """

    usual: tuple[Manned, ...]
    recalled: tuple[Manned, ...]
    doubled: tuple[Manned, ...]


class Change(NamedTuple):
    """A team is manned in another way from a moment on."""

    time_s: float
    team: int
    posture: Posture


@dataclass(frozen=True, slots=True)
class Presence:
    """Who comes in one replication: changes by time, the first of each team at second 0.

    `handovers` lists, by team, when shifts begin on its station. `windows` has, for each rule that raises
    standby, the moments at which its hours and months begin and end, in turn (None: it holds at any time);
    `reviews` all of these moments in order.
    """

    changes: tuple[Change, ...]
    handovers: tuple[tuple[float, ...], ...]
    windows: tuple[tuple[float, ...] | None, ...]
    reviews: tuple[float, ...]

    def __deepcopy__(self, memo: dict[int, Any]) -> Presence:
        return self


def draw_presence(county: County, seed: int, replication: int, horizon_s: float) -> Presence | None:
    """Draw who comes to each turn of duty; None where no team is on any roster.

    Absence hangs on the row of the roster, the person and the turn: another row changes nobody else's.
    """
    force = county.force
    if force is None or not force.roster:
        return None
    duties = _duties(county, horizon_s)
    changes: list[Change] = []
    for team, ledger in enumerate(duties.ledgers):
        absence = force.teams[team].absence
        changes += _changes(county, team, ledger, _present(ledger, absence, seed, replication))
    changes.sort(key=itemgetter(0, 1))
    return Presence(tuple(changes), duties.handovers, duties.windows, duties.reviews)


class _Ledger(NamedTuple):
    """A team's roster over time: who is due at which turn, and where the turns add and take people.

    `people` has the bits that key each person's coming to each turn, turn by turn, and `turns` the position
    of each turn's first person. `moments` are those at which turns begin or end; people are counted in
    cells, one a moment and place, `places` being the roles on station and then those on call that the
    roster knows (positions among all); `begins` and `ends` are the cells to which each turn adds and from
    which it takes. Only the first `within` moments lie before the horizon; `rostered` says how many of each
    role the team's roster has at each of them, on duty or not.
    """

    people: NDArray[np.uint64]
    turns: NDArray[np.int64]
    moments: NDArray[np.float64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    places: tuple[int, ...]
    within: int
    rostered: tuple[People, ...]


class _Duties(NamedTuple):
    """What the calendar alone decides: each team's ledger, handovers, windows."""

    ledgers: tuple[_Ledger, ...]
    handovers: tuple[tuple[float, ...], ...]
    windows: tuple[tuple[float, ...] | None, ...]
    reviews: tuple[float, ...]


@lru_cache(maxsize=4)
def _duties(county: County, horizon_s: float) -> _Duties:
    force, zone, start = county.force or Force(), ZoneInfo(county.time_zone), start_of(county)
    spans = [turns(s, zone, start, horizon_s, force.holidays, force.makeup_days) for s in force.shifts]
    by_row = rostered_turns(force.roster, spans, zone, start)
    taken_over: list[list[float]] = [[] for _ in force.teams]
    for time_s, team in handovers(force, by_row):
        taken_over[team].append(time_s)
    ledgers = tuple(_ledger(county, team, by_row, horizon_s) for team in range(len(force.teams)))
    windows = tuple(_windows(force.standby, it, zone, start, horizon_s) for it in force.standby.raisings)
    reviews = {moment for window in windows for moment in window or () if 0.0 < moment < horizon_s}
    return _Duties(ledgers, tuple(map(tuple, taken_over)), windows, tuple(sorted(reviews)))


def _ledger(county: County, team: int, by_row: Sequence[Sequence[Turn]], horizon_s: float) -> _Ledger:
    """Lay out when the turns of a team's rows begin and end, and who is due at them."""
    force = county.force or Force()
    turned = [
        (row, turn)
        for row, rostered in enumerate(force.roster)
        if rostered.holder == team
        for turn in by_row[row]
    ]
    known, places = np.unique([_place(force, row) for row, _ in turned], return_inverse=True)
    begin_s = [max(turn.begin_s, 0.0) for _, turn in turned]
    end_s = [min(turn.end_s, horizon_s) for _, turn in turned]
    moments, at = np.unique(np.array([0.0, *begin_s, *end_s]), return_inverse=True)
    counts = np.array([force.roster[row].count for row, _ in turned], dtype=np.int64)
    within = int(np.searchsorted(moments, horizon_s))
    return _Ledger(
        people=_keys(force, turned),
        turns=np.cumsum(counts) - counts,
        moments=moments,
        begins=at[1 : len(turned) + 1] * len(known) + places,
        ends=at[len(turned) + 1 :] * len(known) + places,
        places=tuple(known.astype(int).tolist()),
        within=within,
        rostered=_rostered(county, team, moments[:within].tolist()),
    )


def _rostered(county: County, team: int, moments: Sequence[float]) -> tuple[People, ...]:
    """Count everybody on a team's roster, by role, on the local day of each moment."""
    force = county.force or Force()
    rows = [row for row in force.roster if row.holder == team]
    if all(row.since is None and row.until is None for row in rows):
        return (rostered_people(rows, team, len(force.roles), start_of(county).date()),) * len(moments)
    by_day: dict[People, People] = {}
    counted = (
        rostered_people(rows, team, len(force.roles), local_time(county, moment).date()) for moment in moments
    )
    return tuple(by_day.setdefault(people, people) for people in counted)


def _place(force: Force, row: int) -> int:
    """Tell in which cell of a moment a row of the roster counts."""
    rostered = force.roster[row]
    return rostered.role + (len(force.roles) if rostered.level == Level.ON_CALL else 0)


def _keys(force: Force, turned: Sequence[tuple[int, Turn]]) -> NDArray[np.uint64]:
    """Give the bits that key each person's coming to each turn: row of the roster, turn, person."""
    keys = {row: _row_key(force, row) for row in {row for row, _ in turned}}
    counts = np.array([force.roster[row].count for row, _ in turned], dtype=np.int64)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    row_keys = np.array([keys[row] for row, _ in turned], dtype=np.uint64)
    numbers = np.array([turn.number for _, turn in turned], dtype=np.uint64)
    persons = (np.arange(len(first)) - first).astype(np.uint64)
    bits = np.zeros(len(first), dtype=np.uint64)
    for part in (np.repeat(row_keys, counts), np.repeat(numbers, counts), persons):
        bits = mix_all(bits, part)
    return bits


def _row_key(force: Force, row: int) -> int:
    rostered = force.roster[row]
    words = (
        force.teams[rostered.holder].code,
        force.shifts[rostered.shift].code,
        force.roles[rostered.role].code,
        rostered.level.name,
        rostered.person,
    )
    return key_of("/".join(words))


def _windows(
    rules: StandbyRules, raising: Raising, zone: ZoneInfo, start: datetime, horizon_s: float
) -> tuple[float, ...] | None:
    """List when the hours and months of a rule that raises standby begin and end, in turn; None: always."""
    if raising.from_h is None and not raising.months:
        return None
    timed = replace(rules, raisings=(replace(raising, warning_level=None, teams=(0,)),))
    spans = raised_spans(timed, 1, (), zone, start, horizon_s)
    return tuple(moment for begin_s, end_s, _ in spans for moment in (begin_s, end_s))


def _present(ledger: _Ledger, absence: float, seed: int, replication: int) -> Counts:
    """Count who comes to each turn."""
    if not len(ledger.people):
        return np.zeros(0)
    run_bits = np.uint64(hashed(seed, replication, STREAMS.index("absence")))
    come = uniforms_of(mix_all(ledger.people, run_bits)) >= absence
    return np.add.reduceat(come.astype(np.float64), ledger.turns)


def _changes(county: County, team: int, ledger: _Ledger, present: Counts) -> list[Change]:
    """Add the turns of a team up over time, and keep the moments at which its units are manned otherwise."""
    kept, people = _strengths(ledger, present)
    changes: list[Change] = []
    before: Posture | None = None
    rostered = ledger.rostered[0]
    known = _postures(county, team, rostered)
    for at, packed in zip(kept, people, strict=True):
        if ledger.rostered[at] is not rostered:
            rostered = ledger.rostered[at]
            known = _postures(county, team, rostered)
        posture = known.get(packed)
        if posture is None:
            counts = _spread(county, ledger.places, packed)
            posture = known[packed] = posture_of(county, team, counts, rostered)
        if posture is not before:
            changes.append(Change(float(ledger.moments[at]), team, posture))
            before = posture
    return changes


def _spread(county: County, places: tuple[int, ...], packed: bytes) -> tuple[int, ...]:
    """Write packed counts of some places as the counts of all: each role on station, then each on call."""
    counts = [0] * (2 * len((county.force or Force()).roles))
    for place, number in zip(places, np.frombuffer(packed, dtype=np.int16).tolist(), strict=True):
        counts[place] = number
    return tuple(counts)


def _strengths(ledger: _Ledger, present: Counts) -> tuple[list[int], list[bytes]]:
    """Give at which moments a team's strength changes, and how many of each role and level there are."""
    places = len(ledger.places)
    size = len(ledger.moments) * places
    deltas = np.bincount(ledger.begins, present, size) - np.bincount(ledger.ends, present, size)
    changed = deltas.reshape(len(ledger.moments), places)[: ledger.within]
    kept = np.any(changed, axis=1)
    kept[0] = True
    totals = np.cumsum(changed[kept], axis=0).astype(np.int16)
    packed: list[Any] = totals.view(np.dtype((np.void, totals.itemsize * places))).ravel().tolist()
    return np.flatnonzero(kept).tolist(), packed


def units_of(force: Force, team: int) -> tuple[int, ...]:
    """List the units of a team's crews, crew by crew, in the order in which they are manned."""
    return tuple(unit for crew in force.crews if crew.team == team for unit in crew.units)


@lru_cache(maxsize=1000)
def _postures(county: County, team: int, rostered: People) -> dict[bytes, Posture]:  # noqa: ARG001 - the key
    """Give the postures of a team, by its strength, that were worked out so far."""
    return {}


def posture_of(county: County, team: int, counts: People, rostered: People) -> Posture:
    """Tell how a team's units are manned by so many people of each role, on station and then on call.

    Of those `rostered` who are neither, a share comes in as a second crew.
    """
    force = county.force or Force()
    both = _both(force, counts)
    second = second_crew(force.standby, rostered, both)
    recalled = _manned(county, team, both, Level.RAISED)
    more = tuple(a + b for a, b in zip(both, second, strict=True))
    doubled = _manned(county, team, more, Level.RAISED) if any(second) else recalled
    return _the_same(Posture(usual_manning(county, team, counts), recalled, doubled))


def usual_manning(county: County, team: int, counts: People) -> tuple[Manned, ...]:
    """Tell how a team's units are manned as usual by so many of each role, on station and then on call."""
    force = county.force or Force()
    here, called = counts[: len(force.roles)], counts[len(force.roles) :]
    on_station = _manned(county, team, here, Level.ON_STATION)
    if not any(called):
        return on_station
    return tuple(map(_better, on_station, _manned(county, team, _both(force, counts), Level.ON_CALL)))


def _both(force: Force, counts: People) -> People:
    """Add those on call to those on station, by role."""
    roles = len(force.roles)
    return tuple(a + b for a, b in zip(counts[:roles], counts[roles:], strict=True))


@lru_cache(maxsize=100_000)
def _the_same(posture: Posture) -> Posture:
    """Give equal postures as one, so that they can be told apart at a glance."""
    return posture


def _better(on_station: Manned, at_home: Manned) -> Manned:
    """Take the crew on station where it can do as much as with those at home, and anything at all."""
    return on_station if on_station.bits == at_home.bits != 0 else at_home


def _manned(county: County, team: int, people: Sequence[int], level: Level) -> tuple[Manned, ...]:
    """Man a team's crews with these people and tell what each unit can do then."""
    force = county.force or Force()
    crews = [crew for crew in force.crews if crew.team == team]
    found = []
    for crew, its_people in zip(crews, man(crews, people, force.roles), strict=True):
        for unit, manning in zip(crew.units, crew.manning, strict=True):
            own = bits_of(county.units[unit].capabilities)
            rolls, lacking = fit(manning, its_people, force.roles)
            asked = max((need.people for need in manning), default=0)
            bits = own & ~bits_of(lacking) if rolls else 0
            found.append(Manned(bits, int(level), max(0, asked - sum(its_people))))
    return tuple(found)
