"""What one replication comes to: the figures by which a county and its variants are compared."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dispatch.reporting import Verdict
from results.compliance import comply_one
from results.findings import FEWEST_FOR_A_QUANTILE
from results.measures import (
    INCIDENT_MEASURES,
    Window,
    assignment_table,
    incident_table,
    recode,
    summary,
    within,
)
from results.readiness.delays import delay_table
from results.readiness.standing import standing_spans, unit_shares
from results.wording import called, say, start_of
from sim.county import County

WHAT = "outcome-3"
"""The name of these figures in a store; counts up when they change."""
DIGITS = 6
OF_A_STANDARD = "standard:"
SECONDS, SHARE, A_YEAR = "s", "share", "a year"
WORTH = {SECONDS: 10.0, SHARE: 0.01, A_YEAR: 1.0}
"""The smallest difference worth telling of a figure, by its unit, where nobody names one."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a replication: its words, its unit, and whether less of it is better."""

    code: str
    sentence: str
    unit: str
    less_is_better: bool = True

    def called(self, county: County, lang: str) -> str:
        """Name the measure; a standard by its own name."""
        names = {OF_A_STANDARD + one.code: one.names for one in county.standards}
        if self.code not in names:
            return say(lang, self.sentence)
        return say(lang, "Within the limit: {name}", name=called(names[self.code], lang))


MEASURES = (
    Measure("first_arrival", "First arrival, mean", SECONDS),
    Measure("first_arrival_p50", "First arrival, half of calls within", SECONDS),
    Measure("first_arrival_p90", "First arrival, 9 in 10 calls within", SECONDS),
    Measure("full_assembly", "Full assembly, mean", SECONDS),
    Measure("full_assembly_p90", "Full assembly, 9 in 10 calls within", SECONDS),
    Measure("time_to_control", "Time to control, mean", SECONDS),
    Measure("travel", "Travel of a unit, mean", SECONDS),
    Measure("none_free", "Calls with no suitable unit free", SHARE),
    Measure("short", "Calls with something missing at first", SHARE),
    Measure("passed_on", "Calls passed on to neighbours", SHARE),
    Measure("open", "Calls not ended in time", SHARE),
    Measure("ready", "Units ready, share of their time", SHARE, less_is_better=False),
    Measure("delayed", "Calls delayed by readiness", SHARE),
    Measure("reports_on_time", "First reports on time", SHARE, less_is_better=False),
    Measure("reports_not_made", "Reports omitted, false or concealed", SHARE),
    Measure("bureau_told", "Accident until the county bureau knows, median", SECONDS),
    Measure("government_told", "Accident until the county government knows, median", SECONDS),
    Measure("deaths", "Deaths", A_YEAR),
    Measure("injuries", "Injuries", A_YEAR),
    Measure("class_rises", "Accidents that grew a class", A_YEAR),
)
"""What replications are compared by, besides the county's own standards."""
MEANS = ("first_arrival", "full_assembly", "time_to_control")
OF_PLACES = ("first_arrival", "full_assembly")
"""What is told of each place, too."""
P90S = ("first_arrival", "full_assembly")
FLAGS = ("none_free", "short", "passed_on", "open")
SUMS = {"deaths_known": "deaths", "injuries_known": "injuries", "class_rises": "class_rises"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replication's figures by the codes of measures, and the means of `OF_PLACES` over each place's calls.

    A figure that nothing was seen for is not a number; a place without calls is left out.
    """

    figures: Mapping[str, float]
    places: Mapping[str, Mapping[str, float]]

    def packed(self) -> bytes:
        """Write the outcome as JSON, equal bytes for equal outcomes."""
        figures = {code: None if math.isnan(value) else value for code, value in self.figures.items()}
        return json.dumps({"figures": figures, "places": self.places}, sort_keys=True).encode()


def unpacked(record: bytes) -> Outcome:
    """Read an outcome that was packed."""
    content: Mapping[str, Any] = json.loads(record)
    figures = {code: math.nan if value is None else value for code, value in content["figures"].items()}
    return Outcome(figures, content["places"])


def measures_of(county: County) -> tuple[Measure, ...]:
    """List what a county is compared by: its standards come after the times they limit."""
    own = [Measure(OF_A_STANDARD + s.code, "", SHARE, less_is_better=False) for s in county.standards]
    return (*MEASURES[:7], *own, *MEASURES[7:])


def outcome(events: pl.DataFrame, incidents: pl.DataFrame, county: County, window: Window) -> Outcome:
    """Measure one replication.

    Parameters
    ----------
    events, incidents
        Its log and its incidents.
    county
        What it is a log of.
    window
        What counts.
    """
    calls = incident_table(events, incidents, window, start_of(county))
    calls = recode(calls, "kind", {kind.code: kind.category for kind in county.kinds})
    calls = recode(calls, "place", {place.code: place.kind for place in county.places})
    calls = calls.rename({"kind_is": "category", "place_is": "place_kind"})
    figures = _times(calls) | _shares(calls) | _harm(calls, window)
    figures |= _of_units(events, calls, county, window)
    if county.force:
        figures |= _readiness(events, calls, county, window)
    if county.chain:
        figures |= _reports(events, calls, county, window)
    return Outcome(_rounded(figures.items()), {name: _by_place(calls, name) for name in OF_PLACES})


def _by_place(calls: pl.DataFrame, name: str) -> dict[str, float]:
    seen = calls.filter(pl.col(name).is_not_null(), pl.col("place").is_not_null())
    return _rounded(summary(seen, name, "place").select("place", "mean").iter_rows())


def _times(calls: pl.DataFrame) -> dict[str, float]:
    found = {name: summary(calls, name).row(0, named=True) for name in MEANS}
    figures = {name: _number(one["mean"]) for name, one in found.items()}
    for name in P90S:
        enough = found[name]["n"] >= FEWEST_FOR_A_QUANTILE
        figures[f"{name}_p90"] = _number(found[name]["p90"] if enough else None)
    enough = found["first_arrival"]["n"] >= FEWEST_FOR_A_QUANTILE
    return figures | {"first_arrival_p50": _number(found["first_arrival"]["p50"] if enough else None)}


def _shares(calls: pl.DataFrame) -> dict[str, float]:
    return {name: _number(calls[name].cast(pl.Float64).mean()) for name in FLAGS}


def _harm(calls: pl.DataFrame, window: Window) -> dict[str, float]:
    return {name: float(calls[column].sum() or 0) / window.years for column, name in SUMS.items()}


def _of_units(events: pl.DataFrame, calls: pl.DataFrame, county: County, window: Window) -> dict[str, float]:
    """Measure sendings, and hold the county's standards against what was seen."""
    sendings = assignment_table(events).join(calls.select("incident", "place_kind"), on="incident")
    figures = {"travel": _number(sendings["travel"].mean())}
    for standard in county.standards:
        table = calls if standard.measure in INCIDENT_MEASURES else sendings
        if standard.place_kinds is not None:
            table = table.filter(pl.col("place_kind").is_in(sorted(standard.place_kinds)))
        kept = within(table, standard.measure, standard.within_s, window)
        figures[OF_A_STANDARD + standard.code] = _number(kept.cast(pl.Float64).mean())
    return figures


def _readiness(events: pl.DataFrame, calls: pl.DataFrame, county: County, window: Window) -> dict[str, float]:
    units = unit_shares(standing_spans(events, county, window), county, window)
    delayed = calls["incident"].is_in(delay_table(events, county)["incident"].implode())
    return {"ready": _number(units["ready"].mean()), "delayed": _number(delayed.cast(pl.Float64).mean())}


def _reports(events: pl.DataFrame, calls: pl.DataFrame, county: County, window: Window) -> dict[str, float]:
    one = comply_one(events, calls, county, window)
    first = one.duties.filter(pl.col("first"))
    not_made = [int(it) for it in (Verdict.OMITTED, Verdict.FALSE, Verdict.CONCEALED)]
    return {
        "reports_on_time": _number(first["within"].cast(pl.Float64).mean()),
        "reports_not_made": _number(one.duties["verdict"].is_in(not_made).cast(pl.Float64).mean()),
        "bureau_told": _number(one.accidents["bureau_told"].median()),
        "government_told": _number(one.accidents["government_told"].median()),
    }


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _rounded(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    return {code: round(value, DIGITS) for code, value in pairs}
