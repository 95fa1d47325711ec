"""`registry import`: a file through the doors, with its progress."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, cast

import typer
from rich.progress import Progress

from services.commands.doors import open_doors
from services.commands.shell import OUT, run_with_database
from services.ingest.context import world_of
from services.ingest.imports.files import FileRow, Rows, Unreadable, format_of, rows_of
from services.ingest.streams import Import
from shared.access.caller import ANYBODY
from shared.facts import FACTS
from shared.kernel import imports
from shared.kernel.database import Database
from shared.runtime.errors import StartError
from shared.settings import Settings

REJECTED_SHOWN = 20


def import_file(
    file: Annotated[Path, typer.Argument(help="a CSV, XLSX or NDJSON file")],
    kind: Annotated[str, typer.Option(help="a door: household-events, disbursements, …")],
    dry_run: Annotated[bool, typer.Option(help="check only, store nothing")] = False,
) -> None:
    """Import a file through the same door as the HTTP interface; good rows are kept."""
    run_with_database(lambda settings, dsn: _import(settings, dsn, file, kind, dry_run))


async def _import(settings: Settings, dsn: str, file: Path, kind: str, dry_run: bool) -> int:
    """Import a CSV, XLSX or NDJSON file; 0 when no row was refused."""
    if kind not in FACTS:
        raise StartError(f"kind must be one of {', '.join(FACTS)}")
    form = format_of(file.name)
    if form is None:
        raise StartError("the file must be .csv, .xlsx or .ndjson")
    async with open_doors(settings, dsn) as context:
        work = Import(context, FACTS[kind], file.name, ANYBODY, dry_run, form)
        world = await world_of(context)
        with Progress(console=OUT, transient=True) as progress, _opened(file, progress) as opened:
            rows = rows_of(opened, form, FACTS[kind], world, settings.body_bytes_max)
            await work.run(_one_by_one(rows), rows)
        OUT.print(
            f"{file.name}: {work.progress.rows_read} rows read = {work.progress.accepted} accepted "
            f"+ {work.progress.duplicates} duplicates + {work.progress.rejected} rejected"
            f" (import {work.import_id})"
        )
        for notice in rows.notices:
            OUT.print(f"  {notice.detail_vi} ({notice.detail})", markup=False)
        if work.progress.rejected:
            await _show_rejected(context.database, work)
    return 1 if work.progress.rejected else 0


@contextmanager
def _opened(file: Path, progress: Progress) -> Iterator[IO[bytes]]:
    try:
        with progress.open(file, "rb", description=f"Importing {file.name}") as opened:
            yield cast("IO[bytes]", opened)
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror}") from error


async def _one_by_one(rows: Rows) -> AsyncIterator[FileRow]:
    try:
        for batch in rows.batches():
            for row in batch:
                yield row
    except Unreadable as error:
        raise StartError(f"{error.vi} ({error.detail})") from error


async def _show_rejected(database: Database, work: Import) -> None:
    async with database.snapshot() as snapshot:
        for row in await imports.list_rejected(snapshot, work.import_id, REJECTED_SHOWN):
            where = f"row {row.row} {row.pointer or '/'}"
            OUT.print(f"  {where}: {row.code}: {row.detail_vi} ({row.detail})", markup=False)
