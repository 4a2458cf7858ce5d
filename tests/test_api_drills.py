"""The drill room: states, roles, injects, decisions, branches, and a drill taken up after a crash."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from plan_county import write_planned
from pydantic import ValidationError

from api.cli import answered
from api.drill_trouble import NoDrill, NotAllowed
from api.drills import DrillRoom, injects_of
from api.trouble import Trouble
from sim.decisions import DrillTrouble
from sim.engine import simulate
from sim.fate import draw_fate
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario
from sim.scenarios.problems import ScenarioError

DESK, BUREAU = "Desk 119", "Bureau"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return write_planned(tmp_path_factory.mktemp("planned"))


@pytest.fixture
def spec(scenario):
    return {
        "name": {"zh": "夜间氨泄漏", "en": "Leak at night"},
        "scenario": str(scenario),
        "seed": 3,
        "start": "2026-01-07 02:00",
        "hours": 3,
        "lead_h": 1,
        "accident": {"kind": "leak", "site": "X1", "after_min": 5, "grade": 1},
        "players": [
            {"name": DESK, "holds": [{"what": "send", "limit_min": 4}]},
            {
                "name": BUREAU,
                "holds": [
                    {"what": "report", "tier": "bureau", "limit_min": 30},
                    {"what": "level", "limit_min": 10, "then": "open"},
                ],
            },
        ],
        "injects": [
            {
                "number": "1",
                "time": "+7",
                "to": DESK,
                "message": "People cough at the gate",
                "expected": "Send an engine",
                "expect": "send engine",
                "limit_min": 3,
            },
            {"number": "2", "condition": "arrived", "to": BUREAU, "message": "Two workers missing"},
            {"number": "3", "time": "+170", "message": "Never mind", "enabled": False},
            {
                "number": "4",
                "time": "+40",
                "condition": "unless report city_bureau",
                "to": BUREAU,
                "message": "The city asks why it was not told",
                "kind": "contingency",
            },
        ],
    }


@pytest.fixture
def room(tmp_path):
    return DrillRoom(tmp_path / "room")


def begun(room, spec):
    number = room.create(spec)
    for act in ("ready", "start"):
        room.act(number, {"act": act}, "director", "Li")
    room.act(number, {"act": "pause", "reason": "rules"}, "director", "Li")
    return number


def act(room, drill, role="director", who="Li", **words):
    return room.act(drill, words, role, who)


def decide(room, number, who, **decision):
    return room.act(number, {"act": "decide", "decision": decision}, "player", who)


def play_some(room, number):
    """Seven minutes on, an engine is sent, then half an hour on, the bureau reports."""
    act(room, number, act="run_until", to="+7")
    decide(room, number, DESK, do="send", unit="E1", capability="engine")
    act(room, number, act="step", minutes=20)
    act(room, number, act="step_event")
    decide(room, number, BUREAU, do="report", sender="bureau", receiver="city_bureau")
    act(room, number, act="run_until", to="+150")


def log_of(room, number):
    return room.play(number).live.run.log.rows().tobytes()


def test_a_drill_goes_through_its_states_and_keeps_its_pauses(room, spec):
    number = room.create(spec)
    assert room.get(number)["state"] == "draft"
    with pytest.raises(Trouble, match="not possible"):
        act(room, number, act="start")
    act(room, number, act="ready")
    act(room, number, act="start")
    for reason in ("one", "two", "three"):
        act(room, number, act="pause", reason=reason)
        act(room, number, act="resume")
    assert act(room, number, act="end")["state"] == "ended"
    pauses = room.get(number)["pauses"]
    assert [halt["reason"] for halt in pauses] == ["one", "two", "three"]
    assert all(halt["until"] for halt in pauses)
    with pytest.raises(Trouble, match="ended"):
        act(room, number, act="resume")


def test_players_decide_what_is_theirs_and_nothing_else(room, spec):
    number = begun(room, spec)
    act(room, number, act="run_until", to="+7")
    due = room.get(number, "player", DESK)["decisions_due"]
    assert [(one["what"], one["player"]) for one in due] == [("send", DESK)]
    with pytest.raises(NotAllowed):
        decide(room, number, BUREAU, do="send", unit="E1")
    with pytest.raises(NotAllowed):
        act(room, number, "player", DESK, act="step")
    with pytest.raises(NotAllowed):
        act(room, number, "observer", "guest", act="decide", decision={"do": "aid"})
    assert decide(room, number, DESK, do="send", unit="E1", capability="engine")["point"] == 0
    with pytest.raises(DrillTrouble):
        decide(room, number, DESK, do="send", unit="E1")
    with pytest.raises(ValidationError):
        decide(room, number, DESK, do="fly", unit="E1")


def test_each_role_sees_what_it_may(room, spec):
    number = begun(room, spec)
    play_some(room, number)
    views = {role: room.get(number, role, DESK) for role in ("director", "player", "evaluator", "observer")}
    assert {role for role, view in views.items() if "injects" in view} == {"director", "evaluator"}
    to_desk = [item["inject"]["number"] for item in views["player"]["messages"]]
    assert to_desk == ["1"]
    secret = {"HARM_KNOWN", "HIDDEN", "CLASS_ROSE"}
    seen = {item.get("kind") for item in room.events(number, 0, "player", DESK)}
    assert not secret & seen
    assert secret & {item.get("kind") for item in room.events(number)}


@pytest.mark.parametrize("mark", [",", "，", "、", "；"])
def test_an_inject_may_be_for_several(room, spec, mark):
    spec["injects"][0]["to"] = f"{BUREAU}{mark}{DESK}"
    number = begun(room, spec)
    act(room, number, act="run_until", to="+8")
    for who in (DESK, BUREAU):
        assert [one["inject"]["number"] for one in room.get(number, "player", who)["messages"]] == ["1"]


def test_everything_that_a_person_sees_is_stamped(room, spec):
    number = begun(room, spec)
    play_some(room, number)
    items = room.events(number)
    assert all(item["text"]["zh"].startswith("【演练】") for item in items)
    assert all(item["text"]["en"].startswith("EXERCISE") for item in items)
    assert {item["status"] for item in items} == {"Exercise"}
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    assert room.events(number, 5) == items[5:]


def test_injects_come_and_a_disabled_one_does_not_stop_the_end(room, spec):
    number = begun(room, spec)
    act(room, number, act="run_until", to="+180")
    stands = {row["number"]: row["stands"] for row in room.get(number)["injects"]}
    assert (stands["1"], stands["2"], stands["3"]) == ("published", "published", "off")
    assert act(room, number, act="end")["state"] == "ended"


def test_an_inject_without_text_is_refused_at_once(room, spec):
    number = begun(room, spec)
    for text in ("", "  "):
        with pytest.raises(ValidationError):
            act(room, number, act="inject", inject={"number": "9", "message": text})
    spec["injects"].append({"number": "9"})
    with pytest.raises(ValidationError):
        room.create(spec)


def test_injects_by_hand_delayed_skipped_and_switched_on(room, spec):
    number = begun(room, spec)
    assert act(room, number, act="inject", inject={"number": "9", "message": "now"})["stands"] == "published"
    act(room, number, act="delay", number="1", minutes=10)
    act(room, number, act="skip", number="2")
    act(room, number, act="enable", number="3", enabled=True)
    assert act(room, number, act="next_inject")["elapsed_s"] == 17 * 60
    act(room, number, act="publish", number="4")
    with pytest.raises(DrillTrouble):
        act(room, number, act="publish", number="4")
    act(room, number, act="run_until", to="+180")
    published = {row["number"]: row["published_s"] for row in room.get(number)["injects"]}
    assert published["2"] is None
    assert published["3"] == 3600 + 170 * 60


def test_real_time_is_the_callers_clock_and_agrees_with_steps(room, spec):
    live, steps = begun(room, spec), begun(room, spec)
    act(room, live, act="speed", speed=60)
    act(room, live, act="resume")
    began = datetime.now(UTC)
    assert room.play(live).due_s(began + timedelta(seconds=1)) >= 3600 + 60 - 1
    for second in range(1, 100):
        room.tick(live, began + timedelta(seconds=second))
    act(room, live, act="pause")
    stood = room.play(live).live
    act(room, steps, act="run_until", to="+180")
    whole, ours = log_of(room, steps), log_of(room, live)
    assert stood.run.log.count > 10
    assert whole.startswith(ours)


def test_a_running_clock_goes_on_between_events(room, spec):
    """Nothing happens for two hours; what is done after 90 s is done at 90 s, and no pause loses time."""
    quiet = {**spec, "background": False, "injects": [], "accident": {**spec["accident"], "after_min": 120}}
    number = begun(room, quiet)
    play = room.play(number)
    act(room, number, act="resume")
    began, at_s = play.since
    play.since = ((datetime.fromisoformat(began) - timedelta(seconds=90)).isoformat(), at_s)
    assert 90 <= room.get(number)["elapsed_s"] <= 92
    act(room, number, "evaluator", "E", act="note", text="seen")
    assert 90 <= room.play(number).notes[-1]["at_s"] - play.stage.began_s <= 92
    assert act(room, number, act="pause")["elapsed_s"] >= 90
    assert DrillRoom(room.folder).play(number).live.now == room.play(number).live.now


def test_what_would_jump_over_the_rest_of_the_drill_is_refused(room, spec):
    number = begun(room, spec)
    act(room, number, act="run_until", to="+150")
    stood = room.get(number)["now_s"]
    for senseless, words in (
        ({"act": "next_inject"}, "No further inject"),
        ({"act": "run_until", "to": "01:00"}, "after the end"),
        ({"act": "inject", "inject": {"number": "9", "time": "+5", "message": "too late"}}, "has passed"),
    ):
        with pytest.raises(Trouble, match=words):
            room.act(number, senseless, "director", "Li")
    assert room.get(number)["now_s"] == stood


def test_who_keeps_the_reports_of_a_level_may_do_as_the_rules_propose_and_nobody_else(room, spec):
    number = begun(room, spec)
    act(room, number, act="run_until", to="+27")
    mine = [
        point for point in room.get(number, "player", BUREAU)["decisions_due"] if point["what"] == "report"
    ]
    assert mine
    with pytest.raises(NotAllowed):
        decide(room, number, DESK, do="accept", what="report")
    decide(room, number, BUREAU, do="hold", what="report", minutes=5)
    decide(room, number, BUREAU, do="accept", what="report")
    left = room.get(number, "player", BUREAU)["decisions_due"]
    assert not [point for point in left if point["what"] == "report"]


def test_a_damaged_record_is_listed_as_such_and_spoils_no_other(room, spec):
    number = begun(room, spec)
    for name in ("abcdefabcdef", "copy-of-a-drill"):
        (room.folder / name).mkdir()
        (room.folder / name / "drill.jsonl").touch()
    assert {card["id"]: card["state"] for card in room.list()} == {
        number: "paused",
        "abcdefabcdef": "unreadable",
    }


def test_a_drill_is_taken_up_from_its_record_at_the_exact_event(room, spec):
    number = begun(room, spec)
    play_some(room, number)
    with (room.folder / number / "drill.jsonl").open("ab") as file:
        file.write(b'{"seq": 99, "act": {"act": "st')
    again = DrillRoom(room.folder)
    assert log_of(again, number) == log_of(room, number)
    assert again.play(number).live.taken == room.play(number).live.taken
    assert again.events(number) == room.events(number)
    for one in (again,):
        act(one, number, act="step", minutes=30)
    lines = (room.folder / number / "drill.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["act"]["act"] == "step"
    assert log_of(DrillRoom(room.folder), number) == log_of(again, number) == log_of(room, number)


KILLED = """
import sys, json
from pathlib import Path
from api.drills import DrillRoom
room = DrillRoom(Path(sys.argv[1]))
number = room.create(json.loads(sys.argv[2]))
for act in ({"act": "ready"}, {"act": "start"}, {"act": "pause"}, {"act": "run_until", "to": "+7"}):
    room.act(number, act, "director", "Li")
print(number, flush=True)
while True:
    room.act(number, {"act": "step_event"}, "director", "Li")
"""


def test_a_process_killed_in_mid_drill_loses_nothing_that_was_answered(room, spec):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(room.folder), json.dumps(spec)], stdout=subprocess.PIPE, text=True
    )
    number = process.stdout.readline().strip()
    record = room.folder / number / "drill.jsonl"
    deadline = time.monotonic() + 60
    while record.read_bytes().count(b"\n") < 12 and time.monotonic() < deadline:
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    last = json.loads(
        [line for line in record.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")][-1]
    )
    play = DrillRoom(room.folder).play(number)
    assert (play.seq, play.live.taken, play.live.now) == (last["seq"], last["to_taken"], last["to_s"])
    straight = begun(room, spec)
    act(room, straight, act="run_until", to="+170")
    ours = play.live.run.log.rows().tobytes()
    assert log_of(room, straight).startswith(ours)
    assert act(DrillRoom(room.folder), number, act="step_event")["now_s"] >= last["to_s"]


def test_a_branch_leaves_its_parent_untouched_and_goes_its_own_way(room, spec):
    number = begun(room, spec)
    play_some(room, number)
    before, record = log_of(room, number), (room.folder / number / "drill.jsonl").read_bytes()
    other = room.branch(number, 3600 + 7 * 60)
    act(room, other, act="run_until", to="+100")
    assert log_of(room, number) == before
    assert (room.folder / number / "drill.jsonl").read_bytes() == record
    sent = [item["unit"] for item in room.events(other) if item.get("kind") == "ASSIGNED"]
    assert not any(item["type"] == "decision" for item in room.events(other))
    assert sent
    here = room.branch(number)
    assert log_of(room, here) == before
    assert DrillRoom(room.folder).play(other).parent == number
    with pytest.raises(Trouble):
        room.branch(number, 1e6)


def test_a_branch_inside_a_step_stands_at_its_moment(room, spec):
    number = begun(room, spec)
    act(room, number, act="run_until", to="+60")
    other = room.branch(number, 3600 + 9.5 * 60)
    assert room.get(other)["now_s"] == 3600 + 9.5 * 60
    act(room, other, act="run_until", to="+60")
    assert log_of(room, other) == log_of(room, number)


def test_an_inject_changes_the_county_in_the_words_of_an_edit(room, spec):
    spec["injects"] = [{"number": "1", "time": "+4", "message": "No post", "change": "leave_post P1 1h"}]
    spec["injects"] += [{"number": "2", "time": "+3", "message": "Closed", "change": "set policy area_first"}]
    number = begun(room, spec)
    act(room, number, act="run_until", to="+8")
    kinds = [item.get("kind") for item in room.events(number)]
    assert "POST_LEFT" in kinds
    assert [one["what"] for one in room.get(number)["decisions_due"]] == ["send"]
    for words in ("remove unit E1", "gibberish"):
        with pytest.raises(ScenarioError):
            room.create({**spec, "injects": [{"number": "1", "message": "x", "change": words}]})
    assert len(room.list()) == 1


def test_a_second_accident_put_in_by_the_director_is_played_as_well(room, spec):
    words = "add_accident leak X2"
    spec["injects"] = [{"number": "1", "time": "+2", "message": "Another leak", "change": words}]
    number = begun(room, spec)
    act(room, number, act="run_until", to="+6")
    due = [one["incident"] for one in room.get(number)["decisions_due"] if one["what"] == "send"]
    assert len(due) >= 1
    other = max(room.play(number).live.run.state.open)
    assert other >= len(room.play(number).stage.fate)
    decide(room, number, DESK, do="accept", what="send", incident=other)
    units = next(one for one in room.get(number)["incidents"] if one["incident"] == other)["units"]
    assert units


def test_a_drill_keeps_its_own_copy_of_the_scenario(room, spec, tmp_path):
    own = write_planned(tmp_path / "own")
    number = begun(room, {**spec, "scenario": str(own)})
    act(room, number, act="run_until", to="+30")
    shutil.rmtree(own)
    assert log_of(DrillRoom(room.folder), number) == log_of(room, number)


def test_where_the_program_itself_fails_or_the_disk_is_full_nothing_has_happened(room, spec, monkeypatch):
    number = begun(room, spec)
    act(room, number, act="run_until", to="+8")
    before = log_of(room, number)

    def half_way(live, _):
        live.take()
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr("sim.drill.Live.run_until", half_way)
        with pytest.raises(RuntimeError):
            act(room, number, act="step")
    assert log_of(room, number) == before
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="full"):
            act(room, number, act="step", minutes=30)
    assert room.play(number).live.now in (3600 + 8 * 60, 3600 + 38 * 60)


def full(_):
    raise OSError(28, "the disk is full")


def test_a_drill_takes_up_a_past_run_at_a_moment(room, spec, scenario):
    county = build_county(load_scenario(scenario))
    whole = simulate(county, draw_fate(county, 3, 1, 4 * 86400.0)).log.rows().tobytes()
    begin = county.start + timedelta(days=2, hours=1)
    past = {"days": 4, "replication": 1, "incident": 0}
    drill = {**spec, "accident": None, "players": [], "injects": [], "run": past, "hours": 47}
    number = begun(room, {**drill, "start": begin.strftime("%Y-%m-%d %H:%M")})
    assert room.get(number)["now_s"] == 49 * 3600
    act(room, number, act="run_until", to="+47:00")
    assert log_of(room, number) == whole
    with pytest.raises(Trouble, match="outside"):
        room.create({**drill, "start": "2027-01-01 00:00"})


def test_what_is_not_there_is_named(room, spec):
    for number in ("000000000000", "../../etc", ""):
        with pytest.raises(NoDrill):
            room.get(number)
    spec["accident"]["site"] = "X9"
    with pytest.raises(Trouble, match="X1"):
        room.create(spec)
    assert room.list() == []


def test_reports_alerts_and_master_list(room, spec, tmp_path):
    number = begun(room, spec)
    with pytest.raises(Trouble, match="nothing to review"):
        room.aar(number, "en")
    play_some(room, number)
    act(room, number, "evaluator", "E", act="note", kind="gap", text="No head count")
    act(room, number, act="run_until", to="+150")
    act(room, number, act="end")
    for lang, words in (("zh", "演练评估报告"), ("en", "After-action report")):
        page = room.aar(number, lang).read_text("utf-8")
        assert words in page
        assert "No head count" in page
    alert = ElementTree.fromstring(room.cap(number, "1", "zh"))  # noqa: S314 - our own text
    found = {node.tag.rpartition("}")[2]: node.text for node in alert.iter()}
    assert (found["status"], found["scope"]) == ("Exercise", "Private")
    path = room.msel(number, tmp_path / "msel.xlsx", "zh")
    assert [row["number"] for row in injects_of(path)] == ["1", "2", "3", "4"]
    assert room.create({**spec, "injects": injects_of(path)})


def test_each_language_has_its_own_part_of_what_people_wrote(room, spec):
    """Titles, injects, reasons and notes in both languages; a name and a figure with a stroke stay whole."""
    spec["players"][0]["title"] = "119指挥中心 / 119 call centre"
    spec["injects"][0] |= {"message": "门口有人咳嗽 / People cough at the gate", "owner": DESK}
    spec["injects"][1]["message"] = "压力表读数 3 / 5 MPa"
    number = begun(room, spec)
    play_some(room, number)
    act(room, number, act="run_until", to="+150")
    act(room, number, act="resume")
    act(room, number, act="pause", reason="休息 / a rest")
    act(room, number, "evaluator", "E", act="note", kind="gap", text="未点名 / No head count")
    act(room, number, act="end")
    pages = {lang: room.aar(number, lang).read_text("utf-8") for lang in ("zh", "en")}
    for zh, en in (
        ("119指挥中心", "119 call centre"),
        ("门口有人咳嗽", "People cough"),
        ("未点名", "No head"),
    ):
        assert zh in pages["zh"]
        assert en in pages["en"]
        assert en not in pages["zh"]
        assert zh not in pages["en"]
    assert DESK not in pages["zh"]
    assert all("3 / 5 MPa" in page for page in pages.values())
    texts = [event["text"] for event in room.events(number) if event["type"] in ("inject", "act")]
    assert any(text["zh"].endswith("门口有人咳嗽") and text["en"].endswith("gate") for text in texts)
    assert any("a rest" in text["en"] and "a rest" not in text["zh"] for text in texts)
    seen = room.get(number, lang="en")
    assert seen["players"][0] == {"name": DESK, "title": "119 call centre"}
    assert "/" not in seen["scenario"]


def test_drills_from_the_command_line(room, spec, tmp_path, capsys):
    script = tmp_path / "drill.yaml"
    moves = [{"do": {"act": word}} for word in ("ready", "start", "pause")]
    moves += [{"do": {"act": "run_until", "to": "+100"}}, {"do": {"act": "end"}}]
    branch = {"name": "other", "at_min": 7, "play": [{"do": {"act": "step", "minutes": 60}}]}
    script.write_text(json.dumps({"drill": spec, "play": moves, "branches": [branch]}), encoding="utf-8")
    where = ["--room", str(room.folder), "--lang", "en"]

    def typed(*words):
        code = answered(["drill", *words, *where], "en")
        return code, capsys.readouterr()

    code, said = typed("run", str(script))
    assert (code, len(said.out.split())) == (0, 3)
    code, said = typed("new", str(script))
    number = said.out.strip()
    assert typed("act", number, "ready")[0] == 0
    assert "Ready" in typed("show")[1].out
    code, said = typed("act", number, "{act: fly}")
    assert (code, "fly" in said.err) == (1, True)
    script.write_text("drill: {name: {en: x}}\n", encoding="utf-8")
    code, said = typed("run", str(script))
    assert (code, "drill.scenario" in said.err) == (1, True)


def test_the_example_is_played_and_reviewed(room, capsys):
    """One ammonia leak at night, two injects, three decisions, one branch."""
    example = Path(__file__).resolve().parent.parent / "examples" / "ammonia-night.yaml"
    assert answered(["drill", "run", str(example), "--room", str(room.folder), "--lang", "zh"], "zh") == 0
    reports = capsys.readouterr().out.split()
    drill, branch = Path(reports[0]).parent.name, Path(reports[2]).parent.name
    assert len(room.play(drill).taken) == 3
    assert room.play(branch).taken == []
    rows = {row["moment"]: row for row in room.compare([drill, branch], "en")}
    assert rows["First unit on scene"][drill] < rows["First unit on scene"][branch]
    page = Path(reports[0]).read_text(encoding="utf-8")
    assert all(words in page for words in ("演练", "时间阶梯", "整改措施", "仅按规则"))


@pytest.mark.parametrize(("page", "lang"), [("drills.md", "en"), ("drills.zh-CN.md", "zh")])
def test_what_the_page_on_drills_says_to_type_works(page, lang, tmp_path, monkeypatch, capsys):
    root = Path(__file__).resolve().parent.parent
    (tmp_path / "examples").symlink_to(root / "examples")
    monkeypatch.chdir(tmp_path)
    block = (root / "docs" / page).read_text("utf-8").split("```sh\n")[1].split("```")[0]
    known = {}
    for line in block.splitlines():
        command = [known.get(word, word) for word in shlex.split(line, comments=True)[1:]]
        assert answered(command, lang) == 0, (line, capsys.readouterr().err)
        known |= {{"new": "NUMBER", "branch": "OTHER"}.get(command[1], ""): capsys.readouterr().out.strip()}
    assert (tmp_path / "list.xlsx").is_file()
