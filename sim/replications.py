"""Replications shared out among cores or machines, each kept by all it depends on and never done twice."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.county import County
from sim.engine import Options, Run, simulate
from sim.experiment import RunTrouble, processes
from sim.fate import draw_fate
from sim.scenarios.build import build_county
from sim.scenarios.fingerprint import scenario_hash
from sim.scenarios.save import save_scenario
from sim.scenarios.scenario import Scenario

FORMAT = 1
FOLDER_VARIABLE = "BEIQIN_STORE"
"""Environment variable that names the store's folder; empty means that nothing is kept."""
USUAL_FOLDER = Path("runs", "store")
PACKAGES = ("sim", "dispatch", "readiness", "results")
"""Whose code decides what a replication's record says."""
LIBRARIES = ("beiqin", "numpy", "scipy", "polars")
KEY = re.compile("[0-9a-f]{64}")
LOOK_S = 0.5
"""How often it is asked whether the work was called off."""
AT_ONCE = 8
"""Replications handed out ahead, for each worker of a cluster."""


class CalledOff(RunTrouble):
    """The work was called off; what was finished is kept."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A scenario on its way to a worker: its content's hash, the versions it is for, and itself, packed.

    It needs no folder on the other side, so that it can be sent to another machine.
    """

    digest: str
    versions: tuple[str, ...]
    packed: bytes


@dataclass(frozen=True, slots=True)
class Task:
    """One replication of a scenario: seconds simulated, and the dispatch policy (None: the scenario's)."""

    parcel: Parcel
    seed: int
    replication: int
    horizon_s: float
    policy: str | None = None

    def key(self, what: str) -> str:
        """Name what the replication's record depends on; `what` says which record of it is meant."""
        said = {
            "format": FORMAT,
            "code": code_hash(),
            "scenario": self.parcel.digest,
            "seed": self.seed,
            "replication": self.replication,
            "horizon_s": self.horizon_s,
            "policy": self.policy,
            "what": what,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work is: replications done, of how many, how many of them were kept from before.

    `left_s` is the time still needed at the pace so far; None before the first one is finished.
    """

    done: int
    total: int
    reused: int
    left_s: float | None


Told = Callable[[Standing], None]
Record = Callable[[County, Run], bytes]
"""Reads what is wanted out of a finished replication; a function of a module, so that workers find it."""


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of records, each named by a hash of all it depends on; None as folder keeps nothing."""

    folder: Path | None

    def get(self, key: str) -> bytes | None:
        """Give a record, or None where there is none that is whole."""
        if self.folder is None:
            return None
        try:
            return zlib.decompress(self._path(self.folder, key).read_bytes())
        except (FileNotFoundError, zlib.error):
            return None

    def put(self, key: str, record: bytes) -> None:
        """Keep a record; it appears whole or not at all, whoever else writes the same one."""
        if self.folder is None:
            return
        path = self._path(self.folder, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        number, draft = tempfile.mkstemp(prefix="draft-", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(zlib.compress(record))
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(key)
        return folder / key[:2] / key


def usual_store() -> Store:
    """Give the store that ``BEIQIN_STORE`` names, else ``runs/store``."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named is None:
        return Store(USUAL_FOLDER)
    return Store(Path(named) if named else None)


def parcel_of(scenario: Scenario) -> Parcel:
    """Pack a scenario, edited or as it was read; equal scenarios have equal hashes."""
    with tempfile.TemporaryDirectory(prefix="beiqin-") as draft:
        save_scenario(scenario, Path(draft))
        digest = scenario_hash(Path(draft))[0]
    return Parcel(digest, versions(), zlib.compress(pickle.dumps(scenario), 1))


def work_out(
    tasks: Sequence[Task],
    record: Record,
    what: str,
    executor: Executor,
    *,
    store: Store,
    at_once: int = 1,
    on_progress: Told | None = None,
    called_off: Callable[[], bool] = lambda: False,
) -> list[bytes]:
    """Give the record of every replication, from the store where it is there, else by simulating.

    Parameters
    ----------
    tasks
        The replications.
    record, what
        What is read out of a finished replication, and the name (with its version) of that in the store.
    executor
        Who simulates: any `concurrent.futures.Executor`; see `workers`.
    store
        Where records are kept.
    at_once
        How many replications are handed out ahead.
    on_progress
        Told at the beginning and after each finished replication.
    called_off
        Asked twice a second; a yes ends the work.

    Returns
    -------
    list of bytes
        In the order of the tasks; the same whoever simulated.

    Raises
    ------
    CalledOff
        The work was called off. What was finished is in the store.
    RunTrouble
        A worker has another version than this process.
    """
    keys = [task.key(what) for task in tasks]
    found = {key: kept for key in dict.fromkeys(keys) if (kept := store.get(key)) is not None}
    todo = {key: task for key, task in zip(keys, tasks, strict=True) if key not in found}
    pace = _Pace(len(found), len(found) + len(todo), on_progress)
    pace.tell(len(found))
    for key, made in _finished(executor, record, todo, at_once, called_off):
        store.put(key, made)
        found[key] = made
        pace.tell(len(found))
    return [found[key] for key in keys]


@contextmanager
def workers(count: int = 0, cluster: str | None = None) -> Iterator[tuple[Executor, int]]:
    """Open what simulates, and say how many replications it takes at once.

    Parameters
    ----------
    count
        Processes of this machine: 0 is one a core, 1 this process alone.
    cluster
        Address of a Dask scheduler, like ``tcp://10.0.0.5:8786``, whose workers are used instead.

    Raises
    ------
    RunTrouble
        Dask is not installed, or the scheduler does not answer.
    """
    count = count or os.cpu_count() or 1
    if cluster is not None:
        with _cluster(cluster) as opened:
            yield opened
    elif count == 1:
        yield InTurn(), 1
    else:
        with processes(count) as executor:
            yield executor, 2 * count


class InTurn(Executor):
    """An executor that does each task at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Do a task and give it finished."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as every executor does, for `result` to raise
            future.set_exception(error)
        return future


def simulated(record: Record, task: Task) -> bytes:
    """Simulate a replication and give what is read out of it; what workers do."""
    if task.parcel.versions != versions():
        raise RunTrouble(
            "A worker has other versions ({there}) than are wanted ({here}); install the same there.",
            there=", ".join(versions()),
            here=", ".join(task.parcel.versions),
        )
    county = _county(_Packed(task.parcel))
    fate = draw_fate(county, task.seed, task.replication, task.horizon_s)
    return record(county, simulate(county, fate, Options(task.policy)))


@cache
def code_hash() -> str:
    """Hash the program's own code, and name the libraries whose versions may change a figure."""
    whole = hashlib.sha256("\0".join(versions()).encode())
    for package in PACKAGES:
        spec = find_spec(package)
        for root in (spec.submodule_search_locations or ()) if spec else ():
            for path in sorted(Path(root).rglob("*.py")):
                whole.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


@cache
def versions() -> tuple[str, ...]:
    """List the versions that a worker must share."""
    return tuple(f"{name} {_version(name)}" for name in LIBRARIES)


class _Pace:
    """Counts what is done and tells how long the rest will take."""

    def __init__(self, reused: int, total: int, told: Told | None) -> None:
        self.reused, self.total, self.told = reused, total, told
        self.began = time.monotonic()

    def tell(self, done: int) -> None:
        made = done - self.reused
        spent = time.monotonic() - self.began
        left = spent / made * (self.total - done) if made else None
        if self.told:
            self.told(Standing(done, self.total, self.reused, 0.0 if done == self.total else left))


def _finished(
    executor: Executor,
    record: Record,
    todo: Mapping[str, Task],
    at_once: int,
    called_off: Callable[[], bool],
) -> Iterator[tuple[str, bytes]]:
    """Keep some replications under way and give each as it finishes."""
    upcoming, pending = iter(todo.items()), dict[Future[bytes], str]()
    try:
        while True:
            if called_off():
                raise CalledOff("Called off; the replications that were finished are kept.")
            for key, task in _some(upcoming, at_once - len(pending)):
                pending[executor.submit(simulated, record, task)] = key
            if not pending:
                return
            finished, _ = wait(pending, timeout=LOOK_S, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda one: pending[one]):
                yield pending.pop(future), future.result()
    finally:
        for future in pending:
            future.cancel()


def _some(upcoming: Iterator[tuple[str, Task]], most: int) -> Iterable[tuple[str, Task]]:
    return [pair for _, pair in zip(range(most), upcoming, strict=False)]


@contextmanager
def _cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Reach a Dask scheduler; a replication whose worker died is done again by another one."""
    try:
        distributed = import_module("distributed")
    except ModuleNotFoundError as missing:
        raise RunTrouble('For --cluster install Beiqin with its extra: "beiqin[cluster]".') from missing
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as refused:
        raise RunTrouble("No Dask scheduler answers at {address}.", address=address) from refused
    with client:
        threads = sum(client.nthreads().values()) or 1
        yield client.get_executor(pure=False, retries=2), AT_ONCE * threads


class _Packed:
    """A parcel as a key of what is kept of it: two are the same if their scenarios are."""

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel

    def __hash__(self) -> int:
        return hash(self.parcel.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Packed) and other.parcel.digest == self.parcel.digest


@lru_cache(maxsize=8)
def _county(packed: _Packed) -> County:
    scenario: Scenario = pickle.loads(zlib.decompress(packed.parcel.packed))  # noqa: S301 - made by us
    return build_county(scenario)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
