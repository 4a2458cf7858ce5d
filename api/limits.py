"""How much one request may ask of the machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.requests import Wanted
from api.trouble import Trouble

if TYPE_CHECKING:
    from sim.scenarios.scenario import Scenario

YEAR_DAYS = 365.0


class TooMuch(Trouble):
    """More is asked for than one job may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one job may take: incidents over all its replications, and replications."""

    incidents: float = 50e6
    replications: int = 10_000


def calls_a_year(scenario: Scenario) -> float:
    """Estimate how many incidents a scenario has in a year."""
    if scenario.incidents is not None:
        return float(len(scenario.incidents))
    sites = Counter[str]()
    for site in scenario.sites:
        sites[site.kind] += 1
    whole = 0.0
    for row in scenario.demand:
        where, _, kind = row.where.partition(":")
        whole += row.per_year * (sites[kind] if where == "sites" else 1)
    return whole


def check_size(wanted: Wanted, calls_a_year: float, limits: Limits) -> None:
    """Refuse a job that would take too much: horizon, load and replications together.

    Raises
    ------
    TooMuch
        It would.
    """
    if wanted.runs > limits.replications:
        sentence = "{n} replications are more than the {most} that one job may have."
        raise TooMuch(sentence, n=wanted.runs, most=limits.replications)
    incidents = wanted.runs * wanted.days_each / YEAR_DAYS * calls_a_year
    if incidents > limits.incidents:
        sentence = "This would simulate some {n} incidents; one job may have {most}. Ask for less."
        raise TooMuch(sentence, n=f"{incidents:,.0f}", most=f"{limits.incidents:,.0f}")
