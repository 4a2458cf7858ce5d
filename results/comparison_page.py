"""The report of a comparison: one page that needs nothing else, its pictures, and its plain figures."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from results.choosing import Choice
from results.compare import Comparison, Difference, Stopped
from results.comparison_figures import change_map, differences_figure, effects_figure, who_gains
from results.comparison_words import (
    cannot_be_told,
    chosen,
    differences_table,
    effects_table,
    how_compared,
    places_table,
    stopped,
    told,
)
from results.factorial import Effect
from results.intervals import Estimate
from results.outcome import Measure
from results.page import Album, laid_out, write_album
from results.style import Plate, write_whole
from results.wording import called, say

DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that was found out in comparing: the comparison, the best of the variants, and levers' effects.

    `measure` is the figure by which the best was chosen; `names` are those it was chosen among;
    `stopped` tells why replications ended, where a half width was asked for.
    """

    comparison: Comparison
    measure: Measure
    choice: Choice | None = None
    names: tuple[str, ...] = ()
    effects: Mapping[str, tuple[Effect, ...]] | None = None
    stopped: Stopped | None = None


def write_comparison(folder: Path, found: Findings, lang: str, command: str) -> tuple[Path, ...]:
    """Write report, pictures and figures into a folder; give the paths, the report first.

    Parameters
    ----------
    folder
        Where; it is made if need be.
    found
        What was found out.
    lang
        ``zh`` or ``en``.
    command
        How the same report is made again.
    """
    album = pictures(found, lang)
    drawn = write_album(folder, album, lang)
    numbers = folder / "comparison.json"
    write_whole(numbers, (json.dumps(plainly(found), ensure_ascii=False, indent=1) + "\n").encode())
    page = folder / f"what-if-{lang}.html"
    write_whole(page, page_html(found, lang, command, album).encode())
    return page, numbers, *drawn


def pictures(found: Findings, lang: str) -> dict[str, Plate]:
    """Draw the pictures by the names of their files."""
    one = found.comparison
    drawn: dict[str, Figure] = {"differences": differences_figure(one, lang)}
    for number, name in enumerate(one.variants, start=1):
        for measure, rows in one.places[name].items():
            if rows:
                drawn[f"change-map-{measure.replace('_', '-')}-{number}"] = change_map(
                    one, name, measure, lang
                )
        if any(one.places[name].values()):
            drawn[f"who-gains-{number}"] = who_gains(one, name, lang)
    if effects := (found.effects or {}).get(found.measure.code):
        drawn["effects"] = effects_figure(one, found.measure, effects, lang)
    return {name: Plate(figure) for name, figure in drawn.items()}


def headline(found: Findings, lang: str) -> tuple[str, ...]:
    """Say the main results in a few sentences."""
    one = found.comparison
    several = len(one.variants) > 1
    lines = [
        f"{name}{say(lang, ': ')}{line}" if several else line
        for name in one.variants
        for line in told(one, name, lang)
    ]
    if found.choice is not None:
        lines.append(chosen(one, found.choice, found.names, found.measure, lang))
    if found.stopped is not None:
        lines.append(stopped(one, found.stopped, found.measure, lang))
    return tuple(lines)


def page_html(found: Findings, lang: str, command: str, album: Album) -> str:
    """Lay the report out as HTML, pictures and typeface within."""
    one = found.comparison
    effects = found.effects and found.effects[found.measure.code]
    fields: dict[str, object] = {
        "county": called(one.county.names, lang),
        "headline": headline(found, lang),
        "variants": [_variant(one, name, number, lang) for number, name in enumerate(one.variants, start=1)],
        "differences": differences_table(one, lang),
        "effects": effects_table(one, found.measure, effects, lang) if effects else None,
        "how": how_compared(one, lang),
        "command": command,
    }
    return laid_out("what-if.html.j2", lang, fields, album)


def plainly(found: Findings) -> dict[str, Any]:
    """Give all figures as plain numbers, ready for JSON; equal for equal requests."""
    one = found.comparison
    return {
        "format": 1,
        "scenario": one.county.code,
        "replications": one.replications,
        "days": one.days,
        "confidence_level": one.level,
        "measures": {m.code: {"unit": m.unit, "less_is_better": m.less_is_better} for m in one.measures},
        "variants": {
            name: {
                "changes": {lang: list(texts) for lang, texts in one.changes.get(name, {}).items()},
                "measures": {code: _plain(row) for code, row in one.differences[name].items()},
                **{
                    f"{measure}_by_place": {code: _plain(row) for code, row in rows.items()}
                    for measure, rows in one.places[name].items()
                },
            }
            for name in one.variants
        },
        **({} if found.choice is None else {"best": _chosen(found.choice, found.names, found.measure)}),
        **({} if not found.effects else {"effects": {c: _effects(e) for c, e in found.effects.items()}}),
    }


def _variant(one: Comparison, name: str, number: int, lang: str) -> dict[str, object]:
    return {
        "name": name,
        "number": number,
        "changes": one.changes.get(name, {}).get(lang, ()),
        "untold": cannot_be_told(one, name, lang),
        "places": places_table(one, name, lang),
    }


def _plain(one: Difference) -> dict[str, Any]:
    return {
        "base": _estimate(one.base),
        "variant": _estimate(one.variant),
        "change": {**_estimate(one.change), "n": one.change.n, "level": round(one.change.level, DIGITS)},
        "p": _rounded(one.p),
        "sign": one.sign,
        "variance_ratio": _rounded(one.variance_ratio),
    }


def _chosen(choice: Choice, names: Sequence[str], measure: Measure) -> dict[str, Any]:
    return {
        "measure": measure.code,
        "variant": names[choice.best],
        "left": [names[n] for n in choice.left],
        "sure": choice.sure,
        "probability": choice.probability,
        "worth": choice.worth,
        "replications": choice.replications,
        "dropped_after": dict(zip(names, choice.dropped, strict=True)),
        "means": {name: _rounded(mean) for name, mean in zip(names, choice.means, strict=True)},
    }


def _effects(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    return [
        {"levers": list(one.levers), **_estimate(one.change), "p": _rounded(one.p), "sign": one.sign}
        for one in effects
    ]


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    return {"value": _rounded(estimate.mean), "half_width": _rounded(estimate.half_width)}


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, DIGITS)
