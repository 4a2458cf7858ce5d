"""The pictures of a report, other than maps: how fast, how many, when, and who was busy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter
from numpy.typing import NDArray

from results.contents import basis
from results.findings import FEWEST_FOR_A_QUANTILE, Findings, figures_by, rate, verdict
from results.intervals import over_replications
from results.measures import YEAR_S
from results.style import (
    ACCENT,
    CATEGORY_COLOURS,
    FAIR,
    GOOD,
    HAIRLINE,
    INK,
    MUTED,
    SECOND,
    drawn,
    minutes_axis,
    paper,
)
from results.wording import called, minutes, number, percent, percent_within, say
from sim.county import Standard

MOST_BARS = 40
WIDE_IN = 7.2


@drawn
def response_times(findings: Findings, lang: str) -> Figure:
    """Show how first-arrival times are spread, one panel for each first-arrival standard, with its limit."""
    standards: list[Standard | None] = [s for s in findings.county.standards if s.measure == "first_arrival"]
    panels = standards or [None]
    figure = _sheet(findings, lang, 0.6 + 1.75 * len(panels), intervals=True)
    longest = _reach(findings.calls["first_arrival"])
    all_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, standard in zip(all_axes, panels, strict=True):
        _spread(axes, findings, standard, longest, lang)
    minutes_axis(all_axes[-1])
    all_axes[-1].set_xlabel(say(lang, "Time from the alarm to the first unit on scene (minutes:seconds)"))
    return figure


@drawn
def response_by_hour(findings: Findings, lang: str) -> Figure:
    """Show the median and the P90 of first arrival by the hour of the alarm."""
    found = figures_by(findings.calls, "first_arrival", "hour", findings.replications)
    hours: list[int] = sorted(h for h in found if isinstance(h, int) and found[h].n >= FEWEST_FOR_A_QUANTILE)
    figure = _sheet(findings, lang, 2.7, intervals=True)
    axes = figure.subplots()
    for name, colour, label in (
        ("p90", ACCENT, say(lang, "9 in 10 calls")),
        ("p50", FAIR, say(lang, "half")),
    ):
        estimates = [getattr(found[hour], name) for hour in hours]
        middle = np.array([e.mean if e.mean is not None else np.nan for e in estimates])
        half = np.array([e.half_width if e.half_width is not None else np.nan for e in estimates])
        axes.fill_between(hours, middle - half, middle + half, color=colour, alpha=0.18, linewidth=0)
        axes.plot(hours, middle, color=colour, linewidth=1.6, marker="o", markersize=3)
        if not hours:
            continue
        axes.annotate(
            label, (hours[-1], middle[-1]), (6, 0), textcoords="offset points", color=colour, va="center"
        )
    _hours(axes, lang)
    minutes_axis(axes, "y")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MultipleLocator(_round_step(axes.get_ylim()[1] / 5)))
    axes.grid(axis="y")
    axes.set_ylabel(say(lang, "First unit on scene within"))
    return figure


@drawn
def load_by_hour(findings: Findings, lang: str) -> Figure:
    """Show how many calls come in each hour of the day, by category."""
    years = findings.window.years * len(findings.replications)
    counts = findings.calls.group_by("category", "hour").len()
    figure = _sheet(findings, lang, 2.8)
    axes = figure.subplots()
    base = np.zeros(24)
    for category, colour in CATEGORY_COLOURS.items():
        heights = _by_hour(counts.filter(pl.col("category") == category)) / years
        if heights.any():
            axes.bar(
                range(24), heights, 0.82, base, color=colour, label=category_name(category, lang), linewidth=0
            )
            base += heights
    _hours(axes, lang)
    axes.grid(axis="y")
    axes.set_ylabel(say(lang, "Calls a year in this hour"))
    if base.any():
        axes.legend(loc="upper left", ncols=3, handlelength=1, handleheight=1)
    axes.set_ylim(top=base.max() * 1.25 or 1)
    return figure


@drawn
def busy_share(findings: Findings, lang: str) -> Figure:
    """Show which share of its time each unit was at work, refitting, or on its way home."""
    rows = busiest_units(findings)
    figure = _sheet(findings, lang, 1.0 + 0.19 * len(rows), intervals=len(findings.replications) > 1)
    axes = figure.subplots()
    place = np.arange(len(rows))[::-1]
    left = np.zeros(len(rows))
    for column, colour, label in _unit_times(lang):
        widths = rows[column].to_numpy()
        if widths.any():
            axes.barh(place, widths, 0.7, left, color=colour, label=label, linewidth=0)
            left += widths
    _whiskers(axes, rows["busy"].to_list(), rows["half_width"].to_list(), place)
    axes.set_xlim(0, max(1.08 * float(left.max(initial=0.0)), 0.02))
    axes.set_yticks(place, [unit_label(findings, unit, lang) for unit in rows["unit"]])
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}%"))
    axes.grid(axis="x")
    axes.set_xlabel(say(lang, "Share of the time"))
    _stations(axes, findings, rows["unit"].to_list(), lang)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    if left.any():
        figure.legend(loc="outside upper left", ncols=3, handlelength=1, handleheight=1)
    return figure


@drawn
def calls_by_kind(findings: Findings, lang: str) -> Figure:
    """Show how many calls of each kind come in a year."""
    kinds = [(kind, rate(_of_kind(findings, kind.code), YEAR_S, findings)) for kind in findings.county.kinds]
    seen = sorted(((k, e) for k, e in kinds if e.mean), key=lambda pair: (-(pair[1].mean or 0), pair[0].code))
    seen = seen[:MOST_BARS]
    figure = _sheet(findings, lang, 1.0 + 0.22 * len(seen), intervals=len(findings.replications) > 1)
    axes = figure.subplots()
    place = np.arange(len(seen))[::-1]
    widths = [e.mean or 0.0 for _, e in seen]
    colours = [CATEGORY_COLOURS.get(kind.category, MUTED) for kind, _ in seen]
    axes.barh(place, widths, 0.7, color=colours, linewidth=0)
    _whiskers(axes, widths, [e.half_width for _, e in seen], place)
    for y, (_, estimate) in zip(place, seen, strict=True):
        end = estimate.high or estimate.mean or 0.0
        axes.annotate(
            number(estimate.mean), (end, y), (4, 0), textcoords="offset points", va="center", fontsize=8
        )
    axes.set_yticks(place, [called(kind.names, lang) for kind, _ in seen])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_ylim(-0.7, len(seen) - 0.3)
    axes.set_xlim(0, 1.1 * max((e.high or e.mean or 0.0 for _, e in seen), default=1.0))
    axes.set_xlabel(say(lang, "Calls a year"))
    _category_legend(axes, [kind.category for kind, _ in seen], lang)
    return figure


def busiest_units(findings: Findings) -> pl.DataFrame:
    """Give each unit's shares of time over the replications, by station; the 40 busiest at most.

    Returns
    -------
    polars.DataFrame
        `unit`, `busy`, `refitting`, `returning`, `sendings` (a replication), `half_width` (of busy; None with
        one replication).
    """
    grouped = findings.loads.group_by("unit", maintain_order=True).agg(
        pl.col("busy", "refitting", "returning", "sendings").mean(), pl.col("busy").alias("each")
    )
    halves = [over_replications(each).half_width for each in grouped["each"].to_list()]
    rows = grouped.drop("each").with_columns(pl.Series("half_width", halves, dtype=pl.Float64))
    rows = rows.sort("busy", descending=True, maintain_order=True).head(MOST_BARS)
    stations = pl.Series("station", [findings.county.units[unit].station for unit in rows["unit"]])
    return rows.with_columns(stations.cast(pl.Int32)).sort("station", "unit").drop("station")


def unit_label(findings: Findings, unit: int, lang: str) -> str:
    """Name a unit so that it can be found: its code and name."""
    one = findings.county.units[unit]
    name = called(one.names, lang)
    return name if one.code in name else f"{one.code} {name}"


def category_name(category: str, lang: str) -> str:
    """Name a category of incident."""
    names = {
        "fire": say(lang, "Fires"),
        "rescue": say(lang, "Rescues"),
        "accident": say(lang, "Work-safety accidents"),
        "medical": say(lang, "Medical"),
        "assistance": say(lang, "Public assistance"),
        "other": say(lang, "Other"),
    }
    return names.get(category, category)


def _sheet(findings: Findings, lang: str, height_in: float, intervals: bool = False) -> Figure:
    """Give an empty picture with a line below that says what it rests on."""
    figure = paper(WIDE_IN, height_in)
    figure.supxlabel(basis(findings, lang, intervals), x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def _reach(values: pl.Series) -> float:
    """Tell how far the time axis goes: a little past where 99 in 100 calls lie, in whole minutes."""
    far = values.quantile(0.99) or 600.0
    return 60.0 * float(np.ceil(far / 60.0))


def _spread(axes: Axes, findings: Findings, standard: Standard | None, longest: float, lang: str) -> None:
    calls = findings.calls
    if standard is not None and standard.place_kinds is not None:
        calls = calls.filter(pl.col("place_kind").is_in(sorted(standard.place_kinds)))
    times = calls["first_arrival"].drop_nulls().to_numpy()
    step = _step(longest)
    edges = np.arange(0.0, longest + step, step)
    shares = np.histogram(times, edges)[0] / max(len(times), 1)
    limit = standard.within_s if standard else np.inf
    colours = [GOOD if edge < limit else FAIR for edge in edges[:-1]]
    axes.bar(edges[:-1], shares, step * 0.94, align="edge", color=colours, linewidth=0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylabel(say(lang, "Share of calls"))
    axes.set_xlim(0, longest)
    axes.set_ylim(top=max(shares.max() * 1.28, 0.01))
    axes.grid(axis="y")
    axes.xaxis.set_major_locator(MultipleLocator(_round_step(longest / 14)))
    if standard is not None:
        _limit(axes, findings, standard, lang)
    _beyond(axes, times, longest, lang)


def _limit(axes: Axes, findings: Findings, standard: Standard, lang: str) -> None:
    """Mark a standard's limit and say how many kept it."""
    found = verdict(findings, standard)
    axes.set_title(f"{called(standard.names, lang)} (n = {number(float(found.n), 0)})", pad=6)
    axes.axvline(standard.within_s, color=INK, linewidth=1.1)
    text = say(
        lang,
        "limit {limit}: {share} within",
        limit=minutes(standard.within_s),
        share=percent_within(found.share),
    )
    if standard.share is not None:
        text += say(lang, " (asked: {share})", share=percent(standard.share, 0))
    right = standard.within_s < 0.55 * axes.get_xlim()[1]
    axes.annotate(
        text,
        (standard.within_s, 0.97),
        (5 if right else -5, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
    )


def _beyond(axes: Axes, times: NDArray[np.float64], longest: float, lang: str) -> None:
    share = float(np.mean(times > longest)) if len(times) else 0.0
    if share > 0:
        text = say(lang, "{share} longer →", share=percent(share))
        plain = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(
            1,
            0.56,
            text,
            transform=axes.transAxes,
            ha="right",
            color=MUTED,
            fontsize=8,
            va="center",
            bbox=plain,
        )


def _step(longest: float) -> float:
    return next((s for s in (30.0, 60.0, 120.0, 300.0) if longest / s <= 60), 600.0)


def _hours(axes: Axes, lang: str) -> None:
    axes.set_xlim(-0.6, 23.6)
    axes.set_xticks(range(0, 24, 2), [f"{hour}:00" for hour in range(0, 24, 2)])
    axes.set_xlabel(say(lang, "Hour of the day"))


def _round_step(about_s: float) -> float:
    """Choose a step between ticks that people count in: a whole number of minutes."""
    return next((step for step in (60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0) if step >= about_s), 7200.0)


def _whiskers(
    axes: Axes, values: Sequence[float], halves: Sequence[float | None], place: NDArray[np.intp]
) -> None:
    """Draw the intervals of bars, none below zero."""
    wide = np.array([half or 0.0 for half in halves])
    if wide.any():
        ends = [np.minimum(wide, values), wide]
        axes.errorbar(values, place, xerr=ends, fmt="none", ecolor=INK, elinewidth=0.9)


def _by_hour(counts: pl.DataFrame) -> NDArray[np.float64]:
    heights = np.zeros(24)
    heights[counts["hour"].cast(pl.Int64).to_numpy()] = counts["len"].to_numpy()
    return heights


def _unit_times(lang: str) -> tuple[tuple[str, str, str], ...]:
    return (
        ("busy", ACCENT, say(lang, "at work: from being sent until free")),
        ("refitting", FAIR, say(lang, "cleaning and refilling, cannot be sent")),
        ("returning", SECOND, say(lang, "on the way home, can be sent")),
    )


def _stations(axes: Axes, findings: Findings, units: Sequence[int], lang: str) -> None:
    """Write each station's name beside its first unit and draw a line above it."""
    before = None
    for row, unit in enumerate(units):
        station = findings.county.units[unit].station
        if station != before:
            y = len(units) - 1 - row
            name = called(findings.county.stations[station].names, lang)
            axes.annotate(
                name, (1.01, y), xycoords=("axes fraction", "data"), va="center", color=MUTED, fontsize=8
            )
            axes.axhline(y + 0.5, color=HAIRLINE, linewidth=0.6, zorder=0)
        before = station


def _of_kind(findings: Findings, code: str) -> pl.DataFrame:
    return findings.calls.filter(pl.col("kind") == code)


def _category_legend(axes: Axes, categories: Sequence[str], lang: str) -> None:
    for category, colour in CATEGORY_COLOURS.items():
        if category in categories:
            axes.bar([0], [0], color=colour, label=category_name(category, lang))
    if categories:
        axes.legend(loc="lower right", handlelength=1, handleheight=1)
