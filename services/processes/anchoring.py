"""Anchors of the audit chain: where it stands is told to places that the database cannot change."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import structlog

from shared.access.audit import Head, written_anchor
from shared.http.audit import AuditWriter
from shared.kernel.clock import Clock

# What was written since may be taken away without a trace; a minute of it is what that can hide.
EVERY_SECONDS = 60.0
SEND_SECONDS = 10.0

log = structlog.get_logger()


@dataclass
class Anchoring:
    """Appends the head of a process's chain to a file and sends it to an address, if it moved."""

    writer: AuditWriter
    clock: Clock
    file: Path | None
    url: str | None
    _anchored: Head | None = field(default=None, init=False)

    async def run(self) -> None:
        """Anchor every minute, and once more at the end; a failure is logged and tried again."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                await self.anchor()
        finally:
            await asyncio.shield(self.anchor())

    async def anchor(self) -> None:
        """Anchor the head, unless it is where it was."""
        head = self.writer.head
        if head is None or head == self._anchored:
            return
        line = written_anchor(head, self.clock.now())
        try:
            if self.file is not None:
                await asyncio.to_thread(_append, self.file, line)
            if self.url is not None:
                await _send(self.url, line)
            self._anchored = head
        except (OSError, httpx.HTTPError) as error:
            log.error("audit.not_anchored", error=type(error).__name__)


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


async def _send(url: str, line: bytes) -> None:
    async with httpx.AsyncClient(timeout=SEND_SECONDS) as client:
        answer = await client.post(url, content=line, headers={"content-type": "application/json"})
        answer.raise_for_status()
