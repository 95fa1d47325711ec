"""Audit chains cut at their beginning: what is older than a horizon goes, the links go on.

Where a chain begins then, and with which link, stands in its row, so the rest is verified as
before; what goes is gone through first, for a cut must not hide what somebody changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.access.audit import Head, Linked
from shared.access.store.audit import entries_behind
from shared.kernel import retention
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.retention import Removed

TABLE = "audit_rows"


async def older(
    snapshot: Snapshot, cut: Head, head: Head, before: datetime
) -> tuple[Sequence[Linked], bool]:
    """Return the first entries behind a cut that are older, and whether there may be more.

    The last entry of a chain stays, for its head names it.
    """
    rows = await entries_behind(snapshot, cut.chain, cut.seq)
    kept = (n for n, row in enumerate(rows) if row.entry.at >= before or row.seq >= head.seq)
    end = next(kept, len(rows))
    return rows[:end], 0 < len(rows) == end


async def count(snapshot: Snapshot, before: datetime) -> Removed:
    """Return what would be removed, roughly: entries go in the order of their chains."""
    older = "at < $1 AND seq < (SELECT c.seq FROM audit_chains c WHERE c.chain = r.chain)"
    return await retention.measure(snapshot, TABLE, older, before)


async def remove(tx: Transaction, through: Linked, cut: Head) -> Removed:
    """Cut a chain behind an entry that was gone through."""
    own = "chain = $1 AND seq > $2 AND seq <= $3"
    removed = await retention.remove(tx, TABLE, own, cut.chain, cut.seq, through.seq)
    await tx.execute(
        "UPDATE audit_chains SET cut_seq = $2, cut_link = $3 WHERE chain = $1",
        cut.chain,
        through.seq,
        through.link,
    )
    return removed
