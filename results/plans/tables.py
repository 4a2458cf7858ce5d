"""A tested plan in tables: task by task, the evaluator's indicators, and two variants side by side."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from results.chain.words import cause_of_delay, post_called, task_called
from results.evaluation import MOMENTS, Tested, paired, pairs, task_figures
from results.indicators import FAIL, PASS, Sheet
from results.intervals import Estimate, over_replications
from results.tables import Cell, Table
from results.wording import (
    NOTHING,
    minutes,
    minutes_within,
    number,
    number_within,
    percent,
    percent_within,
    say,
)

FEW = 10
"""Below so many accidents no interval is given."""
OUTCOMES: Mapping[str, str] = {
    "bureau_told": "County bureau told",
    "city_told": "City told",
    "response_opened": "Response opened",
    "first_arrival": "First unit on scene",
    "aid_granted": "City's help granted",
    "controlled": "Under control",
    "tasks_in_time": "Tasks in time",
    "reports_in_time": "Reports in time",
    "escalated": "Accidents that grew",
    "deaths": "Deaths in 100 accidents",
    "injuries": "Injuries in 100 accidents",
    "loss_cny": "Loss, CNY 10,000 an accident",
}
"""What is compared, and in what; moments count from the alarm."""
SHARES = ("tasks_in_time", "reports_in_time", "escalated")
BETTER_HIGH = ("tasks_in_time", "reports_in_time")
SCALE = {"deaths": 100.0, "injuries": 100.0, "loss_cny": 1e-4}
MARKS = {PASS: "good", FAIL: "poor"}


def tasks_table(found: Tested, lang: str) -> Table:
    """Tell task by task how the plan did: share in time, times, what held it up, how often it decided."""
    rows = []
    for one in task_figures(found):
        task = found.plan.tasks[one.task]
        name, owner = (
            task_called(found.county, 0, one.task, lang),
            post_called(found.county, task.owner, lang),
        )
        if not one.due:
            rows.append(
                (Cell(name), Cell(owner), Cell("0"), Cell(minutes(task.within_s)), *[Cell(NOTHING)] * 5)
            )
            continue
        good = one.within.mean is not None and one.within.mean >= 0.9
        cells = (
            Cell(name),
            Cell(owner),
            Cell(str(one.due)),
            Cell(minutes(task.within_s)),
            Cell(_share(one.within, one.due), "good" if good else "poor"),
            Cell(minutes(one.p50_s)),
            Cell(minutes(one.p90_s) if one.p90_s is not None else say(lang, "not reached by 9 in 10")),
            Cell(_held(one.held, lang)),
            Cell(percent(one.critical, 0)),
        )
        rows.append(cells)
    headings = (
        "Task",
        "Owner",
        "Times due",
        "Limit",
        "Done within the limit",
        "P50",
        "P90",
        "What held it up when late",
        "On the critical path",
    )
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1, 7))


def _share(share: Estimate, cases: int) -> str:
    return percent_within(share) if cases >= FEW else percent(share.mean, 0)


def _held(held: tuple[tuple[str, float], ...], lang: str) -> str:
    return say(lang, ", ").join(f"{held_called(why, lang)} {percent(share, 0)}" for why, share in held)


def held_called(code: str, lang: str) -> str:
    """Name what held a task up: an obstacle, tasks before it, or the work itself."""
    return say(lang, "Its own duration") if code == "work" else cause_of_delay(code, lang)


def sheet_table(sheet: Sheet, lang: str) -> Table:
    """Lay the evaluator's table out."""
    rows, last = [], ""
    for line in sheet.lines:
        cells = (
            Cell(line.item if line.item != last else ""),
            Cell(line.name),
            Cell(line.standard),
            Cell(line.limit),
            Cell(line.observed),
            Cell(say(lang, line.result), MARKS.get(line.result, "unsure")),
            Cell(line.rating),
            Cell(f"{line.weight:.2g}"),
            Cell(NOTHING if line.score is None else f"{line.score:.2f}"),
            Cell(line.evidence),
        )
        rows.append(cells)
        last = line.item
    headings = (
        "Evaluation item",
        "Indicator",
        "Standard",
        "Limit",
        "Observed",
        "Judgement",
        "Rating",
        "Weight",
        "Score",
        "Evidence",
    )
    words = (0, 1, 2, 4, 5, 9)
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words)


def compare_table(one: Tested, other: Tested, lang: str) -> Table:
    """Set two variants side by side on the same accidents, each difference with its interval."""
    rows = []
    for name, heading in OUTCOMES.items():
        difference = paired(one, other, name)
        if difference.mean is None:
            continue
        both = pairs(one, other, name)
        cells = (
            Cell(say(lang, heading)),
            *(Cell(_figure(name, over_replications(both[it].to_numpy()))) for it in ("one", "other")),
            Cell(_figure(name, difference, signed=True), direction(name, difference)),
            Cell(str(difference.n)),
        )
        rows.append(cells)
    headings = (
        say(lang, "From the alarm, on average"),
        one.label,
        other.label,
        say(lang, "Difference"),
        say(lang, "Accidents"),
    )
    return Table(headings, tuple(rows))


def compare_tasks_table(one: Tested, other: Tested, lang: str) -> Table:
    """Set the tasks of one plan side by side in two variants: the share in time, and the difference."""
    ours, theirs = ({it.task: it for it in task_figures(found)} for found in (one, other))
    rows = []
    for task in range(len(one.plan.tasks)):
        difference = task_difference(one, other, task)
        cells = (
            Cell(task_called(one.county, 0, task, lang)),
            Cell(_share(ours[task].within, ours[task].due) if ours[task].due else NOTHING),
            Cell(_share(theirs[task].within, theirs[task].due) if theirs[task].due else NOTHING),
            Cell(_figure("tasks_in_time", difference, signed=True), direction("tasks_in_time", difference)),
            Cell(str(difference.n)),
        )
        rows.append(cells)
    headings = (say(lang, "Task"), one.label, other.label, say(lang, "Difference"), say(lang, "Accidents"))
    return Table(headings, tuple(rows))


def task_difference(one: Tested, other: Tested, task: int) -> Estimate:
    """Estimate by how much the share of a task done in time differs; not due counts as not done in time."""
    mine, its = (it.tasks.filter(pl.col("task") == task).select("number", "within") for it in (one, other))
    both = mine.join(its, on="number", how="full", suffix="_other", coalesce=True)
    flags = both.with_columns(pl.col("within", "within_other").fill_null(value=False).cast(pl.Float64))
    return over_replications((flags["within_other"] - flags["within"]).to_numpy())


def direction(name: str, difference: Estimate) -> str:
    """Mark a difference as good or poor where its interval leaves out nothing; else as unsure."""
    low, high = difference.low, difference.high
    if low is None or high is None or low <= 0.0 <= high:
        return "unsure" if difference.mean else ""
    return "good" if (low > 0.0) == (name in BETTER_HIGH) else "poor"


def _figure(name: str, estimate: Estimate, *, signed: bool = False) -> str:
    """Write an outcome in its unit, a difference with its sign."""
    if estimate.mean is None:
        return NOTHING
    sign = "+" if signed and estimate.mean > 0 else ""
    if name in MOMENTS:
        return sign + minutes_within(estimate)
    if name in SHARES:
        return sign + percent_within(estimate)
    scale = SCALE[name]
    half = None if estimate.half_width is None else scale * estimate.half_width
    scaled = Estimate(scale * estimate.mean, half, estimate.n, estimate.level)
    return sign + (number_within(scaled) if half else number(scaled.mean))
