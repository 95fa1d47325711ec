"""Disbursements as posted: what was paid of a line, and what came back, every revision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
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
from shared.money.line_ledger import LineKey, Payment, Sums
from shared.money.store.net_paid import PAID, RETURNED

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


@dataclass(frozen=True, slots=True)
class NewDisbursement:
    """One revision to be stored."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    run_id: str | None
    line: str | None
    amount_vnd: int | None
    paid_on: date | None
    kind: Literal["paid", "returned"] | None
    payload: dict[str, Any]
    content_hash: bytes


_OWN = {
    "run_id": "text",
    "line": "text",
    "amount_vnd": "bigint",
    "paid_on": "date",
    "kind": "text",
}


async def insert(tx: Transaction, recording_id: int, rows: Sequence[NewDisbursement]) -> int:
    """Insert new revisions; return how many were new."""
    return await revisions.insert(tx, "disbursements", _OWN, recording_id, rows)


async def of_keys(tx: Transaction, keys: Sequence[Source]) -> list[Payment]:
    """Return every stored revision of these keys."""
    fields = "e.revision, e.run_id, e.line, e.kind, e.amount_vnd"
    return [
        Payment((source, external_id), revision)
        if run_id is None
        else Payment((source, external_id), revision, (run_id, line), kind, amount)
        for source, external_id, revision, run_id, line, kind, amount in await revisions.of_keys(
            tx, "disbursements", fields, keys
        )
    ]


async def sums(tx: Transaction, lines: Collection[LineKey]) -> dict[LineKey, Sums]:
    """Return what was paid and returned of each line, by the revisions that count."""
    keys = sorted(lines)
    rows = await tx.fetch(
        f"""
        SELECT run_id, line,
            {PAID},
            {RETURNED}
        FROM unnest($1::text[], $2::text[]) AS k (run_id, line)
        JOIN ({revisions.counting("disbursements")}) d USING (run_id, line)
        GROUP BY run_id, line
        """,
        [run for run, _ in keys],
        [line for _, line in keys],
    )
    return {(row[0], row[1]): Sums(row[2], row[3]) for row in rows}
