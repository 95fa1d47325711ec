"""Where what was recognised changed: households by the instant at which it was known.

Only households in which it differs from the figures have a recognised timeline of their own, so
these rows are few; what changes with the figures is told by the transitions.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from shared.kernel.database import Snapshot


class Changed(Struct, frozen=True):
    """A household whose recognised timeline began, changed or ceased to differ at an instant."""

    at: datetime
    household_id: str


_HERE = "($1::int[] IS NULL OR area_id = ANY($1))"
_CHANGED = f"""
SELECT at, household_id FROM (
    SELECT known_from AS at, household_id FROM recognised_episodes WHERE {_HERE}
    UNION
    SELECT known_to, household_id FROM recognised_episodes WHERE known_to IS NOT NULL AND {_HERE}) c
WHERE $2::timestamptz IS NULL OR (at, household_id) > ($2, $3::text COLLATE "C")
ORDER BY at, household_id LIMIT $4
"""


async def changed(
    snapshot: Snapshot,
    area_ids: Collection[int] | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Changed]:
    """Return the next changes in commit order, in communes (None: all)."""
    areas = None if area_ids is None else sorted(area_ids)
    rows = await snapshot.fetch(_CHANGED, areas, *(after or (None, None)), limit)
    return [Changed(*row) for row in rows]
