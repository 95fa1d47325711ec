"""fund.recorded, disbursement.recorded, money.review-due → findings → finding.raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.worker import reviewing
from shared.households.store import households
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.law.store.seeds import POLICY, REGISTER_CHECKS, SeedCache
from shared.money import payment_findings, register_findings
from shared.money.register_findings import RegisterFinding
from shared.money.store import fund_uses, supports
from shared.press.store import findings as store
from shared.press.store.findings import NewFinding


@dataclass(frozen=True)
class ReviewFindings:
    """Recompute the findings of the subjects named: `fund:ID` or `household:ID`."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        named = [item.removeprefix("household:") for item in items if item.startswith("household:")]
        ids = await reviewing.with_sharers(tx, named)
        funds = [item.removeprefix("fund:") for item in items if item.startswith("fund:")]
        # The household's own row serialises its findings with those that an assessment writes.
        await households.lock(tx, ids)
        subjects = sorted({*items, *map(reviewing.household_subject, ids)})
        through = await store.lock(tx, subjects)
        found = [*await self._of_funds(tx, funds), *await self._of_households(tx, ids)]
        at = await knowledge.tick(tx)
        await reviewing.replace(tx, subjects, found, at)
        await store.reviewed(tx, subjects, through)

    async def _of_households(self, tx: Transaction, ids: Sequence[str]) -> list[NewFinding]:
        if not ids:
            return []
        facts = await households.list_counting(tx, ids)
        areas, policy = await self.seeds.areas(tx), await self.seeds.read(tx, POLICY)
        return await reviewing.of_households(tx, self.seeds, areas, policy, ids, facts)

    async def _of_funds(self, tx: Transaction, fund_ids: Sequence[str]) -> list[NewFinding]:
        if not fund_ids:
            return []
        checks = await self.seeds.read(tx, REGISTER_CHECKS)
        funds = await fund_uses.uses(tx, fund_ids)
        about: dict[str, list[RegisterFinding]] = {fund.fund_id: [] for fund in funds}
        for fund in funds:
            over = register_findings.overspending(fund.fund_id, fund.amount_vnd, fund.uses)
            about[fund.fund_id] += [] if over is None else [over]
        for child in await supports.children(tx, fund_ids):
            about[child.fund_id] += register_findings.child_fund(child)
        for early in await supports.paid_early(tx, fund_ids):
            about[early.fund_id].append(register_findings.paid_early(early))
        for paid in await supports.lines_of_areas(tx, fund_ids):
            about.setdefault(paid.fund_id, []).extend(payment_findings.of_line(paid.line))
        holders = {fund.fund_id: fund.area_id for fund in funds}
        return [
            reviewing.finding(reviewing.fund_subject(fund_id), each, holders.get(fund_id), checks)
            for fund_id, findings in about.items()
            for each in findings
        ]
