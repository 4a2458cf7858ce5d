"""What a scenario's inputs are, told by their content: the same files give the same text on every machine."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sim.scenarios.drafts import FILE_ORDER, ROAD_FILES
from sim.scenarios.planfiles import FOLDERS, files_in
from sim.scenarios.problems import Problem
from sim.scenarios.rows import raster_name
from sim.scenarios.tables import read_sheet

PROSE = "SOURCES.md"


def scenario_hash(folder: Path) -> tuple[str, dict[str, str]]:
    """Hash a scenario folder's files.

    Parameters
    ----------
    folder
        The scenario folder.

    Returns
    -------
    tuple
        One SHA-256 over names and contents of all files that bear on a run, and the SHA-256 of each file by
        name. ``SOURCES.md`` is among the files but does not bear on the whole: it is prose.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    files = {name: _digest(folder / name) for name in input_files(folder)}
    whole = hashlib.sha256()
    for name, digest in files.items():
        if name != PROSE:
            whole.update(f"{name}\0{digest}\n".encode())
    return whole.hexdigest(), files


def input_files(folder: Path) -> list[str]:
    """Name the files of a scenario folder that belong to the scenario, in alphabetical order."""
    named = [*FILE_ORDER, *ROAD_FILES, PROSE, *_rasters(folder / "demand.csv")]
    nested = [path.relative_to(folder).as_posix() for name in FOLDERS for path in files_in(folder, name)]
    return sorted({*(name for name in named if (folder / name).is_file()), *nested})


def _rasters(demand: Path) -> list[str]:
    """Name the raster files that the demand speaks of."""
    problems: list[Problem] = []
    sheet = read_sheet(demand, ["where"], [], problems) if demand.is_file() else None
    names = [raster_name(text) for text in sheet.columns.get("where", [])] if sheet else []
    return [name for name in names if name and Path(name).name == name]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
