"""`registry retain`: remove what is older than it must be kept; without --apply only say what.

What was known (`knowledge`), who was answered what (`audit`), rows that were refused in files
(`imports`) and settled rows of the quarantine have a horizon each, which only rises. Facts,
transitions, runs and their lines are never removed. The horizon is committed, and every process
given time to end what it began, before the first row goes: from then on a question for before is
refused by name, and every other one is answered as it always was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from services.commands.removals import REMOVALS
from services.commands.shell import OUT, run_with_database
from services.worker.refolding import STATEMENT_SECONDS
from shared.access.store import audit_cuts
from shared.households.store import closed_rows, history, rebuilding
from shared.kernel import refused_rows, retention
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, Snapshot, connect
from shared.kernel.retention import Removed
from shared.messaging import quarantine
from shared.money.store import runs
from shared.runtime.errors import StartError

# Younger than that nothing goes: what is under way (deliveries, callbacks, files) ends before.
DAYS_MIN = 35
# Longer than any request runs that was let in before the horizon was raised.
GRACE_SECONDS = 60.0


class Kept(StrEnum):
    """What has a horizon."""

    KNOWLEDGE = "knowledge"
    AUDIT = "audit"
    IMPORTS = "imports"
    QUARANTINE = "quarantine"


def retain(
    what: Annotated[Kept, typer.Argument(help="whose horizon is raised")],
    keep_days: Annotated[int, typer.Option(help="how many days back everything is kept")],
    apply: Annotated[bool, typer.Option("--apply", help="remove; without it, only say")] = False,
) -> None:
    """Say what is older than it must be kept, in rows and bytes; --apply removes it for good."""
    if keep_days < DAYS_MIN:
        raise StartError(f"--keep-days is at least {DAYS_MIN}: what is under way ends before")
    before = SystemClock().now() - timedelta(days=keep_days)
    run_with_database(lambda _, dsn: _retain(dsn, what, before, apply))


async def _retain(dsn: str, what: Kept, before: datetime, apply: bool) -> int:
    async with _opened(dsn) as database:
        if apply:
            done = await remove(database, what, before)
        else:
            done = await outlook(database, what, before)
    word = "removed" if apply else "would be removed"
    for table, part in done.items():
        told = f"{table}: {part.rows} rows, {part.row_bytes / 1e6:.1f} MB in them, {word}"
        OUT.print(told, soft_wrap=True)
    since = before.isoformat(timespec="seconds")
    if apply:
        OUT.print(f"Kept from {since} on. The room is used again; VACUUM FULL gives it back.")
    else:
        OUT.print(f"Nothing was removed; with --apply all is kept from {since} on.")
    return 0


@asynccontextmanager
async def _opened(dsn: str) -> AsyncIterator[Database]:
    database = await connect(dsn, name="retain", pool_max=2, statement_seconds=STATEMENT_SECONDS)
    try:
        yield database
    finally:
        await database.close()


async def outlook(database: Database, what: Kept, before: datetime) -> dict[str, Removed]:
    """Return what is older, table by table."""
    async with database.snapshot() as snapshot:
        match what:
            case Kept.KNOWLEDGE:
                return await _closed(snapshot, before)
            case Kept.AUDIT:
                return {audit_cuts.TABLE: await audit_cuts.count(snapshot, before)}
            case Kept.IMPORTS:
                return {refused_rows.TABLE: await refused_rows.count(snapshot, before)}
            case Kept.QUARANTINE:
                return {"quarantine": await quarantine.count_settled(snapshot, before)}


async def _closed(snapshot: Snapshot, before: datetime) -> dict[str, Removed]:
    known_by = await runs.instants(snapshot, before)
    everybody = ("", rebuilding.END)
    return {
        table: await closed_rows.count(snapshot, table, everybody, before, known_by)
        for table in closed_rows.TABLES
    }


async def remove(
    database: Database, what: Kept, before: datetime, grace: float = GRACE_SECONDS
) -> dict[str, Removed]:
    """Raise the horizon, wait, remove; return what went, table by table."""
    tables = REMOVALS[what]
    async with database.transaction() as tx:
        numbers = {table: await retention.order(tx, table, before) for table in tables}
        if what is Kept.KNOWLEDGE:
            await history.forget(tx, before)
    await asyncio.sleep(grace)
    return {table: await work(database, before, numbers[table]) for table, work in tables.items()}
