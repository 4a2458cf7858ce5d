"""Opening a run's folder: what is whole is read, what is not is named."""

import json

import polars as pl
import pytest
from synthetic_runs import made_up, write_run

from results.measures import Window
from results.runs import RunError, open_run


@pytest.fixture
def run_folder(tmp_path, tiny_folder):
    return write_run(tmp_path / "run", tiny_folder, [made_up(1), made_up(2)])


def change(folder, **entries):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) | entries
    path.write_text(json.dumps({key: value for key, value in manifest.items() if value != "drop"}))


def read_all(folder, **options):
    run = open_run(folder, **options)
    for replication in run.replications:
        run.events(replication)
        run.incidents(replication)


def problems(folder, lang="en", **options):
    with pytest.raises(RunError) as caught:
        read_all(folder, **options)
    return [problem.text(lang).replace(str(folder), "RUN") for problem in caught.value.problems]


def test_a_whole_run(run_folder):
    run = open_run(run_folder)
    assert run.replications == (0, 1)
    assert run.window == Window(86_400.0, 950_400.0)
    assert run.manifest.seed == 7
    events = run.events(1)
    assert events.schema["kind"] == pl.Enum
    assert events.height == made_up(2)[0].height
    assert run.incidents(0).height == 60
    assert run.county().names.en == "Tiny County"


def test_kinds_written_as_plain_text_are_read_too(run_folder):
    path = run_folder / "log-0000.parquet"
    before = open_run(run_folder).events(0)
    pl.read_parquet(path).with_columns(pl.col("kind").cast(pl.String)).write_parquet(path)
    assert open_run(run_folder).events(0).equals(before)


def test_not_a_run(tmp_path):
    assert problems(tmp_path) == ["RUN: is not the folder of a run: it holds no manifest.json."]
    assert problems(tmp_path, "zh") == ["RUN：不是一次模拟的文件夹：其中没有 manifest.json。"]


def test_manifest_is_not_json(run_folder):
    (run_folder / "manifest.json").write_text('{"format": 1,')
    assert problems(run_folder)[0].startswith("RUN/manifest.json: is not readable as JSON: ")


def test_manifest_is_something_else(run_folder):
    (run_folder / "manifest.json").write_text("[1, 2]")
    assert problems(run_folder) == ["RUN/manifest.json: is not the manifest of a run."]


def test_all_wrong_entries_at_once(run_folder):
    change(run_folder, seed="7", complete=1, days="drop", replications=True)
    assert problems(run_folder) == [
        'RUN/manifest.json: the entry seed cannot be "7".',
        "RUN/manifest.json: the entry replications cannot be true.",
        "RUN/manifest.json: lacks the entry days.",
        "RUN/manifest.json: the entry complete cannot be 1.",
    ]


def test_a_newer_run(run_folder):
    change(run_folder, format=2, beiqin="0.9.0")
    assert problems(run_folder) == ["RUN/manifest.json: was made by a newer Beiqin (0.9.0)."]


def test_nothing_finished(run_folder):
    change(run_folder, replications_done=[], complete=False)
    assert problems(run_folder) == ["RUN: no replication is finished yet."]


def test_broken_off(run_folder):
    change(run_folder, replications=5, complete=False)
    assert problems(run_folder) == [
        "RUN: the run was broken off after 2 of 5 replications; go on with: beiqin run --resume RUN"
    ]
    assert open_run(run_folder, partial=True).replications == (0, 1)


def test_missing_and_cut_files_at_once(run_folder):
    log = run_folder / "log-0001.parquet"
    log.write_bytes(log.read_bytes()[:-40])
    (run_folder / "incidents-0000.parquet").unlink()
    assert problems(run_folder) == [
        "RUN/log-0001.parquet: is damaged or cut short; run this replication again.",
        "RUN/incidents-0000.parquet: is missing.",
    ]


def test_damaged_inside(run_folder):
    log = run_folder / "log-0000.parquet"
    content = bytearray(log.read_bytes())
    content[8:2000] = bytes(1992)
    log.write_bytes(content)
    assert problems(run_folder)[0].startswith("RUN/log-0000.parquet: is damaged or not what it should be: ")


def test_missing_columns(run_folder):
    path = run_folder / "log-0000.parquet"
    pl.read_parquet(path).drop("cause", "text").write_parquet(path)
    assert problems(run_folder) == ["RUN/log-0000.parquet: lacks the columns cause, text."]


def test_an_unknown_kind_of_event(run_folder):
    path = run_folder / "log-0000.parquet"
    log = pl.read_parquet(path).with_columns(pl.col("kind").cast(pl.String).replace("ARRIVED", "LANDED"))
    log.write_parquet(path)
    assert problems(run_folder)[0].startswith("RUN/log-0000.parquet: is damaged or not what it should be: ")


def test_rows_taken_out(run_folder):
    path = run_folder / "log-0000.parquet"
    log = pl.read_parquet(path)
    pl.concat([log[:10], log[12:]]).write_parquet(path)
    assert problems(run_folder) == ["RUN/log-0000.parquet: the log has gaps: it was cut or changed."]
