"""Against official numbers, and against the register: differs, of another year, or transposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from shared.press.figures.checks.bounds import Bounds, bounds, quantum
from shared.press.figures.checks.finding import Finding, FindingKind, Gap, finding
from shared.press.figures.checks.items import Item, levels
from shared.press.figures.checks.levels import UNITS
from shared.press.figures.checks.official import agrees, code_of, slack
from shared.press.figures.checks.transposed import swaps
from shared.press.figures.checks.wording import Text, Unit, say
from shared.press.reference_figures import ReferenceFigure, References, Register

_SOFT = Fraction(1, 20)
_FACTOR_MAX = 5  # beyond it, the figure is about another place, unless the point is displaced
_TENS = tuple(Fraction(10) ** power for power in (-3, -2, -1, 1, 2, 3))


class Level(NamedTuple):
    """A level with the code and the day it can be looked up by."""

    item: Item
    area_code: str
    day: date


def check(found: Sequence[Item], references: References) -> Iterator[Finding]:
    """Yield the levels that no official value of their place and day can be."""
    for level in _placed(found, references):
        item = level.item
        key = (item.measure, level.day, item.figure.population)
        official = references.lookup(level.area_code, *key)
        hard = [one for one in official if not one.soft]
        if not hard or any(agrees(item, one, _slack(one)) for one in official):
            continue
        nearest = min(hard, key=lambda one: abs(one.value - Fraction(item.figure.value)))
        if _comparable(item, nearest):
            yield _differs(level, nearest, references)


def against_register(found: Sequence[Item], register: Register) -> Iterator[Finding]:
    """Yield the levels that the register counts differently."""
    for item in levels(found):
        place = item.figure.place
        if place is None or place.area_code is None or item.day is None or not _known(item):
            continue
        counted = register(place.area_code, item.measure, item.day, item.figure.population)
        if counted is not None and not _within(bounds(item.figure), Fraction(counted)):
            yield _differs_from_register(item, counted, item.day)


def _placed(found: Sequence[Item], references: References) -> Iterator[Level]:
    for item in levels(found):
        code = code_of(item, references)
        if code is not None and item.day is not None and _known(item):
            yield Level(item, code, item.day)


def _known(item: Item) -> bool:
    return UNITS.get(item.measure) == item.figure.unit


def _slack(official: ReferenceFigure) -> Fraction:
    return official.value * _SOFT if official.soft else slack(official)


def _within(between: Bounds, value: Fraction) -> bool:
    return between.low <= value <= between.high


def _comparable(item: Item, official: ReferenceFigure) -> bool:
    value = Fraction(item.figure.value)
    if value <= official.value * _FACTOR_MAX and official.value <= value * _FACTOR_MAX:
        return True
    slack = _slack(official) + official.value / 1000
    return any(abs(value * power - official.value) <= slack for power in _TENS)


def _differs(level: Level, official: ReferenceFigure, references: References) -> Finding:
    item, value = level.item, Fraction(level.item.figure.value)
    between = bounds(item.figure, max(quantum(item.figure), official.step))
    room = (between.high - between.low) / 2 + _slack(official)
    kind, hint = _why(level, official, references)
    text = say(
        "The official number of {d} is {o} {u}, the article says {s}.",
        "Số liệu chính thức ngày {d} là {o} {u}, bài viết ghi {s}.",
        d=level.day,
        o=official.value,
        u=Unit(item.figure.unit),
        s=value,
    )
    source = official.decision_no and Text(f"({official.decision_no})", f"({official.decision_no})")
    gap = Gap(official.value, value, room, item.figure.unit)
    return finding(kind, (item,), gap, text.then(source or None).then(hint))


def _why(
    level: Level, official: ReferenceFigure, references: References
) -> tuple[FindingKind, Text | None]:
    item = level.item
    if item.figure.qualifier != "exact":
        return "differs_from_reference", None
    key = (item.measure, level.day, item.figure.population)
    for other in references.other_days(level.area_code, *key):
        if not other.soft and agrees(item, other, Fraction(0)):
            return "stale_year", _of_another_year(other.on)
    for swapped in swaps(item.figure.value):
        if abs(Fraction(swapped) - official.value) <= max(quantum(item.figure), official.step) / 2:
            return "transposed_digits", _transposed(swapped)
    return "differs_from_reference", None


def _of_another_year(day: date) -> Text:
    return say("It is the official number of {d}.", "Đó là số liệu chính thức của ngày {d}.", d=day)


def _transposed(swapped: Decimal) -> Text:
    return say(
        "With two digits swapped, {v}, it would agree.",
        "Nếu đổi chỗ hai chữ số thành {v} thì khớp.",
        v=swapped,
    )


def _differs_from_register(item: Item, counted: Decimal, day: date) -> Finding:
    between = bounds(item.figure)
    text = say(
        "The register counts {c} {u} on {d}, the article says {s}.",
        "Hệ thống đăng ký ghi nhận {c} {u} ngày {d}, bài viết ghi {s}.",
        c=counted,
        u=Unit(item.figure.unit),
        d=day,
        s=item.figure.value,
    )
    room = (between.high - between.low) / 2
    value = Fraction(item.figure.value)
    gap = Gap(Fraction(counted), value, room, item.figure.unit)
    swapped = next((v for v in swaps(item.figure.value) if v == counted), None)
    if swapped is None or item.figure.qualifier != "exact":
        return finding("differs_from_registry", (item,), gap, text)
    return finding("transposed_digits", (item,), gap, text.then(_transposed(swapped)))
