"""Bounds: between which numbers the true value lies, given how a figure is printed.

A number is true to half a unit of its last printed place. Money and counts come as whole numbers,
so their last printed place is read off the trailing zeros, within what people print: money by the
thousand, million or billion đồng, counts with at least two digits that mean something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.press.figures.figure import Figure

RATES = frozenset({"percent", "percentage_points"})
MEASURED = frozenset({"tonnes", "m2", "years"})  # never whole by nature, as counts and đồng are
_MONEY_STEPS = ((10**12, 10**11), (10**9, 10**9), (10**6, 10**6), (10**3, 10**3))
_SLACK = Fraction(1, 20)  # what "about", "nearly" and "more than" leave open
_UNLIMITED = Fraction(10**24)
_IN_FULL = 6  # so many digits that mean something are written to the last đồng, not in billions


@dataclass(frozen=True, slots=True)
class Bounds:
    """All numbers from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def __add__(self, other: Bounds) -> Bounds:
        """Return the bounds of the sum."""
        return Bounds(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Bounds) -> Bounds:
        """Return the bounds of the difference."""
        return Bounds(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Bounds) -> Bounds:
        """Return the bounds of the product of two numbers that are not negative."""
        return Bounds(self.low * other.low, self.high * other.high)

    def over(self, other: Bounds) -> Bounds:
        """Return the bounds of the quotient; `other` must be above zero."""
        return Bounds(self.low / other.high, self.high / other.low)

    def meets(self, other: Bounds) -> bool:
        """Say whether one number can lie in both."""
        return self.low <= other.high and other.low <= self.high

    def wider(self, factor: Fraction) -> Bounds:
        """Return the bounds after growth or decline by at most `factor` (1 or more)."""
        return Bounds(self.low / factor, self.high * factor)


def reach(value: Fraction, bounds: Bounds, towards: Fraction) -> Fraction:
    """Return how far the bounds leave `value` on the side of `towards`."""
    return bounds.high - value if towards > value else value - bounds.low


def quantum(figure: Figure) -> Fraction:
    """Return the last printed place of a figure.

    >>> from decimal import Decimal
    >>> def of(value: str, unit: str) -> str:
    ...     return str(quantum(Figure("m", Decimal(value), unit, 0, 1, "")))
    >>> of("14.78", "percent"), of("59500000000", "VND"), of("40000000000", "VND")
    ('1/100', '100000000', '1000000000')
    >>> of("2100", "households"), of("20", "households")
    ('100', '1')
    """
    exponent = _exponent(figure.value)
    if figure.unit in RATES:
        return Fraction(10) ** min(exponent, 0)
    step = Fraction(10) ** _exponent(figure.value.normalize())
    if figure.unit == "VND":
        return min(step, _money_step(figure.value))
    return min(step, Fraction(10) ** max(figure.value.adjusted() - 1, 0))


def shared_quantum(figures: Sequence[Figure]) -> Fraction | None:
    """Return the last printed place that a list shares, None where each number has its own.

    Counts of one list are printed to one place, and so is money once a part is written in full.
    """
    exact = [figure for figure in figures if figure.qualifier == "exact"]
    if not exact or exact[0].unit in RATES:
        return None
    if exact[0].unit == "VND" and max(_digits(figure.value) for figure in exact) < _IN_FULL:
        return None
    return min(quantum(figure) for figure in exact)


def bounds(figure: Figure, step: Fraction | None = None) -> Bounds:
    """Return the bounds of a figure; `step` replaces its own last printed place."""
    value, step = Fraction(figure.value), quantum(figure) if step is None else step
    slack = max(step, value * _SLACK)
    if figure.value_max is not None:
        return Bounds(value, max(value, Fraction(figure.value_max)))
    match figure.qualifier:
        case "about":
            return Bounds(value - slack, value + slack)
        case "nearly":
            return Bounds(value - slack, value)
        case "more_than":
            return Bounds(value, value + slack)
        case "at_least":
            return Bounds(value, _UNLIMITED)
        case "below" | "at_most":
            return Bounds(Fraction(0), value)
    half = Fraction(0) if step == 1 and figure.unit not in RATES | MEASURED else step / 2
    return Bounds(value - half, value + half)


def _money_step(value: Decimal) -> Fraction:
    return Fraction(next((step for least, step in _MONEY_STEPS if value >= least), 1))


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
