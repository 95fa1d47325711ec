"""Average per year against its ends: the steps between two years make up the whole change.

A period "2021-2024" may be three steps from the end of 2021 or four from the end of 2020; an
average that holds in one of these ways is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from shared.press.figures.checks.bounds import Bounds, reach
from shared.press.figures.checks.changes import LEVEL_OF
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item, base_day
from shared.press.figures.checks.levels import UNITS, Population, Table, population
from shared.press.figures.checks.wording import Unit, decimal, say


class Way(NamedTuple):
    """One way to take an average: its ends, and what they make per year."""

    before: Item
    now: Item
    years: int
    value: Fraction
    bounds: Bounds


def check(found: Sequence[Item], tables: Mapping[Population, Table]) -> Iterator[Finding]:
    """Yield the averages per year that no pair of ends in the article makes."""
    for item in found:
        figure, table = item.figure, tables.get(population(item))
        if figure.per != "year" or item.measure not in LEVEL_OF or table is None:
            continue
        if figure.comparison is None or figure.unit != UNITS[item.measure]:
            continue
        ways = list(_ways(item, table))
        size = _signed(item, table)
        if ways and not any(way.bounds.meets(size) for way in ways):
            yield _mismatch(item, min(ways, key=lambda way: abs(way.value - size.low)), size)


def _ways(item: Item, table: Table) -> Iterator[Way]:
    measure, period = LEVEL_OF[item.measure], item.figure.period
    first = base_day(item.figure)
    if period is None or first is None or first.year >= period.end.year:
        return
    now = table.get(item.day or period.end, measure)
    for start in dict.fromkeys((first, date(first.year + 1, 12, 31))):
        before = table.get(start, measure)
        if before is not None and now is not None and start.year < period.end.year:
            yield _way(before, now, period.end.year - start.year, table)


def _way(before: Item, now: Item, years: int, table: Table) -> Way:
    whole = Fraction(before.figure.value) - Fraction(now.figure.value)
    between = table.bounds(before) - table.bounds(now)
    return Way(before, now, years, whole / years, Bounds(between.low / years, between.high / years))


def _signed(item: Item, table: Table) -> Bounds:
    size = table.bounds(item)
    falls = item.figure.comparison is None or item.figure.comparison.direction == "decrease"
    return size if falls else Bounds(-size.high, -size.low)


def _mismatch(item: Item, way: Way, size: Bounds) -> Finding:
    stated = Fraction(item.figure.value) * (1 if size.high >= 0 else -1)
    margin = reach(way.value, way.bounds, stated) + reach(stated, size, way.value)
    text = say(
        "({b} - {n}) / {y} years = {e} {u} a year, not {s}.",
        "({b} - {n}) / {y} năm = {e} {u} mỗi năm, không phải {s}.",
        b=way.before.figure.value,
        n=way.now.figure.value,
        y=way.years,
        e=Fraction(decimal(way.value)),
        u=Unit(item.figure.unit),
        s=stated,
    )
    gap = Gap(way.value, stated, margin, item.figure.unit)
    return finding("average_mismatch", (way.before, way.now, item), gap, text)
