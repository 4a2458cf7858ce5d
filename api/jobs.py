"""The list of jobs: who asked for what, how far it is, and which worker holds it, for a while at a time.

A worker holds a job by a lease that its heartbeat renews. Where the heartbeat stops (killed, unplugged), the
lease runs out, and the next worker goes on from the replications that are finished.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Update, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.library import LOCAL, Author, Entry
from api.models import JobRow, ResultRow
from api.store import Conflict, NotThere, Store, note
from api.trouble import Trouble

STATES = ("queued", "running", "done", "failed", "cancelled", "interrupted")
ENDED = STATES[2:]
LEASE_S = 20.0
"""How long a worker may be silent before its job goes to another."""
ATTEMPTS = 5
"""How many times a job is begun or gone on with, before it is given up as one that ends its workers."""


class AnotherRequest(Trouble):
    """The same idempotency key came with another request."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the store has it; `attempts` beyond 1 tell how often it was interrupted and went on."""

    id: str
    kind: str
    scenario: str
    version: int
    request: Mapping[str, Any]
    state: str
    done: int
    total: int
    who: str
    created_at: float
    started_at: float | None
    ended_at: float | None
    worker: str | None
    attempts: int
    cancel_wanted: bool
    error: Mapping[str, Any] | None

    @property
    def left_s(self) -> float | None:
        """How much longer it will take, going by what is done; None where that is not known."""
        if self.state != "running" or not self.done or self.started_at is None:
            return None
        return (time.time() - self.started_at) / self.done * (self.total - self.done)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in a worker's hands: what it is, and the number of this attempt at it."""

    job: Job
    worker: str

    @property
    def attempt(self) -> int:
        """Number of the attempt, from 1: an older attempt that wakes up has no say any more."""
        return self.job.attempts


def submit(
    store: Store,
    kind: str,
    scenario: Entry,
    request: Mapping[str, Any],
    author: Author = LOCAL,
    key: str | None = None,
    total: int = 0,
) -> tuple[Job, bool]:
    """Put a job on the list, once for each idempotency key of a person.

    Parameters
    ----------
    store, kind, scenario, request
        What to do with which scenario.
    author
        Who asks.
    key
        The same key with the same request gives the same job, however often it is sent.
    total
        How many replications it will take, for its progress.

    Returns
    -------
    tuple
        The job, and whether it is new.

    Raises
    ------
    AnotherRequest
        The key came before, with another request.
    """
    row = JobRow(
        id=secrets.token_hex(8),
        kind=kind,
        scenario=scenario.code,
        scenario_hash=scenario.hash,
        version=scenario.version,
        request=dict(request),
        state="queued",
        done=0,
        total=total,
        who=author.who,
        idempotency_key=key,
        created_at=time.time(),
        attempts=0,
        cancel_wanted=False,
    )
    try:
        with store.work() as session:
            before = _before(session, author.who, key)
            if before is not None:
                return _same(before, row), False
            session.add(row)
            session.flush()
            note(session, author.who, author.role, "job.create", row.id, kind=kind, scenario=scenario.code)
            return _job(row), True
    except IntegrityError:
        with store.work() as session:
            before = _before(session, author.who, key)
            if before is None:
                raise
            return _same(before, row), False


def job(store: Store, number: str) -> Job:
    """Give a job.

    Raises
    ------
    NotThere
        There is none of that number.
    """
    with store.work() as session:
        return _job(_get(session, number))


def jobs(
    store: Store, state: str | None = None, kind: str | None = None, after: str = "", limit: int = 50
) -> list[Job]:
    """List jobs, the newest first; `after` is the number of the last one seen."""
    wanted = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id).limit(limit)
    if state is not None:
        wanted = wanted.where(JobRow.state == state)
    if kind is not None:
        wanted = wanted.where(JobRow.kind == kind)
    with store.work() as session:
        if after:
            last = _get(session, after)
            same_time = and_(JobRow.created_at == last.created_at, JobRow.id > last.id)
            wanted = wanted.where(or_(JobRow.created_at < last.created_at, same_time))
        return [_job(row) for row in session.scalars(wanted)]


def states(store: Store) -> dict[str, int]:
    """Count the jobs in each state."""
    with store.work() as session:
        found = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state))
        return dict.fromkeys(STATES, 0) | {state: number for state, number in found}  # noqa: C416 - rows are no pairs to mypy


def result(store: Store, number: str) -> Mapping[str, Any]:
    """Give what a job has found.

    Raises
    ------
    NotThere
        There is no such job.
    Conflict
        It is not done.
    """
    with store.work() as session:
        found = session.get(ResultRow, number)
        if found is not None:
            return found.content
        state = _get(session, number).state
    raise Conflict("Job {id} has no result: it is {state}.", id=number, state=state)


def cancel(store: Store, number: str, author: Author = LOCAL) -> Job:
    """Ask for a job to end: at once where nobody has begun it, else after the replication under way.

    Raises
    ------
    NotThere
        There is no such job.
    Conflict
        It has ended already.
    """
    with store.work() as session:
        row = _get(session, number, lock=True)
        if row.state in ENDED and row.state != "cancelled":
            raise Conflict("Job {id} has ended already: it is {state}.", id=number, state=row.state)
        if row.state == "queued":
            row.state, row.ended_at = "cancelled", time.time()
        row.cancel_wanted = True
        note(session, author.who, author.role, "job.cancel", number)
        return _job(row)


def claim(store: Store, worker: str, lease_s: float = LEASE_S) -> Claim | None:
    """Take the oldest job that nobody holds; two workers never get the same one.

    A job that has ended its workers too often is given up; one that was to be cancelled meanwhile is.
    """
    now = time.time()
    free = or_(JobRow.state == "queued", and_(JobRow.state == "running", JobRow.lease_until < now))
    with store.work() as session:
        wanted = select(JobRow).where(free).order_by(JobRow.created_at, JobRow.id)
        for row in session.scalars(wanted.limit(8).with_for_update(skip_locked=True)):
            if row.cancel_wanted or row.attempts >= ATTEMPTS:
                row.state = "cancelled" if row.cancel_wanted else "interrupted"
                row.ended_at = now
                continue
            row.state, row.worker, row.lease_until = "running", worker, now + lease_s
            row.attempts += 1
            row.started_at = now
            return Claim(_job(row), worker)
    return None


def heartbeat(store: Store, held: Claim, lease_s: float = LEASE_S) -> str:
    """Renew a worker's hold; tells ``"go on"``, ``"cancel"``, or ``"lost"`` where another has the job."""
    with store.work() as session:
        renewed = _mine(session, held, update(JobRow).values(lease_until=time.time() + lease_s))
        if not renewed:
            return "lost"
        wanted = session.scalar(select(JobRow.cancel_wanted).where(JobRow.id == held.job.id))
        return "cancel" if wanted else "go on"


def progress(store: Store, held: Claim, done: int, total: int) -> None:
    """Write down how far a job is."""
    with store.work() as session:
        _mine(session, held, update(JobRow).values(done=done, total=total))


def finish(store: Store, held: Claim, content: Mapping[str, Any]) -> bool:
    """Write a job's result and that it is done, both or neither; tells whether it was still this worker's."""
    with store.work() as session:
        if not _end(session, held, "done"):
            return False
        session.add(ResultRow(job=held.job.id, content=dict(content)))
        return True


def fail(store: Store, held: Claim, state: str, error: Mapping[str, Any] | None = None) -> bool:
    """Write down that a job has ended without a result, and why."""
    with store.work() as session:
        return _end(session, held, state, error)


def give_back(store: Store, held: Claim) -> None:
    """Put a job back on the list, for a worker that is told to stop."""
    with store.work() as session:
        values = {"state": "queued", "worker": None, "lease_until": None, "attempts": held.attempt - 1}
        _mine(session, held, update(JobRow).values(values))


def _end(session: Session, held: Claim, state: str, error: Mapping[str, Any] | None = None) -> bool:
    values = {"state": state, "ended_at": time.time(), "lease_until": None}
    return _mine(session, held, update(JobRow).values(values | ({"error": dict(error)} if error else {})))


def _mine(session: Session, held: Claim, change: Update) -> bool:
    """Change a job's row if this attempt at it still counts."""
    done = session.execute(change.where(*_still_held(held)))
    return isinstance(done, CursorResult) and done.rowcount == 1


def _still_held(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        JobRow.id == held.job.id,
        JobRow.state == "running",
        JobRow.worker == held.worker,
        JobRow.attempts == held.attempt,
    )


def _before(session: Session, who: str, key: str | None) -> JobRow | None:
    if key is None:
        return None
    wanted = select(JobRow).where(JobRow.who == who, JobRow.idempotency_key == key)
    return session.scalars(wanted).one_or_none()


def _same(before: JobRow, asked: JobRow) -> Job:
    """Give the job of an idempotency key, if it is the same that is asked for."""
    names = ("kind", "scenario", "request")
    if any(getattr(before, name) != getattr(asked, name) for name in names):
        raise AnotherRequest(
            "The idempotency key {key} came before, with another request.", key=asked.idempotency_key
        )
    return _job(before)


def _get(session: Session, number: str, lock: bool = False) -> JobRow:
    row = session.get(JobRow, number, with_for_update=lock or None)
    if row is None:
        raise NotThere("There is no job {id}.", id=number)
    return row


def _job(row: JobRow) -> Job:
    return Job(**{name: getattr(row, name) for name in Job.__dataclass_fields__})
