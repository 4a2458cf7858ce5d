"""From a map to a county that runs: stations, crews, hospitals, sites, filled up where the map is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.road_table import RoadTable
from sim.scenarios import defaults
from sim.scenarios.importers.found import Found
from sim.scenarios.importers.peopled import fill_places
from sim.scenarios.importers.planning import fill_settings
from sim.scenarios.importers.rules import Country, MapRules
from sim.scenarios.importers.sketch import Options, Row, Sketch, centre, within_reach

STATION_KINDS = {"ambulance_station": "ambulance", "police": "police"}
FIRE_KINDS = frozenset(("full_time", "part_time"))
HOSPITAL_NAMES = {"zh": "医院", "en": "Hospital"}


def start_scenario(
    roads: RoadTable,
    found: Sequence[Found],
    rules: MapRules,
    country: Country,
    options: Options,
    origin: str = "",
) -> Sketch:
    """Fill a scenario's tables and settings from a road network and what stands beside it.

    Parameters
    ----------
    roads
        The network, strongly connected.
    found
        Things found on the map, without doubles.
    rules, country, options
        What is assumed where the map is silent.
    origin
        What stands before the map's own numbers in the tables' sources ("OSM").
    """
    sketch = Sketch(roads, rules, country, options, origin)
    near = within_reach(sketch, found)
    fill_places(sketch, [thing for thing in near if thing.kind == "place"])
    _fill_stations(sketch, near)
    _fill_hospitals(sketch, near)
    _fill_sites(sketch, near)
    _fill_by_default(sketch)
    fill_settings(sketch)
    return sketch


def _fill_stations(sketch: Sketch, found: Sequence[Found]) -> None:
    """Fill stations.csv and units.csv."""
    stations = [
        (thing, _station_kind(sketch, thing))
        for thing in found
        if thing.kind in ("fire_station", *STATION_KINDS)
    ]
    kinds = [kind for _, kind in stations]
    _assume_crews(sketch, kinds)
    if not FIRE_KINDS & set(kinds):
        stations.append((centre(sketch, "station"), "full_time"))
    if "ambulance" not in kinds:
        stations += _at_hospitals(sketch, found)
    stations.sort(key=lambda station: station[1] != "full_time")
    crews = defaults.defaults()["starter"]["stations"]
    names = [crews[kind]["name"] for _, kind in stations]
    rows = named_rows(sketch, [thing for thing, _ in stations], names)
    sketch.tables["stations"] = [{**row, "kind": kind} for row, (_, kind) in zip(rows, stations, strict=True)]
    sketch.tables["units"] = defaults.unit_rows(sketch.tables["stations"])
    sketch.assume("Units are the usual crew of each kind of station; what run cards still lack is added")


def _station_kind(sketch: Sketch, thing: Found) -> str:
    """Tell what kind of station a thing on the map is; volunteers are known by the name."""
    if thing.kind in STATION_KINDS:
        return STATION_KINDS[thing.kind]
    called = f"{thing.name} {thing.name_en}".casefold()
    volunteers = any(word in called for word in sketch.rules.data["volunteer_words"])
    return "part_time" if volunteers else "full_time"


def _assume_crews(sketch: Sketch, kinds: Sequence[str]) -> None:
    """Say how fire stations are thought to be manned."""
    if "full_time" in kinds:
        sketch.assume("Fire stations are staffed full time unless their name speaks of volunteers")
    if "part_time" in kinds:
        sketch.assume("Fire stations of volunteers, crews on call: {count}", count=kinds.count("part_time"))
    if not FIRE_KINDS & set(kinds):
        sketch.assume("No fire station on the map: one at the largest place")


def _at_hospitals(sketch: Sketch, found: Sequence[Found]) -> list[tuple[Found, str]]:
    hospitals = _hospitals(found)
    if hospitals:
        sketch.assume("No ambulance station on the map: ambulances stand by at the hospitals")
    return [(thing, "ambulance") for thing in hospitals]


def _fill_hospitals(sketch: Sketch, found: Sequence[Found]) -> None:
    """Fill hospitals.csv: hospitals, or clinics where there is none, or one at the largest place."""
    hospitals = _hospitals(found)
    if not hospitals:
        hospitals = [centre(sketch, "hospital")]
        sketch.assume("No hospital or clinic on the map: one hospital at the largest place")
    elif hospitals[0].kind == "clinic":
        sketch.assume("No hospital on the map: patients are taken to the clinics")
    sketch.tables["hospitals"] = named_rows(sketch, hospitals, [HOSPITAL_NAMES] * len(hospitals))


def _hospitals(found: Sequence[Found]) -> list[Found]:
    """List the hospitals, or the clinics where there is none."""
    by_kind = ([thing for thing in found if thing.kind == kind] for kind in ("hospital", "clinic"))
    return next((things for things in by_kind if things), [])


def _fill_sites(sketch: Sketch, found: Sequence[Found]) -> None:
    """Fill sites.csv with works, fuel, gas and chemicals."""
    kinds = sketch.rules.data["site_kinds"]
    things = [thing for thing in found if thing.kind in kinds]
    known = defaults.defaults()["starter"]["site_kinds"]
    rows = named_rows(sketch, things, [known[kinds[thing.kind]]["name"] for thing in things])
    sketch.tables["sites"] = [_site(row, kinds[thing.kind]) for row, thing in zip(rows, things, strict=True)]
    if things:
        sketch.assume(
            "What a site makes or stores is judged by its map tags alone; rates are those of its kind"
        )


def _site(row: Row, kind: str) -> Row:
    zh, en = row["name"] or row["name_en"], row["name_en"] or row["name"]
    return {**row, "kind": kind, "rate_factor": "1", "owner": defaults.owner(kind, zh, en)}


def _fill_by_default(sketch: Sketch) -> None:
    """Fill run_cards.csv and demand.csv from the defaults."""
    site_kinds = list(dict.fromkeys(row["kind"] for row in sketch.tables["sites"]))
    medical = sketch.options.medical
    sketch.tables["run_cards"] = defaults.run_card_rows()
    sketch.tables["demand"] = defaults.demand_rows(sketch.population, site_kinds, medical=medical)
    sketch.assume(
        "Calls for each 1,000 people, their hours and seasons are those of China: see SOURCES.md", "S/D"
    )
    if not medical:
        sketch.assume("Medical calls are left out; ambulances go to accidents only")


def named_rows(sketch: Sketch, things: Sequence[Found], usual: Sequence[Mapping[str, str]]) -> list[Row]:
    """Begin a table's rows: code, names, position and source of each thing.

    What has no name is called by its usual name and a running number.
    """
    counts: dict[str, int] = {}
    rows = []
    for thing, name in zip(things, usual, strict=True):
        counts[name["en"]] = counts.get(name["en"], 0) + 1
        nameless = not thing.name and not thing.name_en
        number = counts[name["en"]]
        zh, en = (
            (f"{name['zh']}{number}", f"{name['en'].capitalize()} {number}")
            if nameless
            else (thing.name, thing.name_en)
        )
        rows.append(_row(sketch, thing, zh, en))
    return rows


def _row(sketch: Sketch, thing: Found, name: str, name_en: str) -> Row:
    return {
        "code": thing.code,
        "name": name,
        "name_en": name_en,
        "lon": f"{thing.lon:.7f}",
        "lat": f"{thing.lat:.7f}",
        "source": sketch.source(thing),
    }
