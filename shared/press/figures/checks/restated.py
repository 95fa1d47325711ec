"""Restatements: one level told twice in an article, by two numbers that are nearly the same.

Numbers far apart are two levels of which one was read wrongly (another place, another year); such
a level takes part in nothing. So it is within one sentence, which tells of two things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from shared.press.figures.checks.bounds import bounds, reach
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item, levels
from shared.press.figures.checks.levels import UNITS, Population, population
from shared.press.figures.checks.official import confirmed
from shared.press.figures.checks.wording import Unit, say
from shared.press.reference_figures import References

_NEAR = Fraction(11, 10)


def check(every: Sequence[Item], references: References) -> Iterator[Finding]:
    """Yield the levels that a later sentence tells otherwise."""
    told: dict[tuple[Population, date | None, str], list[Item]] = defaultdict(list)
    for item in levels(every):
        if UNITS.get(item.measure) == item.figure.unit:
            told[population(item), item.day, item.measure].append(item)
    for found in told.values():
        for one, other in pairwise(found):
            if _contradict(one, other) and not _both_official(one, other, references):
                yield _mismatch(one, other)


def _contradict(one: Item, other: Item) -> bool:
    if None in (one.figure.sentence, other.figure.sentence):
        return False
    if one.figure.sentence == other.figure.sentence:
        return False
    own, later = bounds(one.figure), bounds(other.figure)
    return not own.meets(later) and own.wider(_NEAR).meets(later)


def _both_official(one: Item, other: Item, references: References) -> bool:
    """Say whether both were published: a first count and a later one."""
    return confirmed(one, references) and confirmed(other, references)


def _mismatch(one: Item, other: Item) -> Finding:
    first, later = Fraction(one.figure.value), Fraction(other.figure.value)
    margin = reach(first, bounds(one.figure), later) + reach(later, bounds(other.figure), first)
    text = say(
        "One level of {d} is told twice: as {a} {u} and as {b} {u}.",
        "Cùng một mức ngày {d} được nêu hai lần: {a} {u} và {b} {u}.",
        d=one.day or date.min,
        a=first,
        b=later,
        u=Unit(one.figure.unit),
    )
    return finding(
        "restatement_mismatch", (one, other), Gap(first, later, margin, one.figure.unit), text
    )
