"""Parses one feed, as a program of its own: the document comes in on stdin, JSON goes out.

The parser backtracks for hours over a hostile author's name, and cannot be interrupted from within
its process; run by `reading.py`, this one is killed instead. It imports nothing of the registry.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import feedparser

ENTRIES_MAX = 500
# Of all entries together: what a document of two megabytes holds, and not much more.
CHARACTERS_MAX = 6_000_000
CPU_SECONDS = 15
MEMORY_BYTES = 1024**3
PLAIN = "text/plain"
# Halves of characters (U+D800 to U+DFFF) as entities: some write emoji so, and the parser breaks.
_HALF = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|"
    rb"0*(?:5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3]));?"
)


def main() -> None:
    """Read a document from stdin and write what it says to stdout."""
    _limit()
    media_type, url = sys.argv[1:3]
    said = json.dumps(parse(sys.stdin.buffer.read(), media_type, url), ensure_ascii=False)
    # Half a character, written as an entity, is no text.
    sys.stdout.buffer.write(said.encode("utf-8", "replace"))


def _limit() -> None:
    # Not every system has every limit; the deadline of whoever started us holds on all of them.
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def parse(document: bytes, media_type: str, url: str) -> dict[str, Any]:
    """Return the feed's format (empty: it is no feed), its language, and its entries."""
    found = feedparser.parse(
        # Bytes by themselves would be taken for the name of a file.
        io.BytesIO(_HALF.sub(b"&#65533;", document)),
        response_headers={"content-type": media_type, "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=True,
    )
    return {
        "version": found.get("version", ""),
        "language": found.feed.get("language"),
        "entries": list(_fitting(found.entries[:ENTRIES_MAX])),
    }


def _fitting(entries: list[Any]) -> Iterator[dict[str, Any]]:
    left = CHARACTERS_MAX
    for entry in map(_entry, entries):
        left -= sum(len(part) for part in entry.values() if isinstance(part, str))
        if left < 0:
            return
        yield entry


def _entry(entry: Any) -> dict[str, Any]:
    body = _body(entry)
    published = entry.get("published_parsed") or entry.get("updated_parsed")
    return {
        "id": entry.get("id"),
        "link": entry.get("link"),
        "title": entry.get("title"),
        "published": None if published is None else list(published[:6]),
        "dated": entry.get("published") or entry.get("updated"),
        "language": body.get("language") or entry.get("language"),
        "body": body.get("value"),
        "plain": body.get("type") == PLAIN,
    }


def _body(entry: Any) -> Any:
    """Return the longest of what the entry gives as its text: the whole, or a summary."""
    bodies = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    return max(bodies, key=lambda body: len(body.get("value") or ""))


if __name__ == "__main__":
    main()
