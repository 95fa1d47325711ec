"""How far each kind of work has been seen done, and how often what nobody carried was said again.

A look reads only what was recorded since the last thing that was still due; so it stays cheap, and
the row is all that a look leaves behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, Table, Text

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.locks import Lock
from shared.kernel.metadata import METADATA

# A look takes in so many ingest transactions, of a thousand facts at most, and the next goes on.
RECORDINGS_AT_ONCE = 200

RECONCILIATION = Table(
    "reconciliation",
    METADATA,
    Column("work", Text, primary_key=True),
    # Nothing recorded at or before this instant is due any more.
    Column("done_through", DateTime(timezone=True), nullable=False),
    # What the last look found still due: the oldest, how many, and up to when it looked.
    Column("oldest", DateTime(timezone=True)),
    Column("items", Integer, nullable=False, server_default="0"),
    Column("looked_through", DateTime(timezone=True), nullable=False),
    # When it was last said again, and how often since it was last all done.
    Column("said_at", DateTime(timezone=True)),
    Column("times", Integer, nullable=False, server_default="0"),
)


@dataclass(frozen=True, slots=True)
class WorkProgress:
    """What is remembered of one kind of work; instants are of the database's clock."""

    done_through: datetime | None = None
    oldest: datetime | None = None
    items: int = 0
    looked_through: datetime | None = None
    said_at: datetime | None = None
    times: int = 0


@dataclass(frozen=True, slots=True)
class Late:
    """Something that is due, and since when: the instant of the fact that it has not taken in."""

    item: str
    since: datetime


def not_aside(item: str) -> str:
    """Return the SQL that an item is not in quarantine: there it waits for a decision."""
    return f"NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.item = {item} AND q.state = 'open')"


async def alone(tx: Transaction) -> bool:
    """Say whether no other process reconciles at this moment; then none does until commit."""
    free: bool = await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", Lock.RECONCILIATION)
    return free


async def progress(snapshot: Snapshot, work: str) -> WorkProgress:
    """Return what is remembered of a kind of work."""
    row = await snapshot.fetchrow(
        "SELECT done_through, oldest, items, looked_through, said_at, times "
        "FROM reconciliation WHERE work = $1",
        work,
    )
    return WorkProgress() if row is None else WorkProgress(*row)


async def outlook(snapshot: Snapshot) -> dict[str, WorkProgress]:
    """Return what is remembered of every kind of work that was looked at."""
    rows = await snapshot.fetch(
        "SELECT work, done_through, oldest, items, looked_through, said_at, times "
        "FROM reconciliation ORDER BY work"
    )
    return {work: WorkProgress(*rest) for work, *rest in rows}


async def remember(tx: Transaction, work: str, made: WorkProgress) -> None:
    """Replace what is remembered of a kind of work."""
    await tx.execute(
        """
        INSERT INTO reconciliation (work, done_through, oldest, items, looked_through, said_at,
            times) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (work) DO UPDATE SET done_through = excluded.done_through,
            oldest = excluded.oldest, items = excluded.items,
            looked_through = excluded.looked_through, said_at = excluded.said_at,
            times = excluded.times
        """,
        work,
        made.done_through,
        made.oldest,
        made.items,
        made.looked_through,
        made.said_at,
        made.times,
    )


async def horizon(snapshot: Snapshot, after: datetime | None, overdue_seconds: float) -> datetime:
    """Return up to which instant a look is to go: of settled facts that are old enough, a part.

    By the start of the transaction: by a clock that goes on, a look while facts come in would have
    a little more before it each time, and never end.
    """
    until: datetime = await snapshot.fetchval(
        """
        SELECT least(
            (SELECT at FROM knowledge_clock),
            now() - make_interval(secs => $2),
            (SELECT recorded_at FROM recordings
             WHERE recorded_at > coalesce($1, '-infinity'::timestamptz)
             ORDER BY recorded_at OFFSET $3 LIMIT 1))
        """,
        after,
        overdue_seconds,
        RECORDINGS_AT_ONCE,
    )
    return until
