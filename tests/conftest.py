"""What many tests stand on: a tiny county as a scenario folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("BEIQIN_CACHE", os.path.join(tempfile.gettempdir(), "beiqin-tests"))  # noqa: PTH118


TINY = {
    "scenario.yaml": """\
format: 1
code: tiny
name: {zh: 小县, en: Tiny County}
time_zone: Asia/Shanghai
start: 2026-01-01 00:00
policy: closest
call_taking: {call_takers: 2}
profiles:
  fast:
    off_road_kph: 10
    start_loss_s: 5
    speeds_kph: {county: 60, street: 30}
  slow:
    off_road_kph: 5
    speeds_kph: {county: 40, street: 20}
vehicle_classes:
  engine: {name: {zh: 消防车, en: Fire engine}, emergency: fast, ordinary: slow}
  ambulance: {name: {zh: 救护车, en: Ambulance}, emergency: fast, ordinary: slow}
periods:
  - {code: rush, from: "07:00", to: "09:00", days: [1, 2, 3, 4, 5], speed_factor: {street: 0.8}}
weather:
  block_h: 6
  states:
    - code: dry
      name: {zh: 晴好, en: Dry}
      monthly_p: [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
    - code: rain
      name: {zh: 大雨, en: Rain}
      monthly_p: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
      speed_factor: {default: 0.8, street: 0.5}
capabilities:
  engine: {zh: 灭火, en: Fire engine}
  ambulance: {zh: 医疗急救, en: Ambulance}
priorities:
  - {code: high, name: {zh: 紧急, en: High}, target_s: 480, emergency: true}
  - {code: low, name: {zh: 一般, en: Low}, target_s: 900, emergency: false}
redirect: [[low, high]]
turnout: {night: {factor: 1.5, from: "22:00", to: "06:00"}}
kinds:
  fire:
    name: {zh: 火灾, en: Fire}
    category: fire
    priority: high
    handling: {median_s: 45, sigma: 0.45}
    control: {median_s: 2400, sigma: 0.6}
  leak:
    name: {zh: 氨泄漏, en: Ammonia leak}
    category: accident
    priority: high
    grade_p: [0.8, 0.2]
    handling: {constant_s: 50}
    control: {exponential_mean_s: 9000}
    transport_p: 0.4
    transport_capability: ambulance
    care: {normal_mean_s: 540, sd_s: 60}
    handover: {median_s: 900, sigma: 0.4}
    harm:
      casualty_p: 0.3
      casualties_median: 2
      casualties_sigma: 0.9
      death_share: 0.2
      loss_median_cny: 200000
      loss_sigma: 1.2
      late_share: 0.2
      late_after: {median_s: 7200, sigma: 1}
hourly:
  day: [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]
monthly:
  heat: [1, 1, 1, 1, 1, 2, 3, 3, 1, 1, 1, 1]
standards:
  - code: town5
    name: {en: Five minutes in town}
    measure: first_arrival
    within_s: 300
    share: 0.9
    place_kinds: [street]
    source: 建标152-2017
sources:
  kinds.leak.control: "domain.md D2, assumption"
""",
    "places.csv": """\
code,name,name_en,kind,population,area_km2,lon,lat
T1,城关,Chengguan,street,30000,2,104,30
T2,河口,Hekou,township,10000,2,104.02,30.01
""",
    "stations.csv": """\
code,name,name_en,kind,place,lon,lat
S1,一站,Station 1,full_time,T1,104,30
S2,二站,Station 2,part_time,T2,104.02,30.01
""",
    "hospitals.csv": """\
code,name,name_en,lon,lat
H1,县医院,County Hospital,104.01,30.01
""",
    "units.csv": """\
code,name,name_en,station,vehicle_class,capabilities,turnout_median_s,turnout_sigma,refit_s
E1,一号车,Engine 1,S1,engine,engine,60,0.35,600
E2,二号车,Engine 2,S2,engine,engine,300,0,600
A1,救护一号,Ambulance 1,S1,ambulance,ambulance,90,0.2,0
""",
    "sites.csv": """\
code,name,name_en,kind,place,lon,lat,rate_factor,owner
X1,冷库一,Cold store 1,ammonia_store,T1,104.002,30.001,1,张三
X2,冷库二,Cold store 2,ammonia_store,,104.019,30.009,2.5,李四
""",
    "run_cards.csv": """\
kind,grade,capability,count
fire,1,engine,1
leak,1,engine,1
leak,1,ambulance,1
leak,2,engine,2
leak,2,ambulance,1
""",
    "demand.csv": """\
kind,where,per_year,hourly,monthly,priority,code,source
fire,places,200,day,flat,,,
leak,sites:ammonia_store,2,flat,heat,,,
fire,roads,20,flat,flat,low,road_fire,
""",
    "nodes.csv": """\
id,lon,lat
n1,104,30
n2,104.01,30
n3,104.02,30
n4,104,30.01
n5,104.01,30.01
n6,104.02,30.01
""",
    "roads.csv": """\
from,to,length_m,class,oneway,name,name_en,bridge
n1,n2,960,street,no,正街,Main Street,no
n2,n3,960,street,no,正街,Main Street,no
n4,n5,960,county,no,县道一,County Road 1,no
n5,n6,960,county,no,县道一,County Road 1,no
n1,n4,1110,county,no,河桥,River Bridge,yes
n3,n6,1110,county,no,,,no
""",
    "SOURCES.md": "# Tiny County\nMade up for tests.\n",
}
"""A valid scenario folder: 6 nodes, 2 places, 2 stations, 3 units, 1 hospital, 2 sites, 2 kinds."""


@pytest.fixture
def write_tiny_county() -> Callable[[Path], Path]:
    """Write the tiny county into a folder (made if need be) and give the folder back."""

    def write(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in TINY.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def tiny_folder(tmp_path: Path, write_tiny_county: Callable[[Path], Path]) -> Path:
    """The tiny county in a folder of its own."""
    return write_tiny_county(tmp_path / "tiny")


Edit = tuple[str, str | bytes | None] | tuple[str, str, str]


@pytest.fixture
def edited_county(tiny_folder: Path) -> Callable[..., Path]:
    """Edit the tiny county: (file, old, new) replaces, (file, text) writes, (file, None) removes."""

    def edit(*edits: Edit) -> Path:
        for name, *change in edits:
            path = tiny_folder / name
            if len(change) == 2:
                text = path.read_text(encoding="utf-8")
                assert change[0] in text, f"{name} does not hold {change[0]!r}"
                path.write_text(text.replace(change[0], change[1]), encoding="utf-8")
            elif change[0] is None:
                path.unlink()
            else:
                content = change[0]
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tiny_folder

    return edit
