"""Who gets one norm: the meaning that the statements of `shared.money.store.household_norm` say.

A run decides of all households of a list at once and set-based; here it is decided one by one, so
that the two can be compared.

Law: 01/2022/TT-BXD (criteria and order); 60/2026/TT-BTC Art. 2(3)b (no content twice).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.money.allocations import Line, Outcome
from shared.money.household_norm import RANK_OF_BEGUN, STATUS, HouseholdNorm


@dataclass(frozen=True, slots=True)
class Applicant:
    """A household of the lists: its facts by input, and what supported its family before.

    What was given under another id of the family counts as if it had been given under this one.

    `paid_vnd` is what was paid, less what came back, under the runs that this run replaces; the
    first of them by name is `paid_by`.
    """

    household_id: str
    facts: Mapping[str, Any]
    area_id: int | None = None
    supported_by: str | None = None
    paid_vnd: int = 0
    paid_by: str | None = None


def supported_by(rule: HouseholdNorm, applicant: Applicant) -> str | None:
    """Return what supported the household with the rule's content before, None if nothing did.

    What was paid under a replaced run counts only where it makes up the whole norm.
    """
    if applicant.supported_by is None and applicant.paid_vnd >= rule.unit_norm_vnd:
        return applicant.paid_by
    return applicant.supported_by


def failed(rule: HouseholdNorm, facts: Mapping[str, Any], supported: bool) -> tuple[str, ...]:
    """Return the codes of the criteria that a household does not meet, in the rule's order.

    A criterion that the register cannot tell counts as met: without a waiver there is no run.
    """
    return tuple(
        c.code
        for c in rule.eligibility
        if (c.refusal is not None and supported)
        or (c.condition is not None and not c.condition.met(facts))
    )


def rank(rule: HouseholdNorm, facts: Mapping[str, Any]) -> int:
    """Return the first rank whose conditions a household meets; the last one has none."""
    return next(
        p.rank
        for p in rule.priorities
        if p.conditions is not None and all(c.met(facts) for c in p.conditions)
    )


def queue(
    rule: HouseholdNorm, applicants: Iterable[Applicant], available_vnd: int
) -> tuple[Line, ...]:
    """Return every household's line, by id: who waits, in which place, and how far money reaches.

    The queue ends at the first household whose part no longer fits: nobody overtakes.
    """
    refused: list[Line] = []
    waiting: list[Line] = []
    for applicant in applicants:
        line = _judged(rule, applicant)
        (waiting if line.failed is None else refused).append(line)
    waiting.sort(key=lambda line: (line.rank, line.line.encode()))
    served = _served(waiting, available_vnd)
    return tuple(sorted((*refused, *served), key=lambda line: line.line.encode()))


def _judged(rule: HouseholdNorm, applicant: Applicant) -> Line:
    facts, paid = applicant.facts, applicant.paid_vnd
    support = supported_by(rule, applicant)
    codes = failed(rule, facts, support is not None)
    begun = 0 < paid < rule.unit_norm_vnd
    return Line(
        line=applicant.household_id,
        amount_vnd=0 if codes else rule.unit_norm_vnd - paid,
        outcome=_outcome(rule, codes),
        area_id=applicant.area_id,
        content=rule.content,
        status=facts.get(STATUS),
        rank=None if codes else RANK_OF_BEGUN if begun else rank(rule, facts),
        failed=codes or None,
        supported_by=support,
        already_paid_vnd=paid,
    )


def _outcome(rule: HouseholdNorm, codes: tuple[str, ...]) -> Outcome:
    if not codes:
        return "allocated"
    return "already_supported" if codes == (rule.refusing.code,) else "not_eligible"


def _served(waiting: Sequence[Line], available_vnd: int) -> Iterator[Line]:
    used = 0
    for place, line in enumerate(waiting, 1):
        used += line.amount_vnd
        if used <= available_vnd:
            yield replace(line, place=place)
        else:
            yield replace(line, place=place, outcome="fund_exhausted", amount_vnd=0)
