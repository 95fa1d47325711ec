"""Summing the ledger of tallies in the background: entries into runs, runs into longer runs.

Nothing that is read is changed, only sums are added; so no reader and no worker waits, and a
compaction that is killed leaves what was there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.areas.tree import COUNTRY_ID, AreaTree
from shared.households.status_flows import ANYWHERE, IN, OUT, STOOD
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.locks import Lock

# Amounts in a run of the first level: some six milliseconds to add up while they are a tail.
# Shorter runs make more rows of sums: a batch from all over the country, one per district.
RUN_AMOUNTS = 16_000
# With more runs in a longer one a question adds up more sums, with fewer more levels are stored.
RUNS_TOGETHER = 8


def above_from(first: int) -> str:
    """Return the SQL that joins an amount `t` of a commune with the units `n` that it counts in.

    Their parameters, `AreaTree.above_communes`, begin with number `first`.
    """
    communes, districts, provinces = (f"${first + n}::int[]" for n in range(3))
    return f"""
        LEFT JOIN unnest({communes}, {districts}, {provinces}) AS p (commune, district, province)
            ON p.commune = t.commune
        CROSS JOIN LATERAL (VALUES (p.district), (p.province), ({COUNTRY_ID})) AS n (unit)
    """


# A household without a place counts for the country alone, and there nobody moves.
COUNTS = f"""n.unit IS NOT NULL AND CASE n.unit
    WHEN {COUNTRY_ID} THEN NOT (starts_with(t.key, 'moved_') OR starts_with(t.key, '{OUT}')
        OR starts_with(t.key, '{IN}'))
    ELSE NOT starts_with(t.key, '{ANYWHERE}') END"""
# Flows since a year began are of that year alone: there are no totals of them.
TOTALLED = f"NOT starts_with(key, '{STOOD}')"
# Both give (unit, day, key, amount) of a run; $1: the level of its parts, $2 and $3: its ends.
_OF_ENTRIES = f"""
SELECT n.unit, t.day, t.key, t.amount FROM tally_entries e CROSS JOIN
    unnest(e.units, e.days, e.keys, e.amounts) AS t (commune, day, key, amount) {above_from(4)}
WHERE $1::int = 0 AND e.known_at > $2 AND e.known_at <= $3 AND {COUNTS}
"""
_OF_RUNS = """
SELECT s.unit, t.day, t.key, t.amount FROM tally_runs r JOIN tally_sums s USING (level, through),
    unnest(s.days, s.day_keys, s.day_amounts) AS t (day, key, amount)
WHERE r.level = $1 AND r.through > $2 AND r.through <= $3
"""
_BY_DAY = """
SELECT unit, extract(year FROM day)::smallint AS year, day, key, sum(amount)::int AS amount
FROM ({parts}) p GROUP BY unit, day, key HAVING sum(amount) <> 0
"""
# Of the first level, which holds little of a year, days alone are kept: totals would double it.
_SUM_ENTRIES = f"""
INSERT INTO tally_sums (level, through, unit, year, keys, amounts, days, day_keys, day_amounts)
SELECT $1::int + 1, $3, unit, year, '{{}}', '{{}}', array_agg(day), array_agg(key),
    array_agg(amount)
FROM ({_BY_DAY.format(parts=_OF_ENTRIES)}) d GROUP BY unit, year
"""
_SUM_RUNS = f"""
WITH by_day AS ({_BY_DAY.format(parts=_OF_RUNS)}),
totalled AS (
    SELECT * FROM by_day
    UNION ALL
    SELECT unit, year, NULL, key, sum(amount)::int FROM by_day WHERE {TOTALLED}
    GROUP BY unit, year, key
    HAVING sum(amount) <> 0)
INSERT INTO tally_sums (level, through, unit, year, keys, amounts, days, day_keys, day_amounts)
SELECT $1::int + 1, $3, unit, year,
    coalesce(array_agg(key) FILTER (WHERE day IS NULL), '{{}}'),
    coalesce(array_agg(amount) FILTER (WHERE day IS NULL), '{{}}'),
    array_agg(day) FILTER (WHERE day IS NOT NULL),
    array_agg(key) FILTER (WHERE day IS NOT NULL),
    array_agg(amount) FILTER (WHERE day IS NOT NULL)
FROM totalled GROUP BY unit, year
"""
# Where the next run of the first level ends: as soon as enough amounts are in it.
_ENTRIES_DUE = """
SELECT min(known_at) FROM (
    SELECT known_at, sum(size) OVER (ORDER BY known_at) AS size FROM (
        SELECT known_at, size FROM tally_entries WHERE known_at > $1
        ORDER BY known_at LIMIT $2) e) s
WHERE size >= $2
"""
_RUNS_DUE = """
SELECT through FROM tally_runs WHERE level = $1 AND through > $2
ORDER BY through OFFSET $3 - 1 LIMIT 1
"""


Areas = Callable[[Snapshot], Awaitable[AreaTree]]


async def forget(tx: Transaction) -> None:
    """Take all sums away, to be summed anew: after areas were loaded that put a commune elsewhere.

    Nothing is being summed meanwhile. Rows are deleted, not truncated: a reader keeps what it sees.
    """
    await tx.execute("SELECT pg_advisory_xact_lock($1)", Lock.COMPACTION)
    for table in ("tally_sums", "tally_runs"):
        await tx.execute(f"DELETE FROM {table}")


async def compact(tx: Transaction, areas: Areas) -> bool:
    """Sum up one run that is due; False if there is none, or another process is at it."""
    if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", Lock.COMPACTION):
        return False
    levels = await tx.fetchval("SELECT coalesce(max(level), 0) FROM tally_runs")
    for level in range(levels + 1):
        after = await _end(tx, level + 1)
        through = await _due(tx, level, after)
        if through is not None:
            await _sum(tx, level, after, through, await areas(tx))
            return True
    return False


async def _end(tx: Transaction, level: int) -> datetime:
    """Return where the runs of a level end so far."""
    end: datetime = await tx.fetchval(
        "SELECT coalesce(max(through), '-infinity') FROM tally_runs WHERE level = $1", level
    )
    return end


async def _due(tx: Transaction, level: int, after: datetime) -> datetime | None:
    if level == 0:
        end: datetime | None = await tx.fetchval(_ENTRIES_DUE, after, RUN_AMOUNTS)
    else:
        end = await tx.fetchval(_RUNS_DUE, level, after, RUNS_TOGETHER)
    return end


async def _sum(
    tx: Transaction, level: int, after: datetime, through: datetime, tree: AreaTree
) -> None:
    statement, units = (_SUM_RUNS, ()) if level else (_SUM_ENTRIES, tree.above_communes)
    # What is summed is read by key and joined by hash: a loop over all communes takes seconds.
    await tx.execute("SET LOCAL enable_hashjoin = on")
    await tx.execute(statement, level, after, through, *units)
    await tx.execute(
        "INSERT INTO tally_runs (level, after, through) VALUES ($1, $2, $3)",
        level + 1,
        after,
        through,
    )
