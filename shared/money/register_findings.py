"""Findings of the register about itself: decisions, payments and funds that disagree with it.

A finding never changes what it is about: a chairman's decision stays recorded, a payment stays
paid, a fund stays as posted. It says what disagrees, with the arithmetic or the rule written out.

Law: 24/2021/QĐ-TTg, 07/2021/TT-BLĐTBXH (the chairman of the commune recognises).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from shared.areas.tree import Unit, area_type_of
from shared.households.events import Assessed
from shared.households.spells import standard_of
from shared.kernel.texts import Text, day, joined, money, number
from shared.law.standards import Policy
from shared.money import sentences
from shared.money.household_norm import NormCriterion

RegisterFindingKind = Literal[
    "area_type_differs",
    "child_fund_differs",
    "decision_differs",
    "paid_after_closure",
    "paid_before_decision",
    "paid_not_eligible",
    "payment_repeated",
    "person_in_two_households",
    "rate_over_100",
    "returned_before_paid",
    "review_outside_calendar",
    "supported_twice",
    "tranche_exceeded",
    "two_heads",
    "unregistered_negative",
    "uses_exceed_fund",
]
AREA_TYPE_DIFFERS: RegisterFindingKind = "area_type_differs"
CHILD_FUND_DIFFERS: RegisterFindingKind = "child_fund_differs"
DECISION_DIFFERS: RegisterFindingKind = "decision_differs"
PAID_AFTER_CLOSURE: RegisterFindingKind = "paid_after_closure"
PAID_BEFORE_DECISION: RegisterFindingKind = "paid_before_decision"
PAID_NOT_ELIGIBLE: RegisterFindingKind = "paid_not_eligible"
PAYMENT_REPEATED: RegisterFindingKind = "payment_repeated"
PERSON_IN_TWO_HOUSEHOLDS: RegisterFindingKind = "person_in_two_households"
REVIEW_OUTSIDE_CALENDAR: RegisterFindingKind = "review_outside_calendar"
RATE_OVER_100: RegisterFindingKind = "rate_over_100"
RETURNED_BEFORE_PAID: RegisterFindingKind = "returned_before_paid"
SUPPORTED_TWICE: RegisterFindingKind = "supported_twice"
TRANCHE_EXCEEDED: RegisterFindingKind = "tranche_exceeded"
TWO_HEADS: RegisterFindingKind = "two_heads"
UNREGISTERED_NEGATIVE: RegisterFindingKind = "unregistered_negative"
USES_EXCEED_FUND: RegisterFindingKind = "uses_exceed_fund"

Value = int | str


@dataclass(frozen=True, slots=True)
class RegisterFinding:
    """One contradiction: what was stated, what follows, in words, and what it is about."""

    kind: RegisterFindingKind
    stated: Value
    expected: Value
    unit: str | None
    en: str
    vi: str
    about: dict[str, Any] = field(default_factory=dict)


def decisions(assessments: Iterable[Assessed], policy: Policy) -> list[RegisterFinding]:
    """Return the decisions that named another class than the standard gives.

    The chairman of the commune recognises; the class is computed all the same.
    """
    findings = []
    for event in assessments:
        if event.recognised is None:
            continue
        standard = standard_of(event, policy)
        verdict = standard.classify(event.area_type, event.measure, event.value, event.lacking)
        if verdict.status != event.recognised:
            names = policy.status_names
            text = sentences.DECISION_DIFFERS.filled(
                day=day(event.effective_from),
                recognised=names[event.recognised],
                standard=standard.id,
                computed=names[verdict.status],
            )
            findings.append(_decision(event, event.recognised, verdict.status, text))
    return findings


def _decision(event: Assessed, recognised: str, computed: str, text: Text) -> RegisterFinding:
    about: dict[str, Any] = {
        "event_id": str(event.event_id),
        "on": event.effective_from.isoformat(),
    }
    return RegisterFinding(DECISION_DIFFERS, recognised, computed, None, *text, about)


def area_type(event: Assessed, unit: Unit) -> RegisterFinding | None:
    """Return the review whose line of income is not that of the kind of its unit, if it is so."""
    expected = area_type_of(unit)
    if expected in {None, event.area_type}:
        return None
    text = sentences.AREA_TYPE_DIFFERS.filled(
        day=day(event.effective_from),
        stated=sentences.AREA_TYPES[event.area_type],
        unit=f"{unit.kind} {unit.name}",
        expected=sentences.AREA_TYPES[str(expected)],
    )
    about: dict[str, Any] = {
        "event_id": str(event.event_id),
        "on": event.effective_from.isoformat(),
    }
    return RegisterFinding(AREA_TYPE_DIFFERS, event.area_type, str(expected), None, *text, about)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A household's line with money paid on it, and the criteria that it now fails."""

    run_id: str
    rule: str
    as_of: date
    net_paid_vnd: int
    failed: tuple[NormCriterion, ...]


def payments(lines: Sequence[PaidLine]) -> list[RegisterFinding]:
    """Return the payments to a household that a correction has since made not eligible."""
    return [_payment(line) for line in lines if line.failed and line.net_paid_vnd > 0]


def _payment(line: PaidLine) -> RegisterFinding:
    criteria = Text(
        ", ".join(each.code for each in line.failed),
        "; ".join(f"{each.vi} ({each.code})" for each in line.failed),
    )
    text = sentences.PAID_NOT_ELIGIBLE.filled(
        paid=money(line.net_paid_vnd),
        rule=line.rule,
        run=line.run_id,
        day=day(line.as_of),
        criteria=criteria,
    )
    about: dict[str, Any] = {"run_id": line.run_id, "rule": line.rule}
    return RegisterFinding(PAID_NOT_ELIGIBLE, line.net_paid_vnd, 0, "VND", *text, about)


def overspending(
    fund_id: str, amount: int, uses: Sequence[tuple[str, int]]
) -> RegisterFinding | None:
    """Return what the uses of a fund exceed it by, if they do; each use is written out."""
    total = sum(used for _, used in uses)
    if total <= amount:
        return None
    written = [sentences.USE.filled(used=number(used), kind=kind) for kind, used in uses]
    text = sentences.USES_EXCEED_FUND.filled(
        uses=joined(" + ", written),
        total=number(total),
        over=number(total - amount),
        amount=number(amount),
    )
    return RegisterFinding(USES_EXCEED_FUND, total, amount, "VND", *text, {"fund_id": fund_id})


@dataclass(frozen=True, slots=True)
class EarlyPayments:
    """What was paid of a fund before the day of its decision: how often, how much, since when."""

    fund_id: str
    decided_on: date
    payments: int
    amount_vnd: int
    first_on: date
    first_run: str
    first_line: str


def paid_early(early: EarlyPayments) -> RegisterFinding:
    """Return what was paid of a fund before the decision that gave it."""
    text = sentences.PAID_BEFORE_DECISION.filled(
        payments=number(early.payments),
        amount=money(early.amount_vnd),
        decided=day(early.decided_on),
        first=day(early.first_on),
    )
    about: dict[str, Any] = {
        "fund_id": early.fund_id,
        "payments": early.payments,
        "first": {
            "run_id": early.first_run,
            "line": early.first_line,
            "on": early.first_on.isoformat(),
        },
    }
    return RegisterFinding(PAID_BEFORE_DECISION, early.amount_vnd, 0, "VND", *text, about)


@dataclass(frozen=True, slots=True)
class ChildFund:
    """A fund that is made of a line: its holder and year, and what the line's are.

    `holders` are the line's unit and those that took over territory of it.
    """

    fund_id: str
    area_code: str
    year: int
    run_id: str
    line: str
    holders: frozenset[str]
    run_year: int


def child_fund(fund: ChildFund) -> Iterator[RegisterFinding]:
    """Find what a fund and the line that it is made of do not agree in."""
    if fund.area_code not in fund.holders:
        text = sentences.HOLDER_DIFFERS.filled(
            holder=fund.area_code, run=fund.run_id, line=fund.line
        )
        yield _child_fund(fund, "area_code", fund.area_code, fund.line, text)
    if fund.year != fund.run_year:
        text = sentences.YEAR_DIFFERS.filled(
            year=fund.year, run=fund.run_id, run_year=fund.run_year
        )
        yield _child_fund(fund, "year", fund.year, fund.run_year, text)


def _child_fund(
    fund: ChildFund, name: str, stated: Value, expected: Value, text: Text
) -> RegisterFinding:
    about: dict[str, Any] = {"fund_id": fund.fund_id, "run_id": fund.run_id, "line": fund.line}
    return RegisterFinding(
        CHILD_FUND_DIFFERS, stated, expected, None, *text, about | {"field": name}
    )
