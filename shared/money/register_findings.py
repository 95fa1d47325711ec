"""Findings of the register about itself: decisions, payments and funds that disagree with it.

A finding never changes what it is about: a chairman's decision stays recorded, a payment stays
paid, a fund stays as posted. It says what disagrees, with the arithmetic or the rule written out.

Law: 24/2021/QĐ-TTg, 07/2021/TT-BLĐTBXH (the chairman of the commune recognises).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shared.areas.tree import Unit, area_type_of
from shared.households.events import Assessed
from shared.households.spells import standard_of
from shared.kernel.texts import Text, day, joined, money, number
from shared.law.standards import Policy
from shared.money import sentences
from shared.money.household_norm import NormCriterion

RegisterFindingKind = Literal[
    "area_type_differs", "decision_differs", "paid_not_eligible", "uses_exceed_fund"
]
AREA_TYPE_DIFFERS: RegisterFindingKind = "area_type_differs"
DECISION_DIFFERS: RegisterFindingKind = "decision_differs"
PAID_NOT_ELIGIBLE: RegisterFindingKind = "paid_not_eligible"
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
    about: dict[str, Value] = field(default_factory=dict)


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
    about: dict[str, Value] = {
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
    about: dict[str, Value] = {
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
    about: dict[str, Value] = {"run_id": line.run_id, "rule": line.rule}
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
