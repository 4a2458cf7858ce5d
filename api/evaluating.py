"""Evaluating an emergency plan: what the command and other doors ask for."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.service import scenario_folder
from api.trouble import Trouble, WrongUsage
from sim.language import tongue

if TYPE_CHECKING:
    from results.evaluation import Tested
    from results.plans.page import Evaluation
    from results.tables import Table
    from sim.county import County
    from sim.rehearsal import Variant

say = tongue("api")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is to be evaluated.

    `rules` "" are the scenario's own. `against` (another plan), `against_rules` and `injects` say what the
    plan is compared with on the same accidents; with none of them there is no comparison. `workers` 0 is one
    for each core; `called` is how the scenario is named in the command that is printed.
    """

    scenario: str
    plan: str
    accidents: int = 200
    rules: str = ""
    against: str = ""
    against_rules: str = ""
    injects: tuple[str, ...] = ()
    seed: int = 1
    workers: int = 0
    called: str = ""

    @property
    def compares(self) -> bool:
        """Whether anything is compared."""
        return bool(self.against or self.against_rules or self.injects)


def evaluate(request: EvaluationRequest, lang: str, on_progress: Progress | None = None) -> Evaluation:
    """Rehearse the accidents that a plan covers, and measure how it did.

    Parameters
    ----------
    request
        What is to be evaluated.
    lang
        Language of the labels.
    on_progress
        Told after each finished accident.

    Raises
    ------
    ScenarioError
        The scenario's or the rules' files cannot be used.
    Trouble, RunTrouble
        There is no such scenario, plan, post, channel or unit; nothing that the plan covers ever happens.
    """
    from results.evaluation import tested
    from results.plans.page import Evaluation
    from sim.rehearsal import Rehearsal, county_at, county_under, rehearse

    folder = scenario_folder(request.scenario)
    county, variants = county_at(folder), variants_of(request)
    able_to_report(county, request)
    rehearsal = Rehearsal(folder, request.plan, request.accidents, request.seed)
    played = rehearse(rehearsal, variants, request.workers, on_progress)
    labels = labels_of(county, request, lang)
    found: list[Tested] = [
        tested(label, county_under(county, variant), records)
        for label, variant, records in zip(labels, variants, played, strict=False)
    ]
    return Evaluation(
        name={each: plan_name(county, request.plan, each) for each in ("en", "zh")},
        found=found[0],
        other=found[1] if request.compares else None,
        faults={each: faults_of(county, request.plan, each) for each in ("en", "zh")},
        facts=facts_of(folder, county, request, lang),
        command=command_of(request, lang),
    )


def able_to_report(county: County, request: EvaluationRequest) -> None:
    """Refuse a county in which nobody would ever learn of an accident: its plans are never put in force."""
    from sim.rehearsal import plan_named

    if request.accidents < 1:
        raise WrongUsage("At least one accident must be rehearsed.")
    plan_named(county, request.plan)
    if county.chain is None:
        raise Trouble(
            "The scenario {name} says nothing of reporting, so that no plan is ever put in force.",
            name=request.scenario,
        )


def variants_of(request: EvaluationRequest) -> list[Variant]:
    """List what the accidents are rehearsed under: the plan, and what it is compared with."""
    from sim.rehearsal import Variant

    first = Variant(request.plan, request.rules)
    if not request.compares:
        return [first]
    other = Variant(request.against or request.plan, request.against_rules or request.rules, request.injects)
    return [first, other]


def labels_of(county: County, request: EvaluationRequest, lang: str) -> list[str]:
    """Name the two sides of a comparison by what differs."""
    own = county.chain.rules.code if county.chain else ""
    ours, theirs = [], []
    if request.against:
        ours.append(plan_name(county, request.plan, lang))
        theirs.append(plan_name(county, request.against, lang))
    if request.against_rules:
        for side, code in ((ours, request.rules or own), (theirs, request.against_rules)):
            side.append(say(lang, "rules {code}", code=Path(code).stem))
    if request.injects:
        theirs.append(say(lang, "; ").join(inject_told(county, words, lang) for words in request.injects))
    joint = say(lang, ", ")
    return [joint.join(ours) or say(lang, "as it stands"), joint.join(theirs)]


def inject_told(county: County, words: str, lang: str) -> str:
    """Say an inject as people would."""
    from results.chain.words import channel_called, post_called

    what, *things = words.split()
    lasts = things.pop()[:-1] if len(things) > 1 and things[-1].endswith("h") else ""
    span = say(lang, " for {n} h", n=lasts) if lasts else ""
    if what == "leave_post":
        return say(lang, "{post} unmanned{span}", post=post_called(county, things[0], lang), span=span)
    if what == "cut_channel":
        channel = channel_called(county, things[0], lang)
        where = post_called(county, things[1], lang) if len(things) > 1 else say(lang, "every post")
        return say(lang, "{channel} down at {post}{span}", channel=channel, post=where, span=span)
    return words


def plan_name(county: County, code: str, lang: str) -> str:
    """Name a plan."""
    from results.chain.words import plan_called

    codes = [plan.code for plan in county.plans]
    return plan_called(county, codes.index(code), lang) if code in codes else code


def faults_of(county: County, code: str, lang: str) -> tuple[str, ...]:
    """Say what is wrong with a plan before it is tried."""
    from sim.rehearsal import plan_named
    from sim.scenarios.plan_review import checked_plan, finding_text

    plan = plan_named(county, code)
    return tuple(finding_text(it, lang, county, plan) for it in checked_plan(county, plan))


def facts_of(folder: Path, county: County, request: EvaluationRequest, lang: str) -> dict[str, Any]:
    """Give what was done as plain values."""
    from sim.scenarios.load import scenario_hash

    return {
        "scenario": county.code,
        "plan": request.plan,
        "accidents": request.accidents,
        "rules": request.rules or (county.chain.rules.code if county.chain else ""),
        "seed": request.seed,
        "against": labels_of(county, request, lang)[1] if request.compares else "",
        "injects": "; ".join(request.injects),
        "fingerprint": scenario_hash(folder)[0],
    }


def command_of(request: EvaluationRequest, lang: str) -> str:
    """Give the command that makes the same evaluation again."""
    words = ["beiqin", "evaluate", request.called or request.scenario, "--plan", request.plan]
    words += ["--accidents", str(request.accidents)]
    for option, value in (
        ("--rules", request.rules),
        ("--against", request.against),
        ("--against-rules", request.against_rules),
    ):
        words += [option, value] if value else []
    for inject in request.injects:
        words += ["--inject", inject]
    return shlex.join([*words, "--seed", str(request.seed), "--lang", lang])


def tables_of(evaluation: Evaluation, lang: str) -> Sequence[tuple[str, Table]]:
    """Give the tables to be shown at once: tasks, indicators in brief, and the comparison."""
    from results.indicators import sheet_of
    from results.plans.tables import compare_table, sheet_table, tasks_table

    found, other = evaluation.found, evaluation.other
    tables = [
        (say(lang, "Task by task"), tasks_table(found, lang)),
        (say(lang, "Indicators"), in_brief(sheet_table(sheet_of(found, lang), lang))),
    ]
    if other is not None:
        tables.append((say(lang, "Side by side on the same accidents"), compare_table(found, other, lang)))
    return tables


BRIEF = (0, 1, 3, 4, 5, 6, 8)
"""Columns of the evaluator's table that a terminal has room for."""


def in_brief(table: Table) -> Table:
    """Leave out standards, weights and evidence, which the page has."""
    from results.tables import Table

    headings = tuple(table.headings[column] for column in BRIEF)
    rows = tuple(tuple(row[column] for column in BRIEF) for row in table.rows)
    return Table(headings, rows, words=tuple(BRIEF.index(it) for it in table.words if it in BRIEF))


def headline_of(evaluation: Evaluation, lang: str) -> tuple[str, ...]:
    """Say in a few sentences how the plan did, what is wrong with it as it stands first."""
    from results.indicators import sheet_of
    from results.plans.page import headline, path_told

    lines = headline(evaluation, sheet_of(evaluation.found, lang), lang)
    return (*lines, path_told(evaluation.found, lang))


def write_evaluation(evaluation: Evaluation, out: Path, lang: str) -> tuple[Path, ...]:
    """Write the page, its tables, figures, pictures and evidence; give the paths, the page first."""
    from results.plans.page import write_evaluation as write

    return write(evaluation, out, lang)
