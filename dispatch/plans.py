"""Emergency plans (应急预案) as data: when a response level opens, and who does what by when.

Shaped after GB/T 29639-2020: general plans, special plans for a kind of accident, on-site cards of a site.
Three scales stay apart: the warning level, the response level (1 highest to 4), the class of the accident.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from dispatch.reporting import Source


class PlanKind(IntEnum):
    """General plan, special plan, on-site card (综合预案、专项预案、现场处置方案)."""

    GENERAL = 0
    SPECIAL = 1
    ON_SITE = 2


class Work(IntEnum):
    """What a task is about. Append only: numbers stand in stored logs."""

    NOTIFY = 0
    """Somebody is told and takes note."""
    DUTY = 1
    """People of a post do something where they are: verify, issue, coordinate, publish."""
    SEND = 2
    """Units of a capability work on scene."""
    EVACUATE = 3
    """People are moved; lasts longer the more there are."""
    TRAFFIC = 4
    """Roads are closed or guarded."""
    COMMAND_POST = 5
    """The on-scene command post is set up."""
    ASK_AID = 6
    """Help is asked for from above or from neighbours."""
    PUBLISH = 7
    """The public is told."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a response level opens: all that is named must hold of what the duty leader knows; None: any.

    `accident_class` and `grade` are the least that do it, `warning_level` the least grave warning (4 blue),
    `deaths`, `casualties` (dead, injured and missing) and `lacking` (units asked for and not free) numbers
    from which it holds.
    """

    level: int
    accident_class: int | None = None
    grade: int | None = None
    warning_level: int | None = None
    deaths: int | None = None
    casualties: int | None = None
    lacking: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a plan.

    `owner` is the code of the post that does it or sees to it ("" : nobody is named), `within_s` its limit
    from the moment that its level opened, `lasts_s` how long it takes once begun, `after` the codes of the
    tasks that must be done before, `level` the least grave response level at which it is done (4: at all).
    `needs` is what it takes on scene: capability and count; `resource` the type of equipment that must be at
    hand and working (-1: none). `tells` names the posts to be told.
    """

    code: str
    work: Work
    owner: str
    within_s: float
    lasts_s: float = 0.0
    after: tuple[str, ...] = ()
    level: int = 4
    needs: tuple[tuple[int, int], ...] = ()
    resource: int = -1
    tells: tuple[str, ...] = ()
    weight: float = 1.0
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: what it covers, what opens which level, what is done.

    `kinds` are the kinds of incident it covers (numbers; empty: all accidents), `sites` the sites of an
    on-site card. `contacts` lists post codes with the telephone that the plan prints. `ends_after_s` is how
    long after control the response ends. `people` says how many live or work within reach of an evacuation.
    """

    code: str
    kind: PlanKind
    triggers: tuple[Trigger, ...]
    tasks: tuple[Task, ...]
    kinds: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    contacts: Mapping[str, str] = field(default_factory=dict)
    ends_after_s: float = 3600.0
    people: int = 0
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What a duty leader knows of an accident when a response level is to be decided."""

    accident_class: int = -1
    grade: int = 1
    warning_level: int = 0
    deaths: int = 0
    casualties: int = 0
    lacking: int = 0


def plan_for(plans: Sequence[Plan], kind: int, site: int) -> int | None:
    """Choose the plan for an accident: the site's own card, else a special plan, else a general one.

    Parameters
    ----------
    plans
        The plans in force.
    kind, site
        Of the accident; `site` -1: at no site.

    Returns
    -------
    int or None
        Position among the plans; None where none covers it.
    """
    order = (PlanKind.ON_SITE, PlanKind.SPECIAL, PlanKind.GENERAL)
    fitting = [
        (order.index(plan.kind), number) for number, plan in enumerate(plans) if covers(plan, kind, site)
    ]
    return min(fitting)[1] if fitting else None


def covers(plan: Plan, kind: int, site: int) -> bool:
    """Tell whether a plan covers an accident of a kind at a site (-1: none)."""
    if plan.kind == PlanKind.ON_SITE and site not in plan.sites:
        return False
    return not plan.kinds or kind in plan.kinds


def level_due(plan: Plan, picture: Picture) -> int | None:
    """Give the gravest response level that a plan's triggers ask for; None: none of them holds.

    Examples
    --------
    >>> plan = Plan("p", PlanKind.GENERAL, (Trigger(4), Trigger(2, deaths=3)), ())
    >>> level_due(plan, Picture()), level_due(plan, Picture(deaths=4))
    (4, 2)
    """
    return min((trigger.level for trigger in plan.triggers if _holds(trigger, picture)), default=None)


def _holds(trigger: Trigger, picture: Picture) -> bool:
    """Tell whether all that a trigger names holds."""
    least = (
        (trigger.accident_class, picture.accident_class),
        (trigger.grade, picture.grade),
        (trigger.deaths, picture.deaths),
        (trigger.casualties, picture.casualties),
        (trigger.lacking, picture.lacking),
    )
    if any(asked is not None and known < asked for asked, known in least):
        return False
    return trigger.warning_level is None or 0 < picture.warning_level <= trigger.warning_level


def tasks_due(plan: Plan, level: int, begun: Container[int], done: Container[int]) -> list[int]:
    """List the tasks that can begin at a response level: not begun yet, and those before them done.

    Parameters
    ----------
    plan
        The plan.
    level
        The level in force; a task of level 2 is done at levels 1 and 2.
    begun, done
        Positions of the tasks that have begun, and that are done.
    """
    waiting = [n for n, task in enumerate(plan.tasks) if level <= task.level and n not in begun]
    if not waiting:
        return []
    over = {task.code for number, task in enumerate(plan.tasks) if number in done or task.level < level}
    return [number for number in waiting if over.issuperset(plan.tasks[number].after)]
