"""`POST /v1/allocation-runs`: the request for a run, and what law, areas and fund say of it.

The worker decides; what is refused here could never be computed, so the caller hears it at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from services.ingest.doors.common import (
    AreaCode,
    Checks,
    Day,
    FundId,
    Part,
    RunId,
    ShortText,
    composed,
    content_hash,
    pointed,
)
from shared.areas.tree import AreaTree, Unit
from shared.http.problems import Fault
from shared.kernel.errors import DomainError
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
from shared.money.store.fund_balances import FundState
from shared.money.store.runs import NewRun

AREAS_MAX = 20_000
VALUE_MAX = 10**15
_DECIMAL = re.compile(r"[0-9]{1,16}(\.[0-9]{1,18})?")


def _read_instant(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise PydanticCustomError("invalid_instant", "must be an RFC 3339 instant with a zone")
    return found.astimezone(UTC)


def _read_exact(value: object) -> int | str:
    """Read a number that law sets: a whole number or a decimal text; a float is never exact."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return value
    if type(value) is not int:
        raise PydanticCustomError("not_a_decimal", 'must be a number such as 2, or a text "0.4"')
    if not 0 <= value <= VALUE_MAX:
        raise PydanticCustomError("out_of_range", f"must be from 0 to {VALUE_MAX}")
    return value


def _stated(value: str | None) -> str:
    if value is None or not value.strip():
        raise PydanticCustomError("legal_basis_missing", "say which law or decision sets the value")
    return value


Instant = Annotated[datetime, BeforeValidator(_read_instant)]
Exact = Annotated[int | str, BeforeValidator(_read_exact)]
LegalBasis = Annotated[str | None, Field(max_length=200), AfterValidator(_stated)]


class Supplied(Part):
    """A value that the law has and the register lacks, and where the law sets it."""

    value: Exact
    legal_basis: LegalBasis = Field(None, validate_default=True)


class SuppliedByArea(Part):
    """A value per line."""

    by_area: dict[AreaCode, Exact] = Field(min_length=1, max_length=AREAS_MAX)
    legal_basis: LegalBasis = Field(None, validate_default=True)


class Parameters(Part):
    """What the caller supplies for unknowns of the law, or waives."""

    waive: list[ShortText] | None = Field(None, max_length=100)
    coefficients: dict[str, Supplied] | None = Field(None, max_length=100)
    values: dict[str, SuppliedByArea] | None = Field(None, max_length=100)
    counterpart_percent: Supplied | None = None


class AllocationRun(Part):
    """A request to divide a fund's money by a rule."""

    run_id: RunId
    fund_id: FundId
    rule: ShortText
    as_of: Day
    known_at: Instant | None = None
    areas: list[AreaCode] | None = Field(None, min_length=1, max_length=AREAS_MAX)
    parameters: Parameters | None = None
    mode: Literal["commit", "preview"] = "commit"
    supersedes: RunId | None = None


ADAPTER: TypeAdapter[AllocationRun] = TypeAdapter(AllocationRun)


def new_run(asked: AllocationRun) -> NewRun:
    """Return the run to be stored; requests that mean the same have the same bytes."""
    said = composed(asked.model_dump(mode="json", exclude_none=True))
    if asked.known_at is not None:
        said["known_at"] = asked.known_at.isoformat()
    if asked.areas is not None:
        said["areas"] = sorted(asked.areas)
    if asked.parameters is not None and asked.parameters.waive is not None:
        said["parameters"]["waive"] = sorted(set(asked.parameters.waive))
    return NewRun(
        run_id=asked.run_id,
        fund_id=asked.fund_id,
        rule=asked.rule,
        as_of=asked.as_of,
        known_at=asked.known_at,
        mode=asked.mode,
        supersedes=asked.supersedes,
        request=said,
        request_hash=content_hash(said),
    )


@dataclass(frozen=True)
class Ground:
    """What a request is judged by; `fund` is None if there is none of that id."""

    fund: FundState | None
    rules: Rules
    tree: AreaTree


def check(asked: AllocationRun, ground: Ground) -> list[Fault]:
    """Return every fault of a request whose fields are well-formed."""
    checks, rules, fund = Checks(""), ground.rules, ground.fund
    checks.attempt("rule", lambda: rules.named(asked.rule))
    if fund is None:
        checks.refuse("fund_id", "unknown_fund", f"no fund is called {asked.fund_id!r}")
    rule = rules.items.get(asked.rule)
    if rule is not None and rule.kind == COUNTERPART:
        checks.refuse("rule", "rule_divides_nothing", f"{rule.id} sets a share, no lines")
    elif rule is not None:
        if fund is not None:
            rule = _check_fund(asked, rule, fund, ground, checks)
        _check_parameters(asked.parameters or Parameters(), rule, rules, fund, checks)
    return checks.faults


def _check_fund(
    asked: AllocationRun, rule: Rule, fund: FundState, ground: Ground, checks: Checks
) -> Rule:
    """Check what the fund is for and the lines; return the rule as law has it at the holder's."""
    checks.attempt("rule", lambda: check_applies(rule, fund.program, fund.component, fund.year))
    if rule.kind != SCORE_SHARE and asked.areas is not None:
        detail = f"{rule.id} has a line for each household of the holder; it takes no areas"
        checks.refuse("areas", "areas_not_taken", detail)
    try:
        holder = holder_on(ground.tree, ground.tree.by_id(fund.area_id), asked.as_of)
    except DomainError as error:
        checks.refuse("as_of", error.code, error.detail)
        return rule
    if rule.kind == SCORE_SHARE:
        _check_lines(asked, holder, ground.tree, checks)
    codes = codes_above(ground.tree, holder)
    return rule.amended(ground.rules.overlays_of(rule, codes, fund.year, asked.as_of))


def _check_lines(asked: AllocationRun, holder: Unit, tree: AreaTree, checks: Checks) -> None:
    """Check the areas asked for, and that values are given for lines and nothing else."""
    faults = list(area_faults(tree, holder, asked.as_of, asked.areas or ()))
    for fault in faults:
        checks.refuse("areas", fault.code, fault.detail)
    given = (asked.parameters and asked.parameters.values) or {}
    if faults or not given:
        return
    lines = asked.areas or [unit.code for unit in communes_below(tree, holder, asked.as_of)]
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
    told = None if counterpart is None else counterpart.entry.get("counterpart_percent")
    if given.counterpart_percent is not None and told is not None:
        detail = f"law sets {told} percent; it cannot be supplied"
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
    """Return what may be supplied for each criterion: what law sets and nobody told us."""
    if rule.kind != SCORE_SHARE:
        return {}
    return {c.code: frozenset(_unknowns(c)) for c in score_share.read(rule.entry).criteria}


def _unknowns(criterion: Criterion) -> Iterator[str]:
    if criterion.coefficient is None:
        yield "coefficients"
    if criterion.input is None:
        yield "values"
