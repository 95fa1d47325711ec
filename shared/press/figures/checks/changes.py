"""Level against change: now and before must differ by what the article says they differ by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from shared.press.figures.checks.bounds import Bounds, reach
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item, base_day, together
from shared.press.figures.checks.levels import CLASSES, UNITS, Class, Population, Table, population
from shared.press.figures.checks.transposed import swaps
from shared.press.figures.checks.wording import Unit, decimal, say

LEVEL_OF = {one.count_change: one.count for one in CLASSES}
LEVEL_OF |= {one.rate_change: one.rate for one in CLASSES}
_COUNTED = {one.rate_change: one.count for one in CLASSES}
_FALLS = {"decrease": 1, "increase": -1}


class Change(NamedTuple):
    """A stated change of one level: between which days, and which way."""

    item: Item
    first: date
    last: date
    falls: int  # 1 for a fall, -1 for a rise
    table: Table

    def before(self) -> Item | None:
        """Return the level that the change is counted from, where the article gives it."""
        return self.table.get(self.first, LEVEL_OF[self.item.measure])

    def now(self) -> Item | None:
        """Return the level that the change leads to, where the article gives it."""
        return self.table.get(self.last, LEVEL_OF[self.item.measure])

    def bounds(self) -> Bounds:
        """Return by how much the level fell; below zero where it rose."""
        size = self.table.bounds(self.item)
        return size if self.falls == 1 else Bounds(-size.high, -size.low)


def changes(found: Sequence[Item], tables: Mapping[Population, Table]) -> list[Change]:
    """Return the stated changes of counts and rates of which both days are known."""
    told = [item for item in found if item.measure in LEVEL_OF]
    beside = {_sentence(item): day for item in reversed(told) if (day := base_day(item.figure))}
    made = (_change(item, tables, beside.get(_sentence(item))) for item in told)
    return [change for change in made if change is not None]


def _sentence(item: Item) -> tuple[object, ...]:
    """Return what changes share that are told together, so that one names the base for all."""
    return (item.place, item.figure.sentence, item.figure.period)


def _change(item: Item, tables: Mapping[Population, Table], beside: date | None) -> Change | None:
    figure, first = item.figure, base_day(item.figure)
    if first is None and figure.sentence is not None:
        first = beside
    if (
        figure.comparison is None
        or figure.period is None
        or first is None
        or figure.per is not None
    ):
        return None
    if figure.unit != UNITS[item.measure] or figure.kind != "actual":
        return None
    last = item.day or figure.period.end
    table = tables.get(population(item))
    if first >= last or table is None:
        return None
    return Change(item, first, last, _FALLS[figure.comparison.direction], table)


def check(stated: Sequence[Change]) -> Iterator[Finding]:
    """Yield the changes that do not lead from the one stated level to the other."""
    for change in stated:
        before, now = change.before(), change.now()
        if before is None or now is None:
            yield from _relative(change)
            continue
        fell = change.table.bounds(before) - change.table.bounds(now)
        if fell.meets(change.bounds()) or _may_be_average(change, fell):
            continue
        if change.item.measure not in _COUNTED or not _fits_relative(change, before, now):
            yield _mismatch(change, before, now, fell)


def _share(change: Change, before: Item, now: Item) -> Bounds | None:
    """Return by how many percent of itself a level fell, None where it was nothing."""
    first = change.table.bounds(before)
    if first.low <= 0:
        return None
    fell = first - change.table.bounds(now)
    of = first.high if fell.low >= 0 else first.low
    other = first.low if fell.high >= 0 else first.high
    return Bounds(fell.low * 100 / of, fell.high * 100 / other)


def _fits_relative(change: Change, before: Item, now: Item) -> bool:
    """Say whether a rate fell by so many percent of itself: from 20 % to 17 %, down 15 percent."""
    share = _share(change, before, now)
    return share is not None and share.meets(change.bounds())


def _relative(change: Change) -> Iterator[Finding]:
    """Yield "from 12,000 households to 10,200, down 20 percent": of themselves it is 15.

    Of points of all households it can be less, never more: the poor are no more than all.
    """
    counted = _COUNTED.get(change.item.measure)
    before = change.table.get(change.first, counted) if counted else None
    now = change.table.get(change.last, counted) if counted else None
    if before is None or now is None or not together(before, change.item, 0):
        return
    share = _share(change, before, now)
    if share is None or (share.low < 0) != (change.falls < 0):
        return
    most = max(abs(share.low), abs(share.high))
    size = change.table.bounds(change.item)
    if size.low > most:
        yield _too_much(change, before, now, most)


def _too_much(change: Change, before: Item, now: Item, most: Fraction) -> Finding:
    first, last = Fraction(before.figure.value), Fraction(now.figure.value)
    expected, stated = abs(first - last) * 100 / first, Fraction(change.item.figure.value)
    text = say(
        "From {b} on {d1} to {n} on {d2} is a change of {e}%, not of {s}%.",
        "Từ {b} ngày {d1} đến {n} ngày {d2} là thay đổi {e}%, không phải {s}%.",
        b=first,
        n=last,
        d1=change.first,
        d2=change.last,
        e=Fraction(decimal(expected)),
        s=stated,
    )
    gap = Gap(expected, stated, most - expected, "percent")
    return finding("change_mismatch", (before, now, change.item), gap, text)


def _may_be_average(change: Change, fell: Bounds) -> bool:
    """Over several years, a change that says nothing of years may be meant for each of them."""
    years = change.last.year - change.first.year
    size = change.bounds()
    return years > 1 and fell.meets(Bounds(size.low * years, size.high * years))


def _mismatch(change: Change, before: Item, now: Item, fell: Bounds) -> Finding:
    expected = Fraction(before.figure.value) - Fraction(now.figure.value)
    stated = Fraction(change.item.figure.value) * change.falls
    size = change.bounds()
    margin = reach(expected, fell, stated) + reach(stated, size, expected)
    text = say(
        "From {b} on {d1} to {n} on {d2} is a change of {b} - {n} = {e} {u}, not of {s}.",
        "Từ {b} ngày {d1} đến {n} ngày {d2} là thay đổi {b} - {n} = {e} {u}, không phải {s}.",
        b=before.figure.value,
        n=now.figure.value,
        d1=change.first,
        d2=change.last,
        e=expected,
        s=stated,
        u=Unit(UNITS[change.item.measure]),
    )
    items = (before, now, change.item)
    gap = Gap(expected * change.falls, stated * change.falls, margin, change.item.figure.unit)
    swapped = _swapped(change, before, now)
    if swapped is None:
        return finding("change_mismatch", items, gap, text)
    hint = say(
        "With two digits of {a} swapped, {b}, it would agree.",
        "Nếu đổi chỗ hai chữ số của {a} thành {b} thì khớp.",
        a=swapped[0],
        b=swapped[1],
    )
    return finding("transposed_digits", items, gap, text.then(hint))


def _swapped(change: Change, before: Item, now: Item) -> tuple[Decimal, Decimal] | None:
    """Return the number of the three that agrees once two of its digits are swapped."""
    terms = ((before, 1), (now, -1), (change.item, -change.falls))
    off = sum((Fraction(item.figure.value) * sign for item, sign in terms), Fraction(0))
    room = sum((_half_width(change.table, item) for item, _ in terms), Fraction(0))
    for item, sign in terms:
        for other in swaps(item.figure.value):
            if abs(off + (Fraction(other) - Fraction(item.figure.value)) * sign) <= room:
                return item.figure.value, other
    return None


def _half_width(table: Table, item: Item) -> Fraction:
    between = table.bounds(item)
    return (between.high - between.low) / 2


def pairs(stated: Sequence[Change]) -> Iterator[tuple[Class, Change | None, Change | None]]:
    """Yield the change of the count and that of the rate which are told of one class and span."""
    found: dict[tuple[int, date, date], dict[str, Change]] = {}
    for change in stated:
        key = (id(change.table), change.first, change.last)
        found.setdefault(key, {}).setdefault(change.item.measure, change)
    for changed in found.values():
        for one in CLASSES:
            count, rate = changed.get(one.count_change), changed.get(one.rate_change)
            if count is not None or rate is not None:
                yield one, count, rate
