"""A household's timeline: a pure function of the set of its events and the policy.

The data's way: events → assessments that count → spells → transitions and episodes.
Rules: contract section 3; the words are the field's (spells, episodes, transitions).

Law: 24/2021/QĐ-TTg (a review's class holds from its decision until the next one).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.households.episodes import Episode, episodes_of
from shared.households.events import Closed, HouseholdEvent
from shared.households.placements import placements_of
from shared.households.spells import Spell, counting_assessments, spells_of
from shared.households.transitions import ListStay, Transition, transitions_of
from shared.law.standards import LISTS, Policy


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
