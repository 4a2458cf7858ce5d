"""What an import brought and what it assumed, as plain figures and as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.language import tongue
from sim.road_table import Cut
from sim.scenarios.importers.mapdata import Assumption
from sim.scenarios.problems import said

say = tongue("sim")

WORDS = {
    "ambulance_station": "ambulance stations",
    "chemical": "chemical works",
    "clinic": "clinics",
    "cold_store": "cold stores",
    "demand": "streams of calls",
    "fire_station": "fire stations",
    "fuel": "fuel stations",
    "gas": "gas sites",
    "hospital": "hospitals",
    "industrial": "works and industrial land",
    "place": "towns and villages",
    "police": "police stations",
    "run_cards": "run-card lines",
}


@dataclass(frozen=True, slots=True)
class Snapped:
    """How far things of one kind stand from the road network, in metres; `farthest` is a code."""

    kind: str
    count: int
    median_m: float
    largest_m: float
    farthest: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import brought.

    `found` counts what the map shows by kind, `written` what the scenario's tables hold; `too_far` lists
    codes of things left out because no road comes near; `skipped` counts ways that are not driven, by reason.
    """

    file: str
    folder: Path
    nodes: int
    arcs: int
    length_km: float
    population: int
    cut: Cut
    found: Mapping[str, int]
    written: Mapping[str, int]
    snapped: tuple[Snapped, ...]
    too_far: tuple[str, ...]
    skipped: Mapping[str, int]
    assumptions: tuple[Assumption, ...]

    def lines(self, lang: str = "en") -> list[str]:
        """Say it all, one sentence a line, in ``"en"`` or ``"zh"``."""
        return [*self._road_lines(lang), *self._thing_lines(lang), *assumption_lines(self.assumptions, lang)]

    def _road_lines(self, lang: str) -> list[str]:
        sentences = [
            say(
                lang,
                "{file}: {nodes} nodes, {arcs} arcs, {km} km of arcs.",
                file=self.file,
                nodes=self.nodes,
                arcs=self.arcs,
                km=f"{self.length_km:.0f}",
            ),
            cut_line(self.cut, lang),
        ]
        if self.skipped:
            sentences.append(say(lang, "Ways not taken: {list}.", list=counted(self.skipped, lang)))
        return sentences

    def _thing_lines(self, lang: str) -> list[str]:
        found = counted(self.found, lang) or say(lang, "nothing")
        written = counted(self.written, lang)
        sentences = [
            say(lang, "Found on the map: {list}.", list=found),
            say(
                lang,
                "Written to {folder}: {list}; {people} people.",
                folder=self.folder,
                list=written,
                people=self.population,
            ),
        ]
        sentences += [snap_line(snapped, lang) for snapped in self.snapped]
        if self.too_far:
            sentences.append(
                say(lang, "Left out, too far from any road: {codes}.", codes=", ".join(self.too_far))
            )
        return sentences


def cut_line(cut: Cut, lang: str) -> str:
    """Say what was cut off the network."""
    if not cut.islands:
        return say(lang, "Every node can be reached from every other; nothing was cut off.")
    return say(
        lang,
        "Cut off, as no way leads there and back: {nodes} nodes and {arcs} arcs ({km} km) in {parts} parts.",
        nodes=cut.nodes,
        arcs=cut.arcs,
        km=f"{cut.km:.1f}",
        parts=cut.islands,
    )


def snap_line(snapped: Snapped, lang: str) -> str:
    """Say how far things of one kind stand from the network."""
    return say(
        lang,
        "Distance to the nearest node, {kind}: median {median} m, largest {largest} m ({code}).",
        kind=say(lang, WORDS.get(snapped.kind, snapped.kind)),
        median=f"{snapped.median_m:.0f}",
        largest=f"{snapped.largest_m:.0f}",
        code=snapped.farthest,
    )


def assumption_lines(assumptions: tuple[Assumption, ...], lang: str) -> list[str]:
    """Say what was assumed, each with its certainty."""
    return [assumption_line(assumption, lang) for assumption in assumptions]


def assumption_line(assumption: Assumption, lang: str) -> str:
    """Say one assumption with its certainty letter."""
    words = {key: said(lang, value) for key, value in assumption.values.items()}
    sentence = say(lang, assumption.sentence, **words)
    return f"{sentence}（{assumption.certainty}）" if lang == "zh" else f"{sentence} ({assumption.certainty})"


def counted(counts: Mapping[str, int], lang: str) -> str:
    """List counts by what is counted: ``fire stations 6, hospitals 1``."""
    mark = "、" if lang == "zh" else ", "
    return mark.join(f"{say(lang, WORDS.get(kind, kind))} {count}" for kind, count in counts.items() if count)
