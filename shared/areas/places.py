"""What facts say of a place as norms ask for it: its attributes, and whether it is difficult.

Law: 861/QĐ-TTg, 272/2025/NĐ-CP (zones of communes); policy (norms name the attribute they need).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.areas.tree import AreaTree

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the place that a household lives in; None: not known."""

    attributes: frozenset[str] | None = None
    extremely_difficult: bool | None = None


def place_of(tree: AreaTree, area_id: int | None, day: date, facts: Mapping[int, Payload]) -> Place:
    """Return what the facts in force, by unit, say of a place: its own, and those above it."""
    if area_id is None:
        return Place()
    unit = tree.current(tree.by_id(area_id), day)
    own = facts.get(unit.area_id, {})
    every = [facts[each.area_id] for each in tree.upward(unit) if each.area_id in facts]
    difficult = extremely_difficult(own.get("zone"), own.get("extremely_difficult_villages"))
    return Place(attributes_of(every), difficult)


def extremely_difficult(zone: str | None, villages: int | None) -> bool | None:
    """Say whether a commune is extremely difficult; None where it depends on the village.

    Zone III is; of another one only some villages may be, and which one a household lives in
    nobody posts.
    """
    if zone == "III":
        return True
    return False if villages == 0 else None


def attributes_of(facts: Sequence[Payload]) -> frozenset[str] | None:
    """Return the attributes that a unit and those above it carry; None where no fact says any."""
    stated = [fact["attributes"] for fact in facts if fact.get("attributes") is not None]
    return frozenset(name for each in stated for name in each) if stated else None
