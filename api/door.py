"""What every request passes before it is looked at: whose page sent it, how large it is, how often."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Meter
from api.problems import answer, language_of, on_trouble
from api.security import Gate, TooOften, is_loopback
from api.trouble import say

HEADERS: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cache-control": "no-cache",
}
PAGES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""Reports are pages of their own: they load nothing and run nothing."""
SPARE = 1024 * 1024
OPEN = ("/health",)


class Door:
    """Lets requests through to the app, or answers them itself."""

    def __init__(self, app: ASGIApp, *, gate: Gate, meter: Meter, largest: int, loopback: bool) -> None:
        self.app, self.gate, self.meter = app, gate, meter
        self.largest, self.loopback = largest + SPARE, loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            if self.is_foreign(dict(scope["headers"])):
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        began, told = time.perf_counter(), {"status": 500}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                message["headers"] = [*message["headers"], *_added(message["headers"])]
            await send(message)

        try:
            await self.pass_on(scope, self.counted(receive), sending)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self.meter.count(scope["method"], route, told["status"], time.perf_counter() - began)

    async def pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large, foreign or too frequent; hand the rest to the app."""
        request, headers = Request(scope, receive), dict(scope["headers"])
        lang = language_of(request)
        length = headers.get(b"content-length", b"0")
        if self.is_foreign(headers):
            words = say(lang, "Only pages of this service itself may ask it.")
            await answer(request, 403, words)(scope, receive, send)
            return
        if not length.isdigit() or int(length) > self.largest:
            await answer(request, 413 if length.isdigit() else 400)(scope, receive, send)
            return
        try:
            if scope["path"] not in OPEN:
                self.gate.check(scope["client"][0] if scope.get("client") else "")
        except TooOften as error:
            await on_trouble(request, error)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def is_foreign(self, headers: Mapping[bytes, bytes]) -> bool:
        """Tell whether another site's page sent this through somebody's browser.

        On this machine alone, a name that is not this machine's would be another site's trick, too.
        """
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if self.loopback and not is_loopback(urlsplit(f"//{host}").hostname or ""):
            return True
        return bool(origin) and urlsplit(origin).netloc != host

    def counted(self, receive: Receive) -> Receive:
        """Stop reading a request that grows too large without having said so."""
        seen = 0

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return message if seen <= self.largest else {"type": "http.disconnect"}

        return receiving


def _added(headers: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - as ASGI has them
    """List the headers that every answer gets unless it has its own."""
    there = {name.lower(): value for name, value in headers}
    added = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in there]
    if there.get(b"content-type", b"").startswith(b"text/html") and b"content-security-policy" not in there:
        added.append((b"content-security-policy", PAGES.encode()))
    return added
