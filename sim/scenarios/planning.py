"""Emergency plans as files write them become plans as the clock knows them, and what people call them."""

from __future__ import annotations

from dispatch import plans
from dispatch.plans import Plan, PlanKind, Work
from dispatch.reporting import Source
from sim.county import Names as Called
from sim.scenarios import plan_model as written
from sim.scenarios.chaining import class_codes_of
from sim.scenarios.numbering import Number, called
from sim.scenarios.ranks import Ranks
from sim.scenarios.scenario import Scenario

MINUTE_S = 60.0


def plans_of(scenario: Scenario, ranks: Ranks) -> tuple[Plan, ...]:
    """List the plans of a scenario, in its order."""
    classes = {code: at for at, code in enumerate(class_codes_of(scenario))}
    return tuple(_plan(it, ranks, classes) for it in scenario.plans)


def plan_names(scenario: Scenario) -> dict[str, tuple[Called, ...]]:
    """Name the plans, and their tasks one after the other, the first plan's first."""
    if not scenario.plans:
        return {}
    return {
        "plans": tuple(called(it.name, it.code) for it in scenario.plans),
        "tasks": tuple(called(task.name, task.code) for it in scenario.plans for task in it.tasks),
    }


def _plan(it: written.PlanFile, ranks: Ranks, classes: Number) -> Plan:
    return Plan(
        code=it.code,
        kind=PlanKind[it.kind.upper()],
        triggers=tuple(_trigger(trigger, classes) for trigger in it.triggers),
        tasks=tuple(_task(task, ranks) for task in it.tasks),
        kinds=tuple(ranks.kinds[code] for code in it.covers.kinds),
        sites=tuple(ranks.sites[code] for code in it.covers.sites),
        contacts=dict(it.contacts),
        ends_after_s=it.ends_after_min * MINUTE_S,
        people=it.people,
        source=_source(it.source),
    )


def _trigger(it: written.Trigger, classes: Number) -> plans.Trigger:
    reached = None if it.accident_class is None else classes[it.accident_class]
    figures = it.model_dump(exclude={"level", "accident_class"})
    return plans.Trigger(level=it.level, accident_class=reached, **figures)


def _task(it: written.Task, ranks: Ranks) -> plans.Task:
    return plans.Task(
        code=it.code,
        work=Work[it.work.upper()],
        owner=it.owner,
        within_s=it.within_min * MINUTE_S,
        lasts_s=it.lasts_min * MINUTE_S,
        after=it.after,
        level=it.level,
        needs=tuple((ranks.capabilities[code], count) for code, count in it.needs.items()),
        resource=-1 if it.resource is None else ranks.item_types[it.resource],
        tells=it.tells,
        weight=it.weight,
        source=_source(it.source),
    )


def _source(it: written.SourceNote | None) -> Source | None:
    return None if it is None else Source(it.title, it.article, it.date, it.certainty)
