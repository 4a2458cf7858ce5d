"""The lock files: names, versions and hashes only, enough for everything the project asks for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==(\S+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock):
    return dict(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


def wanted(requirements):
    return {re.split(r"[<>=!~; \[]", text)[0].lower() for text in requirements if isinstance(text, str)}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_folder(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"://|--index|--find-links|--extra-index|\.(?:com|org|net)\b|/\w", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock):
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert len(blocks) == len(pins(lock))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_hold_all_that_the_project_asks_for():
    groups = PROJECT["dependency-groups"]
    running = wanted(PROJECT["project"]["dependencies"]) | wanted(groups["build"])
    assert running <= pins("requirements.lock").keys()
    assert running | wanted(groups["dev"]) <= pins("requirements-dev.lock").keys()
    assert wanted(groups["bench"]) <= pins("requirements-bench.lock").keys()


def test_the_locks_agree_with_each_other():
    whole = pins("requirements-dev.lock")
    assert pins("requirements.lock").items() <= whole.items()
    shared = pins("requirements-bench.lock").keys() & whole.keys()
    assert shared
    assert {name: pins("requirements-bench.lock")[name] for name in shared} == {n: whole[n] for n in shared}


def test_the_project_gives_lower_bounds_only():
    bounds = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert [
        text for text in bounds if isinstance(text, str) and not re.fullmatch(r"[a-z0-9-]+>=[\d.]+", text)
    ] == []
