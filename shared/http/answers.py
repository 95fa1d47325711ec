"""Answers: JSON bytes with a strong ETag that ignores the clock.

The echoes of the clock (`as_of`, `known_at`, `settled_at`) are left out of the tag, so that a
caller who asks again a minute later is told "not modified" when nothing else has changed.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

PRIVATE = "no-store"
SHARED = "private, no-cache"
T = TypeVar("T", bound=msgspec.Struct)
encode = msgspec.json.Encoder().encode


def answer(request: Request, body: Any, echoes: Any = None, *, private: bool = False) -> Response:
    """Answer 200 with body and echoes (two objects), or 304 if the caller holds the same body.

    `private` forbids any cache to keep it: for data of households and persons.
    """
    content = encode(body)
    tag = f'"{blake2b(content, digest_size=15).hexdigest()}"'
    headers = {"etag": tag, "cache-control": PRIVATE if private else SHARED}
    held = request.headers.get("if-none-match")
    if held is not None and _matches(held, tag):
        return Response(None, 304, headers)
    if echoes:
        content = content[:-1] + b"," + encode(echoes)[1:]
    return Response(content, 200, headers, media_type="application/json")


def from_row(kind: type[T], row: object, **others: Any) -> T:
    """Return an answer of what a row holds under the same names, and of `others`."""
    own = {name: getattr(row, name) for name in kind.__struct_fields__ if name not in others}
    return kind(**own, **others)


def _matches(held: str, tag: str) -> bool:
    if held.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == tag for part in held.split(","))
