"""Feeds to entries: parsed in a process of its own, which is killed when it takes too long."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from services.ingest.feeds.faults import Unfetched

SECONDS = 20.0
_PROGRAM = str(Path(__file__).with_name("parsing.py"))


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
        async with asyncio.timeout(seconds):
            output = await _parsed(content, media_type, url)
    except TimeoutError:
        raise Unfetched("feed_too_slow") from None
    try:
        said = orjson.loads(output)
    except orjson.JSONDecodeError:
        raise Unfetched("feed_unreadable") from None
    if not said["version"] and not said["entries"]:
        raise Unfetched("not_a_feed")
    return Document(said["language"], said["entries"])


async def _parsed(content: bytes, media_type: str, url: str) -> bytes:
    # Isolated, without our environment: it sees neither our secrets nor our modules.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", _PROGRAM, media_type, url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        output, _ = await process.communicate(content)
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
    return output
