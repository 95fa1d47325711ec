"""Rows that were refused in files, removed some time after their import has ended."""

from __future__ import annotations

from datetime import datetime

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.retention import Removed, kept_from

TABLE = "import_rejected"
# So many imports a transaction; each may have a million rows.
IMPORTS_TOGETHER = 10
# $1: the horizon.
_ENDED = """
SELECT import_id FROM imports i WHERE ended_at < $1
    AND EXISTS (SELECT FROM import_rejected r WHERE r.import_id = i.import_id)
"""


async def keeps(snapshot: Snapshot, ended_at: datetime | None) -> bool:
    """Say whether the rows of an import that ended then are there."""
    before = await kept_from(snapshot, TABLE)
    return before is None or ended_at is None or ended_at >= before


async def count(snapshot: Snapshot, before: datetime) -> Removed:
    """Return what would be removed."""
    rows = await snapshot.fetch(
        "SELECT count(*), coalesce(sum(pg_column_size(r.*)), 0)::bigint "
        f"FROM import_rejected r WHERE import_id IN ({_ENDED})",
        before,
    )
    return Removed(*rows[0])


async def remove(tx: Transaction, before: datetime) -> Removed:
    """Remove the rows of some imports that ended before; nothing is left once it returns none."""
    rows = await tx.fetch(
        f"""
        WITH removed AS (
            DELETE FROM import_rejected r WHERE import_id IN ({_ENDED} LIMIT $2)
            RETURNING pg_column_size(r.*) AS size)
        SELECT count(*), coalesce(sum(size), 0)::bigint FROM removed
        """,
        before,
        IMPORTS_TOGETHER,
    )
    return Removed(*rows[0])
