"""Outlines on the map: how large they are, where their middle is, the course of a line written as text."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely  # type: ignore[import-untyped]

from sim.scenarios.importers.lines import EARTH

Floats = npt.NDArray[np.float64]

METRES_PER_DEGREE = 111_195.0


def middle_and_area(rings: Sequence[Floats]) -> tuple[float, float, float] | None:
    """Find the middle of what lines outline, or of the lines where they outline nothing.

    Parameters
    ----------
    rings
        Lines as arrays of longitude and latitude, shape (n, 2); several may make up one outline.

    Returns
    -------
    tuple or None
        Longitude, latitude, and area in square metres (0 for open lines); None where there is nothing.
    """
    lines = [shapely.LineString(ring) for ring in rings if len(ring) > 1]
    areas = shapely.get_parts(shapely.polygonize(lines)) if lines else []
    shape = shapely.union_all(areas) if len(areas) else shapely.union_all(lines)
    if shape.is_empty:
        return None
    area_m2 = abs(EARTH.geometry_area_perimeter(shape)[0]) if len(areas) else 0.0
    return float(shape.centroid.x), float(shape.centroid.y), float(area_m2)


def hull_km2(lon: Floats, lat: Floats) -> float:
    """Measure the land that points (degrees) span, in square kilometres; 0 for fewer than three."""
    if len(lon) < 3:
        return 0.0
    narrow = math.cos(math.radians(float(lat.mean())))
    hull = shapely.MultiPoint(np.column_stack([lon * narrow, lat])).convex_hull
    return float(hull.area) * (METRES_PER_DEGREE / 1000) ** 2


def course_of_text(text: str) -> Floats | None:
    """Read the points of a line written as WKT, shape (n, 2); None for anything else."""
    line = shapely.from_wkt(text, on_invalid="ignore")
    if line is None or line.geom_type != "LineString":
        return None
    return np.asarray(line.coords, np.float64)[:, :2]
