"""Counts as callers see them: per status and group, with rates over a base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields as fields_of
from typing import Any

from shared.households.statistics import STATUSES, Base
from shared.households.tallies import Count, Counts, Flows
from shared.law.percent import percent
from shared.law.standards import Standard

MAJORITY = "Kinh"


def body(counted: Counts, base: Base | None, standards: Sequence[Standard]) -> dict[str, Any]:
    """Return the counted part of a statistics answer."""
    counts = _counts((None, status, number) for status, number in counted.by_status)
    registered = sum(counts.values())
    total = base.households_total if base else None
    return {
        "households_total": total,
        "registered": registered,
        "counts": counts,
        "unregistered": None if total is None else total - registered,
        "rates": _rates(counts, total),
        "minority": _minority(counted.by_ethnicity, base),
        "by_ethnicity": _grouped("ethnic_group", counted.by_ethnicity),
        "by_indicator": _by_indicator(counted, standards),
        "by_area_type": _grouped("area_type", counted.by_area_type),
    }


def _counts(rows: Iterable[Count]) -> dict[str, int]:
    counts = dict.fromkeys(STATUSES, 0)
    for _, status, number in rows:
        counts[status] += number
    return counts


def _rates(counts: dict[str, int], total: int | None) -> dict[str, Any]:
    return {
        "poor": _rate(counts["poor"], total),
        "near_poor": _rate(counts["near_poor"], total),
        "multidimensional": _rate(counts["poor"] + counts["near_poor"], total),
    }


def _rate(numerator: int, denominator: int | None) -> dict[str, Any] | None:
    if not denominator:
        return None
    return {
        "percent": percent(numerator, denominator),
        "numerator": numerator,
        "denominator": denominator,
    }


def _minority(rows: Sequence[Count], base: Base | None) -> dict[str, Any]:
    counts = _counts(row for row in rows if row[0] not in (None, MAJORITY))
    total = base.minority_households_total if base else None
    return {"households_total": total, "counts": counts, "rates": _rates(counts, total)}


def _grouped(name: str, rows: Sequence[Count]) -> list[dict[str, Any]]:
    groups = sorted({row[0] for row in rows}, key=lambda group: (group is None, group or ""))
    return [{name: g, "counts": _counts(r for r in rows if r[0] == g)} for g in groups]


def _by_indicator(counted: Counts, standards: Sequence[Standard]) -> list[dict[str, Any]]:
    numbers = {
        (standard, code, status): number for standard, code, status, number in counted.by_indicator
    }
    return [
        {
            "standard": standard.id,
            "code": indicator.code,
            "key": indicator.key,
            "name_en": indicator.en,
            "name_vi": indicator.vi,
            "poor": numbers.get((standard.id, indicator.code, "poor"), 0),
            "near_poor": numbers.get((standard.id, indicator.code, "near_poor"), 0),
        }
        for standard in standards
        for indicator in standard.indicators
    ]


def fields(flows: Flows) -> dict[str, int]:
    """Return the flows by name."""
    return {each.name: getattr(flows, each.name) for each in fields_of(flows)}
