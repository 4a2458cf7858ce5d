"""An accident staged for a drill: put into a night as chance made it, with marks of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.county import County, Demand
from sim.fate import MARKS, Fate, draw_fate

DAY_S = 86400.0
FLAT_HOURS, FLAT_MONTHS = (1.0,) * 24, (1.0,) * 12


@dataclass(frozen=True, slots=True)
class Staged:
    """An accident that a drill is about: what, where, when, and how grave (None: as chance has it).

    Exactly one of `site` and `place` says where (-1: not that); `at_s` counts from the run's start.
    """

    kind: int
    at_s: float
    site: int = -1
    place: int = -1
    grade: int | None = None


def stage(county: County, fate: Fate, accident: Staged, number: int = 0) -> tuple[Fate, int]:
    """Put an accident into a fate.

    Parameters
    ----------
    county
        What exists.
    fate
        What chance brings otherwise.
    accident
        The accident.
    number
        Tells apart several of one drill: each has chances of its own.

    Returns
    -------
    Fate, int
        The fate with it, all else as it was; the accident's number among the incidents.
    """
    marks = _marks(county, fate, accident, number)
    at = sum(time_s <= accident.at_s for time_s in fate.time_s)
    columns: dict[str, Any] = {
        name: _with(getattr(fate, name), at, getattr(marks, name)[0]) for name in MARKS
    }
    columns["time_s"][at] = accident.at_s
    if accident.grade is not None:
        columns["grade"][at] = accident.grade
    tables: dict[str, Any] = {
        name: _inserted(getattr(fate, name), at, getattr(marks, name))
        for name in ("updates", "grown", "escalates_s")
    }
    return replace(fate, **columns, **tables), at


def alone(fate: Fate) -> Fate:
    """Take all incidents out of a fate; the weather and who comes to duty stay as they are."""
    nothing: dict[str, Any] = {name: [] for name in MARKS}
    return replace(fate, **nothing, updates={}, grown={}, escalates_s={})


def _marks(county: County, fate: Fate, accident: Staged, number: int) -> Fate:
    """Draw the accident's marks: the first incident of a stream of its own."""
    site = accident.site if accident.site >= 0 else None
    place = accident.place if accident.site < 0 else None
    demand = Demand(
        f"drill-{number}", accident.kind, 36500.0, FLAT_HOURS, FLAT_MONTHS, place=place, site=site
    )
    only = replace(county, demand=(demand,), listed=None, force=None)
    return draw_fate(only, fate.seed, fate.replication, DAY_S)


def _with(values: list[Any], at: int, value: Any) -> list[Any]:  # noqa: ANN401 - marks of all types
    return [*values[:at], value, *values[at:]]


def _inserted(table: Mapping[int, Any], at: int, marks: Mapping[int, Any]) -> dict[int, Any]:
    """Put the first incident's entry into a table at a number; those after it move up."""
    found = {number + (number >= at): value for number, value in table.items()}
    return found | ({at: marks[0]} if 0 in marks else {})
