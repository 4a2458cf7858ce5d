"""What if: a county and variants of it on the same chance, compared, narrowed down, and chosen from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.service import check_policy, scenario_folder
from api.trouble import Trouble, WrongUsage
from sim.language import tongue

if TYPE_CHECKING:
    from api.requests import WhatIfWanted
    from results.compare import Stopped
    from results.comparison_page import Findings
    from results.outcome import Measure, Outcome
    from sim.county import County
    from sim.engine import Run
    from sim.replications import Parcel, Standing, Store
    from sim.scenarios.scenario import Scenario

say = tongue("api")
AS_IT_IS = "base"
"""The name of the county without any change, as in `results.comparison_words`."""
FIRST_STAGE = 20
BATCH = 20
MOST_VARIANTS = 31
AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|sec|秒|min|分|%|pp)?\s*")
TIMES = {"min": 60.0, "分": 60.0, "%": 0.01, "pp": 0.01}


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of a county: edits of it (sentences, plain data, or ready), or another scenario."""

    name: str
    edits: tuple[Any, ...] = ()
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What is to be compared, and how thoroughly.

    With `until_half_width` (in the unit of `measure`: seconds, or a share) replications go on until the
    change of `measure` is known so well for every variant, `at_most` times; `replications` does not count
    then. With `best` the best by `measure` is chosen, to differences of `worth`, with `probability`. With
    `factorial` variants are levers: all their combinations are simulated. `workers` 0 is one a core;
    `cluster` the address of a Dask scheduler.
    """

    scenario: str
    variants: tuple[Variant, ...]
    replications: int = 60
    days: float = 60.0
    warm_up_days: float = 1.0
    seed: int = 1
    policy: str | None = None
    measure: str = "first_arrival"
    until_half_width: float | None = None
    at_most: int = 1000
    best: bool = False
    worth: float | None = None
    probability: float = 0.95
    factorial: bool = False
    workers: int = 0
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scenario to be simulated: its parcel, and what was changed, by language."""

    parcel: Parcel
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compare(
    request: CompareRequest,
    on_progress: Callable[[Standing], None] | None = None,
    called_off: Callable[[], bool] = lambda: False,
    store: Store | None = None,
) -> Findings:
    """Compare variants of a county with the county as it is, on the same chance.

    Parameters
    ----------
    request
        What is to be compared.
    on_progress
        Told how far the replications are; totals grow where more turn out to be needed.
    called_off
        Asked twice a second; a yes ends the work.
    store
        Where finished replications are kept and found again; None is the usual place.

    Raises
    ------
    ScenarioError
        A scenario's files cannot be used, or an edit makes no sense.
    Trouble, WrongUsage
        There is no such scenario, or the request contradicts itself.
    RunTrouble
        The work was called off, or the cluster cannot be used; what was finished is kept.
    """
    from sim.replications import usual_store, workers

    scenario, county, measure = _ground(request)
    candidates = candidates_of(scenario, request)
    with workers(request.workers, request.cluster) as (executor, at_once):
        bench = Bench(request, executor, at_once, store or usual_store(), on_progress, called_off)
        return _found_out(bench, county, measure, candidates)


def write(found: Findings, lang: str, folder: Path, command: str) -> Path:
    """Write a comparison's report, pictures and figures into a folder; give the report's path."""
    from results.comparison_page import write_comparison

    return write_comparison(folder, found, lang, command)[0]


def request_of(
    scenario: str, wanted: WhatIfWanted, workers: int = 0, cluster: str | None = None
) -> CompareRequest:
    """Give what a job asks to be compared."""
    variants = tuple(Variant(name, tuple(edits)) for name, edits in wanted.variants.items())
    same = {"replications", "days", "warm_up_days", "seed", "policy", "measure", "until_half_width"}
    same |= {"at_most", "best", "worth", "probability", "factorial"}
    figures = wanted.model_dump(include=same)
    return CompareRequest(scenario, variants, **figures, workers=workers, cluster=cluster)


def look_over(request: CompareRequest) -> None:
    """Refuse what cannot be compared, figures, edits or names of measures, without making it ready."""
    scenario, _, _ = _ground(request)
    for variant in request.variants:
        if variant.scenario is None:
            _edited(scenario, variant)


def _ground(request: CompareRequest) -> tuple[Scenario, County, Measure]:
    """Give the county that variants are of, and the figure that decides."""
    from results.outcome import measures_of
    from sim.scenarios.build import build_county
    from sim.scenarios.load import load_scenario

    check(request)
    scenario = load_scenario(scenario_folder(request.scenario))
    county = build_county(scenario)
    measure = _named(request.measure, measures_of(county))
    _check_amounts(request, measure)
    return scenario, county, measure


def check(request: CompareRequest) -> None:
    """Refuse a request that contradicts itself."""
    names = [variant.name for variant in request.variants]
    if not names:
        raise WrongUsage("Say what is to be otherwise: by --edit, --edit-file or --variant.")
    if len({AS_IT_IS, *names}) <= len(names):
        raise WrongUsage(
            "Variants need names of their own, and none may be called {taken}: {names}.",
            taken=AS_IT_IS,
            names=", ".join(names),
        )
    if request.replications < 2:
        raise WrongUsage("At least 2 replications are needed to tell anything of a difference.")
    if request.worth is not None and request.worth <= 0.0:
        raise WrongUsage("For choosing the best, a difference worth telling must be above nil.")
    if request.best and not 0.5 <= request.probability < 1.0:
        raise WrongUsage("The probability of a correct choice must lie between 0.5 and 1.")
    if request.until_half_width is not None and request.until_half_width <= 0.0:
        raise WrongUsage("A half width must be above nil.")
    _check_levers(request)
    check_policy(request.policy)


def _check_amounts(request: CompareRequest, measure: Measure) -> None:
    """Refuse a half width or a difference that cannot be meant for a share."""
    from results.outcome import SHARE

    amounts = (request.until_half_width, request.worth if request.best else None)
    if measure.unit == SHARE and any(value is not None and value >= 1.0 for value in amounts):
        sentence = "{figure} is a share: write its half width or difference like 0.5%."
        raise WrongUsage(sentence, figure=measure.code)


def amount(text: str) -> float:
    """Read a half width or a difference as people write it: ``10s``, ``10``, ``0.5 min``, ``0.5%``.

    Examples
    --------
    >>> amount("10s"), amount("0.5 min"), amount("0.5%")
    (10.0, 30.0, 0.005)
    """
    found = AMOUNT.fullmatch(text)
    if not found:
        raise WrongUsage("{text} is no half width or difference; write it like 10s or 0.5%.", text=text)
    return float(found.group(1)) * TIMES.get(found.group(2) or "", 1.0)


def candidates_of(scenario: Scenario, request: CompareRequest) -> dict[str, Candidate]:
    """Make every scenario that is to be simulated, the county as it is first."""
    from sim.replications import parcel_of

    found = {AS_IT_IS: Candidate(parcel_of(scenario))}
    for variant in request.variants:
        found[variant.name] = _candidate(scenario, variant)
    if request.factorial:
        for name, several in _combinations(request.variants).items():
            found[name] = _candidate(scenario, several)
    return found


def record(warm_up_s: float, county: County, run: Run) -> bytes:
    """Read out of a finished replication what is compared."""
    from results.measures import Window
    from results.outcome import outcome
    from sim.record import incidents_frame, log_frame

    events, incidents = log_frame(county, run.log), incidents_frame(county, run.fate)
    return outcome(events, incidents, county, Window(warm_up_s, run.fate.horizon_s)).packed()


@dataclass(frozen=True, slots=True)
class Bench:
    """Where replications are made or found: who makes them, where they are kept, who is told."""

    request: CompareRequest
    executor: Executor
    at_once: int
    store: Store
    on_progress: Callable[[Standing], None] | None
    called_off: Callable[[], bool]

    def outcomes(
        self, candidates: Mapping[str, Candidate], first: int, count: int
    ) -> dict[str, list[Outcome]]:
        """Give the outcomes of some replications of every candidate."""
        from results.outcome import WHAT, unpacked
        from sim.experiment import DAY_S
        from sim.replications import Task, work_out

        asked, warm_up_s = self.request, self.request.warm_up_days * DAY_S
        horizon_s = (asked.days + asked.warm_up_days) * DAY_S
        tasks = [
            Task(one.parcel, asked.seed, replication, horizon_s, asked.policy)
            for replication in range(first, first + count)
            for one in candidates.values()
        ]
        what = f"{WHAT} from {warm_up_s!r} s"
        records = work_out(
            tasks,
            partial(record, warm_up_s),
            what,
            self.executor,
            store=self.store,
            at_once=self.at_once,
            on_progress=self.on_progress,
            called_off=self.called_off,
        )
        made = iter(records)
        rows = [[unpacked(one) for one in islice(made, len(candidates))] for _ in range(count)]
        return {name: [row[n] for row in rows] for n, name in enumerate(candidates)}


def _found_out(
    bench: Bench, county: County, measure: Measure, candidates: Mapping[str, Candidate]
) -> Findings:
    """Simulate as much as was asked for and put together what came out."""
    from results import compare as comparing
    from results.comparison_page import Findings

    request = bench.request
    runs, stopped = _enough(bench, measure, candidates)
    names = [variant.name for variant in request.variants]
    changes = {name: candidates[name].changes for name in names}
    mine = {name: runs[name] for name in names}
    found = Findings(comparing.compare(county, runs[AS_IT_IS], mine, request.days, changes), measure)
    if request.factorial:
        found = replace(found, effects=_effects(found, runs, names))
    if request.best:
        found = replace(found, choice=_best(bench, measure, candidates), names=tuple(candidates))
    return replace(found, stopped=stopped)


def _enough(
    bench: Bench, measure: Measure, candidates: Mapping[str, Candidate]
) -> tuple[dict[str, list[Outcome]], Stopped | None]:
    """Simulate the replications asked for, or until the change of a figure is known well enough."""
    from results.compare import Stopped, narrow_enough

    request, wanted = bench.request, bench.request.until_half_width
    if wanted is None:
        return bench.outcomes(candidates, 0, request.replications), None
    runs: dict[str, list[Outcome]] = {name: [] for name in candidates}
    level = 1.0 - 0.05 / len(request.variants)
    while True:
        done = len(runs[AS_IT_IS])
        count = min(BATCH if done else FIRST_STAGE, request.at_most - done)
        for name, more in bench.outcomes(candidates, done, count).items():
            runs[name] += more
        gaps = [_gaps(measure, runs[AS_IT_IS], runs[one.name]) for one in request.variants]
        narrow = all(narrow_enough(gap, wanted, level) for gap in gaps)
        if narrow or len(runs[AS_IT_IS]) >= request.at_most:
            return runs, Stopped(wanted, narrow)


def _gaps(measure: Measure, base: Sequence[Outcome], runs: Sequence[Outcome]) -> list[float]:
    code = measure.code
    return [b.figures[code] - a.figures[code] for a, b in zip(base, runs, strict=True)]


def _best(bench: Bench, measure: Measure, candidates: Mapping[str, Candidate]) -> Any:  # noqa: ANN401
    """Choose the best of all candidates by the procedure KN."""
    from results.choosing import best_of
    from results.outcome import WORTH

    names, request = list(candidates), bench.request

    def observe(which: Sequence[int], first: int, count: int) -> list[list[float]]:
        left = {names[n]: candidates[names[n]] for n in which}
        runs = bench.outcomes(left, first, count)
        rows = [[runs[names[n]][row].figures[measure.code] for n in which] for row in range(count)]
        if any(isnan(figure) for row in rows for figure in row):
            sentence = "In some replication nothing was seen for {code}; choosing by it wants more --days."
            raise Trouble(sentence, code=measure.code)
        return rows

    return best_of(
        observe,
        len(names),
        request.worth or WORTH[measure.unit],
        request.probability,
        least=measure.less_is_better,
        at_most=request.at_most,
        batch=BATCH,
    )


def _effects(found: Findings, runs: Mapping[str, Sequence[Outcome]], levers: Sequence[str]) -> dict[str, Any]:
    """Work out what levers do to every figure, by themselves and together."""
    from results.factorial import effects, settings

    points = {point: runs[_joined(levers, point)] for point in settings(levers)}
    return {
        one.code: effects(levers, {p: [run.figures[one.code] for run in its] for p, its in points.items()})
        for one in found.comparison.measures
    }


def _check_levers(request: CompareRequest) -> None:
    from results.factorial import MOST_LEVERS

    if request.factorial and any(variant.scenario for variant in request.variants):
        raise WrongUsage("Levers must be edits: another scenario cannot be combined with anything.")
    if request.factorial and not 2 <= len(request.variants) <= MOST_LEVERS:
        raise WrongUsage("All combinations are tried of 2 to {most} levers.", most=MOST_LEVERS)
    if len(request.variants) > MOST_VARIANTS:
        raise WrongUsage("No more than {most} variants are compared at once.", most=MOST_VARIANTS)


def _combinations(levers: Sequence[Variant]) -> dict[str, Variant]:
    """Give the variants in which two levers or more are pulled, by their joined names."""
    from results.factorial import settings

    names = [lever.name for lever in levers]
    found = {}
    for point in settings(names):
        pulled = [lever for lever, on in zip(levers, point, strict=True) if on]
        if len(pulled) > 1:
            name = _joined(names, point)
            found[name] = Variant(name, tuple(edit for lever in pulled for edit in lever.edits))
    return found


def _joined(levers: Sequence[str], point: Sequence[bool]) -> str:
    return " + ".join(name for name, on in zip(levers, point, strict=True) if on) or AS_IT_IS


def _candidate(scenario: Scenario, variant: Variant) -> Candidate:
    """Make the scenario of a variant and say what is otherwise."""
    from sim.replications import parcel_of
    from sim.scenarios.build import build_county
    from sim.scenarios.load import load_scenario

    if variant.scenario is not None:
        other = load_scenario(scenario_folder(variant.scenario))
        if other.settings.code != scenario.settings.code:
            raise Trouble(
                "{variant} is a scenario of another county ({other}, not {code}); nothing can be compared.",
                variant=variant.name,
                other=other.settings.code,
                code=scenario.settings.code,
            )
        changes: dict[str, tuple[str, ...]] = {
            lang: (say(lang, "as in {path}", path=variant.scenario),) for lang in ("en", "zh")
        }
    else:
        other, changes = _edited(scenario, variant)
    build_county(other)
    return Candidate(parcel_of(other), changes)


def _edited(scenario: Scenario, variant: Variant) -> tuple[Scenario, dict[str, tuple[str, ...]]]:
    """Apply a variant's edits to the county."""
    from sim.scenarios.edit_words import edits_of_words
    from sim.scenarios.edits import apply_edits, edits_of

    edits: list[Any] = []
    for one in variant.edits:
        if isinstance(one, str):
            edits += edits_of_words(one)
        else:
            edits += edits_of([one]) if isinstance(one, Mapping) else [one]
    edited = apply_edits(scenario, edits)
    changes = {lang: tuple(change.text(lang) for change in edited.changes) for lang in ("en", "zh")}
    return edited.scenario, changes


def _named(code: str, measures: Sequence[Measure]) -> Measure:
    found = {one.code: one for one in measures}
    if code not in found:
        known = ", ".join(found)
        raise WrongUsage("There is no figure {code}; there are: {known}.", code=code, known=known)
    return found[code]
