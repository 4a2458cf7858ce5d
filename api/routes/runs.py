"""What a job has to show over HTTP: report, pictures, tables, the log in words, results on the map."""

from __future__ import annotations

import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from api import jobs, layers, readings
from api.problems import documented
from api.routes.jobs import Number
from api.routes.shared import Limit, Page, Serving, Speaking, Viewer
from api.work import run_folder

router = APIRouter(prefix="/api/runs", tags=["results"])
Name = Annotated[str, Path(pattern="^[a-z0-9_-]{1,80}$")]
Form = Literal["json", "csv", "parquet"]
Picture = Literal["png", "svg"]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
}
Replication = Annotated[int, Query(ge=0, lt=2**31, description="For log and incidents: of which replication")]
Offset = Annotated[int, Query(ge=0, lt=2**31, description="Rows to pass over (JSON only)")]


class Rows(BaseModel):
    """Rows of a table from `offset` on; `total` is how many it has."""

    columns: list[str]
    rows: list[dict[str, Any]]
    offset: int
    total: int


class TableName(BaseModel):
    """A table and what its rows are."""

    name: str
    about: str


def content(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Document an answer that is a file."""
    return {200: {"content": {kind: {} for kind in kinds}}}


@router.get(
    "/{number}/report", response_class=Response, responses={**content("text/html"), **documented(404, 409)}
)
def report(service: Serving, _: Viewer, lang: Speaking, number: Number) -> FileResponse:
    """Give the report as one page that needs nothing else."""
    return FileResponse(readings.report(service.store, number, lang), media_type="text/html; charset=utf-8")


@router.get("/{number}/figures", responses=documented(404, 409))
def figures(service: Serving, _: Viewer, lang: Speaking, number: Number) -> Page[str]:
    """Name the pictures."""
    return Page(items=readings.figures(service.store, number, lang))


@router.get(
    "/{number}/figures/{name}.{form}",
    response_class=Response,
    responses={**content("image/png", "image/svg+xml"), **documented(404, 409)},
)
def figure(
    service: Serving, _: Viewer, lang: Speaking, number: Number, name: Name, form: Picture
) -> FileResponse:
    """Give a picture as PNG or SVG."""
    return FileResponse(readings.figure(service.store, number, name, form, lang), media_type=MEDIA[form])


@router.get("/{number}/tables", responses=documented(404, 409))
def tables(service: Serving, _: Viewer, number: Number) -> Page[TableName]:
    """Name the tables of a run."""
    readings.reading(service.store, number)
    return Page(items=[TableName(name=name, about=about) for name, about in readings.TABLES.items()])


@router.get(
    "/{number}/tables/{name}",
    response_model=Rows,
    responses={
        200: {"content": {"text/csv": {}, "application/vnd.apache.parquet": {}}},
        **documented(404, 409),
    },
)
def table(
    service: Serving,
    _: Viewer,
    number: Number,
    name: Name,
    form: Form = "json",
    replication: Replication = 0,
    offset: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Rows at most (JSON only)")] = 1000,
) -> Any:  # noqa: ANN401 - rows, or a file
    """Give a table as JSON rows, CSV or Parquet."""
    frame = readings.table(service.store, number, name, replication)
    if form == "json":
        rows = frame.slice(offset, limit)
        whole = f'{{"columns":{_json(rows.columns)},"rows":{rows.write_json()},'
        return Response(f'{whole}"offset":{offset},"total":{len(frame)}}}', media_type="application/json")
    file = io.BytesIO()
    if form == "csv":
        frame.write_csv(file, include_bom=True)
    else:
        frame.write_parquet(file)
    told = {"Content-Disposition": f'attachment; filename="{name}-{number}.{form}"'}
    return Response(file.getvalue(), media_type=MEDIA[form], headers=told)


@router.get("/{number}/log", responses=documented(404, 409))
def log(
    service: Serving,
    _: Viewer,
    lang: Speaking,
    number: Number,
    replication: Replication = 0,
    incident: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
    unit: Annotated[str | None, Query(max_length=64)] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> Page[str]:
    """Tell in words what happened, with the reason for each decision."""
    from itertools import islice

    from api.service import tell

    readings.reading(service.store, number)
    lines = tell(run_folder(service.store, number), lang, replication, incident, unit)
    found = list(islice(lines, offset, offset + limit + 1))
    return Page(items=found[:limit], next=str(offset + limit) if len(found) > limit else None)


@router.get(
    "/{number}/layers/{name}",
    response_class=Response,
    responses={**content("application/geo+json"), **documented(404, 409)},
)
def results_layer(service: Serving, _: Viewer, number: Number, name: Name) -> Response:
    """Give places or sites with what the run found out about each, as GeoJSON."""
    found = readings.reading(service.store, number)
    summary = jobs.result(service.store, number)["summary"]
    return geojson(layers.results_layer(found.scenario, summary, name))


def geojson(layer: dict[str, Any]) -> Response:
    """Answer with a layer."""
    return Response(_json(layer), media_type="application/geo+json")


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
