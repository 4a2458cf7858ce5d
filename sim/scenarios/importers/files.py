"""Looking at a map file first: is it there, is it named as it should be, does it lie on the map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyproj

from sim.scenarios.problems import Problem, ScenarioError

Floats = npt.NDArray[np.float64]


def check_file(path: Path, suffixes: Sequence[str], form: str) -> None:
    """Refuse what is not there, is no file, or is not named as its form is.

    Parameters
    ----------
    path
        The file.
    suffixes
        Ends of its name that are understood.
    form
        What the form is called ("OpenStreetMap").

    Raises
    ------
    ScenarioError
        If so.
    """
    if not path.is_file():
        message = "is a folder, not a file" if path.is_dir() else "is not there"
        raise ScenarioError([Problem(str(path), message_id=message)])
    if not path.name.lower().endswith(tuple(suffixes)):
        message = "is not named like {form}; these are read: {suffixes}"
        values = {"form": form, "suffixes": ", ".join(suffixes)}
        raise ScenarioError([Problem(path.name, message_id=message, values=values)])


def check_on_map(file: str, lon: Floats, lat: Floats) -> None:
    """Refuse positions that are not longitude and latitude in degrees.

    Raises
    ------
    ScenarioError
        If any lies off the map.
    """
    off = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if len(off):
        message = "{count} positions are off the map, the first at {lon}, {lat}; WGS84 degrees are due"
        values = {"count": len(off), "lon": float(lon[off[0]]), "lat": float(lat[off[0]])}
        raise ScenarioError([Problem(file, message_id=message, values=values)])


def to_degrees(file: str, crs: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Turn coordinates of another system into WGS84 longitude and latitude.

    Raises
    ------
    ScenarioError
        If nobody knows the coordinate system.
    """
    try:
        change = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.CRSError as error:
        message = "is not a coordinate system anybody knows"
        raise ScenarioError([Problem(file, None, None, "crs", crs, message)]) from error
    lon, lat = change.transform(x, y)
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)
