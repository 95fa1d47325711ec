"""Where a household lives before a fact about it: in whose territory the fact is.

A move is a fact about who leaves, so it belongs to the unit that is left; what the receiving unit
says counts from the move on.

Law: none (who may write what is the owner's decision).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered
from shared.households.spells import PLACING_RANK

Key = tuple[str, str]
# The word of a fact, and after which facts of its own day it comes; a closure and support given
# come after all of them.
_RANKS = {
    "moved": PLACING_RANK[Moved],
    "registered": PLACING_RANK[Registered],
    "assessed": PLACING_RANK[Assessed],
}
_LAST = len(_RANKS)


@dataclass(frozen=True, slots=True)
class Residence:
    """One fact that says where a household lives from a day on."""

    key: Key
    since: date
    rank: int
    area_code: str

    @property
    def order(self) -> tuple[date, int, str, str]:
        """Return its place among the facts about a household: the last one before a fact holds."""
        source, external_id = self.key
        return self.since, self.rank, external_id, source


def rank_of(word: str) -> int:
    """Return where facts of this type stand among those of one day."""
    return _RANKS.get(word, _LAST)


def residence(event: HouseholdEvent) -> Residence | None:
    """Return where an event says that the household lives; a closure does not."""
    if isinstance(event, Closed):
        return None
    key = (event.source, event.external_id)
    return Residence(key, event.effective_from, PLACING_RANK[type(event)], event.area_code)


def lived_before(
    residences: Iterable[Residence], key: Key, day: date, rank: int
) -> Residence | None:
    """Return where the household lived before a fact; None: nobody has said anything of it.

    What an earlier revision of the fact itself said counts only where no other fact comes first: a
    move that is corrected is still the move away from where the household was. Before the first
    fact of all the household is taken to have been where that one finds it; whoever sends an older
    fact must be of there, or anybody could become the first.
    """
    known = sorted(residences, key=lambda each: each.order)
    before = [r for r in known if r.key != key and (r.since, r.rank) < (day, rank)]
    return before[-1] if before else next(iter(known), None)
