"""A tiny JEMSS city, written as JEMSS lays its cities out, for the importer's tests."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np

AMBULANCES = "ambulances,,\nindex,stationIndex,class\n1,1,1\n2,2,1\n"
STATIONS = (
    "stations,,,,from a map\nindex,x,y,capacity,NAME\n1,174.70,-36.80,2,North\n"
    '2,174.72,-36.82,2,"South, Old"\n'
)
HOSPITALS = "hospitals,,,\nindex,x,y,name\n1,174.71,-36.81,General\n"
TRAVEL = (
    'travelModes,,\ntravelModeIndex,offRoadSpeed,note\n1,1128,"= 47*24"\n2,792,"= 33*24"\n,,\n'
    "travelSets,,\ntravelSetIndex,priority,travelModeIndex\n1,highPriority,1\n1,medPriority,1\n1,lowPriority,2\n"
    ",,\ntravelSetsTiming,,\nstartTime,travelSetIndex,\n0,1,\n"
)
PRIORITIES = (
    "priorities,,,\npriority,name,targetResponseTime,note\n1,highPriority,0.005555556,= 8/60/24\n"
    "2,medPriority,0.005555556,\n3,lowPriority,20/60/24,\n"
)
LOWER_TO_HIGH = (
    "miscData,,\nallowRedispatch,,\n1,,\n,,\nredispatchConditions,,\n"
    "fromCallPriority,toCallPriority,allowRedispatch\nlowPriority,highPriority,1\nmedPriority,highPriority,1\n"
    "lowPriority,medPriority,0\n"
)
OFF = LOWER_TO_HIGH.replace("allowRedispatch,,\n1,,", "allowRedispatch,,\n0,,")
CALL_LAWS = """<?xml version="1.0" encoding="UTF-8"?>
<genConfig><sim>
  <callDistributions>
    <interarrivalTime seed="1">Exponential(1/280)</interarrivalTime>
    <priority>Categorical([0.5, 1/4, 0.25])</priority>
    <dispatchDelay>Normal(50/60/60/24, 0)</dispatchDelay>
    <onSceneDuration>Exponential(12/60/24)</onSceneDuration>
    <transport>Bernoulli(0.8)</transport>
    <handoverDuration>Exponential(15/60/24)</handoverDuration>
  </callDistributions>
  <callDensityRaster><filename>$jemssDir/data/cities/tiny/data/people.tif</filename></callDensityRaster>
</sim></genConfig>
"""
NODES = (
    "nodes,,,\nindex,x,y,offRoadAccess\n1.0,174.70,-36.80,1.0\n2.0,174.71,-36.80,0.0\n3.0,174.71,-36.81,1.0\n"
    "4.0,174.72,-36.82,1.0\n5.0,174.90,-36.90,1.0\n,\n"
)
ARCS = (
    "miscData,,,\narcForm,numModes,\nundirected,2\n,\narcs,,,\nindex,fromNode,toNode,distance,mode_1,mode_2,\n"
    "1,1,2,0.9,0.0008,0.0011\n2,2,3,1.1,0.0010,0.0014\n3,3,4,1.5,0.0007,0.0010\n,\n"
)
CONFIG = """<simConfig><inputPath>$jemssDir/data/cities/tiny/models/1</inputPath><simFiles>
  <redispatch>misc/redispatch/lower_to_high.csv</redispatch>
</simFiles></simConfig>
"""
CALLS = (
    "index,priority,x,y,arrivalTime,dispatchDelay,onSceneDuration,transport,hospitalIndex,handoverDuration,"
    "responseDuration\n1,1,174.701,-36.801,0.25,0.0005,0.01,1,-1,0.005,0.004\n"
    "2,3,174.719,-36.819,0.5,0.0005,0.01,0,-1,0.0,0.004\n3,2,174.711,-36.809,1.5,0.0005,0.01,1,1,0.005,0.004\n"
)
FILES = {
    "models/1/ambulances/ambulances_1.csv": AMBULANCES,
    "models/1/stations/stations_1.csv": STATIONS,
    "models/1/hospitals/hospitals_1.csv": HOSPITALS,
    "models/1/travel/travel/travel_1.csv": TRAVEL,
    "models/1/misc/call priorities/priorities_1.csv": PRIORITIES,
    "models/1/misc/redispatch/lower_to_high.csv": LOWER_TO_HIGH,
    "models/1/misc/redispatch/off.csv": OFF,
    "models/1/calls/single/gen_config.xml": CALL_LAWS,
    "models/1/maps/map_1.csv": "map,1\nxMin,xMax\n174,175\n",
    "example/sim_config.xml": CONFIG,
}
PEOPLE = [[0.0, 500.0, -9999.0], [250.0, 0.0, 1000.0]]
PIXEL = (0.01, 0.02)
CORNER = (174.70, -36.80)


def write_city(folder: Path) -> Path:
    """Write the whole city, roads and raster in zips as JEMSS's cities have them."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_roads(folder, NODES, ARCS)
    (folder / "data").mkdir()
    with zipfile.ZipFile(folder / "data" / "people.zip", "w") as archive:
        archive.writestr("people.tif", geotiff(PEOPLE))
    return folder


def write_roads(folder: Path, nodes: str, arcs: str) -> None:
    """Write the roads into the city's roads.zip."""
    home = folder / "models/1/travel/roads"
    home.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(home / "roads.zip", "w") as archive:
        archive.writestr("arcs.csv", arcs)
        archive.writestr("nodes.csv", nodes)


def write_calls(path: Path, text: str = CALLS) -> Path:
    """Write a file of calls, packed if it is called so."""
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def geotiff(
    rows: list[list[float]], compression: int = 1, system: int = 4326, extra: tuple[int, ...] = ()
) -> bytes:
    """Make a GeoTIFF of 64-bit floats, one strip a row, as GDAL writes small ones."""
    grid = np.array(rows, dtype="<f8")
    height, width = grid.shape
    strips = [row.tobytes() for row in grid]
    keys = struct.pack("<8H", 1, 1, 0, 1, 2048, 0, 1, system)
    tie = struct.pack("<6d", 0, 0, 0, *CORNER, 0)
    scale = struct.pack("<3d", *PIXEL, 0)
    shorts = {256: width, 257: height, 258: 64, 259: compression, 277: 1, 339: 3, **dict.fromkeys(extra, 1)}
    count = len(shorts) + 5
    start = 8 + 2 + 12 * count + 4
    blobs = {33550: (12, 3, scale), 33922: (12, 6, tie), 34735: (3, 8, keys)}
    offsets = struct.pack(f"<{height}I", *(start + 120 + 8 * height + i * width * 8 for i in range(height)))
    sizes = struct.pack(f"<{height}I", *[width * 8] * height)
    blobs |= {273: (4, height, offsets), 279: (4, height, sizes)}
    entries, tail = [], b""
    for tag, value in shorts.items():
        entries.append((tag, struct.pack("<HHIHH", tag, 3, 1, value, 0)))
    for tag, (kind, n, data) in blobs.items():
        if len(data) <= 4:
            entries.append((tag, struct.pack("<HHI", tag, kind, n) + data.ljust(4, b"\0")))
        else:
            entries.append((tag, struct.pack("<HHII", tag, kind, n, start + len(tail))))
            tail += data
    body = b"".join(entry for _, entry in sorted(entries))
    head = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", count) + body + struct.pack("<I", 0)
    return head + tail.ljust(120 + 8 * height, b"\0") + b"".join(strips)
