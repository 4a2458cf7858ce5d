"""The course of one accident: its moments, its response levels, and each task of the plan, from the log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from dispatch.plans import Plan
from sim.chain import plan_and_level, plan_and_task
from sim.county import County
from sim.events import Kind

Row = Mapping[str, Any]
MOMENTS: Mapping[Kind, str] = {
    Kind.REPORTED: "alarm",
    Kind.CALL_TAKEN: "taken",
    Kind.ARRIVED: "arrived",
    Kind.ASSEMBLED: "assembled",
    Kind.SHORT_HANDED: "short_handed",
    Kind.CONTROLLED: "controlled",
    Kind.CLOSED: "closed",
    Kind.GRADED: "graded",
    Kind.COMMAND_POST: "command_post",
    Kind.AID_ASKED: "aid_asked",
    Kind.AID_GRANTED: "aid_granted",
    Kind.ESCALATED: "escalated",
    Kind.PASSED_ON: "passed_on",
}
"""Events of which the first counts, and what its moment is called."""
TASKS = (Kind.TASK_BEGUN, Kind.TASK_DONE, Kind.TASK_HELD, Kind.TASK_FAILED)
WORK, AFTER, ANSWER = "work", "after", "call"
"""Where a task's time goes besides what holds it up: the work itself, and tasks before it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A task held up from a moment to another: why, and by what."""

    from_s: float
    to_s: float
    why: str
    what: str
    line: int


@dataclass(frozen=True, slots=True)
class TaskRun:
    """How a task went in an accident.

    `opened_s` is when its level opened, `ready_s` when the tasks before it were done (None: they never were),
    `due_s` when its limit ran out. `begun_s`, `done_s`, `failed_s` are None where that never came.
    """

    plan: int
    task: int
    opened_s: float
    due_s: float
    ready_s: float | None
    begun_s: float | None = None
    done_s: float | None = None
    failed_s: float | None = None
    holds: tuple[Hold, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def within(self) -> bool:
        """Whether it was done within its limit."""
        return self.done_s is not None and self.done_s <= self.due_s + 1e-6

    @property
    def took_s(self) -> float | None:
        """How long after its level had opened it was done; None: never."""
        return None if self.done_s is None else self.done_s - self.opened_s


@dataclass(slots=True)
class Course:
    """The course of an accident.

    `moments` are seconds of the first event of a kind by its name (`MOMENTS`), `levels` the response levels
    from each moment on (level 0: ended), `harm` the totals known in the end [deaths, injuries, loss],
    `reached` the class in the end (-1: none), `end_s` when the record ends.
    """

    incident: int
    end_s: float
    kind: int = -1
    moments: dict[str, float] = field(default_factory=dict)
    levels: list[tuple[float, int, int]] = field(default_factory=list)
    tasks: list[TaskRun] = field(default_factory=list)
    harm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    reached: int = -1
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def alarm_s(self) -> float:
        """When the alarm was raised."""
        return self.moments.get("alarm", 0.0)

    def since_alarm(self, moment: str) -> float | None:
        """Tell how long after the alarm a moment came; None: it did not."""
        found = self.moments.get(moment)
        return None if found is None else found - self.alarm_s


def course_of(county: County, incident: int, rows: Iterable[Row], end_s: float) -> Course:
    """Read the course of an accident out of its events.

    Parameters
    ----------
    county
        The county.
    incident
        The accident.
    rows
        Its events, in order.
    end_s
        When the record ends.
    """
    course = Course(incident, end_s)
    doings: dict[int, list[Row]] = {}
    for row in rows:
        kind = Kind[row["kind"]]
        if kind in TASKS:
            doings.setdefault(row["subject"], []).append(row)
        else:
            _take(course, kind, row)
    course.tasks = _tasks(county, course, doings)
    return course


def _take(course: Course, kind: Kind, row: Row) -> None:
    """Take in an event that concerns no task."""
    name, time_s = MOMENTS.get(kind), row["time_s"]
    if name is not None:
        course.moments.setdefault(name, time_s)
        course.lines.setdefault(name, row["number"])
    if kind is Kind.REPORTED:
        course.kind = row["subject"]
    elif kind is Kind.ARRIVED:
        course.arrivals.append((time_s, row["unit"]))
    elif kind is Kind.HARM_KNOWN:
        deaths, injuries, loss = json.loads(row["text"] or "[0, 0, 0]")
        course.harm = (float(deaths), float(injuries), float(loss))
    elif kind is Kind.CLASS_ROSE:
        course.reached = row["subject"]
    elif kind in (Kind.RESPONSE_OPENED, Kind.RESPONSE_CHANGED, Kind.RESPONSE_ENDED):
        plan, level = plan_and_level(row["subject"])
        course.levels.append((time_s, plan, 0 if kind is Kind.RESPONSE_ENDED else level))
        course.lines.setdefault("ended" if kind is Kind.RESPONSE_ENDED else "opened", row["number"])


def _tasks(county: County, course: Course, doings: Mapping[int, Sequence[Row]]) -> list[TaskRun]:
    """Tell how every task went that was due at the levels reached, in the order of the plans."""
    by_task = {plan_and_task(subject): rows for subject, rows in doings.items()}
    plans = dict.fromkeys(plan for _, plan, _ in course.levels)
    return [run for number in plans for run in _of_plan(county.plans[number], number, course, by_task)]


def _of_plan(
    plan: Plan, number: int, course: Course, by_task: Mapping[tuple[int, int], Sequence[Row]]
) -> list[TaskRun]:
    done = {
        plan.tasks[task].code: _time(rows, Kind.TASK_DONE)
        for (of, task), rows in by_task.items()
        if of == number
    }
    found = []
    for position, task in enumerate(plan.tasks):
        levels = [since for since, of, level in course.levels if of == number and 0 < level <= task.level]
        if not levels:
            continue
        opened_s = min(levels)
        befores = [done.get(code) for code in task.after if _is_due(plan, code, course, number)]
        ready_s = None if None in befores else max([opened_s, *(it for it in befores if it is not None)])
        rows = by_task.get((number, position), ())
        found.append(_run(number, position, opened_s, opened_s + task.within_s, ready_s, rows, course.end_s))
    return found


def _is_due(plan: Plan, code: str, course: Course, number: int) -> bool:
    """Tell whether a task before another is to be done at all at the levels reached."""
    level = next((task.level for task in plan.tasks if task.code == code), 0)
    return any(of == number and 0 < at <= level for _, of, at in course.levels)


def _run(
    plan: int,
    task: int,
    opened_s: float,
    due_s: float,
    ready_s: float | None,
    rows: Sequence[Row],
    end_s: float,
) -> TaskRun:
    begun, done, failed = (_time(rows, it) for it in (Kind.TASK_BEGUN, Kind.TASK_DONE, Kind.TASK_FAILED))
    lines, holds = tuple(row["number"] for row in rows), tuple(_holds(rows, end_s))
    return TaskRun(plan, task, opened_s, due_s, ready_s, begun, done, failed, holds, lines)


def _time(rows: Iterable[Row], kind: Kind) -> float | None:
    return next((row["time_s"] for row in rows if row["kind"] == kind.name), None)


def _holds(rows: Sequence[Row], end_s: float) -> Iterable[Hold]:
    """Go through what held a task up, each until the next thing that happened to it."""
    for at, row in enumerate(rows):
        if row["kind"] == Kind.TASK_HELD.name:
            until_s = rows[at + 1]["time_s"] if at + 1 < len(rows) else end_s
            why, what = (*json.loads(row["text"] or "[]"), "", "")[:2]
            yield Hold(row["time_s"], until_s, str(why), str(what), row["number"])


def shares(run: TaskRun) -> dict[str, float]:
    """Tell where a task's time went until it was done or given up, in seconds by cause.

    `AFTER` waiting for the tasks before it, `ANSWER` reaching its post where that took no notable failure,
    `WORK` the work itself, else the code of what held it up.
    """
    ends = [it for it in (run.done_s, run.failed_s) if it is not None]
    end_s = min(ends, default=max([run.due_s, *(hold.to_s for hold in run.holds)]))
    ready_s = end_s if run.ready_s is None else run.ready_s
    found = {AFTER: max(0.0, ready_s - run.opened_s)}
    for hold in run.holds:
        found[hold.why] = found.get(hold.why, 0.0) + max(0.0, hold.to_s - hold.from_s)
    rest_s = (end_s - run.opened_s) - sum(found.values())
    return {**found, WORK: max(0.0, rest_s)}


def held_by(run: TaskRun) -> str:
    """Tell what most of the time of a task that was late went into; "" where it was in time."""
    if run.within:
        return ""
    parts = {why: time_s for why, time_s in shares(run).items() if why != WORK and time_s > 0}
    return max(parts, key=lambda why: parts[why], default=WORK)


def critical_path(plan: Plan, runs: Sequence[TaskRun]) -> tuple[int, ...]:
    """List the tasks that decided when all was done: the last to be done, before it the one it waited for.

    Examples
    --------
    >>> from dispatch.plans import PlanKind, Task, Trigger, Work
    >>> tasks = (Task("a", Work.DUTY, "D", 60.0), Task("b", Work.DUTY, "D", 60.0, after=("a",)))
    >>> plan = Plan("p", PlanKind.GENERAL, (Trigger(4),), tasks)
    >>> one = TaskRun(0, 0, 0.0, 60.0, 0.0, 0.0, 30.0)
    >>> critical_path(plan, [one, TaskRun(0, 1, 0.0, 60.0, 30.0, 30.0, 90.0)])
    (0, 1)
    """
    done = {run.task: run.done_s for run in runs if run.done_s is not None}
    if not done:
        return ()
    position = {task.code: number for number, task in enumerate(plan.tasks)}
    at = max(done, key=lambda task: (done[task] or -inf, task))
    path = [at]
    while befores := [position[code] for code in plan.tasks[at].after if position.get(code) in done]:
        at = max(befores, key=lambda task: done[task] or -inf)
        if at in path:
            break
        path.insert(0, at)
    return tuple(path)
