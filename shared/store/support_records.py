"""Support without a run, as posted: in money or in kind, to a household or in an area."""

from __future__ import annotations

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

from shared.store.metadata import METADATA, Key

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
