"""Exports in the store: orders, who makes them now, and their files in parts of equal size.

Whoever makes a file holds a lease. Each part is committed with a look at it, so a process that was
held up for too long writes nothing between the parts of the one that took over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.caller import Caller
from shared.exports.export import ATTEMPTS_MAX, LEASE, Export, State
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

PART_BYTES = 1024 * 1024

EXPORTS = Table(
    "exports",
    METADATA,
    Column("export_id", Uuid, primary_key=True),
    # Whose grants it is made with.
    Column("client_id", Text, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("area_code", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("digest", LargeBinary),
    Column("fault", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # Who makes it: nobody else does until then.
    Column("lease", Uuid),
    Column("leased_until", DateTime(timezone=True)),
)
Index("ix_exports_client", EXPORTS.c.client_id)
Index("ix_exports_expires", EXPORTS.c.expires_at)
Index(
    "ix_exports_unmade",
    EXPORTS.c.created_at,
    postgresql_where=EXPORTS.c.state.in_(("waiting", "running")),
)

EXPORT_PARTS = Table(
    "export_parts",
    METADATA,
    Column(
        "export_id",
        Uuid,
        ForeignKey("exports.export_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

_COLUMNS = (
    "export_id, client_id, client_name, scopes, area_code, purpose, scope, question, format, "
    "known_at, state, attempts, rows, size, digest, fault, created_at, ended_at, expires_at"
)


def _export(row: Iterable[Any]) -> Export:
    export_id, client_id, name, scopes, area, purpose, *rest = row
    caller = Caller(name, frozenset(scopes), area, client_id=client_id, purpose=purpose)
    return Export(export_id, caller, *rest)


async def count_own(snapshot: Snapshot, client_id: str, now: datetime) -> int:
    """Return how many files of a client are kept or to be made."""
    number: int = await snapshot.fetchval(
        "SELECT count(*) FROM exports WHERE client_id = $1 AND expires_at > $2 "
        "AND state NOT IN ('failed', 'interrupted', 'streamed')",
        *(client_id, now),
    )
    return number


async def order(tx: Transaction, export: Export) -> None:
    """Store an export that is to be made, or one that was sent as it was made."""
    caller = export.caller
    await tx.execute(
        "INSERT INTO exports (export_id, client_id, client_name, scopes, area_code, purpose, "
        "scope, question, format, known_at, state, created_at, expires_at, rows, size, digest, "
        "ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
        "$17)",
        *(export.export_id, caller.client_id, caller.name, sorted(caller.scopes), caller.area),
        *(caller.purpose, export.scope, export.question, export.format, export.known_at),
        *(export.state, export.created_at, export.expires_at),
        *(export.rows, export.size, export.digest, export.ended_at),
    )


async def find(snapshot: Snapshot, export_id: UUID, now: datetime) -> Export | None:
    """Return an export, None if there is none or its time is over."""
    row = await snapshot.fetchrow(
        f"SELECT {_COLUMNS} FROM exports WHERE export_id = $1 AND expires_at > $2",
        *(export_id, now),
    )
    return None if row is None else _export(row)


async def list_readable(
    snapshot: Snapshot, caller: Caller, now: datetime, after: Sequence[Any] | None, limit: int
) -> list[Export]:
    """Return the exports that a caller may read (`Export.may_be_read_by`), the newest first."""
    rows = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM exports WHERE client_id = $1 AND area_code = $2 "
        "AND scope = ANY($3) AND expires_at > $4 "
        "AND ($5::timestamptz IS NULL OR (created_at, export_id) < ($5, $6)) "
        "ORDER BY created_at DESC, export_id DESC LIMIT $7",
        *(caller.client_id, caller.area, sorted(caller.scopes), now),
        *(after or (None, None)),
        limit,
    )
    return [_export(row) for row in rows]


async def take(tx: Transaction, lease: UUID, now: datetime) -> Export | None:
    """Take the oldest export that nobody makes, to be made from its beginning; None: there is none.

    One that was begun too often ends as `interrupted`.
    """
    await tx.execute(
        "UPDATE exports SET state = 'interrupted', ended_at = $1, fault = 'interrupted' "
        "WHERE state = 'running' AND leased_until < $1 AND attempts >= $2",
        *(now, ATTEMPTS_MAX),
    )
    row = await tx.fetchrow(
        f"""
        UPDATE exports SET state = 'running', attempts = attempts + 1, rows = 0, size = 0,
            lease = $1, leased_until = $2::timestamptz + $3::interval
        WHERE export_id = (
            SELECT export_id FROM exports
            WHERE state = 'waiting' OR (state = 'running' AND leased_until < $2)
            ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING {_COLUMNS}
        """,
        *(lease, now, LEASE),
    )
    if row is None:
        return None
    await tx.execute("DELETE FROM export_parts WHERE export_id = $1", row[0])
    return _export(row)


async def go_on(
    tx: Transaction, export_id: UUID, lease: UUID, now: datetime, rows: int, size: int
) -> bool:
    """Say how far a file has got and that it is still made; False: it is another's to make now."""
    held = await tx.fetchval(
        "UPDATE exports SET rows = $4, size = $5, leased_until = $3::timestamptz + $6::interval "
        "WHERE export_id = $1 AND lease = $2 AND state = 'running' RETURNING true",
        *(export_id, lease, now, rows, size, LEASE),
    )
    return held is True


async def add_parts(tx: Transaction, export_id: UUID, first: int, parts: Sequence[bytes]) -> None:
    """Store parts of a file behind those before number `first`."""
    await tx.copy_records_to_table(
        "export_parts",
        records=[(export_id, first + n, part) for n, part in enumerate(parts)],
        columns=["export_id", "number", "content"],
    )


async def end(
    tx: Transaction,
    export_id: UUID,
    lease: UUID,
    now: datetime,
    state: State,
    *,
    digest: bytes | None = None,
    fault: str | None = None,
) -> None:
    """End an export, if it is still this lease's; what failed keeps no file."""
    ended = await tx.fetchval(
        "UPDATE exports SET state = $4, ended_at = $3, digest = $5, fault = $6, "
        "lease = NULL, leased_until = NULL "
        "WHERE export_id = $1 AND lease = $2 AND state = 'running' RETURNING true",
        *(export_id, lease, now, state, digest, fault),
    )
    if ended and state != "completed":
        await tx.execute("DELETE FROM export_parts WHERE export_id = $1", export_id)


async def part(snapshot: Snapshot, export_id: UUID, number: int) -> bytes | None:
    """Return a part of a file; None: its time is over."""
    content: bytes | None = await snapshot.fetchval(
        "SELECT content FROM export_parts WHERE export_id = $1 AND number = $2",
        *(export_id, number),
    )
    return content


async def remove(tx: Transaction, export_id: UUID) -> None:
    """Remove an export with its file; whoever makes it stops at the next part."""
    await tx.execute("DELETE FROM exports WHERE export_id = $1", export_id)


async def forget(tx: Transaction, now: datetime) -> None:
    """Remove what nobody can fetch any more."""
    await tx.execute("DELETE FROM exports WHERE expires_at <= $1", now)
