"""A batch of households folded anew: what stands of them, what is to stand, and by which facts.

Households of which only later reviews are new are extended, all others folded from all of their
events; what is to stand is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.areas.tree import AreaTree
from shared.households.events import Assessed, HouseholdEvent
from shared.households.families import timelines as fold
from shared.households.later_reviews import can_extend
from shared.households.recognised import decided_otherwise, recognised_timelines
from shared.households.store import households, timelines
from shared.households.store.rows import (
    Difference,
    EpisodeRow,
    TransitionRow,
    difference_of,
    extended_rows_of,
    recognised_rows_of,
    replaced,
    rows_of,
)
from shared.households.store.timelines import RECOGNISED
from shared.kernel.database import Snapshot
from shared.law.standards import Policy


@dataclass(frozen=True, slots=True)
class Law:
    """What timelines depend on beside their events, and the day up to which changes are told."""

    areas: AreaTree
    policy: Policy
    announced: date


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be written, the events by household, and of whom these are only the new ones.

    `unrecognised` and `recognised` are rows to close and to open of recognised timelines.
    """

    difference: Difference
    events: dict[str, list[HouseholdEvent]]
    extended: Collection[str]
    unrecognised: Sequence[EpisodeRow]
    recognised: Sequence[EpisodeRow]


async def folded(
    tx: Snapshot, household_ids: Sequence[str], relatives: Collection[str], law: Law
) -> Batch:
    """Fold these households, which are locked; a change of a relative may change the whole."""
    decided = await timelines.current_episodes(tx, household_ids, RECOGNISED)
    alone = [name for name in household_ids if name not in relatives and name not in decided]
    reviews = await _to_add(tx, alone, law.policy)
    firsts = {name: min(e.effective_from for e in own) for name, own in reviews.items()}
    stored: dict[str, list[EpisodeRow]] = {}
    standing: dict[TransitionRow, UUID] = {}
    episodes: dict[str, list[EpisodeRow]] = {}
    transitions: list[TransitionRow] = []
    events: dict[str, list[HouseholdEvent]] = {}
    recognised: dict[str, list[EpisodeRow]] = {}
    tails = await timelines.tails(tx, firsts) if firsts else {}
    if tails:
        episodes, transitions = extended_rows_of(
            tails, reviews, law.areas, law.policy, law.announced
        )
        stored |= {name: tail.stood + tail.rows for name, tail in tails.items()}
        standing |= await timelines.published_from(tx, {name: firsts[name] for name in tails})
        events |= {name: [*reviews[name]] for name in tails}
    whole = [name for name in household_ids if name not in tails]
    if whole:
        own = await households.list_counting(tx, whole)
        stored |= await timelines.current_episodes(tx, whole)
        standing |= await timelines.published(tx, whole)
        lines = fold(own, whole, law.policy)
        rows = rows_of(lines, law.areas, law.policy, law.announced)
        episodes |= rows[0]
        transitions += rows[1]
        events |= own
        second = recognised_timelines(own, lines, law.policy)
        recognised = recognised_rows_of(second, rows[0], law.areas, law.policy)
    difference = difference_of(stored, standing, episodes, transitions)
    return Batch(difference, events, tails.keys(), *replaced(decided, recognised))


async def _to_add(
    tx: Snapshot, household_ids: Sequence[str], policy: Policy
) -> dict[str, list[Assessed]]:
    """Return later reviews that may be added; where one was decided otherwise, all is folded."""
    if not can_extend(policy):
        return {}
    reviews = await households.later_reviews(tx, household_ids)
    return {
        name: own
        for name, own in reviews.items()
        if not any(decided_otherwise(review, policy) for review in own)
    }
