"""Edits: what a person wants to be otherwise in a county, applied to a scenario and told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from sim.scenarios import edits_calls as calls
from sim.scenarios import edits_duty as duty
from sim.scenarios import edits_forces as forces
from sim.scenarios import edits_forms as forms
from sim.scenarios import edits_rules as rules
from sim.scenarios.checks import check_scenario
from sim.scenarios.complaints import complaints
from sim.scenarios.editing import EDITS, Change, Done, Refused, raise_all
from sim.scenarios.fields import Part
from sim.scenarios.problems import Problem, ScenarioError, known_or_near
from sim.scenarios.scenario import Scenario
from sim.scenarios.yamlfile import Mark, PathKey, dotted, read_yaml

__all__ = ["Change", "Edit", "Edited", "apply_edits", "edits_of", "read_edit_file"]

Edit = Annotated[
    forms.AddBase
    | forms.MoveBase
    | forms.RemoveBase
    | forms.AddTeam
    | forms.MoveTeam
    | forms.RemoveTeam
    | forms.AddUnit
    | forms.MoveUnit
    | forms.RemoveUnit
    | forms.AddItem
    | forms.MoveItem
    | forms.RemoveItem
    | forms.AddPost
    | forms.MovePost
    | forms.RemovePost
    | forms.SetShift
    | forms.SetStandby
    | forms.SetRoster
    | forms.SetPolicy
    | forms.SetRunCard
    | forms.SetRules
    | forms.SetTask
    | forms.AddPlan
    | forms.RemovePlan
    | forms.SetCheck
    | forms.CloseRoad
    | forms.OpenRoad
    | forms.SlowRoad
    | forms.CloseSite
    | forms.MoveSite
    | forms.SetSiteRate
    | forms.RaiseWarning
    | forms.RaiseStandby
    | forms.LowerStandby
    | forms.CutChannel
    | forms.LeavePost
    | forms.TakeOut
    | forms.FailItem
    | forms.AddAccident
    | forms.SetLevel,
    Field(discriminator="do"),
]
"""One of the edits, told by the word after ``do:``."""

AnyEdit: TypeAdapter[Any] = TypeAdapter(Edit)
"""Reads and writes an edit as plain data."""


class Edited(NamedTuple):
    """A scenario after edits, and what each of them changed, in their order."""

    scenario: Scenario
    changes: tuple[Change, ...]


def apply_edits(scenario: Scenario, edits: Sequence[Any]) -> Edited:
    """Make another scenario by edits; those at a moment become injects on its clock.

    Parameters
    ----------
    scenario
        A scenario without problems; it stays as it is.
    edits
        The edits (each an `Edit`), one after the other; each sees what those before it have made.

    Returns
    -------
    Edited
        The scenario, checked again as a whole, and what was changed.

    Raises
    ------
    ScenarioError
        With the reason why edits make no sense: ``edits:2`` stands for the second. Nothing is changed then.
    """
    now, changes, problems = scenario, [], []
    for number, edit in enumerate(edits, start=1):
        try:
            now, change = _apply(now, edit)
            changes.append(replace(change, number=number))
        except Refused as refused:
            problems.append(refused.problem(number))
    raise_all(problems)
    if edits and (problems := [*check_scenario(now)]):
        raise ScenarioError([_blamed(scenario, edits), *problems])
    return Edited(now, tuple(changes))


def _apply(scenario: Scenario, edit: Any) -> Done:  # noqa: ANN401 - one of the union
    form = type(edit)
    if form in FROM_START and (getattr(edit, "at", None) is None or form not in ON_THE_CLOCK):
        return FROM_START[form](scenario, edit)
    return ON_THE_CLOCK[form](scenario, edit)


def _blamed(scenario: Scenario, edits: Sequence[Any]) -> Problem:
    """Find the edit after which the scenario does not fit together any more."""
    now = scenario
    for number, edit in enumerate(edits, start=1):
        now, _ = _apply(now, edit)
        if check_scenario(now):
            return Problem(EDITS, number, message_id="after this, the scenario does not fit together")
    return Problem(EDITS, message_id="after these, the scenario does not fit together")


def edits_of(data: object, file: str = EDITS) -> tuple[Any, ...]:
    """Read edits from plain data: a list of mappings, each with ``do:``.

    Raises
    ------
    ScenarioError
        With everything that is wrong; the line is the number of the edit.
    """
    if not isinstance(data, list | tuple):
        raise ScenarioError([Problem(file, message_id=NO_LIST)])
    problems: list[Problem] = []
    edits = [_edit_of(one, problems, file, number) for number, one in enumerate(data, start=1)]
    raise_all(problems)
    return tuple(edits)


NO_LIST = "must hold a list of edits, such as - {do: close_road, road: qinglong}"


def _edit_of(data: object, problems: list[Problem], file: str, number: int) -> Any:  # noqa: ANN401
    """Read one edit; add what is wrong with it to the problems."""
    form = forms.WORDS.get(str(data.get("do"))) if isinstance(data, Mapping) else None
    if form is None or not isinstance(data, Mapping):
        said = data.get("do") if isinstance(data, Mapping) else data
        message, values = _unknown_form(said)
        problems.append(Problem(file, number, field="do", value=said, message_id=message, values=values))
        return None
    try:
        return form.model_validate(data)
    except ValidationError as error:
        for path, value, message, values in complaints(form, error):
            problems.append(
                Problem(file, number, field=dotted(path), value=value, message_id=message, values=values)
            )
    return None


def _unknown_form(said: object) -> tuple[str, dict[str, object]]:
    ending, values = known_or_near(str(said), forms.WORDS)
    if ending == "near":
        return "is no edit; did you mean {near}?", values
    return "is no edit; there are {known}", {"known": ", ".join(forms.WORDS)}


def read_edit_file(path: Path) -> tuple[Any, ...]:
    """Read a YAML file that holds a list of edits.

    Raises
    ------
    ScenarioError
        With everything that is wrong, by file and line.
    """
    problems: list[Problem] = []
    document = read_yaml(path, problems)
    raise_all(problems)
    data = document.data if document else None
    marks = document.marks if document else {}
    if not isinstance(data, tuple):
        raise ScenarioError([Problem(path.name, message_id=NO_LIST)])
    edits = []
    for at, one in enumerate(data):
        found: list[Problem] = []
        edits.append(_edit_of(one, found, path.name, at + 1))
        for problem in found:
            line, column = _mark(marks, (at, *_path(problem.field)))
            problems.append(replace(problem, line=line, column=column))
    raise_all(problems)
    return tuple(edits)


def _path(field: str) -> PathKey:
    """Turn a field as a person reads it into the path of a YAML document."""
    return tuple(int(part) - 1 if part.isdigit() else part for part in field.split(".") if part)


def _mark(marks: Mapping[PathKey, Mark], path: PathKey) -> tuple[int, int | None]:
    """Tell the line and column of a key, or of what it should stand in."""
    found = (marks.get(path[:n]) for n in range(len(path), 0, -1))
    return next((mark for mark in found if mark), (1, None))


Doing = Callable[[Scenario, Any], Done]

FROM_START: Mapping[type[Part], Doing] = {
    forms.AddBase: forces.add_base,
    forms.MoveBase: forces.move_base,
    forms.RemoveBase: forces.remove_base,
    forms.AddTeam: forces.add_team,
    forms.MoveTeam: forces.move_team,
    forms.RemoveTeam: forces.remove_team,
    forms.AddUnit: forces.add_unit,
    forms.MoveUnit: forces.move_unit,
    forms.RemoveUnit: forces.remove_unit,
    forms.AddItem: forces.add_item,
    forms.MoveItem: forces.move_item,
    forms.RemoveItem: forces.remove_item,
    forms.AddPost: duty.add_post,
    forms.MovePost: duty.move_post,
    forms.RemovePost: duty.remove_post,
    forms.SetShift: duty.set_shift,
    forms.SetStandby: duty.set_standby,
    forms.SetRoster: duty.set_roster,
    forms.SetPolicy: rules.set_policy,
    forms.SetRunCard: rules.set_run_card,
    forms.SetRules: rules.set_rules,
    forms.SetTask: rules.set_task,
    forms.AddPlan: rules.add_plan,
    forms.RemovePlan: rules.remove_plan,
    forms.SetCheck: rules.set_check,
    forms.MoveSite: rules.move_site,
    forms.SetSiteRate: rules.set_site_rate,
}
"""What makes each edit that changes the scenario itself."""

ON_THE_CLOCK: Mapping[type[Part], Doing] = {
    forms.MoveUnit: calls.move_unit,
    forms.SetPolicy: calls.set_policy,
    forms.CloseRoad: calls.close_road,
    forms.OpenRoad: calls.open_road,
    forms.SlowRoad: calls.slow_road,
    forms.CloseSite: calls.close_site,
    forms.RaiseWarning: calls.raise_warning,
    forms.RaiseStandby: calls.order_standby,
    forms.LowerStandby: calls.order_standby,
    forms.CutChannel: calls.cut_channel,
    forms.LeavePost: calls.leave_post,
    forms.TakeOut: calls.take_out,
    forms.FailItem: calls.fail_item,
    forms.AddAccident: calls.add_accident,
    forms.SetLevel: calls.set_level,
}
"""What makes each edit that is carried out on the clock."""
