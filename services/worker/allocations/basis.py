"""What a run rests on: the fund as it stood, the rule as amended, the holder, the money left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.areas.tree import AreaTree, Unit
from shared.kernel.database import Snapshot
from shared.kernel.errors import DomainError
from shared.law.allocation_rules import Overlay, Rule, Rules, check_applies
from shared.law.standards import Policy
from shared.money.allocation_areas import codes_above, holder_on
from shared.money.allocations import RunRefusal
from shared.money.store import fund_balances
from shared.money.store.fund_balances import FundState
from shared.money.store.runs import Run


@dataclass(frozen=True)
class RunLaw:
    """The versions of law and areas that a run is computed by."""

    rules: Rules
    policy: Policy
    tree: AreaTree


@dataclass(frozen=True)
class Basis:
    """One run's frozen ground; `amount_vnd` is what it allocates from."""

    run: Run
    ledger_at: datetime
    fund: FundState
    law: RunLaw
    rule: Rule
    overlays: tuple[Overlay, ...]
    holder: Unit
    amount_vnd: int

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Return what the caller supplied or waived."""
        return self.run.request.get("parameters") or {}

    @property
    def inputs(self) -> dict[str, Any]:
        """Return the part of the frozen inputs that runs of every kind have."""
        fund, run = self.fund, self.run
        return {
            "rule": {
                "id": self.rule.id,
                "kind": self.rule.kind,
                "digest": self.law.rules.digest,
                "legal_basis": list(self.rule.legal_basis),
                "en": self.rule.en,
                "vi": self.rule.vi,
            },
            "overlays": [self._overlay(overlay) for overlay in self.overlays],
            "fund": {
                "fund_id": fund.fund_id,
                "event_id": str(fund.event_id),
                "program": fund.program,
                "component": fund.component,
                "year": fund.year,
                "funding_source": fund.funding_source,
                "area_code": self.holder.code,
                "amount_vnd": fund.amount_vnd,
            },
            "as_of": run.as_of.isoformat(),
            "known_at": run.known_at.isoformat(),
            "ledger_at": self.ledger_at.isoformat(),
            "supersedes": run.supersedes,
            "areas_digest": self.law.tree.digest,
            "parameters": dict(self.parameters),
            "not_used": [_not_used(item) for item in self.rule.entry.get("not_used") or ()],
        }

    def _overlay(self, overlay: Overlay) -> dict[str, Any]:
        return {
            "id": overlay.id,
            "legal_basis": list(overlay.legal_basis),
            "en": overlay.en,
            "vi": overlay.vi,
            "applied": overlay.changes(self.rule.id),
        }


def _not_used(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item[key] for key in ("code", "en", "vi")}
    return {**kept, "value": item["value"]} if "value" in item else kept


async def basis(
    snapshot: Snapshot, run: Run, ledger_at: datetime, law: RunLaw
) -> Basis | list[RunRefusal]:
    """Return what a run rests on, or why it has nothing to rest on."""
    fund = await fund_balances.fund(snapshot, run.fund_id, ledger_at)
    if fund is None:
        detail = f"fund {run.fund_id} is not known, or was withdrawn"
        return [RunRefusal("unknown_fund", run.fund_id, detail)]
    try:
        rule = law.rules.named(run.rule)
        check_applies(rule, fund.program, fund.component, fund.year)
        holder = holder_on(law.tree, law.tree.by_id(fund.area_id), run.as_of)
    except DomainError as error:
        return [RunRefusal(error.code, run.fund_id, error.detail)]
    held = await fund_balances.held(snapshot, run.fund_id, ledger_at, run.supersedes)
    if held >= fund.amount_vnd:
        detail = f"of {fund.amount_vnd} đồng of fund {run.fund_id} nothing is left to allocate"
        return [RunRefusal("fund_spent", run.fund_id, detail)]
    codes = codes_above(law.tree, holder)
    overlays = law.rules.overlays_of(rule, codes, fund.year, run.as_of)
    return Basis(
        run=run,
        ledger_at=ledger_at,
        fund=fund,
        law=law,
        rule=rule.amended(overlays),
        overlays=overlays,
        holder=holder,
        amount_vnd=fund.amount_vnd - held,
    )
