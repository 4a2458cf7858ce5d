"""Readiness in pictures: over the week, over time, by type of equipment, and unit by unit on one day."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, timedelta

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from results.intervals import Estimate, over_replications
from results.measures import DAY_S, YEAR_S
from results.readiness.days import STATES, UnitDay
from results.readiness.measured import (
    Readiness,
    days_between,
    week_by_capability,
    week_by_team,
)
from results.readiness.words import force_of, named
from results.style import ACCENT, FAIR, HAIRLINE, INK, MUTED, NONE, POOR, SECOND, SLOW, drawn, paper
from results.wording import called, percent, say, start_of
from sim.county import County

WIDE_IN = 7.2
STEPS = (0.0, 0.5, 0.8, 0.95, 1.0)
STEP_COLOURS = (POOR, SLOW, FAIR, "#d3e3f1")
STATE_COLOURS = {
    "ready": SECOND,
    "at_home": "#dbe7f1",
    "degraded": FAIR,
    "not_ready": POOR,
    "out": INK,
    "busy": "#1d4e79",
    "refitting": NONE,
}
WAY_COLOURS = {"did_not_roll": POOR, "broke_down": FAIR, "lost": ACCENT}
MOST_TYPES = 18


def ready_week_teams(found: Readiness, lang: str) -> Figure:
    """Show by team and hour of the week the share of its units that were ready."""
    labels = [named(found.county, "teams", n, lang) for n in range(len(force_of(found.county).teams))]
    return ready_week_chart(week_by_team(found), labels, _basis(found, lang), lang)


def ready_week_capabilities(found: Readiness, lang: str) -> Figure:
    """Show by capability and hour of the week the share of the units built for it that were ready."""
    labels = [called(names, lang) for names in found.county.capability_names]
    return ready_week_chart(week_by_capability(found), labels, _basis(found, lang), lang)


@drawn
def serviceable_over_time(found: Readiness, lang: str) -> Figure:
    """Show the serviceable rate over time, in truth and as known; and by type, the worst first."""
    shown = _worst_types(found)
    figure = _sheet(found, lang, 3.0 + 0.21 * len(shown))
    above, below = figure.subplots(2, 1, height_ratios=[2.4, 0.4 + 0.21 * len(shown)])
    days = days_between(found)
    for rates, colour, label in (
        (found.known[:, -1], ACCENT, say(lang, "as far as known")),
        (found.true[:, -1], POOR, say(lang, "in truth")),
    ):
        middle, low, high = _band(rates)
        above.fill_between(days, low, high, color=colour, alpha=0.15, linewidth=0)
        above.plot(days, middle, color=colour, linewidth=1.6, label=label)
    above.yaxis.set_major_formatter(PercentFormatter(1.0))
    above.set_ylim(top=min(1.005, above.get_ylim()[1]))
    above.grid(axis="y")
    above.set_xlim(0, days[-1])
    above.set_xlabel(say(lang, "Days since counting began"))
    above.set_title(say(lang, "Equipment in order, all types"))
    above.legend(loc="lower left", ncols=2)
    _types(below, found, shown, lang)
    return figure


@drawn
def failures_on_demand(found: Readiness, lang: str) -> Figure:
    """Show how often each type of equipment failed when a call needed it, a year, and how that showed."""
    yearly = YEAR_S / (found.window.length_s * len(found.replications))
    sums = found.failures.group_by("type").agg(pl.col(list(WAY_COLOURS)).sum())
    sums = sums.with_columns(all=pl.sum_horizontal(list(WAY_COLOURS))).filter(pl.col("all") > 0)
    rows = sums.sort("all", "type", descending=[True, False]).head(MOST_TYPES)
    figure = _sheet(found, lang, 1.3 + 0.24 * max(len(rows), 1))
    axes = figure.subplots()
    place, left = np.arange(len(rows))[::-1], np.zeros(len(rows))
    for how, label in _ways(lang):
        widths = rows[how].to_numpy() * yearly
        axes.barh(place, widths, 0.7, left, color=WAY_COLOURS[how], label=label, linewidth=0)
        left = left + widths
    ends = np.array([_demand(found, kind).half_width or 0.0 for kind in rows["type"]])
    if ends.any():
        axes.errorbar(
            left, place, xerr=np.stack([np.minimum(ends, left), ends]), fmt="none", ecolor=INK, elinewidth=0.9
        )
    axes.set_yticks(place, [named(found.county, "item_types", kind, lang) for kind in rows["type"]])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlim(left=0)
    axes.set_ylim(-0.7, max(len(rows), 1) - 0.3)
    axes.set_xlabel(say(lang, "Failures on demand a year"))
    if len(rows):
        figure.legend(loc="outside upper left", ncols=3, handlelength=1, handleheight=1)
    return figure


@drawn
def unit_gantt(county: County, day: UnitDay, lang: str) -> Figure:
    """Show what every unit did on one day: ready, not ready, at work, out of service."""
    figure = paper(WIDE_IN, 1.0 + 0.2 * len(county.units))
    axes = figure.subplots()
    own = [number for number, unit in enumerate(county.units) if not unit.aid]
    order = sorted(own, key=lambda unit: (county.units[unit].station, unit))
    place = {unit: len(order) - 1 - row for row, unit in enumerate(order)}
    for row in day.spans.filter(pl.col("unit").is_in(own)).iter_rows(named=True):
        hours = (row["begin_s"] - day.begin_s) / 3600.0, (row["end_s"] - row["begin_s"]) / 3600.0
        axes.broken_barh(
            [hours], (place[row["unit"]] - 0.36, 0.72), color=STATE_COLOURS[row["state"]], linewidth=0
        )
    axes.set_yticks([place[unit] for unit in order], [_unit(county, unit, lang) for unit in order])
    axes.tick_params(axis="y", length=0)
    _clock(axes, county, day)
    _stations(axes, county, order, lang)
    axes.set_ylim(-0.7, len(order) - 0.3)
    seen = set(day.spans["state"])
    patches = [Patch(color=STATE_COLOURS[s], label=label) for s, label in _states(lang).items() if s in seen]
    figure.legend(handles=patches, loc="outside upper left", ncols=4, handlelength=1, handleheight=1)
    date = start_of(county).astimezone(UTC) + timedelta(seconds=day.begin_s)
    words = say(
        lang,
        "{date}, replication {number}: the day on which readiness cost most in it",
        date=date.astimezone(start_of(county).tzinfo).strftime("%Y-%m-%d"),
        number=day.replication,
    )
    figure.supxlabel(words, x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def week_grid(axes: Axes, shares: NDArray[np.float64], labels: Sequence[str], lang: str) -> None:
    """Colour a grid of rows by hours of the week in four steps of a share."""
    colours, norm = ListedColormap(list(STEP_COLOURS)), BoundaryNorm([*STEPS[:-1], 1.0001], len(STEP_COLOURS))
    rows = len(labels)
    axes.imshow(
        np.ma.masked_invalid(shares),
        aspect="auto",
        cmap=colours,
        norm=norm,
        interpolation="none",
        extent=(0, shares.shape[1], rows - 0.5, -0.5),
    )
    for edge in np.arange(rows - 1) + 0.5:
        axes.axhline(edge, color="white", linewidth=1.2)
    for day in range(1, 7):
        axes.axvline(24 * day, color="white", linewidth=1.2)
    axes.set_yticks(range(rows), list(labels))
    axes.set_xticks(range(12, 168, 24), [say(lang, day) for day in DAYS])
    axes.set_xticks([24 * day + hour for day in range(7) for hour in (0, 6, 12, 18)], minor=True)
    axes.tick_params(axis="both", length=0)
    axes.tick_params(axis="x", which="minor", length=3)
    axes.spines[["left", "bottom"]].set_visible(False)
    for row, mean in enumerate(_row_means(shares)):
        axes.annotate(percent(mean), (1.01, row), xycoords=("axes fraction", "data"), va="center", fontsize=8)


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def step_legend(figure: Figure, lang: str) -> None:
    """Explain the four steps of a share."""
    names = [
        f"{100 * low:g}–{100 * high:g}%" if low else say(lang, "under {high}%", high=f"{100 * high:g}")
        for low, high in itertools.pairwise(STEPS)
    ]
    patches = [Patch(color=c, label=name) for c, name in zip(STEP_COLOURS, names, strict=True)]
    figure.legend(handles=patches[::-1], loc="outside upper left", ncols=4, handlelength=1, handleheight=1)


@drawn
def ready_week_chart(shares: NDArray[np.float64], labels: Sequence[str], note: str, lang: str) -> Figure:
    """Show the ready rate of some rows over the hours of a week, with a note on what it rests on."""
    kept = [row for row in range(len(labels)) if not np.isnan(shares[row]).all()]
    figure = paper(WIDE_IN, 1.1 + 0.26 * max(len(kept), 1))
    figure.supxlabel(note, x=0.995, ha="right", color=MUTED, fontsize=7)
    axes = figure.subplots()
    if kept:
        week_grid(axes, shares[kept], [labels[row] for row in kept], lang)
    step_legend(figure, lang)
    return figure


def _sheet(found: Readiness, lang: str, height_in: float) -> Figure:
    """Give an empty picture with a line below that says what it rests on."""
    figure = paper(WIDE_IN, height_in)
    figure.supxlabel(_basis(found, lang), x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def _basis(found: Readiness, lang: str) -> str:
    """Say what a picture rests on."""
    return say(
        lang,
        "{replications} replications of {days} days",
        replications=len(found.replications),
        days=f"{found.window.length_s / DAY_S:g}",
    )


def _row_means(shares: NDArray[np.float64]) -> list[float]:
    return [float(np.nanmean(row)) if not np.isnan(row).all() else float("nan") for row in shares]


def _band(rates: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Give the middle and the interval of a rate over time."""
    estimates = [over_replications(rates[:, moment]) for moment in range(rates.shape[1])]
    middle = np.array([np.nan if e.mean is None else e.mean for e in estimates])
    half = np.array([e.half_width or 0.0 for e in estimates])
    return middle, middle - half, np.minimum(middle + half, 1.0)


def _worst_types(found: Readiness) -> list[int]:
    """List the types of equipment that were least in order, the worst first; those always in order aside."""
    means = found.mean_true[:, :-1].mean(axis=0) if found.mean_true.shape[1] > 1 else np.zeros(0)
    order = [int(kind) for kind in np.argsort(means, kind="stable") if means[kind] < 0.9995]
    return order[:MOST_TYPES]


def _types(axes: Axes, found: Readiness, shown: Sequence[int], lang: str) -> None:
    """Set the rate in truth beside that as known for each type."""
    place = np.arange(len(shown))[::-1]
    known = found.mean_known[:, shown].mean(axis=0)
    true = found.mean_true[:, shown].mean(axis=0)
    axes.hlines(place, true, known, color=HAIRLINE, linewidth=3)
    axes.plot(known, place, "o", color=ACCENT, markersize=5)
    axes.plot(true, place, "o", color=POOR, markersize=3.5)
    axes.set_yticks(place, [named(found.county, "item_types", kind, lang) for kind in shown])
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlim(right=1.002)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.grid(axis="x")
    axes.set_title(say(lang, "By type, on average: the least in order"))


def _demand(found: Readiness, kind: int) -> Estimate:
    mine = found.failures.filter(pl.col("type") == kind)
    amount = pl.sum_horizontal(list(WAY_COLOURS)).cast(pl.Float64) * (YEAR_S / found.window.length_s)
    return over_replications(mine.select(amount.alias("n"))["n"].to_numpy())


def _ways(lang: str) -> tuple[tuple[str, str], ...]:
    return (
        ("did_not_roll", say(lang, "the unit did not roll")),
        ("broke_down", say(lang, "the unit broke down on its way")),
        ("lost", say(lang, "missed on scene, another unit was needed")),
    )


def _states(lang: str) -> dict[str, str]:
    texts = {
        "ready": say(lang, "ready, crew at the station"),
        "at_home": say(lang, "ready, crew on call at home"),
        "degraded": say(lang, "ready for some things only"),
        "not_ready": say(lang, "not ready"),
        "out": say(lang, "out of service"),
        "busy": say(lang, "out on a call, until home again"),
        "refitting": say(lang, "cleaning and refilling"),
    }
    return {state: texts[state] for state in STATES}


def _unit(county: County, unit: int, lang: str) -> str:
    one = county.units[unit]
    name = called(one.names, lang)
    return name if one.code in name else f"{one.code} {name}"


def _clock(axes: Axes, county: County, day: UnitDay) -> None:
    """Mark the hours of the local day, or the days where there are several."""
    hours = (day.end_s - day.begin_s) / 3600.0
    axes.set_xlim(0, hours)
    step = 2 if hours <= 30 else 24
    begin = start_of(county).astimezone(UTC) + timedelta(seconds=day.begin_s)
    ticks = list(range(0, int(hours) + 1, step))
    moments = [(begin + timedelta(hours=tick)).astimezone(start_of(county).tzinfo) for tick in ticks]
    form = "%H:%M" if step == 2 else "%m-%d"
    axes.set_xticks(ticks, [moment.strftime(form) for moment in moments])
    axes.grid(axis="x", color="white", linewidth=0.8)
    axes.set_axisbelow(False)


def _stations(axes: Axes, county: County, order: Sequence[int], lang: str) -> None:
    """Draw a line between the units of two stations."""
    for row in range(1, len(order)):
        if county.units[order[row]].station != county.units[order[row - 1]].station:
            axes.axhline(len(order) - row - 0.5, color=HAIRLINE, linewidth=0.6, zorder=0)
            _name_station(axes, county, order, row, lang)
    _name_station(axes, county, order, 0, lang)


def _name_station(axes: Axes, county: County, order: Sequence[int], row: int, lang: str) -> None:
    """Write a station's name beside its first unit."""
    name = called(county.stations[county.units[order[row]].station].names, lang)
    place = (1.01, len(order) - 1 - row)
    axes.annotate(name, place, xycoords=("axes fraction", "data"), va="center", color=MUTED, fontsize=7.5)
