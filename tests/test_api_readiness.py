"""`beiqin readiness`: what it prints and writes in both languages, and what one change gains."""

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from ready_county import READY, write_ready

from api import cli, preparedness
from api.trouble import Trouble, WrongUsage
from readiness.calendar import moment_s
from readiness.force import Check, Condition, Item, ItemType, Lasting
from results.readiness.gains import Change, gains_of
from results.readiness.moment import moment_at
from results.readiness.stock import at_least_p, hidden_p
from results.readiness.survey import links, survey
from results.readiness.weeks import week_around
from results.wording import start_of
from sim.engine import simulate
from sim.fate import draw_fate
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_ready(tmp_path_factory.mktemp("counties") / "ready", READY)


@pytest.fixture(scope="module")
def county(folder):
    return build_county(load_scenario(folder))


def at(county, *parts):
    start = start_of(county)
    return moment_s(datetime(*parts), start.tzinfo, start)


def state_of(found, code):
    return next(one for one in found.units if found.county.units[one.unit].code == code)


def run(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        cli.main(["readiness", *map(str, words)])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["2026-03-02 03:00, Monday", "Who is ready for what", "Team 2", "Readiness index"]),
        ("zh", ["2026-03-02 03:00（周一）", "谁能执行什么任务", "二队", "备勤指数"]),
    ],
)
def test_prints_and_writes_in_both_languages(capsys, folder, tmp_path, lang, words):
    code, out, err = run(capsys, folder, "--at", "2026-03-02 03:00", "--lang", lang, "--out", tmp_path / "r")
    assert (code, err.strip()) == (0, "")
    report = tmp_path / "r" / f"readiness-report-{lang}.html"
    assert out.splitlines()[-1] == str(report)
    page = report.read_text(encoding="utf-8")
    for text in words:
        assert text in out
        assert text.split("（")[0] in page or text == words[0]
    drawn = {path.name for path in (tmp_path / "r" / "figures").iterdir()}
    assert {f"ready-week-teams-{lang}.png", f"ready-week-capabilities-{lang}.svg"} <= drawn
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page) == []


@pytest.mark.parametrize("times", [0.0, 1.0, 400.0])
def test_who_can_count_on_a_unit_when_units_are_busy(county, times):
    """Each on its own account: one unit covers with 1 - p, two with 1 - p²; the busier, the fewer."""
    calls = tuple(replace(demand, per_year=demand.per_year * times) for demand in county.demand)
    [cover, *_] = survey(replace(county, demand=calls), 0.0).covers
    free_p = 1.0 - cover.busy**cover.counts
    assert cover.mexclp == pytest.approx(float((free_p * cover.people).sum() / cover.people.sum()))
    assert 0.0 < cover.hypercube <= cover.now + 1e-9
    assert (cover.busy > 0.0) == (times > 0.0) == (cover.hypercube < cover.now - 1e-9)


def test_a_moment_before_the_start_is_wrong_usage(capsys, folder):
    code, _, err = run(capsys, folder, "--at", "2020-01-01", "--lang", "en")
    assert code == 2
    assert "ask for that moment or a later one" in err


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01 03:00", "2026-07-15 3 pm", ""])
def test_what_is_no_moment(text):
    with pytest.raises(WrongUsage):
        preparedness.moment_of(text)


@pytest.mark.parametrize(
    "text", ["2026-07-15 03:00", "2026/7/15 3:00", "2026-07-15T03:00", " 2026-07-15 03:00:00 "]
)
def test_a_moment_as_people_write_it(text):
    assert preparedness.moment_of(text) == datetime(2026, 7, 15, 3)


def test_a_county_without_a_force_has_nothing_to_tell(tiny_folder):
    with pytest.raises(Trouble, match="no readiness"):
        preparedness.look(str(tiny_folder))


def test_who_is_ready_at_a_moment(county):
    found = moment_at(county, at(county, 2026, 3, 2, 10), seed=3)
    states = {county.units[one.unit].code: one.state for one in found.units}
    assert states["A1"] == "ready"
    assert set(states) == {"E1", "E2", "E3", "A1"}
    assert found.index <= 1.0


def test_a_unit_out_of_service_is_not_ready(county):
    found = moment_at(county, at(county, 2026, 3, 11, 10))
    assert state_of(found, "E2").why[0] == "taken_out"
    assert state_of(found, "E2").bits == 0
    later = moment_at(county, at(county, 2026, 3, 12, 10))
    assert "taken_out" not in state_of(later, "E2").why


def test_an_order_raises_standby_and_another_lowers_it(county):
    assert moment_at(county, at(county, 2026, 3, 10, 13)).raised == {0, 1}
    assert 0 not in moment_at(county, at(county, 2026, 3, 11, 1)).raised


def test_a_hidden_fault_in_the_files_makes_its_unit_fail(county):
    found = moment_at(county, 0.0)
    one = state_of(found, "E1")
    assert one.fails_p > 0.999
    assert found.stock.known_bits[one.unit] & 1


def test_the_chance_of_hidden_faults():
    kind = ItemType("mask", fails=Lasting("exponential", 100.0), hidden=0.5)
    daily = Check("daily", every_s=10.0, first_s=0.0, finds=1.0)
    item = Item("I", 0, made_s=-1000.0, tested_s=-1000.0)
    assert hidden_p(kind, item, [daily], 4.0) == pytest.approx(1 - np.exp(-0.5 * 0.01 * 4.0))
    assert hidden_p(kind, item, [], 4.0) == pytest.approx(1 - np.exp(-0.5 * 0.01 * 1004.0))
    assert hidden_p(replace(kind, hidden=0.0), item, [], 4.0) == 0.0
    assert hidden_p(replace(kind, fails=None), item, [], 4.0) == 0.0


def test_enough_of_several_items_are_sound():
    assert at_least_p([0.5, 0.5, 0.5], 2) == pytest.approx(0.5)
    assert at_least_p([1.0, 0.0], 1) == 1.0


def test_the_week_follows_the_roster(county):
    found = moment_at(county, at(county, 2026, 3, 2, 3))
    week = week_around(county, found.stock, found.at_s, seed=5)
    codes = [unit.code for unit in county.units]
    e2, engine = codes.index("E2"), county.capabilities.index("engine")
    home = week.at_home[e2]
    assert home[3] > 0.8
    assert home[12] == 0.0
    assert 0.5 < week.ready[e2, engine].mean() <= 1.0
    assert week.ready.max() <= 1.0


def test_links_name_what_is_short(county):
    force = county.force
    broken = tuple(
        replace(item, known=Condition.UNSERVICEABLE, condition=Condition.UNSERVICEABLE)
        if force.item_types[item.type].code == "pump"
        else item
        for item in force.items
    )
    found = survey(replace(county, force=replace(force, items=broken)), 0.0)
    link = next(one for one in links(found) if county.capabilities[one.capability] == "engine")
    assert (link.now, link.weakest) == (0, "short:pump")
    assert len(link.concerned) == 3


def test_changes_change_what_they_say(county):
    force = county.force
    twice = preparedness.changed(county, Change("check", ()))
    assert [c.every_s for c in twice.force.checks] == [c.every_s / 2 for c in force.checks]
    mask = [kind.code for kind in force.item_types].index("apparatus")
    more = preparedness.changed(county, Change("spare", (mask, 1)))
    assert len(more.force.items) == len(force.items) + 1
    assert more.force.items[-1].unit == [u.code for u in county.units].index("E2")
    row = force.roster[0]
    grown = preparedness.changed(county, Change("person", (row.holder, row.shift, row.role)))
    assert grown.force.roster[:-1] == force.roster
    assert grown.force.roster[-1].person == "extra"


def test_a_change_leaves_the_fate_as_it_was(county):
    grown = preparedness.changed(county, Change("spare", (2, 1)))
    one, two = (draw_fate(c, 7, 0, 5 * 86_400.0) for c in (county, grown))
    assert one.time_s == two.time_s
    assert one.control_s == two.control_s


def test_gains_are_paired_differences(county):
    base = [
        dict.fromkeys(("ready", "in_order", "on_demand", "delayed", "first_arrival"), x) for x in (0.5, 0.9)
    ]
    better = [{name: value - 0.1 for name, value in one.items()} for one in base]
    found = gains_of(county, 10.0, base, [(Change("check", ()), better)])
    gain = found.variants[0].gain["delayed"]
    assert gain.mean == pytest.approx(-0.1)
    assert gain.half_width == pytest.approx(0.0, abs=1e-12)
    assert found.base["delayed"].half_width > 0.1


def test_gains_printed_and_drawn(capsys, folder, tmp_path):
    code, out, _ = run(
        capsys,
        folder,
        "--lang",
        "zh",
        "--out",
        tmp_path / "r",
        "--gains",
        "--days",
        "3",
        "--replications",
        "2",
    )
    assert code == 0
    assert "单项措施的效果" in out
    assert (tmp_path / "r" / "figures" / "gains-zh.png").is_file()
    assert "现状" in (tmp_path / "r" / "readiness-report-zh.html").read_text(encoding="utf-8")


def test_nothing_is_delayed_with_perfect_equipment_and_crews(county):
    from results.measures import Window, incident_table
    from results.readiness.measured import measure_one
    from sim.record import incidents_frame, log_frame

    force = county.force
    perfect = replace(
        force,
        teams=tuple(replace(team, absence=0.0, max_hours=None) for team in force.teams),
        crews=(),
        roster=(),
        unit_crew=(-1,) * len(county.units),
        item_types=tuple(
            replace(
                k,
                fails=None,
                use_p=0.0,
                expires_s=None,
                test_every_s=None,
                consumable=False,
                dirties=frozenset(),
            )
            for k in force.item_types
        ),
        items=tuple(
            replace(i, condition=Condition.SERVICEABLE, known=Condition.SERVICEABLE, amount=1000.0)
            for i in force.items
        ),
    )
    whole = replace(county, force=perfect, injects=())
    run_ = simulate(whole, draw_fate(whole, 4, 0, 20 * 86_400.0))
    events, incidents = log_frame(whole, run_.log), incidents_frame(whole, run_.fate)
    window = Window(0.0, 20 * 86_400.0)
    one = measure_one(events, incident_table(events, incidents, window, start_of(whole)), whole, window)
    assert len(one.calls) > 5
    assert not one.calls["delayed"].any()
    assert one.delays.is_empty()
    assert one.units["ready"].min() == 1.0
    assert one.mean_true[-1] == one.mean_known[-1] == 1.0
