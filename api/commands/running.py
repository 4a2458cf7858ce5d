"""Simulating: the demonstration, and a run of any scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api import service
from api.commands.shared import Lang, Seed, answer, busy, err, say, spoken

if TYPE_CHECKING:
    from results.report import Reading

ScenarioName = Annotated[
    str | None,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario's folder or the name of a built-in county; with --resume a run's folder.",
    ),
]
Days = Annotated[
    float, typer.Option("--days", min=0.01, max=36525.0, help="Days that count, after the warm-up.")
]
WarmUp = Annotated[
    float, typer.Option("--warm-up", min=0.0, max=36525.0, help="Days simulated first and not counted.")
]
Replications = Annotated[
    int, typer.Option("--replications", min=1, help="How many times over, each time with other chance.")
]
Policy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        help="Rule that chooses units: closest, area_first or coverage_aware; by default the scenario's.",
    ),
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes at once; 0 is one for each core.")]
RunOut = Annotated[
    Path | None, typer.Option("--out", help="Folder of the run; by default runs/<time>-<scenario>-s<seed>.")
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on with a run that was stopped; without a folder, the newest in runs."),
]
OWN = ("days", "warm_up", "replications", "seed", "policy")
"""Figures a run keeps from its beginning; they cannot be said again with --resume."""


def demo(ctx: typer.Context, out: RunOut = None, lang: Lang = None) -> None:
    """Simulate the built-in county and write its report in both languages."""
    language = spoken(ctx, lang)
    request = service.demo_request(out)
    sentence = "Lanshui, a county made up for the purpose: {days} days, {n} times over."
    err().print(say(language, sentence, days=f"{request.days:g}", n=request.replications), markup=False)
    reading = results_of(carry_out(request, language), language)
    for each in ("zh", "en") if language == "en" else ("en", "zh"):
        with busy(say(language, "Drawing the report")):
            report = service.write_report(reading, each, f"report-{each}.html")
        answer(report.resolve())


def run(
    ctx: typer.Context,
    scenario: ScenarioName = None,
    days: Days = 365.0,
    warm_up: WarmUp = 1.0,
    replications: Replications = 1,
    seed: Seed = 1,
    policy: Policy = None,
    workers: Workers = 0,
    out: RunOut = None,
    resume: Resume = False,
    lang: Lang = None,
) -> None:
    """Simulate a scenario and write its report."""
    language = spoken(ctx, lang)
    if resume:
        refuse_figures(ctx, language)
        request = service.unfinished(out or (Path(scenario) if scenario else None), workers)
    elif scenario is None:
        raise typer.BadParameter(say(language, "Name a scenario, or go on with a run by --resume."))
    else:
        request = service.RunRequest(scenario, days, warm_up, replications, seed, policy, workers, out)
    reading = results_of(carry_out(request, language), language)
    with busy(say(language, "Drawing the report")):
        report = service.write_report(reading, language)
    answer(report)


def refuse_figures(ctx: typer.Context, language: str) -> None:
    """Refuse figures that a run that is resumed keeps from its beginning."""
    for name in OWN:
        source = ctx.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            message = say(language, "a run that is resumed keeps the figures it began with")
            raise typer.BadParameter(message, param_hint="--" + name.replace("_", "-"))


def carry_out(request: service.RunRequest, language: str) -> Path:
    """Run with a progress bar; when stopped by hand, say what is there and how to go on."""
    request = service.with_folder(request)
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say(language, "Simulating"), total=request.replications)
        try:
            return service.run_scenario(request, lambda done, _: progress.update(task, completed=done))
        except KeyboardInterrupt:
            progress.stop()
            tell_stopped(request, int(progress.tasks[0].completed), language)
            raise typer.Exit(130) from None


def tell_stopped(request: service.RunRequest, done: int, language: str) -> None:
    """Say how far a run came before it was stopped, and how to go on with it."""
    sentence = "Stopped. {done} of {all} replications are finished and can be read. To go on:  {command}"
    command = f"beiqin run --resume {request.out}"
    err().print(say(language, sentence, done=done, all=request.replications, command=command), markup=False)


def results_of(folder: Path, language: str) -> Reading:
    """Read a run and say its main figures."""
    with busy(say(language, "Reading the log")):
        reading = service.read_results(folder)
    for line in service.main_figures(reading, language):
        err().print(line, markup=False)
    return reading
