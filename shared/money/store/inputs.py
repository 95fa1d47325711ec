"""What scores are made of: the listed households of every area, counted in one pass."""

from __future__ import annotations

from datetime import date, datetime

from shared.households.store.reads import known
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

_ON_LIST = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) AND status = ANY($3)"
_LISTED = f"""
SELECT area_id, status, count(*) FROM ({known(_ON_LIST, "$2")}) s
WHERE area_id IS NOT NULL GROUP BY area_id, status
"""


async def listed(snapshot: Snapshot, as_of: date, known_at: datetime) -> dict[int, dict[str, int]]:
    """Return, by the unit they were reported in, how many households are on each list."""
    found: dict[int, dict[str, int]] = {}
    for area_id, status, number in await snapshot.fetch(_LISTED, as_of, known_at, list(LISTS)):
        found.setdefault(area_id, {})[status] = number
    return found
