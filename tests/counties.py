"""Small counties made in code, for tests that need to know every number in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from sim.county import (
    County,
    Demand,
    Duration,
    Hospital,
    Kind,
    Listed,
    Location,
    Names,
    Need,
    Period,
    Place,
    Priority,
    Station,
    Unit,
    VehicleClass,
    Weather,
)
from sim.roads import RoadTable, TravelProfile, compile_roads

NOTHING = Duration("constant", 0.0)
DEGREE_M = 111_195.0
"""Metres in a degree of latitude on the sphere."""


def names(text: str) -> Names:
    return Names(text, text)


def line_roads(
    times_s: Sequence[float], facilities: Sequence[int], classes: int = 1, regimes: int = 1
) -> Any:
    """A two-way road through nodes 0, 1, 2 ... north of each other, with the seconds between neighbours."""
    n = len(times_s) + 1
    near, far = np.arange(n - 1), np.arange(1, n)
    times = np.tile(np.asarray(times_s, dtype=float), 2)
    table = RoadTable(
        node_code=tuple(f"n{k}" for k in range(n)),
        lon=np.full(n, 113.0),
        lat=28.0 + np.arange(n) * 0.01,
        access=np.ones(n, dtype=bool),
        tail=np.concatenate((near, far)).astype(np.int32),
        head=np.concatenate((far, near)).astype(np.int32),
        length_m=np.full(2 * (n - 1), 0.01 * DEGREE_M),
        road_class=np.zeros(2 * (n - 1), dtype=np.int16),
        classes=("county",),
        speed_kph=np.full(2 * (n - 1), np.nan),
        times_s=np.tile(times, (classes, 1)),
        road=np.full(2 * (n - 1), -1, dtype=np.int32),
        road_names=(),
        bridge=np.zeros(2 * (n - 1), dtype=bool),
    )
    profiles = [TravelProfile(f"p{k}", None, 0.0) for k in range(classes)]
    return compile_roads(table, list(facilities), profiles, [{} for _ in range(regimes)])


def line_county(
    times_s: Sequence[float],
    *,
    stations: Sequence[int] = (0,),
    units: Sequence[int] = (0,),
    hospitals: Sequence[int] = (),
    cards: Sequence[Sequence[tuple[int, int]]] = (((0, 1),),),
    able: Sequence[Sequence[int]] | None = None,
    control: Duration = NOTHING,
    listed: Sequence[Listed] | None = (),
    demand: Sequence[Demand] = (),
    places: Sequence[int] = (),
    redirect: bool = False,
    call_takers: int = 0,
    turnout: Duration = NOTHING,
    transport_p: float = 0.0,
    handover: Duration = NOTHING,
    refit_s: float = 0.0,
    codes: Sequence[str] | None = None,
    **more: Any,
) -> County:
    """A county on a line of nodes; `units` names each unit's station, `cards` the run card of each kind."""
    at = [Location(113.0, 28.0 + n * 0.01, n) for n in range(len(times_s) + 1)]
    capabilities = max([capability for card in cards for capability, _ in card] + [0]) + 1
    codes = codes or [f"E{k}" for k in range(len(units))]
    fields: dict[str, Any] = {
        "code": "line",
        "names": names("line"),
        "time_zone": "Asia/Shanghai",
        "start": datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
        "roads": line_roads(times_s, [*stations, *hospitals]),
        "places": tuple(
            Place(f"P{k}", names(f"P{k}"), "township", 1000, 10.0, at[n], (n,)) for k, n in enumerate(places)
        ),
        "stations": tuple(
            Station(f"S{k}", names(f"S{k}"), "full_time", None, at[n]) for k, n in enumerate(stations)
        ),
        "hospitals": tuple(Hospital(f"H{k}", names(f"H{k}"), at[n]) for k, n in enumerate(hospitals)),
        "vehicle_classes": (VehicleClass("engine", names("engine"), 0, 0),),
        "units": tuple(
            Unit(
                codes[k],
                names(codes[k]),
                station,
                0,
                frozenset(able[k] if able else range(capabilities)),
                turnout,
                refit_s,
            )
            for k, station in enumerate(units)
        ),
        "sites": (),
        "capabilities": tuple(f"c{k}" for k in range(capabilities)),
        "capability_names": tuple(names(f"c{k}") for k in range(capabilities)),
        "priorities": (
            Priority("high", names("high"), None, True),
            Priority("low", names("low"), None, True),
        ),
        "kinds": tuple(
            Kind(
                f"k{k}",
                names(f"k{k}"),
                "fire",
                0,
                (1.0,),
                (tuple(Need(capability, count) for capability, count in card),),
                NOTHING,
                control,
                transport_p,
                0 if transport_p else None,
                NOTHING,
                handover,
                None,
            )
            for k, card in enumerate(cards)
        ),
        "demand": tuple(demand),
        "profiles": ("p0",),
        "off_road_kph": (36.0,),
        "start_loss_s": (0.0,),
        "periods": (Period("other", 0.0, 24.0, frozenset(range(7))),),
        "weathers": (Weather("dry", names("dry"), (1.0,) * 12),),
        "weather_block_h": 6.0,
        "call_takers": call_takers,
        "redirect": ((False, False), (redirect, False)),
        "policy": "closest",
        "standards": (),
        "accident_classes": (),
        "short_handed_after_s": 1800.0,
        "listed": tuple(listed) if listed is not None else None,
    }
    return County(**{**fields, **more})


def alarm(time_s: float, node: int, kind: int = 0, priority: int = 0, **marks: Any) -> Listed:
    """An incident at a node of the line."""
    given: dict[str, Any] = {"handling_s": 0.0, **marks}
    return Listed(time_s, kind, 113.0, 28.0 + node * 0.01, priority, **given)
