"""What the README tells a stranger to type works as it stands, in both languages, and its tables are true."""

import os
import re
import shlex
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from sim.scenarios.schema import header_table

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
EXTRACT = ROOT.parent / "shared" / "data" / "osm_liechtenstein" / "liechtenstein-latest.osm.pbf"


def commands(readme):
    """Every line of the fenced bash blocks, in order."""
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def beiqin(line, folder):
    """Run a line that begins with beiqin, with the program of this checkout."""
    words = [sys.executable, "-m", "api.cli", *shlex.split(line)[1:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def needing(lines, name):
    """Lines that speak of a file, and those that use what they make."""
    made = {
        word
        for line in lines
        if name in line
        for word in [shlex.split(line)[shlex.split(line).index("--out") + 1]]
    }
    return [line for line in lines if name in line or made & set(shlex.split(line))]


@pytest.mark.parametrize("readme", READMES)
def test_every_command_works(readme, tmp_path):
    lines = [line for line in commands(readme) if shlex.split(line)[0] == "beiqin"]
    assert len(lines) > 10
    of_the_map = needing(lines, EXTRACT.name)
    for line in lines:
        if line not in of_the_map:
            done = beiqin(line, tmp_path)
            assert (done.returncode, done.stderr if done.returncode else "") == (0, ""), line
            assert done.stdout.strip(), line


def test_every_command_on_the_map_works(tmp_path):
    if not EXTRACT.is_file():
        pytest.skip("the OpenStreetMap extract of ../shared/data is not here")
    (tmp_path / EXTRACT.name).symlink_to(EXTRACT)
    lines = needing(commands("README.md"), EXTRACT.name)
    assert len(lines) == 2
    for line in lines:
        done = beiqin(line, tmp_path)
        assert (done.returncode, done.stderr if done.returncode else "") == (0, ""), line


@pytest.mark.parametrize("readme", READMES)
def test_the_rest_of_the_commands_are_known(readme):
    others = {line for line in commands(readme) if shlex.split(line)[0] != "beiqin"}
    assert others == {"make demo", ". .venv/bin/activate"}


def test_both_languages_show_the_same_commands():
    plain = [[re.sub(r" --lang zh$", "", line) for line in commands(readme)] for readme in READMES]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("readme", READMES)
def test_the_table_of_files_is_true(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    chinese = readme.endswith("zh-CN.md")
    for file, columns in groupby(header_table("zh" if chinese else "en"), key=lambda column: column.file):
        names = [(c.chinese if chinese else c.column, c.required) for c in columns]
        row = ("、" if chinese else ", ").join(f"**{name}**" if needed else name for name, needed in names)
        assert row in text, file


@pytest.mark.parametrize("readme", READMES)
def test_links_within_the_project_lead_somewhere(readme):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / readme).read_text(encoding="utf-8"))
    targets += re.findall(r'src="(?!https?:)([^"]+)"', (ROOT / readme).read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
