"""Runs of kind `score_share`: load what is known of the areas, decide, and store the lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.worker.allocations.basis import Basis
from services.worker.allocations.result import Result, result
from shared.areas.store import facts as area_facts
from shared.areas.store.facts import AreaFact
from shared.areas.tree import Unit
from shared.households.statistics import Bases, UnitFact, summed
from shared.households.store import list_counts
from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.law.criteria import (
    COUNT_INPUTS,
    FACT_INPUTS,
    RATE_INPUTS,
    LineCommune,
    LineInput,
    read_supplied,
)
from shared.money import score_share as domain
from shared.money.allocation_areas import communes_of, line_units
from shared.money.allocations import Allocation, RunRefusal, result_digest
from shared.money.score_share import ScoreShare
from shared.money.store import lines as allocation_lines

_FACT = ("zone", "attributes", "extremely_difficult_villages")


async def compute(tx: Transaction, basis: Basis, store_as: str) -> Result | list[RunRefusal]:
    """Compute the run and store its lines under `store_as`, or say why it cannot be computed."""
    rule = domain.read(basis.rule.entry)
    try:
        units = line_units(
            basis.law.tree, basis.holder, basis.run.as_of, basis.run.request.get("areas")
        )
    except DomainError as error:
        return [RunRefusal(error.code, basis.holder.code, error.detail)]
    communes = communes_of(basis.law.tree, units, basis.run.as_of)
    facts = await _facts(tx, basis, rule, communes.values())
    lines = await _lines(tx, basis, rule, units, communes, facts)
    decided = domain.decide(rule, basis.amount_vnd, lines, read_supplied(basis.parameters))
    if not isinstance(decided, Allocation):
        return decided
    await allocation_lines.insert(tx, store_as, decided.lines)
    return result(
        basis,
        inputs={"areas": [_input(line) for line in lines]},
        totals=decided.totals,
        allocated_vnd=decided.allocated_vnd,
        content=None,
        result_digest=result_digest(decided.lines),
    )


async def _facts(
    tx: Transaction, basis: Basis, rule: ScoreShare, communes: Iterable[Sequence[Unit]]
) -> dict[int, AreaFact]:
    """Return the facts that count: of every unit where a rate needs a base, else of communes."""
    if rule.inputs & RATE_INPUTS.keys():
        wanted = [unit.area_id for unit in basis.law.tree.units]
    elif rule.requires_fact or rule.inputs & set(FACT_INPUTS):
        wanted = [unit.area_id for below in communes for unit in below]
    else:
        return {}
    return await area_facts.in_force(tx, wanted, basis.run.as_of, basis.run.known_at)


async def _lines(
    tx: Transaction,
    basis: Basis,
    rule: ScoreShare,
    units: Sequence[Unit],
    communes: Mapping[str, Sequence[Unit]],
    facts: Mapping[int, AreaFact],
) -> list[LineInput]:
    tree, day = basis.law.tree, basis.run.as_of
    listed: dict[int, dict[str, int]] = {}
    if rule.inputs & (COUNT_INPUTS.keys() | RATE_INPUTS.keys()):
        listed = await list_counts.listed(tx, day, basis.run.known_at)
    rated = bool(rule.inputs & RATE_INPUTS.keys())
    bases = Bases(tree, day, {i: UnitFact(f.event_id, f.on, f.payload) for i, f in facts.items()})
    return [
        LineInput(
            code=unit.code,
            area_id=unit.area_id,
            communes=tuple(_commune(commune, facts) for commune in communes[unit.code]),
            households=summed(listed, tree.members(unit, day)) if listed else {},
            households_total=_total(bases, unit) if rated else None,
        )
        for unit in units
    ]


def _commune(unit: Unit, facts: Mapping[int, AreaFact]) -> LineCommune:
    fact = facts.get(unit.area_id)
    return LineCommune(unit.code, None if fact is None else fact.payload)


def _total(bases: Bases, unit: Unit) -> int | None:
    base = bases.of(unit)
    return None if base is None else base.households_total


def _input(line: LineInput) -> dict[str, Any]:
    """Return what is frozen of a line: every value that its score was made of."""
    return {
        "code": line.code,
        "communes": {commune.code: _fact(commune) for commune in line.communes},
        "households": dict(line.households),
        "households_total": line.households_total,
    }


def _fact(commune: LineCommune) -> dict[str, Any] | None:
    if commune.fact is None:
        return None
    return {key: commune.fact[key] for key in _FACT if key in commune.fact}
