"""What an article's figures are held against: official figures, and what the register counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from shared.areas.tree import UNASSIGNED, AreaTree
from shared.households.statistics import summed
from shared.households.store import list_counts
from shared.kernel.database import Snapshot
from shared.law.store.seeds import SeedCache
from shared.press.figures.figure import Figure
from shared.press.findings import Finding, check
from shared.press.reference_figures import Register
from shared.press.store import references
from shared.press.store.figures import NewFigure
from shared.press.store.findings import NewFinding

_COUNTED = {"poor_households": "poor", "near_poor_households": "near_poor"}
_DAYS_MAX = 50


async def findings(
    snapshot: Snapshot,
    seeds: SeedCache,
    subject: str,
    stored: Sequence[NewFigure],
    figures: Sequence[Figure],
) -> list[NewFinding]:
    """Return what must stand of one article."""
    if not figures:
        return []
    areas = await seeds.areas(snapshot)
    held = await references.official(snapshot, seeds, areas)
    register = await _register(snapshot, areas, stored)
    return [_stored(subject, each, stored) for each in check(figures, held, register)]


async def _register(
    snapshot: Snapshot, areas: AreaTree, stored: Sequence[NewFigure]
) -> Register | None:
    """Count what the figures are about, where every commune of the unit has been reviewed."""
    asked = {
        (f.area_code, f.period_end)
        for f in stored
        if f.measure in _COUNTED and f.area_code and f.area_id and f.period_start == f.period_end
    }
    counts: dict[tuple[str, date], dict[str, int]] = {}
    for code, day in sorted((c, d) for c, d in asked if c and d)[:_DAYS_MAX]:
        ids = sorted(areas.members(areas.on(code, day), day))
        reviewed = await list_counts.reviewed(snapshot, ids, day)
        if _covers(areas, ids, reviewed, day):
            by_unit = await list_counts.listed(snapshot, day, None, ids)
            counts[code, day] = summed(by_unit, ids)
    return _lookup(counts) if counts else None


def _covers(areas: AreaTree, ids: Sequence[int], reviewed: Sequence[int], day: date) -> bool:
    """Say whether households of every commune of that day's map have been reviewed."""
    units = [areas.by_id(i) for i in ids]
    needed = {u.area_id for u in units if u.in_force(day) and not u.code.endswith(UNASSIGNED)}
    return bool(needed) and needed <= {areas.current(areas.by_id(i), day).area_id for i in reviewed}


def _lookup(counts: Mapping[tuple[str, date], Mapping[str, int]]) -> Register:
    def count(area_code: str, measure: str, day: date, population: str) -> Decimal | None:
        found = counts.get((area_code, day))
        if found is None or measure not in _COUNTED or population != "all":
            return None
        return Decimal(found.get(_COUNTED[measure], 0))

    return count


def _stored(subject: str, found: Finding, stored: Sequence[NewFigure]) -> NewFinding:
    first = stored[found.figures[0]]
    body = {
        "figures": [str(stored[position].figure_id) for position in found.figures],
        "expected": _number(found.expected),
        "stated": _number(found.stated),
        "tolerance": _number(found.tolerance),
        "unit": found.unit,
        "explanation": {"en": found.explanation_en, "vi": found.explanation_vi},
    }
    return NewFinding(subject, found.kind, body, first.area_id, first.article_id)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
