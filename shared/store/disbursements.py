"""Disbursements as posted: what was paid of a line, and what came back, every revision."""

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
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.store.metadata import METADATA, Key

DISBURSEMENTS = Table(
    "disbursements",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("run_id", Key),
    Column("line", Key),
    Column("amount_vnd", BigInteger),
    Column("paid_on", Date),
    Column("kind", Text),
    Column("payload", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
    CheckConstraint("amount_vnd > 0", name="amount"),
    CheckConstraint("kind IN ('paid', 'returned')", name="kind"),
)
Index("ix_disbursements_line", DISBURSEMENTS.c.run_id, DISBURSEMENTS.c.line)
