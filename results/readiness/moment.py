"""Who is on duty and ready for what at one moment, as rosters and files have it: nothing is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from readiness.force import ANY, Force, Level
from readiness.ready import Need, equipped, lacks, readiness_index
from readiness.standby import raised_spans
from results.readiness.stock import Stock, stock_at
from results.readiness.words import force_of
from sim.conditions import start_of
from sim.county import County
from sim.injects import IssueWarning, RaiseStandby, TakeOut
from sim.presence import Manned, Posture, draw_presence, units_of
from sim.state import bits_of

USUAL, RECALLED, DOUBLED = range(3)


@dataclass(frozen=True, slots=True)
class UnitNow:
    """A unit at a moment.

    `bits` are the capabilities it is believed ready for, `own` those it is built for, `why` the codes of what
    it lacks. `short` people are missing of `asked`. `equipment` is the share of its equipment at hand and
    working, `rolls` whether the vehicle itself can roll, `index` the readiness index. `fails_p` is the chance
    that something nobody knows of makes it fail if it is called.
    """

    unit: int
    bits: int
    own: int
    level: int
    why: tuple[str, ...]
    short: int
    asked: int
    equipment: float
    rolls: bool
    index: float
    fails_p: float

    @property
    def state(self) -> str:
        """``ready``, ``degraded`` (for some things only) or ``not_ready``."""
        if self.bits == self.own:
            return "ready"
        return "degraded" if self.bits else "not_ready"


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The county's readiness at a moment: its units (those of neighbours aside), teams raised, its stock."""

    county: County
    at_s: float
    seed: int
    units: tuple[UnitNow, ...]
    raised: frozenset[int]
    stock: Stock

    @property
    def index(self) -> float:
        """The readiness index of the whole county: the mean over its units."""
        return sum(one.index for one in self.units) / len(self.units) if self.units else 1.0


def moment_at(county: County, at_s: float, seed: int = 1) -> Moment:
    """Tell how ready the county is at a moment.

    Parameters
    ----------
    county
        The county; its equipment is taken as the files record it, but for what has expired until then and
        what the scenario's injects have brought about.
    at_s
        Seconds since the scenario's start.
    seed
        Decides who of those on the roster has stayed away.
    """
    stock, raised = stock_at(county, at_s), raised_at(county, at_s)
    manned = manned_at(county, at_s, seed, raised)
    out = _taken_out(county, at_s)
    units = tuple(
        unit_now(county, unit, manned.get(unit), stock, unit in out)
        for unit, one in enumerate(county.units)
        if not one.aid
    )
    return Moment(county, at_s, seed, units, frozenset(raised), stock)


def unit_now(county: County, unit: int, manned: Manned | None, stock: Stock, out: bool) -> UnitNow:
    """Judge one unit by its crew (None: always there) and by what it carries."""
    force, own = force_of(county), bits_of(county.units[unit].capabilities)
    needs, have = stock.needs[unit], stock.known[unit]
    short, level = (manned.short, manned.level) if manned else (0, int(Level.ON_STATION))
    crew_bits = manned.bits if manned else own
    rolls = not out and all(have[kind] >= count for capability, kind, count in needs if capability == ANY)
    asked = asked_of(force, unit)
    people = 1.0 - min(1.0, max(short, int(crew_bits != own)) / max(asked, 1))
    share = equipped(needs, list(have))
    return UnitNow(
        unit=unit,
        bits=0 if out else crew_bits & stock.known_bits[unit],
        own=own,
        level=level,
        why=tuple(_why(force, out, crew_bits != own, short, needs, have)),
        short=short,
        asked=asked,
        equipment=share,
        rolls=rolls,
        index=float(readiness_index(force.index, crew=people, vehicle=float(rolls), equipment=share)),
        fails_p=stock.fails_p[unit],
    )


def asked_of(force: Force, unit: int) -> int:
    """Tell how many people a unit asks for at most."""
    crew = force.unit_crew[unit] if force.unit_crew else -1
    if crew < 0:
        return 0
    manning = force.crews[crew].manning[force.crews[crew].units.index(unit)]
    return max((need.people for need in manning), default=0)


def _why(
    force: Force, out: bool, crew_lacks: bool, short: int, needs: Sequence[Need], have: Sequence[float]
) -> list[str]:
    """Say what a unit lacks, in the codes of the log."""
    why = ["taken_out"] if out else []
    if crew_lacks:
        why.append(f"crew_short:{short}")
    found = [
        f"short:{force.item_types[lack.type].code}:{lack.have:g}:{lack.need:g}" for lack in lacks(needs, have)
    ]
    return why + list(dict.fromkeys(found))


def manned_at(county: County, at_s: float, seed: int, raised: dict[int, float]) -> dict[int, Manned]:
    """Tell how each unit of a team is manned at a moment; `raised` says since when standby is raised."""
    force = force_of(county)
    presence = draw_presence(county, seed, 0, at_s + 1.0)
    if presence is None:
        return {}
    postures: dict[int, Posture] = {}
    for change in presence.changes:
        postures[change.team] = change.posture
    found: dict[int, Manned] = {}
    for team, posture in postures.items():
        stage = _stage(force, at_s - raised[team]) if team in raised else USUAL
        found.update(zip(units_of(force, team), posture[stage], strict=True))
    return found


def _stage(force: Force, since_s: float) -> int:
    """Tell how far a raised standby has come: those at home recalled, a second crew called in."""
    rules = force.standby
    if rules.second_crew_share > 0.0 and since_s >= max(rules.second_crew_s, rules.recall_s):
        return DOUBLED
    return RECALLED if since_s >= rules.recall_s else USUAL


def raised_at(county: County, at_s: float) -> dict[int, float]:
    """Tell which teams' standby is raised at a moment, by rule or by order, and since when.

    Warnings are those of the scenario's injects; the weather itself is left out, for it is chance.
    """
    force, zone = force_of(county), ZoneInfo(county.time_zone)
    warnings = [
        (inject.at_s, at_s + 1.0 if inject.until_s is None else inject.until_s, inject.level)
        for inject in county.injects
        if isinstance(inject, IssueWarning)
    ]
    spans = raised_spans(force.standby, len(force.teams), warnings, zone, start_of(county), at_s + 1.0)
    raised = {team: begin for begin, end, team in spans if begin <= at_s < end}
    ordered: dict[int, float] = {}
    for inject in county.injects:
        if isinstance(inject, RaiseStandby) and inject.at_s <= at_s:
            for team in inject.teams or range(len(force.teams)):
                if inject.raised:
                    ordered.setdefault(team, inject.at_s)
                else:
                    ordered.pop(team, None)
    return {
        team: min(raised.get(team, at_s), ordered.get(team, at_s)) for team in sorted({*raised, *ordered})
    }


def _taken_out(county: County, at_s: float) -> set[int]:
    """List the units that the scenario's injects have taken out of service at a moment."""
    return {
        inject.unit
        for inject in county.injects
        if isinstance(inject, TakeOut)
        and inject.at_s <= at_s
        and (inject.until_s is None or at_s < inject.until_s)
    }
