"""YAML as Beiqin reads it: plain data only, no guessing of dates and times, and the place of every word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sim.scenarios.problems import Problem, Term
from sim.scenarios.tables import read_text

DEPTH_ALLOWED = 20
SIZE_ALLOWED = 200_000

PathKey = tuple[str | int, ...]
Mark = tuple[int, int]

WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"[-+]?(([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?|[0-9]+[eE][-+]?[0-9]{1,3})")
CHINESE_COLON = re.compile(r"[^:：#'\"]+：")
FIXED: Mapping[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says: `data`, and where: line and column (from 1) of each key or entry by its path."""

    data: object
    marks: Mapping[PathKey, Mark]


def read_yaml(path: Path, problems: list[Problem]) -> Document | None:
    """Read a YAML file into dicts, tuples, text, numbers, true/false and None.

    Only ``true`` and ``false`` are booleans; ``12:30``, ``no`` and ``2026-01-01`` stay text. Keys are text.
    No tags, one document, no key twice.

    Parameters
    ----------
    path
        The file.
    problems
        What is wrong is added here.

    Returns
    -------
    Document or None
        None where the file cannot be read as YAML at all.
    """
    text = read_text(path, problems)
    if text is None:
        return None
    builder = _Builder(path.name, problems)
    try:
        for event in _events(text):
            builder.take(event)
    except _RefusedError as trouble:
        problems.append(Problem(path.name, *trouble.mark, message_id=str(trouble)))
        return None
    except yaml.YAMLError as error:
        problems.append(_unreadable(path.name, text, error))
        return None
    return Document(builder.root, builder.marks)


def resolve(text: str) -> object:
    """Tell what an unquoted word of YAML means.

    Examples
    --------
    >>> resolve("12"), resolve("1.5"), resolve("12:30"), resolve("no"), resolve("true")
    (12, 1.5, '12:30', 'no', True)
    """
    if text in FIXED:
        return FIXED[text]
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


class _RefusedError(Exception):
    def __init__(self, message: str, mark: Mark) -> None:
        super().__init__(message)
        self.mark = mark


def _events(text: str) -> Iterator[yaml.Event]:
    """Read the events of the YAML text one by one (nothing nests, so depth can be watched)."""
    return iter(yaml.parse(text, Loader=yaml.CSafeLoader))


def _unreadable(file: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        before = text.encode("utf-8")[: getattr(error, "position", 0)]
        return Problem(file, before.count(b"\n") + 1, message_id="holds a character that no text may hold")
    for line, words in list(enumerate(text.splitlines(), start=1))[max(mark.line - 1, 0) : mark.line + 1]:
        if found := CHINESE_COLON.match(words):
            message = "a Chinese colon (：) stands here; a plain colon and a space are due"
            return Problem(file, line, found.end(), message_id=message)
    reason = {"reason": Term(error.problem or "something does not fit")}
    message = "is not well-formed YAML: {reason}"
    return Problem(file, mark.line + 1, mark.column + 1, message_id=message, values=reason)


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    path: PathKey
    anchor: str | None
    mark: Mark
    entries: dict[str, object] | None
    items: list[object]
    key: str | None = None
    first: int = 0

    def next_path(self) -> PathKey:
        return (*self.path, len(self.items) if self.entries is None else str(self.key))


@dataclass(slots=True)
class _Builder:
    """Puts events together into data, with the mark of each key and entry."""

    file: str
    problems: list[Problem]
    root: object = None
    marks: dict[PathKey, Mark] = field(default_factory=dict)
    opened: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    size: int = 0
    documents: int = 0

    def take(self, event: yaml.Event) -> None:
        mark = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self._start_document(mark)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, mark)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, mark)

    def _start_document(self, mark: Mark) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _RefusedError("a second document starts here (---); one is due", mark)

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        self._count(1, mark)
        top = self.opened[-1] if self.opened else None
        if top is not None and top.entries is not None and top.key is None:
            self._key(top, event.value, mark)
            return
        self._no_tag(event, mark)
        plain = event.implicit[0]
        self._put(resolve(event.value) if plain else event.value, mark, event.anchor, 1)

    def _key(self, top: _Open, key: str, mark: Mark) -> None:
        top.key = key
        path = (*top.path, key)
        if key in (top.entries or ()):
            first = {"first": self.marks[path][0]}
            message = "stands twice; the first is in line {first}"
            self.problems.append(Problem(self.file, *mark, dotted(path), message_id=message, values=first))
        self.marks[path] = mark

    def _open(self, event: yaml.CollectionStartEvent, mark: Mark) -> None:
        if len(self.opened) >= DEPTH_ALLOWED:
            raise _RefusedError("nests too deep here", mark)
        self._count(1, mark)
        self._no_tag(event, mark)
        top = self.opened[-1] if self.opened else None
        if top is not None and top.entries is not None and top.key is None:
            raise _RefusedError("a key must be a word, not a list or mapping", mark)
        path = top.next_path() if top else ()
        entries: dict[str, object] | None = {} if isinstance(event, yaml.MappingStartEvent) else None
        self.opened.append(_Open(path, event.anchor, mark, entries, [], first=self.size))

    def _close(self) -> None:
        done = self.opened.pop()
        value = tuple(done.items) if done.entries is None else done.entries
        self._put(value, done.mark, done.anchor, self.size - done.first + 1)

    def _alias(self, event: yaml.AliasEvent, mark: Mark) -> None:
        if event.anchor not in self.anchors:
            raise _RefusedError("stands for something that is not complete yet", mark)
        value, size = self.anchors[event.anchor]
        self._count(size, mark)
        self._put(value, mark, None, size)

    def _put(self, value: object, mark: Mark, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, size)
        if not self.opened:
            self.root = value
            return
        top = self.opened[-1]
        if top.entries is None:
            self.marks[top.next_path()] = mark
            top.items.append(value)
        elif top.key is None:
            raise _RefusedError("a key must be a word, not a list or mapping", mark)
        else:
            top.entries[top.key] = value
            top.key = None

    def _count(self, size: int, mark: Mark) -> None:
        self.size += size
        if self.size > SIZE_ALLOWED:
            raise _RefusedError("holds too much; large tables belong in CSV files", mark)

    def _no_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark) -> None:
        if event.tag is not None:
            message = "carries a tag; plain values are due"
            where = dotted(self.opened[-1].next_path()) if self.opened else ""
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.append(Problem(self.file, *mark, where, tag, message))


def dotted(path: PathKey) -> str:
    """Write a path as a person reads it; entries of lists are counted from 1.

    Examples
    --------
    >>> dotted(("periods", 0, "from"))
    'periods.1.from'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
