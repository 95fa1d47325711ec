"""Prove a completed run: compute it again from what was known then, and compare every byte."""

from __future__ import annotations

from dataclasses import dataclass

from services.worker.allocations.basis import RunLaw
from services.worker.allocations.compute import compute
from services.worker.allocations.result import Result
from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.law.store.seeds import ALLOCATION_RULES, POLICY, SeedCache
from shared.money.allocations import digest_of
from shared.money.store import lines
from shared.money.store.runs import Run

# No run can be called so, for no id has a space in it.
STORED_AS = "computed again"


@dataclass(frozen=True)
class Recomputed:
    """What the comparison found; `skipped` says why a run could not be computed again."""

    run_id: str
    differences: tuple[str, ...] = ()
    skipped: str | None = None


async def recompute(tx: Transaction, seeds: SeedCache, run: Run) -> Recomputed:
    """Compare a completed run with its stored inputs and lines, and with its own recomputation.

    The transaction holds a second set of the run's lines for a while; it need not be committed.
    """
    if run.ledger_at is None or run.inputs is None:
        raise ValueError(f"run {run.run_id} is not completed")
    differences = []
    if digest_of(run.inputs) != run.inputs_digest:
        differences.append("its stored inputs do not have its inputs_digest")
    if await lines.digest(tx, run.run_id) != run.result_digest:
        differences.append("its stored lines do not have its result_digest")
    areas = await seeds.areas(tx)
    if areas.digest != run.inputs["areas_digest"]:
        skipped = "the areas were loaded anew since; old versions are not kept"
        return Recomputed(run.run_id, tuple(differences), skipped)
    try:
        rules = await seeds.version(tx, ALLOCATION_RULES, run.inputs["rule"]["digest"])
        law = RunLaw(rules, await seeds.read(tx, POLICY, run.known_at), areas)
        again = await compute(tx, run, run.ledger_at, law, store_as=STORED_AS)
    except DomainError as error:
        return Recomputed(run.run_id, (*differences, f"it cannot be computed: {error.detail}"))
    finally:
        await lines.remove(tx, STORED_AS)
    return Recomputed(run.run_id, (*differences, *_compared(run, again)))


def _compared(run: Run, again: object) -> list[str]:
    if not isinstance(again, Result):
        return [f"computed again it is refused: {again}"]
    pairs = {
        "inputs_digest": (run.inputs_digest, again.inputs_digest),
        "result_digest": (run.result_digest, again.result_digest),
        "allocated_from_vnd": (run.allocated_from_vnd, again.allocated_from_vnd),
    }
    return [
        f"its {name} is {stored}, computed again {made}"
        for name, (stored, made) in pairs.items()
        if stored != made
    ]
