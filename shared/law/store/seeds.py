"""Versions of policy and areas: each with its digest and the instant it was recorded.

A new version recomputes what it touches from then on; the old one is kept, because answers for a
past `known_at` and their explanations rest on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, DateTime, Table, Text

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

SEED_VERSIONS = Table(
    "seed_versions",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("content", Text, nullable=False),
)

SEED_LOCK = 7_361_004


@dataclass(frozen=True, slots=True)
class SeedVersion:
    """One version of a seed document, as loaded."""

    kind: str
    digest: str
    recorded_at: datetime
    content: str


async def latest(
    snapshot: Snapshot, kind: str, known_at: datetime | None = None
) -> SeedVersion | None:
    """Return the version known at an instant (default: now), None before the first."""
    row = await snapshot.fetchrow(
        "SELECT kind, digest, recorded_at, content FROM seed_versions WHERE kind = $1 "
        "AND ($2::timestamptz IS NULL OR recorded_at <= $2) ORDER BY recorded_at DESC LIMIT 1",
        kind,
        known_at,
    )
    return None if row is None else SeedVersion(*row)


async def version(snapshot: Snapshot, kind: str, digest: str) -> SeedVersion | None:
    """Return the version with a digest, None if it was never loaded."""
    row = await snapshot.fetchrow(
        "SELECT kind, digest, recorded_at, content FROM seed_versions "
        "WHERE kind = $1 AND digest = $2",
        kind,
        digest,
    )
    return None if row is None else SeedVersion(*row)


async def latest_digest(
    snapshot: Snapshot, kind: str, known_at: datetime | None = None
) -> str | None:
    """Return the digest of the version known at an instant (default: now), None before it."""
    digest: str | None = await snapshot.fetchval(
        "SELECT digest FROM seed_versions WHERE kind = $1 "
        "AND ($2::timestamptz IS NULL OR recorded_at <= $2) ORDER BY recorded_at DESC LIMIT 1",
        kind,
        known_at,
    )
    return digest


async def digests(snapshot: Snapshot) -> dict[str, str]:
    """Return the latest digest per kind: cheap to ask, tells whether a cached value still holds."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT ON (kind) kind, digest FROM seed_versions ORDER BY kind, recorded_at DESC"
    )
    return {row[0]: row[1] for row in rows}


async def hold(tx: Transaction) -> None:
    """Let nobody else load until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", SEED_LOCK)


async def add(tx: Transaction, version: SeedVersion) -> None:
    """Record a version; one that was superseded and comes back is recorded anew."""
    await tx.execute(
        "INSERT INTO seed_versions (kind, digest, recorded_at, content) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (kind, digest) DO UPDATE SET recorded_at = excluded.recorded_at",
        version.kind,
        version.digest,
        version.recorded_at,
        version.content,
    )
