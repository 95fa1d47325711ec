"""Reviews behind everything that a household's timeline was folded from: the next year's, mostly.

Nothing before them changes but where the last spell ends, so only what they add is folded, and a
long history costs nothing. `shared.households.timeline` folds the whole and is the meaning; tests
hold the two together. Where a review lies before anything, or something else is new, all is folded.

Law: policy (that of `shared.households.timeline`, of which this leaves out what cannot change).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from shared.households.events import Assessed
from shared.households.spells import (
    Exit,
    Spell,
    counting_assessments,
    merged,
    placements_of,
    spells_of,
)
from shared.households.timeline import Timeline, episodes_of, ethnic_groups
from shared.households.transitions import Kinship, ListStay, transitions_of
from shared.law.standards import LISTS, Policy


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a household stands after all that was folded.

    `spell` is that of its last review, None before the first; `window_end` that of the window which
    runs; `lists` are those that it was ever on.
    """

    spell: Spell | None
    window_end: date | None
    lists: frozenset[str]
    ethnic_group: str | None


def can_extend(policy: Policy) -> bool:
    """Say whether it is enough to know which lists a household was ever on, and not when."""
    return policy.relapse_lookback_months is None


@cache
def _once_on(lists: frozenset[str]) -> Kinship:
    return Kinship(stays=tuple(ListStay(name, date.min, None) for name in lists))


def extended(standing: Standing, reviews: Sequence[Assessed], policy: Policy) -> Timeline:
    """Return the timeline from the first of these reviews on; it begins in the spell before them.

    Episodes and transitions are those of the reviews alone.
    """
    assessments, before = counting_assessments(reviews), standing.spell
    first = assessments[0].effective_from
    listed = before is not None and before.status in LISTS
    spells = spells_of(assessments, policy, None, Exit(listed, standing.window_end))
    if before is not None:
        ends = Spell(
            before.start,
            first,
            before.status,
            before.living_standard,
            before.standard,
            before.event,
        )
        spells = merged((ends, *spells))
    placements = placements_of(reviews)
    kin = _once_on(standing.lists)
    transitions = transitions_of(
        spells if before is None else spells[1:],
        placements,
        policy,
        kin,
        None,
        None if before is None else spells[0],
    )
    own = ethnic_groups(reviews)
    groups = own if standing.ethnic_group is None else ((date.min, standing.ethnic_group), *own)
    episodes = episodes_of(spells, transitions, placements, assessments, groups, None)
    return Timeline(spells, transitions, tuple(e for e in episodes if e.start >= first), None)
