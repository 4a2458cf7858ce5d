"""The course of one accident in a picture: response levels, the plan's tasks and their limits, moments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from results.chain.course import Course, TaskRun
from results.chain.figures import WIDE_IN, hours_axis
from results.chain.words import level_called, plan_called, task_called
from results.style import ACCENT, FAIR, HAIRLINE, INK, MUTED, POOR, SLOW, drawn, paper
from results.wording import called, clock, say, start_of
from sim.county import County

LEVEL_COLOURS = {1: POOR, 2: SLOW, 3: FAIR, 4: "#8fb4d3"}
SHOWN = (
    "arrived",
    "assembled",
    "short_handed",
    "aid_asked",
    "aid_granted",
    "escalated",
    "controlled",
    "closed",
)
"""Moments that stand as lines across the picture."""
FURTHEST_S = 16 * 3600.0


@drawn
def response_gantt(county: County, course: Course, lang: str) -> Figure:
    """Show the response levels of an accident and each task of the plan: waiting, held up, done, limit."""
    tasks = course.tasks
    figure = paper(WIDE_IN, 1.9 + 0.27 * (len(tasks) + 1))
    axes = figure.subplots()
    end_s = _reach(course)
    _levels(axes, course, len(tasks), end_s, lang)
    for number, task in enumerate(tasks):
        _task(axes, course, task, len(tasks) - 1 - number)
    _moments(axes, course, len(tasks), end_s, lang)
    names = [say(lang, "Response level"), *(task_called(county, it.plan, it.task, lang) for it in tasks)]
    axes.set_yticks(range(len(tasks), -1, -1), names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, len(tasks) + 2.0)
    hours_axis(axes, end_s)
    axes.set_xlabel(say(lang, "Time since the alarm (hours:minutes)"))
    _legend(figure, lang)
    figure.supxlabel(_which(county, course, lang), x=0.995, ha="right", color=MUTED, fontsize=7)
    return figure


def _reach(course: Course) -> float:
    """Tell how far the axis goes: past all limits, and what lies not too far beyond them."""
    limits = [it.due_s - course.alarm_s for it in course.tasks]
    furthest = min(FURTHEST_S, 3.0 * max(limits, default=FURTHEST_S))
    moments = [it.done_s or 0.0 for it in course.tasks] + [since for since, _, _ in course.levels]
    moments += [course.moments.get(name, 0.0) for name in SHOWN]
    near = [it - course.alarm_s for it in moments if it - course.alarm_s <= furthest]
    return 1.04 * max([*limits, *near], default=3600.0)


def _levels(axes: Axes, course: Course, row: int, end_s: float, lang: str) -> None:
    """Draw the response levels in force as a band."""
    ends = [*course.levels, (course.alarm_s + end_s, 0, 0)]
    for (since, _, level), (until, _, _) in pairwise(ends):
        if level:
            begin, length = since - course.alarm_s, until - since
            axes.barh(row, length, 0.6, begin, color=LEVEL_COLOURS[level], linewidth=0)
            if length > 0.03 * end_s:
                axes.text(
                    begin + length / 2, row, level_called(level, lang), ha="center", va="center", fontsize=8
                )


def _task(axes: Axes, course: Course, task: TaskRun, row: int) -> None:
    """Draw a task: waiting for others, held up, worked on; and its limit."""
    zero = course.alarm_s
    end_s = min(it for it in (task.done_s, task.failed_s, course.end_s) if it is not None)
    begin_s = end_s if task.ready_s is None else task.ready_s
    axes.barh(row, begin_s - task.opened_s, 0.16, task.opened_s - zero, color=HAIRLINE, linewidth=0)
    colour = ACCENT if task.within else POOR if task.done_s is None else SLOW
    if end_s > begin_s:
        axes.barh(row, end_s - begin_s, 0.5, begin_s - zero, color=colour, linewidth=0)
    for hold in task.holds:
        axes.barh(
            row,
            min(hold.to_s, end_s) - hold.from_s,
            0.5,
            hold.from_s - zero,
            color=FAIR,
            linewidth=0,
            hatch="////",
            edgecolor="white",
        )
    axes.plot([task.due_s - zero] * 2, [row - 0.38, row + 0.38], color=INK, linewidth=1.4)


def _moments(axes: Axes, course: Course, top: int, end_s: float, lang: str) -> None:
    """Mark what happened at the accident meanwhile, the names in two rows above."""
    found = sorted((course.moments[name] - course.alarm_s, name) for name in SHOWN if name in course.moments)
    last = [-end_s, -end_s]
    for at_s, name in found:
        if at_s > end_s:
            continue
        axes.axvline(
            at_s, ymax=(top + 1.2) / (top + 2.7), color=MUTED, linewidth=0.7, linestyle=":", zorder=0
        )
        line = 0 if at_s - last[0] > 0.12 * end_s else 1
        last[line] = at_s
        side = "left" if at_s < 0.88 * end_s else "right"
        axes.text(
            at_s,
            top + 0.75 + 0.5 * line,
            moment_called(name, lang),
            ha=side,
            va="bottom",
            fontsize=7.5,
            color=MUTED,
        )


def moment_called(name: str, lang: str) -> str:
    """Name a moment of an accident."""
    names = {
        "arrived": say(lang, "first unit on scene"),
        "assembled": say(lang, "all on scene"),
        "short_handed": say(lang, "begun short-handed"),
        "aid_asked": say(lang, "city asked for help"),
        "aid_granted": say(lang, "city grants help"),
        "escalated": say(lang, "accident grows"),
        "controlled": say(lang, "under control"),
        "closed": say(lang, "closed"),
    }
    return names.get(name, name)


def _legend(figure: Figure, lang: str) -> None:
    marks = [
        Patch(color=HAIRLINE, label=say(lang, "waits for tasks before it")),
        Patch(facecolor=FAIR, hatch="////", edgecolor="white", label=say(lang, "held up")),
        Patch(color=ACCENT, label=say(lang, "done within its limit")),
        Patch(color=SLOW, label=say(lang, "done late")),
        Patch(color=POOR, label=say(lang, "not done")),
        Line2D(
            [],
            [],
            marker="|",
            markersize=10,
            markeredgewidth=1.4,
            linestyle="",
            color=INK,
            label=say(lang, "limit"),
        ),
    ]
    figure.legend(handles=marks, loc="outside upper left", ncols=3, handlelength=1.2, handleheight=1)


def _which(county: County, course: Course, lang: str) -> str:
    plans: Sequence[int] = [plan for _, plan, _ in course.levels]
    return say(
        lang,
        "incident {incident}: {kind}, {time}{plan}",
        incident=course.incident,
        kind=called(county.kinds[course.kind].names, lang) if course.kind >= 0 else "",
        time=clock(start_of(county), course.alarm_s)[:16],
        plan=f"; {plan_called(county, plans[0], lang)}" if plans else "",
    )
