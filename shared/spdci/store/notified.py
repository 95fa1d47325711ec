"""Subscriptions that are told in the standard's words: what their messages name them by."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Column, Table, Text, Uuid

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

# Beside a row of `subscriptions`, which says whose it is, where it is sent and what it takes.
SPDCI_SUBSCRIPTIONS = Table(
    "spdci_subscriptions",
    METADATA,
    Column("subscription_id", Uuid, primary_key=True),
    Column("sender_id", Text, nullable=False),
    Column("transaction_id", Text, nullable=False),
)


async def add(tx: Transaction, subscription_id: UUID, sender_id: str, transaction: str) -> None:
    """Tell a subscription in the standard's words."""
    await tx.execute(
        "INSERT INTO spdci_subscriptions (subscription_id, sender_id, transaction_id) "
        "VALUES ($1, $2, $3)",
        *(subscription_id, sender_id, transaction),
    )


async def find(snapshot: Snapshot, subscription_id: UUID) -> tuple[str, str] | None:
    """Return who is told and in which transaction; None: a webhook, told in our own words."""
    row = await snapshot.fetchrow(
        "SELECT sender_id, transaction_id FROM spdci_subscriptions WHERE subscription_id = $1",
        subscription_id,
    )
    return None if row is None else (row[0], row[1])
