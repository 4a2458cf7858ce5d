"""The tasks of a plan on the clock: begun in their turn, held up by what is missing, done or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.plans import Task, Work, tasks_due
from sim.chain import of_plan, plan_and_level, plan_and_task
from sim.effects import BEGUN, DONE, HELD
from sim.events import COMMAND_POST, REINFORCED, TASK_BEGUN, TASK_DONE, TASK_FAILED, TASK_HELD
from sim.moves import Status

if TYPE_CHECKING:
    from sim.engine import Doing, Run

_HAS_COME = (int(Status.ON_SCENE), int(Status.TO_HOSPITAL), int(Status.AT_HOSPITAL))
AGAIN_S = 60.0
"""A task that is held up is looked at again after so long (assumption)."""
WIDTH = 1 << 20
"""Incident and task in one number, as a step on the clock carries it."""


def step_number(incident: int, subject: int) -> int:
    """Write an incident and the subject of one of its tasks as the number of a step."""
    return incident * WIDTH + subject


def begin_tasks(run: Run, incident: int, cause: int) -> None:
    """Set about the tasks whose turn it is at the response level in force."""
    subject, command = run.state.response.get(incident), run.command
    if subject is None or command is None:
        return
    number, level = plan_and_level(subject)
    plan, stand = run.county.plans[number], run.state.tasks.get(incident, {})
    done = [plan_and_task(each)[1] for each, status in stand.items() if status == DONE]
    called = command.called.setdefault((incident, number), [])
    for task in tasks_due(plan, level, called, done):
        called.append(task)
        reach_owner(run, step_number(incident, of_plan(number, task)), cause)


def _of_step(run: Run, number: int) -> tuple[int, int, Task]:
    incident, subject = divmod(number, WIDTH)
    plan, task = plan_and_task(subject)
    return incident, subject, run.county.plans[plan].tasks[task]


def reach_owner(run: Run, number: int, cause: int) -> None:
    """The post that owns a task is called; when it answers, the task can begin."""
    incident, _, task = _of_step(run, number)
    if incident not in run.state.response:
        return
    reached = run.notices.call_post(run, incident, task.owner, number)
    if reached.answered:
        run.after(reached.after_s, begin, number, cause)
    else:
        _hold(run, number, (reached.why_not, task.owner), reached.after_s, reach_owner, cause)


def begin(run: Run, number: int, cause: int) -> None:
    """A task begins, once what it takes is at hand."""
    incident, subject, task = _of_step(run, number)
    if incident not in run.state.response:
        return
    missing = _missing_resource(run, incident, task)
    if missing:
        _hold(run, number, ("resource", missing), 0.0, begin, cause)
        return
    begun = run.emit(TASK_BEGUN, incident, subject=subject, cause=cause)
    if task.needs:
        _reinforce(run, incident, subject, task, begun)
    if task.work == Work.ASK_AID:
        from sim.command import ask_for_aid

        ask_for_aid(run, incident, begun)
    run.after(task.lasts_s, finish, number, begun)


def _hold(run: Run, number: int, why: tuple[str, str], again_s: float, step: Doing, cause: int) -> None:
    """A task is held up; it is tried again, and the log tells when what holds it up changes."""
    incident, subject, _ = _of_step(run, number)
    held = run.command.held
    if held.get(number) != why:
        held[number] = why
        cause = run.emit(TASK_HELD, incident, subject=subject, cause=cause, note=run.log.note(why))
    run.after(max(again_s, AGAIN_S), step, number, cause)


def _missing_resource(run: Run, incident: int, task: Task) -> str:
    """Name the type of equipment that a task needs and nobody at the scene has working; "": none."""
    if task.resource < 0 or run.upkeep is None:
        return ""
    entry = run.state.open.get(incident)
    there = entry.units if entry else []
    if any(run.upkeep.known[unit][task.resource] >= 1.0 for unit in there):
        return ""
    force = run.county.force
    return force.item_types[task.resource].code if force is not None else ""


def _reinforce(run: Run, incident: int, subject: int, task: Task, cause: int) -> None:
    """More units are asked for, as far as they are not there or on their way already."""
    entry = run.state.open.get(incident)
    if entry is None or entry.assembled or not entry.asked:
        return
    wanted = dict(entry.required)
    if any(capability not in wanted for capability, _ in task.needs):
        from sim.response import assign

        more = run.emit(REINFORCED, incident, subject=subject, cause=cause)
        assign(run, incident, more)


def finish(run: Run, number: int, cause: int) -> None:
    """A task is done, or waits for what it still lacks: units on scene, an answer, the city's help."""
    incident, subject, task = _of_step(run, number)
    if incident not in run.state.response:
        return
    lacking = _still_lacking(run, incident, task)
    if lacking is not None:
        _hold(run, number, lacking, 0.0, finish, cause)
        return
    done = run.emit(TASK_DONE, incident, subject=subject, cause=cause)
    if task.work == Work.COMMAND_POST:
        run.emit(COMMAND_POST, incident, cause=done)
    begin_tasks(run, incident, done)


def _still_lacking(run: Run, incident: int, task: Task) -> tuple[str, str] | None:
    """Tell what a task that has run its time still waits for."""
    entry = run.state.open.get(incident)
    if task.work == Work.ASK_AID:
        return None if incident in run.state.granted or entry is None else ("aid", "")
    if task.work == Work.COMMAND_POST and entry is not None and not entry.arrived:
        return ("unit", "")
    for capability, count in task.needs:
        if entry is not None and _on_scene(run, entry.units, capability) < count:
            return ("unit", run.county.capabilities[capability])
    told = run.command.told.setdefault((incident, task.code), [])
    for post in task.tells:
        if post not in told:
            reached = run.notices.call_post(run, incident, post, -1)
            if not reached.answered:
                return (reached.why_not, post)
            told.append(post)
    return None


def _on_scene(run: Run, units: list[int], capability: int) -> int:
    """Count the units able to do something that have come, those gone to hospital with patients included."""
    bit, state = 1 << capability, run.state
    return sum(1 for unit in units if state.status[unit] in _HAS_COME and state.standing[unit] & bit)


def give_up(run: Run, incident: int, cause: int) -> None:
    """Give up what is not done when the response ends."""
    for subject, status in tuple(run.state.tasks.get(incident, {}).items()):
        if status in (BEGUN, HELD):
            why = run.command.held.get(step_number(incident, subject), ("ended", ""))
            run.emit(TASK_FAILED, incident, subject=subject, cause=cause, note=run.log.note(why))
