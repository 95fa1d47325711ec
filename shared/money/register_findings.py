"""Findings of the register about itself: decisions, payments and funds that disagree with it.

A finding never changes what it is about: a chairman's decision stays recorded, a payment stays
paid, a fund stays as posted. It says what disagrees, with the arithmetic or the rule written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.households.events import Assessed
from shared.households.reasons import STATUS_NAMES, amount_en, amount_vi
from shared.households.spells import standard_of
from shared.law.standards import Policy
from shared.money.household_norm import Criterion

DECISION_DIFFERS = "decision_differs"
PAID_NOT_ELIGIBLE = "paid_not_eligible"
USES_EXCEED_FUND = "uses_exceed_fund"

Value = int | str


@dataclass(frozen=True, slots=True)
class RegisterFinding:
    """One contradiction: what was stated, what follows, in words, and what it is about."""

    kind: str
    stated: Value
    expected: Value
    unit: str | None
    en: str
    vi: str
    about: dict[str, Value] = field(default_factory=dict)


def decisions(assessments: Iterable[Assessed], policy: Policy) -> list[RegisterFinding]:
    """Return the decisions that named another class than the standard gives.

    The chairman of the commune recognises (07/2021/TT-BLĐTBXH); the class is computed all the same.
    """
    found = []
    for event in assessments:
        if event.recognised is None:
            continue
        standard = standard_of(event, policy)
        verdict = standard.classify(event.area_type, event.measure, event.value, event.lacking)
        if verdict.status != event.recognised:
            found.append(_decision(event, verdict.status, standard.id))
    return found


def _decision(event: Assessed, computed: str, standard: str) -> RegisterFinding:
    recognised, day = str(event.recognised), event.effective_from
    (said_en, said_vi), (is_en, is_vi) = STATUS_NAMES[recognised], STATUS_NAMES[computed]
    return RegisterFinding(
        DECISION_DIFFERS,
        recognised,
        computed,
        None,
        f"the decision in effect from {day} recognised a {said_en}; by the figures of the same "
        f"review and {standard} it is a {is_en}",
        f"quyết định có hiệu lực từ {_day_vi(day)} công nhận là {said_vi}; theo chính số liệu rà "
        f"soát và chuẩn {standard} thì là {is_vi}",
        {"event_id": str(event.event_id), "on": day.isoformat()},
    )


def _day_vi(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A household's line with money paid on it, and the criteria that it now fails."""

    run_id: str
    rule: str
    as_of: date
    net_paid_vnd: int
    failed: tuple[Criterion, ...]


def payments(lines: Sequence[PaidLine]) -> list[RegisterFinding]:
    """Return the payments to a household that a correction has since made not eligible."""
    return [_payment(line) for line in lines if line.failed and line.net_paid_vnd > 0]


def _payment(line: PaidLine) -> RegisterFinding:
    failed_en = ", ".join(each.code for each in line.failed)
    failed_vi = "; ".join(f"{each.vi} ({each.code})" for each in line.failed)
    return RegisterFinding(
        PAID_NOT_ELIGIBLE,
        line.net_paid_vnd,
        0,
        "VND",
        f"{amount_en(line.net_paid_vnd, money=True)} were paid under {line.rule} in run "
        f"{line.run_id}; as corrected since, the household did not meet on {line.as_of}: "
        f"{failed_en}",
        f"đã chi {amount_vi(line.net_paid_vnd, money=True)} theo {line.rule} trong đợt "
        f"{line.run_id}; theo số liệu đã chỉnh sửa, ngày {_day_vi(line.as_of)} hộ không đủ "
        f"điều kiện: {failed_vi}",
        {"run_id": line.run_id, "rule": line.rule},
    )


def overspending(
    fund_id: str, amount: int, uses: Sequence[tuple[str, int]]
) -> RegisterFinding | None:
    """Return what the uses of a fund exceed it by, if they do; each use is written out."""
    total = sum(used for _, used in uses)
    if total <= amount:
        return None
    over = total - amount
    written = " + ".join(f"{used:,} ({kind})" for kind, used in uses)
    written_vi = " + ".join(f"{amount_vi(used, money=False)} ({kind})" for kind, used in uses)
    return RegisterFinding(
        USES_EXCEED_FUND,
        total,
        amount,
        "VND",
        f"{written} = {total:,} đồng, {over:,} more than the {amount:,} of the fund",
        f"{written_vi} = {amount_vi(total, money=True)}, nhiều hơn {amount_vi(over, money=False)} "
        f"so với {amount_vi(amount, money=False)} của quỹ",
        {"fund_id": fund_id},
    )
