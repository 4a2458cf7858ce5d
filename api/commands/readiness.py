"""Readiness at a moment: who is on duty and ready for what, where it is thin, and what one change gains."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table as Drawn

from api import preparedness
from api.commands.shared import Lang, answer, busy, err, say, spoken
from api.folders import RUNS

if TYPE_CHECKING:
    from results.readiness.gains import Gains
    from results.readiness.survey import Survey
    from results.tables import Table

Scenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's folder or the name of a built-in county.")
]
At = Annotated[
    str | None,
    typer.Option("--at", help="Local date and time, like 2026-07-15 03:00; by default the scenario's start."),
]
Absent = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of chance: who of those on the roster has stayed away.")
]
Where = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of the report; by default runs/<time>-<scenario>-readiness."),
]
GainsWanted = Annotated[
    bool, typer.Option("--gains", help="Also simulate what single changes would gain; takes minutes.")
]
Days = Annotated[float, typer.Option("--days", min=1.0, max=3653.0, help="Days of each run for --gains.")]
Times = Annotated[int, typer.Option("--replications", min=2, help="Pairs of runs for --gains.")]
HEADINGS = {
    "units_brief": "Who is ready for what",
    "links": "The weakest link of each capability",
    "tonight": "What would fail tonight if called",
    "late": "Tests overdue, items expired",
    "desks": "Duty posts and rosters",
    "cover": "Who is in reach of a ready unit",
}
COLOURS = {"good": "", "unsure": "yellow", "poor": "red"}


def readiness(
    ctx: typer.Context,
    scenario: Scenario,
    at: At = None,
    seed: Absent = 1,
    out: Where = None,
    gains: GainsWanted = False,
    days: Days = 60.0,
    replications: Times = 10,
    lang: Lang = None,
) -> None:
    """Tell who is on duty and ready for what at a moment and over its week, and write the report."""
    language = spoken(ctx, lang)
    moment = None if at is None else preparedness.moment_of(at)
    with busy(say(language, "Looking at the county")):
        found = preparedness.look(scenario, moment, seed)
    show(found, language)
    gained = work_out_gains(found, preparedness.Trial(days, replications, seed), language) if gains else None
    command = f'beiqin readiness {scenario} --at "{found.local:%Y-%m-%d %H:%M}" --seed {seed}'
    command += f" --gains --days {days:g} --replications {replications}" if gains else ""
    with busy(say(language, "Drawing the report")):
        folder = out or own_folder(scenario)
        report = preparedness.write_readiness(found, language, folder, command, gained)
    answer(report)


def show(found: Survey, lang: str) -> None:
    """Print how things stand."""
    from results.readiness.sheets import SHEETS
    from results.readiness.told import headline

    console = Console(highlight=False)
    for line in headline(found, lang):
        console.print(line, markup=False, soft_wrap=True)
    for name, heading in HEADINGS.items():
        sheet = SHEETS[name](found, lang)
        if sheet.rows:
            console.print()
            console.print(laid_out(sheet, say(lang, heading)))


def laid_out(sheet: Table, title: str) -> Drawn:
    """Lay a table out for the terminal."""
    drawn = Drawn(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, heading in enumerate(sheet.headings):
        drawn.add_column(heading, justify="left" if number in sheet.words else "right", overflow="fold")
    for row in sheet.rows:
        drawn.add_row(*(_painted(cell.text, COLOURS.get(cell.mark, "")) for cell in row))
    return drawn


def work_out_gains(found: Survey, trial: preparedness.Trial, lang: str) -> Gains:
    """Simulate single changes with a progress bar, and print what they gain."""
    from results.readiness.gains import gains_sheet

    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say(lang, "Simulating"), total=None)
        gained = preparedness.gains_of_changes(
            found, trial, lambda done, total: progress.update(task, completed=done, total=total)
        )
    shown = Console(highlight=False)
    shown.print()
    shown.print(laid_out(gains_sheet(gained, lang), say(lang, "What one change gains")))
    return gained


def own_folder(scenario: str) -> Path:
    """Name the report's folder: ``runs/<time>-<scenario>-readiness``."""
    name = re.sub(r"[^\w.-]+", "-", Path(scenario).resolve().name)
    return RUNS / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{name}-readiness"


def _painted(text: str, colour: str) -> str:
    from rich.markup import escape

    return f"[{colour}]{escape(text)}[/{colour}]" if colour else escape(text)
