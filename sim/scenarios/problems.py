"""What is wrong with a scenario's files: where it stands, what it says, and what would be right."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.language import tongue
from sim.scenarios.headers import chinese_header

say = tongue("sim")

VALUE_LENGTH = 60
KNOWN_SHOWN = 8


class Term(str):
    """A word inside a message that is itself translated ("station", "priority")."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or, in `Scenario.notes`, worth knowing) in a scenario folder.

    `line` counts from 1. `column` is the number of the cell in a CSV row, or the character in a YAML line,
    both from 1. `field` is a column's name or a dotted path; entries of a list are counted from 1. `value` is
    what stands there (None: nothing to show). `message_id` is the English sentence, `values` what goes into
    its braces; a `Term` among them is translated too. `sheet` is the sheet of a workbook, "" elsewhere.
    """

    file: str
    line: int | None = None
    column: int | None = None
    field: str = ""
    value: object = None
    message_id: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)
    sheet: str = ""

    def text(self, lang: str = "en") -> str:
        """Say it in one line, in ``"en"`` or ``"zh"``.

        Examples
        --------
        >>> Problem("stations.csv", 4, 6, "lon", 999, "is not known").text()
        'stations.csv:4:6 lon = 999: is not known'
        """
        words = {key: said(lang, value) for key, value in self.values.items()}
        colon = "：" if lang == "zh" else ": "
        return self._where() + self._what(lang) + colon + say(lang, self.message_id, **words)

    def _where(self) -> str:
        if self.sheet:
            cell = f"{column_letters(self.column or 0)}{self.line or ''}"
            return f"{self.file} {self.sheet}{'!' if cell else ''}{cell}"
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def _what(self, lang: str) -> str:
        if not self.field:
            return ""
        title = (
            chinese_header(self.field)
            if lang == "zh" and (self.sheet or self.file.endswith(".csv"))
            else self.field
        )
        named = self.field if title == self.field else f"{self.field}（{title}）"
        return f" {named}" if self.value is None else f" {named} = {shown(self.value)}"


class ScenarioError(Exception):
    """A scenario cannot be used; `problems` lists everything wrong with it.

    ``str()`` gives one English line a problem; `text` does so in either language.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str = "en") -> str:
        """Say all problems, one a line, in ``"en"`` or ``"zh"``."""
        return "\n".join(problem.text(lang) for problem in self.problems)


def said(lang: str, value: object) -> object:
    """Put a message's value into words: terms are translated, numbers written plainly."""
    if isinstance(value, Term):
        return say(lang, str(value))
    return plain_number(value) if isinstance(value, float) else value


def shown(value: object) -> str:
    """Write a value as a person would have written it in the file, cut short where it is long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float):
        text = plain_number(value)
    elif isinstance(value, (Mapping, list, tuple)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"


def plain_number(value: float) -> str:
    """Write a number without a needless ``.0``.

    Examples
    --------
    >>> plain_number(30.0), plain_number(0.25)
    ('30', '0.25')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"


def column_letters(number: int) -> str:
    """Name a column of a sheet by its letters.

    Examples
    --------
    >>> column_letters(2), column_letters(28), column_letters(0)
    ('B', 'AB', '')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def known_or_near(value: str, options: Iterable[str]) -> tuple[str, dict[str, object]]:
    """Choose between "did you mean E3?" and a list of what is known.

    Parameters
    ----------
    value
        The word that is not known.
    options
        The words that would have been.

    Returns
    -------
    tuple
        Which ending fits (``"near"``, ``"known"`` or ``"none"``) and the values it speaks of.
    """
    known = list(options)
    near = difflib.get_close_matches(value, known, n=1) or _same_but_for_case(value, known)
    if near:
        return "near", {"near": near[0]}
    if not known:
        return "none", {}
    return "known", {"known": ", ".join(known[:KNOWN_SHOWN]) + (", …" if len(known) > KNOWN_SHOWN else "")}


def _same_but_for_case(value: str, known: Iterable[str]) -> list[str]:
    return [word for word in known if word.casefold() == value.casefold()]
