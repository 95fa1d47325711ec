"""A household's timeline: a pure function of the set of its events and the policy.

The data's way: events → assessments that count → spells → transitions and episodes.
Rules: contract section 3; the words are the field's (spells, episodes, transitions).

An episode is what statistics count. What a household has of its family is told by
`shared.households.families`.

Law: 24/2021/QĐ-TTg (a review's class holds from its decision until the next one),
17/2016/TT-BLĐTBXH form 3 (counted per area, list and ethnic group on a day).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved
from shared.households.spells import (
    Placement,
    Spell,
    counting_assessments,
    in_placing_order,
    placements_of,
    spells_of,
)
from shared.households.transitions import ALONE, Kinship, Transition, transitions_of
from shared.law.standards import Policy

# How a list is entered by a family that only changed its number.
RENUMBERED: Final = "renumbered"


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of days on which nothing that is counted changes; `end` exclusive.

    `renumbered`: see the transition of its first day.
    """

    start: date
    end: date | None
    spell: Spell | None
    status: str | None
    placement: Placement | None
    assessment: Assessed | None
    ethnic_group: str | None
    entry: str | None
    renumbered: Placement | None = None


def episodes_of(
    spells: Sequence[Spell],
    transitions: Sequence[Transition],
    placements: Sequence[Placement],
    assessments: Sequence[Assessed],
    groups: Sequence[tuple[date, str]],
    closed_on: date | None,
) -> tuple[Episode, ...]:
    """Split the spells where area, assessment or ethnic group changes; add the closure."""
    entries = _entries(transitions)
    others = {t.on: t.renumbered for t in transitions if t.renumbered is not None}
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
        Episode(day, end, None, "closed", placement, None, group, None, others.get(day))
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
            others.get(day),
        )
        for day, spell, placement, assessment, group, end in on_day
    )


def _entries(transitions: Sequence[Transition]) -> dict[date, str]:
    """Return how a list was entered, by the day."""
    kinds = {t.on: m.kind for t in transitions for m in t.movements if m.kind != "left"}
    return kinds | {t.on: RENUMBERED for t in transitions if t.renumbered is not None}


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


def ethnic_groups(events: Sequence[HouseholdEvent]) -> tuple[tuple[date, str], ...]:
    """Return the ethnic groups that a household was said to be of, each from its day on."""
    by_day: dict[date, str] = {}
    for event in in_placing_order(events):
        if not isinstance(event, Moved) and event.ethnic_group is not None:
            by_day[event.effective_from] = event.ethnic_group
    return tuple(by_day.items())


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that follows from a household's events; `into`: where its closure says it goes on."""

    spells: tuple[Spell, ...]
    transitions: tuple[Transition, ...]
    episodes: tuple[Episode, ...]
    closed_on: date | None
    into: str | None = None


def timeline(events: Iterable[HouseholdEvent], policy: Policy, kin: Kinship = ALONE) -> Timeline:
    """Fold a household's counting events (highest revisions, none withdrawn), in any order."""
    events = tuple(events)
    closure = _closure(events)
    if closure is not None:
        events = tuple(e for e in events if e.effective_from < closure.effective_from)
    closed_on = closure.effective_from if closure else None
    assessments = counting_assessments(events)
    spells = spells_of(assessments, policy, closed_on, kin.exit)
    placements = placements_of(events)
    transitions = transitions_of(spells, placements, policy, kin, closure)
    groups = ethnic_groups(events)
    episodes = episodes_of(spells, transitions, placements, assessments, groups, closed_on)
    return Timeline(spells, transitions, episodes, closed_on, closure.into if closure else None)


def _closure(events: Sequence[HouseholdEvent]) -> Closed | None:
    closures = [event for event in events if isinstance(event, Closed)]
    if not closures:
        return None
    return min(closures, key=lambda e: (e.effective_from, e.external_id, e.source))


def closed_on(events: Sequence[HouseholdEvent]) -> date | None:
    """Return the day on which these events end the household, None if they do not."""
    closure = _closure(events)
    return None if closure is None else closure.effective_from
