"""What a JEMSS city says, in our units: roads, who stands where, how calls come and how long they take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.scenarios.importers.jemss_files import (
    PRIORITIES,
    UNNAMED,
    CityFiles,
    Law,
    Source,
    Table,
    raster_path,
    read_call_laws,
    read_tables,
    refused,
    table_named,
)
from sim.scenarios.problems import Problem, ScenarioError

DAY_S = 86400.0
LONGEST_CODE = 40
M_A_DEGREE = 111_320.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class CityRoads:
    """The road network: nodes (degrees) and one-way arcs with their seconds for each way of driving."""

    node: tuple[int, ...]
    lon: Floats
    lat: Floats
    access: NDArray[np.bool_]
    tail: Ints
    head: Ints
    length_m: Floats
    times_s: Floats


@dataclass(frozen=True, slots=True)
class Spot:
    """A station or a hospital: JEMSS's number for it, its name, and where it is."""

    index: int
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class CityPriority:
    """A priority: JEMSS's number (1 is the most urgent), our code, the target, and how responses travel."""

    index: int
    code: str
    target_s: float
    mode: int


@dataclass(frozen=True, slots=True)
class CallPattern:
    """How calls come: mean calls a day by priority, delays and durations as drawn, the raster's place."""

    per_day: tuple[float, ...]
    dispatch_delay: Law
    on_scene: Law
    handover: Law
    transport_p: float
    raster: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class CityCalls:
    """Calls as given: one value each, times in seconds; `hospital` is JEMSS's number, -1 for the nearest."""

    priority: Ints
    lon: Floats
    lat: Floats
    time_s: Floats
    dispatch_delay_s: Floats
    on_scene_s: Floats
    transport: NDArray[np.bool_]
    hospital: Ints
    handover_s: Floats
    table: Table

    def first(self, n: int) -> CityCalls:
        """Give the first so many of the calls."""
        columns = (field.name for field in fields(self) if field.name != "table")
        return replace(self, **{name: getattr(self, name)[:n] for name in columns})


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A JEMSS city. Travel modes count from 0; `quiet_mode` is that of low priority and all other trips."""

    files: CityFiles
    code: str
    name: str
    roads: CityRoads
    off_road_kph: tuple[float, ...]
    quiet_mode: int
    stations: tuple[Spot, ...]
    hospitals: tuple[Spot, ...]
    ambulances: tuple[int, ...]
    priorities: tuple[CityPriority, ...]
    redirect: tuple[tuple[str, str], ...]
    calls: CallPattern
    assumptions: tuple[str, ...]


def read_city(files: CityFiles) -> City:
    """Read one model of a city.

    Parameters
    ----------
    files
        Where its files stand.

    Raises
    ------
    ScenarioError
        If a file, table, column or cell is missing or wrong.
    """
    stations = _spots(files, "stations")
    modes, off_road_kph, assumptions = _travel(files)
    roads = _roads(files, len(off_road_kph))
    return City(
        files=files,
        code=re.sub(r"[^\w-]+", "-", files.city).strip("-_").lower()[:LONGEST_CODE] or "city",
        name=re.sub(r"[_-]+", " ", files.city).strip().title(),
        roads=roads,
        off_road_kph=off_road_kph,
        quiet_mode=modes["low"],
        stations=stations,
        hospitals=_spots(files, "hospitals"),
        ambulances=_ambulances(files, len(stations)),
        priorities=_priorities(files, modes),
        redirect=_redirect(files),
        calls=_call_pattern(files),
        assumptions=assumptions,
    )


def _spots(files: CityFiles, kind: str) -> tuple[Spot, ...]:
    table = table_named(files.tables(kind), kind, files.path(kind).name)
    _numbered_from_one(table)
    names = table.columns.get("NAME") or table.columns.get("name") or [""] * len(table.lines)
    rows = zip(table.whole("index"), names, table.numbers("x"), table.numbers("y"), strict=True)
    return tuple(Spot(*row) for row in rows)


def _ambulances(files: CityFiles, n_stations: int) -> tuple[int, ...]:
    """Give the station of each ambulance, counted from 0."""
    table = table_named(files.tables("ambulances"), "ambulances", files.path("ambulances").name)
    _numbered_from_one(table)
    stations = table.whole("stationIndex")
    wrong = [row for row, station in enumerate(stations) if not 1 <= station <= n_stations]
    if wrong:
        message = "is not a station; there are {n}"
        raise ScenarioError(table.problem(row, "stationIndex", message, n=n_stations) for row in wrong)
    return tuple(station - 1 for station in stations)


def _numbered_from_one(table: Table) -> None:
    """Insist, as JEMSS does, that rows are numbered 1, 2, 3, …"""
    numbers = table.whole("index")
    for row, number in enumerate(numbers):
        if number != row + 1:
            raise ScenarioError([table.problem(row, "index", "must be {due}", due=row + 1)])


def _travel(files: CityFiles) -> tuple[dict[str, int], tuple[float, ...], tuple[str, ...]]:
    """Read travel modes: the mode of each priority, off-road speeds, and what had to be assumed."""
    name, tables = files.path("travel").name, files.tables("travel")
    speeds = table_named(tables, "travelModes", name).numbers("offRoadSpeed")
    sets = table_named(tables, "travelSets", name)
    first = sets.whole("travelSetIndex")[0]
    rows = zip(
        sets.whole("travelSetIndex"), sets.texts("priority"), sets.whole("travelModeIndex"), strict=True
    )
    modes = {
        _known_priority(sets, i, text): mode - 1 for i, (at, text, mode) in enumerate(rows) if at == first
    }
    missing = [code for code in PRIORITIES.values() if code not in modes]
    if missing or not all(0 <= mode < len(speeds) for mode in modes.values()):
        raise refused(name, "must give every priority one of its travel modes")
    timing = tables.get("travelSetsTiming")
    changing = ("Travel times change by time of day in JEMSS; the first travel set is used throughout.",)
    return modes, tuple(speed / 24 for speed in speeds), changing if timing and len(timing.lines) > 1 else ()


def _known_priority(table: Table, row: int, name: str, column: str = "priority") -> str:
    if name not in PRIORITIES:
        known = ", ".join(PRIORITIES)
        raise ScenarioError([table.problem(row, column, "is not a priority; JEMSS has {known}", known=known)])
    return PRIORITIES[name]


def _priorities(files: CityFiles, modes: Mapping[str, int]) -> tuple[CityPriority, ...]:
    table = table_named(files.tables("priorities"), "priorities", files.path("priorities").name)
    target = "targetResponseDuration" if "targetResponseDuration" in table.columns else "targetResponseTime"
    travels = table.columns.get("responseTravelPriority") or table.texts("name")
    rows = zip(table.whole("priority"), table.texts("name"), table.numbers(target), travels, strict=True)
    return tuple(
        CityPriority(
            index,
            _known_priority(table, i, name, "name"),
            round(days * DAY_S, 1),
            modes[_known_priority(table, i, like)],
        )
        for i, (index, name, days, like) in enumerate(rows)
    )


def _redirect(files: CityFiles) -> tuple[tuple[str, str], ...]:
    """Read which calls give up their ambulance to which; nothing where redispatch is off or absent."""
    path = files.found.get("redispatch")
    if path is None:
        return ()
    source = files.source(path)
    tables = read_tables(source)
    if not table_named(tables, "miscData", source.name).whole("allowRedispatch")[0]:
        return ()
    table = table_named(tables, "redispatchConditions", source.name)
    rows = zip(
        table.texts("fromCallPriority"),
        table.texts("toCallPriority"),
        table.whole("allowRedispatch"),
        strict=True,
    )
    return tuple(
        (_known_priority(table, i, a, "fromCallPriority"), _known_priority(table, i, b, "toCallPriority"))
        for i, (a, b, allowed) in enumerate(rows)
        if allowed
    )


def _call_pattern(files: CityFiles) -> CallPattern:
    source = files.source(files.path("callGenConfig"))
    config = read_call_laws(source)
    needed = (
        "interarrivalTime",
        "priority",
        "dispatchDelay",
        "onSceneDuration",
        "transport",
        "handoverDuration",
    )
    missing = [name for name in needed if name not in config.laws]
    if missing:
        raise refused(source.name, "does not say how these are drawn: {names}", names=", ".join(missing))
    gap, mix = config.laws["interarrivalTime"], config.laws["priority"]
    transport = config.laws["transport"]
    if (gap.name, mix.name, transport.name) != ("Exponential", "Categorical", "Bernoulli"):
        message = (
            "must draw interarrivalTime from Exponential, priority from Categorical, transport from Bernoulli"
        )
        raise refused(source.name, message)
    return CallPattern(
        per_day=tuple(share / gap.parameters[0] for share in mix.parameters),
        dispatch_delay=config.laws["dispatchDelay"],
        on_scene=config.laws["onSceneDuration"],
        handover=config.laws["handoverDuration"],
        transport_p=transport.parameters[0],
        raster=raster_path(config.raster, files),
    )


def _roads(files: CityFiles, n_modes: int) -> CityRoads:
    nodes = table_named(files.tables("nodes"), "nodes", files.path("nodes").name)
    tables = files.tables("arcs")
    arcs = table_named(tables, "arcs", files.path("arcs").name)
    _numbered_from_one(nodes)
    ids = nodes.whole("index")
    tail, head = (_node_column(arcs, column, len(ids)) for column in ("fromNode", "toNode"))
    times = np.array([arcs.numbers(f"mode_{mode + 1}") for mode in range(n_modes)]) * DAY_S
    lon, lat = np.array(nodes.numbers("x")), np.array(nodes.numbers("y"))
    length = _lengths_m(arcs, lon, lat, tail, head)
    if table_named(tables, "miscData", arcs.file).texts("arcForm")[0] == "undirected":
        tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
        times, length = np.tile(times, 2), np.tile(length, 2)
    return CityRoads(
        node=tuple(ids),
        lon=lon,
        lat=lat,
        access=_access(nodes),
        tail=tail,
        head=head,
        length_m=length,
        times_s=times,
    )


def _lengths_m(arcs: Table, lon: Floats, lat: Floats, tail: Ints, head: Ints) -> Floats:
    """Give the lengths of arcs, in metres: as given, or else as the crow flies."""
    if "distance" in arcs.columns:
        return np.array(arcs.numbers("distance")) * 1000
    east = (lon[head] - lon[tail]) * np.cos(np.radians(np.mean(lat)))
    return np.asarray(np.hypot(east, lat[head] - lat[tail]) * M_A_DEGREE)


def _node_column(arcs: Table, column: str, n_nodes: int) -> Ints:
    """Give a column of node numbers, counted from 0."""
    numbers = np.array(arcs.whole(column), dtype=np.int32) - 1
    wrong = np.flatnonzero((numbers < 0) | (numbers >= n_nodes))
    if len(wrong):
        message = "is not a node; there are {n}"
        raise ScenarioError(arcs.problem(int(row), column, message, n=n_nodes) for row in wrong)
    return numbers


def _access(nodes: Table) -> NDArray[np.bool_]:
    if "offRoadAccess" not in nodes.columns:
        return np.ones(len(nodes.lines), dtype=bool)
    return np.array(nodes.numbers("offRoadAccess"), dtype=bool)


def read_calls(source: Source, n_hospitals: int) -> CityCalls:
    """Read calls in the form of JEMSS's calls and results files; results in further columns are left alone.

    Raises
    ------
    ScenarioError
        If a table, column or cell is missing or wrong.
    """
    tables = read_tables(source)
    table = table_named(tables, UNNAMED if UNNAMED in tables else "calls", source.name)
    transport, handover = (
        _renamed(table, "transport", "transfer"),
        _renamed(table, "handoverDuration", "transferDuration"),
    )
    calls = CityCalls(
        priority=np.array(table.whole("priority"), dtype=np.int32),
        lon=np.array(table.numbers("x")),
        lat=np.array(table.numbers("y")),
        time_s=np.array(table.numbers("arrivalTime")) * DAY_S,
        dispatch_delay_s=np.array(table.numbers("dispatchDelay")) * DAY_S,
        on_scene_s=np.array(table.numbers("onSceneDuration")) * DAY_S,
        transport=np.array(table.numbers(transport)) != 0,
        hospital=np.array(table.whole("hospitalIndex"), dtype=np.int32),
        handover_s=np.array(table.numbers(handover)) * DAY_S,
        table=table,
    )
    _check_calls(calls, n_hospitals)
    return calls


def _renamed(table: Table, now: str, before: str) -> str:
    """Give the name a column has in this file: older JEMSS versions called it otherwise."""
    return before if now not in table.columns and before in table.columns else now


def _check_calls(calls: CityCalls, n_hospitals: int) -> None:
    problems: list[Problem] = []
    checks: Sequence[tuple[str, NDArray[np.bool_], str]] = (
        ("priority", (calls.priority < 1) | (calls.priority > len(PRIORITIES)), "must be 1, 2 or 3"),
        ("arrivalTime", np.diff(calls.time_s, prepend=0.0) < 0, "must not be before the call above (or 0)"),
        ("dispatchDelay", calls.dispatch_delay_s < 0, "must not be negative"),
        ("onSceneDuration", calls.on_scene_s < 0, "must not be negative"),
        (
            "hospitalIndex",
            (calls.hospital == 0) | (calls.hospital < -1) | (calls.hospital > n_hospitals),
            "is not a hospital",
        ),
    )
    for column, wrong, message in checks:
        problems.extend(calls.table.problem(int(row), column, message) for row in np.flatnonzero(wrong))
    if problems:
        raise ScenarioError(problems)
