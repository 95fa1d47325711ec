"""Published percentages: half up, to two decimals, from whole numbers and never from a float.

Ministerial decisions and provincial reports print two decimals: a rate that is worked out again
must be comparable with theirs to the last digit.

Law: none (no act sets the rounding; it is that of the decisions).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from msgspec import Meta


def percentage(numerator: int, denominator: int) -> Fraction:
    """Return the percentage as published, exactly.

    >>> percentage(1, 8), percentage(1, 800)
    (Fraction(25, 2), Fraction(13, 100))
    """
    return Fraction((20_000 * numerator + denominator) // (2 * denominator), 100)


def percent(numerator: int, denominator: int) -> float:
    """Return the percentage as JSON writes it.

    >>> percent(1, 8), percent(1, 3), percent(1, 800)
    (12.5, 33.33, 0.13)
    """
    return float(percentage(numerator, denominator))


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage, rounded half up to two decimals, with what it was taken from."""

    percent: Annotated[float, Meta(description="Percent, rounded half up to two decimals.")]
    numerator: Annotated[int, Meta(description="What is counted: households or đồng.")]
    denominator: Annotated[int, Meta(description="What it is taken from: households or đồng.")]


def rate(numerator: int, denominator: int | None) -> Rate | None:
    """Return a rate, None where there is nothing to take it from.

    >>> rate(1, 3)
    Rate(percent=33.33, numerator=1, denominator=3)
    """
    return Rate(percent(numerator, denominator), numerator, denominator) if denominator else None
