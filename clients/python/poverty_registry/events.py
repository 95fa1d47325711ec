"""The stream of changes (server-sent events), lines of facts, and files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from poverty_registry import answers
from poverty_registry.calls import AGAIN, Call

# The registry writes a comment every few seconds: who hears nothing for this long is cut off.
TIMEOUTS = {"connect": 10.0, "read": 60.0, "write": 10.0, "pool": 10.0}


@dataclass(frozen=True)
class Change:
    """One change: what happened, and the cursor behind it."""

    kind: str
    cursor: str
    item: dict[str, Any]


@dataclass
class _Event:
    kind: str = "message"
    cursor: str = ""
    text: str = ""

    def take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self.kind = value
        elif name == "id":
            self.cursor = value
        elif name == "data":
            self.text += value

    @property
    def change(self) -> Change | None:
        if not self.text or not self.cursor:
            return None
        return Change(self.kind, self.cursor, json.loads(self.text))


def changes(lines: Iterable[str]) -> Iterator[Change]:
    """Give the changes that lines of a stream make up."""
    event = _Event()
    for line in lines:
        if line:
            event.take(line)
            continue
        if (change := event.change) is not None:
            yield change
        event = _Event()


async def changes_async(lines: AsyncIterator[str]) -> AsyncIterator[Change]:
    """Give the changes that lines of a stream make up."""
    event = _Event()
    async for line in lines:
        if line:
            event.take(line)
            continue
        if (change := event.change) is not None:
            yield change
        event = _Event()


def stream_call(cursor: str | None, filters: Mapping[str, Any]) -> Call:
    """Return the question that opens the stream behind a cursor."""
    headers = {"accept": "text/event-stream"}
    if cursor is not None:
        headers["last-event-id"] = cursor
    query = {name.rstrip("_"): value for name, value in filters.items()}
    return Call("GET", "/v1/transitions/stream", query, headers=headers)


def lines_call(kind: str, facts: Iterable[Mapping[str, Any]]) -> Call:
    """Return the post of facts, one a line."""
    body = b"".join(json.dumps(fact, ensure_ascii=False).encode() + b"\n" for fact in facts)
    return Call("POST", f"/v1/{kind}", body=body, headers={"content-type": "application/x-ndjson"})


def import_call(kind: str, path: Path, *, dry_run: bool) -> Call:
    """Return the post of a file; a file that was sent twice is an import twice."""
    files = {"file": (path.name, path.read_bytes())}
    data = {"kind": kind, "dry_run": "true" if dry_run else "false"}
    return Call("POST", "/v1/imports", body=data, files=files, repeatable=False)


class Busy(Exception):
    """The registry says that the stream may be opened in a moment."""


def check_opened(response: httpx.Response) -> None:
    """Raise what a stream was refused for; a token that has just ended is no refusal."""
    if response.status_code in AGAIN:
        raise Busy
    answers.read(response)


@dataclass
class Opened:
    """A stream that is closed at the end of its `with`."""

    response: httpx.Response

    def __enter__(self) -> httpx.Response:
        """Give the answer."""
        return self.response

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.response.close()

    async def __aenter__(self) -> httpx.Response:
        """Give the answer."""
        return self.response

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.response.aclose()
