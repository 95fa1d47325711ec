"""The stored "announced up to" day: no transition is published before its own day has come."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Column, Date, SmallInteger, Table

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.locks import Lock
from shared.kernel.metadata import METADATA

ANNOUNCEMENTS = Table(
    "announcements",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("announced_through", Date, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)


async def begin(tx: Transaction, today: date) -> None:
    """Start the announced day at today, once: what lies in the past is published as it comes in."""
    await tx.execute(
        "INSERT INTO announcements (id, announced_through) VALUES (1, $1) ON CONFLICT DO NOTHING",
        today,
    )


async def through(tx: Transaction) -> date:
    """Return the announced day; it cannot advance until this transaction ends.

    Without the shared lock a batch could store a future change just after the announcer had looked
    for those that are due, and it would never be announced.
    """
    await tx.execute("SELECT pg_advisory_xact_lock_shared($1)", Lock.ANNOUNCEMENT)
    day: date = await tx.fetchval("SELECT announced_through FROM announcements")
    return day


async def peek(snapshot: Snapshot) -> date:
    """Return the announced day without holding it."""
    day: date = await snapshot.fetchval("SELECT announced_through FROM announcements")
    return day


async def hold_batches(tx: Transaction) -> None:
    """Wait for the batches in hand, and let new ones wait until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", Lock.ANNOUNCEMENT)


async def advance(tx: Transaction, today: date) -> list[str]:
    """Move the announced day to `today` and return the households with a change due by then.

    A day that has been announced stays announced.
    """
    await hold_batches(tx)
    moved = await tx.fetchval(
        "UPDATE announcements SET announced_through = $1 WHERE announced_through < $1 RETURNING 1",
        today,
    )
    if moved is None:
        return []
    rows = await tx.fetch(
        "SELECT DISTINCT household_id FROM episodes "
        "WHERE known_to IS NULL AND due_on IS NOT NULL AND due_on <= $1 ORDER BY household_id",
        today,
    )
    return [row[0] for row in rows]
