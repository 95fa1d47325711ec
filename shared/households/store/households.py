"""Households: the row that serialises their recomputation, and how far it has got."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, DateTime, Table

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key

HOUSEHOLDS = Table(
    "households",
    METADATA,
    Column("household_id", Key, primary_key=True),
    # Every event recorded at or before this instant is folded into the household's timeline.
    Column("folded_through", DateTime(timezone=True), nullable=False),
)


async def list_ids(snapshot: Snapshot) -> list[str]:
    """Return the id of every household, in order."""
    rows = await snapshot.fetch("SELECT household_id FROM households ORDER BY household_id")
    return [row[0] for row in rows]


async def lock(tx: Transaction, household_ids: Sequence[str]) -> datetime:
    """Lock households until commit, in id order so that two workers cannot deadlock.

    Returns the instant up to which the events that are read next are certain to be complete.
    """
    ids = sorted(household_ids)
    await tx.execute(
        """
        INSERT INTO households (household_id, folded_through)
        SELECT i, '-infinity' FROM unnest($1::text[]) AS u (i)
        WHERE NOT EXISTS (SELECT 1 FROM households h WHERE h.household_id = i)
        ORDER BY i ON CONFLICT DO NOTHING
        """,
        ids,
    )
    await tx.execute(
        "SELECT 1 FROM households WHERE household_id = ANY($1::text[]) "
        "ORDER BY household_id FOR NO KEY UPDATE",
        ids,
    )
    at: datetime = await tx.fetchval("SELECT at FROM knowledge_clock")
    return at


async def folded(tx: Transaction, household_ids: Sequence[str], through: datetime) -> None:
    """Remember that every event recorded up to `through` is in these households' timelines."""
    await tx.execute(
        "UPDATE households SET folded_through = $2 "
        "WHERE household_id = ANY($1::text[]) AND folded_through < $2",
        household_ids,
        through,
    )
