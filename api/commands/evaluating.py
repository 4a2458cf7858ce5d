"""Evaluating an emergency plan: looked over, rehearsed on many accidents, rated, and compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api import evaluating
from api.commands.shared import Lang, Seed, answer, busy, err, say, spoken
from api.commands.timeline import laid_out
from api.folders import RUNS

if TYPE_CHECKING:
    from results.plans.page import Evaluation

Scenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's folder or the name of a built-in county.")
]
PlanCode = Annotated[str, typer.Option("--plan", help="Code of the plan, as in the scenario's folder plans.")]
Accidents = Annotated[int, typer.Option("--accidents", min=1, max=100_000, help="Accidents to be rehearsed.")]
Rules = Annotated[
    str,
    typer.Option("--rules", help="Rules for reports: a rule file's name or path; else the scenario's own."),
]
Against = Annotated[str, typer.Option("--against", help="Another plan, on the same accidents.")]
AgainstRules = Annotated[str, typer.Option("--against-rules", help="Other rules, on the same accidents.")]
Injects = Annotated[
    list[str] | None,
    typer.Option(
        "--inject",
        help="Compare with the same accidents when this happens an hour before each: leave_post D04 8h, "
        "cut_channel landline D04 8h, take_out UNIT, fail_item ITEM, warning 2, raise_standby.",
    ),
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes at once; 0 is one for each core.")]
EvaluationOut = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of the evaluation; by default runs/<time>-evaluation-<plan>."),
]


def evaluate(
    ctx: typer.Context,
    scenario: Scenario,
    plan: PlanCode,
    accidents: Accidents = 200,
    rules: Rules = "",
    against: Against = "",
    against_rules: AgainstRules = "",
    inject: Injects = None,
    seed: Seed = 1,
    workers: Workers = 0,
    out: EvaluationOut = None,
    lang: Lang = None,
) -> None:
    """Put an emergency plan to the test: task by task, report by report, with a page to be signed."""
    language = spoken(ctx, lang)
    request = evaluating.EvaluationRequest(
        scenario, plan, accidents, rules, against, against_rules, tuple(inject or ()), seed, workers
    )
    found = carry_out(request, language)
    show(found, language)
    with busy(say(language, "Drawing the report")):
        paths = evaluating.write_evaluation(found, out or own_folder(plan), language)
    answer(paths[0])


def carry_out(request: evaluating.EvaluationRequest, language: str) -> Evaluation:
    """Rehearse with a progress bar."""
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say(language, "Rehearsing accidents"), total=request.accidents)
        return evaluating.evaluate(request, language, lambda done, _: progress.update(task, completed=done))


def show(found: Evaluation, language: str) -> None:
    """Print what is wrong with the plan as it stands, the tables, and the main results."""
    for fault in found.faults[language]:
        err().print(say(language, "As it stands: {fault}", fault=fault), markup=False)
    console = Console(highlight=False)
    for title, table in evaluating.tables_of(found, language):
        console.print(title, style="bold")
        console.print(laid_out(table.headings, table.rows, table.words))
        console.print()
    for line in evaluating.headline_of(found, language):
        err().print(line, markup=False)


def own_folder(plan: str) -> Path:
    """Name a folder of the evaluation's own in ``runs``."""
    return RUNS / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-evaluation-{plan}"
