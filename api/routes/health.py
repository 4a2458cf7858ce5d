"""Whether the service is well, and what it counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api import jobs, security
from api.metrics import MEDIA
from api.problems import documented
from api.routes.shared import Admin, Limit, Page, Serving, Viewer
from api.store import NotNow

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """Whether the service is well."""

    status: str
    version: str
    jobs: dict[str, int]


class Change(BaseModel):
    """Who changed what, and when."""

    at: datetime
    who: str
    role: str
    action: str
    subject: str
    detail: dict[str, Any]


@router.get("/health", responses=documented())
def health(service: Serving) -> Health:
    """Tell whether the database answers, and how many jobs are in each state."""
    from api.cli import own_version

    if not service.store.is_well():
        raise NotNow("The database does not answer.")
    return Health(status="ok", version=own_version(), jobs=jobs.states(service.store))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **documented()},
)
def metrics(service: Serving, _: Viewer) -> Response:
    """Give the counters in Prometheus' form."""
    return Response(service.meter.text(), media_type=MEDIA)


Before = Annotated[int | None, Query(ge=0, lt=2**63, description="`id` of the last change seen")]


@router.get("/api/audit", responses=documented())
def audit(service: Serving, _: Admin, before: Before = None, limit: Limit = 50) -> Page[Change]:
    """List who changed what, the latest first."""
    found = security.audit(service.store, before, limit + 1)
    rows = found[:limit]
    items = [
        Change(
            at=datetime.fromtimestamp(row.at, UTC),
            who=row.who,
            role=row.role,
            action=row.action,
            subject=row.subject,
            detail=row.detail,
        )
        for row in rows
    ]
    return Page(items=items, next=str(rows[-1].id) if len(found) > limit else None)
