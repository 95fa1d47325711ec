"""Rows that were refused in files, removed some time after their import has ended."""

from __future__ import annotations

from datetime import datetime

from shared.kernel import retention
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.retention import Removed

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
    before = await retention.kept_from(snapshot, TABLE)
    return before is None or ended_at is None or ended_at >= before


async def count(snapshot: Snapshot, before: datetime) -> Removed:
    """Return what would be removed."""
    return await retention.measure(snapshot, TABLE, f"import_id IN ({_ENDED})", before)


async def remove(tx: Transaction, before: datetime) -> Removed:
    """Remove the rows of some imports that ended before; nothing is left once it returns none."""
    some = f"import_id IN ({_ENDED} LIMIT $2)"
    return await retention.remove(tx, TABLE, some, before, IMPORTS_TOGETHER)
