"""allocation-run.requested → lines, or every reason for a refusal → allocation-run.completed.

A run is computed once: whoever finds it no longer pending has nothing to do. Locks are taken in
one order: the run, the content it supports, the fund's balance, the run that it supersedes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.worker.allocations.basis import RunLaw
from services.worker.allocations.compute import compute
from services.worker.allocations.result import Result
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.law.allocation_rules import Rules
from shared.law.store.seed_cache import ALLOCATION_RULES, POLICY, SeedCache
from shared.messages import ALLOCATION_RUN_COMPLETED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money.allocations import RunRefusal
from shared.money.store import fund_balances, runs
from shared.money.store import lines as allocation_lines
from shared.money.store.runs import Run
from shared.money.superseding import objection

SECONDS = 600.0
CONTENT_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('content:' || $1, 0))"
# A run reads whole lists and tables: what helps a writer that goes by keys would slow it down.
_BY_SETS = (
    f"SET LOCAL statement_timeout = {int(SECONDS * 1000)}; SET LOCAL enable_seqscan = on; "
    "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
)


@dataclass(frozen=True)
class Allocate:
    """Compute the runs named, each in its turn."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for each message."""
        await tx.execute(_BY_SETS)
        ended = [run_id for run_id in sorted(items) if await self._ended(tx, run_id)]
        if ended:
            at = await knowledge.tick(tx)
            for run_id in ended:
                await runs.end(tx, run_id, at)
            message = Message.new(ALLOCATION_RUN_COMPLETED, at, {"run_ids": ended})
            await outbox.append(tx, [message])

    async def _ended(self, tx: Transaction, run_id: str) -> bool:
        run = await runs.claim(tx, run_id)
        if run is None:
            return False
        try:
            rules = await self.seeds.read(tx, ALLOCATION_RULES, run.known_at)
            refusals = await _lock(tx, run, rules)
            ledger_at = await knowledge.settled(tx)
            decided = refusals or await self._decide(tx, run, ledger_at, rules)
        except DomainError as error:
            # The law as it was known cannot be applied: that ends the run, it is no defect of ours.
            ledger_at = await knowledge.settled(tx)
            decided = [RunRefusal(error.code, run.rule, error.detail)]
        await _save(tx, run, ledger_at, decided)
        return True

    async def _decide(
        self, tx: Transaction, run: Run, ledger_at: datetime, rules: Rules
    ) -> Result | list[RunRefusal]:
        policy = await self.seeds.read(tx, POLICY, run.known_at)
        law = RunLaw(rules, policy, await self.seeds.areas(tx))
        return await compute(tx, run, ledger_at, law, store_as=run.run_id)


async def _lock(tx: Transaction, run: Run, rules: Rules) -> list[RunRefusal]:
    """Take the locks, and say what the superseded run has against being superseded.

    A preview holds nobody up: it counts for nothing, and reads as of one instant anyway.
    """
    if run.mode == "commit":
        content = _content(run, rules)
        if content is not None:
            await tx.execute(CONTENT_LOCK, content)
        await fund_balances.lock(tx, run.fund_id)
    if run.supersedes is None:
        return []
    take = runs.lock if run.mode == "commit" else runs.find
    old = await take(tx, run.supersedes)
    refusal = objection(run.supersedes, run.fund_id, None if old is None else old.to_supersede)
    return await _passed_on(tx, run.supersedes) if refusal is None else [refusal]


def _content(run: Run, rules: Rules) -> str | None:
    try:
        return rules.named(run.rule).content
    except DomainError:
        return None


async def _passed_on(tx: Transaction, run_id: str) -> list[RunRefusal]:
    lines: dict[str, list[str]] = {}
    for line, fund in await allocation_lines.passed_on(tx, run_id):
        lines.setdefault(line, []).append(fund)
    return [
        RunRefusal("line_passed_on", line, f"funds draw on line {line}: {', '.join(funds)}")
        for line, funds in lines.items()
    ]


async def _save(
    tx: Transaction, run: Run, ledger_at: datetime, decided: Result | list[RunRefusal]
) -> None:
    if isinstance(decided, Result):
        await runs.complete(tx, run.run_id, decided)
        if run.mode == "commit":
            await fund_balances.recompute(tx, run.fund_id)
    else:
        await runs.refuse(tx, run.run_id, decided, ledger_at)
