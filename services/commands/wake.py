"""What an operator does after a loss: `registry wake` orders what is due, `registry restored`."""

from __future__ import annotations

from services.commands.shell import OUT, open_database, run_with_database
from services.worker.due import due_works
from services.worker.reconciler import ITEMS_MAX, OVERDUE_SECONDS, Reconciler
from shared.kernel import knowledge, reconciliation
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database
from shared.law.store.seeds import SeedCache
from shared.messaging import outbox


def wake() -> None:
    """Order what is due anew, at once: after a broker lost its messages, or after a restore."""
    run_with_database(lambda _, dsn: wake_all(dsn))


def restored() -> None:
    """Say that this database came from a backup: cursors of the feed given out before expire."""
    run_with_database(lambda _, dsn: _begin_epoch(dsn))


async def _begin_epoch(dsn: str) -> None:
    async with open_database(dsn, "restored") as database, database.transaction() as tx:
        await knowledge.begin_epoch(tx)
    OUT.print("Cursors of the change feed from before the restore are answered 410 cursor_expired.")


async def wake_all(dsn: str) -> None:
    """Order everything that is due, however young, and say how much of each kind."""
    async with open_database(dsn, "wake") as database:
        reconciler = Reconciler(database, SystemClock(), due_works(SeedCache()))
        outlooks = await reconciler.look(overdue_seconds=0.0, at_once=True)
    for outlook in outlooks:
        if outlook.ordered:
            OUT.print(f"{outlook.work}: {outlook.ordered} ordered anew")
    if not any(outlook.ordered for outlook in outlooks):
        OUT.print("Nothing is due.")


async def overdue(database: Database) -> list[str]:
    """Say what is due for longer than any batch may take and waits in no outbox, a line each."""
    lines: list[str] = []
    for work in due_works(SeedCache()):
        async with database.snapshot() as snapshot:
            seen = await reconciliation.progress(snapshot, work.name)
            until = await reconciliation.horizon(snapshot, seen.done_through, OVERDUE_SECONDS)
            late = await work.late(snapshot, seen.done_through, until, ITEMS_MAX)
            if not late or await outbox.waits(snapshot, work.carried_by):
                continue
        oldest = min(one.since for one in late)
        lines.append(
            f"{work.name}: {len(late)} due since {oldest:%Y-%m-%d %H:%M:%S} UTC and carried by "
            "nobody (`registry wake` orders them anew)"
        )
    return lines
