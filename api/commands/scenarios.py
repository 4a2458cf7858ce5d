"""Scenarios: what is built in, whether a folder holds, what may stand in its files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api import service
from api.commands.shared import Lang, answer, err, say, spoken
from api.service import Card

Folder = Annotated[
    str, typer.Argument(metavar="FOLDER", help="A scenario's folder or the name of a built-in county.")
]
SchemaOut = Annotated[Path, typer.Option("--out", help="Folder to write into.")]
BookOut = Annotated[Path, typer.Option("--out", help="Workbook to write (.xlsx).")]
Filled = Annotated[
    str | None,
    typer.Option("--scenario", help="Fill it from a scenario's folder or a built-in county of that name."),
]
ReplaceFile = Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")]
HEADINGS = ("Code", "Name", "People", "Townships", "Bases", "Units", "Sites", "Road nodes")


def scenarios(ctx: typer.Context, lang: Lang = None) -> None:
    """List the built-in counties."""
    language = spoken(ctx, lang)
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(HEADINGS):
        table.add_column(say(language, heading), justify="right" if number > 1 else "left")
    for card in service.scenario_cards(language):
        table.add_row(card.code, card.name, *(f"{figure:,}" for figure in amounts(card)))
    Console(highlight=False).print(table)


def amounts(card: Card) -> tuple[int, ...]:
    """Give the figures of a scenario in the order they are shown."""
    return card.people, card.places, card.stations, card.units, card.sites, card.nodes


def validate(ctx: typer.Context, folder: Folder, lang: Lang = None) -> None:
    """Check a scenario's files and print everything that is wrong; exit code 1 when something is."""
    from sim.scenarios.problems import ScenarioError

    language = spoken(ctx, lang)
    try:
        scenario = service.validate(folder)
    except ScenarioError as error:
        answer(error.text(language))
        err().print(say(language, "{n} to put right.", n=len(error.problems)), markup=False)
        raise typer.Exit(1) from None
    for note in scenario.notes:
        err().print(note.text(language), markup=False)
    answer(holds(service.card_of(scenario, language), language))


def holds(card: Card, language: str) -> str:
    """Say that a scenario holds, and what it has."""
    return say(
        language,
        "{name} holds: {places} places, {stations} bases, {units} units, {sites} sites, {nodes} nodes.",
        name=card.name,
        places=card.places,
        stations=card.stations,
        units=card.units,
        sites=card.sites,
        nodes=card.nodes,
    )


def schema(ctx: typer.Context, out: SchemaOut = Path("schemas"), lang: Lang = None) -> None:
    """Write JSON Schemas of a scenario's files, for editors."""
    for path in service.write_schemas(out, spoken(ctx, lang)):
        answer(path)


def template(
    ctx: typer.Context,
    out: BookOut = Path("scenario.xlsx"),
    scenario: Filled = None,
    replace: ReplaceFile = False,
    lang: Lang = None,
) -> None:
    """Write a workbook for teams, vehicles, equipment, duty posts and rosters, to be filled in."""
    service.write_template(out, spoken(ctx, lang), scenario, replace=replace)
    answer(out)
