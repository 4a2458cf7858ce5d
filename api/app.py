"""The service: what is asked over HTTP, answered by the same layers that the command line asks."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api import problems
from api.door import Door
from api.drills import DrillRoom
from api.limits import Limits
from api.metrics import Meter
from api.problems import Details
from api.routes import drills, health, jobs, layers, runs, scenarios
from api.routes.shared import Service
from api.security import Gate, Guard
from api.store import Store
from api.uploads import Room

ABOUT = """\
A county's emergency response, simulated: scenarios, runs, readiness, what-ifs and drills.

Add `?lang=zh` (or send `Accept-Language: zh`) to be answered in Chinese. Whatever goes wrong comes as problem
details (RFC 9457) with every located message. Jobs are asked for once for each `Idempotency-Key`; changes
to a scenario name the version they were made to with `If-Match`.
"""
ROUTERS = (health.router, scenarios.router, layers.router, jobs.router, runs.router, drills.router)


def create_app(
    store: Store,
    *,
    demand_keys: bool = False,
    loopback: bool = True,
    gate: Gate | None = None,
    limits: Limits | None = None,
    room: Room | None = None,
) -> FastAPI:
    """Put the service together.

    Parameters
    ----------
    store
        What it serves from.
    demand_keys
        Let nobody in without a key.
    loopback
        It is reached from this machine only; requests under another name are a trick then.
    gate, limits, room
        How often one may ask, how much a job may take, how large an upload may be.
    """
    app = FastAPI(
        title="Beiqin 备勤",
        version="1",
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = Service(
        store,
        Guard(store, demand_keys),
        Meter(store),
        DrillRoom(store.folder / "drills"),
        limits or Limits(),
        room or Room(),
    )
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    app.add_middleware(
        Door,
        gate=gate or Gate(),
        meter=app.state.service.meter,
        largest=app.state.service.most.packed,
        loopback=loopback,
    )
    _document(app)
    return app


def _document(app: FastAPI) -> None:
    """Add to the document of the interface what the framework does not know: the form of all problems."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        told = plain()
        schemas = told["components"]["schemas"]
        if "Details" not in schemas:
            whole = Details.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= whole.pop("$defs", {})
            schemas["Details"] = whole
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return told

    app.openapi = openapi  # type: ignore[method-assign]
