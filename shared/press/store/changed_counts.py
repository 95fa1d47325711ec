"""Articles that say what the register counts, and that were not checked since the count changed."""

from __future__ import annotations

from datetime import datetime

from shared.areas.reach import codes_above
from shared.kernel.database import Snapshot
from shared.kernel.reconciliation import Late, not_aside
from shared.law.store.seeds import SeedCache
from shared.press.store import figures


async def late(
    seeds: SeedCache, snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return the articles behind a change of status recorded after `since` up to `until`."""
    counted = await figures.counted_codes(snapshot)
    changes = await _changes(snapshot, since, until) if counted else {}
    areas = await seeds.areas(snapshot) if changes else None
    latest: dict[str, datetime] = {}
    for area_id, at in changes.items():
        for code in codes_above(areas, [area_id]) & counted if areas else ():
            latest[code] = max(at, latest.get(code, at))
    rows = await snapshot.fetch(
        f"""
        SELECT f.article_id::text, max(c.at)
        FROM unnest($1::text[], $2::timestamptz[]) AS c (code, at)
        JOIN figures f ON f.area_code = c.code AND f.known_to IS NULL
        LEFT JOIN reviewed_subjects v ON v.subject = 'article:' || f.article_id
        WHERE coalesce(v.reviewed_through, '-infinity') < c.at
            AND {not_aside("f.article_id::text")}
        GROUP BY f.article_id ORDER BY max(c.at), f.article_id LIMIT $3
        """,
        list(latest),
        list(latest.values()),
        limit,
    )
    return [Late(*row) for row in rows]


async def _changes(
    snapshot: Snapshot, since: datetime | None, until: datetime
) -> dict[int, datetime]:
    rows = await snapshot.fetch(
        "SELECT area_id, max(recorded_at) FROM transitions WHERE area_id IS NOT NULL "
        "AND recorded_at > coalesce($1, '-infinity'::timestamptz) AND recorded_at <= $2 "
        "GROUP BY area_id",
        since,
        until,
    )
    return {row[0]: row[1] for row in rows}
