"""Compiled roads on disk: shared by processes, made anew when damaged, done without where need be."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from road_networks import CAR, ENGINE, RUSH, river_grid

from sim import road_cache, speed_classes
from sim.road_cache import cache_folder, kept
from sim.roads import compile_roads

KEY, OTHER, THIRD = "0" * 32, "1" * 32, "2" * 32


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(road_cache.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(speed_classes, "KEPT_FROM_NODES", 1)
    return tmp_path / "roads"


@pytest.fixture
def town():
    return river_grid(12, 12)


def travel(table, closed=()):
    return compile_roads(table, [3, 77], [ENGINE, CAR], [{}, RUSH]).close(closed).tables(1, 1)


def answers(table):
    asked = travel(table)
    pairs = [(asked.between(u, v), *asked.route(u, v)) for u, v in ((0, 143), (5, 60))]
    return pairs, asked.from_rows[1].tolist(), asked.to_rows[0].tolist(), asked.route_from(0, 140)


def refuse(*_args, **_kwargs):
    raise AssertionError("worked out again")


def test_a_second_compile_reads_what_the_first_worked_out(cache, town, monkeypatch):
    first = answers(town)
    entries = sorted(path.name for path in cache.iterdir())
    assert len(entries) == 3
    for work in ("grow", "dissect", "make_labels"):
        monkeypatch.setattr(speed_classes, work, refuse)
    assert answers(town) == first
    assert sorted(path.name for path in cache.iterdir()) == entries


def test_other_roads_speeds_or_stations_are_kept_apart(cache, town):
    answers(town)
    compile_roads(town, [3, 78], [ENGINE, CAR], [{}, RUSH]).tables(1, 1)
    assert len(list(cache.iterdir())) == 4
    compile_roads(town, [3, 77], [ENGINE, CAR], [{}, RUSH]).tables(0, 1).between(0, 1)
    assert len(list(cache.iterdir())) == 6
    compile_roads(river_grid(12, 12, seed=9), [3, 77], [ENGINE, CAR], [{}, RUSH]).tables(0, 1)
    assert len(list(cache.iterdir())) == 7


def test_closures_are_not_kept(cache, town):
    answers(town)
    before = sorted(path.name for path in cache.iterdir())
    shut = travel(town, [2, 3])
    shut.between(0, 143)
    assert sorted(path.name for path in cache.iterdir()) == before


@pytest.mark.usefixtures("cache")
def test_large_arrays_are_mapped_not_read():
    def make():
        return {"big": np.arange(10_000.0), "small": np.arange(3), "none": np.empty((0, 4))}

    kept(KEY, ("big", "small", "none"), make)
    found = kept(KEY, ("big", "small", "none"), refuse)
    assert [found[name].tolist() for name in found] == [array.tolist() for array in make().values()]
    assert not found["big"].flags.writeable
    assert found["big"].base is not None


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "missing"])
def test_a_damaged_entry_is_made_anew(cache, damage):
    def make():
        return {"big": np.arange(10_000.0)}

    kept(KEY, ("big",), make)
    file = cache / KEY / "big.npy"
    if damage == "missing":
        file.unlink()
    else:
        data = {"cut": file.read_bytes()[:50_000], "empty": b"", "text": b"x" * 5000}[damage]
        file.write_bytes(data)
    assert kept(KEY, ("big",), make)["big"][-1] == 9_999
    assert kept(KEY, ("big",), refuse)["big"][-1] == 9_999


def test_a_full_disk_is_no_obstacle(cache, town, monkeypatch):
    expected = answers(town)
    for entry in cache.iterdir():
        for file in entry.iterdir():
            file.unlink()
        entry.rmdir()

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert answers(town) == expected
    assert list(cache.iterdir()) == []


@pytest.mark.usefixtures("cache")
def test_a_folder_that_cannot_be_written_is_no_obstacle(town, tmp_path, monkeypatch):
    expected = answers(town)
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv(road_cache.FOLDER_VARIABLE, str(blocked))
    assert answers(town) == expected
    assert blocked.read_text() == "not a folder"


def test_a_read_only_disk_is_no_obstacle(cache, town, monkeypatch):
    expected = answers(town)
    entries = sorted(cache.iterdir())

    def read_only(*_args, **_kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    for name in ("tempfile.mkdtemp", "os.utime"):
        monkeypatch.setattr(name, read_only)
    assert answers(town) == expected
    assert travel(river_grid(12, 12, seed=4)).between(0, 143) < np.inf
    assert sorted(cache.iterdir()) == entries


def test_nothing_is_kept_where_no_folder_is_named(town, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(road_cache.FOLDER_VARIABLE, "")
    monkeypatch.setattr(speed_classes, "KEPT_FROM_NODES", 1)
    assert cache_folder() is None
    assert answers(town)
    assert list(tmp_path.iterdir()) == []


def test_small_networks_are_not_kept(town, tmp_path, monkeypatch):
    monkeypatch.setenv(road_cache.FOLDER_VARIABLE, str(tmp_path))
    assert answers(town)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/caches"}, "/caches/beiqin/roads"),
        ("linux", {"HOME": "/home/duty"}, "/home/duty/.cache/beiqin/roads"),
        ("linux", {"XDG_CACHE_HOME": "/caches", "BEIQIN_CACHE": "/here"}, "/here/roads"),
        ("darwin", {"HOME": "/Users/duty"}, "/Users/duty/Library/Caches/beiqin/roads"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/beiqin/roads"),
    ],
)
def test_where_figures_are_kept(monkeypatch, platform, variables, expected):
    for name in ("BEIQIN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == Path(expected)


def test_what_was_not_used_for_longest_makes_room(cache, monkeypatch):
    def make():
        return {"big": np.arange(10_000.0)}

    for age, key in ((300, KEY), (200, OTHER)):
        kept(key, ("big",), make)
        os.utime(cache / key, (1e9 - age, 1e9 - age))
    strange = cache / "holiday pictures"
    strange.mkdir()
    os.utime(strange, (1, 1))
    kept(KEY, ("big",), refuse)
    monkeypatch.setattr(road_cache, "MOST_BYTES", 2.5 * 80_000)
    kept(THIRD, ("big",), make)
    assert sorted(path.name for path in cache.iterdir()) == [KEY, THIRD, "holiday pictures"]


WORKER = """
import json, sys
sys.path[:0] = sys.argv[1:3]
from road_networks import CAR, ENGINE, RUSH, river_grid
from sim.roads import compile_roads
travel = compile_roads(river_grid(50, 44), [3, 77], [ENGINE, CAR], [{}, RUSH]).tables(1, 1)
print(json.dumps([travel.between(0, 2199), travel.route(40, 900)[0], travel.to_rows[1][5]]))
"""


def test_two_processes_share_one_folder(tmp_path):
    here = Path(__file__).resolve().parent
    environment = {**os.environ, road_cache.FOLDER_VARIABLE: str(tmp_path)}
    command = [sys.executable, "-c", WORKER, str(here), str(here.parent)]

    def start():
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    said = [process.communicate()[0] for process in [start(), start()]]
    entries = {path.name: path.stat().st_ino for path in (tmp_path / "roads").iterdir()}
    said.append(start().communicate()[0])
    assert len({json.dumps(json.loads(text)) for text in said}) == 1
    assert len(entries) == 3
    assert {path.name: path.stat().st_ino for path in (tmp_path / "roads").iterdir()} == entries
