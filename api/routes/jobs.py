"""Jobs over HTTP: ask for one, see how far it is, wait for it, cancel it, have its result."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from api import asking, jobs
from api.jobs import ENDED, Job
from api.problems import documented
from api.requests import AnyWanted
from api.routes.shared import After, Limit, Page, Planner, Serving, Speaking, Viewer

router = APIRouter(prefix="/api/jobs", tags=["jobs"])
Number = Annotated[str, Path(pattern="^[0-9a-f]{16}$", examples=["0123456789abcdef"])]
State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
Key = Annotated[
    str | None,
    Header(
        pattern="^[\x21-\x7e]{1,200}$", description="The same key with the same request makes one job only"
    ),
]
Wait = Annotated[float, Query(ge=0, le=30, description="Seconds to wait for the job to end")]
LOOK_S = 0.2


class JobCard(BaseModel):
    """A job: what was asked, its state and progress, and where its results are."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0123456789abcdef",
                "kind": "run",
                "scenario": "lanshui",
                "version": 0,
                "request": {"days": 30.0, "replications": 4, "seed": 1},
                "state": "running",
                "done": 1,
                "total": 4,
                "left_s": 12.5,
                "interruptions": 0,
                "who": "local",
                "created_at": "2026-07-15T03:00:00Z",
                "started_at": "2026-07-15T03:00:01Z",
                "ended_at": None,
                "error": None,
                "links": {"self": "/api/jobs/0123456789abcdef"},
            }
        }
    )

    id: str
    kind: str
    scenario: str
    version: int
    request: dict[str, Any]
    state: State
    done: int
    total: int
    left_s: float | None
    interruptions: int
    who: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: str | None
    links: dict[str, str]


class JobResult(BaseModel):
    """What a job has found."""

    job: str
    kind: str
    result: dict[str, Any]


@router.post("", status_code=202, responses=documented(404))
def submit(
    service: Serving,
    author: Planner,
    wanted: Annotated[AnyWanted, Body(discriminator="kind")],
    lang: Speaking,
    response: Response,
    idempotency_key: Key = None,
) -> JobCard:
    """Ask for a job: a run, a what-if, an evaluation of a plan, a look at readiness."""
    job, new = asking.ask(service.store, wanted, author, service.limits, idempotency_key)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    if not new:
        response.headers["Idempotency-Replayed"] = "true"
    return card(job, lang)


@router.get("", responses=documented(404))
def listed(
    service: Serving,
    _: Viewer,
    lang: Speaking,
    state: State | None = None,
    kind: Annotated[str | None, Query(pattern="^[a-z_]{1,32}$")] = None,
    after: After = "",
    limit: Limit = 50,
) -> Page[JobCard]:
    """List jobs, the newest first."""
    found = jobs.jobs(service.store, state, kind, after, limit + 1)
    page = found[:limit]
    return Page(items=[card(job, lang) for job in page], next=page[-1].id if len(found) > limit else None)


@router.get("/{number}", responses=documented(404))
async def job(service: Serving, _: Viewer, lang: Speaking, number: Number, wait: Wait = 0.0) -> JobCard:
    """Give a job; with `wait`, as soon as it has ended or the time is up."""
    found = await run_in_threadpool(jobs.job, service.store, number)
    for _look in range(int(wait / LOOK_S)):
        if found.state in ENDED:
            break
        await asyncio.sleep(LOOK_S)
        found = await run_in_threadpool(jobs.job, service.store, number)
    return card(found, lang)


@router.post("/{number}/cancel", responses=documented(404, 409))
def cancel(service: Serving, author: Planner, lang: Speaking, number: Number) -> JobCard:
    """Ask for a job to end; what it has finished stays."""
    return card(jobs.cancel(service.store, number, author), lang)


@router.get("/{number}/result", responses=documented(404, 409))
def result(service: Serving, _: Viewer, number: Number) -> JobResult:
    """Give what a job has found, as plain numbers."""
    found = jobs.result(service.store, number)
    return JobResult(job=number, kind=jobs.job(service.store, number).kind, result=dict(found))


def card(job: Job, lang: str) -> JobCard:
    """Put a job into words of the web."""
    return JobCard(
        id=job.id,
        kind=job.kind,
        scenario=job.scenario,
        version=job.version,
        request=dict(job.request),
        state=job.state,  # type: ignore[arg-type]
        done=job.done,
        total=job.total,
        left_s=None if job.left_s is None else round(job.left_s, 1),
        interruptions=max(0, job.attempts - 1),
        who=job.who,
        created_at=_moment(job.created_at) or datetime.now(UTC),
        started_at=_moment(job.started_at),
        ended_at=_moment(job.ended_at),
        error=str(job.error.get(lang)) if job.error else None,
        links=links(job),
    )


def links(job: Job) -> dict[str, str]:
    """Say where a job's parts are."""
    own = f"/api/jobs/{job.id}"
    found = {"self": own, "scenario": f"/api/scenarios/{job.scenario}?version={job.version}"}
    if job.state not in ENDED:
        return found | {"cancel": f"{own}/cancel"}
    if job.state != "done":
        return found
    return found | {
        "result": f"{own}/result",
        "report": f"/api/runs/{job.id}/report",
        "figures": f"/api/runs/{job.id}/figures",
    }


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
