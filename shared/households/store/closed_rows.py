"""Closed rows of timelines, removed once no instant that can be asked for sees them.

A run is computed again from what was known at its instant, so what it saw of its households stays,
however old: whoever was on a list, ran out of one or had ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.households.store.history import episode_digest
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.retention import Removed

TABLES = ("episodes", "recognised_episodes")
# $1, $2: a range of households; $3: the horizon; $4: the instants of runs before it.
_CLOSED = """
household_id > $1 AND household_id <= $2 AND known_to <= $3
    AND NOT (status IS DISTINCT FROM 'non_poor' AND EXISTS (
        SELECT FROM unnest($4::timestamptz[]) AS r (at)
        WHERE r.at >= known_from AND r.at < known_to))
"""
_COUNTED = """
SELECT count(*), coalesce(sum(pg_column_size(e.*)), 0)::bigint, 0::numeric
FROM {table} e WHERE {closed}
"""
_REMOVE = """
WITH removed AS (
    DELETE FROM {table} e WHERE {closed} RETURNING pg_column_size(e.*) AS size, {digest} AS digest)
SELECT count(*), coalesce(sum(size), 0)::bigint, coalesce(sum(digest), 0) FROM removed
"""
Range = tuple[str, str]


def _statement(text: str, table: str) -> str:
    return text.format(table=table, closed=_CLOSED, digest=episode_digest())


async def count(
    snapshot: Snapshot, table: str, among: Range, before: datetime, runs: Sequence[datetime]
) -> Removed:
    """Return what would be removed of these households."""
    rows = await snapshot.fetch(_statement(_COUNTED, table), *among, before, list(runs))
    return Removed(*rows[0])


async def remove(
    tx: Transaction, table: str, among: Range, before: datetime, runs: Sequence[datetime]
) -> Removed:
    """Remove what no instant from `before` on sees, nor any of `runs`."""
    rows = await tx.fetch(_statement(_REMOVE, table), *among, before, list(runs))
    return Removed(*rows[0])
