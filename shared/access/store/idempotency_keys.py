"""Keys of requests that are to be done once: who works on one, and what was answered to it.

Answers may name persons or hold a secret, so they are sealed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Index, LargeBinary, Table, Text, Uuid

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.kernel.sealing import Keyring, seal, unseal

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    Column("client_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # Which request works on it: nobody else does until then.
    Column("claim", Uuid, nullable=False),
    Column("leased_until", DateTime(timezone=True), nullable=False),
    # Set in the transaction of the effect, so that both are there or neither.
    Column("done", Boolean, nullable=False, server_default="false"),
    Column("fingerprint", LargeBinary),
    Column("sealed", LargeBinary),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
Index("ix_idempotency_keys_client", IDEMPOTENCY_KEYS.c.client_id, IDEMPOTENCY_KEYS.c.expires_at)
Index("ix_idempotency_keys_expires", IDEMPOTENCY_KEYS.c.expires_at)

# Where a request's own claim stands in its state.
CLAIM = "idempotency_claim"
KEPT = timedelta(hours=24)
# A request that works on a key says so twice in this time; one that died says nothing.
LEASE = timedelta(seconds=30)
# Of one client; beyond them the oldest are forgotten.
KEYS_MAX = 10_000
_FORGOTTEN_AT_ONCE = 20
# Looking for surplus reads an index as long as the surplus is far: not each time.
_LOOKS_FOR_SURPLUS = 64


class Claim(NamedTuple):
    """A request that works on a client's key."""

    client_id: str
    key: str
    claim: UUID


class Held(NamedTuple):
    """What is known of a key that another request came with."""

    done: bool
    leased_until: datetime
    fingerprint: bytes | None
    answer: bytes | None


async def take(tx: Transaction, claim: Claim, now: datetime) -> bool:
    """Take a key that is new, expired, or left behind without an effect; say whether it is ours."""
    await _forget(tx, claim, now)
    taken = await tx.fetchval(
        """
        INSERT INTO idempotency_keys AS k (client_id, key, claim, leased_until, expires_at)
        VALUES ($1, $2, $3, $4::timestamptz + $5::interval, $4::timestamptz + $6::interval)
        ON CONFLICT (client_id, key) DO UPDATE SET claim = excluded.claim, done = false,
            leased_until = excluded.leased_until, expires_at = excluded.expires_at,
            fingerprint = NULL, sealed = NULL
        WHERE k.expires_at <= $4 OR (k.sealed IS NULL AND NOT k.done AND k.leased_until <= $4)
        RETURNING true
        """,
        *(*claim, now, LEASE, KEPT),
    )
    return taken is True


async def _forget(tx: Transaction, claim: Claim, now: datetime) -> None:
    await tx.execute(
        "DELETE FROM idempotency_keys WHERE (client_id, key) IN (SELECT client_id, key "
        "FROM idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 "
        "FOR UPDATE SKIP LOCKED)",
        *(now, _FORGOTTEN_AT_ONCE),
    )
    if claim.claim.int % _LOOKS_FOR_SURPLUS == 0:
        await tx.execute(
            "DELETE FROM idempotency_keys WHERE client_id = $1 AND key IN (SELECT key "
            "FROM idempotency_keys WHERE client_id = $1 ORDER BY expires_at DESC OFFSET $2)",
            *(claim.client_id, KEYS_MAX),
        )


async def find(snapshot: Snapshot, ring: Keyring, claim: Claim) -> Held | None:
    """Return what is known of a key."""
    row = await snapshot.fetchrow(
        "SELECT done, leased_until, fingerprint, sealed FROM idempotency_keys "
        "WHERE client_id = $1 AND key = $2",
        *(claim.client_id, claim.key),
    )
    if row is None:
        return None
    done, leased_until, fingerprint, sealed = row
    bound = _bound(claim)
    answer = None if sealed is None else unseal(_key(ring, bound), sealed, bound)
    return Held(done, leased_until, fingerprint, answer)


async def keep(tx: Transaction, claim: Claim, now: datetime) -> None:
    """Say that a request still works on its key."""
    await tx.execute(
        "UPDATE idempotency_keys SET leased_until = $4::timestamptz + $5::interval "
        "WHERE client_id = $1 AND key = $2 AND claim = $3",
        *(*claim, now, LEASE),
    )


async def mark_done(tx: Transaction, claim: Claim) -> None:
    """Say in the transaction of an effect that it is there."""
    await tx.execute(
        "UPDATE idempotency_keys SET done = true WHERE client_id = $1 AND key = $2 AND claim = $3",
        *claim,
    )


async def answered(
    tx: Transaction, ring: Keyring, claim: Claim, fingerprint: bytes, answer: bytes
) -> None:
    """Keep what was answered, to be answered again to the same request."""
    bound = _bound(claim)
    await tx.execute(
        "UPDATE idempotency_keys SET fingerprint = $4, sealed = $5 "
        "WHERE client_id = $1 AND key = $2 AND claim = $3",
        *(*claim, fingerprint, seal(_key(ring, bound), answer, bound)),
    )


async def release(tx: Transaction, claim: Claim, now: datetime) -> None:
    """Leave a key to the next attempt; where an effect is there, that one is told so."""
    await tx.execute(
        "DELETE FROM idempotency_keys "
        "WHERE client_id = $1 AND key = $2 AND claim = $3 AND NOT done",
        *claim,
    )
    await tx.execute(
        "UPDATE idempotency_keys SET leased_until = $4 "
        "WHERE client_id = $1 AND key = $2 AND claim = $3",
        *(*claim, now),
    )


def _bound(claim: Claim) -> bytes:
    return f"{claim.client_id}\n{claim.key}".encode()


def _key(ring: Keyring, bound: bytes) -> bytes:
    return ring.digest("idempotency key", bound)
