"""Asking for a job: the scenario is there, the figures make sense, and it is not too much."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from api import comparing, jobs, library
from api.jobs import Job
from api.library import LOCAL, Author
from api.limits import Limits, calls_a_year, check_size
from api.requests import RunWanted, Wanted, WhatIfWanted, plainly
from api.service import check_policy
from api.store import Store


def ask(
    store: Store,
    wanted: Wanted,
    author: Author = LOCAL,
    limits: Limits | None = None,
    key: str | None = None,
) -> tuple[Job, bool]:
    """Put a job on the list, after seeing that it can be done.

    Parameters
    ----------
    store, wanted
        What is asked of which store.
    author, key
        Who asks, and their idempotency key.
    limits
        How much one job may take.

    Returns
    -------
    tuple
        The job, and whether it is new.

    Raises
    ------
    NotThere
        There is no such scenario.
    WrongUsage, TooMuch
        The figures make no sense, or it would take too much.
    AnotherRequest
        The key came before, with another request.
    """
    if isinstance(wanted, RunWanted):
        check_policy(wanted.policy)
    scenario = library.entry(store, wanted.scenario, wanted.version)
    if wanted.runs:
        folder = library.folder_of(store, scenario.code, scenario.version)
        check_size(wanted, _calls(folder), limits or Limits())
        if isinstance(wanted, WhatIfWanted):
            comparing.look_over(comparing.request_of(str(folder), wanted))
    kind = str(getattr(wanted, "kind", ""))
    return jobs.submit(store, kind, scenario, plainly(wanted), author, key, wanted.runs)


@lru_cache(maxsize=64)
def _calls(folder: Path) -> float:
    """Estimate a scenario's incidents in a year; the folders of the store never change."""
    from sim.scenarios.load import load_scenario

    return calls_a_year(load_scenario(folder))
