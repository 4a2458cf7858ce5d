"""The sessions of the service's page work as they stand, against a service as a person would start it."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme
from stores import files_in

from api.cli import answered
from api.uploads import packed_files

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("docs/service.md", "docs/service.zh-CN.md")
SHORTER = (
    ("http://127.0.0.1:8000", "{address}"),
    ('"replications": 60', '"replications": 2'),
    ('"days": 30', '"days": 2'),
)


def blocks(page):
    """The shell blocks of a page, in order."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


@contextmanager
def begun(folder, *options, verify=True):
    """A service begun on the command line: its process, and a client of it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", "serve", "--data", "county-service", "--port", "0", *options]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            with httpx.Client(
                base_url=process.stdout.readline().strip(), verify=verify, timeout=60
            ) as client:
                yield process, client
        finally:
            process.terminate()


@pytest.fixture
def service(tmp_path):
    """A service: its address and its folder."""
    with begun(tmp_path) as (_, client):
        yield str(client.base_url).rstrip("/"), tmp_path


def test_a_service_killed_in_mid_run_goes_on_when_it_is_begun_again(tmp_path, tiny_folder):
    wanted = {"kind": "run", "scenario": "tiny", "days": 60.0, "replications": 16}
    with begun(tmp_path) as (process, client):
        files = {"file": ("tiny.zip", packed_files(files_in(tiny_folder)))}
        assert client.post("/api/scenarios", data={"code": "tiny"}, files=files).status_code == 201
        url = client.post("/api/jobs", json=wanted).headers["location"]
        while client.get(url).json()["done"] < 2:
            time.sleep(0.05)
        process.kill()
        process.wait()
    with begun(tmp_path) as (_, client):
        job = client.get(url, params={"wait": 30}).json()
        while job["state"] in ("queued", "running"):
            job = client.get(url, params={"wait": 30}).json()
        assert (job["state"], job["done"]) == ("done", 16)
        assert client.get(f"{url}/result").json()["result"]["summary"]["replications"] == 16


def test_the_session_and_the_drill_of_the_page_work(service):
    address, folder = service
    session = "\n".join(block for block in blocks(PAGES[0]) if "$API" in block or "$DRILL" in block)
    for old, new in SHORTER:
        assert old in session
        session = session.replace(old, new.format(address=address))
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", session],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert '"status":412' in done.stdout
    figures = json.loads((folder / "what-if.json").read_text(encoding="utf-8"))["result"]["figures"]
    assert figures["replications"] == 2
    assert figures["variants"]["bridge closed"]["changes"]["en"]
    for name, word in (("what-if-zh", "青龙"), ("review-zh", "演练"), ("review-en", "EXERCISE")):
        assert word in (folder / f"{name}.html").read_text(encoding="utf-8")
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))["items"]
    assert sum(event["type"] == "decision" for event in events) == 3
    assert sum(event["type"] == "inject" for event in events) == 2


def test_a_worker_that_was_killed_is_replaced(tmp_path):
    """The worker beside a service is killed before a job comes; the job is done all the same."""
    with begun(tmp_path) as (process, client):
        beside = worker_of(process.pid)
        os.kill(beside, signal.SIGKILL)
        wanted = {"kind": "readiness", "scenario": "lanshui"}
        url = f"/api/jobs/{client.post('/api/jobs', json=wanted).json()['id']}"
        job = client.get(url).json()
        while job["state"] in ("queued", "running"):
            job = client.get(url, params={"wait": 30}).json()
        assert job["state"] == "done"
        assert worker_of(process.pid) != beside


def worker_of(service):
    """The process that carries out a service's jobs, once it is there."""
    while True:
        threads = Path(f"/proc/{service}/task").iterdir()
        children = [n for thread in threads for n in (thread / "children").read_text().split()]
        for child in children:
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.05)


def test_with_a_certificate_it_speaks_https_and_nothing_else(tmp_path):
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    options = ("--no-work", "--certificate", "cert.pem", "--private-key", "key.pem")
    with begun(tmp_path, *options, verify=trusting) as (_, client):
        assert client.base_url.scheme == "https"
        assert client.get("/health").json()["status"] == "ok"
        with pytest.raises(httpx.HTTPError):
            httpx.get(str(client.base_url.copy_with(scheme="http", path="/health")))


@pytest.mark.parametrize(
    ("certificate", "complaint"), [("missing.pem", "no file"), ("notes.pem", "no certificate")]
)
def test_a_certificate_that_is_none_is_told_before_it_serves(
    certificate, complaint, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    Path("notes.pem").write_text("not a certificate", encoding="utf-8")
    assert answered(["serve", "--data", "room", "--certificate", certificate], "en") == 1
    said = capsys.readouterr()
    assert (complaint in said.err, said.out) == (True, "")
    assert not Path("room").exists()


def test_both_languages_show_the_same_sessions():
    assert blocks(PAGES[0]) == blocks(PAGES[1])
