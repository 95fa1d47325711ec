"""Area facts: household totals and attributes of administrative units, every revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import counting

AREA_FACTS = Table(
    "area_facts",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("area_id", Integer),
    Column("on_date", Date),
    Column("payload", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
)
Index("ix_area_facts_area", AREA_FACTS.c.area_id, AREA_FACTS.c.on_date)


@dataclass(frozen=True, slots=True)
class NewAreaFact:
    """One revision to be stored."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    area_id: int | None
    on_date: date | None
    payload: dict[str, Any]
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class AreaFact:
    """What is known of a unit from `on` on; `payload` as posted."""

    event_id: UUID
    area_id: int
    on: date
    source: str
    external_id: str
    recorded_at: datetime
    payload: dict[str, Any]


async def insert(tx: Transaction, recording_id: int, facts: Sequence[NewAreaFact]) -> int:
    """Insert new revisions; return how many were new."""
    made = 0
    for fact in facts:
        made += len(
            await tx.fetch(
                "INSERT INTO area_facts (event_id, recording_id, source, external_id, revision, "
                "withdrawn, area_id, on_date, payload, content_hash) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                "ON CONFLICT DO NOTHING RETURNING 1",
                fact.event_id,
                recording_id,
                fact.source,
                fact.external_id,
                fact.revision,
                fact.withdrawn,
                fact.area_id,
                fact.on_date,
                fact.payload,
                fact.content_hash,
            )
        )
    return made


async def in_force(
    snapshot: Snapshot, area_ids: Sequence[int], as_of: date, known_at: datetime | None
) -> dict[int, AreaFact]:
    """Return, per unit, the fact that counts on a day: latest `on`, then (external_id, source)."""
    rows = await snapshot.fetch(
        f"""
        SELECT DISTINCT ON (area_id) event_id, area_id, on_date, source, external_id, recorded_at,
            payload
        FROM ({counting("area_facts", "$3")}) f
        WHERE area_id = ANY($1::int[]) AND on_date <= $2
        ORDER BY area_id, on_date DESC, external_id COLLATE "C" DESC, source COLLATE "C" DESC
        """,
        list(area_ids),
        as_of,
        known_at,
    )
    return {row[1]: AreaFact(*row) for row in rows}
