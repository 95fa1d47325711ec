"""What official figures say of a level: that it is right, or which value it may also have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from shared.press.figures.checks.bounds import Bounds, bounds, quantum
from shared.press.figures.checks.items import Item
from shared.press.reference_figures import HOUSEHOLDS, ReferenceFigure, References

# Provincial totals of households rise by one to two percent a year; more is another list.
GROWTH = Fraction(3, 100)
_REVISED = Fraction(1, 100)  # what later counts change of the first one under a new standard


def code_of(item: Item, references: References) -> str | None:
    """Return the code that official figures of an item's place are found by."""
    place = item.figure.place
    return (place.area_code or references.region(place.name)) if place else None


def slack(official: ReferenceFigure) -> Fraction:
    """Return how far from an official number a later paper may quote it."""
    return official.value * _REVISED if official.baseline else Fraction(0)


def agrees(item: Item, official: ReferenceFigure, room: Fraction) -> bool:
    """Say whether a figure is an official number as far as both are printed."""
    step = max(quantum(item.figure), official.step)
    between = bounds(item.figure, step)
    return between.low - room <= official.value <= between.high + room


def confirming(item: Item, references: References) -> Iterator[ReferenceFigure]:
    """Yield the official numbers that a level is; soft ones agree by their printed places only."""
    code = code_of(item, references)
    if code is None or item.day is None:
        return
    for one in references.lookup(code, item.measure, item.day, item.figure.population):
        if agrees(item, one, Fraction(0) if one.soft else slack(one)):
            yield one


def confirmed(item: Item, references: References) -> bool:
    """Say whether a level is an official number of its place and day."""
    return any(True for _ in confirming(item, references))


def confirms(item: Item, measure: str, day: date, between: Bounds, references: References) -> bool:
    """Say whether a level rebuilt from another one of its place is an official number."""
    code = code_of(item, references)
    official = references.lookup(code, measure, day, item.figure.population) if code else ()
    return any(not one.soft and between.low <= one.value <= between.high for one in official)


def base_broken(item: Item, first: date, last: date, references: References) -> bool:
    """Say whether the registry knows that all households were counted otherwise in between."""
    code = code_of(item, references)
    if code is None:
        return False
    if references.base_broken(code, first, last):
        return True
    before, after = (references.lookup(code, HOUSEHOLDS, day) for day in (first, last))
    factor = allowance(first, last)
    return any(
        one.value * factor < other.value or other.value * factor < one.value
        for one in before
        for other in after
    )


def allowance(first: date, last: date) -> Fraction:
    """Return by what factor a base can grow from one day to another."""
    return 1 + GROWTH * max(Fraction((last - first).days, 365), Fraction(1))
