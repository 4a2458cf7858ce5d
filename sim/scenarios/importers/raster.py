"""Density rasters: where in the county the calls come from, read from a GeoTIFF as cells that hold weight."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.county import Cells
from sim.scenarios.problems import Problem, ScenarioError

Tags = dict[int, tuple[float, ...]]

WIDTH, HEIGHT, BITS, COMPRESSION = 256, 257, 258, 259
STRIP_OFFSETS, BANDS, STRIP_SIZES, PREDICTOR = 273, 277, 279, 317
TILE_WIDTH, SAMPLE_FORMAT, PIXEL_SCALE, TIE_POINT, GEO_KEYS, NO_DATA = 322, 339, 33550, 33922, 34735, 42113

FIELDS = {1: "B", 2: "c", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d"}
"""TIFF field types by number, as `struct` writes them (TIFF 6.0, section 2)."""
SAMPLES = {1: "u", 2: "i", 3: "f"}
PLAIN, DEFLATE, OLD_DEFLATE = 1, 8, 32946
GEOGRAPHIC_TYPE, WGS84, UNDEFINED = 2048, 4326, 32767


def read_density(path: Path) -> Cells:
    """Read the cells with weight above 0 from a GeoTIFF, plain or alone in a zip.

    Parameters
    ----------
    path
        ``.tif`` or ``.zip``; one band, strips, not compressed or deflated, longitude and latitude in WGS84.
        Cells below 0, not a number, or equal to the file's no-data value are left out.

    Returns
    -------
    Cells
        Cells from north-west to south-east, row by row.

    Raises
    ------
    ScenarioError
        If the file is not such a raster.
    """
    data = _tiff_bytes(path)
    try:
        order = {b"II": "<", b"MM": ">"}[data[:2]]
        tags = _tags(data, order)
        _check(path, tags)
        return _cells(tags, _grid(data, order, tags))
    except (KeyError, IndexError, struct.error, ValueError, zlib.error) as error:
        raise _refused(path, "is not a GeoTIFF that can be read, or it is damaged") from error


def _tiff_bytes(path: Path) -> bytes:
    if path.suffix.lower() != ".zip":
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith((".tif", ".tiff"))]
            if len(names) == 1:
                return archive.read(names[0])
    except zipfile.BadZipFile as error:
        raise _refused(path, "is not a zip archive, or it is damaged") from error
    raise _refused(path, "must hold exactly one .tif file, and holds {n}", n=len(names))


def _tags(data: bytes, order: str) -> Tags:
    """Read the first directory of a TIFF: tag number to its values."""
    magic, start = struct.unpack_from(order + "HI", data, 2)
    if magic != 42:
        raise ValueError(magic)
    (count,) = struct.unpack_from(order + "H", data, start)
    entries = (struct.unpack_from(order + "HHI", data, start + 2 + 12 * i) for i in range(count))
    return {
        tag: _values(data, order, kind, n, start + 10 + 12 * i)
        for i, (tag, kind, n) in enumerate(entries)
        if kind in FIELDS
    }


def _values(data: bytes, order: str, kind: int, n: int, at: int) -> tuple[float, ...]:
    if struct.calcsize(FIELDS[kind]) * n > 4:
        (at,) = struct.unpack_from(order + "I", data, at)
    if FIELDS[kind] == "c":
        return tuple(data[at : at + n])
    return struct.unpack_from(f"{order}{n}{FIELDS[kind]}", data, at)


def _check(path: Path, tags: Tags) -> None:
    """Refuse what a simple reader would misread."""
    if TILE_WIDTH in tags or tags.get(BANDS, (1,))[0] != 1:
        raise _refused(path, "must be stored in strips, with one band")
    if tags.get(COMPRESSION, (PLAIN,))[0] not in (PLAIN, DEFLATE, OLD_DEFLATE) or PREDICTOR in tags:
        raise _refused(path, "is compressed in a way that cannot be read; save it uncompressed")
    keys = tags.get(GEO_KEYS, ())
    systems = [keys[i + 3] for i in range(4, len(keys) - 3, 4) if keys[i] == GEOGRAPHIC_TYPE]
    if any(system not in (WGS84, UNDEFINED) for system in systems) or PIXEL_SCALE not in tags:
        raise _refused(path, "must give longitude and latitude in WGS84 (EPSG:4326)")


def _grid(data: bytes, order: str, tags: Tags) -> NDArray[np.float64]:
    """Put the strips together: rows from north to south."""
    width, height = int(tags[WIDTH][0]), int(tags[HEIGHT][0])
    form = SAMPLES[int(tags.get(SAMPLE_FORMAT, (1,))[0])]
    strips = (
        data[int(at) : int(at) + int(size)]
        for at, size in zip(tags[STRIP_OFFSETS], tags[STRIP_SIZES], strict=True)
    )
    packed = tags.get(COMPRESSION, (PLAIN,))[0] != PLAIN
    pixels = b"".join(zlib.decompress(strip) if packed else strip for strip in strips)
    values = np.frombuffer(pixels, np.dtype(f"{order}{form}{int(tags[BITS][0]) // 8}"))
    return values.reshape(height, width).astype(np.float64)


def _cells(tags: Tags, grid: NDArray[np.float64]) -> Cells:
    size_lon, size_lat = map(float, tags[PIXEL_SCALE][:2])
    column0, row0, _, west, north = map(float, tags[TIE_POINT][:5])
    filled = grid > 0
    if NO_DATA in tags:
        filled &= grid != float(bytes(int(c) for c in tags[NO_DATA]).strip(b"\0 "))
    row, column = np.nonzero(filled)
    return Cells(
        lon=np.asarray(west + (column - column0 + 0.5) * size_lon, dtype=np.float64),
        lat=np.asarray(north - (row - row0 + 0.5) * size_lat, dtype=np.float64),
        weight=grid[row, column],
        size_lon=size_lon,
        size_lat=size_lat,
    )


def _refused(path: Path, message: str, **values: object) -> ScenarioError:
    return ScenarioError([Problem(path.name, message_id=message, values=values)])
