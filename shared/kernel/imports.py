"""Imports: files and streams of facts, what became of their rows, and the rows refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    Table,
    Text,
    Uuid,
)

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

IMPORTS = Table(
    "imports",
    METADATA,
    Column("import_id", Uuid, primary_key=True),
    Column("door", Text, nullable=False),
    Column("filename", Text),
    Column("dry_run", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("rows_read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('running', 'completed', 'interrupted')", name="state"),
)

IMPORT_REJECTED = Table(
    "import_rejected",
    METADATA,
    Column("import_id", Uuid, primary_key=True),
    Column("row", BigInteger, primary_key=True),
    Column("fault", Integer, primary_key=True),
    Column("pointer", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    # As sent, so that it can be mended and sent again; it may hold names, so it is read by scope.
    Column("content", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One fault of one refused row; `row` counts from 1."""

    row: int
    fault: int
    pointer: str
    code: str
    detail: str
    content: str


@dataclass
class Progress:
    """What became of the rows read so far: read = accepted + duplicates + rejected."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def rows_read(self) -> int:
        """Return how many rows were read."""
        return self.accepted + self.duplicates + self.rejected


async def start(
    tx: Transaction,
    import_id: UUID,
    door: str,
    filename: str | None,
    dry_run: bool,
    now: datetime,
) -> None:
    """Record that an import began."""
    await tx.execute(
        "INSERT INTO imports (import_id, door, filename, dry_run, state, rows_read, accepted, "
        "duplicates, rejected, started_at) VALUES ($1, $2, $3, $4, 'running', 0, 0, 0, 0, $5)",
        import_id,
        door,
        filename,
        dry_run,
        now,
    )


async def save(
    tx: Transaction, import_id: UUID, progress: Progress, state: str, ended_at: datetime | None
) -> None:
    """Record how far an import has got."""
    await tx.execute(
        "UPDATE imports SET rows_read = $2, accepted = $3, duplicates = $4, rejected = $5, "
        "state = $6, ended_at = $7 WHERE import_id = $1",
        import_id,
        progress.rows_read,
        progress.accepted,
        progress.duplicates,
        progress.rejected,
        state,
        ended_at,
    )


async def reject(tx: Transaction, import_id: UUID, rows: Sequence[RejectedRow]) -> None:
    """Keep the refused rows with their reasons."""
    await tx.copy_records_to_table(
        "import_rejected",
        records=[(import_id, r.row, r.fault, r.pointer, r.code, r.detail, r.content) for r in rows],
        columns=["import_id", "row", "fault", "pointer", "code", "detail", "content"],
    )


async def find(snapshot: Snapshot, import_id: UUID) -> dict[str, Any] | None:
    """Return an import, None if there is none."""
    row = await snapshot.fetchrow("SELECT * FROM imports WHERE import_id = $1", import_id)
    return None if row is None else dict(row)


async def rejected(
    snapshot: Snapshot, import_id: UUID, limit: int | None = None
) -> AsyncIterator[RejectedRow]:
    """Yield the refused rows in the order of the file; needs an open transaction."""
    async for row in snapshot.cursor(
        "SELECT row, fault, pointer, code, detail, content FROM import_rejected "
        "WHERE import_id = $1 ORDER BY row, fault LIMIT $2",
        import_id,
        limit,
        prefetch=500,
    ):
        yield RejectedRow(*row)
