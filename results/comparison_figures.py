"""The pictures of a comparison: what changes by how much, where on the map, who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from results.compare import Comparison, Difference
from results.comparison_words import by_loss, is_better, scaled, seconds_change, unit_of
from results.factorial import Effect
from results.ground import Tone, base_points, draw_bases, draw_roads, draw_scale, sheet
from results.labels import Label, place_labels
from results.outcome import A_YEAR, OF_PLACES, SECONDS, SHARE, Measure
from results.style import ACCENT, GOOD, HOSPITAL, INK, MUTED, NONE, POOR, drawn, paper
from results.wording import NOTHING, called, number, say

WIDE_IN = 7.2
MARKERS = "osD^vP"
LIMITS_S = (30.0, 120.0)
"""Where the steps of the map's scale lie, in seconds sooner or later."""
SLOWER = (Tone("#e0a458", "#f8e6cb"), Tone("#cf6a32", "#f1cdb4"), Tone(POOR, "#dfa7a1"))
FASTER = (Tone("#8fbfdc", "#e3eff7"), Tone("#4d8fc0", "#c6ddee"), Tone("#173f6b", "#a3c6e0"))
UNTOLD = Tone(NONE, "#ececec")


@drawn
def differences_figure(found: Comparison, lang: str) -> Figure:
    """Show each figure's change with its interval, a panel for each unit, a mark for each variant."""
    panels = [(u, [m for m in found.measures if m.unit == u]) for u in (SECONDS, SHARE, A_YEAR)]
    panels = [(unit, measures) for unit, measures in panels if measures]
    rows = [len(measures) * max(1.0, 0.55 * len(found.variants)) for _, measures in panels]
    figure = _sheet(found, lang, 0.75 + 0.30 * sum(rows) + 0.55 * len(panels))
    all_axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=rows)[:, 0]
    for axes, (unit, measures) in zip(all_axes, panels, strict=True):
        _panel(axes, found, measures, lang)
        axes.set_xlabel(say(lang, "Change, {unit}", unit=unit_of(unit, lang)))
    figure.legend(handles=_key(found, lang), loc="outside upper left", ncols=4, handletextpad=0.3)
    return figure


@drawn
def change_map(found: Comparison, variant: str, measure: str, lang: str) -> Figure:
    """Colour each township's roads by how much sooner or later help comes to its calls."""
    county, rows = found.county, found.places[variant][measure]
    tones = [tone_of(rows.get(place.code)) for place in county.places]
    figure, axes = sheet(county)
    draw_roads(axes, county, tones)
    draw_bases(axes, county)
    draw_scale(axes, county)
    places = sorted(county.places, key=lambda place: (-place.population, place.code))
    labels = [
        Label(p.centre.lon, p.centre.lat, f"{called(p.names, lang)}\n{_short(rows.get(p.code), lang)}", 7.8)
        for p in places
    ]
    place_labels(axes, labels, base_points(county), keep_all=True, beside=False)
    _map_legend(figure, found, variant, measure, lang)
    return figure


@drawn
def who_gains(found: Comparison, variant: str, lang: str) -> Figure:
    """Show the change of first arrival and of full assembly in each place, and how many live there."""
    places = by_loss(found, variant)
    figure = _sheet(found, lang, 1.35 + 0.24 * len(places))
    all_axes = figure.subplots(1, len(OF_PLACES), sharey=True)
    names = {one.code: one.called(found.county, lang) for one in found.measures}
    for axes, measure in zip(all_axes, OF_PLACES, strict=True):
        _bars(axes, [found.places[variant][measure].get(place.code) for place in places])
        _rows(axes, [called(place.names, lang) for place in places])
        axes.set_title(names.get(measure, ""), fontsize=9)
    for y, place in zip(_heights(len(places)), places, strict=True):
        _beside(all_axes[-1], y, number(float(place.population), 0))
    _beside(all_axes[-1], float(len(places)) - 0.1, say(lang, "Inhabitants"))
    all_axes[0].set_xlabel(say(lang, "Change, seconds: left sooner, right later"), loc="left")
    handles = [
        Line2D([], [], color=colour, linewidth=5, label=label)
        for colour, label in (
            (POOR, say(lang, "later")),
            (GOOD, say(lang, "sooner")),
            (NONE, say(lang, "no change that can be told")),
        )
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3, handlelength=1.2)
    return figure


@drawn
def effects_figure(found: Comparison, measure: Measure, effects: Sequence[Effect], lang: str) -> Figure:
    """Show what levers do to a figure by themselves and together, with intervals."""
    figure = _sheet(found, lang, 1.1 + 0.3 * len(effects))
    axes = figure.subplots()
    for y, one in zip(_heights(len(effects)), effects, strict=True):
        middle, half = scaled(measure, one.change.mean), scaled(measure, one.change.half_width)
        face = ACCENT if one.sign else "white"
        axes.errorbar(middle, y, xerr=half, fmt="o", color=ACCENT, mfc=face, elinewidth=1.2, markersize=6)
    _rows(axes, [" × ".join(one.levers) for one in effects])
    name, unit = measure.called(found.county, lang), unit_of(measure.unit, lang)
    axes.set_xlabel(say(lang, "{figure}: effect, {unit}", figure=name, unit=unit))
    return figure


def tone_of(one: Difference | None) -> Tone:
    """Find the colour of a change of first arrival; grey where its sign cannot be told."""
    if one is None or not one.sign or one.change.mean is None:
        return UNTOLD
    step = sum(abs(one.change.mean) > limit for limit in LIMITS_S)
    return SLOWER[step] if one.sign > 0 else FASTER[step]


def _panel(axes: Axes, found: Comparison, measures: Sequence[Measure], lang: str) -> None:
    """Draw the changes of some figures, one row a figure, variants below one another within it."""
    count = len(found.variants)
    for y, measure in zip(_heights(len(measures)), measures, strict=True):
        for number_, name in enumerate(found.variants):
            one = found.differences[name][measure.code]
            shift = 0.0 if count == 1 else 0.6 * (0.5 - number_ / (count - 1))
            middle, half = scaled(measure, one.change.mean), scaled(measure, one.change.half_width)
            better = is_better(measure, one)
            colour = MUTED if better is None else GOOD if better else POOR
            axes.errorbar(
                middle,
                y + shift,
                xerr=0.0 if np.isnan(half) else half,
                fmt=MARKERS[number_ % len(MARKERS)],
                color=colour,
                mfc="white" if better is None else colour,
                elinewidth=1.2,
                markersize=5,
            )
    _rows(axes, [measure.called(found.county, lang) for measure in measures])


def _bars(axes: Axes, rows: Sequence[Difference | None]) -> None:
    """Draw a bar with its interval for each place that something can be said of."""
    for y, one in zip(_heights(len(rows)), rows, strict=True):
        if one is not None:
            middle, half = one.change.mean or 0.0, one.change.half_width or 0.0
            axes.barh(y, middle, 0.62, color={1: POOR, -1: GOOD, 0: NONE}[one.sign], linewidth=0)
            axes.errorbar(middle, y, xerr=half, ecolor=INK, elinewidth=0.9, fmt="none")


def _beside(axes: Axes, y: float, text: str) -> None:
    """Write right of a chart at a height of it."""
    axes.annotate(
        text,
        (1.02, y),
        color=MUTED,
        fontsize=8,
        xycoords=("axes fraction", "data"),
        va="center",
        annotation_clip=False,
    )


def _rows(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a chart of changes and mark where nothing changes."""
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks(_heights(len(names)), names)
    axes.set_ylim(-0.7, len(names) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")


def _heights(count: int) -> list[float]:
    return [float(count - 1 - row) for row in range(count)]


def _key(found: Comparison, lang: str) -> list[Line2D]:
    """Explain the colours and, with several variants, the marks."""
    handles = [
        _mark("o", GOOD, GOOD, say(lang, "better")),
        _mark("o", POOR, POOR, say(lang, "worse")),
        _mark("o", "white", MUTED, say(lang, "no change that can be told")),
    ]
    if len(found.variants) > 1:
        handles += [
            _mark(MARKERS[n % len(MARKERS)], "white", INK, name) for n, name in enumerate(found.variants)
        ]
    return handles


def _mark(marker: str, face: str, edge: str, label: str) -> Line2D:
    return Line2D(
        [], [], linestyle="", marker=marker, markersize=6, color=face, markeredgecolor=edge, label=label
    )


def _short(one: Difference | None, lang: str) -> str:
    if one is None or one.change.mean is None:
        return NOTHING
    return seconds_change(one, lang)


def _map_legend(figure: Figure, found: Comparison, variant: str, measure: str, lang: str) -> None:
    title = {m.code: m for m in found.measures}[measure].called(found.county, lang)
    least, most = (f"{limit_s:g}{' 秒' if lang == 'zh' else ' s'}" for limit_s in LIMITS_S)
    steps = [f"≤ {least}", f"≤ {most}", f"> {most}"]
    tones = [*zip(FASTER[::-1], steps[::-1], strict=True)]
    handles = [
        Line2D([], [], color=tone.colour, linewidth=4, label=say(lang, "sooner by {step}", step=step))
        for tone, step in tones
    ]
    handles.append(
        Line2D([], [], color=UNTOLD.colour, linewidth=4, label=say(lang, "no change that can be told"))
    )
    handles += [
        Line2D([], [], color=tone.colour, linewidth=4, label=say(lang, "later by {step}", step=step))
        for tone, step in zip(SLOWER, steps, strict=True)
    ]
    handles.append(_mark("s", INK, "white", say(lang, "station")))
    if found.county.hospitals:
        handles.append(_mark("P", HOSPITAL, "white", say(lang, "hospital")))
    inch = 1 / figure.get_figheight()
    figure.text(0.022, 0.05 * inch, _basis(found, lang), color=MUTED, fontsize=7)
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.01, 0.14 * inch),
        ncols=5,
        title=say(lang, "{figure} with {variant}, against as it is", figure=title, variant=variant),
        alignment="left",
        handlelength=1.6,
        columnspacing=1.2,
        fontsize=8,
        title_fontsize=8.5,
    )


def _sheet(found: Comparison, lang: str, height_in: float) -> Figure:
    figure = paper(WIDE_IN, height_in)
    figure.supxlabel(_basis(found, lang), x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def _basis(found: Comparison, lang: str) -> str:
    return say(
        lang,
        "{n} pairs of replications of {days} days with the same chance; intervals: {level}%",
        n=found.replications,
        days=f"{found.days:g}",
        level=f"{100 * found.level:.0f}",
    )
