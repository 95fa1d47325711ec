"""fund.recorded, disbursement.recorded, money.review-due → findings → finding.raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.worker import reviewing
from shared.households.store import households
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.law.store.seeds import POLICY, SeedCache
from shared.money import register_findings
from shared.money.store import fund_uses
from shared.press.store import findings as store
from shared.press.store.findings import NewFinding


@dataclass(frozen=True)
class ReviewFindings:
    """Recompute the findings of the subjects named: `fund:ID` or `household:ID`."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        ids = [item.removeprefix("household:") for item in items if item.startswith("household:")]
        funds = [item.removeprefix("fund:") for item in items if item.startswith("fund:")]
        # The household's own row serialises its findings with those that an assessment writes.
        await households.lock(tx, ids)
        through = await store.lock(tx, items)
        found = [*await _of_funds(tx, funds), *await self._of_households(tx, ids)]
        at = await knowledge.tick(tx)
        await reviewing.replace(tx, items, found, at)
        await store.reviewed(tx, items, through)

    async def _of_households(self, tx: Transaction, ids: Sequence[str]) -> list[NewFinding]:
        if not ids:
            return []
        facts = await households.list_counting(tx, ids)
        areas, policy = await self.seeds.areas(tx), await self.seeds.read(tx, POLICY)
        return await reviewing.of_households(tx, self.seeds, areas, policy, ids, facts)


async def _of_funds(tx: Transaction, fund_ids: Sequence[str]) -> list[NewFinding]:
    found = []
    for fund in await fund_uses.uses(tx, fund_ids):
        over = register_findings.overspending(fund.fund_id, fund.amount_vnd, fund.uses)
        if over is not None:
            found.append(
                reviewing.finding(reviewing.fund_subject(fund.fund_id), over, fund.area_id)
            )
    return found
