"""A JEMSS city as its folder lays it out: which file says what, and its tables as they stand."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import math
import operator
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.scenarios.problems import Problem, ScenarioError

PRIORITIES = {"highPriority": "high", "medPriority": "medium", "lowPriority": "low"}
"""JEMSS's three priorities, most urgent first, and what they are called here."""

LAYOUT = {
    "ambulances": "ambulances",
    "hospitals": "hospitals",
    "stations": "stations",
    "callGenConfig": "calls",
    "demand": "demand",
    "arcs": "travel/roads",
    "nodes": "travel/roads",
    "travel": "travel",
    "map": "maps",
    "priorities": "misc",
    "redispatch": "misc/redispatch",
}
"""Where a model's files stand when no sim_config.xml says so."""

UNNAMED = "rows"
"""The name given to a table that stands without one, as in a file of results."""

PATTERNS = {
    "callGenConfig": "gen_config.xml",
    "arcs": "arcs.csv",
    "nodes": "nodes.csv",
    "priorities": "priorities*.csv",
}
PREFERRED = {"redispatch": "redispatch_lower_to_high.csv"}
OPERATORS: Mapping[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A text file of the city: its name for messages (with folder, archive or ``.gz``) and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a JEMSS file: cells as text by column, and the line of each row."""

    file: str
    name: str
    columns: dict[str, list[str]]
    positions: dict[str, int]
    lines: list[int]

    def texts(self, column: str) -> list[str]:
        """Give a column as it stands.

        Raises
        ------
        ScenarioError
            If the table has no such column.
        """
        if column not in self.columns:
            message = "table {table} has no column {column}"
            raise refused(self.file, message, table=self.name, column=column)
        return self.columns[column]

    def numbers(self, column: str) -> list[float]:
        """Give a column as numbers; small sums such as ``5/60/60/24`` are worked out.

        Raises
        ------
        ScenarioError
            Listing every cell that is no number.
        """
        cells = self.texts(column)
        try:
            return [float(cell) for cell in cells]
        except ValueError:
            return self._worked_out(column, cells)

    def whole(self, column: str) -> list[int]:
        """Give a column as whole numbers (JEMSS writes some as ``5.0``)."""
        values = self.numbers(column)
        wrong = [row for row, value in enumerate(values) if not value.is_integer()]
        if wrong:
            raise ScenarioError(self.problem(row, column, "must be a whole number") for row in wrong)
        return [int(value) for value in values]

    def problem(self, row: int, column: str, message: str, **values: object) -> Problem:
        """Say what is wrong with a cell (`row` counts from 0)."""
        cell = self.columns[column][row]
        return Problem(self.file, self.lines[row], self.positions[column], column, cell, message, values)

    def _worked_out(self, column: str, cells: Sequence[str]) -> list[float]:
        values: list[float] = []
        problems: list[Problem] = []
        for row, cell in enumerate(cells):
            try:
                values.append(worked_out(cell))
            except ValueError:
                problems.append(self.problem(row, column, "must be a number"))
        if problems:
            raise ScenarioError(problems)
        return values


@dataclass(frozen=True, slots=True)
class CityFiles:
    """Where the files of one model of a city stand; `found` maps JEMSS's names for them to paths."""

    root: Path
    model: Path
    city: str
    found: dict[str, Path] = field(default_factory=dict)

    def path(self, kind: str) -> Path:
        """Give the path of a file the model cannot do without.

        Raises
        ------
        ScenarioError
            If there is none.
        """
        if kind not in self.found:
            where = f"{self.model.name}/{LAYOUT[kind]}"
            raise refused(
                self.root.name, "is not a whole JEMSS city: no {kind} file in {where}", kind=kind, where=where
            )
        return self.found[kind]

    def tables(self, kind: str) -> dict[str, Table]:
        """Read all tables of one of the files."""
        return read_tables(self.source(self.path(kind), PATTERNS.get(kind)))

    def source(self, path: Path, member: str | None = None) -> Source:
        """Read a text file, or a member of a zip."""
        return read_source(path, self.root, member)


def find_files(folder: Path) -> CityFiles:
    """Find the files of a JEMSS city.

    Parameters
    ----------
    folder
        The city's folder (with ``models/`` in it) or one model's (with ``stations/`` in it).

    Returns
    -------
    CityFiles
        Files named by an example's ``sim_config.xml`` where there is one, the first that fits otherwise.

    Raises
    ------
    ScenarioError
        If the folder is not a JEMSS city.
    """
    root, model = _model_of(folder)
    city, named = _named_by_config(root, model)
    found = {kind: path for kind in LAYOUT if (path := named.get(kind) or _discovered(model, kind))}
    return CityFiles(root, model, city or root.resolve().name, found)


def _model_of(folder: Path) -> tuple[Path, Path]:
    if not folder.is_dir():
        raise refused(str(folder), "is not a folder")
    if (folder / "stations").is_dir():
        return folder, folder
    models = sorted(path for path in folder.glob("models/*") if (path / "stations").is_dir())
    if not models:
        message = "is not a JEMSS city: it holds no models/1/ with ambulances, stations, hospitals and travel"
        raise refused(folder.name, message)
    return folder, models[0]


def _named_by_config(root: Path, model: Path) -> tuple[str, dict[str, Path]]:
    """Follow the first sim_config.xml that speaks of this model: the city's name and the files it names."""
    for config in sorted(root.rglob("sim_config.xml")):
        tree = _xml(Source(config.relative_to(root).as_posix(), config.read_text("utf-8")))
        inside = tree.findtext("inputPath", "").strip()
        if Path(inside).name == model.name:
            city = re.search(r"/cities/([^/]+)/", inside)
            names = {node.tag: (node.text or "").strip() for node in tree.iterfind("simFiles/*")}
            paths = {kind: at_hand(model / name) for kind, name in names.items() if kind in LAYOUT and name}
            return city[1] if city else "", {kind: path for kind, path in paths.items() if path}
    return "", {}


def _discovered(model: Path, kind: str) -> Path | None:
    """Find a file by where such files stand."""
    home = model / LAYOUT[kind]
    pattern = PATTERNS.get(kind, "*.csv")
    files = sorted(path for path in home.rglob(pattern) if path.is_file())
    preferred = [path for path in files if path.name == PREFERRED.get(kind)]
    archive = sorted(home.rglob("*.zip")) if kind in ("arcs", "nodes") else []
    return next(iter([*preferred, *files, *archive]), None)


def at_hand(path: Path) -> Path | None:
    """Give the path, or that of the zip beside it that holds the file; None where there is neither."""
    if path.is_file():
        return path
    own = path.with_suffix(".zip")
    archives = [own] if own.is_file() else sorted(path.parent.glob("*.zip"))
    return next((archive for archive in archives if archive.is_file()), None)


def read_source(path: Path, root: Path, member: str | None = None) -> Source:
    """Read a text file: plain, ``.gz``, or the named member of a ``.zip``.

    Raises
    ------
    ScenarioError
        If it cannot be read or is no UTF-8 text.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    if not path.is_file():
        raise refused(name, "is a folder, not a file" if path.is_dir() else "is not there")
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                inside = next((n for n in archive.namelist() if n.endswith(member or ".csv")), None)
                if inside is None:
                    raise refused(name, "holds no file {member}", member=member or ".csv")
                return Source(f"{name}/{inside}", archive.read(inside).decode("utf-8-sig"))
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refused(name, "is not UTF-8 text") from error
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise refused(name, "cannot be read: {reason}", reason=reason) from error


def read_tables(source: Source) -> dict[str, Table]:
    """Read a JEMSS file: tables one below the other, each a name, a header and rows up to a blank line.

    A table may stand without a name where its header begins with ``index``; it is called `UNNAMED`.

    Raises
    ------
    ScenarioError
        If a row has fewer cells than its header needs.
    """
    tables: dict[str, Table] = {}
    table: Table | None = None
    name = ""
    reader = csv.reader(io.StringIO(source.text, newline=""))
    for row in reader:
        if not any(row):
            table, name = None, ""
        elif not name and row[0].strip() == "index":
            table = tables[UNNAMED] = _headed(source.name, UNNAMED, row)
            name = UNNAMED
        elif not name:
            name = row[0].strip()
        elif table is None:
            table = tables[name] = _headed(source.name, name, row)
        else:
            _add_row(table, row, reader.line_num)
    return tables


def _headed(file: str, name: str, header: Sequence[str]) -> Table:
    positions = {title.strip(): at for at, title in enumerate(header, start=1) if title.strip()}
    return Table(file, name, {title: [] for title in positions}, positions, [])


def _add_row(table: Table, row: Sequence[str], line: int) -> None:
    if len(row) < len(table.positions):
        values = {"n": len(row), "width": len(table.positions)}
        message = "row has {n} cells, the header has {width}"
        raise ScenarioError([Problem(table.file, line, message_id=message, values=values)])
    for cells, at in zip(table.columns.values(), table.positions.values(), strict=True):
        cells.append(row[at - 1].strip())
    table.lines.append(line)


def table_named(tables: Mapping[str, Table], name: str, source: str) -> Table:
    """Give one of a file's tables, with at least one row.

    Raises
    ------
    ScenarioError
        If it is missing or empty.
    """
    if name not in tables or not tables[name].lines:
        raise refused(source, "has no table {table}, or an empty one", table=name)
    return tables[name]


def worked_out(text: str) -> float:
    """Work out a small sum such as ``50/60/60/24``; nothing but numbers and ``+ - * /`` is understood.

    Raises
    ------
    ValueError
        If the text is anything else, or no finite number.

    Examples
    --------
    >>> worked_out("(8 - 2)/60")
    0.1
    """
    try:
        value = _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError(text) from error
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.operand))
    raise ValueError(ast.dump(node))


@dataclass(frozen=True, slots=True)
class Law:
    """A distribution as JEMSS writes it: ``Exponential(12/60/24)`` is ``("Exponential", (0.00833,))``."""

    name: str
    parameters: tuple[float, ...]


def read_law(text: str) -> Law:
    """Read a distribution; a list among the parameters is laid flat.

    Raises
    ------
    ValueError
        If the text is no name with numbers in brackets.

    Examples
    --------
    >>> read_law("Categorical([0.5, 1/4, 0.25])")
    Law(name='Categorical', parameters=(0.5, 0.25, 0.25))
    """
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(text) from error
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.keywords):
        raise ValueError(text)
    parts = [part for given in call.args for part in (given.elts if isinstance(given, ast.List) else [given])]
    return Law(call.func.id, tuple(worked_out(ast.unparse(part)) for part in parts))


@dataclass(frozen=True, slots=True)
class CallLaws:
    """How calls are drawn: distributions by JEMSS's name for them, and the raster's path as written."""

    laws: dict[str, Law]
    raster: str


def read_call_laws(source: Source) -> CallLaws:
    """Read a gen_config.xml.

    Raises
    ------
    ScenarioError
        If it is not well-formed, or a distribution cannot be understood.
    """
    tree = _xml(source)
    laws: dict[str, Law] = {}
    problems: list[Problem] = []
    for node in tree.iterfind("sim/callDistributions/*"):
        try:
            laws[node.tag] = read_law(node.text or "")
        except ValueError:
            message = "must be a distribution such as Exponential(12/60/24)"
            where = f"callDistributions.{node.tag}"
            problems.append(Problem(source.name, field=where, value=node.text, message_id=message))
    if problems:
        raise ScenarioError(problems)
    return CallLaws(laws, (tree.findtext("sim/callDensityRaster/filename") or "").strip())


def raster_path(written: str, files: CityFiles) -> Path | None:
    """Find a raster named in a JEMSS file: under the city's folder, plain or in a zip beside its place."""
    inside = re.sub(r"^\$jemssDir/data/cities/[^/]+/", "", written)
    return at_hand(files.root / inside) if inside else None


def _xml(source: Source) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(source.text.encode())  # noqa: S314 - the file is the user's own
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise ScenarioError([Problem(source.name, line, message_id="is not well-formed XML")]) from error


def refused(file: str, message: str, **values: object) -> ScenarioError:
    """Make the error for one problem with a whole file."""
    return ScenarioError([Problem(file, message_id=message, values=values)])
