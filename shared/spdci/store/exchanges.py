"""Exchanges in the store: what is to be called back is read from here and from nowhere else.

What was asked may name persons, so it is sealed, and forgotten once it was answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.kernel.sealing import Keyring, seal, unseal
from shared.spdci.exchanges import Action, Exchange, ExchangeState, PartOutcome

SPDCI_EXCHANGES = Table(
    "spdci_exchanges",
    METADATA,
    Column("correlation_id", Uuid, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("sender_uri", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("transaction_id", Text, nullable=False),
    Column("reference_ids", ARRAY(Text), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("outcome", JSONB, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    # Null once it is answered or given up.
    Column("sealed", LargeBinary),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("status", Integer),
    Column("fault", Text),
    # Of the request that brought it, where that is recorded.
    Column("traceparent", Text),
)
Index(
    "uq_spdci_exchanges_message",
    *(SPDCI_EXCHANGES.c.client_id, SPDCI_EXCHANGES.c.message_id),
    unique=True,
)
Index("ix_spdci_exchanges_transaction", SPDCI_EXCHANGES.c.transaction_id)
Index(
    "ix_spdci_exchanges_due",
    SPDCI_EXCHANGES.c.due_at,
    postgresql_where=SPDCI_EXCHANGES.c.state == "waiting",
)
_COLUMNS = (
    "correlation_id, client_id, sender_id, sender_uri, action, message_id, transaction_id, "
    "reference_ids, received_at, state, attempts, outcome"
)
# Whoever takes one has so long to call back; then another worker does.
TAKEN_FOR = timedelta(seconds=60)
KEPT_FOR = timedelta(days=30)


def _exchange(*row: Any) -> Exchange:
    fields = (*row[:11], msgspec.convert(row[11], list[PartOutcome]))
    return Exchange(*fields)


def _key(ring: Keyring, correlation_id: UUID) -> bytes:
    return ring.digest("spdci exchange", correlation_id.bytes)


async def add(
    tx: Transaction,
    ring: Keyring,
    exchange: Exchange,
    content: bytes,
    traceparent: str | None = None,
) -> UUID | None:
    """Store a message to be answered; return its id, that of the same message sent before, or None
    where another message had its id.
    """
    digest = ring.digest("spdci message", content)
    added = await tx.fetchval(
        f"INSERT INTO spdci_exchanges ({_COLUMNS}, digest, sealed, due_at, traceparent) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $9, $15) "
        "ON CONFLICT DO NOTHING RETURNING correlation_id",
        exchange.correlation_id,
        exchange.client_id,
        exchange.sender_id,
        exchange.sender_uri,
        exchange.action,
        exchange.message_id,
        exchange.transaction_id,
        exchange.references,
        exchange.received_at,
        exchange.state,
        exchange.attempts,
        [],
        digest,
        seal(_key(ring, exchange.correlation_id), content, exchange.correlation_id.bytes),
        traceparent,
    )
    if added is not None:
        return exchange.correlation_id
    same: UUID | None = await tx.fetchval(
        "SELECT correlation_id FROM spdci_exchanges "
        "WHERE client_id = $1 AND message_id = $2 AND digest = $3",
        *(exchange.client_id, exchange.message_id, digest),
    )
    return same


async def waiting(snapshot: Snapshot, client_id: str) -> int:
    """Return how many messages of a client have still to be called back about."""
    number: int = await snapshot.fetchval(
        "SELECT count(*) FROM spdci_exchanges WHERE client_id = $1 AND state = 'waiting'", client_id
    )
    return number


class DueExchange(Struct, frozen=True):
    """An exchange whose turn it is, and what was asked."""

    exchange: Exchange
    content: bytes
    traceparent: str | None = None


async def take(tx: Transaction, ring: Keyring, now: datetime, limit: int) -> list[DueExchange]:
    """Take what is due: it is nobody else's for a minute."""
    rows = await tx.fetch(
        f"""
        UPDATE spdci_exchanges SET due_at = $1::timestamptz + $2, attempts = attempts + 1
        WHERE correlation_id IN (
            SELECT correlation_id FROM spdci_exchanges WHERE state = 'waiting' AND due_at <= $1
            ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING {_COLUMNS}, sealed, traceparent
        """,
        *(now, TAKEN_FOR, limit),
    )
    return [
        DueExchange(
            _exchange(*row[:12]), unseal(_key(ring, row[0]), row[12], row[0].bytes), row[13]
        )
        for row in rows
    ]


async def decide(tx: Transaction, correlation_id: UUID, outcome: Sequence[PartOutcome]) -> None:
    """Store what became of the requests of a message, before anybody is told."""
    await tx.execute(
        "UPDATE spdci_exchanges SET outcome = $2 WHERE correlation_id = $1",
        *(correlation_id, msgspec.to_builtins(list(outcome))),
    )


class Attempted(Struct, frozen=True):
    """What came of calling back."""

    correlation_id: UUID
    state: ExchangeState
    due_at: datetime
    sent_at: datetime
    status: int | None
    fault: str | None


async def settle(tx: Transaction, attempt: Attempted) -> None:
    """Store what came of calling back; what was asked is forgotten where it is the end.

    Who was too long about it may come after another one: what has ended stays so.
    """
    await tx.execute(
        "UPDATE spdci_exchanges SET state = $2, due_at = $3, sent_at = $4, status = $5, "
        "fault = $6, sealed = CASE WHEN $2 = 'waiting' THEN sealed END "
        "WHERE correlation_id = $1 AND state = 'waiting'",
        *(attempt.correlation_id, attempt.state, attempt.due_at, attempt.sent_at),
        *(attempt.status, attempt.fault),
    )


_NAMED_BY = {
    "transaction_id": "transaction_id = ANY($3::text[])",
    "correlation_id": "correlation_id::text = ANY($3::text[])",
    "reference_id_list": "reference_ids && $3::text[]",
}


async def named_by(
    snapshot: Snapshot, client_id: str, action: Action, attribute: str, values: Sequence[str]
) -> list[Exchange]:
    """Return the exchanges of a client that have an id, the newest first."""
    rows = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM spdci_exchanges WHERE client_id = $1 AND action = $2 "
        f"AND {_NAMED_BY[attribute]} ORDER BY received_at DESC LIMIT 100",
        *(client_id, action, list(values)),
    )
    return [_exchange(*row) for row in rows]


async def forget(tx: Transaction, before: datetime) -> None:
    """Take out what was answered or given up long ago."""
    await tx.execute(
        "DELETE FROM spdci_exchanges WHERE state <> 'waiting' AND received_at < $1", before
    )
