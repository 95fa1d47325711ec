"""Which work was begun and never ended: how a message that kills its worker is found.

A start is committed before the work and deleted at its end. It is a lease: whoever began it renews
it while it lives, so a start that is still renewed belongs to somebody at work, and only one whose
lease ran out belongs to a worker that died or hung. Each lease has an id of its own; a worker that
was given up and comes back late finds its effects done by another, which recomputing allows.
Item '' stands for the whole message.

A row may outlive its message: a worker that loses its connection just as it starts, and then dies,
leaves a start that nobody ends, for another has settled the message by then. So starts grow old.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, Table, Text, Uuid, func

from shared.kernel.database import Transaction
from shared.kernel.metadata import METADATA
from shared.messaging.message import Message
from shared.messaging.worker import certainly_gone

WHOLE = ""
# What kills its worker is back within seconds, and gets all of its starts on one day.
FORGOTTEN_SECONDS = 86_400.0

CRASH_LEDGER = Table(
    "crash_ledger",
    METADATA,
    Column("route", Text, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("item", Text, nullable=False, server_default=WHOLE),
    Column("lease", Uuid, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("renewed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("route", "message_id", "item", "lease"),
)


@dataclass(frozen=True, slots=True)
class Starts:
    """The starts of a message that nobody ended: deaths per item, and others still at work."""

    deaths: dict[str, int]
    at_work: bool


async def start(
    tx: Transaction, route: str, message: Message, item: str, lease: UUID, worker: str
) -> None:
    """Record that this item is begun; the caller commits before it begins the work."""
    await tx.execute(
        """INSERT INTO crash_ledger (route, message_id, item, lease, worker)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING""",
        route,
        message.id,
        item,
        lease,
        worker,
    )


async def renew(tx: Transaction, lease: UUID) -> None:
    """Tell that whoever holds the lease is still at work."""
    await tx.execute("UPDATE crash_ledger SET renewed_at = now() WHERE lease = $1", lease)


async def starts(
    tx: Transaction, route: str, message: Message, lease_seconds: float, me: str
) -> Starts:
    """Forget what is too old to count, whosever it is, and return the starts without an end.

    After the database was away nobody could renew: for one lease after its own start it takes every
    worker for living, but those of which this machine knows that they ended.
    """
    await tx.execute(
        "DELETE FROM crash_ledger WHERE started_at < now() - make_interval(secs => $1)",
        FORGOTTEN_SECONDS,
    )
    rows = await tx.fetch(
        """SELECT item, worker, greatest(renewed_at, pg_postmaster_start_time())
                                < now() - make_interval(secs => $3) AS expired
             FROM crash_ledger WHERE route = $1 AND message_id = $2""",
        route,
        message.id,
        lease_seconds,
    )
    dead = [item for item, worker, expired in rows if expired or certainly_gone(worker, me)]
    return Starts(dict(Counter(dead)), at_work=len(dead) < len(rows))


async def end(tx: Transaction, route: str, message: Message, item: str | None = None) -> None:
    """Forget the starts of one item, or of the whole message and all of its items."""
    await tx.execute(
        """DELETE FROM crash_ledger
            WHERE route = $1 AND message_id = $2 AND ($3::text IS NULL OR item = $3)""",
        route,
        message.id,
        item,
    )


async def give_up(tx: Transaction, lease: UUID) -> None:
    """Forget what was begun under a lease: its worker lives and has not ended the work."""
    await tx.execute("DELETE FROM crash_ledger WHERE lease = $1", lease)
