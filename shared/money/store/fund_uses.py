"""What funds were used for: support records by kind, and what runs paid out; beside the amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS, FUNDS, SUPPORT_RECORDS
from shared.money.store.net_paid import NET_PAID


@dataclass(frozen=True, slots=True)
class FundUses:
    """A fund's amount, and the đồng used of it: by kind of support, and by payments of runs."""

    fund_id: str
    area_id: int
    amount_vnd: int
    uses: list[tuple[str, int]] = field(default_factory=list)


_FUNDS = f"""
SELECT fund_id, area_id, amount_vnd FROM ({counting(FUNDS)}) f
WHERE fund_id = ANY($1::text[])
"""
_SUPPORT = f"""
SELECT fund_id, kind, sum(amount_vnd)::bigint FROM ({counting(SUPPORT_RECORDS)}) s
WHERE fund_id = ANY($1::text[]) AND amount_vnd > 0
GROUP BY fund_id, kind ORDER BY fund_id, kind
"""
_PAID = f"""
SELECT r.fund_id, {NET_PAID}
FROM ({counting(DISBURSEMENTS)}) d JOIN allocation_runs r USING (run_id)
WHERE r.fund_id = ANY($1::text[]) GROUP BY r.fund_id
"""

PAID_BY_RUNS = "paid_by_runs"


async def uses(snapshot: Snapshot, fund_ids: Sequence[str]) -> list[FundUses]:
    """Return the funds that exist with their uses, in order of kind; payments of runs come last."""
    funds = {row[0]: FundUses(*row) for row in await snapshot.fetch(_FUNDS, fund_ids)}
    for fund_id, kind, amount in await snapshot.fetch(_SUPPORT, fund_ids):
        if fund_id in funds:
            funds[fund_id].uses.append((kind, amount))
    for fund_id, amount in await snapshot.fetch(_PAID, fund_ids):
        if fund_id in funds and amount:
            funds[fund_id].uses.append((PAID_BY_RUNS, amount))
    return [funds[fund_id] for fund_id in sorted(funds)]
