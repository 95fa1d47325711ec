"""Published percentages: half up, to two decimals, from whole numbers and never from a float.

Ministerial decisions and provincial reports print two decimals: a rate that is worked out again
must be comparable with theirs to the last digit.

Law: none (no act sets the rounding; it is that of the decisions).
"""

from __future__ import annotations

from fractions import Fraction


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
