"""Findings that were raised or withdrawn since an instant, in commit order, whole commits each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot


class StoredFindingNews(Struct, frozen=True):
    """A finding that was raised, or withdrawn, at an instant."""

    recorded_at: datetime
    finding_id: UUID
    kind: str
    subject: str
    article_id: UUID | None
    withdrawn: bool
    area_id: int | None


_NEWS = """
SELECT at, finding_id, kind, subject, article_id, withdrawn, area_id FROM (
    SELECT known_from AS at, finding_id, kind, subject, article_id, false AS withdrawn, area_id
    FROM findings WHERE known_from > $1 AND known_from <= $2
    UNION ALL
    SELECT known_to, finding_id, kind, subject, article_id, true, area_id
    FROM findings WHERE known_to > $1 AND known_to <= $2) n
ORDER BY at FETCH FIRST $3 ROWS WITH TIES
"""


async def list_findings(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredFindingNews]:
    """Return what was raised and withdrawn after an instant, up to another."""
    return [StoredFindingNews(*row) for row in await snapshot.fetch(_NEWS, after, until, wanted)]
