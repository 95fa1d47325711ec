"""A household's timeline: a pure function of the set of its events and the policy.

The data's way: events → assessments that count → spells → transitions and episodes.
Rules: contract section 3; the words are the field's (spells, episodes, transitions).

An episode is what statistics count. A household that continues an older one inherits its list
history; no act says what becomes of that.

Law: 24/2021/QĐ-TTg (a review's class holds from its decision until the next one),
17/2016/TT-BLĐTBXH form 3 (counted per area, list and ethnic group on a day).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered
from shared.households.spells import (
    Placement,
    Spell,
    counting_assessments,
    in_placing_order,
    placements_of,
    spells_of,
)
from shared.households.transitions import ListStay, Transition, transitions_of
from shared.kernel.periods import earlier
from shared.law.standards import LISTS, Policy


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


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that follows from a household's events."""

    spells: tuple[Spell, ...]
    transitions: tuple[Transition, ...]
    episodes: tuple[Episode, ...]
    closed_on: date | None

    def list_stays(self) -> tuple[ListStay, ...]:
        """Return this household's times on the lists, for a household that continues it."""
        return tuple(ListStay(s.status, s.start, s.end) for s in self.spells if s.status in LISTS)


def timeline(
    events: Iterable[HouseholdEvent], policy: Policy, inherited: Sequence[ListStay] = ()
) -> Timeline:
    """Fold a household's counting events (highest revisions, none withdrawn), in any order."""
    events = tuple(events)
    closure = _closure(events)
    if closure is not None:
        events = tuple(e for e in events if e.effective_from < closure.effective_from)
    closed_on = closure.effective_from if closure else None
    assessments = counting_assessments(events)
    spells = spells_of(assessments, policy, closed_on)
    placements = placements_of(events)
    transitions = transitions_of(spells, placements, policy, inherited, closure)
    episodes = episodes_of(spells, transitions, placements, assessments, events, closed_on)
    return Timeline(spells, transitions, episodes, closed_on)


def _closure(events: Sequence[HouseholdEvent]) -> Closed | None:
    closures = [event for event in events if isinstance(event, Closed)]
    if not closures:
        return None
    return min(closures, key=lambda e: (e.effective_from, e.external_id, e.source))


def continued(events: Sequence[HouseholdEvent]) -> tuple[str, ...]:
    """Return the older households whose list history these events inherit."""
    return tuple(sorted(_continued_on(events)))


def _continued_on(events: Sequence[HouseholdEvent]) -> dict[str, date]:
    """Return the older households, each with the day up to which its history is inherited.

    What an older household lives through afterwards is no history of the one that left it.
    """
    closings = [e.effective_from for e in events if isinstance(e, Closed)]
    end = min(closings, default=date.max)
    days: dict[str, date] = {}
    for e in events:
        if isinstance(e, Registered) and e.continues and e.effective_from < end:
            days[e.continues] = max(e.effective_from, days.get(e.continues, date.min))
    return days


def timelines(
    events: Mapping[str, Sequence[HouseholdEvent]], household_ids: Sequence[str], policy: Policy
) -> dict[str, Timeline]:
    """Fold each wanted household; `events` must also hold the households that they continue."""

    # Once for all who inherit from it.
    @cache
    def stays(older: str) -> tuple[ListStay, ...]:
        return timeline(events.get(older, ()), policy).list_stays()

    return {
        household: timeline(events.get(household, ()), policy, _inherited(household, events, stays))
        for household in household_ids
    }


def _inherited(
    household: str,
    events: Mapping[str, Sequence[HouseholdEvent]],
    stays: Callable[[str], Sequence[ListStay]],
) -> list[ListStay]:
    """Collect the list history of every older household in the chain, each up to its own day."""
    return [
        ListStay(stay.list, stay.start, earlier(stay.end, day))
        for older, day in _ancestors(household, events).items()
        for stay in stays(older)
        if stay.start < day
    ]


def _ancestors(household: str, events: Mapping[str, Sequence[HouseholdEvent]]) -> dict[str, date]:
    """Return every older household with the last day up to which any way through the chain leads.

    Circles end, for a day is only ever moved later.
    """
    days: dict[str, date] = {}
    waiting = [(household, date.max)]
    while waiting:
        younger, limit = waiting.pop()
        for older, day in _continued_on(events.get(younger, ())).items():
            until = min(day, limit)
            if older != household and until > days.get(older, date.min):
                days[older] = until
                waiting.append((older, until))
    return days
