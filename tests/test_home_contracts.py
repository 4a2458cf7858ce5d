"""The direction of traffic between the rooms is kept, and would not be kept unnoticed otherwise."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sim", "dispatch", "readiness", "results", "api")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the packages and the contracts."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def lint(checkout):
    """Check the contracts of a checkout; give exit code and what was said."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "200"}
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_hold(checkout):
    code, told = lint(checkout)
    assert code == 0, told


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("dispatch/__init__.py", "import sim.county", "Imports only point down"),
        ("dispatch/__init__.py", "import readiness", "Imports only point down"),
        ("sim/fate.py", "import results.measures", "Imports only point down"),
        ("results/measures.py", "import sim.engine", "Results read the log and never run anything"),
        ("sim/fate.py", "import simpy", "SimPy only in the clock's room"),
        ("sim/fate.py", "import networkx", "NetworkX only where roads are read and edited"),
        ("sim/fate.py", "import pydantic", "pydantic only at the doors"),
        ("api/service.py", "import typer", "typer and rich only in the command line"),
        ("api/service.py", "import matplotlib", "matplotlib only in results"),
        ("results/measures.py", "import fastapi", "FastAPI, SQLAlchemy and alembic only in the api"),
    ],
)
def test_a_forbidden_import_is_noticed(checkout, file, line, contract):
    path = checkout / file
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        code, told = lint(checkout)
    finally:
        path.write_text(before, encoding="utf-8")
    assert code == 1, told
    assert [row for row in told.splitlines() if row.startswith(contract) and "BROKEN" in row], told
