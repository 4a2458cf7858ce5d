"""A drill written down beforehand: what it is, what is done in it, and its branches, in one YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from api.drill_model import Action, DrillSpec, Role, Sheet
from api.drill_trouble import misread
from api.drills import DrillRoom, injects_of
from api.trouble import Trouble

LARGEST = 5_000_000
"""Bytes allowed in a drill's file."""


class Move(Sheet):
    """Something that somebody does; a director's where no role is named."""

    who: str = ""
    role: Role = "director"
    do: Action


class Branch(Sheet):
    """Another course from a moment of the drill, minutes after its start, and what is done there."""

    name: str
    at_min: Annotated[float, Field(ge=0)]
    play: tuple[Move, ...] = ()


class Script(Sheet):
    """A drill's file. `msel` names a master list (CSV or xlsx) beside it whose injects come first."""

    drill: DrillSpec
    play: tuple[Move, ...] = ()
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What playing a script gave: the drill's number, and those of its branches by name."""

    number: str
    branches: dict[str, str]


def read_script(path: Path) -> Script:
    """Read a drill's file.

    Raises
    ------
    Trouble
        It cannot be read or used; every place where it is wrong is named.
    """
    content = read_yaml(path)
    msel = content.pop("msel", None)
    if msel is not None:
        drill = content.setdefault("drill", {})
        drill["injects"] = [*injects_of(path.parent / str(msel)), *drill.get("injects", ())]
    script: Script = understood(path.name, Script, content)
    return script


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file of plain data."""
    if path.stat().st_size > LARGEST:
        raise Trouble("{path} is too large for a drill's file.", path=path)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Trouble("{path} is no YAML: {reason}", path=path, reason=str(error)[:300]) from error
    if not isinstance(content, dict):
        raise Trouble("{path} must name a drill and what is done in it.", path=path)
    return content


def understood(file: str, form: Any, content: object) -> Any:  # noqa: ANN401 - the form says what comes out
    """Make a form's object of plain data, or say where it is wrong."""
    try:
        return TypeAdapter(form).validate_python(content)
    except ValidationError as error:
        raise misread(file, error) from error


def play_script(room: DrillRoom, script: Script) -> Result:
    """Play a script to its end, then its branches from their moments."""
    number = room.create(script.drill)
    _play(room, number, script.play)
    branches = {}
    for branch in script.branches:
        at_s = script.drill.lead_h * 3600.0 + branch.at_min * 60.0
        other = room.branch(number, at_s)
        _play(room, other, branch.play)
        branches[branch.name] = other
    return Result(number, branches)


def _play(room: DrillRoom, number: str, moves: tuple[Move, ...]) -> None:
    for move in moves:
        room.act(number, move.do.model_dump(mode="json", exclude_none=True), move.role, move.who)
