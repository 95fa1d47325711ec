"""Articles that count: text kept as sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    figures: int
    findings: int


_COUNTING = f"""
    SELECT a.article_id, a.event_id, a.source, a.external_id, a.revision, a.url, a.language,
        a.published_on, a.title, {{text}}, a.recorded_at, d.language,
        (SELECT count(*) FROM figures f WHERE f.known_to IS NULL AND f.article_id = a.article_id),
        (SELECT count(*) FROM findings g WHERE g.known_to IS NULL AND g.article_id = a.article_id)
    FROM ({counting(ARTICLES, "NULL")}) a LEFT JOIN article_readings d USING (event_id)
"""
_WITH_TEXT, _WITHOUT_TEXT = (_COUNTING.format(text=text) for text in ("a.text", "NULL"))
# Articles without a day stand behind those of every day.
_DAY = "coalesce(a.published_on, DATE '0001-01-01')"
NO_DAY = date.min


async def find(snapshot: Snapshot, article_id: UUID) -> StoredArticle | None:
    """Return the latest revision of an article, None if there is none or it was withdrawn."""
    row = await snapshot.fetchrow(f"{_WITH_TEXT} WHERE a.article_id = $1", article_id)
    return None if row is None else StoredArticle(*row)


async def revision_that_counts(snapshot: Snapshot, article_id: UUID) -> UUID | None:
    """Return the event id of an article's latest revision, None if withdrawn, without its text."""
    event_id: UUID | None = await snapshot.fetchval(
        f"SELECT a.event_id FROM ({counting(ARTICLES, 'NULL')}) a WHERE a.article_id = $1",
        article_id,
    )
    return event_id


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles are asked for; None: all. Measure and areas are of one of its figures."""

    measure: str | None = None
    areas: Sequence[int] | None = None
    from_date: date | None = None
    to_date: date | None = None
    has_findings: bool | None = None


async def page(
    snapshot: Snapshot,
    article_filter: ArticleFilter,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[StoredArticle]:
    """Return the latest revisions without their text, the newest publication first."""
    rows = await snapshot.fetch(
        f"""
        {_WITHOUT_TEXT}
        WHERE ($1::date IS NULL OR a.published_on >= $1)
            AND ($2::date IS NULL OR a.published_on <= $2)
            AND (($3::text IS NULL AND $4::int[] IS NULL) OR EXISTS (
                SELECT 1 FROM figures f
                WHERE f.known_to IS NULL AND f.article_id = a.article_id
                    AND ($3::text IS NULL OR f.measure = $3)
                    AND ($4::int[] IS NULL OR f.area_id = ANY($4))))
            AND ($5::bool IS NULL OR $5 = EXISTS (
                SELECT 1 FROM findings g
                WHERE g.known_to IS NULL AND g.article_id = a.article_id))
            AND ($6::date IS NULL OR ({_DAY}, a.article_id) < ($6, $7::uuid))
        ORDER BY {_DAY} DESC, a.article_id DESC LIMIT $8
        """,
        article_filter.from_date,
        article_filter.to_date,
        article_filter.measure,
        article_filter.areas,
        article_filter.has_findings,
        *(after or (None, None)),
        limit,
    )
    return [StoredArticle(*row) for row in rows]
