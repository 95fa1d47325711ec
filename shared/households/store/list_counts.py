"""Households on the two lists per area and day: one statement, for scores, rates and articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from shared.households.store.reads import known
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

_ON_DAY = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
_LISTED = f"{_ON_DAY} AND area_id IS NOT NULL AND status = ANY($2::text[])"
_COUNT = "SELECT area_id, status, count(*)::int FROM ({held}) s GROUP BY area_id, status"


async def listed(
    snapshot: Snapshot,
    day: date,
    known_at: datetime | None,
    area_ids: Sequence[int] | None = None,
    statuses: Sequence[str] = LISTS,
) -> dict[int, dict[str, int]]:
    """Return, by the unit they were reported in, how many households are on each list.

    Of all units, or of `area_ids` alone; a unit without a listed household is left out.
    """
    parameters: list[object] = [day, list(statuses)]
    where, at = _LISTED, None
    if known_at is not None:
        parameters.append(known_at)
        at = f"${len(parameters)}"
    if area_ids is not None:
        parameters.append(list(area_ids))
        where += f" AND area_id = ANY(${len(parameters)}::int[])"
    counts: dict[int, dict[str, int]] = {}
    rows = await snapshot.fetch(_COUNT.format(held=known(where, at)), *parameters)
    for area_id, status, households in rows:
        counts.setdefault(area_id, {})[status] = households
    return counts


async def reviewed(snapshot: Snapshot, area_ids: Sequence[int], day: date) -> list[int]:
    """Return those of the units in which a household has a status on the day."""
    held = known(f"{_ON_DAY} AND area_id = ANY($2::int[]) AND status IS NOT NULL", None)
    rows = await snapshot.fetch(f"SELECT DISTINCT area_id FROM ({held}) s", day, list(area_ids))
    return [row[0] for row in rows]
