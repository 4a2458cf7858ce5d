"""The wheel holds the program and all its data, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sim", "dispatch", "readiness", "results", "api")
NEEDED = (
    "api/locale/zh.po",
    "api/migrations/env.py",
    "api/migrations/versions/r0001_first.py",
    "results/fonts/OFL.txt",
    "results/locale/zh.po",
    "results/templates/report.html.j2",
    "sim/locale/zh.po",
    "sim/py.typed",
    "sim/scenarios/defaults.yaml",
    "sim/scenarios/importers/defaults.yaml",
    "sim/scenarios/lanshui/SOURCES.md",
    "sim/scenarios/lanshui/scenario.yaml",
    "sim/scenarios/rules/decree493.yaml",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the checkout by the backend itself."""
    folder = tmp_path_factory.mktemp("wheel")
    code = f"import hatchling.build as b; b.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as file:
        yield file


def sources():
    """Files of the packages as git sees them: tracked, or new and not ignored."""
    command = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
        "--",
        *PACKAGES,
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == sources()


def test_the_wheel_holds_what_the_program_reads_when_it_runs(wheel):
    assert [name for name in NEEDED if name not in wheel.namelist()] == []


def test_the_wheel_brings_nothing_else(wheel):
    tops = {PurePosixPath(name).parts[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in wheel.namelist() if "__pycache__" in name or name.endswith(".pyc")] == []


def test_the_wheel_says_what_it_is(wheel):
    info = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
    metadata = wheel.read(f"{info}/METADATA").decode()
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert "beiqin = api.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert "Apache License" in wheel.read(f"{info}/licenses/LICENSE").decode()
