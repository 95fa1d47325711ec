"""Rate times base against count: one place has one number of households, and it moves slowly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from shared.press.figures.checks.bounds import Bounds, reach
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item
from shared.press.figures.checks.levels import CLASSES, MISREAD, Table, merged_between
from shared.press.figures.checks.official import allowance, base_broken, confirmed
from shared.press.figures.checks.wording import say
from shared.press.reference_figures import References


@dataclass(frozen=True, slots=True)
class Base:
    """The number of all households that a count and its rate imply."""

    count: Item
    rate: Item
    value: Fraction
    bounds: Bounds


def check(tables: Sequence[Table], references: References) -> Iterator[Finding]:
    """Yield counts and rates that imply two bases on one day, or a base that jumps.

    A jump between official numbers is theirs, not the article's.
    """
    for table in tables:
        agreed: list[tuple[date, Base]] = []
        for day in table.days:
            found = bases(table, day)
            low, high = _extremes(found)
            if low is None or high is None:
                continue
            if low.bounds.meets(high.bounds):
                agreed.append((day, min(found, key=_width)))
            elif not _all_official(low, high, references):
                yield _two_bases(low, high)
        yield from _jumps(agreed, references)


def bases(table: Table, day: date) -> list[Base]:
    """Return the base that each class implies on a day."""
    found = []
    for one in CLASSES:
        count, rate = table.get(day, one.count), table.get(day, one.rate)
        if count is not None and rate is not None:
            base = implied(table, count, rate)
            if base is not None:
                found.append(base)
    return found


def implied(table: Table, count: Item, rate: Item) -> Base | None:
    """Return the base that a count and a rate imply, None where the rate may be zero."""
    between, of_rate = table.bounds(count), table.bounds(rate)
    if of_rate.low <= 0:
        return None
    value = Fraction(count.figure.value) * 100 / Fraction(rate.figure.value)
    hundred = Bounds(Fraction(100), Fraction(100))
    return Base(count, rate, value, (between * hundred).over(of_rate))


def _width(base: Base) -> Fraction:
    return base.bounds.high - base.bounds.low


def _extremes(found: Sequence[Base]) -> tuple[Base | None, Base | None]:
    """Return the bases that lie furthest apart: the lowest upper and the highest lower bound."""
    if not found:
        return None, None
    return min(found, key=lambda b: b.bounds.high), max(found, key=lambda b: b.bounds.low)


def _two_bases(low: Base, high: Base) -> Finding:
    first, second = sorted((low, high), key=lambda base: base.count.order())
    rate = Fraction(second.rate.figure.value) / 100
    stated, expected = Fraction(second.count.figure.value), first.value * rate
    margin = (_width(first) + _width(second)) / 2 * rate
    text = say(
        "{c1} at {r1}% imply {b1} households in all, {c2} at {r2}% imply {b2}; one place has "
        "one number of households on one day. {r2}% of {b1} would be {e}.",
        "{c1} hộ chiếm {r1}% ứng với tổng số {b1} hộ, {c2} hộ chiếm {r2}% lại ứng với {b2} hộ; "
        "cùng một nơi, cùng một ngày chỉ có một tổng số hộ. {r2}% của {b1} là {e}.",
        c1=first.count.figure.value,
        r1=first.rate.figure.value,
        b1=Fraction(round(first.value)),
        c2=second.count.figure.value,
        r2=second.rate.figure.value,
        b2=Fraction(round(second.value)),
        e=Fraction(round(expected)),
    )
    items = (first.count, first.rate, second.count, second.rate)
    gap = Gap(expected, stated, margin, "households")
    return finding("rate_count_mismatch", items, gap, text)


def _jumps(agreed: Sequence[tuple[date, Base]], references: References) -> Iterator[Finding]:
    for (first, before), (last, after) in pairwise(agreed):
        if merged_between(first, last) or base_broken(after.count, first, last, references):
            continue
        possible = before.bounds.wider(allowance(first, last))
        far = not after.bounds.meets(before.bounds.wider(Fraction(MISREAD)))
        if possible.meets(after.bounds) or far:
            continue
        if not (_official(before, references) and _official(after, references)):
            yield _jump(first, last, before, after)


def _official(base: Base, references: References) -> bool:
    """Say whether an official figure confirms one of the levels: then the base did move."""
    return confirmed(base.count, references) or confirmed(base.rate, references)


def _all_official(one: Base, other: Base, references: References) -> bool:
    items = (one.count, one.rate, other.count, other.rate)
    return all(confirmed(item, references) for item in items)


def _jump(first: date, last: date, before: Base, after: Base) -> Finding:
    rate = Fraction(after.rate.figure.value) / 100
    stated, expected = Fraction(after.count.figure.value), before.value * rate
    possible = before.bounds.wider(allowance(first, last))
    margin = reach(before.value, possible, after.value) * rate
    text = say(
        "{c1} at {r1}% imply {b1} households on {d1}, {c2} at {r2}% imply {b2} on {d2}: a "
        "difference of {g}%, beyond ordinary growth. On an unchanged base {r2}% would be {e}.",
        "{c1} hộ chiếm {r1}% ứng với tổng số {b1} hộ ngày {d1}, {c2} hộ chiếm {r2}% ứng với {b2} "
        "hộ ngày {d2}: chênh {g}%, vượt mức tăng bình thường. Nếu tổng số hộ không đổi "
        "thì {r2}% là {e}.",
        c1=before.count.figure.value,
        r1=before.rate.figure.value,
        b1=Fraction(round(before.value)),
        d1=first,
        c2=after.count.figure.value,
        r2=after.rate.figure.value,
        b2=Fraction(round(after.value)),
        d2=last,
        g=Fraction(round(1000 * abs(after.value / before.value - 1)), 10),
        e=Fraction(round(expected)),
    )
    items = (before.count, before.rate, after.count, after.rate)
    gap = Gap(expected, stated, margin, "households")
    return finding("rate_count_mismatch", items, gap, text)
