"""Findings: what contradicts arithmetic, the register or the law, on the knowledge clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from shared.store.metadata import METADATA, Key

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

# The row that serialises the review of a subject, and how far it has got: every fact about it that
# was recorded at or before that instant is taken into its findings.
REVIEWED_SUBJECTS = Table(
    "reviewed_subjects",
    METADATA,
    Column("subject", Key, primary_key=True),
    Column("reviewed_through", DateTime(timezone=True), nullable=False),
)
