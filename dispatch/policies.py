"""Which units go: policies look at the situation and say whom to send, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol


class Candidate(NamedTuple):
    """A unit that could go and how it compares.

    `eta_s` is its expected time to the scene; `considered` counts the units that could go; `runner_up` is the
    next best of those whose time was worked out, None when there was none. `passed` is a unit that would have
    been quicker but is not ready, None when there was none.
    """

    unit: int
    eta_s: float
    considered: int
    runner_up: int | None
    runner_up_eta_s: float | None
    passed: int | None = None
    passed_eta_s: float | None = None


class Choice(NamedTuple):
    """A unit that could go: the share of expected coverage lost without it, and its seconds to the scene."""

    lost: float
    eta_s: float
    unit: int


class Assign(NamedTuple):
    """Send this unit to fill this capability, and why."""

    unit: int
    capability: int
    why: tuple[str, Candidate]


class Hold(NamedTuple):
    """So many units of a capability stay missing for now."""

    capability: int
    missing: int


Decision = Assign | Hold


class Situation(Protocol):
    """What a policy may see of the county when one incident asks for units; times are expected times."""

    @property
    def missing(self) -> Sequence[tuple[int, int]]:
        """Capability and count of what the run card still asks for."""

    def nearest(self, capability: int, taken: Sequence[int], area: int | None = None) -> Candidate | None:
        """Find the free capable unit expected on scene first.

        Parameters
        ----------
        capability
            What the unit must be able to do.
        taken
            Units already chosen in this decision.
        area
            Look only at units whose station is in this place.
        """

    @property
    def area(self) -> int | None:
        """The place the incident is in."""

    @property
    def most_urgent(self) -> bool:
        """Whether no call is more urgent than this one."""

    def in_time(self, capability: int, taken: Sequence[int]) -> Sequence[Choice]:
        """List the free capable units expected on scene within the target of the call's priority.

        Only units at their stations and those on the way home count. None are listed where the priority has
        no target.

        Parameters
        ----------
        capability
            What the unit must be able to do.
        taken
            Units already chosen in this decision.
        """


Policy = Callable[[Situation], list[Decision]]


def closest(situation: Situation) -> list[Decision]:
    """Send, for all that is missing, the capable units expected on scene first.

    The rule of nearly every dispatch centre and of JEMSS's benchmark city (Ridler, Mason & Raith 2022).
    """
    return _fill(situation, "closest", situation.nearest)


def area_first(situation: Situation) -> list[Decision]:
    """Send units based in the incident's own place while there are any, then the closest of the others."""

    def own_then_any(capability: int, taken: Sequence[int]) -> Candidate | None:
        own = None if situation.area is None else situation.nearest(capability, taken, situation.area)
        return own or situation.nearest(capability, taken)

    return _fill(situation, "area_first", own_then_any)


def coverage_aware(situation: Situation) -> list[Decision]:
    """Send to less urgent calls, of the units that are there in time, the one whose leaving uncovers least.

    Calls of the highest priority, and those that no unit reaches in time, get the closest unit. What a unit's
    leaving costs is the expected coverage (MEXCLP) of the people by free units of the same capability, within
    the target of the highest priority; of equal ones the quicker goes.

    References
    ----------
    C. J. Jagtenberg, S. Bhulai, R. D. van der Mei, Dynamic ambulance dispatching: is the closest-idle policy
    always optimal?, Health Care Management Science 20 (2017), doi:10.1007/s10729-016-9368-0, section 5.
    """

    def cheapest(capability: int, taken: Sequence[int]) -> Candidate | None:
        choices = [] if situation.most_urgent else sorted(situation.in_time(capability, taken))
        if not choices:
            return situation.nearest(capability, taken)
        best, second = choices[0], choices[1] if len(choices) > 1 else None
        return Candidate(
            best.unit,
            best.eta_s,
            len(choices),
            None if second is None else second.unit,
            None if second is None else second.eta_s,
        )

    return _fill(situation, "coverage_aware", cheapest)


POLICIES: dict[str, Policy] = {
    "closest": closest,
    "area_first": area_first,
    "coverage_aware": coverage_aware,
}
"""Dispatch policies by the name used in scenarios, on the command line and over HTTP."""


def _fill(
    situation: Situation, name: str, choose: Callable[[int, Sequence[int]], Candidate | None]
) -> list[Decision]:
    """Fill every missing line of the run card, one unit at a time."""
    decisions: list[Decision] = []
    taken: list[int] = []
    for capability, count in situation.missing:
        for sent in range(count):
            candidate = choose(capability, taken)
            if candidate is None:
                decisions.append(Hold(capability, count - sent))
                break
            taken.append(candidate.unit)
            decisions.append(Assign(candidate.unit, capability, (name, candidate)))
    return decisions
