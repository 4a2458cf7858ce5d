"""Scenarios over HTTP: list, read, bring, check, change, versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Header, Path, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from api import library
from api.library import Entry, Unversioned
from api.problems import Located, documented, located
from api.requests import Edit, Text
from api.routes.shared import After, Limit, Page, Planner, Service, Serving, Speaking, Viewer
from api.store import NotThere
from api.uploads import BadUpload, TooLarge, is_workbook, packed_files, unpack, with_workbook
from sim.scenarios.problems import ScenarioError

router = APIRouter(prefix="/api/scenarios", tags=["scenarios"])
Code = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_-]{0,62}$", examples=["lanshui"])]
NewCode = Annotated[
    str,
    Form(
        pattern="^[a-z0-9][a-z0-9-]{0,62}$", description="Small letters, digits, hyphens", examples=["mine"]
    ),
]
Version = Annotated[int | None, Query(ge=0, lt=2**31, description="By default the newest")]
Base = Annotated[
    str | None,
    Form(
        pattern="^[a-z0-9][a-z0-9_-]{0,62}$",
        description="A scenario to copy; a workbook takes the place of its tables",
        examples=["lanshui"],
    ),
]
Packed = Annotated[
    UploadFile | None, File(description="A scenario folder as a zip file, or a workbook (.xlsx)")
]
Remark = Annotated[str, Form(max_length=400, pattern="^[^\x00]*$", description="What was changed, and why")]
Tag = Annotated[
    str | None,
    Header(pattern="^[\x20-\x7e]{1,200}$", description="The ETag of the version that was changed"),
]


class ScenarioCard(BaseModel):
    """A scenario in brief."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "lanshui",
                "version": 0,
                "hash": "5f1c9b1e",
                "built_in": True,
                "name": "岚水县",
                "name_en": "Lanshui County",
                "created_at": None,
                "who": "",
                "note": "",
                "people": 500000,
                "places": 16,
                "stations": 12,
                "units": 60,
                "sites": 90,
                "nodes": 20000,
            }
        }
    )

    code: str
    version: int
    hash: str
    built_in: bool
    name: str
    name_en: str
    created_at: datetime | None
    who: str
    note: str
    people: int
    places: int
    stations: int
    units: int
    sites: int
    nodes: int


class EditedCard(ScenarioCard):
    """A scenario after edits, and what each of them changed."""

    changes: list[str]


class Edits(BaseModel):
    """What is to be changed: sentences, or plain data as in a file of edits."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"edits": ["move unit E7 to base fire-park"]}}
    )

    edits: Annotated[list[Edit], Field(min_length=1, max_length=200)]
    remark: Text | Literal[""] = ""


class Verdict(BaseModel):
    """Whether a scenario holds: everything that is wrong with it, and what is worth knowing."""

    holds: bool
    problems: list[Located]
    notes: list[Located]


@router.get("", responses=documented())
def scenarios(service: Serving, _: Viewer, after: After = "", limit: Limit = 50) -> Page[ScenarioCard]:
    """List the scenarios by code, the built-in ones among them."""
    found = library.entries(service.store, after, limit + 1)
    page = found[:limit]
    return Page(items=[card(one) for one in page], next=page[-1].code if len(found) > limit else None)


@router.post("", status_code=201, responses=documented(404, 409))
def bring(
    service: Serving,
    author: Planner,
    request: Request,
    response: Response,
    code: NewCode,
    file: Packed = None,
    base: Base = None,
    remark: Remark = "",
) -> ScenarioCard:
    """Bring a new scenario: a zip file of its folder, a workbook on a base, or a copy of a base."""
    files = sent_files(service, file, base)
    made = library.add(service.store, code, files, author, remark)
    response.headers["Location"] = request.url_for("scenario", code=made.code).path
    return tagged(made, response)


@router.post("/validate", responses=documented(404))
def validate(service: Serving, _: Viewer, lang: Speaking, file: Packed = None, base: Base = None) -> Verdict:
    """Check a scenario without keeping it; everything that is wrong comes back, each thing with its place."""
    files = sent_files(service, file, base)
    try:
        _card, notes = library.looked_over(files)
    except ScenarioError as error:
        found = [located(problem, lang) for problem in error.problems]
        return Verdict(holds=False, problems=found, notes=[])
    return Verdict(holds=True, problems=[], notes=[located(note, lang) for note in notes])


@router.get("/{code}", responses={304: {"description": "Not changed"}, **documented(404)})
def scenario(
    service: Serving,
    _: Viewer,
    code: Code,
    response: Response,
    version: Version = None,
    if_none_match: Tag = None,
) -> ScenarioCard:
    """Give a scenario in brief; its ETag tells its version to `PUT`."""
    found = library.entry(service.store, code, version)
    if if_none_match is not None and found.tag in if_none_match:
        return Response(status_code=304, headers={"ETag": found.tag})  # type: ignore[return-value]
    return tagged(found, response)


@router.put("/{code}", responses=documented(404, 409, 412, 428))
def change(
    service: Serving,
    author: Planner,
    code: Code,
    response: Response,
    file: Annotated[UploadFile, File(description="The folder as a zip file, or a workbook for its tables")],
    if_match: Tag = None,
    remark: Remark = "",
) -> ScenarioCard:
    """Put new files in place of a scenario's, as its next version; `If-Match` says which one was changed."""
    tag = demanded(if_match)
    files = sent_files(service, file, code)
    return tagged(library.change(service.store, code, files, tag, author, remark), response)


@router.put("/{code}/files/{name:path}", responses=documented(404, 409, 412, 428))
async def change_file(
    service: Serving,
    author: Planner,
    code: Code,
    name: str,
    request: Request,
    response: Response,
    if_match: Tag = None,
) -> ScenarioCard:
    """Put one file in place of a scenario's file of that name; the request's body is the file."""
    from starlette.concurrency import run_in_threadpool

    tag, content = demanded(if_match), await request.body()

    def put() -> Entry:
        files = library.files_of(service.store, code)
        if name not in files:
            raise NotThere("There is no file {name} in scenario {code}.", name=name[:99], code=code)
        return library.change(service.store, code, files | {name: content}, tag, author, name[:99])

    return tagged(await run_in_threadpool(put), response)


@router.post("/{code}/edits", responses=documented(404, 409, 412, 428))
def edit(
    service: Serving,
    author: Planner,
    code: Code,
    response: Response,
    lang: Speaking,
    wanted: Edits,
    if_match: Tag = None,
) -> EditedCard:
    """Change a scenario by edits, sentences or plain data, as its next version; tells what each changed."""
    tag = demanded(if_match)
    made, changes = library.edit(service.store, code, wanted.edits, tag, author, wanted.remark)
    told = tagged(made, response).model_dump()
    return EditedCard(**told, changes=[change.text(lang) for change in changes])


@router.get("/{code}/versions", responses=documented(404))
def versions(service: Serving, _: Viewer, code: Code) -> Page[ScenarioCard]:
    """List all versions of a scenario, the newest first."""
    return Page(items=[card(one) for one in library.versions(service.store, code)])


@router.get("/{code}/files", responses=documented(404))
def files(service: Serving, _: Viewer, code: Code, version: Version = None) -> Page[str]:
    """Name a scenario's files."""
    return Page(items=sorted(library.files_of(service.store, code, version)))


@router.get(
    "/{code}/files/{name:path}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **documented(404)},
)
def file(service: Serving, _: Viewer, code: Code, name: str, version: Version = None) -> Response:
    """Give one file of a scenario as it is."""
    found = library.files_of(service.store, code, version).get(name)
    if found is None:
        raise NotThere("There is no file {name} in scenario {code}.", name=name[:99], code=code)
    return Response(found, media_type="application/octet-stream")


@router.get(
    "/{code}/archive",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **documented(404)},
)
def archive(service: Serving, _: Viewer, code: Code, version: Version = None) -> Response:
    """Give a scenario's folder as a zip file."""
    found = library.entry(service.store, code, version)
    told = {"Content-Disposition": f'attachment; filename="{code}-v{found.version}.zip"', "ETag": found.tag}
    packed = packed_files(library.files_of(service.store, code, version))
    return Response(packed, media_type="application/zip", headers=told)


def sent_files(service: Service, sent: UploadFile | None, base: str | None) -> dict[str, bytes]:
    """Give the files of a scenario that was sent: packed, as a workbook on a base, or the base's own."""
    data = _read(service, sent) if sent is not None else b""
    if sent is not None and not data:
        raise BadUpload("The file is empty.")
    if data and not is_workbook(data):
        return unpack(data, service.most)
    if base is None:
        sentence = "Send a scenario folder as a zip file, or name a base for the workbook, or a base to copy."
        raise BadUpload(sentence)
    files = library.files_of(service.store, base)
    return with_workbook(files, data, service.most) if data else files


def _read(service: Service, sent: UploadFile) -> bytes:
    data = sent.file.read(service.most.packed + 1)
    if len(data) > service.most.packed:
        most = service.most.packed // 2**20
        raise TooLarge("The file has more than {most} MiB, the most that is taken.", most=most)
    return data


def demanded(tag: str | None) -> str:
    """Give the tag of a change; without one nobody knows what was changed."""
    if tag is None:
        raise Unversioned("Say with If-Match which version you have changed: its ETag, as GET gave it.")
    return tag


def tagged(entry: Entry, response: Response) -> ScenarioCard:
    """Give a scenario's card, and its tag with the answer."""
    response.headers["ETag"] = entry.tag
    return card(entry)


def card(entry: Entry) -> ScenarioCard:
    """Put a scenario's card into words of the web."""
    told = {name: value for name, value in entry.card.items() if name in ScenarioCard.model_fields}
    made = None if entry.created_at is None else datetime.fromtimestamp(entry.created_at, UTC)
    own = {"code": entry.code, "version": entry.version, "hash": entry.hash, "built_in": entry.version == 0}
    return ScenarioCard.model_validate(
        {**told, **own, "created_at": made, "who": entry.who, "note": entry.note}
    )
