"""The evaluator's table: what was asked, by which standard, what was observed, and how it is rated.

Items follow AQ/T 9009-2015; lines are the plan's own tasks, the reports that the rules ask for, and a few
measures of the response. What a simulation cannot show stays "not tested".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from dispatch.plans import Work
from results.evaluation import Tested
from results.intervals import Estimate, over_replications
from results.plans.observed import MEASURES, Seen, tasks_seen
from results.wording import NOTHING, minutes, percent, percent_within, say

DATA = Path(__file__).parent / "data" / "evaluation.yaml"
FEWEST = 10
"""Below so many accidents no interval is given."""
PASS, FAIL, NOT_TESTED = "pass", "fail", "not tested"
WORKS = {work.name.lower(): work for work in Work}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the evaluator's table.

    `share` is the share of accidents that kept the limit (None: not tested), `cases` in how many it was
    tested, `evidence` the accidents and log lines that show it, the failures first.
    """

    item: str
    name: str
    standard: str
    limit: str
    observed: str
    result: str
    rating: str
    evidence: str
    weight: float
    share: float | None
    cases: int

    @property
    def score(self) -> float | None:
        """Points: the weight times the share."""
        return None if self.share is None else self.weight * self.share


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole table: its lines by item, the points reached in a hundred, and the grade they stand for."""

    standard: str
    lines: tuple[Line, ...]
    total: float | None
    grade: str
    untested: int


@cache
def catalogue() -> Mapping[str, Any]:
    """Read the items, weights, thresholds and grades."""
    content: Mapping[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return content


def sheet_of(found: Tested, lang: str) -> Sheet:
    """Fill the evaluator's table for a plan that was tested."""
    data = catalogue()
    lines = tuple(line for item in data["items"] for line in _lines(found, item, lang))
    rated = [line for line in lines if line.score is not None]
    weights = sum(line.weight for line in rated)
    total = 100.0 * sum(line.score or 0.0 for line in rated) / weights if weights else None
    grade = "" if total is None else next(it["name"][lang] for it in data["grades"] if total >= it["from"])
    return Sheet(data["standard"][lang], lines, total, grade, len(lines) - len(rated))


def _lines(found: Tested, item: Mapping[str, Any], lang: str) -> Iterator[Line]:
    name = item["name"][lang]
    for entry in item["lines"]:
        measure = entry["measure"]
        if measure in WORKS:
            seen: Sequence[Seen] = list(tasks_seen(found, WORKS[measure], lang))
        else:
            seen = _shared(list(MEASURES[measure](found, entry, lang)) if measure in MEASURES else [], entry)
        for one in seen:
            yield _line(name, entry, one, lang)
        if not seen:
            yield _untested(name, entry, lang)


def _shared(seen: Sequence[Seen], entry: Mapping[str, Any]) -> list[Seen]:
    """Share the weight of an entry out among the lines that it comes to."""
    weight = float(entry.get("weight", 1)) / max(1, len(seen))
    return [replace(one, weight=weight) for one in seen]


def _untested(item: str, entry: Mapping[str, Any], lang: str) -> Line:
    why = (
        entry["why"][lang] if "why" in entry else say(lang, "the plan has no such task, or it was never due")
    )
    weight = float(entry.get("weight", 1))
    return Line(item, entry["name"][lang], "", "", why, NOT_TESTED, "", "", weight, None, 0)


def _line(item: str, entry: Mapping[str, Any], seen: Seen, lang: str) -> Line:
    weight = float(entry.get("weight", 1)) if seen.weight is None else seen.weight
    if not seen.kept:
        why = say(lang, "never due in these accidents")
        return Line(item, seen.name, seen.standard, seen.limit, why, NOT_TESTED, "", "", weight, None, 0)
    share: Estimate = over_replications([float(kept) for _, kept, _ in seen.kept])
    mean = share.mean or 0.0
    return Line(
        item,
        seen.name,
        seen.standard or _assumed(entry, lang),
        seen.limit,
        _observed(share, seen.times, lang),
        PASS if mean >= catalogue()["pass_share"] else FAIL,
        next(it["code"] for it in catalogue()["ratings"] if mean >= it["from"]),
        _evidence(seen, lang),
        weight,
        mean,
        len(seen.kept),
    )


def _assumed(entry: Mapping[str, Any], lang: str) -> str:
    return say(lang, "assumption (A)") if entry.get("certainty") == "A" else NOTHING


def _observed(share: Estimate, times: Sequence[float], lang: str) -> str:
    told = percent_within(share) if share.n >= FEWEST else percent(share.mean, 0)
    text = say(lang, "{share} of {n}", share=told, n=share.n)
    if not times:
        return text
    p90 = float(pl.Series(times).quantile(0.9, "higher") or 0.0)
    time = minutes(p90) if p90 < inf else say(lang, "not reached by 9 in 10")
    return text + say(lang, "; P90 {time}", time=time)


def _evidence(seen: Seen, lang: str) -> str:
    """Name accidents and log lines that show it: three that failed, else one that did not."""
    failed = [(number, line) for number, kept, line in seen.kept if not kept][:3]
    shown = failed or [(number, line) for number, _, line in seen.kept][:1]
    texts = [
        say(lang, "No. {number}, line {line}", number=number, line=line)
        if line >= 0
        else say(lang, "No. {number}", number=number)
        for number, line in shown
    ]
    return say(lang, "; ").join(texts)
