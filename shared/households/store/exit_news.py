"""Exit windows that were told to end, or no longer to, since an instant, in commit order.

Whole commits each. Where the household lived is as it was known when it was told: whoever hears of
a window hears also that it was taken back.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from shared.kernel.database import Snapshot


class StoredExitNews(Struct, frozen=True):
    """A notice of the window of a household, or that it no longer ends on that day."""

    recorded_at: datetime
    household_id: str
    last_day: date
    days_before: int
    withdrawn: bool
    area_id: int | None


_NEWS = """
SELECT n.at, n.household_id, n.last_day, n.days_before, n.withdrawn, h.area_id
FROM (
    SELECT told_at AS at, household_id, last_day, days_before, false AS withdrawn, told_at
    FROM exit_notices WHERE told_at > $1 AND told_at <= $2
    UNION ALL
    SELECT withdrawn_at, household_id, last_day, min(days_before), true, max(told_at)
    FROM exit_notices WHERE withdrawn_at > $1 AND withdrawn_at <= $2
    GROUP BY withdrawn_at, household_id, last_day
    ORDER BY at FETCH FIRST $3 ROWS WITH TIES) n
LEFT JOIN LATERAL (
    SELECT area_id FROM episodes e
    WHERE e.household_id = n.household_id AND e.valid_from <= n.last_day
        AND e.known_from <= n.told_at AND (e.known_to IS NULL OR e.known_to > n.told_at)
    ORDER BY e.valid_from DESC LIMIT 1) h ON true
ORDER BY n.at, n.household_id, n.withdrawn DESC
"""


async def list_notices(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredExitNews]:
    """Return what was told and taken back after an instant, up to another."""
    return [StoredExitNews(*row) for row in await snapshot.fetch(_NEWS, after, until, wanted)]
