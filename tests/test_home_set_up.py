"""Setting up: a clear sentence where it cannot be done, and nothing done twice."""

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "tools" / "set_up.py"


@pytest.fixture
def set_up(tmp_path):
    """The script as it stands in a project of its own, with locks and project file but no environment."""
    (tmp_path / "tools").mkdir()
    for name in ("tools/set_up.py", "pyproject.toml", *(path.name for path in ROOT.glob("*.lock"))):
        shutil.copyfile(ROOT / name, tmp_path / name)
    spec = importlib.util.spec_from_file_location("set_up", tmp_path / "tools" / "set_up.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_read_the_script():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 4))


def test_an_old_python_gets_a_sentence(set_up, monkeypatch):
    monkeypatch.setattr(set_up.sys, "version_info", (3, 8, 18, "final", 0))
    monkeypatch.setattr(set_up, "NEWER", ())
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; .* is Python 3\.8\.18"):
        set_up.main(["dev"])


def test_a_python_without_venv_gets_a_sentence(set_up, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="its 'ensurepip' module is missing"):
        set_up.main(["run"])


def test_an_index_out_of_reach_gets_a_sentence(set_up, monkeypatch):
    monkeypatch.setattr(set_up, "make_venv", lambda: None)
    monkeypatch.setattr(set_up.subprocess, "call", lambda *_, **__: 1)
    with pytest.raises(SystemExit, match="PIP_NO_INDEX=1"):
        set_up.main(["run"])


def test_a_fresh_environment_is_left_alone(set_up, monkeypatch):
    monkeypatch.setattr(set_up, "works", lambda _: True)
    Path(set_up.HOME).mkdir()
    set_up.write_stamp("dev")
    monkeypatch.setattr(set_up, "install", lambda _: pytest.fail("installed again"))
    assert set_up.main(["dev"]) is None
    assert set_up.main(["run"]) is None, "what testing needs is enough for running"


@pytest.mark.parametrize("name", ["requirements-dev.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed(set_up, monkeypatch, name):
    monkeypatch.setattr(set_up, "works", lambda _: True)
    Path(set_up.HOME).mkdir()
    set_up.write_stamp("dev")
    with Path(set_up.ROOT, name).open("a") as file:
        file.write("# changed\n")
    asked = []
    monkeypatch.setattr(set_up, "install", asked.append)
    set_up.main(["dev"])
    assert asked == ["dev"]
    assert set_up.is_fresh("dev")


def test_make_lists_its_targets():
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    told = subprocess.run(
        [make, "-s", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True
    ).stdout
    assert {"demo", "test", "bench", "format", "clean"} <= set(re.findall(r"^  (\w+)", told, re.MULTILINE))


def test_make_says_when_there_is_no_python():
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    command = [make, "-s", "-C", str(ROOT), "PYTHON=python-of-nobody", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "there is no 'python-of-nobody' here" in done.stderr


def test_continuous_integration_runs_the_same_as_a_contributor():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
