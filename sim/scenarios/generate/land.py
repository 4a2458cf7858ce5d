"""The land of a made-up county: its outline, its hills, and how the drawing plan bends into a map.

Everything is first laid out on a plan, in metres, on which the river is the straight line x = 0 and the
county seat lies at the origin. `to_map` then bends the plan smoothly, so that river and roads wind and still
never cross where they did not cross on the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EARTH_M = 6_371_008.8
"""Mean radius of the earth, metres (IUGG)."""

DEGREE_M = EARTH_M * np.pi / 180.0
BANK_M = 110.0
"""Half the width of the river with its banks: nothing but bridges stands nearer to x = 0."""

BENDS = ((9000.0, 0.16), (5200.0, 0.18), (2600.0, 0.17), (1300.0, 0.15), (700.0, 0.12))
"""Winding of the land: wavelength in metres and how strongly it turns a line (root mean square slope)."""

WAVES_PER_BEND = 7


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """A sum of plane waves, ``sum(size * sin(kx x + ky y + phase))``."""

    kx: Floats
    ky: Floats
    phase: Floats
    size: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """Give the sum at points in metres."""
        total = np.zeros_like(x)
        for kx, ky, phase, size in zip(self.kx, self.ky, self.phase, self.size, strict=True):
            total += size * np.sin(kx * x + ky * y + phase)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """A county's land; lengths in metres on the plan, angles in radians.

    `radius_m` is the mean distance from the origin to the edge; `outline` holds (amplitude, phase) of the
    outline's second and higher harmonics; `meander` (amplitude, wavelength, phase) of the river's bends;
    `calm_m` is the radius about the origin that is hardly bent (the county seat's streets); `turn` rotates
    the plan; `lon`, `lat` place its origin.
    """

    radius_m: float
    outline: Floats
    meander: Floats
    bend_x: Waves
    bend_y: Waves
    hills: Waves
    calm_m: float
    turn: float
    lon: float
    lat: float


def make_land(
    area_km2: float, calm_m: float, lon: float, lat: float, turn: float | None, chance: np.random.Generator
) -> Land:
    """Draw the land of a county of so many square kilometres around a point; `turn` None draws it too."""
    harmonics = np.arange(2, 7)
    outline = np.column_stack(
        [chance.normal(0, 0.16, 5) / (harmonics - 0.6), chance.uniform(0, 2 * np.pi, 5)]
    )
    swell = 1.0 + float(np.sum(outline[:, 0] ** 2)) / 2.0
    meander = np.column_stack([[1500.0, 550.0], [13_500.0, 6_100.0], chance.uniform(0, 2 * np.pi, 2)])
    return Land(
        radius_m=float(np.sqrt(area_km2 * 1e6 / np.pi / swell)),
        outline=outline,
        meander=meander,
        bend_x=_bends(chance),
        bend_y=_bends(chance),
        hills=_waves(chance, 12_000.0, 10, 0.35),
        calm_m=calm_m,
        turn=float(chance.uniform(-0.6, 0.6)) if turn is None else turn,
        lon=lon,
        lat=lat,
    )


def edge_m(land: Land, angle: Floats) -> Floats:
    """Give the distance from the origin to the county's edge in directions (radians from the x axis)."""
    orders = np.arange(2, 2 + len(land.outline))
    shape = 1.0 + np.sum(
        land.outline[:, 0] * np.cos(orders * np.asarray(angle)[..., None] + land.outline[:, 1]), axis=-1
    )
    return np.asarray(land.radius_m * shape, dtype=np.float64)


def inside(land: Land, x: Floats, y: Floats, margin_m: float = 0.0) -> Bools:
    """Tell which points of the plan lie inside the county, at least `margin_m` from its edge."""
    return np.asarray(np.hypot(x, y) < edge_m(land, np.arctan2(y, x)) - margin_m, dtype=np.bool_)


def height(land: Land, x: Floats, y: Floats) -> Floats:
    """Give the height of the land from 0 (valley floor) to 1 (ridge); the river runs in a valley."""
    hilly = 1.0 / (1.0 + np.exp(-2.4 * land.hills.at(x, y)))
    valley = 1.0 - np.exp(-((x / 3800.0) ** 2))
    basin = 1.0 - np.exp(-((np.hypot(x, y) / (1.6 * land.calm_m)) ** 2))
    return np.asarray(hilly * (0.35 + 0.65 * valley) * (0.2 + 0.8 * basin), dtype=np.float64)


def to_map(land: Land, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Bend points of the plan (metres) into longitudes and latitudes (WGS84 degrees, six decimals)."""
    x, y = _bent(land, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    east = x * np.cos(land.turn) - y * np.sin(land.turn)
    north = x * np.sin(land.turn) + y * np.cos(land.turn)
    lat = land.lat + north / DEGREE_M
    lon = land.lon + east / (DEGREE_M * np.cos(np.radians(land.lat)))
    return np.round(lon, 6), np.round(lat, 6)


def distance_m(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Give great-circle distances in metres between points in degrees (haversine)."""
    a, b = np.radians(lat_a), np.radians(lat_b)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(h)), dtype=np.float64)


def _bent(land: Land, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    wild = 1.0 - np.exp(-((np.hypot(x, y) / land.calm_m) ** 4))
    shift = np.zeros_like(y)
    for size, length, phase in land.meander:
        shift += size * np.sin(2 * np.pi * y / length + phase)
    shift *= (1.0 - np.exp(-((y / (1.3 * land.calm_m)) ** 4))) * np.exp(-((x / 8000.0) ** 2))
    return x + shift + wild * land.bend_x.at(x, y), y + wild * land.bend_y.at(x, y)


def _bends(chance: np.random.Generator) -> Waves:
    parts = [_waves(chance, length, WAVES_PER_BEND, slope) for length, slope in BENDS]
    return Waves(
        kx=np.concatenate([part.kx for part in parts]),
        ky=np.concatenate([part.ky for part in parts]),
        phase=np.concatenate([part.phase for part in parts]),
        size=np.concatenate([part.size / np.hypot(part.kx, part.ky) for part in parts]),
    )


def _waves(chance: np.random.Generator, length_m: float, count: int, rms: float) -> Waves:
    k = 2 * np.pi / (length_m * chance.uniform(0.75, 1.35, count))
    way = chance.uniform(0, 2 * np.pi, count)
    size = np.full(count, rms * np.sqrt(2.0 / count))
    return Waves(k * np.cos(way), k * np.sin(way), chance.uniform(0, 2 * np.pi, count), size)
