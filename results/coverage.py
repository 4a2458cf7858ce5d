"""Who is reached in time by units that are ready: over the hours of the week, and on the map at a moment."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from results.ground import (
    CLASS_WIDTHS,
    MOST_ROADS,
    OTHER_WIDTH,
    base_points,
    draw_bases,
    draw_scale,
    segments,
    sheet,
)
from results.labels import Label, place_labels
from results.style import ACCENT, FAIR, HOSPITAL, INK, MUTED, POOR, SECOND, drawn, paper
from results.wording import called, percent, say, spoken
from sim.county import County, Standard

WIDE_IN = 7.2
HOURS = 168
NIGHT = "#eef0f4"
COLOURS = (POOR, FAIR, "#9cc3de", "#4d8fc0", "#173f6b")
"""Of roads that no, 1, 2, 3, or more ready units reach in time; told apart on a grey printer from 1 on."""
LEAST_WIDTH = 0.7


@drawn
def coverage_week(
    county: County,
    single: ArrayLike,
    double: ArrayLike,
    expected: ArrayLike | None,
    within_s: float,
    lang: str,
    standard: Standard | None = None,
    *,
    of_sites: bool = False,
) -> Figure:
    """Show which share of the people, or sites, is covered in each hour of the week, from Monday 0:00 on.

    Parameters
    ----------
    county
        Tells when it is night.
    single, double
        Share in reach of one and of two ready units, from 0 to 1, shape (168,).
    expected
        Share in reach of a ready unit that is not busy, shape (168,); None leaves it out.
    within_s
        The time in which units are to be there.
    lang
        ``zh`` or ``en``.
    standard
        The standard whose share is drawn as a line; None, or one without a share, draws none.
    of_sites
        The shares are of hazard sites, not of people.

    Raises
    ------
    ValueError
        Not 168 values a line.
    """
    figure = paper(WIDE_IN, 2.9)
    axes = figure.subplots()
    _nights(axes, county)
    for values, colour, width, label in (
        (double, SECOND, 3.6, say(lang, "two ready units or more")),
        (single, ACCENT, 2.0, say(lang, "one ready unit or more")),
        (expected, FAIR, 0.9, say(lang, "one that is ready and not busy (expected)")),
    ):
        if values is not None:
            _line(axes, values, colour, width, label)
    if standard is not None and standard.share is not None:
        _asked(axes, standard, lang)
    _week(axes, lang)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(axis="y")
    limit = spoken(lang, within_s)
    if of_sites:
        axes.set_ylabel(say(lang, "Sites reached within {limit}", limit=limit))
    else:
        axes.set_ylabel(say(lang, "People reached within {limit}", limit=limit))
    handles, _ = axes.get_legend_handles_labels()
    if county.night_turnout is not None:
        handles.append(Patch(color=NIGHT, label=say(lang, "night")))
    figure.legend(handles=handles, loc="outside upper left", ncols=4, handlelength=1.4, columnspacing=1.2)
    return figure


@drawn
def ready_map(
    county: County,
    counts: ArrayLike,
    within_s: float,
    moment: datetime,
    lang: str,
    weights: ArrayLike | None = None,
) -> Figure:
    """Colour each road by how many ready units reach it in time at one moment, and name the townships.

    A road counts as reached by as many units as the worse of its two ends. Under each township stands how
    many reach its centre.

    Parameters
    ----------
    county
        Its roads, places and stations.
    counts
        Ready units that reach each road node in time, shape (nodes,); see `readiness.coverage.reached`.
    within_s
        The time in which units are to be there.
    moment
        When, in local time.
    lang
        ``zh`` or ``en``.
    weights
        People at each node, shape (nodes,): the legend then says how many of them live where.

    Raises
    ------
    ValueError
        Not one count, or one weight, a node.
    """
    reached = _per_node(county, counts)
    figure, axes = sheet(county)
    _roads(axes, county, reached)
    draw_bases(axes, county)
    draw_scale(axes, county)
    places = sorted(county.places, key=lambda place: (-place.population, place.code))
    labels = [
        Label(p.centre.lon, p.centre.lat, f"{called(p.names, lang)}\n{reached[p.centre.node]:g}", 7.8)
        for p in places
    ]
    place_labels(axes, labels, base_points(county), keep_all=True, beside=False)
    title = say(
        lang,
        "Ready units there within {limit} ({day} {time})",
        limit=spoken(lang, within_s),
        day=_day(moment.weekday(), lang),
        time=moment.strftime("%Y-%m-%d %H:%M"),
    )
    _legend(figure, county, title, _parts(county, reached, weights), lang)
    return figure


def _nights(axes: Axes, county: County) -> None:
    night = county.night_turnout
    if night is None:
        return
    long = (night.to_h - night.from_h) % 24 or 24
    for day in range(-1, 7):
        start = 24 * day + night.from_h
        axes.axvspan(max(start, 0), min(start + long, HOURS), color=NIGHT, linewidth=0, zorder=0)


def _line(axes: Axes, values: ArrayLike, colour: str, width: float, label: str) -> None:
    shares = np.asarray(values, dtype=float)
    if shares.shape != (HOURS,):
        raise ValueError(f"a week has {HOURS} hours, not {shares.shape}")
    axes.plot(
        np.arange(HOURS + 1),
        np.append(shares, shares[-1]),
        color=colour,
        linewidth=width,
        drawstyle="steps-post",
        label=label,
    )


def _asked(axes: Axes, standard: Standard, lang: str) -> None:
    assert standard.share is not None  # noqa: S101 - the caller has looked
    axes.axhline(standard.share, color=INK, linewidth=1.0, linestyle=(0, (5, 3)))
    text = say(
        lang, "{name}: {share} asked", name=called(standard.names, lang), share=percent(standard.share, 0)
    )
    axes.annotate(
        text,
        (0.995, standard.share),
        (0, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        fontsize=8,
        path_effects=[withStroke(linewidth=2.4, foreground="white")],
    )


def _week(axes: Axes, lang: str) -> None:
    """Write the days under the middle of each, with a line where one ends."""
    axes.set_xlim(0, HOURS)
    axes.xaxis.set_major_locator(FixedLocator(list(range(0, HOURS + 1, 24))))
    axes.xaxis.set_minor_locator(FixedLocator(list(range(12, HOURS, 24))))
    axes.set_xticklabels([])
    axes.set_xticklabels([_day(day, lang) for day in range(7)], minor=True)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.tick_params(axis="x", which="major", length=7)


def _day(day: int, lang: str) -> str:
    """Name a day of the week; 0 is Monday."""
    return (
        say(lang, "Mon"),
        say(lang, "Tue"),
        say(lang, "Wed"),
        say(lang, "Thu"),
        say(lang, "Fri"),
        say(lang, "Sat"),
        say(lang, "Sun"),
    )[day]


def _per_node(county: County, values: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(values, dtype=float)
    nodes = len(county.roads.table.lon)
    if given.shape != (nodes,):
        raise ValueError(f"one value is needed for each of {nodes} road nodes, not {given.shape}")
    return given


def _roads(axes: Axes, county: County, reached: NDArray[np.float64]) -> None:
    """Draw roads in the colour of the worse of their ends, those least reached on top."""
    arcs, ends = segments(county)
    table = county.roads.table
    widths = np.array([CLASS_WIDTHS.get(name, OTHER_WIDTH) for name in table.classes])[
        np.asarray(table.road_class)[arcs]
    ]
    worse = np.minimum(reached[np.asarray(table.tail)[arcs]], reached[np.asarray(table.head)[arcs]])
    shown = np.argsort(-widths, kind="stable")[:MOST_ROADS]
    for step, colour in enumerate(COLOURS):
        own = shown[_steps(worse)[shown] == step]
        lines = LineCollection(
            list(ends[own]),
            linewidths=np.maximum(1.3 * widths[own], LEAST_WIDTH),
            colors=colour,
            zorder=3.0 - 0.1 * step,
            rasterized=True,
            capstyle="round",
        )
        axes.add_collection(lines, autolim=False)


def _steps(reached: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.minimum(reached, len(COLOURS) - 1).astype(np.intp)


def _parts(county: County, reached: NDArray[np.float64], weights: ArrayLike | None) -> list[float] | None:
    """Tell which share of the people lives in each step of the scale; None where nobody is counted."""
    if weights is None:
        return None
    people = _per_node(county, weights)
    total = float(people.sum())
    parts = np.bincount(_steps(reached), people, len(COLOURS))
    return [float(part) / total for part in parts] if total > 0 else None


def _legend(figure: Figure, county: County, title: str, parts: list[float] | None, lang: str) -> None:
    names = [say(lang, "none"), "1", "2", "3", say(lang, "{n} or more", n=len(COLOURS) - 1)]
    if parts is not None:
        title += say(lang, "; in brackets the share of people living there")
        names = [f"{name} ({percent(part)})" for name, part in zip(names, parts, strict=True)]
    handles = [
        Line2D([], [], color=colour, linewidth=4, label=name)
        for colour, name in zip(COLOURS, names, strict=True)
    ]
    handles.append(_mark("s", INK, say(lang, "station")))
    if county.hospitals:
        handles.append(_mark("P", HOSPITAL, say(lang, "hospital")))
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.01, 0.0),
        ncols=7,
        title=title,
        alignment="left",
        handlelength=1.6,
        columnspacing=1.2,
        fontsize=8,
        title_fontsize=8.5,
        labelcolor=INK,
        edgecolor=MUTED,
    )


def _mark(marker: str, colour: str, label: str) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="",
        marker=marker,
        markersize=6.5,
        color=colour,
        markeredgecolor="white",
        label=label,
    )
