"""Articles that count: text kept as sent."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import counting
from shared.press.facts import ARTICLES

# Processed when the article has been read since.
CONCERNED = reviewed(
    "SELECT 'article:' || article_id AS subject, article_id::text AS item FROM revised", "subject"
)


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
    FROM ({counting(ARTICLES, "NULL")}) a LEFT JOIN article_readings d USING (event_id)
"""


async def find(snapshot: Snapshot, article_id: UUID) -> StoredArticle | None:
    """Return the latest revision of an article, None if there is none or it was withdrawn."""
    row = await snapshot.fetchrow(f"{_COUNTING} WHERE a.article_id = $1", article_id)
    return None if row is None else StoredArticle(*row)


async def revision_that_counts(snapshot: Snapshot, article_id: UUID) -> UUID | None:
    """Return the event id of an article's latest revision, None if withdrawn, without its text."""
    event_id: UUID | None = await snapshot.fetchval(
        f"SELECT a.event_id FROM ({counting(ARTICLES, 'NULL')}) a WHERE a.article_id = $1",
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
