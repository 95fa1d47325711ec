"""Exact division of a whole amount: shares in proportion to weights, by largest remainders.

Every share is rounded down, and the amount left over goes out 1 by 1 to the largest remainders;
equal remainders go in the order of the keys. The method is not monotone: when the amount grows, a
share may fall, though never by more than 1.

Law: none (no act says who gets the last đồng; the tie-break is stated and kept).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import NamedTuple

Weight = int | Fraction


class Share(NamedTuple):
    """What one key gets: `exact` = `floor` + `remainder` / `total`, rounded up or down."""

    amount: int
    floor: int
    remainder: int
    weight: int
    total: int

    @property
    def rounding(self) -> str:
        """Say whether rounding gave something (`up`), took something (`down`), or neither."""
        if self.remainder == 0:
            return "none"
        return "up" if self.amount > self.floor else "down"


def apportion(amount: int, weights: Mapping[str, Weight]) -> dict[str, Share]:
    """Divide `amount` in proportion to the weights; all of it, or nothing where all are zero.

    >>> {key: share.amount for key, share in apportion(100, {"a": 1, "b": 1, "c": 1}).items()}
    {'a': 34, 'b': 33, 'c': 33}
    """
    if amount < 0 or any(weight.numerator < 0 for weight in weights.values()):
        raise ValueError("neither the amount nor a weight may be negative")
    keys = sorted(weights)
    scale = lcm(*{weight.denominator for weight in weights.values()})
    whole = {key: weights[key].numerator * (scale // weights[key].denominator) for key in keys}
    total = sum(whole.values())
    if total == 0:
        return {key: Share(0, 0, 0, 0, 0) for key in whole}
    parts = {key: divmod(amount * weight, total) for key, weight in whole.items()}
    left = amount - sum(floor for floor, _ in parts.values())
    # Sorting is stable, also in reverse: keys of equal remainders stay in their order.
    lucky = set(sorted(keys, key=lambda key: parts[key][1], reverse=True)[:left])
    return {
        key: Share(floor + (key in lucky), floor, remainder, whole[key], total)
        for key, (floor, remainder) in parts.items()
    }
