"""What operators do from the command line: import, ingest, simulate, quarantine, doctor."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services import article_tables
from services.ingest.admission import Admission
from services.ingest.bodies import prepare_row
from services.ingest.context import law_of
from services.ingest.doors.door import Prepared
from services.ingest.doors.registry import ARTICLES, DOORS
from services.ingest.imports.files import READERS
from services.ingest.record import Recorder
from services.ingest.streams import Import, Row
from services.worker.article_reader import ArticleReader
from shared.http.auth import OFF
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, connect
from shared.messaging import quarantine
from shared.press.store import articles
from shared.runtime.context import Context
from shared.runtime.errors import StartError
from shared.settings import Settings

_UNSAFE = re.compile(r"[^A-Za-z0-9._:/-]")


@asynccontextmanager
async def door(settings: Settings, dsn: str) -> AsyncIterator[Context]:
    """Open the doors in this process: the same checks, the same transaction as over HTTP."""
    database = await connect(dsn, name="command", pool_max=4)
    context = Context(settings, database, SystemClock(), OFF)
    recorder = Recorder(database, context.clock)
    context.provide(
        recorder=recorder,
        admission=Admission(database, context.clock, settings.outbox_rows_max),
    )
    writing = asyncio.create_task(recorder.run())
    try:
        yield context
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await database.close()


async def import_file(settings: Settings, dsn: str, file: Path, kind: str, dry_run: bool) -> int:
    """Import a CSV, XLSX or NDJSON file; 0 when no row was refused."""
    if kind not in DOORS:
        raise StartError(f"kind must be one of {', '.join(DOORS)}")
    out = Console(highlight=False)
    line_max = settings.body_bytes_max
    async with door(settings, dsn) as context:
        work = Import(context, DOORS[kind], file.name, dry_run)  # type: ignore[arg-type]
        with (
            Progress(console=out, transient=True) as progress,
            _rows(file, progress, line_max) as rows,
        ):
            await work.run(_async(rows))
        out.print(
            f"{file.name}: {work.progress.rows_read} rows read = {work.progress.accepted} accepted "
            f"+ {work.progress.duplicates} duplicates + {work.progress.rejected} rejected"
            f" (import {work.import_id})"
        )
        if work.progress.rejected:
            await _show_rejected(context.database, work, out)
    return 1 if work.progress.rejected else 0


@contextmanager
def _rows(file: Path, progress: Progress, line_max: int) -> Iterator[Iterator[Row]]:
    suffix = file.suffix.lower().removeprefix(".")
    if suffix not in READERS:
        raise StartError("the file must be .csv, .xlsx or .ndjson")
    try:
        with progress.open(file, "rb", description=f"Importing {file.name}") as opened:
            yield READERS[suffix](opened, line_max)
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror}") from error


async def _async(rows: Iterator[Row]) -> AsyncIterator[Row]:
    for row in rows:
        yield row


async def _show_rejected(database: Database, work: Import, out: Console) -> None:
    async with database.statement() as snapshot:
        rows = await snapshot.fetch(
            "SELECT row, pointer, code, detail FROM import_rejected WHERE import_id = $1 "
            "ORDER BY row, fault LIMIT 20",
            work.import_id,
        )
    for row in rows:
        out.print(f"  row {row[0]} {row[1] or '/'}: {row[2]}: {row[3]}")


async def ingest_articles(settings: Settings, dsn: str, files: Sequence[Path]) -> int:
    """Record article files (text or HTML); a file sent again unchanged is a duplicate."""
    out = Console(highlight=False)
    refused = 0
    async with door(settings, dsn) as context:
        law = await law_of(context)  # type: ignore[arg-type]
        reader = ArticleReader(context.seeds)
        for file in files:
            item = _article(file)
            prepared = prepare_row(ARTICLES, item, law)
            if not isinstance(prepared, Prepared):
                refused += 1
                out.print(f"{file.name}: refused: {prepared[0].code}: {prepared[0].detail}")
                continue
            recorder: Recorder = context.recorder  # type: ignore[attr-defined]
            judged = await recorder.submit(ARTICLES, [prepared])
            receipt = judged.receipts[0]
            out.print(f"{file.name}: {receipt.outcome}, article {receipt.article_id}")
            async with context.database.snapshot() as snapshot:
                row = await articles.find(snapshot, UUID(str(receipt.article_id)))
                if row is not None:
                    # Read here for the eye; a worker reads it once more, for the store.
                    article_tables.show(out, file.name, await reader.read(snapshot, row))
    return 1 if refused else 0


def _article(file: Path) -> dict[str, str]:
    try:
        text = file.read_text("utf-8", errors="replace").replace("\x00", "\ufffd")
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror}") from error
    field = "html" if file.suffix.lower() in {".html", ".htm"} else "text"
    return {
        "source": "files",
        "external_id": _UNSAFE.sub("-", file.name)[:64],
        field: "".join(c for c in text if ord(c) >= 32 or c in "\n\r\t"),
    }


async def quarantine_list(dsn: str, limit: int) -> None:
    """Print the open quarantine."""
    database = await connect(dsn, name="command", pool_max=2)
    async with database.statement() as snapshot:
        found = await quarantine.list_open(snapshot, limit, None)
    table = Table("id", "route", "item", "reason", "attempts", "last seen")
    for q in found:
        seen = q.last_seen_at.isoformat(timespec="seconds")
        table.add_row(str(q.quarantine_id), q.route, q.item, q.reason, str(q.attempts), seen)
    Console().print(table if found else "The quarantine is empty.")
    await database.close()


async def quarantine_show(dsn: str, quarantine_id: int) -> int:
    """Print one quarantined item in full."""
    database = await connect(dsn, name="command", pool_max=2)
    async with database.statement() as snapshot:
        found = await quarantine.show(snapshot, quarantine_id)
    await database.close()
    if found is None:
        print(f"registry: nothing is quarantined under {quarantine_id}", file=sys.stderr)
        return 1
    Console(highlight=False).print(found)
    return 0


async def quarantine_replay(dsn: str, ids: Sequence[int]) -> int:
    """Send quarantined items once more; safe to repeat, for handlers recompute."""
    database = await connect(dsn, name="command", pool_max=2)
    async with database.transaction() as tx:
        sent = await quarantine.replay(tx, list(ids))
    await database.close()
    print(f"{len(sent)} of {len(ids)} sent again")
    return 0 if len(sent) == len(ids) else 1
