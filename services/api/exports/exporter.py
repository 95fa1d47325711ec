"""The component that makes files: one at a time, page by page, so that a million rows need no more
memory than a thousand.

What a page tells of households has its row in the audit chain before any of it can be fetched.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import structlog

from services.api.exports.columns import columns_of
from services.api.exports.formats import FORMATS
from services.api.exports.questions import pages
from shared.exports.export import Export
from shared.exports.store import exports as store
from shared.exports.store.exports import PART_BYTES
from shared.http.audit import record_told
from shared.http.context import Context
from shared.http.problems import Problem, of_error
from shared.kernel.errors import DomainError

LOOK_EVERY_SECONDS = 0.5
FORGET_EVERY_SECONDS = 60.0
# Between two signs of life, where parts take longer to fill.
SIGN_EVERY_SECONDS = 5.0
ROUTE = "/v1/exports/{export_id}/content"
_BUSY = 503

log = structlog.get_logger()


class TakenOver(Exception):
    """Another process makes this file now, or nobody wants it any more."""


class TooLarge(Exception):
    """The file is larger than any may become."""


@dataclass
class Parts:
    """Bytes of a file that are not stored yet, and the digest of all."""

    size: int = 0
    stored: int = 0
    closed: bool = False
    digest: Any = field(default_factory=sha256)
    _bytes: bytearray = field(default_factory=bytearray)

    def write(self, content: bytes) -> int:
        """Take the next bytes."""
        self._bytes += content
        self.size += len(content)
        self.digest.update(content)
        return len(content)

    def tell(self) -> int:
        """Return how many bytes were taken."""
        return self.size

    def flush(self) -> None:
        """Do nothing: parts are taken when they are full."""

    def close(self) -> None:
        """Do nothing: the end is told by `take`."""

    def take(self, *, all_: bool = False) -> list[bytes]:
        """Return the parts that are full, and what is left where it is all."""
        parts = []
        while len(self._bytes) >= PART_BYTES or (all_ and self._bytes):
            parts.append(bytes(self._bytes[:PART_BYTES]))
            del self._bytes[:PART_BYTES]
        return parts


async def record_page(
    context: Context, export: Export, route: str, subjects: set[str], parts: Parts
) -> None:
    """Write whom a page is about into the audit chain, as of what was made so far."""
    if context.audit is not None and subjects:
        name, digest = str(export.export_id), parts.digest.digest()
        await record_told(context.audit, export.caller, route, name, subjects, digest)


@dataclass
class Exporter:
    """Makes what was ordered, the oldest first; a failing database only delays."""

    context: Context
    look_every_seconds: float = LOOK_EVERY_SECONDS
    lease: UUID = field(default_factory=uuid4)
    _forgot_at: float = 0.0

    async def run(self) -> None:
        """Make files for ever."""
        while True:
            try:
                await self._forget()
                if await self.look():
                    continue
            except Exception as error:  # files go on when the database is back
                log.warning("exports.failed", error=type(error).__name__)
            await asyncio.sleep(self.look_every_seconds)

    async def look(self) -> bool:
        """Make the oldest file that is to be made; say whether there was one."""
        now = self.context.clock.now()
        async with self.context.database.transaction() as tx:
            export = await store.take(tx, self.lease, now)
        if export is None:
            return False
        try:
            await self._make(export)
        except TakenOver:
            log.warning("exports.taken_over", export_id=str(export.export_id))
        except TooLarge:
            await self._fail(export, "export_too_large")
        except (Problem, DomainError) as refusal:
            problem = of_error(refusal)
            if problem.status == _BUSY:
                raise
            await self._fail(export, problem.code)
        return True

    async def _make(self, export: Export) -> None:
        listing, asked = pages(export.question, self.context, export.caller)
        parts = Parts()
        columns = columns_of(listing.items)
        writer = await asyncio.to_thread(FORMATS[export.format].writer, parts, columns)
        rows, told_at = 0, monotonic()
        async with aclosing(asked.read()) as each:
            async for items, subjects in each:
                await asyncio.to_thread(writer.rows, items)
                rows += len(items)
                await record_page(self.context, export, ROUTE, subjects, parts)
                full = parts.size - parts.stored >= PART_BYTES
                if full or monotonic() - told_at > SIGN_EVERY_SECONDS:
                    await self._store(export, parts, rows)
                    told_at = monotonic()
        await asyncio.to_thread(writer.end)
        await self._store(export, parts, rows, ended=True)

    async def _store(self, export: Export, parts: Parts, rows: int, *, ended: bool = False) -> None:
        """Store what is there, as long as it is this one's to make."""
        if parts.size > self.context.settings.export_bytes_max:
            raise TooLarge
        now, full = self.context.clock.now(), parts.take(all_=ended)
        async with self.context.database.transaction() as tx:
            if not await store.go_on(tx, export.export_id, self.lease, now, rows, parts.size):
                raise TakenOver
            first = parts.stored // PART_BYTES
            await store.add_parts(tx, export.export_id, first, full)
            if ended:
                digest = parts.digest.digest()
                await store.end(tx, export.export_id, self.lease, now, "completed", digest=digest)
        parts.stored += sum(map(len, full))

    async def _fail(self, export: Export, fault: str) -> None:
        now = self.context.clock.now()
        async with self.context.database.transaction() as tx:
            await store.end(tx, export.export_id, self.lease, now, "failed", fault=fault)

    async def _forget(self) -> None:
        if self._forgot_at and monotonic() - self._forgot_at < FORGET_EVERY_SECONDS:
            return
        async with self.context.database.transaction() as tx:
            await store.forget(tx, self.context.clock.now())
        self._forgot_at = monotonic()
