"""What all endpoints share: the service they belong to, who asks, in which language, pages of lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from api.drills import DrillRoom
from api.library import Author
from api.limits import Limits
from api.metrics import Meter
from api.problems import language_of
from api.security import Guard, check_role
from api.store import Store
from api.uploads import Room

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """What an app serves from."""

    store: Store
    guard: Guard
    meter: Meter
    room: DrillRoom
    limits: Limits = field(default_factory=Limits)
    most: Room = field(default_factory=Room)


def service_of(request: Request) -> Service:
    """Find the service an endpoint belongs to."""
    found: Service = request.app.state.service
    return found


BEARER = HTTPBearer(
    auto_error=False, description="A key of `beiqin keys add`; not needed on the machine itself."
)
Serving = Annotated[Service, Depends(service_of)]
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


def speaking(
    request: Request,
    lang: Annotated[
        Literal["en", "zh"] | None, Query(description="Language of the answer; by default the browser's")
    ] = None,
) -> str:
    """Tell the language to answer in."""
    return lang or language_of(request)


Speaking = Annotated[str, Depends(speaking)]


def who(role: str) -> Callable[[Service, HTTPAuthorizationCredentials | None], Author]:
    """Make a dependency that lets those in who have a role or a higher one."""

    def author(service: Serving, bearer: Bearer) -> Author:
        found = service.guard.author(bearer.credentials if bearer else None)
        check_role(found, role)
        return found

    return author


Viewer = Annotated[Author, Depends(who("viewer"))]
Planner = Annotated[Author, Depends(who("planner"))]
Director = Annotated[Author, Depends(who("director"))]
Admin = Annotated[Author, Depends(who("admin"))]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
After = Annotated[
    str,
    Query(pattern="^[a-z0-9_-]{0,64}$", description="`next` of the page before; the first page without it"),
]


class Page(BaseModel, Generic[T]):
    """A page of a list; `next` is null on the last one."""

    items: list[T]
    next: str | None = None
