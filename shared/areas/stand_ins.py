"""Communes that a count puts together: of those that are of one kind to it, one stands in for all.

The country has ten thousand communes: what is counted by province, or by what facts say of a place,
needs as many rows as there are kinds, not communes.

Law: none (arithmetic).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date

from shared.areas.tree import AreaTree, Unit

# The stand-in of each commune; one that is not in it stands for itself.
StandIns = Mapping[int, int]


def stand_ins(communes: Iterable[int], kind: Callable[[int], Hashable]) -> dict[int, int]:
    """Return for each commune the first one of its kind."""
    firsts: dict[Hashable, int] = {}
    return {area_id: firsts.setdefault(kind(area_id), area_id) for area_id in sorted(communes)}


def units_below(tree: AreaTree, unit: Unit, day: date) -> dict[int, str]:
    """Return the unit directly below in which each commune of a unit counts on a day."""
    if unit.level == "commune":
        return dict.fromkeys(tree.members(unit, day), unit.code)
    return {
        area_id: child.code
        for child in tree.children(unit, day)
        for area_id in tree.members(child, day)
    }


def of_units_below(tree: AreaTree, unit: Unit, day: date) -> dict[int, int]:
    """Return the stand-ins for a count by the units directly below."""
    below = units_below(tree, unit, day)
    return stand_ins(below, below.__getitem__)
