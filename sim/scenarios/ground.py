"""Do stations, hospitals, sites and incidents stand on the map, beside roads that lead there and back?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.road_table import Cut, RoadTable, largest_strong_part
from sim.scenarios.cells import numbers
from sim.scenarios.drafts import Draft
from sim.scenarios.problems import Problem
from sim.scenarios.settle import Snapper

Floats = NDArray[np.float64]

FAR_M = 5_000.0
"""A station, hospital, site or incident further from any road than this is taken for a slip."""

DETOUR_M = 1_000.0
"""So much further may the nearest usable road be than the nearest road of all."""

MARGIN_DEGREES = 0.2
LOCATED = ("stations", "hospitals", "sites", "incidents", "places")
ROADS_FILE = "roads.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The nodes of the whole network and of its usable part; the box around them with a margin, degrees."""

    anywhere: Snapper
    usable: Snapper
    lon: tuple[float, float]
    lat: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in degrees, and how far it is from the nearest node of all and the nearest that can be used."""

    lon: float
    lat: float
    near_m: float
    usable_m: float


def check_ground(draft: Draft) -> None:
    """Report what stands off the map, far from roads, or beside roads that lead nowhere; note what is cut."""
    if draft.roads is None:
        return
    part, cut = largest_strong_part(draft.roads)
    if part.n_arcs == 0:
        draft.problems.append(
            Problem(ROADS_FILE, message_id="no two nodes can be driven between, there and back")
        )
        return
    if not part.access.any():
        message = "no node in use may be left for a site (access is no everywhere)"
        draft.problems.append(Problem("nodes.csv", message_id=message))
        return
    _note_cut(draft, cut)
    ground = _ground(draft.roads, part)
    for table in (name for name in LOCATED if name in draft.tables):
        _check_table(draft, table, ground)


def _note_cut(draft: Draft, cut: Cut) -> None:
    if cut.nodes:
        message = (
            "{nodes} nodes ({km} km of road, separate parts: {islands}) cannot be reached from the rest and "
            "back; they are left out"
        )
        values = {"nodes": cut.nodes, "km": round(cut.km, 1), "islands": cut.islands}
        draft.notes.append(Problem(ROADS_FILE, message_id=message, values=values))


def _ground(roads: RoadTable, part: RoadTable) -> Ground:
    usable = Snapper.of(part)
    return Ground(Snapper.of(roads, usable.stretch), usable, _box(roads.lon), _box(roads.lat))


def _box(degrees: Floats) -> tuple[float, float]:
    return float(degrees.min()) - MARGIN_DEGREES, float(degrees.max()) + MARGIN_DEGREES


def _check_table(draft: Draft, table: str, ground: Ground) -> None:
    sheet = draft.tables[table].sheet
    lon, lat = numbers(sheet, "lon", []), numbers(sheet, "lat", [])
    rows = np.flatnonzero((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    near, usable = (snap.nearest(lon[rows], lat[rows])[1] for snap in (ground.anywhere, ground.usable))
    suspects = (usable > FAR_M) | (usable > near + DETOUR_M)
    for at in np.flatnonzero(suspects).tolist():
        row = int(rows[at])
        spot = Spot(float(lon[row]), float(lat[row]), float(near[at]), float(usable[at]))
        column, message, values = _verdict(ground, spot)
        problem = sheet.problem(row, column, message, **values)
        (draft.notes if table == "places" and _on_map(ground, spot) else draft.problems).append(problem)


def _verdict(ground: Ground, spot: Spot) -> tuple[str, str, dict[str, object]]:
    """Choose what to say of a point that is too far from a usable road: column, message, values."""
    km: dict[str, object] = {"km": round(spot.usable_m / 1000, 1)}
    if not _on_map(ground, spot):
        return _off_map(ground, spot)
    if spot.near_m > FAR_M:
        return "lon", "is {km} km away from the nearest road", km
    message = "cannot be reached: the road here is cut off from the rest; the nearest other is {km} km away"
    return "lon", message, km


def _off_map(ground: Ground, spot: Spot) -> tuple[str, str, dict[str, object]]:
    if _within(ground.lon, spot.lat) and _within(ground.lat, spot.lon):
        return "lon", "is off the map: longitude and latitude seem to be swapped", {}
    column = "lat" if _within(ground.lon, spot.lon) else "lon"
    low, high = ground.lon if column == "lon" else ground.lat
    values: dict[str, object] = {"low": round(low, 2), "high": round(high, 2)}
    return column, "is off the map: the roads here call for {low} to {high}", values


def _on_map(ground: Ground, spot: Spot) -> bool:
    return _within(ground.lon, spot.lon) and _within(ground.lat, spot.lat)


def _within(limits: tuple[float, float], degrees: float) -> bool:
    return limits[0] <= degrees <= limits[1]
