"""Summing the ledger of tallies in the background: entries into runs, runs into longer runs.

Nothing that is read is changed, only sums are added; so no reader and no worker waits, and a
compaction that is killed leaves what was there.
"""

from __future__ import annotations

from datetime import datetime

from shared.areas.tree import COUNTRY_ID
from shared.kernel.database import Transaction
from shared.kernel.locks import Lock

# Amounts in a run of the first level: some four milliseconds to add up while they are a tail.
RUN_AMOUNTS = 8_000
# With more runs in a longer one a question adds up more sums, with fewer more levels are stored.
RUNS_TOGETHER = 8

# Both give (unit, day, key, amount) of a run; $1: the level of its parts, $2 and $3: its ends.
_OF_ENTRIES = f"""
SELECT n.unit, t.day, t.key, t.amount FROM tally_entries e,
    unnest(e.units, e.days, e.keys, e.amounts) AS t (unit, day, key, amount),
    LATERAL (VALUES (t.unit), ({COUNTRY_ID})) AS n (unit)
WHERE $1::int = 0 AND e.known_at > $2 AND e.known_at <= $3
    AND (n.unit <> {COUNTRY_ID} OR t.key NOT LIKE 'moved%')
"""
_OF_RUNS = """
SELECT s.unit, t.day, t.key, t.amount FROM tally_runs r JOIN tally_sums s USING (level, through),
    unnest(s.days, s.day_keys, s.day_amounts) AS t (day, key, amount)
WHERE r.level = $1 AND r.through > $2 AND r.through <= $3
"""
_SUM = """
WITH by_day AS (
    SELECT unit, extract(year FROM day)::smallint AS year, day, key, sum(amount)::int AS amount
    FROM ({parts}) p GROUP BY unit, day, key HAVING sum(amount) <> 0),
totalled AS (
    SELECT * FROM by_day
    UNION ALL
    SELECT unit, year, NULL, key, sum(amount)::int FROM by_day GROUP BY unit, year, key
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


async def compact(tx: Transaction) -> bool:
    """Sum up one run that is due; False if there is none, or another process is at it."""
    if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", Lock.COMPACTION):
        return False
    levels = await tx.fetchval("SELECT coalesce(max(level), 0) FROM tally_runs")
    for level in range(levels + 1):
        after = await _end(tx, level + 1)
        through = await _due(tx, level, after)
        if through is not None:
            await _sum(tx, level, after, through)
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


async def _sum(tx: Transaction, level: int, after: datetime, through: datetime) -> None:
    parts = _OF_RUNS if level else _OF_ENTRIES
    await tx.execute(_SUM.format(parts=parts), level, after, through)
    await tx.execute(
        "INSERT INTO tally_runs (level, after, through) VALUES ($1, $2, $3)",
        level + 1,
        after,
        through,
    )
