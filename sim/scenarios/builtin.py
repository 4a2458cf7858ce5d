"""The counties that come with the program: their codes and where their folders lie."""

from __future__ import annotations

from pathlib import Path


def builtin_scenarios() -> dict[str, Path]:
    """Find the built-in scenario folders, by code, in the order of their codes.

    Examples
    --------
    >>> "lanshui" in builtin_scenarios()
    True
    """
    return {file.parent.name: file.parent for file in sorted(Path(__file__).parent.glob("*/scenario.yaml"))}
