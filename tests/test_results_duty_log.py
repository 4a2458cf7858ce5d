"""Standby and equipment in the log, in words: exact sentences, and who was passed over and why."""

import pytest
from counties import line_county, names
from synthetic_runs import K, log_of

from readiness.force import Crew, Force, Item, ItemType, Manning, Store, Team
from results.narrative import line
from results.readiness.duty_log import DUTY_LOG
from results.story import Story
from sim.county import Names

FORCE = Force(
    teams=(Team("T1", "full_time", 0),),
    crews=(Crew("C1", 0, (0, 1), ((Manning(3),), (Manning(3),))),),
    item_types=(ItemType("mask", needs=((0, 2),)), ItemType("foam", consumable=True)),
    items=(Item("I1", 0, unit=0), Item("I2", 0, store=0), Item("I3", 1, unit=0)),
    stores=(Store("W1", 0),),
    unit_team=(0, 0, 0),
    unit_crew=(0, 0, -1),
)
CALLED = {
    "teams": (Names("一队", "Team 1"),),
    "item_types": (Names("空呼器", "Breathing apparatus"), Names("泡沫液", "Foam")),
    "stores": (Names("一号库", "Store 1"),),
}
COUNTY = line_county(
    [60.0, 60.0],
    stations=(0, 2),
    units=(0, 0, 1),
    able=((0, 1), (0,), (0,)),
    cards=(((0, 1), (1, 1)),),
    force=FORCE,
    force_names=CALLED,
    capability_names=(names("fire"), Names("危化", "hazmat")),
)


def told(lang, *rows):
    events = log_of(*rows)
    standing = {}
    for row in events.iter_rows(named=True):
        if row["kind"] == "STANDING":
            numbers, texts = standing.setdefault(row["unit"], ([], []))
            numbers.append(row["number"])
            texts.append(row["text"])
    story = Story(COUNTY, lang, {}, {0: 0.0}, standing)
    return [line(story, row)[30:] for row in events.iter_rows(named=True)]


@pytest.mark.parametrize(
    ("row", "english", "chinese"),
    [
        ((K.STANDING, -1, 0, 3, "[]"), "E0 is ready for all it is there for.", "E0各项任务均具备出动条件。"),
        (
            (K.STANDING, -1, 0, 0, '["crew_out:E1", "taken_out"]'),
            "E0 is not ready: its crew is out with E1, taken out of service.",
            "E0不具备出动条件：乘员已随E1出动、停用。",
        ),
        (
            (K.STANDING, -1, 0, 1, '["crew_short:2", "crew_short:0", "crew_rests", "short:mask:1:2"]'),
            "E0 is ready only for: fire; not for: hazmat (2 people short, nobody with a qualification that "
            "is asked for, its crew rests, Breathing apparatus: 1 of 2).",
            "E0只能执行：fire；不能执行：危化（缺员2人、缺少具备所需资质的人员、乘员正在休整、"
            "空呼器可用1、应有2）。",
        ),
        (
            (K.STANDBY, -1, 0, 1),
            "The crew of E0 stands by on call, at home.",
            "E0乘员转为在家待命。",
        ),
        ((K.RAISED, -1, -1, 0), "The standby of Team 1 is raised.", "一队提级备勤。"),
        ((K.WARNING, -1, -1, 2), "A warning is issued: orange.", "发布橙色预警。"),
        ((K.WARNING, -1, -1, 0), "The warning is lifted.", "预警解除。"),
        (
            (K.CREW_RESTS, -1, 0, 0),
            "Crew C1 was out too long with E0: it rests and mans nothing until then.",
            "C1组随E0出动超时，休整期间不执勤。",
        ),
        (
            (K.ITEM_FOUND, -1, 0, 0, '["check"]'),
            "E0: Breathing apparatus I1 is found not to be in order (at a check).",
            "E0：查出空呼器 I1不完好（例行检查）。",
        ),
        (
            (K.ITEM_FAILED, -1, -1, 1),
            "Store 1: Breathing apparatus I2 stops working.",
            "一号库：空呼器 I2发生故障。",
        ),
        ((K.CONSUMED, -1, 0, 2, "[50.0]"), "E0 has used 50 of Foam.", "E0消耗泡沫液 50。"),
        (
            (K.WILL_NOT_ROLL, 4, 0, 0),
            "E0 cannot roll to incident 4: Breathing apparatus I1 has failed.",
            "E0不能出动前往警情4：空呼器 I1故障。",
        ),
        (
            (K.CAPABILITY_LOST, 4, 0, 1, '["I1"]'),
            "E0 can no longer serve incident 4 as hazmat: Breathing apparatus I1 has failed.",
            "E0在警情4现场失去危化能力：空呼器 I1故障。",
        ),
        ((K.RECOVERED, -1, 0, 1), "E0 has been brought back to S1.", "E0已拖回S1。"),
    ],
)
def test_a_sentence_in_both_languages(row, english, chinese):
    kind, incident, unit, *rest = row
    assert told("en", (0, kind, incident, unit, *rest)) == [english]
    assert told("zh", (0, kind, incident, unit, *rest)) == [chinese]


def test_who_was_passed_over_and_why():
    why = '["closest", 300.0, 2, "E1", 320.0, "E0", 120.0, 1]'
    rows = (
        (10, K.STANDING, -1, 0, 0, '["crew_short:2"]'),
        (20, K.ASSIGNED, 0, 2, 0, why),
        (30, K.STANDING, -1, 0, 3, "[]"),
    )
    assert told("en", *rows)[1] == (
        "E2 is sent to incident 0 as fire: the closest of 2 that could go, expected in 5 min; next would "
        "have been E1 in 5 min 20 s; E0 would have been there in 2 min but was not ready (2 people short); "
        "its crew came from home."
    )
    assert told("zh", *rows)[1].endswith("；E0本可2分到达，但不具备出动条件（缺员2人）；乘员由家中集合。")


def test_who_was_not_ready_when_a_call_had_to_wait():
    rows = ((10, K.STANDING, -1, 0, 0, '["taken_out"]'), (20, K.WAITING, 0, -1, 1, '["E0", 61.0]'))
    assert told("en", *rows)[1] == (
        "Incident 0: 1 of the units needed are not free; it waits; E0 would have been there in 1 min 1 s but "
        "was not ready (taken out of service)."
    )


def test_every_kind_of_readiness_is_told():
    assert {kind for kind in K if K.STANDING <= kind <= K.CAPABILITY_LOST} == set(DUTY_LOG)
