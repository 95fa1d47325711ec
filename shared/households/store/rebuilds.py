"""When everything was last recomputed from the events, and whether it came out the same."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import BigInteger, Column, DateTime, Table, Text

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

REBUILDS = Table(
    "rebuilds",
    METADATA,
    Column("began_at", DateTime(timezone=True), primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    # Behind which household it began; empty: with the first.
    Column("after", Text, nullable=False),
    Column("households", BigInteger, nullable=False),
    Column("runs", BigInteger, nullable=False),
    # How many lines it said of what differs, and of what is impossible in a sound history.
    Column("differences", BigInteger, nullable=False),
    Column("faults", BigInteger, nullable=False),
)


class Rebuild(Struct, frozen=True):
    """One recomputation of everything; sound where it said nothing."""

    began_at: datetime
    ended_at: datetime
    after: str
    households: int
    runs: int
    differences: int
    faults: int

    @property
    def sound(self) -> bool:
        """Say whether everything came out the same."""
        return not self.differences and not self.faults


async def remember(tx: Transaction, rebuild: Rebuild) -> None:
    """Remember one that came to its end."""
    await tx.execute(
        "INSERT INTO rebuilds (began_at, ended_at, after, households, runs, differences, faults) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        rebuild.began_at,
        rebuild.ended_at,
        rebuild.after,
        rebuild.households,
        rebuild.runs,
        rebuild.differences,
        rebuild.faults,
    )


async def last(snapshot: Snapshot, limit: int) -> list[Rebuild]:
    """Return the last ones, newest first."""
    rows = await snapshot.fetch(
        "SELECT began_at, ended_at, after, households, runs, differences, faults FROM rebuilds "
        "ORDER BY began_at DESC LIMIT $1",
        limit,
    )
    return [Rebuild(*row) for row in rows]
