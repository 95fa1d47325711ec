"""Change in count against change in points: on one base, the one follows from the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from shared.press.figures.checks.bounds import Bounds, reach
from shared.press.figures.checks.changes import Change, pairs
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item
from shared.press.figures.checks.levels import MISREAD, Class, merged_between
from shared.press.figures.checks.official import allowance, base_broken, confirms
from shared.press.figures.checks.rates import Base, implied
from shared.press.figures.checks.wording import Unit, decimal, say
from shared.press.reference_figures import References


class Before(NamedTuple):
    """A level of the first day: as stated, or rebuilt from the level of the last day."""

    value: Fraction
    bounds: Bounds
    items: tuple[Item, ...]


def check(stated: Sequence[Change], references: References) -> Iterator[Finding]:
    """Yield changes that would need another number of households than there is."""
    for one, count, rate in pairs(stated):
        either = rate or count
        if either is None or merged_between(either.first, either.last):
            continue
        if base_broken(either.item, either.first, either.last, references):
            continue
        now = _base_now(one, either)
        counted, rated = _before(one.count, either, count), _before(one.rate, either, rate)
        if now is None or counted is None or rated is None or rated.bounds.low <= 0:
            continue
        rebuilt = len(counted.items) + len(rated.items) > 2
        before = (counted, rated)
        if not rebuilt or _one_base(either, now, before):
            continue
        if not _official(one, either, before, references):
            yield _mismatch(one, either, now, before)


def _base_now(one: Class, change: Change) -> Base | None:
    table = change.table
    count, rate = table.get(change.last, one.count), table.get(change.last, one.rate)
    return implied(table, count, rate) if count is not None and rate is not None else None


def _before(measure: str, either: Change, change: Change | None) -> Before | None:
    level = either.table.get(either.first, measure)
    if level is not None:
        return Before(Fraction(level.figure.value), either.table.bounds(level), (level,))
    now = either.table.get(either.last, measure)
    if now is None or change is None:
        return None
    value = Fraction(now.figure.value) + Fraction(change.item.figure.value) * change.falls
    return Before(value, either.table.bounds(now) + change.bounds(), (now, change.item))


def _one_base(change: Change, now: Base, rebuilt: tuple[Before, Before]) -> bool:
    counted, rated = rebuilt
    hundred = Bounds(Fraction(100), Fraction(100))
    before = (counted.bounds * hundred).over(rated.bounds)
    if not before.meets(now.bounds.wider(Fraction(MISREAD))):
        return True
    return now.bounds.wider(allowance(change.first, change.last)).meets(before)


def _official(
    one: Class, change: Change, before: tuple[Before, Before], references: References
) -> bool:
    """Say whether both levels of the first day are official, so that the base did move."""
    return all(
        confirms(change.item, measure, change.first, level.bounds, references)
        for measure, level in zip((one.count, one.rate), before, strict=True)
    )


def _mismatch(one: Class, either: Change, now: Base, before: tuple[Before, Before]) -> Finding:
    counted, rated = before
    points = either.item.measure == one.rate_change
    gap = _in_points(either, now, counted) if points else _in_households(either, now, rated)
    text = say(
        "{c} at {r}% imply {b} households on {d2}; before, {c0} at {r0}% imply {b0} on {d1}. On "
        "the base of {d2} the change would be {e} {u}, not {s}: the number of all households moved "
        "by {g}%, or a number is wrong.",
        "{c} hộ chiếm {r}% ứng với tổng số {b} hộ ngày {d2}; trước đó {c0} hộ, {r0}% ứng với {b0} "
        "hộ ngày {d1}. Theo tổng số hộ ngày {d2}, mức thay đổi là {e} {u}, không phải {s}: tổng số "
        "hộ chênh {g}%, hoặc có số sai.",
        c=now.count.figure.value,
        r=now.rate.figure.value,
        b=Fraction(round(now.value)),
        c0=counted.value,
        r0=rated.value,
        b0=Fraction(round(counted.value * 100 / rated.value)),
        d1=either.first,
        d2=either.last,
        e=Fraction(decimal(gap.expected)),
        s=gap.stated,
        u=Unit(gap.unit),
        g=Fraction(round(1000 * abs(now.value * rated.value / (counted.value * 100) - 1)), 10),
    )
    items = (now.count, now.rate, *counted.items, *rated.items)
    return finding("change_mismatch", items, gap, text)


def _in_points(change: Change, now: Base, counted: Before) -> Gap:
    """Return the change in points that the change in count makes on an unchanged base."""
    rate = Fraction(now.rate.figure.value)
    stated = Fraction(change.item.figure.value) * change.falls
    hundred = Bounds(Fraction(100), Fraction(100))
    base = now.bounds.wider(allowance(change.first, change.last))
    possible = (counted.bounds * hundred).over(base) - change.table.bounds(now.rate)
    return _gap(counted.value * 100 / now.value - rate, stated, possible, change)


def _in_households(change: Change, now: Base, rated: Before) -> Gap:
    """Return the change in count that the change in points makes on an unchanged base."""
    count = Fraction(now.count.figure.value)
    stated = Fraction(change.item.figure.value) * change.falls
    base = now.bounds.wider(allowance(change.first, change.last))
    percent = Bounds(rated.bounds.low / 100, rated.bounds.high / 100)
    possible = base * percent - change.table.bounds(now.count)
    return _gap(now.value * rated.value / 100 - count, stated, possible, change)


def _gap(expected: Fraction, stated: Fraction, possible: Bounds, change: Change) -> Gap:
    margin = max(reach(expected, possible, stated), Fraction(0))
    sign = change.falls
    return Gap(expected * sign, stated * sign, margin, change.item.figure.unit)
