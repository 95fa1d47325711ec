"""Timelines of many households at once, with the list history that some of them inherit.

Law: none (no act says what becomes of a household's history when it gets a new id).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from shared.households.events import Closed, HouseholdEvent, Registered
from shared.households.timeline import Timeline, timeline
from shared.households.transitions import ListStay
from shared.law.standards import Policy


def continued(events: Sequence[HouseholdEvent]) -> tuple[str, ...]:
    """Return the older households whose list history these events inherit."""
    closings = [e.effective_from for e in events if isinstance(e, Closed)]
    end = min(closings, default=date.max)
    older = {
        e.continues
        for e in events
        if isinstance(e, Registered) and e.continues and e.effective_from < end
    }
    return tuple(sorted(older))


def timelines(
    events: Mapping[str, Sequence[HouseholdEvent]], household_ids: Sequence[str], policy: Policy
) -> dict[str, Timeline]:
    """Fold each wanted household; `events` must also hold the households that they continue."""
    return {
        household: timeline(
            events.get(household, ()), policy, _inherited(household, events, policy, {household})
        )
        for household in household_ids
    }


def _inherited(
    household: str,
    events: Mapping[str, Sequence[HouseholdEvent]],
    policy: Policy,
    seen: set[str],
) -> list[ListStay]:
    """Collect the list history of every older household in the chain; circles end."""
    stays: list[ListStay] = []
    for older in continued(events.get(household, ())):
        if older not in seen:
            seen.add(older)
            stays += timeline(events.get(older, ()), policy).list_stays()
            stays += _inherited(older, events, policy, seen)
    return stays
