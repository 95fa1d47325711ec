"""Town or country, by the kind of the unit: it moves the poverty line by 500,000 đồng and more.

Law: 77/2015/QH13 Art. 2 and 72/2025/QH15 Art. 1: communes (xã) are rural units, wards (phường) and
townships (thị trấn) urban ones; a special zone (đặc khu) may be either.
"""

from __future__ import annotations

from typing import Literal

from shared.areas.tree import Unit

AreaType = Literal["rural", "urban"]
_TYPES: dict[str, AreaType] = {"xã": "rural", "phường": "urban", "thị trấn": "urban"}


def area_type_of(unit: Unit) -> AreaType | None:
    """Return whether people of a unit live in the country or in town; None: it may be either."""
    return _TYPES.get(unit.kind)
