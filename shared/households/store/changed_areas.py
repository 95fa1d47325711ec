"""Areas that were not reviewed since what is counted in them changed: a fact of a household folded.

A household counts where its episodes are, and where they were: what left an area changed it too.
"""

from __future__ import annotations

from datetime import datetime

from shared.areas.reach import codes_above
from shared.areas.store import facts as area_facts
from shared.households.tallies import HELD, NOWHERE
from shared.kernel.database import Snapshot
from shared.kernel.reconciliation import Late, not_aside
from shared.law.store.seeds import SeedCache

# By the ledger, whose entries are the changes that were written: by the facts, what was folded only
# after a look, because its order was lost too, was never looked for again. A review counts who is
# in a class: nobody orders one for a flow, such as an exit that turned out to be by a new standard.
_CHANGED = f"""
SELECT u.area_id, max(e.known_at)
FROM tally_entries e CROSS JOIN unnest(e.units, e.keys) AS u (area_id, key)
WHERE e.known_at > coalesce($1, '-infinity'::timestamptz) AND e.known_at <= $2
    AND u.area_id <> {NOWHERE} AND starts_with(u.key, '{HELD}')
GROUP BY u.area_id
"""


async def late(
    seeds: SeedCache, snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return the codes of areas with facts in which the count changed and no review was made."""
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
