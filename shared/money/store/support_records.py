"""Support without a run, as posted: in money or in kind, to a household or in an area."""

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
    CheckConstraint,
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
from shared.kernel.database import Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import Key as Source

SUPPORT_RECORDS = Table(
    "support_records",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("program", Text),
    Column("kind", Text),
    # What the kind supports, if a rule supports it too (`housing`).
    Column("content", Text),
    Column("quantity", Numeric),
    Column("unit", Text),
    Column("amount_vnd", BigInteger),
    Column("fund_id", Key),
    Column("area_id", Integer),
    Column("household_id", Key),
    Column("on_date", Date),
    Column("payload", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
    CheckConstraint("amount_vnd >= 0", name="amount"),
    CheckConstraint("quantity >= 0", name="quantity"),
)
Index("ix_support_records_fund", SUPPORT_RECORDS.c.fund_id)
Index("ix_support_records_area", SUPPORT_RECORDS.c.area_id)
Index("ix_support_records_household", SUPPORT_RECORDS.c.household_id)


@dataclass(frozen=True, slots=True)
class NewSupportRecord:
    """One revision to be stored."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    program: str | None
    kind: str | None
    content: str | None
    quantity: Decimal | None
    unit: str | None
    amount_vnd: int | None
    fund_id: str | None
    area_id: int | None
    household_id: str | None
    on_date: date | None
    payload: dict[str, Any]
    content_hash: bytes


_OWN = {
    "program": "text",
    "kind": "text",
    "content": "text",
    "quantity": "numeric",
    "unit": "text",
    "amount_vnd": "bigint",
    "fund_id": "text",
    "area_id": "int",
    "household_id": "text",
    "on_date": "date",
}


async def insert(tx: Transaction, recording_id: int, rows: Sequence[NewSupportRecord]) -> int:
    """Insert new revisions; return how many were new."""
    return await revisions.insert(tx, "support_records", _OWN, recording_id, rows)


async def funds_named(
    tx: Transaction, keys: Sequence[Source]
) -> list[tuple[Source, int, str | None]]:
    """Return (key, revision, fund) of every stored revision of these keys."""
    rows = await revisions.of_keys(tx, "support_records", "e.revision, e.fund_id", keys)
    return [((row[0], row[1]), row[2], row[3]) for row in rows]
