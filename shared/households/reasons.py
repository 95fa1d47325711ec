"""Reasons: why a household has its status, as codes with numbers, in English and Vietnamese.

Every sentence follows from the rule that fired and the measurement; nothing is said that the law as
loaded does not say.

Law: policy (the standard whose rule fired cites its acts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from msgspec import Meta

from shared.households import sentences
from shared.households.events import Assessed
from shared.kernel.texts import NOTHING, Text, instant, money, number
from shared.law.standards import ClassRule, Standard


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of a decision: a stable code, its numbers, and both languages."""

    code: Annotated[str, Meta(description="Stable; branch on it, such as `income_at_most`.")]
    parameters: Annotated[
        Mapping[str, Any],
        Meta(description="The numbers of the sentence; money in đồng per person and month."),
    ]
    text_en: Annotated[str, Meta(description="The sentence in English.")]
    text_vi: Annotated[str, Meta(description="The sentence in Vietnamese.")]


_NOT_ASSESSED = Reason("not_assessed", {}, *sentences.NOT_ASSESSED)
_CLOSED = Reason("closed", {}, *sentences.CLOSED)
_NO_DECISION = Reason("no_decision", {}, *sentences.NO_DECISION)


def reasons(
    status: str | None,
    assessment: Assessed | None,
    standard: Standard | None,
    months: int,
    unfolded_since: datetime | None = None,
    decided: Mapping[str, Text] | None = None,
) -> list[Reason]:
    """Return why the household has `status`: the bounds that its measurement met, or the decision.

    `decided`: what the policy calls the classes, where a decision is to count. While facts wait to
    be folded the last reason says so; that no assessment exists, which they may disprove, is then
    not claimed.
    """
    if unfolded_since is None:
        return _folded(status, assessment, standard, months, decided)
    folded = [] if status is None else _folded(status, assessment, standard, months, decided)
    return [*folded, not_yet_processed(unfolded_since)]


def not_yet_processed(since: datetime) -> Reason:
    """Return that facts recorded since this instant have no part in an answer yet."""
    text = sentences.NOT_YET_PROCESSED.filled(since=instant(since))
    return Reason("not_yet_processed", {"since": since}, *text)


def _folded(
    status: str | None,
    assessment: Assessed | None,
    standard: Standard | None,
    months: int,
    decided: Mapping[str, Text] | None,
) -> list[Reason]:
    if status is None or assessment is None or standard is None:
        return [_CLOSED if status == "closed" else _NOT_ASSESSED]
    bounds = _of_review(assessment, standard, decided)
    if status == "recently_exited":
        text = sentences.EXIT_WINDOW.filled(months=months)
        bounds.append(Reason("exit_window", {"months": months}, *text))
    return bounds


def _of_review(
    assessment: Assessed, standard: Standard, decided: Mapping[str, Text] | None
) -> list[Reason]:
    """Return why a review gives its class; where no decision is stated, the figures stand in."""
    if decided is not None and assessment.recognised is not None:
        return [_recognised(assessment.recognised, decided)]
    bounds = _bounds(assessment, fired(assessment, standard), standard)
    return bounds if decided is None else [*bounds, _NO_DECISION]


def _recognised(recognised: str, names: Mapping[str, Text]) -> Reason:
    text = sentences.RECOGNISED.filled(recognised=names[recognised])
    return Reason("recognised", {"recognised": recognised}, *text)


def fired(assessment: Assessed, standard: Standard) -> ClassRule | None:
    """Return the rule that the measurement falls under, None where no rule lists it."""
    return standard.classify(
        assessment.area_type, assessment.measure, assessment.value, assessment.lacking
    ).rule


def _bounds(assessment: Assessed, rule: ClassRule | None, standard: Standard) -> list[Reason]:
    if rule is None:
        return [_unlisted(assessment, standard)]
    first, second = ("income", "deprived") if assessment.measure == "income" else ("b1", "b2")
    value, lacking, area_type = assessment.value, assessment.lacking, assessment.area_type
    bounds = (
        (first, "above", value, rule.above, area_type),
        (first, "at_most", value, rule.at_most, area_type),
        (second, "at_least", lacking, rule.deprived_at_least, None),
        (second, "below", lacking, rule.deprived_below, None),
    )
    return [
        _bound(name, kind, measured, bound, where)
        for name, kind, measured, bound, where in bounds
        if bound is not None
    ]


# Households share few measurements, and putting a sentence together costs as much as the query.
@lru_cache(maxsize=8192)
def _bound(name: str, kind: str, value: int, bound: int, area_type: str | None) -> Reason:
    write = money if name == "income" else number
    parameters: dict[str, Any] = {"value": value, "bound": bound}
    where = NOTHING
    if area_type is not None:
        parameters["area_type"] = area_type
        where = sentences.IN_AREA_TYPE.filled(area_type=sentences.AREA_TYPES[area_type])
    text = sentences.MEETS_BOUND.filled(
        measurement=sentences.MEASUREMENTS[name],
        value=write(value),
        bound=sentences.BOUNDS[kind].filled(bound=write(bound)),
        area_type=where,
    )
    return Reason(f"{name}_{kind}", parameters, *text)


def _unlisted(assessment: Assessed, standard: Standard) -> Reason:
    name, lacking = measured_names(assessment)
    parameters = {
        name: assessment.value,
        lacking: assessment.lacking,
        "area_type": assessment.area_type,
        "standard": standard.id,
    }
    area_type = sentences.AREA_TYPES[assessment.area_type]
    text = sentences.NO_RULE_LISTS_IT.filled(standard=standard.id, area_type=area_type)
    return Reason("no_rule_lists_it", parameters, *text)


def measured_names(assessment: Assessed) -> tuple[str, str]:
    """Return what the two numbers of a measurement are called in answers."""
    return ("income_vnd", "deprived") if assessment.measure == "income" else ("b1", "b2")


def written(name: str, value: int) -> Text:
    """Write an input's value, with its unit if it is money."""
    return money(value) if name == "income_vnd" else number(value)
