"""Reports in pictures: who knew of an accident when, how long each hop took, how due reports ended."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from dispatch.ladder import Rung, ladder
from dispatch.reporting import History, RuleSet, Sending, Tier, Verdict
from results.chain.histories import Reports
from results.chain.tables import ENDS
from results.chain.words import rules_called, tier_called, verdict_called
from results.compliance import Compliance, hops, of_hop
from results.measures import DAY_S
from results.style import ACCENT, FAIR, HAIRLINE, INK, MUTED, POOR, SECOND, SLOW, drawn, paper
from results.wording import called, clock, percent, say, spoken, start_of

WIDE_IN = 7.2
VERDICT_COLOURS = {
    Verdict.ON_TIME: SECOND,
    Verdict.LATE: FAIR,
    Verdict.OMITTED: SLOW,
    Verdict.FALSE: "#7a4e9e",
    Verdict.CONCEALED: POOR,
}
FURTHEST_S = 12 * 3600.0
"""A ladder shows so much time at most; what came later is named at its edge."""


@drawn
def ladder_figure(reports: Reports, incident: int, rules: RuleSet, lang: str) -> Figure:
    """Show who was told of an accident when, by whom, and by when they should have been."""
    history = reports.history(incident)
    rungs = {rung.tier: rung for rung in ladder(history, rules)}
    firsts = _first_told(history)
    tiers = sorted({*firsts, *rungs, Tier.SCENE})
    place = {tier: len(tiers) - 1 - number for number, tier in enumerate(tiers)}
    figure = paper(WIDE_IN, 1.35 + 0.34 * len(tiers))
    axes = figure.subplots()
    end_s = _reach(history, firsts, rungs.values())
    for tier in tiers:
        _rung(axes, history, tier, place, firsts, rungs.get(tier), end_s, lang)
    axes.set_yticks(list(place.values()), [tier_called(tier, lang) for tier in place])
    axes.set_ylim(-0.7, len(tiers) - 0.3)
    axes.tick_params(axis="y", length=0)
    hours_axis(axes, end_s)
    axes.set_xlabel(say(lang, "Time since the accident (hours:minutes)"))
    _ladder_legend(figure, lang)
    figure.supxlabel(_which(reports, incident, rules, lang), x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def _first_told(history: History) -> dict[Tier, Sending]:
    """Give the report by which each level was first told."""
    found: dict[Tier, Sending] = {}
    arrived = [it for it in history.sendings if it.received_s is not None]
    for it in sorted(arrived, key=lambda it: it.received_s or 0.0):
        found.setdefault(it.receiver, it)
    return found


def _reach(history: History, firsts: dict[Tier, Sending], rungs: Iterable[Rung]) -> float:
    """Tell how far the axis goes: past all that was told and due, half a day at most."""
    moments = [it.received_s or 0.0 for it in firsts.values()]
    moments += [it.due_s for it in rungs if it.due_s is not None]
    last_s = max(moments, default=history.occurred_s + 3600.0)
    return min(FURTHEST_S, 1.08 * (last_s - history.occurred_s))


def _rung(
    axes: Axes,
    history: History,
    tier: Tier,
    place: dict[Tier, int],
    firsts: dict[Tier, Sending],
    rung: Rung | None,
    end_s: float,
    lang: str,
) -> None:
    """Draw one level: when it should have been told at the latest, when it was, and by whom."""
    y, zero = place[tier], history.occurred_s
    axes.axhline(y, color=HAIRLINE, linewidth=0.6, zorder=0)
    if tier is Tier.SCENE:
        axes.plot(0, y, "o", color=INK, markersize=6)
        return
    due_s = None if rung is None or rung.due_s is None else rung.due_s - zero
    if due_s is not None and due_s <= end_s:
        axes.plot([due_s, due_s], [y - 0.32, y + 0.32], color=INK, linewidth=1.6)
    it = firsts.get(tier)
    if it is None or it.received_s is None:
        axes.annotate(say(lang, "never told"), (end_s, y), ha="right", va="center", color=POOR, fontsize=8)
        return
    told_s = it.received_s - zero
    colour = MUTED if due_s is None else POOR if told_s > due_s else ACCENT
    if told_s > end_s:
        text = say(lang, "told after {time} →", time=spoken(lang, told_s))
        axes.annotate(text, (end_s, y), ha="right", va="center", color=colour, fontsize=8)
        return
    if it.sender in place and it.sender is not tier:
        axes.plot([it.sent_s - zero, told_s], [place[it.sender], y], color=colour, linewidth=1.1, alpha=0.8)
    axes.plot(told_s, y, "o", color=colour, markersize=6, zorder=3)
    right = told_s < 0.82 * end_s
    axes.annotate(
        spoken(lang, told_s),
        (told_s, y),
        (7 if right else -7, 7),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        color=colour,
        fontsize=8,
        zorder=4,
        path_effects=[withStroke(linewidth=2.4, foreground="white")],
    )


def hours_axis(axes: Axes, end_s: float) -> None:
    """Write an axis that counts seconds as hours:minutes."""
    axes.set_xlim(-0.02 * end_s, end_s)
    steps = (300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
    axes.xaxis.set_major_locator(MultipleLocator(next((it for it in steps if end_s / it <= 9), 86400)))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda at, _: f"{int(at // 3600)}:{int(at % 3600 // 60):02d}")
    )
    axes.grid(axis="x")


def _ladder_legend(figure: Figure, lang: str) -> None:
    marks = [
        Line2D([], [], marker="o", linestyle="", color=ACCENT, label=say(lang, "told in time")),
        Line2D([], [], marker="o", linestyle="", color=POOR, label=say(lang, "told late")),
        Line2D([], [], marker="o", linestyle="", color=MUTED, label=say(lang, "told, no limit applies")),
        Line2D(
            [],
            [],
            marker="|",
            markersize=11,
            markeredgewidth=1.6,
            linestyle="",
            color=INK,
            label=say(lang, "latest by the rules"),
        ),
    ]
    figure.legend(handles=marks, loc="outside upper left", ncols=4, handlelength=1)


def _which(reports: Reports, incident: int, rules: RuleSet, lang: str) -> str:
    """Say which accident a picture shows and by which rules it is judged."""
    one = reports.gathered[incident]
    return say(
        lang,
        "incident {incident}: {kind}, {time}; judged by: {rules}",
        incident=incident,
        kind=called(reports.county.kinds[one.kind].names, lang),
        time=clock(start_of(reports.county), one.occurred_s)[:16],
        rules=rules_called(rules, lang),
    )


@drawn
def hop_delays(found: Compliance, lang: str) -> Figure:
    """Show hop by hop how long first reports took, half of them and 9 in 10, against the limit."""
    shown = [(hop, of_hop(found, *hop)) for hop in hops(found)]
    rows = [(hop, due) for hop, due in shown if due["took_s"].drop_nulls().len()]
    figure = _sheet(found, lang, 1.2 + 0.36 * max(len(rows), 1))
    axes = figure.subplots()
    place = np.arange(len(rows))[::-1]
    half = [_quantile(due, 0.5) for _, due in rows]
    most = [_quantile(due, 0.9) for _, due in rows]
    axes.barh(place, most, 0.5, color=SECOND, linewidth=0, label=say(lang, "9 in 10 within"))
    axes.barh(place, half, 0.5, color=ACCENT, linewidth=0, label=say(lang, "half within"))
    end_s = 1.25 * max([*most, *(_tightest(due) for _, due in rows)], default=3600.0)
    for y, (_, due) in zip(place, rows, strict=True):
        limit_s = _tightest(due)
        axes.plot([limit_s, limit_s], [y - 0.36, y + 0.36], color=INK, linewidth=1.6)
        in_time = percent(due["within"].mean(), 0) if len(due) else ""  # type: ignore[arg-type]
        axes.annotate(in_time, (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axes.annotate(
        say(lang, "on time"),
        (1.01, len(rows) - 0.4),
        xycoords=("axes fraction", "data"),
        fontsize=7.5,
        color=MUTED,
    )
    names = [f"{tier_called(a, lang)} → {tier_called(b, lang)}" for (a, b), _ in rows]
    axes.set_yticks(place, names)
    axes.set_ylim(-0.7, max(len(rows), 1) - 0.2)
    axes.tick_params(axis="y", length=0)
    hours_axis(axes, end_s)
    axes.set_xlim(0, end_s)
    axes.set_xlabel(say(lang, "From being told to telling (hours:minutes)"))
    handles, labels = axes.get_legend_handles_labels()
    limit = Line2D([], [], marker="|", markersize=11, markeredgewidth=1.6, linestyle="", color=INK)
    figure.legend(
        [*handles[::-1], limit],
        [*labels[::-1], say(lang, "limit (the shortest that applied)")],
        loc="outside upper left",
        ncols=3,
        handlelength=1,
        handleheight=1,
    )
    return figure


def _quantile(due: pl.DataFrame, part: float) -> float:
    return float(due["took_s"].quantile(part, "linear") or 0.0)


def _tightest(due: pl.DataFrame) -> float:
    low = due["limit_s"].min()
    return float(str(low)) if low is not None else 0.0


@drawn
def verdict_counts(found: Compliance, lang: str) -> Figure:
    """Show how the reports due on each hop ended: on time, late, omitted, false, concealed."""
    first = found.duties.filter(pl.col("first"))
    rows = [(hop, of_hop(found, *hop)) for hop in hops(found)]
    figure = _sheet(found, lang, 1.2 + 0.3 * max(len(rows), 1))
    axes = figure.subplots()
    place, left = np.arange(len(rows))[::-1], np.zeros(len(rows))
    for verdict in ENDS:
        widths = np.array([float((due["verdict"] == int(verdict)).mean() or 0.0) for _, due in rows])  # type: ignore[arg-type]
        axes.barh(place, widths, 0.66, left, color=VERDICT_COLOURS[verdict], linewidth=0)
        _write_shares(axes, widths, left, place, dark=verdict in (Verdict.CONCEALED, Verdict.FALSE))
        left += widths
    names = [f"{tier_called(a, lang)} → {tier_called(b, lang)}" for (a, b), _ in rows]
    axes.set_yticks(place, names)
    for y, (_, due) in zip(place, rows, strict=True):
        axes.annotate(str(len(due)), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axes.annotate(
        say(lang, "due"),
        (1.01, len(rows) - 0.4),
        xycoords=("axes fraction", "data"),
        fontsize=7.5,
        color=MUTED,
    )
    axes.set_ylim(-0.7, max(len(rows), 1) - 0.2)
    axes.set_xlim(0, 1)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel(say(lang, "Share of the first reports due"))
    seen = [it for it in ENDS if (first["verdict"] == int(it)).any()]
    patches = [Patch(color=VERDICT_COLOURS[it], label=verdict_called(it, lang)) for it in seen]
    figure.legend(handles=patches, loc="outside upper left", ncols=5, handlelength=1, handleheight=1)
    return figure


def _write_shares(axes: Axes, widths: np.ndarray, left: np.ndarray, place: np.ndarray, dark: bool) -> None:
    """Write shares into their bars where there is room."""
    for width, start, y in zip(widths, left, place, strict=True):
        if width >= 0.06:
            axes.text(
                start + width / 2,
                y,
                percent(width, 0),
                ha="center",
                va="center",
                fontsize=7.5,
                color="white" if dark else INK,
            )


def _sheet(found: Compliance, lang: str, height_in: float) -> Figure:
    """Give an empty picture with a line below that says what it rests on."""
    figure = paper(WIDE_IN, height_in)
    text = say(
        lang,
        "{n} accidents in {replications} replications of {days} days; judged by: {rules}",
        n=len(found.accidents),
        replications=len(found.replications),
        days=f"{found.window.length_s / DAY_S:g}",
        rules=rules_called(found.rules, lang),
    )
    figure.supxlabel(text, x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure
