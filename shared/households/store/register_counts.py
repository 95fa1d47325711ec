"""What the register counts in an area, and whether it covers the area at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.kernel.database import Snapshot

_ON_DAY = """
known_to IS NULL AND area_id = ANY($1::int[])
    AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
"""


async def reviewed(snapshot: Snapshot, area_ids: Sequence[int], day: date) -> list[int]:
    """Return those of the units in which a household has a status on the day."""
    rows = await snapshot.fetch(
        f"SELECT DISTINCT area_id FROM episodes WHERE {_ON_DAY} AND status IS NOT NULL",
        area_ids,
        day,
    )
    return [row[0] for row in rows]


async def listed(snapshot: Snapshot, area_ids: Sequence[int], day: date) -> dict[str, int]:
    """Return the number of households on each list on the day."""
    rows = await snapshot.fetch(
        f"SELECT status, count(*)::int FROM episodes WHERE {_ON_DAY} "
        "AND status IN ('poor', 'near_poor') GROUP BY status",
        area_ids,
        day,
    )
    return {row[0]: row[1] for row in rows}
