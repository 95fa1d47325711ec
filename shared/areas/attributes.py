"""Where an attribute of an area holds (`poor_district`): in the unit that carries it, and below.

A unit carries what its own fact in force says, and what any unit above it on the same map carries.

Law: 353/QĐ-TTg (poor districts); 861/QĐ-TTg, 272/2025/NĐ-CP (zones of communes).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from shared.areas.tree import AreaTree, Unit
from shared.kernel.errors import DomainError


def relevant_units(tree: AreaTree, holder: Unit, as_of: date) -> tuple[Unit, ...]:
    """Return the units whose facts decide: the holder, all above it, and all below it on a day."""
    above = tuple(tree.upward(holder))
    below = tuple(
        unit
        for unit in tree.units
        if unit.in_force(as_of)
        and unit.area_id != holder.area_id
        and any(u.area_id == holder.area_id for u in tree.upward(unit))
    )
    return (*above, *below)


def attribute_areas(
    tree: AreaTree,
    holder: Unit,
    as_of: date,
    facts: Mapping[int, Collection[str]],
    attribute: str,
) -> frozenset[int]:
    """Return the communes of the holder, past ones too, in which an attribute holds on a day.

    `facts`: per unit that has a fact in force, the attributes it carries. Where nothing was posted
    of any unit that decides, nobody can say: `area_fact_missing`.
    """
    units = relevant_units(tree, holder, as_of)
    if not any(unit.area_id in facts for unit in units):
        raise DomainError(
            "area_fact_missing",
            f"no area fact says whether {holder.code}, a unit above or one below it is "
            f"{attribute} on {as_of}",
            holder.code,
        )
    inside = tree.members(holder, as_of)
    carrying = (u for u in units if attribute in facts.get(u.area_id, ()))
    return inside & frozenset().union(*(tree.members(u, as_of) for u in carrying))
