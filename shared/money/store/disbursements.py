"""Disbursements as posted: what was paid of a line, and what came back, every revision."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shared.kernel import revisions
from shared.kernel.database import Transaction
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import FactKey, counting
from shared.money.facts import DISBURSEMENTS
from shared.money.line_ledger import LineKey, Payment, Sums
from shared.money.store.net_paid import PAID, RETURNED

# Processed when the findings of every fund and household that it ever paid take it in.
CONCERNED = reviewed("""
    SELECT 'fund:' || a.fund_id AS item FROM revised JOIN allocation_runs a USING (run_id)
    UNION SELECT 'household:' || l.line FROM revised JOIN allocation_lines l USING (run_id, line)
    WHERE l.content IS NOT NULL
""")


async def of_keys(tx: Transaction, keys: Sequence[FactKey]) -> list[Payment]:
    """Return every stored revision of these keys."""
    fields = "e.revision, e.run_id, e.line, e.kind, e.amount_vnd"
    return [
        Payment((source, external_id), revision)
        if run_id is None
        else Payment((source, external_id), revision, (run_id, line), kind, amount)
        for source, external_id, revision, run_id, line, kind, amount in await revisions.of_keys(
            tx, DISBURSEMENTS, fields, keys
        )
    ]


async def sums(tx: Transaction, lines: Collection[LineKey]) -> dict[LineKey, Sums]:
    """Return what was paid and returned of each line, by the revisions that count."""
    keys = sorted(lines)
    rows = await tx.fetch(
        f"""
        SELECT run_id, line,
            {PAID},
            {RETURNED}
        FROM unnest($1::text[], $2::text[]) AS k (run_id, line)
        JOIN ({counting(DISBURSEMENTS)}) d USING (run_id, line)
        GROUP BY run_id, line
        """,
        [run for run, _ in keys],
        [line for _, line in keys],
    )
    return {(row[0], row[1]): Sums(row[2], row[3]) for row in rows}
