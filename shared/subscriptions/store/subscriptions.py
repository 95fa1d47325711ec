"""Subscriptions in the store: their place in the feed, their secrets, and who delivers them now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.households.store import feed
from shared.households.transitions import MovementKind
from shared.kernel import knowledge
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.kernel.sealing import Keyring, seal, unseal
from shared.law.standards import ListName
from shared.subscriptions.signing import Secret
from shared.subscriptions.subscription import NEWS, Signature, Subscription

SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    Column("subscription_id", Uuid, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("callback_url", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("area_code", Text, nullable=False),
    Column("movement_kind", Text),
    Column("list", Text),
    Column("signature", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("paused_at", DateTime(timezone=True)),
    Column("pause_reason", Text),
    Column("ended_at", DateTime(timezone=True)),
    # Behind it lies what has still to be looked through; in which epoch of the feed it was reached.
    Column("place", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    # Up to this instant of the knowledge clock money and findings were looked through.
    Column("looked_through", DateTime(timezone=True), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", DateTime(timezone=True)),
    Column("rest_until", DateTime(timezone=True)),
    # Who delivers: nobody else does until then, by the database's clock.
    Column("lease", Uuid),
    Column("lease_until", DateTime(timezone=True)),
)
Index("ix_subscriptions_client", SUBSCRIPTIONS.c.client_id)

SUBSCRIPTION_SECRETS = Table(
    "subscription_secrets",
    METADATA,
    Column("subscription_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
)

_COLUMNS = (
    "subscription_id, client_id, callback_url, types, area_code, movement_kind, list, signature, "
    "created_at, paused_at, pause_reason, ended_at, place, epoch, looked_through, failures, "
    "failing_since, rest_until"
)


async def begin(
    tx: Transaction,
    subscription_id: UUID,
    now: datetime,
    *,
    client_id: str,
    callback_url: str,
    types: Sequence[str],
    area: str,
    kind: MovementKind | None = None,
    listed: ListName | None = None,
    signature: Signature = "v1",
) -> Subscription:
    """Store a new subscription, to be told of what is committed from now on, and return it."""
    s = Subscription(
        subscription_id,
        client_id,
        callback_url,
        types,
        area,
        kind,
        listed,
        signature,
        created_at=now,
        paused_at=None,
        pause_reason=None,
        ended_at=None,
        place=await feed.end(tx),
        epoch=await knowledge.epoch(tx),
        looked_through=await knowledge.settled(tx),
        failures=0,
        failing_since=None,
        rest_until=None,
    )
    await tx.execute(
        f"INSERT INTO subscriptions ({_COLUMNS}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
        "$18)",
        *(s.subscription_id, s.client_id, s.callback_url, list(s.types), s.area, s.kind, s.list),
        *(s.signature, s.created_at, s.paused_at, s.pause_reason, s.ended_at, s.place, s.epoch),
        *(s.looked_through, s.failures, s.failing_since, s.rest_until),
    )
    return s


async def find_own(
    snapshot: Snapshot, subscription_id: UUID, client_id: str
) -> Subscription | None:
    """Return a client's own subscription."""
    row = await snapshot.fetchrow(
        f"SELECT {_COLUMNS} FROM subscriptions WHERE subscription_id = $1 AND client_id = $2",
        subscription_id,
        client_id,
    )
    return None if row is None else Subscription(*row)


async def list_own(
    snapshot: Snapshot, client_id: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Subscription]:
    """Return a client's subscriptions that have not ended, in the order in which they were made."""
    at, last = after or (None, None)
    rows = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM subscriptions WHERE client_id = $1 AND ended_at IS NULL "
        "AND ($2::timestamptz IS NULL OR (created_at, subscription_id) > ($2, $3::uuid)) "
        "ORDER BY created_at, subscription_id LIMIT $4",
        *(client_id, at, last, limit),
    )
    return [Subscription(*row) for row in rows]


async def count_own(snapshot: Snapshot, client_id: str) -> int:
    """Return how many subscriptions a client has that have not ended."""
    number: int = await snapshot.fetchval(
        "SELECT count(*) FROM subscriptions WHERE client_id = $1 AND ended_at IS NULL", client_id
    )
    return number


async def end(tx: Transaction, subscription_id: UUID, at: datetime) -> None:
    """End a subscription for good; what signed it is forgotten."""
    await tx.execute(
        "UPDATE subscriptions SET ended_at = coalesce(ended_at, $2) WHERE subscription_id = $1",
        *(subscription_id, at),
    )
    await tx.execute("DELETE FROM subscription_secrets WHERE subscription_id = $1", subscription_id)


async def pause(tx: Transaction, subscription_id: UUID, at: datetime, reason: str) -> None:
    """Send nothing until the subscriber asks for it."""
    await tx.execute(
        "UPDATE subscriptions SET paused_at = $2, pause_reason = $3 WHERE subscription_id = $1",
        *(subscription_id, at, reason),
    )


async def resume(tx: Transaction, subscription_id: UUID) -> None:
    """Send again, at once, whatever failed before."""
    await tx.execute(
        "UPDATE subscriptions SET paused_at = NULL, pause_reason = NULL, failures = 0, "
        "failing_since = NULL, rest_until = NULL WHERE subscription_id = $1",
        subscription_id,
    )


def _bound(subscription_id: UUID) -> bytes:
    return b"subscription " + subscription_id.bytes


def _key(ring: Keyring, subscription_id: UUID) -> bytes:
    """Return the key that seals; of the key of look-ups, which no rotation takes away."""
    return ring.digest("subscription-secrets", subscription_id.bytes)


async def add_secret(
    tx: Transaction, ring: Keyring, subscription_id: UUID, secret: Secret, overlap: timedelta
) -> None:
    """Let a secret sign from now on; the one before it is valid for the overlap, older ones not."""
    await tx.execute(
        "UPDATE subscription_secrets SET expires_at = CASE WHEN expires_at IS NULL THEN $2 "
        "ELSE least(expires_at, $3) END WHERE subscription_id = $1",
        *(subscription_id, secret.created_at + overlap, secret.created_at),
    )
    sealed = seal(_key(ring, subscription_id), secret.content, _bound(subscription_id))
    await tx.execute(
        "INSERT INTO subscription_secrets (subscription_id, number, sealed, created_at) "
        "SELECT $1, coalesce(max(number), 0) + 1, $2, $3 FROM subscription_secrets "
        "WHERE subscription_id = $1",
        *(subscription_id, sealed, secret.created_at),
    )


async def secrets(
    snapshot: Snapshot, ring: Keyring, subscription: Subscription, now: datetime
) -> list[Secret]:
    """Return the secrets that are valid, the newest first."""
    rows = await snapshot.fetch(
        "SELECT sealed, created_at, expires_at FROM subscription_secrets "
        "WHERE subscription_id = $1 AND (expires_at IS NULL OR expires_at > $2) "
        "ORDER BY number DESC",
        *(subscription.subscription_id, now),
    )
    key, bound = _key(ring, subscription.subscription_id), _bound(subscription.subscription_id)
    return [
        Secret(subscription.signature, unseal(key, sealed, bound), made, expires)
        for sealed, made, expires in rows
    ]


_WORK = """
UPDATE subscriptions s SET lease = $1, lease_until = clock_timestamp() + $2
WHERE subscription_id IN (
    SELECT subscription_id FROM subscriptions s
    WHERE ended_at IS NULL AND paused_at IS NULL AND (rest_until IS NULL OR rest_until <= $3)
      AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease = $1)
      AND subscription_id <> ALL($4::uuid[])
      AND (place < (SELECT coalesce(max(seq), 0) FROM transitions)
        OR epoch <> (SELECT epoch FROM knowledge_clock)
        OR (types && $6::text[] AND looked_through < (SELECT at FROM knowledge_clock))
        OR EXISTS (SELECT FROM deliveries d WHERE d.subscription_id = s.subscription_id
            AND d.state = 'waiting' AND d.due_at <= $3))
    ORDER BY lease_until NULLS FIRST, random() LIMIT $5 FOR UPDATE SKIP LOCKED)
RETURNING subscription_id
"""


async def take(
    tx: Transaction,
    lease: UUID,
    seconds: float,
    now: datetime,
    held: Collection[UUID],
    limit: int,
) -> list[UUID]:
    """Take subscriptions with something to do that nobody delivers; `held` are at work already."""
    length = timedelta(seconds=seconds)
    rows = await tx.fetch(_WORK, lease, length, now, list(held), limit, list(NEWS))
    return [subscription_id for (subscription_id,) in rows]


async def hold(
    tx: Transaction, subscription_id: UUID, lease: UUID, seconds: float
) -> Subscription | None:
    """Hold a subscription for longer; None: it ended, was paused, or is another's by now."""
    row = await tx.fetchrow(
        "UPDATE subscriptions SET lease_until = clock_timestamp() + $3 "
        "WHERE subscription_id = $1 AND lease = $2 AND ended_at IS NULL AND paused_at IS NULL "
        f"RETURNING {_COLUMNS}",
        *(subscription_id, lease, timedelta(seconds=seconds)),
    )
    return None if row is None else Subscription(*row)


async def release(tx: Transaction, lease: UUID, subscription_ids: Sequence[UUID]) -> None:
    """Let others deliver."""
    await tx.execute(
        "UPDATE subscriptions SET lease = NULL, lease_until = NULL "
        "WHERE subscription_id = ANY($2::uuid[]) AND lease = $1",
        *(lease, list(subscription_ids)),
    )


async def succeeded(tx: Transaction, subscription_id: UUID) -> None:
    """Note that the receiver takes something."""
    await tx.execute(
        "UPDATE subscriptions SET failures = 0, failing_since = NULL, rest_until = NULL "
        "WHERE subscription_id = $1",
        subscription_id,
    )


async def failed(
    tx: Transaction,
    subscription_id: UUID,
    failures: int,
    since: datetime,
    rest_until: datetime | None,
) -> None:
    """Note that the receiver took nothing of what it was sent, and until when it rests."""
    await tx.execute(
        "UPDATE subscriptions SET failures = $2, failing_since = coalesce(failing_since, $3), "
        "rest_until = $4 WHERE subscription_id = $1",
        *(subscription_id, failures, since, rest_until),
    )


async def move(
    tx: Transaction, subscription_id: UUID, place: int, epoch: int, looked_through: datetime
) -> None:
    """Note how much of the feed, and of the knowledge clock, was looked through."""
    await tx.execute(
        "UPDATE subscriptions SET place = $2, epoch = $3, looked_through = $4 "
        "WHERE subscription_id = $1",
        *(subscription_id, place, epoch, looked_through),
    )
