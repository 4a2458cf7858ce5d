"""Map layers as GeoJSON: what a county has, and what a run found out about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from api.store import NotThere

if TYPE_CHECKING:
    from sim.scenarios.scenario import Scenario

Feature = dict[str, Any]
DIGITS = 6
"""Of degrees: a tenth of a metre."""
KEPT = ("code", "name", "name_en", "kind", "place", "population", "area_km2", "rate_factor", "owner")


def layer(scenario: Scenario, name: str) -> dict[str, Any]:
    """Give a layer of a scenario's map.

    Parameters
    ----------
    scenario
        Whose map.
    name
        One of `LAYERS`.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection in WGS84 degrees (RFC 7946).

    Raises
    ------
    NotThere
        There is no such layer.
    """
    if name not in LAYERS:
        known = ", ".join(LAYERS)
        raise NotThere("There is no layer {name}; there are: {known}.", name=name, known=known)
    return collection(LAYERS[name](scenario))


def collection(features: Iterator[Feature]) -> dict[str, Any]:
    """Put features together."""
    return {"type": "FeatureCollection", "features": list(features)}


def results_layer(scenario: Scenario, summary: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give places or sites with what a run found out about each.

    Raises
    ------
    NotThere
        There is no such layer.
    """
    if name not in ("places", "sites"):
        known = "places, sites"
        raise NotThere("There is no layer {name}; there are: {known}.", name=name, known=known)
    found: dict[str, Mapping[str, Any]] = {}
    if name == "places":
        found = dict(summary["first_arrival_by_place"])
    else:
        found = {str(row["site"]): row for row in summary["sites"]}
    whole = layer(scenario, name)
    for feature in whole["features"]:
        feature["properties"]["first_arrival"] = found.get(feature["properties"]["code"])
    return whole


def _points(rows: Iterator[Any]) -> Iterator[Feature]:
    for row in rows:
        told = {name: getattr(row, name) for name in KEPT if getattr(row, name, None) is not None}
        yield point(row.lon, row.lat, told)


def point(lon: float, lat: float, properties: Mapping[str, Any]) -> Feature:
    """Make a point."""
    where = {"type": "Point", "coordinates": [round(lon, DIGITS), round(lat, DIGITS)]}
    return {
        "type": "Feature",
        "id": properties.get("code"),
        "geometry": where,
        "properties": dict(properties),
    }


def _places(scenario: Scenario) -> Iterator[Feature]:
    return _points(iter(scenario.places))


def _stations(scenario: Scenario) -> Iterator[Feature]:
    units: dict[str, list[str]] = {}
    for unit in scenario.units:
        units.setdefault(unit.station, []).append(unit.code)
    for feature in _points(iter(scenario.stations)):
        feature["properties"]["units"] = units.get(feature["properties"]["code"], [])
        yield feature


def _units(scenario: Scenario) -> Iterator[Feature]:
    """Each unit at its base."""
    bases = {station.code: station for station in scenario.stations}
    for unit in scenario.units:
        base = bases[unit.station]
        told = {
            "code": unit.code,
            "name": unit.name,
            "name_en": unit.name_en,
            "station": unit.station,
            "vehicle_class": unit.vehicle_class,
            "capabilities": list(unit.capabilities),
        }
        yield point(base.lon, base.lat, told)


def _sites(scenario: Scenario) -> Iterator[Feature]:
    return _points(iter(scenario.sites))


def _hospitals(scenario: Scenario) -> Iterator[Feature]:
    return _points(iter(scenario.hospitals))


def _roads(scenario: Scenario) -> Iterator[Feature]:
    """Each piece of road once, whichever way it may be driven."""
    roads = scenario.roads
    lon, lat = roads.lon.round(DIGITS).tolist(), roads.lat.round(DIGITS).tolist()
    ends = zip(roads.tail.tolist(), roads.head.tolist(), strict=True)
    two_way = set(zip(roads.head.tolist(), roads.tail.tolist(), strict=True))
    for arc, (tail, head) in enumerate(ends):
        both = (tail, head) in two_way
        if both and tail > head:
            continue
        code, name, name_en = roads.road_names[roads.road[arc]] if roads.road[arc] >= 0 else ("", "", "")
        line = [[lon[tail], lat[tail]], [lon[head], lat[head]]]
        told = {
            "class": roads.classes[roads.road_class[arc]],
            "length_m": round(float(roads.length_m[arc]), 1),
            "oneway": not both,
            "bridge": bool(roads.bridge[arc]),
            **{key: value for key, value in (("code", code), ("name", name), ("name_en", name_en)) if value},
        }
        geometry = {"type": "LineString", "coordinates": line}
        yield {"type": "Feature", "geometry": geometry, "properties": told}


LAYERS: Mapping[str, Callable[[Scenario], Iterator[Feature]]] = {
    "places": _places,
    "stations": _stations,
    "units": _units,
    "sites": _sites,
    "hospitals": _hospitals,
    "roads": _roads,
}
"""The layers of every scenario's map, by name."""
