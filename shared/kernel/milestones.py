"""What is done once in the life of a database, and when it was: its milestones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, DateTime, Table, Text, func

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

MILESTONES = Table(
    "milestones",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("reached_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


async def reached(snapshot: Snapshot, name: str) -> bool:
    """Say whether the milestone lies behind this database."""
    known: bool = await snapshot.fetchval(
        "SELECT EXISTS (SELECT 1 FROM milestones WHERE name = $1)", name
    )
    return known


async def when(snapshot: Snapshot, name: str) -> datetime | None:
    """Return when the milestone was reached, None where it was not."""
    at: datetime | None = await snapshot.fetchval(
        "SELECT reached_at FROM milestones WHERE name = $1", name
    )
    return at


async def reach(tx: Transaction, name: str) -> None:
    """Remember the milestone; the first time counts."""
    await tx.execute("INSERT INTO milestones (name) VALUES ($1) ON CONFLICT DO NOTHING", name)
