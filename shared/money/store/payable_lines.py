"""Runs and their lines as payments and child funds find them: held as they are until commit."""

from __future__ import annotations

from collections.abc import Collection

from shared.kernel.database import Transaction
from shared.money.line_ledger import LineKey, LineState, RunState
from shared.money.store.run_states import divides, superseding

# One that is being computed is locked by its worker for long, and nothing of it can be paid yet.
_SHARE = f"""
SELECT r.run_id FROM allocation_runs r
WHERE r.run_id = ANY($1::text[]) AND {divides("r")}
ORDER BY r.run_id FOR SHARE
"""
# Only a later statement sees whether a run was superseded while we waited.
_RUNS = f"""
SELECT r.run_id, r.fund_id, {superseding("r", None)} IS NOT NULL FROM allocation_runs r
WHERE r.run_id = ANY($1::text[])
"""
_LINES = """
SELECT l.run_id, l.line, l.amount_vnd, l.content IS NOT NULL
FROM unnest($1::text[], $2::text[]) AS k (run_id, line)
JOIN allocation_lines l USING (run_id, line)
ORDER BY l.run_id, l.line FOR UPDATE OF l
"""


async def hold(
    tx: Transaction, keys: Collection[LineKey]
) -> tuple[dict[str, RunState], dict[LineKey, LineState]]:
    """Lock runs against superseding and lines against payment, in one order; return what they are.

    Unknown runs and lines are left out.
    """
    run_ids = sorted({run_id for run_id, _ in keys})
    if not run_ids:
        return {}, {}
    shared = {row[0] for row in await tx.fetch(_SHARE, run_ids)}
    runs = {
        run_id: RunState(fund_id, run_id in shared, superseded)
        for run_id, fund_id, superseded in await tx.fetch(_RUNS, run_ids)
    }
    payable = sorted(key for key in keys if key[0] in shared)
    rows = await tx.fetch(_LINES, [run for run, _ in payable], [line for _, line in payable])
    return runs, {(run, line): LineState(amount, of) for run, line, amount, of in rows}


async def money_of(tx: Transaction, run_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Return, by run, what its fund's money was when it was computed: programme and source."""
    rows = await tx.fetch(
        "SELECT run_id, inputs #>> '{fund,program}', inputs #>> '{fund,funding_source}' "
        "FROM allocation_runs WHERE run_id = ANY($1::text[])",
        sorted(run_ids),
    )
    return {row[0]: {"program": row[1], "funding_source": row[2]} for row in rows}


async def funds_superseded(tx: Transaction, keys: Collection[LineKey]) -> list[str]:
    """Return the funds of those runs that are superseded, in order: their balances may change."""
    rows = await tx.fetch(_RUNS, sorted({run_id for run_id, _ in keys}))
    return sorted({fund_id for _, fund_id, superseded in rows if superseded})
