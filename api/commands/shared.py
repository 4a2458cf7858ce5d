"""What all commands share: options named once, the two output channels, the language spoken."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from sim.language import tongue

say = tongue("api")

Lang = Annotated[
    Literal["en", "zh"] | None,
    typer.Option("--lang", help="Language: en or zh. By default BEIQIN_LANG or the system's."),
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write into.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over what is in the folder.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of chance: the same seed gives the same run.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, as `beiqin run` printed it.")]


def spoken(ctx: typer.Context, lang: str | None) -> str:
    """Give the language to answer in: the command's own ``--lang``, else the one `main` found."""
    return lang or str(ctx.obj or "en")


def answer(words: object) -> None:
    """Print a line that was asked for; kept apart from progress and remarks, so that it can be piped."""
    typer.echo(str(words))


def busy(words: str) -> AbstractContextManager[object]:
    """Show that something is being done, while it is."""
    return err().status(words)


def err() -> Console:
    """Give the channel for progress and remarks."""
    return Console(stderr=True, highlight=False, soft_wrap=True)
