"""The command line: what a person types, in English or Chinese, and what they are told when it goes wrong."""

from __future__ import annotations

import gc
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from api.commands import (
    bench,
    drills,
    evaluating,
    imports,
    readiness,
    reading,
    running,
    scenarios,
    serving,
    timeline,
    what_if,
)
from api.commands.shared import Lang, answer
from api.trouble import explain
from api.wording import put_headings, put_into_words, wrong_usage
from sim.language import LANGUAGES, default_language, tongue

say = tongue("api")

MAPS = {
    "osm": "Read an OpenStreetMap extract (.pbf, .osm, .gz, .bz2): roads, stations, hospitals, sites.",
    "graphml": "Read a road network saved by OSMnx (GraphML).",
    "geojson": "Read roads drawn as GeoJSON lines; points and areas become stations, hospitals and sites.",
}
SELDOM = 100_000
"""Objects made between two searches for garbage; a command lives shortly, and each search costs it time."""


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        answer(own_version())
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Print the version.", callback=show_version, is_eager=True)
]
PANELS: Mapping[str, tuple[Callable[..., None], ...]] = {
    "Simulation": (running.demo, running.run, what_if.what_if),
    "Results": (reading.report, reading.log, timeline.timeline, readiness.readiness, evaluating.evaluate),
    "Scenarios": (scenarios.scenarios, scenarios.validate, scenarios.schema, scenarios.template),
    "Service": (serving.serve, serving.work),
    "Project": (bench.bench,),
}
Debug = Annotated[bool, typer.Option("--debug", help="Show where in the program an error came from.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says; the exit code is 0 when all is well, 1 in trouble, 2 for wrong usage."""
    gc.set_threshold(SELDOM, 10, 10)
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(answered(words, language_of(words)))


def answered(words: list[str], lang: str) -> int:
    """Carry out a command line; whatever goes wrong is said in one message."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if "--debug" not in words and not sys.warnoptions:
        warnings.simplefilter("ignore")
    command = typer.main.get_command(app())
    put_into_words(command, lang)
    put_headings(lang, "--help" in words)
    try:
        return int(command.main(words, prog_name="beiqin", standalone_mode=False, obj=lang) or 0)
    except typer.TyperException as error:
        return complain(wrong_usage(error.format_message(), lang), error.exit_code)
    except typer.Abort:
        return 130
    except Exception as error:  # noqa: BLE001 - the one place where errors become sentences
        if "--debug" in words:
            traceback.print_exc()
        return complain(explain(error, lang) or fault(error, lang), getattr(error, "exit_code", 1))


def app() -> typer.Typer:
    """Put the commands together, in English."""
    whole = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    whole.callback()(beginning)
    for panel, commands in PANELS.items():
        for command in commands:
            whole.command(rich_help_panel=panel)(command)
    for group, name, words in (
        (importing(), "import", "Make a scenario from other people's files."),
        (making(), "new", "Make a scenario from nothing, or from another one."),
    ):
        whole.add_typer(group, name=name, help=words, rich_help_panel="Scenarios")
    words = "Who may come in: keys and their roles."
    whole.add_typer(keeping(), name="keys", help=words, rich_help_panel="Service")
    words = "Play drills on the live county, from a file or step by step."
    whole.add_typer(drilling(), name="drill", help=words, rich_help_panel="Simulation")
    return whole


def drilling() -> typer.Typer:
    """Put what concerns drills together."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(in_a_language)
    doings = (
        drills.run,
        drills.new,
        drills.act,
        drills.show,
        drills.branch,
        drills.compare,
        drills.report,
        drills.msel,
        drills.cap,
    )
    for command in doings:
        group.command()(command)
    return group


def importing() -> typer.Typer:
    """Put the importers together."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(in_a_language)
    for kind, words in MAPS.items():
        group.command(kind, help=words)(imports.import_map)
    group.command("arcs")(imports.import_arcs)
    group.command("jemss")(imports.import_jemss)
    return group


def keeping() -> typer.Typer:
    """Put together what is done about keys."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(in_a_language)
    group.command("add")(serving.add)
    group.command("list")(serving.listed)
    group.command("revoke")(serving.revoke)
    return group


def making() -> typer.Typer:
    """Put the ways to a new scenario together."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(in_a_language)
    group.command("county")(imports.new_county)
    group.command("copy")(imports.new_copy)
    return group


def beginning(version_wanted: Version = False, debug: Debug = False, lang: Lang = None) -> None:
    """Beiqin (备勤): a county's emergency response, simulated from alarm to all-clear."""


def in_a_language(lang: Lang = None) -> None:
    """Let a group of commands be asked for in a language."""


def language_of(words: Sequence[str]) -> str:
    """Find the language before anything else is read: ``--lang`` wherever it stands, else the user's own."""
    named = [second for first, second in pairwise(words) if first == "--lang"]
    named += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    for name in named:
        if name in LANGUAGES:
            return name
    return default_language()


def complain(message: str, code: int) -> int:
    """Say what is wrong, apart from the answers, and give the exit code."""
    if message:
        typer.echo(message, err=True)
    return code


def fault(error: BaseException, lang: str) -> str:
    """Say that the program itself is at fault, and keep what its makers need to know in a file."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="beiqin-", suffix=".txt", encoding="utf-8", delete=False
    ) as file:
        file.write(f"{own_version()}, Python {sys.version}, {sys.platform}\n{' '.join(sys.argv)}\n")
        file.writelines(traceback.format_exception(error))
    sentence = "Beiqin itself is at fault ({kind}: {words}). Please report it with the file {path}."
    return say(lang, sentence, kind=type(error).__name__, words=error, path=Path(file.name))


def own_version() -> str:
    """Say which Beiqin this is; in a folder of sources that was never installed nobody knows."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"beiqin {version('beiqin')}"
    except PackageNotFoundError:
        return "beiqin (not installed)"


if __name__ == "__main__":
    main()
