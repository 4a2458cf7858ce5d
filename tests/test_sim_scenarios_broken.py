"""Broken scenario folders, each wrong in one or several ways, and exactly what is said of them."""

from __future__ import annotations

import pytest

from sim.language import catalogue
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError

YAML = "scenario.yaml"
UNITS_HEADER = "code,station,vehicle_class,capabilities,turnout_median_s,turnout_sigma\n"
DURATIONS = (
    "must be one of {constant_s: ...}, {exponential_mean_s: ...}, {median_s: ..., sigma: ...}, "
    "{normal_mean_s: ..., sd_s: ...}"
)

BROKEN = {
    "station off the globe": (
        [("stations.csv", "104,30\n", "999,30\n")],
        ["stations.csv:2:6 lon = 999: is off the map (must be between -180 and 180)"],
    ),
    "station off the map though a road leads to a missing node": (
        [
            ("stations.csv", "S2,二站,Station 2,part_time,T2,104.02", "S2,二站,Station 2,part_time,T2,104.5"),
            ("roads.csv", "n3,n6,1110", "n3,n9,1110"),
        ],
        [
            "stations.csv:3:6 lon = 104.5: is off the map: the roads here call for 103.8 to 104.22",
            "roads.csv:7:2 to = n9: is not a node of nodes.csv",
        ],
    ),
    "station off the map, site far from roads": (
        [("stations.csv", "104,30\n", "104.5,30\n"), ("sites.csv", "104.002,30.001", "104.1,30.001")],
        [
            "stations.csv:2:6 lon = 104.5: is off the map: the roads here call for 103.8 to 104.22",
            "sites.csv:2:6 lon = 104.1: is 7.7 km away from the nearest road",
        ],
    ),
    "longitude and latitude swapped": (
        [("hospitals.csv", "104.01,30.01", "30.01,80"), ("sites.csv", "104.019,30.009", "30.009,89.9")],
        [
            "hospitals.csv:2:4 lon = 30.01: is off the map: the roads here call for 103.8 to 104.22",
            "sites.csv:3:6 lon = 30.009: is off the map: the roads here call for 103.8 to 104.22",
        ],
    ),
    "unit at a station that does not exist": (
        [("units.csv", "E2,二号车,Engine 2,S2", "E2,二号车,Engine 2,S3")],
        ["units.csv:3:4 station = S3: names no station; known: S1, S2"],
    ),
    "ids stand twice": (
        [
            ("units.csv", "E2,", "E1,"),
            ("sites.csv", "X2,", "X1,"),
            (YAML, "priorities:\n", "priorities:\n  - {code: low, name: {en: L}}\n"),
        ],
        [
            "scenario.yaml:37:6 priorities.3.code = low: stands twice in this list: also as entry 1",
            "units.csv:3:1 code = E1: stands twice; the first is in line 2",
            "sites.csv:3:1 code = X1: stands twice; the first is in line 2",
        ],
    ),
    "false for a number, text for a number, a time of day for a number": (
        [
            (YAML, "call_takers: 2", "call_takers: false"),
            (YAML, "off_road_kph: 5", 'off_road_kph: "5"'),
            (YAML, "start_loss_s: 5", "start_loss_s: 12:30"),
            ("units.csv", ",60,0.35", ",12:30,0.35"),
            ("places.csv", "30000", "30000.0"),
        ],
        [
            "scenario.yaml:7:15 call_taking.call_takers = false: must be a whole number such as 12",
            "scenario.yaml:11:5 profiles.fast.start_loss_s = 12:30: is a time of day; a number is due",
            'scenario.yaml:14:5 profiles.slow.off_road_kph = "5": '
            "is text; write the number without quotation marks",
            "places.csv:2:5 population = 30000.0: must be a whole number such as 12",
            "units.csv:2:7 turnout_median_s = 12:30: is a time of day; a number is due",
        ],
    ),
    "misspelt settings": (
        [
            (YAML, "policy: closest", "polciy: closest"),
            (YAML, "target_s: 480", "target: 480"),
            (YAML, "handling: {constant_s: 50}", "handling: {constant: 50}"),
            (YAML, "category: accident", "category: acident"),
            (YAML, "sources:\n", "sources:\n  knids.leak: x\n"),
        ],
        [
            "scenario.yaml:6:1 polciy = closest: is not known here; did you mean policy?",
            "scenario.yaml:35:44 priorities.1.target = 480: is not known here; did you mean target_s?",
            "scenario.yaml:48:5 kinds.leak.category = acident: must be one of fire, rescue, accident, "
            "medical, assistance, other; did you mean accident?",
            'scenario.yaml:51:5 kinds.leak.handling = {"constant": 50}: ' + DURATIONS,
            "scenario.yaml:79:3 sources.knids.leak: names no setting or table; did you mean kinds?",
        ],
    ),
    "settings of the wrong make": (
        [
            (YAML, "name: {zh: 小县, en: Tiny County}", "name: 小县"),
            (YAML, "code: tiny", "code: 5"),
            (YAML, "start: 2026-01-01 00:00", "start: 2026-01-01"),
            (YAML, "emergency: false", "emergency: no"),
            (YAML, 'from: "22:00"', 'from: "24:30"'),
            (YAML, "control: {median_s: 2400, sigma: 0.6}", "control: {median_s: 2400}"),
            (YAML, "  day: [1, ", "  day: ["),
        ],
        [
            "scenario.yaml:2:1 code = 5: must be text; write it in quotation marks",
            "scenario.yaml:3:1 name = 小县: must be written {zh: ..., en: ...}",
            "scenario.yaml:5:1 start = 2026-01-01: must be a date and time written as 2026-01-01 00:00",
            "scenario.yaml:36:57 priorities.2.emergency = no: must be true or false",
            "scenario.yaml:38:32 turnout.night.from = 24:30: must be a time of day such as 07:00",
            "scenario.yaml:45:5 kinds.fire.control.sigma: is missing",
            "scenario.yaml:67:3 hourly.day = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1…: "
            "must have at least 24 entries, has 23",
        ],
    ),
    "codes that name nothing": (
        [
            (YAML, "policy: closest", "policy: closets"),
            (YAML, "time_zone: Asia/Shanghai", "time_zone: Asia/Beijing"),
            (YAML, "emergency: fast", "emergency: quick"),
            (YAML, "redirect: [[low, high]]", "redirect: [[low, hi], [low]]"),
            (YAML, "transport_capability: ambulance", "transport_capability: ambulence"),
            ("units.csv", "A1,救护一号,Ambulance 1,S1,ambulance", "A1,救护一号,Ambulance 1,S1,Ambulance"),
            ("units.csv", "engine,engine,60", "engine,engine；lader,60"),
            ("stations.csv", "part_time,T2", "part_time,T3"),
        ],
        [
            "scenario.yaml:4:1 time_zone = Asia/Beijing: is not a time zone; write for example Asia/Shanghai",
            "scenario.yaml:6:1 policy = closets: names no dispatch policy; did you mean closest?",
            "scenario.yaml:17:46 vehicle_classes.engine.emergency = quick: "
            "names no profile; known: fast, slow",
            "scenario.yaml:18:47 vehicle_classes.ambulance.emergency = quick: "
            "names no profile; known: fast, slow",
            "scenario.yaml:37:18 redirect.1.2 = hi: names no priority; did you mean high?",
            'scenario.yaml:37:23 redirect.2 = ["low"]: must have at least 2 entries, has 1',
            "scenario.yaml:54:5 kinds.leak.transport_capability = ambulence: "
            "names no capability; did you mean ambulance?",
            "stations.csv:3:5 place = T3: names no place; known: T1, T2",
            "units.csv:2:6 capabilities = lader: names no capability; known: engine, ambulance",
            "units.csv:4:5 vehicle_class = Ambulance: names no vehicle class; did you mean ambulance?",
        ],
    ),
    "demand that happens nowhere": (
        [
            ("demand.csv", "fire,places,200,day", "fire,place:T9,200,night"),
            ("demand.csv", "sites:ammonia_store", "sites:ammonia"),
            ("demand.csv", "fire,roads,20,flat,flat,low", "fyre,road,-1,flat,flat,lo"),
        ],
        [
            "demand.csv:2:2 where = place:T9: names no place; known: T1, T2",
            "demand.csv:2:4 hourly = night: names no hourly profile; known: day, flat",
            "demand.csv:3:2 where = sites:ammonia: names no kind of site; did you mean ammonia_store?",
            "demand.csv:4:1 kind = fyre: names no kind of incident; did you mean fire?",
            "demand.csv:4:2 where = road: must be one of "
            "place:CODE, places, site:CODE, sites:KIND, roads, raster:FILE.csv",
            "demand.csv:4:3 per_year = -1: must be at least 0",
            "demand.csv:4:6 priority = lo: names no priority; did you mean low?",
        ],
    ),
    "demand shared by nobody, one stream twice": (
        [
            ("places.csv", "30000", "0"),
            ("places.csv", "10000", "0"),
            ("demand.csv", "road_fire", "fire@places"),
        ],
        [
            "demand.csv:2:2 where = places: "
            "is shared by population, but nobody lives in the places of places.csv",
            "demand.csv:4:7 code = fire@places: is the same stream fire@places as in line 2; "
            "give each a code of its own",
        ],
    ),
    "chances that do not sum to 1, weights all 0": (
        [
            (YAML, "grade_p: [0.8, 0.2]", "grade_p: [0.8, 0.1]"),
            (YAML, "[0.1, 0.1, 0.1, 0.1,", "[0.1, 0.2, 0.1, 0.1,"),
            (
                YAML,
                "heat: [1, 1, 1, 1, 1, 2, 3, 3, 1, 1, 1, 1]",
                "heat: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
            ),
            (YAML, "casualty_p: 0.3", "casualty_p: 30"),
        ],
        [
            "scenario.yaml:23:3 weather.states: monthly_p of all states must sum to 1 in every month; "
            "in month 2 they sum to 1.1",
            "scenario.yaml:50:5 kinds.leak.grade_p = [0.8, 0.1]: must sum to 1, sums to 0.9",
            "scenario.yaml:58:7 kinds.leak.harm.casualty_p = 30: must be at most 1",
            "scenario.yaml:69:3 monthly.heat: must not be all 0",
        ],
    ),
    "periods that clash": (
        [
            (
                YAML,
                "speed_factor: {street: 0.8}}",
                "speed_factor: {stret: 0.8}}\n"
                '  - {code: rush, from: "08:00", to: "08:30", days: [1], speed_factor: {}}\n'
                '  - {code: back, from: "09:00", to: "07:00", speed_factor: {}}',
            )
        ],
        [
            "scenario.yaml:20:84 periods.1.speed_factor.stret: names no road class; did you mean street?",
            "scenario.yaml:21:5 periods.2 = rush: never holds: "
            "period rush stands before it and takes all its time",
            "scenario.yaml:21:6 periods.2.code = rush: stands twice in this list: also as entry 1",
            "scenario.yaml:22:33 periods.3.to = 07:00: must be later than `from`; "
            "write a period over midnight as two",
        ],
    ),
    "a newer format": (
        [
            (YAML, "format: 1", "format: 2"),
            (YAML, "policy: closest", "tactics: [x]"),
            ("units.csv", "E2,", "E1,"),
        ],
        ["scenario.yaml:1:1 format = 2: was made by a newer Beiqin; this one reads formats up to 1"],
    ),
    "run cards that are missing": (
        [
            ("run_cards.csv", "leak,2,engine,2\nleak,2,ambulance,1\n", ""),
            ("run_cards.csv", "fire,1", "flood,1"),
        ],
        [
            "scenario.yaml:40:3 kinds.fire: has no run card for grade 1 in run_cards.csv",
            "scenario.yaml:46:3 kinds.leak: has no run card for grade 2 in run_cards.csv",
            "run_cards.csv:2:1 kind = flood: names no kind of incident; known: fire, leak",
        ],
    ),
    "run cards that nobody can fill": (
        [
            (
                "run_cards.csv",
                "leak,2,engine,2\n",
                "leak,2,engine,3\nleak,2,engine,1\nfire,2,engine,1\nfire,1,ladder,0\n",
            ),
        ],
        [
            "run_cards.csv:6:3 capability = engine: "
            "stands twice for this kind and grade; the first is in line 5",
            "run_cards.csv:7:2 grade = 2: kind fire has grades 1 to 1 (see its grade_p)",
            "run_cards.csv:8:3 capability = ladder: names no capability; known: engine, ambulance",
            "run_cards.csv:8:4 count = 0: must be at least 1",
        ],
    ),
    "more units asked for than there are": (
        [
            ("run_cards.csv", "leak,2,engine,2", "leak,2,engine,3"),
            ("units.csv", "S1,ambulance,ambulance", "S1,ambulance,engine"),
        ],
        [
            "run_cards.csv:4:4 count = 1: asks for more than there is: units capable of ambulance: 0",
            "run_cards.csv:6:4 count = 1: asks for more than there is: units capable of ambulance: 0",
        ],
    ),
    "one unit counted for two needs": (
        [
            ("units.csv", "S2,engine,engine", "S2,engine,engine;ambulance"),
            ("units.csv", "A1,救护一号,Ambulance 1,S1,ambulance,ambulance,90,0.2,0\n", ""),
        ],
        [
            "run_cards.csv:6:1 kind = leak: "
            "the whole card asks for 3 units at once; 2 can be found, each counted once"
        ],
    ),
    "patients without hospital": (
        [("hospitals.csv", None), (YAML, "    transport_capability: ambulance\n", "")],
        [
            "scenario.yaml:53:5 kinds.leak.transport_p = 0.4: "
            "patients are carried, but hospitals.csv holds no hospital",
            "scenario.yaml:53:5 kinds.leak.transport_p = 0.4: "
            "patients are carried, but transport_capability does not say by what",
        ],
    ),
    "files that are missing": (
        [("places.csv", None), ("run_cards.csv", None), (YAML, "hourly:\n", "hourlies:\n")],
        [
            "scenario.yaml:66:1 hourlies = "
            '{"day": [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,…: '
            "is not known here; did you mean hourly?",
            "places.csv: file is missing from the folder",
            "run_cards.csv: file is missing from the folder",
        ],
    ),
    "files that are no tables": (
        [
            ("demand.csv", ""),
            ("sites.csv", b"code,name\nX1,a\0b\n"),
            ("units.csv", "code".encode("utf-16")),
            ("stations.csv", b"code\n\xe9\xff,"),
            ("hospitals.csv", "code;name;lon;lat\nH1;x;104.01;30.01\n"),
            ("places.csv", "code\tname\n"),
        ],
        [
            "places.csv:1: cells are parted by tabs; commas are due",
            "stations.csv:2: is neither UTF-8 nor GB18030 text",
            "hospitals.csv:1: cells are parted by semicolons; commas are due",
            "units.csv: is UTF-16 text; save it as UTF-8 (in a spreadsheet: as CSV UTF-8)",
            "sites.csv:2: holds a zero byte: this is not a text file, or it is damaged",
            "demand.csv: is empty; the first line must name the columns",
        ],
    ),
    "ragged rows and open quotation marks": (
        [
            ("stations.csv", ",T2,104.02", ",T2,T1,104.02"),
            ("units.csv", "二号车", '"二号车'),
            ("sites.csv", "冷库一", '"冷"库一'),
            ("places.csv", "10000", "10,000"),
        ],
        [
            "places.csv:3: row has 9 cells, the header has 8",
            "stations.csv:3: row has 8 cells, the header has 7",
            "units.csv:3: opens a quotation mark in this row that is never closed",
            "sites.csv:2: has text after a closing quotation mark; "
            "write a quotation mark inside a cell twice",
        ],
    ),
    "headers that are wrong": (
        [
            ("stations.csv", "kind,place", "knd,code"),
            ("units.csv", "code,name,name_en", "代码,名称,中文名"),
            ("run_cards.csv", "count", "how_many"),
        ],
        [
            "stations.csv:1 kind: column is missing from the header",
            "stations.csv:1:4 knd: is not a column of this table; did you mean kind?",
            "stations.csv:1:5 code = code: stands twice in the header: also as column 1",
            "units.csv:1:3 name = 中文名: stands twice in the header: also as column 2",
            "run_cards.csv:1 count: column is missing from the header",
            "run_cards.csv:1:4 how_many: is not a column of this table",
        ],
    ),
    "tables without rows": (
        [("stations.csv", "code,name,kind,lon,lat\n"), ("units.csv", UNITS_HEADER)],
        [
            "stations.csv: holds no row; at least one is due",
            "units.csv: holds no row; at least one is due",
        ],
    ),
    "cells that are empty or out of range": (
        [
            ("units.csv", "S1,engine,engine,60,0.35,600", "S1,engine,,0,9,-1"),
            ("units.csv", "S2,engine,engine,300,0,", "S2,engine,engine,0,0.5,"),
            ("sites.csv", "X1,", "X 1,"),
            ("places.csv", "street,30000,2", "village,,0"),
        ],
        [
            "places.csv:2:4 kind = village: must be one of township, street, park",
            "places.csv:2:5 population: is empty; a value is due",
            "places.csv:2:6 area_km2 = 0: must be more than 0",
            "units.csv:2:6 capabilities: is empty; a value is due",
            "units.csv:2:8 turnout_sigma = 9: must be at most 5",
            "units.csv:2:9 refit_s = -1: must be at least 0",
            "units.csv:3:7 turnout_median_s = 0: must be more than 0 where turnout_sigma is",
            "sites.csv:2:1 code = X 1: must be a code: up to 40 characters, no blanks, colons, commas, "
            "semicolons or quotation marks",
        ],
    ),
    "incidents that cannot be": (
        [
            (
                "incidents.csv",
                "time_s,kind,lon,lat,priority,hospital,transport\n"
                "-5,fire,104,30,high,,\n"
                "7,flood,104,30,urgent,H2,maybe\n"
                "9,fire,110,30,,,\n"
                "1e400,fire,104,30,,H1,是\n",
            )
        ],
        [
            "incidents.csv:2:1 time_s = -5: must be at least 0",
            "incidents.csv:3:2 kind = flood: names no kind of incident; known: fire, leak",
            "incidents.csv:3:5 priority = urgent: names no priority; known: high, low",
            "incidents.csv:3:6 hospital = H2: names no hospital; known: H1",
            "incidents.csv:3:7 transport = maybe: must be yes or no (是 or 否)",
            "incidents.csv:4:3 lon = 110: is off the map: the roads here call for 103.8 to 104.22",
            "incidents.csv:5:1 time_s = 1e400: must be a number such as 12.5",
        ],
    ),
    "a raster that is missing": (
        [
            ("demand.csv", "fire,roads", "fire,raster:pop.csv"),
            ("demand.csv", "leak,sites:ammonia_store", "leak,raster:../x.csv"),
        ],
        [
            "demand.csv:3:2 where = raster:../x.csv: names no file of this folder",
            "demand.csv:4:2 where = raster:pop.csv: names no file of this folder",
        ],
    ),
    "a raster that is wrong": (
        [
            ("demand.csv", "fire,roads", "fire,raster:pop.csv"),
            (
                "pop.csv",
                "lon,lat,weight,size_lon,size_lat\n104,30,1,0.01,0.01\n104.1,99,-1,0.02,0.01\n",
            ),
        ],
        [
            "pop.csv: all weights are 0; at least one must be more",
            "pop.csv:3:2 lat = 99: is off the map (must be between -90 and 90)",
            "pop.csv:3:3 weight = -1: must be at least 0",
            "pop.csv:3:4 size_lon = 0.02: must be 0.01 as in the first cell: all cells have one size",
        ],
    ),
    "no speed for a class of road": (
        [
            (YAML, "speeds_kph: {county: 60, street: 30}", "speeds_kph: {county: 60}"),
            (YAML, "    speeds_kph: {county: 40, street: 20}\n", ""),
        ],
        [
            "scenario.yaml:12:5 profiles.fast.speeds_kph: gives no speed for road class street, "
            "and not all such roads have a speed or time",
            "scenario.yaml:13:3 profiles.slow.speeds_kph: gives no speed for road class street, county, "
            "and not all such roads have a speed or time",
        ],
    ),
    "accident classes out of order": (
        [
            (
                YAML,
                "sources:\n",
                "accident_classes:\n"
                "  - {code: BIG, name: {en: Big}, deaths: 3, injuries: 10, loss_cny: 1.0e+7, source: x}\n"
                "  - {code: SMALL, name: {en: Small}, deaths: 1, injuries: 10, loss_cny: 1, source: ''}\n"
                "  - {code: SMALL, name: {en: Small}, deaths: 1, injuries: 10, loss_cny: 1, source: x}\n"
                "sources:\n",
            )
        ],
        [
            'scenario.yaml:80:76 accident_classes.2.source = "": is empty; a value is due',
            "scenario.yaml:81:6 accident_classes.3.code = SMALL: stands twice in this list: also as entry 2",
            "scenario.yaml:81:38 accident_classes.3.deaths = 1: "
            "must be at least 3 as in the class before: the lowest class comes first",
            "scenario.yaml:81:63 accident_classes.3.loss_cny = 1: "
            "must be at least 10000000 as in the class before: the lowest class comes first",
        ],
    ),
    "YAML that is none": (
        [(YAML, "redirect: [[low, high]]", "redirect: [[low, high]"), ("units.csv", ",60,", ",sixty,")],
        [
            "scenario.yaml:38:1: is not well-formed YAML: did not find expected ',' or ']'",
            "units.csv:2:7 turnout_median_s = sixty: must be a number such as 12.5",
        ],
    ),
    "a Chinese colon, a key twice, a tag": (
        [
            (YAML, "call_taking: {call_takers: 2}", "call_taking： {call_takers: 2}"),
            (YAML, "policy: closest", "policy: !!str closest"),
            (YAML, "  heat: [", "  heat: [1]\n  heat: ["),
        ],
        [
            "scenario.yaml call_taking: is missing",
            "scenario.yaml:6:9 policy = !!str: carries a tag; plain values are due",
            "scenario.yaml:7:1 call_taking： {call_takers = 2}: "
            "holds a Chinese colon (：); a plain colon and a space are due",
            "scenario.yaml:70:3 monthly.heat: stands twice; the first is in line 69",
        ],
    ),
    "settings that are a list": (
        [(YAML, "- 1\n- 2\n"), ("units.csv", "engine,60", "engine,60s")],
        [
            "scenario.yaml: must hold the settings of a scenario, one name: value a line",
            "units.csv:2:7 turnout_median_s = 60s: must be a number such as 12.5",
        ],
    ),
}

CHINESE = {
    "station off the globe": ["stations.csv:2:6 lon（经度） = 999：超出地图范围（应在 -180 与 180 之间）"],
    "unit at a station that does not exist": [
        "units.csv:3:4 station（驻地） = S3：没有这个驻地（队站）；可用：S1, S2"
    ],
    "a newer format": ["scenario.yaml:1:1 format = 2：由更新版本的备勤制作；本版本最高读取格式 1"],
    "chances that do not sum to 1, weights all 0": [
        "scenario.yaml:23:3 weather.states：各天气状态的 monthly_p 每月总和应为 1；2 月总和为 1.1",
        "scenario.yaml:50:5 kinds.leak.grade_p = [0.8, 0.1]：总和应为 1，现为 0.9",
        "scenario.yaml:58:7 kinds.leak.harm.casualty_p = 30：应不大于 1",
        "scenario.yaml:69:3 monthly.heat：不能全为 0",
    ],
    "YAML that is none": [
        "scenario.yaml:38:1：不是格式正确的 YAML：缺少“,”或“]”",
        "units.csv:2:7 turnout_median_s（出动中位秒数） = sixty：应为数字，例如 12.5",
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_folder_gives_exactly_these_messages(edited_county, name):
    edits, expected = BROKEN[name]
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited_county(*edits))
    assert str(caught.value).splitlines() == expected
    assert caught.value.text("en") == str(caught.value)


@pytest.mark.parametrize("name", CHINESE)
def test_broken_folder_speaks_chinese(edited_county, name):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited_county(*BROKEN[name][0]))
    assert caught.value.text("zh").splitlines() == CHINESE[name]


@pytest.mark.parametrize("name", BROKEN)
def test_every_message_has_its_chinese(edited_county, name):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited_county(*BROKEN[name][0]))
    known = catalogue("sim")
    assert [p.message_id for p in caught.value.problems if p.message_id not in known] == []


def test_folder_that_is_none(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for name, message in (
        ("absent", "there is no such folder"),
        ("file", "is a file; a scenario is a folder"),
        ("empty", "is not a scenario folder: it holds no scenario.yaml"),
    ):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name}: {message}"
