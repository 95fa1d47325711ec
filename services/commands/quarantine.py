"""`registry quarantine`: list, show and send again what the workers refused."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from services.commands.shell import OUT, open_database, run_with_database
from shared.messaging import quarantine


def list_quarantine(limit: int = 100) -> None:
    """List what is in quarantine."""
    run_with_database(lambda _, dsn: _list(dsn, limit))


def show_quarantine(quarantine_id: int) -> None:
    """Show one quarantined item in full."""
    run_with_database(lambda _, dsn: _show(dsn, quarantine_id))


def replay_quarantine(quarantine_ids: list[int]) -> None:
    """Send quarantined items once more."""
    run_with_database(lambda _, dsn: _replay(dsn, quarantine_ids))


async def _list(dsn: str, limit: int) -> None:
    async with open_database(dsn) as database, database.statement() as snapshot:
        items = await quarantine.list_open(snapshot, limit, None)
    table = Table("id", "route", "item", "reason", "attempts", "last seen")
    for q in items:
        seen = q.last_seen_at.isoformat(timespec="seconds")
        table.add_row(str(q.quarantine_id), q.route, q.item, q.reason, str(q.attempts), seen)
    Console().print(table if items else "The quarantine is empty.")


async def _show(dsn: str, quarantine_id: int) -> int:
    async with open_database(dsn) as database, database.statement() as snapshot:
        item = await quarantine.show(snapshot, quarantine_id)
    if item is None:
        print(f"registry: nothing is quarantined under {quarantine_id}", file=sys.stderr)
        return 1
    OUT.print(item)
    return 0


async def _replay(dsn: str, ids: list[int]) -> int:
    """Send items once more; safe to repeat, for handlers recompute."""
    async with open_database(dsn) as database, database.transaction() as tx:
        sent = await quarantine.replay(tx, ids)
    print(f"{len(sent)} of {len(ids)} sent again")
    return 0 if len(sent) == len(ids) else 1
