"""Importing OpenStreetMap: roads, stations, hospitals, works and places become a scenario that runs."""

from __future__ import annotations

from pathlib import Path

from sim.scenarios.importers.intake import begin, options_for, take_in
from sim.scenarios.importers.osm_file import read_osm
from sim.scenarios.importers.report import ImportReport
from sim.scenarios.importers.rules import map_rules


def import_osm(
    file: Path | str,
    out: Path | str,
    *,
    country: str | None = None,
    name: str | None = None,
    population: int | None = None,
    medical: bool = False,
    time_zone: str | None = None,
) -> ImportReport:
    """Make a scenario folder from an OpenStreetMap extract.

    The same file with the same options gives a folder equal byte for byte. Nothing is left behind on failure.

    Parameters
    ----------
    file
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    out
        The folder to make; it must not exist, or be empty.
    country
        ISO 3166-1 alpha-2 code, for the legal speeds; None plans with general speeds.
    name
        What the scenario is called; None names it after the file.
    population
        People in the whole area; None takes the places' own figures and estimates the rest.
    medical
        Whether ambulance calls are wanted too.
    time_zone
        IANA name; None takes the country's, or local time by longitude.

    Raises
    ------
    ScenarioError
        If the file cannot be read as a whole, holds no roads, or the folder is in the way.
    """
    path, folder = Path(file), Path(out)
    options = options_for(path, name, population, time_zone, medical=medical)
    begin(path, folder, options)
    rules = map_rules()
    law = rules.country(country)
    return take_in(read_osm(path, rules, law), [path], folder, rules, law, options)
