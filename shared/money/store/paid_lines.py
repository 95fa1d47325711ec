"""Households' lines with money paid on them, beside what is now known of those households."""

from __future__ import annotations

from collections.abc import Sequence

from asyncpg import Record

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.store.net_paid import NET_PAID

# The partial index on lines with a content finds nothing for most households, and costs little.
_PAID = f"""
SELECT l.run_id, l.line, l.area_id, r.rule, r.as_of, r.known_at, paid.net_vnd,
    e.status, e.ethnic_group, e.area_type, e.standard, e.deprived, v.payload
FROM allocation_lines l JOIN allocation_runs r USING (run_id)
JOIN LATERAL (
    SELECT {NET_PAID} AS net_vnd
    FROM ({counting("disbursements")}) d
    WHERE d.run_id = l.run_id AND d.line = l.line) paid ON paid.net_vnd > 0
LEFT JOIN episodes e ON e.household_id = l.line AND e.known_to IS NULL
    AND e.valid_from <= r.as_of AND (e.valid_to IS NULL OR e.valid_to > r.as_of)
LEFT JOIN household_events v ON v.event_id = e.assessment
WHERE l.line = ANY($1::text[]) AND l.content IS NOT NULL AND l.amount_vnd > 0
    AND r.state = 'completed' AND r.mode = 'commit'
ORDER BY l.line, l.run_id
"""


async def of_households(snapshot: Snapshot, household_ids: Sequence[str]) -> list[Record]:
    """Return each paid line with the household's status and measurement on the run's day."""
    rows: list[Record] = await snapshot.fetch(_PAID, household_ids)
    return rows
