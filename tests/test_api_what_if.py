"""`beiqin what-if`: what it prints and writes in both languages, stops for, chooses, and refuses."""

import json
import re

import pytest

from api import cli, comparing
from api.comparing import CompareRequest, Variant, amount, compare
from api.trouble import Trouble, WrongUsage
from results.comparison_page import headline, plainly
from sim.replications import Store

AWAY = "move unit E1 to base S2"
AS_DATA = {"do": "move_unit", "unit": "E1", "base": "S2"}


def run(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        cli.main(["what-if", *map(str, words)])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BEIQIN_STORE", str(tmp_path / "store"))
    return Store(tmp_path / "store")


def request_of(folder, *variants, **figures):
    defaults = {"replications": 8, "days": 20.0, "workers": 1}
    return CompareRequest(str(folder), variants, **(defaults | figures))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["the change", "What changes", "First arrival, mean"]),
        ("zh", ["拟议变动", "有哪些变化", "首达时间，平均"]),
    ],
)
def test_prints_and_writes_in_both_languages(capsys, tiny_folder, tmp_path, store, lang, words):
    out = tmp_path / "out"
    given = ("--replications", 6, "--days", 15, "--workers", 1, "--out", out, "--lang", lang)
    code, said, err = run(capsys, tiny_folder, "--edit", AWAY, *given)
    assert code == 0, err
    for one in words:
        assert one in said
    page = (out / f"what-if-{lang}.html").read_text(encoding="utf-8")
    assert said.strip().endswith(f"what-if-{lang}.html")
    assert "beiqin what-if" in page
    assert "@@" not in page
    names = {path.name for path in (out / "figures").iterdir()}
    assert {
        f"differences-{lang}.png",
        f"who-gains-1-{lang}.svg",
        f"change-map-first-arrival-1-{lang}.png",
    } <= names
    numbers = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert numbers["replications"] == 6
    (variant,) = numbers["variants"].values()
    assert "E1" in variant["changes"][lang][0]
    assert len(list(store.folder.glob("*/*"))) == 12


def test_a_variant_that_is_the_same_changes_nothing(tiny_folder):
    found = compare(request_of(tiny_folder, Variant("same", scenario=str(tiny_folder))))
    rows = found.comparison.differences["same"]
    assert {(one.change.mean, one.sign) for one in rows.values() if one.change.n > 1} == {(0.0, 0)}
    assert "as fast as before" in headline(found, "en")[0]


def test_the_same_request_simulates_nothing_and_gives_the_same(tiny_folder):
    seen = []
    first = compare(request_of(tiny_folder, Variant("less", (AWAY,))), seen.append)
    assert (seen[-1].done, seen[-1].reused) == (16, 0)
    again = compare(request_of(tiny_folder, Variant("less", (AWAY,))), seen.append)
    assert (seen[-1].done, seen[-1].reused) == (16, 16)
    assert plainly(again) == plainly(first)


def test_edits_as_data_do_the_same_as_in_words(tiny_folder):
    words, data = (
        plainly(compare(request_of(tiny_folder, Variant("v", (edit,))))) for edit in (AWAY, AS_DATA)
    )
    assert words == data


def test_goes_on_until_narrow_enough_or_to_the_cap(tiny_folder):
    wide = compare(request_of(tiny_folder, Variant("v", (AWAY,)), until_half_width=10_000.0))
    assert (wide.comparison.replications, wide.stopped.reached) == (20, True)
    capped = compare(request_of(tiny_folder, Variant("v", (AWAY,)), until_half_width=0.001, at_most=30))
    assert (capped.comparison.replications, capped.stopped.reached) == (30, False)
    assert "cap" in headline(capped, "en")[-1]


def test_chooses_the_best(tiny_folder):
    found = compare(request_of(tiny_folder, Variant("less", (AWAY,)), best=True, worth=60.0, at_most=60))
    assert found.names == ("base", "less")
    assert found.choice.worth == 60.0
    assert plainly(found)["best"]["variant"] == found.names[found.choice.best]
    assert "KN" in headline(found, "zh")[-1]


def test_levers_in_all_combinations(tiny_folder):
    levers = Variant("less", (AWAY,)), Variant("area", ("use policy area_first",))
    found = compare(request_of(tiny_folder, *levers, factorial=True))
    assert [one.levers for one in found.effects["first_arrival"]] == [("less",), ("area",), ("less", "area")]
    assert set(plainly(found)["effects"]) == {one.code for one in found.comparison.measures}


def test_amounts():
    assert [amount(text) for text in ("10s", "10", "1.5 min", "0.5%", "2分")] == [10, 10, 90, 0.005, 120]
    with pytest.raises(WrongUsage, match="ten"):
        amount("ten")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"replications": 1}, "2 replications"),
        ({"best": True, "worth": 0.0}, "above nil"),
        ({"best": True, "probability": 0.3}, "between 0.5 and 1"),
        ({"until_half_width": 0.0}, "half width"),
        ({"factorial": True}, "2 to 5"),
        ({"measure": "speed"}, "first_arrival"),
    ],
)
def test_requests_that_contradict_themselves(tiny_folder, change, words):
    with pytest.raises(WrongUsage, match=words):
        compare(request_of(tiny_folder, Variant("v", (AWAY,)), **change))


def test_variants_need_names_and_something_to_change(tiny_folder):
    with pytest.raises(WrongUsage, match="--edit"):
        comparing.check(request_of(tiny_folder))
    for names in (("a", "a"), ("base",)):
        with pytest.raises(WrongUsage, match="names of their own"):
            comparing.check(request_of(tiny_folder, *(Variant(name) for name in names)))


def test_another_county_cannot_be_compared(tiny_folder):
    with pytest.raises(Trouble, match="lanshui"):
        compare(request_of(tiny_folder, Variant("other", scenario="lanshui")))


def test_an_edit_that_makes_no_sense_is_refused_in_words(capsys, tiny_folder):
    code, said, err = run(capsys, tiny_folder, "--edit", "remove unit E99", "--lang", "en")
    assert code == 1
    assert said == ""
    assert re.search("E99", err)


def test_a_variant_without_a_name_is_refused(capsys, tiny_folder):
    code, _, err = run(capsys, tiny_folder, "--variant", "nothing", "--lang", "en")
    assert code == 2
    assert "NAME=" in err
