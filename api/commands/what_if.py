"""What if: a county and variants of it on the same chance, and what each variant changes for whom."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api import comparing
from api.commands.readiness import laid_out
from api.commands.running import Policy, Workers
from api.commands.shared import Lang, Seed, answer, busy, err, say, spoken
from api.comparing import CompareRequest, Variant
from api.folders import RUNS
from api.trouble import WrongUsage

if TYPE_CHECKING:
    from results.comparison_page import Findings

Scenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's folder or the name of a built-in county.")
]
Edits = Annotated[
    list[str] | None,
    typer.Option("--edit", help='What is to be otherwise, like "close bridge qinglong"; as often as needed.'),
]
EditFile = Annotated[
    Path | None, typer.Option("--edit-file", help="A YAML file with a list of edits, beside those of --edit.")
]
Variants = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        help="A variant by name: NAME=EDIT; EDIT..., NAME=FILE.yaml, or NAME=FOLDER of a scenario.",
    ),
]
Times = Annotated[int, typer.Option("--replications", min=2, help="How many pairs of replications.")]
Days = Annotated[
    float, typer.Option("--days", min=0.01, max=36525.0, help="Days of a replication that count.")
]
WarmUp = Annotated[
    float, typer.Option("--warm-up", min=0.0, max=36525.0, help="Days simulated first and not counted.")
]
Until = Annotated[
    str | None,
    typer.Option("--until-half-width", help="Go on until the change is known to ± this, like 10s or 0.5%."),
]
MeasureName = Annotated[
    str, typer.Option("--measure", help="Figure for --until-half-width, --best and --factorial.")
]
AtMost = Annotated[int, typer.Option("--at-most", min=20, help="Replications at most.")]
Best = Annotated[
    bool, typer.Option("--best", help="Choose the best of the variants and the county as it is.")
]
Worth = Annotated[
    str | None,
    typer.Option(
        "--worth",
        help="For --best: the smallest difference worth telling, like 10s or 0.5%; by default 10s or 1%.",
    ),
]
Sure = Annotated[
    float, typer.Option("--probability", help="For --best: promised probability of a correct choice.")
]
Factorial = Annotated[
    bool, typer.Option("--factorial", help="Take variants as levers and simulate all their combinations.")
]
Cluster = Annotated[
    str | None, typer.Option("--cluster", help="A Dask scheduler to simulate with, like tcp://10.0.0.5:8786.")
]
Where = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of the report; by default runs/<time>-<scenario>-what-if."),
]


def what_if(
    ctx: typer.Context,
    scenario: Scenario,
    edit: Edits = None,
    edit_file: EditFile = None,
    variant: Variants = None,
    replications: Times = 60,
    days: Days = 60.0,
    warm_up: WarmUp = 1.0,
    seed: Seed = 1,
    policy: Policy = None,
    measure: MeasureName = "first_arrival",
    until_half_width: Until = None,
    at_most: AtMost = 1000,
    best: Best = False,
    worth: Worth = None,
    probability: Sure = 0.95,
    factorial: Factorial = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    out: Where = None,
    lang: Lang = None,
) -> None:
    """Compare a county with what it would be otherwise, on the same chance, and write the report."""
    language = spoken(ctx, lang)
    request = CompareRequest(
        scenario,
        variants_of(edit or [], edit_file, variant or [], language),
        replications,
        days,
        warm_up,
        seed,
        policy,
        measure,
        None if until_half_width is None else comparing.amount(until_half_width),
        at_most,
        best,
        None if worth is None else comparing.amount(worth),
        probability,
        factorial,
        workers,
        cluster,
    )
    found = carry_out(request, language)
    show(found, language)
    with busy(say(language, "Drawing the report")):
        report = comparing.write(found, language, out or own_folder(scenario), command_of(ctx))
    answer(report)


def variants_of(
    edits: Sequence[str], file: Path | None, named: Sequence[str], lang: str
) -> tuple[Variant, ...]:
    """Put together what is to be compared: all of --edit and --edit-file is one variant."""
    from sim.scenarios.edits import read_edit_file

    mine = (*edits, *(read_edit_file(file) if file else ()))
    first = [Variant(say(lang, "the change"), mine)] if mine else []
    return (*first, *(_named(text) for text in named))


def carry_out(request: CompareRequest, lang: str) -> Findings:
    """Compare with a progress bar that tells the time left; stopped by hand, what is finished is kept."""
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say(lang, "Simulating"), total=None)
        try:
            return comparing.compare(
                request, lambda it: progress.update(task, completed=it.done, total=it.total)
            )
        except KeyboardInterrupt:
            progress.stop()
            sentence = "Stopped. Finished replications are kept: the same command goes on from there."
            console.print(say(lang, sentence), markup=False)
            raise typer.Exit(130) from None


def show(found: Findings, lang: str) -> None:
    """Print the main results."""
    from results.comparison_page import headline
    from results.comparison_words import cannot_be_told, differences_table, effects_table

    console = Console(highlight=False)
    for line in headline(found, lang):
        console.print(line, markup=False, soft_wrap=True)
    console.print()
    console.print(laid_out(differences_table(found.comparison, lang), say(lang, "What changes")))
    if effects := (found.effects or {}).get(found.measure.code):
        console.print()
        console.print(laid_out(effects_table(found.comparison, found.measure, effects, lang), ""))
    for name in found.comparison.variants:
        prefix = f"{name}{say(lang, ': ')}" if len(found.comparison.variants) > 1 else ""
        for line in cannot_be_told(found.comparison, name, lang):
            err().print(prefix + line, markup=False)


def own_folder(scenario: str) -> Path:
    """Name the report's folder: ``runs/<time>-<scenario>-what-if``."""
    name = re.sub(r"[^\w.-]+", "-", Path(scenario).resolve().name)
    return RUNS / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{name}-what-if"


def command_of(ctx: typer.Context) -> str:
    """Write the command that was given, without what does not bear on the figures."""
    words = ["beiqin", "what-if"]
    for name, value in _given(ctx).items():
        if name == "scenario":
            words.append(str(value))
            continue
        option = f"--{name.replace('_', '-')}"
        for one in value if isinstance(value, list | tuple) else [value]:
            words += [option] if one is True else [option, f"{one:g}" if isinstance(one, float) else str(one)]
    return shlex.join(words)


def _given(ctx: typer.Context) -> Mapping[str, object]:
    """Give what was said on the command line, the scenario first."""
    left_out = ("out", "lang", "workers", "cluster")
    said = {
        name: value
        for name, value in ctx.params.items()
        if name not in left_out and str(ctx.get_parameter_source(name)).endswith("COMMANDLINE")
    }
    return {"scenario": ctx.params["scenario"], **said}


def _named(text: str) -> Variant:
    """Read a variant from ``NAME=...``: a scenario's folder, an edit file, or edits with ; between them."""
    from sim.scenarios.edits import read_edit_file

    name, equals, what = (part.strip() for part in text.partition("="))
    if not (name and equals and what):
        raise WrongUsage("--variant wants NAME=EDITS, NAME=FILE.yaml or NAME=FOLDER, not {text}.", text=text)
    if (Path(what) / "scenario.yaml").is_file():
        return Variant(name, scenario=what)
    if Path(what).suffix in (".yaml", ".yml"):
        return Variant(name, read_edit_file(Path(what)))
    return Variant(name, tuple(part.strip() for part in re.split("[;；]", what) if part.strip()))
