"""What went wrong, as the web says it: problem details (RFC 9457), with a scenario's located messages."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from api import drill_trouble
from api.drill_trouble import NoDrill
from api.jobs import AnotherRequest
from api.library import Stale, Unversioned
from api.limits import TooMuch
from api.security import NoEntry, NotAllowed, TooOften
from api.store import Conflict, NotNow, NotThere
from api.trouble import Trouble, WrongUsage, explain, refusal_in, say
from api.uploads import BadUpload, TooLarge
from sim.decisions import DrillTrouble
from sim.language import LANGUAGES
from sim.scenarios.problems import Problem, ScenarioError, shown

MEDIA = "application/problem+json"
REFUSED = 422
STATUS: Mapping[type[Exception], int] = {
    NotThere: 404,
    Stale: 412,
    Unversioned: 428,
    NotNow: 503,
    Conflict: 409,
    AnotherRequest: REFUSED,
    TooLarge: 413,
    TooMuch: REFUSED,
    BadUpload: REFUSED,
    WrongUsage: REFUSED,
    ScenarioError: REFUSED,
    NoEntry: 401,
    NotAllowed: 403,
    TooOften: 429,
    DrillTrouble: 409,
    NoDrill: 404,
    drill_trouble.NotAllowed: 403,
}
"""The answer to each kind of trouble; other troubles of the person's are 422, the program's own 500."""
TITLES = {
    400: "The request cannot be read",
    401: "A key is needed",
    403: "Your role may not do this",
    404: "There is no such thing",
    405: "This cannot be done here",
    409: "This does not fit what is there",
    412: "Changed by somebody else meanwhile",
    413: "Too large",
    422: "Something is to be put right",
    428: "Say which version you have changed",
    429: "Too many requests",
    500: "Beiqin itself is at fault",
    503: "Not at the moment",
    507: "The disk is full",
}


class Located(BaseModel):
    """One thing that is wrong: where it stands, what it says, what would be right."""

    file: str = ""
    sheet: str = ""
    line: int | None = None
    column: int | None = None
    field: str = ""
    value: str | None = None
    message: str


class Details(BaseModel):
    """What went wrong, in the language asked for; `problems` lists everything to be put right."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    problems: list[Located] = []


def language_of(request: Request) -> str:
    """Tell the language a person wants to be answered in: ``?lang=``, else the browser's."""
    named = request.query_params.get("lang", "")
    if named in LANGUAGES:
        return named
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def documented(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Document the troubles that may be answered, beside those that always may."""
    every = sorted({400, 401, 403, 413, 422, 429, 500, 503, 507, *codes})
    schema = {"$ref": "#/components/schemas/Details"}
    return {
        code: {"description": TITLES.get(code, ""), "content": {MEDIA: {"schema": schema}}} for code in every
    }


def answer(
    request: Request,
    status: int,
    detail: str = "",
    problems: list[Located] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Answer with problem details."""
    lang = language_of(request)
    title = say(lang, TITLES[status]) if status in TITLES else HTTPStatus(status).phrase
    content = Details(
        type=f"urn:beiqin:problem:{status}",
        title=title,
        status=status,
        detail=detail or title,
        instance=request.url.path,
        problems=problems or [],
    )
    told = {"Content-Language": lang, **(headers or {})}
    return JSONResponse(content.model_dump(), status, told, media_type=MEDIA)


def on_trouble(request: Request, error: Exception) -> JSONResponse:
    """Answer to an error made to be read, or to one of the operating system's."""
    lang = language_of(request)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), None)
    if status is None:
        status = REFUSED if isinstance(error, Trouble) else _of_the_system(error)
    problems = [located(problem, lang) for problem in getattr(error, "problems", ())]
    detail = say(lang, "{n} to put right.", n=len(problems)) if problems else explain(error, lang)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    headers |= {"Retry-After": f"{error.wait_s:.0f}"} if isinstance(error, TooOften) else {}
    return answer(request, status, detail or "", problems, headers)


def _of_the_system(error: Exception) -> int:
    import errno

    refusal = refusal_in(error)
    if refusal is not None and refusal[0] in (errno.ENOSPC, errno.EDQUOT):
        return 507
    if isinstance(error, OperationalError):
        return 503
    return REFUSED if hasattr(error, "text") else 500


def located(problem: Problem, lang: str) -> Located:
    """Give one of a scenario's problems, or of its notes."""
    return Located(
        file=problem.file.rpartition("/")[2] if problem.file.startswith("/") else problem.file,
        sheet=problem.sheet,
        line=problem.line,
        column=problem.column,
        field=problem.field,
        value=None if problem.value is None else shown(problem.value),
        message=problem.text(lang),
    )


def on_wrong_request(request: Request, error: Exception) -> JSONResponse:
    """Answer to a request that is not as documented, saying where."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    problems = [
        Located(field=".".join(str(part) for part in one["loc"]), message=str(one["msg"])) for one in found
    ]
    return answer(
        request, REFUSED, say(language_of(request), "The request is not as it should be."), problems
    )


def on_refusal(request: Request, error: Exception) -> JSONResponse:
    """Answer to what the web server itself refuses."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    words = str(getattr(error, "detail", ""))
    phrase = HTTPStatus(status).phrase
    return answer(request, status, "" if words == phrase else words, headers=headers)


def install(app: FastAPI) -> None:
    """Let an app answer with problem details whatever happens."""
    from sim.experiment import RunTrouble

    for kind in (
        Trouble,
        ScenarioError,
        RunTrouble,
        DrillTrouble,
        OSError,
        MemoryError,
        OperationalError,
        Exception,
    ):
        app.add_exception_handler(kind, on_trouble)
    app.add_exception_handler(RequestValidationError, on_wrong_request)
    app.add_exception_handler(HTTPException, on_refusal)
