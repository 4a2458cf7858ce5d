"""Checking a scenario as a whole: does each part fit the others?"""

from __future__ import annotations

from collections.abc import Callable

from sim.scenarios.chain_crossings import check_chain
from sim.scenarios.crew_checks import check_crews
from sim.scenarios.crossings import check_references, check_unique, check_where
from sim.scenarios.drafts import Draft, in_order
from sim.scenarios.equipment_checks import check_equipment
from sim.scenarios.figures import check_sums, check_times
from sim.scenarios.force_crossings import check_force_references
from sim.scenarios.ground import check_ground
from sim.scenarios.inject_checks import check_injects
from sim.scenarios.needs import check_needs
from sim.scenarios.plan_crossings import check_plans
from sim.scenarios.planfiles import PLANS, PlanDraft
from sim.scenarios.problems import Problem, ScenarioError
from sim.scenarios.roster_checks import check_rosters
from sim.scenarios.rows import ROWS
from sim.scenarios.save import sheets_of
from sim.scenarios.scenario import Scenario
from sim.scenarios.sections import known_codes

CHECKS: tuple[Callable[[Draft], None], ...] = (
    check_unique,
    check_references,
    check_where,
    check_sums,
    check_times,
    check_needs,
    check_ground,
    check_force_references,
    check_equipment,
    check_crews,
    check_rosters,
    check_chain,
    check_plans,
    check_injects,
)


def check_draft(draft: Draft) -> None:
    """Add to a draft's problems (and notes) all that does not fit together."""
    for check in CHECKS:
        check(draft)


def check_scenario(scenario: Scenario) -> tuple[Problem, ...]:
    """Tell what is wrong with a scenario made or edited in code, with the lines it would have when saved.

    Parameters
    ----------
    scenario
        The scenario; its parts already fit their models.

    Returns
    -------
    tuple
        Its problems; none where the scenario can be used.
    """
    draft = _draft(scenario)
    check_draft(draft)
    return tuple(in_order(draft.problems))


def checked(scenario: Scenario) -> Scenario:
    """Give the scenario back if it can be used.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    problems = check_scenario(scenario)
    if problems:
        raise ScenarioError(problems)
    return scenario


def _draft(scenario: Scenario) -> Draft:
    """Lay a scenario out as if it had just been read."""
    draft = Draft(scenario.folder, rasters=scenario.rasters, roads=scenario.roads)
    settings = scenario.settings
    draft.sections.update({name: getattr(settings, name) for name in type(settings).model_fields})
    draft.raw = settings.model_dump(by_alias=True)
    draft.known.update(known_codes(draft.raw))
    draft.known.update({table: [] for table in ROWS})
    for name, table in sheets_of(scenario).items():
        draft.tables[name] = table
        draft.known[name] = [row.code for row in table.rows if hasattr(row, "code")]
    draft.rule_texts.update(scenario.rule_texts)
    draft.plans += [
        PlanDraft(f"{PLANS}/{plan.code}.yaml", plan.model_dump(by_alias=True), plan=plan)
        for plan in scenario.plans
    ]
    return draft
