"""Pure ASGI layers around every request: its id, log line, metrics and safe headers; the crowd.

So many requests may be in hand at once, of everybody and of one address. What is beyond is told to
come again, at once and as a problem; whether the process lives is answered however crowded it is.

Pure ASGI because `BaseHTTPMiddleware` cancels what a request awaits when the client goes away,
facts too; `shared.runtime.http_protocol` does so with questions alone. The log line names
the route's template, never the path: paths hold household ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import getrandbits
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.caller import Caller
from shared.access.rates import Allowance
from shared.http import problems
from shared.http.problems import Problem
from shared.observability import tracing

Observe = Callable[[str, str, int, float], None]

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_UNMATCHED = "unmatched"
CLIENT_GONE = 499
# Asked for all day long: logged in a whisper, and answered however crowded it is.
_HEALTH = frozenset({"/health/live", "/health/ready", "/metrics"})
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
# A year, as browsers' lists ask for at least.
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")

log = structlog.get_logger()


class RequestLog:
    """Wraps the application; answers what no handler answered with a bare 500."""

    def __init__(self, app: ASGIApp, observe: Observe, *, behind_tls: bool = False) -> None:
        """`observe` takes method, route template, status and seconds of every request.

        `behind_tls`: browsers are told to come by TLS alone from now on.
        """
        self._app = app
        self._observe = observe
        self._further = (_HSTS,) if behind_tls else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in _HEALTH:
            await self._serve(scope, receive, send, tracing.NOTHING)
            return
        with tracing.served(scope["method"], scope["headers"]) as span:
            await self._serve(scope, receive, send, span)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, span: tracing.Span) -> None:
        started, status = perf_counter(), 0
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id.decode()

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _mark(message["headers"], request_id, scope["state"].get("allowance"))
                message["headers"].extend(self._further)
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except ClientDisconnect:
            # Nobody is left to answer, and nothing has failed: the line says 499.
            status = CLIENT_GONE
        except Exception as error:
            problem = problems.of_error(error)
            if status:
                raise
            await problems.response(problem)(scope, receive, send_marked)
        finally:
            route = getattr(scope.get("route"), "path", None) or _UNMATCHED
            status = status or CLIENT_GONE
            span.rename(f"{scope['method']} {route}")
            span.note({"http.route": route, "http.response.status_code": status})
            self._finish(scope, request_id, route, status, perf_counter() - started)

    def _finish(
        self, scope: Scope, request_id: bytes, route: str, status: int, seconds: float
    ) -> None:
        self._observe(scope["method"], route, status, seconds)
        write = log.debug if route in _HEALTH else log.info
        write(
            "http.request",
            request_id=request_id.decode(),
            method=scope["method"],
            route=route,
            client=_client(scope),
            status=status,
            ms=round(seconds * 1000, 2),
        )


def _client(scope: Scope) -> str | None:
    """Return whose request it was, once that is known."""
    caller: Caller | None = scope["state"].get("caller")
    return None if caller is None else caller.name


def request_id(request: Request) -> str:
    """Return the id of this request, as logged and as sent back in `X-Request-ID`."""
    found: str = request.scope["state"]["request_id"]
    return found


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return b"%032x" % getrandbits(128)


def _mark(
    headers: list[tuple[bytes, bytes]], request_id: bytes, allowance: Allowance | None
) -> None:
    headers.append((b"x-request-id", request_id))
    # A refusal for asking too often has them of itself.
    if allowance is not None and allowance.allowed:
        headers.append((b"ratelimit-policy", allowance.rate.policy.encode()))
        headers.append((b"ratelimit", allowance.header.encode()))
    headers.extend(HEADERS)
    if not any(name == _CSP[0] for name, _ in headers):
        headers.append(_CSP)


REQUESTS_MAX = 400
# A caller that leaves its answers unread holds requests in hand; it may not hold all of them.
REQUESTS_OF_ADDRESS_MAX = 300
# Streams are open for hours and mostly wait: they have a number of their own.
_APART = _HEALTH | {"/v1/transitions/stream"}


class Crowd:
    """Lets so many requests in and answers 503 to the rest."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app
        self._in_hand = 0
        self._of_address: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in _APART:
            await self._app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        if self._full(address):
            await problems.response(_too_many())(scope, receive, send)
            return
        self._in_hand += 1
        self._of_address[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_hand -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]

    def _full(self, address: str) -> bool:
        return self._in_hand >= REQUESTS_MAX or self._of_address[address] >= REQUESTS_OF_ADDRESS_MAX


def _too_many() -> Problem:
    return Problem(
        503,
        "too_many_requests_in_hand",
        "too many requests are being answered at this moment; try again in a second",
        headers={"Retry-After": "1"},
    )
