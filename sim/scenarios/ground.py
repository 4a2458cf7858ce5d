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


@dataclass(frozen=True, slots=True)
class Box:
    """The map: least and greatest longitude and latitude of its nodes, with a margin, in degrees."""

    lon: tuple[float, float]
    lat: tuple[float, float]

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies on the map."""
        return _within(self.lon, lon) and _within(self.lat, lat)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The nodes of the whole network and of its usable part, and the box around them."""

    anywhere: Snapper
    usable: Snapper
    box: Box


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
        _check_on_map(draft)
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


def _check_on_map(draft: Draft) -> None:
    """Where the roads cannot be read, report at least what lies off the map of their nodes."""
    if draft.points is None:
        return
    box = Box(*map(_sides, draft.points))
    for table in (name for name in LOCATED if name in draft.tables):
        sheet = draft.tables[table].sheet
        lon, lat = numbers(sheet, "lon", []), numbers(sheet, "lat", [])
        for row in np.flatnonzero((np.abs(lon) <= 180) & (np.abs(lat) <= 90)).tolist():
            if not box.holds(float(lon[row]), float(lat[row])):
                column, message, values = _off_map(box, float(lon[row]), float(lat[row]))
                draft.problems.append(sheet.problem(row, column, message, **values))


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
    return Ground(Snapper.of(roads, usable.stretch), usable, Box(_sides(roads.lon), _sides(roads.lat)))


def _sides(degrees: Floats) -> tuple[float, float]:
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
        on_map = ground.box.holds(spot.lon, spot.lat)
        (draft.notes if table == "places" and on_map else draft.problems).append(problem)


def _verdict(ground: Ground, spot: Spot) -> tuple[str, str, dict[str, object]]:
    """Choose what to say of a point that is too far from a usable road: column, message, values."""
    km: dict[str, object] = {"km": round(spot.usable_m / 1000, 1)}
    if not ground.box.holds(spot.lon, spot.lat):
        return _off_map(ground.box, spot.lon, spot.lat)
    if spot.near_m > FAR_M:
        return "lon", "is {km} km away from the nearest road", km
    message = "cannot be reached: the road here is cut off from the rest; the nearest other is {km} km away"
    return "lon", message, km


def _off_map(box: Box, lon: float, lat: float) -> tuple[str, str, dict[str, object]]:
    if box.holds(lat, lon):
        return "lon", "is off the map: longitude and latitude seem to be swapped", {}
    column = "lat" if _within(box.lon, lon) else "lon"
    low, high = box.lon if column == "lon" else box.lat
    values: dict[str, object] = {"low": round(low, 2), "high": round(high, 2)}
    return column, "is off the map: the roads here call for {low} to {high}", values


def _within(limits: tuple[float, float], degrees: float) -> bool:
    return limits[0] <= degrees <= limits[1]
