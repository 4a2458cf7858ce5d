"""The report of a run: one page that needs nothing else, to be read on a screen or printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup
from matplotlib.figure import Figure

from results import contents, tables
from results.chain.chapter import reports_fields, reports_pictures
from results.figures import busy_share, calls_by_kind, load_by_hour, response_by_hour, response_times
from results.findings import Findings, findings_of
from results.maps import site_map, township_map
from results.page import Album, laid_out, write_album
from results.readiness.chapter import readiness_fields, readiness_pictures
from results.runs import RunFolder, open_run
from results.style import Plate, write_whole
from results.summary import write_summary
from results.wording import called, chapters_in, in_language, number, say
from sim.scenarios.build import build_county
from sim.scenarios.scenario import Scenario

PICTURES: Mapping[str, Callable[[Findings, str], Figure]] = {
    "response-times": response_times,
    "response-map-places": township_map,
    "response-map-sites": site_map,
    "response-by-hour": response_by_hour,
    "load-by-hour": load_by_hour,
    "calls-by-kind": calls_by_kind,
    "busy-share": busy_share,
}
"""The pictures of a report by the names of their files."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A run read once: its folder, its scenario, and what was measured."""

    run: RunFolder
    scenario: Scenario
    findings: Findings


def read_run(folder: Path, partial: bool = False) -> Reading:
    """Read and measure a run once, for its report, summary and pictures in any language.

    Raises
    ------
    RunError
        If the folder is not a readable run.
    """
    run = open_run(folder, partial)
    scenario = run.scenario()
    return Reading(run, scenario, findings_of(run, build_county(scenario)))


def write_report(
    folder: Path,
    lang: str,
    name: str = "report.html",
    reading: Reading | None = None,
    album: Album | None = None,
) -> Path:
    """Write a run's report.

    Parameters
    ----------
    folder
        The run's folder.
    lang
        ``"zh"`` or ``"en"``.
    name
        Name of the file.
    reading
        The run as `read_run` gave it, to read it only once.
    album
        The pictures as `draw` gave them, to draw them only once.

    Returns
    -------
    Path
        The report: one HTML file with everything in it.

    Raises
    ------
    RunError
        If the folder is not a readable run.
    """
    reading = reading or read_run(folder)
    path = folder / name
    write_whole(path, report_html(reading, lang, album).encode())
    return path


def write_figures(
    folder: Path, lang: str, reading: Reading | None = None, album: Album | None = None
) -> tuple[Path, ...]:
    """Write a run's pictures as PNG and SVG into ``figures/``, the language at the end of their names."""
    return write_album(folder, album or draw((reading or read_run(folder)).findings, lang), lang)


def write_all(folder: Path, lang: str, name: str = "report.html", reading: Reading | None = None) -> Path:
    """Write report, summary and pictures; give the report's path."""
    reading = reading or read_run(folder)
    write_summary(folder, reading.findings, partial=True)
    album = draw(reading.findings, lang)
    write_figures(folder, lang, reading, album)
    return write_report(folder, lang, name, reading, album)


def main_figures(folder: Path, lang: str) -> tuple[str, ...]:
    """Say a run's main results in a few sentences."""
    reading = read_run(folder, partial=True)
    return contents.headline(reading.findings, lang)


def draw(findings: Findings, lang: str) -> Album:
    """Draw all pictures there is something to show in, by the names of their files."""
    county = findings.county
    shows = {"response-map-places": county.places, "response-map-sites": county.sites}
    drawn = PICTURES if len(findings.calls) else {}
    shown = {name: picture(findings, lang) for name, picture in drawn.items() if shows.get(name, True)}
    return {name: Plate(figure) for name, figure in _chapters(shown, findings, lang).items()}


def _chapters(shown: dict[str, Figure], findings: Findings, lang: str) -> dict[str, Figure]:
    """Add the pictures of the chapters on readiness and on reports."""
    return shown | readiness_pictures(findings, lang) | reports_pictures(findings, lang)


def report_html(reading: Reading, lang: str, album: Album | None = None) -> str:
    """Lay the report out as HTML, pictures and typeface within."""
    return laid_out("report.html.j2", lang, _fields(reading, lang), album or draw(reading.findings, lang))


def _fields(reading: Reading, lang: str) -> dict[str, object]:
    findings = reading.findings
    notes = _notes(reading.run.path / "scenario" / "SOURCES.md", lang)
    return {
        "county": called(findings.county.names, lang),
        "facts": _facts(reading, lang),
        "manifest": reading.run.manifest,
        "command": _command(reading.run),
        "headline": contents.headline(findings, lang),
        "caveats": contents.caveats(findings, lang),
        "standards": tables.standards_table(findings, lang),
        "times": tables.times_table(findings, lang),
        "places": tables.places_table(findings, lang),
        "sites": tables.sites_table(findings, lang),
        "kinds": tables.kinds_table(findings, lang),
        "priorities": tables.priorities_table(findings, lang),
        "counts": tables.counts_table(findings, lang),
        "harm": tables.harm_table(findings, lang),
        "readiness": readiness_fields(findings, lang),
        "reports": reports_fields(findings, lang),
        "sources": _sources(reading.scenario, notes, lang),
        "notes": _laid_out(notes),
    }


def _facts(reading: Reading, lang: str) -> tuple[tuple[str, str], ...]:
    """List what was simulated."""
    county, manifest = reading.findings.county, reading.run.manifest
    people = sum(place.population for place in county.places)
    return (
        (say(lang, "County"), f"{called(county.names, lang)} ({manifest.scenario})"),
        (say(lang, "Inhabitants"), number(float(people), 0)),
        (say(lang, "Townships, streets, parks"), str(len(county.places))),
        (say(lang, "Stations and units"), f"{len(county.stations)} / {len(county.units)}"),
        (say(lang, "Hazard sites"), str(len(county.sites))),
        (say(lang, "Call-takers"), str(county.call_takers) if county.call_takers else say(lang, "unlimited")),
        (say(lang, "Dispatch policy"), _policy(manifest.policy, lang)),
        (say(lang, "Simulated"), _length(reading, lang)),
        (say(lang, "Seed"), str(manifest.seed)),
    )


def _length(reading: Reading, lang: str) -> str:
    manifest = reading.run.manifest
    text = say(
        lang,
        "{n} replications of {days} days; days of warm-up before each: {warm_up}",
        n=len(reading.run.replications),
        days=f"{manifest.days:g}",
        warm_up=f"{manifest.warm_up_days:g}",
    )
    if manifest.complete:
        return text
    return text + say(lang, " (broken off; {all} were planned)", all=manifest.replications)


def _policy(code: str, lang: str) -> str:
    names = {
        "closest": say(lang, "the closest unit goes"),
        "area_first": say(lang, "units of the place itself go first"),
    }
    return f"{names[code]} ({code})" if code in names else code


def _command(run: RunFolder) -> str:
    m = run.manifest
    return (
        f"beiqin run {run.path.name}/scenario --days {m.days:g} --warm-up {m.warm_up_days:g} "
        f"--replications {m.replications} --seed {m.seed} --policy {m.policy}"
    )


def _sources(scenario: Scenario, notes: str, lang: str) -> tuple[tuple[str, str], ...]:
    """List where the scenario's figures come from, as far as its notes do not say so already."""
    told = {path: in_language(str(text), lang) for path, text in scenario.settings.sources.items()}
    return tuple((path, text) for path, text in told.items() if text not in notes)


def _notes(path: Path, lang: str) -> str:
    return chapters_in(path.read_text(encoding="utf-8-sig"), lang) if path.is_file() else ""


def _laid_out(notes: str) -> Markup:
    """Lay out the scenario's own notes on its sources; HTML in them stays text."""
    page = MarkdownIt("commonmark", {"html": False}).enable("table")
    return Markup(page.render(notes))  # noqa: S704 - escaped by the renderer
