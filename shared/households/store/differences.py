"""What is to be written of households: between what is stored and what their events say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    stored: Mapping[str, Sequence[EpisodeRow]],
    standing: Mapping[TransitionRow, UUID],
    episodes: Mapping[str, Sequence[EpisodeRow]],
    transitions: Sequence[TransitionRow],
    areas: AreaTree,
) -> Difference:
    """Compare the stored episodes and published transitions with those that are to stand.

    Of each household from the first episode that differs: what begins alike is looked at no more.
    """
    due = set(transitions)
    difference = Difference(
        closed=[],
        opened=[],
        retracted=[pair for pair in standing.items() if pair[0] not in due],
        published=[row for row in transitions if row not in standing],
        amounts={},
    )
    for household, rows in episodes.items():
        _compare(difference, stored.get(household, ()), rows, areas)
    return difference


def _compare(
    difference: Difference,
    stored: Sequence[EpisodeRow],
    rows: Sequence[EpisodeRow],
    areas: AreaTree,
) -> None:
    alike = 0
    for one, other in zip(stored, rows, strict=False):
        if one != other:
            break
        alike += 1
    before = stored[alike - 1] if alike else None
    old, new = stored[alike:], rows[alike:]
    difference.closed.extend(row for row in old if row not in new)
    difference.opened.extend(row for row in new if row not in old)
    tallies.add(difference.amounts, before, old, areas.provinces, -1)
    tallies.add(difference.amounts, before, new, areas.provinces, 1)
