"""Transposed digits: two neighbouring digits the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

_DIGITS = 18


def swaps(value: Decimal) -> Iterator[Decimal]:
    """Yield what a number would be with two neighbouring digits swapped, as many digits as before.

    >>> [str(v) for v in swaps(Decimal("12.79"))]
    ['21.79', '17.29', '12.97']
    >>> [str(v) for v in swaps(Decimal("505"))]
    ['550']
    """
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return
    for at in range(min(len(digits) - 1, _DIGITS)):
        one, other = digits[at], digits[at + 1]
        if one != other and (at > 0 or other != 0):
            yield Decimal((sign, (*digits[:at], other, one, *digits[at + 2 :]), exponent))
