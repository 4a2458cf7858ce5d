"""The map of a scenario over HTTP, layer by layer, as GeoJSON."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Response

from api import layers, library
from api.problems import documented
from api.routes.runs import content, geojson
from api.routes.scenarios import Code, Version
from api.routes.shared import Page, Serving, Viewer

if TYPE_CHECKING:
    from sim.scenarios.scenario import Scenario

router = APIRouter(prefix="/api/scenarios", tags=["maps"])


@router.get("/{code}/layers", responses=documented(404))
def names(service: Serving, _: Viewer, code: Code) -> Page[str]:
    """Name the layers of a scenario's map."""
    library.entry(service.store, code)
    return Page(items=list(layers.LAYERS))


@router.get(
    "/{code}/layers/{name}",
    response_class=Response,
    responses={**content("application/geo+json"), **documented(404)},
)
def layer(
    service: Serving,
    _: Viewer,
    code: Code,
    name: Annotated[str, Path(pattern="^[a-z_]{1,40}$", examples=["stations"])],
    version: Version = None,
) -> Response:
    """Give a layer: places, stations, units, sites, hospitals or roads."""
    found = geojson(layers.layer(_scenario(library.folder_of(service.store, code, version)), name))
    found.headers["ETag"] = library.entry(service.store, code, version).tag
    return found


@lru_cache(maxsize=4)
def _scenario(folder: FilePath) -> Scenario:
    from sim.scenarios.load import load_scenario

    return load_scenario(folder)
