"""A JEMSS city said as a scenario: settings, tables, roads and density in our own words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.county import Cells
from sim.road_table import Cut, RoadTable, road_table
from sim.scenarios.importers.jemss_city import DAY_S, City, CityCalls, CityRoads, Spot
from sim.scenarios.importers.jemss_files import Law, refused
from sim.scenarios.model import FORMAT, Settings
from sim.scenarios.rows import (
    DemandRow,
    HospitalRow,
    IncidentRow,
    PlaceRow,
    RunCardRow,
    StationRow,
    UnitRow,
)
from sim.scenarios.scenario import Scenario

CELLS_FILE = "density.csv"
KIND = "call"
LIGHTS, ORDINARY = "lights", "ordinary"
FAST_ROAD_KPH = 60.0
"""An arc driven at least this fast without lights and siren is taken for a motorway."""
DAYS_A_YEAR = 365.0
KM_A_DEGREE = 111.32

PRIORITY_NAMES = {
    "high": {"zh": "紧急", "en": "High priority"},
    "medium": {"zh": "较急", "en": "Medium priority"},
    "low": {"zh": "一般", "en": "Low priority"},
}


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What goes into the scenario: the city, its connected roads, calls given, density."""

    city: City
    roads: RoadTable
    cut: Cut
    calls: CityCalls | None
    density: Cells | None

    @property
    def people(self) -> int:
        """People in the raster, whose values are people a square kilometre; 0 where there is none."""
        return 0 if self.density is None else round(float(np.sum(self.density.weight)) * self.cell_km2)

    @property
    def cell_km2(self) -> float:
        """Area of a cell of the raster."""
        if self.density is None:
            return 0.0
        east = math.cos(math.radians(float(np.mean(self.density.lat)))) * KM_A_DEGREE
        return self.density.size_lon * east * self.density.size_lat * KM_A_DEGREE


def city_roads(city: City) -> RoadTable:
    """Give the city's roads as a table, with the seconds of each profile."""
    roads: CityRoads = city.roads
    with np.errstate(divide="ignore", invalid="ignore"):
        kph = roads.length_m / roads.times_s[city.quiet_mode] * 3.6
    return road_table(
        [str(node) for node in roads.node],
        roads.lon,
        roads.lat,
        roads.tail,
        roads.head,
        roads.length_m,
        ("street", "motorway"),
        kph >= FAST_ROAD_KPH,
        access=roads.access,
        times_s=np.round(roads.times_s[[_mode(city, profile) for profile in _profiles(city)]], 6),
    )


def _emergency_mode(city: City) -> int | None:
    """Give the travel mode of calls that are not driven to as usual; None where there is none.

    Raises
    ------
    ScenarioError
        If there are several: a vehicle has one way of driving in an emergency.
    """
    modes = sorted({priority.mode for priority in city.priorities} - {city.quiet_mode})
    if len(modes) > 1:
        message = "gives priorities more than two travel modes; at most two can be taken over"
        raise refused(city.files.path("travel").name, message)
    return modes[0] if modes else None


def _profiles(city: City) -> tuple[str, ...]:
    return (ORDINARY,) if _emergency_mode(city) is None else (LIGHTS, ORDINARY)


def _mode(city: City, profile: str) -> int:
    lights = _emergency_mode(city)
    return city.quiet_mode if profile == ORDINARY or lights is None else lights


def scenario_of(taken: Taken) -> Scenario:
    """Say the city as a scenario."""
    city = taken.city
    return Scenario(
        settings=Settings.model_validate(_settings(city)),
        places=(_place(taken),),
        stations=tuple(_station(city, spot) for spot in city.stations),
        hospitals=tuple(
            HospitalRow(code=f"h{s.index}", name_en=s.name, lon=s.lon, lat=s.lat) for s in city.hospitals
        ),
        units=tuple(_unit(number, station) for number, station in enumerate(city.ambulances, start=1)),
        run_cards=(RunCardRow(kind=KIND, grade=1, capability="ambulance", count=1),),
        demand=tuple(_demand(taken)),
        incidents=None if taken.calls is None else tuple(_incidents(city, taken.calls)),
        rasters={} if taken.density is None else {CELLS_FILE: _rounded(taken.density)},
        roads=taken.roads,
    )


def _settings(city: City) -> dict[str, Any]:
    """Say what scenario.yaml says."""
    profiles = {p: {"off_road_kph": round(city.off_road_kph[_mode(city, p)], 6)} for p in _profiles(city)}
    name = {"zh": "救护车", "en": "Ambulance"}
    ambulance = {"name": name, "emergency": _profiles(city)[0], "ordinary": ORDINARY}
    return {
        "format": FORMAT,
        "code": city.code,
        "name": {"en": city.name},
        "time_zone": "UTC",
        "start": "2026-01-01 00:00",
        "call_taking": {"call_takers": 0},
        "profiles": profiles,
        "vehicle_classes": {"ambulance": ambulance},
        "capabilities": {"ambulance": {"zh": "院前急救", "en": "Ambulance care"}},
        "priorities": _priorities(city),
        "redirect": city.redirect,
        "kinds": {KIND: _kind(city)},
        "sources": {part: f"JEMSS {city.files.found[kind].name}" for part, kind in _read_from(city)},
    }


def _read_from(city: City) -> Iterator[tuple[str, str]]:
    """Say which file each part of the settings was read from, where it was read from one."""
    parts = {
        "profiles": "travel",
        "priorities": "priorities",
        "redirect": "redispatch",
        f"kinds.{KIND}": "callGenConfig",
    }
    yield from ((field, kind) for field, kind in parts.items() if kind in city.files.found)


def _priorities(city: City) -> list[dict[str, Any]]:
    return [
        {
            "code": priority.code,
            "name": PRIORITY_NAMES[priority.code],
            "target_s": priority.target_s,
            "emergency": priority.mode != city.quiet_mode,
        }
        for priority in city.priorities
    ]


def _kind(city: City) -> dict[str, Any]:
    calls = city.calls
    on_scene = _duration(city, "onSceneDuration", calls.on_scene)
    return {
        "name": {"zh": "急救呼叫", "en": "Ambulance call"},
        "category": "medical",
        "priority": city.priorities[0].code,
        "handling": _duration(city, "dispatchDelay", calls.dispatch_delay),
        "control": on_scene,
        "transport_p": calls.transport_p,
        "transport_capability": "ambulance",
        "care": on_scene,
        "handover": _duration(city, "handoverDuration", calls.handover),
    }


def _duration(city: City, name: str, law: Law) -> dict[str, float]:
    """Write a distribution of days as one of seconds.

    Raises
    ------
    ScenarioError
        If it is of a form scenarios do not know.
    """
    first, second = (*law.parameters, 0.0, 0.0)[:2]
    if law.name == "Exponential":
        return {"exponential_mean_s": _seconds(first)}
    if law.name == "Normal" and second == 0.0:
        return {"constant_s": _seconds(first)}
    if law.name == "Normal":
        return {"normal_mean_s": _seconds(first), "sd_s": _seconds(second)}
    if law.name == "LogNormal":
        return {"median_s": _seconds(math.exp(first)), "sigma": second}
    message = "{name} is drawn from {law}; only Exponential, Normal and LogNormal can be taken over"
    raise refused(city.files.path("callGenConfig").name, message, name=name, law=law.name)


def _seconds(days: float) -> float:
    return round(days * DAY_S, 6)


def _place(taken: Taken) -> PlaceRow:
    """Give the city as the one place of the scenario, at the middle of its people, or else of its roads."""
    density, roads = taken.density, taken.roads
    lon, lat, area_km2 = float(np.mean(roads.lon)), float(np.mean(roads.lat)), 1.0
    if density is not None:
        lon, lat = (float(np.average(axis, weights=density.weight)) for axis in (density.lon, density.lat))
        area_km2 = round(len(density.weight) * taken.cell_km2, 2)
    return PlaceRow(
        code=taken.city.code,
        name_en=taken.city.name,
        kind="street",
        population=taken.people,
        area_km2=area_km2,
        lon=round(lon, 6),
        lat=round(lat, 6),
    )


def _station(city: City, spot: Spot) -> StationRow:
    code = f"s{spot.index}"
    return StationRow(
        code=code, name_en=spot.name, kind="ambulance", place=city.code, lon=spot.lon, lat=spot.lat
    )


def _unit(number: int, station: int) -> UnitRow:
    return UnitRow(
        code=f"a{number}",
        station=f"s{station + 1}",
        vehicle_class="ambulance",
        capabilities=("ambulance",),
        turnout_median_s=0.0,
        turnout_sigma=0.0,
    )


def _demand(taken: Taken) -> Iterator[DemandRow]:
    """Give one stream of calls for each priority."""
    city = taken.city
    where = "roads" if taken.density is None else f"raster:{CELLS_FILE}"
    for priority, per_day in zip(city.priorities, city.calls.per_day, strict=True):
        yield DemandRow(
            kind=KIND,
            where=where,
            per_year=round(per_day * DAYS_A_YEAR, 6),
            priority=priority.code,
            code=f"{KIND}-{priority.code}",
            source="JEMSS gen_config.xml",
        )


def _rounded(cells: Cells) -> Cells:
    """Leave off digits finer than a centimetre and a millionth of a weight."""
    digits = 6 - np.ceil(np.log10(cells.weight)).astype(int)
    return Cells(
        lon=np.round(cells.lon, 7),
        lat=np.round(cells.lat, 7),
        weight=np.array([round(w, d) for w, d in zip(cells.weight.tolist(), digits.tolist(), strict=True)]),
        size_lon=float(f"{cells.size_lon:.10g}"),
        size_lat=float(f"{cells.size_lat:.10g}"),
    )


def _incidents(city: City, calls: CityCalls) -> Iterator[IncidentRow]:
    codes = [priority.code for priority in city.priorities]
    for i in range(len(calls.time_s)):
        hospital = int(calls.hospital[i])
        yield IncidentRow(
            time_s=round(float(calls.time_s[i]), 6),
            kind=KIND,
            lon=float(calls.lon[i]),
            lat=float(calls.lat[i]),
            priority=codes[int(calls.priority[i]) - 1],
            handling_s=round(float(calls.dispatch_delay_s[i]), 6),
            control_s=round(float(calls.on_scene_s[i]), 6),
            transport=bool(calls.transport[i]),
            hospital=f"h{hospital}" if hospital > 0 else None,
            handover_s=round(float(calls.handover_s[i]), 6),
        )
