"""The sessions of the service's page work as they stand, against a service as a person would start it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service begun on the command line: its address and its folder."""
    folder = tmp_path_factory.mktemp("service")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", "serve", "--data", "county-service", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process.stdout.readline().strip(), folder
        process.terminate()
    assert process.returncode is not None


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


def test_both_languages_show_the_same_sessions():
    assert blocks(PAGES[0]) == blocks(PAGES[1])
