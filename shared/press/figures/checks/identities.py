"""What follows from the meaning of two measures: both lists together, and a group within all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from shared.press.figures.checks.bounds import reach
from shared.press.figures.checks.finding import Finding, FindingKind, Gap, finding
from shared.press.figures.checks.items import Item
from shared.press.figures.checks.levels import CLASSES, Population, Table
from shared.press.figures.checks.wording import Unit, say

_POOR, _NEAR_POOR, _BOTH = CLASSES
_SUMS = (
    (_POOR.count, _NEAR_POOR.count, _BOTH.count),
    (_POOR.rate, _NEAR_POOR.rate, _BOTH.rate),
)
_COUNTS = (_POOR.count, _NEAR_POOR.count, _BOTH.count)


class Sum(NamedTuple):
    """Two levels that make a third."""

    one: Item
    other: Item
    whole: Item
    table: Table


def check(tables: Mapping[Population, Table]) -> Iterator[Finding]:
    """Yield sums of both lists that do not hold, and groups above all of their place."""
    for (place, population), table in tables.items():
        for found in _sums(table):
            yield from _wrong_sum(found)
        everyone = tables.get((place, "all"))
        if population == "ethnic_minority" and everyone is not None:
            yield from _above_all(table, everyone)


def _sums(table: Table) -> Iterator[Sum]:
    for levels in table.days.values():
        for one, other, whole in _SUMS:
            if one in levels and other in levels and whole in levels:
                yield Sum(levels[one], levels[other], levels[whole], table)


def _wrong_sum(found: Sum) -> Iterator[Finding]:
    one, other, whole, table = found
    added, said = table.bounds(one) + table.bounds(other), table.bounds(whole)
    # Both lists together cannot be less than one of them; then the number is of something else.
    least = max(one.figure.value, other.figure.value)
    if added.meets(said) or whole.figure.value < least:
        return
    expected = Fraction(one.figure.value) + Fraction(other.figure.value)
    stated = Fraction(whole.figure.value)
    margin = reach(expected, added, stated) + reach(stated, said, expected)
    text = say(
        "Poor {a} + near-poor {b} = {e} {u}, not {s}.",
        "Nghèo {a} + cận nghèo {b} = {e} {u}, không phải {s}.",
        a=one.figure.value,
        b=other.figure.value,
        e=expected,
        s=stated,
        u=Unit(whole.figure.unit),
    )
    kind: FindingKind = "parts_exceed_total" if expected > stated else "parts_total_mismatch"
    gap = Gap(expected, stated, margin, whole.figure.unit)
    yield finding(kind, (one, other, whole), gap, text)


def _above_all(group: Table, everyone: Table) -> Iterator[Finding]:
    for day, levels in group.days.items():
        for measure in _COUNTS:
            part, whole = levels.get(measure), everyone.get(day, measure)
            if part is None or whole is None:
                continue
            if group.bounds(part).low > everyone.bounds(whole).high:
                yield _above(part, whole, everyone.bounds(whole).high)


def _above(part: Item, whole: Item, limit: Fraction) -> Finding:
    value, total = Fraction(part.figure.value), Fraction(whole.figure.value)
    text = say(
        "{p} {u} of minorities are more than all {w}.",
        "{p} {u} dân tộc thiểu số nhiều hơn tổng số {w}.",
        p=value,
        w=total,
        u=Unit(whole.figure.unit),
    )
    gap = Gap(value, total, limit - total, whole.figure.unit)
    return finding("parts_exceed_total", (part, whole), gap, text)
