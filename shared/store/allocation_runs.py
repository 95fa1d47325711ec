"""Allocation runs: the request, its frozen inputs, and the result; written once, never changed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.store.metadata import METADATA, Key

ALLOCATION_RUNS = Table(
    "allocation_runs",
    METADATA,
    Column("run_id", Key, primary_key=True),
    Column("fund_id", Key, nullable=False),
    Column("rule", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    # As asked for, else the instant of the request: either way statuses are frozen at it.
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("mode", Text, nullable=False),
    Column("supersedes", Key),
    Column("request", JSONB, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("completed_at", DateTime(timezone=True)),
    # Refused: [{code, subject, detail}], every cause; the first one's code in `code`.
    Column("code", Text),
    Column("refusals", JSONB),
    # The last commit whose funds, lines and payments were seen; balances are frozen at it.
    Column("ledger_at", DateTime(timezone=True)),
    # What household lines are for (`housing`): one content is supported once, whatever the fund.
    Column("content", Text),
    Column("inputs", JSONB),
    Column("totals", JSONB),
    Column("allocated_from_vnd", BigInteger),
    Column("allocated_vnd", BigInteger),
    Column("unallocated_vnd", BigInteger),
    Column("inputs_digest", Text),
    Column("result_digest", Text),
    CheckConstraint("state IN ('pending', 'completed', 'refused')", name="state"),
    CheckConstraint("mode IN ('commit', 'preview')", name="mode"),
    CheckConstraint(
        "state <> 'completed' OR (allocated_vnd >= 0 AND unallocated_vnd >= 0 "
        "AND allocated_vnd + unallocated_vnd = allocated_from_vnd)",
        name="adds_up",
    ),
)
Index("ix_allocation_runs_fund", ALLOCATION_RUNS.c.fund_id)
# A run is superseded at most once.
Index(
    "uq_allocation_runs_supersedes",
    ALLOCATION_RUNS.c.supersedes,
    unique=True,
    postgresql_where=text("state = 'completed' AND mode = 'commit'"),
)
