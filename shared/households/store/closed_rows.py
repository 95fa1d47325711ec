"""Closed rows of timelines, removed once no instant that can be asked for sees them.

A run is computed again from what was known at its instant, so what it saw of its households stays,
however old: whoever was on a list, ran out of one or had ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.households.store.history import episode_digest
from shared.kernel import retention
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.retention import Removed

TABLES = ("episodes", "recognised_episodes")
# $1, $2: a range of households; $3: the horizon; $4: the instants of runs before it.
_CLOSED = """
household_id > $1 AND household_id <= $2 AND known_to <= $3
    AND NOT (status IS DISTINCT FROM 'non_poor' AND EXISTS (
        SELECT FROM unnest($4::timestamptz[]) AS i (at)
        WHERE i.at >= known_from AND i.at < known_to))
"""
Range = tuple[str, str]


async def count(
    snapshot: Snapshot, table: str, among: Range, before: datetime, runs: Sequence[datetime]
) -> Removed:
    """Return what would be removed of these households."""
    return await retention.measure(snapshot, table, _CLOSED, *among, before, list(runs))


async def remove(
    tx: Transaction, table: str, among: Range, before: datetime, runs: Sequence[datetime]
) -> Removed:
    """Remove what no instant from `before` on sees, nor any of `runs`."""
    given = *among, before, list(runs)
    return await retention.remove(tx, table, _CLOSED, *given, digest=episode_digest())
