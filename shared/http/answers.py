"""Answers: JSON bytes with a strong ETag that ignores the clock.

The echoes of the clock (`as_of`, `known_at`, `settled_at`) are left out of the tag, so that a
caller who asks again a minute later is told "not modified" when nothing else has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

PRIVATE = "no-store"
SHARED = "private, no-cache"
_OPTIONS = orjson.OPT_UTC_Z


def answer(
    request: Request,
    body: Mapping[str, Any],
    echoes: Mapping[str, Any] | None = None,
    *,
    private: bool = False,
) -> Response:
    """Answer 200 with body and echoes, or 304 if the caller holds the same body.

    `private` forbids any cache to keep it: for data of households and persons.
    """
    content = orjson.dumps(body, plain, _OPTIONS)
    tag = f'"{blake2b(content, digest_size=15).hexdigest()}"'
    headers = {"etag": tag, "cache-control": PRIVATE if private else SHARED}
    asked = request.headers.get("if-none-match")
    if asked is not None and _matches(asked, tag):
        return Response(None, 304, headers)
    if echoes:
        content = content[:-1] + b"," + orjson.dumps(echoes, plain, _OPTIONS)[1:]
    return Response(content, 200, headers, media_type="application/json")


def plain(value: object) -> str:
    """Give orjson the database driver's own UUIDs as text; nothing else is guessed."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _matches(asked: str, tag: str) -> bool:
    if asked.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == tag for part in asked.split(","))
