"""The after-action report of a drill: ladder, expected actions, decisions, and files that open."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from counties import names
from reporting import BUREAU, CITY, DAY, HOUR, MINUTE, chain_of_desks, desks, leak_county

from dispatch.plans import Plan, PlanKind, Task, Trigger, Work
from results.aar import headline, review, write_review
from results.aar_files import docx_bytes, html_text
from results.aar_gaps import gaps, strengths
from results.aar_judged import LATE, MET, MISSED, UNJUDGED, expectations, ladder
from results.aar_record import Decision, DrillRecord, Inject, Question, Remark
from results.cap import Alert, cap_xml
from sim.chain import at_level
from sim.county import Standard
from sim.decisions import Keeping, Send, Tell
from sim.drill import Live
from sim.fate import draw_fate
from sim.record import incidents_frame, log_frame

PLAN = Plan(
    "general",
    PlanKind.GENERAL,
    (Trigger(4),),
    (Task("post", Work.COMMAND_POST, "D0", 20 * MINUTE, 10 * MINUTE),),
    ends_after_s=HOUR,
)
KEPT = (
    Keeping("send", "desk"),
    Keeping("report", "bureau", tier=int(BUREAU), limit_s=None),
    Keeping("level", "leader", limit_s=60.0),
)


def inject(number, expect, limit_s, published_s=700.0, **more):
    fields = {"to": "desk", "subject": "", "message": f"text {number}", "expected": "do it", "owner": ""}
    stands = "off" if published_s is None else "published"
    words = tuple(expect.split())
    return Inject(
        number, expect=words, limit_s=limit_s, stands=stands, published_s=published_s, **fields, **more
    )


INJECTS = (
    inject("1", "send", 300.0),
    inject("2", "arrived", 120.0),
    inject("3", "level 2", 600.0),
    inject("4", "report bureau city_bureau", 60.0, published_s=1000.0),
    inject("5", "", None),
    inject("6", "", None, verdict=MET),
    inject("7", "aid", None, published_s=None),
)


@pytest.fixture(scope="module")
def record():
    """The desk sends E0 at 900 s; the leader lets the level lapse; the bureau tells the city at 1,300 s."""
    county = leak_county(chain_of_desks(), desks(), plans=(PLAN,))
    standard = Standard("five", names("five minutes"), "first_arrival", 300.0, 0.9, None, "test")
    county = replace(county, standards=(standard,))
    fate = draw_fate(county, 1, 0, DAY)
    drill, rules = Live(county, fate, KEPT), Live(county, fate)
    drill.run_until(900.0)
    drill.decide(Send(0, 0))
    drill.run_until(1300.0)
    drill.decide(Tell(0, int(BUREAU), int(CITY)))
    for live in (drill, rules):
        live.run_until(6 * HOUR)
    return DrillRecord(
        county=county,
        events=log_frame(county, drill.run.log),
        by_rules=log_frame(county, rules.run.log),
        incidents=incidents_frame(county, fate),
        accident=0,
        began_s=0.0,
        ended_s=6 * HOUR,
        name="<b>Leak</b>",
        scenario="line",
        seed=1,
        players=("desk", "leader"),
        injects=INJECTS,
        decisions=(
            Decision(900.0, "desk", {"do": "send", "unit": "E0"}, 0),
            Decision(1300.0, "bureau", {"do": "report", "sender": "bureau", "receiver": "city_bureau"}, 1),
        ),
        questions=tuple(
            Question(p.number, p.what, p.tier, p.player, p.since_s, p.due_s, p.ended, p.ended_s)
            for p in drill.players.points
        ),
        remarks=(Remark("gap", "No head count", "E", "Wang", "2026-02-01"), Remark("strength", "Calm", "E")),
        halts=[("2026-01-01T00:00:00+00:00", None, 700.0, "briefing")],
        digest="sha256 0",
    )


def test_the_ladder_sets_the_drill_beside_the_rules(record):
    rungs = {rung.name: rung for rung in ladder(record, "en")}
    first = rungs["First unit on scene"]
    assert (first.at_s, first.by_rules_s, first.due_s, first.verdict) == (1000.0, 760.0, 900.0, LATE)
    assert rungs["City bureau told"].at_s == 1310.0
    assert rungs["Response level opened"].at_s == rungs["Response level opened"].by_rules_s + 60.0


def test_expected_actions_are_met_late_missed_or_left_to_people(record):
    judged = {one.inject.number: (one.verdict, one.done_s) for one in expectations(record)}
    assert judged == {
        "1": (MET, 900.0),
        "2": (LATE, 1000.0),
        "3": (MISSED, None),
        "4": (LATE, 1310.0),
        "5": (UNJUDGED, None),
        "6": (MET, None),
    }
    assert headline(record, "en")[0] == "Expected actions: 2 met in time, 2 late, 1 missed."


def test_gaps_name_who_mends_them_by_when_and_strengths_have_evidence(record):
    found = {gap.text: gap for gap in gaps(record, "en")}
    assert found["No head count"].owner == "Wang"
    assert found["No head count"].due == "2026-02-01"
    lapsed = "Leader did not decide on the response level in time; it fell to the rules."
    assert found[lapsed].due == "2026-01-31"
    assert any(text.startswith("First unit on scene: 6:40 after the alarm, limit 5:00") for text in found)
    assert "Calm" in strengths(record, "en")
    assert gaps(record, "zh")[0].text != gaps(record, "en")[0].text


def test_decisions_say_who_what_when_and_what_the_rules_did(record):
    chapter = review(record, "en").chapters[3]
    rows = [[cell.text for cell in row] for row in chapter.table.rows]
    assert rows[0] == ["00:15:00", "desk", "send E0", "4:00", "E0 00:11:00"]
    assert rows[1][2] == "report to city bureau for county bureau, by telephone"
    assert len(chapter.after) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_files_open_and_are_stamped(record, lang, tmp_path):
    from docx import Document

    laid_out = review(record, lang)
    page = html_text(laid_out)
    assert "EXERCISE" in page
    assert "&lt;b&gt;Leak" in page
    assert "<b>Leak" not in page
    document = Document(io.BytesIO(docx_bytes(laid_out)))
    assert "EXERCISE" in document.sections[0].header.paragraphs[0].text
    assert len(document.tables) == sum(chapter.table is not None for chapter in laid_out.chapters)
    titles = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert titles[1:] == [chapter.title for chapter in laid_out.chapters]
    for form in ("html", "docx"):
        assert write_review(record, lang, tmp_path / f"aar.{form}").stat().st_size > 5000


def test_a_level_is_read_from_the_log(record):
    assert at_level(0, 4) in record.events.filter(record.events["kind"] == "RESPONSE_OPENED")["subject"]


ALERT = Alert(
    "drill 1",
    "county, desk",
    datetime(2026, 7, 15, 2, tzinfo=ZoneInfo("Asia/Shanghai")),
    "Leak",
    "H",
    "D\x00<&",
    "zh",
)


def test_an_alert_is_an_exercise_whatever_it_says():
    root = ElementTree.fromstring(cap_xml(replace(ALERT, area="County", point=(113.0, 28.0), radius_km=1.0)))  # noqa: S314
    space = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
    texts = {
        name: root.findtext(f".//c:{name}", namespaces=space)
        for name in ("status", "sent", "sender", "circle")
    }
    assert texts == {
        "status": "Exercise",
        "sent": "2026-07-15T02:00:00+08:00",
        "sender": "county-desk",
        "circle": "28.00000,113.00000 1",
    }
    assert root.findtext(".//c:description", namespaces=space) == "【演练 EXERCISE】D<&"


@pytest.mark.parametrize(
    "wrong",
    [{"headline": " "}, {"severity": "Bad"}, {"sent": datetime(2026, 7, 15)}, {"message_type": "Actual"}],
)
def test_an_alert_that_cap_does_not_allow_is_refused(wrong):
    with pytest.raises(ValueError, match="CAP"):
        cap_xml(replace(ALERT, **wrong))
