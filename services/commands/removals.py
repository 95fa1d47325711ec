"""What `registry retain --apply` does to each table, a short transaction at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from shared.access.audit import Examination, Head, Linked, first_link
from shared.access.store import audit, audit_cuts
from shared.households.store import closed_rows, rebuilding
from shared.kernel import refused_rows, retention
from shared.kernel.database import Database, Transaction
from shared.kernel.retention import Removed
from shared.messaging import quarantine
from shared.money.store import runs
from shared.runtime.errors import StartError

HOUSEHOLDS_TOGETHER = 5000

# Removes what is older than the horizon, and counts it under the number of the retention.
Removal = Callable[[Database, datetime, int], Awaitable[Removed]]


def _closed(table: str) -> Removal:
    async def removed(database: Database, before: datetime, number: int) -> Removed:
        async with database.snapshot() as snapshot:
            known_by = await runs.instants(snapshot, before)
            ranges = await rebuilding.ranges(snapshot, HOUSEHOLDS_TOGETHER, "")
        total = Removed()
        for among in ranges:
            async with database.transaction() as tx:
                part = await closed_rows.remove(tx, table, among, before, known_by)
                await retention.count(tx, number, part)
            total += part
        return total

    return removed


def _until_none(remove: Callable[[Transaction, datetime], Awaitable[Removed]]) -> Removal:
    async def removed(database: Database, before: datetime, number: int) -> Removed:
        total, part = Removed(), None
        while part is None or part.rows:
            async with database.transaction() as tx:
                part = await remove(tx, before)
                await retention.count(tx, number, part)
            total += part
        return total

    return removed


async def _audit(database: Database, before: datetime, number: int) -> Removed:
    async with database.statement() as snapshot:
        heads, cuts = await audit.chains(snapshot), await audit.cuts(snapshot)
    total = Removed()
    for head in heads:
        cut = cuts.get(head.chain) or Head(head.chain, 0, first_link(head.chain))
        total += await _chain(database, head, cut, before, number)
    return total


async def _chain(
    database: Database, head: Head, cut: Head, before: datetime, number: int
) -> Removed:
    total, more = Removed(), True
    while more:
        async with database.transaction() as tx:
            older, more = await audit_cuts.older(tx, cut, head, before)
            if not older:
                return total
            _check(head.chain, cut, older)
            part = await audit_cuts.remove(tx, older[-1], cut)
            await retention.count(tx, number, part)
        total += part
        cut = Head(head.chain, older[-1].seq, older[-1].link)
    return total


def _check(chain: UUID, cut: Head, rows: Sequence[Linked]) -> None:
    """Refuse to remove what is not what was written: that is to be looked into first."""
    examination = Examination(chain, {}, cut)
    flaws = [flaw for row in rows for flaw in examination.look(row)]
    if flaws:
        raise StartError(f"chain {chain} has a flaw at {flaws[0].seq}: see `registry audit verify`")


REMOVALS: Mapping[str, Mapping[str, Removal]] = {
    "knowledge": {table: _closed(table) for table in closed_rows.TABLES},
    "audit": {audit_cuts.TABLE: _audit},
    "imports": {refused_rows.TABLE: _until_none(refused_rows.remove)},
    "quarantine": {"quarantine": _until_none(quarantine.remove_settled)},
}
