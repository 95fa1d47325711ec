"""Findings of the register about itself: decisions, payments and funds that disagree with it.

A finding never changes what it is about: a chairman's decision stays recorded, a payment stays
paid, a fund stays as posted. It says what disagrees, with the arithmetic or the rule written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.domain.household_events import Assessed
from shared.domain.reasons import STATUS_NAMES
from shared.domain.spells import standard_of
from shared.domain.standards import Policy

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
        f"quyết định có hiệu lực từ {day} công nhận là {said_vi}; theo chính số liệu rà soát và "
        f"chuẩn {standard} thì là {is_vi}",
        {"event_id": str(event.event_id), "on": day.isoformat()},
    )


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A household's line with money paid on it, and the criteria that it now fails."""

    run_id: str
    rule: str
    as_of: date
    net_paid_vnd: int
    failed: tuple[str, ...]


def payments(lines: Sequence[PaidLine]) -> list[RegisterFinding]:
    """Return the payments to a household that a correction has since made not eligible."""
    return [_payment(line) for line in lines if line.failed and line.net_paid_vnd > 0]


def _payment(line: PaidLine) -> RegisterFinding:
    failed, paid = ", ".join(line.failed), f"{line.net_paid_vnd:,} đồng"
    return RegisterFinding(
        PAID_NOT_ELIGIBLE,
        line.net_paid_vnd,
        0,
        "VND",
        f"{paid} were paid under {line.rule} in run {line.run_id}; as corrected since, the "
        f"household did not meet on {line.as_of}: {failed}",
        f"đã chi {paid} theo {line.rule} trong đợt {line.run_id}; theo số liệu đã chỉnh sửa, "
        f"ngày {line.as_of} hộ không đủ điều kiện: {failed}",
        {"run_id": line.run_id, "rule": line.rule},
    )


def overspending(
    fund_id: str, amount: int, uses: Sequence[tuple[str, int]]
) -> RegisterFinding | None:
    """Return what the uses of a fund exceed it by, if they do; each use is written out."""
    total = sum(used for _, used in uses)
    if total <= amount:
        return None
    written = " + ".join(f"{used:,} ({kind})" for kind, used in uses)
    return RegisterFinding(
        USES_EXCEED_FUND,
        total,
        amount,
        "VND",
        f"{written} = {total:,} đồng, {total - amount:,} more than the {amount:,} of the fund",
        f"{written} = {total:,} đồng, nhiều hơn {total - amount:,} so với {amount:,} của quỹ",
        {"fund_id": fund_id},
    )
