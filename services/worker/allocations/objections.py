"""The locks of a run, and what stands against it before anything is computed.

Locks are taken in one order: the run, the content it supports, the fund's balance, the run that it
supersedes.
"""

from __future__ import annotations

from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.law.allocation_rules import Rules
from shared.money.allocations import RunRefusal
from shared.money.store import fund_balances, run_locks, runs
from shared.money.store import lines as allocation_lines
from shared.money.store.runs import Run
from shared.money.superseding import objection


async def lock(tx: Transaction, run: Run, rules: Rules) -> list[RunRefusal]:
    """Take the locks, and say what the superseded run has against being superseded.

    A preview holds nobody up: it counts for nothing, and reads as of one instant anyway.
    """
    if run.mode == "commit":
        content = _content(run, rules)
        if content is not None:
            await run_locks.hold_content(tx, content)
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
