"""Whether two requests are the same: their method, address and body, read as it passes by.

Of a form the boundary is left out, for senders draw a new one each time.
"""

from __future__ import annotations

from hashlib import sha256

from starlette.requests import Request
from starlette.types import Message

# What a route leaves unread of a body is read up to here.
_REST_BYTES_MAX = 64 * 1024


class Fingerprint:
    """Reads a request's body for a route, or for nobody, and remembers what it was."""

    def __init__(self, request: Request) -> None:
        scope, media = request.scope, request.headers.get("content-type", "")
        kind, _, parameters = media.partition(";")
        _, _, boundary = parameters.partition("boundary=")
        self._boundary = boundary.split(";")[0].strip().strip('"').encode("latin-1")
        self._receive = request.receive
        self._tail = b""
        self._whole = False
        address = f"{scope['method']} {scope['path']}".encode()
        place = (address, scope["query_string"], kind.strip().lower().encode())
        self._digest = sha256(b"\n".join(place) + b"\n")

    async def receive(self) -> Message:
        """Return the next part of the body."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._take(message.get("body", b""))
            self._whole = not message.get("more_body", False)
        return message

    def _take(self, part: bytes) -> None:
        if not self._boundary:
            self._digest.update(part)
            return
        text = (self._tail + part).replace(self._boundary, b"")
        # What may be the beginning of a boundary waits for the next part.
        kept = max(0, len(text) - len(self._boundary) + 1)
        self._digest.update(text[:kept])
        self._tail = text[kept:]

    async def value(self, most: int | None = _REST_BYTES_MAX) -> bytes | None:
        """Return the fingerprint; None where the body broke off, or is longer than `most` beyond
        what was read (None: however long it is)."""
        rest = 0
        while not self._whole:
            message = await self.receive()
            rest += len(message.get("body", b""))
            if message["type"] != "http.request" or (most is not None and rest > most):
                return None
        digest = self._digest.copy()
        digest.update(self._tail)
        return digest.digest()
