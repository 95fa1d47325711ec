"""The bytes of a file: all of them, or a range, so that a fetch that broke off goes on.

Law of the matter: RFC 9110 sections 13.1.5 (If-Range) and 14 (ranges); RFC 9530 (digests).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.api.exports.formats import FORMATS
from shared.exports.export import Export
from shared.exports.store import exports as store
from shared.exports.store.exports import PART_BYTES
from shared.http.ask import PRIVATE
from shared.http.problems import Problem
from shared.kernel.database import Database

_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")


def not_satisfiable(size: int) -> Problem:
    """Return the 416 of a range that begins behind the end."""
    return Problem(
        416,
        "range_not_satisfiable",
        f"the file has {size} bytes",
        headers={"Content-Range": f"bytes */{size}"},
    )


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `first` on, those before `end`."""

    first: int
    end: int


def span_of(text: str | None, size: int) -> Span | None:
    """Return which bytes a `Range` asks for; None: all, also where it asks for several ranges.

    >>> span_of("bytes=2-3", 10), span_of("bytes=8-", 10), span_of("bytes=-3", 10)
    (Span(first=2, end=4), Span(first=8, end=10), Span(first=7, end=10))
    """
    match = _RANGE.fullmatch(text or "")
    if match is None:
        return None
    first, last, behind = match.groups()
    if behind is not None:
        span = Span(max(0, size - int(behind)), size)
    else:
        span = Span(int(first), min(size, int(last) + 1) if last else size)
        if last and int(last) < int(first):
            return None
    if span.first >= size or span.first >= span.end:
        raise not_satisfiable(size)
    return span


def tag_of(export: Export) -> str:
    """Return the ETag of a file: its digest."""
    return f'"{(export.digest or b"").hex()}"'


def content(request: Request, database: Database, export: Export) -> Response:
    """Answer with a file that is made, or with the range of it that is asked for."""
    tag, form = tag_of(export), FORMATS[export.format]
    headers = {
        "etag": tag,
        "accept-ranges": "bytes",
        "cache-control": PRIVATE,
        "repr-digest": f"sha-256=:{b64encode(export.digest or b'').decode()}:",
        "content-disposition": f'attachment; filename="{export.export_id}.{export.format}"',
    }
    if tag in [part.strip() for part in request.headers.get("if-none-match", "").split(",")]:
        return Response(None, 304, headers)
    asked = request.headers.get("range")
    # Of another file than the one begun, all is sent.
    unchanged = request.headers.get("if-range", tag) == tag
    span = span_of(asked, export.size) if unchanged else None
    sent = span or Span(0, export.size)
    headers["content-length"] = str(sent.end - sent.first)
    if span is not None:
        headers["content-range"] = f"bytes {span.first}-{span.end - 1}/{export.size}"
    body = _bytes(database, export, sent)
    return StreamingResponse(body, 206 if span else 200, headers, form.media_type)


async def _bytes(database: Database, export: Export, span: Span) -> AsyncIterator[bytes]:
    """Yield the bytes part by part; whoever reads slowly holds no connection."""
    for number in range(span.first // PART_BYTES, -(-span.end // PART_BYTES)):
        async with database.statement() as snapshot:
            part = await store.part(snapshot, export.export_id, number)
        if part is None:
            return
        start = number * PART_BYTES
        yield part[max(0, span.first - start) : span.end - start]
