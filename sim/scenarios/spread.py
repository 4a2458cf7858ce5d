"""Demand as streams: what is given for the whole county or a kind of site is spread over places and sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sim.county import Demand, Listed
from sim.scenarios.numbering import Numbers, maybe
from sim.scenarios.rows import DemandRow, Where, where_of
from sim.scenarios.scenario import Scenario


def demand_streams(scenario: Scenario, numbers: Numbers) -> tuple[Demand, ...]:
    """Make the streams of incidents, row by row.

    A row for ``places`` gives one stream a place, by population; a row for ``sites:KIND`` one a site, by its
    factor. Their codes are the row's with the place's or site's after a colon.
    """
    return tuple(
        stream
        for row in scenario.demand
        if (where := where_of(row.where)) is not None
        for stream in _streams(scenario, numbers, row, where)
    )


def listed(scenario: Scenario, numbers: Numbers) -> tuple[Listed, ...] | None:
    """Give the incidents that stand in a file, None where they are drawn."""
    if scenario.incidents is None:
        return None
    return tuple(
        Listed(
            row.time_s,
            numbers.kinds[row.kind],
            row.lon,
            row.lat,
            maybe(numbers.priorities, row.priority),
            row.handling_s,
            row.control_s,
            row.transport,
            maybe(numbers.hospitals, row.hospital),
            row.handover_s,
        )
        for row in scenario.incidents
    )


def _streams(scenario: Scenario, numbers: Numbers, row: DemandRow, where: Where) -> Iterator[Demand]:
    """Spread one row of demand."""
    if where.form == "place":
        yield _stream(scenario, numbers, row, place=numbers.places[where.word])
    elif where.form == "site":
        yield _stream(scenario, numbers, row, site=numbers.sites[where.word])
    elif where.form == "roads":
        yield _stream(scenario, numbers, row, on_roads=True)
    elif where.form == "raster":
        yield _stream(scenario, numbers, row, cells=scenario.rasters[where.word])
    elif where.form == "places":
        yield from _by_population(scenario, numbers, row)
    else:
        yield from _by_site(scenario, numbers, row, where.word)


def _by_population(scenario: Scenario, numbers: Numbers, row: DemandRow) -> Iterator[Demand]:
    total = sum(place.population for place in scenario.places)
    for place, where in enumerate(scenario.places):
        share = where.population / total
        yield _stream(scenario, numbers, row, share, f":{where.code}", place=place)


def _by_site(scenario: Scenario, numbers: Numbers, row: DemandRow, kind: str) -> Iterator[Demand]:
    for number, site in enumerate(scenario.sites):
        if site.kind == kind:
            yield _stream(scenario, numbers, row, site.rate_factor, f":{site.code}", site=number)


def _stream(
    scenario: Scenario,
    numbers: Numbers,
    row: DemandRow,
    times: float = 1.0,
    more: str = "",
    **where: Any,  # noqa: ANN401
) -> Demand:
    settings = scenario.settings
    return Demand(
        code=row.stream + more,
        kind=numbers.kinds[row.kind],
        per_year=row.per_year * times,
        hourly=_even(settings.hourly.get(row.hourly), 24),
        monthly=_even(settings.monthly.get(row.monthly), 12),
        priority=maybe(numbers.priorities, row.priority),
        **where,
    )


def _even(weights: Sequence[float] | None, n: int) -> tuple[float, ...]:
    """Scale weights to a mean of 1; no weights: all 1."""
    if weights is None:
        return (1.0,) * n
    mean = sum(weights) / n
    return tuple(weight / mean for weight in weights)
