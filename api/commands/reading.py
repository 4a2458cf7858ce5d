"""Reading a run: its report, and its log in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import service
from api.commands.shared import Lang, answer, busy, say, spoken

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, as `beiqin run` made it.")]
Incident = Annotated[int | None, typer.Option("--incident", min=0, help="Only what concerns this incident.")]
Unit = Annotated[str | None, typer.Option("--unit", help="Only what concerns this unit, by its code.")]
Replication = Annotated[
    int | None, typer.Option("--replication", min=0, help="Which replication's log; by default the first.")
]


def report(ctx: typer.Context, run: RunFolder, lang: Lang = None) -> None:
    """Write a run's report once more, in either language."""
    language = spoken(ctx, lang)
    with busy(say(language, "Drawing the report")):
        path = service.write_report(service.read_results(run), language)
    answer(path)


def log(
    ctx: typer.Context,
    run: RunFolder,
    incident: Incident = None,
    unit: Unit = None,
    replication: Replication = None,
    lang: Lang = None,
) -> None:
    """Tell what happened in words, with the reason for each decision: why was this unit sent?"""
    for line in service.tell(run, spoken(ctx, lang), replication, incident, unit):
        answer(line)
