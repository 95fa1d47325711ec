"""The audit chain in the store: rows are added and never changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.audit import Entry, Head, Linked
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key

AUDIT_ROWS = Table(
    "audit_rows",
    METADATA,
    Column("chain", Uuid, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("client", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("subjects", ARRAY(Key), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
)
Index("ix_audit_rows_subjects", AUDIT_ROWS.c.subjects, postgresql_using="gin")

AUDIT_CHAINS = Table(
    "audit_chains",
    METADATA,
    Column("chain", Uuid, primary_key=True),
    Column("process", Text, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("link", LargeBinary, nullable=False),
    # The last entry that was removed from its beginning (`audit_cuts`); null: it is whole.
    Column("cut_seq", BigInteger),
    Column("cut_link", LargeBinary),
)

TOGETHER = 5_000
# Stands in no subject; arrays of arrays cannot be unnested one level at a time.
_SEPARATOR = "\x1f"

_ADD = """
WITH added AS (
    INSERT INTO audit_rows (chain, seq, at, client, purpose, method, route, status, request_id,
        subjects, digest, link)
    SELECT $1, r.seq, r.at, r.client, r.purpose, r.method, r.route, r.status, r.request_id,
        CASE r.subjects WHEN '' THEN '{}' ELSE string_to_array(r.subjects, chr(31)) END,
        r.digest, r.link
    FROM unnest($5::bigint[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::smallint[], $12::text[], $13::text[], $14::bytea[], $15::bytea[])
        AS r (seq, at, client, purpose, method, route, status, request_id, subjects, digest, link)
    RETURNING 1)
UPDATE audit_chains SET seq = $2, link = $3 WHERE chain = $1 AND seq = $4 RETURNING 1
"""


class ChainBroken(Exception):
    """A chain is not where its one writer left it."""


async def begin(tx: Transaction, head: Head, process: str, at: datetime) -> None:
    """Begin a chain."""
    await tx.execute(
        "INSERT INTO audit_chains (chain, process, begun_at, seq, link) "
        "VALUES ($1, $2, $3, $4, $5)",
        head.chain,
        process,
        at,
        head.seq,
        head.link,
    )


async def add(tx: Transaction, before: Head, rows: Sequence[Linked], head: Head) -> None:
    """Add rows behind a head, by one statement that is its own transaction."""
    entries = [row.entry for row in rows]
    done = await tx.fetchval(
        _ADD,
        head.chain,
        head.seq,
        head.link,
        before.seq,
        [row.seq for row in rows],
        [each.at for each in entries],
        [each.client for each in entries],
        [each.purpose for each in entries],
        [each.method for each in entries],
        [each.route for each in entries],
        [each.status for each in entries],
        [each.request_id for each in entries],
        [_SEPARATOR.join(each.subjects) for each in entries],
        [each.digest for each in entries],
        [row.link for row in rows],
    )
    if done is None:
        raise ChainBroken


_ENTRY = "seq, link, at, client, purpose, method, route, status, request_id, subjects, digest"


async def chains(snapshot: Snapshot) -> list[Head]:
    """Return the heads of all chains, in the order of their ids."""
    rows = await snapshot.fetch("SELECT chain, seq, link FROM audit_chains ORDER BY chain")
    return [Head(*row) for row in rows]


async def cuts(snapshot: Snapshot) -> dict[UUID, Head]:
    """Return where chains begin whose older entries were removed."""
    rows = await snapshot.fetch(
        "SELECT chain, cut_seq, cut_link FROM audit_chains WHERE cut_seq IS NOT NULL"
    )
    return {row[0]: Head(*row) for row in rows}


async def headless(snapshot: Snapshot) -> list[UUID]:
    """Return chains that have rows and no head."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT chain FROM audit_rows r WHERE NOT EXISTS "
        "(SELECT 1 FROM audit_chains c WHERE c.chain = r.chain) ORDER BY chain"
    )
    return [row[0] for row in rows]


async def cut(snapshot: Snapshot) -> list[UUID]:
    """Return chains whose last row is not the one that their head names, and headless ones."""
    rows = await snapshot.fetch(
        "SELECT chain FROM audit_chains c WHERE seq > 0 AND NOT EXISTS (SELECT 1 FROM audit_rows r "
        "WHERE r.chain = c.chain AND r.seq = c.seq AND r.link = c.link) "
        "OR EXISTS (SELECT 1 FROM audit_rows r WHERE r.chain = c.chain AND r.seq > c.seq)"
    )
    return [*(row[0] for row in rows), *await headless(snapshot)]


async def rows_of(snapshot: Snapshot, chain: UUID) -> AsyncIterator[Linked]:
    """Yield the rows of a chain in order."""
    after = 0
    while rows := await entries_behind(snapshot, chain, after):
        for row in rows:
            yield row
        after = rows[-1].seq


async def entries_behind(snapshot: Snapshot, chain: UUID, after: int) -> list[Linked]:
    """Return the next rows of a chain behind a place, in order."""
    rows = await snapshot.fetch(
        f"SELECT {_ENTRY} FROM audit_rows WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        chain,
        after,
        TOGETHER,
    )
    return [Linked(row[0], row[1], _entry(row[2:])) for row in rows]


def _entry(values: Sequence[object]) -> Entry:
    at, client, purpose, method, route, status, request_id, subjects, digest = values
    return Entry(
        at=at,  # type: ignore[arg-type] # rows are not typed
        client=client,  # type: ignore[arg-type]
        purpose=purpose,  # type: ignore[arg-type]
        method=method,  # type: ignore[arg-type]
        route=route,  # type: ignore[arg-type]
        status=status,  # type: ignore[arg-type]
        request_id=request_id,  # type: ignore[arg-type]
        subjects=tuple(subjects),  # type: ignore[arg-type]
        digest=digest,  # type: ignore[arg-type]
    )


class Access(Struct, frozen=True):
    """That a client was answered something about a subject."""

    at: datetime
    chain: UUID
    seq: int
    client: str
    purpose: str
    method: str
    route: str
    status: int
    request_id: str


async def of_subject(
    snapshot: Snapshot,
    subjects: Sequence[str],
    after: tuple[datetime, UUID, int] | None,
    limit: int,
    *,
    newest_first: bool = False,
) -> list[Access]:
    """Return who was answered what about any of the subjects, oldest first unless asked."""
    beyond, way = ("<", "DESC") if newest_first else (">", "ASC")
    rows = await snapshot.fetch(
        f"""
        SELECT at, chain, seq, client, purpose, method, route, status, request_id FROM audit_rows
        WHERE subjects && $1::text[]
            AND ($2::timestamptz IS NULL OR (at, chain, seq) {beyond} ($2, $3::uuid, $4::bigint))
        ORDER BY at {way}, chain {way}, seq {way} LIMIT $5
        """,
        list(subjects),
        *(after or (None, None, None)),
        limit,
    )
    return [Access(*row) for row in rows]


class Answered(Struct, frozen=True):
    """That a client was answered something; about how many subjects, but not about whom."""

    at: datetime
    chain: UUID
    seq: int
    client: str
    purpose: str
    method: str
    route: str
    status: int
    subjects: int
    request_id: str


async def latest(
    snapshot: Snapshot,
    clients: Sequence[str] | None,
    after: tuple[datetime, UUID, int] | None,
    limit: int,
) -> list[Answered]:
    """Return what clients (None: all) were answered, newest first.

    A chain is read backwards from its head: in it instants go with numbers, so that no index by
    time is kept up at every answer.
    """
    rows = await snapshot.fetch(
        """
        SELECT r.* FROM audit_chains c CROSS JOIN LATERAL (
            SELECT at, chain, seq, client, purpose, method, route, status, cardinality(subjects),
                request_id
            FROM audit_rows WHERE chain = c.chain
                AND ($1::text[] IS NULL OR client = ANY($1))
                AND ($2::timestamptz IS NULL OR (at, chain, seq) < ($2, $3::uuid, $4::bigint))
            ORDER BY seq DESC LIMIT $5) r
        ORDER BY r.at DESC, r.chain DESC, r.seq DESC LIMIT $5
        """,
        None if clients is None else list(clients),
        *(after or (None, None, None)),
        limit,
    )
    return [Answered(*row) for row in rows]


async def count(snapshot: Snapshot) -> int:
    """Return how many rows there are."""
    number: int = await snapshot.fetchval("SELECT count(*) FROM audit_rows")
    return number
