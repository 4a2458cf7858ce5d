"""A small county with all that readiness knows: teams, crews, equipment, checks, duty posts, injects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conftest import TINY

READINESS = """\
readiness:
  holidays: {country: CN, extra: [2026-03-06], workdays: [2026-03-07]}
  roles:
    commander: {name: {zh: 指挥员, en: Commander}, counts_as: [firefighter]}
    driver: {name: {zh: 驾驶员, en: Driver}}
    firefighter: {name: {zh: 战斗员, en: Firefighter}}
    duty_officer: {name: {zh: 值班员, en: Duty officer}}
    duty_leader: {name: {zh: 带班领导, en: Leader on duty}}
  shifts:
    day: {name: {zh: 白班, en: Day}, from: "08:00", to: "18:00"}
    night: {name: {zh: 夜班, en: Night}, from: "18:00", to: "08:00"}
    office: {name: {zh: 工作日, en: Office hours}, from: "08:30", to: "17:30", on: workdays}
    whole: {name: {zh: 全天, en: Whole day}, from: "08:00", to: "08:00"}
    watch_a: {name: {zh: 甲班, en: Watch A}, from: "08:00", to: "08:00", cycle_days: 2, cycle_on: [1]}
    watch_b: {name: {zh: 乙班, en: Watch B}, from: "08:00", to: "08:00", cycle_days: 2, cycle_on: [2]}
  handover: {lasts_min: 15, extra_s: 20}
  standby:
    turnout:
      - {team_kind: full_time, level: on_station, median_s: 60, sigma: 0.35}
      - {team_kind: part_time, level: on_call, median_s: 300, sigma: 0.35}
      - {level: raised, median_s: 60, sigma: 0}
    recall_min: 30
    second_crew_min: 60
    second_crew_share: 0.5
    forward_min: 10
    raise:
      - {warning_level: 2}
      - {from: "12:00", to: "20:00", months: [6, 7, 8], teams: [T2]}
  item_types:
    engine:
      name: {zh: 底盘, en: Chassis}
      needs: {any: 1}
      fails: {mean_days: 600}
      shows: turnout
      repair: {median_days: 2, sigma: 0.5}
    pump:
      name: {zh: 水泵, en: Pump}
      needs: {engine: 1}
      fails: {weibull_scale_days: 1200, shape: 1.6}
      hidden: 0.5
      repair: {constant_days: 3}
    apparatus:
      name: {zh: 空气呼吸器, en: Breathing apparatus}
      needs: {engine: 2}
      fails: {mean_days: 900}
      use_p: 0.004
      harsh: {kinds: [leak], factor: 3}
      hidden: 0.6
      degrades: 0.2
      degraded_factor: 1.1
      repair: {median_days: 5, sigma: 0.5}
      replace: {mean_days: 20}
      swap_min: 20
      test_every_days: 1095
      expires_days: 5475
      dirties: {kinds: [leak], clean_min: 45}
    foam:
      name: {zh: 泡沫液, en: Foam}
      needs: {engine: 100}
      consumable: {unit: L, use: {fire: 50, any: 0}, restock_min: 15}
  channels:
    landline:
      name: {zh: 固定电话, en: Landline}
      answer: {median_s: 15, sigma: 0.5}
      answer_p: 0.97
      fails: {warning_level: 1, chance: 0.2}
    mobile: {name: {zh: 手机, en: Mobile}, answer: {constant_s: 20}, from: "06:00", to: "23:00"}
  spot_checks: {per_year: 6, attention_days: 30, attention_factor: 0.3}
  index: {crew: 0.4, vehicle: 0.2, equipment: 0.4}
injects:
  - {at: 2026-03-10 20:00, lower_standby: [T1]}
  - {at: 2026-03-10 12:00, raise_standby: all}
  - {at: 2026-03-10 12:30, warning: 1, until: 2026-03-11 00:00}
  - {at: 2026-03-11 08:00, fail_item: I3}
  - {at: 2026-03-11 09:00, take_out: E2, until: 2026-03-12 09:00}
  - {at: 2026-03-12 00:00, cut_channel: landline, post: P1, until: 2026-03-12 06:00}
  - {at: 2026-03-13 00:00, leave_post: P2}
"""

UNITS = (
    "code,name,name_en,station,vehicle_class,capabilities,turnout_median_s,turnout_sigma,refit_s,"
    """team,crew,crew_min,crew_roles,crew_for,forward
E1,一号车,Engine 1,S1,engine,engine,60,0.35,600,T1,C1,3,commander:1;driver:1,engine:4,S2
E2,二号车,Engine 2,S2,engine,engine,300,0,600,T2,,2,driver:1,,
E3,三号车,Engine 3,S1,engine,engine,60,0.35,600,T1,C1,3,driver:1,engine:firefighter:2,
A1,救护一号,Ambulance 1,S1,ambulance,ambulance,90,0.2,0,,,,,,
"""
)

ITEMS = """\
code,type,unit,store,made,tested,condition,known,amount
I1,engine,E1,,2020-05-01,,,,
I2,pump,E1,,2020-05-01,2025-12-01,,,
I3,apparatus,E1,,2024/3/1,2025-03-01,serviceable,,
I4,apparatus,E1,,2024-03-01,2025-03-01,unserviceable,serviceable,
I5,foam,E1,,,,,,200
I6,engine,E2,,2016-01-01,,,,
I7,pump,E2,,2016-01-01,,degraded,,
I8,apparatus,E2,,2022-01-01,2025-01-01,,,
I9,apparatus,E2,,2022-01-01,2025-01-01,,,
I10,foam,E2,,,,,,120
I11,engine,E3,,2024-01-01,,,,
I12,pump,E3,,2024-01-01,,,,
I13,apparatus,E3,,2024-01-01,,,,
I14,apparatus,E3,,2024-01-01,,,,
I15,foam,E3,,,,,,200
I16,apparatus,,W1,2024-01-01,,,,
I17,foam,,W1,,,,,500
I18,engine,A1,,2025-06-01,,,,
"""

READY: Mapping[str, str] = {
    **TINY,
    "scenario.yaml": TINY["scenario.yaml"]
    .replace("code: tiny", "code: ready")
    .replace(
        "      speed_factor: {default: 0.8, street: 0.5}\n",
        "      speed_factor: {default: 0.8, street: 0.5}\n      warning_level: 3\n",
    )
    .replace("sources:\n", f"{READINESS}sources:\n"),
    "units.csv": UNITS,
    "items.csv": ITEMS,
    "teams.csv": """\
code,name,name_en,kind,station,absence,max_hours,rest_h,owner
T1,一队,Team 1,full_time,S1,0.02,6,2,王队
T2,二队,Team 2,part_time,S2,0.1,,,
""",
    "stores.csv": """\
code,name,name_en,station,bays,delivery_median_days,delivery_sigma
W1,一站库房,Store 1,S1,1,7,0.4
""",
    "checks.csv": """\
code,team,store,type,every_days,at,first,finds,after_use
K1,,,,1,08:30,,0.9,yes
K2,T2,,pump,7,09:00,2026-01-05,0.8,no
K3,,W1,,30,10:00,2025-12-01,1,no
""",
    "posts.csv": """\
code,name,name_en,kind,place,site,channels,absence
P1,县局值班室,County duty desk,bureau,T1,,landline;mobile,0.01
P2,冷库一值班室,Cold store 1 desk,site,T1,X1,mobile,0.05
""",
    "roster.csv": """\
holder,shift,role,count,standby,person,since,until
T1,watch_a,commander,1,on_station,,,
T1,watch_a,driver,1,on_station,,,
T1,watch_a,firefighter,4,on_station,,,
T1,watch_b,commander,1,on_station,,,
T1,watch_b,driver,1,on_station,,,
T1,watch_b,firefighter,3,on_station,,,
T2,day,driver,1,on_station,,,
T2,day,firefighter,2,on_station,,,
T2,night,driver,1,on_call,,,
T2,night,firefighter,2,on_call,,,
P1,office,duty_leader,1,,李主任,,
P1,whole,duty_officer,1,,,,
P2,day,duty_officer,1,,张三,2026-01-01,2026-06-30
P2,night,duty_officer,1,,,,
""",
}
"""The files of the county: the tiny one with a third engine, two teams, 18 items, a store, two duty posts."""


def write_ready(folder: Path, files: Mapping[str, str] = READY) -> Path:
    """Write the county into a folder (made if need be) and give the folder back."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_edited(folder: Path, *edits: tuple[str, ...] | tuple[str, None]) -> Path:
    """Write the county with changes: (file, old, new) replaces, (file, None) leaves the file out."""
    files = dict(READY)
    for name, *change in edits:
        if change == [None]:
            del files[name]
        else:
            old, new = (str(word) for word in change)
            assert old in files[name], f"{name} does not hold {old!r}"
            files[name] = files[name].replace(old, new)
    return write_ready(folder, files)
