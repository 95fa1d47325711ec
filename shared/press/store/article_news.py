"""Articles that came, and those whose figures changed, since an instant: whole commits in order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot


class StoredArticleNews(Struct, frozen=True):
    """A revision of an article."""

    recorded_at: datetime
    article_id: UUID
    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool


class StoredReadingNews(Struct, frozen=True):
    """An article whose figures changed, and how many it has since."""

    recorded_at: datetime
    article_id: UUID
    figures: int


_ARTICLES = """
SELECT g.recorded_at, d.article_id, d.event_id, d.source, d.external_id, d.revision, d.withdrawn
FROM recordings g JOIN articles d USING (recording_id)
WHERE g.recorded_at > $1 AND g.recorded_at <= $2
ORDER BY g.recorded_at FETCH FIRST $3 ROWS WITH TIES
"""
_READINGS = """
SELECT n.at, n.article_id, (
    SELECT count(*) FROM figures f WHERE f.article_id = n.article_id
        AND f.known_from <= n.at AND (f.known_to IS NULL OR f.known_to > n.at))
FROM (
    SELECT known_from AS at, article_id FROM figures WHERE known_from > $1 AND known_from <= $2
    UNION
    SELECT known_to, article_id FROM figures WHERE known_to > $1 AND known_to <= $2
    ORDER BY at FETCH FIRST $3 ROWS WITH TIES) n
ORDER BY n.at, n.article_id
"""


async def list_articles(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredArticleNews]:
    """Return the revisions of articles that were committed after an instant, up to another."""
    rows = await snapshot.fetch(_ARTICLES, after, until, wanted)
    return [StoredArticleNews(*row) for row in rows]


async def list_readings(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredReadingNews]:
    """Return whose figures changed after an instant, up to another."""
    rows = await snapshot.fetch(_READINGS, after, until, wanted)
    return [StoredReadingNews(*row) for row in rows]
