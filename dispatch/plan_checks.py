"""What is wrong with an emergency plan before it is ever tried: tasks nobody can do, or not in time.

The checks are plain functions over the plan and over what is known of those who are to carry it out
(`Means`); what they find is a code and figures, put into words elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.plans import Plan, PlanKind, Task

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Means:
    """Who and what there is to carry out a plan.

    Attributes
    ----------
    rostered
        Codes of the posts that have anybody on their roster.
    unmanned
        By post: the stretches of time in which nobody is rostered, in seconds, in order.
    nights
        The nights of the same period, in seconds.
    drives_s
        By capability: for each place that the plan covers the seconds, shortest first, in which each of the
        county's own units of that capability can be there, from the order on.
    places
        Codes of those places.
    own, aid
        The county's own units, and the city's that come when asked for, by capability.
    items
        How many items there are of each type of equipment.
    """

    rostered: frozenset[str] = frozenset()
    unmanned: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    nights: Sequence[Span] = ()
    drives_s: Mapping[int, Sequence[Sequence[float]]] = field(default_factory=dict)
    places: Sequence[str] = ()
    own: Mapping[int, int] = field(default_factory=dict)
    aid: Mapping[int, int] = field(default_factory=dict)
    items: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a plan: what (`code`), with which task ("" : the plan), and its figures."""

    code: str
    task: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def check_plan(plan: Plan, means: Means) -> list[Finding]:
    """Find what is wrong with a plan without trying it.

    Parameters
    ----------
    plan
        The plan.
    means
        Who and what there is.

    Returns
    -------
    list of Finding
        First what concerns the plan as a whole, then task by task in the plan's order.

    Examples
    --------
    >>> from dispatch.plans import Trigger, Work
    >>> plan = Plan("p", PlanKind.GENERAL, (Trigger(4),), (Task("t", Work.DUTY, "D1", 600.0, level=4),))
    >>> [finding.code for finding in check_plan(plan, Means())]
    ['no_trigger', 'no_trigger', 'no_trigger', 'nobody_rostered', 'no_contact']
    """
    found = [*_levels(plan), *_circles(plan)]
    done_s = earliest_s(plan, means)
    for task in plan.tasks:
        found += _owner(task, means)
        found += _needs(task, means)
        found += _in_time(task, means, done_s)
    return [*found, *_contacts(plan)]


def _levels(plan: Plan) -> Iterator[Finding]:
    """Find response levels that nothing opens, and tasks of levels that are never reached."""
    opened = {trigger.level for trigger in plan.triggers}
    least = max(opened, default=0)
    wanted = range(1, least + 1) if plan.kind != PlanKind.ON_SITE else ()
    for level in wanted if opened else range(1, 5):
        if level not in opened:
            yield Finding("no_trigger", values={"level": level})
    for task in plan.tasks:
        if opened and task.level < min(opened):
            yield Finding("never_due", task.code, {"level": task.level})


def _circles(plan: Plan) -> Iterator[Finding]:
    """Find tasks that wait for one another in a circle, and tasks that wait for what is not in the plan."""
    codes = [task.code for task in plan.tasks]
    for circle in circles({task.code: task.after for task in plan.tasks}):
        yield Finding("circle", circle[0], {"way": " → ".join([*circle, circle[0]])})
    for task in plan.tasks:
        for before in task.after:
            if before not in codes:
                yield Finding("after_nothing", task.code, {"before": before})


def circles(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Find tasks that wait for one another in a circle, each circle once, from its first task on.

    Parameters
    ----------
    after
        By task: those that must be done before it.

    Examples
    --------
    >>> circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    [['a', 'b', 'c']]
    """
    found: list[list[str]] = []
    for start in after:
        if not any(start in circle for circle in found) and (circle := _circle(after, start)):
            found.append(circle)
    return found


def _circle(after: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """Walk back from a task until it is met again."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        for before in after.get(way[-1], ()):
            if before == start:
                return way
            if before not in seen:
                seen.add(before)
                ways.append([*way, before])
    return []


def earliest_s(plan: Plan, means: Means) -> dict[str, float]:
    """Tell when each task can be done at the earliest, in seconds from the opening of its level.

    A task begins when those before it are done; where units are needed it lasts from their arrival on, at the
    place that is reached soonest. A task of a circle is taken to begin at once.
    """
    tasks = {task.code: task for task in plan.tasks}
    done: dict[str, float] = {}

    def finish(task: Task, waiting: tuple[str, ...]) -> float:
        if task.code not in done:
            before = [tasks[code] for code in task.after if code in tasks and code not in waiting]
            begin = max((finish(each, (*waiting, each.code)) for each in before), default=0.0)
            done[task.code] = begin + max(quickest_s(task, means), default=0.0) + task.lasts_s
        return done[task.code]

    for task in plan.tasks:
        finish(task, (task.code,))
    return done


def quickest_s(task: Task, means: Means) -> list[float]:
    """Give for each need of a task how soon its units can be at the place reached soonest."""
    return [
        min(times[count - 1] for times in means.drives_s[capability] if len(times) >= count)
        for capability, count in task.needs
        if any(len(times) >= count for times in means.drives_s.get(capability, ()))
    ]


def _owner(task: Task, means: Means) -> Iterator[Finding]:
    """Find tasks that nobody is named for, whose post nobody holds, or nobody at night."""
    if not task.owner:
        yield Finding("no_owner", task.code)
    elif task.owner not in means.rostered:
        yield Finding("nobody_rostered", task.code, {"post": task.owner})
    else:
        spans = means.unmanned.get(task.owner, ())
        nights = [night for night in means.nights if any(_meet(span, night) for span in spans)]
        if nights:
            values = {"post": task.owner, "nights": len(nights), "of": len(means.nights)}
            yield Finding("unmanned_at_night", task.code, {**values, "first_s": nights[0][0]})


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _needs(task: Task, means: Means) -> Iterator[Finding]:
    """Find tasks for which there are too few units, in the county and the city together, or no equipment."""
    for capability, count in task.needs:
        have = means.own.get(capability, 0) + means.aid.get(capability, 0)
        if have < count:
            values = {"capability": capability, "count": count, "have": have}
            yield Finding("too_few_units", task.code, values)
    if task.resource >= 0 and not means.items.get(task.resource):
        yield Finding("no_item", task.code, {"type": task.resource})


def _in_time(task: Task, means: Means, done_s: Mapping[str, float]) -> Iterator[Finding]:
    """Find limits shorter than the drive, and limits shorter than the tasks before and the task itself."""
    for capability, count in task.needs:
        places = list(zip(means.places, means.drives_s.get(capability, ()), strict=False))
        slow = [(times[count - 1], place) for place, times in places if len(times) >= count]
        late = [(time_s, place) for time_s, place in slow if time_s > task.within_s]
        if late:
            worst_s, place = max(late)
            values = {"capability": capability, "count": count, "place": place, "drive_s": worst_s}
            totals = {"limit_s": task.within_s, "late": len(late), "of": len(slow)}
            yield Finding("drive_too_long", task.code, {**values, **totals})
    if task.after and done_s[task.code] > task.within_s:
        before = max((done_s.get(code, 0.0) for code in task.after), default=0.0)
        values = {"before_s": before, "own_s": done_s[task.code] - before, "limit_s": task.within_s}
        yield Finding("tasks_too_long", task.code, {**values, "after": ", ".join(task.after)})
    elif not task.after and task.lasts_s > task.within_s:
        yield Finding("lasts_too_long", task.code, {"own_s": task.lasts_s, "limit_s": task.within_s})


def _contacts(plan: Plan) -> Iterator[Finding]:
    """Find posts that the plan calls on or tells, and whose telephone it does not print."""
    asked = dict.fromkeys(post for task in plan.tasks for post in (task.owner, *task.tells) if post)
    for post in asked:
        if post not in plan.contacts:
            yield Finding("no_contact", values={"post": post})
