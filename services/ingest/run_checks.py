"""What law, areas and fund say of the request for an allocation run.

The worker decides; what is refused here could never be computed, so the caller hears it at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.areas.tree import AreaTree, Unit
from shared.kernel.errors import DomainError, Fault
from shared.kernel.facts import Checks
from shared.kernel.reading import pointed
from shared.kernel.revisions import composed, content_hash
from shared.law.allocation_rules import (
    COUNTERPART,
    HOUSEHOLD_NORM,
    SCORE_SHARE,
    Rule,
    Rules,
    check_applies,
)
from shared.law.criteria import Criterion
from shared.money import household_norm, score_share
from shared.money.allocation_areas import area_faults, codes_above, communes_below, holder_on
from shared.money.run_request import AllocationRun, Parameters, canonical
from shared.money.store.fund_balances import FundState
from shared.money.store.runs import NewRun


def new_run(request: AllocationRun) -> NewRun:
    """Return the run to be stored; requests that mean the same have the same bytes."""
    content = composed(canonical(request))
    return NewRun(
        run_id=request.run_id,
        fund_id=request.fund_id,
        rule=request.rule,
        as_of=request.as_of,
        known_at=request.known_at,
        mode=request.mode,
        supersedes=request.supersedes,
        request=content,
        request_hash=content_hash(content),
    )


@dataclass(frozen=True)
class Ground:
    """What a request is judged by; `fund` is None if there is none of that id."""

    fund: FundState | None
    rules: Rules
    tree: AreaTree


def check(request: AllocationRun, ground: Ground) -> list[Fault]:
    """Return every fault of a request whose fields are well-formed."""
    checks, rules, fund = Checks(), ground.rules, ground.fund
    checks.attempt("rule", lambda: rules.named(request.rule))
    if fund is None:
        checks.refuse("fund_id", "unknown_fund", f"no fund is called {request.fund_id!r}")
    rule = rules.items.get(request.rule)
    if rule is not None and rule.kind == COUNTERPART:
        checks.refuse("rule", "rule_divides_nothing", f"{rule.id} sets a share, no lines")
    elif rule is not None:
        if fund is not None:
            rule = _check_fund(request, rule, fund, ground, checks)
        _check_parameters(request.parameters or Parameters(), rule, rules, fund, checks)
    return checks.faults


def _check_fund(
    request: AllocationRun, rule: Rule, fund: FundState, ground: Ground, checks: Checks
) -> Rule:
    """Check what the fund is for and the lines; return the rule as law has it at the holder's."""
    checks.attempt("rule", lambda: check_applies(rule, fund.program, fund.component, fund.year))
    if rule.kind != SCORE_SHARE and request.areas is not None:
        detail = f"{rule.id} has a line for each household of the holder; it takes no areas"
        checks.refuse("areas", "areas_not_taken", detail)
    try:
        holder = holder_on(ground.tree, ground.tree.by_id(fund.area_id), request.as_of)
    except DomainError as error:
        checks.refuse("as_of", error.code, error.detail)
        return rule
    if rule.kind == SCORE_SHARE:
        _check_lines(request, holder, ground.tree, checks)
    codes = codes_above(ground.tree, holder)
    return rule.amended(ground.rules.overlays_of(rule, codes, fund.year, request.as_of))


def _check_lines(request: AllocationRun, holder: Unit, tree: AreaTree, checks: Checks) -> None:
    """Check the areas request for, and that values are given for lines and nothing else."""
    faults = list(area_faults(tree, holder, request.as_of, request.areas or ()))
    for fault in faults:
        checks.refuse("areas", fault.code, fault.detail)
    given = (request.parameters and request.parameters.values) or {}
    if faults or not given:
        return
    lines = request.areas or [unit.code for unit in communes_below(tree, holder, request.as_of)]
    for criterion, values in given.items():
        for code in sorted(values.by_area.keys() - set(lines)):
            pointer = f"parameters/values{pointed(criterion)}/by_area{pointed(code)}"
            checks.refuse(pointer, "unknown_line", f"the run has no line {code}")


def _check_parameters(
    given: Parameters, rule: Rule, rules: Rules, fund: FundState | None, checks: Checks
) -> None:
    known = household_norm.read(rule.entry).waivable if rule.kind == HOUSEHOLD_NORM else frozenset()
    for position, name in enumerate(given.waive or ()):
        if name not in known:
            takes = ", ".join(sorted(known)) or "none"
            detail = f"{rule.id} cannot go without {name!r}; inputs that can be waived: {takes}"
            checks.refuse(f"parameters/waive/{position}", "unknown_input", detail)
    lacking = _lacking(rule)
    for field, named in (("coefficients", given.coefficients), ("values", given.values)):
        for code in named or ():
            _check_criterion(field, code, lacking, rule, checks)
    counterpart = rules.counterpart(fund.program, fund.year) if fund is not None else None
    percent = None if counterpart is None else counterpart.entry.get("counterpart_percent")
    if given.counterpart_percent is not None and percent is not None:
        detail = f"law sets {percent} percent; it cannot be supplied"
        checks.refuse("parameters/counterpart_percent", "coefficient_known", detail)


def _check_criterion(
    field: str, code: str, lacking: Mapping[str, frozenset[str]], rule: Rule, checks: Checks
) -> None:
    pointer = f"parameters/{field}{pointed(code)}"
    if code not in lacking:
        known = ", ".join(lacking) or "none"
        detail = f"{rule.id} has no criterion {code!r}; it has {known}"
        checks.refuse(pointer, "unknown_criterion", detail)
    elif field not in lacking[code]:
        known_code = "coefficient_known" if field == "coefficients" else "value_known"
        detail = f"the {field} of {code} are known here; they cannot be supplied"
        checks.refuse(pointer, known_code, detail)


def _lacking(rule: Rule) -> Mapping[str, frozenset[str]]:
    """Return what may be supplied for each criterion: what law sets and nobody percent us."""
    if rule.kind != SCORE_SHARE:
        return {}
    return {c.code: frozenset(_unknowns(c)) for c in score_share.read(rule.entry).criteria}


def _unknowns(criterion: Criterion) -> Iterator[str]:
    if criterion.coefficient is None:
        yield "coefficients"
    if criterion.input is None:
        yield "values"
