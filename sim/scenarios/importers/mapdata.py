"""A map as every importer hands it on: drawn lines, what stands beside them, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.scenarios.importers.found import Found
from sim.scenarios.importers.lines import Line, Points


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the importer had to assume: an English sentence, what goes in its braces, how sure it is.

    `certainty` is a letter of the design's domain facts, A for a plain assumption.
    """

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    certainty: str = "A"


@dataclass(frozen=True, slots=True, eq=False)
class MapData:
    """What was read from a map file.

    `skipped` counts ways that are not driven, by reason (an English phrase). `assumptions` are those of this
    kind of file alone; `licence` says whose data it is and under which terms; `origin` stands before the
    map's own numbers in the tables' sources. The first `given` points are nodes in their own right.
    """

    points: Points
    lines: Sequence[Line]
    found: Sequence[Found] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    assumptions: Sequence[Assumption] = ()
    licence: str = ""
    origin: str = ""
    given: int = 0
