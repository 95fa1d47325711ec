"""Town or country, by the kind of the unit: it moves the poverty line by 500,000 đồng and more.

Communes (xã) are rural units, wards (phường) and townships (thị trấn) urban ones; a special zone
(đặc khu) may be either.

Law: none (the law on local government says what kinds are; the lines are in the standards).
"""

from __future__ import annotations

from typing import Literal

from shared.areas.tree import Unit

AreaType = Literal["rural", "urban"]
_TYPES: dict[str, AreaType] = {"xã": "rural", "phường": "urban", "thị trấn": "urban"}


def area_type_of(unit: Unit) -> AreaType | None:
    """Return whether people of a unit live in the country or in town; None: it may be either."""
    return _TYPES.get(unit.kind)
