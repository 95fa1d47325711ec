"""What was refused, as rows: with the reason, to be listed, replayed, or healed by a success.

One row for each (route, message, item); item '' is a message that could not be read at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.messaging import outbox
from shared.messaging.message import FutureMessage, MalformedMessage, decode, encode, narrow

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("quarantine_id", BigInteger, Identity(always=True), primary_key=True),
    Column("route", Text, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("item", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("sqlstate", Text),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default="open"),
    CheckConstraint("state IN ('open', 'replayed', 'resolved')", name="state"),
    UniqueConstraint("route", "message_id", "item"),
    Index(None, "route", "item", postgresql_where=text("state <> 'resolved'")),
    Index("ix_quarantine_open", "quarantine_id", postgresql_where=text("state = 'open'")),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item to put aside, and why."""

    route: str
    message_id: UUID
    item: str
    type: str
    payload: str
    reason: str
    detail: str
    sqlstate: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that was put aside."""

    quarantine_id: int
    route: str
    message_id: UUID
    item: str
    type: str
    payload: str
    reason: str
    detail: str
    sqlstate: str | None
    attempts: int
    first_seen_at: datetime
    last_seen_at: datetime
    state: str


_COLUMNS = ", ".join(Quarantined.__dataclass_fields__)


async def put(tx: Transaction, refusals: Sequence[Refusal]) -> None:
    """Put items aside; one that is there already is opened again with the new reason."""
    await tx.executemany(
        """INSERT INTO quarantine
                  (route, message_id, item, type, payload, reason, detail, sqlstate)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (route, message_id, item) DO UPDATE
              SET reason = excluded.reason, detail = excluded.detail,
                  sqlstate = excluded.sqlstate, payload = excluded.payload,
                  attempts = quarantine.attempts + 1, last_seen_at = now(), state = 'open'""",
        [
            (r.route, r.message_id, r.item, r.type, r.payload, r.reason, r.detail, r.sqlstate)
            for r in refusals
        ],
    )


async def list_open(snapshot: Snapshot, limit: int, cursor: int | None = None) -> list[Quarantined]:
    """Return open rows, oldest first, after the row numbered `cursor`."""
    rows = await snapshot.fetch(
        f"""SELECT {_COLUMNS} FROM quarantine WHERE state = 'open' AND quarantine_id > $2
            ORDER BY quarantine_id LIMIT $1""",
        limit,
        cursor or 0,
    )
    return [Quarantined(*row) for row in rows]


async def count_open(snapshot: Snapshot) -> int:
    """Return how many items wait in quarantine."""
    number: int = await snapshot.fetchval("SELECT count(*) FROM quarantine WHERE state = 'open'")
    return number


async def show(snapshot: Snapshot, quarantine_id: int) -> Quarantined | None:
    """Return one row, or None."""
    row = await snapshot.fetchrow(
        f"SELECT {_COLUMNS} FROM quarantine WHERE quarantine_id = $1", quarantine_id
    )
    return Quarantined(*row) if row else None


async def replay(tx: Transaction, ids: Sequence[int]) -> list[int]:
    """Send these items once more and return the row numbers that could be sent.

    A message carries only the item that was put aside. One that nobody can read stays open.
    """
    rows = await tx.fetch(
        f"""SELECT {_COLUMNS} FROM quarantine
             WHERE quarantine_id = ANY($1::bigint[]) AND state <> 'resolved'
             ORDER BY quarantine_id FOR UPDATE""",
        ids,
    )
    sent = [row["quarantine_id"] for row in rows if await _send(tx, Quarantined(*row))]
    await tx.execute(
        "UPDATE quarantine SET state = 'replayed' WHERE quarantine_id = ANY($1::bigint[])", sent
    )
    return sent


async def _send(tx: Transaction, row: Quarantined) -> bool:
    try:
        message = decode(row.payload.encode())
    except (MalformedMessage, FutureMessage):
        return False
    narrowed = narrow(message, [row.item] if row.item else [])
    await outbox.resend(tx, narrowed.type, encode(narrowed))
    return True


async def resolve(tx: Transaction, route: str, items: Sequence[str]) -> None:
    """Close the rows of items that have now been handled: a recompute heals what failed before."""
    await tx.execute(
        """UPDATE quarantine SET state = 'resolved'
            WHERE route = $1 AND item = ANY($2::text[]) AND state <> 'resolved'""",
        route,
        items,
    )
