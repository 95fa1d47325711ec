"""Funds as posted, every revision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from shared.kernel import revisions
from shared.kernel.database import Transaction
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import FactKey, counting
from shared.money.facts import FUNDS
from shared.money.fund_ledger import FundRevision
from shared.money.line_ledger import LineKey

# Processed when the findings of each fund that it ever named take it in.
CONCERNED = reviewed("SELECT 'fund:' || fund_id AS item FROM revised WHERE fund_id IS NOT NULL")


async def of_keys(tx: Transaction, keys: Sequence[FactKey]) -> list[FundRevision]:
    """Return every stored revision of these keys."""
    rows = await revisions.of_keys(
        tx,
        FUNDS,
        "e.revision, e.fund_id, e.program, e.component, e.year, e.payload->>'area_code', "
        "e.amount_vnd, e.parent_run, e.parent_line, e.withdrawn, e.funding_source",
        keys,
    )
    return [
        FundRevision(
            key=(row[0], row[1]),
            revision=row[2],
            fund_id=row[3],
            program=row[4],
            component=row[5],
            year=row[6],
            area_code=row[7],
            amount_vnd=row[8] or 0,
            parent=None if row[9] is None else (row[9], row[10]),
            withdrawn=row[11],
            funding_source=row[12],
        )
        for row in rows
    ]


async def begin(tx: Transaction, fund_ids: Collection[str]) -> set[str]:
    """Make the balances of funds that have none yet; return those funds."""
    rows = await tx.fetch(
        "INSERT INTO fund_balances (fund_id, amount_vnd) SELECT f, 0 "
        "FROM unnest($1::text[]) AS u (f) ORDER BY f ON CONFLICT DO NOTHING RETURNING fund_id",
        sorted(fund_ids),
    )
    return {row[0] for row in rows}


async def forget(tx: Transaction, fund_ids: Collection[str]) -> None:
    """Remove the balances of funds that did not come to be."""
    await tx.execute("DELETE FROM fund_balances WHERE fund_id = ANY($1::text[])", sorted(fund_ids))


async def hold(tx: Transaction, fund_ids: Collection[str]) -> dict[str, int]:
    """Lock the balances of funds in one order; return what is allocated of each."""
    rows = await tx.fetch(
        "SELECT fund_id, allocated_vnd FROM fund_balances WHERE fund_id = ANY($1::text[]) "
        "ORDER BY fund_id FOR UPDATE",
        sorted(fund_ids),
    )
    return {row[0]: row[1] for row in rows}


async def owners(tx: Transaction, fund_ids: Collection[str]) -> dict[str, FactKey]:
    """Return the (source, external_id) that each fund belongs to."""
    rows = await tx.fetch(
        "SELECT DISTINCT fund_id, source, external_id FROM funds WHERE fund_id = ANY($1::text[])",
        sorted(fund_ids),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def existing(tx: Transaction, fund_ids: Collection[str]) -> set[str]:
    """Return those of the funds that are known and not withdrawn."""
    rows = await tx.fetch(
        f"SELECT fund_id FROM ({counting(FUNDS)}) f WHERE fund_id = ANY($1::text[])",
        sorted(fund_ids),
    )
    return {row[0] for row in rows}


async def drawn(tx: Transaction, lines: Collection[LineKey]) -> dict[LineKey, int]:
    """Return what child funds together have of each line."""
    if not lines:
        return {}
    keys = sorted(lines)
    rows = await tx.fetch(
        f"""
        SELECT parent_run, parent_line, sum(amount_vnd)::bigint
        FROM unnest($1::text[], $2::text[]) AS k (parent_run, parent_line)
        JOIN ({counting(FUNDS)}) f USING (parent_run, parent_line)
        GROUP BY parent_run, parent_line
        """,
        [run for run, _ in keys],
        [line for _, line in keys],
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def save_amounts(tx: Transaction, amounts: Mapping[str, int]) -> None:
    """Write the amounts that funds now have into their balances; the rows must be locked."""
    await tx.execute(
        "UPDATE fund_balances b SET amount_vnd = u.amount "
        "FROM unnest($1::text[], $2::bigint[]) AS u (fund_id, amount) "
        "WHERE b.fund_id = u.fund_id AND b.amount_vnd <> u.amount",
        list(amounts),
        list(amounts.values()),
    )
