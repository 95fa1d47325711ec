"""Articles as received: text kept as sent, every revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import counting

ARTICLES = Table(
    "articles",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("article_id", Uuid, nullable=False, index=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("url", Text),
    Column("language", Text),
    Column("published_on", Date),
    Column("title", Text),
    Column("text", Text),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
)


@dataclass(frozen=True, slots=True)
class NewArticle:
    """One revision to be stored."""

    event_id: UUID
    article_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    url: str | None
    language: str | None
    published_on: date | None
    title: str | None
    text: str | None
    content_hash: bytes


async def insert(tx: Transaction, recording_id: int, articles: Sequence[NewArticle]) -> int:
    """Insert new revisions; return how many were new."""
    made = 0
    for a in articles:
        made += len(
            await tx.fetch(
                "INSERT INTO articles (event_id, article_id, recording_id, source, external_id, "
                "revision, withdrawn, url, language, published_on, title, text, content_hash) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
                "ON CONFLICT DO NOTHING RETURNING 1",
                a.event_id,
                a.article_id,
                recording_id,
                a.source,
                a.external_id,
                a.revision,
                a.withdrawn,
                a.url,
                a.language,
                a.published_on,
                a.title,
                a.text,
                a.content_hash,
            )
        )
    return made


class StoredArticle(Struct, frozen=True):
    """The revision of an article that counts; None until it was read: `detected_language`."""

    article_id: UUID
    event_id: UUID
    source: str
    external_id: str
    revision: int
    url: str | None
    language: str | None
    published_on: date | None
    title: str | None
    text: str | None
    recorded_at: datetime
    detected_language: str | None


_COUNTING = f"""
    SELECT a.article_id, a.event_id, a.source, a.external_id, a.revision, a.url, a.language,
        a.published_on, a.title, a.text, a.recorded_at, d.language
    FROM ({counting("articles", "NULL")}) a LEFT JOIN article_readings d USING (event_id)
"""


async def find(snapshot: Snapshot, article_id: UUID) -> StoredArticle | None:
    """Return the latest revision of an article, None if there is none or it was withdrawn."""
    row = await snapshot.fetchrow(f"{_COUNTING} WHERE a.article_id = $1", article_id)
    return None if row is None else StoredArticle(*row)


async def revision_that_counts(snapshot: Snapshot, article_id: UUID) -> UUID | None:
    """Return the event id of an article's latest revision, None if withdrawn, without its text."""
    event_id: UUID | None = await snapshot.fetchval(
        f"SELECT a.event_id FROM ({counting('articles', 'NULL')}) a WHERE a.article_id = $1",
        article_id,
    )
    return event_id


async def page(snapshot: Snapshot, after: UUID | None, limit: int) -> list[StoredArticle]:
    """Return the latest revisions in order of article id."""
    rows = await snapshot.fetch(
        f"{_COUNTING} WHERE $1::uuid IS NULL OR a.article_id > $1 ORDER BY a.article_id LIMIT $2",
        after,
        limit,
    )
    return [StoredArticle(*row) for row in rows]
