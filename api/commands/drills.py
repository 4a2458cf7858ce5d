"""Drills from the command line: played from a file, or step by step; branched, reviewed, handed on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.commands.shared import Lang, answer, err, spoken
from sim.language import tongue

if TYPE_CHECKING:
    from api.drills import DrillRoom

say = tongue("api")

Room = Annotated[Path, typer.Option("--room", help="Folder in which drills are kept.")]
Number = Annotated[str, typer.Argument(metavar="DRILL", help="A drill's number.")]
ScriptFile = Annotated[Path, typer.Argument(metavar="FILE", help="A drill's file (YAML).")]
Who = Annotated[str, typer.Option("--who", help="Who does it: a person's or a post's name.")]
RoleName = Annotated[
    Literal["director", "player", "evaluator", "observer"],
    typer.Option("--role", help="In which role."),
]
Doing = Annotated[
    str, typer.Argument(metavar="ACTION", help="What is done, for example: {act: step, minutes: 5}.")
]
At = Annotated[
    float | None, typer.Option("--at", help="Minutes after the drill's start; left out: where it stands.")
]
Form = Annotated[Literal["html", "docx"], typer.Option("--form", help="Kind of file.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="File to write: .csv or .xlsx.")]
IN_ROOM = Path("runs/drills")


def new(ctx: typer.Context, file: ScriptFile, room: Room = IN_ROOM, lang: Lang = None) -> None:
    """Make a drill ready from its file, without playing it; prints its number."""
    from api.drill_script import read_script

    spoken(ctx, lang)
    answer(_room(room).create(read_script(file).drill))


def run(ctx: typer.Context, file: ScriptFile, room: Room = IN_ROOM, lang: Lang = None) -> None:
    """Play a drill's file to its end, with its branches, and write the after-action reports."""
    from api.drill_script import play_script, read_script
    from results.wording import told_in

    language = spoken(ctx, lang)
    drills = _room(room)
    played = play_script(drills, read_script(file))
    err().print(say(language, "Drill {number}", number=played.number), markup=False)
    for form in ("html", "docx"):
        answer(drills.aar(played.number, language, form))
    for name, number in played.branches.items():
        told = say(language, "Branch {name}: drill {number}", name=told_in(name, language), number=number)
        err().print(told, markup=False)
        answer(drills.aar(number, language))


def act(
    ctx: typer.Context,
    number: Number,
    action: Doing,
    room: Room = IN_ROOM,
    role: RoleName = "director",
    who: Who = "",
    lang: Lang = None,
) -> None:
    """Do something in a drill: start, step, decide, give out an inject, pause, end."""
    drills, words = _room(room), _plain(action)
    before = drills.get(number, role, who)["last_seq"]
    found = _checked(drills.act, number, words, role, who)
    for item in drills.events(number, before, role, who):
        answer(f"{item['clock']}  {item['text'][spoken(ctx, lang)]}")
    answer(f"{found['clock']}  {say(spoken(ctx, lang), STATES[found['state']])}")


STATES = {
    "draft": "Draft",
    "ready": "Ready",
    "running": "Running",
    "paused": "Paused",
    "ended": "Ended",
}


def show(
    ctx: typer.Context,
    number: Annotated[
        str | None, typer.Argument(metavar="DRILL", help="A drill's number; left out: all.")
    ] = None,
    room: Room = IN_ROOM,
    role: RoleName = "director",
    who: Who = "",
    lang: Lang = None,
) -> None:
    """Show a drill as it stands, or list all drills."""
    import json

    language, drills = spoken(ctx, lang), _room(room)
    if number is not None:
        answer(json.dumps(drills.get(number, role, who, language), ensure_ascii=False, indent=1))
        return
    for card in drills.list():
        name = card["name"]["zh" if language == "zh" else "en"] or card["scenario"]
        answer(f"{card['id']}  {card['clock']}  {say(language, STATES[card['state']])}  {name}")


def branch(
    ctx: typer.Context, number: Number, at: At = None, room: Room = IN_ROOM, lang: Lang = None
) -> None:
    """Begin another drill with this one's past up to a moment; prints its number."""
    spoken(ctx, lang)
    drills = _room(room)
    began_s = drills.play(number).stage.began_s
    answer(drills.branch(number, None if at is None else began_s + at * 60.0))


def compare(
    ctx: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="DRILLS", help="Numbers of drills.")],
    room: Room = IN_ROOM,
    lang: Lang = None,
) -> None:
    """Set drills side by side: when each moment came, after the alarm."""
    from results.wording import minutes

    answer("\t".join((say(spoken(ctx, lang), "After the alarm"), *numbers)))
    for row in _room(room).compare(numbers, spoken(ctx, lang)):
        answer("\t".join((row["moment"], *(minutes(row[number]) for number in numbers))))


def report(
    ctx: typer.Context, number: Number, form: Form = "html", room: Room = IN_ROOM, lang: Lang = None
) -> None:
    """Write a drill's after-action report."""
    answer(_room(room).aar(number, spoken(ctx, lang), form))


def msel(ctx: typer.Context, number: Number, file: File, room: Room = IN_ROOM, lang: Lang = None) -> None:
    """Write a drill's master list of injects as CSV or as a workbook."""
    answer(_room(room).msel(number, file, spoken(ctx, lang)))


def cap(
    ctx: typer.Context,
    number: Number,
    inject: Annotated[str, typer.Argument(metavar="INJECT", help="An inject's number.")],
    room: Room = IN_ROOM,
    lang: Lang = None,
) -> None:
    """Print an inject as a CAP 1.2 alert with the status Exercise."""
    answer(_room(room).cap(number, inject, spoken(ctx, lang)).decode())


def _room(folder: Path) -> DrillRoom:
    from api.drills import DrillRoom

    return DrillRoom(folder)


def _plain(action: str) -> Any:  # noqa: ANN401 - whatever was typed
    import yaml

    from api.trouble import Trouble

    try:
        words = yaml.load(action, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Trouble("{action} is not understood.", action=action) from error
    return {"act": words} if isinstance(words, str) else words


def _checked(do: Any, number: str, words: Any, role: str, who: str) -> Any:  # noqa: ANN401 - passed on
    from pydantic import ValidationError

    from api.drill_trouble import misread
    from api.trouble import Trouble

    if not isinstance(words, dict):
        raise Trouble("{action} is not understood.", action=words)
    try:
        return do(number, words, role, who)
    except ValidationError as error:
        raise misread(str(words.get("act", "–")), error) from error
