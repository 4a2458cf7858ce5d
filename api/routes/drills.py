"""Drills over HTTP: make one, act in it, see it, branch it, review it, and follow it as it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from api import library
from api.drill_model import Action, DrillSpec, Role
from api.library import Author
from api.problems import documented
from api.routes.runs import content
from api.routes.shared import Director, Page, Service, Serving, Speaking, Viewer
from api.security import NoEntry, NotAllowed
from api.store import NotThere, note
from api.trouble import Trouble, WrongUsage
from sim.decisions import DrillTrouble

router = APIRouter(prefix="/api/drills", tags=["drills"])
Number = Annotated[str, Path(pattern="^[0-9a-f]{12}$", examples=["0123456789ab"])]
Part = Annotated[Role, Query(description="In which role")]
Named = Annotated[str, Query(max_length=80, pattern="^[^\x00]*$", description="A player's name in the drill")]
Seen = Annotated[int, Query(ge=0, lt=2**31, description="`seq` of the last event seen")]
LOOK_S = 0.2
LOOKS_A_KEY = 25
"""So often a listener's key is looked at again."""
OF_WHOM: dict[str, tuple[Role, ...]] = {
    "viewer": ("player", "observer"),
    "planner": ("player", "evaluator", "observer"),
    "director": ("director", "player", "evaluator", "observer"),
    "admin": ("director", "player", "evaluator", "observer"),
}
"""The roles in a drill that each role of a key may take."""


class DrillCard(BaseModel):
    """A drill: its state, and where its clock stands; what a role may see of it comes along."""

    model_config = ConfigDict(extra="allow")

    id: str
    state: str
    now_s: float
    clock: str
    speed: float
    last_seq: int


class Done(BaseModel):
    """What came of an action: the drill's state and clock, and what the action brought."""

    model_config = ConfigDict(extra="allow")

    state: str
    now_s: float
    clock: str
    last_seq: int


class Event(BaseModel):
    """Something that happened in a drill, as this role may see it."""

    model_config = ConfigDict(extra="allow")

    seq: int
    time_s: float
    clock: str
    type: str
    status: Literal["Exercise"]
    text: dict[str, str]


class Branching(BaseModel):
    """From which moment another drill goes its own way; null is now."""

    at_s: float | None = None


def taking(author: Author, role: Role, who: str, players: Sequence[str] = ()) -> str:
    """Tell under which name somebody takes a role; players without a director's key are who their key says.

    Who is one of the drill's `players` does not look on as an observer of what is for others.

    Raises
    ------
    NotAllowed
        Their key does not open this role, or they claim to be another player.
    """
    own = author.who.rpartition("#")[0] or author.who
    if role not in OF_WHOM[author.role]:
        raise NotAllowed("Your key does not open the role {role} in a drill.", role=role)
    if author.role in ("director", "admin"):
        return who or own
    if role == "observer" and own in players:
        raise NotAllowed("{own} is a player of this drill and sees it as one.", own=own)
    if who not in ("", own):
        raise NotAllowed("Your key is {own}'s; you cannot act as {who}.", own=own, who=who)
    return own


@router.get("", responses=documented())
def drills(service: Serving, _: Viewer) -> Page[DrillCard]:
    """List the drills, the newest first."""
    return Page(items=[DrillCard.model_validate(card) for card in service.room.list()])


@router.post("", status_code=201, responses=documented(404, 409))
def create(service: Serving, author: Director, spec: DrillSpec, response: Response) -> DrillCard:
    """Make a drill from a scenario of the store; it waits as a draft until the director says ready."""
    if spec.start.tzinfo is not None:
        raise WrongUsage("A drill's start is local time; leave the time zone out.")
    number = service.room.create(of_the_store(service, spec), author.who)
    kept(service, author, "drill.create", number)
    response.headers["Location"] = f"/api/drills/{number}"
    return DrillCard.model_validate(service.room.get(number))


@router.get("/{number}", responses=documented(404, 409))
def drill(
    service: Serving,
    author: Viewer,
    number: Number,
    lang: Speaking,
    role: Part = "observer",
    who: Named = "",
) -> DrillCard:
    """Show a drill as it stands, as far as the role may see it."""
    there(service, number)
    name = taking(author, role, who, players_of(service, number))
    service.room.tick(number)
    return DrillCard.model_validate(service.room.get(number, role, name, lang))


@router.post("/{number}/actions", responses=documented(404, 409))
def act(
    service: Serving,
    author: Viewer,
    number: Number,
    action: Annotated[Action, Body()],
    role: Part = "director",
    who: Named = "",
) -> Done:
    """Do something in a drill: its clock, injects, decisions, notes; it is on the disk before the answer."""
    there(service, number)
    name = taking(author, role, who, players_of(service, number))
    done = service.room.act(number, action.model_dump(mode="json"), role, name)
    return Done.model_validate(done)


@router.get("/{number}/events", responses=documented(404, 409))
def events(
    service: Serving,
    author: Viewer,
    number: Number,
    after: Seen = 0,
    role: Part = "observer",
    who: Named = "",
) -> Page[Event]:
    """List what has happened since, as far as the role may see it: in order, each once."""
    there(service, number)
    name = taking(author, role, who, players_of(service, number))
    service.room.tick(number)
    return Page(items=[Event.model_validate(one) for one in service.room.events(number, after, role, name)])


@router.post("/{number}/branches", status_code=201, responses=documented(404, 409))
def branch(
    service: Serving, author: Director, number: Number, response: Response, wanted: Branching
) -> DrillCard:
    """Begin another drill that shares this one's past up to a moment; this one stays as it is."""
    there(service, number)
    other = service.room.branch(number, wanted.at_s, author.who)
    kept(service, author, "drill.branch", other, parent=number)
    response.headers["Location"] = f"/api/drills/{other}"
    return DrillCard.model_validate(service.room.get(other))


@router.get(
    "/{number}/report",
    response_class=Response,
    responses={**content("text/html", "application/octet-stream"), **documented(404, 409)},
)
def report(
    service: Serving,
    author: Viewer,
    number: Number,
    lang: Speaking,
    form: Literal["html", "docx"] = "html",
) -> FileResponse:
    """Give the after-action report, as a page or as a document to be written on."""
    there(service, number)
    taking(author, "evaluator", "")
    path = service.room.aar(number, lang, form)
    media = "text/html; charset=utf-8" if form == "html" else "application/octet-stream"
    return FileResponse(path, media_type=media, filename=None if form == "html" else path.name)


@router.get(
    "/{number}/cap/{inject}",
    response_class=Response,
    responses={**content("application/cap+xml"), **documented(404, 409)},
)
def cap(
    service: Serving,
    author: Viewer,
    number: Number,
    inject: Annotated[str, Path(pattern=r"^[\w.-]{1,20}$")],
    lang: Speaking,
) -> Response:
    """Give an inject as a CAP 1.2 alert with the status Exercise."""
    there(service, number)
    taking(author, "evaluator", "")
    return Response(service.room.cap(number, inject, lang), media_type="application/cap+xml")


@router.websocket("/{number}/stream")
async def stream(
    socket: WebSocket,
    number: str,
    role: Role = "observer",
    who: str = "",
    after: Seen = 0,
) -> None:
    """Send every event once, in order, as it happens, and the clock as it moves.

    A key comes as ``Authorization: Bearer …``; from a page, which cannot send that, as the second of two
    subprotocols, ``beiqin`` and the key.
    """
    service: Service = socket.app.state.service
    offered = socket.scope.get("subprotocols", [])
    token = socket.headers.get("authorization", "").removeprefix("Bearer ") or "".join(offered[1:2])
    try:
        author = await run_in_threadpool(service.guard.author, token or None)
        there(service, number)
        name = taking(author, role, who, await run_in_threadpool(players_of, service, number))
    except Trouble as error:
        await socket.close(1008, str(error)[:120])
        return
    await socket.accept("beiqin" if offered else None)
    following = asyncio.create_task(follow(service, socket, token or None, (number, role, name), after))
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, RuntimeError):
        following.cancel()


async def follow(
    service: Service, socket: WebSocket, token: str | None, seat: tuple[str, Role, str], after: int
) -> None:
    """Send what happens in a drill until nobody listens, or the listener's key is taken back."""
    shown: dict[str, Any] = {}
    number, role, who = seat
    for look in count(1):
        try:
            if look % LOOKS_A_KEY == 0:
                await run_in_threadpool(service.guard.author, token)
            clock, found = await run_in_threadpool(_look, service, number, after, role, who)
        except NoEntry as error:
            await socket.close(1008, str(error)[:120])
            return
        except (Trouble, DrillTrouble, OSError) as error:
            await socket.close(1011, str(error)[:120])
            return
        for event in found:
            await socket.send_json(event)
            after = event["seq"]
        told = {key: clock[key] for key in ("state", "speed", "now_s", "clock")}
        if told != shown:
            await socket.send_json({"type": "clock", "status": "Exercise", **told})
            shown = told
        await asyncio.sleep(LOOK_S)


def _look(
    service: Service, number: str, after: int, role: Role, who: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Let the drill come up to now and see what is new."""
    return service.room.tick(number), service.room.events(number, after, role, who)


def of_the_store(service: Service, spec: DrillSpec) -> DrillSpec:
    """Give a drill's sheet with the folder of its scenario, which must be one of the store."""
    if not library.CODE.fullmatch(spec.scenario):
        raise NotThere("There is no scenario {code} of that version.", code=spec.scenario[:64])
    return spec.model_copy(update={"scenario": str(library.folder_of(service.store, spec.scenario))})


def players_of(service: Service, number: str) -> tuple[str, ...]:
    """Name the players of a drill."""
    return tuple(player.name for player in service.room.play(number).stage.spec.players)


def there(service: Service, number: str) -> None:
    """Refuse the number of a drill that is none."""
    if not (number.isalnum() and (service.room.folder / number).is_dir()):
        raise NotThere("There is no drill {number}.", number=number[:12])


def kept(service: Service, author: Author, action: str, number: str, **detail: object) -> None:
    """Write down who began a drill."""
    with service.store.work() as session:
        note(session, author.who, author.role, action, number, **detail)
