"""Support without a run, as posted: in money or in kind, to a household or in an area."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kernel import revisions
from shared.kernel.database import Transaction
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import FactKey
from shared.money.facts import SUPPORT_RECORDS

# Processed when the findings of each fund that it ever named take it in; most name none.
CONCERNED = reviewed("SELECT 'fund:' || fund_id AS item FROM revised WHERE fund_id IS NOT NULL")


async def funds_named(
    tx: Transaction, keys: Sequence[FactKey]
) -> list[tuple[FactKey, int, str | None]]:
    """Return (key, revision, fund) of every stored revision of these keys."""
    rows = await revisions.of_keys(tx, SUPPORT_RECORDS, "e.revision, e.fund_id", keys)
    return [((row[0], row[1]), row[2], row[3]) for row in rows]
