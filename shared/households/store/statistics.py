"""Counts of an area's households on a day: of provinces from the ledger, else from episodes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from shared.households.store import tallies
from shared.households.store.reads import known
from shared.households.tallies import Counts, counts_of
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

_LISTS = ", ".join(f"'{name}'" for name in LISTS)
_COUNTS = """
WITH held AS MATERIALIZED (
    SELECT status, standard, ethnic_group, area_type, deprived
    FROM ({held}) s WHERE status IS NOT NULL AND status <> 'closed')
SELECT CASE grouping(ethnic_group, area_type) WHEN 3 THEN 0 WHEN 1 THEN 1 ELSE 2 END,
    coalesce(ethnic_group, area_type), NULL, status, count(*)
FROM held GROUP BY GROUPING SETS ((status), (status, ethnic_group), (status, area_type))
UNION ALL
SELECT 3, code, standard, status, count(*)
FROM held, unnest(deprived) AS d (code)
WHERE status IN ({lists}) GROUP BY code, standard, status
"""


async def counts(
    snapshot: Snapshot,
    area_ids: Sequence[int] | None,
    provinces: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
) -> Counts:
    """Return the counts of the registered households of some communes (None: all).

    `provinces`: those that the communes make up, if they do.
    """
    if provinces is not None:
        totals = await tallies.totals(snapshot, provinces, as_of, known_at)
        if totals is not None:
            return counts_of(totals)
    return await scan(snapshot, area_ids, as_of, known_at)


async def scan(
    snapshot: Snapshot,
    area_ids: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
) -> Counts:
    """Return the same in one pass over the episodes."""
    parameters: list[Any] = [as_of]
    where = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
    at = None
    if area_ids is not None:
        parameters.append(area_ids)
        where += f" AND area_id = ANY(${len(parameters)}::int[])"
    if known_at is not None:
        parameters.append(known_at)
        at = f"${len(parameters)}"
    rows = await snapshot.fetch(_COUNTS.format(held=known(where, at), lists=_LISTS), *parameters)
    counts = Counts()
    for kind, group, standard, status, number in rows:
        if kind == 0:
            counts.by_status.append((status, number))
        elif kind == 3:
            counts.by_indicator.append((standard, group, status, number))
        else:
            groups = counts.by_ethnicity if kind == 1 else counts.by_area_type
            groups.append((group, status, number))
    return counts
