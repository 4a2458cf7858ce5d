"""A tested plan in pictures: its tasks against their limits, and what one change does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from results.chain.figures import WIDE_IN, hours_axis
from results.chain.words import task_called
from results.evaluation import MOMENTS, TaskFigures, Tested, paired, task_figures
from results.intervals import Estimate
from results.plans.tables import OUTCOMES, SCALE, SHARES, direction
from results.style import ACCENT, HAIRLINE, INK, MUTED, POOR, SECOND, drawn, paper
from results.wording import percent, say

LONG_S = 3 * 3600.0
"""Differences in time beyond this are drawn in hours."""
COLOURS = {"good": ACCENT, "poor": POOR, "unsure": MUTED, "": MUTED}


@drawn
def tasks_figure(found: Tested, lang: str) -> Figure:
    """Show task by task the time within which half and 9 in 10 were done, against the limit."""
    rows = [one for one in task_figures(found) if one.due]
    figure = _sheet(found, lang, 1.2 + 0.32 * max(len(rows), 1))
    axes = figure.subplots()
    place = np.arange(len(rows))[::-1]
    end_s = _reach(found, rows)
    for y, one in zip(place, rows, strict=True):
        _task(axes, found, one, float(y), end_s, lang)
    axes.set_yticks(place, [task_called(found.county, 0, one.task, lang) for one in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, max(len(rows), 1) - 0.2)
    hours_axis(axes, end_s)
    axes.set_xlim(0, end_s)
    axes.set_xlabel(say(lang, "Since the response level opened (hours:minutes)"))
    _head(axes, len(rows), say(lang, "in time"))
    marks = [
        Line2D([], [], linewidth=7, color=ACCENT, label=say(lang, "half within")),
        Line2D([], [], linewidth=7, color=SECOND, label=say(lang, "9 in 10 within")),
        Line2D(
            [],
            [],
            marker="|",
            markersize=11,
            markeredgewidth=1.6,
            linestyle="",
            color=INK,
            label=say(lang, "limit"),
        ),
    ]
    figure.legend(handles=marks, loc="outside upper left", ncols=3, handlelength=1.2)
    return figure


def _reach(found: Tested, rows: Sequence[TaskFigures]) -> float:
    """Tell how far the axis goes: past all limits, and what lies not far beyond them."""
    limits = [found.plan.tasks[one.task].within_s for one in rows]
    furthest = 1.5 * max(limits, default=3600.0)
    times = [one.p90_s for one in rows if one.p90_s is not None and one.p90_s <= furthest]
    return 1.06 * max([*limits, *times], default=3600.0)


def _task(axes: Axes, found: Tested, one: TaskFigures, y: float, end_s: float, lang: str) -> None:
    limit_s = found.plan.tasks[one.task].within_s
    p50, p90 = one.p50_s, one.p90_s
    axes.barh(y, end_s if p90 is None else min(p90, end_s), 0.5, color=SECOND, linewidth=0)
    if p50 is not None:
        axes.barh(y, min(p50, end_s), 0.5, color=ACCENT, linewidth=0)
    if p90 is None or p90 > end_s:
        text = say(lang, "beyond →")
        axes.annotate(
            text, (end_s, y), (-3, 0), textcoords="offset points", ha="right", va="center", fontsize=7.5
        )
    axes.plot([limit_s, limit_s], [y - 0.36, y + 0.36], color=INK, linewidth=1.6)
    good = (one.within.mean or 0.0) >= 0.9
    axes.annotate(
        percent(one.within.mean, 0),
        (1.01, y),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=8,
        color=INK if good else POOR,
    )


def _head(axes: Axes, rows: int, text: str) -> None:
    axes.annotate(text, (1.01, rows - 0.4), xycoords=("axes fraction", "data"), fontsize=7.5, color=MUTED)


@drawn
def lever_figure(one: Tested, other: Tested, lang: str) -> Figure:
    """Show what a change does: the paired difference of each outcome with its interval."""
    shown = [group for group in _groups(one, other, lang) if group[1]]
    sizes = [0.75 + 0.27 * len(rows) for _, rows, _ in shown]
    figure = _sheet(one, lang, 0.6 + sum(sizes))
    all_axes = figure.subplots(len(shown), 1, height_ratios=sizes, squeeze=False)[:, 0]
    for axes, (title, rows, scale) in zip(all_axes, shown, strict=True):
        _differences(axes, rows, scale, title, lang)
    text = say(lang, "{other}, against {one}", one=one.label, other=other.label)
    figure.suptitle(text, x=0.01, ha="left", fontsize=10)
    return figure


Group = tuple[str, list[tuple[str, Estimate]], float]


def _groups(one: Tested, other: Tested, lang: str) -> list[Group]:
    """Give the differences by unit: times (in hours where they are long), shares, people."""

    def of(names: Sequence[str]) -> list[tuple[str, Estimate]]:
        found = ((name, paired(one, other, name)) for name in names)
        return [(name, it) for name, it in found if it.mean is not None]

    times = of(MOMENTS)
    far = max((abs(it.mean or 0.0) + (it.half_width or 0.0) for _, it in times), default=0.0)
    later = say(lang, "Later by, hours") if far > LONG_S else say(lang, "Later by, minutes")
    return [
        (later, times, 1.0 / 3600.0 if far > LONG_S else 1.0 / 60.0),
        (say(lang, "More by, percentage points"), of(SHARES), 100.0),
        (say(lang, "More by, people in 100 accidents"), of(("deaths", "injuries")), 1.0),
    ]


def _differences(axes: Axes, rows: list[tuple[str, Estimate]], scale: float, title: str, lang: str) -> None:
    """Draw some differences in one unit, each as a point with its interval."""
    axes.axvline(0, color=INK, linewidth=0.9)
    for y, (name, difference) in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        by = scale * SCALE.get(name, 1.0)
        middle, half = by * (difference.mean or 0.0), by * (difference.half_width or 0.0)
        colour = COLOURS[direction(name, difference)]
        axes.axhline(y, color=HAIRLINE, linewidth=0.5, zorder=0)
        axes.errorbar(middle, y, xerr=half, fmt="o", color=colour, markersize=5, elinewidth=1.6)
        text = f"{middle:+.1f}".replace("-", "−") if round(abs(middle), 1) else "0"
        axes.annotate(
            text, (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8, color=colour
        )
    axes.set_yticks(range(len(rows) - 1, -1, -1), [_outcome(name, lang) for name, _ in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    if not any(difference.mean for _, difference in rows):
        axes.set_xlim(-1, 1)
    axes.set_title(title, fontsize=9, color=MUTED)


def _outcome(name: str, lang: str) -> str:
    words = {"deaths": say(lang, "Deaths"), "injuries": say(lang, "Injured")}
    return words.get(name) or say(lang, OUTCOMES[name])


def _sheet(found: Tested, lang: str, height_in: float) -> Figure:
    """Give an empty picture with a line below that says what it rests on."""
    figure = paper(WIDE_IN, height_in)
    text = say(lang, "{n} rehearsed accidents; intervals: 95%", n=len(found.cases))
    figure.supxlabel(text, x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure
