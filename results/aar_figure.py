"""The ladder of times as a picture: each moment in the drill, by the rules alone, and its limit."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from results.aar_judged import LATE, MET, MISSED, Rung
from results.style import FAIR, GOOD, HAIRLINE, MUTED, POOR, drawn, paper
from results.wording import say

COLOURS = {MET: GOOD, LATE: FAIR, MISSED: POOR, "": GOOD}
FARTHEST_S = 5400.0
"""Moments later than this after the alarm are left to the table, so that the early ones can be told apart."""


@drawn
def ladder_picture(rungs: Sequence[Rung], alarm_s: float, lang: str) -> Figure:
    """Draw the ladder, the first moment on top.

    Parameters
    ----------
    rungs
        The ladder.
    alarm_s
        The moment of the alarm; times are drawn as minutes after it.
    lang
        ``"en"`` or ``"zh"``.
    """
    shown = [rung for rung in rungs if _near(rung, alarm_s)]
    figure = paper(7.2, 0.9 + 0.3 * len(shown))
    axes = figure.subplots()
    for at, rung in enumerate(shown):
        _draw(axes, at, rung, alarm_s)
    for label, marker, face in (
        ("in the drill", "o", GOOD),
        ("by the rules alone", "o", "none"),
        ("limit", "|", MUTED),
    ):
        edge = MUTED if face == "none" else face
        axes.plot([], [], marker, markerfacecolor=face, markeredgecolor=edge, label=say(lang, label))
    axes.set_yticks(range(len(shown)), [rung.name for rung in shown])
    axes.invert_yaxis()
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda minutes, _: f"{minutes:g}"))
    axes.set_xlabel(say(lang, "Minutes after the alarm"))
    axes.grid(axis="x", color=HAIRLINE)
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14 - 0.3 / max(3, len(shown))), ncols=3)
    return figure


def _near(rung: Rung, alarm_s: float) -> bool:
    moments = [at for at in (rung.at_s, rung.by_rules_s) if at is not None]
    return bool(moments) and min(moments) - alarm_s <= FARTHEST_S


def _draw(axes: object, at: int, rung: Rung, alarm_s: float) -> None:
    plot = axes.plot  # type: ignore[attr-defined]
    drill, rules, due = (
        None if moment is None or moment - alarm_s > FARTHEST_S else (moment - alarm_s) / 60.0
        for moment in (rung.at_s, rung.by_rules_s, rung.due_s)
    )
    if drill is not None and rules is not None:
        plot([drill, rules], [at, at], color=HAIRLINE, linewidth=2.0, zorder=1)
    if rules is not None:
        plot([rules], [at], "o", markerfacecolor="white", markeredgecolor=MUTED, zorder=2)
    if drill is not None:
        plot([drill], [at], "o", color=COLOURS[rung.verdict], zorder=3)
    if due is not None:
        plot([due], [at], "|", color=MUTED, markersize=13, markeredgewidth=1.6, zorder=2)
