"""Compute a run by the kind of its rule, from nothing but what was known and recorded then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from services.worker.allocations import household_norm, score_share
from services.worker.allocations.basis import Basis, RunLaw, basis
from services.worker.allocations.result import Result
from shared.kernel.database import Transaction
from shared.law.allocation_rules import HOUSEHOLD_NORM, SCORE_SHARE
from shared.money.allocations import RunRefusal
from shared.money.store.runs import Run

Compute = Callable[[Transaction, Basis, str], Awaitable[Result | list[RunRefusal]]]
KINDS: dict[str, Compute] = {
    SCORE_SHARE: score_share.compute,
    HOUSEHOLD_NORM: household_norm.compute,
}


async def compute(
    tx: Transaction, run: Run, ledger_at: datetime, law: RunLaw, *, store_as: str
) -> Result | list[RunRefusal]:
    """Compute a run and store its lines under `store_as`, or say everything against it."""
    ground = await basis(tx, run, ledger_at, law)
    if not isinstance(ground, Basis):
        return ground
    kind = KINDS.get(ground.rule.kind)
    if kind is None:
        detail = f"{run.rule} is of kind {ground.rule.kind}, which divides no money"
        return [RunRefusal("rule_divides_nothing", run.rule, detail)]
    return await kind(tx, ground, store_as)
