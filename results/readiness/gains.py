"""What one change gains in readiness and response: paired runs of a county with it and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from readiness.force import Rostered
from results.intervals import Estimate, over_replications
from results.measures import YEAR_S, Window, incident_table
from results.readiness.measured import measure_one
from results.readiness.tables import on_demand
from results.readiness.words import force_of, named
from results.style import ACCENT, INK, MUTED, drawn, paper
from results.tables import Cell, Table
from results.wording import NOTHING, say
from sim.county import County

MEASURES = ("ready", "in_order", "on_demand", "delayed", "first_arrival")
"""What a run is judged by.

The ready rate as believed, the equipment in order in truth, failures on demand a year, the share of calls
delayed by readiness, and the mean of first arrival in seconds.
"""
SCALES: Mapping[str, float] = {
    "ready": 100.0,
    "in_order": 100.0,
    "on_demand": 1.0,
    "delayed": 100.0,
    "first_arrival": 1.0,
}


class Change(NamedTuple):
    """One change to a county's force: what kind it is, and the numbers of what it concerns.

    ``check`` (a check twice as often: check, all where none is named), ``spare`` (one more item: type,
    team), ``person`` (one more on a shift: team, shift, role).
    """

    kind: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A change, and what it changes in each of `MEASURES`: the mean of paired differences."""

    change: Change
    gain: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """What single changes gain over so many replications of so many days; `base` is the county as it is."""

    county: County
    replications: int
    days: float
    base: Mapping[str, Estimate]
    variants: tuple[Variant, ...]


def judged(
    events: pl.DataFrame, incidents: pl.DataFrame, county: County, window: Window, start: datetime
) -> dict[str, float]:
    """Judge one run by `MEASURES`; not a number where nothing was seen."""
    calls = incident_table(events, incidents, window, start)
    one = measure_one(events, calls, county, window)
    failed = one.failures.select(on_demand().sum()).item() if len(one.failures) else 0
    return {
        "ready": _number(one.units["ready"].mean()),
        "in_order": float(one.mean_true[-1]),
        "on_demand": float(failed) * YEAR_S / window.length_s,
        "delayed": _number(one.calls["delayed"].cast(pl.Float64).mean()),
        "first_arrival": _number(calls["first_arrival"].mean()),
    }


def gains_of(
    county: County,
    days: float,
    base: Sequence[Mapping[str, float]],
    changed: Sequence[tuple[Change, Sequence[Mapping[str, float]]]],
) -> Gains:
    """Compare runs with a change to runs without, replication by replication.

    Both must have met the same fate: the differences then vary much less than the runs do, and their mean has
    the interval of Student's t for pairs.

    References
    ----------
    A. M. Law, Simulation Modeling and Analysis, 5th ed., McGraw-Hill 2015, section 10.2.1.
    """
    variants = [
        Variant(
            change,
            {
                name: over_replications(
                    [after[name] - before[name] for before, after in zip(base, runs, strict=True)]
                )
                for name in MEASURES
            },
        )
        for change, runs in changed
    ]
    means = {name: over_replications([one[name] for one in base]) for name in MEASURES}
    return Gains(county, len(base), days, means, tuple(variants))


def change_told(county: County, change: Change, lang: str) -> str:
    """Say what a change is."""
    force = force_of(county)
    if change.kind == "check" and not change.numbers:
        return say(lang, "all regular checks twice as often")
    if change.kind == "check":
        check = force.checks[change.numbers[0]]
        whose = named(county, "teams", check.team, lang) if check.team >= 0 else ""
        return say(lang, "check {code} twice as often", code=f"{check.code} {whose}".strip())
    if change.kind == "spare":
        kind, team = change.numbers
        return say(
            lang,
            "one more {item} for {team}",
            item=named(county, "item_types", kind, lang),
            team=named(county, "teams", team, lang),
        )
    team, shift, role = change.numbers
    return say(
        lang,
        "one more {role} for {team} on the shift {shift}",
        role=named(county, "roles", role, lang),
        team=named(county, "teams", team, lang),
        shift=named(county, "shifts", shift, lang),
    )


def gains_sheet(gains: Gains, lang: str) -> Table:
    """List what each change gains."""
    rows = [(say(lang, "as it is"), *(_plain(name, gains.base[name]) for name in MEASURES))]
    rows += [
        (change_told(gains.county, one.change, lang), *(_signed(name, one.gain[name]) for name in MEASURES))
        for one in gains.variants
    ]
    headings = (
        "Change",
        "Ready rate, %",
        "Equipment in order in truth, %",
        "Failures on demand a year",
        "Calls delayed by readiness, %",
        "First arrival, mean, s",
    )
    return Table(
        tuple(say(lang, heading) for heading in headings), tuple(tuple(map(Cell, row)) for row in rows)
    )


@drawn
def gains_figure(gains: Gains, lang: str) -> Figure:
    """Show what each change does to the share of calls delayed and to first arrival, with intervals."""
    rows = len(gains.variants)
    figure = paper(7.2, 1.2 + 0.32 * rows)
    place = np.arange(rows)[::-1]
    titles = {
        "delayed": say(lang, "Calls delayed by readiness,\nchange in percentage points"),
        "first_arrival": say(lang, "First arrival, mean,\nchange in seconds"),
    }
    for axes, (name, title) in zip(figure.subplots(1, 2, sharey=True), titles.items(), strict=True):
        estimates = [one.gain[name] for one in gains.variants]
        middle = np.array([SCALES[name] * (e.mean if e.mean is not None else np.nan) for e in estimates])
        half = np.array([SCALES[name] * (e.half_width or 0.0) for e in estimates])
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.errorbar(
            middle, place, xerr=half, fmt="o", color=ACCENT, ecolor=ACCENT, elinewidth=1.2, markersize=5
        )
        axes.set_title(title, fontsize=9)
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.7, rows - 0.3)
    figure.axes[0].set_yticks(place, [change_told(gains.county, one.change, lang) for one in gains.variants])
    figure.supxlabel(_basis(gains, lang), x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def _basis(gains: Gains, lang: str) -> str:
    return say(
        lang,
        "{n} pairs of runs of {days} days with the same chance; intervals: 95%; left is better",
        n=gains.replications,
        days=f"{gains.days:g}",
    )


def extra(team: int, shift: int, like: Rostered) -> Rostered:
    """Give the row of the roster that puts one more person on a shift, like those of another row."""
    return Rostered(team, shift, like.role, 1, like.level, "extra", like.since, like.until)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _plain(name: str, estimate: Estimate) -> str:
    if estimate.mean is None:
        return NOTHING
    half = "" if estimate.half_width is None else f" ± {SCALES[name] * estimate.half_width:.2f}"
    return f"{SCALES[name] * estimate.mean:.2f}{half}"


def _signed(name: str, estimate: Estimate) -> str:
    if estimate.mean is None:
        return NOTHING
    value = SCALES[name] * estimate.mean
    sign = "" if round(value, 2) == 0 else "+" if value > 0 else "−"
    half = "" if estimate.half_width is None else f" ± {SCALES[name] * estimate.half_width:.2f}"
    return f"{sign}{abs(value):.2f}{half}"
