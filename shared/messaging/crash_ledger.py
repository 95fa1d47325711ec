"""Which work was begun and never ended: how a message that kills its worker is found.

A start is committed before the work, its end deletes it, so a row that is found again belongs to a
worker that died or hung. Item '' stands for the whole message.

A row may outlive its message: a worker that loses its connection just as it starts, and then dies,
leaves a start that nobody ends, for another has settled the message by then. So starts grow old.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, PrimaryKeyConstraint, Table, Text, Uuid, func

from shared.kernel.database import Transaction
from shared.kernel.metadata import METADATA
from shared.messaging.message import Message

WHOLE = ""
# What kills its worker is back within seconds, and gets all of its starts on one day.
FORGOTTEN_SECONDS = 86_400.0

CRASH_LEDGER = Table(
    "crash_ledger",
    METADATA,
    Column("route", Text, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("item", Text, nullable=False, server_default=WHOLE),
    Column("starts", Integer, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("worker", Text, nullable=False),
    PrimaryKeyConstraint("route", "message_id", "item"),
)


async def start(tx: Transaction, route: str, message: Message, item: str, worker: str) -> None:
    """Record one more start of this item; the caller commits before it begins the work."""
    await tx.execute(
        """INSERT INTO crash_ledger (route, message_id, item, starts, worker)
           VALUES ($1, $2, $3, 1, $4)
           ON CONFLICT (route, message_id, item) DO UPDATE
              SET starts = crash_ledger.starts + 1, started_at = now(), worker = excluded.worker""",
        route,
        message.id,
        item,
        worker,
    )


async def starts(tx: Transaction, route: str, message: Message) -> dict[str, int]:
    """Forget what is too old to count, whosever it is, and return the starts without an end."""
    await tx.execute(
        "DELETE FROM crash_ledger WHERE started_at < now() - make_interval(secs => $1)",
        FORGOTTEN_SECONDS,
    )
    rows = await tx.fetch(
        "SELECT item, starts FROM crash_ledger WHERE route = $1 AND message_id = $2",
        route,
        message.id,
    )
    return {row["item"]: row["starts"] for row in rows}


async def end(tx: Transaction, route: str, message: Message, item: str | None = None) -> None:
    """Forget the starts of one item, or of the whole message and all of its items."""
    await tx.execute(
        """DELETE FROM crash_ledger
            WHERE route = $1 AND message_id = $2 AND ($3::text IS NULL OR item = $3)""",
        route,
        message.id,
        item,
    )
