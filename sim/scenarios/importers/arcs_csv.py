"""Importing a road network kept as two tables, nodes and arcs, whatever their columns are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.scenarios.cells import CellError, number
from sim.scenarios.importers.edges import Edge, lines_of_edges
from sim.scenarios.importers.files import check_file, check_on_map
from sim.scenarios.importers.intake import begin, options_for, take_in
from sim.scenarios.importers.mapdata import Assumption, MapData
from sim.scenarios.importers.report import ImportReport
from sim.scenarios.importers.rules import Country, MapRules, map_rules
from sim.scenarios.importers.ways import NOT_DRIVEN
from sim.scenarios.importers.words import class_known, road_of_words
from sim.scenarios.problems import Problem, ScenarioError
from sim.scenarios.tables import read_text

SUFFIXES = (".csv", ".tsv", ".txt")
SEPARATORS = (",", ";", "\t")
NODES_NEED = ("id", "lon", "lat")
ARCS_NEED = ("from", "to")
WORDS = ("class", "oneway", "speed_kph", "maxspeed", "name", "name_en", "code", "bridge")
ALWAYS = (
    Assumption("A speed_kph in the file is driven as it stands"),
    Assumption("Vehicles do not leave the road on motorways and ferries"),
)
ROADS = Assumption("No row of the arcs has its opposite: every row is a road driven both ways")
ARCS = Assumption("Rows of the arcs have their opposites: every row is one direction", certainty="D")


@dataclass(slots=True)
class Sheet:
    """A table read as text: cells by our column names, the line of each row, and where columns stand."""

    file: str
    columns: dict[str, list[str]]
    lines: list[int]
    positions: dict[str, int]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, row: int, column: str, message: str, **values: object) -> None:
        """Note what is wrong with a cell."""
        value = self.columns[column][row] or None
        at = self.positions[column]
        self.problems.append(Problem(self.file, self.lines[row], at, column, value, message, values))

    def words(self, row: int) -> dict[str, str]:
        """Give the words of a row that describe its road."""
        return {word: self.columns[word][row] for word in WORDS if word in self.columns}

    def numbers(self, column: str) -> list[float | None]:
        """Read a column of numbers; None for an empty cell or a missing column."""
        cells = self.columns.get(column) or [""] * len(self.lines)
        return [self._number(row, column, text) if text else None for row, text in enumerate(cells)]

    def _number(self, row: int, column: str, text: str) -> float | None:
        try:
            return number(text)
        except CellError as error:
            self.wrong(row, column, str(error))
            return None


def import_arcs(
    nodes: Path | str,
    arcs: Path | str,
    out: Path | str,
    *,
    country: str | None = None,
    name: str | None = None,
    population: int | None = None,
    medical: bool = False,
    time_zone: str | None = None,
) -> ImportReport:
    """Make a scenario folder from a table of nodes and a table of arcs.

    The names columns may have stand under ``columns`` in ``importers/defaults.yaml``. A missing length is
    measured between the nodes. Without a column for one-way streets, rows are single directions if any row
    has its opposite, and roads driven both ways if none has.

    Parameters
    ----------
    nodes, arcs
        CSV files; commas, semicolons or tabs; UTF-8 or GB18030.
    out, country, name, population, medical, time_zone
        As for `sim.scenarios.importers.osm.import_osm`; the scenario is named after the arcs.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the files.
    """
    paths, folder = (Path(arcs), Path(nodes)), Path(out)
    options = options_for(paths[0], name, population, time_zone, medical=medical)
    begin(paths[0], folder, options)
    rules = map_rules()
    law = rules.country(country)
    data = read_arcs(paths[1], paths[0], rules, law)
    return take_in(data, paths, folder, rules, law, options)


def read_arcs(nodes: Path, arcs: Path, rules: MapRules, country: Country) -> MapData:
    """Read a table of nodes and a table of arcs.

    Raises
    ------
    ScenarioError
        With everything that is wrong with them.
    """
    points = _sheet(nodes, rules.data["columns"]["nodes"], NODES_NEED)
    rows = _sheet(arcs, rules.data["columns"]["arcs"], ARCS_NEED)
    place = _place(points)
    lon, lat = points.numbers("lon"), points.numbers("lat")
    _all_there(points, ("lon", "lat"))
    ends = _ends(rows, place, points.file)
    lengths = _lengths(rows)
    if points.problems or rows.problems:
        raise ScenarioError([*points.problems, *rows.problems])
    check_on_map(points.file, np.array(lon, np.float64), np.array(lat, np.float64))
    skipped: dict[str, int] = {}
    single = "oneway" in rows.columns or not _any_opposite(ends)
    edges = _edges(rows, ends, lengths, rules, country, skipped, both_ways=single)
    codes = points.columns["id"]
    vertices, lines = lines_of_edges(codes, [at or 0.0 for at in lon], [at or 0.0 for at in lat], edges)
    return MapData(vertices, lines, (), skipped, _assumptions(rows, rules, roads=single), given=len(codes))


def _assumptions(rows: Sheet, rules: MapRules, *, roads: bool) -> tuple[Assumption, ...]:
    said = list(ALWAYS)
    if "oneway" not in rows.columns:
        said.append(ROADS if roads else ARCS)
    unknown = [
        word for word in rows.columns.get("class", [""] * len(rows.lines)) if not class_known(word, rules)
    ]
    if unknown:
        sentence = "{count} arcs name no class that is known: taken for {kind} roads"
        said.append(Assumption(sentence, {"count": len(unknown), "kind": rules.data["unknown_class"]}))
    return tuple(said)


def _sheet(path: Path, names: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Sheet:
    """Read a table and find its columns."""
    check_file(path, SUFFIXES, "CSV")
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise ScenarioError(problems)
    try:
        rows = list(_rows(text))
    except csv.Error as error:
        message = "is not a well-formed CSV table ({reason})"
        raise ScenarioError(
            [Problem(path.name, message_id=message, values={"reason": str(error)})]
        ) from error
    if not rows:
        message = "is empty; the first line must name the columns"
        raise ScenarioError([Problem(path.name, message_id=message)])
    line, header = rows[0]
    positions = _columns(header, names)
    missing = [column for column in needed if column not in positions]
    if missing:
        raise ScenarioError([_missing(path.name, line, column, names[column]) for column in missing])
    columns = {
        column: [row[at - 1].strip() if at <= len(row) else "" for _, row in rows[1:]]
        for column, at in positions.items()
    }
    return Sheet(path.name, columns, [at for at, _ in rows[1:]], positions)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with its line; the separator is the most frequent one of the header."""
    header = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _columns(header: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Find the number of each column that is known by one of its names; the first name that fits holds."""
    titles = [_plain(title) for title in header]
    found: dict[str, int] = {}
    for column, known in names.items():
        at = next((titles.index(name) for name in known if name in titles), None)
        if at is not None:
            found[column] = at + 1
    return found


def _plain(title: str) -> str:
    return "".join(letter for letter in title.strip().lower() if letter not in "_- .")


def _missing(file: str, line: int, column: str, names: Sequence[str]) -> Problem:
    message = "column is missing from the header; it may be called {names}"
    return Problem(file, line, field=column, message_id=message, values={"names": ", ".join(names)})


def _place(points: Sheet) -> dict[str, int]:
    """Find the position of each node by its code; report empty and doubled codes."""
    place: dict[str, int] = {}
    for row, code in enumerate(points.columns["id"]):
        if not code:
            points.wrong(row, "id", "is empty; a value is due")
        elif code in place:
            points.wrong(row, "id", "stands in line {line} already", line=points.lines[place[code]])
        else:
            place[code] = row
    return place


def _all_there(sheet: Sheet, columns: Sequence[str]) -> None:
    for column in columns:
        for row, text in enumerate(sheet.columns[column]):
            if not text:
                sheet.wrong(row, column, "is empty; a value is due")


def _ends(rows: Sheet, place: Mapping[str, int], nodes_file: str) -> list[tuple[int, int]]:
    """Find the two nodes of each row; report nodes that do not exist."""
    pairs: list[tuple[int, int]] = []
    for row in range(len(rows.lines)):
        ends = []
        for column in ARCS_NEED:
            code = rows.columns[column][row]
            if code not in place:
                rows.wrong(row, column, "is not a node of {file}", file=nodes_file)
            ends.append(place.get(code, 0))
        pairs.append((ends[0], ends[1]))
    return pairs


def _lengths(rows: Sheet) -> list[float | None]:
    """Read lengths in metres, from whichever column states them."""
    metres, km = rows.numbers("length_m"), rows.numbers("length_km")
    lengths = [
        far * 1000 if near is None and far is not None else near for near, far in zip(metres, km, strict=True)
    ]
    column = "length_m" if "length_m" in rows.columns else "length_km"
    for row, length in enumerate(lengths):
        if length is not None and length < 0:
            rows.wrong(row, column, "must be 0 or more")
    return lengths


def _any_opposite(ends: Sequence[tuple[int, int]]) -> bool:
    known = {pair for pair in ends if pair[0] != pair[1]}
    return any((head, tail) in known for tail, head in ends if tail != head)


def _edges(
    rows: Sheet,
    ends: Sequence[tuple[int, int]],
    lengths: Sequence[float | None],
    rules: MapRules,
    country: Country,
    skipped: dict[str, int],
    *,
    both_ways: bool,
) -> Iterator[Edge]:
    """Give the rows as directed edges; where rows are roads, a two-way road gives two."""
    for row, (tail, head) in enumerate(ends):
        found = road_of_words(rows.words(row), rules, country)
        if found is None or tail == head:
            reason = NOT_DRIVEN if found is None else "from a node to itself"
            skipped[reason] = skipped.get(reason, 0) + 1
            continue
        road, backwards = found
        start, end = (head, tail) if backwards else (tail, head)
        yield Edge(start, end, road, lengths[row], opposite=not road.oneway)
        if both_ways and not road.oneway:
            yield Edge(end, start, road, lengths[row])
