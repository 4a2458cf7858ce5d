"""`beiqin evaluate`: both languages, the same again, two rule sets side by side, and what is refused."""

import json

import pytest
from plan_county import write_planned

from api import cli, evaluating

WORDS = ("--plan", "leak", "--accidents", 4, "--workers", 1)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The tiny county with posts, reporting and plans, its leak frequent enough to be drawn."""
    return write_planned(tmp_path_factory.mktemp("county") / "planned")


@pytest.fixture
def beiqin(capsys, monkeypatch, tmp_path):
    """Type a command line in an empty folder; what comes back is exit code, answer, remarks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEIQIN_LANG", "en")
    monkeypatch.setenv("COLUMNS", "140")

    def typed(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return typed


@pytest.mark.parametrize(
    ("lang", "task", "total"), [("en", "Task by task", "points"), ("zh", "逐项任务", "总分")]
)
def test_a_plan_is_evaluated(beiqin, planned, tmp_path, lang, task, total):
    out = tmp_path / "found"
    code, answer, remarks = beiqin("evaluate", planned, *WORDS, "--out", out, "--lang", lang)
    assert code == 0, remarks
    assert task in answer
    assert total in remarks
    assert answer.splitlines()[-1] == str(out / "evaluation.html")
    names = {path.name for path in out.iterdir()}
    assert names == {
        "evaluation.html",
        "evaluation.json",
        "indicators.csv",
        "tasks.csv",
        "accidents.txt",
        "figures",
    }
    page = (out / "evaluation.html").read_text(encoding="utf-8")
    assert f"--accidents 4 --seed 1 --lang {lang}" in page


def test_the_same_again_gives_the_same_figures(beiqin, planned, tmp_path):
    contents = []
    for name in ("one", "two"):
        beiqin("evaluate", planned, *WORDS, "--out", tmp_path / name)
        contents.append((tmp_path / name / "evaluation.json").read_bytes())
    assert contents[0] == contents[1]


def test_two_rule_sets_on_the_same_accidents(beiqin, planned, tmp_path):
    out = tmp_path / "found"
    code, answer, remarks = beiqin(
        "evaluate",
        planned,
        *WORDS,
        "--against-rules",
        "wuhan2020",
        "--inject",
        "leave_post P1 8h",
        "--out",
        out,
    )
    assert code == 0, remarks
    assert "Side by side on the same accidents" in answer
    assert "rules wuhan2020" in answer
    content = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert content["injects"] == "leave_post P1 8h"
    assert content["difference"]["first_arrival"]["value"] == 0.0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--plan", "none"), "There is no plan none; there are: general"),
        (("--plan", "leak", "--inject", "dance P1"), "There is no inject dance"),
        (("--plan", "leak", "--inject", "leave_post P99"), "There is no P99"),
        (("--plan", "leak", "--against", "none"), "There is no plan none"),
        (("--plan", "leak", "--against-rules", "wuhan"), "names no rule file"),
        (("--plan", "leak", "--accidents", "0"), "--accidents must be at least 1"),
    ],
)
def test_what_cannot_be_evaluated_is_said(beiqin, planned, words, told):
    code, _, remarks = beiqin("evaluate", planned, *words, "--workers", 1)
    assert code
    assert told in remarks


def test_a_county_without_reporting_is_refused(beiqin, tiny_folder):
    code, _, remarks = beiqin("evaluate", tiny_folder, "--plan", "leak")
    assert code == 1
    assert "There is no plan leak" in remarks


def test_what_differs_is_named():
    request = evaluating.EvaluationRequest("lanshui", "a", injects=("leave_post D04 8h",))
    assert request.compares
    assert evaluating.command_of(request, "en") == (
        "beiqin evaluate lanshui --plan a --accidents 200 --inject 'leave_post D04 8h' --seed 1 --lang en"
    )
    assert not evaluating.EvaluationRequest("lanshui", "a").compares
