"""Streams and files: any number of rows, recorded a thousand at a time, good rows kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from starlette.requests import ClientDisconnect

from services.ingest.bodies import (
    IN_THREAD_BYTES,
    SHOWN_BYTES,
    Refused,
    read_line,
    revision_or_faults,
)
from services.ingest.context import IngestContext, world_of, writer_of
from services.ingest.imports.bounds import BlankRows, refuse_hopeless
from services.ingest.imports.files import FileRow, Format, Rows, Unreadable
from services.ingest.imports.judging import placed, row_reasons
from services.ingest.imports.reasons import Reason, door_reason
from services.ingest.imports.sent import kept_cells
from services.ingest.imports.tables import TableRow
from services.ingest.pace import Pace
from services.ingest.receipts import Judged
from services.ingest.record import counts
from services.ingest.rehearsal import Rehearsal
from services.ingest.territory import concerns
from shared.access.caller import FUNDS_WRITE, Caller
from shared.access.grants import Writer
from shared.http.problems import Problem
from shared.kernel import imports
from shared.kernel.database import DatabaseUnavailable, Transaction
from shared.kernel.facts import FactKind
from shared.kernel.imports import Progress, RejectedRow, SheetHead
from shared.kernel.revisions import Revision
from shared.law.world import World

ROWS_TOGETHER = 1000
BREATHE_EVERY = 100
# Money adds up over a file: what a dry run would pay first counts for what it would pay later.
ROWS_OF_MONEY_TOGETHER = 10_000
# Rows may be as long as a body: a chunk is also full when it holds this much.
BYTES_TOGETHER = 8 * 1024 * 1024
FAULTS_KEPT = 20
# An import that has been silent for this long belongs to a process that was killed.
SILENT_AFTER = timedelta(minutes=3)
ALIVE_EVERY_SECONDS = 30.0

Row = FileRow


@dataclass
class Import:
    """One import in progress: its id, and what became of its rows so far."""

    context: IngestContext
    kind: FactKind
    filename: str | None
    caller: Caller
    dry_run: bool
    form: Format = "ndjson"
    import_id: UUID = field(default_factory=uuid4)
    progress: Progress = field(default_factory=Progress)
    file: Rows | None = None
    _sheets: dict[str | None, SheetHead] = field(default_factory=dict)
    _described: int = 0
    _rehearsal: Rehearsal = field(init=False)
    _writer: Writer | None = None

    def __post_init__(self) -> None:
        """A dry run remembers what it has judged: repeats may lie anywhere in a file."""
        self._rehearsal = Rehearsal(self.context.recorder)

    async def run(self, rows: AsyncIterator[Row], file: Rows | None = None) -> None:
        """Record all rows; one chunk is checked while the one before it is being committed.

        A problem on the way tells which import it ended, and how far that got.
        """
        self.file = file
        await self._start()
        alive = asyncio.create_task(self._stay_alive())
        try:
            await self._run(rows)
        except Problem as problem:
            problem.members |= self.document()
            raise
        except Unreadable as error:
            members = {"detail_vi": error.vi} | self.document()
            raise Problem(422, error.code, error.detail, **members) from error
        finally:
            alive.cancel()
            await asyncio.gather(alive, return_exceptions=True)

    async def _run(self, rows: AsyncIterator[Row]) -> None:
        state, number, chunk, pace = "interrupted", 0, _Chunk(), Pace()
        blanks = BlankRows()
        behind: asyncio.Task[None] | None = None
        try:
            world = await world_of(self.context)
            self._writer = await writer_of(self.context, self.caller)
            adds_up = self.dry_run and (
                self.kind.scope == FUNDS_WRITE or concerns(self.kind, self._writer)
            )
            together = ROWS_OF_MONEY_TOGETHER if adds_up else ROWS_TOGETHER
            async for row in rows:
                number += 1
                if number % BREATHE_EVERY == 0:
                    await asyncio.sleep(0)
                if isinstance(row, bytes) and not row.strip():
                    blanks.count()
                    continue
                pace.reached("sender")
                chunk.add(number, row, await self._checked(world, row))
                pace.reached("checks")
                if chunk.holds(together):
                    behind = await self._next(behind, chunk)
                    chunk = _Chunk()
                    pace.reached("store")
            behind = await self._next(behind, chunk)
            await behind
            state = "completed"
        except ClientDisconnect:
            pass
        finally:
            await self._end(behind, state)

    async def _checked(self, world: World, row: Row) -> Revision | list[Reason]:
        if isinstance(row, Refused):
            return [door_reason(row.fault)]
        if isinstance(row, TableRow):
            self._sheets.setdefault(row.sheet, row.header.head(row.sheet))
            return row_reasons(row, revision_or_faults(self.kind, row.item, world))
        if len(row) > IN_THREAD_BYTES:
            checked = await asyncio.to_thread(read_line, self.kind, row, world)
        else:
            checked = read_line(self.kind, row, world)
        return checked if isinstance(checked, Revision) else list(map(door_reason, checked))

    async def _next(self, behind: asyncio.Task[None] | None, chunk: _Chunk) -> asyncio.Task[None]:
        await self.context.admission.check()
        if behind is not None:
            await behind
        refuse_hopeless(self.progress.rejected)
        return asyncio.create_task(self._record(chunk))

    async def _record(self, chunk: _Chunk) -> None:
        if chunk.good:
            judged = await self._judge([revision for _, _, revision in chunk.good])
            accepted, duplicates = counts(judged.receipts)
            self.progress.accepted += accepted
            self.progress.duplicates += duplicates
            for position, fault in judged.faults:
                number, row, _ = chunk.good[position]
                reason = placed(row, fault) if isinstance(row, TableRow) else door_reason(fault)
                chunk.bad.append((number, row, [reason]))
        self.progress.rejected += len(chunk.bad)
        rejected = [r for number, row, why in chunk.bad for r in self._rows(number, row, why)]
        async with self.context.database.transaction() as tx:
            if rejected:
                await imports.reject(tx, self.import_id, rejected)
            await self._save(tx, "running")

    def _rows(self, number: int, row: Row, reasons: list[Reason]) -> list[RejectedRow]:
        sheet = 0
        if isinstance(row, TableRow):
            sheet, number = list(self._sheets).index(row.sheet), row.number
        content = _storable(_shown(row))
        return [
            RejectedRow(
                sheet,
                number,
                position,
                _storable(reason.pointer),
                reason.code,
                _storable(reason.en),
                _storable(reason.vi),
                content if position == 0 or not isinstance(row, TableRow) else "",
            )
            for position, reason in enumerate(reasons[:FAULTS_KEPT])
        ]

    async def _save(self, tx: Transaction, state: str) -> None:
        """Record how far it got, and the headings of sheets that were reached since."""
        await imports.save(tx, self.import_id, self.progress, state, self.context.clock.now())
        if self.file is not None and (state != "running" or len(self._sheets) > self._described):
            self._described = len(self._sheets)
            heads, notices = list(self._sheets.values()), self.file.notices
            await imports.describe(tx, self.import_id, heads, notices)

    async def _judge(self, revisions: list[Revision]) -> Judged:
        if self.dry_run:
            return await self._rehearsal.judge(self.kind, revisions, self._writer)
        return await self.context.recorder.submit(
            self.kind, revisions, writer=self._writer, keep_good=True
        )

    async def _start(self) -> None:
        now = self.context.clock.now()
        async with self.context.database.transaction() as tx:
            await imports.start(
                tx,
                self.import_id,
                self.kind.name,
                self.filename,
                self.form,
                self.dry_run,
                now,
                self.caller.client_id,
            )
            await imports.end_silent(tx, now - SILENT_AFTER)

    async def _stay_alive(self) -> None:
        """Give signs of life also while no chunk is committed: senders may be slow."""
        while True:
            await asyncio.sleep(ALIVE_EVERY_SECONDS)
            with suppress(DatabaseUnavailable, OSError, TimeoutError):
                async with self.context.database.transaction() as tx:
                    await imports.keep_alive(tx, self.import_id, self.context.clock.now())

    async def _end(self, behind: asyncio.Task[None] | None, state: str) -> None:
        if behind is not None:
            with suppress(Exception):
                await behind
        async with self.context.database.transaction() as tx:
            await self._save(tx, state)

    def document(self) -> dict[str, Any]:
        """Return the answer to whoever sent the rows."""
        document: dict[str, Any] = {
            "import_id": str(self.import_id),
            "accepted": self.progress.accepted,
            "duplicates": self.progress.duplicates,
            "rejected": self.progress.rejected,
        }
        if self.file is not None:
            document["rows_read"] = self.progress.rows_read
            document["notices"] = [asdict(notice) for notice in self.file.notices]
        return document


@dataclass
class _Chunk:
    good: list[tuple[int, Row, Revision]] = field(default_factory=list)
    bad: list[tuple[int, Row, list[Reason]]] = field(default_factory=list)
    size: int = 0

    def add(self, number: int, row: Row, checked: Revision | list[Reason]) -> None:
        self.size += len(row) if isinstance(row, bytes) else 0
        if isinstance(checked, Revision):
            self.good.append((number, row, checked))
        else:
            self.bad.append((number, row, checked))

    def holds(self, together: int) -> bool:
        """Say whether the chunk holds so many rows, or as many bytes as a chunk may."""
        return len(self.good) + len(self.bad) >= together or self.size >= BYTES_TOGETHER


def _shown(row: Row) -> str:
    if isinstance(row, Refused):
        return row.content[:SHOWN_BYTES]
    if isinstance(row, bytes):
        return row[: 4 * SHOWN_BYTES].decode("utf-8", "replace")[:SHOWN_BYTES]
    return kept_cells(row.cells)


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
