"""The log in words: exact sentences in both languages, filters, and the chain of causes."""

import pytest
from synthetic_runs import K, fate_of, log_of, write_run

from results.narrative import SENTENCES, tell, why
from results.runs import RunError, open_run
from sim.events import Kind

LOG = log_of(
    (0, K.CONDITIONS, -1, -1, 3),
    (50_000, K.REPORTED, 0, -1, 1, None, 0),
    (50_003, K.CALL_ANSWERED, 0, -1, -1, None, 1),
    (50_050, K.CALL_TAKEN, 0, -1, 2, None, 2),
    (50_050, K.ASSIGNED, 0, 0, 0, '["closest", 372.4, 5, "E2", 520.0]', 3),
    (50_050, K.ASSIGNED, 0, 2, 1, '["closest", 90, 1, null, null]', 3),
    (50_050, K.WAITING, 0, -1, 1, None, 3),
    (50_100, K.EN_ROUTE, 0, 0, -1, None, 4),
    (50_500, K.ARRIVED, 0, 0, -1, None, 7),
    (50_600, K.REDIRECTED, 0, 2, 1, None, 5),
    (50_600, K.ASSIGNED, 1, 2, 1, '["area_first", 61, 2, null, null]', 9),
    (53_000, K.ASSEMBLED, 0, -1, -1, None, 8),
    (53_600, K.HARM_KNOWN, 0, -1, -1, "[1, 2, 1234567.8]", 8),
    (53_600, K.CLASS_ROSE, 0, -1, 0, None, 12),
    (54_000, K.CONTROLLED, 0, -1, -1, None, 11),
    (54_000, K.HOSPITAL_BOUND, 1, 2, 0, None, 10),
    (54_500, K.AT_HOSPITAL, 1, 2, 0, None, 15),
    (54_600, K.CLEAR, 0, 0, 0, None, 14),
    (54_600, K.CLOSED, 0, -1, -1, None, 17),
    (55_000, K.RETURNED, -1, 0, 0, None, 17),
    (55_000, K.REFIT, -1, 0, 0, None, 19),
    (55_600, K.REFITTED, -1, 0, 0, None, 20),
)
FATE = fate_of({"kind": "leak", "site": "X1", "grade": 2}, {"place": "T2"})


@pytest.fixture
def run(tmp_path, tiny_folder):
    return open_run(write_run(tmp_path / "run", tiny_folder, [(LOG, FATE)]))


def sentences(lines):
    return [line[30:] for line in lines]


def test_a_line_has_number_time_and_sentence(run):
    lines = list(tell(run))
    assert len(lines) == len(LOG)
    assert lines[4] == (
        "      4  2026-01-01 13:54:10  E1 is sent to incident 0 as Fire engine: the closest of 5 that could "
        "go, expected in 6 min 12 s; next would have been E2 in 8 min 40 s."
    )


def test_why_a_unit_was_sent_in_chinese(run):
    line = next(tell(run, unit="E1", lang="zh"))
    assert line.endswith(
        "E1 受命前往警情0（灭火）：可派的5支中最近，预计6分12秒到达；其次是E2，预计8分40秒。"
    )


def test_one_unit_in_english(run):
    assert sentences(tell(run, unit="E1"))[1:] == [
        "E1 rolls, to incident 0.",
        "E1 is on scene at incident 0, 8 min 20 s after the alarm.",
        "E1 is free again and sets out for Station 1.",
        "E1 is back at Station 1.",
        "E1 is cleaned and refilled at Station 1.",
        "E1 is ready again at Station 1.",
    ]


def test_one_incident_in_english(run):
    told = sentences(tell(run, incident=0))
    assert told[0] == "Incident 0: alarm: Ammonia leak, Cold store 1, priority High."
    assert told[1] == "Incident 0: a call-taker answers."
    assert told[2] == "Incident 0: the call is taken, grade 2; needed: 2 × Fire engine, 1 × Ambulance."
    assert (
        told[4]
        == "A1 is sent to incident 0 as Ambulance: the only one that could go, expected in 1 min 30 s."
    )
    assert told[5] == "Incident 0: 1 of the units needed are not free; it waits."
    assert "A1 is taken off incident 0 for the more urgent incident 1." in told
    assert "Incident 0: known so far: 1 dead, 2 injured, loss CNY 1,234,568." in told
    assert "Incident 0 now counts as: Ordinary accident." in told
    assert told[-1] == "Incident 0 is closed."


def test_both_filters(run):
    assert sentences(tell(run, incident=1, unit="A1")) == [
        "A1 is sent to incident 1 as Ambulance: first of its own area, then the closest, out of 2 that could "
        "go, expected in 1 min 1 s.",
        "A1 leaves with a patient for County Hospital.",
        "A1 is at County Hospital.",
    ]


def test_conditions(run):
    assert sentences(tell(run))[0] == "Conditions change: the ordinary hours, Rain."
    assert sentences(tell(run, lang="zh"))[0] == "条件变化：平常时段，大雨。"


def test_chain_of_causes(run):
    numbers = [int(line.split()[0]) for line in why(run, 10)]
    assert numbers == [10, 9, 5, 3, 2, 1, 0]


def test_every_kind_of_event_can_be_told(run):
    assert set(SENTENCES) == set(Kind)
    for lang in ("en", "zh"):
        assert all(sentences(tell(run, lang=lang)))


def test_no_such_thing(run):
    cases = {
        "there is no unit E9; there are for example E2, E1.": {"unit": "E9"},
        "there is no incident 2; they go from 0 to 1.": {"incident": 2},
        "there is no finished replication 4; there are 0.": {"replication": 4},
    }
    for expected, asked in cases.items():
        with pytest.raises(RunError) as caught:
            list(tell(run, **asked))
        assert expected in caught.value.text("en")
    with pytest.raises(RunError, match="there is no event 99"):
        list(why(run, 99))
