"""Runs of kind `household_norm`: what the rule's words mean here, then the queue, set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from services.worker.allocations.basis import Basis
from services.worker.allocations.result import Result, result
from shared.areas.attributes import attribute_areas, relevant_units
from shared.areas.store import facts as area_facts
from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.money import household_norm as domain
from shared.money.allocations import RunRefusal
from shared.money.household_norm import HouseholdNorm
from shared.money.store import household_norm as store
from shared.money.store.norm_conditions import RuleMeaning


async def compute(tx: Transaction, basis: Basis, store_as: str) -> Result | list[RunRefusal]:
    """Compute the run and store its lines under `store_as`, or say why it cannot be computed."""
    rule = domain.read(basis.rule.entry)
    waived: Sequence[str] = basis.parameters.get("waive") or ()
    if lacking := domain.unavailable(rule, waived):
        return list(lacking)
    run = basis.run
    try:
        meaning = await _meaning(tx, basis, rule)
    except DomainError as error:
        return [RunRefusal(error.code, basis.holder.code, error.detail)]
    asked = store.NormRun(
        run_id=store_as,
        as_of=run.as_of,
        known_at=run.known_at,
        ledger_at=basis.ledger_at,
        area_ids=basis.law.tree.members(basis.holder, run.as_of),
        available_vnd=basis.amount_vnd,
        supersedes=run.supersedes,
    )
    filled = await store.fill(tx, rule, meaning, asked, waived)
    return result(
        basis,
        inputs={
            "unit_norm_vnd": rule.unit_norm_vnd,
            "content": rule.content,
            "standards_digest": basis.law.policy.digest,
            "attribute_areas": {
                name: sorted({basis.law.tree.by_id(area_id).code for area_id in ids})
                for name, ids in meaning.attribute_area_ids.items()
            },
            "households": asdict(filled.households),
        },
        totals=filled.result.totals,
        allocated_vnd=filled.result.allocated_vnd,
        content=rule.content,
        result_digest=filled.result.digest,
    )


async def _meaning(tx: Transaction, basis: Basis, rule: HouseholdNorm) -> RuleMeaning:
    """Find the areas where each attribute that the rule asks for holds, and the standards."""
    tree, run, holder = basis.law.tree, basis.run, basis.holder
    areas: dict[str, frozenset[int]] = {}
    if rule.attributes:
        units = [unit.area_id for unit in relevant_units(tree, holder, run.as_of)]
        found = await area_facts.in_force(tx, units, run.as_of, run.known_at)
        facts = {area_id: fact.payload.get("attributes") or () for area_id, fact in found.items()}
        for name in sorted(rule.attributes):
            areas[name] = attribute_areas(tree, holder, run.as_of, facts, name)
    return RuleMeaning(basis.law.policy.standards, areas)
