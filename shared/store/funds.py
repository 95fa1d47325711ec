"""Funds as posted, every revision; and the balance row that serialises allocations of each."""

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

FUNDS = Table(
    "funds",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    # Null in a withdrawal, which names no more than its key.
    Column("fund_id", Key),
    Column("program", Text),
    Column("component", Text),
    Column("year", Integer),
    Column("funding_source", Text),
    Column("area_id", Integer),
    Column("amount_vnd", BigInteger),
    Column("decided_on", Date),
    Column("parent_run", Key),
    Column("parent_line", Key),
    Column("payload", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
    CheckConstraint("amount_vnd >= 0", name="amount"),
)
Index("ix_funds_fund", FUNDS.c.fund_id)
Index(
    "ix_funds_parent",
    FUNDS.c.parent_run,
    FUNDS.c.parent_line,
    postgresql_where=FUNDS.c.parent_run.is_not(None),
)

FUND_BALANCES = Table(
    "fund_balances",
    METADATA,
    Column("fund_id", Key, primary_key=True),
    # The fund's latest revision; 0 for one that was withdrawn.
    Column("amount_vnd", BigInteger, nullable=False),
    # What committed runs hold: whole lines, and of superseded runs what was paid.
    Column("allocated_vnd", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("allocated_vnd BETWEEN 0 AND amount_vnd", name="never_overspent"),
)
