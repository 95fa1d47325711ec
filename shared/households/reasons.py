"""Reasons: why a household has its status, as codes with numbers, in English and Vietnamese.

Every sentence follows from the rule that fired and the measurement; nothing is said that the law as
loaded does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.households.events import Assessed
from shared.kernel import texts
from shared.law.standards import Rule, Standard


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of a decision: a stable code, its numbers, and both languages."""

    code: str
    parameters: Mapping[str, Any]
    text_en: str
    text_vi: str


STATUS_NAMES = {
    "poor": ("poor household", "hộ nghèo"),
    "near_poor": ("near-poor household", "hộ cận nghèo"),
    "recently_exited": ("recently exited household", "hộ mới thoát nghèo"),
    "non_poor": ("non-poor household", "hộ không nghèo"),
    "closed": ("household no longer exists", "hộ đã kết thúc"),
}

_AREA_TYPES = {"rural": ("rural", "nông thôn"), "urban": ("urban", "thành thị")}

_NOT_ASSESSED = Reason(
    "not_assessed",
    {},
    "No assessment of the household takes effect on or before this day.",
    "Chưa có kết quả rà soát nào của hộ có hiệu lực đến ngày này.",
)
_CLOSED = Reason(
    "closed",
    {},
    "The household has ended; it has no poverty status any more.",
    "Hộ đã kết thúc, không còn thuộc diện phân loại.",
)


def reasons(
    status: str | None, assessment: Assessed | None, standard: Standard | None, months: int
) -> list[Reason]:
    """Return why the household has `status`: the bounds that its measurement met."""
    if status is None or assessment is None or standard is None:
        return [_CLOSED if status == "closed" else _NOT_ASSESSED]
    found = _bounds(assessment, fired(assessment, standard), standard)
    if status == "recently_exited":
        found.append(_window_reason(months))
    return found


def fired(assessment: Assessed, standard: Standard) -> Rule | None:
    """Return the rule that the measurement falls under, None where no rule lists it."""
    return standard.classify(
        assessment.area_type, assessment.measure, assessment.value, assessment.lacking
    ).rule


def _window_reason(months: int) -> Reason:
    return Reason(
        "exit_window",
        {"months": months},
        f"It left the poor or near-poor list and counts as recently exited for {months} months.",
        f"Hộ đã ra khỏi danh sách hộ nghèo, hộ cận nghèo và là hộ mới thoát nghèo trong {months} "
        "tháng.",
    )


def _bounds(assessment: Assessed, rule: Rule | None, standard: Standard) -> list[Reason]:
    if rule is None:
        return [_unlisted(assessment, standard)]
    names = ("income", "deprived") if assessment.measure == "income" else ("b1", "b2")
    made = (
        _bound(names[0], "above", assessment.value, rule.above, assessment.area_type),
        _bound(names[0], "at_most", assessment.value, rule.at_most, assessment.area_type),
        _bound(names[1], "at_least", assessment.lacking, rule.deprived_at_least, ""),
        _bound(names[1], "below", assessment.lacking, rule.deprived_below, ""),
    )
    return [reason for reason in made if reason is not None]


_SUBJECTS = {
    "income": ("Income per person and month is", "Thu nhập bình quân đầu người/tháng là"),
    "deprived": (
        "The number of deprived indicators is",
        "Số chỉ số thiếu hụt dịch vụ xã hội cơ bản là",
    ),
    "b1": ("Score B1 is", "Điểm B1 là"),
    "b2": ("Score B2 is", "Điểm B2 là"),
}
_COMPARED = {
    "above": ("above", "trên"),
    "at_most": ("at most", "không quá"),
    "at_least": ("at least", "từ"),
    "below": ("fewer than", "dưới"),
}


def _bound(name: str, kind: str, value: int, bound: int | None, area_type: str) -> Reason | None:
    if bound is None:
        return None
    money = name == "income"
    english, vietnamese = _SUBJECTS[name]
    compared_en, compared_vi = _COMPARED[kind]
    where_en, where_vi = _AREA_TYPES.get(area_type, ("", ""))
    parameters: dict[str, Any] = {"value": value, "bound": bound}
    if area_type:
        parameters["area_type"] = area_type
    suffix_en = f" ({where_en})" if where_en else ""
    suffix_vi = f" (khu vực {where_vi})" if where_vi else ""
    ending = " trở lên" if kind == "at_least" else ""
    return Reason(
        f"{name}_{kind}",
        parameters,
        f"{english} {amount_en(value, money)}: {compared_en} {amount_en(bound, money)}{suffix_en}.",
        f"{vietnamese} {amount_vi(value, money)}: {compared_vi} {amount_vi(bound, money)}{ending}"
        f"{suffix_vi}.",
    )


def _unlisted(assessment: Assessed, standard: Standard) -> Reason:
    where_en, where_vi = _AREA_TYPES[assessment.area_type]
    name = "income_vnd" if assessment.measure == "income" else "b1"
    lacking = "deprived" if assessment.measure == "income" else "b2"
    return Reason(
        "no_rule_lists_it",
        {
            name: assessment.value,
            lacking: assessment.lacking,
            "area_type": assessment.area_type,
            "standard": standard.id,
        },
        f"No rule of standard {standard.id} for {where_en} areas lists this measurement.",
        f"Không quy định nào của chuẩn {standard.id} cho khu vực {where_vi} áp dụng cho kết quả "
        "này.",
    )


def amount_en(value: int, money: bool) -> str:
    """Write a number as English does, with its unit if it is money."""
    return (texts.money if money else texts.number)(value).en


def amount_vi(value: int, money: bool) -> str:
    """Write a number as Vietnamese does, with its unit if it is money."""
    return (texts.money if money else texts.number)(value).vi
