"""Areas that were not reviewed since what is counted in them changed: a fact of a household folded.

A household counts where its episodes are, and where they were: what left an area changed it too.
"""

from __future__ import annotations

from datetime import datetime

from shared.areas.reach import codes_above
from shared.areas.store import facts as area_facts
from shared.kernel.database import Snapshot
from shared.kernel.reconciliation import Late, not_aside
from shared.law.store.seeds import SeedCache

# By what was written, not by what was folded: a fact that changes no episode changes no count,
# and nobody orders a review for it.
_CHANGED = """
SELECT e.area_id, max(greatest(e.known_from, e.known_to))
FROM recordings r JOIN household_events v USING (recording_id)
JOIN episodes e ON e.household_id = v.household_id AND e.area_id IS NOT NULL
    AND (e.known_from >= r.recorded_at OR e.known_to >= r.recorded_at)
WHERE r.recorded_at > coalesce($1, '-infinity'::timestamptz) AND r.recorded_at <= $2
GROUP BY e.area_id
"""


async def late(
    seeds: SeedCache, snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return the codes of areas with facts, for whom a household was folded and no review made."""
    rows = await snapshot.fetch(_CHANGED, since, until)
    areas = await seeds.areas(snapshot) if rows else None
    latest: dict[str, datetime] = {}
    for area_id, at in rows:
        for code in codes_above(areas, [area_id]) if areas else ():
            latest[code] = max(at, latest.get(code, at))
    codes = await area_facts.having(snapshot, sorted(latest)) if latest else []
    rows = await snapshot.fetch(
        f"""
        SELECT 'area:' || c.code, c.at
        FROM unnest($1::text[], $2::timestamptz[]) AS c (code, at)
        LEFT JOIN reviewed_subjects v ON v.subject = 'area:' || c.code
        WHERE coalesce(v.reviewed_through, '-infinity') < c.at
            AND {not_aside("c.code")}
        ORDER BY c.at, c.code LIMIT $3
        """,
        codes,
        [latest[code] for code in codes],
        limit,
    )
    return [Late(*row) for row in rows]
