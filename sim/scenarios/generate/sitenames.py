"""What hazard sites in a made-up county are called, each name once, in Chinese and English."""

from __future__ import annotations

import numpy as np

from sim.scenarios.generate.names import stock, words
from sim.scenarios.generate.people import Place


class SiteNamer:
    """Gives every site a name that no other has."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.given: set[str] = set()
        self.counts: dict[str, int] = {}
        self.brands = _shuffled(stock("brands"), chance)
        self.villages = _shuffled(stock("villages"), chance)

    def name(self, kind: str, place: Place) -> tuple[str, str]:
        """Give a site of a kind in a place its Chinese and English name."""
        known = words()["patterns"][kind]
        patterns = [(pattern["zh"], pattern["en"]) for pattern in known["names"]]
        first = 0 if known["first"] else self.counts.get(kind, 0) % len(patterns)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        for turn in range(len(patterns) * (len(self.brands) + len(self.villages))):
            name = self._filled(*patterns[(first + turn) % len(patterns)], place)
            if name[0] not in self.given:
                self.given.add(name[0])
                return name
        return self._numbered(*patterns[first], place)

    def _filled(self, zh: str, en: str, place: Place) -> tuple[str, str]:
        """Fill a pattern; a brand or village that is used goes to the end of its stock."""
        brand, village = self.brands[0], self.villages[0]
        for stocked, mark in ((self.brands, "{brand}"), (self.villages, "{village}")):
            if mark in zh:
                stocked.append(stocked.pop(0))
        return (
            zh.format(place=place.short, brand=brand[0], village=village[0]),
            en.format(place=place.short_en, brand=brand[1], village=village[1]),
        )

    def _numbered(self, zh: str, en: str, place: Place) -> tuple[str, str]:
        """Give a name with a number where all plain names are taken."""
        stem, stem_en = self._filled(zh, en, place)
        number = next(n for n in range(2, len(self.given) + 3) if f"{stem}（{n}）" not in self.given)
        self.given.add(f"{stem}（{number}）")
        return f"{stem}（{number}）", f"{stem_en} {number}"


def _shuffled(listed: list[tuple[str, str]], chance: np.random.Generator) -> list[tuple[str, str]]:
    return [listed[k] for k in chance.permutation(len(listed))]
