"""How bodies travel: packed ones are unpacked within bounds, answers are packed when asked, and
HEAD is answered wherever GET is.

Pure ASGI, between the log and the routes. Law of the matter: RFC 9110 sections 8.4, 9.3.2, 12.5.3.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http import problems, unpacking
from shared.http.dawdling import Prompt
from shared.http.problems import Problem
from shared.http.unpacking import Unpacked

# Below this a packed answer saves nothing that a network packet would not carry anyway.
PACKED_FROM = 1024
# Packing takes long enough there to keep other callers waiting.
IN_THREAD_BYTES = 256 * 1024
LEVEL = 4
_GZIP = zlib.MAX_WBITS | 16
_PACKABLE = ("text/", "application/json", "application/problem+json", "application/x-ndjson")
_STREAMED = "text/event-stream"
_PLAIN = {"", "identity"}


class Delivery:
    """Wraps the application; `unpacked_max`: most bytes that a packed body may come to."""

    def __init__(self, app: ASGIApp, unpacked_max: int) -> None:
        self._app = app
        self._unpacked_max = unpacked_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        encoding, accepted = "", []
        for name, value in scope["headers"]:
            if name == b"content-encoding":
                encoding = value.decode("latin-1").strip().lower()
            elif name == b"accept-encoding":
                accepted.append(value.decode("latin-1"))
        receive = Prompt(receive).receive
        if encoding not in _PLAIN:
            unpacker = unpacking.UNPACKERS.get(encoding)
            if unpacker is None:
                await problems.response(_unread(encoding))(scope, receive, send)
                return
            receive = Unpacked(receive, self._unpacked_max, encoding, unpacker).receive
        if accepted and _accepts_gzip(accepted):
            send = Packed(send).send
        if scope["method"] == "HEAD":
            await self._head(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as GET would, without the body."""

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        scope["method"] = "GET"
        try:
            await self._app(scope, receive, send_head)
        finally:
            scope["method"] = "HEAD"


def _unread(encoding: str) -> Problem:
    detail = f"bodies are read plain, as gzip or as zstd, not as {encoding[:40]!r}"
    return Problem(415, "unsupported_encoding", detail, headers={"Accept-Encoding": "gzip, zstd"})


def _accepts_gzip(values: Iterable[str]) -> bool:
    for part in ",".join(values).split(","):
        name, _, quality = part.partition(";")
        if name.strip().lower() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


class Packed:
    """Sends an answer packed, if it is long enough and of a kind that packing makes smaller."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._packer: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        """Send a part of the answer; its head waits for the first part of the body."""
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            await self._send_body(message)
        else:
            await self._send(message)

    async def _send_body(self, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            headers = MutableHeaders(raw=start["headers"])
            packable = _is_packable(start["status"], headers)
            if packable and not more and len(body) >= PACKED_FROM:
                body = await _gzip(body)
                _name_gzip(headers)
                headers["content-length"] = str(len(body))
            elif packable and more:
                self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
                _name_gzip(headers)
                del headers["content-length"]
            await self._send(start)
        if self._packer is not None:
            body = self._packer.compress(body) + (b"" if more else self._packer.flush())
        await self._send({**message, "body": body})


async def _gzip(body: bytes) -> bytes:
    if len(body) > IN_THREAD_BYTES:
        return await asyncio.to_thread(gzip.compress, body, LEVEL)
    return gzip.compress(body, LEVEL)


def _is_packable(status: int, headers: Headers) -> bool:
    media = headers.get("content-type", "")
    # Of a file that is fetched in ranges every byte has its place.
    told_apart = "content-encoding" in headers or "accept-ranges" in headers
    plain = status not in {204, 304} and not told_apart
    return plain and media.startswith(_PACKABLE) and not media.startswith(_STREAMED)


def _name_gzip(headers: MutableHeaders) -> None:
    headers["content-encoding"] = "gzip"
    headers.add_vary_header("accept-encoding")
    # Packed, the bytes are others: the tag says only that the content is the same.
    if headers.get("etag", "").startswith('"'):
        headers["etag"] = f"W/{headers['etag']}"
