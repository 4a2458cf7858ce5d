"""What tags mean: speed limits, classes, one-way, access, ferries; and what stands beside roads."""

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest

from sim.language import catalogue
from sim.scenarios.importers import rules
from sim.scenarios.importers.found import Found, found_at, found_in, kind_of, population_of, without_doubles
from sim.scenarios.importers.limits import limit_kph
from sim.scenarios.importers.rules import map_rules
from sim.scenarios.importers.ways import (
    CLOSED,
    FOOT_FERRY,
    LEFT_OUT,
    NOT_DRIVEN,
    REVERSIBLE,
    duration_s,
    ferry_speed_kph,
    names_of,
    way_of,
)
from sim.scenarios.importers.words import road_of_words
from sim.scenarios.problems import ScenarioError

RULES = map_rules()
WORLD = RULES.country(None)


def way(**tags):
    return way_of({key.replace("__", ":"): value for key, value in tags.items()}, RULES, WORLD)


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 30 * 1.609344),
        ("30mph", 30 * 1.609344),
        ("10 knots", 18.52),
        ("none", math.inf),
        ("walk", 7.0),
        ("RU:urban", 60.0),
        ("RU:rural", 90.0),
        ("DE:zone:30", 30.0),
        ("DE:zone30", 30.0),
        ("GB:nsl_single", 60 * 1.609344),
        ("UK:motorway", 70 * 1.609344),
        ("XX:urban", 50.0),
        ("urban", 50.0),
        ("80;60", 60.0),
        ("signals", None),
        ("0", None),
        ("fast", None),
        ("", None),
    ],
)
def test_limits(text, kph):
    assert limit_kph(text, RULES, WORLD) == (kph if kph is None else pytest.approx(kph))


def test_a_zone_without_country_is_that_of_the_import():
    assert limit_kph("rural", RULES, RULES.country("CH")) == 80


@pytest.mark.parametrize(
    ("highway", "road_class"),
    [
        ("motorway", "motorway"), ("motorway_link", "motorway"), ("trunk", "national"),
        ("primary", "provincial"), ("secondary", "county"), ("tertiary", "township"),
        ("unclassified", "village"), ("residential", "street"), ("living_street", "street"),
        ("service", "service"), ("tertiary_link", "township"),
    ],
)  # fmt: skip
def test_classes(highway, road_class):
    assert way(highway=highway).road.road_class == road_class


@pytest.mark.parametrize(
    ("tags", "oneway", "backwards"),
    [
        ({}, False, False),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "1"}, True, False),
        ({"oneway": "-1"}, True, True),
        ({"oneway": "no"}, False, False),
        ({"oneway": "alternating"}, False, False),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "circular"}, True, False),
        ({"junction": "roundabout", "oneway": "-1"}, True, True),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway", "oneway": "no"}, False, False),
        ({"oneway": "yes", "oneway__emergency": "no"}, False, False),
    ],
)
def test_oneway(tags, oneway, backwards):
    found = way(**{"highway": "residential", **tags})
    assert (found.road.oneway, found.backwards) == (oneway, backwards)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "footway"}, NOT_DRIVEN),
        ({"highway": "construction"}, NOT_DRIVEN),
        ({"highway": "service", "area": "yes"}, NOT_DRIVEN),
        ({"highway": "service", "service": "driveway"}, LEFT_OUT),
        ({"highway": "service", "service": "parking_aisle"}, LEFT_OUT),
        ({"highway": "track"}, LEFT_OUT),
        ({"highway": "track", "tracktype": "grade3"}, LEFT_OUT),
        ({"highway": "residential", "access": "no"}, CLOSED),
        ({"highway": "residential", "motor_vehicle": "no"}, CLOSED),
        ({"highway": "residential", "motorcar": "no", "access": "yes"}, CLOSED),
        ({"highway": "residential", "oneway": "reversible"}, REVERSIBLE),
        ({"route": "ferry", "foot": "yes"}, FOOT_FERRY),
        ({"route": "ferry", "motor_vehicle": "no"}, FOOT_FERRY),
        ({"route": "ferry", "access": "no"}, FOOT_FERRY),
    ],
)
def test_ways_that_are_not_driven(tags, reason):
    assert way(**tags) == reason


def test_access_for_emergency_vehicles():
    assert way(highway="residential", access="private").road.road_class == "service"
    assert way(highway="residential", access="destination").road.road_class == "street"
    assert way(highway="residential", access="no", emergency="yes").road.road_class == "street"
    assert way(highway="residential", access="no", motor_vehicle="yes").road.road_class == "street"
    assert way(highway="track", tracktype="grade1").road.forward_kph == 15


def test_posted_limits_become_planning_speeds():
    assert way(highway="secondary").road.forward_kph is None
    assert way(highway="secondary", maxspeed="50").road.forward_kph == 40
    assert way(highway="secondary", maxspeed="30 mph").road.forward_kph == 38.6
    assert way(highway="motorway", maxspeed="130").road.forward_kph == 80
    assert way(highway="motorway", maxspeed="none").road.forward_kph is None
    assert way(highway="secondary", source__maxspeed="RU:urban").road.forward_kph == 48
    assert way(highway="living_street", maxspeed="50").road.forward_kph == 15
    both = way(highway="secondary", maxspeed="80", maxspeed__backward="50").road
    assert (both.forward_kph, both.back_kph) == (64, 40)


def test_a_one_way_street_against_its_drawing_takes_the_speed_of_its_traffic():
    found = way(highway="secondary", oneway="-1", maxspeed__backward="50", maxspeed__forward="80")
    assert (found.backwards, found.road.forward_kph) == (True, 40)


def test_ferries():
    assert way(route="ferry").road.road_class == "ferry"
    assert way(route="ferry", foot="yes", motor_vehicle="yes").road.road_class == "ferry"
    assert ferry_speed_kph({"duration": "00:30"}, 5000, RULES) == 10
    assert ferry_speed_kph({"duration": "20"}, 5000, RULES) == 15
    assert ferry_speed_kph({}, 5000, RULES) == RULES.data["speeds"]["ferry_kph"]
    assert duration_s("00:20:30") == 1230
    assert duration_s("1:2:3:4") is None
    assert duration_s("00:00") is None


def test_names_and_bridges():
    assert names_of({"name": "G104", "name:zh": "国道", "name:en": "National"}) == ("国道", "National")
    road = way(highway="primary", name="Main", ref="B1", bridge="yes", bridge__name="Old  bridge").road
    assert (road.code, road.name, road.bridge) == ("B1", "Old bridge", True)
    assert way(highway="primary", bridge="no").road.bridge is False


def test_countries_have_speeds_of_their_law():
    assert RULES.class_speeds(RULES.country("li")) == {
        "motorway": 80, "national": 64, "provincial": 64, "street": 40,
    }  # fmt: skip
    assert RULES.class_speeds(RULES.country("US"))["street"] == 32.2
    assert RULES.class_speeds(WORLD) == {}
    assert RULES.country("uk").code == "GB"
    assert RULES.class_speeds(RULES.country("CN"))["street"] == 30


def test_an_unknown_country_is_refused():
    with pytest.raises(
        ScenarioError, match="country = Mordor: is not a country whose speed limits are known"
    ):
        RULES.country("Mordor")


def test_every_country_states_its_source_and_plausible_limits():
    for country in RULES.countries.values():
        assert all(5 <= kph <= 140 for kph in country.limits_kph.values()), country.code
        assert country.source or not country.code
        speeds = RULES.class_speeds(country)
        assert all(15 <= kph <= 80 for kph in speeds.values()), country.code


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"class": "省道"}, ("provincial", False, None, False)),
        ({"class": "Residential", "oneway": "F"}, ("street", True, None, False)),
        ({"class": "county", "oneway": "-1", "speed_kph": "42"}, ("county", True, 42.0, True)),
        ({"class": "secondary", "maxspeed": "50"}, ("county", False, 40.0, False)),
        ({"class": "what"}, ("village", False, None, False)),
        ({"class": "service", "oneway": "0", "speed_kph": "900"}, ("service", False, 200.0, False)),
    ],
)
def test_roads_told_by_words(words, expected):
    road, backwards = road_of_words(words, RULES, WORLD)
    assert (road.road_class, road.oneway, road.forward_kph, backwards) == expected


def test_words_for_walkers_are_no_road():
    assert road_of_words({"class": "footway"}, RULES, WORLD) is None


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "fire_station"}, "fire_station"),
        ({"emergency": "ambulance_station"}, "ambulance_station"),
        ({"healthcare": "hospital"}, "hospital"),
        ({"landuse": "industrial"}, "industrial"),
        ({"landuse": "industrial", "industrial": "chemical"}, "chemical"),
        ({"man_made": "storage_tank", "content": "lpg"}, "gas"),
        ({"man_made": "storage_tank", "content": "ammonia"}, "chemical"),
        ({"man_made": "storage_tank", "content": "water"}, None),
        ({"place": "village"}, "place"),
        ({"place": "locality"}, None),
        ({"amenity": "bench"}, None),
    ],
)
def test_kinds_of_things(tags, kind):
    assert kind_of(tags, RULES) == kind


def test_an_area_stands_at_its_middle():
    ring = np.array([(9.0, 47.0), (9.002, 47.0), (9.002, 47.001), (9.0, 47.001), (9.0, 47.0)])
    thing = found_in("w1", {"landuse": "industrial", "name": "Works"}, [ring], RULES)
    assert (thing.lon, thing.lat) == (pytest.approx(9.001), pytest.approx(47.0005))
    assert thing.area_m2 == pytest.approx(152.2 * 111.2, rel=0.01)
    halves = [ring[:3], ring[2:]]
    assert found_in("r1", {"landuse": "industrial", "name": "Works"}, halves, RULES).area_m2 == thing.area_m2


def test_scraps_of_industrial_land_are_no_site():
    ring = np.array([(9.0, 47.0), (9.0002, 47.0), (9.0002, 47.0002), (9.0, 47.0)])
    assert found_in("w1", {"landuse": "industrial"}, [ring], RULES) is None
    assert found_in("w1", {"amenity": "fuel"}, [ring], RULES).kind == "fuel"


def test_one_thing_mapped_twice_is_one():
    node = found_at("n9", {"amenity": "fire_station"}, 9.0, 47.0, RULES)
    area = Found("fire_station", "w5", "Feuerwehr", "", 9.0005, 47.0, area_m2=400.0)
    other = Found("fire_station", "n2", "", "", 9.1, 47.0)
    police = Found("police", "n1", "", "", 9.0, 47.0)
    kept = without_doubles([node, area, other, police], RULES)
    assert [thing.code for thing in kept] == ["n2", "w5", "n1"]
    assert kept == without_doubles([police, other, area, node], RULES)


def test_populations_are_read_as_people_write_them():
    assert population_of("12,345") == 12345
    assert population_of("1\u00a0234") == 1234
    assert population_of("about 5") is None
    assert population_of("") is None


def sentences():
    """Collect the English sentences the importers may say: literals given to say, assume, Problem, wrong."""
    for path in sorted((Path(rules.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            calls = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", ""))
            if calls in ("say", "assume", "Assumption", "Problem", "wrong"):
                words = [*node.args, *(keyword.value for keyword in node.keywords)]
                yield from (w.value for w in words if isinstance(w, ast.Constant) and " " in str(w.value))
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
                "message",
                "sentence",
                "text",
            ):
                yield from (
                    w.value
                    for w in ast.walk(node.value)
                    if isinstance(w, ast.Constant) and " " in str(w.value)
                )


def test_every_sentence_has_a_chinese_one():
    said = sorted(set(sentences()))
    assert len(said) > 60
    missing = [sentence for sentence in said if sentence not in catalogue("sim")]
    assert missing == []
    for sentence in said:
        assert set(re.findall(r"{\w+}", sentence)) == set(re.findall(r"{\w+}", catalogue("sim")[sentence])), (
            sentence
        )
