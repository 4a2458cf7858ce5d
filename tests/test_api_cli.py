"""The command line: both languages, exit codes, one clear message when something is wrong."""

import os
import re
import shlex
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from api import cli, service
from sim.scenarios.generate.county import LIMITS

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    "demo",
    "run",
    "report",
    "log",
    "timeline",
    "scenarios",
    "validate",
    "schema",
    "template",
    "import",
    "new",
    "bench",
)
HEAVY = (
    "numpy",
    "polars",
    "scipy",
    "networkx",
    "matplotlib",
    "pydantic",
    "osmium",
    "shapely",
    "simpy",
    "jinja2",
)


@pytest.fixture
def beiqin(capsys, monkeypatch, tmp_path):
    """Type a command line in an empty folder; what comes back is exit code, answer, remarks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEIQIN_LANG", "en")
    monkeypatch.setenv("COLUMNS", "100")

    def typed(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return typed


@pytest.fixture
def tiny_run(beiqin, tiny_folder, tmp_path):
    """A finished run of the tiny county."""
    words = (
        "run",
        tiny_folder,
        "--days",
        20,
        "--replications",
        2,
        "--workers",
        1,
        "--out",
        tmp_path / "tiny-run",
    )
    code, answer, remarks = beiqin(*words)
    assert (code, answer.strip()) == (0, str(tmp_path / "tiny-run" / "report.html")), remarks
    return tmp_path / "tiny-run"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_lists_every_command(beiqin, lang):
    code, answer, _ = beiqin("--help", "--lang", lang)
    assert code == 0
    assert [name for name in COMMANDS if not re.search(rf"│ {name} ", answer)] == []
    assert ("从接警到归队" in answer) == (lang == "zh")


@pytest.mark.parametrize(
    "command", [*COMMANDS, "import osm", "import arcs", "import jemss", "new county", "new copy"]
)
def test_every_command_has_its_help_in_chinese(beiqin, command):
    code, answer, _ = beiqin(*command.split(), "--help", "--lang=zh")
    assert code == 0
    told = re.sub(r"[a-z_-]*<[^>]*>|https?:\S+|--[\w-]+|Usage:.*", "", answer)
    assert re.search(r"[一-鿿]{4}", told)
    assert "选项" in told
    assert "Show this" not in told


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["run", "import osm", "import jemss"])
def test_no_help_is_cut_off_in_a_narrow_window(beiqin, monkeypatch, lang, command):
    monkeypatch.setenv("COLUMNS", "64")
    answer = beiqin(*command.split(), "--help", "--lang", lang)[1]
    assert "--out" in answer
    assert "…" not in answer


def test_help_loads_nothing_heavy():
    code = "import sys\nfrom api import cli\ntry:\n cli.main(['--help'])\nexcept SystemExit:\n pass\n"
    code += f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert told.splitlines()[-1] == "LOADED []"


def test_the_version_is_told(beiqin):
    code, answer, _ = beiqin("--version")
    assert code == 0
    assert re.fullmatch(r"beiqin (\d+\.\d+\.\d+\S*|\(not installed\))\n", answer)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rum"], "There is no command rum; perhaps 'run'?"),
        (["run"], "Name a scenario, or go on with a run by --resume."),
        (["run", "lanshui", "--days", "few"], "--days must be a number."),
        (["run", "lanshui", "--days", "0"], "--days must be at least 0.01."),
        (["run", "lanshui", "--replications", "0"], "--replications must be at least 1."),
        (
            ["run", "lanshui", "--policy", "best"],
            "There is no policy best; there are: closest, area_first, coverage_aware.",
        ),
        (
            ["run", "--resume", "--seed", "3"],
            "--seed cannot be that: a run that is resumed keeps the figures it began with",
        ),
        (["run", "lanshui", "--lang", "fr"], "--lang must be one of 'en', 'zh'."),
        (["import", "osm", "map.osm"], "--out is missing."),
        (["log"], "RUN is missing."),
        (["validate", "a", "b"], "There is a word too many: b."),
    ],
)
def test_wrong_usage_ends_with_two_and_one_line(beiqin, words, message):
    assert beiqin(*words) == (2, "", f"{message}\n")


def test_a_command_alone_shows_its_help(beiqin):
    code, answer, remarks = beiqin("import")
    assert (code, remarks) == (2, "")
    assert "osm" in answer


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nowhere"], "There is no scenario nowhere: it is neither a folder nor one of: lanshui."),
        (
            ["validate", "nowhere"],
            "There is no scenario nowhere: it is neither a folder nor one of: lanshui.",
        ),
        (["run", "--resume", "--out", "nowhere"], "There is no run to go on with in nowhere."),
        (["report", "nowhere"], "nowhere: is not the folder of a run: it holds no manifest.json."),
        (["log", "nowhere"], "nowhere: is not the folder of a run: it holds no manifest.json."),
        (["import", "osm", "none.osm.pbf", "--out", "x"], "none.osm.pbf: is not there"),
        (["import", "graphml", "none.graphml", "--out", "x"], "none.graphml: is not there"),
    ],
)
def test_trouble_ends_with_one_and_one_line(beiqin, words, message):
    assert beiqin(*words) == (1, "", f"{message}\n")


def test_trouble_leaves_nothing_behind(beiqin, tmp_path):
    (tmp_path / "cut.osm.pbf").write_bytes(b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c\x10")
    code, answer, remarks = beiqin("import", "osm", "cut.osm.pbf", "--out", "li")
    assert (code, answer) == (1, "")
    assert remarks.startswith("cut.osm.pbf")
    assert [path.name for path in tmp_path.iterdir()] == ["cut.osm.pbf"]


def test_a_fault_of_the_program_is_owned_up_to(beiqin, monkeypatch, tmp_path):
    monkeypatch.setattr(service, "validate", lambda _: 1 / 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, _, remarks = beiqin("validate", "lanshui")
    assert code == 1
    assert re.match(
        r"Beiqin itself is at fault \(ZeroDivisionError: division by zero\)\. Please report", remarks
    )
    [kept] = tmp_path.glob("beiqin-*.txt")
    assert str(kept) in remarks
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")


def test_debug_shows_where_it_happened(beiqin, monkeypatch, tmp_path):
    monkeypatch.setattr(service, "validate", lambda _: 1 / 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert "Traceback" in beiqin("--debug", "validate", "lanshui")[2]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BrokenProcessPool("gone"), "A worker process was ended from outside"),
        (OSError(28, "", "runs/x/log-0001.parquet"), "runs/x/log-0001.parquet: the disk is full"),
        (OSError(30, "", "runs"), "runs: may not be read or written here"),
    ],
)
def test_a_run_in_trouble_says_so(beiqin, monkeypatch, error, message):
    def trouble(*_):
        raise error

    monkeypatch.setattr(service, "run_scenario", trouble)
    code, answer, remarks = beiqin("run", "lanshui")
    assert (code, answer) == (1, "")
    assert remarks.startswith(message)
    assert "Traceback" not in remarks


def test_a_run_folder_where_none_can_be(beiqin, tiny_folder, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, remarks = beiqin("run", tiny_folder, "--out", "file/run")
    assert (code, len(remarks.splitlines())) == (1, 1)


def test_a_run_writes_its_report_and_says_its_figures(tiny_run):
    assert "<html" in (tiny_run / "report.html").read_text(encoding="utf-8")
    assert (tiny_run / "summary.json").is_file()


def test_a_run_stopped_by_hand_says_how_to_go_on(beiqin, tiny_folder, monkeypatch):
    real = service.run_scenario

    def stop(request, on_progress):
        def progress(done, total):
            on_progress(done, total)
            raise KeyboardInterrupt

        return real(request, progress)

    monkeypatch.setattr(service, "run_scenario", stop)
    words = ("--days", 5, "--replications", 3, "--workers", 1, "--out", "stopped")
    code, answer, remarks = beiqin("run", tiny_folder, *words)
    assert (code, answer) == (130, "")
    assert "Stopped. 1 of 3 replications are finished" in remarks
    command = re.search(r"beiqin (run --resume \S+)", remarks).group(1)
    monkeypatch.setattr(service, "run_scenario", real)
    code, answer, _ = beiqin(*command.split())
    assert (code, answer) == (0, f"stopped{os.sep}report.html\n")


def test_what_is_finished_of_a_stopped_run_can_be_read(beiqin, tiny_run):
    manifest = (tiny_run / "manifest.json").read_text().replace('"complete": true', '"complete": false')
    (tiny_run / "manifest.json").write_text(manifest)
    assert beiqin("report", tiny_run)[0] == 0
    assert beiqin("log", tiny_run)[0] == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sound_folder_is_said_to_hold(beiqin, tiny_folder, lang):
    code, answer, _ = beiqin("validate", tiny_folder, "--lang", lang)
    name = {"en": "Tiny County holds: 2 places, 2 bases, 3 units, 2 sites, 6 nodes.", "zh": "小县检查通过"}[
        lang
    ]
    assert code == 0
    assert answer.startswith(name)


def test_a_broken_folder_is_told_whole(beiqin, tiny_folder):
    for name, old, new in (("stations.csv", "S1,一站", ",一站"), ("units.csv", "E2,二号车", "E1,二号车")):
        path = tiny_folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    code, answer, remarks = beiqin("validate", tiny_folder)
    assert code == 1
    assert {line.split(":")[0] for line in answer.splitlines()} >= {"stations.csv", "units.csv"}
    assert remarks == f"{len(answer.splitlines())} to put right.\n"


def test_the_built_in_counties_are_listed(beiqin):
    code, answer, _ = beiqin("scenarios", "--lang", "zh")
    assert code == 0
    assert re.search(r"^lanshui +岚水县 ", answer, re.MULTILINE)


def test_schemas_are_written(beiqin, tmp_path):
    code, answer, _ = beiqin("schema", "--out", "s")
    assert code == 0
    assert {Path(line).name for line in answer.splitlines()} == {
        path.name for path in (tmp_path / "s").iterdir()
    }
    assert (tmp_path / "s" / "scenario.schema.json").is_file()


def test_a_workbook_is_written_and_not_written_over(beiqin, tiny_folder):
    assert beiqin("template", "--lang", "zh", "--out", "t.xlsx", "--scenario", tiny_folder)[:2] == (
        0,
        "t.xlsx\n",
    )
    filled = Path("t.xlsx").read_bytes()
    assert beiqin("template", "--out", "t.xlsx")[::2] == (
        1,
        "t.xlsx is there already. Name another file, or add --replace.\n",
    )
    assert beiqin("template", "--out", "t.xlsx", "--replace")[0] == 0
    assert Path("t.xlsx").read_bytes() != filled
    code, _, remarks = beiqin("template", "--out", "t.csv")
    assert (code, "t.csv is no name for a workbook: it must end in .xlsx." in remarks) == (2, True)


def test_a_copy_is_made_and_not_written_over(beiqin, tiny_folder):
    assert beiqin("new", "copy", tiny_folder, "--out", "mine")[:2] == (0, "mine\n")
    settings = Path("mine/scenario.yaml")
    settings.write_text(settings.read_text(encoding="utf-8").replace("小县", "我县"), encoding="utf-8")
    code, _, remarks = beiqin("new", "copy", tiny_folder, "--out", "mine")
    assert (code, remarks) == (
        1,
        "mine holds something else already. Name another folder, or add --replace.\n",
    )
    assert beiqin("new", "copy", tiny_folder, "--out", "mine", "--replace")[0] == 0


def test_a_county_is_made(beiqin):
    words = shlex.split("new county --population 100000 --area 500 --nodes 2000 --seed 3 --out made")
    assert beiqin(*words)[:2] == (0, "made\n")
    assert beiqin("validate", "made")[0] == 0


@pytest.mark.parametrize(
    ("option", "name"), [("population", "population"), ("area", "area_km2"), ("nodes", "nodes")]
)
def test_a_figure_no_county_can_be_made_with_is_wrong_usage(beiqin, option, name):
    low, high = LIMITS[name]
    for figure, bound in ((low - 1, f"at least {low}"), (high + 1, f"at most {high}")):
        code, _, remarks = beiqin("new", "county", "--out", "x", f"--{option}", figure)
        assert (code, remarks.startswith(f"--{option} must be {bound}")) == (2, True)


def test_tables_of_arcs_are_imported(beiqin, tiny_folder):
    words = (
        "import",
        "arcs",
        tiny_folder / "nodes.csv",
        tiny_folder / "roads.csv",
        "--out",
        "mine",
        "--population",
        5000,
    )
    code, answer, remarks = beiqin(*words)
    assert (code, answer) == (0, "mine\n"), remarks
    assert "nodes" in remarks
    assert beiqin(*words)[0] == 0, "the same again is harmless"
    assert beiqin("validate", "mine")[0] == 0


def test_the_log_is_told(beiqin, tiny_run):
    code, answer, _ = beiqin("log", tiny_run, "--unit", "E1")
    assert code == 0
    assert len(answer.splitlines()) > 3
    chinese = beiqin("log", tiny_run, "--unit", "E1", "--lang", "zh")[1]
    assert re.search(r"[一-鿿]{4}", chinese)


def test_who_is_not_there_is_said(beiqin, tiny_run):
    code, answer, remarks = beiqin("log", tiny_run, "--unit", "E77")
    assert (code, answer) == (1, "")
    assert "E77" in remarks


def test_a_report_can_be_had_in_the_other_language(beiqin, tiny_run):
    assert beiqin("report", tiny_run, "--lang", "zh")[0] == 0
    assert 'lang="zh' in (tiny_run / "report.html").read_text(encoding="utf-8")


def test_the_bench_is_only_in_a_checkout(beiqin, monkeypatch, tmp_path):
    monkeypatch.setattr("api.commands.bench.CHECKOUT", tmp_path)
    code, _, remarks = beiqin("bench")
    assert code == 1
    assert remarks.startswith("The benchmarks are not part of the installed package")


def test_the_language_is_the_users_own(beiqin, monkeypatch):
    monkeypatch.setenv("BEIQIN_LANG", "zh_CN.UTF-8")
    assert beiqin("rum") == (2, "", "没有命令 rum；是否指 'run'？\n")
    assert beiqin("rum", "--lang", "en") == (2, "", "There is no command rum; perhaps 'run'?\n")
