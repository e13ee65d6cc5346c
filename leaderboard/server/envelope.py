"""Around every request: its id, its count, its line in the log, the headers that keep a browser safe."""

from __future__ import annotations

import asyncio
import re
from ipaddress import IPv6Address, ip_address
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leaderboard.server.errors import as_refusal, error_response
from leaderboard.server.limits import Rates
from leaderboard.server.logs import log

LINGER_SECONDS = 3
LINGER_BYTES = 2**28
UPLOAD = ("POST", "/api/submissions")
"""The one request whose body may be large; it keeps its own limits."""
SMALL_BODY = 100_000
GONE = 499
"""The status in the log of a request whose sender went away before the end of it."""
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SAFETY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Envelope:
    """The outermost layer of the app.

    `proxied` says that a proxy of ours stands before the server: the last address in X-Forwarded-For is then the
    client's. Otherwise that header is anybody's claim and not read.
    """

    def __init__(self, app: ASGIApp, rates: Rates, proxied: bool) -> None:
        self._app = app
        self._rates = rates
        self._proxied = proxied

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {}).update(request_id=request_id, team="")
        bodiless = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
        most = None if (scope["method"], scope["path"]) == UPLOAD else SMALL_BODY
        exchange = _Exchange(receive, send, request_id, most, whole=bodiless)
        address, started = self._address(scope, headers), perf_counter()
        try:
            self._rates.request(_household(address))
            await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            exchange.status = GONE
        except Exception as error:
            if exchange.status:
                raise
            told = as_refusal(error, request_id)
            await error_response(told, request_id)(scope, exchange.receive, exchange.send)
        finally:
            fields = {
                "request": request_id,
                "method": scope["method"],
                "path": scope["path"],
                "status": exchange.status,
                "ms": round((perf_counter() - started) * 1000, 1),
                "team": scope["state"]["team"],
                "address": address,
                "received": exchange.received,
                "sent": exchange.sent,
            }
            log.info("request", extra={"fields": fields})

    def _address(self, scope: Scope, headers: Headers) -> str:
        forwarded = headers.getlist("x-forwarded-for") if self._proxied else []
        if forwarded:
            return forwarded[-1].rpartition(",")[2].strip()
        return str(scope["client"][0]) if scope.get("client") else ""


def _household(address: str) -> str:
    """What is counted as one: an address, or the 2^64 addresses of IPv6 that one household has.

    >>> [_household(one) for one in ("203.0.113.7", "::ffff:203.0.113.7", "2001:db8:1:2:3::4", "nonsense")]
    ['203.0.113.7', '203.0.113.7', '2001:db8:1:2::', 'nonsense']
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


class _Exchange:
    """A request and its answer as they pass.

    An answer that is given before the body is read ends the connection, a moment and some bytes later: a client that
    still sends would otherwise lose the answer to a reset connection.
    """

    def __init__(self, receive: Receive, send: Send, request_id: str, most: int | None, whole: bool) -> None:
        self._receive = receive
        self._send = send
        self._request_id = request_id
        self._most = most
        self._whole = whole
        self._early = False
        self.status = 0
        self.received = 0
        self.sent = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self.received += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._most is not None and self.received > self._most and not self._early:
                raise HTTPException(413)
        else:
            self._whole = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            headers.setdefault("Cache-Control", "no-store")
            for name, value in _SAFETY.items():
                headers.setdefault(name, value)
            self._early = self.status >= 400 and not self._whole
            if self._early:
                headers["Connection"] = "close"
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
            if self._early and not message.get("more_body", False):
                await self._send({**message, "more_body": True})
                await self._linger()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        enough = self.received + LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while not self._whole and self.received < enough:
                    await self.receive()
        except TimeoutError:
            pass
