"""Episodes: spells split where area, assessment or ethnic group changes; what statistics count.

Law: 17/2016/TT-BLĐTBXH form 3 (counted per area, list and ethnic group on a day).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from shared.households.events import Assessed, HouseholdEvent, Moved
from shared.households.placements import Placement, in_placing_order
from shared.households.spells import Spell
from shared.households.transitions import Transition


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of days on which nothing that is counted changes; `end` exclusive."""

    start: date
    end: date | None
    spell: Spell | None
    status: str | None
    placement: Placement | None
    assessment: Assessed | None
    ethnic_group: str | None
    entry: str | None


def episodes_of(
    spells: Sequence[Spell],
    transitions: Sequence[Transition],
    placements: Sequence[Placement],
    assessments: Sequence[Assessed],
    events: Sequence[HouseholdEvent],
    closed_on: date | None,
) -> tuple[Episode, ...]:
    """Split the spells where area, assessment or ethnic group changes; add the closure."""
    groups = _ethnic_groups(events)
    entries = {t.on: m.kind for t in transitions for m in t.movements if m.kind != "left"}
    starts = {s.start for s in spells} | {p.start for p in placements}
    starts |= {a.effective_from for a in assessments} | {day for day, _ in groups}
    if closed_on is not None:
        starts.add(closed_on)
    days = sorted(starts)
    ends = [*days[1:], None][: len(days)]
    on_day = zip(
        days,
        _in_force(days, spells, [s.start for s in spells]),
        _in_force(days, placements, [p.start for p in placements]),
        _in_force(days, assessments, [a.effective_from for a in assessments]),
        _in_force(days, [group for _, group in groups], [day for day, _ in groups]),
        ends,
        strict=True,
    )
    return tuple(
        Episode(day, end, None, "closed", placement, None, group, entries.get(day))
        if day == closed_on
        else Episode(
            day,
            end,
            spell,
            spell.status if spell else None,
            placement,
            assessment,
            group,
            entries.get(day),
        )
        for day, spell, placement, assessment, group, end in on_day
    )


Dated = TypeVar("Dated")


def _in_force(
    days: Sequence[date], items: Sequence[Dated], starts: Sequence[date]
) -> Iterator[Dated | None]:
    """Give, for each of some days in order, the last item that has begun; None before the first."""
    latest, begun, last = None, 0, len(items)
    for day in days:
        while begun < last and starts[begun] <= day:
            latest = items[begun]
            begun += 1
        yield latest


def _ethnic_groups(events: Sequence[HouseholdEvent]) -> tuple[tuple[date, str], ...]:
    by_day: dict[date, str] = {}
    for event in in_placing_order(events):
        if not isinstance(event, Moved) and event.ethnic_group is not None:
            by_day[event.effective_from] = event.ethnic_group
    return tuple(by_day.items())
