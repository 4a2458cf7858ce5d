"""Edits of what is laid down: policy, run cards, rules of reporting, plans, checks, rates of sites."""

from __future__ import annotations

from dispatch.policies import POLICIES
from sim.scenarios import edits_forms as forms
from sim.scenarios.editing import (
    Done,
    Refused,
    Thing,
    called,
    changed,
    did,
    find,
    find_code,
    is_other,
    made,
    number_text,
    one_of,
    thing,
    with_row,
    with_settings,
    with_table,
    without,
)
from sim.scenarios.edits_forces import whereabouts
from sim.scenarios.rows import RunCardRow
from sim.scenarios.rulefiles import rule_files
from sim.scenarios.scenario import Scenario


def set_policy(scenario: Scenario, edit: forms.SetPolicy) -> Done:
    """Choose units by another policy from the start."""
    policy = one_of(POLICIES, "dispatch policy", "policy", edit.policy)
    was = scenario.settings.policy
    is_other("policy", edit.policy, was, policy)
    change = did("Units are chosen by the policy {policy} instead of {was}.", policy=policy, was=was)
    return with_settings(scenario, policy=policy), change


def set_run_card(scenario: Scenario, edit: forms.SetRunCard) -> Done:
    """Let a run card ask for so many units of a capability."""
    settings = scenario.settings
    kind = find_code(settings.kinds, "kind of incident", "kind", edit.kind)
    capability = find_code(settings.capabilities, "capability", "capability", edit.capability)
    grades = len(settings.kinds[kind].grade_p)
    if edit.grade > grades:
        raise Refused("grade", edit.grade, "is no grade of this kind, which has {n}", n=grades)
    line = (kind, edit.grade, capability)
    old = next((r for r in scenario.run_cards if (r.kind, r.grade, r.capability) == line), None)
    was = old.count if old else 0
    is_other("count", str(edit.count), was, edit.count)
    values = {"kind": kind, "grade": edit.grade, "capability": capability, "count": edit.count}
    new = made(RunCardRow, values) if edit.count else None
    change = did(
        "Run card of {kind}, grade {grade}: {count} of {capability} instead of {was}.",
        kind=called(settings.kinds, kind),
        grade=edit.grade,
        count=edit.count,
        capability=called(settings.capabilities, capability),
        was=was,
    )
    return with_row(scenario, "run_cards", old, new), change


def set_rules(scenario: Scenario, edit: forms.SetRules) -> Done:
    """Put other rules of reporting in force."""
    said = scenario.settings.reporting
    if said is None:
        raise Refused("rules", edit.rules, "the scenario says nothing of reporting")
    rules = one_of((*scenario.rule_texts, *rule_files()), "rule file", "rules", edit.rules)
    is_other("rules", edit.rules, said.rules, rules)
    done = with_settings(scenario, reporting=said.model_copy(update={"rules": rules}))
    return done, did("The rules {rules} are in force instead of {was}.", rules=rules, was=said.rules)


def set_task(scenario: Scenario, edit: forms.SetTask) -> Done:
    """Change a task of a plan."""
    plan = find(scenario, "plans", "plan", edit.plan)
    named = {task.code: task for task in plan.tasks}
    old = named[find_code(named, "task", "task", edit.task)]
    owner = None if edit.owner is None else find(scenario, "posts", "owner", edit.owner).code
    given = {"within_min": edit.within_min, "lasts_min": edit.lasts_min, "owner": owner}
    new = changed(old, **{name: value for name, value in given.items() if value is not None})
    is_other("task", edit.task, old, new)
    tasks = tuple(new if task is old else task for task in plan.tasks)
    done = with_row(scenario, "plans", plan, plan.model_copy(update={"tasks": tasks}))
    change = did(
        "Task {task} of plan {plan}: {owner}, within {within} min, lasts {lasts} min.",
        task=thing(old),
        plan=thing(plan),
        owner=new.owner,
        within=new.within_min,
        lasts=new.lasts_min,
    )
    return done, change


def add_plan(scenario: Scenario, edit: forms.AddPlan) -> Done:
    """Put an emergency plan in force, in the place of the one of its code."""
    plan = edit.plan
    old = next((it for it in scenario.plans if it.code == plan.code), None)
    is_other("plan", plan.code, old, plan)
    plans = sorted((*(it for it in scenario.plans if it is not old), plan), key=lambda it: it.code)
    done = with_table(scenario, "plans", plans)
    if old is None:
        return done, did("New plan {plan}, {n} tasks.", plan=thing(plan), n=len(plan.tasks))
    return done, did("Plan {plan} in another form, {n} tasks.", plan=thing(plan), n=len(plan.tasks))


def remove_plan(scenario: Scenario, edit: forms.RemovePlan) -> Done:
    """Take a plan out of force."""
    plan = find(scenario, "plans", "plan", edit.plan)
    change = did("Plan {plan} is no longer in force.", plan=thing(plan))
    return without(scenario, "plans", lambda it: it is plan), change


def set_check(scenario: Scenario, edit: forms.SetCheck) -> Done:
    """Check equipment at another interval."""
    old = find(scenario, "checks", "check", edit.check)
    is_other("every_days", edit.every_days, old.every_days, edit.every_days)
    done = with_row(scenario, "checks", old, changed(old, every_days=edit.every_days))
    if old.every_days is None:
        sentence = "Check {check} is done every {days} days; before, only after use."
        return done, did(sentence, check=Thing(old.code), days=edit.every_days)
    sentence = "Check {check} is done every {days} days instead of every {was}."
    return done, did(sentence, check=Thing(old.code), days=edit.every_days, was=old.every_days)


def move_site(scenario: Scenario, edit: forms.MoveSite) -> Done:
    """Move a site, and its accidents with it."""
    old = find(scenario, "sites", "site", edit.site)
    lon, lat, place = whereabouts(scenario, edit)
    is_other("where", edit.where or f"{lon}, {lat}", (old.lon, old.lat), (lon, lat))
    done = with_row(scenario, "sites", old, changed(old, lon=lon, lat=lat, place=place))
    return done, did("Site {site} moves to {lon}, {lat}.", site=thing(old), lon=lon, lat=lat)


def set_site_rate(scenario: Scenario, edit: forms.SetSiteRate) -> Done:
    """Make accidents at a site more or less likely."""
    old = find(scenario, "sites", "site", edit.site)
    is_other("factor", number_text(edit.factor), edit.factor, 1.0)
    done = with_row(scenario, "sites", old, changed(old, rate_factor=old.rate_factor * edit.factor))
    change = did("Accidents at {site} are {factor} times as likely.", site=thing(old), factor=edit.factor)
    return done, change
