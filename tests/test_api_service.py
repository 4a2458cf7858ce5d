"""The service layer: runs that come out the same, that can be stopped and go on."""

import multiprocessing
import shutil
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from api import service
from api.trouble import Trouble, WrongUsage
from results.runs import RunError
from sim.experiment import RunTrouble
from sim.scenarios.problems import ScenarioError

PUBLIC = [
    "Account",
    "Card",
    "Progress",
    "RunRequest",
    "card_of",
    "check_policy",
    "column_table",
    "copy_scenario",
    "demo_request",
    "import_file",
    "is_same_run",
    "judge_timelines",
    "main_figures",
    "new_county",
    "read_results",
    "run_scenario",
    "scenario_cards",
    "scenario_folder",
    "tell",
    "unfinished",
    "validate",
    "with_folder",
    "write_report",
    "write_schemas",
    "write_template",
    "write_timelines",
]


class Stopped(Exception):
    """Stands for Ctrl-C."""


@pytest.fixture
def request_for(tiny_folder, tmp_path):
    """Ask for a short run of the tiny county."""

    def ask(out="run", **figures):
        figures = {"days": 20.0, "replications": 3, "workers": 1, **figures}
        return service.RunRequest(str(tiny_folder), out=tmp_path / out, **figures)

    return ask


def logs(run):
    """Contents of all logs and incident tables of a run."""
    return {path.name: path.read_bytes() for path in sorted(run.glob("*.parquet"))}


def stop_after(number):
    """Stop a run when so many replications are finished."""

    def on_progress(done, _total):
        if done >= number:
            raise Stopped

    return on_progress


def test_the_names_others_may_use_are_a_list():
    own = [name for name, thing in vars(service).items() if getattr(thing, "__module__", "") == "api.service"]
    assert sorted({*own, "Progress"} - {"importer_of", "settle"}) == sorted(PUBLIC)


def test_a_run_has_all_its_files(request_for):
    done = []
    run = service.run_scenario(request_for(), lambda *told: done.append(told))
    assert done == [(1, 3), (2, 3), (3, 3)]
    assert len(logs(run)) == 6
    assert (run / "scenario" / "scenario.yaml").is_file()


def test_the_same_twice_gives_equal_logs_and_summaries(request_for):
    runs = [service.run_scenario(request_for(out)) for out in ("one", "two")]
    for run in runs:
        service.write_report(service.read_results(run), "en")
    assert logs(runs[0]) == logs(runs[1])
    assert (runs[0] / "summary.json").read_bytes() == (runs[1] / "summary.json").read_bytes()


def test_another_seed_gives_another_log(request_for):
    one, two = (service.run_scenario(request_for(f"s{seed}", seed=seed)) for seed in (1, 2))
    assert logs(one)["log-0000.parquet"] != logs(two)["log-0000.parquet"]


def test_two_processes_give_what_one_gives(request_for):
    alone = service.run_scenario(request_for("alone"))
    together = service.run_scenario(request_for("together", workers=2))
    assert logs(alone) == logs(together)


def test_the_same_run_in_the_same_folder_is_made_anew(request_for):
    run = service.run_scenario(request_for())
    before = logs(run)
    (run / "log-0001.parquet").write_bytes(b"damaged")
    assert logs(service.run_scenario(request_for())) == before


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"days": 21.0}, {"replications": 4}, {"policy": "area_first"}]
)
def test_another_run_is_not_written_over(request_for, change):
    run = service.run_scenario(request_for())
    before = logs(run)
    with pytest.raises(RunTrouble, match="is not empty"):
        service.run_scenario(request_for(**change))
    assert logs(run) == before


def test_a_run_under_another_policy_is_not_written_over(request_for):
    service.run_scenario(request_for(policy="area_first"))
    with pytest.raises(RunTrouble, match="is not empty"):
        service.run_scenario(request_for())


def test_a_run_of_a_changed_scenario_is_not_written_over(request_for, tiny_folder):
    service.run_scenario(request_for())
    (tiny_folder / "demand.csv").write_text("kind,where,per_year\nfire,places,300\n")
    with pytest.raises(RunTrouble, match="is not empty"):
        service.run_scenario(request_for())


def test_a_stopped_run_can_be_read_and_goes_on_to_the_same_end(request_for):
    whole = service.run_scenario(request_for("whole"))
    request = request_for("stopped")
    with pytest.raises(Stopped):
        service.run_scenario(request, stop_after(1))
    assert (request.out / "log-0000.parquet").is_file()
    assert service.write_report(service.read_results(request.out), "en").is_file()
    rest = service.unfinished(request.out, workers=1)
    assert rest == replace(request, scenario=str(request.out / "scenario"), policy="closest", resume=True)
    assert logs(service.run_scenario(rest)) == logs(whole)


def test_a_killed_worker_leaves_finished_replications_and_the_run_goes_on(request_for):
    request = request_for(replications=12, workers=2)

    def kill(_done, _total):
        for worker in multiprocessing.active_children():
            worker.kill()

    with pytest.raises(BrokenExecutor):
        service.run_scenario(request, kill)
    rest = service.unfinished(request.out, workers=1)
    done = service.read_results(request.out).run.replications
    assert 0 < len(done) < 12
    service.run_scenario(rest)
    assert len(service.read_results(request.out).run.replications) == 12


def test_there_is_nothing_to_go_on_with(tmp_path):
    with pytest.raises(Trouble, match="no run to go on with"):
        service.unfinished(tmp_path)


def test_a_policy_nobody_knows_is_refused(request_for):
    with pytest.raises(WrongUsage, match=r"There is no policy best; there are: .*closest"):
        service.run_scenario(request_for(policy="best"))


def test_a_scenario_is_a_folder_or_a_name(tiny_folder):
    assert service.scenario_folder(str(tiny_folder)) == tiny_folder
    assert (service.scenario_folder("lanshui") / "scenario.yaml").is_file()
    with pytest.raises(Trouble, match=r"There is no scenario lanshi: .*: .*lanshui"):
        service.scenario_folder("lanshi")


def test_a_folder_of_the_same_name_goes_before_a_built_in_county(tmp_path, tiny_folder, monkeypatch):
    shutil.copytree(tiny_folder, tmp_path / "here" / "lanshui")
    monkeypatch.chdir(tmp_path / "here")
    assert service.validate("lanshui").settings.code == "tiny"


def test_validating_tells_all_problems(tiny_folder):
    (tiny_folder / "units.csv").unlink()
    (tiny_folder / "stations.csv").unlink()
    with pytest.raises(ScenarioError) as caught:
        service.validate(str(tiny_folder))
    assert {problem.file for problem in caught.value.problems} >= {"units.csv", "stations.csv"}


def test_a_card_sums_a_scenario_up(tiny_folder):
    card = service.card_of(service.validate(str(tiny_folder)), "zh")
    assert card == service.Card("tiny", "小县", 40_000, 2, 2, 3, 2, 6)
    assert service.card_of(service.validate(str(tiny_folder)), "en").name == "Tiny County"


def test_a_copied_scenario_is_the_same_scenario(tiny_folder, tmp_path):
    (tiny_folder / "notes.txt").write_text("not part of it")
    service.copy_scenario(str(tiny_folder), tmp_path / "copy")
    assert not (tmp_path / "copy" / "notes.txt").exists()
    assert service.validate(str(tmp_path / "copy")) == service.validate(str(tiny_folder))


def test_the_table_of_columns_speaks_both_languages():
    english, chinese = (service.column_table(lang).splitlines() for lang in ("en", "zh"))
    assert len(english) == len(chinese) > 60
    assert english[0].startswith("| File | Column | Chinese heading |")
    assert any(line.startswith("| units.csv | station | 驻地 | 是 |") for line in chinese)


def test_a_damaged_log_is_told_not_counted(request_for):
    run = service.run_scenario(request_for())
    log = run / "log-0001.parquet"
    log.write_bytes(log.read_bytes()[:200])
    with pytest.raises(RunError, match=r"log-0001\.parquet"):
        service.read_results(run)


def test_the_log_is_told_in_words(request_for):
    run = service.run_scenario(request_for())
    whole = list(service.tell(run, "en"))
    of_one = list(service.tell(run, "en", unit="E1"))
    assert 0 < len(of_one) < len(whole)
    assert Path(run).is_dir()
