"""The way every map takes into a scenario folder: network, largest part, things beside it, tables, report."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Sequence
from pathlib import Path

from sim.road_table import Cut, RoadTable, largest_strong_part
from sim.scenarios.importers.folder import check_free, new_folder, write_text
from sim.scenarios.importers.found import without_doubles
from sim.scenarios.importers.lines import table_of_lines
from sim.scenarios.importers.mapdata import MapData
from sim.scenarios.importers.report import ImportReport
from sim.scenarios.importers.rules import Country, MapRules
from sim.scenarios.importers.sketch import Options, Sketch
from sim.scenarios.importers.sources import sources_text
from sim.scenarios.importers.starter import start_scenario
from sim.scenarios.model import Settings
from sim.scenarios.problems import Problem, ScenarioError
from sim.scenarios.roadfiles import write_roads
from sim.scenarios.save import settings_text, write_rows

NAMED = ("code", "name", "name_en")
COLUMNS = {
    "places": (*NAMED, "kind", "population", "area_km2", "lon", "lat", "source"),
    "stations": (*NAMED, "kind", "place", "lon", "lat", "source"),
    "hospitals": (*NAMED, "lon", "lat", "source"),
    "units": (
        *NAMED,
        "station",
        "vehicle_class",
        "capabilities",
        "turnout_median_s",
        "turnout_sigma",
        "refit_s",
        "source",
    ),
    "sites": (*NAMED, "kind", "place", "lon", "lat", "rate_factor", "owner", "source"),
    "run_cards": ("kind", "grade", "capability", "count", "source"),
    "demand": ("kind", "where", "per_year", "hourly", "monthly", "priority", "code", "source"),
}
OPTIONAL = ("sites",)
LONGEST_CODE = 40
MOST_NODES_IN_CSV = 200_000


def begin(file: Path, out: Path, options: Options) -> None:
    """Refuse early what cannot work: a folder that is in the way, a time zone nobody knows.

    Raises
    ------
    ScenarioError
        If so.
    """
    check_free(out)
    zone = options.time_zone
    if zone is not None and zone not in zoneinfo.available_timezones():
        message = "is not a time zone; write one such as Asia/Shanghai"
        raise ScenarioError([Problem(file.name, field="time_zone", value=zone, message_id=message)])


def options_for(
    file: Path, name: str | None, population: int | None, time_zone: str | None, *, medical: bool
) -> Options:
    """Name the scenario after its file unless told otherwise."""
    stem = file.name.split(".")[0]
    code = re.sub(r"[^\w-]+", "-", stem).strip("-_")[:LONGEST_CODE] or "map"
    return Options(code, name or stem, population, medical, time_zone)


def take_in(
    data: MapData, files: Sequence[Path], out: Path, rules: MapRules, country: Country, options: Options
) -> ImportReport:
    """Turn a map into a scenario folder.

    Parameters
    ----------
    data
        What was read from the files.
    files
        The files; the first is named in errors and in the report.
    out
        The folder to make.
    rules, country, options
        What is assumed where the map is silent.

    Raises
    ------
    ScenarioError
        If the map holds no network, or the folder is in the way.
    OSError
        If the folder cannot be written.
    """
    roads, cut = network_of(data, files[0].name, rules)
    found = without_doubles(data.found, rules)
    sketch = start_scenario(roads, found, rules, country, options, data.origin)
    sketch.assumptions[:0] = data.assumptions
    counts: dict[str, int] = {}
    for thing in found:
        counts[thing.kind] = counts.get(thing.kind, 0) + 1
    report = _report(sketch, cut, files[0].name, out, counts, data)
    with new_folder(out) as folder:
        write_folder(folder, sketch)
        write_text(folder / "SOURCES.md", sources_text(report, files, options, data.licence))
    return report


def network_of(data: MapData, file: str, rules: MapRules) -> tuple[RoadTable, Cut]:
    """Make the network of a map and keep the largest part in which every node reaches every other.

    Raises
    ------
    ScenarioError
        If nothing is left.
    """
    if not data.lines:
        raise ScenarioError([Problem(file, message_id="holds no road that vehicles may use")])
    no_access = rules.data["no_access_classes"]
    roads, cut = largest_strong_part(
        table_of_lines(data.points, data.lines, rules.data["spacing_m"], no_access, data.given)
    )
    if roads.n_arcs == 0:
        message = "holds no two points that can be reached by road from one another and back"
        raise ScenarioError([Problem(file, message_id=message)])
    return roads, cut


def write_folder(folder: Path, sketch: Sketch) -> None:
    """Write settings, tables and roads."""
    settings = Settings.model_validate(sketch.settings)
    for table, columns in COLUMNS.items():
        rows = sketch.tables[table]
        if rows or table not in OPTIONAL:
            write_rows(
                folder / f"{table}.csv", {column: [row.get(column, "") for row in rows] for column in columns}
            )
    large = sketch.roads.n_nodes > MOST_NODES_IN_CSV
    write_roads(sketch.roads, folder, list(settings.profiles), parquet=large)
    write_text(folder / "scenario.yaml", settings_text(settings))


def _report(
    sketch: Sketch, cut: Cut, file: str, out: Path, found: dict[str, int], data: MapData
) -> ImportReport:
    return ImportReport(
        file=file,
        folder=out,
        nodes=sketch.roads.n_nodes,
        arcs=sketch.roads.n_arcs,
        length_km=float(sketch.roads.length_m.sum()) / 1000,
        population=sketch.population,
        cut=cut,
        found=found,
        written={table: len(rows) for table, rows in sketch.tables.items()},
        snapped=tuple(sketch.snapped),
        too_far=tuple(sketch.too_far),
        skipped=dict(sorted(data.skipped.items())),
        assumptions=tuple(sketch.assumptions),
    )
