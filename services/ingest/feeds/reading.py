"""Feeds to entries: parsed in a process of its own, which is killed when it takes too long."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from services.ingest.feeds.apart import output_of
from services.ingest.feeds.faults import Unfetched

SECONDS = 20.0
_PROGRAM = Path(__file__).with_name("parsing.py")


@dataclass(frozen=True, slots=True)
class Document:
    """What a feed says."""

    language: str | None
    entries: list[dict[str, Any]] = field(default_factory=list)


async def read_feed(
    content: bytes, media_type: str, url: str, seconds: float = SECONDS
) -> Document:
    """Return the entries of a feed; what is broken in it is mended as far as that goes."""
    try:
        output = await output_of(_PROGRAM, content, seconds, media_type, url)
    except TimeoutError:
        raise Unfetched("feed_too_slow") from None
    try:
        said = orjson.loads(output)
    except orjson.JSONDecodeError:
        raise Unfetched("feed_unreadable") from None
    if not said["version"] and not said["entries"]:
        raise Unfetched("not_a_feed")
    return Document(said["language"], said["entries"])
