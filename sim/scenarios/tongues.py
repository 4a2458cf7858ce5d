"""Names in two tongues: what is missing in one is filled from the other, or from the code."""

from __future__ import annotations

from sim.county import Names as Called
from sim.scenarios.fields import Names
from sim.scenarios.rows import NamedRow


def called(names: Names, code: str) -> Called:
    """Name a thing of ``scenario.yaml``."""
    return Called(names.zh or names.en or code, names.en or names.zh or code)


def named(row: NamedRow) -> Called:
    """Name a row of a table."""
    return Called(row.name or row.name_en or row.code, row.name_en or row.name or row.code)
