"""What a policy sees when an incident asks for units: the free ones and their expected times."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from dispatch.policies import Candidate, Choice
from dispatch.run_cards import missing
from readiness.force import Level
from readiness.standby import turnout_of
from sim.chance import mean_s
from sim.conditions import local_hour, within
from sim.county import County, Duration
from sim.cover import Cover
from sim.moves import Status

if TYPE_CHECKING:
    from sim.engine import Run

_AT_BASE, _RETURNING = int(Status.AT_BASE), int(Status.RETURNING)
_MOVING = (_RETURNING, int(Status.EN_ROUTE), int(Status.TURNING_OUT))
_NEVER = float("inf")


class Seen:
    """A run as the dispatcher sees it for one incident; a `dispatch.policies.Situation`."""

    __slots__ = (
        "_able",
        "_able_with_aid",
        "_aid",
        "_area",
        "_cover",
        "_emergency",
        "_night",
        "_redirect",
        "_spent",
        "_turnout_s",
        "_unready",
        "incident",
        "run",
        "turnouts",
    )

    def __init__(self, run: Run) -> None:
        county = run.county
        self.run = run
        self.incident = -1
        self._able, self._able_with_aid = (
            [
                [
                    u
                    for u, unit in enumerate(county.units)
                    if capability in unit.capabilities and aid >= unit.aid
                ]
                for capability in range(len(county.capabilities))
            ]
            for aid in (False, True)
        )
        self._aid = [unit.aid for unit in county.units]
        self._area = [county.stations[unit.station].place for unit in county.units]
        self._cover: Cover | None = None
        self._emergency = [priority.emergency for priority in county.priorities]
        self._night = (-1.0, 1.0)
        self._redirect = county.redirect
        self._spent = [unit.refit_s > 0.0 for unit in county.units]
        self._unready: list[list[int]] = [[] for _ in county.capabilities]
        self.turnouts = [unit.turnout for unit in county.units]
        self._turnout_s = [mean_s(form) for form in self.turnouts]

    def stand_by(self, unit: int, level: int) -> None:
        """Take notice that a unit's crew stands by at another level: its turnout changes with it."""
        self.turnouts[unit], self._turnout_s[unit] = turnout_at(self.run.county, unit, level)

    def ready_for(self, unit: int, before: int, now: int) -> None:
        """Take notice that a unit is believed ready for other capabilities (as bits) than before."""
        changed = before ^ now
        while changed:
            bit = changed & -changed
            units = self._unready[bit.bit_length() - 1]
            if now & bit:
                units.remove(unit)
            else:
                insort(units, unit)
            changed ^= bit

    def of(self, incident: int) -> Seen:
        """Turn to an incident."""
        self.incident = incident
        return self

    def night_factor(self) -> float:
        """Tell by how much turnout is slower now than by day."""
        now = self.run.now
        if self._night[0] != now:
            self._night = (now, night_factor(self.run.county, now))
        return self._night[1]

    @property
    def area(self) -> int | None:
        """The place the incident is in, None where there is none."""
        place = self.run.fate.place[self.incident]
        return place if place >= 0 else None

    @property
    def missing(self) -> Sequence[tuple[int, int]]:
        """Capability and count of what the run card still asks for."""
        entry = self.run.state.open[self.incident]
        return missing(entry.required, entry.filled)

    def nearest(self, capability: int, taken: Sequence[int], area: int | None = None) -> Candidate | None:
        """Find the free capable unit expected on scene first; see `dispatch.policies.Situation`."""
        run, incident, status = self.run, self.incident, self.run.state.status
        fate, regime = run.fate, run.state.regime
        node, access_m, priority = fate.node[incident], fate.access_m[incident], fate.priority[incident]
        emergency = self._emergency[priority]
        rows, start_s, pace = run.journeys.reach(regime, emergency, run.state.station)
        slow, turnout_s = self.night_factor(), self._turnout_s
        able = self._able_for(incident, capability)
        if area is not None:
            able = [unit for unit in able if self._area[unit] == area]
        standing, bit = run.state.standing, 1 << capability
        found = [
            (turnout_s[unit] * slow + start_s[unit] + rows[unit][node] + pace[unit] * access_m, unit)
            for unit in able
            if status[unit] == _AT_BASE and standing[unit] & bit and unit not in taken
        ]
        considered, best_s = len(found), min(found)[0] if found else _NEVER
        on_road = [
            unit for unit in able if status[unit] in _MOVING and standing[unit] & bit and unit not in taken
        ]
        if on_road:
            bounds = sorted(
                (self._at_best(unit, node, access_m, emergency), unit)
                for unit in on_road
                if self._may_turn(unit, priority)
            )
            considered += len(bounds)
            for bound_s, unit in bounds:
                if bound_s > best_s:
                    break
                eta_s = self._from_road(unit, node, access_m, emergency)
                found.append((eta_s, unit))
                best_s = min(best_s, eta_s)
        best = _candidate(found, considered)
        if best is None or run.county.force is None:
            return best
        quicker = self.passed_over(capability, area, best.eta_s)
        return best if quicker is None else best._replace(passed=quicker[0], passed_eta_s=quicker[1])

    def considered(self, unit: int, capability: int) -> float | None:
        """Tell when one unit is expected on scene for a capability, in seconds; None: it cannot be sent."""
        others = [other for other in self._able_for(self.incident, capability) if other != unit]
        found = self.nearest(capability, others)
        return None if found is None or found.unit != unit else found.eta_s

    @property
    def most_urgent(self) -> bool:
        """Whether no call is more urgent than this one."""
        return self.run.fate.priority[self.incident] == 0

    def in_time(self, capability: int, taken: Sequence[int]) -> list[Choice]:
        """List the free units expected within the priority's target; see `dispatch.policies.Situation`."""
        run, incident = self.run, self.incident
        priority, node = run.fate.priority[incident], run.fate.node[incident]
        target_s, access_m = run.county.priorities[priority].target_s, run.fate.access_m[incident]
        free = self._standing_by(capability, taken, priority)
        if target_s is None or not free:
            return []
        emergency, slow = self._emergency[priority], self.night_factor()
        reach = run.journeys.reach(run.state.regime, emergency, run.state.station)
        etas = [
            self._turnout_s[u] * slow + reach.start_s[u] + reach.rows[u][node] + reach.pace[u] * access_m
            if run.state.status[u] == _AT_BASE
            else self._from_road(u, node, access_m, emergency)
            for u in free
        ]
        if min(etas) > target_s:
            return []
        self._cover = cover = self._cover or Cover(run.county)
        ways = run.journeys.reach(run.state.regime, True, run.state.station)
        lost = cover.lost(ways, [self._turnout_s[u] * slow for u in free], capability, free)
        choices = zip(lost, etas, free, strict=True)
        return [Choice(share, eta_s, unit) for share, eta_s, unit in choices if eta_s <= target_s]

    def _standing_by(self, capability: int, taken: Sequence[int], priority: int) -> list[int]:
        """List the units of a capability that cover it from their stations: at rest there, or on the way."""
        status, standing, bit = self.run.state.status, self.run.state.standing, 1 << capability
        return [
            unit
            for unit in self._able_for(self.incident, capability)
            if standing[unit] & bit
            and unit not in taken
            and (status[unit] == _AT_BASE or (status[unit] == _RETURNING and self._may_turn(unit, priority)))
        ]

    def passed_over(
        self, capability: int, area: int | None = None, within_s: float = _NEVER
    ) -> tuple[int, float] | None:
        """Find the unit at its station that would be on scene first if it were ready, and in how long.

        Only units that are not believed ready for the capability count, of one place if it is named, and only
        if they were there within so many seconds; None: there is none.
        """
        asleep = self._unready[capability]
        if not asleep:
            return None
        run, state, fate = self.run, self.run.state, self.run.fate
        helps = self.incident in state.granted
        idle = [unit for unit in asleep if state.status[unit] == _AT_BASE and (helps or not self._aid[unit])]
        if area is not None:
            idle = [unit for unit in idle if self._area[unit] == area]
        if not idle:
            return None
        node, access_m = fate.node[self.incident], fate.access_m[self.incident]
        emergency = self._emergency[fate.priority[self.incident]]
        rows, start_s, pace = run.journeys.reach(state.regime, emergency, state.station)
        slow = self.night_factor()
        eta_s, unit = min(
            (self._turnout_s[unit] * slow + start_s[unit] + rows[unit][node] + pace[unit] * access_m, unit)
            for unit in idle
        )
        return (unit, eta_s) if eta_s < within_s else None

    def _able_for(self, incident: int, capability: int) -> list[int]:
        """List the units of a capability; those of the city only where its help was granted."""
        granted = self.run.state.granted
        return (self._able_with_aid if granted and incident in granted else self._able)[capability]

    def _may_turn(self, unit: int, priority: int) -> bool:
        """Tell whether a unit that is not at rest may be given an incident of this priority."""
        state = self.run.state
        if state.status[unit] == _RETURNING:
            return not self._spent[unit] or state.alerted[unit] is None
        return self._redirect[self.run.fate.priority[state.task[unit]]][priority]

    def _at_best(self, unit: int, node: int, access_m: float, emergency: bool) -> float:
        """Tell a time before which a unit called out or on the road cannot be on scene."""
        run, journeys = self.run, self.run.journeys
        if journeys.trips[unit] is None:
            return self._from_road(unit, node, access_m, emergency)
        tail_s = journeys.pace(unit, emergency) * access_m
        return journeys.bound_on_road(unit, emergency, run.state.regime, run.now, node) + tail_s

    def _from_road(self, unit: int, node: int, access_m: float, emergency: bool) -> float:
        """Tell when a unit called out or on the road could be on scene, in seconds from now."""
        run, state, journeys = self.run, self.run.state, self.run.journeys
        tail_s = journeys.pace(unit, emergency) * access_m
        if journeys.trips[unit] is not None:
            return journeys.eta_on_road(unit, emergency, state.regime, run.now, node) + tail_s
        rows, start_s, _ = journeys.reach(state.regime, emergency, state.station)
        alerted = state.alerted[unit]
        gone_s = 0.0 if alerted is None else run.now - alerted
        turnout_s = self._turnout_s[unit] * self.night_factor()
        return float(max(0.0, turnout_s - gone_s) + start_s[unit] + rows[unit][node] + tail_s)


def night_factor(county: County, now: float) -> float:
    """Tell by how much turnout is slower at this hour."""
    night = county.night_turnout
    if night is None:
        return 1.0
    return night.factor if within(local_hour(county, now), night.from_h, night.to_h) else 1.0


@lru_cache(maxsize=10_000)
def turnout_at(county: County, unit: int, level: int) -> tuple[Duration, float]:
    """Give the turnout of a unit whose crew stands by at a level, by the rules of its team, and its mean."""
    force, own = county.force, county.units[unit].turnout
    team = force.unit_team[unit] if force is not None and force.unit_team else -1
    if force is None or team < 0:
        return own, mean_s(own)
    lasting = turnout_of(force.turnouts, force.teams[team].kind, Level(level))
    form = own if lasting is None else Duration(lasting.form, lasting.a, lasting.b)
    return form, mean_s(form)


def _candidate(found: list[tuple[float, int]], considered: int) -> Candidate | None:
    """Put the first and the next best in the words of the policies; ties go to the lower number."""
    if not found:
        return None
    best = min(found)
    if best[0] == _NEVER:
        return None
    found.remove(best)
    if not found:
        return Candidate(best[1], best[0], considered, None, None)
    second = min(found)
    return Candidate(best[1], best[0], considered, second[1], second[0])
