"""The outbox: messages that are committed but not yet confirmed; the relay deletes what was.

Rows are claimed by state and lock, never by a "last seq" cursor: numbers are given before commit,
so a cursor would skip a row whose transaction ended late. Delays and retries are `available_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
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
)

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.messaging.message import Message, encode

PARKED = "parked"

OUTBOX = Table(
    "outbox",
    METADATA,
    # Scan order only; it is not the order of commits.
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("available_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("held_by", Text),
    Column("last_error", Text),
    UniqueConstraint("message_id"),
    Index(None, "available_at", "seq"),
    postgresql_with={
        "fillfactor": 90,
        "autovacuum_vacuum_scale_factor": 0.01,
        "autovacuum_vacuum_cost_delay": 0,
    },
)


@dataclass(frozen=True, slots=True)
class Row:
    """A claimed row; `held_by` is the process that had it in hand before, if one did."""

    seq: int
    message_id: UUID
    type: str
    payload: str
    attempts: int
    held_by: str | None


async def append(tx: Transaction, messages: Sequence[Message]) -> None:
    """Add messages to this transaction; one whose id is still waiting is not added twice."""
    await _insert(tx, [(message.id, message.type, encode(message)) for message in messages])


async def resend(
    tx: Transaction, type_: str, payload: bytes, *, after: float = 0.0, error: str | None = None
) -> None:
    """Add a message once more under a row id of its own, available after some seconds.

    The first row may still be in a relay's hands, so its id must not hide this one.
    """
    await _insert(tx, [(uuid4(), type_, payload)], after, error)


async def _insert(
    tx: Transaction,
    rows: Sequence[tuple[UUID, str, bytes]],
    after: float = 0.0,
    error: str | None = None,
) -> None:
    if rows:
        await tx.execute(
            """INSERT INTO outbox (message_id, type, payload, available_at, last_error)
               SELECT id, type, payload, now() + make_interval(secs => $4), $5
                 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, type, payload)
               ON CONFLICT (message_id) DO NOTHING""",
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2].decode() for row in rows],
            after,
            error,
        )


_COLUMNS = "seq, message_id, type, payload, attempts, held_by"


async def claim(tx: Transaction, limit: int, only: Sequence[int] | None = None) -> list[Row]:
    """Lock and return the oldest rows that are due and that no other relay holds.

    `only` narrows the claim to rows with these numbers.
    """
    rows = await tx.fetch(
        f"""SELECT {_COLUMNS} FROM outbox
             WHERE available_at <= now() AND ($2::bigint[] IS NULL OR seq = ANY($2))
             ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED""",
        limit,
        only,
    )
    return [Row(*row) for row in rows]


async def hold(tx: Transaction, seqs: Sequence[int], holder: str) -> None:
    """Note that `holder` has these rows in hand, to be seen after a crash of it."""
    await tx.execute(
        """UPDATE outbox SET held_by = $2
            WHERE seq = ANY($1::bigint[]) AND held_by IS DISTINCT FROM $2""",
        seqs,
        holder,
    )


async def release(tx: Transaction, holder: str) -> None:
    """Forget that `holder` had rows in hand: it ends in good order."""
    await tx.execute("UPDATE outbox SET held_by = NULL WHERE held_by = $1", holder)


async def delete(tx: Transaction, seqs: Sequence[int]) -> None:
    """Remove the rows that were confirmed."""
    if seqs:
        await tx.execute("DELETE FROM outbox WHERE seq = ANY($1::bigint[])", seqs)


async def postpone(
    tx: Transaction, seqs: Sequence[int], seconds: Sequence[float], errors: Sequence[str]
) -> None:
    """Put rows off that were refused: one more attempt, a pause and the reason each."""
    if seqs:
        await tx.execute(
            """UPDATE outbox SET attempts = attempts + 1, last_error = late.error,
                      available_at = now() + make_interval(secs => late.seconds)
                 FROM unnest($1::bigint[], $2::float8[], $3::text[])
                      AS late (seq, seconds, error)
                WHERE outbox.seq = late.seq""",
            seqs,
            seconds,
            errors,
        )


async def waits(snapshot: Snapshot, types: Sequence[str], since: datetime | None = None) -> bool:
    """Say whether a message of these types waits to be sent, or has been waiting since then."""
    old: bool = await snapshot.fetchval(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE type = ANY($1::text[]) "
        "AND created_at <= coalesce($2, 'infinity'::timestamptz))",
        types,
        since,
    )
    return old


async def depth(snapshot: Snapshot, cap: int) -> tuple[int, float]:
    """Return the waiting rows, counted up to `cap`, and the age in seconds of the oldest.

    Parked rows wait on purpose and do not count as late.
    """
    row = await snapshot.fetchrow(
        """SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT $1) AS capped),
                  (SELECT extract(epoch FROM now() - created_at)::float8 FROM outbox
                    WHERE last_error IS DISTINCT FROM $2 ORDER BY seq LIMIT 1)""",
        cap,
        PARKED,
    )
    depth = cast("Any", row)
    return depth[0], max(0.0, depth[1] or 0.0)
