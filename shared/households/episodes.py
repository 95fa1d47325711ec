"""Episodes: spells split where area, assessment or ethnic group changes; what statistics count.

Law: 17/2016/TT-BLĐTBXH form 3 (counted per area, list and ethnic group on a day).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.households.events import Assessed, HouseholdEvent, Moved
from shared.households.placements import Placement, in_placing_order, placement_on
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
    episodes = []
    for position, day in enumerate(days):
        end = days[position + 1] if position + 1 < len(days) else None
        closed = day == closed_on
        spell = None if closed else _covering(spells, day)
        episodes.append(
            Episode(
                start=day,
                end=end,
                spell=spell,
                status="closed" if closed else spell.status if spell else None,
                placement=placement_on(placements, day),
                assessment=None if closed else _last(assessments, day),
                ethnic_group=_last_group(groups, day),
                entry=entries.get(day),
            )
        )
    return tuple(episodes)


def _covering(spells: Sequence[Spell], day: date) -> Spell | None:
    for spell in spells:
        if spell.start <= day and (spell.end is None or day < spell.end):
            return spell
    return None


def _last(assessments: Sequence[Assessed], day: date) -> Assessed | None:
    latest = None
    for assessment in assessments:
        if assessment.effective_from > day:
            break
        latest = assessment
    return latest


def _ethnic_groups(events: Sequence[HouseholdEvent]) -> tuple[tuple[date, str], ...]:
    by_day: dict[date, str] = {}
    for event in in_placing_order(events):
        if not isinstance(event, Moved) and event.ethnic_group is not None:
            by_day[event.effective_from] = event.ethnic_group
    return tuple(by_day.items())


def _last_group(groups: Sequence[tuple[date, str]], day: date) -> str | None:
    latest = None
    for start, group in groups:
        if start > day:
            break
        latest = group
    return latest
