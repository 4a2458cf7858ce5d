"""A plan put to the test: the same accidents under it, task by task, report by report; what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol

import polars as pl

from dispatch.plans import Plan
from results.chain.course import Course, TaskRun, critical_path, held_by, shares
from results.chain.histories import Reports
from results.compliance import DUTY_SCHEMA, accident_row, courses_of, duty_rows
from results.intervals import Estimate, over_replications
from sim.county import County

TASK_SCHEMA: Mapping[str, Any] = {
    "number": pl.Int32,
    "task": pl.Int32,
    "within": pl.Boolean,
    "done": pl.Boolean,
    "took_s": pl.Float64,
    "waited_s": pl.Float64,
    "held_by": pl.String,
    "line": pl.Int64,
}
OUTCOME_SCHEMA: Mapping[str, Any] = {
    "number": pl.Int32,
    "first_arrival": pl.Float64,
    "bureau_told": pl.Float64,
    "city_told": pl.Float64,
    "response_opened": pl.Float64,
    "aid_granted": pl.Float64,
    "controlled": pl.Float64,
    "tasks_in_time": pl.Float64,
    "reports_in_time": pl.Float64,
    "deaths": pl.Float64,
    "injuries": pl.Float64,
    "loss_cny": pl.Float64,
    "escalated": pl.Float64,
    "record_s": pl.Float64,
}


class Record(Protocol):
    """What is kept of one rehearsed accident (`sim.rehearsal.Played`)."""

    @property
    def number(self) -> int:
        """Number of the accident."""

    @property
    def incident(self) -> int:
        """Its number in its run."""

    @property
    def offset_s(self) -> float:
        """When its run began, in seconds of the scenario."""

    @property
    def ends_s(self) -> float:
        """When its record ends, in seconds of its run."""

    @property
    def events(self) -> pl.DataFrame:
        """The events that concern it."""

    @property
    def row(self) -> Mapping[str, Any]:
        """Its row in the table of incidents."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An accident as it went: its record, its county (with the run's own start), reports and course."""

    record: Record
    county: County
    reports: Reports
    course: Course

    @property
    def number(self) -> int:
        """Number of the accident."""
        return self.record.number


@dataclass(frozen=True, eq=False)
class Tested:
    """A plan (or rules, or an inject) tested on accidents.

    Attributes
    ----------
    label
        What it is called in tables.
    county
        The county under it; its one plan is the one tested.
    cases
        The accidents, in order.
    """

    label: str
    county: County
    cases: tuple[Case, ...]

    @property
    def plan(self) -> Plan:
        """The plan that was tested."""
        return self.county.plans[0]

    @cached_property
    def tasks(self) -> pl.DataFrame:
        """A row for each task that was due in an accident: within its limit, time, what held it up."""
        rows = [_task_row(case, run) for case in self.cases for run in case.course.tasks]
        return pl.DataFrame(rows, schema=TASK_SCHEMA, orient="row")

    @cached_property
    def duties(self) -> pl.DataFrame:
        """A row for each report that was due and whose end is known, as in `results.compliance`."""
        rows = [row for case in self.cases for row in _duties(case)]
        return pl.DataFrame(rows, schema={"number": pl.Int32, **DUTY_SCHEMA}, orient="row")

    @cached_property
    def outcomes(self) -> pl.DataFrame:
        """A row for each accident: when help came, who was told when, what was done, what harm came of it."""
        rows = [self._outcome(case) for case in self.cases]
        return pl.DataFrame(rows, schema=OUTCOME_SCHEMA, orient="row")

    def _outcome(self, case: Case) -> dict[str, Any]:
        """Sum an accident up; where no response was opened no task was done in time."""
        course = case.course
        known = accident_row(case.reports.history(case.record.incident), course)
        mine = self.duties.filter(pl.col("number") == case.number)
        tasks = [float(run.within) for run in course.tasks]
        return {
            "number": case.number,
            "first_arrival": course.since_alarm("arrived"),
            **{name: known[name] for name in ("bureau_told", "city_told", "response_opened", "aid_granted")},
            "controlled": course.since_alarm("controlled"),
            "tasks_in_time": sum(tasks) / len(tasks) if tasks else 0.0,
            "reports_in_time": mine["within"].mean(),
            **dict(zip(("deaths", "injuries", "loss_cny"), course.harm, strict=True)),
            "escalated": float("escalated" in course.moments),
            "record_s": case.record.ends_s - course.alarm_s,
        }


@dataclass(frozen=True, slots=True)
class TaskFigures:
    """How a task did over all accidents in which it was due.

    `within` is the share done within the limit, `p90_s` the time within which 9 in 10 of those done were,
    `held` what held up those that were late (code and share), `worst` the case it was latest in.
    """

    task: int
    due: int
    within: Estimate
    p50_s: float | None
    p90_s: float | None
    done: float
    held: tuple[tuple[str, float], ...]
    worst: int | None
    critical: float


def tested(label: str, county: County, records: Sequence[Record]) -> Tested:
    """Read what happened in rehearsed accidents.

    Parameters
    ----------
    label
        What the variant is called.
    county
        The county under it.
    records
        What was kept of each accident.
    """
    return Tested(label, county, tuple(_case(county, record) for record in records))


def _case(county: County, record: Record) -> Case:
    there = replace(county, start=county.start + timedelta(seconds=record.offset_s))
    reports = Reports(there, record.events, record.ends_s)
    course = courses_of(there, record.events, [record.incident], record.ends_s)[record.incident]
    return Case(record, there, reports, course)


def _task_row(case: Case, run: TaskRun) -> dict[str, Any]:
    waited = {why: time_s for why, time_s in shares(run).items() if why != "work"}
    return {
        "number": case.number,
        "task": run.task,
        "within": run.within,
        "done": run.done_s is not None,
        "took_s": run.took_s,
        "waited_s": sum(waited.values()),
        "held_by": held_by(run),
        "line": run.lines[-1] if run.lines else -1,
    }


def _duties(case: Case) -> Iterator[dict[str, Any]]:
    for row in duty_rows(case.reports, case.record.incident):
        yield {"number": case.number, **row}


def task_figures(found: Tested) -> list[TaskFigures]:
    """Tell task by task how the plan did, in its order; tasks that were never due come with nothing."""
    paths = [critical_path(found.plan, case.course.tasks) for case in found.cases if case.course.tasks]
    on_path = Counter(task for path in paths for task in path)
    return [
        _figures(found, task, on_path[task] / len(paths) if paths else 0.0)
        for task in range(len(found.plan.tasks))
    ]


def _figures(found: Tested, task: int, critical: float) -> TaskFigures:
    rows = found.tasks.filter(pl.col("task") == task)
    if not len(rows):
        return TaskFigures(task, 0, over_replications([]), None, None, 0.0, (), None, critical)
    late = rows.filter(~pl.col("within"))
    held = Counter(late["held_by"].to_list())
    worst = late.sort("done", pl.col("took_s").fill_null(0.0) * -1, "number")["number"].to_list()
    return TaskFigures(
        task,
        len(rows),
        over_replications(rows["within"].cast(pl.Float64).to_numpy()),
        _quantile(rows, 0.5),
        _quantile(rows, 0.9),
        float(rows["done"].cast(pl.Float64).mean() or 0.0),  # type: ignore[arg-type]
        tuple((why, n / len(late)) for why, n in held.most_common(3)),
        worst[0] if worst else None,
        critical,
    )


def _quantile(rows: pl.DataFrame, part: float) -> float | None:
    """Give the time within which a share of those due was done; None where fewer were ever done."""
    times = rows["took_s"].fill_null(float("inf")).sort()
    at = times.quantile(part, "higher")
    return None if at is None or at == float("inf") else float(at)


def usual_path(found: Tested) -> tuple[tuple[int, ...], float]:
    """Give the critical path met most often, and the share of responses in which it was that."""
    paths = Counter(critical_path(found.plan, case.course.tasks) for case in found.cases if case.course.tasks)
    if not paths:
        return (), 0.0
    path, times = paths.most_common(1)[0]
    return path, times / sum(paths.values())


def most_telling(found: Tested) -> Case | None:
    """Choose the accident to show in full: the one with most tasks late, then the gravest."""

    def weight(case: Case) -> tuple[int, int, int]:
        late = sum(not run.within for run in case.course.tasks)
        return (late, case.course.reached, -case.number)

    return max(found.cases, key=weight, default=None)


def means(found: Tested) -> dict[str, Estimate]:
    """Estimate the mean of each outcome over the accidents in which it came."""
    names = [name for name in OUTCOME_SCHEMA if name not in ("number", "record_s")]
    return {name: over_replications(found.outcomes[name].to_numpy()) for name in names}


def pairs(one: Tested, other: Tested, name: str) -> pl.DataFrame:
    """Give an outcome accident by accident, in columns `one` and `other`.

    A moment that never came counts as the end of the record where it came in the other; accidents in which it
    came in neither do not count.
    """
    both = one.outcomes.join(other.outcomes, on="number", suffix="_other")
    ours, theirs = pl.col(name), pl.col(f"{name}_other")
    seen = both.filter(ours.is_not_null() | theirs.is_not_null())
    last = pl.col("record_s") if name in MOMENTS else pl.lit(None, dtype=pl.Float64)
    return seen.select(ours.fill_null(last).alias("one"), theirs.fill_null(last).alias("other")).drop_nulls()


def paired(one: Tested, other: Tested, name: str) -> Estimate:
    """Estimate by how much an outcome differs, accident by accident: `other` less `one` (see `pairs`)."""
    both = pairs(one, other, name)
    return over_replications((both["other"] - both["one"]).to_numpy())


MOMENTS = ("first_arrival", "bureau_told", "city_told", "response_opened", "aid_granted", "controlled")
"""Outcomes that are moments, in seconds since the alarm."""
