"""`registry quarantine`: list, show, send again or discard what the workers refused."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
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


def discard_quarantine(
    quarantine_id: int,
    reason: Annotated[str, typer.Option(help="Why it is given up; kept with the row.")],
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
) -> None:
    """Give up a message that nobody can read; it is kept with the reason."""
    if not reason.strip():
        raise typer.BadParameter("a reason is needed", param_hint="--reason")
    who = by or getpass.getuser()
    run_with_database(lambda _, dsn: _discard(dsn, quarantine_id, who, reason.strip()))


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
        verdicts = await quarantine.replay(tx, ids)
    refused = _print_refused(verdicts)
    print(f"{len(verdicts) - refused} of {len(verdicts)} sent again")
    return 1 if refused else 0


async def _discard(dsn: str, quarantine_id: int, by: str, because: str) -> int:
    async with open_database(dsn) as database, database.transaction() as tx:
        verdict = await quarantine.discard(tx, quarantine_id, by, because)
    if _print_refused([verdict]):
        return 1
    print(f"{quarantine_id} is discarded")
    return 0


def _print_refused(verdicts: Sequence[quarantine.Verdict]) -> int:
    refused = [verdict for verdict in verdicts if verdict.refused]
    for verdict in refused:
        print(f"registry: {verdict.quarantine_id}: {verdict.refused}", file=sys.stderr)
    return len(refused)
