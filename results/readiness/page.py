"""The readiness report: one page about one moment and its week, with its pictures."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from results.coverage import coverage_week, ready_map
from results.page import Album, laid_out, write_album
from results.readiness.cover import people_at_nodes
from results.readiness.figures import ready_week_chart
from results.readiness.gains import Gains, gains_figure, gains_sheet
from results.readiness.sheets import SHEETS
from results.readiness.survey import Survey, capability_week, team_week
from results.readiness.told import headline
from results.readiness.words import force_of, named
from results.style import Plate, write_whole
from results.wording import called, say


def survey_pictures(found: Survey, lang: str, gains: Gains | None = None) -> dict[str, Plate]:
    """Draw the report's pictures there is something to show in, by the names of their files."""
    county, force = found.county, force_of(found.county)
    note = say(lang, "expected from rosters and absence, equipment as recorded")
    pictures: dict[str, Figure] = {}
    if force.teams:
        teams = [named(county, "teams", n, lang) for n in range(len(force.teams))]
        pictures["ready-week-teams"] = ready_week_chart(team_week(found), teams, note, lang)
    capabilities = [called(names, lang) for names in county.capability_names]
    pictures["ready-week-capabilities"] = ready_week_chart(capability_week(found), capabilities, note, lang)
    for number, cover in enumerate(found.covers):
        name = f"coverage-week-{number + 1}" if number else "coverage-week"
        pictures[name] = coverage_week(
            county, cover.single, cover.double, None, cover.within_s, lang, cover.standard
        )
    if found.covers:
        widest = max(found.covers, key=lambda cover: cover.within_s)
        pictures["ready-map"] = ready_map(
            county, widest.counts, widest.within_s, found.local, lang, people_at_nodes(county)
        )
    if gains is not None and gains.variants:
        pictures["gains"] = gains_figure(gains, lang)
    return {name: Plate(figure) for name, figure in pictures.items()}


def write_page(
    folder: Path, found: Survey, lang: str, command: str, gains: Gains | None = None
) -> tuple[Path, ...]:
    """Write the readiness report and its pictures into a folder; give the paths, the report first.

    Parameters
    ----------
    folder
        Where; it is made if need be.
    found
        What was seen.
    lang
        ``zh`` or ``en``.
    command
        How the same report is made again.
    gains
        What single changes gain, where that was worked out.
    """
    album = survey_pictures(found, lang, gains)
    drawn = write_album(folder, album, lang)
    path = folder / f"readiness-report-{lang}.html"
    write_whole(path, page_html(found, lang, command, album, gains).encode())
    return path, *drawn


def page_html(found: Survey, lang: str, command: str, album: Album, gains: Gains | None = None) -> str:
    """Lay the readiness report out as HTML, pictures and typeface within."""
    fields: dict[str, object] = {
        "county": called(found.county.names, lang),
        "time": found.local.strftime("%Y-%m-%d %H:%M"),
        "headline": headline(found, lang),
        "command": command,
        "covers": [name for name in album if name.startswith("coverage-week")],
        "gains": None if gains is None else gains_sheet(gains, lang),
        **{name: sheet(found, lang) for name, sheet in SHEETS.items()},
    }
    return laid_out("readiness-report.html.j2", lang, fields, album)
