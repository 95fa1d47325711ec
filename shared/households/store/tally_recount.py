"""The ledger of tallies counted anew from the episodes: to fill it, and to verify it."""

from __future__ import annotations

from shared.areas.tree import AreaTree
from shared.households.status_flows import ANYWHERE, ELSEWHERE, HERE, IN, OUT, UNCLASSED
from shared.households.store import tally_runs
from shared.households.store.tally_runs import COUNTS, TOTALLED, above_from
from shared.households.tallies import BY_STANDARD, NOWHERE
from shared.kernel import retention
from shared.kernel.database import Snapshot, Transaction
from shared.law.standards import LISTS

_LISTS = ", ".join(f"'{name}'" for name in LISTS)
# An episode, and one that held when the year began, as long as both are held true.
_STOOD_BEFORE = """z.household_id = b.household_id AND z.valid_from < b.first_day
    AND (z.valid_to IS NULL OR z.valid_to >= b.first_day) AND z.status IS DISTINCT FROM 'closed'
    AND (z.known_to IS NULL OR b.known_from < z.known_to)
    AND (b.known_to IS NULL OR z.known_from < b.known_to)"""
# What `status_flows.keys_since` counts of episodes, with those that stood when the year began. An
# episode counts as from elsewhere as long as nobody knew of one on that day: all the time that it
# was held true, less what both were. Where one was known all that time, nothing is written down.
STOOD_SINCE = f"""
begun AS NOT MATERIALIZED (
    SELECT *, date_trunc('year', valid_from)::date AS first_day,
        CASE WHEN extract(year FROM valid_to) = extract(year FROM valid_from)
            THEN valid_to END AS ends,
        coalesce(status, '{UNCLASSED}') AS stands
    FROM placed),
unsure AS MATERIALIZED (
    SELECT * FROM begun b WHERE status IS DISTINCT FROM 'closed' AND NOT EXISTS (
        SELECT FROM placed z WHERE z.household_id = b.household_id AND z.valid_from < b.first_day
            AND (z.valid_to IS NULL OR z.valid_to >= b.first_day)
            AND z.status IS DISTINCT FROM 'closed' AND z.known_from <= b.known_from
            AND (z.known_to IS NULL OR z.known_to >= b.known_to))),
elsewhere AS (
    SELECT unit, valid_from, ends, known_from, known_to, stands, 1 AS amount FROM unsure
    UNION ALL
    SELECT b.unit, b.valid_from, b.ends, greatest(b.known_from, z.known_from),
        least(b.known_to, z.known_to), b.stands, -1
    FROM unsure b JOIN placed z ON {_STOOD_BEFORE}),
stood AS (
    SELECT unit, valid_from, ends AS valid_to, known_from, known_to, amount,
        '{HERE}{ELSEWHERE}|' || stands AS key
    FROM elsewhere
    UNION ALL
    SELECT f.unit, b.valid_from, b.ends, greatest(b.known_from, z.known_from),
        least(b.known_to, z.known_to), 1, f.kind || concat_ws('|', z.stands, b.stands, f.other)
    FROM begun b JOIN begun z ON {_STOOD_BEFORE} CROSS JOIN LATERAL (VALUES
        (z.unit, CASE WHEN (b.status = 'closed' OR b.unit = z.unit)
            AND b.stands <> z.stands THEN '{HERE}' END, NULL),
        (z.unit, CASE WHEN b.stands <> 'closed' AND b.unit <> z.unit THEN '{OUT}' END, b.unit),
        (b.unit, CASE WHEN b.stands <> 'closed' AND b.unit <> z.unit THEN '{IN}' END, z.unit),
        (b.unit, CASE WHEN b.stands <> 'closed' AND b.unit <> z.unit
            AND b.stands <> z.stands THEN '{ANYWHERE}' END, NULL)) AS f (unit, kind, other)
    WHERE (b.unit <> z.unit OR b.stands <> z.stands) AND f.kind IS NOT NULL)
"""
# Every amount that every commit added: an episode counts from the commit that stored it to the one
# that closed it, and so does a pair of episodes that follow one another, as long as both are held
# true.
_CHANGES = f"""
placed AS NOT MATERIALIZED (
    SELECT *, coalesce(area_id, {NOWHERE}) AS unit FROM episodes),
held AS (
    SELECT unit, valid_from, valid_to, known_from, known_to,
        concat_ws('|', 'held', status, coalesce(area_type, ''), ethnic_group) AS key
    FROM placed WHERE status <> 'closed'
    UNION ALL
    SELECT unit, valid_from, valid_to, known_from, known_to, '{UNCLASSED}'
    FROM placed WHERE status IS NULL
    UNION ALL
    SELECT unit, valid_from, valid_to, known_from, known_to,
        concat_ws('|', 'lacking', status, standard, code)
    FROM placed, unnest(deprived) AS d (code) WHERE status IN ({_LISTS})),
pairs AS (
    SELECT a.status AS was, a.unit AS origin, b.status, b.unit, b.valid_from, b.entry,
        b.renumbered_area AS other,
        a.standard <> b.standard AS standard_changed,
        greatest(a.known_from, b.known_from) AS known_from,
        least(a.known_to, b.known_to) AS known_to,
        b.status IS DISTINCT FROM 'closed' AS goes_on
    FROM placed a JOIN placed b ON b.household_id = a.household_id AND b.valid_from = a.valid_to
        AND (a.known_to IS NULL OR b.known_from < a.known_to)
        AND (b.known_to IS NULL OR a.known_from < b.known_to)
    WHERE a.status IS NOT NULL),
flows AS (
    SELECT unit, valid_from, known_from, known_to,
        concat_ws('|', entry, status, renumbered_area) AS key
    FROM placed WHERE entry IS NOT NULL AND status IN ({_LISTS})
    UNION ALL
    SELECT f.unit, p.valid_from, p.known_from, p.known_to, f.key
    FROM pairs p CROSS JOIN LATERAL (VALUES
        (origin, CASE WHEN NOT goes_on THEN
            concat_ws('|', CASE WHEN other IS NULL THEN 'closed' ELSE 'moved_on' END, was, other)
            END),
        (unit, CASE WHEN goes_on AND status IS DISTINCT FROM was
            THEN concat_ws('|', 'left', was) END),
        (unit, CASE WHEN goes_on AND status IS DISTINCT FROM was AND standard_changed
            THEN concat_ws('|', '{BY_STANDARD}left', was) END),
        (origin, CASE WHEN goes_on AND unit <> origin
            THEN concat_ws('|', 'moved_out', was, unit) END),
        (unit, CASE WHEN goes_on AND unit <> origin
            THEN concat_ws('|', 'moved_in', was, origin) END)) AS f (unit, key)
    WHERE was IN ({_LISTS}) AND f.key IS NOT NULL
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', '{BY_STANDARD}' || entry, status)
    FROM pairs WHERE entry IS NOT NULL AND status IN ({_LISTS}) AND standard_changed),
{STOOD_SINCE},
changes AS (
    SELECT unit, v.day, known_from, known_to, key, v.amount
    FROM held CROSS JOIN LATERAL (VALUES (valid_from, 1), (valid_to, -1)) AS v (day, amount)
    WHERE v.day IS NOT NULL
    UNION ALL
    SELECT unit, v.day, known_from, known_to, key, v.amount FROM stood CROSS JOIN LATERAL
        (VALUES (valid_from, amount), (valid_to, -amount)) AS v (day, amount)
    WHERE v.day IS NOT NULL
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, key, 1 FROM flows)
"""
_WHEN = """
CROSS JOIN LATERAL (VALUES (c.known_from, 1), (c.known_to, -1)) AS k (known_at, sign)
WHERE k.known_at IS NOT NULL
"""
_FILL = f"""
WITH {_CHANGES}
INSERT INTO tally_entries (known_at, size, units, days, keys, amounts)
SELECT known_at, count(*), array_agg(unit), array_agg(day), array_agg(key), array_agg(amount)
FROM (
    SELECT k.known_at, unit, day, key, sum(amount * k.sign)::int AS amount FROM changes c {_WHEN}
    GROUP BY k.known_at, unit, day, key HAVING sum(amount * k.sign) <> 0) s
GROUP BY known_at
"""
# Amounts are compared by sums of hashes, which no order and no grouping changes: so a commit of a
# million rows is compared without sorting them. 40 bits, for the product with an amount to fit.
_HASH = "(hashtextextended(key, unit::bigint * 100000 + (day - date '2000-01-01')) >> 24) * amount"
# $2, if given: closed rows are kept from it on, so all commits up to it are compared as one.
_COMMITS = f"""
WITH {_CHANGES},
stored AS (
    SELECT greatest(e.known_at, $2) AS known_at, sum({_HASH}) AS hash FROM tally_entries e,
        unnest(e.units, e.days, e.keys, e.amounts) AS t (unit, day, key, amount) GROUP BY 1),
counted AS (
    SELECT greatest(k.known_at, $2) AS known_at, sum(c.hash * k.sign) AS hash
    FROM (SELECT known_from, known_to, {_HASH} AS hash FROM changes) c {_WHEN}
    GROUP BY 1 HAVING sum(c.hash * k.sign) <> 0)
SELECT known_at FROM stored s FULL JOIN counted c USING (known_at)
WHERE coalesce(s.hash, 0) <> coalesce(c.hash, 0) ORDER BY known_at LIMIT $1
"""
# Every sum of a run against every amount of its entries, in each unit that it counts in.
_RUNS = f"""
WITH parts AS (
    SELECT e.known_at, n.unit, t.day, t.key, t.amount FROM tally_entries e CROSS JOIN
        unnest(e.units, e.days, e.keys, e.amounts) AS t (commune, day, key, amount) {above_from(2)}
    WHERE {COUNTS}),
by_entry AS (
    SELECT known_at, sum({_HASH}) AS hash FROM parts GROUP BY known_at),
entries AS (
    SELECT e.known_at, sum(coalesce(b.hash, 0)) OVER (ORDER BY e.known_at) AS hash
    FROM tally_entries e LEFT JOIN by_entry b USING (known_at)),
runs AS (
    SELECT level, through, sum({_HASH}) AS hash
    FROM tally_sums s, unnest(s.days, s.day_keys, s.day_amounts) AS t (day, key, amount)
    GROUP BY level, through)
SELECT r.level, r.through FROM tally_runs r
LEFT JOIN entries b ON b.known_at = r.after LEFT JOIN entries e ON e.known_at = r.through
LEFT JOIN runs s ON s.level = r.level AND s.through = r.through
WHERE coalesce(s.hash, 0) IS DISTINCT FROM e.hash - coalesce(b.hash, 0)
UNION
SELECT level, through FROM tally_sums s
WHERE level > 1 AND coalesce((SELECT sum(hashtext(key)::bigint * amount)
        FROM unnest(s.keys, s.amounts) AS y (key, amount)), 0)
    <> coalesce((SELECT sum(hashtext(key)::bigint * amount)
        FROM unnest(s.day_keys, s.day_amounts) AS d (key, amount) WHERE {TOTALLED}), 0)
ORDER BY level, through LIMIT $1
"""


async def differing_entries(snapshot: Snapshot, limit: int) -> list[str]:
    """Return where the ledger differs from the episodes."""
    rows = await snapshot.fetch(_COMMITS, limit, await retention.kept_from(snapshot))
    return [f"the tallies of {row[0].isoformat()} are not what its episodes say" for row in rows]


async def differing_sums(snapshot: Snapshot, tree: AreaTree, limit: int) -> list[str]:
    """Return where the sums of the ledger differ from its entries."""
    rows = await snapshot.fetch(_RUNS, limit, *tree.above_communes)
    return [
        f"the sums of level {row[0]} up to {row[1].isoformat()} are not what its tallies say"
        for row in rows
    ]


async def differences(snapshot: Snapshot, tree: AreaTree, limit: int) -> list[str]:
    """Return both."""
    return [
        *await differing_entries(snapshot, limit),
        *await differing_sums(snapshot, tree, limit),
    ]


async def refill(tx: Transaction) -> None:
    """Count the whole ledger anew; no batch may be at work."""
    await tally_runs.forget(tx)
    await tx.execute("DELETE FROM tally_entries")
    await tx.execute(_FILL)
