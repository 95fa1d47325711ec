"""Streams and files: any number of rows, recorded a thousand at a time, good rows kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from json import dumps
from typing import Any
from uuid import UUID, uuid4

from starlette.requests import ClientDisconnect

from services.ingest.bodies import IN_THREAD_BYTES, read_line, revision_or_faults
from services.ingest.context import IngestContext, world_of
from services.ingest.lines import SHOWN_BYTES, Refused
from services.ingest.receipts import Judged
from services.ingest.record import counts
from shared.http.problems import Problem
from shared.kernel import imports
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind
from shared.kernel.imports import Progress, RejectedRow
from shared.kernel.revisions import Revision
from shared.law.world import World

ROWS_TOGETHER = 1000
BREATHE_EVERY = 100
# Rows may be as long as a body: a chunk is also full when it holds this much.
BYTES_TOGETHER = 8 * 1024 * 1024
FAULTS_KEPT = 20

Row = bytes | dict[str, Any] | Refused


@dataclass
class Import:
    """One import in progress: its id, and what became of its rows so far."""

    context: IngestContext
    kind: FactKind
    filename: str | None
    dry_run: bool
    import_id: UUID = field(default_factory=uuid4)
    progress: Progress = field(default_factory=Progress)

    async def run(self, rows: AsyncIterator[Row]) -> None:
        """Record all rows; one chunk is checked while the one before it is being committed.

        A problem on the way tells which import it ended, and how far that got.
        """
        await self._start()
        try:
            await self._run(rows)
        except Problem as problem:
            problem.members |= self.document()
            raise

    async def _run(self, rows: AsyncIterator[Row]) -> None:
        state, number, chunk = "interrupted", 0, _Chunk()
        behind: asyncio.Task[None] | None = None
        try:
            world = await world_of(self.context)
            async for row in rows:
                number += 1
                if number % BREATHE_EVERY == 0:
                    await asyncio.sleep(0)
                if not row or (isinstance(row, bytes) and not row.strip()):
                    continue
                chunk.add(number, row, await self._checked(world, row))
                if chunk.full:
                    behind = await self._next(behind, chunk)
                    chunk = _Chunk()
            behind = await self._next(behind, chunk)
            await behind
            state = "completed"
        except ClientDisconnect:
            pass
        finally:
            await self._end(behind, state)

    async def _checked(self, world: World, row: Row) -> Revision | list[Fault]:
        if isinstance(row, Refused):
            return [row.fault]
        if isinstance(row, dict):
            return revision_or_faults(self.kind, row, world)
        if len(row) > IN_THREAD_BYTES:
            return await asyncio.to_thread(read_line, self.kind, row, world)
        return read_line(self.kind, row, world)

    async def _next(self, behind: asyncio.Task[None] | None, chunk: _Chunk) -> asyncio.Task[None]:
        await self.context.admission.check()
        if behind is not None:
            await behind
        return asyncio.create_task(self._record(chunk))

    async def _record(self, chunk: _Chunk) -> None:
        if chunk.good:
            judged = await self._judge([revision for _, _, revision in chunk.good])
            accepted, duplicates = counts(judged.receipts)
            self.progress.accepted += accepted
            self.progress.duplicates += duplicates
            for position, fault in judged.faults:
                number, row, _ = chunk.good[position]
                chunk.bad.append((number, row, [fault]))
        self.progress.rejected += len(chunk.bad)
        rejected = [r for number, row, faults in chunk.bad for r in _rows(number, row, faults)]
        async with self.context.database.transaction() as tx:
            if rejected:
                await imports.reject(tx, self.import_id, rejected)
            await imports.save(tx, self.import_id, self.progress, "running", None)

    async def _judge(self, revisions: list[Revision]) -> Judged:
        recorder = self.context.recorder
        if self.dry_run:
            return await recorder.rehearse(self.kind, revisions)
        return await recorder.submit(self.kind, revisions, keep_good=True)

    async def _start(self) -> None:
        now = self.context.clock.now()
        async with self.context.database.transaction() as tx:
            await imports.start(
                tx, self.import_id, self.kind.name, self.filename, self.dry_run, now
            )

    async def _end(self, behind: asyncio.Task[None] | None, state: str) -> None:
        if behind is not None:
            with suppress(Exception):
                await behind
        async with self.context.database.transaction() as tx:
            now = self.context.clock.now()
            await imports.save(tx, self.import_id, self.progress, state, now)

    def document(self) -> dict[str, Any]:
        """Return the answer to whoever sent the rows."""
        return {
            "import_id": str(self.import_id),
            "accepted": self.progress.accepted,
            "duplicates": self.progress.duplicates,
            "rejected": self.progress.rejected,
        }


@dataclass
class _Chunk:
    good: list[tuple[int, Row, Revision]] = field(default_factory=list)
    bad: list[tuple[int, Row, list[Fault]]] = field(default_factory=list)
    size: int = 0

    def add(self, number: int, row: Row, checked: Revision | list[Fault]) -> None:
        self.size += len(row) if isinstance(row, bytes) else 0
        if isinstance(checked, Revision):
            self.good.append((number, row, checked))
        else:
            self.bad.append((number, row, checked))

    @property
    def full(self) -> bool:
        together = len(self.good) + len(self.bad)
        return together >= ROWS_TOGETHER or self.size >= BYTES_TOGETHER


def _rows(number: int, row: Row, faults: list[Fault]) -> list[RejectedRow]:
    content = _storable(_shown(row))[:SHOWN_BYTES]
    return [
        RejectedRow(number, position, _storable(f.pointer), f.code, _storable(f.detail), content)
        for position, f in enumerate(faults[:FAULTS_KEPT])
    ]


def _shown(row: Row) -> str:
    if isinstance(row, Refused):
        return row.content
    if isinstance(row, bytes):
        return row[: 4 * SHOWN_BYTES].decode("utf-8", "replace")
    return dumps(row, ensure_ascii=False, default=str)


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
