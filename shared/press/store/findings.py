"""Findings: what contradicts arithmetic, the register or the law, on the knowledge clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import content_id

FINDINGS = Table(
    "findings",
    METADATA,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    # Made of what is found, so that the same contradiction keeps its id.
    Column("finding_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    # What is recomputed as a whole: "fund:ID", "household:ID" or "article:ID".
    Column("subject", Key, nullable=False),
    Column("article_id", Uuid),
    Column("area_id", Integer),
    # Figures, expected, stated, tolerance, explanation: as callers see them.
    Column("body", JSONB, nullable=False),
    Column("known_from", DateTime(timezone=True), nullable=False),
    Column("known_to", DateTime(timezone=True)),
)
_CURRENT = FINDINGS.c.known_to.is_(None)
Index(
    "uq_findings_current",
    FINDINGS.c.subject,
    FINDINGS.c.finding_id,
    unique=True,
    postgresql_where=_CURRENT,
)
Index("ix_findings_article", FINDINGS.c.article_id)
# What is new to who was told up to an instant.
Index("ix_findings_raised", FINDINGS.c.known_from)
Index(
    "ix_findings_withdrawn", FINDINGS.c.known_to, postgresql_where=FINDINGS.c.known_to.is_not(None)
)

# The row that serialises the review of a subject, and how far it has got: every fact about it that
# was recorded at or before that instant is taken into its findings.
REVIEWED_SUBJECTS = Table(
    "reviewed_subjects",
    METADATA,
    Column("subject", Key, primary_key=True),
    Column("reviewed_through", DateTime(timezone=True), nullable=False),
)


class NewFinding(NamedTuple):
    """A finding as it is to stand; `body` is what callers see of it."""

    subject: str
    kind: str
    body: dict[str, Any]
    area_id: int | None = None
    article_id: UUID | None = None

    @property
    def finding_id(self) -> UUID:
        """Return an id made of what is found."""
        digest = sha256(orjson.dumps(self.body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return content_id(f"urn:poverty-registry:finding:{self.subject}:{self.kind}:{digest}")


async def lock(tx: Transaction, subjects: Sequence[str]) -> datetime:
    """Lock subjects until commit, in one order; return the instant that later reads cover."""
    names = sorted(subjects)
    await tx.execute(
        "INSERT INTO reviewed_subjects (subject, reviewed_through) "
        "SELECT s, '-infinity' FROM unnest($1::text[]) AS u (s) ORDER BY s ON CONFLICT DO NOTHING",
        names,
    )
    await tx.execute(
        "SELECT 1 FROM reviewed_subjects WHERE subject = ANY($1::text[]) "
        "ORDER BY subject FOR NO KEY UPDATE",
        names,
    )
    at: datetime = await tx.fetchval("SELECT at FROM knowledge_clock")
    return at


async def reviewed(tx: Transaction, subjects: Sequence[str], through: datetime) -> None:
    """Remember that every fact recorded up to `through` is in the findings of these subjects."""
    await tx.execute(
        "UPDATE reviewed_subjects SET reviewed_through = $2 "
        "WHERE subject = ANY($1::text[]) AND reviewed_through < $2",
        subjects,
        through,
    )


async def standing(tx: Snapshot, subjects: Sequence[str]) -> dict[tuple[str, UUID], int]:
    """Return the number of each finding that stands, by (subject, finding id)."""
    rows = await tx.fetch(
        "SELECT subject, finding_id, seq FROM findings "
        "WHERE known_to IS NULL AND subject = ANY($1::text[])",
        subjects,
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def withdraw(tx: Transaction, seqs: Sequence[int], at: datetime) -> None:
    """Close findings that no longer hold."""
    await tx.execute("UPDATE findings SET known_to = $2 WHERE seq = ANY($1::bigint[])", seqs, at)


async def raise_(tx: Transaction, findings: Sequence[NewFinding], at: datetime) -> None:
    """Insert findings that were not standing."""
    await tx.execute(
        """
        INSERT INTO findings (finding_id, kind, subject, article_id, area_id, body, known_from)
        SELECT i, k, s, a, u, b::jsonb, $7
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::int[], $6::text[])
            AS f (i, k, s, a, u, b)
        """,
        [f.finding_id for f in findings],
        [f.kind for f in findings],
        [f.subject for f in findings],
        [f.article_id for f in findings],
        [f.area_id for f in findings],
        [orjson.dumps(f.body).decode() for f in findings],
        at,
    )
