"""The scenarios of the store: brought, checked, changed by one planner at a time, every version kept."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.folders import contents
from api.models import ScenarioRow, VersionRow
from api.store import Conflict, NotThere, Store, note
from api.trouble import Trouble, WrongUsage
from api.uploads import packed_files, unpacked_files

if TYPE_CHECKING:
    from api.service import Card
    from sim.scenarios.edits import Change as EditChange
    from sim.scenarios.problems import Problem
    from sim.scenarios.scenario import Scenario

PROSE = "SOURCES.md"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
Files = Mapping[str, bytes]


class Stale(Trouble):
    """Somebody else has changed it since it was read."""


class Unversioned(Trouble):
    """The request does not say which version it changes."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who does something, and as what."""

    who: str = "local"
    role: str = "admin"


LOCAL = Author()
"""Whoever sits at the machine itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario as the store has it: `version` 0 is built in; `hash` changes with every change."""

    code: str
    version: int
    hash: str
    created_at: float | None
    who: str
    note: str
    card: Mapping[str, str | int]

    @property
    def tag(self) -> str:
        """What two planners compare so that neither overwrites the other unseen."""
        return f'"{self.version}-{self.hash[:16]}"'


def entries(store: Store, after: str = "", limit: int = 50) -> list[Entry]:
    """List scenarios by code, the built-in ones among them."""
    with store.work() as session:
        kept = {
            row.scenario: _entry(row)
            for row in session.scalars(_newest().limit(limit).where(ScenarioRow.code > after))
        }
    built_in = {code: built_in_entry(code) for code in _built_in() if code > after and code not in kept}
    found = kept | built_in
    return [found[code] for code in sorted(found)[:limit]]


def entry(store: Store, code: str, version: int | None = None) -> Entry:
    """Give a scenario; its newest version where none is named.

    Raises
    ------
    NotThere
        There is no such scenario or version.
    """
    with store.work() as session:
        row = _row(session, code, version)
        if row is not None:
            return _entry(row)
    if code in _built_in() and version in (None, 0):
        return built_in_entry(code)
    raise NotThere("There is no scenario {code} of that version.", code=code)


def versions(store: Store, code: str) -> list[Entry]:
    """List all versions of a scenario, the newest first."""
    with store.work() as session:
        wanted = select(VersionRow).where(VersionRow.scenario == code).order_by(VersionRow.number.desc())
        found = [_entry(row) for row in session.scalars(wanted)]
    return found or [entry(store, code)]


def files_of(store: Store, code: str, version: int | None = None) -> dict[str, bytes]:
    """Give a scenario's files by name."""
    from sim.scenarios.builtin import builtin_scenarios
    from sim.scenarios.fingerprint import input_files

    with store.work() as session:
        row = _row(session, code, version)
        if row is not None:
            return unpacked_files(row.files)
    entry(store, code, version)
    folder = builtin_scenarios()[code]
    return {name: (folder / name).read_bytes() for name in input_files(folder)}


def add(store: Store, code: str, files: Files, author: Author = LOCAL, remark: str = "") -> Entry:
    """Take a new scenario in, after reading it as a run would.

    Raises
    ------
    ScenarioError
        With everything that is wrong with its files.
    Conflict
        There is a scenario of that code already.
    WrongUsage
        The code cannot be one.
    """
    if not CODE.fullmatch(code):
        raise WrongUsage("{code} can be no code: small letters, digits and hyphens, at most 63.", code=code)
    taken = Conflict("There is a scenario {code} already; change that one, or take another code.", code=code)
    if code in _built_in():
        raise taken
    card, _ = looked_over(files)
    try:
        with store.work() as session:
            if session.get(ScenarioRow, code) is not None:
                raise taken
            session.add(ScenarioRow(code=code, version=1, created_at=time.time()))
            session.flush()
            row = _version(session, code, 1, files, card, author, remark)
            note(session, author.who, author.role, "scenario.create", code, hash=row.hash)
            return _entry(row)
    except IntegrityError:
        raise taken from None


def change(
    store: Store, code: str, files: Files, tag: str, author: Author = LOCAL, remark: str = ""
) -> Entry:
    """Put new files in place of a scenario's, as its next version.

    Parameters
    ----------
    store, code, files
        What becomes of which scenario.
    tag
        `Entry.tag` of the version that the change was made to; ``*`` for whichever there is.
    author, remark
        Who changes it, and why.

    Raises
    ------
    Stale
        Another version holds by now.
    Conflict
        The scenario is built in.
    ScenarioError
        With everything that is wrong with the files.
    """
    before = entry(store, code)
    if before.version == 0:
        raise Conflict("The scenario {code} is built in; copy it under another code.", code=code)
    _check_tag(before, tag)
    card, _ = looked_over(files)
    with store.work() as session:
        kept = session.get_one(ScenarioRow, code, with_for_update=True)
        now = session.scalars(_newest().where(ScenarioRow.code == code)).one()
        _check_tag(_entry(now), tag)
        kept.version += 1
        row = _version(session, code, kept.version, files, card, author, remark)
        note(session, author.who, author.role, "scenario.change", code, version=row.number, hash=row.hash)
        return _entry(row)


def edit(
    store: Store, code: str, edits: Sequence[object], tag: str, author: Author = LOCAL, remark: str = ""
) -> tuple[Entry, tuple[EditChange, ...]]:
    """Change a scenario by edits, as its next version; tells what each of them changed.

    Raises
    ------
    ScenarioError
        An edit makes no sense; nothing is changed then.
    Stale, Conflict
        As for `change`.
    """
    from sim.scenarios.edit_words import edits_of_words
    from sim.scenarios.edits import apply_edits, edits_of
    from sim.scenarios.load import load_scenario
    from sim.scenarios.save import save_scenario

    asked = [
        each for one in edits for each in (edits_of_words(one) if isinstance(one, str) else edits_of([one]))
    ]
    edited = apply_edits(load_scenario(folder_of(store, code)), asked)
    with tempfile.TemporaryDirectory(prefix="beiqin-") as name:
        folder = Path(name) / "scenario"
        save_scenario(edited.scenario, folder)
        prose = {PROSE: files[PROSE]} if PROSE in (files := files_of(store, code)) else {}
        changed = {**contents(folder), **prose}
    return change(store, code, changed, tag, author, remark), edited.changes


def looked_over(files: Files) -> tuple[Mapping[str, str | int], tuple[Problem, ...]]:
    """Read a scenario's files as a run would; give its card and what is worth knowing.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    from api.service import validate

    with tempfile.TemporaryDirectory(prefix="beiqin-") as name:
        folder = Path(name) / "scenario"
        lay_out(files, folder)
        scenario = validate(str(folder))
        return card_of_both(scenario), scenario.notes


def folder_of(store: Store, code: str, version: int | None = None) -> Path:
    """Give a scenario's files as a folder that nobody changes."""
    from sim.scenarios.builtin import builtin_scenarios

    found = entry(store, code, version)
    if found.version == 0:
        return builtin_scenarios()[code]
    folder = store.folder / "scenarios" / f"{code}-{found.hash[:24]}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as name:
            draft = Path(name) / "draft"
            lay_out(files_of(store, code, found.version), draft)
            _put(draft, folder)
    return folder


def lay_out(files: Files, folder: Path) -> None:
    """Write files into a folder."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def card_of_both(scenario: Scenario) -> dict[str, str | int]:
    """Sum a scenario up, its name in both languages."""
    from api.service import card_of

    card: Card = card_of(scenario, "zh")
    return {**asdict(card), "name_en": card_of(scenario, "en").name}


def _put(draft: Path, folder: Path) -> None:
    """Move a finished folder to its place, unless another process has put the same there meanwhile."""
    try:
        draft.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(draft, ignore_errors=True)


def _check_tag(found: Entry, tag: str) -> None:
    tags = [part.strip().removeprefix("W/") for part in tag.split(",")]
    if "*" not in tags and found.tag not in tags:
        sentence = "The scenario {code} was changed by {who} meanwhile: it is at version {version} now."
        raise Stale(sentence, code=found.code, who=found.who, version=found.version)


def _version(
    session: Session,
    code: str,
    number: int,
    files: Files,
    card: Mapping[str, str | int],
    author: Author,
    remark: str,
) -> VersionRow:
    packed = packed_files(files)
    row = VersionRow(
        scenario=code,
        number=number,
        hash=hashlib.sha256(packed).hexdigest(),
        created_at=time.time(),
        who=author.who,
        note=remark,
        card=dict(card),
        files=packed,
    )
    session.add(row)
    return row


def _row(session: Session, code: str, version: int | None) -> VersionRow | None:
    if version is None:
        return session.scalars(_newest().where(ScenarioRow.code == code)).one_or_none()
    wanted = select(VersionRow).where(VersionRow.scenario == code, VersionRow.number == version)
    return session.scalars(wanted).one_or_none()


def _newest() -> Select[VersionRow]:
    return (
        select(VersionRow)
        .join(
            ScenarioRow,
            (ScenarioRow.code == VersionRow.scenario) & (ScenarioRow.version == VersionRow.number),
        )
        .order_by(ScenarioRow.code)
    )


def _entry(row: VersionRow) -> Entry:
    return Entry(row.scenario, row.number, row.hash, row.created_at, row.who, row.note, row.card)


def _built_in() -> Sequence[str]:
    from sim.scenarios.builtin import builtin_scenarios

    return list(builtin_scenarios())


@lru_cache(maxsize=8)
def built_in_entry(code: str) -> Entry:
    """Give a county that comes with the program."""
    from sim.scenarios.builtin import builtin_scenarios
    from sim.scenarios.load import load_scenario, scenario_hash

    folder = builtin_scenarios()[code]
    card = card_of_both(load_scenario(folder))
    return Entry(code, 0, scenario_hash(folder)[0], None, "", "", card)
