"""The one way to Beiqin's work: whatever reaches the program, by whichever door, asks here.

Nothing heavy is imported before it is needed, so that a door opens at once.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.folders import clear_run, manifest_of, new_run_folder, newest_unfinished, staged
from api.trouble import Trouble, WrongUsage
from sim.language import tongue

if TYPE_CHECKING:
    from results.report import Reading
    from results.tables import Table
    from results.timelines import Judged
    from sim.scenarios.scenario import Scenario

say = tongue("api")
Progress = Callable[[int, int], None]
"""Told after each finished replication: how many are done, of how many."""
IMPORTERS = {
    "osm": ("sim.scenarios.importers.osm", "import_osm"),
    "graphml": ("sim.scenarios.importers.graphml", "import_graphml"),
    "geojson": ("sim.scenarios.importers.geojson", "import_geojson"),
    "arcs": ("sim.scenarios.importers.arcs_csv", "import_arcs"),
    "jemss": ("sim.scenarios.importers.jemss", "import_jemss"),
}
COLUMN_HEADINGS = ("File", "Column", "Chinese heading", "Needed", "Type", "Unit", "Meaning", "Source")
OF_THE_PLAN = ("days", "warm_up_days", "replications", "seed")


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is to be: the scenario's folder or built-in name, and the run's own figures.

    `policy` None means the scenario's own, `workers` 0 one for each core, `out` None a new folder
    in ``runs``.
    """

    scenario: str
    days: float = 365.0
    warm_up_days: float = 1.0
    replications: int = 1
    seed: int = 1
    policy: str | None = None
    workers: int = 0
    out: Path | None = None
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A scenario in brief: its code and name, and how much of everything it has."""

    code: str
    name: str
    people: int
    places: int
    stations: int
    units: int
    sites: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Account:
    """Real accidents' reports judged: what was found, as a table, the rules cited, and what it rests on."""

    judged: Judged
    table: Table
    sources: tuple[str, ...]
    remarks: tuple[str, ...]


def run_scenario(request: RunRequest, on_progress: Progress | None = None) -> Path:
    """Simulate a scenario's replications and give the run's folder.

    A run that is there already with the same figures is made anew, for it comes out the same.

    Parameters
    ----------
    request
        What to run.
    on_progress
        Told after each finished replication.

    Raises
    ------
    ScenarioError
        The scenario's files cannot be used.
    Trouble, RunTrouble
        There is no such scenario; the folder is taken; there is nothing to go on with.
    OSError
        The disk is full, or the folder may not be written.
    """
    from sim.experiment import run_experiment

    check_policy(request.policy)
    scenario = scenario_folder(request.scenario)
    out = with_folder(request).out or Path()
    if not request.resume and is_same_run(request, scenario, out):
        clear_run(out)
    return run_experiment(
        scenario,
        days=request.days,
        warm_up_days=request.warm_up_days,
        replications=request.replications,
        seed=request.seed,
        policy=request.policy,
        out=out,
        workers=request.workers,
        resume=request.resume,
        on_progress=on_progress,
    )


def check_policy(name: str | None) -> None:
    """Refuse a dispatch policy that is not in the registry."""
    from dispatch.policies import POLICIES

    if name is not None and name not in POLICIES:
        raise WrongUsage(
            "There is no policy {name}; there are: {known}.", name=name, known=", ".join(POLICIES)
        )


def demo_request(out: Path | None = None) -> RunRequest:
    """Give what the demonstration runs: the built-in county, long enough for figures one can believe."""
    return RunRequest("lanshui", days=365.0, replications=20, out=out)


def with_folder(request: RunRequest) -> RunRequest:
    """Name the run's folder where the request leaves it open."""
    if request.out is not None:
        return request
    return replaced(
        request, out=new_run_folder(Path(request.scenario), request.seed, datetime.now().astimezone())
    )


def is_same_run(request: RunRequest, scenario: Path, out: Path) -> bool:
    """Tell whether a folder holds a run of the same scenario with the same figures."""
    from sim.scenarios.load import load_scenario, scenario_hash

    manifest = manifest_of(out)
    if any(manifest.get(name) != getattr(request, name) for name in OF_THE_PLAN):
        return False
    if manifest.get("scenario_hash") != scenario_hash(scenario)[0]:
        return False
    return bool(manifest.get("policy") == (request.policy or load_scenario(scenario).settings.policy))


def unfinished(run: Path | None, workers: int = 0) -> RunRequest:
    """Ask for the rest of a run that was stopped; without a folder, of the newest one in ``runs``.

    Raises
    ------
    Trouble
        There is no such run.
    """
    folder = run or newest_unfinished()
    manifest = manifest_of(folder)
    try:
        days, warm_up_days, replications, seed = (manifest[name] for name in OF_THE_PLAN)
        policy = manifest["policy"]
    except KeyError:
        raise Trouble("There is no run to go on with in {path}.", path=folder) from None
    scenario = str(folder / "scenario")
    return RunRequest(scenario, days, warm_up_days, replications, seed, policy, workers, folder, resume=True)


def scenario_folder(name: str) -> Path:
    """Find a scenario: the folder of that path, or the built-in county of that name.

    Raises
    ------
    Trouble
        There is neither.
    """
    from sim.scenarios.builtin import builtin_scenarios

    path, built_in = Path(name), builtin_scenarios()
    if (path / "scenario.yaml").exists() or (path.exists() and name not in built_in):
        return path
    if name in built_in:
        return built_in[name]
    known = ", ".join(built_in)
    raise Trouble(
        "There is no scenario {name}: it is neither a folder nor one of: {known}.", name=name, known=known
    )


def scenario_cards(lang: str) -> Iterator[Card]:
    """Give the built-in scenarios in brief, names in the language asked for."""
    from sim.scenarios.builtin import builtin_scenarios
    from sim.scenarios.load import load_scenario

    for folder in builtin_scenarios().values():
        yield card_of(load_scenario(folder), lang)


def validate(name: str) -> Scenario:
    """Read a scenario as a run would, down to the compiled county.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    from sim.scenarios.build import build_county
    from sim.scenarios.load import load_scenario

    scenario = load_scenario(scenario_folder(name))
    build_county(scenario)
    return scenario


def card_of(scenario: Scenario, lang: str) -> Card:
    """Sum a scenario up."""
    names = scenario.settings.name
    return Card(
        code=scenario.settings.code,
        name=(names.zh or names.en if lang == "zh" else names.en or names.zh) or scenario.settings.code,
        people=sum(place.population or 0 for place in scenario.places),
        places=len(scenario.places),
        stations=len(scenario.stations),
        units=len(scenario.units),
        sites=len(scenario.sites),
        nodes=scenario.roads.n_nodes,
    )


def write_schemas(out: Path, lang: str) -> tuple[Path, ...]:
    """Write the JSON Schema of every file of a scenario folder."""
    from sim.record import write_text_whole
    from sim.scenarios.schema import json_schemas

    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in json_schemas(lang).items():
        path = out / f"{Path(name).stem}.schema.json"
        write_text_whole(path, json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
        written.append(path)
    columns = out / "columns.md"
    write_text_whole(columns, column_table(lang))
    return (*written, columns)


def column_table(lang: str) -> str:
    """Lay out the table of all columns: names in both languages, meaning, unit, source."""
    from sim.scenarios.schema import header_table

    rows = [tuple(say(lang, heading) for heading in COLUMN_HEADINGS), ("---",) * len(COLUMN_HEADINGS)]
    for entry in header_table(lang):
        needed = say(lang, "yes") if entry.required else ""
        names = (entry.file, entry.column, entry.chinese, needed)
        rows.append((*names, entry.type, entry.unit, entry.meaning, entry.source))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def write_template(out: Path, lang: str, scenario: str | None = None, *, replace: bool = False) -> None:
    """Write a workbook of the tables of readiness, headings alone or filled with a scenario's rows.

    Raises
    ------
    Trouble
        A file of that name is there already, or there is no such scenario.
    ScenarioError
        The scenario's files cannot be used.
    """
    from sim.scenarios.load import load_scenario
    from sim.scenarios.template import template

    if out.suffix.lower() != ".xlsx":
        raise WrongUsage("{path} is no name for a workbook: it must end in .xlsx.", path=out)
    if out.exists() and not replace:
        raise Trouble("{path} is there already. Name another file, or add --replace.", path=out)
    data = template(lang, load_scenario(scenario_folder(scenario)) if scenario else None)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)


def copy_scenario(name: str, out: Path, *, replace: bool = False) -> None:
    """Copy a scenario into a folder of one's own, to be changed there."""
    from sim.scenarios.fingerprint import input_files

    source = scenario_folder(name)
    with staged(out, replace) as draft:
        for file in input_files(source):
            (draft / file).parent.mkdir(exist_ok=True)
            shutil.copyfile(source / file, draft / file)


def new_county(out: Path, *, replace: bool = False, **figures: float) -> None:
    """Make a plausible county from nothing, with the figures `sim.scenarios.generate.county` takes."""
    from sim.scenarios.generate.county import new_county as make

    with staged(out, replace) as draft:
        make(draft, **figures)  # type: ignore[arg-type]


def import_file(
    kind: str, sources: Sequence[Path], out: Path, *, lang: str, replace: bool = False, **options: object
) -> tuple[str, ...]:
    """Make a scenario folder from other people's files, and say what was found and assumed.

    Parameters
    ----------
    kind
        ``osm``, ``graphml``, ``geojson``, ``arcs`` or ``jemss``.
    sources
        The file; for ``arcs`` nodes and arcs, for ``jemss`` the city's folder.
    out
        The folder to make.
    lang
        Language of the sentences.
    replace
        Write over another scenario there.
    options
        As the importer of that kind takes them; those that are None are left to it.
    """
    given = {name: value for name, value in options.items() if value is not None}
    with staged(out, replace) as draft:
        report = importer_of(kind)(*sources, draft, **given)
    return tuple(replaced(report, folder=out).lines(lang))


def importer_of(kind: str) -> Any:  # noqa: ANN401 - importers take options of their own
    """Find the reader for a kind of file."""
    module, name = IMPORTERS[kind]
    return getattr(import_module(module), name)


def read_results(run: Path) -> Reading:
    """Read and measure a run once; what was finished of a run that was stopped will do.

    Raises
    ------
    RunError
        The folder is not a run, or its files are damaged.
    """
    from results.report import read_run

    return read_run(run, partial=True)


def main_figures(reading: Reading, lang: str) -> tuple[str, ...]:
    """Say a run's main results in a few sentences."""
    from results.contents import headline

    return headline(reading.findings, lang)


def write_report(reading: Reading, lang: str, name: str = "report.html") -> Path:
    """Write a run's report, summary and pictures into its folder; give the report's path."""
    from results.report import write_all

    return write_all(reading.run.path, lang, name, reading)


def tell(
    run: Path, lang: str, replication: int | None = None, incident: int | None = None, unit: str | None = None
) -> Iterator[str]:
    """Tell a run's event log in words, of one incident or unit where they are named."""
    from results.narrative import tell as say_it
    from results.runs import open_run

    return say_it(open_run(run, partial=True), replication, incident, unit, lang)


def judge_timelines(file: Path, rules: str, lang: str) -> Account:
    """Judge the reports of real accidents by a rule file, in words of a language.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the table of times or with the rule file.
    """
    from results.timelines import hops_table, judged, remarks, sources
    from sim.scenarios.importers.timelines import read_timelines
    from sim.scenarios.rulefiles import rule_book

    found = judged(read_timelines(file), rule_book(rules))
    return Account(found, hops_table(found, lang), sources(found, lang), remarks(found, lang))


def write_timelines(account: Account, out: Path, lang: str) -> tuple[Path, ...]:
    """Write judged timelines as a table and as a page; give their paths."""
    from results.timeline_files import write_timelines as write

    return write(account.judged, out, lang)
