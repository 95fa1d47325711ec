"""Progress of money: allocated, paid and returned, with exact rates, summed per unit.

Law: 02/2022/QĐ-TTg Art. 12 (the local counterpart).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import get_args

from shared.areas.tree import AreaTree, Level, Unit
from shared.money.net_paid import net_paid

LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Money:
    """Sums in whole đồng."""

    allocated: int = 0
    paid: int = 0
    returned: int = 0

    @property
    def net_paid(self) -> int:
        """Return what was paid and not returned."""
        return net_paid(self.paid, self.returned)

    def __add__(self, other: Money) -> Money:
        return Money(
            self.allocated + other.allocated,
            self.paid + other.paid,
            self.returned + other.returned,
        )


def unit_at(tree: AreaTree, area_id: int, day: date, level: str | None = None) -> Unit:
    """Return the unit that `area_id` counts in on a day, or the one above it at a level.

    A unit that is above the level already stands for itself; where its map has no such level, the
    next one above does.
    """
    unit = tree.current(tree.by_id(area_id), day)
    if level is None:
        return unit
    while LEVELS.index(unit.level) > LEVELS.index(level):
        above = tree.parent(unit)
        if above is None:
            break
        unit = above
    return unit


def by_unit(
    tree: AreaTree, sums: Iterable[tuple[int | None, date, Money]], level: str | None
) -> list[tuple[Unit | None, Money]]:
    """Return the sums per unit, by code; each on the map of its own day, last those without one."""
    totals: dict[int | None, Money] = {}
    units: dict[int | None, Unit | None] = {None: None}
    for area_id, day, money in sums:
        unit = None if area_id is None else unit_at(tree, area_id, day, level)
        key = None if unit is None else unit.area_id
        units[key] = unit
        totals[key] = totals.get(key, Money()) + money
    return sorted(((units[key], money) for key, money in totals.items()), key=_place)


def _place(each: tuple[Unit | None, Money]) -> tuple[bool, str, date]:
    unit = each[0]
    return (True, "", date.max) if unit is None else (False, unit.code, unit.valid_from)


def counterpart_required(allocated: int, percentage: str | int | Fraction) -> int:
    """Return a percentage of money, rounded up to the đồng; a text is a decimal.

    >>> counterpart_required(1_000_001, "10"), counterpart_required(8, "12.5")
    (100001, 1)
    """
    return ceil(allocated * Fraction(percentage) / 100)
