"""From a JEMSS city to a scenario folder: the same city, its calls drawn as JEMSS draws them, or given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.language import tongue
from sim.road_table import largest_strong_part
from sim.scenarios.importers.folder import check_free, new_folder, write_text
from sim.scenarios.importers.jemss_city import DAY_S, City, CityCalls, read_calls, read_city
from sim.scenarios.importers.jemss_files import CityFiles, find_files, read_source, refused
from sim.scenarios.importers.jemss_scenario import FAST_ROAD_KPH, Taken, city_roads, scenario_of
from sim.scenarios.importers.mapdata import Assumption
from sim.scenarios.importers.raster import read_density
from sim.scenarios.importers.report import ImportReport, assumption_lines, cut_line
from sim.scenarios.save import save_scenario

say = tongue("sim")

LICENCES = (
    "Roads: © OpenStreetMap contributors, Open Database License (ODbL) 1.0; pass them on with this notice.",
    "City, calls and settings: JEMSS.jl, University of Auckland, Apache License 2.0 "
    "(Ridler, Mason & Raith 2022, European Journal of Operational Research).",
    "Population density: see the readme beside the raster; Auckland's is from New Zealand's census of 2013, "
    "Creative Commons Attribution 3.0 New Zealand.",
)

RULES = (
    Assumption("Units leave at once: JEMSS's mobilisation delay is not taken over"),
    Assumption(
        "There is always somebody to take the call; handling a call takes JEMSS's dispatch delay", {}, "R"
    ),
    Assumption("To hospital and home, ambulances drive as on a call of low priority", {}, "R"),
    Assumption("Calls come evenly over the day and the year"),
    Assumption("JEMSS knows no time zone: times are UTC, the first second is that of 2026"),
)


def import_jemss(
    folder: Path,
    out: Path,
    calls: Path | None = None,
    redispatch: Path | None = None,
    days: float | None = None,
) -> ImportReport:
    """Turn a JEMSS city into a scenario folder.

    Parameters
    ----------
    folder
        The city as JEMSS lays it out: ``models/1/...``, found as its example ``sim_config.xml`` says.
    out
        The folder to make.
    calls
        A file of calls in JEMSS's form (``.csv`` or ``.csv.gz``) to take instead of drawing them.
    redispatch
        Another redispatch table than the city's own: a path, or the name of a file beside it.
    days
        Take only calls that come before the end of this day.

    Returns
    -------
    ImportReport
        What the import brought and assumed.

    Raises
    ------
    ScenarioError
        If the folder is no JEMSS city, something in it is wrong, or `out` is in the way.
    OSError
        If `out` cannot be written.
    """
    folder, out = Path(folder), Path(out)
    check_free(out)
    files = _with_table(find_files(folder), redispatch)
    city = read_city(files)
    given = _given_calls(city, Path(calls), days) if calls else None
    density = read_density(city.calls.raster) if city.calls.raster else None
    taken = Taken(city, *largest_strong_part(city_roads(city)), given, density)
    report = _report(taken, folder.name, out)
    with new_folder(out) as draft:
        save_scenario(scenario_of(taken), draft)
        write_text(draft / "SOURCES.md", _sources(report, files, Path(calls) if calls else None))
    return report


def _with_table(files: CityFiles, named: Path | None) -> CityFiles:
    """Put the redispatch table the user named, a path or a file beside the city's own, in its place."""
    if named is None:
        return files
    own = files.found.get("redispatch")
    for path in (Path(named), *([own.parent / Path(named).name] if own else [])):
        if path.is_file():
            return replace(files, found=files.found | {"redispatch": path})
    raise refused(str(named), "there is no such file")


def _given_calls(city: City, path: Path, days: float | None) -> CityCalls:
    calls = read_calls(read_source(path, path.parent), len(city.hospitals))
    return calls if days is None else calls.first(int(np.searchsorted(calls.time_s, days * DAY_S)))


def _report(taken: Taken, file: str, out: Path) -> ImportReport:
    city, roads = taken.city, taken.roads
    found = {
        "station": len(city.stations),
        "hospital": len(city.hospitals),
        "ambulance": len(city.ambulances),
    }
    written = dict(zip(("stations", "hospitals", "units"), found.values(), strict=True))
    given = {} if taken.calls is None else {"incidents": len(taken.calls.time_s)}
    return ImportReport(
        file=file,
        folder=out,
        nodes=roads.n_nodes,
        arcs=roads.n_arcs,
        length_km=float(roads.length_m.sum()) / 1000,
        population=taken.people,
        cut=taken.cut,
        found=found,
        written=written | given,
        snapped=(),
        too_far=(),
        skipped={},
        assumptions=tuple(_assumptions(taken)),
    )


def _assumptions(taken: Taken) -> Iterator[Assumption]:
    yield from RULES
    yield Assumption("Arcs driven at {kph} km/h or more are called motorways", {"kph": FAST_ROAD_KPH})
    yield from (Assumption(sentence) for sentence in taken.city.assumptions)
    if taken.density is None:
        yield Assumption("No density raster found: calls come from everywhere along the roads")
    else:
        yield Assumption(
            "Calls come where people live: cells of the density raster, evenly within a cell", {}, "R"
        )
    if taken.calls is not None:
        yield Assumption("Calls are those of the given file; none are drawn", {}, "R")


def _sources(report: ImportReport, files: CityFiles, calls: Path | None) -> str:
    """Write the whole SOURCES.md, in Chinese and English."""
    used = dict.fromkeys([*files.found.values(), *([calls] if calls else [])])
    lines = [f"# {report.file}"]
    for lang, title in (("zh", "中文"), ("en", "English")):
        lines += ["", f"## {title}", "", "### " + say(lang, "Where it comes from"), ""]
        lines += _bullets(say(lang, licence) for licence in LICENCES)
        lines += _bullets(_file_line(path, files.root, lang) for path in used)
        lines += ["", "### " + say(lang, "What was taken"), ""]
        lines += _bullets([_roads_line(report, lang), cut_line(report.cut, lang)])
        lines += ["", "### " + say(lang, "What was assumed"), ""]
        lines += _bullets(assumption_lines(report.assumptions, lang))
    return "\n".join(lines) + "\n"


def _roads_line(report: ImportReport, lang: str) -> str:
    sentence = "Roads: {nodes} nodes, {arcs} arcs, {km} km of arcs."
    return say(lang, sentence, nodes=report.nodes, arcs=report.arcs, km=f"{report.length_km:.0f}")


def _bullets(sentences: Iterable[str]) -> list[str]:
    return [f"- {sentence}" for sentence in sentences]


def _file_line(path: Path, root: Path, lang: str) -> str:
    data = path.read_bytes()
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    digest = hashlib.sha256(data).hexdigest()
    return say(lang, "{file}: {size} bytes, SHA-256 {digest}", file=name, size=len(data), digest=digest)
