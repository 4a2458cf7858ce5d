"""What is needed to tell of an event: names, incidents, and what went before it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from results.wording import called, say
from sim.county import County

if TYPE_CHECKING:
    from results.chain.histories import Reports

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """The county's names, the incidents, when each was reported, and what kept units from being ready.

    `standing` lists, by unit, the events that changed what it is believed ready for: their numbers, and the
    reasons they give. `reports` are the accidents' reports (None: nobody reports).
    """

    county: County
    lang: str
    incidents: Mapping[int, Row]
    reported_s: Mapping[int, float]
    standing: Mapping[int, tuple[Sequence[int], Sequence[str | None]]] = field(default_factory=dict)
    reports: Reports | None = None

    def say(self, sentence: str, **fields: object) -> str:
        """Say a sentence in the story's language."""
        return say(self.lang, sentence, **fields)

    def unit(self, row: Row) -> str:
        """Name the unit of an event by its code."""
        return self.county.units[row["unit"]].code

    def station(self, row: Row) -> str:
        """Name the station an event speaks of."""
        return called(self.county.stations[row["subject"]].names, self.lang)

    def hospital(self, row: Row) -> str:
        """Name the hospital an event speaks of."""
        return called(self.county.hospitals[row["subject"]].names, self.lang)

    def why_not_ready(self, code: str, number: int) -> str | None:
        """Give the reasons, as the log keeps them, why a unit was not fully ready before an event."""
        unit = next((n for n, one in enumerate(self.county.units) if one.code == code), -1)
        numbers, texts = self.standing.get(unit, ((), ()))
        before = bisect_left(numbers, number)
        return texts[before - 1] if before else None
