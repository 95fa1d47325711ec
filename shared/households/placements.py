"""Placements: where a household lives, as its events reported it.

Law: 07/2021/NĐ-CP Art. 3 (rural or urban is where the household lives).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the household lives from `start` on, as reported in that event."""

    start: date
    area_code: str
    area_type: str
    reported_on: date


_PLACING_RANK = {Moved: 0, Registered: 1, Assessed: 2}


def placements_of(events: Sequence[HouseholdEvent]) -> tuple[Placement, ...]:
    """Return where the household lives: on one day moved, registered, assessed; the last wins."""
    by_day: dict[date, Placement] = {}
    for event in in_placing_order(events):
        day = event.effective_from
        by_day[day] = Placement(day, event.area_code, event.area_type, day)
    return tuple(by_day.values())


def in_placing_order(
    events: Sequence[HouseholdEvent],
) -> list[Assessed | Registered | Moved]:
    """Return the events that say where, in the order in which the last one of a day wins."""
    placing = [e for e in events if not isinstance(e, Closed)]
    if len(placing) > 1:
        placing.sort(
            key=lambda e: (e.effective_from, _PLACING_RANK[type(e)], e.external_id, e.source)
        )
    return placing


def placement_on(placements: Sequence[Placement], day: date) -> Placement | None:
    """Return the placement in force on a day, None before the first."""
    latest = None
    for placement in placements:
        if placement.start > day:
            break
        latest = placement
    return latest
