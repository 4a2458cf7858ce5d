"""Replications: never done twice, and the same bytes whoever does them, even if a worker is killed."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from api.comparing import record
from sim.experiment import RunTrouble
from sim.replications import (
    CalledOff,
    InTurn,
    Parcel,
    Store,
    Task,
    parcel_of,
    simulated,
    usual_store,
    work_out,
    workers,
)
from sim.scenarios.load import load_scenario

ROOT = Path(__file__).resolve().parent.parent
DAY_S = 86400.0
WHAT = "test"
RECORD = partial(record, 0.0)


@pytest.fixture
def parcel(tiny_folder):
    return parcel_of(load_scenario(tiny_folder))


def tasks(parcel, count, days=10.0):
    return [Task(parcel, 1, number, days * DAY_S) for number in range(count)]


def done(todo, executor, store=None, **options):
    return work_out(todo, RECORD, WHAT, executor, store=store or Store(None), **options)


def no_work(*_):
    raise AssertionError("simulated again")


def test_nothing_is_done_twice(parcel, tmp_path):
    store, seen = Store(tmp_path / "store"), []
    first = done(tasks(parcel, 3), InTurn(), store)
    again = work_out(tasks(parcel, 3), no_work, WHAT, InTurn(), store=store, on_progress=seen.append)
    assert again == first
    assert (seen[-1].done, seen[-1].total, seen[-1].reused, seen[-1].left_s) == (3, 3, 3, 0.0)
    assert len(set(first)) == 3


def test_only_what_is_missing_is_done(parcel, tmp_path):
    store, seen = Store(tmp_path / "store"), []
    some = done(tasks(parcel, 2), InTurn(), store)
    more = done(tasks(parcel, 4), InTurn(), store, on_progress=seen.append)
    assert more[:2] == some
    assert [one.done for one in seen] == [2, 3, 4]
    assert seen[0].left_s is None
    assert seen[1].left_s > 0.0


def test_the_key_holds_all_that_a_record_depends_on(parcel):
    base = Task(parcel, 1, 0, DAY_S)
    other = Parcel("0" * 64, parcel.versions, parcel.packed)
    keys = {
        base.key("a"),
        base.key("b"),
        Task(parcel, 2, 0, DAY_S).key("a"),
        Task(parcel, 1, 1, DAY_S).key("a"),
        Task(parcel, 1, 0, 2 * DAY_S).key("a"),
        Task(parcel, 1, 0, DAY_S, "area_first").key("a"),
        Task(other, 1, 0, DAY_S).key("a"),
    }
    assert len(keys) == 7
    assert Task(parcel, 1, 0, DAY_S).key("a") == base.key("a")


def test_equal_scenarios_are_the_same_parcel(tiny_folder):
    assert parcel_of(load_scenario(tiny_folder)).digest == parcel_of(load_scenario(tiny_folder)).digest


def test_a_damaged_record_is_made_anew(parcel, tmp_path):
    store = Store(tmp_path / "store")
    first = done(tasks(parcel, 1), InTurn(), store)
    (kept,) = [path for path in store.folder.rglob("*") if path.is_file()]
    kept.write_bytes(kept.read_bytes()[:20])
    assert done(tasks(parcel, 1), InTurn(), store) == first
    assert store.get(kept.name) == first[0]


def test_a_store_takes_no_path_for_a_key(tmp_path):
    with pytest.raises(ValueError, match="evil"):
        Store(tmp_path).put("../evil", b"")


def test_calling_off_keeps_what_is_finished(parcel, tmp_path):
    store, seen = Store(tmp_path / "store"), []
    with pytest.raises(CalledOff):
        done(tasks(parcel, 5), InTurn(), store, on_progress=seen.append, called_off=lambda: len(seen) > 2)
    assert len(list(store.folder.glob("*/*"))) == 2
    done(tasks(parcel, 5), InTurn(), store, on_progress=seen.append)
    assert seen[-1].reused == 2


def test_another_version_is_refused(parcel):
    other = Parcel(parcel.digest, ("beiqin 0.0.1",), parcel.packed)
    with pytest.raises(RunTrouble, match=r"0\.0\.1"):
        simulated(RECORD, Task(other, 1, 0, DAY_S))


def test_the_usual_store(monkeypatch, tmp_path):
    monkeypatch.setenv("BEIQIN_STORE", str(tmp_path))
    assert usual_store().folder == tmp_path
    monkeypatch.setenv("BEIQIN_STORE", "")
    assert usual_store().folder is None
    monkeypatch.delenv("BEIQIN_STORE")
    assert usual_store().folder == Path("runs", "store")


def test_any_executor_gives_the_same_bytes(parcel):
    todo = tasks(parcel, 4)
    alone = done(todo, InTurn())
    with ThreadPoolExecutor(2) as threads:
        assert done(todo, threads, at_once=4) == alone
    with workers(2) as (processes, at_once):
        assert done(todo, processes, at_once=at_once) == alone


@contextmanager
def scheduler(folder):
    """A real scheduler and two workers, processes of their own."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli"]
    common = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler_words = ["--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    worker_words = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    worker_words += ["--local-directory", str(folder)]
    started = [subprocess.Popen([*dask[:2], f"{dask[2]}.dask_scheduler", *scheduler_words], **common)]
    try:
        started += [
            subprocess.Popen([*dask[:2], f"{dask[2]}.dask_worker", *worker_words], **common) for _ in range(2)
        ]
        yield file, started[1:]
    finally:
        for one in started:
            one.kill()
            one.wait()


def address_of(file):
    """Wait for both workers, with Dask's own patience, and give the scheduler's address."""
    distributed = pytest.importorskip("distributed")
    for _ in range(600):
        if file.exists() and file.read_text():
            break
        threading.Event().wait(0.1)
    with distributed.Client(scheduler_file=str(file), timeout="60s", set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        return client.scheduler.address


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(parcel, tmp_path):
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    todo, seen = tasks(parcel, 40, days=20.0), []
    alone = done(todo, InTurn())
    with scheduler(tmp_path) as (file, both):

        def told(standing):
            seen.append(standing.done)
            if standing.done == 5:
                both[0].send_signal(signal.SIGKILL)

        with workers(cluster=address_of(file)) as (executor, at_once):
            assert done(todo, executor, at_once=at_once, on_progress=told) == alone
        assert both[0].wait() == -signal.SIGKILL
        assert both[1].poll() is None
    assert seen == list(range(41))


def test_a_scheduler_that_is_not_there(monkeypatch):
    distributed = pytest.importorskip("distributed")

    def refuses(*_, **__):
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuses)
    with pytest.raises(RunTrouble, match="tcp://127"), workers(cluster="tcp://127.0.0.1:1"):
        pass
