"""Folders the program makes: whole or not at all, never over somebody's work, found again."""

import errno
import json
from datetime import datetime
from pathlib import Path

import pytest

from api import folders
from api.trouble import Trouble


def fill(folder, text="one"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.yaml").write_text(text)
    return folder


def make(out, text, replace=False):
    with folders.staged(out, replace) as draft:
        fill(draft, text)


def run_in(folder, **manifest):
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_draft_takes_its_place_when_whole(tmp_path):
    make(tmp_path / "deep" / "new", "one")
    assert (tmp_path / "deep" / "new" / "scenario.yaml").read_text() == "one"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["new"]


def break_off(out):
    with folders.staged(out) as draft:
        fill(draft)
        raise RuntimeError("broken off")


def test_a_draft_broken_off_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="broken off"):
        break_off(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named_as_it_was_typed(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(errno.EACCES, "refused", ".new-x8sd7f")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    with pytest.raises(PermissionError) as caught:
        make(tmp_path / "new", "one")
    assert caught.value.filename == str(tmp_path / "new")


def test_an_empty_folder_is_free(tmp_path):
    (tmp_path / "new").mkdir()
    make(tmp_path / "new", "one")
    assert (tmp_path / "new" / "scenario.yaml").is_file()


def test_the_same_again_is_harmless(tmp_path):
    out = fill(tmp_path / "old")
    before = out.stat().st_ino
    make(out, "one")
    assert out.stat().st_ino == before


def test_something_else_is_not_written_over(tmp_path):
    out = fill(tmp_path / "old", "by hand")
    with pytest.raises(Trouble, match=r"old holds something else already.*--replace"):
        make(out, "one")
    assert (out / "scenario.yaml").read_text() == "by hand"


def test_another_scenario_is_replaced_when_asked(tmp_path):
    out = fill(tmp_path / "old", "by hand")
    (out / "extra.csv").write_text("")
    make(out, "one", replace=True)
    assert sorted(path.name for path in out.iterdir()) == ["scenario.yaml"]
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_only_a_scenario_is_replaced(tmp_path):
    out = tmp_path / "home"
    out.mkdir()
    (out / "thesis.doc").write_text("years of work")
    with pytest.raises(Trouble, match="holds something else"):
        make(out, "one", replace=True)
    assert (out / "thesis.doc").is_file()


def test_a_file_is_never_replaced(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="holds something else"):
        make(tmp_path / "file", "one", replace=True)


def test_a_run_is_named_after_time_scenario_and_seed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    moment = datetime(2026, 11, 24, 8, 5, 9)
    first = folders.new_run_folder(Path("my county"), 7, moment)
    assert first == Path("runs/20261124-080509-my-county-s7")
    first.mkdir(parents=True)
    assert folders.new_run_folder(Path("my county"), 7, moment).name == "20261124-080509-my-county-s7-2"


def test_the_newest_unfinished_run_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_in(Path("runs/a"), complete=False, started="2026-11-24T08:00:00")
    run_in(Path("runs/b"), complete=False, started="2026-11-24T09:00:00")
    run_in(Path("runs/c"), complete=True, started="2026-11-24T10:00:00")
    assert folders.newest_unfinished() == Path("runs/b")


def test_no_unfinished_run_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Trouble, match="no unfinished run"):
        folders.newest_unfinished()


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_a_manifest_that_cannot_be_read_says_nothing(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    assert folders.manifest_of(tmp_path) == {}


def test_clearing_a_run_leaves_what_others_put_there(tmp_path):
    run = run_in(tmp_path / "run", complete=True)
    for name in (
        "log-0000.parquet",
        "incidents-0000.parquet",
        "report.html",
        "report-zh.html",
        "summary.json",
        "my.txt",
    ):
        (run / name).write_text("")
    for name in ("scenario", "figures"):
        (run / name).mkdir()
        (run / name / "file").write_text("")
    folders.clear_run(run)
    assert [path.name for path in run.iterdir()] == ["my.txt"]
