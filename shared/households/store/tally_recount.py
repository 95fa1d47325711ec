"""The ledger of tallies counted anew from the episodes: to fill it, and to verify it."""

from __future__ import annotations

from collections.abc import Mapping

from shared.areas.tree import COUNTRY_ID
from shared.households.tallies import NOWHERE
from shared.kernel.database import Snapshot, Transaction
from shared.law.standards import LISTS

_LISTS = ", ".join(f"'{name}'" for name in LISTS)
# $1 and $2: communes and their provinces. Every amount that every commit added: an episode counts
# from the commit that stored it to the one that closed it, and so does a pair of episodes that
# follow one another, as long as both are held true.
_RECOUNT = f"""
placed AS MATERIALIZED (
    SELECT e.household_id, e.valid_from, e.valid_to, e.known_from, e.known_to, e.status, e.standard,
        e.area_type, e.ethnic_group, e.deprived, e.entry, coalesce(p.unit, {NOWHERE}) AS unit
    FROM episodes e LEFT JOIN unnest($1::int[], $2::int[]) AS p (area_id, unit) USING (area_id)),
held AS (
    SELECT unit, valid_from, valid_to, known_from, known_to,
        concat_ws('|', 'held', status, coalesce(area_type, ''), ethnic_group) AS key
    FROM placed WHERE status <> 'closed'
    UNION ALL
    SELECT unit, valid_from, valid_to, known_from, known_to,
        concat_ws('|', 'lacking', status, standard, code)
    FROM placed, unnest(deprived) AS d (code) WHERE status IN ({_LISTS})),
pairs AS (
    SELECT a.status AS was, a.unit AS origin, b.status, b.unit, b.valid_from,
        greatest(a.known_from, b.known_from) AS known_from,
        least(a.known_to, b.known_to) AS known_to
    FROM placed a JOIN placed b ON b.household_id = a.household_id AND b.valid_from = a.valid_to
        AND (a.known_to IS NULL OR b.known_from < a.known_to)
        AND (b.known_to IS NULL OR a.known_from < b.known_to)
    WHERE a.status IN ({_LISTS})),
flows AS (
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', entry, status) AS key
    FROM placed WHERE entry IS NOT NULL AND status IN ({_LISTS})
    UNION ALL
    SELECT origin, valid_from, known_from, known_to, concat_ws('|', 'closed', was)
    FROM pairs WHERE status = 'closed'
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', 'left', was)
    FROM pairs WHERE status IS DISTINCT FROM 'closed' AND status IS DISTINCT FROM was
    UNION ALL
    SELECT origin, valid_from, known_from, known_to, concat_ws('|', 'moved_out', was, unit)
    FROM pairs WHERE status IS DISTINCT FROM 'closed' AND unit <> origin
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', 'moved_in', was, origin)
    FROM pairs WHERE status IS DISTINCT FROM 'closed' AND unit <> origin),
changes AS (
    SELECT unit, valid_from AS day, known_from, known_to, key, 1 AS amount FROM held
    UNION ALL
    SELECT unit, valid_to, known_from, known_to, key, -1 FROM held WHERE valid_to IS NOT NULL
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, key, 1 FROM flows),
recounted AS (
    SELECT known_from AS known_at, unit, day, key, amount FROM changes
    UNION ALL
    SELECT known_to, unit, day, key, -amount FROM changes WHERE known_to IS NOT NULL)
"""
_FILL = f"""
WITH {_RECOUNT}
INSERT INTO tally_entries (known_at, size, units, days, keys, amounts)
SELECT known_at, count(*), array_agg(unit), array_agg(day), array_agg(key), array_agg(amount)
FROM (
    SELECT known_at, unit, day, key, sum(amount)::int AS amount FROM recounted
    GROUP BY known_at, unit, day, key HAVING sum(amount) <> 0) c
GROUP BY known_at
"""
# Amounts are compared by sums of hashes, which no order and no grouping changes: so a commit of a
# million rows is compared without sorting them. 40 bits, for the product with an amount to fit.
_HASH = "(hashtextextended(key, unit::bigint * 100000 + (day - date '2000-01-01')) >> 24) * amount"
_COMMITS = f"""
WITH {_RECOUNT},
stored AS (
    SELECT e.known_at, sum({_HASH}) AS hash FROM tally_entries e,
        unnest(e.units, e.days, e.keys, e.amounts) AS t (unit, day, key, amount) GROUP BY 1),
counted AS (
    SELECT known_at, sum({_HASH}) AS hash FROM recounted GROUP BY known_at HAVING sum({_HASH}) <> 0)
SELECT known_at FROM stored s FULL JOIN counted c USING (known_at)
WHERE s.hash IS DISTINCT FROM c.hash ORDER BY known_at LIMIT $3
"""
_COUNTRY_HASH = _HASH.replace("unit::bigint", f"{COUNTRY_ID}::bigint")
_RUNS = f"""
WITH entries AS (
    SELECT known_at, sum(sum({_HASH})) OVER so_far AS parts,
        sum(coalesce(sum({_COUNTRY_HASH}) FILTER (WHERE key NOT LIKE 'moved%'), 0))
            OVER so_far AS country
    FROM tally_entries e, unnest(e.units, e.days, e.keys, e.amounts) AS t (unit, day, key, amount)
    GROUP BY known_at WINDOW so_far AS (ORDER BY known_at)),
runs AS (
    SELECT level, through, coalesce(sum({_HASH}) FILTER (WHERE unit <> {COUNTRY_ID}), 0) AS parts,
        coalesce(sum({_HASH}) FILTER (WHERE unit = {COUNTRY_ID}), 0) AS country
    FROM tally_sums s, unnest(s.days, s.day_keys, s.day_amounts) AS t (day, key, amount)
    GROUP BY level, through)
SELECT r.level, r.through FROM tally_runs r
LEFT JOIN entries b ON b.known_at = r.after LEFT JOIN entries e ON e.known_at = r.through
LEFT JOIN runs s ON s.level = r.level AND s.through = r.through
WHERE coalesce(s.parts, 0) IS DISTINCT FROM e.parts - coalesce(b.parts, 0)
    OR coalesce(s.country, 0) IS DISTINCT FROM e.country - coalesce(b.country, 0)
UNION
SELECT level, through FROM tally_sums s
WHERE coalesce((SELECT sum(hashtext(key)::bigint * amount)
        FROM unnest(s.keys, s.amounts) AS y (key, amount)), 0)
    <> (SELECT sum(hashtext(key)::bigint * amount)
        FROM unnest(s.day_keys, s.day_amounts) AS d (key, amount))
ORDER BY level, through LIMIT $1
"""


async def differences(snapshot: Snapshot, provinces: Mapping[int, int], limit: int) -> list[str]:
    """Return where the ledger differs from the episodes, or its sums from its entries."""
    communes, units = list(provinces), list(provinces.values())
    commits = await snapshot.fetch(_COMMITS, communes, units, limit)
    runs = await snapshot.fetch(_RUNS, limit)
    return [
        f"the tallies of {row[0].isoformat()} are not what its episodes say" for row in commits
    ] + [
        f"the sums of level {row[0]} up to {row[1].isoformat()} are not what its tallies say"
        for row in runs
    ]


async def refill(tx: Transaction, provinces: Mapping[int, int]) -> None:
    """Count the whole ledger anew: after areas were loaded that put a commune elsewhere.

    No batch may be at work. Rows are deleted, not truncated: a reader keeps what it sees.
    """
    for table in ("tally_sums", "tally_runs", "tally_entries"):
        await tx.execute(f"DELETE FROM {table}")
    await tx.execute(_FILL, list(provinces), list(provinces.values()))
