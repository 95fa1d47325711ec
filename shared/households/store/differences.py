"""What is to be written of households: between what is stored and what their events say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from shared.areas.tree import AreaTree
from shared.households import tallies
from shared.households.store.rows import EpisodeRow, TransitionRow


@dataclass(frozen=True)
class Difference:
    """Rows to close and to open, transitions to take back and to publish, amounts to add."""

    closed: list[EpisodeRow]
    opened: list[EpisodeRow]
    retracted: list[tuple[TransitionRow, UUID]]
    published: list[TransitionRow]
    amounts: tallies.Amounts


def difference_of(
    stored: set[EpisodeRow],
    standing: Mapping[TransitionRow, UUID],
    episodes: Sequence[EpisodeRow],
    transitions: Sequence[TransitionRow],
    areas: AreaTree,
) -> Difference:
    """Compare the stored episodes and published transitions with those that are to stand."""
    due = set(transitions)
    return Difference(
        closed=sorted(stored.difference(episodes), key=_place),
        opened=[row for row in episodes if row not in stored],
        retracted=[pair for pair in standing.items() if pair[0] not in due],
        published=[row for row in transitions if row not in standing],
        amounts=_amounts(stored, episodes, areas),
    )


def _amounts(
    stored: Iterable[EpisodeRow], episodes: Iterable[EpisodeRow], areas: AreaTree
) -> tallies.Amounts:
    before, after = _by_household(stored), _by_household(episodes)
    amounts: tallies.Amounts = {}
    for household in before.keys() | after.keys():
        old, new = before.get(household, []), after.get(household, [])
        tallies.add_changes(amounts, old, new, areas.provinces)
    return amounts


def _by_household(rows: Iterable[EpisodeRow]) -> dict[str, list[EpisodeRow]]:
    ordered = sorted(rows, key=_place)
    return {household: list(own) for household, own in groupby(ordered, lambda r: r.household_id)}


def _place(row: EpisodeRow) -> tuple[str, date]:
    return row.household_id, row.valid_from
