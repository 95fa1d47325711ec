"""Official figures as posted, every revision: what articles are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel import revisions
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key

REFERENCE_FIGURES = Table(
    "reference_figures",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("area_id", Integer),
    Column("measure", Text),
    Column("value", Numeric),
    Column("on_date", Date),
    Column("standard", Text),
    Column("preliminary", Boolean),
    Column("payload", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
)
Index("ix_reference_figures_area", REFERENCE_FIGURES.c.area_id, REFERENCE_FIGURES.c.on_date)


@dataclass(frozen=True, slots=True)
class NewReferenceFigure:
    """One revision to be stored."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    area_id: int | None
    measure: str | None
    value: Decimal | None
    on_date: date | None
    standard: str | None
    preliminary: bool | None
    payload: dict[str, Any]
    content_hash: bytes


async def insert(tx: Transaction, recording_id: int, items: Sequence[NewReferenceFigure]) -> int:
    """Insert new revisions; return how many were new."""
    made = 0
    for i in items:
        made += len(
            await tx.fetch(
                "INSERT INTO reference_figures (event_id, recording_id, source, external_id, "
                "revision, withdrawn, area_id, measure, value, on_date, standard, preliminary, "
                "payload, content_hash) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
                "ON CONFLICT DO NOTHING RETURNING 1",
                i.event_id,
                recording_id,
                i.source,
                i.external_id,
                i.revision,
                i.withdrawn,
                i.area_id,
                i.measure,
                i.value,
                i.on_date,
                i.standard,
                i.preliminary,
                i.payload,
                i.content_hash,
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """An official figure that counts."""

    area_id: int
    measure: str
    value: Decimal
    on_date: date
    standard: str | None
    preliminary: bool
    decision_no: str | None


async def counting(snapshot: Snapshot) -> list[OfficialFigure]:
    """Return the official figures that count: highest revisions, withdrawn ones out.

    Values as they were printed: the driver by itself reads 10000 as 1E+4, which says that only the
    first digit is exact.
    """
    rows = await snapshot.fetch(
        "SELECT area_id, measure, value::text, on_date, standard, coalesce(preliminary, false), "
        "payload->>'decision_no' "
        f"FROM ({revisions.counting('reference_figures')}) f ORDER BY source, external_id"
    )
    return [
        OfficialFigure(area_id, measure, Decimal(value), *others)
        for area_id, measure, value, *others in rows
    ]


async def areas_concerned(snapshot: Snapshot, event_ids: Sequence[UUID]) -> list[int]:
    """Return the units that any revision of these facts is about: all of them may have changed."""
    rows = await snapshot.fetch(
        """
        SELECT DISTINCT e.area_id FROM reference_figures k
        JOIN reference_figures e USING (source, external_id)
        WHERE k.event_id = ANY($1::uuid[]) AND e.area_id IS NOT NULL ORDER BY e.area_id
        """,
        event_ids,
    )
    return [row[0] for row in rows]
