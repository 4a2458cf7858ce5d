"""Jobs: carried out once, by one worker; killed at any moment they go on, and nothing is half there."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from stores import KINDS, bring, database, opened, postgres

from api import jobs, service, work
from api.folders import manifest_of
from api.requests import ReadinessWanted, RunWanted, plainly
from api.work import Means
from api.worker import work as work_on
from results.summary import summary_of

pytestmark = pytest.mark.filterwarnings("ignore::Warning:platformdirs")
ROOT = Path(__file__).resolve().parent.parent
ON_POSTGRESQL = pytest.mark.parametrize("url_for", ["postgresql"], indirect=True)
IN_A_FOLDER = pytest.mark.parametrize("url_for", ["sqlite"], indirect=True)


@pytest.fixture(scope="module", params=KINDS)
def url_for(request):
    """Give addresses of empty databases of a kind; None is SQLite in the store's folder."""
    if request.param == "sqlite":
        yield lambda: None
    else:
        with postgres() as server:
            yield lambda: database(server)


@pytest.fixture
def url(url_for):
    return url_for()


@pytest.fixture
def store(url, tmp_path, tiny_folder):
    """A store with the tiny county."""
    with opened(tmp_path / "home", url) as store:
        bring(store, tiny_folder)
        yield store


def ask(store, **figures):
    """Put a short run on the list."""
    from api import library

    wanted = RunWanted(kind="run", scenario="tiny", **{"days": 5.0, "replications": 2, **figures})
    entry = library.entry(store, "tiny")
    return jobs.submit(store, "run", entry, plainly(wanted), total=wanted.replications)[0].id


def idle(store, **how):
    """Work until there is no job left."""
    return work_on(store, threading.Event(), means=Means(1), until_idle=True, **how)


def begin(store, **asked):
    """Begin a worker in a process of its own."""
    told = json.dumps({"folder": str(store.folder), "url": store.url, "workers": 1, **asked})
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "api.worker", told], cwd=store.folder, env=environment)


def wait_until(true, seconds=60.0):
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_a_job_gives_what_the_service_layer_gives(store, tiny_folder, tmp_path):
    number = ask(store)
    assert idle(store) == 1
    request = service.RunRequest(str(tiny_folder), 5.0, replications=2, workers=1, out=tmp_path / "alone")
    reading = service.read_results(service.run_scenario(request))
    expected = json.loads(json.dumps(summary_of(reading.run.manifest, reading.findings)))
    assert jobs.result(store, number)["summary"] == expected
    done = jobs.job(store, number)
    assert (done.state, done.done, done.total, done.attempts) == ("done", 2, 2, 1)


def test_a_worker_killed_in_mid_run_loses_nothing_finished(store):
    number = ask(store, days=60.0, replications=30)
    run = work.run_folder(store, number)
    worker = begin(store, lease_s=1.0)
    wait_until(lambda: len(manifest_of(run).get("replications_done", ())) >= 3)
    worker.kill()
    worker.wait()
    left = jobs.job(store, number)
    assert left.state == "running"
    kept = {
        r: (run / f"log-{r:04d}.parquet").stat().st_mtime_ns for r in manifest_of(run)["replications_done"]
    }
    assert 3 <= len(kept) < 30
    with pytest.raises(jobs.Conflict, match="it is running"):
        jobs.result(store, number)
    wait_until(lambda: idle(store) == 1)
    done = jobs.job(store, number)
    assert (done.state, done.attempts, done.done) == ("done", 2, 30)
    assert {r: (run / f"log-{r:04d}.parquet").stat().st_mtime_ns for r in kept} == kept
    assert jobs.result(store, number)["summary"]["replications"] == 30


@IN_A_FOLDER
def test_the_helpers_of_a_killed_worker_end_too(store):
    number = ask(store, days=60.0, replications=500)
    worker = begin(store, workers=2)
    wait_until(lambda: jobs.job(store, number).done >= 2)
    helpers = children(worker.pid)
    worker.kill()
    worker.wait()
    assert len(helpers) >= 2
    wait_until(lambda: not any(alive(helper) for helper in helpers))


def children(process):
    """The processes that a process has begun."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(n) for thread in threads for n in (thread / "children").read_text().split()]


@ON_POSTGRESQL
def test_a_database_that_crashes_in_mid_run_comes_back_and_the_job_goes_on(store):
    number = ask(store, days=60.0, replications=30)
    stop = threading.Event()
    how = {"means": Means(1), "lease_s": 2.0, "poll_s": 0.1}
    thread = threading.Thread(target=work_on, args=(store, stop), kwargs=how)
    thread.start()
    wait_until(lambda: jobs.job(store, number).done >= 2)
    with store.engine.connect() as connection:
        one_of_its_processes = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        os.kill(one_of_its_processes, signal.SIGKILL)
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
        connection.invalidate()
    wait_until(store.is_well)
    wait_until(lambda: jobs.job(store, number).state == "done")
    stop.set()
    thread.join()
    assert jobs.result(store, number)["summary"]["replications"] == 30


def test_a_run_whose_beginning_was_cut_off_begins_anew(store):
    number = ask(store)
    run = work.run_folder(store, number)
    (run / "scenario").mkdir(parents=True)
    (run / "scenario" / "units.csv").write_text("half a fi")
    idle(store)
    assert jobs.job(store, number).state == "done"


def test_a_job_that_always_ends_its_worker_says_it_was_interrupted(store):
    number = ask(store)
    for _ in range(jobs.ATTEMPTS):
        assert jobs.claim(store, "dies", lease_s=-1.0).job.id == number
    assert jobs.claim(store, "next") is None
    assert jobs.job(store, number).state == "interrupted"


@ON_POSTGRESQL
def test_two_processes_never_run_a_job_twice(store):
    numbers = [ask(store, seed=seed, days=1.0, replications=1) for seed in range(8)]
    workers = [begin(store, until_idle=True) for _ in range(2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    ended = [jobs.job(store, number) for number in numbers]
    assert {(job.state, job.attempts) for job in ended} == {("done", 1)}


def test_many_hands_that_reach_at_once_get_different_jobs(store):
    for seed in range(8):
        ask(store, seed=seed)
    got, gate = [], threading.Barrier(6)

    def reach(name):
        gate.wait()
        for _ in range(8):
            claim = jobs.claim(store, name)
            if claim is not None:
                got.append(claim.job.id)

    threads = [threading.Thread(target=reach, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(Counter(got).values()) == 1


def test_a_worker_that_slept_through_its_lease_has_no_say(store):
    number = ask(store)
    asleep = jobs.claim(store, "asleep", lease_s=-1.0)
    awake = jobs.claim(store, "awake")
    assert jobs.heartbeat(store, asleep) == "lost"
    assert not jobs.finish(store, asleep, {"summary": "old"})
    assert not jobs.fail(store, asleep, "failed")
    assert jobs.heartbeat(store, awake) == "go on"
    assert jobs.finish(store, awake, {"summary": "new"})
    assert jobs.result(store, number) == {"summary": "new"}


def test_a_job_on_the_list_is_cancelled_at_once_a_running_one_soon(store):
    waiting = ask(store)
    assert jobs.cancel(store, waiting).state == "cancelled"
    assert jobs.cancel(store, waiting).state == "cancelled"
    running = ask(store, days=60.0, replications=500)
    thread = threading.Thread(target=idle, args=(store,), kwargs={"lease_s": 1.0})
    thread.start()
    wait_until(lambda: jobs.job(store, running).done >= 1)
    jobs.cancel(store, running)
    thread.join()
    ended = jobs.job(store, running)
    assert ended.state == "cancelled"
    assert 1 <= ended.done < 500
    with pytest.raises(jobs.Conflict, match="it is cancelled"):
        jobs.result(store, running)


@IN_A_FOLDER
def test_a_worker_told_to_stop_puts_its_job_back(store):
    number = ask(store, days=60.0, replications=500)
    stop = threading.Event()
    thread = threading.Thread(target=work_on, args=(store, stop), kwargs={"means": Means(1)})
    thread.start()
    wait_until(lambda: jobs.job(store, number).done >= 1)
    stop.set()
    thread.join()
    back = jobs.job(store, number)
    assert (back.state, back.worker, back.attempts) == ("queued", None, 0)


@IN_A_FOLDER
def test_a_worker_process_ends_with_the_service_that_began_it(store):
    code = (
        "import multiprocessing, sys, time, pathlib\n"
        "from api.worker import run_worker\nfrom api.work import Means\n"
        "if __name__ == '__main__':\n"
        "    c = multiprocessing.get_context('spawn'); here, there = c.Pipe()\n"
        "    a = (pathlib.Path(sys.argv[1]), sys.argv[2], Means(1), 2.0, there)\n"
        "    p = c.Process(target=run_worker, args=a); p.start(); there.close()\n"
        "    print(p.pid, flush=True); p.join()\n"
    )
    script = store.folder / "serve.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(store.folder), store.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as service_process:
        worker = int(service_process.stdout.readline())
        number = ask(store)
        wait_until(lambda: jobs.job(store, number).state == "done")
        service_process.kill()
    wait_until(lambda: not alive(worker))


def alive(process):
    """Tell whether a process lives."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_what_cannot_be_done_says_why_in_both_languages(store):
    from api import library

    wanted = ReadinessWanted(kind="readiness", scenario="tiny")
    number = jobs.submit(store, "readiness", library.entry(store, "tiny"), plainly(wanted))[0].id
    idle(store)
    failed = jobs.job(store, number)
    assert failed.state == "failed"
    assert "says nothing of teams" in failed.error["en"]
    assert "没有队伍" in failed.error["zh"]


def test_a_fault_of_the_program_is_kept_for_its_makers(store, monkeypatch):
    number = ask(store)
    monkeypatch.setitem(work.KINDS, "run", lambda _task: 1 / 0)
    idle(store)
    assert "ZeroDivisionError" in jobs.job(store, number).error["en"]
    assert "ZeroDivisionError" in (work.job_folder(store, number) / "fault.txt").read_text()
