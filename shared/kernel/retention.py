"""What was removed on purpose, table by table, and from which instant on everything is still there.

Whoever removes says so first: the horizon is committed before the first row goes, so a question for
an instant before it is refused, and never answered from what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Numeric, Table, Text, func

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

RETENTIONS = Table(
    "retentions",
    METADATA,
    Column("retention_id", BigInteger, Identity(always=True), primary_key=True),
    # The table that rows were removed from.
    Column("subject", Text, nullable=False),
    Column("kept_from", DateTime(timezone=True), nullable=False),
    Column("ordered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    # The sum of the digests of these rows: what is left and this make what was there.
    Column("digest", Numeric, nullable=False, server_default="0"),
)
Index("ix_retentions_subject", RETENTIONS.c.subject, RETENTIONS.c.kept_from)

# Whose horizon is that of `known_at`: what households were on both clocks.
KNOWLEDGE = "episodes"


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows, and how many bytes in them; with the sum of their digests."""

    rows: int = 0
    row_bytes: int = 0
    digest: Decimal = Decimal(0)

    def __add__(self, other: Removed) -> Removed:
        """Return both together."""
        return Removed(
            self.rows + other.rows, self.row_bytes + other.row_bytes, self.digest + other.digest
        )


async def measure(snapshot: Snapshot, table: str, where: str, *given: Any) -> Removed:
    """Return what the rows of a table come to that meet a condition; both are text of a store."""
    rows = await snapshot.fetch(
        "SELECT count(*), coalesce(sum(pg_column_size(r.*)), 0)::bigint "
        f"FROM {table} r WHERE {where}",
        *given,
    )
    return Removed(*rows[0])


async def remove(
    tx: Transaction, table: str, where: str, *given: Any, digest: str = "0::numeric"
) -> Removed:
    """Remove such rows, and return what they came to; `digest` is the SQL of a row's own."""
    rows = await tx.fetch(
        f"""
        WITH removed AS (
            DELETE FROM {table} r WHERE {where}
            RETURNING pg_column_size(r.*) AS size, {digest} AS digest)
        SELECT count(*), coalesce(sum(size), 0)::bigint, coalesce(sum(digest), 0) FROM removed
        """,
        *given,
    )
    return Removed(*rows[0])


async def kept_from(snapshot: Snapshot, subject: str = KNOWLEDGE) -> datetime | None:
    """Return the instant from which on everything is there; None: from the beginning."""
    at: datetime | None = await snapshot.fetchval(
        "SELECT max(kept_from) FROM retentions WHERE subject = $1", subject
    )
    return at


async def order(tx: Transaction, subject: str, at: datetime) -> int:
    """Raise the horizon, and return the number by which removals are counted."""
    number: int = await tx.fetchval(
        "INSERT INTO retentions (subject, kept_from) VALUES ($1, $2) RETURNING retention_id",
        subject,
        at,
    )
    return number


async def count(tx: Transaction, retention_id: int, removed: Removed) -> None:
    """Add what this transaction removed."""
    await tx.execute(
        "UPDATE retentions SET rows = rows + $2, digest = digest + $3 WHERE retention_id = $1",
        retention_id,
        removed.rows,
        removed.digest,
    )
