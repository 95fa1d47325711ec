"""The base that rates are taken over: how many households a unit has in all.

Law: 17/2016/TT-BLĐTBXH form 3 (rates are taken over all resident households).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID

from shared.areas.tree import UNASSIGNED, AreaTree, Unit
from shared.law.standards import Status

# A household that has ended is no longer of any class.
STATUSES = tuple(status for status in get_args(Status) if status != "closed")
# All other groups are minorities: 05/2011/NĐ-CP Art. 4.
MAJORITY = "Kinh"


@dataclass(frozen=True, slots=True)
class UnitFact:
    """What was reported of one unit: its households, from a day on."""

    event_id: UUID
    on: date
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """All households of a unit; of a sum, `on` is the day of its oldest part."""

    households_total: int
    on: date
    minority_households_total: int | None
    zone: str | None
    attributes: tuple[str, ...]
    extremely_difficult_villages: int | None
    source: str
    facts: tuple[UUID, ...]


def summed(counts: Mapping[int, Mapping[str, int]], area_ids: Iterable[int]) -> dict[str, int]:
    """Add up what units count per status; a unit that counts nothing adds nothing."""
    total: dict[str, int] = {}
    for area_id in area_ids:
        for status, households in counts.get(area_id, {}).items():
            total[status] = total.get(status, 0) + households
    return total


class Bases:
    """Finds the base of units on one day, given the facts that count on it.

    A unit's own fact; else the sum of its children if all have a base; else the sum of the units
    that went whole into it, if all have one. Waiting rooms of split communes need none.
    """

    def __init__(self, tree: AreaTree, day: date, facts: Mapping[int, UnitFact]) -> None:
        """Take the facts that count on `day`, by area id."""
        self._tree = tree
        self._facts = facts
        self._bases: dict[tuple[int, date], Base | None] = {}
        self._day = day

    def of(self, unit: Unit) -> Base | None:
        """Return the unit's base, None if no rule gives one."""
        return self._on(unit, self._day)

    def _on(self, unit: Unit, day: date) -> Base | None:
        key = unit.area_id, day
        if key not in self._bases:
            self._bases[key] = self._by_rule(unit, day)
        return self._bases[key]

    def _by_rule(self, unit: Unit, day: date) -> Base | None:
        fact = self._facts.get(unit.area_id)
        if fact is not None:
            return _own(fact)
        below = [u for u in self._tree.children(unit, day) if not u.code.endswith(UNASSIGNED)]
        return self._sum(below, day, "children") or self._merged(unit)

    def _merged(self, unit: Unit) -> Base | None:
        before = self._tree.whole_predecessors(unit)
        return self._sum(before, before[0].valid_from, "predecessors") if before else None

    def _sum(self, units: Sequence[Unit], day: date, source: str) -> Base | None:
        parts = []
        for unit in units:
            part = self._on(unit, day)
            if part is None:
                return None
            parts.append(part)
        return _total(parts, source) if parts else None


def _own(fact: UnitFact) -> Base:
    payload = fact.payload
    return Base(
        households_total=payload["households_total"],
        on=fact.on,
        minority_households_total=payload.get("minority_households_total"),
        zone=payload.get("zone"),
        attributes=tuple(payload.get("attributes") or ()),
        extremely_difficult_villages=payload.get("extremely_difficult_villages"),
        source="own",
        facts=(fact.event_id,),
    )


def _total(parts: Sequence[Base], source: str) -> Base:
    return Base(
        households_total=sum(part.households_total for part in parts),
        on=min(part.on for part in parts),
        minority_households_total=_all_or_none(p.minority_households_total for p in parts),
        zone=None,
        attributes=(),
        extremely_difficult_villages=_all_or_none(p.extremely_difficult_villages for p in parts),
        source=source,
        facts=tuple(fact for part in parts for fact in part.facts),
    )


def _all_or_none(values: Any) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
