"""allocation-run.requested → lines, or every reason for a refusal → allocation-run.completed.

A run is computed once: whoever finds it no longer pending has nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.worker.allocations.basis import RunLaw
from services.worker.allocations.compute import compute
from services.worker.allocations.objections import lock
from services.worker.allocations.result import Result
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.law.store.seeds import ALLOCATION_RULES, POLICY, SeedCache
from shared.messages import ALLOCATION_RUN_COMPLETED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money.allocations import RunRefusal
from shared.money.store import fund_balances, run_locks, runs
from shared.money.store.runs import Run
from shared.observability import tracing

SECONDS = 600.0


@dataclass(frozen=True)
class Allocate:
    """Compute the runs named, each in its turn."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for each message."""
        await run_locks.read_by_sets(tx, SECONDS)
        ended, at = [], None
        for run_id in sorted(items):
            with tracing.span("compute allocation run", under=tracing.of_item(run_id)) as span:
                decided = await self._decided(tx, run_id, span)
            if decided:
                # A run that has no instant yet is no run to the next one, which would divide the
                # same money and support the same households again.
                at = await knowledge.tick(tx)
                await runs.end(tx, run_id, at)
                ended.append(run_id)
        if at is not None:
            message = Message.new(ALLOCATION_RUN_COMPLETED, at, {"run_ids": ended})
            await outbox.append(tx, [message])

    async def _decided(self, tx: Transaction, run_id: str, span: tracing.Span) -> bool:
        run = await runs.claim(tx, run_id)
        if run is None:
            return False
        span.note({"registry.rule": run.rule})
        try:
            rules = await self.seeds.read(tx, ALLOCATION_RULES, run.known_at)
            refusals = await lock(tx, run, rules)
            ledger_at = await knowledge.settled(tx)
            policy = await self.seeds.read(tx, POLICY, run.known_at)
            law = RunLaw(rules, policy, await self.seeds.areas(tx))
            outcome = refusals or await compute(tx, run, ledger_at, law, store_as=run_id)
        except DomainError as error:
            # The law as it was known cannot be applied: that ends the run, it is no defect of ours.
            ledger_at = await knowledge.settled(tx)
            outcome = [RunRefusal(error.code, run.rule, error.detail)]
        with tracing.span("store allocation run"):
            await _save(tx, run, ledger_at, outcome)
        return True


async def _save(
    tx: Transaction, run: Run, ledger_at: datetime, outcome: Result | list[RunRefusal]
) -> None:
    if isinstance(outcome, Result):
        await runs.complete(tx, run.run_id, outcome)
        if run.mode == "commit":
            await fund_balances.recompute(tx, run.fund_id)
    else:
        await runs.refuse(tx, run.run_id, outcome, ledger_at)
