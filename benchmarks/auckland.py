"""The shared inputs: Auckland as JEMSS models it, the built-in county, and a network of 20,000 nodes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.board import Board, Calls, build_net
from sim.county import County
from sim.fate import Fate, draw_fate
from sim.road_table import RoadTable, TravelProfile, arc_times_s, largest_strong_part, part_of
from sim.scenarios.build import build_county
from sim.scenarios.importers.jemss import import_jemss
from sim.scenarios.load import load_scenario

DATA = Path(__file__).parents[2] / "shared" / "data" / "jemss_auckland"
RESULTS = DATA / "jemss_results_20000_calls.csv.gz"
DAY_S = 86400.0


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A county and its fate."""

    county: County
    fate: Fate


def auckland(days: float = 250.0, seed: int = 1, calls: Path | None = None) -> Case:
    """Import Auckland and draw its calls, or take those of a file."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "auckland"
        import_jemss(DATA, folder, calls=calls)
        county = build_county(load_scenario(folder))
    return Case(county, draw_fate(county, seed, 0, days * DAY_S))


def board_of(case: Case) -> Board:
    """Lay the same city and calls out as plain arrays, for the compiled loop.

    Only for counties whose every call asks for one unit, as JEMSS's do.
    """
    county, fate = case.county, case.fate
    spots = [*county.stations, *county.hospitals]
    vehicle = county.vehicle_classes[0]
    ways = (vehicle.emergency, vehicle.ordinary)
    nodes = np.array([spot.at.node for spot in spots], dtype=np.int32)
    table = county.roads.table
    times = np.stack([arc_times_s(table, way, TravelProfile(county.profiles[way], None), {}) for way in ways])
    return Board(
        net=build_net(table.n_nodes, table.tail, table.head, times, nodes),
        facility_node=nodes,
        facility_access_m=np.array([spot.at.access_m for spot in spots]),
        n_stations=len(county.stations),
        base=np.array([unit.station for unit in county.units], dtype=np.int32),
        off_road_kph=np.array([county.off_road_kph[way] for way in ways]),
        redirect=np.array(county.redirect),
        calls=_calls_of(county, fate),
    )


def _calls_of(county: County, fate: Fate) -> Calls:
    rank = np.array(fate.priority, dtype=np.int32)
    emergency = np.array([priority.emergency for priority in county.priorities])
    return Calls(
        time_s=np.array(fate.time_s),
        rank=rank,
        way=np.where(emergency[rank], 0, 1).astype(np.int32),
        node=np.array(fate.node, dtype=np.int32),
        access_m=np.array(fate.access_m),
        handling_s=np.array(fate.handling_s),
        on_scene_s=np.array(fate.control_s),
        transport=np.array(fate.transport),
        hospital=np.array(fate.hospital, dtype=np.int32),
        handover_s=np.array(fate.handover_s),
    )


def part_with(table: RoadTable, n: int) -> RoadTable:
    """Cut a connected network of nearly n nodes out of the middle of a larger one."""
    lon, lat = table.lon - np.median(table.lon), table.lat - np.median(table.lat)
    order = np.argsort(np.hypot(lon * np.cos(np.radians(np.mean(table.lat))), lat), kind="stable")
    keep = np.zeros(table.n_nodes, dtype=bool)
    keep[order[: int(n * 1.02)]] = True
    return largest_strong_part(part_of(table, keep))[0]
