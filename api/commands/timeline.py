"""Real accidents: were their reports in time, by the rules of one's choice?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api import service
from api.commands.shared import Lang, answer, err, spoken

if TYPE_CHECKING:
    from results.tables import Cell

Times = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV table of accidents' times; a blank is not known.")
]
Rules = Annotated[
    str, typer.Option("--rules", help="Rules to judge by: a built-in rule file's name or a file (YAML).")
]
TimelineOut = Annotated[
    Path | None, typer.Option("--out", help="Folder to write timeline.csv and timeline.html into.")
]
STYLES = {"good": "green", "poor": "bold red", "unsure": "yellow"}


def timeline(
    ctx: typer.Context, file: Times, rules: Rules = "national", out: TimelineOut = None, lang: Lang = None
) -> None:
    """Judge the reports of real accidents: what was due by when, what it took, how late it was."""
    language = spoken(ctx, lang)
    found = service.judge_timelines(file, rules, language)
    Console(highlight=False).print(laid_out(found.table.headings, found.table.rows, found.table.words))
    for line in (*found.sources, *found.remarks):
        err().print(line, markup=False)
    if out is not None:
        for path in service.write_timelines(found, out, language):
            answer(path)


def laid_out(headings: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], words: tuple[int, ...]) -> Table:
    """Lay a table out for the terminal."""
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number in words else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell.text, STYLES.get(cell.mark, "")) for cell in row))
    return table
