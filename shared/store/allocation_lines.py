"""Lines of allocation runs: an area's share or a household's norm, also where it got nothing."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.store.metadata import METADATA, Key

ALLOCATION_LINES = Table(
    "allocation_lines",
    METADATA,
    Column("run_id", Key, nullable=False),
    # An area's code or a household's id.
    Column("line", Key, nullable=False),
    Column("area_id", Integer),
    Column("amount_vnd", BigInteger, nullable=False),
    # allocated, not_eligible, already_supported, fund_exhausted
    Column("outcome", Text, nullable=False),
    # Of score_share: its exact score, and every criterion with its value and coefficient.
    Column("score", Numeric),
    Column("reasons", JSONB),
    # Of household_norm: enough to say why, in few bytes, for there may be a million.
    Column("content", Text),
    Column("status", Text),
    Column("rank", SmallInteger),
    # Place in the queue of the eligible, from 1.
    Column("place", Integer),
    Column("failed", ARRAY(Text)),
    # The run or support record that supported the household before.
    Column("supported_by", Key),
    # Paid under the superseded run and deducted from the norm here.
    Column("already_paid_vnd", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("run_id", "line"),
    CheckConstraint("amount_vnd >= 0", name="amount"),
)
Index(
    "ix_allocation_lines_content",
    ALLOCATION_LINES.c.line,
    ALLOCATION_LINES.c.content,
    postgresql_where=ALLOCATION_LINES.c.content.is_not(None) & (ALLOCATION_LINES.c.amount_vnd > 0),
)
