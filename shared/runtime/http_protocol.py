"""One connection: it may not idle for ever, dawdle over its headers, leave its answer unread, or
crowd the others out.

uvicorn counts idle connections towards its limit and answers beyond it in plain text, so 2,100 idle
connections of one caller made every request of everybody a 503, the health checks too. Here a
connection without a request in hand can be closed at any moment: the one that has waited longest
makes room for the next. How many requests are in hand is bounded by `shared.http.middleware`.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any, ClassVar

import orjson
from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.http import problems

# A browser or a gateway sends its headers at once; ten seconds are for the worst of lines.
HEADERS_SECONDS = 10.0
# An answer of which so long nothing was read is read by nobody; it holds memory and its request.
UNREAD_SECONDS = 60.0
QUESTIONS = frozenset({"GET", "HEAD"})
_OFFER, _END = re.compile(rb"\r\nupgrade:", re.IGNORECASE), b"\r\n\r\n"
CONNECTIONS_MAX = 2000
# Half: behind a gateway all callers have one address, and without one nobody may take it all.
CONNECTIONS_OF_ADDRESS_MAX = 1000


def raw_problem(status: int, reason: str, code: str, detail: str, *headers: str) -> bytes:
    """Return a whole response, for what is refused before there is a request to answer."""
    body = orjson.dumps(
        {
            "type": problems.address(code),
            "title": reason,
            "status": status,
            "detail": detail,
            "code": code,
        }
    )
    lines = [
        f"HTTP/1.1 {status} {reason}",
        "content-type: application/problem+json",
        f"content-length: {len(body)}",
        "connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


_CROWDED = raw_problem(
    503,
    "Service Unavailable",
    "too_many_connections",
    "this address, or everybody together, holds too many connections at work; try again",
    "retry-after: 1",
)
_LATE = raw_problem(
    408, "Request Timeout", "headers_late", f"the headers took over {HEADERS_SECONDS:.0f} seconds"
)


class Together:
    """Sends the head of an answer with its body: one write to the network instead of two.

    What has no length is a stream, whose head goes ahead: its first part may be long in coming.
    """

    __slots__ = ("_cycle", "_head", "_send", "_transport", "is_closing")

    def __init__(self, cycle: RequestResponseCycle, send: Any) -> None:
        self._cycle = cycle
        self._send = send
        self._head: bytes | None = None
        self._transport = cycle.transport
        self.is_closing = cycle.transport.is_closing

    async def send(self, message: Any) -> None:
        """Send a part of the answer; a head with a length waits for what comes next."""
        if message["type"] == "http.response.start" and _has_length(message["headers"]):
            # The cycle writes to us until the body has come.
            self._cycle.transport = self  # type: ignore[assignment]
            await self._send(message)
            return
        try:
            await self._send(message)
        finally:
            self._cycle.transport = self._transport
            self._flush()
        if self._cycle.disconnected and message.get("more_body"):
            # What is given now is dropped: a stream would go on to its end, without a pause.
            raise ClientDisconnect

    def close(self) -> None:
        """Write what is kept, then close the connection."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        # To HEAD nothing follows.
        if self._head is not None:
            self._transport.write(self._head)
            self._head = None

    def write(self, content: bytes) -> None:
        """Keep the head, then write it with the body."""
        if self._head is None:
            self._head = content
        else:
            self._transport.writelines((self._head, content))
            self._head = None


def _has_length(headers: Any) -> bool:
    return any(name == b"content-length" for name, _ in headers)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with deadlines, and with room made by closing who only waits."""

    # Without a request in hand, in the order in which they began to wait; one server a process.
    _waiting: ClassVar[dict[BoundedProtocol, None]] = {}
    _of_address: ClassVar[Counter[str]] = Counter()
    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _question: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, if need be in the place of one that only waits."""
        super().connection_made(transport)
        self._of_address[self.address] += 1
        if not self._make_room():
            transport.write(_CROWDED)
            transport.close()
            return
        self._waiting[self] = None
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._waiting.pop(self, None)
        self._of_address[self.address] -= 1
        if not self._of_address[self.address]:
            del self._of_address[self.address]
        self._headers_came()
        self._reads_again()
        super().connection_lost(exc)
        if self._question is not None:
            self._question.cancel()

    def pause_writing(self) -> None:
        """The caller reads slower than we answer: the clock for what it leaves unread runs."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller has read what there was."""
        self._reads_again()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read on. An offer to speak another protocol is not heard, as RFC 9110 allows.

        Java's client offers HTTP/2 with each first request, and the parser would take what follows
        these headers, a body for a token say, for that other protocol.
        """
        if self in self._waiting:
            end = data.find(_END)
            head = data if end < 0 else data[:end]
            if _OFFER.search(head):
                data = _OFFER.sub(b"\r\noffered:", head) + data[len(head) :]
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins: the clock for its headers runs."""
        super().on_message_begin()
        if self._deadline is None:
            self._await_headers()

    def on_headers_complete(self) -> None:
        """A request is in hand: nobody may close it any more."""
        self._headers_came()
        self._waiting.pop(self, None)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """A request is answered: the connection waits again."""
        super().on_response_complete()
        if not self.transport.is_closing() and self.cycle.response_complete:
            self._waiting[self] = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the words that every refusal has."""
        self.transport.write(raw_problem(400, "Bad Request", "malformed_request", msg))
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        async def unless_gone(scope: Any, receive: Any, send: Any) -> None:
            # After a burst of thousands of callers most have left before their turn comes.
            if cycle.disconnected:
                return
            # What changes nothing is given up with its caller: nobody is left to read the answer.
            if scope["method"] in QUESTIONS:
                self._question = asyncio.current_task()
            try:
                await app(scope, receive, Together(cycle, send).send)
            except asyncio.CancelledError:
                if not self.transport.is_closing():
                    raise
            finally:
                self._question = None

        super()._start_asgi_task(cycle, unless_gone)

    @property
    def address(self) -> str:
        """Whom the connection is with; empty where the system does not say."""
        return self.client[0] if self.client else ""

    def _make_room(self) -> bool:
        if self._of_address[self.address] > CONNECTIONS_OF_ADDRESS_MAX:
            return self._close_one(self.address)
        return len(self.connections) <= CONNECTIONS_MAX or self._close_one(None)

    def _close_one(self, address: str | None) -> bool:
        for other in self._waiting:
            if address is None or other.address == address:
                del self._waiting[other]
                other.transport.close()
                return True
        return False

    def _await_headers(self) -> None:
        self._deadline = self.loop.call_later(HEADERS_SECONDS, self._headers_late)

    def _headers_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _reads_again(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _headers_late(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self.scope is not None:
            self.transport.write(_LATE)
        self.transport.close()
