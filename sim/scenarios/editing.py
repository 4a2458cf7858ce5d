"""What edits are made with: finding the thing that is meant, rows changed, and what was changed in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from sim.scenarios.complaints import complaints
from sim.scenarios.drafts import unknown
from sim.scenarios.fields import START_FORM, Part
from sim.scenarios.problems import Problem, ScenarioError, Term, known_or_near, plain_number, said, say
from sim.scenarios.scenario import Scenario

EDITS = "edits"
"""What stands for the file in what is wrong with an edit; its number stands for the line."""

Row = TypeVar("Row", bound=Part)


class Refused(Exception):
    """An edit makes no sense, for a reason; `field` names what of it is to blame."""

    def __init__(self, field: str, value: object, message: str, /, **values: object) -> None:
        super().__init__(field, value, message, values)
        self.field, self.value, self.message, self.values = field, value, message, values

    def problem(self, number: int) -> Problem:
        """Say it of the edit with a number, counted from 1."""
        return Problem(
            EDITS, number, field=self.field, value=self.value, message_id=self.message, values=self.values
        )


class Thing(NamedTuple):
    """A thing of the county as people call it."""

    code: str
    zh: str = ""
    en: str = ""

    def text(self, lang: str) -> str:
        """Name it in a language, with its code where the name does not hold it."""
        name = (self.zh or self.en) if lang == "zh" else (self.en or self.zh)
        if not name or self.code in name:
            return name or self.code
        return f"{name}（{self.code}）" if lang == "zh" else f"{name} ({self.code})"


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit changed: a sentence with its fields. `number` is the edit's, counted from 1."""

    sentence: str
    fields: Mapping[str, object] = field(default_factory=dict)
    number: int = 0

    def text(self, lang: str = "en") -> str:
        """Say it in ``"en"`` or ``"zh"``."""
        return say(lang, self.sentence, **{key: _worded(lang, it) for key, it in self.fields.items()})


Done = tuple[Scenario, Change]
"""What comes of an edit: the scenario that it makes, and what was changed."""


def _worded(lang: str, value: object) -> object:
    if isinstance(value, Thing | Change):
        return value.text(lang)
    if isinstance(value, tuple):
        return ("、" if lang == "zh" else ", ").join(str(_worded(lang, it)) for it in value)
    return value.strftime(START_FORM) if isinstance(value, datetime) else said(lang, value)


def did(sentence: str, /, **fields: object) -> Change:
    """Say what was changed."""
    return Change(sentence, fields)


TABLES = {
    "stations": "station",
    "teams": "team",
    "units": "unit",
    "items": "item",
    "stores": "store",
    "posts": "duty post",
    "checks": "check",
    "sites": "site",
    "places": "place",
    "plans": "plan",
}
"""Tables in which things are looked up, and what they are called."""


def find(scenario: Scenario, table: str, field: str, word: str) -> Any:  # noqa: ANN401 - a row of any table
    """Find the row that a word means, by its code or by its name in either language.

    Raises
    ------
    Refused
        There is none, or several are called so.
    """
    rows = getattr(scenario, table)
    return rows[_position(TABLES[table], field, word, [thing(row) for row in rows])]


def find_code(named: Mapping[str, Any], kind: str, field: str, word: str) -> str:
    """Find the entry of the settings that a word means, by its code or its name; give its code."""
    codes = list(named)
    things = [Thing(code, *_names_of(named[code])) for code in codes]
    return codes[_position(kind, field, word, things)]


def one_of(options: Iterable[str], kind: str, field: str, word: str) -> str:
    """Find the word that is meant among some."""
    known = list(options)
    return known[_position(kind, field, word, [Thing(code) for code in known])]


def thing(row: Any) -> Thing:  # noqa: ANN401 - a row of any table, or an entry of the settings with its code
    """Name a row."""
    return Thing(row.code, *_names_of(row))


def called(named: Mapping[str, Any], code: str) -> Thing:
    """Name an entry of the settings."""
    return Thing(code, *_names_of(named[code]))


def _names_of(it: Any) -> tuple[str, str]:  # noqa: ANN401
    name = getattr(it, "name", it)
    if isinstance(name, str):
        return name, getattr(it, "name_en", "")
    return getattr(name, "zh", ""), getattr(name, "en", "")


def _position(kind: str, field: str, word: str, things: Sequence[Thing]) -> int:
    """Tell which thing is meant: the one with this code, else the only one that is called so."""
    codes = [it.code for it in things]
    if word in codes:
        return codes.index(word)
    wanted = word.casefold()
    found = [at for at, it in enumerate(things) if wanted in (name.casefold() for name in it if name)]
    if len(found) > 1:
        several = ", ".join(codes[at] for at in found)
        raise Refused(field, word, "can mean several; give one of the codes {known}", known=several)
    if not found:
        names = [name for it in things for name in it if name]
        near, values = known_or_near(word, names)
        options = names if near == "near" else codes
        message, values = unknown(kind, word, options)
        raise Refused(field, word, message, **values)
    return found[0]


def changed(row: Row, **values: object) -> Row:
    """Give a row with other values, checked again.

    Raises
    ------
    Refused
        It cannot have these values.
    """
    return made(type(row), {**row.model_dump(by_alias=True), **values})


def made(form: type[Row], values: Mapping[str, object]) -> Row:
    """Make a row of values.

    Raises
    ------
    Refused
        It cannot have these values.
    """
    try:
        return form.model_validate(dict(values))
    except ValidationError as error:
        path, value, message, more = next(complaints(form, error))
        raise Refused(str(path[-1]) if path else "", value, message, **more) from error


def with_row(scenario: Scenario, table: str, old: Part | None, new: Part | None) -> Scenario:
    """Put a row in the place of another: nothing in the place of an old one, or a new one at the end."""
    rows = getattr(scenario, table)
    if old is None:
        return with_table(scenario, table, (*rows, new))
    kept = [new if row is old else row for row in rows]
    return with_table(scenario, table, [row for row in kept if row is not None])


def with_table(scenario: Scenario, table: str, rows: Iterable[Any]) -> Scenario:
    """Put other rows into a table."""
    return scenario.model_copy(update={table: tuple(rows)})


def without(scenario: Scenario, table: str, gone: Callable[[Any], bool]) -> Scenario:
    """Take the rows away of which something holds."""
    return with_table(scenario, table, (row for row in getattr(scenario, table) if not gone(row)))


def with_settings(scenario: Scenario, **sections: object) -> Scenario:
    """Put other sections into the settings; what they hold was checked already."""
    return scenario.model_copy(update={"settings": scenario.settings.model_copy(update=sections)})


def with_readiness(scenario: Scenario, **parts: object) -> Scenario:
    """Put other parts into what the settings say of readiness."""
    ready = scenario.settings.readiness
    assert ready is not None  # noqa: S101 - what is changed was found in it
    return with_settings(scenario, readiness=ready.model_copy(update=parts))


def is_new(scenario: Scenario, table: str, field: str, code: str) -> None:
    """Refuse a code that is there already."""
    for row in getattr(scenario, table):
        if row.code == code:
            kind = Term(TABLES[table])
            raise Refused(field, code, "is the code of a {thing} that is there already", thing=kind)


def is_other(field: str, word: object, now: object, then: object) -> None:
    """Refuse an edit that changes nothing."""
    if now == then:
        raise Refused(field, word, "changes nothing: it is so already")


def moment_of(scenario: Scenario, moment: datetime | time | timedelta | None, field: str = "at") -> datetime:
    """Tell the local moment that is meant; None: the scenario's start; a time of day: the next one.

    Raises
    ------
    Refused
        It is before the scenario's start.
    """
    start = scenario.settings.start
    if moment is None:
        return start
    if isinstance(moment, timedelta):
        return start + moment
    if isinstance(moment, time):
        found = datetime.combine(start.date(), moment)
        return found if found >= start else found + timedelta(days=1)
    if moment < start:
        said_start = start.strftime(START_FORM)
        message = "is before the scenario's start, {start}"
        raise Refused(field, moment.strftime(START_FORM), message, start=said_start)
    return moment


def number_text(value: float) -> str:
    """Write a number as people do."""
    return plain_number(float(value))


def raise_all(problems: Sequence[Problem]) -> None:
    """Raise a `ScenarioError` where there is something wrong."""
    if problems:
        raise ScenarioError(problems)
