"""Whatever goes wrong is said in one message a person can act on, in either language."""

import errno
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import polars as pl
import pytest

from api.trouble import Trouble, WrongUsage, explain
from api.wording import wrong_usage
from sim.scenarios.problems import Problem, ScenarioError

FULL = "the disk is full; make room and run it again"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, FULL),
        (errno.EROFS, "may not be read or written here; choose another folder"),
        (errno.EACCES, "may not be read or written here; choose another folder"),
        (errno.ENOENT, "there is no such file or folder"),
        (errno.ENOTDIR, "a part of this path is a file, not a folder"),
        (errno.EEXIST, "is a file; a folder is needed here"),
        (errno.EFBIG, os.strerror(errno.EFBIG)),
    ],
)
def test_what_the_system_refuses_is_said_with_the_file(number, words):
    assert explain(OSError(number, "", "runs/log-0001.parquet"), "en") == f"runs/log-0001.parquet: {words}"


def test_a_full_disk_is_understood_from_polars():
    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("this system has no /dev/full")
    with pytest.raises(pl.exceptions.PolarsError) as caught:
        pl.DataFrame({"a": range(100_000)}).write_parquet("/dev/full")
    assert explain(caught.value, "en") == FULL


@pytest.mark.parametrize("folder", ["none", "none" * 50])
def test_a_missing_file_is_understood_from_polars(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    path = Path(folder) / "table.parquet"
    with pytest.raises(FileNotFoundError) as caught:
        pl.DataFrame({"a": [1]}).write_parquet(path)
    told = str(explain(caught.value, "en"))
    assert told.endswith("table.parquet: there is no such file or folder")
    assert told.startswith(("none", "..."))


def test_a_killed_worker_is_said():
    assert "What was finished is kept: go on with beiqin run --resume" in str(
        explain(BrokenProcessPool(), "en")
    )


def test_want_of_memory_is_said():
    assert "not enough memory" in str(explain(MemoryError(), "en"))


def test_problems_of_a_scenario_are_said_line_by_line():
    problems = [
        Problem("units.csv", 2, 4, "station", "S9", "is not known"),
        Problem("roads.csv", message_id="is not known"),
    ]
    assert (
        explain(ScenarioError(problems), "en")
        == "units.csv:2:4 station = S9: is not known\nroads.csv: is not known"
    )


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), AssertionError()])
def test_faults_of_the_program_are_not_explained_away(error):
    assert explain(error, "en") is None


def test_trouble_speaks_both_languages():
    trouble = WrongUsage("There is no policy {name}; there are: {known}.", name="best", known="closest")
    assert str(trouble) == "There is no policy best; there are: closest."
    assert explain(trouble, "zh") == "没有派车规则 best；可用：closest。"
    assert (Trouble.exit_code, WrongUsage.exit_code) == (1, 2)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "", "x"), BrokenProcessPool(), MemoryError()])
def test_every_trouble_has_its_chinese(error):
    assert explain(error, "zh") != explain(error, "en")


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        (
            "No such command 'rum'. Did you mean 'run'?",
            "There is no command rum; perhaps 'run'?",
            "没有命令 rum；是否指 'run'？",
        ),
        ("No such command 'x'.", "There is no command x.", "没有命令 x。"),
        ("No such option: --dais", "There is no option --dais.", "没有选项 --dais。"),
        (
            "Option '--seed' requires an argument.",
            "The option --seed needs a value.",
            "选项 --seed 后面要有取值。",
        ),
        ("Got unexpected extra argument(s) (b)", "There is a word too many: b.", "多出内容：b。"),
        ("Missing argument 'FILE'.", "FILE is missing.", "缺少 FILE。"),
        (
            "Invalid value for '--seed': Input should be a valid integer, unable to parse",
            "--seed must be a whole number.",
            "--seed 应为整数。",
        ),
        (
            "Invalid value for --days: too long",
            "--days cannot be that: too long",
            "--days 的取值不对：too long",
        ),
        ("Something new", "Something new", "Something new"),
    ],
)
def test_wrong_usage_is_said_in_our_words(typed, english, chinese):
    assert wrong_usage(typed, "en") == english
    assert wrong_usage(typed, "zh") == chinese
