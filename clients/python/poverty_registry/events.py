"""The stream of changes (server-sent events), lines of facts, and files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poverty_registry.calls import Call

# The registry writes a comment every few seconds: who hears nothing for this long is cut off.
TIMEOUTS = {"connect": 10.0, "read": 60.0, "write": 10.0, "pool": 10.0}


@dataclass(frozen=True)
class Change:
    """One change: what happened, and the cursor behind it."""

    kind: str
    cursor: str
    item: dict[str, Any]


@dataclass
class Lines:
    """Reads the lines of a stream, one after another."""

    _kind: str = "message"
    _cursor: str = ""
    _text: str = ""

    def take(self, line: str) -> Change | None:
        """Return the change that a line ends, None while there is more of it to come."""
        if line:
            self._add(line)
            return None
        kind, cursor, text = self._kind, self._cursor, self._text
        self._kind, self._cursor, self._text = "message", "", ""
        return Change(kind, cursor, json.loads(text)) if text and cursor else None

    def _add(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "id":
            self._cursor = value
        elif name == "data":
            self._text += value


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
