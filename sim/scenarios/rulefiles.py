"""Reading rule files: the rules in force together, and what is wrong with them, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dispatch.reporting import From, Report, Rule, RuleSet, Source, Tier
from sim.county import Names
from sim.scenarios import fields
from sim.scenarios.complaints import complaints
from sim.scenarios.problems import Problem, ScenarioError, known_or_near
from sim.scenarios.rule_model import CLASS_NUMBER, LIMITS, DutyRule, RuleFile, SourceFile
from sim.scenarios.sections import RULES
from sim.scenarios.yamlfile import Document, PathKey, dotted, read_yaml

OF_CLASSES = "decree493"
"""The one file among the built-in ones that holds the classes of accidents, not rules."""
FOLDER = "rules"
"""Where a scenario folder keeps its own rule files."""
DAY_S, HOUR_S, MINUTE_S = 86400.0, 3600.0, 60.0
NO_SOURCE = {
    "near": "names no source of this file or those it extends; did you mean {near}?",
    "known": "names no source of this file or those it extends; known: {known}",
    "none": "names no source of this file or those it extends",
}
NO_FILE = {
    "near": "names no rule file; did you mean {near}?",
    "known": "names no rule file; known: {known}",
    "none": "names no rule file",
}
NO_RULE = {
    "near": "names no rule of the file it extends; did you mean {near}?",
    "known": "names no rule of the file it extends; known: {known}",
    "none": "names no rule of the file it extends",
}


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules in force together with what people call them: names and remarks by the code of a rule.

    Titles and articles in `Rule.source` are written ``中文 / English``.
    """

    rules: RuleSet
    name: Names
    names: Mapping[str, Names]
    notes: Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class _Page:
    """A rule file as it was read: the whole where it is right, and its text for looking things up."""

    path: Path
    document: Document
    raw: Mapping[str, Any]
    whole: RuleFile | None
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, path: PathKey, value: object, message: str, **values: object) -> None:
        """Note what is wrong, at the line of its key or of what it should stand in."""
        marks = (self.document.marks.get(path[:n]) for n in range(len(path), 0, -1))
        line, column = next((mark for mark in marks if mark), (None, None))
        self.problems.append(Problem(self.path.name, line, column, dotted(path), value, message, values))

    def rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Go through the rules as they are written."""
        rules = self.raw.get("rules")
        rows = enumerate(rules) if isinstance(rules, tuple) else ()
        return ((at, row) for at, row in rows if isinstance(row, Mapping))

    def codes(self) -> list[str]:
        """List the codes of the rules."""
        return [str(row["code"]) for _, row in self.rows() if "code" in row]

    def sources(self) -> list[str]:
        """List the codes of the sources."""
        sources = self.raw.get("sources")
        return [str(code) for code in sources] if isinstance(sources, Mapping) else []


def rule_set(name: str | Path, folder: Path | None = None) -> RuleSet:
    """Give the rules in force together; see `rule_book`.

    Examples
    --------
    >>> rules = rule_set("wuhan2020")
    >>> rules.extends, next(rule.limit_s[2] for rule in rules.rules if rule.code == "wuhan-3-bureau")
    ('national', 1800.0)
    """
    return rule_book(name, folder).rules


def rule_book(name: str | Path, folder: Path | None = None) -> RuleBook:
    """Read a rule file and those it extends.

    Parameters
    ----------
    name
        A scenario's own rule file, a built-in one (``national``, ``wuhan2020``, ``county2018``,
        ``coal2012``), or the path of a file.
    folder
        A scenario's folder, whose ``rules/*.yaml`` come before the built-in ones.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    known = rule_files(folder)
    path = known.get(str(name)) or _by_path(Path(name), known)
    pages = _pages(path, {**known, **_beside(path, known)})
    if problems := [problem for page in pages for problem in sorted(page.problems, key=_place)]:
        raise ScenarioError(problems)
    return _bound([page.whole for page in pages if page.whole])


def rule_files(folder: Path | None = None) -> dict[str, Path]:
    """Find rule files by name: the built-in ones, and a scenario's own in their place.

    Examples
    --------
    >>> sorted(rule_files())
    ['coal2012', 'county2018', 'national', 'wuhan2020']
    """
    own = sorted((folder / FOLDER).glob("*.yaml")) if folder else []
    built_in = (path for path in sorted(RULES.glob("*.yaml")) if path.stem != OF_CLASSES)
    return {path.stem: path for path in (*built_in, *own)}


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0


def _by_path(path: Path, known: Mapping[str, Path]) -> Path:
    """Take a name for a path; a mere word that names nothing is a mistake."""
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    ending, values = known_or_near(str(path), known)
    raise ScenarioError([Problem(str(path), message_id=NO_FILE[ending], values=values)])


def _beside(path: Path, known: Mapping[str, Path]) -> dict[str, Path]:
    """Find the files beside one that is not among the known."""
    if path in known.values() or not path.is_file():
        return {}
    return {file.stem: file for file in sorted(path.parent.glob("*.yaml"))}


def _pages(path: Path, known: Mapping[str, Path]) -> list[_Page]:
    """Read a file and those it extends, the one that extends nothing first."""
    pages: list[_Page] = []
    next_path: Path | None = path
    while next_path is not None:
        page = _read(next_path)
        pages.insert(0, page)
        next_path = _extended(page, [page.path for page in pages], known)
    for below, page in enumerate(pages):
        _check(page, pages[:below])
    return pages


def _read(path: Path) -> _Page:
    problems: list[Problem] = []
    document = read_yaml(path, problems)
    if document is None:
        return _Page(path, Document({}, {}), {}, None, problems)
    if not isinstance(document.data, dict):
        problems.append(Problem(path.name, message_id="must hold rules, one name: value a line"))
        return _Page(path, document, {}, None, problems)
    try:
        return _Page(path, document, document.data, RuleFile.model_validate(document.data), problems)
    except ValidationError as error:
        page = _Page(path, document, document.data, None, problems)
        for at, value, message, values in complaints(RuleFile, error):
            page.wrong(at, value, message, **values)
        return page


def _extended(page: _Page, read: list[Path], known: Mapping[str, Path]) -> Path | None:
    """Find the file that a file extends; None where it extends none, or none that can be."""
    name = page.raw.get("extends")
    if not isinstance(name, str):
        return None
    if name not in known:
        ending, values = known_or_near(name, known)
        page.wrong(("extends",), name, NO_FILE[ending], **values)
        return None
    if known[name] in read:
        way = " → ".join([path.stem for path in reversed(read)] + [name])
        page.wrong(("extends",), name, "goes round in a circle: {way}", way=way)
        return None
    return known[name]


def _check(page: _Page, below: list[_Page]) -> None:
    """Look up what a file names: its own code, sources, rules replaced; and codes given twice."""
    if isinstance(page.raw.get("code"), str) and page.raw["code"] != page.path.stem:
        page.wrong(("code",), page.raw["code"], "must be the name of the file: {due}", due=page.path.stem)
    for at, row in page.rows():
        if not row.get("necessary") and not any(name in row for name in LIMITS):
            message = "has no limit: say limit_min, at_once_min, every_h, or necessary: true"
            page.wrong(("rules", at), row.get("code"), message)
    replaced = _replaced(page, below)
    _codes_once(page, [code for other in below for code in other.codes() if code not in replaced])
    if any(other.whole is None for other in below):
        return
    sources = [code for other in (*below, page) for code in other.sources()]
    for at, row in page.rows():
        code = row.get("source")
        if isinstance(code, str) and code not in sources:
            ending, values = known_or_near(code, sources)
            page.wrong(("rules", at, "source"), code, NO_SOURCE[ending], **values)


def _replaced(page: _Page, below: list[_Page]) -> list[str]:
    named = page.raw.get("replaces")
    codes = [str(code) for code in named] if isinstance(named, tuple) else []
    known = [code for other in below for code in other.codes()]
    for at, code in enumerate(codes):
        if code not in known and all(other.whole for other in below):
            ending, values = known_or_near(code, known)
            page.wrong(("replaces", at), code, NO_RULE[ending], **values)
    return codes


def _codes_once(page: _Page, others: list[str]) -> None:
    seen = list(others)
    for at, row in page.rows():
        code = row.get("code")
        if isinstance(code, str) and code in seen:
            message = "stands twice among the rules in force; give it another code, or replace the other"
            page.wrong(("rules", at, "code"), code, message)
        seen.append(str(code))


def _bound(files: list[RuleFile]) -> RuleBook:
    """Put right files together, the one that extends nothing first."""
    rules: dict[str, DutyRule] = {}
    sources = {code: source for file in files for code, source in file.sources.items()}
    for file in files:
        rules = {code: rule for code, rule in rules.items() if code not in file.replaces}
        rules.update({rule.code: rule for rule in file.rules})
    last = files[-1]
    made = tuple(_rule(rule, _source(rule, sources[rule.source])) for rule in rules.values())
    return RuleBook(
        RuleSet(last.code, made, last.extends or "", _both(last.name)),
        _called(last.name),
        {code: _called(rule.name) for code, rule in rules.items()},
        {code: _called(rule.note) for code, rule in rules.items() if rule.note},
    )


def _rule(written: DutyRule, source: Source) -> Rule:
    limits = written.limit_min or written.at_once_min or {}
    rule = Rule(
        code=written.code,
        sender=Tier[written.from_.upper()],
        receiver=Tier[written.to.upper()],
        report=Report[written.report.upper()],
        source=source,
        limit_s=_by_number(limits, MINUTE_S),
        counts_from=From[written.counts_from.upper()],
        written=written.written,
        every_s=_by_number(written.every_h or {}, HOUR_S),
        necessary=written.necessary,
        at_once=written.at_once_min is not None,
        window_s=(written.window_days or 0.0) * DAY_S,
        short_window_s=(written.short_window_days or written.window_days or 0.0) * DAY_S,
        copies=written.copies,
        content=written.content,
    )
    return replace(rule, limit_s={CLASS_NUMBER[name]: inf for name in written.classes} or rule.limit_s)


def _by_number(figures: Mapping[Any, float], unit_s: float) -> dict[int, float]:
    return {CLASS_NUMBER[name]: figure * unit_s for name, figure in figures.items()}


def _source(rule: DutyRule, source: SourceFile) -> Source:
    return Source(_both(source.title), _both(rule.article), source.date, rule.certainty)


def _both(names: fields.Names) -> str:
    return " / ".join(text for text in (names.zh, names.en) if text)


def _called(names: fields.Names) -> Names:
    return Names(names.zh or names.en, names.en or names.zh)
