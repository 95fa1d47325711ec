"""The result of a run, with its frozen inputs and their digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.worker.allocations.basis import Basis
from shared.money.allocations import digest_of
from shared.money.progress import counterpart_required
from shared.money.store.runs import Completed

Result = Completed
PERCENT = "counterpart_percent"


def result(
    basis: Basis,
    *,
    inputs: Mapping[str, Any],
    totals: Mapping[str, int],
    allocated_vnd: int,
    content: str | None,
    result_digest: str,
) -> Result:
    """Put together what came of a run; `inputs` are those of its kind."""
    frozen = {
        **basis.inputs,
        "allocated_from_vnd": basis.amount_vnd,
        "counterpart": counterpart(basis, allocated_vnd),
        **inputs,
    }
    return Result(
        ledger_at=basis.ledger_at,
        content=content,
        inputs=frozen,
        totals=totals,
        allocated_from_vnd=basis.amount_vnd,
        allocated_vnd=allocated_vnd,
        unallocated_vnd=basis.amount_vnd - allocated_vnd,
        inputs_digest=digest_of(frozen),
        result_digest=result_digest,
    )


def counterpart(basis: Basis, allocated_vnd: int) -> dict[str, Any] | None:
    """Return what the law asks the local budget to add to central money; null is unknown.

    None where the money is not central, or no law known here asks for anything.
    """
    rule = basis.law.rules.counterpart(basis.fund.program, basis.fund.year)
    given = basis.parameters.get(PERCENT)
    unused = {item["code"] for item in basis.rule.entry.get("not_used") or ()}
    asked = rule is not None or given is not None or PERCENT in unused
    if basis.fund.funding_source != "central" or not asked:
        return None
    percent = rule.entry.get(PERCENT) if rule is not None else None
    legal_basis = list((rule or basis.rule).legal_basis)
    if percent is None and given is not None:
        percent, legal_basis = given["value"], [given["legal_basis"]]
    required = None if percent is None else counterpart_required(allocated_vnd, percent)
    return {
        "rule": rule.id if rule is not None else None,
        "percent": None if percent is None else str(percent),
        "legal_basis": legal_basis,
        "required_vnd": required,
    }
