"""System time: one clock per database that only moves forward, in commit order.

Every transaction that changes what can be answered calls `tick()` last, just before its result
rows, and holds the clock until it commits. So instants follow commit order, everything at or before
a committed instant is visible with it, and an answer for a past instant can never change.
"""

from __future__ import annotations

from datetime import datetime
from secrets import randbits

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    SmallInteger,
    Table,
    Text,
)

from shared.kernel.database import Database, Snapshot, Transaction
from shared.kernel.errors import DomainError
from shared.kernel.locks import Lock
from shared.kernel.metadata import METADATA
from shared.kernel.retention import KNOWLEDGE

RECORDINGS_OPEN_MAX = 1000

KNOWLEDGE_CLOCK = Table(
    "knowledge_clock",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    # Whatever was committed after a backup is gone after its restore, and its numbers come again.
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("id = 1", name="one_row"),
)

# One row per committed ingest transaction: it gives system time to all facts stored in it, without
# holding the clock while they are inserted.
RECORDINGS = Table(
    "recordings",
    METADATA,
    Column("recording_id", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("door", Text, nullable=False),
)
Index("ix_recordings_recorded_at", RECORDINGS.c.recorded_at)

_TICK = f"""
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock({Lock.CLOCK}))
UPDATE knowledge_clock SET at = greatest(clock_timestamp(), at + interval '1 microsecond')
FROM held RETURNING at
"""


async def tick(tx: Transaction) -> datetime:
    """Take the clock until commit and return this transaction's instant."""
    at: datetime = await tx.fetchval(_TICK)
    return at


async def settled(snapshot: Snapshot) -> datetime:
    """Return the instant of the last commit visible here; asked for it again, nothing differs."""
    at: datetime = await snapshot.fetchval("SELECT at FROM knowledge_clock")
    return at


async def watermark(database: Database) -> tuple[datetime, datetime]:
    """Return (settled, now): nothing that commits later gets an instant at or before `settled`.

    When no writer holds the clock, that is this very moment; else it is the last committed instant.
    What is given out moves the clock: should the machine's own jump back, no later commit may fall
    before an answer that was given.
    """
    async with database.transaction() as tx:
        free = await tx.fetchval(f"SELECT pg_try_advisory_xact_lock_shared({Lock.CLOCK})")
        now: datetime = await tx.fetchval("SELECT clock_timestamp()")
        if not free:
            return await settled(tx), now
        at: datetime = await tx.fetchval(
            "UPDATE knowledge_clock SET at = greatest(at, $1) RETURNING at", now
        )
        return at, now


_SPAN = f"""
SELECT at, clock_timestamp(),
    (SELECT max(kept_from) FROM retentions WHERE subject = '{KNOWLEDGE}')
FROM knowledge_clock
"""


def check_kept(known_at: datetime, kept_from: datetime | None) -> None:
    """Refuse an instant of which closed rows were removed."""
    if kept_from is not None and known_at < kept_from:
        raise DomainError(
            "not_kept", f"what was known is kept from {kept_from.isoformat()} on; ask from there on"
        )


async def reached(snapshot: Snapshot, known_at: datetime) -> tuple[datetime, datetime]:
    """Return what is settled in this database, and its now; refuse a `known_at` not kept."""
    at: datetime
    now: datetime
    [(at, now, kept_from)] = await snapshot.fetch(_SPAN)
    check_kept(known_at, kept_from)
    return at, now


async def check_settled(database: Database, known_at: datetime) -> datetime:
    """Return what is settled if `known_at` is.

    Else refuse by `not_settled` or `in_future`, and by `not_kept` what lies before the horizon.
    """
    async with database.statement() as snapshot:
        at, now = await reached(snapshot, known_at)
    if known_at <= at:
        return at
    if known_at <= now:
        at, now = await watermark(database)
        if known_at <= at:
            return at
    if known_at > now:
        raise DomainError("in_future", f"known_at lies in the future; it is {now.isoformat()}")
    raise DomainError(
        "not_settled",
        f"known_at lies after the settled watermark {at.isoformat()}; ask again in a moment",
    )


async def begun(snapshot: Snapshot) -> datetime | None:
    """Return when the first facts were stored."""
    at: datetime | None = await snapshot.fetchval(
        "SELECT recorded_at FROM recordings ORDER BY recording_id LIMIT 1"
    )
    return at


async def epoch(snapshot: Snapshot) -> int:
    """Return which life of the database this is; places in a feed hold within one."""
    number: int = await snapshot.fetchval("SELECT epoch FROM knowledge_clock")
    return number


async def begin_epoch(tx: Transaction) -> None:
    """Begin another life; drawn, not counted on: the backup may be older than the last restore."""
    await tx.execute("UPDATE knowledge_clock SET epoch = $1", randbits(53))


async def next_recording(tx: Transaction) -> int:
    """Reserve the id that the facts of this transaction carry."""
    recording: int = await tx.fetchval("SELECT nextval('recording_ids')")
    return recording


async def record(tx: Transaction, recording_id: int, door: str) -> datetime:
    """Give the facts of this transaction their system time; call it last, then commit."""
    at = await tick(tx)
    await tx.execute(
        "INSERT INTO recordings (recording_id, recorded_at, door) VALUES ($1, $2, $3)",
        recording_id,
        at,
        door,
    )
    return at


async def others_recorded(tx: Transaction, recording_id: int, since: datetime) -> bool:
    """Say whether another transaction recorded facts after `since`; ask with the clock in hand.

    One that was open beside this one has an id close to its own.
    """
    recorded: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT 1 FROM recordings WHERE recording_id > $1 - $3::bigint "
        "AND recording_id <> $1 AND recorded_at > $2)",
        recording_id,
        since,
        RECORDINGS_OPEN_MAX,
    )
    return recorded


async def doors(snapshot: Snapshot, since: datetime) -> list[tuple[str, int, datetime]]:
    """Return each door with how many transactions came through since then, and the last of them."""
    rows = await snapshot.fetch(
        "SELECT door, count(*), max(recorded_at) FROM recordings WHERE recorded_at > $1 "
        "GROUP BY door ORDER BY door",
        since,
    )
    return [(row[0], row[1], row[2]) for row in rows]
